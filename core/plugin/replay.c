#include "plugin/replay_parts.h"

enum { CODES_MAX = 100 };

/* What was filed, in the order of numbers; anonymised ones have nothing to be asked. */
#define FILED                                                                                      \
    "FROM submissions AS s\n"                                                                      \
    "JOIN cases AS c ON c.tenant = s.tenant AND c.number = s.number\n"                             \
    "WHERE s.tenant = $1 AND s.agenda = $2 AND s.number > $3 AND s.number < $4\n"                  \
    "    AND s.received_at_us >= $5 AND s.received_at_us < $6\n"                                   \
    "    AND NOT EXISTS (SELECT 1 FROM retained AS r\n"                                            \
    "        WHERE r.tenant = s.tenant AND r.number = s.number)"
static const struct epo_statement COUNT = {"replay.count", "SELECT count(*) " FILED, NULL};
static const struct epo_statement NEXT = {
    "replay.next",
    "SELECT s.number, s.form, s.lang, s.answers, s.facts, s.received_at_us, c.district " FILED
    " ORDER BY s.number LIMIT $7",
    NULL,
};

/* One submission as it is stored; texts in the pool of its step. */
struct filed {
    int64_t number, received_at_us;
    struct epo_span form, lang, answers, facts, district;
};

/* ---- one version asked ---- */

static int by_text(const void *a, const void *b) {
    struct epo_span x = (*(struct epo_json *const *)a)->text;
    struct epo_span y = (*(struct epo_json *const *)b)->text;
    size_t shorter = x.len < y.len ? x.len : y.len;
    int order = shorter ? memcmp(x.at, y.at, shorter) : 0;
    return order ? order : (x.len > y.len) - (x.len < y.len);
}

struct epo_json *epo_replay_codes(struct epo_pool *pool, const struct epo_json *errors) {
    struct epo_json *codes = epo_json_array(pool);
    for (uint32_t i = 0; errors && i < errors->count && i < CODES_MAX; i++)
        epo_json_push(pool, codes,
                      epo_json_text(pool, epo_json_get_text(errors->items[i], "code")));
    if (codes->count)
        qsort(codes->items, codes->count, sizeof *codes->items, by_text);
    return codes;
}

/* Those that the form declares: what a script keeps for itself is its own. */
static struct epo_json *declared_values(struct epo_pool *pool, const struct epo_form *form,
                                        const struct epo_json *values) {
    const struct epo_json *computed = epo_json_get(epo_form_definition(form), "computed");
    struct epo_json *kept = epo_json_object(pool);
    for (uint32_t i = 0; computed && i < computed->count; i++) {
        struct epo_span id = epo_json_get_text(computed->items[i], "id");
        struct epo_json *value = epo_json_get_span(values, id);
        if (id.len && value)
            epo_json_put(pool, kept, id, value);
    }
    return kept;
}

void epo_replay_outcome(struct epo_pool *pool, struct epo_replay_outcome *outcome,
                        struct epo_json *codes, struct epo_span office, struct epo_span due) {
    outcome->json = epo_json_object(pool);
    outcome->accepted = codes->count == 0;
    epo_json_set_boolean(pool, outcome->json, "accepted", outcome->accepted);
    epo_json_set(pool, outcome->json, "errors", codes);
    epo_json_set(pool, outcome->json, "values",
                 outcome->form     ? declared_values(pool, outcome->form, outcome->values)
                 : outcome->values ? (struct epo_json *)outcome->values
                                   : epo_json_object(pool));
    epo_json_set_text(pool, outcome->json, "office", office);
    epo_json_set_text(pool, outcome->json, "due", due);
}

static void one_code(struct epo_pool *pool, struct epo_replay_outcome *outcome, const char *code) {
    struct epo_json *codes = epo_json_array(pool);
    epo_json_push(pool, codes, epo_json_string(pool, code));
    epo_replay_outcome(pool, outcome, codes, EPO_SPAN(""), EPO_SPAN(""));
}

