/* SpatiaLite on the store's connections: small metadata with the three systems, transforms from
 * several threads at once, and none of its ways into the file system. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <pthread.h>
#include <sys/stat.h>

#include "folder.h"
#include "store/store.h"

static struct test_folder folder;
static struct epo_store *store;
static struct epo_error error;

static int set_up(void **state) {
    (void)state;
    test_folder_make(&folder);
    setenv("SPATIALITE_SECURITY", "relaxed", 1); /* whoever starts us must not open the door */
    if (!epo_store_setup(&error))
        return -1;
    store = epo_store_open(test_folder_file(&folder, "map.db"),
                           &(struct epo_store_options){.spatial = true, .label = "map"}, &error);
    return store ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    epo_store_close(store);
    test_folder_remove(&folder);
    return 0;
}

static const struct epo_statement SYSTEMS = {
    "t.systems", "SELECT srid FROM spatial_ref_sys WHERE srid > 0 ORDER BY srid", NULL};
/* The square of the Republic in Plzeň. */
static const struct epo_statement TRANSFORM = {
    "t.transform",
    "SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_Transform(MakePoint($1, $2, 4326), 5514) AS p)", NULL};

static void three_systems_and_no_more(void **state) {
    (void)state;
    static const int64_t expected[] = {3857, 4326, 5514};
    struct epo_db *db = epo_store_connect(store, &error);
    struct epo_rows *rows = epo_db_query(db, &SYSTEMS, EPO_BIND_NONE);
    for (int i = 0; i < 3; i++) {
        assert_true(epo_rows_next(rows));
        assert_int_equal(epo_rows_integer(rows, 0), expected[i]);
    }
    assert_false(epo_rows_next(rows));
    assert_true(epo_rows_end(rows, &error));
    epo_db_close(db);
    assert_true(epo_store_healthy(store, &error));
}

static void *transform(void *arg) {
    struct epo_db *db = epo_store_connect(store, NULL);
    bool good = db != NULL;
    for (int i = 0; good && i < 5; i++) {
        struct epo_rows *rows =
            epo_db_query(db, &TRANSFORM, EPO_BIND(EPO_REAL(13.3776), EPO_REAL(49.7477)));
        good = epo_rows_next(rows) && fabs(epo_rows_real(rows, 0) - -822700) < 2000 &&
               fabs(epo_rows_real(rows, 1) - -1070500) < 2000;
        good = epo_rows_end(rows, NULL) && good;
    }
    epo_db_close(db);
    return good ? arg : NULL;
}

static void threads_open_and_transform(void **state) {
    (void)state;
    pthread_t threads[6];
    for (int i = 0; i < 6; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, transform, &folder), 0);
    for (int i = 0; i < 6; i++) {
        void *good;
        pthread_join(threads[i], &good);
        assert_non_null(good);
    }
}

static void it_is_made_once(void **state) {
    (void)state;
    struct stat before, after;
    assert_int_equal(stat(test_folder_file(&folder, "map.db"), &before), 0);
    epo_store_close(store);
    assert_int_equal(stat(test_folder_file(&folder, "map.db"), &before), 0);
    for (int i = 0; i < 3; i++) {
        store =
            epo_store_open(test_folder_file(&folder, "map.db"),
                           &(struct epo_store_options){.spatial = true, .label = "map"}, &error);
        assert_non_null(store);
        if (i < 2)
            epo_store_close(store);
    }
    assert_int_equal(stat(test_folder_file(&folder, "map.db"), &after), 0);
    assert_int_equal(before.st_size, after.st_size);
    assert_true(after.st_size < 600000);
}

static void files_are_out_of_reach(void **state) {
    (void)state;
    static const char *const attempts[] = {
        "SELECT length(BlobFromFile('/etc/passwd'))",
        "SELECT BlobToFile(x'00', '/tmp/epo-x')",
        "SELECT ExportGeoJSON2('spatial_ref_sys', 'g', '/tmp/epo-x')",
        "SELECT ImportSHP('/tmp/x', 't', 'UTF-8')",
        "SELECT load_extension('mod_spatialite')",
        NULL};
    struct epo_db *db = epo_store_connect(store, &error);
    for (int i = 0; attempts[i]; i++) {
        const struct epo_statement statement = {"t.attempt", attempts[i], NULL};
        struct epo_rows *rows = epo_db_query(db, &statement, EPO_BIND_NONE);
        if (epo_rows_next(rows) && epo_rows_integer(rows, 0) != 0)
            fail_msg("%s did something", attempts[i]);
        epo_rows_end(rows, NULL);
    }
    epo_db_close(db);
    struct stat made;
    assert_int_not_equal(stat("/tmp/epo-x", &made), 0);
    static const struct epo_statement text = {
        "t.text", "CREATE VIRTUAL TABLE v USING VirtualText('/etc/passwd', 'UTF-8')", NULL};
    db = epo_store_connect(store, &error);
    assert_false(epo_db_run(db, &text, EPO_BIND_NONE, NULL, &error));
    assert_string_equal(error.code, "store.denied");
    epo_db_close(db);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_systems_and_no_more),
        cmocka_unit_test(threads_open_and_transform),
        cmocka_unit_test(it_is_made_once),
        cmocka_unit_test(files_are_out_of_reach),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
