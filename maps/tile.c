/* Tiles out of the MBTiles file. A read takes an idle connection, or opens one more, and gives it
 * back on release; the bytes stay in SQLite's page until then, so that nothing is copied. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "maps/mapbase.h"
#include "maps/metric.h"
#include "store/store.h"

enum { IDLE_MAX = 16, ZOOM_MAX = 22 };

static const struct epo_statement GET = {
    "tiles.get",
    "SELECT tile_data FROM tiles"
    " WHERE zoom_level = $1 AND tile_column = $2 AND tile_row = $3",
    NULL};
static const struct epo_statement METADATA = {"tiles.metadata", "SELECT name, value FROM metadata",
                                              NULL};

struct epo_tiles {
    struct epo_store *store;
    pthread_mutex_t lock; /* over idle: held for a few instructions */
    struct epo_db *idle[IDLE_MAX];
    int idle_count;
    struct epo_pool *pool;
    struct epo_json *vector_layers;
    int min_zoom, max_zoom;
    double bounds[4], center[3];
    const char *version, *attribution, *name;
};

static struct epo_db *take(struct epo_tiles *tiles, struct epo_error *error) {
    struct epo_db *db = NULL;
    pthread_mutex_lock(&tiles->lock);
    if (tiles->idle_count > 0)
        db = tiles->idle[--tiles->idle_count];
    pthread_mutex_unlock(&tiles->lock);
    return db != NULL ? db : epo_store_connect(tiles->store, error);
}

static void give_back(struct epo_tiles *tiles, struct epo_db *db) {
    pthread_mutex_lock(&tiles->lock);
    if (tiles->idle_count < IDLE_MAX) {
        tiles->idle[tiles->idle_count++] = db;
        db = NULL;
    }
    pthread_mutex_unlock(&tiles->lock);
    epo_db_close(db);
}

static void read_metadata(struct epo_tiles *tiles, struct epo_span name, struct epo_span value) {
    int64_t zoom;
    if (epo_span_is(name, "minzoom") && epo_span_integer(value, &zoom))
        tiles->min_zoom = (int)zoom;
    if (epo_span_is(name, "maxzoom") && epo_span_integer(value, &zoom))
        tiles->max_zoom = (int)zoom;
    if (epo_span_is(name, "name"))
        tiles->name = epo_pool_string(tiles->pool, value);
    if (epo_span_is(name, "bounds"))
        for (int i = 0; i < 4; i++)
            epo_span_real(epo_span_cut(value, ',', &value), &tiles->bounds[i]);
    if (epo_span_is(name, "center"))
        for (int i = 0; i < 3; i++)
            epo_span_real(epo_span_cut(value, ',', &value), &tiles->center[i]);
    if (epo_span_is(name, "description")) { /* "<version> <attribution>", see tiles_build.c */
        tiles->version = epo_pool_string(tiles->pool, epo_span_cut(value, ' ', &value));
        tiles->attribution = epo_pool_string(tiles->pool, value);
    }
    if (epo_span_is(name, "json"))
        tiles->vector_layers =
            epo_json_get(epo_json_parse(tiles->pool, value, NULL), "vector_layers");
}

struct epo_tiles *epo_tiles_open(const char *folder, struct epo_error *error) {
    struct epo_tiles *tiles = calloc(1, sizeof *tiles);
    epo_assert(tiles != NULL);
    tiles->pool = epo_pool_create();
    tiles->version = tiles->attribution = tiles->name = "";
    pthread_mutex_init(&tiles->lock, NULL);
    const char *path = epo_pool_printf(tiles->pool, "%s/tiles.mbtiles", folder);
    if (access(path, R_OK) == 0)
        tiles->store = epo_store_open(
            path, &(struct epo_store_options){.read_only = true, .label = "tiles"}, error);
    else
        epo_fail(error, EPO_ERROR_NOT_FOUND, "tiles.missing", "%s does not exist", path);
    struct epo_db *db = tiles->store == NULL ? NULL : epo_store_connect(tiles->store, error);
    bool ok = db != NULL;
    if (ok) {
        struct epo_rows *rows = epo_db_query(db, &METADATA, EPO_BIND_NONE);
        while (epo_rows_next(rows))
            read_metadata(tiles, epo_rows_text(rows, 0), epo_rows_text(rows, 1));
        ok = epo_rows_end(rows, error);
        give_back(tiles, db);
    }
    if (ok)
        return tiles;
    epo_tiles_close(tiles);
    return NULL;
}

void epo_tiles_close(struct epo_tiles *tiles) {
    if (tiles == NULL)
        return;
    while (tiles->idle_count > 0)
        epo_db_close(tiles->idle[--tiles->idle_count]);
    if (tiles->store != NULL)
        epo_store_close(tiles->store);
    pthread_mutex_destroy(&tiles->lock);
    epo_pool_free(tiles->pool);
    free(tiles);
}

struct lent { /* one tile in use */
    struct epo_maps *maps;
    unsigned slot;
    struct epo_tiles *tiles;
    struct epo_db *db;
    struct epo_rows *rows;
};

void epo_tile_release(struct epo_tile *tile) {
    struct lent *lent = tile->owner;
    *tile = (struct epo_tile){0};
    if (lent == NULL)
        return;
    if (lent->rows != NULL)
        epo_rows_end(lent->rows, NULL);
    if (lent->db != NULL)
        give_back(lent->tiles, lent->db);
    epo_maps_drop(lent->maps, lent->slot);
    free(lent);
}

