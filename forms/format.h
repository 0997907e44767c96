/* Numbers as people read and type them in Czech and English. Pure; any thread. */
#ifndef EPO_FORMS_FORMAT_H
#define EPO_FORMS_FORMAT_H

#include "forms/form.h"

/* As epo_form_number with as many decimals as the value has, at most decimals_max. */
struct epo_span epo_format_trimmed(struct epo_pool *pool, const char *lang, double value,
                                   int decimals_max);
/* 123450 -> cs "1 234,50 Kč", en "CZK 1,234.50"; whole crowns without decimals. */
struct epo_span epo_format_money(struct epo_pool *pool, const char *lang, int64_t amount_haler);

/* "1 234,5", "1234.5", "-3": spaces anywhere before the decimals, a comma or a point. A point that
 * means thousands ("1.234,5") is refused rather than guessed. */
bool epo_format_read_number(struct epo_span typed, double *value);
/* The same in crowns, with "Kč", "CZK" or ",-" behind; at most two decimals. */
bool epo_format_read_money(struct epo_span typed, int64_t *amount_haler);

#endif
