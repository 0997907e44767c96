/* location: a GeoJSON geometry in EPSG:4326, or a FeatureCollection of several; in HTML also typed
 * coordinates or a chosen address. */
#include "base/limits.h"
#include "forms/format.h"
#include "forms/place.h"

static const struct place_kind {
    const char *name;
    enum epo_asked asked;
} place_kinds[] = {
    {"point", EPO_ASKED_POINT},     {"line", EPO_ASKED_LINE},     {"area", EPO_ASKED_AREA},
    {"address", EPO_ASKED_ADDRESS}, {"parcel", EPO_ASKED_PARCEL}, {"route", EPO_ASKED_ROUTE},
};
#define PLACE_KIND_COUNT (sizeof(place_kinds) / sizeof(place_kinds[0]))

/* -- reading ---------------------------------------------------------------------------------- */

static void read_kind(struct epo_reader *reader, struct epo_field *field,
                      const struct epo_json *name) {
    const char *names[PLACE_KIND_COUNT + 1] = {NULL};
    for (size_t i = 0; i < PLACE_KIND_COUNT; i++) {
        names[i] = place_kinds[i].name;
        if (epo_json_is_text(name) && epo_span_is(name->text, names[i])) {
            field->kinds |= place_kinds[i].asked;
            return;
        }
    }
    const char *near = epo_json_is_text(name) ? epo_reader_suggest(name->text, names) : NULL;
    epo_reader_fault(reader, name,
                     "unknown kind of place: point, line, area, address, parcel, route%s%s%s",
                     near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static void read_rules(struct epo_reader *reader, struct epo_field *field,
                       const struct epo_json *definition) {
    static const char *const known[] = {
        "rule", "message", "only",   "layer",    "share",   "value", "any",   "within_m", "from",
        "to",   "agenda",  "states", "buffer_m", "point_m", "limit", "units", "of",       NULL};
    field->rules = epo_reader_array(reader, definition, "rules", false);
    for (uint32_t i = 0; field->rules != NULL && i < field->rules->count; i++) {
        struct epo_json *rule = field->rules->items[i];
        struct epo_json one = {.type = EPO_JSON_ARRAY, .count = 1, .room = 1, .items = &rule};
        struct epo_error error = {0};
        if (!epo_place_rules_check(reader->maps, &one, &error))
            epo_reader_fault(reader, rule, "%s", error.text);
        else
            epo_reader_members(reader, rule, known, NULL);
        if (rule->type == EPO_JSON_OBJECT)
            epo_reader_texts(reader, rule, "message", false);
    }
}

static void check_named(struct epo_reader *reader, const struct epo_json *rule, const char *name,
                        const struct epo_field_kind *kind, const char *what) {
    struct epo_span id = epo_json_get_text(rule, name);
    const struct epo_field *field = epo_form_field(reader->form, id);
    if (id.len > 0 && (field == NULL || field->kind != kind))
        epo_reader_fault(reader, epo_json_get(rule, name),
                         "\"%s\" wants the id of a %s field, not \"%.*s\"", name, what,
                         EPO_ARG(id));
    else if (id.len > 0 && epo_field_group(reader->form, field) != NULL)
        epo_reader_fault(reader, epo_json_get(rule, name),
                         "\"%.*s\" stands in a repeated group: there are many of it", EPO_ARG(id));
}

void epo_location_check_named(struct epo_reader *reader, const struct epo_field *field) {
    for (uint32_t i = 0; field->rules != NULL && i < field->rules->count; i++) {
        const struct epo_json *rule = field->rules->items[i];
        struct epo_span name = epo_json_get_text(rule, "rule");
        if (!epo_span_is(name, "free") && !epo_span_is(name, "capacity"))
            continue;
        check_named(reader, rule, "from", &epo_kind_date, "date");
        check_named(reader, rule, "to", &epo_kind_date, "date");
        if (!epo_span_is(epo_json_get_text(rule, "units"), "m2"))
            check_named(reader, rule, "units", &epo_kind_number, "number");
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

/* {"min": 1, "max": 20}: how many places the field takes. */
static void read_several(struct epo_reader *reader, struct epo_field *field,
                         const struct epo_json *definition) {
    static const char *const known[] = {"min", "max", NULL};
    const struct epo_json *several = epo_json_get(definition, "several");
    field->describe = epo_reader_boolean(reader, definition, "describe", false);
    if (field->describe && several == NULL)
        epo_reader_fault(reader, epo_json_get(definition, "describe"),
                         "\"describe\" is for \"several\" places: beside one, put a text field");
    if (several == NULL)
        return;
    if (several->type != EPO_JSON_OBJECT) {
        epo_reader_fault(reader, several, "\"several\" wants {\"min\": 1, \"max\": 20}");
        return;
    }
    epo_reader_members(reader, several, known, NULL);
    field->several = true;
    field->min_count = 1;
    field->max_count = EPO_PLACES_MAX;
    epo_reader_integer(reader, several, "min", 1, EPO_PLACES_MAX, &field->min_count);
    epo_reader_integer(reader, several, "max", 1, EPO_PLACES_MAX, &field->max_count);
    if (field->min_count > field->max_count)
        epo_reader_fault(reader, several, "\"min\" %lld is over \"max\" %lld",
                         (long long)field->min_count, (long long)field->max_count);
}

/* The types "parcel" and "address" are locations of that kind. */
static struct epo_span kind_of_type(const struct epo_json *definition) {
    struct epo_span type = epo_json_get_text(definition, "type");
    return epo_span_is(type, "location") ? EPO_SPAN("point") : type;
}

static void read_location(struct epo_reader *reader, struct epo_field *field,
                          const struct epo_json *definition) {
    const struct epo_json *kinds = epo_reader_array(reader, definition, "kinds", false);
    if (kinds != NULL && !epo_span_is(epo_json_get_text(definition, "type"), "location"))
        epo_reader_fault(reader, kinds, "\"kinds\" is for the type \"location\"");
    for (uint32_t i = 0; kinds != NULL && i < kinds->count; i++)
        read_kind(reader, field, kinds->items[i]);
    field->named = kinds;
    if (kinds == NULL || kinds->count == 0) {
        struct epo_json *usual = epo_json_array(reader->form->pool);
        epo_json_push(reader->form->pool, usual,
                      epo_json_text(reader->form->pool, kind_of_type(definition)));
        field->named = usual;
        read_kind(reader, field, usual->items[0]);
    }
    read_several(reader, field, definition);
    read_rules(reader, field, definition);
    read_view(reader, definition);
}

/* -- checking --------------------------------------------------------------------------------- */

static struct epo_json *accept_location(struct epo_check *check, const struct epo_field *field,
                                        const struct epo_json *given) {
    (void)field;
    return given->type == EPO_JSON_OBJECT ? epo_json_copy(check->pool, given) : NULL;
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

static void push_offer(const struct epo_draw *draw, struct epo_json *offers, const char *id,
                       const struct epo_json *answers, struct epo_span text) {
    struct epo_json *offer = epo_json_object(draw->pool);
    epo_json_set_string(draw->pool, offer, "name",
                        epo_pool_printf(draw->pool, "%s.offer%u", id, offers->count + 1));
    epo_json_set_text(draw->pool, offer, "value", epo_json_print(draw->pool, answers));
    epo_json_set_text(draw->pool, offer, "text", text);
    epo_json_push(draw->pool, offers, offer);
}

static struct epo_span day_words(const struct epo_draw *draw, const struct epo_json *error,
                                 const char *name) {
    struct epo_date date;
    char text[EPO_TIME_SIZE];
    if (!epo_date_parse(epo_json_get_text(error, name), &date))
        return (struct epo_span){"", 0};
    return epo_span(epo_pool_string(draw->pool, epo_span(epo_date_local(date, draw->lang, text))));
}

/* What an error offers instead (core/plugin/free.c): another place, other days. */
static void view_offers(const struct epo_draw *draw, const struct epo_field *field,
                        struct epo_json *model) {
    struct epo_pool *pool = draw->pool;
    struct epo_json *offers = epo_json_set(pool, model, "offers", epo_json_array(pool));
    const struct epo_json *errors = draw->result != NULL ? draw->result->errors : NULL;
    for (uint32_t i = 0; errors != NULL && i < errors->count; i++) {
        const struct epo_json *error = errors->items[i],
                              *values = epo_json_get(error, "alternative");
        if (!epo_span_is(epo_json_get_text(error, "path"), field->id))
            continue;
        struct epo_json *words = epo_json_object(pool);
        epo_json_set_text(
            pool, words, "distance",
            epo_form_number(pool, draw->lang, epo_json_get_real(values, "distance_m", 0), 0));
        epo_json_set_text(pool, words, "first", day_words(draw, error, "free_from"));
        epo_json_set_text(pool, words, "last", day_words(draw, error, "free_to"));
        if (epo_json_get(values, "answers") != NULL)
            push_offer(
                draw, offers, field->id, epo_json_get(values, "answers"),
                epo_catalog_format(draw->catalog, pool, draw->lang, "place.offer.place", words));
        if (epo_json_get(error, "free_answers") != NULL)
            push_offer(
                draw, offers, field->id, epo_json_get(error, "free_answers"),
                epo_catalog_format(draw->catalog, pool, draw->lang, "place.offer.days", words));
    }
}

static void view_location(const struct epo_draw *draw, const struct epo_field *field,
                          struct epo_json *model) {
    struct epo_pool *pool = draw->pool;
    struct epo_json *kinds = epo_json_copy(pool, field->named); /* the first is begun with */
    epo_json_set_text(pool, model, "kinds_json", epo_json_print(pool, kinds));
    epo_json_set(pool, model, "kinds", kinds);
    const struct epo_json *several = epo_json_get(field->definition, "several");
    epo_json_set_text(pool, model, "several_json",
                      several != NULL ? epo_json_print(pool, several) : EPO_SPAN(""));
    epo_json_set_boolean(pool, model, "describe", field->describe);
    epo_json_set_text(pool, model, "rules_json",
                      field->rules != NULL ? epo_json_print(pool, field->rules) : EPO_SPAN("[]"));
    const struct epo_json *view = epo_json_get(field->definition, "view");
    if (view != NULL)
        epo_json_set_text(pool, model, "view_json", epo_json_print(pool, view));
    view_search(draw, field, model);
    view_offers(draw, field, model);
    if (draw->result == NULL)
        return;
    const struct epo_json *value = epo_json_get(draw->result->answers, field->id);
    if (value != NULL)
        epo_json_set_text(pool, model, "geojson", epo_json_print(pool, value));
    const struct epo_json *facts = epo_json_get(draw->result->facts, field->id);
    if (facts != NULL)
        epo_json_set(pool, model, "words", epo_form_words(pool, draw->lang, draw->catalog, facts));
}

/* The first position of a geometry, latitude first. */
static const char *position_words(struct epo_pool *pool, const struct epo_json *geometry) {
    const struct epo_json *pair = epo_json_get(geometry, "coordinates");
    while (pair != NULL && pair->type == EPO_JSON_ARRAY && pair->count > 0 &&
           pair->items[0]->type == EPO_JSON_ARRAY)
        pair = pair->items[0];
    if (pair == NULL || pair->type != EPO_JSON_ARRAY || pair->count < 2)
        return "";
    double part[2];
    for (int i = 0; i < 2; i++)
        part[i] = pair->items[i]->type == EPO_JSON_INTEGER ? (double)pair->items[i]->integer
                                                           : pair->items[i]->real;
    return epo_pool_printf(pool, "%.6f, %.6f", part[1], part[0]);
}

static struct epo_span words_location(const struct epo_draw *draw, const struct epo_field *field,
                                      const struct epo_json *value) {
    const struct epo_json *features = epo_json_get(value, "features");
    if (!field->several || features == NULL)
        return epo_span(position_words(draw->pool, value));
    struct epo_json *values = epo_json_object(draw->pool);
    epo_json_set_integer(draw->pool, values, "count", features->count);
    return epo_catalog_format(draw->catalog, draw->pool, draw->lang, "form.places", values);
}

struct epo_json *epo_location_rows(const struct epo_draw *draw, const struct epo_json *value,
                                   const struct epo_json *facts) {
    struct epo_pool *pool = draw->pool;
    struct epo_json *rows = epo_json_array(pool);
    const struct epo_json *features = epo_json_get(value, "features");
    const struct epo_json *each = epo_json_get(facts, "features");
    for (uint32_t i = 0; features != NULL && i < features->count; i++) {
        const struct epo_json *feature = features->items[i];
        const struct epo_json *own = each != NULL && i < each->count ? each->items[i] : NULL;
        struct epo_json *row = epo_json_object(pool);
        struct epo_span text = epo_json_get_text(epo_json_get(own, "address"), "text");
        if (text.len == 0)
            text = epo_span(position_words(pool, epo_json_get(feature, "geometry")));
        epo_json_set_text(pool, row, "text", text);
        epo_json_set_text(pool, row, "description",
                          epo_json_get_text(epo_json_get(feature, "properties"), "description"));
        epo_json_push(pool, rows, row);
    }
    return rows;
}

static const char *const location_properties[] = {"kinds",   "rules",    "view",
                                                  "several", "describe", NULL};

/* Of those that form.h names: what is kept on the way through a review. */
static const char *const location_parts[] = {"q",  "address", "kind", "sketch",
                                             "at", "radius",  "view", NULL};

const struct epo_field_kind epo_kind_location = {.name = "location",
                                                 .properties = location_properties,
                                                 .json_type = "object",
                                                 .alone = true,
                                                 .parts = location_parts,
                                                 .read = read_location,
                                                 .gather = epo_location_parse,
                                                 .accept = accept_location,
                                                 .limits = epo_location_limits,
                                                 .view = view_location,
                                                 .schema = epo_location_schema,
                                                 .words = words_location};
