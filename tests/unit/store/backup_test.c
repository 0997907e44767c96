/* Copies made while saving goes on, and files that are damaged, locked, missing or read-only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <unistd.h>

#include "folder.h"
#include "store/store.h"

static struct test_folder folder;
static char path[512];
static struct epo_store *store;
static struct epo_error error;

static const struct epo_statement MAKE = {
    "t.make", "CREATE TABLE filled (n INTEGER PRIMARY KEY, filling BLOB NOT NULL) STRICT", NULL};
static const struct epo_statement ADD = {
    "t.add", "INSERT INTO filled (n, filling) VALUES ($1, randomblob(3000))", NULL};
static const struct epo_statement UP_TO = {
    "t.up_to", "SELECT COUNT(*), MAX(n) FROM filled WHERE n < $1", NULL};
static const struct epo_statement SUM = {"t.sum", "SELECT SUM(length(filling)) FROM filled", NULL};
static const struct epo_statement CHECK = {"t.check", "PRAGMA integrity_check", NULL};

static bool make(struct epo_db *db, void *arg, struct epo_error *why) {
    (void)arg;
    return epo_db_run(db, &MAKE, EPO_BIND_NONE, NULL, why);
}

static bool add(struct epo_db *db, void *arg, struct epo_error *why) {
    return epo_db_run(db, &ADD, EPO_BIND(EPO_INTEGER(*(int64_t *)arg)), NULL, why);
}

static int fresh(void **state) {
    (void)state;
    test_folder_make(&folder);
    snprintf(path, sizeof path, "%s", test_folder_file(&folder, "t.db"));
    store = epo_store_open(path, &(struct epo_store_options){.label = "test"}, &error);
    return store && epo_store_write(store, make, NULL, &error) ? 0 : -1;
}

static int gone(void **state) {
    (void)state;
    epo_store_close(store);
    store = NULL;
    test_folder_remove(&folder);
    return 0;
}

static void fill_to(int64_t count) {
    for (int64_t n = 0; n < count; n++)
        assert_true(epo_store_write(store, add, &n, &error));
}

struct load {
    atomic_int_fast64_t saved; /* numbers below it are acknowledged */
    atomic_bool stop;
    bool failed;
};

static void *keep_saving(void *arg) {
    struct load *load = arg;
    while (!atomic_load(&load->stop)) {
        int64_t n = atomic_load(&load->saved);
        if (!epo_store_write(store, add, &n, NULL))
            load->failed = true;
        atomic_store(&load->saved, n + 1);
    }
    return NULL;
}

static void a_copy_made_under_load_is_whole(void **state) {
    (void)state;
    fill_to(300);
    struct load load = {.saved = 300};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, keep_saving, &load), 0);
    for (int round = 0; round < 3; round++) {
        char name[32];
        snprintf(name, sizeof name, "copy%d.db", round);
        int64_t before = atomic_load(&load.saved);
        if (!epo_store_backup(store, test_folder_file(&folder, name), &error))
            fail_msg("no copy: %s", error.text);
        struct epo_store *copy =
            epo_store_open(test_folder_file(&folder, name),
                           &(struct epo_store_options){.read_only = true}, &error);
        assert_non_null(copy);
        struct epo_db *db = epo_store_connect(copy, &error);
        struct epo_rows *rows = epo_db_query(db, &CHECK, EPO_BIND_NONE);
        assert_true(epo_rows_next(rows) && epo_span_is(epo_rows_text(rows, 0), "ok"));
        assert_true(epo_rows_end(rows, &error));
        rows = epo_db_query(db, &UP_TO, EPO_BIND(EPO_INTEGER(before)));
        assert_true(epo_rows_next(rows));
        assert_int_equal(epo_rows_integer(rows, 0), before); /* all saved before are in it */
        assert_true(epo_rows_end(rows, &error));
        epo_db_close(db);
        assert_true(epo_store_healthy(copy, &error)); /* it can be read, no more is asked */
        int64_t n = 1;
        assert_false(epo_store_write(copy, add, &n, &error));
        assert_string_equal(error.code, "store.read_only");
        epo_store_close(copy);
    }
    atomic_store(&load.stop, true);
    pthread_join(thread, NULL);
    assert_false(load.failed);
    assert_true(atomic_load(&load.saved) > 300);
}

