/* Passkeys (WebAuthn level 2): what an authenticator says when one is made and when it signs,
 * checked by libfido2. Only such as know their owner by themselves (discoverable, user
 * verification) are taken, so that a passkey alone is as good as password and second factor. What
 * the browser sends is hostile until it was checked. */
#ifndef EPO_PORTAL_PASSKEY_H
#define EPO_PORTAL_PASSKEY_H

#include "base/error.h"
#include "base/json.h"
#include "portal/factor.h"

#define EPO_PASSKEYS_MAX 10        /* of an account */
#define EPO_PASSKEY_BYTES_MAX 2048 /* of each member of an answer */
#define EPO_PASSKEY_NAME_CHARS 60
#define EPO_CHALLENGE_SIZE 44 /* 32 random bytes in base64url, NUL */

struct epo_passkey_question {
    struct epo_span origin;    /* "https://portal.mesto.cz": of the settings, never of the client */
    struct epo_span challenge; /* base64url; this browser's, opened once (proof.h) */
};
/* As the page's script posts it, in base64url. */
struct epo_passkey_answer {
    struct epo_span credential, data, client, signature;
};
struct epo_passkey {
    char id[EPO_TOKEN_SIZE], account[EPO_TOKEN_SIZE], login[128];
    struct epo_span credential, name, public_key; /* bytes in the pool */
    int64_t algorithm, counter;                   /* COSE; of signatures */
};

/* What a passkey is bound to: the host of the origin. False where it is an address of numbers, to
 * which browsers bind none. Pure. */
bool epo_passkey_rp(struct epo_span origin, char out[128]);
void epo_passkey_challenge(char out[EPO_CHALLENGE_SIZE]);
/* base64url without padding; in the pool. Pure. */
const char *epo_base64url(struct epo_pool *pool, struct epo_span bytes);

/* A new one: asked for by us, here, just now, by an owner who was verified? Fills made (but account
 * and name). Pure. BAD_INPUT "passkey.answer". */
bool epo_passkey_made(struct epo_pool *pool, const struct epo_passkey_question *question,
                      const struct epo_passkey_answer *answer, struct epo_passkey *made,
                      struct epo_error *error);
/* Was this signed by the passkey, for us, here, just now, by a verified owner? *counter: what the
 * authenticator counts. Pure. UNAUTHENTICATED "passkey.answer". */
bool epo_passkey_signed(struct epo_pool *pool, const struct epo_passkey_question *question,
                        const struct epo_passkey_answer *answer, const struct epo_passkey *passkey,
                        int64_t *counter, struct epo_error *error);

/* The one that the answer names, of an account that is not disabled. UNAUTHENTICATED
 * "passkey.answer" where there is none. */
bool epo_passkey_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      struct epo_span credential, struct epo_passkey *passkey,
                      struct epo_error *error);
/* [{"id","name","credential" (base64url),"made_at_us","used_at_us"}], oldest first. */
bool epo_passkey_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      struct epo_span account, struct epo_json **list, struct epo_error *error);
/* Write jobs' parts. A new one; the first factor of an account brings recovery codes
 * (change->codes), *codes says so. CONFLICT "passkey.known", "passkey.many". */
bool epo_passkey_put(struct epo_db *db, const struct epo_factor_change *change,
                     const struct epo_passkey *passkey, bool *codes, struct epo_error *error);
/* Fine if there is none of that id. */
bool epo_passkey_drop(struct epo_db *db, const struct epo_factor_change *change, struct epo_span id,
                      struct epo_error *error);
/* It has signed: UNAUTHENTICATED "passkey.answer" where it counts and has not counted on: a copy.
 */
bool epo_passkey_used(struct epo_portal *portal, struct epo_db *db,
                      const struct epo_passkey *passkey, int64_t counter, struct epo_error *error);

#endif
