/* Addresses in words. Internal to maps; pure. */
#ifndef EPO_MAPS_ADDRESS_H
#define EPO_MAPS_ADDRESS_H

#include "maps/mapbase.h"

const char *epo_address_street(const struct epo_snapshot *snapshot,
                               const struct epo_address *address); /* "" in villages without */
/* "42/8a", "42", "č.ev. 5" */
const char *epo_address_number(struct epo_pool *pool, const struct epo_address *address);
/* "Americká 42/8, 301 00 Plzeň"; without a street "Koterov 42, 326 00 Plzeň". */
const char *epo_address_text(struct epo_pool *pool, const struct epo_snapshot *snapshot,
                             const struct epo_address *address);

#endif
