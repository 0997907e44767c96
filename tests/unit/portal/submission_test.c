/* Filing: numbers without gaps, chained receipts, one submission for one key, and who may look. */
#include "portal_fixture.h"

#include "portal/audit.h"

static bool see(const char *number, struct epo_viewer viewer, struct epo_json **found) {
    struct epo_error error = {0};
    return epo_submission_find(&portal, db, pool, epo_span(number), &viewer, found, &error);
}

static void numbers_follow_and_chains_hold(void **state) {
    struct epo_error error = {0};
    int64_t count = 0, first = 0, number = 0, rows = 0;
    (void)state;
    assert_true(epo_number_read(epo_span(file_one("{\"name\":\"A\"}")), &first));
    for (int i = 1; i <= 20; i++) {
        assert_true(epo_number_read(epo_span(file_one("{\"name\":\"A\"}")), &number));
        assert_int_equal(number, first + i);
    }
    assert_true(epo_submission_verify_chain(&portal, db, &count, &error));
    assert_int_equal(count, 21);
    assert_true(epo_audit_verify(&portal, db, &rows, &error));
    assert_int_equal(rows, 21);
}

static bool refuse_inside(struct epo_db *writer, void *arg, struct epo_error *error) {
    (void)writer;
    (void)arg;
    return epo_fail(error, EPO_ERROR_CONFLICT, "test.taken", "taken");
}

static void a_refused_save_leaves_nothing_and_no_gap(void **state) {
    struct epo_error error = {0};
    int64_t before = 0, after = 0, count = 0;
    (void)state;
    assert_true(epo_number_read(epo_span(file_one("{}")), &before));
    struct filing_job job = make_filing("{\"a\":1}");
    job.filing.inside = refuse_inside;
    assert_false(file(&job, &error));
    assert_string_equal(error.code, "test.taken");
    assert_true(epo_number_read(epo_span(file_one("{}")), &after));
    assert_int_equal(after, before + 1);
    assert_true(epo_submission_verify_chain(&portal, db, &count, &error));
}

static void one_key_files_once(void **state) {
    struct epo_error error = {0};
    struct filing_job one = make_filing("{\"a\":1}"), again = make_filing("{\"a\":1}");
    struct filing_job other = make_filing("{\"a\":2}"), elsewhere = make_filing("{\"a\":2}");
    (void)state;
    one.filing.idempotency_key = again.filing.idempotency_key = other.filing.idempotency_key =
        elsewhere.filing.idempotency_key = EPO_SPAN("key-1");
    assert_true(file(&one, &error));
    assert_false(one.filed.repeated);
    assert_true(file(&again, &error));
    assert_true(again.filed.repeated);
    assert_string_equal(again.filed.number, one.filed.number);
    assert_string_equal(again.filed.receipt, one.filed.receipt);
    assert_int_equal(again.filed.received_at_us, one.filed.received_at_us);
    assert_false(file(&other, &error));
    assert_int_equal(error.kind, EPO_ERROR_CONFLICT);
    assert_string_equal(error.code, "submission.key_reused");
    elsewhere.filing.form = "cancellation"; /* keys of different forms do not meet */
    assert_true(file(&elsewhere, &error));
    assert_false(elsewhere.filed.repeated);
}

