/* epo.h from the other side: what the host makes of whatever a hook asks for, sets and returns. */
#include "plugin_fixture.h"

#include "plugin/call.h"

static struct epo_agenda *agenda;
static struct epo_hook hook;
static struct epo_error error;

/* (host->fail)(...): cmocka has a macro of that name. */
#define TEXT(words) ((epo_str){"" words, sizeof(words) - 1})

/* One call; its pool lives until the next. */
static bool run(enum epo_hook_kind kind, int (*what)(epo_call *call)) {
    if (hook.pool)
        epo_pool_free(hook.pool);
    hook = (struct epo_hook){.pool = epo_pool_create(), .portal = &portal, .db = db, .lang = "en"};
    hook.tree = epo_json_parse(
        hook.pool,
        EPO_SPAN("{\"answers\":{\"name\":\"Jana\",\"count\":3,\"rate\":1.5,\"yes\":true,\"none\":"
                 "null,\"list\":[1,{\"x\":\"y\"}]}}"),
        NULL);
    error = (struct epo_error){0};
    does = what;
    return epo_agenda_call(agenda, kind, "x", &hook, &error);
}

static const char *result(void) {
    return epo_json_print(hook.pool, hook.result).at;
}
static const char *failures(void) {
    return epo_json_print(hook.pool, hook.failures).at;
}

/* ---- reading ---- */

static int reads(epo_call *call) {
    assert_int_equal(host->get(call, "answers.name").kind, EPO_KIND_TEXT);
    assert_string_equal(host->get(call, "answers.name").text.at, "Jana");
    assert_int_equal(host->get(call, "answers.count").integer, 3);
    assert_true(host->get(call, "answers.count").real == 3);
    assert_true(host->get(call, "answers.rate").real == 1.5);
    assert_int_equal(host->get(call, "answers.yes").kind, EPO_KIND_BOOLEAN);
    assert_int_equal(host->get(call, "answers.none").kind, EPO_KIND_NULL);
    assert_int_equal(host->get(call, "answers.list").count, 2);
    assert_string_equal(host->get(call, "answers.list.1.x").text.at, "y");
    static const char *const ABSENT[] = {"",
                                         ".",
                                         "answers.",
                                         "answers..name",
                                         "answers.list.2",
                                         "answers.list.-1",
                                         "answers.name.x",
                                         "no",
                                         "answers.list.99999999999999999999",
                                         NULL};
    for (size_t i = 0; i < sizeof ABSENT / sizeof *ABSENT; i++) {
        epo_item item = host->get(call, ABSENT[i]);
        if (item.kind != EPO_KIND_ABSENT || !item.text.at || item.text.len)
            fail_msg("\"%s\" is there", ABSENT[i] ? ABSENT[i] : "NULL");
    }
    assert_string_equal(host->json(call, "answers.list").at, "[1,{\"x\":\"y\"}]");
    assert_string_equal(host->json(call, "no").at, "null");
    assert_string_equal(host->get(call, "agenda.name").text.at, "test");
    assert_int_equal(host->get(call, "parameters.rate").integer, 7);
    assert_int_equal(host->get(call, "today").text.len, 10);
    assert_string_equal(host->text(call, "error.late").at, "Too late.");
    assert_string_equal(host->text(call, "no.such").at, "no.such");
    host->log(call, 1, "x\",\"level\":\"error\"}\n{\"event\":\"forged", TEXT("text"));
    host->log(call, 99, NULL, (epo_str){NULL, 5});
    return EPO_RC_OK;
}
static void test_reading(void **state) {
    (void)state;
    assert_true(run(EPO_HOOK_CHECK, reads));
    assert_int_equal(hook.failures->count, 0);
}

/* ---- answering ---- */

static int sets(epo_call *call) {
    assert_int_equal(host->set_text(call, "a", TEXT("x")), EPO_RC_OK);
    assert_int_equal(host->set_integer(call, "rows.0.n", 1), EPO_RC_OK);
    assert_int_equal(host->set_integer(call, "rows.1.n", 2), EPO_RC_OK);
    assert_int_equal(host->set_integer(call, "rows.0.n", 3), EPO_RC_OK);
    assert_int_equal(host->set_boolean(call, "b", 2), EPO_RC_OK);
    assert_int_equal(host->set_real(call, "r", 0.5), EPO_RC_OK);
    assert_int_equal(host->set_json(call, "j", TEXT("{\"k\":[1]}")), EPO_RC_OK);
    assert_int_equal(host->set_integer(call, "j.k.1", 2), EPO_RC_OK);
    return EPO_RC_OK;
}
static void test_setting(void **state) {
    (void)state;
    assert_true(run(EPO_HOOK_COMPUTE, sets));
    assert_string_equal(
        result(),
        "{\"a\":\"x\",\"rows\":[{\"n\":3},{\"n\":2}],\"b\":true,\"r\":0.5,\"j\":{\"k\":[1,2]}}");
}

