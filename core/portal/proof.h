/* What waits for a further proof for ten minutes, and is opened once, by a cookie of the browser
 * that began it: a sign-in whose password was right, a question to a passkey. */
#ifndef EPO_PORTAL_PROOF_H
#define EPO_PORTAL_PROOF_H

#include "base/error.h"
#include "base/token.h"
#include "portal/portal.h"

#define EPO_PROOF_S 600

struct epo_proof {
    struct epo_span kind;    /* "second", "passkey" */
    struct epo_span account; /* id, or empty where nobody is known yet */
    struct epo_span content; /* JSON */
};
/* A write job's part: keeps it and removes what has expired. token is made by the caller with
 * epo_token_make: the cookie's value. */
bool epo_proof_put(struct epo_portal *portal, struct epo_db *db, struct epo_span token,
                   const struct epo_proof *proof, struct epo_error *error);
/* One that is still good; texts in the pool. NOT_FOUND "proof.gone". */
bool epo_proof_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                    struct epo_span token, struct epo_span kind, struct epo_proof *proof,
                    struct epo_error *error);
/* A write job's part: it is used up. NOT_FOUND "proof.gone" where another was first. */
bool epo_proof_take(struct epo_portal *portal, struct epo_db *db, struct epo_span token,
                    struct epo_span kind, struct epo_error *error);

#endif
