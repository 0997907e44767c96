/* epo agenda assess: what the records of an agenda owe for a period. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "plugin/assess.h"

static void print_failures(const struct epo_json *failures) {
    for (uint32_t i = 0; i < failures->count; i++) {
        const struct epo_json *failure = failures->items[i];
        fprintf(stderr, "%.*s: %.*s (%.*s)\n", EPO_ARG(epo_json_get_text(failure, "key")),
                EPO_ARG(epo_json_get_text(failure, "message")),
                EPO_ARG(epo_json_get_text(failure, "code")));
    }
}

static bool assess_all(struct epo_assess *assess, struct epo_db *db, struct epo_error *error) {
    int64_t total;
    if (!epo_records_count(assess->portal, db, epo_span(epo_agenda_name(assess->agenda)), &total,
                           error))
        return false;
    while (!assess->done) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_json *failures = epo_json_array(pool);
        bool good = epo_assess_step(assess, db, pool, failures, error);
        print_failures(failures);
        epo_pool_free(pool);
        if (!good)
            return false;
        if (total > 0)
            epo_cli_progress("records", (int)(assess->records * 100 / total));
    }
    return true;
}

static int assess(struct epo_process *process, struct epo_agenda *agenda, const char *period,
                  bool dry_run) {
    struct epo_error error = {0};
    struct epo_assess run = {.portal = &process->portal,
                             .agenda = agenda,
                             .period = epo_span(period),
                             .dry_run = dry_run,
                             .lang = "cs"};
    struct epo_db *db = epo_store_connect(process->portal.store, &error);
    bool good = db != NULL && assess_all(&run, db, &error);
    if (db != NULL)
        epo_db_close(db);
    if (!good)
        return epo_cli_failed(&error);
    printf("%lld records, %lld %s (%lld.%02lld CZK), %lld posted before, %lld failed\n",
           (long long)run.records, (long long)run.posted, dry_run ? "to post" : "posted",
           (long long)run.haler / 100, (long long)run.haler % 100, (long long)run.repeated,
           (long long)run.failed);
    return run.failed > 0 ? EPO_EXIT_WRONG : EPO_EXIT_DONE;
}

int epo_cli_assess(struct epo_words *words) {
    struct epo_process process;
    char from[11], until[11];
    bool dry_run = epo_words_flag(words, "--dry-run");
    const char *period = epo_words_option(words, "--period");
    if (words->count != 2 || period == NULL)
        return epo_words_usage("agenda");
    if (!epo_assess_period(epo_span(period), from, until)) {
        fprintf(stderr, "epo: --period is a year, a month or a quarter: 2027, 2027-03, 2027-Q2\n");
        return EPO_EXIT_WRONG;
    }
    int code = epo_process_open(&process, words->folder,
                                EPO_PART_STORE | EPO_PART_VIEW | EPO_PART_MAPS | EPO_PART_AGENDAS |
                                    EPO_PART_QUIET);
    if (code != EPO_EXIT_DONE)
        return code;
    struct epo_agenda *agenda = epo_registry_find(process.registry, epo_span(words->at[1]));
    if (agenda == NULL || !epo_assess_offered(agenda)) {
        fprintf(stderr, "epo: there is no agenda %s with records and a hook \"assess\"\n",
                words->at[1]);
        code = EPO_EXIT_WRONG;
    } else {
        code = assess(&process, agenda, period, dry_run);
    }
    epo_agenda_release(agenda);
    epo_process_close(&process);
    return code;
}
