/* How people get an account themselves, and back into it: by a link to their e-mail address. Every
 * answer is the same whether there is an account of that address or not; only the mail differs, so
 * that nobody can ask who has one. Called on workers; hashing a password waits for its turn. */
#ifndef EPO_PORTAL_REGISTRATION_H
#define EPO_PORTAL_REGISTRATION_H

#include "base/error.h"
#include "base/token.h"
#include "portal/account.h"
#include "portal/password.h"
#include "portal/portal.h"

#define EPO_REGISTER_LINK_S (24 * 3600)
#define EPO_RECOVER_LINK_S 3600
#define EPO_MAILS_AN_HOUR 3 /* links to one address */

/* What somebody asks for, checked by epo_registration_check or epo_recovery_check. */
struct epo_registering {
    struct epo_portal *portal;
    struct epo_span name, address, password; /* as typed; name and password not for recovery */
    struct epo_span lang;
    struct epo_span origin; /* "https://host": links begin so */
    struct epo_span next;   /* path to go on to when the link was followed, or empty */
    /* made by the check */
    char login[128], token[EPO_TOKEN_SIZE];
    struct epo_span content, letter, known_letter; /* of the ticket; of the mail */
    bool recovers;
};
/* Are these a name, an address and a password that will do? Hashes the password, makes the link.
 * The pool outlives the save. BAD_INPUT "account.name", "mail.address", "password.…";
 * BUSY "account.busy"; DENIED "mail.off" where no mail can be sent. */
bool epo_registration_check(struct epo_registering *registering, struct epo_pool *pool,
                            struct epo_error *error);
bool epo_recovery_check(struct epo_registering *registering, struct epo_pool *pool,
                        struct epo_error *error);
/* A write job (arg: the epo_registering): keeps the link and the mail. No error for an address that
 * gets no further mail this hour: it just gets none. */
bool epo_registration_save(struct epo_db *db, void *arg, struct epo_error *error);

/* A write job's part: the link was followed; makes the account. account is filled, and next (in the
 * pool) with what was asked for. NOT_FOUND "ticket.gone"; CONFLICT "account.exists" where it was
 * made in between. */
bool epo_registration_confirm(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                              struct epo_span token, struct epo_account *account,
                              struct epo_span *next, struct epo_error *error);
/* On a worker, before the save: may this be the new password? hash is what the save takes. */
bool epo_recovery_prepare(struct epo_portal *portal, struct epo_db *db, struct epo_span token,
                          struct epo_span password, char hash[EPO_PASSWORD_HASH_SIZE],
                          struct epo_error *error);
/* Checked (length, guessable, words of this place, leaked) and hashed: what the next save takes. */
bool epo_password_prepare(const struct epo_portal *portal, struct epo_span password,
                          struct epo_span login, char hash[EPO_PASSWORD_HASH_SIZE],
                          struct epo_error *error);
/* A write job's part: sets the password, ends every session of the account and tells the owner by
 * mail. next as with epo_registration_confirm. */
bool epo_recovery_finish(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span token, const char *hash, struct epo_span lang,
                         struct epo_account *account, struct epo_span *next,
                         struct epo_error *error);
/* A write job's part: a mail to the owner that something of the account has changed; kind: texts
 * "mail.<kind>.subject" and ".text". Accounts whose login is no address get none. */
bool epo_account_tell(struct epo_portal *portal, struct epo_db *db,
                      const struct epo_account *account, const char *kind, struct epo_span lang,
                      struct epo_error *error);
/* A write job's part: the same for one who is signed in; `keep` is the cookie of the session that
 * goes on. */
bool epo_account_new_password(struct epo_portal *portal, struct epo_db *db,
                              const struct epo_account *account, const char *hash,
                              struct epo_span keep, struct epo_span lang, struct epo_error *error);

#endif
