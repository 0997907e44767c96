#include "maps/shapes.h"

#include <math.h>

enum { CIRCLE_VERTICES = 64 };

static struct epo_json *position(struct epo_pool *pool, struct epo_point degrees) {
    struct epo_json *pair = epo_json_array(pool);
    epo_json_push(pool, pair, epo_json_real(pool, round(degrees.x * 1e7) / 1e7));
    epo_json_push(pool, pair, epo_json_real(pool, round(degrees.y * 1e7) / 1e7));
    return pair;
}

struct epo_json *epo_geojson_geometry(struct epo_pool *pool, const char *type,
                                      struct epo_json *coordinates) {
    struct epo_json *object = epo_json_object(pool);
    epo_json_set_string(pool, object, "type", type);
    epo_json_set(pool, object, "coordinates", coordinates);
    return object;
}

static bool push(struct epo_pool *pool, struct epo_json *list, struct epo_point metres,
                 struct epo_error *error) {
    struct epo_point degrees;
    if (!epo_transform_to_4326(metres, &degrees, error))
        return false;
    epo_json_push(pool, list, position(pool, degrees));
    return true;
}

struct epo_json *epo_geojson_point(struct epo_pool *pool, struct epo_point degrees) {
    return epo_geojson_geometry(pool, "Point", position(pool, degrees));
}

struct epo_json *epo_geojson_line(struct epo_pool *pool, const struct epo_point *metres,
                                  size_t count, struct epo_error *error) {
    struct epo_json *list = epo_json_array(pool);
    for (size_t i = 0; i < count; i++)
        if (!push(pool, list, metres[i], error))
            return NULL;
    return epo_geojson_geometry(pool, "LineString", list);
}

struct epo_json *epo_geojson_circle(struct epo_pool *pool, struct epo_point metres, double radius_m,
                                    struct epo_error *error) {
    struct epo_json *ring = epo_json_array(pool), *rings = epo_json_array(pool);
    for (int i = 0; i <= CIRCLE_VERTICES; i++) {
        double turn = 2 * M_PI * (i % CIRCLE_VERTICES) / CIRCLE_VERTICES;
        struct epo_point at = {metres.x + radius_m * cos(turn), metres.y + radius_m * sin(turn)};
        if (!push(pool, ring, at, error))
            return NULL;
    }
    epo_json_push(pool, rings, ring);
    return epo_geojson_geometry(pool, "Polygon", rings);
}

/* ---- GEOS ---- */

static struct epo_json *list_of(struct epo_pool *pool, const GEOSGeometry *line,
                                struct epo_error *error) {
    GEOSContextHandle_t g = epo_geos();
    const GEOSCoordSequence *points = GEOSGeom_getCoordSeq_r(g, line);
    struct epo_json *list = epo_json_array(pool);
    unsigned count = 0;
    struct epo_point at;
    if (points == NULL || GEOSCoordSeq_getSize_r(g, points, &count) != 1)
        return NULL;
    for (unsigned i = 0; i < count; i++)
        if (GEOSCoordSeq_getXY_r(g, points, i, &at.x, &at.y) != 1 || !push(pool, list, at, error))
            return NULL;
    return list;
}

static struct epo_json *rings_of(struct epo_pool *pool, const GEOSGeometry *polygon,
                                 struct epo_error *error) {
    GEOSContextHandle_t g = epo_geos();
    struct epo_json *rings = epo_json_array(pool);
    int holes = GEOSGetNumInteriorRings_r(g, polygon);
    for (int i = -1; i < holes; i++) {
        const GEOSGeometry *ring =
            i < 0 ? GEOSGetExteriorRing_r(g, polygon) : GEOSGetInteriorRingN_r(g, polygon, i);
        struct epo_json *list = ring == NULL ? NULL : list_of(pool, ring, error);
        if (list == NULL)
            return NULL;
        epo_json_push(pool, rings, list);
    }
    return rings;
}

static struct epo_json *polygons_of(struct epo_pool *pool, const GEOSGeometry *several,
                                    struct epo_error *error) {
    GEOSContextHandle_t g = epo_geos();
    struct epo_json *polygons = epo_json_array(pool);
    int count = GEOSGetNumGeometries_r(g, several);
    for (int i = 0; i < count; i++) {
        struct epo_json *rings = rings_of(pool, GEOSGetGeometryN_r(g, several, i), error);
        if (rings == NULL)
            return NULL;
        epo_json_push(pool, polygons, rings);
    }
    return polygons;
}

struct epo_json *epo_geojson_geos(struct epo_pool *pool, const GEOSGeometry *from,
                                  struct epo_error *error) {
    GEOSContextHandle_t g = epo_geos();
    struct epo_json *coordinates = NULL;
    const char *type = "Polygon";
    switch (GEOSGeomTypeId_r(g, from)) {
    case GEOS_LINESTRING:
        type = "LineString";
        coordinates = list_of(pool, from, error);
        break;
    case GEOS_POLYGON:
        coordinates = rings_of(pool, from, error);
        break;
    case GEOS_MULTIPOLYGON:
        type = "MultiPolygon";
        coordinates = polygons_of(pool, from, error);
        break;
    default:
        epo_fail(error, EPO_ERROR_BAD_INPUT, "place.kind", "the place has another kind of shape");
    }
    return coordinates == NULL ? NULL : epo_geojson_geometry(pool, type, coordinates);
}

static bool number(const struct epo_json *value, double *out) {
    if (value->type != EPO_JSON_INTEGER && value->type != EPO_JSON_REAL)
        return false;
    *out = value->type == EPO_JSON_INTEGER ? (double)value->integer : value->real;
    return isfinite(*out);
}

bool epo_geojson_position(const struct epo_json *value, struct epo_point *degrees) {
    double altitude;
    return value != NULL && value->type == EPO_JSON_ARRAY && value->count >= 2 &&
           value->count <= 3 && number(value->items[0], &degrees->x) &&
           number(value->items[1], &degrees->y) &&
           (value->count == 2 || number(value->items[2], &altitude));
}
