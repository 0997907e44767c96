/* Geometry between WKB, the packed vertices of a snapshot, and GEOS. Internal to maps. */
#ifndef EPO_MAPS_PACKED_H
#define EPO_MAPS_PACKED_H

#include "maps/geos.h"
#include "maps/mapbase.h"
#include "maps/metric.h"

/* Packed rings that grow while a layer is read; the arrays are malloc'd and the caller's. */
struct epo_packing {
    struct epo_mm *vertices;
    uint32_t *rings;
    size_t vertex_count, ring_count, vertex_room, ring_room;
    struct epo_box box; /* of what was read last */
};
/* Reads WKB: points, lines, polygons and their multis, 2D, little endian, metres.
 * False, and nothing is added, for anything else and for coordinates farther than EPO_RANGE_M from
 * the origin of metric.h. */
bool epo_wkb_pack(struct epo_span wkb, struct epo_packing *packing);
/* Room for one more element of `size` in a malloc'd array of `count`. */
void *epo_grown(void *at, size_t count, size_t *room, size_t size);
/* A feature for GEOS, in metres, made for the calling thread and to be destroyed by it. NULL where
 * GEOS refuses it. */
GEOSGeometry *epo_feature_geos(const struct epo_layer *layer, uint32_t feature);

#endif
