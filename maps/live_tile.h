/* Makes one vector tile (Mapbox Vector Tile 2.1, uncompressed, one layer) out of GeoJSON: what
 * comes out of a database and not out of the map base. One thread. */
#ifndef EPO_MAPS_LIVE_TILE_H
#define EPO_MAPS_LIVE_TILE_H

#include "base/json.h"
#include "base/text.h"

#define EPO_LIVE_TILE_ZOOM_MAX 20
#define EPO_LIVE_TILE_BYTES_MAX (4u << 20)

struct epo_live_tile;
struct epo_tile_sides { /* degrees, EPSG:4326, with a margin around the tile */
    double west, south, east, north;
};
/* z at most EPO_LIVE_TILE_ZOOM_MAX, x and y within it. */
struct epo_tile_sides epo_live_tile_sides(int z, int64_t x, int64_t y);
/* In the pool, which also lays down what it holds. */
struct epo_live_tile *epo_live_tile_begin(struct epo_pool *pool, const char *layer, int z,
                                          int64_t x, int64_t y);
/* geometry: GeoJSON in degrees, of any type; a collection becomes a feature for each of its
 * members, and what is too small to be drawn becomes a point. Of properties: texts, numbers and
 * booleans. */
void epo_live_tile_add(struct epo_live_tile *tile, const struct epo_json *geometry,
                       const struct epo_json *properties);
/* The bytes, in the pool; empty where nothing was added: such a tile has no content. False where
 * they are over EPO_LIVE_TILE_BYTES_MAX. */
bool epo_live_tile_end(struct epo_live_tile *tile, struct epo_span *bytes);

#endif
