#include "plugin/rules.h"

#include "base/clock.h"
#include "forms/expression.h"
#include "plugin/agenda.h"

const char *const epo_rule_names[] = {
    "in_city", "district", "districts", "cadastral_area", "parcel", "owner",   "owners",
    "street",  "street_m", "address",   "address_m",      "zone",   "layers",  "public_space",
    "area_m2", "length_m", "answers",   "values",         "today",  "weekday", "month",
    NULL};

/* variable <- facts.member.part */
static const struct from_fact {
    const char *variable, *member, *part;
} FROM_FACTS[] = {
    {"in_city", "in_city", NULL},
    {"district", "district", "name"},
    {"cadastral_area", "cadastral_area", "name"},
    {"parcel", "parcel", "number"},
    {"owner", "parcel", "owner"},
    {"street", "street", "name"},
    {"street_m", "street", "distance_m"},
    {"address", "address", "text"},
    {"address_m", "address", "distance_m"},
    {"public_space", "public_space", "name"},
    {"zone", "public_space", "zone"},
    {"area_m2", "area_m2", NULL},
    {"length_m", "length_m", NULL},
};

/* Names of a list of facts ("districts": [{"name"}]), with the single one where there is no list.
 */
static struct epo_json *names_of(struct epo_pool *pool, const struct epo_json *list,
                                 struct epo_span single) {
    struct epo_json *names = epo_json_array(pool);
    for (uint32_t i = 0; list != NULL && list->type == EPO_JSON_ARRAY && i < list->count; i++)
        epo_json_push(pool, names, epo_json_text(pool, epo_json_get_text(list->items[i], "name")));
    if (names->count == 0 && single.len > 0)
        epo_json_push(pool, names, epo_json_text(pool, single));
    return names;
}

static struct epo_json *owners_of(struct epo_pool *pool, const struct epo_json *facts,
                                  struct epo_span single) {
    const struct epo_json *shares = epo_json_get(epo_json_get(facts, "shares"), "owner");
    struct epo_json *owners = epo_json_array(pool);
    for (uint32_t i = 0; shares != NULL && i < shares->count; i++)
        epo_json_push(pool, owners, epo_json_text(pool, shares->names[i]));
    if (owners->count == 0 && single.len > 0)
        epo_json_push(pool, owners, epo_json_text(pool, single));
    return owners;
}

static void set_time(struct epo_pool *pool, struct epo_json *variables, const char *today) {
    struct epo_date date;
    epo_json_set_string(pool, variables, "today", today);
    if (!epo_date_parse(epo_span(today), &date))
        return;
    int64_t days = epo_date_days(date); /* day 0, 1970-01-01, was a Thursday */
    epo_json_set_integer(pool, variables, "weekday", ((days + 3) % 7 + 7) % 7 + 1);
    epo_json_set_integer(pool, variables, "month", date.month);
}

struct epo_json *epo_rule_variables(struct epo_pool *pool, const struct epo_json *facts,
                                    const struct epo_json *answers, const struct epo_json *values,
                                    const char *today) {
    struct epo_json *variables = epo_json_object(pool);
    for (size_t i = 0; i < sizeof FROM_FACTS / sizeof *FROM_FACTS; i++) {
        const struct epo_json *value = epo_json_get(facts, FROM_FACTS[i].member);
        if (FROM_FACTS[i].part != NULL)
            value = epo_json_get(value, FROM_FACTS[i].part);
        if (value != NULL)
            epo_json_set(pool, variables, FROM_FACTS[i].variable, epo_json_copy(pool, value));
    }
    epo_json_set(
        pool, variables, "districts",
        names_of(pool, epo_json_get(facts, "districts"), epo_json_get_text(variables, "district")));
    epo_json_set(pool, variables, "owners",
                 owners_of(pool, facts, epo_json_get_text(variables, "owner")));
    const struct epo_json *layers = epo_json_get(facts, "layers");
    struct epo_json *met = epo_json_set(pool, variables, "layers", epo_json_object(pool));
    for (uint32_t i = 0; layers != NULL && i < layers->count; i++)
        epo_json_set(pool, met, layers->names[i].at,
                     names_of(pool, layers->items[i], EPO_SPAN("")));
    epo_json_set(pool, variables, "answers",
                 answers != NULL ? epo_json_copy(pool, answers) : epo_json_object(pool));
    epo_json_set(pool, variables, "values",
                 values != NULL ? epo_json_copy(pool, values) : epo_json_object(pool));
    set_time(pool, variables, today);
    return variables;
}

bool epo_agenda_applies(const struct epo_agenda *agenda, struct epo_pool *pool,
                        const struct epo_json *facts, bool *applies, struct epo_error *error) {
    char today[EPO_TIME_SIZE];
    *applies = epo_json_get_boolean(facts, "in_city", true);
    if (!*applies || agenda->manifest->applies == NULL)
        return true;
    struct epo_json *variables =
        epo_rule_variables(pool, facts, NULL, NULL, epo_date_iso(epo_clock_today(), today));
    return epo_expression_holds(pool, agenda->manifest->applies, variables, applies, error);
}

bool epo_agenda_nearby(const struct epo_agenda *agenda, int64_t *metres, int64_t *days) {
    *metres = agenda->manifest->nearby_metres;
    *days = agenda->manifest->nearby_days;
    return *metres > 0;
}

bool epo_agenda_office(const struct epo_agenda *agenda, struct epo_pool *pool,
                       const struct epo_json *facts, const struct epo_json *answers,
                       const struct epo_json *values, const char *today, struct epo_span *office,
                       struct epo_error *error) {
    const struct epo_manifest *manifest = agenda->manifest;
    *office = manifest->office;
    if (manifest->office_rule_count == 0)
        return true;
    struct epo_json *variables = epo_rule_variables(pool, facts, answers, values, today);
    for (size_t i = 0; i < manifest->office_rule_count; i++) {
        bool holds;
        if (!epo_expression_holds(pool, manifest->office_rules[i].rule, variables, &holds, error))
            return false;
        if (holds) {
            *office = manifest->office_rules[i].office;
            return true;
        }
    }
    return true;
}
