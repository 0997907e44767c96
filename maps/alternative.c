/* Where else: the same shape, moved step by step along its own longest side and across it, the
 * nearest first, until it is free, in the city and within the rules. */
#include <math.h>
#include <stdlib.h>

#include "maps/geos.h"
#include "maps/mapbase.h"
#include "maps/shapes.h"

static const double STEP_LEAST_M = 1.5, GAP_M = 0.05, SHARED_LEAST_M2 = 0.1;
enum {
    CANDIDATES_MAX = 4000, /* tried against what is taken: a few µs each */
    JUDGED_MAX = 60,       /* against the rules: up to a millisecond each */
    ACCEPTED_MAX = 5       /* against the whole form and the agenda */
};

struct shift {
    double x, y, distance_m;
};
struct looking {
    struct epo_maps *maps;
    struct epo_pool *pool;
    struct epo_alternative *wanted;
    GEOSGeometry *shape; /* the footprint */
    double area_m2;
    GEOSGeometry **taken;
    const GEOSPreparedGeometry **prepared;
    struct shift *shifts;
    size_t shift_count;
    struct epo_error *error;
};

/* ---- in which steps ---- */

/* Direction of the longest side, so that a stall moves on in its row. */
static double direction(const GEOSGeometry *shape) {
    GEOSContextHandle_t g = epo_geos();
    const GEOSGeometry *part = GEOSGetGeometryN_r(g, shape, 0);
    const GEOSGeometry *ring = part == NULL ? NULL : GEOSGetExteriorRing_r(g, part);
    const GEOSCoordSequence *points = ring == NULL ? NULL : GEOSGeom_getCoordSeq_r(g, ring);
    unsigned count = 0;
    double longest = 0, turn = 0, x0 = 0, y0 = 0, x, y;
    if (points == NULL || GEOSCoordSeq_getSize_r(g, points, &count) != 1)
        return 0;
    for (unsigned i = 0; i < count; i++) {
        if (GEOSCoordSeq_getXY_r(g, points, i, &x, &y) != 1)
            return 0;
        if (i > 0 && hypot(x - x0, y - y0) > longest) {
            longest = hypot(x - x0, y - y0);
            turn = atan2(y - y0, x - x0);
        }
        x0 = x;
        y0 = y;
    }
    return turn;
}

/* Extent of the shape along a direction. */
static double extent(const GEOSGeometry *shape, double turn) {
    GEOSContextHandle_t g = epo_geos();
    GEOSGeometry *hull = GEOSConvexHull_r(g, shape);
    const GEOSGeometry *ring = hull == NULL ? NULL : GEOSGetExteriorRing_r(g, hull);
    const GEOSCoordSequence *points = ring == NULL ? NULL : GEOSGeom_getCoordSeq_r(g, ring);
    unsigned count = 0;
    double least = INFINITY, most = -INFINITY, x, y;
    if (points != NULL)
        GEOSCoordSeq_getSize_r(g, points, &count);
    for (unsigned i = 0; i < count && GEOSCoordSeq_getXY_r(g, points, i, &x, &y) == 1; i++) {
        double along = x * cos(turn) + y * sin(turn);
        least = fmin(least, along);
        most = fmax(most, along);
    }
    GEOSGeom_destroy_r(g, hull);
    return count > 0 ? most - least : 0;
}

static int by_distance(const void *one, const void *two) {
    const struct shift *a = one, *b = two;
    return a->distance_m < b->distance_m ? -1 : a->distance_m > b->distance_m;
}

/* Half its own size at a time, so that it can come to stand right beside what is taken. */
static void list_shifts(struct looking *l) {
    double within = l->wanted->within_m, turn = direction(l->shape);
    double along = extent(l->shape, turn) / 2 + GAP_M + l->wanted->apart_m / 2;
    double across = extent(l->shape, turn + M_PI / 2) / 2 + GAP_M + l->wanted->apart_m / 2;
    along = fmax(along, STEP_LEAST_M);
    across = fmax(across, STEP_LEAST_M);
    double grow = sqrt(M_PI * within * within / (along * across) / CANDIDATES_MAX);
    if (grow > 1) { /* coarser, so that the whole circle is looked at */
        along *= grow;
        across *= grow;
    }
    int wide = (int)(within / along), high = (int)(within / across);
    l->shifts = malloc(sizeof *l->shifts * (size_t)(2 * wide + 1) * (size_t)(2 * high + 1));
    epo_assert(l->shifts != NULL);
    for (int i = -wide; i <= wide; i++)
        for (int k = -high; k <= high; k++) {
            double u = i * along, v = k * across;
            if ((i == 0 && k == 0) || hypot(u, v) > within)
                continue;
            l->shifts[l->shift_count++] = (struct shift){
                u * cos(turn) - v * sin(turn), u * sin(turn) + v * cos(turn), hypot(u, v)};
        }
    qsort(l->shifts, l->shift_count, sizeof *l->shifts, by_distance);
}

