/* Binding, stepping, nesting, and what the authorizer lets through on each kind of connection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "folder.h"
#include "store/store.h"

static struct test_folder folder;
static struct epo_store *store;
static struct epo_error error;

static const struct epo_statement MAKE = {
    "t.make", "CREATE TABLE things (n INTEGER PRIMARY KEY, t TEXT, r REAL, b BLOB) STRICT", NULL};
static const struct epo_statement ADD = {
    "t.add", "INSERT INTO things (n, t, r, b) VALUES ($1, $2, $3, $4)", NULL};
static const struct epo_statement ALL = {"t.all", "SELECT n, t, r, b FROM things ORDER BY n", NULL};
static const struct epo_statement TWICE = {
    "t.twice", "SELECT $2 || $1 || $2, $1 FROM things WHERE n = 1", NULL};
static const struct epo_statement UPSERT = {
    "t.upsert",
    "INSERT INTO things (n, t) VALUES ($1, $2) ON CONFLICT (n) DO UPDATE SET t = $2 RETURNING n",
    NULL};

static bool fill(struct epo_db *db, void *arg, struct epo_error *why) {
    (void)arg;
    int64_t changes = 0;
    if (!epo_db_run(db, &MAKE, EPO_BIND_NONE, NULL, why))
        return false;
    bool ok = epo_db_run(db, &ADD,
                         EPO_BIND(EPO_INTEGER(1), EPO_STRING("kůň"), EPO_REAL(0.5),
                                  EPO_BLOB(((struct epo_span){"a\0b", 3}))),
                         &changes, why);
    return ok && changes == 1 &&
           epo_db_run(db, &ADD,
                      EPO_BIND(EPO_INTEGER(INT64_MIN), EPO_NULL, EPO_NULL, EPO_BLOB(EPO_SPAN(""))),
                      NULL, why);
}

static int set_up(void **state) {
    (void)state;
    test_folder_make(&folder);
    if (!epo_store_setup(&error))
        return -1;
    store =
        epo_store_open(test_folder_file(&folder, "t.db"), &(struct epo_store_options){0}, &error);
    return store && epo_store_write(store, fill, NULL, &error) ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    epo_store_close(store);
    test_folder_remove(&folder);
    return 0;
}

static int connect_it(void **state) {
    *state = epo_store_connect(store, &error);
    return *state ? 0 : -1;
}

static int close_it(void **state) {
    epo_db_close(*state);
    return 0;
}

static void every_type_comes_back(void **state) {
    struct epo_rows *rows = epo_db_query(*state, &ALL, EPO_BIND_NONE);
    assert_int_equal(epo_rows_columns(rows), 4);
    assert_string_equal(epo_rows_name(rows, 3), "b");
    assert_true(epo_rows_next(rows));
    assert_true(epo_rows_integer(rows, 0) == INT64_MIN);
    assert_int_equal(epo_rows_value(rows, 1).type, EPO_VALUE_NULL);
    assert_int_equal(epo_rows_text(rows, 1).len, 0);
    assert_int_equal(epo_rows_value(rows, 3).type, EPO_VALUE_BLOB);
    assert_int_equal(epo_rows_text(rows, 3).len, 0);
    assert_true(epo_rows_next(rows));
    assert_int_equal(epo_rows_value(rows, 0).integer, 1);
    assert_true(epo_span_is(epo_rows_value(rows, 1).bytes, "kůň"));
    assert_true(epo_rows_value(rows, 2).real == 0.5 && epo_rows_real(rows, 2) == 0.5);
    assert_int_equal(epo_rows_text(rows, 3).len, 3);
    assert_memory_equal(epo_rows_text(rows, 3).at, "a\0b", 3);
    assert_false(epo_rows_next(rows));
    assert_false(epo_rows_next(rows)); /* not from the beginning again */
    assert_true(epo_rows_end(rows, &error));
}

static void parameters_go_by_their_number(void **state) {
    struct epo_rows *rows =
        epo_db_query(*state, &TWICE, EPO_BIND(EPO_STRING("b"), EPO_STRING("a")));
    assert_true(epo_rows_next(rows));
    assert_true(epo_span_is(epo_rows_text(rows, 0), "aba"));
    assert_true(epo_rows_end(rows, &error));
    rows = epo_db_query(*state, &TWICE, EPO_BIND(EPO_STRING("b")));
    assert_false(epo_rows_next(rows));
    assert_false(epo_rows_end(rows, &error));
    assert_string_equal(error.code, "store.bind");
    static const struct epo_statement odd = {"t.odd", "SELECT ?", NULL};
    rows = epo_db_query(*state, &odd, EPO_BIND(EPO_STRING("b")));
    assert_false(epo_rows_end(rows, &error));
    assert_string_equal(error.code, "store.statement");
    static const struct epo_statement nothing = {"t.nothing", " -- nothing", NULL};
    assert_false(epo_db_run(*state, &nothing, EPO_BIND_NONE, NULL, &error));
    static const struct epo_statement wrong = {"t.wrong", "SELEKT 1", NULL};
    assert_false(epo_db_run(*state, &wrong, EPO_BIND_NONE, NULL, &error));
    assert_string_equal(error.code, "store.sql");
}

