/* One person's rights over the data held on them: to read it all, to see who looked at it, to have
 * it erased where nothing stands against that. On a worker, erasing inside a write job. */
#ifndef EPO_PORTAL_PERSON_H
#define EPO_PORTAL_PERSON_H

#include "base/error.h"
#include "base/json.h"
#include "portal/portal.h"

#define EPO_PERSON_ROWS_MAX 5000 /* of one part of an export */

/* All that is held on an account: {"account":{…},"identity":[…],"numbers":[…],
 * "records":[…],"ledger":[…],"sessions":[…],"contact":[…],"factors":[…] (without
 * secrets),"submissions":[…],
 * "history":[…],"messages":[…],"completions":[…],"decisions":[…],"files":[…] (of submissions,
 * messages and decisions, without their bytes),"drafts":[…],"mandates":[…],"businesses":[…],
 * "sent_for_others":[…],"audit":[…]}; times in RFC 3339. A part
 * of more than EPO_PERSON_ROWS_MAX rows has its newest.
 * NOT_FOUND "account.unknown". */
bool epo_person_export(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                       struct epo_span account, struct epo_json **data, struct epo_error *error);

/* Who did or saw something of what is held on the account (number empty), or of one request:
 * [{"sequence","at","at_us","action","object","actor","name","role","office"}], newest first, those
 * with a sequence below `before` (0: all). */
bool epo_person_audit(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      struct epo_span account, struct epo_span number, int64_t before, int limit,
                      struct epo_json **rows, struct epo_error *error);

/* What stands against erasing the account: [{"number","agenda","title","state","received_at_us",
 * "changed_at_us"}], its requests. */
bool epo_person_held(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     struct epo_span account, struct epo_json **requests, struct epo_error *error);

struct epo_person_erasure {
    struct epo_span account;
    bool account_gone; /* out: also the account; else only its drafts, for it has requests */
};
/* In a write job: drafts, and where it has no request the account with identity and sessions; with
 * a row in the audit trail. A citizen's account only: else DENIED. */
bool epo_person_erase(struct epo_portal *portal, struct epo_db *db,
                      struct epo_person_erasure *erasure, struct epo_error *error);

#endif
