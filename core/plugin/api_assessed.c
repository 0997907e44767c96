/* epo.h, ledger_assess: the assessments of a record for a period become what they ought to be, by
 * entries alone: those that stand are left, the others reversed, what is missing posted. */
#include "plugin/call.h"

static bool is_part(const struct epo_json *part) {
    return part->type == EPO_JSON_OBJECT && epo_json_get_text(part, "due").len > 0 &&
           epo_json_get_integer(part, "haler", 0) > 0;
}

static int post(struct epo_call *call, const struct epo_json *entry) {
    struct epo_span text = epo_json_print(call->hook->pool, entry);
    return epo_api_ledger_post(call, (epo_str){text.at, text.len});
}

/* An entry with what all of them share. */
static struct epo_json *entry_of(struct epo_pool *pool, const struct epo_json *said,
                                 const char *kind, int64_t haler, const char *reference) {
    static const char *const SHARED[] = {"person", "record", "period", NULL};
    struct epo_json *entry = epo_json_object(pool);
    epo_json_set_string(pool, entry, "kind", kind);
    for (size_t i = 0; SHARED[i]; i++)
        if (epo_json_get(said, SHARED[i]))
            epo_json_set(pool, entry, SHARED[i],
                         epo_json_copy(pool, epo_json_get(said, SHARED[i])));
    epo_json_set_integer(pool, entry, "haler", haler);
    epo_json_set_string(pool, entry, "reference", reference);
    return entry;
}

static int take_back(struct epo_call *call, const struct epo_json *said,
                     const struct epo_json *stands) {
    struct epo_pool *pool = call->hook->pool;
    struct epo_json *entry =
        entry_of(pool, said, "reversal", epo_json_get_integer(stands, "haler", 0),
                 epo_pool_printf(pool, "%.*s/-", EPO_ARG(epo_json_get_text(stands, "reference"))));
    epo_json_set_integer(pool, entry, "reverses", epo_json_get_integer(stands, "id", 0));
    return post(call, entry);
}

/* The part that an entry which stands is for; each serves once. */
static bool takes_part(const struct epo_json *stands, const struct epo_json *parts, bool *met) {
    for (uint32_t i = 0; i < parts->count; i++)
        if (!met[i] &&
            epo_json_get_integer(parts->items[i], "haler", 0) ==
                epo_json_get_integer(stands, "haler", 0) &&
            epo_span_equal(epo_json_get_text(parts->items[i], "due"),
                           epo_json_get_text(stands, "due")))
            return met[i] = true;
    return false;
}

static int settle(struct epo_call *call, const struct epo_json *said, const struct epo_json *parts,
                  const struct epo_json *entries) {
    struct epo_pool *pool = call->hook->pool;
    bool *met = EPO_NEW_ARRAY(pool, bool, parts->count + 1);
    int rc = EPO_RC_OK;
    uint32_t count = entries->count;
    memset(met, 0, (parts->count + 1) * sizeof *met);
    for (uint32_t i = 0; rc == EPO_RC_OK && i < entries->count; i++)
        if (!epo_json_get(entries->items[i], "reversed_by") &&
            !takes_part(entries->items[i], parts, met))
            rc = take_back(call, said, entries->items[i]);
    for (uint32_t i = 0; rc == EPO_RC_OK && i < parts->count; i++) {
        if (met[i])
            continue;
        struct epo_json *entry = entry_of(
            pool, said, "assessment", epo_json_get_integer(parts->items[i], "haler", 0),
            epo_pool_printf(pool, "%.*s/%.*s/%u", EPO_ARG(epo_json_get_text(said, "record")),
                            EPO_ARG(epo_json_get_text(said, "period")), ++count));
        epo_json_set_text(pool, entry, "due", epo_json_get_text(parts->items[i], "due"));
        if (epo_json_get(said, "explain"))
            epo_json_set(pool, entry, "explain",
                         epo_json_copy(pool, epo_json_get(said, "explain")));
        rc = post(call, entry);
    }
    return rc;
}

int epo_api_ledger_assess(epo_call *call, epo_str json) {
    struct epo_error error = {0};
    if (!epo_call_may(call))
        return epo_call_over(call);
    struct epo_pool *pool = call->hook->pool;
    struct epo_json *said =
        epo_json_parse(pool, (struct epo_span){json.at, json.at ? json.len : 0}, &error);
    const struct epo_json *parts = epo_json_get(said, "parts");
    bool good = parts && parts->type == EPO_JSON_ARRAY &&
                epo_json_get_text(said, "record").len > 0 &&
                epo_json_get_text(said, "period").len > 0;
    for (uint32_t i = 0; good && i < parts->count; i++)
        good = is_part(parts->items[i]);
    if (!good)
        return epo_call_broken(call, EPO_RC_BROKEN, "agenda.json",
                               "ledger_assess takes {\"record\", \"period\", \"parts\": [{\"due\", "
                               "\"haler\" above 0}]}");
    struct epo_json *asked = entry_of(pool, said, "assessment", 0, "");
    struct epo_span question = epo_json_print(pool, asked);
    epo_str found = epo_api_ledger(call, (epo_str){question.at, question.len});
    struct epo_json *entries = epo_json_parse(pool, (struct epo_span){found.at, found.len}, &error);
    if (call->error.kind != EPO_ERROR_NONE || !entries || entries->type != EPO_JSON_ARRAY)
        return EPO_RC_BROKEN;
    return settle(call, said, parts, entries);
}
