/* Features of a layer that a place lies on, and those around it. */
#include <math.h>
#include <stdlib.h>

#include "maps/overlap.h"
#include "maps/packed.h"

enum { SPOTS_LOOKED_MAX = 400 };

struct meeting {
    struct epo_pool *pool;
    struct epo_met *list;
    size_t count, room;
};

static void add(const struct epo_feature *feature, double amount, void *arg) {
    struct meeting *meeting = arg;
    if (meeting->count == meeting->room) {
        struct epo_met *before = meeting->list;
        meeting->room = meeting->room == 0 ? 8 : meeting->room * 2;
        meeting->list = EPO_NEW_ARRAY(meeting->pool, struct epo_met, meeting->room);
        if (before != NULL)
            memcpy(meeting->list, before, meeting->count * sizeof *before);
    }
    meeting->list[meeting->count++] =
        (struct epo_met){epo_pool_string(meeting->pool, epo_span(feature->code)), amount};
}

bool epo_place_meets(struct epo_maps *maps, struct epo_pool *pool, struct epo_span layer,
                     const struct epo_place *place, struct epo_met **list, size_t *count,
                     struct epo_error *error) {
    unsigned slot;
    struct meeting meeting = {.pool = pool};
    struct epo_overlap overlap;
    const struct epo_layer *found = epo_snapshot_layer(epo_maps_hold(maps, &slot), layer);
    bool ok =
        found != NULL || epo_fail(error, EPO_ERROR_BROKEN, "map.layer",
                                  "the map base has no layer \"%.*s\" any more", EPO_ARG(layer));
    if (ok) {
        ok = epo_overlap_begin(&overlap, place, error) &&
             epo_overlap_each(&overlap, found, add, &meeting, error);
        epo_overlap_end(&overlap);
    }
    epo_maps_drop(maps, slot);
    *list = meeting.list;
    *count = meeting.count;
    return ok;
}

/* ---- around ---- */

struct looking {
    const struct epo_layer *layer;
    const struct epo_met *but;
    size_t but_count;
    struct epo_point from;
    double within_m;
    struct epo_spot *spots;
    size_t count, max, looked;
};

static bool is_left_out(const struct looking *l, const char *code) {
    for (size_t i = 0; i < l->but_count; i++)
        if (strcmp(l->but[i].code, code) == 0)
            return true;
    return false;
}

/* A point well inside, so that what stands there lies on the feature. */
static bool spot_of(const struct epo_layer *layer, uint32_t item, struct epo_point *at) {
    GEOSContextHandle_t g = epo_geos();
    GEOSGeometry *feature = epo_feature_geos(layer, item);
    GEOSGeometry *point = feature == NULL ? NULL : GEOSPointOnSurface_r(g, feature);
    bool ok = point != NULL && GEOSGeomGetX_r(g, point, &at->x) == 1 &&
              GEOSGeomGetY_r(g, point, &at->y) == 1;
    GEOSGeom_destroy_r(g, point);
    GEOSGeom_destroy_r(g, feature);
    return ok;
}

/* The nearest ones, in order. */
static bool look(uint32_t item, void *arg) {
    struct looking *l = arg;
    struct epo_spot spot;
    if (is_left_out(l, l->layer->features[item].code))
        return true;
    if (spot_of(l->layer, item, &spot.at)) {
        spot.distance_m = hypot(spot.at.x - l->from.x, spot.at.y - l->from.y);
        size_t i = l->count < l->max ? l->count : l->max;
        while (i > 0 && l->spots[i - 1].distance_m > spot.distance_m) {
            if (i < l->max)
                l->spots[i] = l->spots[i - 1];
            i--;
        }
        if (i < l->max && spot.distance_m <= l->within_m) {
            l->spots[i] = spot;
            l->count += l->count < l->max;
        }
    }
    return ++l->looked < SPOTS_LOOKED_MAX;
}

size_t epo_spots_near(struct epo_maps *maps, struct epo_span layer, struct epo_point from_metres,
                      double within_m, const struct epo_met *but, size_t but_count,
                      struct epo_spot *spots, size_t max) {
    unsigned slot;
    struct looking l = {.layer = epo_snapshot_layer(epo_maps_hold(maps, &slot), layer),
                        .but = but,
                        .but_count = but_count,
                        .from = from_metres,
                        .within_m = within_m,
                        .spots = spots,
                        .max = max};
    struct epo_mm low =
        epo_mm_of((struct epo_point){from_metres.x - within_m, from_metres.y - within_m});
    struct epo_mm high =
        epo_mm_of((struct epo_point){from_metres.x + within_m, from_metres.y + within_m});
    if (l.layer != NULL)
        epo_index_search(&l.layer->index, (struct epo_box){low.x, low.y, high.x, high.y}, look, &l);
    epo_maps_drop(maps, slot);
    return l.count;
}
