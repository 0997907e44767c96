#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "maps/tiles_part.h"

static const struct epo_statement METADATA = {"tiles.part_metadata",
                                              "SELECT value FROM metadata WHERE name = $1", NULL};
static const struct epo_statement SET_METADATA = {
    "tiles.set_metadata", "UPDATE metadata SET value = $2 WHERE name = $1", NULL};
static const struct epo_statement COUNT = {"tiles.count", "SELECT count(*) FROM tiles", NULL};
static const struct epo_statement ALL = {
    "tiles.all", "SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles", NULL};
static const struct epo_statement PUT = {
    "tiles.put",
    "INSERT INTO tiles (zoom_level, tile_column, tile_row, tile_data) VALUES ($1, $2, $3, $4)",
    NULL};
static const struct epo_statement DROP = {
    "tiles.drop", "DELETE FROM tiles WHERE zoom_level = $1 AND tile_column = $2 AND tile_row = $3",
    NULL};

struct merging {
    const struct epo_tiles_part *part;
    struct epo_db *fresh; /* the part that was cut */
    struct epo_pool *pool;
    bool fits; /* the old file can take it */
};

static struct epo_span metadata(struct epo_pool *pool, struct epo_db *db, const char *name) {
    struct epo_span value = {"", 0};
    struct epo_rows *rows = epo_db_query(db, &METADATA, EPO_BIND(EPO_STRING(name)));
    if (epo_rows_next(rows))
        value = epo_pool_copy(pool, epo_rows_text(rows, 0));
    epo_rows_end(rows, NULL);
    return value;
}

static const struct epo_json *layer_of(const struct epo_json *list, struct epo_span id) {
    for (uint32_t i = 0; list != NULL && i < list->count; i++)
        if (epo_span_equal(epo_json_get_text(list->items[i], "id"), id))
            return list->items[i];
    return NULL;
}

/* Nothing that the file does not tell of itself already. */
static bool layers_fit(const struct epo_json *old, const struct epo_json *fresh) {
    for (uint32_t i = 0; fresh != NULL && i < fresh->count; i++) {
        const struct epo_json *layer = fresh->items[i];
        const struct epo_json *known = layer_of(old, epo_json_get_text(layer, "id"));
        const struct epo_json *fields = epo_json_get(layer, "fields");
        if (known == NULL ||
            epo_json_get_integer(layer, "minzoom", 0) < epo_json_get_integer(known, "minzoom", 0))
            return false;
        for (uint32_t k = 0; fields != NULL && k < fields->count; k++)
            if (epo_json_get_span(epo_json_get(known, "fields"), fields->names[k]) == NULL)
                return false;
    }
    return true;
}

static bool bounds_fit(struct epo_span old, struct epo_span fresh) {
    for (int i = 0; i < 4; i++) {
        double one, two;
        if (!epo_span_real(epo_span_cut(old, ',', &old), &one) ||
            !epo_span_real(epo_span_cut(fresh, ',', &fresh), &two) ||
            (i < 2 ? two < one : two > one))
            return false;
    }
    return true;
}

static bool fits(struct merging *m, struct epo_db *db) {
    struct epo_pool *pool = m->pool;
    const struct epo_json *old =
        epo_json_get(epo_json_parse(pool, metadata(pool, db, "json"), NULL), "vector_layers");
    const struct epo_json *fresh =
        epo_json_get(epo_json_parse(pool, metadata(pool, m->fresh, "json"), NULL), "vector_layers");
    return layers_fit(old, fresh) &&
           bounds_fit(metadata(pool, db, "bounds"), metadata(pool, m->fresh, "bounds"));
}

/* MBTiles counts rows from the south. */
static int64_t row_of(int zoom, int64_t y) {
    return ((int64_t)1 << zoom) - 1 - y;
}

static bool drop_tiles(struct epo_db *db, const struct epo_tiles_part *part,
                       struct epo_error *error) {
    for (int zoom = 0; zoom < EPO_TILE_ZOOMS; zoom++)
        for (size_t i = 0; i < part->at[zoom].count; i++) {
            uint64_t tile = part->at[zoom].tiles[i];
            if (!epo_db_run(db, &DROP,
                            EPO_BIND(EPO_INTEGER(zoom), EPO_INTEGER((int64_t)(tile >> 32)),
                                     EPO_INTEGER(row_of(zoom, (int64_t)(tile & UINT32_MAX)))),
                            NULL, error))
                return false;
        }
    return true;
}

