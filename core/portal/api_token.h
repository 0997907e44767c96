/* Tokens of the city's own systems: 130 random bits, shown once, kept as a hash; each for one right
 * in one agenda, until it is revoked. Reading on a worker's connection, writing inside a write job.
 */
#ifndef EPO_PORTAL_API_TOKEN_H
#define EPO_PORTAL_API_TOKEN_H

#include "base/error.h"
#include "base/json.h"
#include "base/token.h"
#include "portal/portal.h"

#define EPO_API_TOKEN_NAME_MAX 80 /* bytes */
#define EPO_API_TOKEN_ID_SIZE 9   /* the first letters of it, with NUL */

struct epo_api_token {
    struct epo_span name;           /* 1 to EPO_API_TOKEN_NAME_MAX bytes: which system has it */
    struct epo_span agenda;         /* that is not looked up */
    struct epo_span right;          /* "records": records and ledger */
    struct epo_span by;             /* account or "shell" */
    char token[EPO_TOKEN_SIZE];     /* out */
    char id[EPO_API_TOKEN_ID_SIZE]; /* out */
};
/* In a write job, with its row in the audit trail. BAD_INPUT "token.name", "token.right". */
bool epo_api_token_add(struct epo_portal *portal, struct epo_db *db, struct epo_api_token *token,
                       struct epo_error *error);
/* In a write job, with its row in the audit trail. NOT_FOUND "token.unknown". */
bool epo_api_token_revoke(struct epo_portal *portal, struct epo_db *db, struct epo_span id,
                          struct epo_span by, struct epo_error *error);
/* The id of a token that is good for the right in the agenda. UNAUTHENTICATED "token.wrong" where
 * it is none or revoked, DENIED "token.right" where it is for something else. */
bool epo_api_token_check(struct epo_portal *portal, struct epo_db *db, struct epo_span token,
                         struct epo_span agenda, struct epo_span right,
                         char id[EPO_API_TOKEN_ID_SIZE], struct epo_error *error);
/* [{"id","name","agenda","right","by","made_at_us","revoked_at_us" (0: it holds)}], newest first.
 */
bool epo_api_token_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                        struct epo_json **tokens, struct epo_error *error);

#endif