/* To where the caller wants to have it tried, in the caller's order. */
static void list_spots(struct looking *l) {
    struct epo_point from = l->wanted->place->anchor_metres;
    l->shift_count = l->wanted->spot_count;
    l->shifts = malloc(sizeof *l->shifts * (l->shift_count + 1));
    epo_assert(l->shifts != NULL);
    for (size_t i = 0; i < l->shift_count; i++) {
        const struct epo_spot *spot = &l->wanted->spots[i];
        l->shifts[i] = (struct shift){spot->at.x - from.x, spot->at.y - from.y, spot->distance_m};
    }
}

/* ---- is it free there ---- */

static int move_by(double *x, double *y, void *arg) {
    const struct shift *shift = arg;
    *x += shift->x;
    *y += shift->y;
    return 1;
}

static bool near(const struct looking *l, size_t i, const struct shift *shift,
                 const struct epo_footprint *own) {
    const struct epo_footprint *taken = &l->wanted->taken[i];
    double by = l->wanted->apart_m;
    return own->min_x + shift->x - by <= taken->max_x &&
           own->max_x + shift->x + by >= taken->min_x &&
           own->min_y + shift->y - by <= taken->max_y && own->max_y + shift->y + by >= taken->min_y;
}

static bool meets(struct looking *l, size_t i, const GEOSGeometry *moved) {
    GEOSContextHandle_t g = epo_geos();
    double amount = 0;
    if (l->taken[i] == NULL) {
        struct epo_span wkb = l->wanted->taken[i].wkb;
        l->taken[i] = GEOSGeomFromWKB_buf_r(g, (const unsigned char *)wkb.at, wkb.len);
        l->prepared[i] = l->taken[i] == NULL ? NULL : GEOSPrepare_r(g, l->taken[i]);
    }
    if (l->prepared[i] == NULL)
        return true; /* cannot be judged: not offered */
    if (l->wanted->apart_m > 0)
        return GEOSPreparedDistance_r(g, l->prepared[i], moved, &amount) != 1 ||
               amount < l->wanted->apart_m;
    if (GEOSPreparedIntersects_r(g, l->prepared[i], moved) == 0)
        return false;
    GEOSGeometry *both = GEOSIntersection_r(g, l->taken[i], moved);
    bool known = both != NULL && GEOSArea_r(g, both, &amount) == 1;
    GEOSGeom_destroy_r(g, both);
    return !known || amount > SHARED_LEAST_M2;
}

static bool is_free(struct looking *l, struct shift *shift, const struct epo_footprint *own) {
    GEOSContextHandle_t g = epo_geos();
    GEOSGeometry *moved = NULL;
    bool free_there = true;
    for (size_t i = 0; i < l->wanted->taken_count && free_there; i++) {
        if (!near(l, i, shift, own))
            continue;
        if (moved == NULL)
            moved = GEOSGeom_transformXY_r(g, l->shape, move_by, shift);
        free_there = moved != NULL && !meets(l, i, moved);
    }
    GEOSGeom_destroy_r(g, moved);
    return free_there;
}

/* ---- the place there ---- */

