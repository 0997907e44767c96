/* epo agenda replay: what a changed agenda would have done with what was filed. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "cli.h"
#include "forms/format.h"
#include "plugin/assess.h"
#include "plugin/manifest.h"
#include "plugin/parameters.h"
#include "plugin/replay.h"
#include "portal/audit.h"

enum { STEP = 50, SHOWN_DEFAULT = 20, SHOWN_MAX = 100000 };

struct printing {
    struct epo_process *process;
    const char *agenda;
    bool json;
    int64_t shown, most;
};

static void print_text(const struct epo_json *difference) {
    const struct epo_json *changes = epo_json_get(difference, "changes");
    struct epo_pool *pool = epo_pool_create();
    for (uint32_t i = 0; i < changes->count; i++) {
        const struct epo_json *change = changes->items[i];
        struct epo_span text[2] = {epo_json_get_text(change, "before"),
                                   epo_json_get_text(change, "after")};
        for (size_t j = 0; j < 2; j++) {
            int64_t haler;
            if (epo_json_get_boolean(change, "money", false) && epo_span_integer(text[j], &haler))
                text[j] = epo_format_money(pool, "en", haler);
        }
        printf("%.*s %.*s %.*s: %.*s -> %.*s\n", EPO_ARG(epo_json_get_text(difference, "number")),
               EPO_ARG(epo_json_get_text(difference, "form")),
               EPO_ARG(epo_json_get_text(change, "what")), EPO_ARG(text[0]), EPO_ARG(text[1]));
    }
    epo_pool_free(pool);
}

static void differs(void *arg, const struct epo_json *difference) {
    struct printing *printing = arg;
    if (printing->shown++ >= printing->most)
        return;
    if (!printing->json) {
        print_text(difference);
        return;
    }
    struct epo_pool *pool = epo_pool_create();
    printf("%s%.*s", printing->shown > 1 ? ",\n" : "", EPO_ARG(epo_json_print(pool, difference)));
    epo_pool_free(pool);
}

static void print_sums(const struct printing *printing, const struct epo_replay_sums *sums) {
    struct epo_pool *pool = epo_pool_create();
    if (printing->json) {
        printf("\n],\n\"sums\": %.*s}\n",
               EPO_ARG(epo_json_print(pool, epo_replay_sums_json(sums, pool))));
        epo_pool_free(pool);
        return;
    }
    if (printing->shown > printing->most)
        printf("… and %lld more\n", (long long)(printing->shown - printing->most));
    printf("%lld asked, %lld differ: %lld refused that were accepted, %lld accepted that were "
           "refused, %lld broke, %lld refused by both\n",
           (long long)sums->counted, (long long)sums->different, (long long)sums->refused,
           (long long)sums->accepted, (long long)sums->broken, (long long)sums->both);
    printf("together %.*s -> %.*s\n", EPO_ARG(epo_format_money(pool, "en", sums->money_before)),
           EPO_ARG(epo_format_money(pool, "en", sums->money_after)));
    for (size_t i = 0; i < sums->district_count; i++) {
        const struct epo_replay_district *one = &sums->districts[i];
        printf("  %-8s %lld asked, %lld differ, %.*s -> %.*s\n", one->code, (long long)one->counted,
               (long long)one->different, EPO_ARG(epo_format_money(pool, "en", one->money_before)),
               EPO_ARG(epo_format_money(pool, "en", one->money_after)));
    }
    epo_pool_free(pool);
}

static bool note(struct epo_db *db, void *arg, struct epo_error *error) {
    struct printing *printing = arg;
    return epo_audit_note(&printing->process->portal, db, EPO_SPAN("shell"), "replay.started",
                          epo_span(printing->agenda), EPO_SPAN(""), error);
}

static int run(struct printing *printing, const struct epo_replay_ask *ask) {
    struct epo_process *process = printing->process;
    struct epo_error error = {0};
    struct epo_json *faults = NULL;
    bool more = true;
    struct epo_db *db = epo_store_connect(process->portal.store, &error);
    struct epo_replay *replay =
        db != NULL && epo_store_write(process->portal.store, note, printing, &error)
            ? epo_replay_open(process->registry, &process->portal, db, ask, process->pool, &faults,
                              &error)
            : NULL;
    for (uint32_t i = 0; faults != NULL && i < faults->count; i++)
        fprintf(stderr, "%.*s:%lld: %.*s\n", EPO_ARG(epo_json_get_text(faults->items[i], "file")),
                (long long)epo_json_get_integer(faults->items[i], "line", 1),
                EPO_ARG(epo_json_get_text(faults->items[i], "text")));
    bool good = replay != NULL;
    if (good && printing->json)
        printf("{\"differences\": [\n");
    while (good && more)
        good = epo_replay_step(replay, db, STEP, differs, printing, &more, &error);
    if (replay != NULL)
        print_sums(printing, epo_replay_sums(replay));
    epo_replay_close(replay);
    epo_db_close(db);
    return good ? EPO_EXIT_DONE : epo_cli_failed(&error);
}

/* A day of the command line; false where it is none. */
static bool read_day(const char *text, struct epo_date *day) {
    return text == NULL || epo_date_parse(epo_span(text), day);
}

