/* Pictures of the ground from outside (aerial, cadastral) that the settings name:
 *   "maps": {"backgrounds": [{
 *     "id": "aerial", "title": {"cs": …, "en": …}, "attribution": "© ČÚZK",
 *     "type": "xyz" | "wmts" | "wms",
 *     "url": "https://…",      xyz: with {z} {x} {y}; wmts: with {TileMatrix} {TileRow} {TileCol},
 *                              or like wms the address before the "?" and what belongs behind it
 *     "layer": "…",            wmts, wms
 *     "matrix_set": "…", "matrix_prefix": "…", "style": "default",      wmts
 *     "format": "image/png",                                           wmts, wms
 *     "min_zoom": 0, "max_zoom": 19, "tile_size": 256,
 *     "grid": {"srs": "EPSG:5514", "origin": [x, y], "resolutions": [metres a pixel, …]},
 *                              xyz, wmts: tiles cut in S-JTSK; without it web mercator
 *     "overlay": false,        true: over the map (lines of the cadastre), else instead of it
 *     "proxy": true}]}         true: fetched by the portal; false: by the browser
 * Whatever its type, a background becomes one template of addresses by tile. Pure; any thread. */
#ifndef EPO_PORTAL_BACKGROUND_H
#define EPO_PORTAL_BACKGROUND_H

#include "base/json.h"
#include "base/pool.h"

struct epo_background {
    const struct epo_json *entry; /* as the settings have it */
    struct epo_span id;
    struct epo_span url;         /* with {z}, {x}, {y} or {bbox-epsg-3857}; in the pool */
    struct epo_span host;        /* "https://server:port", of url */
    const struct epo_json *grid; /* NULL: web mercator */
    bool proxied, overlay;
    int min_zoom, max_zoom, tile_size;
};

/* NULL when the entry is good, else what is wrong and what to do (in the pool). */
const char *epo_background_read(struct epo_pool *pool, const struct epo_json *entry,
                                struct epo_background *background);
/* By id among those of the settings; false where there is none. */
bool epo_background_find(struct epo_pool *pool, const struct epo_json *settings, struct epo_span id,
                         struct epo_background *background);
/* The address of one tile at its server. Empty where z, x, y are no tile of this background. */
struct epo_span epo_background_tile(struct epo_pool *pool, const struct epo_background *background,
                                    int64_t z, int64_t x, int64_t y);
/* For the map of a page: [{"id","title","attribution","url","overlay","min_zoom","max_zoom",
 * "tile_size","grid"}]; url of a proxied one is /tiles/background/{id}/{z}/{x}/{y}. */
struct epo_json *epo_backgrounds_describe(struct epo_pool *pool, const struct epo_json *settings,
                                          const char *lang);
/* Servers that browsers may load pictures from, for the content security policy: each with a space
 * before it. */
struct epo_span epo_backgrounds_hosts(struct epo_pool *pool, const struct epo_json *settings);

#endif
