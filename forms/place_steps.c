/* What a page without a script posted about places: the step that was pressed, and what else stands
 * in its names, put into the values. */
#include <math.h>

#include "base/limits.h"
#include "forms/place_work.h"

enum { FOUND_MAX = 10 };

/* ---- where the picture looks ---- */

static bool look_of_view(const struct epo_field *field, struct epo_look *look) {
    const struct epo_json *view = epo_json_get(field->definition, "view");
    if (view == NULL)
        return false;
    look->center =
        (struct epo_point){epo_json_get_real(view, "lon", 0), epo_json_get_real(view, "lat", 0)};
    double zoom = epo_json_get_real(view, "zoom", EPO_LOOK_ZOOM_NEAR);
    look->zoom = (int)fmin(fmax(zoom, EPO_LOOK_ZOOM_MIN), EPO_LOOK_ZOOM_MAX);
    return true;
}

/* The first position of what is named already. */
static bool position_of(const struct epo_json *value, struct epo_point *at) {
    const struct epo_json *features = epo_json_get(value, "features");
    const struct epo_json *last =
        features != NULL && features->count > 0 ? features->items[features->count - 1] : value;
    const struct epo_json *geometry = epo_json_get(last, "geometry");
    const struct epo_json *pair = epo_json_get(geometry != NULL ? geometry : last, "coordinates");
    while (pair != NULL && pair->type == EPO_JSON_ARRAY && pair->count > 0 &&
           pair->items[0]->type == EPO_JSON_ARRAY)
        pair = pair->items[0];
    if (pair == NULL || pair->type != EPO_JSON_ARRAY || pair->count < 2)
        return false;
    *at = (struct epo_point){epo_json_number(pair->items[0]), epo_json_number(pair->items[1])};
    return true;
}

void epo_plain_look(struct epo_pool *pool, struct epo_maps *maps, const struct epo_json *raw,
                    const struct epo_field *field, struct epo_look *look) {
    struct epo_point at;
    if (epo_look_read(epo_location_part(raw, field, "view"), look))
        return;
    bool named = position_of(epo_plain_value(pool, raw, field), &at);
    if (!look_of_view(field, look))
        epo_look_city(maps, pool, look);
    if (named)
        epo_look_at(look, at);
}

static void set_look(const struct epo_place_work *work, const struct epo_look *look) {
    epo_plain_set(work, "view", epo_span(epo_look_write(work->pool, look)));
}

/* ---- what was typed or chosen ---- */

/* Where a place was named by words or numbers, the picture goes there. */
static void look_there(const struct epo_place_work *work, struct epo_point at) {
    struct epo_look look;
    epo_plain_look(work->pool, work->maps, work->raw, work->field, &look);
    epo_look_at(&look, at);
    set_look(work, &look);
}

/* "<id>.at": coordinates are a spot, GeoJSON is the place itself. What cannot be read stays. */
static bool take_typed(const struct epo_place_work *work) {
    struct epo_span typed = epo_location_part(work->raw, work->field, "at");
    bool geojson = typed.len > 0 && typed.at[0] == '{';
    struct epo_json *place = !epo_text_valid(typed) ? NULL
                             : geojson              ? epo_json_parse(work->pool, typed, NULL)
                                                    : epo_location_typed(work->pool, typed);
    struct epo_point at;
    if (place == NULL || !position_of(place, &at)) {
        epo_plain_note(work, "place.plain.not_understood");
        return true;
    }
    epo_plain_set(work, "at", EPO_SPAN(""));
    look_there(work, at);
    if (geojson)
        epo_plain_put(work, place);
    return geojson || epo_plain_give(work, at);
}

/* An address chosen from an earlier search counts only while the words still find it. */
static bool chosen_fits(const struct epo_place_work *work, struct epo_span chosen) {
    struct epo_span words = epo_location_part(work->raw, work->field, "q");
    struct epo_json *features = NULL;
    if (words.len == 0)
        return true;
    if (!epo_addresses_search(work->maps, work->pool, words, FOUND_MAX, NULL, &features, NULL))
        return false;
    const struct epo_json *list = epo_json_get(features, "features");
    for (uint32_t i = 0; list != NULL && i < list->count; i++)
        if (epo_span_equal(epo_json_get_text(list->items[i], "id"), chosen))
            return true;
    return false;
}

