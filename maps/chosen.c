/* A place by what was chosen. A new kind is a row of KINDS and its function. */
#include <math.h>

#include "base/limits.h"
#include "maps/joined.h"
#include "maps/route.h"
#include "maps/shapes.h"

struct choosing {
    struct epo_maps *maps;
    const struct epo_snapshot *snapshot; /* NULL without a map */
    struct epo_pool *pool;
    const struct epo_json *geometry;   /* as it came, or NULL */
    const struct epo_json *properties; /* as they came, or NULL */
    unsigned asked;
    struct epo_chosen *chosen;
    struct epo_error *error;
};

static bool refuse(struct choosing *c, const char *code, const char *text) {
    return epo_fail(c->error, EPO_ERROR_BAD_INPUT, code, "%s", text);
}

static bool is_type(const struct epo_json *geometry, const char *type) {
    return epo_span_is(epo_json_get_text(geometry, "type"), type);
}

static void say(struct choosing *c, const char *kind) {
    c->chosen->kind = kind;
    epo_json_set_string(c->pool, c->chosen->properties, "kind", kind);
}

static bool take_shape(struct choosing *c, const struct epo_json *geometry) {
    return geometry != NULL && epo_place_read(c->pool, geometry, &c->chosen->place, c->error);
}

/* ---- what the map knows by an id ---- */

static bool read_ids(struct choosing *c, struct epo_json **ids) {
    const struct epo_json *given = epo_json_get(c->properties, "ids");
    *ids = epo_json_array(c->pool);
    if (given == NULL)
        return true;
    bool good =
        given->type == EPO_JSON_ARRAY && given->count > 0 && given->count <= EPO_PLACE_IDS_MAX;
    for (uint32_t i = 0; good && i < given->count; i++) {
        good = epo_json_is_text(given->items[i]) && given->items[i]->text.len > 0 &&
               epo_text_length(given->items[i]->text) <= EPO_PLACE_ID_CHARS_MAX;
        if (good)
            epo_json_push(c->pool, *ids, epo_json_text(c->pool, given->items[i]->text));
    }
    return good || refuse(c, "place.ids", "\"ids\" must list 1 to 50 ids of the map");
}

/* Degrees are rounded to a centimetre, by which an outline may come to touch itself: a coarser grid
 * keeps its lines apart. */
static bool take_joined(struct choosing *c, const struct epo_joined *joined) {
    struct epo_json *geometry = epo_joined_geojson(joined, c->pool, false, c->error);
    if (take_shape(c, geometry))
        return true;
    if (geometry == NULL || !epo_span_is(epo_span(c->error->code), "place.self_crossing"))
        return false;
    return take_shape(c, epo_joined_geojson(joined, c->pool, true, c->error));
}

static bool find_under(struct choosing *c, const char *layer, struct epo_joined *joined) {
    struct epo_place point;
    return epo_place_read(c->pool, c->geometry, &point, c->error) &&
           epo_joined_at(joined, c->snapshot, c->pool, layer, point.anchor_metres, c->error);
}

/* Parcels or buildings by their ids, or the one under a point. */
static bool of_layer(struct choosing *c, const char *layer) {
    struct epo_joined joined = {.ids = epo_json_array(c->pool)};
    struct epo_json *ids;
    if (!read_ids(c, &ids))
        return false;
    say(c, layer);
    if (ids->count == 0 && !is_type(c->geometry, "Point"))
        return refuse(c, "place.ids", "\"ids\" are missing, and there is no Point instead");
    if (c->snapshot == NULL) {
        if (ids->count > 0)
            epo_json_set(c->pool, c->chosen->properties, "ids", ids);
        return ids->count > 0 || take_shape(c, c->geometry);
    }
    bool ok = ids->count > 0 ? epo_joined_ids(&joined, c->snapshot, c->pool, layer, ids, c->error)
                             : find_under(c, layer, &joined);
    ok = ok && take_joined(c, &joined);
    epo_joined_clear(&joined);
    epo_json_set(c->pool, c->chosen->properties, "ids", joined.ids);
    return ok;
}

static bool parcel(struct choosing *c) {
    return of_layer(c, "parcel");
}

static bool building(struct choosing *c) {
    return of_layer(c, "building");
}

