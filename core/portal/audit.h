/* The audit trail: who did or saw what and when; each row's hash covers the one before, so that a
 * row taken out or changed shows. Rows carry codes and numbers, never answers. */
#ifndef EPO_PORTAL_AUDIT_H
#define EPO_PORTAL_AUDIT_H

#include "base/error.h"
#include "base/json.h"
#include "base/token.h"
#include "portal/portal.h"

struct epo_audit_entry {
    struct epo_span actor;  /* account id, "shell", or empty for a visitor */
    struct epo_span action; /* "case.viewed" */
    struct epo_span object; /* number or id */
    struct epo_span detail; /* codes, or empty */
    int64_t at_us;
};
/* In a write job: reads the last row and appends. */
bool epo_audit_append(struct epo_portal *portal, struct epo_db *db,
                      const struct epo_audit_entry *entry, struct epo_error *error);
/* The same for what is done now. */
bool epo_audit_note(struct epo_portal *portal, struct epo_db *db, struct epo_span actor,
                    const char *action, struct epo_span object, struct epo_span detail,
                    struct epo_error *error);
/* The same where the caller has just read the last row (sequence 0 and no hash: the first). */
bool epo_audit_append_after(struct epo_portal *portal, struct epo_db *db, int64_t last_sequence,
                            struct epo_span last_hash, const struct epo_audit_entry *entry,
                            struct epo_error *error);
/* Recomputes the chain; BROKEN "audit.broken" with the first sequence that does not fit. */
bool epo_audit_verify(struct epo_portal *portal, struct epo_db *db, int64_t *count,
                      struct epo_error *error);
/* The latest rows: [{"sequence","at","actor","action","object","detail","name":of the actor}].
 * object may be empty. */
bool epo_audit_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                    struct epo_span object, int limit, struct epo_json **rows,
                    struct epo_error *error);

#endif
