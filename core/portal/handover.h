/* Who handles a case: taking it, passing it to a colleague or another office with a word that only
 * clerks read. Writing inside a write job, reading on a worker. */
#ifndef EPO_PORTAL_HANDOVER_H
#define EPO_PORTAL_HANDOVER_H

#include "base/error.h"
#include "base/json.h"
#include "portal/portal.h"

#define EPO_HANDOVER_NOTE_CHARS 1000

struct epo_handover {
    int64_t number;
    struct epo_span actor;      /* account */
    struct epo_span scope;      /* the actor's office; empty: all */
    bool take;                  /* for oneself, where nobody has it */
    struct epo_span to_account; /* of passing; empty: whoever of the office takes it */
    struct epo_span to_office;  /* of passing; empty: it stays where it is */
    struct epo_span note;
};
/* NOT_FOUND "case.not_found" outside the scope; CONFLICT "handover.closed" at the end of a case,
 * "handover.taken" where a colleague has it already, "handover.same" where nothing would change;
 * BAD_INPUT "handover.person" for who may not handle cases of that office. to_office must be one of
 * the settings. With its trail and audit row. */
bool epo_handover_run(struct epo_portal *portal, struct epo_db *db,
                      const struct epo_handover *handover, struct epo_error *error);
/* Who has the case and how it came there: {"assignee","assignee_id" (or ""), "trail":[{"at_us",
 * "by","to","from_office","to_office","note"}] newest first}. */
bool epo_handover_read(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                       int64_t number, struct epo_json **found, struct epo_error *error);

#endif
