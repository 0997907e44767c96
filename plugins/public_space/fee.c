#include "fee.h"

#include <string.h>

#define CAP_HALER 1000          /* section 4(3): 10 Kč */
#define CAP_TENFOLD_HALER 10000 /* the same: raised up to ten times */
#define DRAWING_ERROR_M2 0.005

static const struct public_space_kind KINDS[] = {
    {"trench", CAP_HALER},
    {"stall", CAP_TENFOLD_HALER},
    {"garden", CAP_HALER},
    {"building", CAP_HALER},
    {"advert", CAP_TENFOLD_HALER},
    {"attraction", CAP_TENFOLD_HALER},
    {"dump", CAP_HALER},
    {"skip", CAP_HALER},
    {"parking", CAP_HALER},
    {"event", CAP_HALER},
    {"promo", CAP_HALER},
    {"film", CAP_HALER},
    {NULL, 0},
};

const struct public_space_kind *public_space_kinds(void) {
    return KINDS;
}

const struct public_space_kind *public_space_kind_find(const char *name, uint64_t len) {
    for (const struct public_space_kind *kind = KINDS; kind->name != NULL; kind++)
        if (strlen(kind->name) == len && memcmp(kind->name, name, len) == 0)
            return kind;
    return NULL;
}

static struct public_space_fee of_unit(enum public_space_unit unit, int64_t length_days,
                                       int64_t rate_haler, int64_t area_m2, int64_t days) {
    int64_t count = (days + length_days - 1) / length_days;
    return (struct public_space_fee){unit, count, rate_haler, area_m2 * count * rate_haler};
}

struct public_space_fee public_space_fee_count(const struct public_space_tariff *tariff,
                                               int64_t area_m2, int64_t days) {
    struct public_space_fee best = of_unit(PUBLIC_SPACE_DAILY, 1, tariff->day_haler, area_m2, days);
    const struct public_space_fee flat[] = {
        of_unit(PUBLIC_SPACE_WEEKLY, 7, tariff->week_haler, area_m2, days),
        of_unit(PUBLIC_SPACE_MONTHLY, 30, tariff->month_haler, area_m2, days),
    };
    for (int i = 0; i < 2; i++)
        if (flat[i].rate_haler > 0 && flat[i].total_haler < best.total_haler)
            best = flat[i];
    return best;
}

int64_t public_space_started_m2(double area_m2) {
    int64_t whole = (int64_t)area_m2;
    return area_m2 - (double)whole > DRAWING_ERROR_M2 || whole == 0 ? whole + 1 : whole;
}
