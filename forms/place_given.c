/* A spot, something found, GeoJSON: put into the value of a location field, as the picker of the
 * pages with scripts would have sent it. */
#include "forms/place_work.h"

#include <math.h>

#include "base/limits.h"

/* ---- kinds ---- */

static const struct {
    const char *name;
    unsigned asked; /* offered where any of these is asked for */
} KINDS[EPO_PLAIN_KINDS_MAX] = {
    {"point", EPO_ASKED_POINT},   {"address", EPO_ASKED_ADDRESS},
    {"line", EPO_ASKED_LINE},     {"area", EPO_ASKED_AREA},
    {"circle", EPO_ASKED_AREA},   {"parcel", EPO_ASKED_AREA | EPO_ASKED_PARCEL},
    {"building", EPO_ASKED_AREA}, {"route", EPO_ASKED_ROUTE},
};

static void offer(const struct epo_field *field, unsigned asked,
                  const char *kinds[EPO_PLAIN_KINDS_MAX], size_t *count) {
    for (size_t i = 0; i < EPO_PLAIN_KINDS_MAX; i++) {
        bool known = (KINDS[i].asked & asked) == 0 ||
                     (asked == EPO_ASKED_ADDRESS && (field->kinds & EPO_ASKED_POINT) != 0);
        for (size_t k = 0; k < *count; k++)
            known = known || kinds[k] == KINDS[i].name;
        if (!known)
            kinds[(*count)++] = KINDS[i].name;
    }
}

size_t epo_plain_kinds(const struct epo_field *field, const char *kinds[EPO_PLAIN_KINDS_MAX]) {
    const struct epo_json *named = field->named;
    size_t count = 0;
    for (uint32_t i = 0; named != NULL && i < named->count; i++) /* as the form puts them */
        for (size_t k = 0; k < EPO_PLAIN_KINDS_MAX; k++)
            if (epo_span_is(named->items[i]->text, KINDS[k].name))
                offer(field,
                      epo_span_is(named->items[i]->text, "parcel") ? EPO_ASKED_PARCEL
                                                                   : KINDS[k].asked,
                      kinds, &count);
    if (count == 0)
        kinds[count++] = KINDS[0].name;
    return count;
}

const char *epo_plain_kind(const struct epo_json *raw, const struct epo_field *field) {
    const char *kinds[EPO_PLAIN_KINDS_MAX];
    size_t count = epo_plain_kinds(field, kinds);
    struct epo_span chosen = epo_location_part(raw, field, "kind");
    for (size_t i = 0; i < count; i++)
        if (epo_span_is(chosen, kinds[i]))
            return kinds[i];
    return kinds[0];
}

/* ---- the value ---- */

void epo_plain_set(const struct epo_place_work *work, const char *part, struct epo_span text) {
    epo_json_set_text(work->pool, work->raw,
                      epo_pool_printf(work->pool, "%s.%s", work->field->id, part), text);
}

void epo_plain_note(const struct epo_place_work *work, const char *key) {
    epo_json_set_string(work->pool, work->notes, work->field->id, key);
}

static bool is_type(const struct epo_json *value, const char *type) {
    return epo_span_is(epo_json_get_text(value, "type"), type);
}

struct epo_json *epo_plain_value(struct epo_pool *pool, const struct epo_json *raw,
                                 const struct epo_field *field) {
    struct epo_span text = epo_span_trim(epo_raw_text(raw, field->id));
    struct epo_json *value =
        text.len > 0 && text.at[0] == '{' ? epo_json_parse(pool, text, NULL) : NULL;
    return value != NULL && value->type == EPO_JSON_OBJECT ? value : NULL;
}

static void set_value(const struct epo_place_work *work, const struct epo_json *value) {
    epo_json_set_text(work->pool, work->raw, work->field->id,
                      value != NULL ? epo_json_print(work->pool, value) : EPO_SPAN(""));
}

/* kind NULL: drawn. id may be empty. */
static struct epo_json *feature_of(struct epo_pool *pool, struct epo_json *geometry,
                                   const char *kind, struct epo_span id) {
    struct epo_json *feature = epo_json_object(pool);
    epo_json_set_string(pool, feature, "type", "Feature");
    epo_json_set(pool, feature, "geometry", geometry);
    struct epo_json *properties = epo_json_set(pool, feature, "properties", epo_json_object(pool));
    epo_json_set_string(pool, properties, "kind", kind != NULL ? kind : "drawn");
    if (id.len > 0) {
        struct epo_json *ids = epo_json_set(pool, properties, "ids", epo_json_array(pool));
        epo_json_push(pool, ids, epo_json_text(pool, id));
    }
    return feature;
}

