/* What is said about a sole trader or a company, and whether it can be so. */
#ifndef EPO_PORTAL_BUSINESS_CHECK_H
#define EPO_PORTAL_BUSINESS_CHECK_H

#include "base/json.h"
#include "base/pool.h"

struct epo_business {
    struct epo_span kind;   /* "trader" | "company" */
    struct epo_span number; /* IČO: 8 digits, the last from the others modulo 11 */
    struct epo_span name, seat;
    struct epo_span data_box; /* or empty */
};
/* Fills errors with {"path","code"}: "kind", "number", "business_name", "seat", "data_box"; true
 * when all are well. Pure (business_check.c). */
bool epo_business_check(struct epo_pool *pool, const struct epo_business *business,
                        struct epo_json *errors);

#endif