static const char *path;
static int sets_at(epo_call *call) {
    host->set_integer(call, "list.0", 1);
    host->set_integer(call, "number", 1);
    return host->set_integer(call, path, 1);
}
static void test_paths_that_do_not_fit(void **state) {
    static const char *const PATHS[] = {"",
                                        ".",
                                        "a.",
                                        ".a",
                                        "a..b",
                                        "list.2",
                                        "list.x",
                                        "number.x",
                                        "list.-1",
                                        "\xff",
                                        NULL,
                                        "list.10001",
                                        "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q"};
    (void)state;
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        path = PATHS[i];
        if (run(EPO_HOOK_COMPUTE, sets_at) || error.kind != EPO_ERROR_BROKEN ||
            strcmp(error.code, "agenda.path") != 0 || !epo_text_valid(epo_span(error.text)))
            fail_msg("\"%s\" can be set", path ? path : "NULL");
    }
}

static epo_str value;
static int sets_text(epo_call *call) {
    return host->set_text(call, "x", value);
}
static int sets_json(epo_call *call) {
    return host->set_json(call, "x", value);
}
static int sets_nan(epo_call *call) {
    return host->set_real(call, "x", 0.0 / (double)(value.len == 99));
}
static void test_values_that_are_none(void **state) {
    char deep[101] = "";
    (void)state;
    value = TEXT("\xff");
    assert_false(run(EPO_HOOK_COMPUTE, sets_text));
    assert_string_equal(error.code, "agenda.text");
    value = TEXT("a\0b");
    assert_false(run(EPO_HOOK_COMPUTE, sets_text));
    value = (epo_str){NULL, 3};
    assert_true(run(EPO_HOOK_COMPUTE, sets_text));
    value = TEXT("{\"a\":}");
    assert_false(run(EPO_HOOK_COMPUTE, sets_json));
    assert_string_equal(error.code, "agenda.json");
    memset(deep, '[', 40);
    memset(deep + 40, ']', 40);
    value = (epo_str){deep, 80};
    assert_false(run(EPO_HOOK_COMPUTE, sets_json));
    assert_string_equal(error.code, "agenda.depth");
    value = (epo_str){deep + 10, 60};
    assert_true(run(EPO_HOOK_COMPUTE, sets_json));
    assert_false(run(EPO_HOOK_COMPUTE, sets_nan));
    assert_string_equal(error.code, "agenda.number");
}

static int sets_much(epo_call *call) {
    static char text[100000];
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 1000; i++)
        if (host->set_text(call, "x", (epo_str){text, sizeof text}) != EPO_RC_OK)
            return EPO_RC_BROKEN;
    return EPO_RC_OK;
}
static int sets_one_large(epo_call *call) {
    epo_str text = {calloc(1, 9 << 20), 9 << 20};
    memset((char *)(uintptr_t)text.at, 'x', text.len);
    int rc = host->set_text(call, "x", text);
    free((char *)(uintptr_t)text.at);
    return rc;
}
static void test_memory(void **state) {
    (void)state;
    assert_false(run(EPO_HOOK_COMPUTE, sets_much));
    assert_string_equal(error.code, "agenda.memory");
    assert_false(run(EPO_HOOK_COMPUTE, sets_one_large)); /* the last thing it did */
    assert_string_equal(error.code, "agenda.memory");
}

/* ---- failing ---- */

