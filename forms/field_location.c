/* location: a GeoJSON geometry in EPSG:4326; in HTML also typed coordinates or a chosen address. */
#include <ctype.h>

#include "base/limits.h"
#include "forms/field.h"

#define FOUND_MAX 10 /* addresses offered for the words typed */

static const struct place_kind {
    const char *name, *geometry;
    enum epo_place_kind kind;
} place_kinds[] = {
    {"point", "Point", EPO_PLACE_POINT},
    {"line", "LineString", EPO_PLACE_LINE},
    {"area", "Polygon", EPO_PLACE_AREA},
    {"address", "Point", EPO_PLACE_POINT}, /* a point that the search gave */
};
#define PLACE_KIND_COUNT (sizeof(place_kinds) / sizeof(place_kinds[0]))

/* -- reading ---------------------------------------------------------------------------------- */

static void read_kind(struct epo_reader *reader, struct epo_field *field,
                      const struct epo_json *name) {
    const char *names[PLACE_KIND_COUNT + 1] = {NULL};
    for (size_t i = 0; i < PLACE_KIND_COUNT; i++) {
        names[i] = place_kinds[i].name;
        if (epo_json_is_text(name) && epo_span_is(name->text, names[i])) {
            field->kinds |= 1u << i;
            return;
        }
    }
    const char *near = epo_json_is_text(name) ? epo_reader_suggest(name->text, names) : NULL;
    epo_reader_fault(reader, name, "unknown kind of place: point, line, area, address%s%s%s",
                     near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static void read_rules(struct epo_reader *reader, struct epo_field *field,
                       const struct epo_json *definition) {
    field->rules = epo_reader_array(reader, definition, "rules", false);
    for (uint32_t i = 0; field->rules != NULL && i < field->rules->count; i++) {
        struct epo_json *rule = field->rules->items[i];
        struct epo_json one = {.type = EPO_JSON_ARRAY, .count = 1, .room = 1, .items = &rule};
        struct epo_error error = {0};
        if (!epo_place_rules_check(reader->maps, &one, &error))
            epo_reader_fault(reader, rule, "%s", error.text);
        else
            epo_reader_texts(reader, rule, "message", false);
    }
}

static void read_view(struct epo_reader *reader, const struct epo_json *definition) {
    static const char *const known[] = {"lon", "lat", "zoom", NULL};
    const struct epo_json *view = epo_json_get(definition, "view");
    if (view == NULL)
        return;
    if (view->type != EPO_JSON_OBJECT) {
        epo_reader_fault(reader, view, "\"view\" wants {\"lon\": …, \"lat\": …, \"zoom\": …}");
        return;
    }
    epo_reader_members(reader, view, known, NULL);
    for (size_t i = 0; known[i] != NULL; i++) {
        double number;
        if (epo_json_get(view, known[i]) == NULL)
            epo_reader_fault(reader, view, "\"view\" has no \"%s\"", known[i]);
        else
            epo_reader_number(reader, view, known[i], &number);
    }
}

static void read_location(struct epo_reader *reader, struct epo_field *field,
                          const struct epo_json *definition) {
    const struct epo_json *kinds = epo_reader_array(reader, definition, "kinds", false);
    for (uint32_t i = 0; kinds != NULL && i < kinds->count; i++)
        read_kind(reader, field, kinds->items[i]);
    if (kinds == NULL || kinds->count == 0)
        field->kinds = 1; /* a point */
    read_rules(reader, field, definition);
    read_view(reader, definition);
}

/* -- what a browser sent ---------------------------------------------------------------------- */

static struct epo_json *point_geometry(struct epo_pool *pool, double lon, double lat) {
    struct epo_json *geometry = epo_json_object(pool);
    epo_json_set_string(pool, geometry, "type", "Point");
    struct epo_json *pair = epo_json_set(pool, geometry, "coordinates", epo_json_array(pool));
    epo_json_push(pool, pair, epo_json_real(pool, lon));
    epo_json_push(pool, pair, epo_json_real(pool, lat));
    return geometry;
}

/* Splits at white space and ";", leaving out N, E and °; false if there are more than two parts. */
static bool coordinate_parts(struct epo_span typed, char parts[2][24], size_t *count) {
    size_t len = 0;
    *count = 0;
    for (size_t i = 0; i <= typed.len; i++) {
        unsigned char c = i < typed.len ? (unsigned char)typed.at[i] : ' ';
        bool mark = c != '\0' && (strchr("NEne;", c) != NULL || c == 0xc2 || c == 0xb0); /* ° */
        if (isdigit(c) || (len == 0 && c == '-') || (len > 0 && (c == '.' || c == ','))) {
            if (*count == 2 || len + 1 >= sizeof(parts[0]))
                return false;
            parts[*count][len++] = (char)c;
        } else if (!isspace(c) && !mark && c != ',') {
            return false;
        } else if (len > 0) {
            parts[(*count)++][len] = '\0';
            len = 0;
        }
    }
    return true;
}

static bool coordinate(const char *part, double *degrees) {
    char plain[24];
    size_t len = strlen(part);
    if (len > 0 && part[len - 1] == ',')
        len--;
    for (size_t i = 0; i < len; i++)
        plain[i] = part[i] == ',' ? '.' : part[i];
    return epo_span_real((struct epo_span){plain, len}, degrees);
}

/* "49.7475, 13.3776", "49,7475 13,3776", "49.7475N 13.3776E": latitude first, as maps show it. */
static struct epo_json *typed_coordinates(struct epo_pool *pool, struct epo_span typed) {
    char parts[2][24] = {"", ""};
    size_t count;
    double lat, lon;
    if (!coordinate_parts(typed, parts, &count) || count == 0)
        return NULL;
    char *comma = strchr(parts[0], ',');
    if (count == 1 && comma != NULL) { /* "49.7475,13.3776" */
        snprintf(parts[1], sizeof(parts[1]), "%s", comma + 1);
        *comma = '\0';
        count = 2;
    }
    if (count != 2 || !coordinate(parts[0], &lat) || !coordinate(parts[1], &lon))
        return NULL;
    return point_geometry(pool, lon, lat);
}

static bool parse_geometry(struct epo_check *check, const struct epo_field *field,
                           struct epo_span typed, struct epo_json **value) {
    struct epo_error error;
    *value = typed.at[0] == '{' ? epo_json_parse(check->pool, typed, &error)
                                : typed_coordinates(check->pool, typed);
    return *value != NULL || epo_check_refuse(check, field, "place.not_geojson", NULL);
}

/* Keeps what the search found for the view; the chosen one's geometry, or NULL. */
static struct epo_json *keep_found(struct epo_check *check, const struct epo_field *field,
                                   const struct epo_json *features, struct epo_span chosen) {
    struct epo_pool *pool = check->pool;
    struct epo_json *list = epo_json_array(pool), *geometry = NULL;
    const struct epo_json *found = epo_json_get(features, "features");
    for (uint32_t i = 0; found != NULL && i < found->count; i++) {
        const struct epo_json *feature = found->items[i];
        struct epo_span id = epo_json_get_text(feature, "id");
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(pool, row, "id", id);
        epo_json_set_text(pool, row, "label",
                          epo_json_get_text(epo_json_get(feature, "properties"), "label"));
        epo_json_push(pool, list, row);
        if (chosen.len > 0 && epo_span_equal(id, chosen))
            geometry = epo_json_copy(pool, epo_json_get(feature, "geometry"));
    }
    epo_json_set(pool, check->result->found, field->id, list);
    return geometry;
}

static bool map_failed(struct epo_check *check) {
    return check->error == NULL || check->error->kind != EPO_ERROR_BAD_INPUT;
}

/* Words typed without a script. An address chosen from an earlier search counts only while the
 * words are the same: new words mean a new search. */
static bool parse_words(struct epo_check *check, const struct epo_field *field,
                        struct epo_span words, struct epo_span chosen, struct epo_json **value) {
    struct epo_json *features = NULL;
    if (check->maps == NULL)
        return epo_check_refuse(check, field, "form.no_address", NULL);
    if (!epo_addresses_search(check->maps, check->pool, words, FOUND_MAX, NULL, &features,
                              check->error) &&
        map_failed(check))
        return epo_check_broken(check);
    *value = keep_found(check, field, features, chosen);
    if (*value != NULL)
        return true;
    bool any = epo_json_get(check->result->found, field->id)->count > 0;
    return epo_check_refuse(check, field, any ? "form.choose_address" : "form.no_address", NULL);
}

static bool parse_chosen(struct epo_check *check, const struct epo_field *field,
                         struct epo_span chosen, struct epo_json **value) {
    struct epo_json *feature = NULL;
    if (check->maps == NULL)
        return epo_check_refuse(check, field, "form.no_address", NULL);
    struct epo_error error = {0};
    if (!epo_address_get(check->maps, check->pool, chosen, &feature, &error)) {
        if (error.kind == EPO_ERROR_NOT_FOUND || error.kind == EPO_ERROR_BAD_INPUT)
            return epo_check_refuse(check, field, "form.no_address", NULL);
        if (check->error != NULL)
            *check->error = error;
        return epo_check_broken(check);
    }
    *value = epo_json_copy(check->pool, epo_json_get(feature, "geometry"));
    return true;
}

bool epo_location_parse(struct epo_check *check, const struct epo_field *field, bool *empty,
                        struct epo_json **value) {
    struct epo_pool *pool = check->pool;
    struct epo_span typed = epo_span_trim(epo_raw_text(check->raw, field->id));
    struct epo_span words =
        epo_span_trim(epo_raw_text(check->raw, epo_pool_printf(pool, "%s.q", field->id)));
    struct epo_span chosen =
        epo_span_trim(epo_raw_text(check->raw, epo_pool_printf(pool, "%s.address", field->id)));
    bool searching = epo_span_is(epo_raw_text(check->raw, "_action"),
                                 epo_pool_printf(pool, "search:%s", field->id));
    *empty = typed.len == 0 && words.len == 0 && chosen.len == 0;
    if (*empty)
        return true;
    if (!epo_text_valid(typed) || !epo_text_valid(words) || !epo_text_valid(chosen))
        return epo_check_refuse(check, field, "form.characters", NULL);
    if (words.len > 0 && (chosen.len > 0 || searching || typed.len == 0))
        return parse_words(check, field, words, chosen, value);
    if (chosen.len > 0)
        return parse_chosen(check, field, chosen, value);
    return parse_geometry(check, field, typed, value);
}

/* -- checking --------------------------------------------------------------------------------- */

static struct epo_json *accept_location(struct epo_check *check, const struct epo_field *field,
                                        const struct epo_json *given) {
    (void)field;
    bool feature = epo_json_get(given, "geometry") != NULL; /* the API takes bare geometries */
    return given->type == EPO_JSON_OBJECT && !feature ? epo_json_copy(check->pool, given) : NULL;
}

static bool kind_allowed(const struct epo_field *field, enum epo_place_kind kind) {
    for (size_t i = 0; i < PLACE_KIND_COUNT; i++)
        if ((field->kinds & (1u << i)) != 0 && place_kinds[i].kind == kind)
            return true;
    return false;
}

/* Errors of the map in the words of the catalog, or its own English ones where it has none. */
static bool refuse_place(struct epo_check *check, const struct epo_field *field,
                         const struct epo_error *error) {
    struct epo_json *values = epo_json_object(check->pool);
    epo_json_set_string(check->pool, values, "where", error->where);
    epo_json_set_integer(check->pool, values, "limit", EPO_VERTICES_MAX);
    return epo_check_refuse(check, field, error->code, values);
}

static bool check_city(struct epo_check *check, const struct epo_field *field,
                       const struct epo_place *place) {
    struct epo_json *facts = NULL;
    if (!epo_locate(check->maps, check->pool, place, &facts, check->error)) {
        if (check->error != NULL && check->error->kind == EPO_ERROR_BAD_INPUT)
            return refuse_place(check, field, check->error);
        return epo_check_broken(check);
    }
    epo_json_set(check->pool, check->result->facts, field->id, facts);
    return epo_json_get_boolean(facts, "in_city", true) ||
           epo_check_refuse(check, field, "place.outside_city", NULL);
}

/* One rule that does not hold: the definition's own message, or the catalog's for its code. */
static void refuse_rule(struct epo_check *check, const struct epo_field *field,
                        const struct epo_json *refusal) {
    const char *code = epo_pool_string(check->pool, epo_json_get_text(refusal, "code"));
    int64_t index = epo_json_get_integer(refusal, "rule", -1);
    const struct epo_json *rule =
        index >= 0 && index < field->rules->count ? field->rules->items[index] : NULL;
    struct epo_span message = epo_json_localized(epo_json_get(rule, "message"), check->lang);
    if (message.len > 0)
        epo_check_refuse_with(check, field->id, code, message);
    else
        epo_check_refuse(check, field, code,
                         rule != NULL ? epo_json_copy(check->pool, rule) : NULL);
}

static bool check_rules(struct epo_check *check, const struct epo_field *field,
                        const struct epo_place *place) {
    struct epo_json *refusals = epo_json_array(check->pool);
    if (field->rules == NULL)
        return true;
    if (!epo_place_rules_apply(check->maps, check->pool, field->rules, place, refusals,
                               check->error))
        return epo_check_broken(check);
    for (uint32_t i = 0; i < refusals->count; i++)
        refuse_rule(check, field, refusals->items[i]);
    return refusals->count == 0;
}

static bool limits_location(struct epo_check *check, const struct epo_field *field,
                            struct epo_json *value) {
    struct epo_place place = {0};
    struct epo_error error = {0};
    if (!epo_place_read(check->pool, value, &place, &error)) {
        if (error.kind == EPO_ERROR_BAD_INPUT || error.kind == EPO_ERROR_TOO_LARGE)
            return refuse_place(check, field, &error);
        if (check->error != NULL)
            *check->error = error;
        return epo_check_broken(check);
    }
    if (!kind_allowed(field, place.kind))
        return epo_check_refuse(check, field, "place.kind", NULL);
    if (check->maps != NULL &&
        (!check_city(check, field, &place) || !check_rules(check, field, &place)))
        return false;
    *value = *epo_json_copy(check->pool, place.geojson);
    if (field == check->form->place) {
        check->result->place = place;
        check->result->has_place = true;
    }
    return true;
}

/* -- drawing and describing ------------------------------------------------------------------- */

static void view_search(const struct epo_draw *draw, const struct epo_field *field,
                        struct epo_json *model) {
    struct epo_pool *pool = draw->pool;
    const struct epo_json *raw = draw->result != NULL ? draw->result->raw : NULL;
    const struct epo_json *found =
        draw->result != NULL ? epo_json_get(draw->result->found, field->id) : NULL;
    struct epo_span chosen = epo_raw_text(raw, epo_pool_printf(pool, "%s.address", field->id));
    struct epo_json *search = epo_json_set(pool, model, "search", epo_json_object(pool));
    epo_json_set_text(pool, search, "query",
                      epo_raw_text(raw, epo_pool_printf(pool, "%s.q", field->id)));
    epo_json_set_boolean(pool, search, "searched", found != NULL);
    struct epo_json *results = epo_json_set(pool, search, "results", epo_json_array(pool));
    for (uint32_t i = 0; found != NULL && i < found->count; i++) {
        struct epo_json *row = epo_json_copy(pool, found->items[i]);
        epo_json_set_boolean(pool, row, "checked",
                             epo_span_equal(epo_json_get_text(row, "id"), chosen));
        epo_json_set_string(pool, row, "input_id",
                            epo_pool_printf(pool, "field-%s-address-%u", field->id, i + 1));
        epo_json_push(pool, results, row);
    }
}

static void view_location(const struct epo_draw *draw, const struct epo_field *field,
                          struct epo_json *model) {
    struct epo_pool *pool = draw->pool;
    struct epo_json *kinds = epo_json_array(pool);
    for (size_t i = 0; i < PLACE_KIND_COUNT; i++)
        if ((field->kinds & (1u << i)) != 0)
            epo_json_push(pool, kinds, epo_json_string(pool, place_kinds[i].name));
    epo_json_set_text(pool, model, "kinds_json", epo_json_print(pool, kinds));
    epo_json_set(pool, model, "kinds", kinds);
    epo_json_set_text(pool, model, "rules_json",
                      field->rules != NULL ? epo_json_print(pool, field->rules) : EPO_SPAN("[]"));
    const struct epo_json *view = epo_json_get(field->definition, "view");
    if (view != NULL)
        epo_json_set_text(pool, model, "view_json", epo_json_print(pool, view));
    view_search(draw, field, model);
    if (draw->result == NULL)
        return;
    const struct epo_json *value = epo_json_get(draw->result->answers, field->id);
    if (value != NULL)
        epo_json_set_text(pool, model, "geojson", epo_json_print(pool, value));
    const struct epo_json *facts = epo_json_get(draw->result->facts, field->id);
    if (facts != NULL)
        epo_json_set(pool, model, "words", epo_form_words(pool, draw->lang, draw->catalog, facts));
}

/* The shape alone; where it lies and what rules it fulfils is the map's to say. */
static struct epo_json *geometry_schema(struct epo_pool *pool, const struct place_kind *kind) {
    static const char position[] = "{\"type\":\"array\",\"minItems\":2,\"maxItems\":3,"
                                   "\"items\":{\"type\":\"number\"}}";
    struct epo_json *schema = epo_json_object(pool);
    struct epo_json *coordinates = epo_json_parse(pool, epo_span(position), NULL);
    static const int nesting[] = {
        [EPO_PLACE_POINT] = 0, [EPO_PLACE_LINE] = 1, [EPO_PLACE_AREA] = 2};
    static const int least[] = {0, 2, 4}; /* positions of a line, of a ring */
    for (int level = nesting[kind->kind]; level > 0; level--) {
        bool innermost = level == nesting[kind->kind];
        struct epo_json *list = epo_json_object(pool);
        epo_json_set_string(pool, list, "type", "array");
        epo_json_set_integer(pool, list, "minItems", innermost ? least[kind->kind - 1] : 1);
        epo_json_set(pool, list, "items", coordinates);
        coordinates = list;
    }
    epo_json_set_string(pool, schema, "type", "object");
    struct epo_json *properties = epo_json_set(pool, schema, "properties", epo_json_object(pool));
    struct epo_json *type = epo_json_set(pool, properties, "type", epo_json_object(pool));
    epo_json_set_string(pool, type, "const", kind->geometry);
    epo_json_set(pool, properties, "coordinates", coordinates);
    struct epo_json *required = epo_json_set(pool, schema, "required", epo_json_array(pool));
    epo_json_push(pool, required, epo_json_string(pool, "type"));
    epo_json_push(pool, required, epo_json_string(pool, "coordinates"));
    return schema;
}

static void schema_location(const struct epo_draw *draw, const struct epo_field *field,
                            struct epo_json *schema) {
    struct epo_pool *pool = draw->pool;
    struct epo_json *any = epo_json_array(pool);
    unsigned seen = 0;
    for (size_t i = 0; i < PLACE_KIND_COUNT; i++) {
        if ((field->kinds & (1u << i)) == 0 || (seen & (1u << place_kinds[i].kind)) != 0)
            continue;
        seen |= 1u << place_kinds[i].kind;
        epo_json_push(pool, any, geometry_schema(pool, &place_kinds[i]));
    }
    epo_json_set_string(pool, schema, "$comment",
                        "a GeoJSON geometry, EPSG:4326; checked by the server: validity, city, "
                        "rules of the place");
    epo_json_set(pool, schema, "anyOf", any);
}

static struct epo_span words_location(const struct epo_draw *draw, const struct epo_field *field,
                                      const struct epo_json *value) {
    const struct epo_json *pair = epo_json_get(value, "coordinates");
    (void)field;
    while (pair != NULL && pair->type == EPO_JSON_ARRAY && pair->count > 0 &&
           pair->items[0]->type == EPO_JSON_ARRAY)
        pair = pair->items[0];
    if (pair == NULL || pair->type != EPO_JSON_ARRAY || pair->count < 2)
        return (struct epo_span){"", 0};
    double part[2];
    for (int i = 0; i < 2; i++)
        part[i] = pair->items[i]->type == EPO_JSON_INTEGER ? (double)pair->items[i]->integer
                                                           : pair->items[i]->real;
    return epo_span(epo_pool_printf(draw->pool, "%.6f, %.6f", part[1], part[0]));
}

static const char *const location_properties[] = {"kinds", "rules", "view", NULL};

const struct epo_field_kind epo_kind_location = {.name = "location",
                                                 .properties = location_properties,
                                                 .json_type = "object",
                                                 .read = read_location,
                                                 .accept = accept_location,
                                                 .limits = limits_location,
                                                 .view = view_location,
                                                 .schema = schema_location,
                                                 .words = words_location};
