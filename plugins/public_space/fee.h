/* The fee for the use of public space: Act No. 565/1990 Coll., section 4. Pure: numbers in, numbers
 * out; money is integer haléře. */
#ifndef PUBLIC_SPACE_FEE_H
#define PUBLIC_SPACE_FEE_H

#include <stdint.h>

/* Purposes that section 4 names, with the highest daily rate it allows for one square metre:
 * 10 Kč, tenfold for devices for sale and advertising, funfairs and other attractions. */
struct public_space_kind {
    const char *name; /* value of the form's field "kind" */
    int64_t cap_haler;
};
/* NULL for a purpose that is not known. name need not end with NUL. */
const struct public_space_kind *public_space_kind_find(const char *name, uint64_t len);
const struct public_space_kind *public_space_kinds(void); /* ends with name NULL */

/* What one square metre costs; a flat rate of 0 is not offered. */
struct public_space_tariff {
    int64_t day_haler, week_haler, month_haler;
};

enum public_space_unit { PUBLIC_SPACE_DAILY, PUBLIC_SPACE_WEEKLY, PUBLIC_SPACE_MONTHLY };

struct public_space_fee {
    enum public_space_unit unit; /* the cheapest of those offered */
    int64_t count;               /* days, or started weeks (7 days) or months (30 days) */
    int64_t rate_haler;          /* for one square metre and unit */
    int64_t total_haler;
};
struct public_space_fee public_space_fee_count(const struct public_space_tariff *tariff,
                                               int64_t area_m2, int64_t days);

/* Started square metres of a measured area. Half a square decimetre more is a rounding error of the
 * drawing and starts nothing. */
int64_t public_space_started_m2(double area_m2);

#endif
