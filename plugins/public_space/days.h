/* Days of the calendar as numbers, so that they can be counted. Pure. */
#ifndef PUBLIC_SPACE_DAYS_H
#define PUBLIC_SPACE_DAYS_H

#include "epo.h"

/* Days since 1970-01-01 of "YYYY-MM-DD" into *days; 0 if the text is none. */
int public_space_day_read(epo_str text, int64_t *days);

#define PUBLIC_SPACE_DAY_SIZE 24
/* For people: "1. 12. 2026" in Czech (no-break spaces), else "2026-12-01". */
epo_str public_space_day_words(epo_str day, epo_str lang, char out[PUBLIC_SPACE_DAY_SIZE]);

#endif
