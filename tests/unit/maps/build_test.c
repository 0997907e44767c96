/* Writing a map base: blobs as SpatiaLite writes them, rows compared with those that were there,
 * and the change told exactly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>

#include "folder.h"
#include "maps/blob.h"
#include "maps/build.h"
#include "maps/maps.h"

static struct test_folder folder;
static struct epo_pool *pool;

static int set_up(void **state) {
    (void)state;
    struct epo_error error;
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

/* ---- blobs ---- */

struct wkb {
    char bytes[512];
    size_t len;
};
static void add(struct wkb *wkb, const void *bytes, size_t len) {
    memcpy(wkb->bytes + wkb->len, bytes, len);
    wkb->len += len;
}
static void add_head(struct wkb *wkb, uint32_t kind) {
    add(wkb, "\1", 1);
    add(wkb, &kind, 4);
}
static void add_count(struct wkb *wkb, uint32_t count) {
    add(wkb, &count, 4);
}
static void add_ring(struct wkb *wkb, double x, double y, double size) {
    double at[] = {x, y, x + size, y, x + size, y + size, x, y + size, x, y};
    add_count(wkb, 5);
    add(wkb, at, sizeof at);
}
static struct epo_span span(const struct wkb *wkb) {
    return (struct epo_span){wkb->bytes, wkb->len};
}

static struct wkb point(double x, double y) {
    struct wkb wkb = {.len = 0};
    double at[] = {x, y};
    add_head(&wkb, 1);
    add(&wkb, at, sizeof at);
    return wkb;
}
static struct wkb square(double x, double y, double size) {
    struct wkb wkb = {.len = 0};
    add_head(&wkb, 3);
    add_count(&wkb, 1);
    add_ring(&wkb, x, y, size);
    return wkb;
}

static const struct epo_statement BY_SPATIALITE = {
    "test.blob", "SELECT CastToMulti(GeomFromWKB($1, 5514)), GeomFromWKB($1, 5514)", NULL};

static void same_as_spatialite(struct epo_db *db, struct epo_span wkb) {
    struct epo_rows *rows = epo_db_query(db, &BY_SPATIALITE, EPO_BIND(EPO_BLOB(wkb)));
    assert_true(epo_rows_next(rows));
    for (int multi = 0; multi < 2; multi++) {
        struct epo_buffer blob;
        struct epo_extent box, read;
        epo_buffer_init(&blob, 4096);
        assert_true(epo_blob_write(&blob, wkb, multi, &box));
        struct epo_span theirs = epo_rows_text(rows, multi ? 0 : 1);
        assert_int_equal(blob.len, theirs.len);
        assert_memory_equal(blob.at, theirs.at, blob.len);
        assert_true(epo_blob_box(theirs, &read));
        assert_memory_equal(&box, &read, sizeof box);
        /* cut short anywhere, or with more behind it, it is refused and nothing stays */
        blob.len = 7;
        for (size_t len = 0; len < wkb.len; len++)
            assert_false(epo_blob_write(&blob, (struct epo_span){wkb.at, len}, multi, &box));
        char longer[600];
        memcpy(longer, wkb.at, wkb.len);
        longer[wkb.len] = 0;
        assert_false(epo_blob_write(&blob, (struct epo_span){longer, wkb.len + 1}, multi, &box));
        assert_int_equal(blob.len, 7);
        epo_buffer_clear(&blob);
    }
    assert_true(epo_rows_end(rows, NULL));
}

static void blobs_are_spatialites(void **state) {
    (void)state;
    struct epo_error error = {0};
    struct epo_store *store =
        epo_store_open(epo_pool_printf(pool, "%s/blob.db", folder.path),
                       &(struct epo_store_options){.spatial = true, .scratch = true}, &error);
    struct epo_db *db = store == NULL ? NULL : epo_store_connect(store, &error);
    if (db == NULL)
        fail_msg("%s", error.text);
    struct wkb all[6] = {point(-822000, -1070000.5), {.len = 0}, square(-822000, -1070000, 10)};
    double line[] = {-822000, -1070000, -821000, -1069000, -821000, -1068000};
    add_head(&all[1], 2);
    add_count(&all[1], 3);
    add(&all[1], line, sizeof line);
    add_head(&all[3], 3); /* with a hole */
    add_count(&all[3], 2);
    add_ring(&all[3], 0, 0, 100);
    add_ring(&all[3], 10, 10, 5);
    add_head(&all[4], 6); /* two of them */
    add_count(&all[4], 2);
    for (int i = 0; i < 2; i++) {
        struct wkb one = square(i * 100, 0, 50);
        add(&all[4], one.bytes, one.len);
    }
    add_head(&all[5], 4);
    add_count(&all[5], 2);
    for (int i = 0; i < 2; i++) {
        struct wkb one = point(i, 7);
        add(&all[5], one.bytes, one.len);
    }
    for (size_t i = 0; i < 6; i++)
        same_as_spatialite(db, span(&all[i]));
    struct epo_buffer blob;
    struct epo_extent box;
    epo_buffer_init(&blob, 4096);
    struct wkb bad[] = {point(NAN, 1), point(1, INFINITY), {.len = 0}, {.len = 0}, {.len = 0}};
    add_head(&bad[2], 3); /* no rings */
    add_count(&bad[2], 0);
    add_head(&bad[3], 7); /* a collection */
    add_count(&bad[3], 0);
    add_head(&bad[4], 6); /* a line among polygons */
    add_count(&bad[4], 1);
    add(&bad[4], all[1].bytes, all[1].len);
    for (size_t i = 0; i < 5; i++)
        assert_false(epo_blob_write(&blob, span(&bad[i]), true, &box));
    epo_buffer_clear(&blob);
    epo_db_close(db);
    epo_store_close(store);
}

