#include "maps/joined.h"

#include <math.h>

#include "maps/lookup.h"
#include "maps/overlap.h"
#include "maps/packed.h"
#include "maps/shapes.h"

/* Parts are joined on this grid, so that outlines which differ by less leave no slits. */
static const double GRID_M = 0.02, GRID_COARSE_M = 0.1;
/* A drawn area is the outline of parcels when it differs from theirs by less than this share. */
static const double SAME_AREA = 0.01;

static bool is_listed(const struct epo_json *ids, const char *id) {
    for (uint32_t i = 0; i < ids->count; i++)
        if (epo_span_is(ids->items[i]->text, id))
            return true;
    return false;
}

/* Takes over the part. */
static bool add(struct epo_joined *joined, struct epo_pool *pool, const char *id,
                GEOSGeometry *part) {
    if (part == NULL || joined->count == EPO_PLACE_IDS_MAX || is_listed(joined->ids, id)) {
        GEOSGeom_destroy_r(epo_geos(), part);
        return false;
    }
    joined->parts[joined->count++] = part;
    epo_json_push(pool, joined->ids, epo_json_string(pool, id));
    return true;
}

static GEOSGeometry *from_wkb(struct epo_span wkb) {
    return GEOSGeomFromWKB_buf_r(epo_geos(), (const unsigned char *)wkb.at, wkb.len);
}

static void drop_last(struct epo_joined *joined) {
    GEOSGeom_destroy_r(epo_geos(), joined->parts[--joined->count]);
    joined->ids->count--;
}

void epo_joined_clear(struct epo_joined *joined) {
    while (joined->count > 0)
        GEOSGeom_destroy_r(epo_geos(), joined->parts[--joined->count]);
}

static struct epo_span bare_id(struct epo_span id) { /* the search writes "parcel:1234" */
    struct epo_span rest;
    return epo_span_is(epo_span_cut(id, ':', &rest), "parcel") ? rest : id;
}

bool epo_joined_ids(struct epo_joined *joined, const struct epo_snapshot *snapshot,
                    struct epo_pool *pool, const char *layer, const struct epo_json *ids,
                    struct epo_error *error) {
    for (uint32_t i = 0; i < ids->count; i++) {
        struct epo_looked_up feature;
        bool found;
        if (!epo_look_up(snapshot, pool, layer, bare_id(ids->items[i]->text), &feature, &found,
                         error))
            return false;
        if (!found) {
            epo_fail(error, EPO_ERROR_BAD_INPUT, "place.unknown_feature",
                     "the map has no feature of that id");
            return epo_error_at(error, "%.*s", EPO_ARG(ids->items[i]->text));
        }
        add(joined, pool, feature.code, from_wkb(feature.wkb));
    }
    return true;
}

bool epo_joined_at(struct epo_joined *joined, const struct epo_snapshot *snapshot,
                   struct epo_pool *pool, const char *layer, struct epo_point at,
                   struct epo_error *error) {
    struct epo_looked_up feature;
    bool found;
    if (!epo_look_up_at(snapshot, pool, layer, at, &feature, &found, error))
        return false;
    return (found && add(joined, pool, feature.code, from_wkb(feature.wkb))) ||
           epo_fail(error, EPO_ERROR_BAD_INPUT, "place.nothing_here",
                    "nothing of that kind is here");
}

/* ---- uniting ---- */

static GEOSGeometry *unite(const struct epo_joined *joined, bool coarse) {
    GEOSContextHandle_t g = epo_geos();
    GEOSGeometry *copies[EPO_PLACE_IDS_MAX];
    for (unsigned i = 0; i < joined->count; i++)
        copies[i] = GEOSGeom_clone_r(g, joined->parts[i]);
    if (joined->count == 1 && !coarse)
        return copies[0]; /* one alone keeps its corners */
    GEOSGeometry *all =
        GEOSGeom_createCollection_r(g, GEOS_GEOMETRYCOLLECTION, copies, joined->count);
    GEOSGeometry *one = GEOSUnaryUnionPrec_r(g, all, coarse ? GRID_COARSE_M : GRID_M);
    GEOSGeom_destroy_r(g, all);
    return one;
}

struct epo_json *epo_joined_geojson(const struct epo_joined *joined, struct epo_pool *pool,
                                    bool coarse, struct epo_error *error) {
    GEOSGeometry *one = unite(joined, coarse);
    if (one == NULL) {
        epo_fail(error, EPO_ERROR_BROKEN, "map.geos", "GEOS: %s", epo_geos_message());
        return NULL;
    }
    struct epo_json *geometry = epo_geojson_geos(pool, one, error);
    GEOSGeom_destroy_r(epo_geos(), one);
    return geometry;
}

/* ---- parcels again from their outline ---- */

struct covering {
    struct epo_joined *joined;
    struct epo_pool *pool;
    const struct epo_layer *parcels;
};
static void add_covered(const struct epo_feature *feature, double amount, void *arg) {
    struct covering *covering = arg;
    struct epo_joined *joined = covering->joined;
    double area = 0;
    uint32_t item = (uint32_t)(feature - covering->parcels->features);
    if (!add(joined, covering->pool, feature->code, epo_feature_geos(covering->parcels, item)))
        return;
    GEOSArea_r(epo_geos(), joined->parts[joined->count - 1], &area);
    if (amount < area / 2)
        drop_last(joined);
}

static bool same_outline(const struct epo_joined *joined, const struct epo_place *drawn) {
    GEOSContextHandle_t g = epo_geos();
    double rest = INFINITY;
    GEOSGeometry *one = joined->count > 0 ? unite(joined, false) : NULL;
    GEOSGeometry *other = from_wkb(drawn->wkb_metres);
    GEOSGeometry *difference =
        one != NULL && other != NULL ? GEOSSymDifference_r(g, one, other) : NULL;
    if (difference != NULL)
        GEOSArea_r(g, difference, &rest);
    GEOSGeom_destroy_r(g, difference);
    GEOSGeom_destroy_r(g, other);
    GEOSGeom_destroy_r(g, one);
    return rest <= SAME_AREA * drawn->area_m2;
}

bool epo_joined_outline(struct epo_joined *joined, const struct epo_snapshot *snapshot,
                        struct epo_pool *pool, const struct epo_place *place, bool *same,
                        struct epo_error *error) {
    const struct epo_layer *parcels = snapshot->by_role[EPO_ROLE_PARCEL];
    struct covering covering = {joined, pool, parcels};
    struct epo_overlap overlap;
    bool ok =
        epo_overlap_begin(&overlap, place, error) &&
        (parcels == NULL || epo_overlap_each(&overlap, parcels, add_covered, &covering, error));
    epo_overlap_end(&overlap);
    *same = ok && same_outline(joined, place);
    return ok;
}
