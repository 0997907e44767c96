/* epo agenda assess: what the records of an agenda owe for a period. epo agenda import: its records
 * from a CSV file. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "plugin/assess.h"
#include "plugin/record_csv.h"

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

/* ---- import ---- */

static bool import_all(struct epo_record_csv *csv, struct epo_error *error) {
    bool good = epo_record_csv_begin(csv, error);
    while (good && !csv->done) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_json *rejected = epo_json_array(pool);
        good = epo_record_csv_step(csv, pool, rejected, error);
        for (uint32_t i = 0; i < rejected->count; i++)
            fprintf(stderr, "line %lld, %.*s: %.*s (%.*s)\n",
                    (long long)epo_json_get_integer(rejected->items[i], "index", 0),
                    EPO_ARG(epo_json_get_text(rejected->items[i], "path")),
                    EPO_ARG(epo_json_get_text(rejected->items[i], "message")),
                    EPO_ARG(epo_json_get_text(rejected->items[i], "code")));
        epo_pool_free(pool);
    }
    return good;
}

static int import_file(struct epo_process *process, struct epo_agenda *agenda, const char *path) {
    struct epo_error error = {0};
    struct epo_record_csv csv = {.portal = &process->portal,
                                 .agenda = agenda,
                                 .file = fopen(path, "re"),
                                 .lang = "en",
                                 .pool = process->pool};
    if (csv.file == NULL) {
        fprintf(stderr, "%s:0: cannot be read\n", path);
        return EPO_EXIT_WRONG;
    }
    bool good = import_all(&csv, &error);
    fclose(csv.file);
    if (!good)
        return epo_cli_failed(&error);
    printf("%lld rows: %lld added, %lld changed, %lld as they were, %lld rejected\n",
           (long long)csv.rows, (long long)csv.added, (long long)csv.changed, (long long)csv.same,
           (long long)csv.rejected);
    return csv.rejected > 0 ? EPO_EXIT_WRONG : EPO_EXIT_DONE;
}

/* ---- both ---- */

/* Opens the portal and finds the agenda; NULL: *code says why, and nothing is open. */
static struct epo_agenda *open_agenda(struct epo_words *words, struct epo_process *process,
                                      int *code) {
    *code = epo_process_open(process, words->folder,
                             EPO_PART_STORE | EPO_PART_VIEW | EPO_PART_MAPS | EPO_PART_AGENDAS |
                                 EPO_PART_QUIET);
    if (*code != EPO_EXIT_DONE)
        return NULL;
    struct epo_agenda *agenda = epo_registry_find(process->registry, epo_span(words->at[1]));
    if (agenda != NULL && epo_registers_kinds(agenda) > 0)
        return agenda;
    fprintf(stderr, "epo: there is no agenda %s that keeps records\n", words->at[1]);
    epo_agenda_release(agenda);
    epo_process_close(process);
    *code = EPO_EXIT_WRONG;
    return NULL;
}

int epo_cli_import_records(struct epo_words *words) {
    struct epo_process process;
    int code;
    if (words->count != 3)
        return epo_words_usage("agenda");
    struct epo_agenda *agenda = open_agenda(words, &process, &code);
    if (agenda == NULL)
        return code;
    code = import_file(&process, agenda, words->at[2]);
    epo_agenda_release(agenda);
    epo_process_close(&process);
    return code;
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
    int code;
    struct epo_agenda *agenda = open_agenda(words, &process, &code);
    if (agenda == NULL)
        return code;
    if (epo_assess_offered(agenda)) {
        code = assess(&process, agenda, period, dry_run);
    } else {
        fprintf(stderr, "epo: the agenda %s has no hook \"assess\"\n", words->at[1]);
        code = EPO_EXIT_WRONG;
    }
    epo_agenda_release(agenda);
    epo_process_close(&process);
    return code;
}
