/* The ground that a place takes up. */
#include <math.h>

#include "maps/geos.h"
#include "maps/maps.h"

/* Sharing less is rounding: two stalls side by side, drawn to the centimetre. */
static const double SHARED_LEAST_M2 = 0.1;
enum { QUARTER_SEGMENTS = 8 };

static GEOSGeometry *from_wkb(struct epo_span wkb) {
    return GEOSGeomFromWKB_buf_r(epo_geos(), (const unsigned char *)wkb.at, wkb.len);
}

static bool geos_failed(struct epo_error *error) {
    return epo_fail(error, EPO_ERROR_BROKEN, "map.geos", "GEOS: %s", epo_geos_message());
}

static struct epo_span to_wkb(struct epo_pool *pool, const GEOSGeometry *geometry) {
    GEOSContextHandle_t g = epo_geos();
    GEOSWKBWriter *writer = GEOSWKBWriter_create_r(g);
    size_t size = 0;
    GEOSWKBWriter_setByteOrder_r(g, writer, GEOS_WKB_NDR);
    unsigned char *bytes = GEOSWKBWriter_write_r(g, writer, geometry, &size);
    epo_assert(bytes != NULL);
    struct epo_span wkb = epo_pool_copy(pool, (struct epo_span){(const char *)bytes, size});
    GEOSFree_r(g, bytes);
    GEOSWKBWriter_destroy_r(g, writer);
    return wkb;
}

/* Around a point: what GEOSBuffer would make of it, without its machinery (each request with a pin
 * comes through here). WKB of a polygon with one ring, little endian as the machine. */
static void round_footprint(struct epo_pool *pool, struct epo_point at, double radius_m,
                            struct epo_footprint *footprint) {
    enum { CORNERS = 4 * QUARTER_SEGMENTS, HEAD = 1 + 3 * 4 };
    static const unsigned char head[HEAD] = {1, 3, 0, 0, 0, 1, 0, 0, 0, CORNERS + 1, 0, 0, 0};
    char wkb[HEAD + (CORNERS + 1) * 16], *to = wkb + HEAD;
    memcpy(wkb, head, HEAD);
    for (int i = 0; i <= CORNERS; i++, to += 16) {
        double angle = -2 * M_PI * (i % CORNERS) / CORNERS;
        double corner[2] = {at.x + radius_m * cos(angle), at.y + radius_m * sin(angle)};
        memcpy(to, corner, sizeof corner);
    }
    *footprint =
        (struct epo_footprint){epo_pool_copy(pool, (struct epo_span){wkb, sizeof wkb}),
                               at.x - radius_m, at.y - radius_m, at.x + radius_m, at.y + radius_m};
}

bool epo_footprint_of(struct epo_pool *pool, const struct epo_place *place, double widen_m,
                      struct epo_footprint *footprint, struct epo_error *error) {
    GEOSContextHandle_t g = epo_geos();
    *footprint = (struct epo_footprint){place->wkb_metres, place->min_x, place->min_y, place->max_x,
                                        place->max_y};
    if (place->kind == EPO_PLACE_AREA)
        return true;
    if (place->kind == EPO_PLACE_POINT) {
        round_footprint(pool, place->anchor_metres, widen_m, footprint);
        return true;
    }
    GEOSGeometry *shape = from_wkb(place->wkb_metres);
    GEOSGeometry *wide = shape == NULL ? NULL : GEOSBuffer_r(g, shape, widen_m, QUARTER_SEGMENTS);
    bool ok = wide != NULL && GEOSGeom_getExtent_r(g, wide, &footprint->min_x, &footprint->min_y,
                                                   &footprint->max_x, &footprint->max_y) == 1;
    if (ok)
        footprint->wkb = to_wkb(pool, wide);
    GEOSGeom_destroy_r(g, wide);
    GEOSGeom_destroy_r(g, shape);
    return ok || geos_failed(error);
}

bool epo_footprints_meet(struct epo_span one, struct epo_span other, double apart_m, bool *meet,
                         struct epo_error *error) {
    GEOSContextHandle_t g = epo_geos();
    GEOSGeometry *a = from_wkb(one), *b = from_wkb(other), *both = NULL;
    double amount = 0;
    bool ok = a != NULL && b != NULL;
    *meet = false;
    if (ok && apart_m > 0) {
        ok = GEOSDistance_r(g, a, b, &amount) == 1;
        *meet = ok && amount < apart_m;
    } else if (ok) {
        both = GEOSIntersection_r(g, a, b);
        ok = both != NULL && GEOSArea_r(g, both, &amount) == 1;
        *meet = ok && amount > SHARED_LEAST_M2;
    }
    GEOSGeom_destroy_r(g, both);
    GEOSGeom_destroy_r(g, b);
    GEOSGeom_destroy_r(g, a);
    return ok || geos_failed(error);
}
