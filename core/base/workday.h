/* Czech working days: Monday to Friday without the public holidays. Pure; any thread.
 *
 * Holidays are a closed list: Act 245/2000 Coll., sections 1 and 2 (holidays of the state, other
 * holidays); section 4 makes all of them days off. Good Friday is one since 2016 (Act 359/2015
 * Coll.). Years before 2000 are counted by the same list. */
#ifndef EPO_BASE_WORKDAY_H
#define EPO_BASE_WORKDAY_H

#include "base/clock.h"

#define EPO_WORKDAY_MAX 3660 /* days of one deadline: ten years */

/* Easter Sunday of the Gregorian calendar. */
struct epo_date epo_easter(int year);
/* A public holiday, on whatever day of the week. */
bool epo_holiday(struct epo_date date);
/* Neither Saturday, Sunday nor a holiday. */
bool epo_workday(struct epo_date date);

/* The n-th working day after the date (n from 0 to EPO_WORKDAY_MAX, else it is cut to that); with 0
 * the date itself, or the next working day where it is none. */
struct epo_date epo_workday_add(struct epo_date date, int n);
/* The end of a deadline of n calendar days, of which the day of the event is not one: what falls on
 * a day off ends on the next working day (tax code 280/2009, section 33 (4); administrative code
 * 500/2004, section 40 (1) c). n is cut as above. */
struct epo_date epo_workday_due(struct epo_date date, int n);
/* Working days after `from` up to `to` included; negative where `to` is earlier, and then those
 * from `to` on before `from`. epo_workday_add(from, that) is `to` where `to` is a later working
 * day. Looks at EPO_WORKDAY_MAX days at most. */
int epo_workday_between(struct epo_date from, struct epo_date to);

#endif
