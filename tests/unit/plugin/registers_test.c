/* Registers from a hook's side, and assessing a period page by page. */
#include "plugin_fixture.h"

#include "plugin/assess.h"
#include "plugin/call.h"
#include "portal/person_link.h"

#define RECORDS 230 /* more than two pages */

static struct epo_agenda *agenda;
static struct epo_hook hook;
static struct epo_error error;

#define TEXT(words) ((epo_str){"" words, sizeof(words) - 1})

static bool run(enum epo_hook_kind kind, int (*what)(epo_call *call)) {
    if (hook.pool)
        epo_pool_free(hook.pool);
    hook = (struct epo_hook){.pool = epo_pool_create(), .portal = &portal, .db = db, .lang = "en"};
    hook.tree = epo_json_parse(
        hook.pool, EPO_SPAN("{\"person\":{\"number\":\"71\"},\"today\":\"2026-03-01\"}"), NULL);
    error = (struct epo_error){0};
    does = what;
    return epo_agenda_call(agenda, kind, "x", &hook, &error);
}

/* ---- what hooks say ---- */

static epo_str said;
static int puts_it(epo_call *call) {
    return host->record_put(call, said);
}
static int posts_it(epo_call *call) {
    return host->ledger_post(call, said);
}
static int says_all(epo_call *call) {
    host->record_put(call,
                     TEXT("{\"key\":\"a/{number}\",\"kind\":\"dog\",\"data\":{\"name\":\"Rek\"}"
                          ",\"from\":\"2026-01-01\"}"));
    host->record_end(call, "b", "2026-02-01");
    return host->ledger_post(call, TEXT("{\"kind\":\"assessment\",\"haler\":500,"
                                        "\"record\":\"a/{number}\",\"reference\":\"{number}/1\"}"));
}

static void writes_are_kept_for_the_save(void **state) {
    (void)state;
    assert_true(run(EPO_HOOK_SUBMITTED, says_all));
    assert_string_equal(
        epo_json_print(hook.pool, hook.writes).at,
        "[{\"put\":{\"key\":\"a/{number}\",\"person\":\"71\",\"kind\":\"dog\","
        "\"data\":\"{\\\"name\\\":\\\"Rek\\\"}\",\"place\":\"\",\"from\":"
        "\"2026-01-01\",\"until\":\"\"}},"
        "{\"end\":{\"key\":\"b\",\"day\":\"2026-02-01\"}},"
        "{\"post\":{\"kind\":\"assessment\",\"haler\":500,\"record\":\"a/{number}\","
        "\"reference\":\"{number}/1\",\"person\":\"71\",\"day\":\"2026-03-01\"}}]");
    static const enum epo_hook_kind READERS[] = {EPO_HOOK_COMPUTE, EPO_HOOK_CHECK, EPO_HOOK_PAGE,
                                                 EPO_HOOK_ROUTE, EPO_HOOK_SELFTEST};
    for (size_t i = 0; i < sizeof READERS / sizeof *READERS; i++) {
        assert_false(run(READERS[i], says_all));
        assert_string_equal(error.code, "agenda.write_here");
    }
}