static bool address(struct choosing *c) {
    struct epo_json *ids, *feature;
    struct epo_error error = {0};
    if (!read_ids(c, &ids))
        return false;
    if (ids->count != 1)
        return refuse(c, "place.ids", "\"ids\" must have the id of one address");
    say(c, "address");
    epo_json_set(c->pool, c->chosen->properties, "ids", ids);
    if (c->snapshot == NULL) { /* the point that came along, if it is one */
        if (!is_type(c->geometry, "Point") ||
            !epo_place_read(c->pool, c->geometry, &c->chosen->place, NULL))
            c->chosen->place = (struct epo_place){0};
        return true;
    }
    if (!epo_address_get(c->maps, c->pool, ids->items[0]->text, &feature, &error)) {
        refuse(c, "place.unknown_feature", "the map has no address of that id");
        return epo_error_at(c->error, "%.*s", EPO_ARG(ids->items[0]->text));
    }
    return take_shape(c, epo_json_get(feature, "geometry"));
}

/* ---- circle and route ---- */

static bool circle(struct choosing *c) {
    double radius_m = epo_json_get_real(c->properties, "radius_m", NAN);
    const struct epo_json *center = is_type(c->geometry, "Point")
                                        ? epo_json_get(c->geometry, "coordinates")
                                        : epo_json_get(c->properties, "center");
    struct epo_point degrees, metres;
    if (!(radius_m >= EPO_CIRCLE_RADIUS_MIN_M && radius_m <= EPO_CIRCLE_RADIUS_MAX_M))
        return refuse(c, "place.radius", "\"radius_m\" must be 0.5 to 5000 metres");
    if (!epo_geojson_position(center, &degrees))
        return refuse(c, "place.not_geojson", "a circle wants a Point, or \"center\"");
    say(c, "circle");
    struct epo_json *point = epo_geojson_point(c->pool, degrees);
    epo_json_set(c->pool, c->chosen->properties, "radius_m", epo_json_real(c->pool, radius_m));
    epo_json_set(c->pool, c->chosen->properties, "center",
                 epo_json_copy(c->pool, epo_json_get(point, "coordinates")));
    return epo_transform_to_metres(degrees, &metres, c->error) &&
           take_shape(c, epo_geojson_circle(c->pool, metres, radius_m, c->error));
}

static bool take_route(struct choosing *c, const struct epo_json *via) {
    struct epo_point metres[EPO_ROUTE_VIA_MAX];
    struct epo_path path;
    if (via == NULL || via->type != EPO_JSON_ARRAY || via->count < 2 ||
        via->count > EPO_ROUTE_VIA_MAX)
        return refuse(c, "place.via", "a route goes through 2 to 25 points");
    say(c, "route");
    struct epo_json *kept =
        epo_json_set(c->pool, c->chosen->properties, "via", epo_json_array(c->pool));
    for (uint32_t i = 0; i < via->count; i++) {
        struct epo_point degrees;
        if (!epo_geojson_position(via->items[i], &degrees))
            return refuse(c, "place.not_geojson", "a position must be [longitude, latitude]");
        struct epo_json *point = epo_geojson_point(c->pool, degrees);
        epo_json_push(c->pool, kept, epo_json_copy(c->pool, epo_json_get(point, "coordinates")));
        if (!epo_transform_to_metres(degrees, &metres[i], c->error))
            return false;
    }
    if (c->snapshot == NULL)
        return true;
    return epo_path_find(c->snapshot, c->pool, metres, via->count, &path, c->error) &&
           take_shape(c, epo_geojson_line(c->pool, path.points, path.count, c->error));
}

static bool route(struct choosing *c) {
    const struct epo_json *via = epo_json_get(c->properties, "via");
    if (via != NULL)
        return take_route(c, via);
    if (!is_type(c->geometry, "LineString"))
        return refuse(c, "place.via", "a route wants a LineString through 2 to 25 points");
    return take_route(c, epo_json_get(c->geometry, "coordinates"));
}

/* ---- drawn ---- */

/* An outline as it was given back earlier, where parcels are asked for. */
static bool outline_of_parcels(struct choosing *c) {
    struct epo_joined joined = {.ids = epo_json_array(c->pool)};
    bool same = false;
    bool ok = epo_joined_outline(&joined, c->snapshot, c->pool, &c->chosen->place, &same, c->error);
    epo_joined_clear(&joined);
    if (same) {
        say(c, "parcel");
        epo_json_set(c->pool, c->chosen->properties, "ids", joined.ids);
    }
    return ok && (same || refuse(c, "place.kind", "whole parcels are asked for"));
}