/* ---- rows ---- */

struct row {
    const char *code, *name;
    double x;
};
struct filling {
    const struct row *rows;
    size_t count;
    bool keep, fails;
    const char *removes;
    struct epo_build after; /* its counts */
    size_t cells;           /* in how many places the map has changed */
};

static bool fill(struct epo_build *build, void *arg, struct epo_error *error) {
    struct filling *f = arg;
    int64_t layer;
    struct epo_build_layer about = {.name = "tree",
                                    .title_cs = "Stromy",
                                    .title_en = "Trees",
                                    .shape = EPO_SHAPE_AREA,
                                    .role = "fact",
                                    .source = "test",
                                    .keep = f->keep};
    bool ok = epo_build_layer(build, &about, &layer, error);
    for (size_t i = 0; ok && i < f->count; i++) {
        struct wkb wkb = square(f->rows[i].x, -1070000, 10);
        ok = epo_build_feature(build,
                               &(struct epo_build_feature){.layer = layer,
                                                           .code = f->rows[i].code,
                                                           .name = f->rows[i].name,
                                                           .wkb = span(&wkb)},
                               error);
    }
    if (f->removes != NULL)
        ok = ok && epo_build_remove(build, layer, f->removes, error);
    f->after = *build;
    return ok && (!f->fails || epo_fail(error, EPO_ERROR_BAD_INPUT, "test", "on purpose"));
}

static struct epo_build_job build(struct filling *f) {
    struct epo_error error = {0};
    struct epo_build_job job = {.folder = folder.path, .keep = true, .fill = fill, .arg = f};
    bool ok = epo_build_aside(&job, &error);
    if (!ok)
        fail_msg("%s", error.text);
    f->cells = job.changes.count;
    assert_true(epo_build_end(&job, ok, &error));
    return job;
}

