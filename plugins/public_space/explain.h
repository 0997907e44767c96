/* The lines under the fee that say how it came about. */
#ifndef PUBLIC_SPACE_EXPLAIN_H
#define PUBLIC_SPACE_EXPLAIN_H

#include "occupation.h"

void explain_fee(const epo_host *host, epo_call *call, const struct occupation *occupation);

#endif