/* The value as a collection, where the field takes several. */
static struct epo_json *collection_of(const struct epo_place_work *work) {
    struct epo_pool *pool = work->pool;
    struct epo_json *value = epo_plain_value(pool, work->raw, work->field);
    const struct epo_json *features = epo_json_get(value, "features");
    if (is_type(value, "FeatureCollection") && features != NULL && features->type == EPO_JSON_ARRAY)
        return value;
    struct epo_json *all = epo_json_object(pool), *list;
    epo_json_set_string(pool, all, "type", "FeatureCollection");
    list = epo_json_set(pool, all, "features", epo_json_array(pool));
    if (value != NULL)
        epo_json_push(pool, list,
                      is_type(value, "Feature") ? value
                                                : feature_of(pool, value, NULL, EPO_SPAN("")));
    return all;
}

void epo_plain_put(const struct epo_place_work *work, struct epo_json *place) {
    struct epo_pool *pool = work->pool;
    if (!work->field->several) {
        set_value(work, place);
        epo_plain_note(work, "place.plain.put");
        return;
    }
    struct epo_json *all = collection_of(work), *list = epo_json_get(all, "features");
    const struct epo_json *more =
        is_type(place, "FeatureCollection") ? epo_json_get(place, "features") : NULL;
    uint32_t coming = more != NULL ? more->count : 1;
    if (!work->settling && list->count + coming > (uint32_t)work->field->max_count) {
        epo_plain_note(work, "place.plain.full");
        return;
    }
    for (uint32_t i = 0; i < coming && list->count <= EPO_PLACES_MAX; i++) {
        struct epo_json *one = more != NULL ? more->items[i] : place;
        epo_json_push(pool, list,
                      is_type(one, "Feature") ? one : feature_of(pool, one, NULL, EPO_SPAN("")));
    }
    set_value(work, all);
    epo_plain_note(work, "place.plain.added");
}

void epo_plain_remove(const struct epo_place_work *work, int64_t number) {
    struct epo_json *all = collection_of(work), *list = epo_json_get(all, "features");
    if (!work->field->several || number < 1 || number > list->count)
        return;
    for (uint32_t i = (uint32_t)number; i < list->count; i++)
        list->items[i - 1] = list->items[i];
    list->count--;
    set_value(work, list->count > 0 ? all : NULL);
    epo_plain_note(work, "place.plain.removed");
}

/* ---- parcels and buildings ---- */

/* The parcel of that id, or under the spot; *found false where there is none, which is said. False:
 * the map broke. */
static bool find_shape(const struct epo_place_work *work, const char *kind,
                       const struct epo_json *ids, struct epo_point spot, struct epo_chosen *chosen,
                       bool *found) {
    struct epo_error error = {0};
    struct epo_json *asked =
        feature_of(work->pool, epo_geojson_point(work->pool, spot), kind, EPO_SPAN(""));
    if (ids != NULL)
        epo_json_set(work->pool, epo_json_get(asked, "properties"), "ids",
                     epo_json_copy(work->pool, ids));
    *found = work->maps != NULL &&
             epo_chosen_read(work->maps, work->pool, asked, EPO_ASKED_AREA, chosen, &error);
    if (*found)
        return true;
    epo_plain_note(work, "place.plain.nothing");
    bool said = work->maps == NULL || error.kind == EPO_ERROR_BAD_INPUT ||
                error.kind == EPO_ERROR_NOT_FOUND || error.kind == EPO_ERROR_TOO_LARGE;
    if (!said && work->error != NULL)
        *work->error = error;
    return said;
}

/* Those chosen before with this one, or without it where it is among them; NULL: nothing left. */
static struct epo_json *joined_ids(const struct epo_place_work *work, const char *kind,
                                   const struct epo_json *fresh, bool *dropped) {
    struct epo_pool *pool = work->pool;
    const struct epo_json *said =
        epo_json_get(epo_plain_value(pool, work->raw, work->field), "properties");
    const struct epo_json *before = epo_json_get(said, "ids");
    bool same = epo_span_is(epo_json_get_text(said, "kind"), kind);
    struct epo_json *ids = epo_json_array(pool);
    struct epo_span one = fresh->items[0]->text;
    *dropped = false;
    for (uint32_t i = 0; same && before != NULL && i < before->count; i++) {
        bool again =
            epo_json_is_text(before->items[i]) && epo_span_equal(before->items[i]->text, one);
        *dropped = *dropped || again;
        if (!again)
            epo_json_push(pool, ids, epo_json_copy(pool, before->items[i]));
    }
    if (!*dropped)
        epo_json_push(pool, ids, epo_json_text(pool, one));
    return ids->count > 0 ? ids : NULL;
}

static struct epo_json *shape_feature(const struct epo_place_work *work, const char *kind,
                                      const struct epo_chosen *chosen) {
    struct epo_json *feature = feature_of(work->pool, chosen->geometry, kind, EPO_SPAN(""));
    epo_json_set(work->pool, epo_json_get(feature, "properties"), "ids",
                 epo_json_copy(work->pool, epo_json_get(chosen->properties, "ids")));
    return feature;
}

