#include "base/workday.h"

enum { GOOD_FRIDAY_SINCE = 2016 };

/* Same day every year: Act 245/2000 Coll. */
static const struct {
    int month, day;
} FIXED[] = {
    {1, 1},   /* restoration of the independent Czech state, New Year's Day */
    {5, 1},   /* Labour Day */
    {5, 8},   /* Victory Day */
    {7, 5},   /* Saints Cyril and Methodius */
    {7, 6},   /* Jan Hus */
    {9, 28},  /* Czech Statehood Day */
    {10, 28}, /* foundation of Czechoslovakia */
    {11, 17}, /* struggle for freedom and democracy */
    {12, 24}, /* Christmas Eve */
    {12, 25}, /* Christmas Day */
    {12, 26}, /* Boxing Day */
};

/* Anonymous Gregorian computus (Nature, 20 April 1876; Meeus, Astronomical Algorithms, ch. 8). */
struct epo_date epo_easter(int year) {
    int a = year % 19, b = year / 100, c = year % 100;
    int g = (b - (b + 8) / 25 + 1) / 3;
    int h = (19 * a + b - b / 4 - g + 15) % 30;
    int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    int m = (a + 11 * h + 22 * l) / 451;
    int of_march = h + l - 7 * m + 22; /* 32: 1 April */
    return of_march <= 31 ? (struct epo_date){year, 3, of_march}
                          : (struct epo_date){year, 4, of_march - 31};
}

bool epo_holiday(struct epo_date date) {
    for (size_t i = 0; i < sizeof FIXED / sizeof *FIXED; i++)
        if (date.month == FIXED[i].month && date.day == FIXED[i].day)
            return true;
    int64_t after_easter = epo_date_days(date) - epo_date_days(epo_easter(date.year));
    return after_easter == 1 || (after_easter == -2 && date.year >= GOOD_FRIDAY_SINCE);
}

bool epo_workday(struct epo_date date) {
    int64_t of_week = (epo_date_days(date) % 7 + 7 + 3) % 7; /* 0 Monday: day 0 was a Thursday */
    return of_week < 5 && !epo_holiday(date);
}

static int cut(int n) {
    return n < 0 ? 0 : n > EPO_WORKDAY_MAX ? EPO_WORKDAY_MAX : n;
}

/* The day itself or the next working one. */
static int64_t settle(int64_t day) {
    while (!epo_workday(epo_date_from_days(day)))
        day++;
    return day;
}

struct epo_date epo_workday_add(struct epo_date date, int n) {
    int64_t day = epo_date_days(date);
    if (n <= 0)
        return epo_date_from_days(settle(day));
    for (int left = cut(n); left > 0; left--)
        day = settle(day + 1);
    return epo_date_from_days(day);
}

struct epo_date epo_workday_due(struct epo_date date, int n) {
    return epo_date_from_days(settle(epo_date_days(date) + cut(n)));
}

int epo_workday_between(struct epo_date from, struct epo_date to) {
    int64_t first = epo_date_days(from), last = epo_date_days(to);
    bool back = last < first;
    int64_t day = back ? last : first + 1, end = back ? first - 1 : last;
    int count = 0;
    if (end - day > EPO_WORKDAY_MAX)
        end = day + EPO_WORKDAY_MAX;
    for (; day <= end; day++)
        count += epo_workday(epo_date_from_days(day));
    return back ? -count : count;
}