static void a_query_nests_in_itself(void **state) {
    int pairs = 0;
    struct epo_rows *outer = epo_db_query(*state, &ALL, EPO_BIND_NONE);
    while (epo_rows_next(outer)) {
        struct epo_rows *inner = epo_db_query(*state, &ALL, EPO_BIND_NONE);
        while (epo_rows_next(inner))
            pairs++;
        assert_true(epo_rows_end(inner, &error));
    }
    assert_true(epo_rows_end(outer, &error));
    assert_int_equal(pairs, 4);
}

/* Texts of reloaded plugins pile up: the cache lets idle ones go and stays right. */
static void a_thousand_texts_do_not_pile_up(void **state) {
    struct epo_rows *held = epo_db_query(*state, &ALL, EPO_BIND_NONE);
    assert_true(epo_rows_next(held));
    for (int i = 0; i < 2500; i++) {
        char sql[64];
        snprintf(sql, sizeof sql, "SELECT %d", i);
        struct epo_statement statement = {"t.many", sql, NULL};
        struct epo_rows *rows = epo_db_query(*state, &statement, EPO_BIND_NONE);
        assert_true(epo_rows_next(rows));
        assert_int_equal(epo_rows_integer(rows, 0), i);
        assert_true(epo_rows_end(rows, &error));
    }
    assert_true(epo_rows_next(held));
    assert_true(epo_rows_end(held, &error));
}

static bool upsert(struct epo_db *db, void *arg, struct epo_error *why) {
    struct epo_rows *rows = epo_db_query(db, &UPSERT, EPO_BIND(EPO_INTEGER(1), EPO_STRING("new")));
    *(int64_t *)arg = epo_rows_next(rows) ? epo_rows_integer(rows, 0) : 0;
    return epo_rows_end(rows, why);
}

static bool add_again(struct epo_db *db, void *arg, struct epo_error *why) {
    (void)arg;
    return epo_db_run(db, &ADD, EPO_BIND(EPO_INTEGER(1), EPO_NULL, EPO_NULL, EPO_NULL), NULL, why);
}

static bool add_wrong_type(struct epo_db *db, void *arg, struct epo_error *why) {
    (void)arg;
    return epo_db_run(db, &ADD,
                      EPO_BIND(EPO_INTEGER(7), EPO_NULL, EPO_STRING("not a number"), EPO_NULL),
                      NULL, why);
}

static void rules_of_tables_are_conflicts(void **state) {
    (void)state;
    assert_false(epo_store_write(store, add_again, NULL, &error));
    assert_string_equal(error.code, "store.constraint");
    assert_int_equal(error.kind, EPO_ERROR_CONFLICT);
    assert_false(epo_store_write(store, add_wrong_type, NULL, &error));
    assert_int_equal(error.kind, EPO_ERROR_CONFLICT);
    int64_t n = 0;
    assert_true(epo_store_write(store, upsert, &n, &error));
    assert_int_equal(n, 1);
}

static bool run_text(struct epo_db *db, void *arg, struct epo_error *why) {
    const struct epo_statement statement = {"t.text", arg, NULL};
    return epo_db_run(db, &statement, EPO_BIND_NONE, NULL, why);
}

static void refused(struct epo_db *reader, const char *sql) {
    const struct epo_statement statement = {"t.refused", sql, NULL};
    error.kind = EPO_ERROR_NONE;
    if (epo_db_run(reader, &statement, EPO_BIND_NONE, NULL, &error))
        fail_msg("a reader may run %s", sql);
    if (epo_store_write(store, run_text, (void *)sql, &error))
        fail_msg("a job may run %s", sql);
    if (strcmp(error.code, "store.denied") != 0)
        fail_msg("%s: %s", sql, error.text);
}

static void no_connection_reaches_outside(void **state) {
    refused(*state, "ATTACH '/tmp/epo-x.db' AS x");
    refused(*state, "DETACH main");
    refused(*state, "PRAGMA synchronous = OFF");
    refused(*state, "PRAGMA foreign_keys = OFF");
    refused(*state, "PRAGMA query_only = OFF");
    refused(*state, "PRAGMA journal_mode = DELETE");
    refused(*state, "PRAGMA writable_schema = ON");
    refused(*state, "PRAGMA trusted_schema = ON");
    refused(*state, "CREATE VIRTUAL TABLE v USING VirtualText('/etc/passwd', 'UTF-8')");
    refused(*state, "CREATE VIRTUAL TABLE v USING VirtualShape('/tmp/x', 'UTF-8', 5514)");
    refused(*state, "CREATE VIRTUAL TABLE v USING dbstat");
    refused(*state, "SELECT load_extension('/tmp/x.so')");
    static const struct epo_statement copy = {"t.copy", "VACUUM INTO '/tmp/epo-x.db'", NULL};
    assert_false(epo_db_run(*state, &copy, EPO_BIND_NONE, NULL, &error));
    assert_string_equal(error.code, "store.denied");
    assert_false(epo_store_write(store, run_text, (void *)copy.sql, &error));
}

