/* Decisions issued about cases: the document as an attachment, its hash in the audit chain. Writing
 * inside a write job, reading on a worker. */
#ifndef EPO_PORTAL_DECISION_H
#define EPO_PORTAL_DECISION_H

#include "base/error.h"
#include "base/json.h"
#include "portal/attachment.h"
#include "portal/portal.h"

#define EPO_DECISIONS_MAX 20 /* of one case */
#define EPO_DECISION_CHARS_MAX 12000
#define EPO_DECISION_OWNER_SIZE 64

struct epo_decision {
    int64_t number, sequence;
    struct epo_span document, title; /* its own number, and what it is called */
    struct epo_attachment file;      /* prepared */
    int64_t appeal_days;             /* 0: no appeal */
    struct epo_span actor, actor_name, office;
};
/* "decision/2026-000123/1": who owns its file. */
void epo_decision_owner(int64_t number, int64_t sequence, char out[EPO_DECISION_OWNER_SIZE]);
/* In a write job: the document, its row, its audit row ("decision.issued" and the hash). CONFLICT
 * "decision.taken" where another got this sequence meanwhile. */
bool epo_decision_issue(struct epo_portal *portal, struct epo_db *db,
                        const struct epo_decision *decision, struct epo_error *error);
/* Oldest first: [{"sequence","document","title","file","sha256","appealDays","at","at_us",
 * "actor","office"}]. In the pool. */
bool epo_decision_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                       int64_t number, struct epo_json **list, struct epo_error *error);

#endif
