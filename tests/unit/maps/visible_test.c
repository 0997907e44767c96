/* Who sees what: a layer for clerks and a field that is not public stay out of the facts, the
 * search and the tiles; and a map.db of an older schema is upgraded, of a newer one refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>

#include "folder.h"
#include "maps/build.h"
#include "maps/maps.h"

static struct test_folder folder;

static int set_up(void **state) {
    (void)state;
    struct epo_error error;
    setenv("GDAL_NUM_THREADS", "1", 1); /* TSan cannot see how GDAL's own threads agree */
    test_folder_make(&folder);
    return epo_store_setup(&error) ? 0 : -1;
}
static int tear_down(void **state) {
    (void)state;
    test_folder_remove(&folder);
    return 0;
}

/* 200 m around the start-up check point, as WKB. */
static const double SQUARE[] = {-822100,  -1070100, -821900,  -1070100, -821900,
                                -1069900, -822100,  -1069900, -822100,  -1070100};
static struct epo_span square(char out[13 + sizeof SQUARE]) {
    memcpy(out, "\1\3\0\0\0\1\0\0\0\5\0\0\0", 13);
    memcpy(out + 13, SQUARE, sizeof SQUARE);
    return (struct epo_span){out, 13 + sizeof SQUARE};
}

static bool fill(struct epo_build *build, void *arg, struct epo_error *error) {
    static const struct epo_build_layer LAYERS[] = {
        {.name = "parcel", .role = "parcel", .public_fields = "name measure"},
        {.name = "open", .role = "fact"},
        {.name = "nameless", .role = "fact", .public_fields = "kind"},
        {.name = "secret", .role = "fact", .clerks_only = true},
    };
    (void)arg;
    char bytes[13 + sizeof SQUARE];
    struct epo_span wkb = square(bytes);
    for (size_t i = 0; i < sizeof LAYERS / sizeof *LAYERS; i++) {
        struct epo_build_layer about = LAYERS[i];
        about.title_cs = about.title_en = about.source = "test";
        about.shape = EPO_SHAPE_AREA;
        int64_t id;
        if (!epo_build_layer(build, &about, &id, error) ||
            !epo_build_feature(build,
                               &(struct epo_build_feature){.layer = id,
                                                           .code = "1",
                                                           .name = "12/3",
                                                           .kind = "city",
                                                           .belongs = "Plzeň",
                                                           .properties = "{\"note\":\"x\"}",
                                                           .measure = 400,
                                                           .wkb = wkb},
                               error))
            return false;
    }
    return true;
}

static struct epo_maps *open_maps(void) {
    struct epo_error error = {0};
    struct epo_maps *maps = epo_maps_open(folder.path, &error);
    if (maps == NULL)
        fail_msg("%s", error.text);
    return maps;
}

static struct epo_json *facts(struct epo_maps *maps, struct epo_pool *pool,
                              enum epo_audience audience) {
    static const char TEXT[] = "{\"type\":\"Point\",\"coordinates\":[13.383699,49.745348]}";
    struct epo_error error = {0};
    struct epo_place place;
    struct epo_json *out;
    assert_true(epo_place_read(pool, epo_json_parse(pool, epo_span(TEXT), &error), &place, &error));
    assert_true(epo_locate_for(maps, pool, &place, audience, &out, &error));
    return out;
}

static void facts_depend_on_who_asks(void **state) {
    (void)state;
    struct epo_error error = {0};
    struct epo_pool *pool = epo_pool_create();
    if (!epo_build_map(folder.path, false, fill, NULL, &error))
        fail_msg("%s", error.text);
    struct epo_maps *maps = open_maps();
    struct epo_json *open = facts(maps, pool, EPO_AUDIENCE_PUBLIC);
    struct epo_json *all = facts(maps, pool, EPO_AUDIENCE_CLERKS);
    assert_null(epo_json_find(open, "layers.secret"));
    assert_non_null(epo_json_find(all, "layers.secret"));
    assert_non_null(epo_json_find(open, "layers.open.0.name"));
    assert_null(epo_json_find(open, "layers.nameless.0.name"));
    assert_non_null(epo_json_find(open, "layers.nameless.0.id"));
    assert_non_null(epo_json_find(all, "layers.nameless.0.name"));
    assert_true(epo_span_is(epo_json_get_text(epo_json_get(open, "parcel"), "number"), "12/3"));
    assert_null(epo_json_find(open, "parcel.owner"));
    assert_null(epo_json_find(open, "parcel.cadastral_area"));
    assert_true(epo_span_is(epo_json_get_text(epo_json_get(all, "parcel"), "owner"), "city"));
    epo_maps_close(maps);
    epo_pool_free(pool);
}

static void tiles_hold_what_is_public(void **state) {
    (void)state;
    struct epo_error error = {0};
    struct epo_pool *pool = epo_pool_create();
    if (!epo_tiles_build(folder.path, NULL, &error))
        fail_msg("%s", error.text);
    struct epo_maps *maps = open_maps();
    struct epo_json *tilejson;
    assert_true(epo_tilejson(maps, pool, EPO_SPAN("http://x"), &tilejson, &error));
    const struct epo_json *layers = epo_json_get(tilejson, "vector_layers");
    int seen = 0;
    for (uint32_t i = 0; i < layers->count; i++) {
        struct epo_span id = epo_json_get_text(layers->items[i], "id");
        assert_false(epo_span_is(id, "secret"));
        seen += epo_span_is(id, "open") || epo_span_is(id, "nameless");
    }
    assert_int_equal(seen, 2);
    epo_maps_close(maps);
    epo_pool_free(pool);
}

static void sql(struct epo_pool *pool, const char *text) {
    sqlite3 *db;
    assert_int_equal(sqlite3_open(epo_pool_printf(pool, "%s/map.db", folder.path), &db), SQLITE_OK);
    char *why = NULL;
    if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s", why);
    sqlite3_close(db);
}

static void older_is_upgraded_newer_refused(void **state) {
    (void)state;
    struct epo_error error = {0};
    struct epo_pool *pool = epo_pool_create();
    assert_true(epo_map_upgrade(folder.path, &error)); /* nothing to do */
    struct epo_maps *maps = open_maps();
    struct epo_span version = epo_maps_version(maps, pool);
    epo_maps_close(maps);
    /* as the first schema was */
    sql(pool, "DELETE FROM meta WHERE key = 'schema';"
              "ALTER TABLE layer DROP COLUMN visible; ALTER TABLE layer DROP COLUMN public_fields;"
              "ALTER TABLE area DROP COLUMN properties; ALTER TABLE line DROP COLUMN properties;"
              "ALTER TABLE point DROP COLUMN properties");
    assert_null(epo_maps_open(folder.path, &error));
    assert_string_equal(error.code, "map.older");
    if (!epo_map_upgrade(folder.path, &error))
        fail_msg("%s", error.text);
    maps = open_maps();
    assert_true(epo_span_equal(version, epo_maps_version(maps, pool)));
    struct epo_json *open = facts(maps, pool, EPO_AUDIENCE_PUBLIC);
    assert_non_null(epo_json_find(open, "layers.secret.0.name")); /* it knew no secrets */
    epo_maps_close(maps);
    sql(pool, "UPDATE meta SET value = '99' WHERE key = 'schema'");
    assert_true(epo_map_upgrade(folder.path, &error)); /* not ours to touch */
    assert_null(epo_maps_open(folder.path, &error));
    assert_string_equal(error.code, "map.newer");
    epo_pool_free(pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_depend_on_who_asks),
        cmocka_unit_test(tiles_hold_what_is_public),
        cmocka_unit_test(older_is_upgraded_newer_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
