/* How a person may be reached besides by e-mail, as they say themselves: a phone and an address to
 * write to. Filled into forms for them (http/prefill.c). */
#ifndef EPO_PORTAL_CONTACT_H
#define EPO_PORTAL_CONTACT_H

#include "base/error.h"
#include "portal/account.h"

#define EPO_CONTACT_ADDRESS_CHARS 200

struct epo_contact {
    struct epo_span phone;   /* "+420377031111", or empty */
    struct epo_span address; /* one line, or empty */
};
/* As typed: spaces go, nine digits are a Czech number. Fills errors with {"path","code"} for each
 * that is none; true when all are good. Texts in the pool. Pure. */
bool epo_contact_check(struct epo_pool *pool, struct epo_contact *contact, struct epo_json *errors);
/* Of an account; empty where nothing was said. Texts in the pool. */
bool epo_contact_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      struct epo_span account, struct epo_contact *contact,
                      struct epo_error *error);
/* A write job's part: instead of what was said before, audited; the owner is told by e-mail. */
bool epo_contact_put(struct epo_portal *portal, struct epo_db *db,
                     const struct epo_account *account, const struct epo_contact *contact,
                     struct epo_span lang, struct epo_error *error);

#endif
