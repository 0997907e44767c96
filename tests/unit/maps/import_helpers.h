/* What the tests of imports have in common: a folder with a map base in it, files written by the
 * test itself, and what the map knows afterwards. */
#ifndef EPO_TESTS_IMPORT_HELPERS_H
#define EPO_TESTS_IMPORT_HELPERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "folder.h"
#include "maps/maps.h"
#include "store/store.h"

static struct test_folder folder;
static struct epo_pool *pool;
static struct epo_import_result result; /* of the last import */
static struct epo_error error;

static inline int import_set_up(void **state) {
    (void)state;
    test_folder_make(&folder);
    pool = epo_pool_create();
    mkdir(epo_pool_printf(pool, "%s/map", folder.path), 0700);
    return epo_store_setup(&error) ? 0 : -1;
}
static inline int import_tear_down(void **state) {
    (void)state;
    test_folder_remove(&folder);
    epo_pool_free(pool);
    return 0;
}

static inline const char *path_of(const char *name) {
    return epo_pool_printf(pool, "%s/%s", folder.path, name);
}
static inline const char *map_folder(void) {
    return path_of("map");
}

/* Options with the files of this folder; tiles have tests of their own. */
static inline bool import_with(struct epo_import_options options) {
    options.file = path_of(options.file);
    options.share = EPO_SHARE "/maps";
    options.portal = folder.path;
    options.no_tiles = true;
    error = (struct epo_error){0};
    return epo_map_import(map_folder(), &options, &result, &error);
}
static inline void import(const char *file, const char *layer) {
    if (!import_with((struct epo_import_options){.file = file, .layer = layer}))
        fail_msg("%s: %s: %s", file, error.code, error.text);
}

static inline struct epo_maps *open_maps(void) {
    struct epo_maps *maps = epo_maps_open(map_folder(), &error);
    if (maps == NULL)
        fail_msg("%s", error.text);
    return maps;
}

static inline struct epo_json *facts_at(double lon, double lat) {
    struct epo_maps *maps = open_maps();
    struct epo_place place;
    struct epo_json *facts = NULL;
    const char *text =
        epo_pool_printf(pool, "{\"type\":\"Point\",\"coordinates\":[%.7f,%.7f]}", lon, lat);
    assert_true(epo_place_read(pool, epo_json_parse(pool, epo_span(text), &error), &place, &error));
    assert_true(epo_locate(maps, pool, &place, &facts, &error));
    epo_maps_close(maps);
    return facts;
}

/* One value out of map.db, as text; "" for NULL and for no row. */
static inline const char *ask(const char *sql) {
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(epo_pool_printf(pool, "%s/map.db", map_folder()), &db),
                     SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(db));
    const char *text = "";
    if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0) != NULL)
        text = epo_pool_string(pool, epo_span((const char *)sqlite3_column_text(statement, 0)));
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return text;
}

/* A file of this folder, whole. */
static inline const char *text_of(const char *path) {
    FILE *file = fopen(path, "r");
    if (file == NULL)
        fail_msg("%s is not there", path);
    char *text = epo_pool_alloc(pool, 65536);
    size_t len = fread(text, 1, 65535, file);
    fclose(file);
    text[len] = '\0';
    return text;
}

#endif