static void ask(struct epo_replay *replay, const struct epo_replay_side *side, struct epo_db *db,
                struct epo_pool *pool, const struct filed *filed,
                struct epo_replay_outcome *outcome) {
    struct epo_error error = {0};
    char day[EPO_TIME_SIZE];
    epo_write_run_fn run;
    void *arg;
    const struct epo_json *answers = epo_json_parse(pool, filed->answers, NULL);
    const struct epo_json *facts = epo_json_parse(pool, filed->facts, NULL);
    outcome->form = epo_agenda_find_form(side->agenda, filed->form);
    if (!outcome->form || !answers) {
        one_code(pool, outcome, outcome->form ? "replay.unread" : "replay.no_form");
        return;
    }
    struct epo_intake intake = {
        .portal = replay->portal,
        .db = db,
        .pool = pool,
        .agenda = side->agenda,
        .form = outcome->form,
        .source = EPO_ANSWERS_FROM_HTML,
        .raw = epo_intake_retyped(replay->portal, outcome->form, pool, answers),
        .lang = epo_pool_string(pool, filed->lang),
        .given_facts = facts && facts->type == EPO_JSON_OBJECT ? facts : epo_json_object(pool),
        .given_today = epo_date_iso(epo_date_of_us(filed->received_at_us), day),
        .parameters_day = side->day};
    bool good = epo_intake_check(&intake, &error);
    outcome->values = intake.values;
    if (good && intake.result.errors->count == 0)
        good = epo_intake_file(&intake, &run, &arg, &error) || intake.result.errors->count > 0;
    outcome->broke = !good;
    if (!good)
        one_code(pool, outcome, error.code);
    else
        epo_replay_outcome(pool, outcome, epo_replay_codes(pool, intake.result.errors),
                           intake.office, intake.due);
}

/* ---- both compared ---- */

/* Without a form it is a record, whose values are what is owed. */
static bool is_money(const struct epo_form *form, struct epo_span id) {
    if (!form)
        return epo_span_is(id, "assessed");
    const struct epo_json *computed = epo_json_get(epo_form_definition(form), "computed");
    for (uint32_t i = 0; computed && i < computed->count; i++)
        if (epo_span_equal(epo_json_get_text(computed->items[i], "id"), id))
            return epo_span_is(epo_json_get_text(computed->items[i], "type"), "money");
    return false;
}

static int64_t money_of(const struct epo_replay_outcome *outcome) {
    const struct epo_json *values = epo_json_get(outcome->json, "values");
    int64_t sum = 0;
    for (uint32_t i = 0; i < values->count; i++)
        if (values->items[i]->type == EPO_JSON_INTEGER && is_money(outcome->form, values->names[i]))
            sum += values->items[i]->integer;
    return sum;
}

static struct epo_span in_words(struct epo_pool *pool, const struct epo_json *value) {
    return !value                    ? EPO_SPAN("")
           : epo_json_is_text(value) ? value->text
                                     : epo_json_print(pool, value);
}

static void compare(struct epo_pool *pool, struct epo_json *changes, struct epo_span what,
                    const struct epo_json *before, const struct epo_json *after, bool money) {
    struct epo_span x = before ? epo_json_print_canonical(pool, before) : EPO_SPAN("");
    struct epo_span y = after ? epo_json_print_canonical(pool, after) : EPO_SPAN("");
    if (epo_span_equal(x, y))
        return;
    struct epo_json *row = epo_json_object(pool);
    epo_json_set_text(pool, row, "what", what);
    epo_json_set_text(pool, row, "before", in_words(pool, before));
    epo_json_set_text(pool, row, "after", in_words(pool, after));
    epo_json_set_boolean(pool, row, "money", money);
    epo_json_push(pool, changes, row);
}

static struct epo_json *differences(struct epo_pool *pool, const struct epo_replay_outcome *before,
                                    const struct epo_replay_outcome *after) {
    static const char *const MEMBERS[] = {"accepted", "errors", "office", "due"};
    struct epo_json *changes = epo_json_array(pool);
    const struct epo_json *then = epo_json_get(before->json, "values");
    const struct epo_json *now = epo_json_get(after->json, "values");
    for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++)
        compare(pool, changes, epo_span(MEMBERS[i]), epo_json_get(before->json, MEMBERS[i]),
                epo_json_get(after->json, MEMBERS[i]), false);
    for (uint32_t i = 0; i < then->count; i++)
        compare(pool, changes, then->names[i], then->items[i],
                epo_json_get_span(now, then->names[i]), is_money(before->form, then->names[i]));
    for (uint32_t i = 0; i < now->count; i++)
        if (!epo_json_get_span(then, now->names[i]))
            compare(pool, changes, now->names[i], NULL, now->items[i],
                    is_money(after->form, now->names[i]));
    return changes;
}

static struct epo_replay_district *district_of(struct epo_replay_sums *sums, struct epo_span code) {
    size_t i = 0;
    while (i < sums->district_count && !epo_span_is(code, sums->districts[i].code))
        i++;
    if (i == EPO_REPLAY_DISTRICTS_MAX || code.len >= sizeof sums->districts[i].code)
        return NULL;
    if (i == sums->district_count)
        epo_span_store(sums->districts[sums->district_count++].code, sizeof sums->districts[i].code,
                       code);
    return &sums->districts[i];
}

