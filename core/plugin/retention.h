/* How long an agenda keeps its cases. manifest.json:
 *   "retention": {"after": "decided" | "received", "years": 10, "then": "anonymise" | "remove",
 *     "reason": {cs, en}, "keep": ["kind"], "forget": "forget_case"}
 * after: counted from the last move of the case, or from its receipt; cases whose state does not
 * end them are open and never touched. keep: answers that stay when it is anonymised. forget: a
 * statement that writes, run with the number ("2026-000123") as $1: rows of the agenda's own
 * tables. Without "retention" everything is kept. */
#ifndef EPO_PLUGIN_RETENTION_H
#define EPO_PLUGIN_RETENTION_H

#include "base/clock.h"
#include "plugin/fault.h"
#include "plugin/plugin.h"
#include "portal/retention.h"

#define EPO_RETENTION_BATCH 50 /* cases in one write job: some milliseconds */

bool epo_retention_check(struct epo_agenda *agenda, struct epo_faults *faults);
/* The rule of the manifest, or NULL. */
const struct epo_json *epo_agenda_retention(const struct epo_agenda *agenda);

/* The day on which a case of that state is due; false for one that is open, or is kept for good. */
bool epo_retention_until(const struct epo_agenda *agenda, struct epo_span state,
                         int64_t received_at_us, int64_t changed_at_us, struct epo_date *until);

struct epo_retention_batch {
    int64_t after;                    /* in and out: numbers above it were not looked at */
    struct epo_retention_case *cases; /* those that are due, in the pool */
    size_t count;
    bool more; /* there may be others */
};
/* The next cases of an agenda that are due; at most EPO_RETENTION_BATCH. On a worker. */
bool epo_retention_due(struct epo_agenda *agenda, struct epo_portal *portal, struct epo_db *db,
                       struct epo_pool *pool, struct epo_retention_batch *batch,
                       struct epo_error *error);
/* Deals with them, in one write job. done: how many. Waits for the writer. */
bool epo_retention_end(struct epo_agenda *agenda, struct epo_portal *portal, struct epo_pool *pool,
                       const struct epo_retention_batch *batch, const char *actor, size_t *done,
                       struct epo_error *error);

#endif
