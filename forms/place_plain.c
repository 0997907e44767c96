/* What the template shows of a location field where no script runs: the kinds, the picture of the
 * map with what is under its cross, what was named so far. */
#include <math.h>

#include "base/limits.h"
#include "forms/format.h"
#include "forms/place_work.h"

struct plain {
    const struct epo_draw *draw;
    struct epo_maps *maps;
    const struct epo_field *field;
    const struct epo_json *raw; /* may be NULL */
    struct epo_json *model;
    struct epo_json *drawn; /* geometries for the picture */
};

static struct epo_span text_of(const struct plain *p, const char *key) {
    return epo_catalog_text(p->draw->catalog, p->draw->lang, key);
}

static struct epo_span format(const struct plain *p, const char *key, struct epo_json *values) {
    return epo_catalog_format(p->draw->catalog, p->draw->pool, p->draw->lang, key, values);
}

static struct epo_span kind_text(const struct plain *p, const char *kind) {
    return text_of(p, epo_pool_printf(p->draw->pool, "place.plain.kind.%s", kind));
}

static struct epo_span number_text(const struct plain *p, double number) {
    return epo_form_number(p->draw->pool, p->draw->lang, round(number), 0);
}

static struct epo_span facts_text(const struct plain *p, const struct epo_json *facts) {
    return epo_form_words_line(p->draw->pool, p->draw->lang, p->draw->catalog, facts);
}

/* ---- what was named ---- */

/* The kind as the buttons name it. */
static const char *kind_of(struct epo_pool *pool, const struct epo_json *place) {
    static const char *const DRAWN[][2] = {
        {"LineString", "line"}, {"Polygon", "area"}, {"MultiPolygon", "area"}};
    struct epo_span kind = epo_json_get_text(epo_json_get(place, "properties"), "kind");
    const struct epo_json *geometry = epo_json_get(place, "geometry");
    struct epo_span type = epo_json_get_text(geometry != NULL ? geometry : place, "type");
    if (kind.len > 0 && kind.len <= 16 && !epo_span_is(kind, "drawn"))
        return epo_pool_string(pool, kind);
    for (size_t i = 0; i < sizeof DRAWN / sizeof *DRAWN; i++)
        if (epo_span_is(type, DRAWN[i][0]))
            return DRAWN[i][1];
    return "point";
}

static void add_place(const struct plain *p, struct epo_json *rows, const struct epo_json *place) {
    struct epo_pool *pool = p->draw->pool;
    struct epo_json *row = epo_json_object(pool), *facts = NULL;
    struct epo_error error = {0};
    struct epo_chosen chosen;
    int number = (int)rows->count + 1;
    bool good =
        p->maps != NULL && epo_chosen_read(p->maps, pool, place, p->field->kinds, &chosen, &error);
    if (good && strcmp(chosen.kind, "drawn") == 0) /* shown as the check will move it */
        good = epo_place_snap(p->maps, pool, p->field->rules, &chosen.place, &error);
    if (good)
        epo_json_push(pool, p->drawn, epo_json_copy(pool, chosen.place.geojson));
    good = good && epo_locate(p->maps, pool, &chosen.place, &facts, &error);
    epo_json_set_integer(pool, row, "number", number);
    epo_json_set_text(pool, row, "kind", kind_text(p, kind_of(pool, place)));
    epo_json_set_text(pool, row, "text",
                      good ? facts_text(p, facts) : text_of(p, "place.plain.unknown"));
    epo_json_set_text(pool, row, "description",
                      epo_json_get_text(epo_json_get(place, "properties"), "description"));
    epo_json_set_string(pool, row, "text_name",
                        epo_pool_printf(pool, "%s.text.%d", p->field->id, number));
    epo_json_set_string(pool, row, "text_id",
                        epo_pool_printf(pool, "field-%s-text-%d", p->field->id, number));
    epo_json_push(pool, rows, row);
}

