/* Dates and times in the portal's zone, over the changes of summer time, and as people type them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

#define SECOND INT64_C(1000000)

static int in_prague(void **state) {
    (void)state;
    setenv("TZ", "Europe/Prague", 1);
    tzset();
    return 0;
}

static void days_and_dates_agree(void **state) {
    (void)state;
    assert_int_equal(epo_date_days((struct epo_date){1970, 1, 1}), 0);
    assert_int_equal(epo_date_days((struct epo_date){2000, 3, 1}), 11017);
    assert_int_equal(epo_date_days((struct epo_date){1969, 12, 31}), -1);
    struct epo_date last = epo_date_from_days(-800000);
    for (int64_t day = -799999; day < 800000; day++) {
        struct epo_date date = epo_date_from_days(day);
        assert_int_equal(epo_date_days(date), day);
        bool next = date.day == last.day + 1 && date.month == last.month && date.year == last.year;
        bool month = date.day == 1 && date.month == last.month + 1 && date.year == last.year;
        bool year = date.day == 1 && date.month == 1 && date.year == last.year + 1;
        assert_true(next || month || year);
        last = date;
    }
}

static void iso(const char *text, bool loose, const char *expected) {
    struct epo_date date;
    char out[EPO_TIME_SIZE];
    bool ok =
        loose ? epo_date_parse_loose(epo_span(text), &date) : epo_date_parse(epo_span(text), &date);
    if (ok != (expected != NULL))
        fail_msg("\"%s\" was %s", text, ok ? "accepted" : "refused");
    if (ok && strcmp(epo_date_iso(date, out), expected) != 0)
        fail_msg("\"%s\" became %s", text, out);
}

static void only_real_dates_are_read(void **state) {
    (void)state;
    iso("2026-11-24", false, "2026-11-24");
    iso("2024-02-29", false, "2024-02-29");
    iso("2000-02-29", false, "2000-02-29");
    static const char *const refused[] = {
        "",           "2023-02-29", "1900-02-29", "2026-04-31", "2026-13-01",    "2026-00-10",
        "2026-01-00", "2026-1-1",   "2026/01/01", "+026-01-01", "2026-01-01T00", " 2026-01-01",
        "0000-01-01", "20260101",   "2026-01-0a", "24.11.2026", "2026-01-01\n",  NULL};
    for (int i = 0; refused[i]; i++)
        iso(refused[i], false, NULL);
}

static void dates_as_people_type_them(void **state) {
    (void)state;
    static const char *const good[] = {"24. 11. 2026",
                                       "24.11.2026",
                                       "24/11/2026",
                                       "2026-11-24",
                                       " 24.11. 2026 ",
                                       "24.\xc2\xa0"
                                       "11.\xc2\xa0"
                                       "2026",
                                       "24 / 11 / 2026",
                                       NULL};
    for (int i = 0; good[i]; i++)
        iso(good[i], true, "2026-11-24");
    iso("1. 2. 2026", true, "2026-02-01"); /* the day comes first */
    static const char *const refused[] = {"",           "24.11.",      "24.11.26",    "31.4.2026",
                                          "24.11/2026", "24.11.2026.", "11-24-2026",  "dnes",
                                          "24..2026",   "-4.11.2026",  "24.11.02026", NULL};
    for (int i = 0; refused[i]; i++)
        iso(refused[i], true, NULL);
    char endless[300];
    memset(endless, ' ', sizeof endless);
    struct epo_date date;
    assert_false(epo_date_parse_loose((struct epo_span){endless, sizeof endless}, &date));
}

static void local(int64_t at_s, const char *lang, const char *expected) {
    char out[EPO_TIME_SIZE];
    assert_string_equal(epo_time_local(at_s * SECOND, lang, out), expected);
}

static void summer_time_comes_and_goes(void **state) {
    (void)state;
    local(1774745999, "cs", "29. 3. 2026 1:59");  /* 00:59:59 UTC */
    local(1774746000, "cs", "29. 3. 2026 3:00");  /* 01:00:00 UTC */
    local(1792889999, "cs", "25. 10. 2026 2:59"); /* 00:59:59 UTC */
    local(1792890000, "cs", "25. 10. 2026 2:00"); /* 01:00:00 UTC, the same hour again */
    local(1795490580, "en", "24 November 2026, 4:23");
    local(1795490580, "xx", "24. 11. 2026 4:23"); /* the city's language where unknown */
    local(1795490580, NULL, "24. 11. 2026 4:23");
}

static void a_day_is_the_local_one(void **state) {
    (void)state;
    struct epo_date date = epo_date_of_us(INT64_C(1782856800) * SECOND); /* 30 June 22:00 UTC */
    assert_int_equal(date.month, 7);
    assert_int_equal(date.day, 1);
    date = epo_date_of_us(-1);
    assert_int_equal(date.year, 1970); /* one o'clock in Prague */
    struct epo_date today = epo_clock_today();
    assert_true(epo_date_days(today) >= epo_date_days((struct epo_date){2024, 1, 1}));
}

static void rfc3339_is_utc(void **state) {
    (void)state;
    char out[EPO_TIME_SIZE];
    assert_string_equal(epo_time_rfc3339(INT64_C(1795490580) * SECOND, out),
                        "2026-11-24T03:23:00Z");
    assert_string_equal(epo_time_rfc3339(INT64_C(1795490580) * SECOND + 42, out),
                        "2026-11-24T03:23:00.000042Z");
    assert_string_equal(epo_time_rfc3339(-1, out), "1969-12-31T23:59:59.999999Z");
    assert_true(strlen(epo_time_rfc3339(INT64_MIN, out)) < EPO_TIME_SIZE);
    assert_true(strlen(epo_time_rfc3339(INT64_MAX, out)) < EPO_TIME_SIZE);
}

static void dates_for_people(void **state) {
    (void)state;
    char out[EPO_TIME_SIZE];
    struct epo_date date = {2026, 2, 1};
    assert_string_equal(epo_date_local(date, "cs", out), "1. 2. 2026");
    assert_string_equal(epo_date_local(date, "en", out), "1 February 2026");
    struct epo_date back;
    assert_true(epo_date_parse_loose(epo_span(epo_date_local(date, "cs", out)), &back));
    assert_int_equal(epo_date_days(back), epo_date_days(date));
}

static void the_steady_clock_never_steps_back(void **state) {
    (void)state;
    int64_t last = epo_clock_monotonic_us();
    for (int i = 0; i < 1000; i++) {
        int64_t now = epo_clock_monotonic_us();
        assert_true(now >= last);
        last = now;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_and_dates_agree),
        cmocka_unit_test(only_real_dates_are_read),
        cmocka_unit_test(dates_as_people_type_them),
        cmocka_unit_test(summer_time_comes_and_goes),
        cmocka_unit_test(a_day_is_the_local_one),
        cmocka_unit_test(rfc3339_is_utc),
        cmocka_unit_test(dates_for_people),
        cmocka_unit_test(the_steady_clock_never_steps_back),
    };
    return cmocka_run_group_tests(tests, in_prague, NULL);
}