/* Every kind of viewer against one submission of umo-3: the table is the rule. */
static void shows_only_to_those_who_may(void **state) {
    struct epo_error error = {0};
    struct epo_json *found;
    struct filing_job job = make_filing("{\"home\":{\"type\":\"Point\"},\"name\":\"Eva\"}");
    (void)state;
    job.filing.sender = EPO_SPAN("account-of-eva");
    assert_true(file(&job, &error));
    char key[EPO_TOKEN_SIZE];
    epo_submission_token(&portal, job.filed.number, key);
    struct epo_span token = epo_span(key), receipt = epo_span(job.filed.receipt);
    const struct {
        struct epo_viewer viewer;
        bool sees;
    } rows[] = {
        {{.token = token}, true},
        {{.token = receipt}, true},
        {{.account = EPO_SPAN("account-of-eva"), .role = EPO_SPAN("citizen")}, true},
        {{.role = EPO_SPAN("clerk"), .office = EPO_SPAN("umo-3")}, true},
        {{.role = EPO_SPAN("clerk"), .office = EPO_SPAN("*")}, true},
        {{.role = EPO_SPAN("admin")}, true},
        {{.token = EPO_SPAN("")}, false},
        {{.token = EPO_SPAN("00000000000000000000000000")}, false},
        {{.account = EPO_SPAN("account-of-jan"), .role = EPO_SPAN("citizen")}, false},
        {{.account = EPO_SPAN(""), .role = EPO_SPAN("citizen")}, false},
        {{.role = EPO_SPAN("clerk"), .office = EPO_SPAN("umo-4")}, false},
        {{.role = EPO_SPAN("clerk"), .office = EPO_SPAN("")}, false}, /* none is not all */
        {{.role = EPO_SPAN("citizen"), .office = EPO_SPAN("umo-3")}, false},
        {{.role = EPO_SPAN("Admin")}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (see(job.filed.number, rows[i].viewer, &found) != rows[i].sees)
            fail_msg("viewer %zu", i);
    /* the key of one does not open another */
    const char *other = file_one("{}");
    assert_false(see(other, (struct epo_viewer){.token = token}, &found));
    assert_false(see(other, (struct epo_viewer){.token = receipt}, &found));
    /* an anonymous one does not belong to everybody without an account */
    assert_false(see(other, (struct epo_viewer){.role = EPO_SPAN("citizen")}, &found));
}

static void gives_back_what_was_sent(void **state) {
    struct epo_error error = {0};
    struct epo_json *found;
    char key[EPO_TOKEN_SIZE];
    struct filing_job job =
        make_filing("{\"home\":{\"coordinates\":[13.4,49.7],\"type\":\"Point\"},\"name\":\"Eva\"}");
    (void)state;
    assert_true(file(&job, &error));
    epo_submission_token(&portal, job.filed.number, key);
    assert_true(see(job.filed.number, (struct epo_viewer){.token = epo_span(key)}, &found));
    assert_true(epo_span_is(epo_json_get_text(found, "receipt"), job.filed.receipt));
    assert_true(epo_span_is(epo_json_get_text(found, "state"), "received"));
    assert_true(epo_span_is(epo_json_get_text(found, "placeText"), "Americká 42/8"));
    assert_true(epo_span_is(epo_json_get_text(epo_json_get(found, "place"), "type"), "Point"));
    assert_int_equal(epo_json_get_integer(epo_json_get(found, "values"), "fee", 0), 50000);
    assert_int_equal(epo_json_get(found, "history")->count, 1);
}

static const struct epo_statement CHANGE_ANSWER = {
    "t.change", "UPDATE submissions SET answers = '{\"name\":\"Mallory\"}' WHERE number % 5 = 0",
    NULL};
static const struct epo_statement CHANGE_AUDIT = {
    "t.audit", "UPDATE audit SET actor = 'somebody' WHERE sequence = 3", NULL};
static const struct epo_statement CUT_AUDIT = {"t.cut", "DELETE FROM audit WHERE sequence = 2",
                                               NULL};

static void a_changed_row_shows(void **state) {
    struct epo_error error = {0};
    int64_t count;
    (void)state;
    tamper(&CHANGE_ANSWER);
    assert_false(epo_submission_verify_chain(&portal, db, &count, &error));
    assert_string_equal(error.code, "receipt.broken");
    assert_non_null(strstr(error.text, "-000005"));
    tamper(&CHANGE_AUDIT);
    assert_false(epo_audit_verify(&portal, db, &count, &error));
    assert_string_equal(error.code, "audit.broken");
    assert_non_null(strstr(error.text, "row 3"));
    tamper(&CUT_AUDIT);
    assert_false(epo_audit_verify(&portal, db, &count, &error));
    assert_non_null(strstr(error.text, "row 2"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_follow_and_chains_hold),
        cmocka_unit_test(a_refused_save_leaves_nothing_and_no_gap),
        cmocka_unit_test(one_key_files_once),
        cmocka_unit_test(shows_only_to_those_who_may),
        cmocka_unit_test(gives_back_what_was_sent),
        cmocka_unit_test(a_changed_row_shows),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
