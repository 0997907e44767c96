/* Drawn corners moved onto what the map has there. */
#include "maps/geos.h"
#include "maps/packed.h"
#include "maps/shapes.h"

struct snapping {
    const struct epo_layer *layer;
    struct epo_pool *pool;
    double within_m;
    bool missed; /* a corner has nothing near */
};

static bool nearest_on(const GEOSGeometry *feature, struct epo_point from, struct epo_point *on) {
    GEOSContextHandle_t g = epo_geos();
    GEOSGeometry *point = GEOSGeom_createPointFromXY_r(g, from.x, from.y);
    GEOSCoordSequence *pair = feature == NULL ? NULL : GEOSNearestPoints_r(g, feature, point);
    bool ok = pair != NULL && GEOSCoordSeq_getXY_r(g, pair, 0, &on->x, &on->y) == 1;
    GEOSCoordSeq_destroy_r(g, pair);
    GEOSGeom_destroy_r(g, point);
    return ok;
}

static struct epo_json *snapped_position(struct snapping *s, struct epo_point degrees) {
    struct epo_point metres, on;
    uint32_t item;
    double distance_m;
    s->missed = s->missed || !epo_transform_to_metres(degrees, &metres, NULL) ||
                !epo_layer_nearest(s->layer, epo_mm_of(metres), s->within_m, &item, &distance_m);
    if (s->missed)
        return epo_json_null(s->pool);
    GEOSGeometry *feature = epo_feature_geos(s->layer, item);
    s->missed = !nearest_on(feature, metres, &on) || !epo_transform_to_4326(on, &degrees, NULL);
    GEOSGeom_destroy_r(epo_geos(), feature);
    return epo_json_get(epo_geojson_point(s->pool, degrees), "coordinates");
}

static struct epo_json *snapped(struct snapping *s, const struct epo_json *from) {
    struct epo_point degrees;
    if (epo_geojson_position(from, &degrees))
        return snapped_position(s, degrees);
    struct epo_json *list = epo_json_array(s->pool);
    for (uint32_t i = 0; i < from->count && !s->missed; i++)
        epo_json_push(s->pool, list, snapped(s, from->items[i]));
    return list;
}

bool epo_place_snap(struct epo_maps *maps, struct epo_pool *pool, const struct epo_json *rules,
                    struct epo_place *place, struct epo_error *error) {
    for (uint32_t i = 0; rules != NULL && i < rules->count; i++) {
        const struct epo_json *rule = rules->items[i];
        if (!epo_span_is(epo_json_get_text(rule, "rule"), "snap"))
            continue;
        unsigned slot;
        const struct epo_snapshot *snapshot = epo_maps_hold(maps, &slot);
        struct snapping s = {epo_snapshot_layer(snapshot, epo_json_get_text(rule, "layer")), pool,
                             epo_json_get_real(rule, "within_m", 0), false};
        struct epo_json *geometry = epo_json_object(pool);
        epo_json_set_text(pool, geometry, "type", epo_json_get_text(place->geojson, "type"));
        epo_json_set(pool, geometry, "coordinates",
                     snapped(&s, epo_json_get(place->geojson, "coordinates")));
        epo_maps_drop(maps, slot);
        if (!s.missed && !epo_place_read(pool, geometry, place, error))
            return false;
    }
    return true;
}
