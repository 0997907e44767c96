/* Only the tiles where the map has changed are cut again: they must be what cutting all of them
 * gives, and the others must not be touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <cpl_conv.h>
#include <sqlite3.h>
#include <stdio.h>

#include "folder.h"
#include "maps/build.h"
#include "maps/maps.h"
#include "maps/tiles_part.h"

static struct test_folder folder;
static struct epo_pool *pool;

static int set_up(void **state) {
    (void)state;
    struct epo_error error;
    CPLSetConfigOption("GDAL_NUM_THREADS", "1"); /* with more, features of a tile change places */
    test_folder_make(&folder);
    pool = epo_pool_create();
    return epo_store_setup(&error) ? 0 : -1;
}
static int tear_down(void **state) {
    (void)state;
    test_folder_remove(&folder);
    epo_pool_free(pool);
    return 0;
}

/* ---- a town of 6 by 6 km: houses, their parcels and numbers, streets, a lake, its border ---- */

struct town {
    int moved;       /* this house stands elsewhere, -1: none */
    bool hides_name; /* of the houses' kinds */
    bool more;       /* a layer that was not there */
};
enum { ROWS = 12, BLOCK_M = 500 };
static const double WEST = -826000, SOUTH = -1074000;

static struct epo_span area(double x, double y, double size) {
    double at[] = {x, y, x + size, y, x + size, y + size, x, y + size, x, y};
    char *bytes = epo_pool_alloc(pool, 13 + sizeof at);
    memcpy(bytes, "\1\3\0\0\0\1\0\0\0\5\0\0\0", 13);
    memcpy(bytes + 13, at, sizeof at);
    return (struct epo_span){bytes, 13 + sizeof at};
}
static struct epo_span line(double x, double y, double to_x, double to_y) {
    double at[] = {x, y, to_x, to_y};
    char *bytes = epo_pool_alloc(pool, 9 + sizeof at);
    memcpy(bytes, "\1\2\0\0\0\2\0\0\0", 9);
    memcpy(bytes + 9, at, sizeof at);
    return (struct epo_span){bytes, 9 + sizeof at};
}
static struct epo_span point(double x, double y) {
    double at[] = {x, y};
    char *bytes = epo_pool_alloc(pool, 5 + sizeof at);
    memcpy(bytes, "\1\1\0\0\0", 5);
    memcpy(bytes + 5, at, sizeof at);
    return (struct epo_span){bytes, 5 + sizeof at};
}

static bool add(struct epo_build *build, int64_t layer, int code, const char *kind,
                struct epo_span wkb, struct epo_error *error) {
    struct epo_build_feature f = {.layer = layer,
                                  .code = epo_pool_printf(pool, "%d", code),
                                  .name = epo_pool_printf(pool, "%s %d", kind, code % 7),
                                  .kind = kind,
                                  .wkb = wkb};
    return epo_build_feature(build, &f, error);
}

