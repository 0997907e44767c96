/* Sessions of signed-in people: a random cookie, stored as its hash; it ends after 8 idle hours,
 * after 24 hours, at logout, and when the account is disabled. Called on workers. */
#ifndef EPO_PORTAL_SESSION_H
#define EPO_PORTAL_SESSION_H

#include "base/error.h"
#include "base/token.h"
#include "portal/account.h"
#include "portal/portal.h"

#define EPO_SESSION_IDLE_S (8 * 3600)
#define EPO_SESSION_ABSOLUTE_S (24 * 3600)

/* A write job's part: makes a session for the account and ends `previous` (a cookie value, may be
 * empty), so that a cookie from before the login is worth nothing after it. token is made by the
 * caller with epo_token_make; about: what its owner will know it by ("Firefox, Windows"); by: how
 * it was proved ("password", "totp", "code", "passkey"). Also writes the audit row, and removes
 * sessions whose absolute end has come. */
bool epo_session_begin(struct epo_portal *portal, struct epo_db *db, struct epo_span account_id,
                       struct epo_span token, struct epo_span previous, struct epo_span about,
                       const char *by, struct epo_error *error);
/* A write job's part: the owner has just given password or passkey again. */
bool epo_session_prove(struct epo_portal *portal, struct epo_db *db, struct epo_span token,
                       struct epo_error *error);
/* A write job's part: ends the session of this cookie; fine if there is none. */
bool epo_session_end(struct epo_portal *portal, struct epo_db *db, struct epo_span token,
                     struct epo_error *error);
/* A write job's part: from now on this session acts for the other account (whether it may is asked
 * each time; empty: for its owner). */
bool epo_session_act(struct epo_portal *portal, struct epo_db *db, struct epo_span token,
                     struct epo_span principal, struct epo_error *error);
/* The account behind a cookie value. False without error (EPO_ERROR_NONE) when there is none, it
 * has ended or the account is disabled. Marks the session as seen every few minutes (queued). */
bool epo_session_find(struct epo_portal *portal, struct epo_db *db, struct epo_span token,
                      struct epo_account *account, struct epo_error *error);

/* Sessions of an account that have not ended, last seen first: [{"id","about","began_at_us",
 * "seen_at_us","current": of the cookie value `token`}]. The id opens nothing. */
bool epo_session_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      struct epo_span account_id, struct epo_span token, struct epo_json **list,
                      struct epo_error *error);
/* A write job's part: ends one of the account's sessions by its id, audited; fine if there is none.
 */
bool epo_session_end_one(struct epo_portal *portal, struct epo_db *db, struct epo_span account_id,
                         struct epo_span id, struct epo_error *error);

/* A write job's part: all but the session of the cookie value `token`. */
bool epo_session_end_others(struct epo_portal *portal, struct epo_db *db,
                            struct epo_span account_id, struct epo_span token,
                            struct epo_error *error);
/* What was done about the account, latest first, from the audit trail: [{"at_us","action"
 * ("session.begun", "factor.failed" …),"detail" ("totp Firefox, Windows")}]. */
bool epo_session_history(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span account_id, int limit, struct epo_json **list,
                         struct epo_error *error);

#endif
