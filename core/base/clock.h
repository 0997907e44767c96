/* Time: UTC microseconds since 1970 everywhere inside; dates as proleptic Gregorian days.
 * Local time is the portal's zone (TZ, set once in main before threads start). Any thread. */
#ifndef EPO_BASE_CLOCK_H
#define EPO_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

int64_t epo_clock_now_us(void);       /* wall clock, UTC */
int64_t epo_clock_monotonic_us(void); /* for durations and deadlines */
/* Moves the wall clock of this process by so much: for tests of what happens on another day, and
 * for demos (process.c); never otherwise. Any thread. */
void epo_clock_shift(int64_t by_us);

struct epo_date {
    int year, month, day; /* month 1-12 */
};
struct epo_date epo_clock_today(void);          /* local */
struct epo_date epo_date_of_us(int64_t at_us);  /* local calendar day of an instant */
int64_t epo_date_start_us(struct epo_date day); /* the instant that it begins at, local */
/* "2026-11-24" only; false if it is not a real date. */
bool epo_date_parse(struct epo_span text, struct epo_date *date);
/* What people type as well: "24. 11. 2026", "24.11.2026", "24/11/2026", ISO. */
bool epo_date_parse_loose(struct epo_span text, struct epo_date *date);
int64_t epo_date_days(struct epo_date date); /* since 1970-01-01; differences are days */
struct epo_date epo_date_from_days(int64_t days);

#define EPO_TIME_SIZE 40
/* RFC 3339 in UTC, "2026-11-24T03:23:00Z" (microseconds only when not 0). */
const char *epo_time_rfc3339(int64_t at_us, char out[EPO_TIME_SIZE]);
/* For people, local: cs "24. 11. 2026 4:23", en "24 November 2026, 4:23". */
const char *epo_time_local(int64_t at_us, const char *lang, char out[EPO_TIME_SIZE]);
const char *epo_date_iso(struct epo_date date, char out[EPO_TIME_SIZE]);
const char *epo_date_local(struct epo_date date, const char *lang, char out[EPO_TIME_SIZE]);

#endif