static void mistakes_are_the_agendas(void **state) {
    static const char *const RECORDS_WRONG[] = {
        "[]",
        "{",
        "{\"key\":\"a\",\"kind\":\"cat\",\"data\":{},\"from\":\"2026-01-01\"}",
        "{\"key\":\"\",\"kind\":\"dog\",\"data\":{\"name\":\"x\"},\"from\":\"2026-01-01\"}",
        "{\"key\":\"a\",\"kind\":\"dog\",\"data\":{},\"from\":\"2026-01-01\"}",
        "{\"key\":\"a\",\"kind\":\"dog\",\"data\":{\"name\":\"x\",\"y\":1},\"from\":\"2026-01-"
        "01\"}",
        "{\"key\":\"a\",\"kind\":\"dog\",\"data\":{\"name\":\"x\"}}",
        "{\"key\":\"a\",\"kind\":\"dog\",\"data\":{\"name\":\"x\"},\"from\":\"2026-02-01\","
        "\"until\":\"2026-01-01\"}",
        "{\"key\":\"a\",\"kind\":\"dog\",\"data\":{\"name\":\"x\"},\"from\":\"2026-02-01\","
        "\"place\":{\"type\":\"Spot\"}}",
        "{\"key\":\"a\",\"kind\":\"dog\",\"data\":{\"name\":\"x\"},\"from\":\"2026-02-01\","
        "\"owner\":1}"};
    static const char *const ENTRIES_WRONG[] = {
        "{\"kind\":\"assessment\",\"haler\":0,\"reference\":\"a\"}",
        "{\"kind\":\"assessment\",\"haler\":5}",
        "{\"kind\":\"gift\",\"haler\":5,\"reference\":\"a\"}"};
    (void)state;
    for (size_t i = 0; i < sizeof RECORDS_WRONG / sizeof *RECORDS_WRONG; i++) {
        said = (epo_str){RECORDS_WRONG[i], strlen(RECORDS_WRONG[i])};
        if (run(EPO_HOOK_STATE, puts_it))
            fail_msg("%s was taken", RECORDS_WRONG[i]);
        assert_int_equal(error.kind, EPO_ERROR_BROKEN);
        assert_int_equal(hook.writes->count, 0);
    }
    for (size_t i = 0; i < sizeof ENTRIES_WRONG / sizeof *ENTRIES_WRONG; i++) {
        said = (epo_str){ENTRIES_WRONG[i], strlen(ENTRIES_WRONG[i])};
        if (run(EPO_HOOK_STATE, posts_it))
            fail_msg("%s was taken", ENTRIES_WRONG[i]);
        assert_int_equal(error.kind, EPO_ERROR_BROKEN);
    }
}

static int puts_many(epo_call *call) {
    for (int i = 0; i < RECORDS; i++) {
        char json[200];
        snprintf(
            json, sizeof json,
            "{\"key\":\"k%03d\",\"kind\":\"dog\",\"person\":\"%d\",\"data\":{\"name\":\"D%d\"},"
            "\"from\":\"%s\"}",
            i, i / 2, i, i % 10 == 9 ? "2028-05-01" : "2026-05-01");
        if (host->record_put(call, (epo_str){json, strlen(json)}) != EPO_RC_OK)
            return EPO_RC_BROKEN;
    }
    return EPO_RC_OK;
}
static int reads_back(epo_call *call) {
    epo_str one = host->record(call, "k003"), none = host->record(call, "nothing");
    epo_str some = host->records(call, TEXT("{\"person\":\"1\",\"kind\":\"dog\"}"));
    host->set_json(call, "one", one);
    host->set_json(call, "none", none);
    host->set_json(call, "some", some);
    return host->set_json(call, "ledger", host->ledger(call, TEXT("{\"person\":\"1\"}")));
}

static void a_job_writes_at_once_and_every_hook_reads(void **state) {
    (void)state;
    if (!run(EPO_HOOK_JOB, puts_many))
        fail_msg("%s", error.text);
    assert_true(run(EPO_HOOK_COMPUTE, reads_back));
    assert_true(epo_span_is(epo_json_find(hook.result, "one.data.name")->text, "D3"));
    assert_int_equal(epo_json_get(hook.result, "none")->type, EPO_JSON_NULL);
    assert_int_equal(epo_json_get(hook.result, "some")->count, 2);
    assert_int_equal(epo_json_get(hook.result, "ledger")->count, 0);
    agenda->rights = 0;
    assert_false(run(EPO_HOOK_COMPUTE, reads_back));
    assert_string_equal(error.code, "agenda.right");
    agenda->rights = EPO_RIGHT_RECORDS;
}

/* ---- assessing ---- */

