/* Numbered .sql files: once each, in order, whole or not at all; newer databases, changed and late
 * files, and plugins that reach beyond their own tables are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <unistd.h>

#include "folder.h"
#include "store/store.h"

struct fixture {
    struct test_folder folder, sql; /* the database; the migrations */
    struct epo_store *store;
    struct epo_error error;
};

static int fresh(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    test_folder_make(&fixture->folder);
    test_folder_make(&fixture->sql);
    *state = fixture;
    return 0;
}

static int gone(void **state) {
    struct fixture *fixture = *state;
    epo_store_close(fixture->store);
    test_folder_remove(&fixture->folder);
    test_folder_remove(&fixture->sql);
    free(fixture);
    return 0;
}

static bool open_it(struct fixture *fixture) {
    epo_store_close(fixture->store);
    fixture->error = (struct epo_error){0};
    fixture->store = epo_store_open(
        test_folder_file(&fixture->folder, "t.db"),
        &(struct epo_store_options){.label = "test", .migrations = fixture->sql.path},
        &fixture->error);
    return fixture->store != NULL;
}

static void opens(struct fixture *fixture) {
    if (!open_it(fixture))
        fail_msg("refused: %s (%s)", fixture->error.text, fixture->error.code);
}

static void refuses(struct fixture *fixture, const char *code) {
    assert_false(open_it(fixture));
    assert_string_equal(fixture->error.code, code);
    assert_int_equal(fixture->error.kind, EPO_ERROR_BROKEN);
}

static int64_t ask(struct fixture *fixture, const char *sql) {
    const struct epo_statement statement = {"t.ask", sql, NULL};
    struct epo_db *db = epo_store_connect(fixture->store, &fixture->error);
    assert_non_null(db);
    struct epo_rows *rows = epo_db_query(db, &statement, EPO_BIND_NONE);
    int64_t answer = epo_rows_next(rows) ? epo_rows_integer(rows, 0) : -1;
    epo_rows_end(rows, &fixture->error);
    epo_db_close(db);
    return answer;
}

static void files_are_applied_once_in_order(void **state) {
    struct fixture *fixture = *state;
    test_folder_write(&fixture->sql, "002_second.sql", "INSERT INTO a (n) VALUES (1);");
    test_folder_write(&fixture->sql, "001_first.sql",
                      "CREATE TABLE a (n INTEGER NOT NULL) STRICT;");
    test_folder_write(&fixture->sql, "README", "not a migration");
    test_folder_write(&fixture->sql, "003_draft.sql.old", "nonsense");
    opens(fixture);
    opens(fixture);
    assert_int_equal(ask(fixture, "SELECT COUNT(*) FROM a"), 1);
    test_folder_write(&fixture->sql, "010_third.sql", "INSERT INTO a (n) VALUES (2);");
    opens(fixture);
    assert_int_equal(ask(fixture, "SELECT SUM(n) FROM a"), 3);
    assert_int_equal(ask(fixture, "SELECT COUNT(*) FROM schema_migrations"
                                  " WHERE owner = 'host' AND applied_at_us > 0"
                                  " AND length(sha256) = 64"),
                     3);
}

static void a_newer_database_is_refused(void **state) {
    struct fixture *fixture = *state;
    test_folder_write(&fixture->sql, "001_first.sql", "CREATE TABLE a (n INTEGER) STRICT;");
    test_folder_write(&fixture->sql, "002_second.sql", "CREATE TABLE b (n INTEGER) STRICT;");
    opens(fixture);
    unlink(test_folder_file(&fixture->sql, "002_second.sql"));
    refuses(fixture, "store.newer");
}

static void a_changed_file_is_refused(void **state) {
    struct fixture *fixture = *state;
    test_folder_write(&fixture->sql, "001_first.sql", "CREATE TABLE a (n INTEGER) STRICT;");
    opens(fixture);
    test_folder_write(&fixture->sql, "001_first.sql", "CREATE TABLE a (n INTEGER, m TEXT) STRICT;");
    refuses(fixture, "store.migration_changed");
    assert_non_null(strstr(fixture->error.where, "001_first.sql"));
}

