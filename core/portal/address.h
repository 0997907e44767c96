/* Another e-mail address for an account: confirmed by a link to the new one; the old one is told
 * and can take it back for seven days. Nobody learns by it which addresses have accounts. */
#ifndef EPO_PORTAL_ADDRESS_H
#define EPO_PORTAL_ADDRESS_H

#include "base/error.h"
#include "base/token.h"
#include "portal/account.h"

#define EPO_ADDRESS_LINK_S (24 * 3600)
#define EPO_ADDRESS_BACK_S (7 * 24 * 3600)

struct epo_address_change {
    struct epo_portal *portal;
    const struct epo_account *account;
    struct epo_span address;      /* as typed */
    struct epo_span lang, origin; /* of the mail; "https://host": links begin so */
    /* made by the check */
    char login[128], token[EPO_TOKEN_SIZE];
    struct epo_pool *pool;
};
/* Is this an address that a mail can be sent to? Makes the link. The pool outlives the save.
 * BAD_INPUT "mail.address"; DENIED "mail.off" where no mail can be sent, or the account has no
 * address of its own. */
bool epo_address_check(struct epo_address_change *change, struct epo_pool *pool,
                       struct epo_error *error);
/* A write job (arg: the change): keeps the link and the mail; no mail, and no error, for an address
 * of another account or one that got enough this hour. */
bool epo_address_ask(struct epo_db *db, void *arg, struct epo_error *error);
/* A write job's part: the link was followed. The old address gets one to take it back. NOT_FOUND
 * "ticket.gone", also where the address is another's now. */
bool epo_address_confirm(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span token, struct epo_span lang, struct epo_span origin,
                         struct epo_error *error);
/* A write job's part: back to the old address; every session ends, and `recover` (made by the
 * caller with epo_token_make) becomes a link to set a new password, for whoever changed it knew the
 * old one. NOT_FOUND "ticket.gone". */
bool epo_address_back(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      struct epo_span token, struct epo_span recover, struct epo_error *error);

#endif