static void periods_have_their_days(void **state) {
    static const struct {
        const char *period, *from, *until;
    } GOOD[] = {{"2027", "2027-01-01", "2027-12-31"},
                {"2028-02", "2028-02-01", "2028-02-29"},
                {"2027-12", "2027-12-01", "2027-12-31"},
                {"2027-Q4", "2027-10-01", "2027-12-31"},
                {"2027-Q1", "2027-01-01", "2027-03-31"}};
    static const char *const WRONG[] = {"",        "27",      "2027-",     "2027-13",
                                        "2027-00", "2027-Q5", "2027-q1",   "20270",
                                        "2027-1",  "0027",    "2027-01-01"};
    char from[11], until[11];
    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        assert_true(epo_assess_period(epo_span(GOOD[i].period), from, until));
        assert_string_equal(from, GOOD[i].from);
        assert_string_equal(until, GOOD[i].until);
    }
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        if (epo_assess_period(epo_span(WRONG[i]), from, until))
            fail_msg("\"%s\" was taken", WRONG[i]);
}

static int64_t price;
static int assesses(epo_call *call) {
    char json[200];
    epo_item key = host->get(call, "record.key"), period = host->get(call, "period");
    if (strcmp(key.text.at, "k007") == 0)
        return (host->fail)(call, EPO_RC_BAD_INPUT, "", "late", TEXT("No zone."));
    snprintf(json, sizeof json,
             "{\"kind\":\"assessment\",\"record\":\"%s\",\"period\":\"%s\",\"haler\":%lld,"
             "\"reference\":\"%s/%s\"}",
             key.text.at, period.text.at,
             (long long)(price + (strcmp(key.text.at, "k011") == 0
                                      ? host->get(call, "parameters.more").integer
                                      : 0)),
             key.text.at, period.text.at);
    return host->ledger_post(call, (epo_str){json, strlen(json)});
}

static struct epo_assess assess_all(bool dry_run, struct epo_json **failures) {
    struct epo_assess assess = {.portal = &portal,
                                .agenda = agenda,
                                .period = EPO_SPAN("2027"),
                                .dry_run = dry_run,
                                .lang = "en"};
    does = assesses;
    *failures = epo_json_array(pool);
    for (int steps = 0; !assess.done; steps++) {
        assert_true(steps < 10);
        if (!epo_assess_step(&assess, db, pool, *failures, &error))
            fail_msg("%s", error.text);
    }
    return assess;
}

/* 230 records, 23 of them later than 2027, one without its zone. */
static void a_period_is_assessed_once(void **state) {
    struct epo_json *failures;
    struct epo_ledger_sums sums;
    int64_t balance;
    (void)state;
    price = 100;
    struct epo_assess trial = assess_all(true, &failures);
    assert_int_equal(trial.records, RECORDS);
    assert_int_equal(trial.posted, 206);
    assert_int_equal(trial.haler, 206 * 100 + 7);
    assert_int_equal(trial.failed, 1);
    assert_true(epo_ledger_sums(&portal, db, EPO_SPAN("test"), &sums, &error));
    assert_int_equal(sums.receivable, 0);

    struct epo_assess first = assess_all(false, &failures);
    assert_int_equal(first.posted, 206);
    assert_int_equal(first.haler, 206 * 100 + 7);
    assert_int_equal(failures->count, 1);
    assert_true(epo_span_is(epo_json_get_text(failures->items[0], "key"), "k007"));
    assert_true(epo_span_is(epo_json_get_text(failures->items[0], "code"), "late"));
    assert_true(epo_ledger_balance(&portal, db, EPO_SPAN("test"), EPO_SPAN("1"), &balance, &error));
    assert_int_equal(balance, 200); /* records k002 and k003 */

    struct epo_assess again = assess_all(false, &failures);
    assert_int_equal(again.posted, 0);
    assert_int_equal(again.repeated, 206);
    assert_int_equal(again.haler, 0);

    price = 101; /* what was posted is not changed: it has to be reversed first */
    again = assess_all(true, &failures);
    assert_int_equal(again.posted, 0);
    assert_int_equal(again.failed, 207);
    assert_true(
        epo_span_is(epo_json_get_text(failures->items[0], "code"), "ledger.reference_used") ||
        epo_span_is(epo_json_get_text(failures->items[0], "code"), "late"));
    assert_true(epo_ledger_sums(&portal, db, EPO_SPAN("test"), &sums, &error));
    assert_int_equal(sums.receivable, 206 * 100 + 7);
    assert_int_equal(sums.receivable + sums.revenue + sums.bank + sums.remission, 0);
}

