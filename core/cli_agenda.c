/* epo agenda list | new | test | withdraw; the rest of it stands in cli_registers.c and
 * cli_replay.c, cli_publish.c */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "plugin/tools.h"
#include "portal/parameter_change.h"

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
    return epo_cli_agenda_faults(process) > 0 ? EPO_EXIT_WRONG : EPO_EXIT_DONE;
}

static int new_agenda(const char *folder, const char *name) {
    struct epo_error error = {0};
    struct epo_pool *pool = epo_pool_create();
    const char *agendas = epo_pool_printf(pool, "%s/agendas", folder);
    const char *template = epo_pool_printf(pool, "%s/lua/template", epo_share_folder());
    int code = EPO_EXIT_DONE;
    if (epo_agenda_new(template, agendas, name, &error))
        printf("%s/%s is ready: epo agenda test %s tries it, epo serve shows it\n", agendas, name,
               name);
    else
        code = epo_cli_failed(&error);
    epo_pool_free(pool);
    return code;
}

/* Tests every agenda, or the one named; the portal's own copy wins, as it does when served. */
static int test(struct epo_process *process, const char *only) {
    struct epo_error error = {0};
    const char *folders[EPO_PROCESS_FOLDERS_MAX];
    int code = EPO_EXIT_DONE, tested = 0;
    for (size_t i = epo_process_folders(process, process->pool, folders); i-- > 0;) {
        const char *const *names = epo_folder_names(process->pool, folders[i]);
        for (; names != NULL && *names != NULL; names++) {
            const char *path = epo_pool_printf(process->pool, "%s/%s", folders[i], *names);
            if ((only != NULL && strcmp(only, *names) != 0) || (only != NULL && tested > 0))
                continue;
            int passed = 0, failed = 0;
            tested++;
            if (!epo_agenda_test(&process->portal, epo_runtimes, epo_runtime_count, path, stderr,
                                 &passed, &failed, &error))
                code = error.kind == EPO_ERROR_BROKEN ? EPO_EXIT_MACHINE : EPO_EXIT_WRONG;
            printf("%s: %d passed, %d failed\n", *names, passed, failed);
        }
    }
    if (tested > 0)
        return code;
    fprintf(stderr, "epo: there is no agenda %s\n", only != NULL ? only : "to test");
    return EPO_EXIT_WRONG;
}

struct withdrawing {
    struct epo_portal *portal;
    const char *agenda;
    int64_t version;
};

/* From the shell what is in force too: an agenda that it fits no more does not start. */
static bool run_withdraw(struct epo_db *db, void *arg, struct epo_error *error) {
    struct withdrawing *one = arg;
    return epo_parameter_change_withdraw(one->portal, db, one->agenda, one->version, "0000-00-00",
                                         EPO_SPAN("shell"), EPO_SPAN("shell"), error);
}

static int withdraw(struct epo_words *words) {
    struct epo_process process;
    struct epo_error error = {0};
    int64_t version;
    if (!epo_span_integer(epo_span(words->at[2]), &version))
        return epo_words_usage("agenda");
    int code = epo_process_open(&process, words->folder, EPO_PART_STORE | EPO_PART_QUIET);
    if (code != EPO_EXIT_DONE)
        return code;
    struct withdrawing one = {&process.portal, words->at[1], version};
    if (epo_store_write(process.portal.store, run_withdraw, &one, &error))
        puts("taken back; a portal that serves knows it after SIGHUP");
    else
        code = epo_cli_failed(&error);
    epo_process_close(&process);
    return code;
}

int epo_cli_agenda(struct epo_words *words) {
    struct epo_process process;
    bool listing = words->count == 1 && strcmp(words->at[0], "list") == 0;
    bool testing = words->count > 0 && words->count <= 2 && strcmp(words->at[0], "test") == 0;
    if (words->count > 0 && strcmp(words->at[0], "import") == 0)
        return epo_cli_import_records(words);
    if (words->count > 0 && strcmp(words->at[0], "assess") == 0)
        return epo_cli_assess(words);
    if (words->count == 2 && strcmp(words->at[0], "new") == 0)
        return new_agenda(words->folder, words->at[1]);
    if (words->count >= 2 && strcmp(words->at[0], "replay") == 0)
        return epo_cli_replay(words);
    if (words->count >= 2 && strcmp(words->at[0], "publish") == 0)
        return epo_cli_publish(words);
    if (words->count == 3 && strcmp(words->at[0], "withdraw") == 0)
        return withdraw(words);
    if (!listing && !testing)
        return epo_words_usage("agenda");
    int code = epo_process_open(&process, words->folder,
                                testing ? EPO_PART_VIEW | EPO_PART_QUIET
                                        : EPO_PART_STORE | EPO_PART_VIEW | EPO_PART_MAPS |
                                              EPO_PART_AGENDAS | EPO_PART_QUIET);
    if (code != EPO_EXIT_DONE)
        return code;
    code = listing ? list(&process) : test(&process, words->count == 2 ? words->at[1] : NULL);
    epo_process_close(&process);
    return code;
}