static bool put_tiles(struct epo_db *db, struct merging *m, struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(m->fresh, &ALL, EPO_BIND_NONE);
    bool ok = true;
    while (ok && epo_rows_next(rows)) {
        int zoom = (int)epo_rows_integer(rows, 0);
        int64_t x = epo_rows_integer(rows, 1), row = epo_rows_integer(rows, 2);
        if (epo_tiles_part_has(m->part, zoom, (uint32_t)x, (uint32_t)row_of(zoom, row)))
            ok = epo_db_run(db, &PUT,
                            EPO_BIND(EPO_INTEGER(zoom), EPO_INTEGER(x), EPO_INTEGER(row),
                                     EPO_BLOB(epo_rows_text(rows, 3))),
                            NULL, error);
    }
    return epo_rows_end(rows, ok ? error : NULL) && ok;
}

static bool merge(struct epo_db *db, void *arg, struct epo_error *error) {
    struct merging *m = arg;
    m->fits = fits(m, db);
    if (!m->fits)
        return true;
    struct epo_span description = metadata(m->pool, m->fresh, "description");
    return drop_tiles(db, m->part, error) && put_tiles(db, m, error) &&
           epo_db_run(db, &SET_METADATA, EPO_BIND(EPO_STRING("description"), EPO_TEXT(description)),
                      NULL, error);
}

static struct epo_store *open_read(const char *path, struct epo_db **db) {
    struct epo_store *store = epo_store_open(
        path, &(struct epo_store_options){.read_only = true, .label = "tiles"}, NULL);
    *db = store == NULL ? NULL : epo_store_connect(store, NULL);
    return store;
}

static void close_read(struct epo_store *store, struct epo_db *db) {
    epo_db_close(db);
    if (store != NULL)
        epo_store_close(store);
}

/* Most of the tiles anew is as much work as all of them. Also "no" for a file that is none. */
static bool worth_it(const char *old, const struct epo_tiles_part *part) {
    int64_t all = 0, some = 0;
    struct epo_db *db;
    struct epo_store *store = access(old, R_OK) == 0 ? open_read(old, &db) : NULL;
    if (store == NULL)
        return false;
    if (db != NULL) {
        struct epo_rows *rows = epo_db_query(db, &COUNT, EPO_BIND_NONE);
        if (epo_rows_next(rows))
            all = epo_rows_integer(rows, 0);
        epo_rows_end(rows, NULL);
    }
    close_read(store, db);
    for (int zoom = 0; zoom < EPO_TILE_ZOOMS; zoom++)
        some += (int64_t)part->at[zoom].count;
    return some * 3 < all;
}

/* Whether `path` holds the new tiles afterwards; if not, it is not there. */
static bool renew_part(const char *map, const char *part_path, const char *path, const char *old,
                       const struct epo_tiles_part *part, epo_progress_fn progress) {
    struct merging m = {.part = part, .pool = epo_pool_create()};
    struct epo_store *fresh = NULL, *store = NULL;
    bool ok =
        epo_tiles_cut(map, part_path, part, progress, NULL) &&
        (fresh = open_read(part_path, &m.fresh)) != NULL && m.fresh != NULL &&
        epo_store_copy(old, path, NULL) &&
        (store = epo_store_open(
             path, &(struct epo_store_options){.scratch = true, .label = "tiles"}, NULL)) != NULL &&
        epo_store_write(store, merge, &m, NULL) && m.fits;
    if (store != NULL)
        epo_store_close(store);
    close_read(fresh, m.fresh);
    epo_pool_free(m.pool);
    unlink(part_path);
    if (!ok)
        unlink(path);
    return ok;
}

bool epo_tiles_renew(const char *folder, const char *old, const struct epo_changes *changes,
                     epo_progress_fn progress, struct epo_error *error) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_tiles_part *part = epo_tiles_part_of(changes);
    bool ok = part != NULL && worth_it(old, part) &&
              renew_part(epo_pool_printf(pool, "%s/map.db", folder),
                         epo_pool_printf(pool, "%s/part.mbtiles", folder),
                         epo_pool_printf(pool, "%s/tiles.mbtiles", folder), old, part, progress);
    epo_tiles_part_free(part);
    epo_pool_free(pool);
    return ok || epo_tiles_build(folder, progress, error);
}