/* One more of several; where one place is asked for it joins those chosen before, or leaves. */
static bool take_shape(const struct epo_place_work *work, const char *kind,
                       const struct epo_json *id, struct epo_point spot) {
    struct epo_chosen chosen;
    bool found, dropped;
    if (!find_shape(work, kind, id, spot, &chosen, &found))
        return false;
    if (!found)
        return true;
    if (work->field->several) {
        epo_plain_put(work, shape_feature(work, kind, &chosen));
        return true;
    }
    struct epo_json *ids = joined_ids(work, kind, epo_json_get(chosen.properties, "ids"), &dropped);
    if (ids == NULL) {
        set_value(work, NULL);
    } else if (ids->count > 1 || dropped) {
        if (!find_shape(work, kind, ids, spot, &chosen, &found))
            return false;
        if (!found)
            return true;
        set_value(work, shape_feature(work, kind, &chosen));
    } else {
        epo_plain_put(work, shape_feature(work, kind, &chosen));
        return true;
    }
    epo_plain_note(work, dropped ? "place.plain.dropped" : "place.plain.joined");
    return true;
}

/* ---- a spot ---- */

static bool give_address(const struct epo_place_work *work, struct epo_point spot) {
    struct epo_place place;
    struct epo_json *facts, *found;
    struct epo_json *point = epo_geojson_point(work->pool, spot);
    struct epo_error error = {0};
    bool good = work->maps != NULL && epo_place_read(work->pool, point, &place, &error) &&
                epo_locate(work->maps, work->pool, &place, &facts, &error);
    struct epo_span id =
        good ? epo_json_get_text(epo_json_get(facts, "address"), "id") : EPO_SPAN("");
    if (id.len > 0 && epo_address_get(work->maps, work->pool, id, &found, &error)) {
        epo_plain_put(work, epo_location_found(work->pool, work->field, found));
        return true;
    }
    epo_plain_note(work, "place.plain.no_address");
    return true;
}

static bool give_circle(const struct epo_place_work *work, struct epo_point spot) {
    struct epo_span typed = epo_location_part(work->raw, work->field, "radius");
    char *plain = (char *)epo_pool_string(work->pool, typed);
    double radius_m;
    for (char *c = plain; *c != '\0'; c++)
        *c = *c == ',' ? '.' : *c;
    if (!epo_span_real(epo_span(plain), &radius_m) || radius_m < EPO_CIRCLE_RADIUS_MIN_M ||
        radius_m > EPO_CIRCLE_RADIUS_MAX_M) {
        epo_plain_note(work, "place.plain.radius");
        return true;
    }
    struct epo_json *circle =
        feature_of(work->pool, epo_geojson_point(work->pool, spot), "circle", EPO_SPAN(""));
    epo_json_set(work->pool, epo_json_get(circle, "properties"), "radius_m",
                 epo_json_real(work->pool, round(radius_m * 10) / 10));
    epo_plain_put(work, circle);
    return true;
}

bool epo_plain_give(const struct epo_place_work *work, struct epo_point spot) {
    const char *kind = epo_plain_kind(work->raw, work->field);
    spot.x = round(spot.x * 1e7) / 1e7; /* a centimetre, as the picker sends it */
    spot.y = round(spot.y * 1e7) / 1e7;
    if (epo_sketch_is_kind(kind)) {
        epo_sketch_add(work, kind, spot);
        return true;
    }
    if (strcmp(kind, "parcel") == 0 || strcmp(kind, "building") == 0)
        return take_shape(work, kind, NULL, spot);
    if (strcmp(kind, "address") == 0)
        return give_address(work, spot);
    if (strcmp(kind, "circle") == 0)
        return give_circle(work, spot);
    epo_plain_put(work, epo_geojson_point(work->pool, spot));
    return true;
}

bool epo_plain_give_found(const struct epo_place_work *work, const struct epo_json *found) {
    const char *kind = epo_plain_kind(work->raw, work->field);
    struct epo_span is = epo_json_get_text(epo_json_get(found, "properties"), "kind");
    const struct epo_json *pair = epo_json_get(epo_json_get(found, "geometry"), "coordinates");
    if (pair == NULL || pair->count < 2)
        return true;
    struct epo_point spot = {epo_json_number(pair->items[0]), epo_json_number(pair->items[1])};
    if (epo_span_is(is, "address") && (work->field->kinds & EPO_ASKED_ADDRESS) != 0 &&
        (strcmp(kind, "point") == 0 || strcmp(kind, "address") == 0)) {
        epo_plain_put(work, epo_location_found(work->pool, work->field, found));
        return true;
    }
    if (epo_span_is(is, "parcel") && strcmp(kind, "parcel") == 0) {
        struct epo_json *ids = epo_json_array(work->pool);
        epo_json_push(work->pool, ids, epo_json_text(work->pool, epo_json_get_text(found, "id")));
        return take_shape(work, kind, ids, spot);
    }
    return epo_plain_give(work, spot);
}
