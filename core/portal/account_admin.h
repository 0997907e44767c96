/* Accounts as the admin sees and changes them, by id. On a worker; changing inside a write job. */
#ifndef EPO_PORTAL_ACCOUNT_ADMIN_H
#define EPO_PORTAL_ACCOUNT_ADMIN_H

#include "portal/account.h"

struct epo_account_search {
    struct epo_span words;  /* part of login or name (letters of ASCII in either case), or empty */
    struct epo_span role;   /* or empty: any */
    struct epo_span office; /* or empty: any */
    struct epo_span after;  /* login that the page before ended with, or empty */
    int limit;
};
/* [{"id","login","name","role","office","disabled","verified","identifies","kind"}] by login. */
bool epo_account_search(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                        const struct epo_account_search *search, struct epo_json **list,
                        struct epo_error *error);
/* One of them; NULL where there is none. False only when the database failed. */
bool epo_account_by_id(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                       struct epo_span id, struct epo_json **account, struct epo_error *error);

enum epo_account_deed {
    EPO_ACCOUNT_ROLE,    /* role, office, identifies */
    EPO_ACCOUNT_DISABLE, /* and signs out */
    EPO_ACCOUNT_ENABLE,
    EPO_ACCOUNT_SIGN_OUT /* ends every session */
};
struct epo_account_change {
    struct epo_portal *portal;
    const struct epo_account *admin;
    struct epo_span id;
    enum epo_account_deed deed;
    struct epo_span role, office;
    bool identifies;
};
/* A write job's part, audited. Sessions end with a change of role. NOT_FOUND "account.unknown";
 * DENIED "account.self" for what would lock the admin out; BAD_INPUT "account.role",
 * "account.office", "account.business" for a role of an account that stands for a business. */
bool epo_account_change(struct epo_db *db, const struct epo_account_change *change,
                        struct epo_error *error);

#endif