static bool fill(struct epo_build *build, void *arg, struct epo_error *error) {
    const struct town *town = arg;
    enum { CITY, WATER, HOUSE, PARCEL, STREET, MORE, LAYERS };
    static const struct {
        const char *name;
        enum epo_layer_shape shape;
    } NAMES[LAYERS] = {{"city", EPO_SHAPE_AREA},     {"water", EPO_SHAPE_AREA},
                       {"building", EPO_SHAPE_AREA}, {"parcel", EPO_SHAPE_AREA},
                       {"street", EPO_SHAPE_LINE},   {"bench", EPO_SHAPE_POINT}};
    int64_t ids[LAYERS];
    bool ok = epo_build_addresses_anew(build, error);
    for (int i = 0; ok && i < LAYERS - !town->more; i++) {
        struct epo_build_layer about = {.name = NAMES[i].name,
                                        .title_cs = "t",
                                        .title_en = "t",
                                        .shape = NAMES[i].shape,
                                        .role = "picture",
                                        .source = "test"};
        if (i == HOUSE && town->hides_name)
            about.public_fields = "name";
        ok = epo_build_layer(build, &about, &ids[i], error);
    }
    ok = ok && add(build, ids[CITY], 1, "city", area(WEST, SOUTH, ROWS * BLOCK_M), error) &&
         add(build, ids[WATER], 1, "pond", area(WEST + 3000, SOUTH + 3000, 700), error) &&
         (!town->more || add(build, ids[MORE], 1, "bench", point(WEST + 100, SOUTH + 100), error));
    for (int i = 0; ok && i < ROWS * ROWS; i++) {
        double x = WEST + (i % ROWS) * BLOCK_M + 40, y = SOUTH + (i / ROWS) * BLOCK_M + 40;
        double east = i == town->moved ? 150 : 0;
        struct epo_build_address address = {.code = epo_pool_printf(pool, "%d", i),
                                            .conscription = i + 1,
                                            .wkb = point(x + 30 + east, y + 20)};
        ok = add(build, ids[HOUSE], i, "house", area(x + 10 + east, y + 10, 30), error) &&
             add(build, ids[PARCEL], i, "private", area(x, y, 300), error) &&
             add(build, ids[STREET], i, i % 3 == 0 ? "primary" : "residential",
                 line(x - 20, y - 20, x + 380, y - 20), error) &&
             epo_build_address(build, &address, error);
    }
    return ok;
}

/* ---- tiles of a file, compared ---- */

static sqlite3 *open_tiles(const char *path) {
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}

static int64_t ask(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t answer = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return answer;
}

static const char *map_file(const char *name) {
    return epo_pool_printf(pool, "%s/%s", folder.path, name);
}

static void run(const char *path, const char *sql) {
    sqlite3 *db = open_tiles(path);
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s", why);
    sqlite3_close(db);
}

/* Tiles that differ between what lies aside and cutting all of that map; a mark that the old file
 * was given must still be there, and is not counted. */