static void a_copy_never_overwrites(void **state) {
    (void)state;
    test_folder_write(&folder, "precious", "last year");
    assert_false(epo_store_backup(store, test_folder_file(&folder, "precious"), &error));
    assert_string_equal(error.code, "store.backup_exists");
    assert_false(epo_store_backup(store, test_folder_file(&folder, "no/such/folder"), &error));
    assert_int_not_equal(access(test_folder_file(&folder, "no"), F_OK), 0);
    assert_true(epo_store_backup(store, test_folder_file(&folder, "new"), &error));
}

static void overwrite(const char *file, long at, size_t len) {
    FILE *broken = fopen(file, "r+e");
    assert_non_null(broken);
    assert_int_equal(fseek(broken, at, SEEK_SET), 0);
    for (size_t i = 0; i < len; i++)
        fputc((int)(i * 31 % 251), broken);
    assert_int_equal(fclose(broken), 0);
}

static void a_damaged_file_is_called_so(void **state) {
    (void)state;
    fill_to(50);
    epo_store_close(store);
    store = NULL;
    overwrite(path, 4096 * 2, 4096 * 20);
    store = epo_store_open(path, &(struct epo_store_options){.label = "test"}, &error);
    if (store) { /* the first pages are whole: it shows when the others are read */
        struct epo_db *db = epo_store_connect(store, &error);
        assert_non_null(db);
        assert_false(epo_db_run(db, &SUM, EPO_BIND_NONE, NULL, &error));
        epo_db_close(db);
    }
    assert_string_equal(error.code, "store.corrupt");
    assert_int_equal(error.kind, EPO_ERROR_BROKEN);
    epo_store_close(store);
    overwrite(path, 0, 4096);
    store = epo_store_open(path, &(struct epo_store_options){.label = "test"}, &error);
    assert_null(store);
    assert_string_equal(error.code, "store.corrupt");
}

static void a_missing_file_is_not_made_anew(void **state) {
    (void)state;
    struct epo_store *none = epo_store_open(test_folder_file(&folder, "none.db"),
                                            &(struct epo_store_options){.read_only = true}, &error);
    assert_null(none);
    assert_string_equal(error.code, "store.open");
    assert_int_not_equal(access(test_folder_file(&folder, "none.db"), F_OK), 0);
    assert_null(epo_store_open(test_folder_file(&folder, "no/folder.db"),
                               &(struct epo_store_options){0}, &error));
    char endless[2000];
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_null(epo_store_open(endless, &(struct epo_store_options){0}, &error));
}

/* Somebody works in the file with the sqlite3 shell and forgets a transaction. */
static void a_locked_database_is_busy_and_recovers(void **state) {
    (void)state;
    sqlite3 *shell = NULL;
    assert_int_equal(sqlite3_open(path, &shell), SQLITE_OK);
    assert_int_equal(sqlite3_exec(shell, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    int64_t n = 1;
    assert_false(epo_store_write(store, add, &n, &error));
    assert_string_equal(error.code, "store.busy");
    assert_int_equal(error.kind, EPO_ERROR_BUSY);
    assert_int_equal(sqlite3_exec(shell, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(shell);
    assert_true(epo_store_write(store, add, &n, &error));
    assert_true(epo_store_healthy(store, &error));
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, fresh, gone)

int main(void) {
    if (!epo_store_setup(&error))
        return 1;
    const struct CMUnitTest tests[] = {
        WITH_STORE(a_copy_made_under_load_is_whole),
        WITH_STORE(a_copy_never_overwrites),
        WITH_STORE(a_damaged_file_is_called_so),
        WITH_STORE(a_missing_file_is_not_made_anew),
        WITH_STORE(a_locked_database_is_busy_and_recovers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
