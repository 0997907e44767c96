/* Checking of a place, or of several: what was chosen, the city, the field's rules. */
#include "base/limits.h"
#include "forms/place.h"

struct judging { /* one place of a field */
    struct epo_check *check;
    const struct epo_field *field;
    uint32_t index; /* among several */
    struct epo_json *facts;
    struct epo_form_place *place;
};

/* -- saying no -------------------------------------------------------------------------------- */

/* Who says it, and of which place. */
struct saying {
    struct epo_pool *pool;
    const struct epo_catalog *catalog;
    const char *lang;
    const struct epo_field *field;
    uint32_t index;
};

/* "Where", or "Where, place 2". */
static struct epo_span label_of(const struct saying *say) {
    struct epo_span label = epo_field_label(say->field, say->lang);
    if (!say->field->several)
        return label;
    struct epo_json *values = epo_json_object(say->pool);
    epo_json_set_text(say->pool, values, "label", label);
    epo_json_set_integer(say->pool, values, "number", say->index + 1);
    return epo_catalog_format(say->catalog, say->pool, say->lang, "form.place_number", values);
}

/* The definition's own message, or the catalog's for the code. */
static struct epo_span words_of(const struct saying *say, const char *code,
                                const struct epo_json *rule, struct epo_json *values) {
    struct epo_span message = epo_json_localized(epo_json_get(rule, "message"), say->lang);
    const char *key = epo_pool_printf(say->pool, "error.%s", code);
    if (message.len > 0 && !say->field->several)
        return message;
    epo_json_set_text(say->pool, values, "label", label_of(say));
    if (message.len > 0) {
        epo_json_set_text(say->pool, values, "message", message);
        key = "form.place_said";
    }
    return epo_catalog_format(say->catalog, say->pool, say->lang, key, values);
}

static struct epo_json *error_of(const struct saying *say, const char *code,
                                 const struct epo_json *rule, struct epo_json *values) {
    struct epo_json *error = epo_json_object(say->pool);
    if (values == NULL)
        values = epo_json_object(say->pool);
    epo_json_set_string(say->pool, error, "path", say->field->id);
    epo_json_set_string(say->pool, error, "code", code);
    epo_json_set_text(say->pool, error, "message", words_of(say, code, rule, values));
    if (say->field->several)
        epo_json_set_integer(say->pool, error, "feature", say->index);
    return error;
}

struct epo_json *epo_form_place_error(const struct epo_form *form, struct epo_pool *pool,
                                      const struct epo_catalog *catalog, const char *lang,
                                      const struct epo_form_place *place, const char *code,
                                      const struct epo_json *rule, struct epo_json *values) {
    struct saying say = {pool, catalog, lang, epo_form_field(form, epo_span(place->field)),
                         place->index};
    epo_assert(say.field != NULL);
    return error_of(&say, code, rule, values);
}

static bool refuse_rule_with(const struct judging *j, const char *code, const struct epo_json *rule,
                             struct epo_json *values) {
    struct epo_check *check = j->check;
    struct saying say = {check->pool, check->catalog, check->lang, j->field, j->index};
    epo_json_push(check->pool, check->result->errors, error_of(&say, code, rule, values));
    return false;
}

static bool refuse(const struct judging *j, const char *code, struct epo_json *values) {
    return refuse_rule_with(j, code, NULL, values);
}

/* Limits that the catalog's texts name. */
static int64_t limit_of(const char *code) {
    static const struct {
        const char *code;
        int64_t limit;
    } LIMITS[] = {{"place.too_many_vertices", EPO_VERTICES_MAX},
                  {"place.ids", EPO_PLACE_IDS_MAX},
                  {"place.radius", EPO_CIRCLE_RADIUS_MAX_M},
                  {"place.via", EPO_ROUTE_VIA_MAX}};
    for (size_t i = 0; i < sizeof(LIMITS) / sizeof(LIMITS[0]); i++)
        if (strcmp(code, LIMITS[i].code) == 0)
            return LIMITS[i].limit;
    return 0;
}

/* An error of the map: the citizen's mistake in the words of the catalog, or broken. */
static bool refuse_error(const struct judging *j, const struct epo_error *error) {
    struct epo_check *check = j->check;
    if (error->kind != EPO_ERROR_BAD_INPUT && error->kind != EPO_ERROR_TOO_LARGE) {
        if (check->error != NULL)
            *check->error = *error;
        return epo_check_broken(check);
    }
    struct epo_json *values = epo_json_object(check->pool);
    epo_json_set_string(check->pool, values, "where", error->where);
    epo_json_set_integer(check->pool, values, "limit", limit_of(error->code));
    return refuse(j, error->code, values);
}

