/* Cases whose time has passed: anonymised or removed, with a record. Which ones and when is a rule
 * of their agenda (plugin/retention.h). What stays: number, receipt, hashes of answers and place
 * (the chain of receipts verifies), agenda and form; of one that is anonymised also the case with
 * its states and district, and the answers that the agenda keeps. */
#ifndef EPO_PORTAL_RETENTION_H
#define EPO_PORTAL_RETENTION_H

#include "base/error.h"
#include "portal/portal.h"

struct epo_retention_case { /* texts in the pool */
    int64_t number;
    struct epo_span form, state, title;
    int64_t received_at_us, changed_at_us;
    struct epo_span answers; /* JSON */
};
/* Cases of an agenda received before, or (decided) not moved since, that have not been dealt with;
 * open ones too. Numbers above `after`, in order, at most room. On a worker. */
bool epo_retention_cases(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         const char *agenda, bool decided, int64_t before_us, int64_t after,
                         struct epo_retention_case *cases, size_t room, size_t *count,
                         struct epo_error *error);

struct epo_retention_end {
    const struct epo_retention_case *of;
    bool remove;
    struct epo_span answers; /* what stays of them, canonical JSON */
    struct epo_span rule;    /* JSON, for the record */
    struct epo_span codes;   /* the same for the audit trail: "decided 10" */
    struct epo_span actor;   /* account, "shell" or "retention" */
    bool done;               /* out: false where the case has moved meanwhile */
};
/* In a write job: with its rows in `retained` and the audit trail. */
bool epo_retention_apply(struct epo_portal *portal, struct epo_db *db,
                         struct epo_retention_end *end, struct epo_error *error);
/* How many of an agenda were dealt with so far. */
bool epo_retention_count(struct epo_portal *portal, struct epo_db *db, const char *agenda,
                         int64_t *count, struct epo_error *error);

#endif
