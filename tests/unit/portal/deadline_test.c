/* The office's deadline through the states of a case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "portal/deadline.h"

static const struct epo_deadline_rule RECEIVED = {EPO_BALL_OFFICE, 30, false};
static const struct epo_deadline_rule GOES_ON = {EPO_BALL_OFFICE, 0, false};
static const struct epo_deadline_rule TO_ANSWER = {EPO_BALL_CITIZEN, 15, false};
static const struct epo_deadline_rule TO_WAIT = {EPO_BALL_CITIZEN, 0, false};
static const struct epo_deadline_rule WORKING = {EPO_BALL_OFFICE, 10, true};
static const struct epo_deadline_rule END = {EPO_BALL_NOBODY, 0, false};

static void enter(struct epo_deadline *deadline, const struct epo_deadline_rule *rule,
                  const char *today) {
    struct epo_date date;
    assert_true(epo_date_parse(epo_span(today), &date));
    epo_deadline_enter(deadline, rule, date);
}

static void stands_still_while_the_applicant_answers(void **state) {
    (void)state;
    struct epo_deadline deadline = {0};
    enter(&deadline, &RECEIVED, "2026-11-02");
    assert_string_equal(deadline.due, "2026-12-02");
    enter(&deadline, &GOES_ON, "2026-11-05");
    assert_string_equal(deadline.due, "2026-12-02");
    enter(&deadline, &TO_ANSWER, "2026-11-12");
    assert_string_equal(deadline.due, "");
    assert_string_equal(deadline.answer_by, "2026-11-27");
    assert_int_equal(deadline.left, 20);
    enter(&deadline, &TO_WAIT, "2026-11-20"); /* still the applicant's: nothing is lost */
    assert_string_equal(deadline.answer_by, "");
    assert_int_equal(deadline.left, 20);
    enter(&deadline, &GOES_ON, "2026-12-04");
    assert_string_equal(deadline.due, "2026-12-28"); /* 24 December and what follows are off */
    assert_false(deadline.suspended);
    enter(&deadline, &END, "2026-12-10");
    assert_string_equal(deadline.due, "");
}

static void working_days_are_kept_as_such(void **state) {
    (void)state;
    struct epo_deadline deadline = {0};
    enter(&deadline, &WORKING, "2026-12-18"); /* a Friday */
    assert_string_equal(deadline.due, "2027-01-06");
    enter(&deadline, &TO_ANSWER, "2026-12-22");
    assert_int_equal(deadline.left, 8);
    enter(&deadline, &GOES_ON, "2027-03-24"); /* before Easter */
    assert_string_equal(deadline.due, "2027-04-07");
}

static void what_was_over_stays_over(void **state) {
    (void)state;
    struct epo_deadline deadline = {0};
    enter(&deadline, &RECEIVED, "2026-09-01");
    enter(&deadline, &TO_ANSWER, "2026-10-11");
    assert_int_equal(deadline.left, -10);
    enter(&deadline, &GOES_ON, "2026-11-20");
    assert_string_equal(deadline.due, "2026-11-10");
}

static void what_the_agenda_fixed_is_left_alone(void **state) {
    (void)state;
    struct epo_deadline deadline = {.due = "2026-12-31", .fixed = true};
    enter(&deadline, &TO_ANSWER, "2026-11-12");
    assert_string_equal(deadline.due, "2026-12-31");
    assert_string_equal(deadline.answer_by, "2026-11-27");
    enter(&deadline, &END, "2026-11-13");
    assert_string_equal(deadline.due, "2026-12-31");
    assert_string_equal(deadline.answer_by, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stands_still_while_the_applicant_answers),
        cmocka_unit_test(working_days_are_kept_as_such),
        cmocka_unit_test(what_was_over_stays_over),
        cmocka_unit_test(what_the_agenda_fixed_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