static void set_places(const struct plain *p) {
    struct epo_pool *pool = p->draw->pool;
    const struct epo_json *value = epo_plain_value(pool, p->raw, p->field);
    const struct epo_json *features = epo_json_get(value, "features");
    struct epo_json *rows = epo_json_set(pool, p->model, "places", epo_json_array(pool));
    if (features != NULL && features->type == EPO_JSON_ARRAY)
        for (uint32_t i = 0; i < features->count && i < EPO_PLACES_MAX; i++)
            add_place(p, rows, features->items[i]);
    else if (value != NULL)
        add_place(p, rows, value);
    struct epo_json *counts = epo_json_object(pool);
    epo_json_set_integer(pool, counts, "count", rows->count);
    epo_json_set_integer(pool, counts, "least", p->field->min_count);
    epo_json_set_integer(pool, counts, "most", p->field->max_count);
    epo_json_set_text(pool, p->model, "count",
                      p->field->several ? format(p, "place.plain.count", counts) : EPO_SPAN(""));
    /* what was typed and is no place yet goes back to where it is typed */
    struct epo_span typed = epo_raw_text(p->raw, p->field->id);
    struct epo_span at = epo_location_part(p->raw, p->field, "at");
    epo_json_set_text(pool, p->model, "value",
                      value != NULL ? epo_json_print(pool, value) : EPO_SPAN(""));
    epo_json_set_text(pool, p->model, "at", value == NULL && at.len == 0 ? typed : at);
}

static void set_sketch(const struct plain *p) {
    struct epo_pool *pool = p->draw->pool;
    const char *kind = epo_plain_kind(p->raw, p->field);
    uint32_t count;
    struct epo_json *sketch = epo_sketch_read(pool, p->raw, p->field, &count);
    struct epo_json *values = epo_json_object(pool), *model;
    model = epo_json_set(pool, p->model, "sketch", epo_json_object(pool));
    if (sketch != NULL)
        epo_json_push(pool, p->drawn, sketch);
    epo_json_set_integer(pool, values, "count", count);
    epo_json_set_integer(pool, values, "needs", epo_sketch_needs(kind));
    epo_json_set_text(pool, model, "value",
                      count > 0 ? epo_location_part(p->raw, p->field, "sketch") : EPO_SPAN(""));
    epo_json_set_text(pool, model, "text",
                      count == 0 ? EPO_SPAN("") : format(p, "place.plain.corners", values));
    epo_json_set_boolean(pool, model, "closes", count > 0 && count >= epo_sketch_needs(kind));
    epo_json_set_text(pool, model, "close",
                      text_of(p, epo_pool_printf(pool, "place.plain.close.%s", kind)));
}

/* ---- ways of naming ---- */

static void set_kinds(const struct plain *p) {
    struct epo_pool *pool = p->draw->pool;
    const char *kinds[EPO_PLAIN_KINDS_MAX], *on = epo_plain_kind(p->raw, p->field);
    size_t count = epo_plain_kinds(p->field, kinds);
    struct epo_json *list = epo_json_set(pool, p->model, "kinds", epo_json_array(pool));
    bool circle = false;
    for (size_t i = 0; i < count; i++) {
        struct epo_json *row = epo_json_object(pool);
        circle = circle || strcmp(kinds[i], "circle") == 0;
        epo_json_set_string(pool, row, "kind", kinds[i]);
        epo_json_set_text(pool, row, "label", kind_text(p, kinds[i]));
        epo_json_set_boolean(pool, row, "checked", strcmp(kinds[i], on) == 0);
        epo_json_set_string(pool, row, "input_id",
                            epo_pool_printf(pool, "field-%s-kind-%s", p->field->id, kinds[i]));
        if (count > 1)
            epo_json_push(pool, list, row);
    }
    epo_json_set_boolean(pool, p->model, "circle", circle);
    epo_json_set_text(pool, p->model, "radius", epo_location_part(p->raw, p->field, "radius"));
    epo_json_set_text(pool, p->model, "how",
                      text_of(p, epo_pool_printf(pool, "place.plain.how.%s", on)));
}

/* What lies under the cross, in words. */
static struct epo_span under_cross(const struct plain *p, const struct epo_look *look) {
    struct epo_pool *pool = p->draw->pool;
    struct epo_place place;
    struct epo_json *facts;
    struct epo_json *point = epo_geojson_point(pool, look->center);
    if (p->maps == NULL || !epo_place_read(pool, point, &place, NULL) ||
        !epo_locate(p->maps, pool, &place, &facts, NULL))
        return text_of(p, "place.plain.unknown");
    return facts_text(p, facts);
}