/* ---- the manifest ---- */

static void wrong_kinds_are_refused_with_their_place(void **state) {
    static const struct {
        const char *members, *says;
    } WRONG[] = {
        {",\"records\": {\"dog\": {\"title\": {\"cs\": \"P\", \"en\": \"D\"}, \"fields\": []}}",
         "needs the right \"records\""},
        {",\"rights\": [\"records\"], \"records\": []", "\"records\" is an object"},
        {",\"rights\": [\"records\"], \"records\": {\"dog\": {\"fields\": []}}",
         "a kind of records"},
        {",\"rights\": [\"records\"], \"records\": {\"dog\": {\"title\": {\"cs\": \"P\", \"en\": "
         "\"D\"}, \"fields\": [{\"id\": \"x\", \"type\": \"txt\", \"label\": {\"cs\": \"X\", "
         "\"en\": \"X\"}}]}}",
         "unknown type of field"},
        {",\"rights\": [\"records\"], \"records\": {\"dog\": {\"title\": {\"cs\": \"P\", \"en\": "
         "\"D\"}, \"fields\": [{\"id\": \"x\", \"type\": \"location\", \"kinds\": [\"point\"], "
         "\"label\": {\"cs\": \"X\", \"en\": \"X\"}}]}}",
         "a record has neither files nor fields of places"},
        {",\"arrears\": {\"interest\": \"none\"}", "name of a parameter"}};
    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct epo_faults faults = {pool, NULL, NULL};
        bool found = false;
        write_agenda("wrong", WRONG[i].members);
        struct epo_agenda *opened = epo_agenda_open(
            &portal, NULL, RUNTIMES, 1, test_folder_file(&folder, "agendas/wrong"), NULL, &faults);
        assert_null(opened);
        for (struct epo_fault *fault = faults.first; fault; fault = fault->next)
            found = found || strstr(fault->text, WRONG[i].says) != NULL;
        if (!found)
            fail_msg("nothing said \"%s\" but \"%s\"", WRONG[i].says, faults.first->text);
    }
}

static int open_agenda(void **state) {
    if (set_up(state) != 0)
        return -1;
    struct epo_faults faults = {pool, NULL, NULL};
    write_agenda("test", ",\"rights\": [\"records\"], \"parameters\": {\"more\": 7}, \"records\": {"
                         "\"dog\": {\"title\": {\"cs\": \"Pes\", \"en\": \"Dog\"}, \"fields\": ["
                         "{\"id\": \"name\", \"type\": \"text\", \"max_length\": 20, \"label\": "
                         "{\"cs\": \"Jméno\", \"en\": \"Name\"}}]}}");
    does = NULL;
    agenda = epo_agenda_open(&portal, NULL, RUNTIMES, 1, test_folder_file(&folder, "agendas/test"),
                             NULL, &faults);
    if (!agenda)
        fprintf(stderr, "%s\n", faults.first->text);
    return agenda ? 0 : -1;
}
static int close_agenda(void **state) {
    if (hook.pool)
        epo_pool_free(hook.pool);
    epo_agenda_release(agenda);
    return tear_down(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_are_kept_for_the_save),
        cmocka_unit_test(mistakes_are_the_agendas),
        cmocka_unit_test(a_job_writes_at_once_and_every_hook_reads),
        cmocka_unit_test(periods_have_their_days),
        cmocka_unit_test(a_period_is_assessed_once),
        cmocka_unit_test(wrong_kinds_are_refused_with_their_place),
    };
    return cmocka_run_group_tests(tests, open_agenda, close_agenda);
}