static void a_late_file_is_refused(void **state) {
    struct fixture *fixture = *state;
    test_folder_write(&fixture->sql, "001_first.sql", "CREATE TABLE a (n INTEGER) STRICT;");
    test_folder_write(&fixture->sql, "003_third.sql", "CREATE TABLE c (n INTEGER) STRICT;");
    opens(fixture);
    test_folder_write(&fixture->sql, "002_second.sql", "CREATE TABLE b (n INTEGER) STRICT;");
    refuses(fixture, "store.migration_order");
    unlink(test_folder_file(&fixture->sql, "002_second.sql"));
    test_folder_write(&fixture->sql, "003_twice.sql", "CREATE TABLE d (n INTEGER) STRICT;");
    refuses(fixture, "store.migrations");
}

static void a_broken_file_leaves_nothing(void **state) {
    struct fixture *fixture = *state;
    test_folder_write(&fixture->sql, "001_first.sql", "CREATE TABLE a (n INTEGER) STRICT;");
    test_folder_write(
        &fixture->sql, "002_second.sql",
        "CREATE TABLE b (n INTEGER) STRICT; INSERT INTO b VALUES (1); CREATE TABEL c;");
    refuses(fixture, "store.sql");
    assert_non_null(strstr(fixture->error.where, "002_second.sql"));
    test_folder_write(&fixture->sql, "002_second.sql", "CREATE TABLE b (m TEXT) STRICT;");
    opens(fixture); /* 001 stayed, 002 had left nothing behind */
    assert_int_equal(ask(fixture, "SELECT COUNT(*) FROM b"), 0);
}

static void tables_must_be_strict(void **state) {
    struct fixture *fixture = *state;
    test_folder_write(&fixture->sql, "001_first.sql", "CREATE TABLE a (n INTEGER);");
    refuses(fixture, "store.not_strict");
    test_folder_write(&fixture->sql, "001_first.sql", "CREATE TABLE a (n INTEGER) STRICT; COMMIT;");
    refuses(fixture, "store.migrations");
    test_folder_write(&fixture->sql, "001_first.sql", "CREATE TABLE a (n INTEGER) STRICT;");
}

static void the_portals_own_schema_is_accepted(void **state) {
    struct fixture *fixture = *state;
    fixture->store =
        epo_store_open(test_folder_file(&fixture->folder, "t.db"),
                       &(struct epo_store_options){.migrations = EPO_SOURCE "/core/store/schema"},
                       &fixture->error);
    if (!fixture->store)
        fail_msg("refused: %s (%s)", fixture->error.text, fixture->error.code);
}

/* A plugin "dog" whose tables begin with dog_; the host has a table of accounts. */
static void start_plugin(struct fixture *fixture) {
    test_folder_write(&fixture->sql, "001_first.sql",
                      "CREATE TABLE accounts (name TEXT NOT NULL PRIMARY KEY) STRICT;"
                      "INSERT INTO accounts (name) VALUES ('novakova');");
    opens(fixture);
    unlink(test_folder_file(&fixture->sql, "001_first.sql"));
}

static bool plugin(struct fixture *fixture, const char *sql) {
    test_folder_write(&fixture->sql, "001_tables.sql", sql);
    return epo_store_migrate(fixture->store, "dog", fixture->sql.path, "dog_", &fixture->error);
}

static void a_plugin_makes_its_own_tables(void **state) {
    struct fixture *fixture = *state;
    start_plugin(fixture);
    const char *sql = "CREATE TABLE dog_breeds (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)"
                      " STRICT;"
                      "CREATE INDEX dog_breeds_by_name ON dog_breeds (name);"
                      "CREATE VIEW dog_names AS SELECT name FROM dog_breeds;"
                      "INSERT INTO dog_breeds (name) VALUES ('ohař');"
                      "ALTER TABLE dog_breeds ADD COLUMN fee_haler INTEGER;"
                      "UPDATE dog_breeds SET fee_haler = 30000;";
    if (!plugin(fixture, sql))
        fail_msg("refused: %s (%s)", fixture->error.text, fixture->error.code);
    assert_int_equal(ask(fixture, "SELECT fee_haler FROM dog_breeds"), 30000);
    assert_true(plugin(fixture, sql)); /* again: nothing to do */
    assert_int_equal(ask(fixture, "SELECT COUNT(*) FROM dog_breeds"), 1);
}

