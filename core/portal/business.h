/* Sole traders and companies that people act for. A person says so and gets a code; at an office
 * that identifies a clerk compares it with an extract of the register and confirms, and only then
 * is there an account that stands for the business, with a mandate of the person (mandate.h).
 * Called on workers. */
#ifndef EPO_PORTAL_BUSINESS_H
#define EPO_PORTAL_BUSINESS_H

#include "base/error.h"
#include "base/json.h"
#include "portal/business_check.h"
#include "portal/identity.h"
#include "portal/portal.h"

#define EPO_BUSINESS_CLAIMS_MAX 20 /* that wait, of one account */

/* A write job's part: the account says to act for it. code is made by the caller with
 * epo_identity_code. BUSY "business.many". */
bool epo_business_claim(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                        const struct epo_business *business, const char *code,
                        struct epo_error *error);
/* A write job's part: not after all. NOT_FOUND "business.no_claim". */
bool epo_business_drop(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                       struct epo_span id, struct epo_error *error);
/* What the account says and was told, latest first: [{"id","kind","number","name","seat",
 * "data_box","code" ("" where none is good),"code_until_us","outcome","reason"}]. */
bool epo_business_claims(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span account, struct epo_json **list, struct epo_error *error);
/* Who waits, oldest first: [{"name","person","asked_at_us"}]; no codes. */
bool epo_business_waiting(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                          int limit, struct epo_json **list, struct epo_error *error);

/* ---- at the counter (business_counter.c) ---- */
struct epo_business_found {
    struct epo_business business;
    struct epo_span id, account, login; /* of the claim; of who makes it */
    struct epo_identity identity;       /* of that person, verified_at_us 0: not verified */
};
/* NOT_FOUND "identity.no_code". Texts in the pool. */
bool epo_business_by_code(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                          struct epo_span typed, struct epo_business_found *found,
                          struct epo_error *error);
struct epo_business_confirming {
    struct epo_portal *portal;
    const struct epo_account *clerk;
    struct epo_span code;
    struct epo_business business; /* as the extract says it: number and kind are the claim's */
    struct epo_span extract;      /* which one was seen, in a line */
    struct epo_span refused;      /* the reason, or empty: it is confirmed */
    char account[EPO_TOKEN_SIZE], mandate[EPO_TOKEN_SIZE]; /* made by the caller */
};
/* A write job's part: the business has an account (a new one, or the one that stands already) and
 * the person acts for it. DENIED "identity.office", "identity.own", "business.unverified" where the
 * person's own identity is not verified; BAD_INPUT "business.extract", "identity.reason",
 * "business.wrong"; NOT_FOUND "identity.no_code". The person is told by mail. */
bool epo_business_decide(struct epo_db *db, const struct epo_business_confirming *confirming,
                         struct epo_error *error);

#endif
