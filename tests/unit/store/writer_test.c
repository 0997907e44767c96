/* Group commit: a job that fails spoils nothing else, an answer comes only after the commit,
 * readers see it at once, and 16 threads are served exactly once each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/store.h"

static char folder[] = "/tmp/epo-store-XXXXXX";
static char path[256];
static struct epo_store *store;

static const struct epo_statement MAKE = {
    "t.make", "CREATE TABLE IF NOT EXISTS n (n INTEGER PRIMARY KEY, t TEXT) STRICT", NULL};
static const struct epo_statement ADD = {"t.add", "INSERT INTO n (n, t) VALUES ($1, $2)", NULL};
static const struct epo_statement COUNT = {"t.count", "SELECT COUNT(*), COUNT(DISTINCT n) FROM n",
                                           NULL};
static const struct epo_statement ATTACH = {"t.attach", "ATTACH '/tmp/x.db' AS x", NULL};
static const struct epo_statement VIRTUAL = {
    "t.virtual", "CREATE VIRTUAL TABLE v USING VirtualText('/etc/passwd', 'UTF-8')", NULL};

static bool make(struct epo_db *db, void *arg, struct epo_error *error) {
    (void)arg;
    return epo_db_run(db, &MAKE, EPO_BIND_NONE, NULL, error);
}

static int set_up(void **state) {
    (void)state;
    struct epo_error error;
    if (!epo_store_setup(&error) || !mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/t.db", folder);
    store = epo_store_open(path, &(struct epo_store_options){.label = "test"}, &error);
    return store && epo_store_write(store, make, NULL, &error) ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    epo_store_close(store);
    char gone[300];
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) {
        snprintf(gone, sizeof gone, "%s%s", path, ends[i]);
        unlink(gone);
    }
    return rmdir(folder);
}

struct adding {
    int64_t n;
    bool then_fail;
};

static bool add(struct epo_db *db, void *arg, struct epo_error *error) {
    struct adding *adding = arg;
    if (!epo_db_run(db, &ADD, EPO_BIND(EPO_INTEGER(adding->n), EPO_STRING("x")), NULL, error))
        return false;
    return !adding->then_fail ||
           epo_fail(error, EPO_ERROR_CONFLICT, "t.no", "refused after writing");
}

static int64_t count_rows(int64_t *distinct) {
    struct epo_error error;
    struct epo_db *db = epo_store_connect(store, &error);
    struct epo_rows *rows = epo_db_query(db, &COUNT, EPO_BIND_NONE);
    assert_true(epo_rows_next(rows));
    int64_t count = epo_rows_integer(rows, 0);
    *distinct = epo_rows_integer(rows, 1);
    assert_true(epo_rows_end(rows, &error));
    epo_db_close(db);
    return count;
}

enum { THREADS = 16, EACH = 200 };

static void *producer(void *arg) {
    int64_t base = (int64_t)(intptr_t)arg * EACH;
    for (int i = 0; i < EACH; i++) {
        struct epo_error error;
        struct adding adding = {base + i, i % 10 == 3};
        bool ok = epo_store_write(store, add, &adding, &error);
        if (ok == adding.then_fail || (!ok && strcmp(error.code, "t.no") != 0))
            return (void *)1;
    }
    return NULL;
}

static void sixteen_threads_exactly_once(void **state) {
    (void)state;
    pthread_t threads[THREADS];
    for (intptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, producer, (void *)i), 0);
    for (int i = 0; i < THREADS; i++) {
        void *bad;
        pthread_join(threads[i], &bad);
        assert_null(bad);
    }
    int64_t distinct, count = count_rows(&distinct);
    assert_int_equal(count, THREADS * EACH * 9 / 10);
    assert_int_equal(distinct, count);
    struct epo_store_figures figures;
    epo_store_figures(store, &figures);
    assert_true(figures.commits < figures.jobs);
}

static bool run_text(struct epo_db *db, void *arg, struct epo_error *error) {
    return epo_db_run(db, arg, EPO_BIND_NONE, NULL, error);
}

static void the_authorizer_refuses(void **state) {
    (void)state;
    struct epo_error error;
    assert_false(epo_store_write(store, run_text, (void *)&ATTACH, &error));
    assert_string_equal(error.code, "store.denied");
    assert_false(epo_store_write(store, run_text, (void *)&VIRTUAL, &error));
    assert_false(epo_store_check_statement(store, "SELECT * FROM n", "dog_", false, &error));
    assert_string_equal(error.code, "store.denied");
    assert_false(epo_store_check_statement(store, "PRAGMA journal_mode", "n", false, &error));
    assert_false(epo_store_check_statement(store, "DELETE FROM n", "n", false, &error));
    assert_false(epo_store_check_statement(store, "SELECT 1; DELETE FROM n", "n", true, &error));
    assert_true(epo_store_check_statement(store, "DELETE FROM n WHERE n = $1", "n", true, &error));
}

static void health_and_backup(void **state) {
    (void)state;
    struct epo_error error;
    char copy[300];
    assert_true(epo_store_healthy(store, &error));
    snprintf(copy, sizeof copy, "%s/copy.db", folder);
    assert_true(epo_store_backup(store, copy, &error));
    assert_false(epo_store_backup(store, copy, &error)); /* never over an older one */
    struct epo_store *other =
        epo_store_open(copy, &(struct epo_store_options){.read_only = true}, &error);
    assert_non_null(other);
    epo_store_close(other);
    unlink(copy);
    char side[310];
    snprintf(side, sizeof side, "%s-wal", copy);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", copy);
    unlink(side);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sixteen_threads_exactly_once),
        cmocka_unit_test(the_authorizer_refuses),
        cmocka_unit_test(health_and_backup),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