static void a_reader_cannot_write(void **state) {
    assert_false(epo_db_run(*state, &ADD, EPO_BIND(EPO_INTEGER(9), EPO_NULL, EPO_NULL, EPO_NULL),
                            NULL, &error));
    assert_string_equal(error.code, "store.read_only");
    static const struct epo_statement schema = {"t.schema", "UPDATE sqlite_schema SET sql = 'x'",
                                                NULL};
    assert_false(epo_db_run(*state, &schema, EPO_BIND_NONE, NULL, &error));
    assert_false(epo_store_write(store, run_text, (void *)schema.sql, &error));
}

static void plugins_see_their_own_tables_only(void **state) {
    (void)state;
    static const struct {
        const char *sql;
        bool writes, ok;
    } cases[] = {
        {"SELECT n FROM things WHERE n = $1", false, true},
        {"SELECT COUNT(*) FROM things", false, true},
        {"SELECT n FROM (SELECT n FROM things) s", false, true},
        {"WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 5)"
         " SELECT i FROM c",
         false, true},
        {"SELECT value FROM json_each($1)", false, true},
        {"SELECT lower(t) FROM things", false, true},
        {"INSERT INTO things (n) VALUES ($1) RETURNING n", true, true},
        {"INSERT INTO things (n) VALUES ($1) ON CONFLICT (n) DO UPDATE SET t = $2", true, true},
        {"UPDATE things SET t = $1", true, true},
        {"DELETE FROM things", true, true},
        {"DELETE FROM things", false, false},
        {"SELECT at_us FROM health", false, false},
        {"SELECT COUNT(*) FROM health", false, false},
        {"SELECT n, (SELECT at_us FROM health) FROM things", false, false},
        {"INSERT INTO things (n) SELECT at_us FROM health", true, false},
        {"DELETE FROM health", true, false},
        {"SELECT sql FROM sqlite_schema", false, false},
        {"SELECT * FROM pragma_table_info('health')", false, false},
        {"SELECT * FROM pragma_database_list", false, false},
        {"PRAGMA table_info(health)", false, false},
        {"CREATE TABLE things_two (n INTEGER) STRICT", true, false},
        {"DROP TABLE things", true, false},
        {"BEGIN", true, false},
        {"COMMIT", true, false},
        {"SAVEPOINT x", true, false},
        {"ANALYZE", true, false},
        {"VACUUM", true, false},
        {"REINDEX things", true, false},
        {"EXPLAIN SELECT n FROM things", false, false},
        {"SELECTX", false, false},
        {"SELECT 1; SELECT 2", false, false},
        {"SELECT 1; -- and a remark", false, false},
        {"", false, false},
        {"-- nothing", false, false},
        {"SELECT load_extension('x')", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (epo_store_check_statement(store, cases[i].sql, "things", cases[i].writes, &error) !=
            cases[i].ok)
            fail_msg("%s was %s (%s)", cases[i].sql, cases[i].ok ? "refused" : "accepted",
                     error.text);
}

/* A statement of an agenda may be wrong or mean; it ends, and the connection goes on. */
static void bounded_statements_end(void **state) {
    static const struct {
        const char *sql, *code;
    } cases[] = {
        {"WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) SELECT COUNT(*) FROM c",
         "store.steps"},
        {"WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) SELECT i FROM c",
         "store.steps"},
        {"SELECT length(zeroblob(900000000) || 'x')", "store.too_large"},
        {"SELECT 'a' LIKE printf('%.*c', 200, '%')", "store.sql"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct epo_statement statement = {"t.bounded", cases[i].sql, NULL, 100000};
        assert_false(epo_db_run(*state, &statement, EPO_BIND_NONE, NULL, &error));
        if (strcmp(error.code, cases[i].code) != 0)
            fail_msg("%s: %s: %s", cases[i].sql, error.code, error.text);
    }
    static const struct epo_statement long_one = {
        "t.long",
        "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 200000)"
        " SELECT COUNT(*) FROM c",
        NULL};
    assert_true(epo_db_run(*state, &long_one, EPO_BIND_NONE, NULL, &error)); /* has no bound */
}

#define CONNECTED(test) cmocka_unit_test_setup_teardown(test, connect_it, close_it)

int main(void) {
    const struct CMUnitTest tests[] = {
        CONNECTED(every_type_comes_back),
        CONNECTED(parameters_go_by_their_number),
        CONNECTED(a_query_nests_in_itself),
        CONNECTED(a_thousand_texts_do_not_pile_up),
        cmocka_unit_test(rules_of_tables_are_conflicts),
        CONNECTED(no_connection_reaches_outside),
        CONNECTED(a_reader_cannot_write),
        CONNECTED(bounded_statements_end),
        cmocka_unit_test(plugins_see_their_own_tables_only),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
