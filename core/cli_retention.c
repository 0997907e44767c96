/* epo retention: cases whose time has passed, listed or dealt with now. */
#include <stdio.h>

#include "base/clock.h"
#include "cli.h"
#include "plugin/retention.h"

enum { AGENDAS_MAX = 256 };

static void list(const struct epo_agenda *agenda, const struct epo_retention_batch *batch) {
    const struct epo_json *rule = epo_agenda_retention(agenda);
    bool decided = epo_span_is(epo_json_get_text(rule, "after"), "decided");
    for (size_t i = 0; i < batch->count; i++) {
        const struct epo_retention_case *one = &batch->cases[i];
        char number[EPO_NUMBER_SIZE], day[EPO_TIME_SIZE];
        epo_number_write(one->number, number);
        epo_date_iso(epo_date_of_us(decided ? one->changed_at_us : one->received_at_us), day);
        printf("%s %s/%.*s %.*s since %s: %.*s\n", number, epo_agenda_name(agenda),
               EPO_ARG(one->form), EPO_ARG(one->state), day,
               EPO_ARG(epo_json_get_text(rule, "then")));
    }
}

static bool of_agenda(struct epo_process *process, struct epo_db *db, struct epo_agenda *agenda,
                      bool dry, size_t *total, struct epo_error *error) {
    struct epo_retention_batch batch = {0};
    bool ok = true;
    do {
        struct epo_pool *pool = epo_pool_create();
        size_t done = 0;
        ok = epo_retention_due(agenda, &process->portal, db, pool, &batch, error);
        if (ok)
            list(agenda, &batch);
        if (ok && !dry)
            ok = epo_retention_end(agenda, &process->portal, pool, &batch, "shell", &done, error);
        *total += dry ? batch.count : done;
        epo_pool_free(pool);
    } while (ok && batch.more);
    return ok;
}

int epo_cli_retention(struct epo_words *words) {
    struct epo_process process;
    struct epo_error error = {0};
    bool dry = epo_words_flag(words, "--dry-run");
    if (words->count != 0)
        return epo_words_usage("retention");
    int code = epo_process_open(&process, words->folder,
                                EPO_PART_STORE | EPO_PART_VIEW | EPO_PART_MAPS | EPO_PART_AGENDAS |
                                    EPO_PART_QUIET);
    if (code != EPO_EXIT_DONE)
        return code;
    struct epo_db *db = epo_store_connect(process.portal.store, &error);
    struct epo_agenda *agendas[AGENDAS_MAX];
    size_t count = epo_registry_list(process.registry, agendas, AGENDAS_MAX), total = 0;
    bool ok = db != NULL;
    for (size_t i = 0; i < count; i++) {
        ok = ok && of_agenda(&process, db, agendas[i], dry, &total, &error);
        epo_agenda_release(agendas[i]);
    }
    if (ok)
        printf("%zu %s\n", total, dry ? "due" : "done");
    else
        code = epo_cli_failed(&error);
    if (db != NULL)
        epo_db_close(db);
    epo_process_close(&process);
    return code;
}
