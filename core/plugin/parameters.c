/* Parameters in force: the manifest's, overridden by epo.json for the portal and for a district. */
#include "plugin/parameters.h"

#include "base/clock.h"

static bool is_reasoned_one(const struct epo_json *value) {
    return value->type == EPO_JSON_OBJECT && epo_json_get(value, "value") &&
           (epo_json_get(value, "reason") || epo_json_get(value, "decree") ||
            epo_json_get(value, "from") || epo_json_get(value, "until"));
}

bool epo_parameter_is_reasoned(const struct epo_json *value) {
    if (value->type != EPO_JSON_ARRAY)
        return is_reasoned_one(value);
    for (uint32_t i = 0; i < value->count; i++)
        if (!is_reasoned_one(value->items[i]))
            return false;
    return value->count > 0;
}

const struct epo_json *epo_parameter_part(const struct epo_json *value, uint32_t index) {
    if (value->type == EPO_JSON_ARRAY && epo_parameter_is_reasoned(value))
        return index < value->count ? value->items[index] : NULL;
    return index == 0 ? value : NULL;
}

const struct epo_json *epo_parameter_value(const struct epo_json *part) {
    return is_reasoned_one(part) ? epo_json_get(part, "value") : part;
}

/* ISO dates are in order as texts. */
static int order(struct epo_span day, const char *today) {
    return day.len == 10 ? memcmp(day.at, today, 10) : 0;
}

int epo_parameter_when(const struct epo_json *part, const char *today) {
    if (!is_reasoned_one(part))
        return 0;
    if (order(epo_json_get_text(part, "from"), today) > 0)
        return -1;
    struct epo_span until = epo_json_get_text(part, "until");
    return until.len && order(until, today) < 0 ? 1 : 0;
}

/* Members of `from` laid over `to`, linked: neither manifest nor settings change. "districts" is
 * not a parameter. */
static void lay_over(struct epo_pool *pool, struct epo_json *to, const struct epo_json *from,
                     const char *today) {
    for (uint32_t i = 0; from && from->type == EPO_JSON_OBJECT && i < from->count; i++) {
        const struct epo_json *part = NULL;
        if (epo_span_is(from->names[i], "districts"))
            continue;
        for (uint32_t j = 0; (part = epo_parameter_part(from->items[i], j)) != NULL; j++)
            if (epo_parameter_when(part, today) == 0)
                break;
        if (part)
            epo_json_put(pool, to, from->names[i], (struct epo_json *)epo_parameter_value(part));
    }
}

struct epo_json *epo_agenda_parameters(const struct epo_agenda *agenda, struct epo_pool *pool,
                                       struct epo_span district, const char *given_today) {
    struct epo_json *parameters = epo_json_object(pool);
    const struct epo_json *own = agenda->supplied;
    const struct epo_json *defaults = epo_json_get(agenda->manifest->tree, "parameters");
    char iso[EPO_TIME_SIZE];
    const char *today = given_today ? given_today : epo_date_iso(epo_clock_today(), iso);
    lay_over(pool, parameters, defaults, today);
    lay_over(pool, parameters, epo_json_get_span(epo_json_get(defaults, "districts"), district),
             today);
    lay_over(pool, parameters, own, today);
    lay_over(pool, parameters, epo_json_get_span(epo_json_get(own, "districts"), district), today);
    return parameters;
}