static int64_t ask(const char *sql) {
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(epo_pool_printf(pool, "%s/map.db", folder.path), &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t answer = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return answer;
}

#define COUNTS(f, a, b, c, d)                                                                      \
    do {                                                                                           \
        assert_int_equal((f).after.counts.added, a);                                               \
        assert_int_equal((f).after.counts.altered, b);                                             \
        assert_int_equal((f).after.counts.same, c);                                                \
        assert_int_equal((f).after.counts.removed, d);                                             \
    } while (0)

static void only_changes_are_written(void **state) {
    (void)state;
    static const struct row FIRST[] = {{"1", "lípa", -822000}, {"2", "dub", -821000}};
    static const struct row TURNED[] = {{"2", "dub", -821000}, {"1", "lípa", -822000}};
    static const struct row MOVED[] = {{"1", "lípa", -822000}, {"2", "dub", -820000}};
    static const struct row ONE[] = {{"1", "lípa", -822000}};
    struct filling f = {.rows = FIRST, .count = 2};
    struct epo_build_job job = build(&f);
    COUNTS(f, 2, 0, 0, 0);
    assert_false(job.same);
    f.rows = TURNED;
    job = build(&f);
    COUNTS(f, 0, 0, 2, 0);
    assert_true(job.same && f.cells == 0);
    f.rows = MOVED; /* the old place and the new one */
    job = build(&f);
    COUNTS(f, 0, 1, 1, 0);
    assert_true(!job.same && f.cells == 2);
    assert_int_equal(ask("SELECT count(*) FROM idx_area_geometry WHERE xmin > -820500"), 1);
    f = (struct filling){.rows = ONE, .count = 1};
    job = build(&f);
    assert_true(!job.same && f.cells == 1);
    assert_int_equal(ask("SELECT count(*) FROM area"), 1);
    assert_int_equal(ask("SELECT count(*) FROM idx_area_geometry"), 1);
    f = (struct filling){.rows = MOVED + 1, .count = 1, .keep = true};
    job = build(&f);
    COUNTS(f, 1, 0, 0, 0);
    assert_int_equal(ask("SELECT count(*) FROM area"), 2);
    f = (struct filling){.keep = true, .removes = "1"};
    job = build(&f);
    COUNTS(f, 0, 0, 0, 1);
    f.removes = "no such";
    job = build(&f);
    assert_true(job.same);
    assert_int_equal(ask("SELECT count(*) FROM area WHERE code = '2'"), 1);
}

/* A column that is the same everywhere is a poor code, but must not be a slow one. */
static void one_code_for_all(void **state) {
    (void)state;
    enum { MANY = 30000 };
    struct row *rows = EPO_NEW_ARRAY(pool, struct row, MANY);
    for (int i = 0; i < MANY; i++)
        rows[i] = (struct row){"x", "y", -900000 + i};
    struct filling f = {.rows = rows, .count = MANY};
    build(&f);
    assert_int_equal(ask("SELECT count(*) FROM area"), MANY);
    rows[0].name = "z";
    build(&f);
    assert_int_equal(ask("SELECT count(*) FROM area"), MANY);
    assert_int_equal(ask("SELECT count(*) FROM idx_area_geometry"), MANY);
    assert_int_equal(ask("SELECT count(*) FROM area WHERE name = 'z'"), 1);
}

static void failures_leave_the_old(void **state) {
    (void)state;
    static const struct row ROWS[] = {{"9", "buk", -822000}};
    struct epo_error error = {0};
    struct filling f = {.rows = ROWS, .count = 1, .fails = true};
    int64_t before = ask("SELECT count(*) FROM area");
    assert_false(epo_build_map(folder.path, true, fill, &f, &error));
    assert_string_equal(error.code, "test");
    assert_int_equal(ask("SELECT count(*) FROM area"), before);
    assert_int_not_equal(access(test_folder_file(&folder, "aside"), F_OK), 0);
    /* what one that was killed has left is swept away */
    test_folder_write(&folder, "aside/map.db", "half a file");
    test_folder_write(&folder, "aside/tiles.mbtiles", "half a file");
    f.fails = false;
    assert_true(epo_build_map(folder.path, true, fill, &f, &error));
    assert_int_equal(ask("SELECT count(*) FROM area"), 1);
    assert_int_not_equal(access(test_folder_file(&folder, "tiles.mbtiles"), F_OK), 0);
    /* one at a time */
    struct epo_build_job job = {.folder = folder.path, .keep = true, .fill = fill, .arg = &f};
    assert_true(epo_build_aside(&job, &error));
    assert_false(epo_build_map(folder.path, true, fill, &f, &error));
    assert_int_equal(error.kind, EPO_ERROR_BUSY);
    assert_int_equal(access(test_folder_file(&folder, "aside"), F_OK), 0);
    assert_true(epo_build_end(&job, false, &error) == false);
    assert_true(epo_build_map(folder.path, true, fill, &f, &error));
}

static bool fill_addresses(struct epo_build *b, void *arg, struct epo_error *error) {
    struct wkb wkb = point(-822000, -1070000);
    struct epo_build_address address = {.code = "7", .street = "Úzká", .wkb = span(&wkb)};
    bool anew = *(bool *)arg;
    if (anew) {
        address.code = "8";
        return epo_build_addresses_anew(b, error) && epo_build_address(b, &address, error);
    }
    bool ok = epo_build_address(b, &address, error) && epo_build_address(b, &address, error);
    assert_int_equal(b->counts.doubled, 1);
    return ok;
}

static void addresses_have_one_code_each(void **state) {
    (void)state;
    struct epo_error error = {0};
    bool anew = false;
    assert_true(epo_build_map(folder.path, true, fill_addresses, &anew, &error));
    assert_int_equal(ask("SELECT count(*) FROM address"), 1);
    anew = true;
    assert_true(epo_build_map(folder.path, true, fill_addresses, &anew, &error));
    assert_int_equal(ask("SELECT count(*) FROM address WHERE code = '8'"), 1);
    assert_int_equal(ask("SELECT count(*) FROM address"), 1);
    assert_int_equal(ask("SELECT count(*) FROM idx_address_geometry"), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blobs_are_spatialites),
        cmocka_unit_test(only_changes_are_written),
        cmocka_unit_test(one_code_for_all),
        cmocka_unit_test(failures_leave_the_old),
        cmocka_unit_test(addresses_have_one_code_each),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