bool epo_tiles_get(struct epo_maps *maps, int z, int x, int y, struct epo_tile *tile, bool *found,
                   struct epo_error *error) {
    *tile = (struct epo_tile){0};
    *found = false;
    if (z < 0 || z > ZOOM_MAX || x < 0 || y < 0 || x >= 1 << z || y >= 1 << z)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "tiles.address",
                        "no such tile: zoom 0-%d, x and y from 0 to 2^zoom - 1", ZOOM_MAX);
    struct lent *lent = calloc(1, sizeof *lent);
    epo_assert(lent != NULL);
    lent->maps = maps;
    lent->tiles = epo_maps_hold(maps, &lent->slot)->tiles;
    tile->owner = lent;
    bool ok = true;
    if (lent->tiles != NULL) {
        lent->db = take(lent->tiles, error);
        ok = lent->db != NULL;
    }
    if (ok && lent->tiles != NULL) { /* MBTiles counts rows from the south (TMS) */
        lent->rows =
            epo_db_query(lent->db, &GET,
                         EPO_BIND(EPO_INTEGER(z), EPO_INTEGER(x), EPO_INTEGER((1 << z) - 1 - y)));
        *found = epo_rows_next(lent->rows);
        if (*found) {
            struct epo_span bytes = epo_rows_text(lent->rows, 0);
            tile->at = bytes.at;
            tile->len = bytes.len;
            return true;
        }
        ok = epo_rows_end(lent->rows, error);
        lent->rows = NULL;
    }
    epo_tile_release(tile);
    return ok;
}

bool epo_tiles_copy(struct epo_tiles *tiles, struct epo_pool *pool, int z, int x, int y,
                    struct epo_span *bytes, struct epo_error *error) {
    struct epo_db *db = take(tiles, error);
    *bytes = (struct epo_span){"", 0};
    if (db == NULL)
        return false;
    struct epo_rows *rows = epo_db_query(
        db, &GET, EPO_BIND(EPO_INTEGER(z), EPO_INTEGER(x), EPO_INTEGER((1 << z) - 1 - y)));
    if (epo_rows_next(rows))
        *bytes = epo_pool_copy(pool, epo_rows_text(rows, 0));
    bool ok = epo_rows_end(rows, error);
    give_back(tiles, db);
    return ok;
}

void epo_tiles_zooms(const struct epo_tiles *tiles, int *least, int *most) {
    *least = tiles->min_zoom;
    *most = tiles->max_zoom;
}

struct epo_point epo_tiles_center(const struct epo_tiles *tiles) {
    return tiles == NULL ? (struct epo_point){0, 0}
                         : (struct epo_point){tiles->center[0], tiles->center[1]};
}

struct epo_span epo_tiles_attribution(const struct epo_tiles *tiles) {
    return epo_span(tiles != NULL ? tiles->attribution : "");
}

struct epo_span epo_tiles_version_of(const struct epo_tiles *tiles) {
    return epo_span(tiles != NULL ? tiles->version : "");
}

struct epo_span epo_tiles_version(struct epo_maps *maps, struct epo_pool *pool) {
    unsigned slot;
    const struct epo_tiles *tiles = epo_maps_hold(maps, &slot)->tiles;
    struct epo_span version = epo_pool_copy(pool, epo_span(tiles != NULL ? tiles->version : ""));
    epo_maps_drop(maps, slot);
    return version;
}

static void describe(const struct epo_tiles *tiles, struct epo_pool *pool, struct epo_span base,
                     struct epo_json *out) {
    struct epo_json *list = epo_json_array(pool), *bounds = epo_json_array(pool);
    struct epo_json *center = epo_json_array(pool);
    epo_json_set_string(pool, out, "tilejson", "3.0.0");
    epo_json_set_string(pool, out, "name", tiles->name);
    epo_json_set_string(pool, out, "attribution", tiles->attribution);
    epo_json_set_string(pool, out, "version", "1.0.0");
    epo_json_set_string(pool, out, "scheme", "xyz");
    epo_json_push(
        pool, list,
        epo_json_string(pool, epo_pool_printf(pool, "%.*s/tiles/city/{z}/{x}/{y}.mvt?v=%s",
                                              EPO_ARG(base), tiles->version)));
    epo_json_set(pool, out, "tiles", list);
    epo_json_set_integer(pool, out, "minzoom", tiles->min_zoom);
    epo_json_set_integer(pool, out, "maxzoom", tiles->max_zoom);
    for (int i = 0; i < 4; i++)
        epo_json_push(pool, bounds, epo_json_real(pool, tiles->bounds[i]));
    epo_json_set(pool, out, "bounds", bounds);
    for (int i = 0; i < 3; i++)
        epo_json_push(pool, center, epo_json_real(pool, tiles->center[i]));
    epo_json_set(pool, out, "center", center);
    epo_json_set_string(pool, out, "metric", epo_metric()->name); /* beyond the standard */
    epo_json_set(pool, out, "vector_layers",
                 tiles->vector_layers == NULL ? epo_json_array(pool)
                                              : epo_json_copy(pool, tiles->vector_layers));
}

bool epo_tilejson(struct epo_maps *maps, struct epo_pool *pool, struct epo_span base,
                  struct epo_json **tilejson, struct epo_error *error) {
    unsigned slot;
    const struct epo_tiles *tiles = epo_maps_hold(maps, &slot)->tiles;
    bool ok = tiles != NULL || epo_fail(error, EPO_ERROR_NOT_FOUND, "tiles.missing",
                                        "the map base has no tiles yet");
    *tilejson = epo_json_object(pool);
    if (ok)
        describe(tiles, pool, base, *tilejson);
    epo_maps_drop(maps, slot);
    return ok;
}