static bool line_or_route(struct choosing *c) {
    const struct epo_json *coordinates = epo_json_get(c->chosen->place.geojson, "coordinates");
    struct epo_point *metres = EPO_NEW_ARRAY(c->pool, struct epo_point, coordinates->count);
    for (uint32_t i = 0; i < coordinates->count; i++) {
        struct epo_point degrees;
        if (!epo_geojson_position(coordinates->items[i], &degrees) ||
            !epo_transform_to_metres(degrees, &metres[i], c->error))
            return false;
    }
    if (epo_path_follows(c->snapshot, metres, coordinates->count)) {
        say(c, "route");
        return true;
    }
    return take_route(c, coordinates);
}

/* By its shape. Where only parcels or routes are asked for, the shape stands for one. */
static bool drawn(struct choosing *c) {
    static const unsigned PLAIN[] = {[EPO_PLACE_POINT] = EPO_ASKED_POINT | EPO_ASKED_ADDRESS,
                                     [EPO_PLACE_LINE] = EPO_ASKED_LINE,
                                     [EPO_PLACE_AREA] = EPO_ASKED_AREA};
    static const unsigned MEANT[] = {[EPO_PLACE_POINT] = EPO_ASKED_PARCEL,
                                     [EPO_PLACE_LINE] = EPO_ASKED_ROUTE,
                                     [EPO_PLACE_AREA] = EPO_ASKED_PARCEL};
    if (c->geometry == NULL)
        return refuse(c, "place.not_geojson", "the Feature has no geometry");
    if (!take_shape(c, c->geometry))
        return false;
    enum epo_place_kind kind = c->chosen->place.kind;
    say(c, "drawn");
    if ((c->asked & PLAIN[kind]) != 0)
        return true;
    if ((c->asked & MEANT[kind]) == 0)
        return refuse(c, "place.kind", "another kind of place is asked for");
    if (c->snapshot == NULL)
        return true;
    if (kind == EPO_PLACE_LINE)
        return line_or_route(c);
    return kind == EPO_PLACE_AREA ? outline_of_parcels(c) : parcel(c);
}

/* ---- ---- */

static const struct {
    const char *name;
    unsigned asked; /* any of these must be asked for */
    bool (*choose)(struct choosing *c);
} KINDS[] = {
    {"drawn", ~0u, drawn},
    {"address", EPO_ASKED_POINT | EPO_ASKED_ADDRESS, address},
    {"parcel", EPO_ASKED_AREA | EPO_ASKED_PARCEL, parcel},
    {"building", EPO_ASKED_AREA, building},
    {"circle", EPO_ASKED_AREA, circle},
    {"route", EPO_ASKED_ROUTE, route},
};

static bool choose(struct choosing *c) {
    const struct epo_json *kind = epo_json_get(c->properties, "kind");
    if (kind == NULL)
        return drawn(c);
    for (size_t i = 0; epo_json_is_text(kind) && i < sizeof KINDS / sizeof *KINDS; i++)
        if (epo_span_is(kind->text, KINDS[i].name))
            return (c->asked & KINDS[i].asked) != 0
                       ? KINDS[i].choose(c)
                       : refuse(c, "place.kind", "another kind of place is asked for");
    return refuse(c, "place.kind",
                  "\"kind\" must be drawn, address, parcel, building, circle or route");
}

static const struct epo_json *not_null(const struct epo_json *value) {
    return value == NULL || value->type == EPO_JSON_NULL ? NULL : value;
}

bool epo_chosen_read(struct epo_maps *maps, struct epo_pool *pool, const struct epo_json *given,
                     unsigned asked, struct epo_chosen *chosen, struct epo_error *error) {
    unsigned slot = 0;
    bool feature = is_type(given, "Feature");
    *chosen = (struct epo_chosen){.kind = "drawn", .properties = epo_json_object(pool)};
    struct epo_error unsaid;
    struct choosing c = {.maps = maps,
                         .pool = pool,
                         .geometry = not_null(feature ? epo_json_get(given, "geometry") : given),
                         .properties = feature ? not_null(epo_json_get(given, "properties")) : NULL,
                         .asked = asked,
                         .chosen = chosen,
                         .error = error != NULL ? error : &unsaid};
    if (c.properties != NULL && c.properties->type != EPO_JSON_OBJECT)
        return refuse(&c, "place.not_geojson", "\"properties\" must be an object or null");
    if (maps != NULL)
        c.snapshot = epo_maps_hold(maps, &slot);
    bool ok = choose(&c);
    if (maps != NULL)
        epo_maps_drop(maps, slot);
    chosen->geometry =
        chosen->place.kind != 0 ? epo_json_copy(pool, chosen->place.geojson) : epo_json_null(pool);
    return ok;
}
