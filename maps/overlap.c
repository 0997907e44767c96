#include "maps/overlap.h"

#include <math.h>
#include <stdlib.h>

#include "maps/packed.h"

/* Grown by `by` metres on each side; a place lies in Czechia, so that it fits. */
static struct epo_box box_of(const struct epo_place *place, double by) {
    return (struct epo_box){
        (int32_t)floor((place->min_x - by) * 1000), (int32_t)floor((place->min_y - by) * 1000),
        (int32_t)ceil((place->max_x + by) * 1000), (int32_t)ceil((place->max_y + by) * 1000)};
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
    overlap->geometry =
        GEOSGeomFromWKB_buf_r(g, (const unsigned char *)place->wkb_5514.at, place->wkb_5514.len);
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
    return true;
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
    struct epo_mm anchor = epo_mm_of(overlap->place->anchor_5514);
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

bool epo_overlap_each(struct epo_overlap *overlap, const struct epo_layer *layer,
                      void (*each)(const struct epo_feature *feature, double amount, void *arg),
                      void *arg, struct epo_error *error) {
    struct found found = {0};
    bool ok = true;
    epo_index_search(&layer->index, overlap->box, keep, &found);
    if (found.count > 0)
        qsort(found.items, found.count, sizeof *found.items, by_item);
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

double epo_overlap_distance(struct epo_overlap *overlap, const struct epo_layer *layer,
                            double max_m) {
    const struct epo_place *place = overlap->place;
    if (place->kind == EPO_PLACE_POINT) {
        uint32_t item;
        double distance;
        return epo_layer_nearest(layer, epo_mm_of(place->anchor_5514), max_m, &item, &distance)
                   ? distance
                   : INFINITY;
    }
    GEOSContextHandle_t g = epo_geos();
    struct found found = {0};
    double best = INFINITY;
    epo_index_search(&layer->index, box_of(place, max_m), keep, &found);
    for (size_t i = 0; i < found.count && best > 0; i++) {
        GEOSGeometry *feature = epo_feature_geos(layer, found.items[i]);
        double distance = INFINITY;
        if (feature != NULL &&
            GEOSPreparedDistance_r(g, overlap->prepared, feature, &distance) == 1)
            best = fmin(best, distance);
        GEOSGeom_destroy_r(g, feature);
    }
    free(found.items);
    return best <= max_m ? best : INFINITY;
}
