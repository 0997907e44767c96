/* GeoJSON of a citizen into a checked place. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "maps/shapes.h"

static const double DECIMALS_7 = 1e7; /* RFC 7946 §11.2: about a centimetre */
/* Narrower than this on average is a line drawn as an area: three points in a row. */
static const double AREA_WIDTH_LEAST_M = 0.05;

struct line { /* one ring or line in both systems */
    struct epo_point *degrees, *metres;
    size_t count;
    bool outer; /* of a ring: a polygon begins with it */
};
struct reading {
    struct epo_pool *pool;
    struct epo_error *error;
    enum epo_place_kind kind;
    bool multi; /* a MultiPolygon */
    struct line *lines;
    size_t line_count, vertices;
};
enum { RINGS_MAX = EPO_VERTICES_MAX / 4 };

static bool refuse(struct reading *r, const char *code, const char *text) {
    return epo_fail(r->error, EPO_ERROR_BAD_INPUT, code, "%s", text);
}

static double rounded(double degrees) {
    double value = round(degrees * DECIMALS_7) / DECIMALS_7;
    return value == 0 ? 0 : value;
}

/* RFC 7946 §3.1.1: two numbers, an altitude may follow and is dropped. */
static bool read_position(struct reading *r, const struct epo_json *value,
                          struct epo_point *degrees, struct epo_point *metres) {
    if (!epo_geojson_position(value, degrees))
        return refuse(r, "place.not_geojson", "a position must be [longitude, latitude]");
    if (++r->vertices > EPO_VERTICES_MAX)
        return refuse(r, "place.too_many_vertices", "the drawing has too many vertices");
    degrees->x = rounded(degrees->x);
    degrees->y = rounded(degrees->y);
    if (!epo_transform_to_metres(*degrees, metres, r->error))
        return false;
    metres->x = round(metres->x * 1000) / 1000; /* millimetres, as the map base */
    metres->y = round(metres->y * 1000) / 1000;
    return true;
}

static bool same(struct epo_point a, struct epo_point b) {
    return a.x == b.x && a.y == b.y;
}

/* Positions one after the other; a vertex drawn twice (a double click) counts once. */
static bool read_line(struct reading *r, const struct epo_json *list, struct line *line) {
    if (list == NULL || list->type != EPO_JSON_ARRAY)
        return refuse(r, "place.not_geojson", "coordinates must be an array of positions");
    if (list->count > EPO_VERTICES_MAX + 1)
        return refuse(r, "place.too_many_vertices", "the drawing has too many vertices");
    line->degrees = EPO_NEW_ARRAY(r->pool, struct epo_point, list->count + 1);
    line->metres = EPO_NEW_ARRAY(r->pool, struct epo_point, list->count + 1);
    for (uint32_t i = 0; i < list->count; i++) {
        struct epo_point degrees, metres;
        if (!read_position(r, list->items[i], &degrees, &metres))
            return false;
        if (line->count > 0 && same(line->degrees[line->count - 1], degrees))
            continue;
        line->degrees[line->count] = degrees;
        line->metres[line->count++] = metres;
    }
    return true;
}

static double ring_area(const struct epo_point *p, size_t count) { /* > 0: anticlockwise */
    double twice = 0;
    for (size_t i = 0; i + 1 < count; i++) /* from p[0], so that large coordinates cancel early */
        twice +=
            (p[i].x - p[0].x) * (p[i + 1].y - p[0].y) - (p[i + 1].x - p[0].x) * (p[i].y - p[0].y);
    return twice / 2;
}

static void reverse(struct epo_point *p, size_t count) {
    for (size_t i = 0; i < count / 2; i++) {
        struct epo_point keep = p[i];
        p[i] = p[count - 1 - i];
        p[count - 1 - i] = keep;
    }
}

/* An open ring is closed; the outer one goes anticlockwise, holes clockwise (RFC 7946 §3.1.6). */
static bool read_ring(struct reading *r, const struct epo_json *list, struct line *ring,
                      bool outer) {
    if (!read_line(r, list, ring))
        return false;
    if (ring->count > 0 && !same(ring->degrees[0], ring->degrees[ring->count - 1])) {
        ring->degrees[ring->count] = ring->degrees[0];
        ring->metres[ring->count++] = ring->metres[0];
    }
    ring->outer = outer;
    if (ring->count < 4)
        return refuse(r, "place.empty_area", "an area needs at least three different corners");
    if ((ring_area(ring->degrees, ring->count) > 0) != outer) {
        reverse(ring->degrees, ring->count);
        reverse(ring->metres, ring->count);
    }
    return true;
}