static void refuse_rule(const struct judging *j, const struct epo_json *refusal) {
    struct epo_check *check = j->check;
    const char *code = epo_pool_string(check->pool, epo_json_get_text(refusal, "code"));
    int64_t index = epo_json_get_integer(refusal, "rule", -1);
    const struct epo_json *rule =
        index >= 0 && index < j->field->rules->count ? j->field->rules->items[index] : NULL;
    refuse_rule_with(j, code, rule, rule != NULL ? epo_json_copy(check->pool, rule) : NULL);
}

/* -- one place -------------------------------------------------------------------------------- */

static bool check_city(struct judging *j) {
    struct epo_check *check = j->check;
    struct epo_error error = {0};
    if (!epo_locate(check->maps, check->pool, &j->place->place, &j->facts, &error))
        return refuse_error(j, &error);
    const struct epo_json *kind = epo_json_get(j->place->properties, "kind");
    if (!epo_span_is(kind->text, "drawn"))
        epo_json_set(check->pool, j->facts, "chosen",
                     epo_json_copy(check->pool, j->place->properties));
    return epo_json_get_boolean(j->facts, "in_city", true) || refuse(j, "place.outside_city", NULL);
}

static bool check_rules(struct judging *j) {
    struct epo_check *check = j->check;
    struct epo_json *refusals = epo_json_array(check->pool);
    if (j->field->rules == NULL)
        return true;
    if (!epo_place_rules_apply(check->maps, check->pool, j->field->rules, &j->place->place,
                               refusals, check->error))
        return epo_check_broken(check);
    for (uint32_t i = 0; i < refusals->count; i++)
        refuse_rule(j, refusals->items[i]);
    return refusals->count == 0;
}

/* What a person says of one of several places; empty text is none. */
static bool check_description(struct judging *j, const struct epo_json *given) {
    struct epo_check *check = j->check;
    const struct epo_json *text = epo_json_get(epo_json_get(given, "properties"), "description");
    if (!j->field->describe)
        return true;
    if (text == NULL || (epo_json_is_text(text) && epo_span_trim(text->text).len == 0))
        return refuse(j, "place.no_description", NULL);
    if (!epo_json_is_text(text) || !epo_text_is_clean(text->text, false) ||
        epo_text_length(text->text) > EPO_PLACE_DESCRIPTION_MAX) {
        struct epo_json *values = epo_json_object(check->pool);
        epo_json_set_integer(check->pool, values, "limit", EPO_PLACE_DESCRIPTION_MAX);
        return refuse(j, "place.description", values);
    }
    epo_json_set_text(check->pool, j->place->properties, "description", text->text);
    return true;
}

static bool check_one(struct judging *j, const struct epo_json *given, struct epo_chosen *chosen) {
    struct epo_check *check = j->check;
    struct epo_error error = {0};
    if (!epo_chosen_read(check->maps, check->pool, given, j->field->kinds, chosen, &error))
        return refuse_error(j, &error);
    j->place->field = j->field->id;
    j->place->index = j->index;
    j->place->properties = chosen->properties;
    if (check->maps != NULL && strcmp(chosen->kind, "drawn") == 0) {
        if (!epo_place_snap(check->maps, check->pool, j->field->rules, &chosen->place, &error))
            return refuse_error(j, &error);
        chosen->geometry = epo_json_copy(check->pool, chosen->place.geojson);
    }
    j->place->place = chosen->place;
    bool described = check_description(j, given);
    return (check->maps == NULL || (check_city(j) && check_rules(j))) && described;
}

static struct epo_json *feature_of(struct epo_pool *pool, const struct epo_chosen *chosen) {
    struct epo_json *feature = epo_json_object(pool);
    epo_json_set_string(pool, feature, "type", "Feature");
    epo_json_set(pool, feature, "geometry", epo_json_copy(pool, chosen->geometry));
    epo_json_set(pool, feature, "properties", epo_json_copy(pool, chosen->properties));
    return feature;
}

static struct epo_form_place *new_place(struct epo_form_result *result, struct epo_pool *pool) {
    struct epo_form_place *place = EPO_NEW(pool, struct epo_form_place), **last = &result->places;
    while (*last != NULL)
        last = &(*last)->next;
    return *last = place;
}

static void keep_facts(struct epo_check *check, const struct epo_field *field,
                       struct epo_json *facts) {
    if (facts != NULL)
        epo_json_set(check->pool, check->result->facts, field->id, facts);
}

