#include "base/clock.h"

#include <stdio.h>
#include <time.h>

#include "base/error.h"

static int64_t read_clock(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t shifted_by_us; /* atomic */

int64_t epo_clock_now_us(void) {
    return read_clock(CLOCK_REALTIME) + __atomic_load_n(&shifted_by_us, __ATOMIC_RELAXED);
}

void epo_clock_shift(int64_t by_us) {
    __atomic_store_n(&shifted_by_us, by_us, __ATOMIC_RELAXED);
}

int64_t epo_clock_monotonic_us(void) {
    return read_clock(CLOCK_MONOTONIC);
}

/* Whole seconds, rounding towards the past also before 1970. */
static time_t seconds(int64_t at_us) {
    return (time_t)(at_us / 1000000 - (at_us % 1000000 < 0));
}

struct epo_date epo_date_of_us(int64_t at_us) {
    time_t at = seconds(at_us);
    struct tm local;
    localtime_r(&at, &local);
    return (struct epo_date){local.tm_year + 1900, local.tm_mon + 1, local.tm_mday};
}

int64_t epo_date_start_us(struct epo_date day) {
    struct tm local = {
        .tm_year = day.year - 1900, .tm_mon = day.month - 1, .tm_mday = day.day, .tm_isdst = -1};
    return (int64_t)mktime(&local) * 1000000;
}

struct epo_date epo_clock_today(void) {
    return epo_date_of_us(epo_clock_now_us());
}

/* Howard Hinnant's civil calendar algorithms ("chrono-compatible low-level date algorithms"). */
int64_t epo_date_days(struct epo_date date) {
    int64_t y = date.year - (date.month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct epo_date epo_date_from_days(int64_t days) {
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int month = (int)((5 * of_year + 2) / 153);
    int day = (int)(of_year - (153 * month + 2) / 5 + 1);
    month += month < 10 ? 3 : -9;
    return (struct epo_date){(int)(year + era * 400) + (month <= 2), month, day};
}

static bool real_date(int64_t year, int64_t month, int64_t day, struct epo_date *date) {
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    struct epo_date tried = {(int)year, (int)month, (int)day};
    struct epo_date back = epo_date_from_days(epo_date_days(tried));
    if (back.month != tried.month || back.day != tried.day)
        return false;
    *date = tried;
    return true;
}

static bool digits_only(struct epo_span text) {
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return text.len > 0;
}

bool epo_date_parse(struct epo_span text, struct epo_date *date) {
    int64_t year, month, day;
    if (text.len != 10 || text.at[4] != '-' || text.at[7] != '-')
        return false;
    struct epo_span y = {text.at, 4}, m = {text.at + 5, 2}, d = {text.at + 8, 2};
    if (!digits_only(y) || !digits_only(m) || !digits_only(d))
        return false;
    return epo_span_integer(y, &year) && epo_span_integer(m, &month) && epo_span_integer(d, &day) &&
           real_date(year, month, day, date);
}

/* Dates copied from Czech prose have no-break spaces (U+00A0) in them. */
static struct epo_span plain_spaces(struct epo_span text, char *out, size_t size) {
    size_t len = 0;
    for (size_t i = 0; i < text.len && len < size; i++) {
        bool wide = i + 1 < text.len && text.at[i] == '\xc2' && text.at[i + 1] == '\xa0';
        out[len++] = wide ? ' ' : text.at[i];
        i += wide;
    }
    return epo_span_trim((struct epo_span){out, len});
}

bool epo_date_parse_loose(struct epo_span text, struct epo_date *date) {
    char copy[64];
    if (text.len > sizeof copy)
        return false;
    text = plain_spaces(text, copy, sizeof copy);
    if (epo_date_parse(text, date))
        return true;
    char sep = text.len && memchr(text.at, '.', text.len) ? '.' : '/';
    struct epo_span rest, day_text = epo_span_cut(text, sep, &rest);
    struct epo_span month_text = epo_span_cut(rest, sep, &rest);
    struct epo_span parts[3] = {epo_span_trim(day_text), epo_span_trim(month_text),
                                epo_span_trim(rest)};
    int64_t numbers[3];
    for (int i = 0; i < 3; i++)
        if (!digits_only(parts[i]) || parts[i].len > 4 || !epo_span_integer(parts[i], &numbers[i]))
            return false;
    return parts[2].len == 4 && real_date(numbers[2], numbers[1], numbers[0], date);
}

/* Times stand in every row and answer: digits alone, without a formatter. */
static char *put_digits(char *to, int number, int count) {
    for (int i = count - 1; i >= 0; i--, number /= 10)
        to[i] = (char)('0' + number % 10);
    return to + count;
}

static char *put_date(char *to, struct epo_date date) {
    to = put_digits(to, date.year, 4);
    *to++ = '-';
    to = put_digits(to, date.month, 2);
    *to++ = '-';
    return put_digits(to, date.day, 2);
}

const char *epo_time_rfc3339(int64_t at_us, char out[EPO_TIME_SIZE]) {
    time_t at = seconds(at_us);
    int micros = (int)((at_us % 1000000 + 1000000) % 1000000);
    struct tm utc;
    gmtime_r(&at, &utc);
    char *to = put_date(out, (struct epo_date){utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday});
    *to++ = 'T';
    to = put_digits(to, utc.tm_hour, 2);
    *to++ = ':';
    to = put_digits(to, utc.tm_min, 2);
    *to++ = ':';
    to = put_digits(to, utc.tm_sec, 2);
    if (micros) {
        *to++ = '.';
        to = put_digits(to, micros, 6);
    }
    *to++ = 'Z';
    *to = '\0';
    return out;
}

static bool english(const char *lang) {
    return lang && lang[0] == 'e' && lang[1] == 'n';
}

static const char *const MONTHS[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

const char *epo_date_local(struct epo_date date, const char *lang, char out[EPO_TIME_SIZE]) {
    epo_assert(date.month >= 1 && date.month <= 12);
    if (english(lang))
        snprintf(out, EPO_TIME_SIZE, "%d %s %d", date.day, MONTHS[date.month - 1], date.year);
    else
        snprintf(out, EPO_TIME_SIZE, "%d. %d. %d", date.day, date.month, date.year);
    return out;
}

const char *epo_time_local(int64_t at_us, const char *lang, char out[EPO_TIME_SIZE]) {
    time_t at = seconds(at_us);
    struct tm local;
    localtime_r(&at, &local);
    epo_date_local((struct epo_date){local.tm_year + 1900, local.tm_mon + 1, local.tm_mday}, lang,
                   out);
    size_t len = strlen(out);
    snprintf(out + len, EPO_TIME_SIZE - len, "%s%d:%02d", english(lang) ? ", " : " ", local.tm_hour,
             local.tm_min);
    return out;
}

const char *epo_date_iso(struct epo_date date, char out[EPO_TIME_SIZE]) {
    *put_date(out, date) = '\0';
    return out;
}
