/* Cutting only those tiles again where the map base has changed. tiles_part.c says which they are,
 * tiles_build.c cuts them, tiles_merge.c puts them among the old ones. Internal to maps. */
#ifndef EPO_MAPS_TILES_PART_H
#define EPO_MAPS_TILES_PART_H

#include "maps/build.h"
#include "maps/changes.h"
#include "maps/gdal.h"

enum { EPO_TILE_ZOOMS = 32 };

struct epo_tiles_part {
    struct { /* at each zoom: x << 32 | y, counted from the north, sorted, each once */
        uint64_t *tiles;
        size_t count;
    } at[EPO_TILE_ZOOMS];
};
/* NULL when it is not worth it, or where the changes cannot be placed. */
struct epo_tiles_part *epo_tiles_part_of(const struct epo_changes *changes);
void epo_tiles_part_free(struct epo_tiles_part *part); /* NULL is fine */
/* Is the tile among them? */
bool epo_tiles_part_has(const struct epo_tiles_part *part, int zoom, uint32_t x, uint32_t y);
/* May a feature (EPSG:3857) that is drawn from a zoom on reach one of the tiles? */
bool epo_tiles_part_wants(const struct epo_tiles_part *part, OGRGeometryH geometry, int from_zoom);

/* tiles_build.c: the tiles of map.db into a file; of a part only its tiles are whole. */
bool epo_tiles_cut(const char *map, const char *path, const struct epo_tiles_part *part,
                   epo_progress_fn progress, struct epo_error *error);
/* tiles_merge.c: folder/tiles.mbtiles for folder/map.db, out of the tiles `old` of the map before.
 * Where that is not possible (no old ones, other layers, too many changes) all are cut. */
bool epo_tiles_renew(const char *folder, const char *old, const struct epo_changes *changes,
                     epo_progress_fn progress, struct epo_error *error);

#endif
