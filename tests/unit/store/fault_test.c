/* The disk fails at the n-th write, sync or truncation, for n = 1, 2, … until a run gets through:
 * what was acknowledged is there, what was refused is not, nothing is there by half, and saving
 * goes on by itself once there is room. And a power cut after any answer loses nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <unistd.h>

#include "fault_vfs.h"
#include "folder.h"
#include "store/store.h"

static const struct epo_statement MAKE_HALVES = {
    "t.halves", "CREATE TABLE halves (n INTEGER NOT NULL, half TEXT NOT NULL, filling BLOB) STRICT",
    NULL};
static const struct epo_statement ADD = {
    "t.add", "INSERT INTO halves (n, half, filling) VALUES ($1, $2, zeroblob($3))", NULL};
static const struct epo_statement COUNT = {
    "t.count", "SELECT COUNT(*), COUNT(DISTINCT half) FROM halves WHERE n = $1", NULL};
static const struct epo_statement CHECK = {"t.check", "PRAGMA integrity_check", NULL};

enum { THREADS = 3, EACH = 3, JOBS = THREADS * EACH };

struct run {
    struct epo_store *store;
    int64_t filling;
    bool acknowledged[JOBS];
};

struct job {
    int64_t n, filling;
};

static bool make_table(struct epo_db *db, void *arg, struct epo_error *error) {
    (void)arg;
    return epo_db_run(db, &MAKE_HALVES, EPO_BIND_NONE, NULL, error);
}

static bool add_both(struct epo_db *db, void *arg, struct epo_error *error) {
    const struct job *job = arg;
    return epo_db_run(db, &ADD,
                      EPO_BIND(EPO_INTEGER(job->n), EPO_STRING("left"), EPO_INTEGER(job->filling)),
                      NULL, error) &&
           epo_db_run(db, &ADD,
                      EPO_BIND(EPO_INTEGER(job->n), EPO_STRING("right"), EPO_INTEGER(job->filling)),
                      NULL, error);
}

struct share {
    struct run *run;
    int first;
};

static void *save_some(void *arg) {
    struct share *share = arg;
    for (int i = share->first; i < share->first + EACH; i++) {
        struct epo_error error = {0};
        struct job job = {i, share->run->filling};
        share->run->acknowledged[i] = epo_store_write(share->run->store, add_both, &job, &error);
        if (!share->run->acknowledged[i] && (!error.kind || !error.code[0] || !error.text[0]))
            return (void *)1;
    }
    return NULL;
}

static void save_all(struct run *run) {
    pthread_t threads[THREADS];
    struct share shares[THREADS];
    for (int i = 0; i < THREADS; i++) {
        shares[i] = (struct share){run, i * EACH};
        assert_int_equal(pthread_create(&threads[i], NULL, save_some, &shares[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        void *silent;
        pthread_join(threads[i], &silent);
        assert_null(silent); /* every refusal says what is wrong */
    }
}

static void expect_rows(struct epo_db *db, int64_t n, bool there) {
    struct epo_rows *rows = epo_db_query(db, &COUNT, EPO_BIND(EPO_INTEGER(n)));
    assert_true(epo_rows_next(rows));
    if (epo_rows_integer(rows, 0) != (there ? 2 : 0) ||
        epo_rows_integer(rows, 1) != (there ? 2 : 0))
        fail_msg("job %lld was %s but has %lld rows", (long long)n,
                 there ? "acknowledged" : "refused", (long long)epo_rows_integer(rows, 0));
    assert_true(epo_rows_end(rows, NULL));
}

static void expect_truth(const struct run *run) {
    struct epo_error error = {0};
    struct epo_db *db = epo_store_connect(run->store, &error);
    if (!db)
        fail_msg("no reading: %s", error.text);
    for (int i = 0; i < JOBS; i++)
        expect_rows(db, i, run->acknowledged[i]);
    struct epo_rows *rows = epo_db_query(db, &CHECK, EPO_BIND_NONE);
    assert_true(epo_rows_next(rows) && epo_span_is(epo_rows_text(rows, 0), "ok"));
    assert_true(epo_rows_end(rows, &error));
    epo_db_close(db);
}

static struct epo_store *open_store(const char *path) {
    struct epo_error error = {0};
    struct epo_store *store =
        epo_store_open(path, &(struct epo_store_options){.label = "test"}, &error);
    if (!store)
        fail_msg("%s does not open: %s (%s)", path, error.text, error.code);
    return store;
}

/* One run with the n-th operation failing; false when it did not come to that. */
static bool run_with_fault(int kinds, long n, bool sticky, int code, int64_t filling,
                           bool reader_open) {
    struct test_folder folder;
    test_folder_make(&folder);
    char path[256];
    snprintf(path, sizeof path, "%s", test_folder_file(&folder, "t.db"));
    struct run run = {.store = open_store(path), .filling = filling};
    struct epo_error error = {0};
    assert_true(epo_store_write(run.store, make_table, NULL, &error));
    struct epo_db *reader = reader_open ? epo_store_connect(run.store, &error) : NULL;
    fault_arm(kinds, n, sticky, code);
    save_all(&run);
    long hits = fault_disarm();
    struct job after = {1000, 10};
    if (!epo_store_write(run.store, add_both, &after, &error))
        fail_msg("no recovery after operation %ld failed: %s (%s)", n, error.text, error.code);
    expect_truth(&run);
    epo_db_close(reader);
    epo_store_close(run.store);
    run.store = open_store(path);
    expect_truth(&run);
    epo_store_close(run.store);
    test_folder_remove(&folder);
    return hits > 0;
}