static void add_up(struct epo_replay_sums *sums, struct epo_span district,
                   const struct epo_replay_outcome *before, const struct epo_replay_outcome *after,
                   bool different) {
    struct epo_replay_district *own = district_of(sums, district);
    bool both = before->accepted && after->accepted;
    int64_t then = both ? money_of(before) : 0, now = both ? money_of(after) : 0;
    sums->counted++;
    sums->different += different;
    sums->refused += before->accepted && !after->accepted;
    sums->accepted += !before->accepted && after->accepted;
    sums->broken += after->broke && !before->broke;
    sums->both += !before->accepted && !after->accepted;
    sums->money_before += then;
    sums->money_after += now;
    if (!own)
        return;
    own->counted++;
    own->different += different;
    own->money_before += then;
    own->money_after += now;
}

void epo_replay_compare(struct epo_replay *replay, struct epo_pool *pool, struct epo_json *row,
                        const struct epo_replay_outcome *before,
                        const struct epo_replay_outcome *after,
                        void (*differs)(void *arg, const struct epo_json *difference), void *arg) {
    struct epo_json *changes = differences(pool, before, after);
    add_up(&replay->sums, epo_json_get_text(row, "district"), before, after, changes->count > 0);
    if (changes->count == 0)
        return;
    epo_json_set(pool, row, "before", before->json);
    epo_json_set(pool, row, "after", after->json);
    epo_json_set(pool, row, "changes", changes);
    differs(arg, row);
}

static void ask_both(struct epo_replay *replay, struct epo_db *db, const struct filed *filed,
                     void (*differs)(void *arg, const struct epo_json *difference), void *arg) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_replay_outcome before = {0}, after = {0};
    struct epo_json *row = epo_json_object(pool);
    char number[EPO_NUMBER_SIZE], day[EPO_TIME_SIZE];
    ask(replay, &replay->before, db, pool, filed, &before);
    ask(replay, &replay->after, db, pool, filed, &after);
    epo_number_write(filed->number, number);
    epo_json_set_string(pool, row, "number", number);
    epo_json_set_string(pool, row, "day", epo_date_iso(epo_date_of_us(filed->received_at_us), day));
    epo_json_set_text(pool, row, "form", filed->form);
    epo_json_set_text(pool, row, "district", filed->district);
    epo_replay_compare(replay, pool, row, &before, &after, differs, arg);
    epo_pool_free(pool);
}

/* ---- all of them ---- */

static struct epo_bind bind_of(const struct epo_replay *replay, int most,
                               struct epo_value values[7]) {
    values[0] = EPO_STRING(replay->portal->tenant);
    values[1] = EPO_STRING(replay->agenda);
    values[2] = EPO_INTEGER(replay->position);
    values[3] = EPO_INTEGER(replay->last);
    values[4] = EPO_INTEGER(replay->ask.from_us);
    values[5] = EPO_INTEGER(replay->ask.until_us);
    values[6] = EPO_INTEGER(most);
    return (struct epo_bind){values, most > 0 ? 7 : 6};
}

static bool count_all(struct epo_replay *replay, struct epo_db *db, struct epo_error *error) {
    struct epo_value values[7];
    struct epo_rows *rows = epo_db_query(db, &COUNT, bind_of(replay, 0, values));
    if (epo_rows_next(rows))
        replay->sums.total = epo_rows_integer(rows, 0);
    if (!epo_rows_end(rows, error))
        return false;
    int64_t records = 0;
    bool good = replay->period[0] == '\0' ||
                epo_records_count(replay->portal, db, epo_span(replay->agenda), &records, error);
    replay->sums.total += records;
    return good;
}

