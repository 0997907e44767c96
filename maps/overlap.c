#include "maps/overlap.h"

#include <math.h>
#include <stdlib.h>

static GEOSGeometry *from_wkb(GEOSContextHandle_t g, struct epo_span wkb) {
    return GEOSGeomFromWKB_buf_r(g, (const unsigned char *)wkb.at, wkb.len);
}

static bool geos_failed(struct epo_error *error) {
    return epo_fail(error, EPO_ERROR_BROKEN, "map.geos", "GEOS: %s", epo_geos_message());
}

bool epo_overlap_begin(struct epo_overlap *overlap, const struct epo_place *place,
                       struct epo_error *error) {
    *overlap = (struct epo_overlap){.place = place, .whole = 1};
    if (place->kind == EPO_PLACE_POINT)
        return true;
    GEOSContextHandle_t g = epo_geos();
    overlap->whole = place->kind == EPO_PLACE_AREA ? place->area_m2 : place->length_m;
    overlap->geometry = from_wkb(g, place->wkb_5514);
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

/* Amount shared, or -1 where GEOS fails. 0 with *meets for features of fewer dimensions. */
static double shared(struct epo_overlap *overlap, const struct epo_layer *layer, uint32_t item,
                     bool *meets) {
    GEOSContextHandle_t g = epo_geos();
    const struct epo_place *place = overlap->place;
    if (place->kind == EPO_PLACE_POINT) {
        *meets = layer->shape == EPO_SHAPE_AREA &&
                 epo_feature_covers(layer, item, place->anchor_5514.x, place->anchor_5514.y);
        return *meets ? 1 : 0;
    }
    GEOSGeometry *feature = from_wkb(g, layer->features[item].wkb);
    if (feature == NULL)
        return -1;
    double amount = 0;
    *meets = GEOSPreparedIntersects_r(g, overlap->prepared, feature) == 1;
    if (*meets && layer->shape == EPO_SHAPE_AREA) {
        GEOSGeometry *both = GEOSIntersection_r(g, overlap->geometry, feature);
        if (both == NULL)
            amount = -1;
        else if (place->kind == EPO_PLACE_AREA)
            GEOSArea_r(g, both, &amount);
        else
            GEOSLength_r(g, both, &amount);
        GEOSGeom_destroy_r(g, both);
        *meets = amount > 1e-6;
    }
    GEOSGeom_destroy_r(g, feature);
    return amount;
}

bool epo_overlap_each(struct epo_overlap *overlap, const struct epo_layer *layer,
                      void (*each)(const struct epo_feature *feature, double amount, void *arg),
                      void *arg, struct epo_error *error) {
    const struct epo_place *place = overlap->place;
    struct found found = {0};
    bool ok = true;
    epo_index_search(&layer->index,
                     (struct epo_box){place->min_x, place->min_y, place->max_x, place->max_y}, keep,
                     &found);
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
        return epo_layer_nearest(layer, place->anchor_5514.x, place->anchor_5514.y, max_m, &item,
                                 &distance)
                   ? distance
                   : INFINITY;
    }
    GEOSContextHandle_t g = epo_geos();
    struct found found = {0};
    double best = INFINITY;
    epo_index_search(&layer->index,
                     (struct epo_box){place->min_x - max_m, place->min_y - max_m,
                                      place->max_x + max_m, place->max_y + max_m},
                     keep, &found);
    for (size_t i = 0; i < found.count && best > 0; i++) {
        GEOSGeometry *feature = from_wkb(g, layer->features[found.items[i]].wkb);
        double distance = INFINITY;
        if (feature != NULL &&
            GEOSPreparedDistance_r(g, overlap->prepared, feature, &distance) == 1)
            best = fmin(best, distance);
        GEOSGeom_destroy_r(g, feature);
    }
    free(found.items);
    return best <= max_m ? best : INFINITY;
}
