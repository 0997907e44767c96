/* An entry as it came from an agenda, a city's system or a form. */
#include "base/clock.h"
#include "portal/ledger.h"
#include "portal/record.h"

static const char *const KINDS[EPO_LEDGER_KINDS] = {
    [EPO_LEDGER_ASSESSMENT] = "assessment", [EPO_LEDGER_PAYMENT] = "payment",
    [EPO_LEDGER_REMISSION] = "remission",   [EPO_LEDGER_REFUND] = "refund",
    [EPO_LEDGER_INTEREST] = "interest",     [EPO_LEDGER_REVERSAL] = "reversal",
};

const char *epo_ledger_kind_name(enum epo_ledger_kind kind) {
    epo_assert(kind < EPO_LEDGER_KINDS);
    return KINDS[kind];
}

bool epo_ledger_kind_find(struct epo_span name, enum epo_ledger_kind *kind) {
    for (int i = 0; i < EPO_LEDGER_KINDS; i++)
        if (epo_span_is(name, KINDS[i])) {
            *kind = (enum epo_ledger_kind)i;
            return true;
        }
    return false;
}

static bool wrong(struct epo_error *error, const char *member, const char *text) {
    char code[40];
    snprintf(code, sizeof code, "ledger.%s", member);
    epo_fail(error, EPO_ERROR_BAD_INPUT, code, "\"%s\" %s", member, text);
    return epo_error_at(error, "%s", member);
}

static bool is_absent(const struct epo_json *value) {
    return value == NULL || value->type == EPO_JSON_NULL;
}

/* A text without control characters; empty where it is not there. */
static bool take_text(const struct epo_json *json, const char *name, size_t max,
                      struct epo_span *text) {
    const struct epo_json *value = epo_json_get(json, name);
    *text = EPO_SPAN("");
    if (is_absent(value))
        return true;
    if (!epo_json_is_text(value) || value->text.len > max)
        return false;
    for (size_t i = 0; i < value->text.len; i++)
        if ((unsigned char)value->text.at[i] < ' ')
            return false;
    *text = value->text;
    return true;
}

static bool take_day(const struct epo_json *json, const char *name, bool needed,
                     struct epo_span *day) {
    struct epo_date date;
    return take_text(json, name, 10, day) && (day->len > 0 || !needed) &&
           (day->len == 0 || epo_date_parse(*day, &date));
}

static bool take_explain(struct epo_pool *pool, const struct epo_json *json,
                         struct epo_span *explain) {
    const struct epo_json *lines = epo_json_get(json, "explain");
    *explain = EPO_SPAN("");
    if (is_absent(lines))
        return true;
    if (lines->type != EPO_JSON_ARRAY)
        return false;
    for (uint32_t i = 0; i < lines->count; i++)
        if (!epo_json_is_text(lines->items[i]) && !epo_json_get_text(lines->items[i], "key").len)
            return false;
    *explain = epo_json_print_canonical(pool, lines);
    return explain->len <= EPO_LEDGER_EXPLAIN_MAX;
}

static bool take_known(struct epo_span agenda, const struct epo_json *json,
                       struct epo_error *error) {
    static const char *const KNOWN[] = {"kind", "agenda", "person",    "record",  "period",  "day",
                                        "due",  "haler",  "reference", "explain", "reverses"};
    for (uint32_t i = 0; i < json->count; i++) {
        bool known = false;
        for (size_t j = 0; !known && j < sizeof KNOWN / sizeof *KNOWN; j++)
            known = epo_span_is(json->names[i], KNOWN[j]);
        if (!known) {
            epo_fail(error, EPO_ERROR_BAD_INPUT, "ledger.unknown", "An entry has no \"%.*s\".",
                     EPO_ARG(json->names[i]));
            return epo_error_at(error, "%.*s", EPO_ARG(json->names[i]));
        }
    }
    const struct epo_json *named = epo_json_get(json, "agenda");
    return is_absent(named) || (epo_json_is_text(named) && epo_span_equal(named->text, agenda)) ||
           wrong(error, "agenda", "is another agenda");
}

bool epo_ledger_read(struct epo_pool *pool, struct epo_span agenda, const struct epo_json *json,
                     struct epo_ledger_entry *entry, struct epo_error *error) {
    *entry = (struct epo_ledger_entry){.agenda = agenda, .by = EPO_SPAN(""), .note = EPO_SPAN("")};
    if (json == NULL || json->type != EPO_JSON_OBJECT)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "ledger.kind", "An entry is an object.");
    if (!take_known(agenda, json, error))
        return false;
    if (!epo_ledger_kind_find(epo_json_get_text(json, "kind"), &entry->kind))
        return wrong(error, "kind",
                     "is assessment, payment, remission, refund, interest or reversal");
    bool reversal = entry->kind == EPO_LEDGER_REVERSAL;
    const struct epo_json *haler = epo_json_get(json, "haler");
    entry->haler = epo_json_get_integer(json, "haler", 0);
    entry->reverses = epo_json_get_integer(json, "reverses", 0);
    if (!take_text(json, "person", EPO_RECORD_PERSON_MAX, &entry->person) ||
        entry->person.len == 0 || !epo_record_is_person(entry->person))
        return wrong(error, "person", "is the number of a person in the agenda");
    if (!take_text(json, "record", EPO_RECORD_KEY_MAX, &entry->record))
        return wrong(error, "record", "is the key of a record");
    if (!take_text(json, "period", EPO_LEDGER_PERIOD_MAX, &entry->period))
        return wrong(error, "period", "is a short text: \"2026\"");
    if (!take_day(json, "day", true, &entry->day))
        return wrong(error, "day", "is a day: 2026-11-28");
    if (!take_day(json, "due", false, &entry->due))
        return wrong(error, "due", "is a day: 2026-11-28");
    if (!(reversal && is_absent(haler)) &&
        (entry->haler <= 0 || entry->haler > EPO_LEDGER_HALER_MAX))
        return wrong(error, "haler", "is a whole number of haléře above zero");
    if (!take_text(json, "reference", EPO_LEDGER_REFERENCE_MAX, &entry->reference) ||
        entry->reference.len == 0)
        return wrong(error, "reference", "is a text that no other entry of the agenda has");
    if (!take_explain(pool, json, &entry->explain))
        return wrong(error, "explain", "is an array of {\"key\", \"values\"}");
    if (reversal != (entry->reverses > 0))
        return wrong(error, "reverses", "is the id of what a reversal takes back, and only there");
    return true;
}