/* A street or a park was found: but where in it? */
static bool is_wide(const struct epo_json *found) {
    struct epo_span kind = epo_json_get_text(epo_json_get(found, "properties"), "kind");
    return epo_span_is(kind, "street") || epo_span_is(kind, "part") || epo_span_is(kind, "place");
}

static bool take_chosen(const struct epo_place_work *work) {
    struct epo_span chosen = epo_location_part(work->raw, work->field, "address");
    struct epo_json *found = NULL;
    struct epo_point at;
    if (chosen.len == 0 || work->maps == NULL || !epo_text_valid(chosen) ||
        !chosen_fits(work, chosen) ||
        !epo_address_get(work->maps, work->pool, chosen, &found, NULL)) {
        epo_plain_note(work, "place.plain.choose");
        return true;
    }
    epo_plain_set(work, "q", EPO_SPAN(""));
    epo_plain_set(work, "address", EPO_SPAN(""));
    if (position_of(found, &at))
        look_there(work, at);
    if (is_wide(found) && !work->settling) {
        epo_plain_note(work, "place.plain.wide");
        return true;
    }
    return epo_plain_give_found(work, found);
}

/* ---- steps ---- */

static bool take_click(const struct epo_place_work *work) {
    struct epo_look look;
    struct epo_point spot;
    epo_plain_look(work->pool, work->maps, work->raw, work->field, &look);
    if (!epo_look_clicked(&look, epo_location_part(work->raw, work->field, "map.x"),
                          epo_location_part(work->raw, work->field, "map.y"), &spot))
        return true;
    if (look.zoom < EPO_LOOK_ZOOM_NEAR)
        epo_look_at(&look, spot);
    set_look(work, &look);
    return epo_plain_give(work, spot);
}

static void clear(const struct epo_place_work *work) {
    static const char *const PARTS[] = {"sketch", "at"};
    epo_json_set_string(work->pool, work->raw, work->field->id, "");
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
        epo_plain_set(work, PARTS[i], EPO_SPAN(""));
    epo_plain_note(work, "place.plain.cleared");
}

static bool take_step(const struct epo_place_work *work, struct epo_span step) {
    struct epo_look look;
    struct epo_span number, verb = epo_span_cut(step, '-', &number);
    int64_t which = 0;
    epo_plain_look(work->pool, work->maps, work->raw, work->field, &look);
    if (epo_span_is(step, "cross"))
        return epo_plain_give(work, look.center);
    if (epo_span_is(step, "typed"))
        return take_typed(work);
    if (epo_span_is(step, "chosen"))
        return take_chosen(work);
    if (epo_span_is(step, "back"))
        epo_sketch_back(work);
    else if (epo_span_is(step, "clear"))
        clear(work);
    else if (epo_span_is(step, "close") && !epo_sketch_close(work))
        epo_plain_note(work, "place.plain.few");
    else if (epo_span_is(verb, "remove") && epo_span_integer(number, &which))
        epo_plain_remove(work, which);
    else if (epo_look_step(&look, step))
        epo_plain_note(work, "place.plain.moved");
    else if (epo_span_is(step, "city"))
        epo_look_city(work->maps, work->pool, &look);
    set_look(work, &look);
    return true;
}

/* ---- a post ---- */

/* What was written about each of several places goes to its properties. */
static void fold_descriptions(const struct epo_place_work *work) {
    struct epo_json *value = epo_plain_value(work->pool, work->raw, work->field);
    const struct epo_json *features = epo_json_get(value, "features");
    if (!work->field->describe || features == NULL || features->type != EPO_JSON_ARRAY)
        return;
    for (uint32_t i = 0; i < features->count && i <= EPO_PLACES_MAX; i++) {
        const char *name = epo_pool_printf(work->pool, "%s.text.%u", work->field->id, i + 1);
        struct epo_json *properties = epo_json_get(features->items[i], "properties");
        if (epo_json_get(work->raw, name) != NULL && properties != NULL &&
            properties->type == EPO_JSON_OBJECT)
            epo_json_set_text(work->pool, properties, "description",
                              epo_span_trim(epo_raw_text(work->raw, name)));
    }
    epo_json_set_text(work->pool, work->raw, work->field->id, epo_json_print(work->pool, value));
}

