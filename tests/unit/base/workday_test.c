/* Deadlines in Czech days. Which days are holidays is judged by tests/forms/workday.test.mjs
 * against a list of others; here is what the law says of a few. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/workday.h"

static struct epo_date date(const char *iso) {
    struct epo_date read;
    if (!epo_date_parse(epo_span(iso), &read))
        fail_msg("\"%s\" is no date", iso);
    return read;
}

static void is(struct epo_date found, const char *expected) {
    char out[EPO_TIME_SIZE];
    assert_string_equal(epo_date_iso(found, out), expected);
}

static void easter_moves(void **state) {
    (void)state;
    is(epo_easter(2000), "2000-04-23");
    is(epo_easter(2008), "2008-03-23"); /* nearly the earliest there is */
    is(epo_easter(2026), "2026-04-05");
    is(epo_easter(2038), "2038-04-25"); /* the latest */
    is(epo_easter(1818), "1818-03-22"); /* the earliest */
}

static void good_friday_is_a_holiday_since_2016(void **state) {
    (void)state;
    assert_true(epo_workday(date("2015-04-03")));
    assert_false(epo_workday(date("2016-03-25")));
    assert_false(epo_workday(date("2015-04-06"))); /* Easter Monday always was */
}

static void what_ends_on_a_day_off_ends_later(void **state) {
    (void)state;
    is(epo_workday_due(date("2026-11-02"), 15), "2026-11-18"); /* 17 November is a holiday */
    is(epo_workday_due(date("2026-11-28"), 26), "2026-12-28"); /* Christmas, then a weekend */
    is(epo_workday_due(date("2026-03-04"), 30), "2026-04-07"); /* Good Friday to Easter Monday */
    is(epo_workday_due(date("2026-11-23"), 0), "2026-11-23");
    is(epo_workday_due(date("2026-11-23"), -5), "2026-11-23");
}

static void working_days_are_counted_from_the_next(void **state) {
    (void)state;
    is(epo_workday_add(date("2026-11-27"), 1), "2026-11-30"); /* a Friday */
    is(epo_workday_add(date("2026-11-28"), 1), "2026-11-30"); /* a Saturday */
    is(epo_workday_add(date("2026-11-28"), 0), "2026-11-30");
    is(epo_workday_add(date("2026-12-23"), 1), "2026-12-28");
    is(epo_workday_add(date("2026-12-23"), 5), "2027-01-04");
    is(epo_workday_add(date("2026-11-16"), 30), "2026-12-31");
}

static void counting_and_adding_agree(void **state) {
    (void)state;
    struct epo_date from = date("2024-12-20");
    for (int n = 1; n < 600; n++) {
        struct epo_date to = epo_workday_add(from, n);
        assert_true(epo_workday(to));
        assert_int_equal(epo_workday_between(from, to), n);
    }
    assert_int_equal(epo_workday_between(from, from), 0);
    assert_int_equal(epo_workday_between(date("2026-11-30"), date("2026-11-27")), -1);
    assert_int_equal(epo_workday_between(date("0001-01-01"), date("9999-12-31")) > EPO_WORKDAY_MAX,
                     0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(easter_moves),
        cmocka_unit_test(good_friday_is_a_holiday_since_2016),
        cmocka_unit_test(what_ends_on_a_day_off_ends_later),
        cmocka_unit_test(working_days_are_counted_from_the_next),
        cmocka_unit_test(counting_and_adding_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