static struct {
    int rc;
    const char *path, *code;
    epo_str text;
} refusal;
static int refuses(epo_call *call) {
    return (host->fail)(call, refusal.rc, refusal.path, refusal.code, refusal.text);
}
static int refuses_much(epo_call *call) {
    for (int i = 0; i < 1000; i++)
        (host->fail)(call, EPO_RC_BAD_INPUT, "answers.name", "late", TEXT("x"));
    return EPO_RC_BAD_INPUT;
}
static int returns(epo_call *call) {
    (void)call;
    return refusal.rc;
}
static void refuse(int rc, const char *at, const char *code, epo_str text) {
    refusal.rc = rc;
    refusal.path = at;
    refusal.code = code;
    refusal.text = text;
}
static void test_refusing(void **state) {
    char text[500];
    (void)state;
    refuse(EPO_RC_BAD_INPUT, "answers.name", "late", TEXT("unused"));
    assert_true(run(EPO_HOOK_CHECK, refuses));
    assert_string_equal(
        failures(), "[{\"path\":\"answers.name\",\"code\":\"late\",\"message\":\"Too late.\"}]");
    refuse(EPO_RC_CONFLICT, "", "unknown_word", TEXT("Shown as it is."));
    assert_true(run(EPO_HOOK_STATE, refuses));
    assert_string_equal(
        failures(), "[{\"path\":\"\",\"code\":\"unknown_word\",\"message\":\"Shown as it is.\"}]");
    /* What is no text or no word never reaches an answer. */
    refuse(EPO_RC_BAD_INPUT, "\xff", "no word\n", TEXT("\xfe"));
    assert_true(run(EPO_HOOK_CHECK, refuses));
    assert_string_equal(
        failures(),
        "[{\"path\":\"\",\"code\":\"agenda.bad_input\",\"message\":\"agenda.bad_input\"}]");
    refuse(EPO_RC_BAD_INPUT, NULL, NULL, (epo_str){NULL, 7});
    assert_true(run(EPO_HOOK_CHECK, refuses));
    for (size_t i = 0; i < sizeof text - 1; i += 2)
        memcpy(text + i, "ž", 2);
    text[0] = 'x'; /* so that the limit falls into a letter */
    text[1] = 'x';
    memmove(text + 1, text, sizeof text - 2);
    refuse(EPO_RC_BAD_INPUT, "", "x", (epo_str){text, sizeof text - 1});
    assert_true(run(EPO_HOOK_CHECK, refuses));
    struct epo_span shown = epo_json_get_text(hook.failures->items[0], "message");
    assert_true(epo_text_valid(shown) && shown.len > 300 && shown.len <= 400);
    assert_true(run(EPO_HOOK_CHECK, refuses_much));
    assert_int_equal(hook.failures->count, EPO_FAILURES_MAX);
    assert_true(run(EPO_HOOK_ROUTE, refuses_much)); /* BAD_INPUT is for people everywhere */
}

static void test_kinds_of_errors(void **state) {
    static const enum epo_error_kind KINDS[] = {[EPO_RC_DENIED] = EPO_ERROR_DENIED,
                                                [EPO_RC_NOT_FOUND] = EPO_ERROR_NOT_FOUND,
                                                [EPO_RC_CONFLICT] = EPO_ERROR_CONFLICT,
                                                [EPO_RC_BUSY] = EPO_ERROR_BUSY,
                                                [EPO_RC_BROKEN] = EPO_ERROR_BROKEN};
    (void)state;
    for (int rc = EPO_RC_DENIED; rc <= EPO_RC_BROKEN; rc++) {
        refuse(rc, "", "late", TEXT("Said."));
        assert_false(run(EPO_HOOK_ROUTE, refuses));
        assert_int_equal(error.kind, KINDS[rc]);
        assert_string_equal(error.text, "Said.");
        assert_false(run(EPO_HOOK_ROUTE, returns)); /* without a reason */
        assert_int_equal(error.kind, KINDS[rc]);
        assert_true(error.text[0] != '\0');
    }
    refuse(EPO_RC_BROKEN, "", "x", TEXT("test/code:12: It broke."));
    assert_false(run(EPO_HOOK_ROUTE, refuses));
    assert_string_equal(error.where, "test/code:12");
    assert_string_equal(error.text, "It broke.");
    refuse(EPO_RC_BROKEN, "", "x", TEXT("at 10:30"));
    assert_false(run(EPO_HOOK_ROUTE, refuses));
    assert_string_equal(error.text, "at 10:30");
    refuse(77, "", "x", TEXT("?"));
    assert_false(run(EPO_HOOK_CHECK, returns));
    assert_string_equal(error.code, "agenda.return");
    refuse(-1, "", "x", TEXT("?"));
    assert_false(run(EPO_HOOK_CHECK, refuses));
    assert_int_equal(error.kind, EPO_ERROR_BROKEN);
    const struct epo_json *troubles = epo_agenda_troubles(agenda, pool);
    assert_in_range(troubles->count, 4, EPO_TROUBLES_MAX);
}

/* ---- days ---- */

