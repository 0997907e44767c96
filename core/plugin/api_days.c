/* epo.h, days: what agendas reckon due days and parts of years with, once for all of them. */
#include "base/clock.h"
#include "base/workday.h"
#include "plugin/call.h"

#define YEARS_MAX 9999
#define MONTHS_MAX (YEARS_MAX * 12)
#define DAYS_MAX (YEARS_MAX * 366)

static bool read_day(epo_str text, struct epo_date *date) {
    return text.at && epo_date_parse((struct epo_span){text.at, text.len}, date) && date->year >= 1;
}

static int month_length(int year, int month) {
    struct epo_date next =
        month == 12 ? (struct epo_date){year + 1, 1, 1} : (struct epo_date){year, month + 1, 1};
    return epo_date_from_days(epo_date_days(next) - 1).day;
}

static int put(struct epo_date date, char *out) {
    char iso[EPO_TIME_SIZE];
    if (date.year < 1 || date.year > YEARS_MAX)
        return EPO_RC_BAD_INPUT;
    memcpy(out, epo_date_iso(date, iso), EPO_DAY_SIZE);
    return EPO_RC_OK;
}

int epo_api_day_number(epo_str day, int64_t *days) {
    struct epo_date date;
    if (!read_day(day, &date))
        return EPO_RC_BAD_INPUT;
    *days = epo_date_days(date);
    return EPO_RC_OK;
}

int epo_api_day_add(epo_str day, int64_t months, int64_t days, char *out) {
    struct epo_date date;
    out[0] = '\0';
    if (!read_day(day, &date) || months < -MONTHS_MAX || months > MONTHS_MAX || days < -DAYS_MAX ||
        days > DAYS_MAX)
        return EPO_RC_BAD_INPUT;
    int64_t at = date.year * 12 + date.month - 1 + months;
    if (at < 12 || at >= (YEARS_MAX + 1) * 12)
        return EPO_RC_BAD_INPUT;
    date.year = (int)(at / 12);
    date.month = (int)(at % 12) + 1;
    int last = month_length(date.year, date.month);
    date.day = date.day > last ? last : date.day;
    return put(epo_date_from_days(epo_date_days(date) + days), out);
}

int epo_api_day_working(epo_str day, int64_t after, char *out) {
    struct epo_date date;
    out[0] = '\0';
    if (!read_day(day, &date) || after < 0 || after > EPO_WORKDAY_MAX)
        return EPO_RC_BAD_INPUT;
    return put(epo_workday_add(date, (int)after), out);
}