/* Another kind was chosen: a drawing of the one before is given up. */
static void drop_stale_sketch(const struct epo_place_work *work) {
    uint32_t count;
    epo_sketch_read(work->pool, work->raw, work->field, &count);
    if (count == 0 && epo_location_part(work->raw, work->field, "sketch").len > 0)
        epo_plain_set(work, "sketch", EPO_SPAN(""));
}

/* Who goes on with what only lacks the last press means it. */
static bool settle(struct epo_place_work *work) {
    work->settling = true;
    if (epo_location_part(work->raw, work->field, "address").len > 0 && !take_chosen(work))
        return false;
    if (epo_location_part(work->raw, work->field, "at").len > 0 && !take_typed(work))
        return false;
    epo_sketch_close(work);
    return true;
}

/* "step:<id>:<what>" of this field: what, else empty. */
static struct epo_span step_of(const struct epo_field *field, struct epo_span action) {
    struct epo_span rest, what, word = epo_span_cut(action, ':', &rest);
    struct epo_span id = epo_span_cut(rest, ':', &what);
    return epo_span_is(word, "step") && epo_span_is(id, field->id) ? what : EPO_SPAN("");
}

bool epo_form_take_places(const struct epo_form *form, struct epo_pool *pool, struct epo_maps *maps,
                          struct epo_json *raw, struct epo_span action,
                          struct epo_form_steps *steps, struct epo_error *error) {
    bool goes_on = action.len == 0 || epo_span_is(action, "review") || epo_span_is(action, "send");
    *steps = (struct epo_form_steps){.notes = epo_json_object(pool)};
    struct epo_place_work work = {
        .pool = pool, .maps = maps, .raw = raw, .notes = steps->notes, .error = error};
    for (uint32_t i = 0; i < form->field_count; i++) {
        work.field = &form->fields[i];
        if (work.field->kind != &epo_kind_location)
            continue;
        fold_descriptions(&work);
        drop_stale_sketch(&work);
        struct epo_span step = step_of(work.field, action);
        bool clicked = epo_location_part(raw, work.field, "map.x").len > 0;
        if (step.len > 0 || clicked)
            steps->field = work.field->id;
        if (step.len > 0 ? !take_step(&work, step) : clicked && !take_click(&work))
            return false;
    }
    work.notes = epo_json_object(pool); /* what is wrong is said by the check */
    for (uint32_t i = 0; goes_on && steps->field == NULL && i < form->field_count; i++) {
        work.field = &form->fields[i];
        if (work.field->kind == &epo_kind_location && !settle(&work))
            return false;
    }
    return true;
}

/* ---- opened with a place ---- */

static bool found_here(const struct epo_place_work *work, struct epo_span id,
                       struct epo_json **found) {
    return id.len > 0 && work->maps != NULL &&
           epo_address_get(work->maps, work->pool, id, found, NULL);
}

bool epo_form_open_at(const struct epo_form *form, struct epo_pool *pool, struct epo_maps *maps,
                      struct epo_point at, struct epo_span id, struct epo_json *raw,
                      struct epo_error *error) {
    struct epo_place_work work = {.pool = pool,
                                  .maps = maps,
                                  .field = form->place,
                                  .raw = raw,
                                  .notes = epo_json_object(pool),
                                  .error = error};
    const char *kinds[EPO_PLAIN_KINDS_MAX];
    struct epo_json *found = NULL;
    size_t count = epo_plain_kinds(form->place, kinds);
    bool has = found_here(&work, id, &found);
    struct epo_span is = epo_json_get_text(epo_json_get(found, "properties"), "kind");
    look_there(&work, at);
    /* what was chosen, where the field takes such; else a point; else what lies there */
    static const char *const ORDER[] = {NULL, "point", "address", "parcel"};
    for (size_t o = 0; o < sizeof ORDER / sizeof *ORDER; o++)
        for (size_t k = 0; k < count; k++) {
            bool same = ORDER[o] != NULL && strcmp(kinds[k], ORDER[o]) == 0;
            bool meant = o == 0 && has && epo_span_is(is, kinds[k]);
            if (!same && !meant)
                continue;
            epo_plain_set(&work, "kind", epo_span(kinds[k]));
            return has ? epo_plain_give_found(&work, found) : epo_plain_give(&work, at);
        }
    return true;
}
