#include "days.h"

#include <stdio.h>

#define NO_BREAK_SPACE "\xc2\xa0"

static int digits(const char *at, int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (at[i] < '0' || at[i] > '9')
            return -1;
        value = value * 10 + (at[i] - '0');
    }
    return value;
}

static int split(epo_str text, int *year, int *month, int *day) {
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (text.len != 10 || text.at[4] != '-' || text.at[7] != '-')
        return 0;
    *year = digits(text.at, 4);
    *month = digits(text.at + 5, 2);
    *day = digits(text.at + 8, 2);
    if (*year < 0 || *month < 1 || *month > 12)
        return 0;
    int leap = (*year % 4 == 0 && *year % 100 != 0) || *year % 400 == 0;
    return *day >= 1 && *day <= lengths[*month - 1] + (*month == 2 && leap);
}

int public_space_day_read(epo_str text, int64_t *days) {
    int year, month, day;
    if (!split(text, &year, &month, &day))
        return 0;
    /* Years that begin in March: the leap day is the last, and months have a regular length. */
    int shifted = month > 2 ? year : year - 1;
    int months = month > 2 ? month - 3 : month + 9;
    int64_t of_year = (153 * months + 2) / 5 + day - 1;
    *days = 365LL * shifted + shifted / 4 - shifted / 100 + shifted / 400 + of_year - 719468;
    return 1;
}

epo_str public_space_day_words(epo_str day, epo_str lang, char out[PUBLIC_SPACE_DAY_SIZE]) {
    int y, m, d;
    if (lang.len != 2 || lang.at[0] != 'c' || !split(day, &y, &m, &d))
        return day;
    int length = snprintf(out, PUBLIC_SPACE_DAY_SIZE,
                          "%d." NO_BREAK_SPACE "%d." NO_BREAK_SPACE "%d", d, m, y);
    return (epo_str){out, (size_t)length};
}