static void test_days(void **state) {
    char out[EPO_DAY_SIZE];
    int64_t number = -1;
    (void)state;
    assert_int_equal(host->day_number(TEXT("1970-02-01"), &number), EPO_RC_OK);
    assert_int_equal(number, 31);
    assert_int_equal(host->day_add(TEXT("2024-01-31"), 1, 0, out), EPO_RC_OK);
    assert_string_equal(out, "2024-02-29");
    assert_int_equal(host->day_add(TEXT("2024-03-31"), -13, 1, out), EPO_RC_OK);
    assert_string_equal(out, "2023-03-01");
    assert_int_equal(host->day_add(TEXT("2026-12-31"), 0, -365, out), EPO_RC_OK);
    assert_string_equal(out, "2025-12-31");
    assert_int_equal(host->day_working(TEXT("2026-05-01"), 0, out),
                     EPO_RC_OK); /* a Friday, May Day */
    assert_string_equal(out, "2026-05-04");
    assert_int_equal(host->day_working(TEXT("2026-04-02"), 1, out), EPO_RC_OK); /* before Easter */
    assert_string_equal(out, "2026-04-07");
    static const char *const WRONG[] = {"", "2026-02-29", "2026-1-1", "0000-01-01", "1.1.2026"};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        epo_str day = {WRONG[i], strlen(WRONG[i])};
        assert_int_equal(host->day_number(day, &number), EPO_RC_BAD_INPUT);
        assert_int_equal(host->day_add(day, 0, 0, out), EPO_RC_BAD_INPUT);
        assert_string_equal(out, "");
        assert_int_equal(host->day_working(day, 0, out), EPO_RC_BAD_INPUT);
    }
    assert_int_equal(host->day_add(TEXT("9999-12-31"), 0, 1, out), EPO_RC_BAD_INPUT);
    assert_int_equal(host->day_add(TEXT("0001-01-01"), -1, 0, out), EPO_RC_BAD_INPUT);
    assert_int_equal(host->day_add(TEXT("2026-01-01"), INT64_MAX, INT64_MIN, out),
                     EPO_RC_BAD_INPUT);
    assert_int_equal(host->day_working(TEXT("2026-01-01"), -1, out), EPO_RC_BAD_INPUT);
    assert_int_equal(host->day_working(TEXT("9999-12-31"), 1, out), EPO_RC_BAD_INPUT);
    assert_int_equal(host->day_number((epo_str){NULL, 0}, &number), EPO_RC_BAD_INPUT);
}

/* ---- tables ---- */

static int writes(epo_call *call) {
    const epo_item values[] = {{.kind = EPO_KIND_TEXT, .text = TEXT("one")},
                               {.kind = EPO_KIND_INTEGER, .integer = 5}};
    return host->write(call, "put", values, 2);
}
static int counts(epo_call *call) {
    epo_result *rows = host->query(call, "list", NULL, 0);
    int count = 0;
    assert_non_null(rows);
    assert_string_equal(host->column_name(rows, 0).at, "name");
    assert_int_equal(host->column_name(rows, 9).len, 0);
    while (host->next(rows)) {
        assert_int_equal(host->column(rows, 0).kind, EPO_KIND_TEXT);
        assert_int_equal(host->column(rows, 9).kind, EPO_KIND_ABSENT);
        assert_int_equal(host->column(rows, -1).kind, EPO_KIND_ABSENT);
        count++;
    }
    assert_int_equal(host->next(rows), 0);
    assert_int_equal(host->column(rows, 0).kind, EPO_KIND_ABSENT);
    host->query(call, "list", NULL, 0); /* left open: the host gives it back */
    return host->set_integer(call, "count", count);
}
static void test_tables(void **state) {
    (void)state;
    assert_true(run(EPO_HOOK_JOB, writes));
    assert_true(run(EPO_HOOK_PAGE, counts));
    assert_string_equal(result(), "{\"count\":1}");
    assert_false(run(EPO_HOOK_ROUTE, writes)); /* the same key: a rule of the table */
    assert_int_equal(error.kind, EPO_ERROR_CONFLICT);
    static const enum epo_hook_kind READERS[] = {EPO_HOOK_COMPUTE, EPO_HOOK_CHECK, EPO_HOOK_PAGE,
                                                 EPO_HOOK_SELFTEST};
    for (size_t i = 0; i < sizeof READERS / sizeof *READERS; i++) {
        assert_false(run(READERS[i], writes));
        assert_string_equal(error.code, "agenda.write_here");
    }
    assert_true(run(EPO_HOOK_SUBMITTED, writes));
    assert_int_equal(hook.writes->count, 1); /* for the save */
}

