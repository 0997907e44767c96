#include "maps/overlap.h"

#include <math.h>
#include <stdlib.h>

#include "base/limits.h"
#include "maps/packed.h"

/* Grown by `by` metres on each side; a place lies within the range of metric.h, so that it fits. */
static struct epo_box box_of(const struct epo_place *place, double by) {
    return epo_box_of((struct epo_point){place->min_x - by, place->min_y - by},
                      (struct epo_point){place->max_x + by, place->max_y + by});
}

static bool geos_failed(struct epo_error *error) {
    return epo_fail(error, EPO_ERROR_BROKEN, "map.geos", "GEOS: %s", epo_geos_message());
}

bool epo_overlap_begin(struct epo_overlap *overlap, const struct epo_place *place,
                       struct epo_error *error) {
    *overlap = (struct epo_overlap){.place = place, .box = box_of(place, 0), .whole = 1};
    if (place->kind == EPO_PLACE_POINT)
        return true;
    GEOSContextHandle_t g = epo_geos();
    overlap->whole = place->kind == EPO_PLACE_AREA ? place->area_m2 : place->length_m;
    overlap->geometry = GEOSGeomFromWKB_buf_r(g, (const unsigned char *)place->wkb_metres.at,
                                              place->wkb_metres.len);
    if (overlap->geometry == NULL)
        return geos_failed(error);
    overlap->prepared = GEOSPrepare_r(g, overlap->geometry);
    return true;
}

void epo_overlap_end(struct epo_overlap *overlap) {
    GEOSContextHandle_t g = epo_geos();
    if (overlap->prepared != NULL)
        GEOSPreparedGeom_destroy_r(g, overlap->prepared);
    GEOSGeom_destroy_r(g, overlap->geometry);
}

struct found { /* candidates by box, put back into the layer's order */
    uint32_t *items;
    size_t count, room;
};
static bool keep(uint32_t item, void *arg) {
    struct found *found = arg;
    if (found->count == found->room) {
        found->room = found->room == 0 ? 32 : found->room * 2;
        found->items = realloc(found->items, found->room * sizeof *found->items);
        epo_assert(found->items != NULL);
    }
    found->items[found->count++] = item;
    return found->count <= EPO_PLACE_MEETS_MAX;
}
static int by_item(const void *a, const void *b) {
    uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;
    return one < two ? -1 : one > two;
}

static bool edge_meets(const struct epo_box *box, struct epo_mm a, struct epo_mm b) {
    struct epo_box edge = {a.x < b.x ? a.x : b.x, a.y < b.y ? a.y : b.y, a.x > b.x ? a.x : b.x,
                           a.y > b.y ? a.y : b.y};
    return epo_box_meets(box, &edge);
}

/* No border of the area comes near the place: it lies wholly inside or wholly outside. */
static bool border_is_away(const struct epo_box *box, const struct epo_layer *layer,
                           uint32_t item) {
    const struct epo_feature *f = &layer->features[item];
    for (uint32_t r = f->first_ring; r < f[1].first_ring; r++)
        for (uint32_t i = epo_ring_from(layer, r); i + 1 < epo_ring_from(layer, r + 1); i++)
            if (edge_meets(box, layer->vertices[i], layer->vertices[i + 1]))
                return false;
    return true;
}

static GEOSGeometry *intersection(GEOSContextHandle_t g, const GEOSGeometry *place,
                                  const GEOSGeometry *feature) {
    GEOSGeometry *both = GEOSIntersection_r(g, place, feature);
    if (both != NULL)
        return both;
    GEOSGeometry *mended = GEOSMakeValid_r(g, feature); /* a city's data need not be valid */
    both = mended == NULL ? NULL : GEOSIntersection_r(g, place, mended);
    GEOSGeom_destroy_r(g, mended);
    return both;
}

/* What the place and an area share whose border comes near it; -1 where GEOS fails. Of a large area
 * only the part around the place is looked at. */
static double measured(const struct epo_overlap *overlap, GEOSGeometry *feature) {
    GEOSContextHandle_t g = epo_geos();
    const struct epo_place *place = overlap->place;
    bool area = place->kind == EPO_PLACE_AREA;
    double amount = -1;
    if (area && GEOSPreparedContains_r(g, overlap->prepared, feature) == 1) {
        GEOSArea_r(g, feature, &amount);
        return amount;
    }
    GEOSGeometry *part = GEOSClipByRect_r(g, feature, place->min_x - 1, place->min_y - 1,
                                          place->max_x + 1, place->max_y + 1);
    GEOSGeometry *both = intersection(g, overlap->geometry, part != NULL ? part : feature);
    if (both != NULL && area)
        GEOSArea_r(g, both, &amount);
    else if (both != NULL)
        GEOSLength_r(g, both, &amount);
    GEOSGeom_destroy_r(g, both);
    GEOSGeom_destroy_r(g, part);
    return amount;
}

/* Amount shared, or -1 where GEOS fails. 0 with *meets for features of fewer dimensions. */
static double shared(const struct epo_overlap *overlap, const struct epo_layer *layer,
                     uint32_t item, bool *meets) {
    GEOSContextHandle_t g = epo_geos();
    struct epo_mm anchor = epo_mm_of(overlap->place->anchor_metres);
    bool area = layer->shape == EPO_SHAPE_AREA;
    if (overlap->geometry == NULL || (area && border_is_away(&overlap->box, layer, item))) {
        *meets = area && epo_feature_covers(layer, item, anchor);
        return *meets ? overlap->whole : 0;
    }
    GEOSGeometry *feature = epo_feature_geos(layer, item);
    if (feature == NULL)
        return -1;
    double amount = 0;
    *meets = GEOSPreparedIntersects_r(g, overlap->prepared, feature) == 1;
    if (*meets && area) {
        amount = measured(overlap, feature);
        *meets = amount > 1e-6;
    }
    GEOSGeom_destroy_r(g, feature);
    return amount;
}

