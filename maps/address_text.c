#include "maps/address.h"

const char *epo_address_street(const struct epo_snapshot *s, const struct epo_address *a) {
    return a->street == UINT32_MAX ? "" : s->streets[a->street].name;
}

const char *epo_address_number(struct epo_pool *pool, const struct epo_address *a) {
    if (a->evidence)
        return epo_pool_printf(pool, "č.ev. %d", a->conscription);
    if (a->orientation == 0)
        return epo_pool_printf(pool, "%d", a->conscription);
    if (a->conscription == 0)
        return epo_pool_printf(pool, "%d%.2s", a->orientation, a->letter);
    return epo_pool_printf(pool, "%d/%d%.2s", a->conscription, a->orientation, a->letter);
}

const char *epo_address_text(struct epo_pool *pool, const struct epo_snapshot *s,
                             const struct epo_address *a) {
    const struct epo_locality *lies = &s->localities[a->locality];
    const char *street = epo_address_street(s, a);
    return epo_pool_printf(pool, "%s %s, %s%s%s", street[0] != '\0' ? street : lies->part,
                           epo_address_number(pool, a), lies->postcode,
                           lies->postcode[0] != '\0' ? " " : "", lies->city);
}
