/* "<id>.sketch": "area 13.3700000,49.7400000 13.3712345,49.7401234". */
#include "base/limits.h"
#include "forms/place_work.h"

static const struct {
    const char *kind;
    uint32_t needs, most;
} SKETCHES[] = {{"line", 2, EPO_SKETCH_CORNERS_MAX},
                {"area", 3, EPO_SKETCH_CORNERS_MAX},
                {"route", 2, EPO_ROUTE_VIA_MAX}};

static int row_of(struct epo_span kind) {
    for (size_t i = 0; i < sizeof SKETCHES / sizeof *SKETCHES; i++)
        if (epo_span_is(kind, SKETCHES[i].kind))
            return (int)i;
    return -1;
}

bool epo_sketch_is_kind(const char *kind) {
    return row_of(epo_span(kind)) >= 0;
}

uint32_t epo_sketch_needs(const char *kind) {
    int row = row_of(epo_span(kind));
    return row >= 0 ? SKETCHES[row].needs : 0;
}

/* The corners as positions; what is no sketch of a kind that the field offers is none. */
static struct epo_json *corners_of(struct epo_pool *pool, const struct epo_json *raw,
                                   const struct epo_field *field, struct epo_span *kind) {
    struct epo_span rest;
    *kind = epo_span_cut(epo_location_part(raw, field, "sketch"), ' ', &rest);
    struct epo_json *corners = epo_json_array(pool);
    if (row_of(*kind) < 0 || !epo_span_is(*kind, epo_plain_kind(raw, field)))
        return corners;
    while (rest.len > 0 && corners->count < EPO_SKETCH_CORNERS_MAX) {
        struct epo_span lat, lon = epo_span_cut(epo_span_cut(rest, ' ', &rest), ',', &lat);
        struct epo_point at;
        if (!epo_span_real(lon, &at.x) || !epo_span_real(lat, &at.y))
            return epo_json_array(pool);
        epo_json_push(pool, corners, epo_json_get(epo_geojson_point(pool, at), "coordinates"));
    }
    return corners;
}

static void write(const struct epo_place_work *work, const char *kind,
                  const struct epo_json *corners) {
    struct epo_buffer text;
    epo_buffer_init(&text, EPO_SKETCH_CORNERS_MAX * 32);
    if (corners->count > 0)
        epo_buffer_string(&text, kind);
    for (uint32_t i = 0; i < corners->count; i++)
        epo_buffer_printf(&text, " %.7f,%.7f", epo_json_number(corners->items[i]->items[0]),
                          epo_json_number(corners->items[i]->items[1]));
    epo_plain_set(work, "sketch", text.failed ? EPO_SPAN("") : epo_buffer_get(&text));
    epo_buffer_clear(&text);
}

struct epo_json *epo_sketch_read(struct epo_pool *pool, const struct epo_json *raw,
                                 const struct epo_field *field, uint32_t *count) {
    struct epo_span kind;
    struct epo_json *corners = corners_of(pool, raw, field, &kind);
    if (count != NULL)
        *count = corners->count;
    if (corners->count == 0)
        return NULL;
    return corners->count == 1 ? epo_geojson_geometry(pool, "Point", corners->items[0])
                               : epo_geojson_geometry(pool, "LineString", corners);
}

void epo_sketch_add(const struct epo_place_work *work, const char *kind, struct epo_point spot) {
    struct epo_span before;
    struct epo_json *corners = corners_of(work->pool, work->raw, work->field, &before);
    if (corners->count >= SKETCHES[row_of(epo_span(kind))].most) {
        epo_plain_note(work, "place.plain.most");
        return;
    }
    epo_json_push(work->pool, corners,
                  epo_json_get(epo_geojson_point(work->pool, spot), "coordinates"));
    write(work, kind, corners);
    epo_plain_note(work, "place.plain.corner");
}

void epo_sketch_back(const struct epo_place_work *work) {
    struct epo_span kind;
    struct epo_json *corners = corners_of(work->pool, work->raw, work->field, &kind);
    if (corners->count > 0)
        corners->count--;
    write(work, epo_plain_kind(work->raw, work->field), corners);
    epo_plain_note(work, "place.plain.back");
}

bool epo_sketch_close(const struct epo_place_work *work) {
    struct epo_pool *pool = work->pool;
    struct epo_span kind;
    struct epo_json *corners = corners_of(pool, work->raw, work->field, &kind), *place;
    int row = row_of(kind);
    if (row < 0 || corners->count < SKETCHES[row].needs)
        return false;
    if (epo_span_is(kind, "area")) {
        struct epo_json *rings = epo_json_array(pool);
        epo_json_push(pool, corners, epo_json_copy(pool, corners->items[0]));
        epo_json_push(pool, rings, corners);
        place = epo_geojson_geometry(pool, "Polygon", rings);
    } else {
        place = epo_geojson_geometry(pool, "LineString", corners);
    }
    if (epo_span_is(kind, "route")) {
        struct epo_json *feature = epo_json_object(pool), *properties;
        epo_json_set_string(pool, feature, "type", "Feature");
        epo_json_set(pool, feature, "geometry", place);
        properties = epo_json_set(pool, feature, "properties", epo_json_object(pool));
        epo_json_set_string(pool, properties, "kind", "route");
        place = feature;
    }
    epo_plain_set(work, "sketch", EPO_SPAN(""));
    epo_plain_put(work, place);
    return true;
}