static void a_plugin_reaches_nothing_else(void **state) {
    struct fixture *fixture = *state;
    start_plugin(fixture);
    static const char *const attempts[] = {
        "DROP TABLE accounts;",
        "DELETE FROM accounts;",
        "ALTER TABLE accounts ADD COLUMN spy TEXT;",
        "CREATE INDEX dog_spy ON accounts (name);",
        "CREATE TABLE cat_breeds (n INTEGER) STRICT;",
        "CREATE TABLE dog_copy AS SELECT name FROM accounts;",
        "CREATE TABLE dog_a (n INTEGER) STRICT; ALTER TABLE dog_a RENAME TO sessions;",
        "CREATE TABLE dog_a (n TEXT) STRICT; INSERT INTO dog_a SELECT name FROM accounts;",
        "CREATE TABLE dog_a (n TEXT) STRICT; CREATE TRIGGER dog_t AFTER INSERT ON dog_a BEGIN"
        " DELETE FROM accounts; END;",
        "CREATE TEMP TABLE dog_a (n INTEGER);",
        "CREATE TABLE dog_a (n INTEGER);",
        "CREATE VIRTUAL TABLE dog_v USING fts5(x);",
        "ATTACH '/tmp/dog_x.db' AS dog_x;",
        "PRAGMA writable_schema = ON;",
        "UPDATE sqlite_schema SET sql = '' WHERE name = 'accounts';",
        "DELETE FROM schema_migrations;",
        "COMMIT;",
        "CREATE TABLE dog_a (n INTEGER) STRICT; ROLLBACK;",
        "SELECT load_extension('x');",
        NULL};
    for (int i = 0; attempts[i]; i++) {
        if (plugin(fixture, attempts[i]))
            fail_msg("accepted: %s", attempts[i]);
        assert_int_equal(ask(fixture, "SELECT COUNT(*) FROM accounts"), 1);
        assert_int_equal(ask(fixture, "SELECT COUNT(*) FROM sqlite_schema WHERE tbl_name LIKE"
                                      " 'dog%' OR tbl_name IN ('sessions', 'cat_breeds')"),
                         0);
    }
    assert_true(plugin(fixture, "CREATE TABLE dog_a (n INTEGER) STRICT;"));
}

static void a_view_cannot_be_a_window(void **state) {
    struct fixture *fixture = *state;
    start_plugin(fixture);
    /* SQLite looks into a view only when it is used. */
    if (plugin(fixture, "CREATE VIEW dog_window AS SELECT name FROM accounts;"))
        assert_false(epo_store_check_statement(fixture->store, "SELECT name FROM dog_window",
                                               "dog_", false, &fixture->error));
    assert_string_equal(fixture->error.code, "store.denied");
}

#define WITH_FOLDERS(test) cmocka_unit_test_setup_teardown(test, fresh, gone)

int main(void) {
    struct epo_error error;
    if (!epo_store_setup(&error))
        return 1;
    const struct CMUnitTest tests[] = {
        WITH_FOLDERS(files_are_applied_once_in_order),
        WITH_FOLDERS(a_newer_database_is_refused),
        WITH_FOLDERS(a_changed_file_is_refused),
        WITH_FOLDERS(a_late_file_is_refused),
        WITH_FOLDERS(a_broken_file_leaves_nothing),
        WITH_FOLDERS(tables_must_be_strict),
        WITH_FOLDERS(the_portals_own_schema_is_accepted),
        WITH_FOLDERS(a_plugin_makes_its_own_tables),
        WITH_FOLDERS(a_plugin_reaches_nothing_else),
        WITH_FOLDERS(a_view_cannot_be_a_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