static bool read_parameters(struct epo_process *process, const char *path,
                            struct epo_replay_ask *ask, struct epo_error *error) {
    struct epo_span bytes;
    const char *why;
    if (path == NULL)
        return true;
    if (!epo_file_read(process->pool, path, EPO_BODY_BYTES_MAX, &bytes, &why))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "replay.file", "%s: %s", path, why);
    ask->parameters = epo_json_parse(process->pool, bytes, error);
    if (ask->parameters != NULL && ask->parameters->type != EPO_JSON_OBJECT)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "replay.file",
                        "%s:1: the parameters of an agenda are an object", path);
    return ask->parameters != NULL;
}

/* The days: those of the words, else the last year, and today's parameters. */
static bool set_days(struct epo_replay_ask *ask, const char *from_text, const char *until_text,
                     const char *on) {
    struct epo_date today = epo_clock_today(), until = today, after = today;
    struct epo_date from = epo_date_from_days(epo_date_days(today) - 365);
    if (!read_day(from_text, &from) || !read_day(until_text, &until) || !read_day(on, &after))
        return false;
    ask->from_us = epo_date_start_us(from);
    ask->until_us = epo_date_start_us(epo_date_from_days(epo_date_days(until) + 1));
    epo_date_iso(today, ask->before_day);
    epo_date_iso(after, ask->after_day);
    return true;
}

int epo_cli_replay(struct epo_words *words) {
    struct epo_process process;
    struct epo_error error = {0};
    struct epo_replay_ask ask = {.folder = epo_words_option(words, "--folder")};
    const char *parameters = epo_words_option(words, "--parameters");
    const char *shown = epo_words_option(words, "--show");
    const char *from = epo_words_option(words, "--from");
    const char *until = epo_words_option(words, "--until");
    const char *on = epo_words_option(words, "--on");
    char first[11], last[11];
    ask.period = epo_span(epo_words_option(words, "--period"));
    struct printing printing = {
        .process = &process, .json = epo_words_flag(words, "--json"), .most = SHOWN_DEFAULT};
    if (printing.json)
        printing.most = SHOWN_MAX;
    if (words->count != 2 || (ask.period.len > 0 && !epo_assess_period(ask.period, first, last)) ||
        !set_days(&ask, from, until, on) ||
        (shown != NULL && (!epo_span_integer(epo_span(shown), &printing.most) ||
                           printing.most < 0 || printing.most > SHOWN_MAX)))
        return epo_words_usage("agenda");
    printing.agenda = ask.agenda = words->at[1];
    int code = epo_process_open(&process, words->folder,
                                EPO_PART_STORE | EPO_PART_VIEW | EPO_PART_MAPS | EPO_PART_AGENDAS |
                                    EPO_PART_QUIET);
    if (code != EPO_EXIT_DONE)
        return code;
    set_days(&ask, from, until, on); /* a demo may have another day, which it knows by now */
    code = read_parameters(&process, parameters, &ask, &error) ? run(&printing, &ask)
                                                               : epo_cli_failed(&error);
    epo_process_close(&process);
    return code;
}