static int64_t differences(struct epo_build_job *job, int64_t *marks) {
    struct epo_error error = {0};
    const char *whole = map_file("whole.mbtiles");
    if (!epo_tiles_cut(epo_pool_printf(pool, "%s/map.db", job->aside), whole, NULL, NULL, &error))
        fail_msg("%s", error.text);
    sqlite3 *db = open_tiles(epo_pool_printf(pool, "%s/tiles.mbtiles", job->aside));
    char *attach = sqlite3_mprintf("ATTACH %Q AS whole", whole);
    assert_int_equal(sqlite3_exec(db, attach, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_free(attach);
    assert_true(ask(db, "SELECT count(*) FROM whole.tiles") > 250);
    *marks = ask(db, "SELECT count(*) FROM tiles WHERE tile_data = x'4d41524b'");
    int64_t missing = ask(db, "SELECT count(*) FROM (SELECT zoom_level, tile_column, tile_row FROM"
                              " whole.tiles EXCEPT SELECT zoom_level, tile_column, tile_row FROM"
                              " main.tiles)");
    int64_t surplus = ask(db, "SELECT count(*) FROM (SELECT zoom_level, tile_column, tile_row FROM"
                              " main.tiles EXCEPT SELECT zoom_level, tile_column, tile_row FROM"
                              " whole.tiles)");
    int64_t other = ask(db, "SELECT count(*) FROM main.tiles a JOIN whole.tiles b"
                            " USING (zoom_level, tile_column, tile_row)"
                            " WHERE a.tile_data <> b.tile_data AND a.tile_data <> x'4d41524b'");
    sqlite3_close(db);
    return missing + surplus + other;
}

/* Builds the town aside and renews its tiles from those in place; *marks as above. */
static void renew(struct town town, int64_t *marks) {
    struct epo_error error = {0};
    struct epo_build_job job = {.folder = folder.path, .keep = true, .fill = fill, .arg = &town};
    if (!epo_build_aside(&job, &error) ||
        !epo_tiles_renew(job.aside, map_file("tiles.mbtiles"), &job.changes, NULL, &error))
        fail_msg("%s", error.text);
    assert_int_equal(differences(&job, marks), 0);
    assert_true(epo_build_end(&job, true, &error));
    /* a mark in the far corner at the closest zoom, which nothing of the test changes */
    run(map_file("tiles.mbtiles"),
        "UPDATE tiles SET tile_data = x'4d41524b' WHERE zoom_level = 16 AND (tile_column, tile_row)"
        " = (SELECT tile_column, tile_row FROM tiles WHERE zoom_level = 16"
        " ORDER BY tile_column DESC, tile_row DESC LIMIT 1)");
}

static void changed_tiles_are_cut_again(void **state) {
    (void)state;
    int64_t marks;
    renew((struct town){.moved = -1}, &marks);
    assert_int_equal(marks, 0); /* the first time all are cut */
    renew((struct town){.moved = 5 * ROWS + 5}, &marks);
    assert_int_equal(marks, 1);
    renew((struct town){.moved = 20}, &marks); /* one goes back, another moves */
    assert_int_equal(marks, 1);
}

static void all_are_cut_where_looks_change(void **state) {
    (void)state;
    int64_t marks;
    renew((struct town){.moved = 20, .hides_name = true}, &marks); /* everywhere at once */
    assert_int_equal(marks, 0);
    renew((struct town){.moved = 20, .hides_name = true, .more = true}, &marks);
    assert_int_equal(marks, 0); /* the file must tell of a new layer */
    test_folder_write(&folder, "tiles.mbtiles", "no tiles at all");
    struct town town = {.moved = 22, .hides_name = true, .more = true};
    struct epo_error error = {0};
    struct epo_build_job job = {.folder = folder.path, .keep = true, .fill = fill, .arg = &town};
    assert_true(epo_build_aside(&job, &error));
    assert_true(epo_tiles_renew(job.aside, map_file("tiles.mbtiles"), &job.changes, NULL, &error));
    sqlite3 *db = open_tiles(epo_pool_printf(pool, "%s/tiles.mbtiles", job.aside));
    assert_true(ask(db, "SELECT count(*) FROM tiles") > 250);
    sqlite3_close(db);
    assert_true(epo_build_end(&job, true, &error));
}

static void cells_are_counted(void **state) {
    (void)state;
    struct epo_changes changes = {0};
    epo_changes_add(&changes, &(struct epo_extent){-822100, -1070100, -821900, -1069900});
    epo_changes_tidy(&changes);
    assert_int_equal(changes.count, 4); /* over a corner of the grid */
    struct epo_extent cell = epo_change_extent(changes.cells[0]);
    assert_true(cell.min_x == -822500 && cell.max_x == -822000 && cell.min_y == -1070500);
    struct epo_tiles_part *part = epo_tiles_part_of(&changes);
    assert_non_null(part);
    assert_true(part->at[16].count >= 9 && part->at[16].count <= 30);
    assert_int_equal(part->at[9].count, 0);
    uint64_t tile = part->at[14].tiles[0];
    assert_true(epo_tiles_part_has(part, 14, (uint32_t)(tile >> 32), (uint32_t)tile));
    assert_false(epo_tiles_part_has(part, 14, 0, 0));
    assert_false(epo_tiles_part_has(part, 77, 0, 0));
    epo_tiles_part_free(part);
    epo_changes_clear(&changes);
    /* a border that goes around the whole country is everything; so is what cannot be placed */
    epo_changes_add(&changes, &(struct epo_extent){-900000, -1200000, -450000, -950000});
    assert_true(changes.everything);
    assert_null(epo_tiles_part_of(&changes));
    epo_changes_clear(&changes);
    for (double x = -900000; x < -450000; x += 600)
        for (double y = -1200000; y < -950000; y += 600)
            epo_changes_add(&changes, &(struct epo_extent){x, y, x, y});
    epo_changes_tidy(&changes);
    assert_true(changes.everything);
    epo_changes_clear(&changes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_counted),
        cmocka_unit_test(changed_tiles_are_cut_again),
        cmocka_unit_test(all_are_cut_where_looks_change),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
