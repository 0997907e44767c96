#include "plugin/retention.h"

#include "base/clock.h"
#include "base/limits.h"
#include "plugin/agenda.h"

enum { YEARS_MAX = 100, LOOK_AT = 200 };

/* ---- what the manifest says ---- */

static const struct epo_declared_statement *find_statement(const struct epo_agenda *agenda,
                                                           struct epo_span name) {
    for (size_t i = 0; i < agenda->manifest->statement_count; i++)
        if (epo_span_is(name, agenda->manifest->statements[i].name))
            return &agenda->manifest->statements[i];
    return NULL;
}

static bool form_has(const struct epo_form *form, struct epo_span id) {
    const struct epo_json *sections = epo_json_get(epo_form_definition(form), "sections");
    for (uint32_t i = 0; sections && i < sections->count; i++) {
        const struct epo_json *fields = epo_json_get(sections->items[i], "fields");
        for (uint32_t j = 0; fields && j < fields->count; j++)
            if (epo_span_equal(epo_json_get_text(fields->items[j], "id"), id))
                return true;
    }
    return false;
}

static bool has_field(const struct epo_agenda *agenda, struct epo_span id) {
    for (size_t i = 0; i < agenda->form_count; i++)
        if (form_has(agenda->forms[i], id))
            return true;
    return false;
}

static const char *wrong_member(const struct epo_agenda *agenda, const struct epo_json *rule) {
    struct epo_span after = epo_json_get_text(rule, "after"),
                    then = epo_json_get_text(rule, "then");
    int64_t years = epo_json_get_integer(rule, "years", 0);
    const struct epo_json *reason = epo_json_get(rule, "reason"),
                          *keep = epo_json_get(rule, "keep");
    struct epo_span forget = epo_json_get_text(rule, "forget");
    const struct epo_declared_statement *statement = find_statement(agenda, forget);
    if (!epo_span_is(after, "decided") && !epo_span_is(after, "received"))
        return "\"after\" of \"retention\" is \"decided\" or \"received\"";
    if (!epo_span_is(then, "anonymise") && !epo_span_is(then, "remove"))
        return "\"then\" of \"retention\" is \"anonymise\" or \"remove\"";
    if (years < 1 || years > YEARS_MAX)
        return "\"years\" of \"retention\" is a whole number from 1 to 100";
    if (!epo_json_get_text(reason, "cs").len || !epo_json_get_text(reason, "en").len)
        return "\"reason\" of \"retention\" is {\"cs\": …, \"en\": …}: the law or the plan";
    if (keep && (keep->type != EPO_JSON_ARRAY || keep->count > EPO_FORM_FIELDS_MAX))
        return "\"keep\" of \"retention\" is an array of field ids";
    for (uint32_t i = 0; keep && i < keep->count; i++)
        if (!epo_json_is_text(keep->items[i]) || !has_field(agenda, keep->items[i]->text))
            return "\"keep\" of \"retention\" names a field that no form has";
    if (forget.len && (!statement || !statement->writes))
        return "\"forget\" of \"retention\" names a statement that writes";
    return NULL;
}

bool epo_retention_check(struct epo_agenda *agenda, struct epo_faults *faults) {
    static const char *const KNOWN[] = {"after", "years", "then", "reason", "keep", "forget"};
    const struct epo_json *rule = epo_agenda_retention(agenda);
    const char *file = epo_pool_printf(agenda->pool, "%s/manifest.json", agenda->manifest->name);
    if (!rule)
        return true;
    const char *wrong =
        rule->type == EPO_JSON_OBJECT ? wrong_member(agenda, rule) : "\"retention\" is an object";
    for (uint32_t i = 0; !wrong && i < rule->count; i++) {
        size_t j = 0;
        while (j < sizeof KNOWN / sizeof *KNOWN && !epo_span_is(rule->names[i], KNOWN[j]))
            j++;
        if (j == sizeof KNOWN / sizeof *KNOWN)
            wrong = "\"retention\" has an unknown member";
    }
    return !wrong || epo_fault_add(faults, file, (int)rule->line, "%s", wrong);
}

const struct epo_json *epo_agenda_retention(const struct epo_agenda *agenda) {
    return epo_json_get(agenda->manifest->tree, "retention");
}

/* ---- which are due ---- */

/* The instant that many years ago, by the calendar. */
static int64_t cutoff_us(int64_t years) {
    struct epo_date day = epo_clock_today();
    day.year -= (int)years;
    if (day.month == 2 && day.day == 29)
        day.day = 28;
    return epo_date_days(day) * 86400LL * 1000000;
}

/* A state that the agenda does not have any more is not known to be an end. */
static bool is_closed(const struct epo_agenda *agenda, struct epo_span state) {
    const struct epo_state *found = epo_states_find(agenda->manifest->states, state);
    return found && found->ends;
}

bool epo_retention_until(const struct epo_agenda *agenda, struct epo_span state,
                         int64_t received_at_us, int64_t changed_at_us, struct epo_date *until) {
    const struct epo_json *rule = epo_agenda_retention(agenda);
    if (!rule || !is_closed(agenda, state))
        return false;
    bool decided = epo_span_is(epo_json_get_text(rule, "after"), "decided");
    *until = epo_date_of_us(decided ? changed_at_us : received_at_us);
    until->year += (int)epo_json_get_integer(rule, "years", YEARS_MAX);
    if (until->month == 2 && until->day == 29)
        until->day = 28;
    return true;
}