static bool read_polygon(struct reading *r, const struct epo_json *rings) {
    if (rings == NULL || rings->type != EPO_JSON_ARRAY || rings->count == 0)
        return refuse(r, "place.not_geojson", "a polygon must be an array of rings");
    if (rings->count > RINGS_MAX - r->line_count)
        return refuse(r, "place.too_many_vertices", "the drawing has too many rings");
    for (uint32_t i = 0; i < rings->count; i++)
        if (!read_ring(r, rings->items[i], &r->lines[r->line_count++], i == 0))
            return false;
    return true;
}

static bool read_coordinates(struct reading *r, const struct epo_json *coordinates) {
    if (coordinates == NULL || coordinates->type != EPO_JSON_ARRAY || coordinates->count == 0)
        return refuse(r, "place.not_geojson", "the geometry has no coordinates");
    if (r->kind == EPO_PLACE_POINT) {
        r->lines = EPO_NEW(r->pool, struct line);
        r->line_count = 1;
        r->lines->degrees = EPO_NEW(r->pool, struct epo_point);
        r->lines->metres = EPO_NEW(r->pool, struct epo_point);
        r->lines->count = 1;
        return read_position(r, coordinates, r->lines->degrees, r->lines->metres);
    }
    if (r->kind == EPO_PLACE_LINE) {
        r->lines = EPO_NEW(r->pool, struct line);
        r->line_count = 1;
        if (!read_line(r, coordinates, r->lines))
            return false;
        return r->lines->count >= 2 ||
               refuse(r, "place.empty_line", "a line needs at least two different points");
    }
    r->lines = EPO_NEW_ARRAY(r->pool, struct line, RINGS_MAX);
    if (!r->multi)
        return read_polygon(r, coordinates);
    for (uint32_t i = 0; i < coordinates->count; i++)
        if (!read_polygon(r, coordinates->items[i]))
            return false;
    return true;
}

static bool read_kind(struct reading *r, struct epo_span type) {
    static const struct {
        const char *type;
        enum epo_place_kind kind;
        bool multi;
    } KINDS[] = {{"Point", EPO_PLACE_POINT, false},
                 {"LineString", EPO_PLACE_LINE, false},
                 {"Polygon", EPO_PLACE_AREA, false},
                 {"MultiPolygon", EPO_PLACE_AREA, true}};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (epo_span_is(type, KINDS[i].type)) {
            r->kind = KINDS[i].kind;
            r->multi = KINDS[i].multi;
            return true;
        }
    return refuse(r, "place.kind",
                  "the place must be a Point, a LineString, a Polygon or a MultiPolygon");
}

/* ---- GEOS ---- */

static GEOSCoordSequence *sequence(GEOSContextHandle_t g, const struct line *line) {
    GEOSCoordSequence *s = GEOSCoordSeq_create_r(g, (unsigned)line->count, 2);
    for (size_t i = 0; i < line->count; i++)
        GEOSCoordSeq_setXY_r(g, s, (unsigned)i, line->metres[i].x, line->metres[i].y);
    return s;
}

/* The outer ring at *next with the holes behind it. */
static GEOSGeometry *polygon(GEOSContextHandle_t g, const struct reading *r, size_t *next) {
    GEOSGeometry *shell = GEOSGeom_createLinearRing_r(g, sequence(g, &r->lines[*next]));
    GEOSGeometry **holes = EPO_NEW_ARRAY(r->pool, GEOSGeometry *, r->line_count);
    unsigned count = 0;
    for (++*next; *next < r->line_count && !r->lines[*next].outer; ++*next)
        holes[count++] = GEOSGeom_createLinearRing_r(g, sequence(g, &r->lines[*next]));
    return GEOSGeom_createPolygon_r(g, shell, holes, count);
}

static GEOSGeometry *to_geos(GEOSContextHandle_t g, const struct reading *r) {
    if (r->kind == EPO_PLACE_POINT)
        return GEOSGeom_createPoint_r(g, sequence(g, r->lines));
    if (r->kind == EPO_PLACE_LINE)
        return GEOSGeom_createLineString_r(g, sequence(g, r->lines));
    GEOSGeometry **polygons = EPO_NEW_ARRAY(r->pool, GEOSGeometry *, r->line_count);
    unsigned count = 0;
    for (size_t i = 0; i < r->line_count;)
        polygons[count++] = polygon(g, r, &i);
    return count == 1 ? polygons[0]
                      : GEOSGeom_createCollection_r(g, GEOS_MULTIPOLYGON, polygons, count);
}