static void every_write_fails_once(void **state) {
    (void)state;
    long n = 1;
    while (run_with_fault(FAULT_WRITE | FAULT_TRUNCATE, n, false, SQLITE_IOERR_WRITE, 3000, n & 1))
        n++;
    assert_true(n > 20);
}

static void every_sync_fails_once(void **state) {
    (void)state;
    long n = 1;
    while (run_with_fault(FAULT_SYNC, n, false, SQLITE_IOERR_FSYNC, 300, n & 1))
        n++;
    assert_true(n > 3);
}

/* Once the broken connection was closed before a new one was open: nothing could be copied out of
 * the log either, and its recovery brought back the group that had been refused. */
static void the_disk_fails_from_any_sync_on(void **state) {
    (void)state;
    long n = 1;
    while (run_with_fault(FAULT_SYNC, n, true, SQLITE_IOERR_FSYNC, 300, n & 1))
        n++;
    assert_true(n > 3);
}

static void the_disk_is_full_from_any_write_on(void **state) {
    (void)state;
    long n = 1;
    while (run_with_fault(FAULT_WRITE, n, true, SQLITE_FULL, 3000, n & 1))
        n++;
    assert_true(n > 20);
}

/* Large enough that the log is copied into the database on the way: those writes fail too. */
static void checkpoints_fail_without_loss(void **state) {
    (void)state;
    long n = 1, runs = 0;
    while (run_with_fault(FAULT_WRITE | FAULT_SYNC, n, runs & 1, SQLITE_FULL, 400000, runs & 2))
        n += 97, runs++;
    assert_true(runs > 15);
}

static void a_full_disk_is_told_and_health_follows(void **state) {
    (void)state;
    struct test_folder folder;
    test_folder_make(&folder);
    struct epo_error error = {0};
    struct epo_store *store = open_store(test_folder_file(&folder, "t.db"));
    assert_true(epo_store_write(store, make_table, NULL, &error));
    fault_arm(FAULT_WRITE, 1, true, SQLITE_FULL);
    struct job job = {1, 10};
    assert_false(epo_store_write(store, add_both, &job, &error));
    assert_string_equal(error.code, "store.full");
    assert_int_equal(error.kind, EPO_ERROR_BUSY);
    assert_false(epo_store_healthy(store, &error));
    assert_string_equal(error.code, "store.full");
    fault_disarm();
    assert_true(epo_store_write(store, add_both, &job, &error));
    usleep(1100000); /* the verdict holds for a second */
    assert_true(epo_store_healthy(store, &error));
    epo_store_close(store);
    test_folder_remove(&folder);
}

static void copy_file(const char *from, const char *to) {
    FILE *in = fopen(from, "re"), *out = fopen(to, "we");
    assert_true(in && out);
    char bytes[65536];
    for (size_t len; (len = fread(bytes, 1, sizeof bytes, in));)
        assert_int_equal(fwrite(bytes, 1, len, out), len);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

/* What was synced is all that a power cut leaves: each answer must already be in it. */
static void a_power_cut_after_any_answer_loses_nothing(void **state) {
    (void)state;
    struct test_folder folder, cut;
    test_folder_make(&folder);
    struct epo_error error = {0};
    fault_keep_synced(true);
    struct epo_store *store = open_store(test_folder_file(&folder, "t.db"));
    assert_true(epo_store_write(store, make_table, NULL, &error));
    for (int i = 0; i < 25; i++) {
        struct job job = {i, 200000}; /* passes checkpoints on its way */
        assert_true(epo_store_write(store, add_both, &job, &error));
        test_folder_make(&cut);
        copy_file(test_folder_file(&folder, "t.db.synced"), test_folder_file(&cut, "t.db"));
        copy_file(test_folder_file(&folder, "t.db-wal.synced"), test_folder_file(&cut, "t.db-wal"));
        struct epo_store *left = open_store(test_folder_file(&cut, "t.db"));
        struct epo_db *db = epo_store_connect(left, &error);
        assert_non_null(db);
        for (int k = 0; k <= i; k++)
            expect_rows(db, k, true);
        epo_db_close(db);
        epo_store_close(left);
        test_folder_remove(&cut);
    }
    epo_store_close(store);
    fault_keep_synced(false);
    test_folder_remove(&folder);
}

static int set_up(void **state) {
    (void)state;
    struct epo_error error;
    bool ok = epo_store_setup(&error);
    fault_register();
    return ok ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_write_fails_once),
        cmocka_unit_test(every_sync_fails_once),
        cmocka_unit_test(the_disk_fails_from_any_sync_on),
        cmocka_unit_test(the_disk_is_full_from_any_write_on),
        cmocka_unit_test(checkpoints_fail_without_loss),
        cmocka_unit_test(a_full_disk_is_told_and_health_follows),
        cmocka_unit_test(a_power_cut_after_any_answer_loses_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
