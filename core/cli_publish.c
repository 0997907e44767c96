/* epo agenda publish: another folder of an agenda, placed aside and to take effect on a day. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/token.h"
#include "cli.h"
#include "plugin/publishing.h"
#include "portal/publication.h"

struct planning {
    struct epo_process *process;
    struct epo_publication_record record;
};

/* What would refuse it then refuses it now: by file and line. */
static bool try_folder(struct epo_process *process, const char *name, const char *folder,
                       struct epo_error *error) {
    struct epo_json *faults;
    if (!epo_publish_try_folder(process->registry, name, folder, process->pool, &faults, error))
        return false;
    for (uint32_t i = 0; i < faults->count; i++)
        fprintf(stderr, "%.*s:%lld: %.*s\n", EPO_ARG(epo_json_get_text(faults->items[i], "file")),
                (long long)epo_json_get_integer(faults->items[i], "line", 1),
                EPO_ARG(epo_json_get_text(faults->items[i], "text")));
    return faults->count == 0 || epo_fail(error, EPO_ERROR_BAD_INPUT, "publication.refused",
                                          "The new version would not start: nothing is planned.");
}

/* versions/<token>/<name> of the portal's folder: a name of its own, so that what was published
 * once is never overwritten. */
static bool place_aside(struct planning *planning, const char *name, const char *from,
                        struct epo_error *error) {
    struct epo_process *process = planning->process;
    struct epo_pool *pool = process->pool;
    char token[EPO_TOKEN_SIZE];
    epo_token_make(token);
    const char *versions = epo_pool_printf(pool, "%s/versions", process->portal.folder);
    const char *aside = epo_pool_printf(pool, "%s/%s", versions, token);
    if ((mkdir(versions, 0750) != 0 && access(versions, W_OK) != 0) || mkdir(aside, 0750) != 0)
        return epo_fail(error, EPO_ERROR_BROKEN, "publication.folder", "%s cannot be made.", aside);
    planning->record.folder = epo_span(epo_pool_printf(pool, "versions/%s/%s", token, name));
    return epo_folder_copy(pool, from, epo_pool_printf(pool, "%s/%s", aside, name), error);
}

static bool run_add(struct epo_db *db, void *arg, struct epo_error *error) {
    struct planning *planning = arg;
    return epo_publication_add(&planning->process->portal, db, &planning->record, error);
}

static bool plan(struct planning *planning, const char *name, const char *folder,
                 struct epo_error *error) {
    return try_folder(planning->process, name, folder, error) &&
           place_aside(planning, name, folder, error) &&
           epo_store_write(planning->process->portal.store, run_add, planning, error);
}

int epo_cli_publish(struct epo_words *words) {
    struct epo_process process;
    struct epo_error error = {0};
    struct epo_date day;
    char iso[EPO_TIME_SIZE], today[EPO_TIME_SIZE];
    const char *folder = epo_words_option(words, "--folder");
    const char *from = epo_words_option(words, "--from");
    const char *note = epo_words_option(words, "--note");
    char plain[512] = "";
    size_t len = folder != NULL ? strlen(folder) : 0;
    while (len > 1 && folder[len - 1] == '/') /* its last name is the agenda's */
        len--;
    epo_span_store(plain, sizeof plain, (struct epo_span){folder, len});
    if (words->count != 2 || len == 0 || from == NULL || !epo_date_parse(epo_span(from), &day) ||
        epo_text_length(epo_span(note)) > EPO_PUBLICATION_NOTE_CHARS_MAX)
        return epo_words_usage("agenda");
    int code = epo_process_open(&process, words->folder,
                                EPO_PART_STORE | EPO_PART_VIEW | EPO_PART_MAPS | EPO_PART_AGENDAS |
                                    EPO_PART_QUIET);
    if (code != EPO_EXIT_DONE)
        return code;
    struct planning planning = {&process,
                                {.agenda = epo_span(words->at[1]),
                                 .note = epo_span(note),
                                 .from_day = epo_span(epo_date_iso(day, iso)),
                                 .actor = EPO_SPAN("shell"),
                                 .actor_name = EPO_SPAN("shell")}};
    if (memcmp(iso, epo_date_iso(epo_clock_today(), today), 10) < 0) {
        epo_fail(&error, EPO_ERROR_BAD_INPUT, "publication.past", "%s is over.", iso);
        code = epo_cli_failed(&error);
    } else if (!plan(&planning, words->at[1], plain, &error)) {
        code = epo_cli_failed(&error);
    } else {
        printf("%s takes effect on %s at midnight; /admin/publications takes it back\n",
               words->at[1], iso);
    }
    epo_process_close(&process);
    return code;
}