/* Every position of a coordinates array, moved. NULL where it leaves the range. */
static struct epo_json *moved_coordinates(struct epo_pool *pool, const struct epo_json *from,
                                          const struct shift *shift) {
    struct epo_point degrees, metres;
    if (epo_geojson_position(from, &degrees)) {
        if (!epo_transform_to_metres(degrees, &metres, NULL))
            return NULL;
        metres.x += shift->x;
        metres.y += shift->y;
        if (!epo_transform_to_4326(metres, &degrees, NULL))
            return NULL;
        return epo_json_get(epo_geojson_point(pool, degrees), "coordinates");
    }
    struct epo_json *list = epo_json_array(pool);
    for (uint32_t i = 0; i < from->count; i++) {
        struct epo_json *item = moved_coordinates(pool, from->items[i], shift);
        if (item == NULL)
            return NULL;
        epo_json_push(pool, list, item);
    }
    return list;
}

static bool place_there(struct looking *l, const struct shift *shift, struct epo_place *place) {
    const struct epo_json *from = l->wanted->place->geojson;
    struct epo_json *geometry = epo_json_object(l->pool);
    struct epo_json *coordinates =
        moved_coordinates(l->pool, epo_json_get(from, "coordinates"), shift);
    epo_json_set_text(l->pool, geometry, "type", epo_json_get_text(from, "type"));
    if (coordinates == NULL)
        return false;
    epo_json_set(l->pool, geometry, "coordinates", coordinates);
    return epo_place_read(l->pool, geometry, place, NULL);
}

static bool in_city(struct looking *l, const struct epo_place *place) {
    unsigned slot;
    const struct epo_snapshot *snapshot = epo_maps_hold(l->maps, &slot);
    const struct epo_layer *city = snapshot->by_role[EPO_ROLE_CITY];
    bool inside = city == NULL || epo_layer_at(city, epo_mm_of(place->anchor_metres)) != UINT32_MAX;
    epo_maps_drop(l->maps, slot);
    return inside;
}

/* False only when judging failed. */
static bool judge(struct looking *l, const struct epo_place *place, bool *good) {
    struct epo_json *refusals = epo_json_array(l->pool);
    *good = in_city(l, place);
    if (*good &&
        !epo_place_rules_apply(l->maps, l->pool, l->wanted->rules, place, refusals, l->error))
        return false;
    *good = *good && refusals->count == 0;
    return true;
}

static bool look(struct looking *l, bool *found) {
    struct epo_alternative *wanted = l->wanted;
    int judged = 0, accepted = 0;
    for (size_t i = 0; i < l->shift_count && judged < JUDGED_MAX && accepted < ACCEPTED_MAX; i++) {
        struct epo_place place;
        bool good;
        if (!is_free(l, &l->shifts[i], &wanted->footprint) ||
            !place_there(l, &l->shifts[i], &place))
            continue;
        judged++;
        if (!judge(l, &place, &good))
            return false;
        if (!good)
            continue;
        accepted++;
        *found = wanted->accept == NULL || wanted->accept(wanted->arg, &place);
        if (*found) {
            wanted->found = place;
            wanted->distance_m = l->shifts[i].distance_m;
            return true;
        }
    }
    return true;
}

bool epo_alternative_find(struct epo_maps *maps, struct epo_pool *pool,
                          struct epo_alternative *wanted, bool *found, struct epo_error *error) {
    GEOSContextHandle_t g = epo_geos();
    struct epo_span wkb = wanted->footprint.wkb;
    struct looking l = {.maps = maps, .pool = pool, .wanted = wanted, .error = error};
    *found = false;
    l.shape = GEOSGeomFromWKB_buf_r(g, (const unsigned char *)wkb.at, wkb.len);
    if (l.shape == NULL)
        return epo_fail(error, EPO_ERROR_BROKEN, "map.geos", "GEOS: %s", epo_geos_message());
    l.taken = calloc(wanted->taken_count + 1, sizeof(*l.taken));
    l.prepared = calloc(wanted->taken_count + 1, sizeof(*l.prepared));
    epo_assert(l.taken != NULL && l.prepared != NULL);
    if (wanted->spots != NULL)
        list_spots(&l);
    else
        list_shifts(&l);
    bool ok = look(&l, found);
    for (size_t i = 0; i < wanted->taken_count; i++) {
        if (l.prepared[i] != NULL)
            GEOSPreparedGeom_destroy_r(g, l.prepared[i]);
        GEOSGeom_destroy_r(g, l.taken[i]);
    }
    free(l.taken);
    free(l.prepared);
    free(l.shifts);
    GEOSGeom_destroy_r(g, l.shape);
    return ok;
}
