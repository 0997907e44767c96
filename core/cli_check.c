/* epo check: everything that serving would read, without serving; --settings explains epo.json. */
#include <stdio.h>

#include "cli.h"

static void explain(const struct epo_setting_group *group, const struct epo_json *object) {
    const char *dot = group->name[0] != '\0' ? "." : "";
    for (const struct epo_setting *row = group->rows; row < group->rows + group->count; row++) {
        char value[120] = "", name[80];
        const char *set = epo_json_get(object, row->name) != NULL ? "" : "default ";
        snprintf(name, sizeof name, "%s%s%s", group->name, dot, row->name);
        if (row->type == EPO_JSON_INTEGER)
            snprintf(value, sizeof value, "%s%lld (%lld to %lld)", set,
                     (long long)epo_setting_get(group, object, row->name), (long long)row->least,
                     (long long)row->most);
        else if (row->type == EPO_JSON_BOOLEAN)
            snprintf(value, sizeof value, "%s%s", set,
                     epo_setting_get(group, object, row->name) ? "true" : "false");
        else
            snprintf(value, sizeof value, "%s%s", epo_setting_type_name(row->type),
                     epo_json_get(object, row->name) != NULL ? "" : ", not set");
        printf("%-30s %-34s %s%s\n", name, value, row->help,
               row->at_start ? " [needs a restart]" : "");
    }
}

static void explain_all(const struct epo_json *settings) {
    for (size_t i = 0; i < epo_setting_group_count; i++)
        explain(epo_setting_groups[i], epo_setting_groups[i]->name[0] != '\0'
                                           ? epo_json_get(settings, epo_setting_groups[i]->name)
                                           : settings);
}

size_t epo_cli_agenda_faults(struct epo_process *process) {
    const struct epo_json *faults = epo_registry_faults(process->registry, process->pool);
    size_t refused = 0;
    for (uint32_t i = 0; i < faults->count; i++) {
        int64_t line = epo_json_get_integer(faults->items[i], "line", 0);
        bool warning = epo_json_get_boolean(faults->items[i], "warning", false);
        fprintf(stderr, "%.*s:%lld: %s%.*s\n", EPO_ARG(epo_json_get_text(faults->items[i], "file")),
                (long long)(line > 0 ? line : 1), /* of a whole file or folder */
                warning ? "warning: " : "", EPO_ARG(epo_json_get_text(faults->items[i], "text")));
        refused += !warning;
    }
    return refused;
}

int epo_cli_check(struct epo_words *words) {
    struct epo_process process;
    bool settings = epo_words_flag(words, "--settings");
    if (words->count != 0)
        return epo_words_usage("check");
    int code = epo_process_open(&process, words->folder,
                                EPO_PART_STORE | EPO_PART_VIEW | EPO_PART_MAPS | EPO_PART_AGENDAS |
                                    EPO_PART_QUIET);
    if (code != EPO_EXIT_DONE)
        return code;
    if (settings)
        explain_all(epo_portal_settings(&process.portal));
    struct epo_error error = {0};
    if (!epo_server_check(epo_json_get(epo_portal_settings(&process.portal), "http"),
                          process.portal.folder, &error))
        code = epo_cli_failed(&error);
    if (epo_cli_agenda_faults(&process) > 0)
        code = EPO_EXIT_WRONG;
    if (code == EPO_EXIT_DONE)
        puts("all is well");
    epo_process_close(&process);
    return code;
}