static epo_item item;
static const char *statement;
static size_t item_count;
static int queries(epo_call *call) {
    return host->query(call, statement, &item, item_count) ? EPO_RC_OK : EPO_RC_BROKEN;
}
static int writes_it(epo_call *call) {
    const epo_item values[] = {item, {.kind = EPO_KIND_INTEGER}};
    return host->write(call, statement, values, 2);
}
static void test_statements_that_are_refused(void **state) {
    static const char *const NAMES[] = {"no", "put", "", "SELECT 1", NULL};
    (void)state;
    item_count = 0;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        statement = NAMES[i];
        assert_false(run(EPO_HOOK_PAGE, queries));
        assert_string_equal(error.code, "agenda.statement");
    }
    statement = "list";
    item_count = 61;
    assert_false(run(EPO_HOOK_PAGE, queries));
    assert_string_equal(error.code, "agenda.values");
    statement = "put";
    const epo_item wrong[] = {{.kind = EPO_KIND_ARRAY},
                              {.kind = EPO_KIND_OBJECT},
                              {.kind = 99},
                              {.kind = -1},
                              {.kind = EPO_KIND_TEXT, .text = TEXT("\xff")},
                              {.kind = EPO_KIND_NEW_NUMBER}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        item = wrong[i];
        assert_false(run(EPO_HOOK_STATE, writes_it));
        assert_string_equal(error.code, "agenda.values");
        assert_false(run(EPO_HOOK_JOB, writes_it));
        assert_string_equal(error.code, "agenda.values");
    }
    assert_true(run(EPO_HOOK_SUBMITTED, writes_it)); /* the new number, there alone */
}

static int reads_without_end(epo_call *call) {
    epo_result *rows = host->query(call, "endless", NULL, 0);
    while (host->next(rows)) {
    }
    return EPO_RC_OK; /* the host has noted it */
}
static int writes_without_end(epo_call *call) {
    return host->write(call, "endless_too", NULL, 0);
}
static void test_statements_without_end(void **state) {
    (void)state;
    assert_false(run(EPO_HOOK_PAGE, reads_without_end));
    assert_string_equal(error.code, "store.steps");
    assert_false(run(EPO_HOOK_JOB, writes_without_end));
    assert_string_equal(error.code, "store.steps");
    assert_true(run(EPO_HOOK_PAGE, counts));
    assert_string_equal(result(), "{\"count\":1}");
}

static int locates(epo_call *call) {
    return host->locate(call, 13.4, 49.7);
}
static void test_rights(void **state) {
    (void)state;
    assert_false(run(EPO_HOOK_CHECK, locates));
    assert_string_equal(error.code, "agenda.right");
    agenda->rights &= ~(unsigned)EPO_RIGHT_TABLES;
    assert_false(run(EPO_HOOK_JOB, writes));
    assert_string_equal(error.code, "agenda.right");
    agenda->rights |= EPO_RIGHT_TABLES;
}

static int open_agenda(void **state) {
    if (set_up(state) != 0)
        return -1;
    struct epo_faults faults = {pool, NULL, NULL};
    write_agenda(
        "test",
        ",\"rights\": [\"tables\"], \"parameters\": {\"rate\": 7}, \"statements\": {"
        "\"put\": {\"sql\": \"INSERT INTO test_a (name, n) VALUES ($1, $2)\", \"writes\": true},"
        "\"endless\": {\"sql\": \"WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) "
        "SELECT MAX(i) FROM c\"},"
        "\"endless_too\": {\"sql\": \"WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT "
        "i + 1 FROM c) INSERT INTO test_a (name, n) SELECT i, i FROM c\", \"writes\": true},"
        "\"list\": {\"sql\": \"SELECT name, n FROM test_a\"}}");
    test_folder_write(&folder, "agendas/test/sql/001_a.sql",
                      "CREATE TABLE test_a (name TEXT NOT NULL PRIMARY KEY, n INTEGER) STRICT;");
    test_folder_write(&folder, "agendas/test/texts/cs.json", "{\"error.late\": \"Pozdě.\"}");
    test_folder_write(&folder, "agendas/test/texts/en.json", "{\"error.late\": \"Too late.\"}");
    agenda = epo_agenda_open(&portal, NULL, RUNTIMES, 1, test_folder_file(&folder, "agendas/test"),
                             NULL, &faults);
    if (!agenda)
        print_error("%s:%d: %s\n", faults.first->file, faults.first->line, faults.first->text);
    return agenda ? 0 : -1;
}
static int close_agenda(void **state) {
    epo_pool_free(hook.pool);
    epo_agenda_release(agenda);
    return tear_down(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_setting),
        cmocka_unit_test(test_paths_that_do_not_fit),
        cmocka_unit_test(test_values_that_are_none),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_refusing),
        cmocka_unit_test(test_kinds_of_errors),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_statements_that_are_refused),
        cmocka_unit_test(test_statements_without_end),
        cmocka_unit_test(test_rights),
    };
    return cmocka_run_group_tests(tests, open_agenda, close_agenda);
}
