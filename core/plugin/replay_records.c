/* Records of a period assessed by both versions of an agenda; what they would post is compared. */
#include "plugin/assess.h"
#include "plugin/replay_parts.h"

/* Only what is owed: the sum of its assessments, and the first day on which some of it is due. */
static int64_t assessed(const struct epo_json *writes, struct epo_span *due) {
    int64_t sum = 0;
    *due = EPO_SPAN("");
    for (uint32_t i = 0; writes && i < writes->count; i++) {
        const struct epo_json *post = epo_json_get(writes->items[i], "post");
        struct epo_span day = epo_json_get_text(post, "due");
        if (!epo_span_is(epo_json_get_text(post, "kind"), "assessment"))
            continue;
        sum += epo_json_get_integer(post, "haler", 0);
        if (day.len == 10 && (!due->len || memcmp(day.at, due->at, 10) < 0))
            *due = day;
    }
    return sum;
}

static void ask(struct epo_replay *replay, const struct epo_replay_side *side, bool other_day,
                struct epo_db *db, struct epo_pool *pool, const struct epo_json *record,
                struct epo_replay_outcome *outcome) {
    struct epo_hook hook = {.pool = pool, .portal = replay->portal, .db = db, .lang = "cs"};
    struct epo_error error = {0};
    struct epo_span due = EPO_SPAN("");
    struct epo_json *values = epo_json_object(pool);
    const struct epo_json *parameters =
        other_day
            ? epo_agenda_parameters(side->agenda, pool,
                                    epo_json_get_text(epo_json_get(record, "data"), "district"),
                                    side->day)
            : NULL;
    outcome->values = values;
    bool good = epo_assess_ask(side->agenda, epo_json_copy(pool, record), epo_span(replay->period),
                               parameters, &hook, &error);
    outcome->broke = !good;
    struct epo_json *codes = epo_replay_codes(pool, hook.failures);
    if (!good)
        epo_json_push(pool, codes, epo_json_string(pool, error.code));
    if (good && hook.failures->count == 0)
        epo_json_set_integer(pool, values, "assessed", assessed(hook.writes, &due));
    epo_replay_outcome(pool, outcome, codes, EPO_SPAN(""), due);
}

/* ISO days compare as texts. */
static bool lasts_into(const struct epo_json *record, const char *from, const char *until) {
    struct epo_span begins = epo_json_get_text(record, "from");
    struct epo_span ends = epo_json_get_text(record, "until");
    return begins.len == 10 && memcmp(begins.at, until, 10) <= 0 &&
           (ends.len == 0 || memcmp(ends.at, from, 10) >= 0);
}

static void ask_both(struct epo_replay *replay, struct epo_db *db, const struct epo_json *record,
                     const char *from,
                     void (*differs)(void *arg, const struct epo_json *difference), void *arg) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_replay_outcome before = {0}, after = {0};
    struct epo_json *row = epo_json_object(pool);
    ask(replay, &replay->before, replay->nothing_new, db, pool, record, &before);
    ask(replay, &replay->after, false, db, pool, record, &after);
    epo_json_set_text(pool, row, "number", epo_json_get_text(record, "key"));
    epo_json_set_string(pool, row, "day", from);
    epo_json_set_text(pool, row, "form", epo_json_get_text(record, "kind"));
    epo_json_set_text(pool, row, "district",
                      epo_json_get_text(epo_json_get(record, "data"), "district"));
    epo_replay_compare(replay, pool, row, &before, &after, differs, arg);
    epo_pool_free(pool);
}

bool epo_replay_records(struct epo_replay *replay, struct epo_db *db, int most,
                        void (*differs)(void *arg, const struct epo_json *difference), void *arg,
                        bool *more, struct epo_error *error) {
    char from[11], until[11];
    struct epo_json *records;
    *more = false;
    if (!epo_assess_period(epo_span(replay->period), from, until) ||
        !epo_assess_offered(replay->before.agenda) || !epo_assess_offered(replay->after.agenda))
        return true;
    struct epo_pool *pool = epo_pool_create();
    struct epo_record_query query = {.agenda = epo_span(replay->agenda),
                                     .person = EPO_SPAN(""),
                                     .kind = EPO_SPAN(""),
                                     .after = epo_span(replay->record),
                                     .limit = most};
    bool good = epo_records_list(replay->portal, db, pool, &query, &records, error);
    for (uint32_t i = 0; good && i < records->count; i++) {
        epo_span_store(replay->record, sizeof replay->record,
                       epo_json_get_text(records->items[i], "key"));
        if (lasts_into(records->items[i], from, until))
            ask_both(replay, db, records->items[i], from, differs, arg);
    }
    *more = good && records->count == (uint32_t)most;
    epo_pool_free(pool);
    return good;
}
