/* One-time links in mails: a random token of which only the hash is kept, for one purpose, until it
 * expires or is taken. */
#ifndef EPO_PORTAL_TICKET_H
#define EPO_PORTAL_TICKET_H

#include "base/error.h"
#include "base/token.h"
#include "portal/portal.h"

struct epo_ticket {
    struct epo_span kind;    /* "register" */
    struct epo_span login;   /* address that the link goes to */
    struct epo_span content; /* JSON */
};
/* A write job's part: keeps it for lives_s seconds and removes what has expired. token is made by
 * the caller with epo_token_make. */
bool epo_ticket_put(struct epo_portal *portal, struct epo_db *db, struct epo_span token,
                    const struct epo_ticket *ticket, int lives_s, struct epo_error *error);
/* Reads a ticket that is still good; texts in the pool. NOT_FOUND "ticket.gone". */
bool epo_ticket_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     struct epo_span token, struct epo_span kind, struct epo_ticket *ticket,
                     struct epo_error *error);
/* A write job's part: the same, and removes it with all others of this kind and address. */
bool epo_ticket_take(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     struct epo_span token, struct epo_span kind, struct epo_ticket *ticket,
                     struct epo_error *error);
/* How many links went to the address within the last hour. */
bool epo_ticket_count(struct epo_portal *portal, struct epo_db *db, struct epo_span login,
                      int64_t *count, struct epo_error *error);

#endif