static bool check_valid(struct reading *r, GEOSContextHandle_t g, const GEOSGeometry *geometry) {
    char *reason = NULL;
    GEOSGeometry *where = NULL;
    char valid = GEOSisValidDetail_r(g, geometry, 0, &reason, &where);
    if (valid == 1) {
        GEOSFree_r(g, reason);
        GEOSGeom_destroy_r(g, where);
        return true;
    }
    struct epo_point metres, degrees;
    bool located = where != NULL && GEOSGeomGetX_r(g, where, &metres.x) == 1 &&
                   GEOSGeomGetY_r(g, where, &metres.y) == 1 &&
                   epo_transform_to_4326(metres, &degrees, NULL);
    GEOSFree_r(g, reason);
    GEOSGeom_destroy_r(g, where);
    refuse(r, "place.self_crossing", "the outline crosses or touches itself");
    if (located)
        epo_error_at(r->error, "%.7f,%.7f", degrees.x, degrees.y);
    return false;
}

static bool measure(struct reading *r, GEOSContextHandle_t g, const GEOSGeometry *geometry,
                    struct epo_place *place) {
    place->anchor_metres = r->lines[0].metres[0];
    if (r->kind == EPO_PLACE_AREA) {
        double perimeter = 0;
        if (GEOSArea_r(g, geometry, &place->area_m2) != 1 ||
            GEOSLength_r(g, geometry, &perimeter) != 1 ||
            place->area_m2 < AREA_WIDTH_LEAST_M * perimeter / 2)
            return refuse(r, "place.empty_area", "the area is empty");
        place->length_m = perimeter;
    } else if (r->kind == EPO_PLACE_LINE) {
        GEOSLength_r(g, geometry, &place->length_m);
    }
    if (r->kind != EPO_PLACE_POINT) {
        GEOSGeometry *anchor = r->kind == EPO_PLACE_AREA
                                   ? GEOSPointOnSurface_r(g, geometry)
                                   : GEOSInterpolate_r(g, geometry, place->length_m / 2);
        bool ok = anchor != NULL && GEOSGeomGetX_r(g, anchor, &place->anchor_metres.x) == 1 &&
                  GEOSGeomGetY_r(g, anchor, &place->anchor_metres.y) == 1;
        GEOSGeom_destroy_r(g, anchor);
        if (!ok)
            return refuse(r, "place.empty_area", "the place has no point inside");
    }
    GEOSGeom_getExtent_r(g, geometry, &place->min_x, &place->min_y, &place->max_x, &place->max_y);
    GEOSWKBWriter *writer = GEOSWKBWriter_create_r(g);
    GEOSWKBWriter_setByteOrder_r(g, writer, GEOS_WKB_NDR);
    size_t size = 0;
    unsigned char *bytes = GEOSWKBWriter_write_r(g, writer, geometry, &size);
    epo_assert(bytes != NULL);
    place->wkb_metres = epo_pool_copy(r->pool, (struct epo_span){(const char *)bytes, size});
    GEOSFree_r(g, bytes);
    GEOSWKBWriter_destroy_r(g, writer);
    return true;
}

/* ---- writing ---- */

static struct epo_json *position_json(struct epo_pool *pool, struct epo_point degrees) {
    struct epo_json *position = epo_json_array(pool);
    epo_json_push(pool, position, epo_json_real(pool, degrees.x));
    epo_json_push(pool, position, epo_json_real(pool, degrees.y));
    return position;
}

static struct epo_json *line_json(struct epo_pool *pool, const struct line *line) {
    struct epo_json *list = epo_json_array(pool);
    for (size_t i = 0; i < line->count; i++)
        epo_json_push(pool, list, position_json(pool, line->degrees[i]));
    return list;
}

/* A MultiPolygon of one is a Polygon. */
static struct epo_json *area_json(const struct reading *r, bool *several) {
    struct epo_json *polygons = epo_json_array(r->pool), *rings = NULL;
    for (size_t i = 0; i < r->line_count; i++) {
        if (r->lines[i].outer) {
            rings = epo_json_array(r->pool);
            epo_json_push(r->pool, polygons, rings);
        }
        epo_json_push(r->pool, rings, line_json(r->pool, &r->lines[i]));
    }
    *several = polygons->count > 1;
    return *several ? polygons : rings;
}

