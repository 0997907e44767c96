/* Verified identity. A person says who they are and gets a code; at any office that identifies
 * (epo.json: "identification": true) a clerk compares that with an identity document and confirms.
 * Kept of the document are its kind and last characters. The account counts as verified until the
 * identity expires or is withdrawn, or the person says something else. Called on workers. */
#ifndef EPO_PORTAL_IDENTITY_H
#define EPO_PORTAL_IDENTITY_H

#include "base/error.h"
#include "base/json.h"
#include "portal/account.h"
#include "portal/portal.h"

#define EPO_IDENTITY_CODE_SIZE 9 /* eight letters and digits, NUL */
#define EPO_IDENTITY_CODE_DAYS 30
#define EPO_IDENTITY_YEARS 10

struct epo_identity {
    struct epo_span account, login, name; /* of the account */
    struct epo_span given_name, family_name, birth_date, address;
    struct epo_span code; /* as it is shown, "k7qp-3m2x"; empty where none is good */
    int64_t asked_at_us, code_until_us, verified_at_us, until_us; /* 0: not */
    struct epo_span office, document, document_last, ended;
};

/* Does this office compare documents? */
bool epo_identity_office(const struct epo_json *settings, struct epo_span office);

/* May this clerk, at this office? DENIED "identity.office". */
bool epo_identity_may(const struct epo_portal *portal, const struct epo_account *clerk,
                      struct epo_error *error);

/* Are these names, a date of birth and an address? Fills errors with {"path","code"} for each that
 * is not; true when all are. Pure. */
bool epo_identity_check(struct epo_pool *pool, const struct epo_identity *said,
                        struct epo_json *errors);
/* A write job's part: keeps what the person says and makes a code (code: made by the caller with
 * epo_identity_code). Ends a verification before. */
bool epo_identity_ask(struct epo_portal *portal, struct epo_db *db, const struct epo_identity *said,
                      const char *code, struct epo_error *error);
void epo_identity_code(char out[EPO_IDENTITY_CODE_SIZE]);

/* Of an account; texts in the pool. *found false: nothing was said yet. */
bool epo_identity_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                       struct epo_span account, struct epo_identity *identity, bool *found,
                       struct epo_error *error);
/* By the code as somebody reads it out: case, spaces, dashes and look-alikes (O, I, L) do not
 * matter. NOT_FOUND "identity.no_code". */
bool epo_identity_by_code(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                          struct epo_span typed, struct epo_identity *identity,
                          struct epo_error *error);
/* Who waits, oldest first: [{"name","birth_date","asked_at_us"}]; no codes: those have the people.
 */
bool epo_identity_waiting(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                          int limit, struct epo_json **list, struct epo_error *error);
/* Verified by an office, latest first: [{"account","name","at_us","document","ended"}]. */
bool epo_identity_done(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                       struct epo_span office, int limit, struct epo_json **list,
                       struct epo_error *error);

struct epo_identifying {
    struct epo_portal *portal;
    const struct epo_account *clerk;
    struct epo_span code, document, document_last, lang;
};
/* A write job's part: the clerk has compared. DENIED "identity.office" for other clerks;
 * BAD_INPUT "identity.document"; NOT_FOUND "identity.no_code"; DENIED "identity.own" for one's own.
 * The person is told by mail. */
bool epo_identity_confirm(struct epo_db *db, const struct epo_identifying *identifying,
                          struct epo_error *error);
/* A write job's part: it was wrong, with the reason. The account's office or an admin may. */
bool epo_identity_withdraw(struct epo_portal *portal, struct epo_db *db,
                           const struct epo_account *clerk, struct epo_span account,
                           struct epo_span reason, struct epo_error *error);

#endif