static bool find(struct found *found, const struct epo_layer *layer, struct epo_box box,
                 struct epo_error *error) {
    *found = (struct found){.count = 0};
    epo_index_search(&layer->index, box, keep, found);
    if (found->count > EPO_PLACE_MEETS_MAX) {
        free(found->items);
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "place.too_wide",
                        "the place meets more than %d features of the layer %s: draw a smaller one",
                        EPO_PLACE_MEETS_MAX, layer->name);
    }
    if (found->count > 0)
        qsort(found->items, found->count, sizeof *found->items, by_item);
    return true;
}

bool epo_overlap_each(struct epo_overlap *overlap, const struct epo_layer *layer,
                      void (*each)(const struct epo_feature *feature, double amount, void *arg),
                      void *arg, struct epo_error *error) {
    struct found found;
    if (!find(&found, layer, overlap->box, error))
        return false;
    bool ok = true;
    for (size_t i = 0; i < found.count && ok; i++) {
        bool meets = false;
        double amount = shared(overlap, layer, found.items[i], &meets);
        if (amount < 0)
            ok = geos_failed(error);
        else if (meets)
            each(&layer->features[found.items[i]], amount, arg);
    }
    free(found.items);
    return ok;
}

/* Where the line comes into the strip around the street first, and how far it runs in it. */
static bool run_along(const struct epo_overlap *overlap, const GEOSGeometry *street, double half_m,
                      double *from_m, double *length_m) {
    GEOSContextHandle_t g = epo_geos();
    GEOSGeometry *strip = GEOSBuffer_r(g, street, half_m, 4);
    GEOSGeometry *run = strip == NULL ? NULL : GEOSIntersection_r(g, overlap->geometry, strip);
    bool ok = run != NULL && GEOSLength_r(g, run, length_m) == 1;
    *from_m = INFINITY;
    for (int i = 0; ok && i < GEOSGetNumGeometries_r(g, run); i++) {
        const GEOSGeometry *part = GEOSGetGeometryN_r(g, run, i);
        GEOSGeometry *start =
            GEOSGeomTypeId_r(g, part) == GEOS_LINESTRING ? GEOSGeomGetStartPoint_r(g, part) : NULL;
        if (start != NULL)
            *from_m = fmin(*from_m, GEOSProject_r(g, overlap->geometry, start));
        GEOSGeom_destroy_r(g, start);
    }
    GEOSGeom_destroy_r(g, run);
    GEOSGeom_destroy_r(g, strip);
    return ok;
}

bool epo_overlap_strips(struct epo_overlap *overlap, const struct epo_layer *layer,
                        void (*each)(const struct epo_feature *feature, double from_m,
                                     double length_m, void *arg),
                        void *arg, struct epo_error *error) {
    static const double HALF_LEAST_M = 4, HALF_MOST_M = 20;
    GEOSContextHandle_t g = epo_geos();
    struct found found;
    if (!find(&found, layer, box_of(overlap->place, HALF_MOST_M), error))
        return false;
    bool ok = true;
    for (size_t i = 0; i < found.count && ok; i++) {
        const struct epo_feature *feature = &layer->features[found.items[i]];
        double half_m = fmin(fmax(feature->measure / 2, HALF_LEAST_M), HALF_MOST_M);
        double far_m = INFINITY, from_m = 0, length_m = 0;
        GEOSGeometry *street = epo_feature_geos(layer, found.items[i]);
        ok = street != NULL && GEOSPreparedDistance_r(g, overlap->prepared, street, &far_m) == 1;
        bool touched = ok && far_m <= half_m;
        if (touched && overlap->place->kind == EPO_PLACE_LINE)
            ok = run_along(overlap, street, half_m, &from_m, &length_m);
        GEOSGeom_destroy_r(g, street);
        if (!ok)
            geos_failed(error);
        else if (touched && isfinite(from_m)) /* no more than touched at its very edge */
            each(feature, from_m, length_m, arg);
    }
    free(found.items);
    return ok;
}

struct measuring {
    const struct epo_overlap *overlap;
    const struct epo_layer *layer;
};
static double measure(uint32_t item, void *arg) {
    const struct measuring *m = arg;
    GEOSContextHandle_t g = epo_geos();
    GEOSGeometry *feature = epo_feature_geos(m->layer, item);
    double distance_m = INFINITY;
    if (feature == NULL ||
        GEOSPreparedDistance_r(g, m->overlap->prepared, feature, &distance_m) != 1)
        distance_m = INFINITY;
    GEOSGeom_destroy_r(g, feature);
    return distance_m;
}

double epo_overlap_distance(struct epo_overlap *overlap, const struct epo_layer *layer,
                            double max_m) {
    struct measuring m = {overlap, layer};
    uint32_t item;
    double distance_m;
    bool found = overlap->geometry == NULL
                     ? epo_layer_nearest(layer, epo_mm_of(overlap->place->anchor_metres), max_m,
                                         &item, &distance_m)
                     : epo_index_nearest(&layer->index, overlap->box, max_m, measure, &m, &item,
                                         &distance_m);
    return found ? distance_m : INFINITY;
}

bool epo_overlap_within(struct epo_overlap *overlap, const struct epo_layer *layer, double max_m) {
    return overlap->geometry == NULL
               ? epo_layer_within(layer, epo_mm_of(overlap->place->anchor_metres), max_m)
               : isfinite(epo_overlap_distance(overlap, layer, max_m));
}
