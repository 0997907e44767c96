/* Growing delays after failed logins, kept in memory: nobody is ever locked out. A fixed number of
 * slots; when all are taken the one that fades first is reused. Any thread. */
#ifndef EPO_PORTAL_THROTTLE_H
#define EPO_PORTAL_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* One who tries: a name for what is counted ("login", "login from address") and how much is free.
 */
struct epo_throttle {
    struct epo_span key;
    int free_failures; /* this many cost nothing; then 1, 2, 4 … 60 s */
};
/* Seconds to wait before the next try may be made; 0: now. */
int epo_throttle_wait(const struct epo_throttle *throttle, int64_t now_us);
/* How often it was counted since it last rested for an hour. */
int epo_throttle_count(const struct epo_throttle *throttle, int64_t now_us);
void epo_throttle_failed(const struct epo_throttle *throttle, int64_t now_us);
void epo_throttle_succeeded(const struct epo_throttle *throttle);

#endif
