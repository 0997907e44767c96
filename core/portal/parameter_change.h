/* Values of agendas' parameters that an admin has set for the city or a district from a day on,
 * with reason and decree: numbered, none is ever changed. Of those in force on a day the one that
 * began last counts (the later set of two that began on one day). What they may be, and how they
 * lie over epo.json: plugin/parameters.h. Reading on a worker. */
#ifndef EPO_PORTAL_PARAMETER_CHANGE_H
#define EPO_PORTAL_PARAMETER_CHANGE_H

#include "base/error.h"
#include "portal/portal.h"

#define EPO_PARAMETER_REASON_CHARS_MAX 500
#define EPO_PARAMETER_DECREE_CHARS_MAX 100
#define EPO_PARAMETER_URL_BYTES_MAX 500
#define EPO_PARAMETER_CHANGES_MAX 2000 /* of one agenda: decades of them */

struct epo_parameter_change {
    int64_t version; /* from 1; set by epo_parameter_change_put */
    struct epo_span agenda, district, name;
    struct epo_span value; /* JSON */
    struct epo_span reason_cs, reason_en, decree, decree_day, decree_url;
    struct epo_span from_day, until_day; /* ISO; until_day may be empty */
    int64_t at_us;
    struct epo_span actor, actor_name;
    int64_t withdrawn_at_us; /* 0: not */
    struct epo_span withdrawn_name;
};

/* Of an agenda: those that began last first, withdrawn ones too. In the pool. */
bool epo_parameter_changes(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                           const char *agenda, struct epo_parameter_change **changes, size_t *count,
                           struct epo_error *error);
/* Write job, with its audit row. seen: the largest version of the agenda that the admin saw (0:
 * none): CONFLICT "parameter.changed" where there is another one. */
bool epo_parameter_change_put(struct epo_portal *portal, struct epo_db *db,
                              struct epo_parameter_change *change, int64_t seen,
                              struct epo_error *error);
/* Write job, with its audit row: takes back what begins after today (ISO). CONFLICT
 * "parameter.in_force" for any other, NOT_FOUND "parameter.none" for one that there is not. */
bool epo_parameter_change_withdraw(struct epo_portal *portal, struct epo_db *db, const char *agenda,
                                   int64_t version, const char *today, struct epo_span actor,
                                   struct epo_span actor_name, struct epo_error *error);

#endif
