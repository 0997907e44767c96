/* Parameters in force: the manifest's, overridden by epo.json and by an admin for the city and for
 * a district. */
#include "plugin/agenda.h"

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

const struct epo_json *epo_parameter_part_on(const struct epo_json *value, const char *day) {
    const struct epo_json *part = NULL;
    for (uint32_t i = 0; value && (part = epo_parameter_part(value, i)) != NULL; i++)
        if (epo_parameter_when(part, day) == 0)
            break;
    return part;
}

/* Members of `from` laid over `to`, linked: neither manifest nor settings change. "districts" is
 * not a parameter. */
static void lay_over(struct epo_pool *pool, struct epo_json *to, const struct epo_json *from,
                     const char *day) {
    for (uint32_t i = 0; from && from->type == EPO_JSON_OBJECT && i < from->count; i++) {
        if (epo_span_is(from->names[i], "districts"))
            continue;
        const struct epo_json *part = epo_parameter_part_on(from->items[i], day);
        if (part)
            epo_json_put(pool, to, from->names[i], (struct epo_json *)epo_parameter_value(part));
    }
}

static const struct epo_json *district_of(const struct epo_json *values, struct epo_span district) {
    return district.len ? epo_json_get_span(epo_json_get(values, "districts"), district) : NULL;
}

struct epo_json *epo_parameters_on(const struct epo_parameter_set *set, struct epo_pool *pool,
                                   struct epo_span district, const char *day) {
    struct epo_json *parameters = epo_json_object(pool);
    lay_over(pool, parameters, set->defaults, day);
    lay_over(pool, parameters, district_of(set->defaults, district), day);
    lay_over(pool, parameters, set->supplied, day);
    lay_over(pool, parameters, set->changed, day);
    lay_over(pool, parameters, district_of(set->supplied, district), day);
    lay_over(pool, parameters, district_of(set->changed, district), day);
    return parameters;
}

const struct epo_parameter_set *epo_agenda_parameter_set(const struct epo_agenda *agenda) {
    return &agenda->parameters;
}

struct epo_json *epo_agenda_parameters(const struct epo_agenda *agenda, struct epo_pool *pool,
                                       struct epo_span district, const char *day) {
    char today[EPO_TIME_SIZE];
    return epo_parameters_on(&agenda->parameters, pool, district,
                             day ? day : epo_date_iso(epo_clock_today(), today));
}