static struct epo_json *all_drawn(const struct plain *p) {
    struct epo_pool *pool = p->draw->pool;
    if (p->drawn->count == 0)
        return NULL;
    if (p->drawn->count == 1)
        return p->drawn->items[0];
    struct epo_json *all = epo_json_object(pool), *list = epo_json_array(pool);
    epo_json_set_string(pool, all, "type", "FeatureCollection");
    epo_json_set(pool, all, "features", list);
    for (uint32_t i = 0; i < p->drawn->count; i++) {
        struct epo_json *feature = epo_json_object(pool);
        epo_json_set_string(pool, feature, "type", "Feature");
        epo_json_set(pool, feature, "geometry", p->drawn->items[i]);
        epo_json_push(pool, list, feature);
    }
    return all;
}

static void set_picture(const struct plain *p) {
    struct epo_pool *pool = p->draw->pool;
    struct epo_look look;
    epo_plain_look(pool, p->maps, p->raw, p->field, &look);
    struct epo_span cross = under_cross(p, &look);
    struct epo_json *values = epo_json_object(pool);
    epo_json_set_text(pool, values, "where", cross);
    epo_json_set_text(pool, values, "width", number_text(p, epo_look_width_m(&look)));
    epo_json_set_string(pool, p->model, "view", epo_look_write(pool, &look));
    epo_json_set_string(pool, p->model, "picture", epo_look_url(pool, &look, all_drawn(p)));
    epo_json_set_integer(pool, p->model, "width", EPO_LOOK_WIDTH);
    epo_json_set_integer(pool, p->model, "height", EPO_LOOK_HEIGHT);
    epo_json_set_text(pool, p->model, "cross", cross);
    epo_json_set_text(pool, p->model, "picture_text", format(p, "place.plain.picture", values));
}

static void set_note(const struct plain *p, const struct epo_form_steps *steps) {
    struct epo_pool *pool = p->draw->pool;
    struct epo_span key = epo_json_get_text(steps != NULL ? steps->notes : NULL, p->field->id);
    struct epo_json *values = epo_json_object(pool);
    uint32_t count;
    epo_sketch_read(pool, p->raw, p->field, &count);
    epo_json_set_integer(pool, values, "count", count);
    epo_json_set_text(pool, p->model, "note",
                      key.len > 0 ? format(p, epo_pool_string(pool, key), values) : EPO_SPAN(""));
}

static struct epo_json *model_of(const struct epo_form *form, const struct epo_field *field,
                                 const struct epo_json *sections) {
    const char *id = form->sections[field->section].id;
    for (uint32_t i = 0; i < sections->count; i++) {
        const struct epo_json *fields = epo_json_get(sections->items[i], "fields");
        bool of_it = epo_span_is(epo_json_get_text(sections->items[i], "id"), id);
        for (uint32_t k = 0; of_it && fields != NULL && k < fields->count; k++)
            if (epo_span_is(epo_json_get_text(fields->items[k], "id"), field->id))
                return fields->items[k];
    }
    return NULL;
}

void epo_form_view_places(const struct epo_form *form, struct epo_pool *pool, const char *lang,
                          const struct epo_catalog *catalog, struct epo_maps *maps,
                          const struct epo_json *raw, const struct epo_form_steps *steps,
                          struct epo_json *view) {
    struct epo_draw draw = {.form = form, .pool = pool, .catalog = catalog, .lang = lang};
    const struct epo_json *sections = epo_json_get(view, "sections");
    for (uint32_t i = 0; i < form->field_count; i++) {
        const struct epo_field *field = &form->fields[i];
        if (field->kind != &epo_kind_location)
            continue;
        struct epo_json *model = model_of(form, field, sections);
        if (model == NULL)
            continue; /* of another step */
        struct plain p = {&draw,
                          maps,
                          field,
                          raw,
                          epo_json_set(pool, model, "plain", epo_json_object(pool)),
                          epo_json_array(pool)};
        set_kinds(&p);
        set_places(&p);
        set_sketch(&p);
        set_picture(&p);
        set_note(&p, steps);
        struct epo_look look;
        if (epo_look_read(epo_location_part(raw, field, "view"), &look)) {
            struct epo_json *begin = epo_json_object(pool); /* the map with scripts as well */
            epo_json_set(pool, begin, "lon", epo_json_real(pool, look.center.x));
            epo_json_set(pool, begin, "lat", epo_json_real(pool, look.center.y));
            epo_json_set_integer(pool, begin, "zoom", look.zoom);
            epo_json_set_text(pool, model, "view_json", epo_json_print(pool, begin));
        }
    }
}