bool epo_retention_due(struct epo_agenda *agenda, struct epo_portal *portal, struct epo_db *db,
                       struct epo_pool *pool, struct epo_retention_batch *batch,
                       struct epo_error *error) {
    const struct epo_json *rule = epo_agenda_retention(agenda);
    struct epo_retention_case *looked = EPO_NEW_ARRAY(pool, struct epo_retention_case, LOOK_AT);
    size_t count = 0, at = 0;
    batch->cases = EPO_NEW_ARRAY(pool, struct epo_retention_case, EPO_RETENTION_BATCH);
    batch->count = 0;
    batch->more = false;
    if (!rule)
        return true;
    if (!epo_retention_cases(portal, db, pool, agenda->manifest->name,
                             epo_span_is(epo_json_get_text(rule, "after"), "decided"),
                             cutoff_us(epo_json_get_integer(rule, "years", YEARS_MAX)),
                             batch->after, looked, LOOK_AT, &count, error))
        return false;
    for (; at < count && batch->count < EPO_RETENTION_BATCH; at++) {
        batch->after = looked[at].number;
        if (is_closed(agenda, looked[at].state))
            batch->cases[batch->count++] = looked[at];
    }
    batch->more = at < count || count == LOOK_AT;
    return true;
}

/* ---- dealing with them ---- */

struct ending {
    struct epo_agenda *agenda;
    struct epo_portal *portal;
    struct epo_pool *pool;
    struct epo_retention_end *ends;
    const struct epo_json **writes;
    size_t count, done;
};

/* The answers that stay; canonical, as all answers are stored. */
static struct epo_span kept_answers(struct epo_pool *pool, const struct epo_json *rule,
                                    struct epo_span answers) {
    struct epo_json *kept = epo_json_object(pool);
    const struct epo_json *keep = epo_json_get(rule, "keep");
    const struct epo_json *all = epo_json_parse(pool, answers, NULL);
    for (uint32_t i = 0; keep && i < keep->count; i++) {
        struct epo_json *value = epo_json_get_span(all, keep->items[i]->text);
        if (value)
            epo_json_put(pool, kept, keep->items[i]->text, value);
    }
    return epo_json_print_canonical(pool, kept);
}

/* The agenda's own statement, as its code would have given it to write. */
static const struct epo_json *forget_writes(struct epo_pool *pool, const struct epo_json *rule,
                                            int64_t number) {
    struct epo_span name = epo_json_get_text(rule, "forget");
    char text[EPO_NUMBER_SIZE];
    if (!name.len)
        return NULL;
    struct epo_json *writes = epo_json_array(pool), *write = epo_json_object(pool);
    struct epo_json *values = epo_json_array(pool);
    epo_number_write(number, text);
    epo_json_push(pool, values, epo_json_string(pool, text));
    epo_json_set_text(pool, write, "statement", name);
    epo_json_set(pool, write, "values", values);
    epo_json_push(pool, writes, write);
    return writes;
}

static bool run(struct epo_db *db, void *arg, struct epo_error *error) {
    struct ending *ending = arg;
    bool ok = true;
    ending->done = 0;
    for (size_t i = 0; ok && i < ending->count; i++) {
        ok = epo_retention_apply(ending->portal, db, &ending->ends[i], error);
        if (ok && ending->ends[i].done) {
            ok = epo_agenda_write(ending->agenda, db, ending->writes[i], NULL, error);
            ending->done++;
        }
    }
    return ok;
}

bool epo_retention_end(struct epo_agenda *agenda, struct epo_portal *portal, struct epo_pool *pool,
                       const struct epo_retention_batch *batch, const char *actor, size_t *done,
                       struct epo_error *error) {
    const struct epo_json *rule = epo_agenda_retention(agenda);
    struct ending ending = {
        .agenda = agenda, .portal = portal, .pool = pool, .count = batch->count};
    ending.ends = EPO_NEW_ARRAY(pool, struct epo_retention_end, batch->count + 1);
    ending.writes = EPO_NEW_ARRAY(pool, const struct epo_json *, batch->count + 1);
    *done = 0;
    for (size_t i = 0; i < batch->count; i++) {
        bool remove = epo_span_is(epo_json_get_text(rule, "then"), "remove");
        ending.ends[i] = (struct epo_retention_end){
            .of = &batch->cases[i],
            .remove = remove,
            .answers = remove ? EPO_SPAN("{}") : kept_answers(pool, rule, batch->cases[i].answers),
            .rule = epo_json_print(pool, rule),
            .codes = epo_span(epo_pool_printf(pool, "%.*s %lld",
                                              EPO_ARG(epo_json_get_text(rule, "after")),
                                              (long long)epo_json_get_integer(rule, "years", 0))),
            .actor = epo_span(actor)};
        ending.writes[i] = forget_writes(pool, rule, batch->cases[i].number);
    }
    if (batch->count == 0)
        return true;
    bool ok = epo_store_write(portal->store, run, &ending, error);
    *done = ok ? ending.done : 0;
    return ok;
}
