/* What the citizen asks for, read from a call's answers, and what it costs under the parameters of
 * the agenda and the district. */
#ifndef PUBLIC_SPACE_OCCUPATION_H
#define PUBLIC_SPACE_OCCUPATION_H

#include "fee.h"

#include "epo.h"

struct occupation {
    const struct public_space_kind *kind;
    epo_str first_day, last_day;
    int64_t first, last; /* the same as days since 1970 */
    int64_t days;        /* both ends included */
    int64_t area_m2;     /* started square metres */
    epo_str zone;        /* of the map, else the parameter default_zone */
    int zone_known;      /* the map knows it */
    epo_str exemption;   /* "charity", "disability", or empty */
    struct public_space_tariff tariff;
    struct public_space_fee fee; /* before an exemption */
};

/* 0 while something that the fee hangs on is not answered yet, or no rate is set for it. */
int occupation_read(const epo_host *host, epo_call *call, struct occupation *occupation);

/* The same of the record that was read last, as if it had this last day. */
int occupation_recorded(const epo_host *host, epo_call *call, epo_str last_day,
                        struct occupation *occupation);

/* What has to be paid: the fee, or nothing where an exemption that fits the purpose is claimed. */
int64_t occupation_due_haler(const struct occupation *occupation);
/* 1 where the claimed exemption is one of the purpose: charity of events, disability of parking. */
int occupation_exempt(const struct occupation *occupation);

int text_is(epo_str text, const char *word);

#endif
