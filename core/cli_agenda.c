/* epo agenda list */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

enum { AGENDAS_MAX = 256 };

static int list(struct epo_process *process) {
    struct epo_agenda *agendas[AGENDAS_MAX];
    size_t count = epo_registry_list(process->registry, agendas, AGENDAS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct epo_span title =
            epo_json_localized(epo_json_get(epo_agenda_manifest(agendas[i]), "title"), "cs");
        printf("%-20s %-8s %-7s %.*s\n", epo_agenda_name(agendas[i]),
               epo_agenda_version(agendas[i]), epo_agenda_runtime(agendas[i]), EPO_ARG(title));
        epo_agenda_release(agendas[i]);
    }
    const struct epo_json *faults = epo_registry_faults(process->registry, process->pool);
    for (uint32_t i = 0; faults != NULL && i < faults->count; i++)
        fprintf(stderr, "%.*s:%lld: %.*s\n", EPO_ARG(epo_json_get_text(faults->items[i], "file")),
                (long long)epo_json_get_integer(faults->items[i], "line", 1),
                EPO_ARG(epo_json_get_text(faults->items[i], "text")));
    return faults != NULL && faults->count > 0 ? EPO_EXIT_WRONG : EPO_EXIT_DONE;
}

int epo_cli_agenda(struct epo_words *words) {
    struct epo_process process;
    if (words->count != 1 || strcmp(words->at[0], "list") != 0)
        return epo_words_usage("agenda");
    int code = epo_process_open(&process, words->folder,
                                EPO_PART_STORE | EPO_PART_VIEW | EPO_PART_MAPS | EPO_PART_AGENDAS);
    if (code != EPO_EXIT_DONE)
        return code;
    code = list(&process);
    epo_process_close(&process);
    return code;
}