static struct epo_json *normalised(const struct reading *r) {
    struct epo_json *geometry = epo_json_object(r->pool), *coordinates;
    const char *type = r->kind == EPO_PLACE_POINT ? "Point" : "LineString";
    if (r->kind == EPO_PLACE_POINT) {
        coordinates = position_json(r->pool, r->lines[0].degrees[0]);
    } else if (r->kind == EPO_PLACE_LINE) {
        coordinates = line_json(r->pool, &r->lines[0]);
    } else {
        bool several;
        coordinates = area_json(r, &several);
        type = several ? "MultiPolygon" : "Polygon";
    }
    epo_json_set_string(r->pool, geometry, "type", type);
    epo_json_set(r->pool, geometry, "coordinates", coordinates);
    return geometry;
}

bool epo_place_read(struct epo_pool *pool, const struct epo_json *geojson, struct epo_place *place,
                    struct epo_error *error) {
    struct reading r = {.pool = pool, .error = error};
    memset(place, 0, sizeof *place);
    if (geojson != NULL && geojson->type == EPO_JSON_OBJECT &&
        epo_span_is(epo_json_get_text(geojson, "type"), "Feature"))
        geojson = epo_json_get(geojson, "geometry");
    if (geojson == NULL || geojson->type != EPO_JSON_OBJECT ||
        epo_json_get_text(geojson, "type").len == 0)
        return refuse(&r, "place.not_geojson", "the place is not a GeoJSON geometry");
    if (!read_kind(&r, epo_json_get_text(geojson, "type")) ||
        !read_coordinates(&r, epo_json_get(geojson, "coordinates")))
        return false;
    GEOSContextHandle_t g = epo_geos();
    GEOSGeometry *geometry = to_geos(g, &r);
    bool ok = geometry != NULL || refuse(&r, "place.not_geojson", "the geometry cannot be read");
    ok = ok && (r.kind != EPO_PLACE_AREA || check_valid(&r, g, geometry)) &&
         measure(&r, g, geometry, place) &&
         epo_transform_to_4326(place->anchor_metres, &place->anchor_4326, error);
    GEOSGeom_destroy_r(g, geometry);
    if (!ok)
        return false;
    if (r.kind == EPO_PLACE_POINT)
        place->anchor_4326 = r.lines[0].degrees[0];
    place->kind = r.kind;
    place->geojson = normalised(&r);
    return true;
}

/* What a WKB is made of: a collection of its parts, all else of itself. Ours, so that it is whole.
 */
static struct epo_span members_of(struct epo_span wkb, uint32_t *count) {
    enum { HEAD_SIZE = 9 };
    *count = 1;
    if (wkb.len < HEAD_SIZE || wkb.at[1] != GEOS_GEOMETRYCOLLECTION)
        return wkb;
    memcpy(count, wkb.at + 5, sizeof *count);
    return (struct epo_span){wkb.at + HEAD_SIZE, wkb.len - HEAD_SIZE};
}

struct epo_span epo_wkb_join(struct epo_pool *pool, const struct epo_span *list, size_t count) {
    static const char HEAD[] = {1, GEOS_GEOMETRYCOLLECTION, 0, 0, 0}; /* ISO WKB, little endian */
    size_t len = sizeof HEAD + 4;
    uint32_t all = 0, own;
    if (count == 1)
        return list[0];
    for (size_t i = 0; i < count; i++)
        len += list[i].len;
    char *bytes = epo_pool_alloc(pool, len), *at = bytes + sizeof HEAD + 4;
    for (size_t i = 0; i < count; i++) {
        struct epo_span members = members_of(list[i], &own);
        memcpy(at, members.at, members.len);
        at += members.len;
        all += own;
    }
    memcpy(bytes, HEAD, sizeof HEAD);
    memcpy(bytes + sizeof HEAD, &all, 4);
    return (struct epo_span){bytes, (size_t)(at - bytes)};
}

void epo_place_join(struct epo_pool *pool, const struct epo_place *const *places, size_t count,
                    struct epo_place *joined) {
    struct epo_span *list = EPO_NEW_ARRAY(pool, struct epo_span, count);
    *joined = *places[0];
    for (size_t i = 0; i < count; i++)
        list[i] = places[i]->wkb_metres;
    if (count > 1)
        joined->geojson = NULL;
    for (size_t i = 1; i < count; i++) {
        const struct epo_place *place = places[i];
        joined->kind = place->kind > joined->kind ? place->kind : joined->kind;
        joined->area_m2 += place->area_m2;
        joined->length_m += place->length_m;
        joined->min_x = fmin(joined->min_x, place->min_x);
        joined->min_y = fmin(joined->min_y, place->min_y);
        joined->max_x = fmax(joined->max_x, place->max_x);
        joined->max_y = fmax(joined->max_y, place->max_y);
    }
    joined->wkb_metres = epo_wkb_join(pool, list, count);
}