/* The geometry alone; without a map, what only a map can turn into one stays a Feature. */
static bool limits_single(struct epo_check *check, const struct epo_field *field,
                          struct epo_json *value) {
    struct judging j = {
        .check = check, .field = field, .place = EPO_NEW(check->pool, struct epo_form_place)};
    struct epo_chosen chosen;
    bool good = check_one(&j, value, &chosen);
    keep_facts(check, field, j.facts);
    if (!good)
        return false;
    *new_place(check->result, check->pool) = *j.place;
    *value = chosen.place.kind != 0 ? *chosen.geometry : *feature_of(check->pool, &chosen);
    if (field == check->form->place && chosen.place.kind != 0) {
        check->result->place = chosen.place;
        check->result->has_place = true;
    }
    return true;
}

/* -- several ---------------------------------------------------------------------------------- */

/* The first place's facts speak for all (its district routes the request); sizes are sums. */
static struct epo_json *facts_of_all(struct epo_check *check, struct epo_json *list) {
    static const char *const SUMS[] = {"area_m2", "perimeter_m", "length_m"};
    if (list->count == 0)
        return NULL;
    struct epo_json *facts = epo_json_copy(check->pool, list->items[0]);
    for (size_t i = 0; i < sizeof(SUMS) / sizeof(SUMS[0]); i++) {
        double sum = 0;
        for (uint32_t k = 0; k < list->count; k++)
            sum += epo_json_get_real(list->items[k], SUMS[i], 0);
        if (sum > 0)
            epo_json_set(check->pool, facts, SUMS[i], epo_json_real(check->pool, sum));
    }
    epo_json_set_integer(check->pool, facts, "count", list->count);
    epo_json_set(check->pool, facts, "features", list);
    return facts;
}

static bool check_count(struct epo_check *check, const struct epo_field *field, uint32_t count) {
    struct epo_json *values = epo_json_object(check->pool);
    bool few = count < field->min_count;
    epo_json_set_integer(check->pool, values, "limit", few ? field->min_count : field->max_count);
    if (!few && count <= field->max_count)
        return true;
    return epo_check_refuse(check, field, few ? "place.too_few" : "place.too_many", values);
}

static void keep_joined(struct epo_check *check, const struct epo_form_place *first,
                        uint32_t count) {
    const struct epo_place **places = EPO_NEW_ARRAY(check->pool, const struct epo_place *, count);
    uint32_t known = 0;
    for (const struct epo_form_place *each = first; each != NULL; each = each->next)
        if (each->place.kind != 0)
            places[known++] = &each->place;
    if (known == 0)
        return;
    epo_place_join(check->pool, places, known, &check->result->place);
    check->result->has_place = true;
}

static bool limits_several(struct epo_check *check, const struct epo_field *field,
                           struct epo_json *value) {
    const struct epo_json *list = epo_json_get(value, "features");
    if (!epo_span_is(epo_json_get_text(value, "type"), "FeatureCollection") || list == NULL ||
        list->type != EPO_JSON_ARRAY)
        return epo_check_refuse(check, field, "place.not_collection", NULL);
    if (!check_count(check, field, list->count))
        return false;
    struct epo_json *kept = epo_json_object(check->pool), *facts = epo_json_array(check->pool);
    epo_json_set_string(check->pool, kept, "type", "FeatureCollection");
    struct epo_json *features =
        epo_json_set(check->pool, kept, "features", epo_json_array(check->pool));
    struct epo_form_place *first = NULL;
    bool good = true;
    for (uint32_t i = 0; i < list->count && !check->broken; i++) {
        struct judging j = {.check = check, .field = field, .index = i};
        struct epo_chosen chosen;
        j.place = new_place(check->result, check->pool);
        first = first != NULL ? first : j.place;
        bool feature = epo_span_is(epo_json_get_text(list->items[i], "type"), "Feature");
        if (feature ? check_one(&j, list->items[i], &chosen)
                    : refuse(&j, "place.not_collection", NULL))
            epo_json_push(check->pool, features, feature_of(check->pool, &chosen));
        else
            good = false;
        if (j.facts != NULL)
            epo_json_push(check->pool, facts, j.facts);
    }
    keep_facts(check, field, facts_of_all(check, facts));
    if (!good)
        return false;
    *value = *kept;
    if (field == check->form->place)
        keep_joined(check, first, list->count);
    return true;
}

bool epo_location_limits(struct epo_check *check, const struct epo_field *field,
                         struct epo_json *value) {
    return field->several ? limits_several(check, field, value)
                          : limits_single(check, field, value);
}
