#include "maps/tiles_part.h"

#include <math.h>
#include <stdlib.h>

#include "maps/gdal.h"
#include "maps/tiles_rules.h"

enum { TILES_MAX = 200000, COLUMNS_LOOKED_AT = 4096 };
static const double HALF_WORLD = 20037508.342789244; /* metres of web mercator */
static const double REACH = 80.0 / 4096; /* of a tile: what lies so near outside is drawn in it */

static int by_tile(const void *a, const void *b) {
    uint64_t one = *(const uint64_t *)a, two = *(const uint64_t *)b;
    return (one > two) - (one < two);
}

struct range {
    uint32_t min_x, max_x, min_y, max_y;
};

static uint32_t clamp(double tile, int zoom) {
    double most = (double)(1u << zoom) - 1;
    return (uint32_t)(tile < 0 ? 0 : tile > most ? most : tile);
}

/* Tiles in which a box (EPSG:3857) may be seen. */
static struct range range_of(const OGREnvelope *box, int zoom) {
    double size = 2 * HALF_WORLD / (double)(1u << zoom), reach = size * REACH;
    return (struct range){.min_x = clamp(floor((box->MinX - reach + HALF_WORLD) / size), zoom),
                          .max_x = clamp(floor((box->MaxX + reach + HALF_WORLD) / size), zoom),
                          .min_y = clamp(floor((HALF_WORLD - box->MaxY - reach) / size), zoom),
                          .max_y = clamp(floor((HALF_WORLD - box->MinY + reach) / size), zoom)};
}

static bool to_mercator(struct epo_point metres, OGREnvelope *box) {
    struct epo_point degrees;
    if (!epo_transform_to_4326(metres, &degrees, NULL))
        return false;
    double x = degrees.x * HALF_WORLD / 180;
    double y = log(tan(M_PI / 4 + degrees.y * M_PI / 360)) * HALF_WORLD / M_PI;
    box->MinX = fmin(box->MinX, x);
    box->MaxX = fmax(box->MaxX, x);
    box->MinY = fmin(box->MinY, y);
    box->MaxY = fmax(box->MaxY, y);
    return true;
}

/* The grids are turned against each other: corners are enough, edges bend by millimetres only. */
static bool cell_box(uint32_t cell, OGREnvelope *box) {
    struct epo_extent e = epo_change_extent(cell);
    *box = (OGREnvelope){INFINITY, -INFINITY, INFINITY, -INFINITY};
    return to_mercator((struct epo_point){e.min_x - 1, e.min_y - 1}, box) &&
           to_mercator((struct epo_point){e.min_x - 1, e.max_y + 1}, box) &&
           to_mercator((struct epo_point){e.max_x + 1, e.min_y - 1}, box) &&
           to_mercator((struct epo_point){e.max_x + 1, e.max_y + 1}, box);
}

static bool add_tiles(struct epo_tiles_part *part, int zoom, const struct epo_changes *changes) {
    size_t room = 0, count = 0;
    uint64_t *tiles = NULL;
    bool ok = true;
    for (size_t i = 0; ok && i < changes->count; i++) {
        OGREnvelope box;
        ok = cell_box(changes->cells[i], &box);
        struct range range = range_of(&box, zoom);
        for (uint32_t x = range.min_x; ok && x <= range.max_x; x++)
            for (uint32_t y = range.min_y; ok && y <= range.max_y; y++) {
                if (count == room) {
                    room = room == 0 ? 64 : room * 2;
                    tiles = realloc(tiles, room * sizeof *tiles);
                    epo_assert(tiles != NULL);
                }
                tiles[count++] = (uint64_t)x << 32 | y;
                ok = count < TILES_MAX;
            }
    }
    if (count > 0)
        qsort(tiles, count, sizeof *tiles, by_tile);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || tiles[kept - 1] != tiles[i])
            tiles[kept++] = tiles[i];
    part->at[zoom].tiles = tiles;
    part->at[zoom].count = kept;
    return ok;
}

struct epo_tiles_part *epo_tiles_part_of(const struct epo_changes *changes) {
    int64_t least = 0, most = 0;
    epo_assert(epo_span_integer(epo_span(EPO_TILE_ZOOM_LEAST), &least) &&
               epo_span_integer(epo_span(EPO_TILE_ZOOM_MOST), &most) && most < EPO_TILE_ZOOMS);
    if (changes->everything || changes->count == 0)
        return NULL;
    struct epo_tiles_part *part = calloc(1, sizeof *part);
    epo_assert(part != NULL);
    for (int zoom = (int)least; zoom <= most; zoom++)
        if (!add_tiles(part, zoom, changes)) {
            epo_tiles_part_free(part);
            return NULL;
        }
    return part;
}

void epo_tiles_part_free(struct epo_tiles_part *part) {
    for (int zoom = 0; part != NULL && zoom < EPO_TILE_ZOOMS; zoom++)
        free(part->at[zoom].tiles);
    free(part);
}

/* The first of them that is not before the key. */
static size_t find(const struct epo_tiles_part *part, int zoom, uint64_t key) {
    size_t low = 0, high = part->at[zoom].count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (part->at[zoom].tiles[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool epo_tiles_part_has(const struct epo_tiles_part *part, int zoom, uint32_t x, uint32_t y) {
    uint64_t key = (uint64_t)x << 32 | y;
    if (zoom < 0 || zoom >= EPO_TILE_ZOOMS)
        return false;
    size_t at = find(part, zoom, key);
    return at < part->at[zoom].count && part->at[zoom].tiles[at] == key;
}

bool epo_tiles_part_wants(const struct epo_tiles_part *part, OGRGeometryH geometry, int from_zoom) {
    OGREnvelope box;
    gdal.OGR_G_GetEnvelope(geometry, &box);
    struct range range = range_of(&box, from_zoom);
    if (range.max_x - range.min_x > COLUMNS_LOOKED_AT)
        return true;
    for (uint32_t x = range.min_x; x <= range.max_x; x++) {
        size_t at = find(part, from_zoom, (uint64_t)x << 32 | range.min_y);
        if (at < part->at[from_zoom].count &&
            part->at[from_zoom].tiles[at] <= ((uint64_t)x << 32 | range.max_y))
            return true;
    }
    return false;
}