struct epo_replay *epo_replay_open(struct epo_registry *registry, struct epo_portal *portal,
                                   struct epo_db *db, const struct epo_replay_ask *wanted,
                                   struct epo_pool *pool, struct epo_json **faults,
                                   struct epo_error *error) {
    struct epo_replay *replay = calloc(1, sizeof *replay);
    epo_assert(replay);
    replay->portal = portal;
    replay->ask = *wanted;
    snprintf(replay->agenda, sizeof replay->agenda, "%s", wanted->agenda);
    epo_span_store(replay->period, sizeof replay->period, wanted->period);
    replay->nothing_new = !wanted->folder && !wanted->form && !wanted->parameters;
    struct epo_form_trial trial = {.form = wanted->form ? wanted->form : "",
                                   .text = wanted->definition,
                                   .parameters = wanted->parameters};
    *faults = epo_json_array(pool);
    /* numbers begin with the year: the days bound what is looked through (by one year: zones) */
    replay->position = (epo_date_of_us(wanted->from_us).year - 1) * EPO_NUMBER_YEAR;
    replay->last = (epo_date_of_us(wanted->until_us).year + 2) * EPO_NUMBER_YEAR;
    replay->before.agenda = epo_registry_find(registry, epo_span(wanted->agenda));
    replay->before.day = replay->ask.before_day;
    replay->after.day = replay->ask.after_day;
    bool good = replay->before.agenda || epo_fail(error, EPO_ERROR_NOT_FOUND, "agenda.unknown",
                                                  "There is no agenda \"%s\".", wanted->agenda);
    good = good && epo_registry_open_beside(registry, wanted->agenda, wanted->folder, &trial, pool,
                                            &replay->after.agenda, faults, error);
    good = good && (replay->after.agenda ||
                    epo_fail(error, EPO_ERROR_BAD_INPUT, "replay.refused",
                             "The new version would not start: its faults say why."));
    if (good && count_all(replay, db, error))
        return replay;
    epo_replay_close(replay);
    return NULL;
}

void epo_replay_close(struct epo_replay *replay) {
    if (!replay)
        return;
    epo_agenda_release(replay->before.agenda);
    epo_agenda_release(replay->after.agenda);
    free(replay);
}

static bool step_filed(struct epo_replay *replay, struct epo_db *db, int most,
                       void (*differs)(void *arg, const struct epo_json *difference), void *arg,
                       bool *more, struct epo_error *error) {
    struct epo_pool *pool = epo_pool_create();
    struct filed *filed = EPO_NEW_ARRAY(pool, struct filed, (size_t)most);
    struct epo_value values[7];
    int count = 0;
    struct epo_rows *rows = epo_db_query(db, &NEXT, bind_of(replay, most, values));
    while (count < most && epo_rows_next(rows))
        filed[count++] = (struct filed){.number = epo_rows_integer(rows, 0),
                                        .form = epo_pool_copy(pool, epo_rows_text(rows, 1)),
                                        .lang = epo_pool_copy(pool, epo_rows_text(rows, 2)),
                                        .answers = epo_pool_copy(pool, epo_rows_text(rows, 3)),
                                        .facts = epo_pool_copy(pool, epo_rows_text(rows, 4)),
                                        .received_at_us = epo_rows_integer(rows, 5),
                                        .district = epo_pool_copy(pool, epo_rows_text(rows, 6))};
    bool good = epo_rows_end(rows, error);
    for (int i = 0; good && i < count; i++) {
        replay->position = filed[i].number;
        ask_both(replay, db, &filed[i], differs, arg);
    }
    *more = good && count == most;
    epo_pool_free(pool);
    return good;
}

bool epo_replay_step(struct epo_replay *replay, struct epo_db *db, int most,
                     void (*differs)(void *arg, const struct epo_json *difference), void *arg,
                     bool *more, struct epo_error *error) {
    if (replay->filed_done)
        return epo_replay_records(replay, db, most, differs, arg, more, error);
    if (!step_filed(replay, db, most, differs, arg, more, error))
        return false;
    replay->filed_done = !*more;
    *more = *more || replay->period[0] != '\0';
    return true;
}

const struct epo_replay_sums *epo_replay_sums(const struct epo_replay *replay) {
    return &replay->sums;
}

struct epo_json *epo_replay_sums_json(const struct epo_replay_sums *sums, struct epo_pool *pool) {
    struct epo_json *json = epo_json_object(pool), *districts = epo_json_array(pool);
    epo_json_set_integer(pool, json, "total", sums->total);
    epo_json_set_integer(pool, json, "counted", sums->counted);
    epo_json_set_integer(pool, json, "different", sums->different);
    epo_json_set_integer(pool, json, "refused", sums->refused);
    epo_json_set_integer(pool, json, "accepted", sums->accepted);
    epo_json_set_integer(pool, json, "broken", sums->broken);
    epo_json_set_integer(pool, json, "both", sums->both);
    epo_json_set_integer(pool, json, "money_before", sums->money_before);
    epo_json_set_integer(pool, json, "money_after", sums->money_after);
    for (size_t i = 0; i < sums->district_count; i++) {
        const struct epo_replay_district *one = &sums->districts[i];
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_string(pool, row, "code", one->code);
        epo_json_set_integer(pool, row, "counted", one->counted);
        epo_json_set_integer(pool, row, "different", one->different);
        epo_json_set_integer(pool, row, "money_before", one->money_before);
        epo_json_set_integer(pool, row, "money_after", one->money_after);
        epo_json_push(pool, districts, row);
    }
    epo_json_set(pool, json, "districts", districts);
    return json;
}
