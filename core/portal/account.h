/* Accounts of people: citizens, clerks, admins. Passwords are kept as argon2id (19 MiB, 2 passes:
 * the OWASP floor) and never leave this file. Called on workers and from the shell. */
#ifndef EPO_PORTAL_ACCOUNT_H
#define EPO_PORTAL_ACCOUNT_H

#include "base/error.h"
#include "base/json.h"
#include "base/token.h"
#include "portal/portal.h"

#define EPO_PASSWORD_CHARS_MIN 15 /* NIST SP 800-63B-4: a password that stands alone */
#define EPO_PASSWORD_BYTES_MAX 1024
#define EPO_PASSWORD_FIRST_DAYS 7 /* one made for somebody: until then they set their own */

struct epo_account {
    char id[EPO_TOKEN_SIZE];
    char login[128]; /* e-mail or short name, lower case */
    char name[128];
    char role[16];   /* "citizen" | "clerk" | "admin" */
    char office[64]; /* of a clerk: an office id, or "*" for the whole city */
    bool disabled;
    bool verified;             /* identity seen at an office */
    int64_t password_until_us; /* of a password made for them; 0: their own */
    bool identifies;           /* a clerk who may see identities, where the office does that */
    char kind[16]; /* "person"; "trader" and "company" stand for a business: nobody signs in */
    char acting_for[EPO_TOKEN_SIZE]; /* of a session: whom its owner chose to act for, or empty */
    /* of a session alone: */
    bool second; /* the account has a second factor */
    bool held;   /* works here but lacks the second factor that the settings want: counts as
                    a citizen until then */
    int64_t proved_at_us; /* when the owner last gave password or passkey */
};

/* Refuses a bad login, role or office (a clerk needs one of the settings or "*") and a weak
 * password: BAD_INPUT; a login in use: CONFLICT "account.exists". Fills account->id. Waits for the
 * commit. actor goes to the audit trail. account->password_until_us ends the password. */
bool epo_account_add(struct epo_portal *portal, struct epo_account *account,
                     struct epo_span password, struct epo_span actor, struct epo_error *error);

/* Logins are compared in lower case (ASCII), for people type them so; out holds it. */
struct epo_span epo_account_fold(struct epo_span login, char out[128]);
/* A write job's part: an account that is complete and checked. CONFLICT "account.exists". */
bool epo_account_insert(struct epo_portal *portal, struct epo_db *db,
                        const struct epo_account *account, const char *hash, struct epo_span actor,
                        struct epo_error *error);
/* A write job's part: a new password by the owner, audited; ends all sessions but the one of the
 * cookie `keep` (may be empty). */
bool epo_account_put_password(struct epo_portal *portal, struct epo_db *db, struct epo_span id,
                              const char *hash, struct epo_span keep, struct epo_error *error);

/* Login. The same work is done for unknown names. At most two hashes run at once; one more caller
 * waits, the rest get BUSY "account.busy". Wrong: UNAUTHENTICATED "account.wrong", the same for
 * unknown, disabled and wrong password; a right one that was made for them and has ended:
 * UNAUTHENTICATED "account.first_ended". Too many tries: RATE "account.slow_down" and *wait_s.
 * client: the address; device: what epo_account_device gave this browser after an earlier login, or
 * empty: its holder is not slowed down by what others try on the account. */
bool epo_account_verify(struct epo_portal *portal, struct epo_db *db, struct epo_span login,
                        struct epo_span password, struct epo_span client, struct epo_span device,
                        struct epo_account *account, int *wait_s, struct epo_error *error);
/* A sealed mark for a browser from which this login has succeeded. */
void epo_account_device(const struct epo_portal *portal, struct epo_span login,
                        char out[EPO_TOKEN_SIZE]);

/* False without error when there is none: *error keeps EPO_ERROR_NONE. */
bool epo_account_find(struct epo_portal *portal, struct epo_db *db, struct epo_span login,
                      struct epo_account *account, struct epo_error *error);
/* Changes by the shell; each ends the account's sessions where that matters, and is audited.
 * NOT_FOUND "account.unknown". */
bool epo_account_set_role(struct epo_portal *portal, struct epo_span login, struct epo_span role,
                          struct epo_span office, bool identifies, struct epo_span actor,
                          struct epo_error *error);
bool epo_account_set_password(struct epo_portal *portal, struct epo_span login,
                              struct epo_span password, int64_t until_us, struct epo_span actor,
                              struct epo_error *error);
bool epo_account_set_verified(struct epo_portal *portal, struct epo_span login,
                              struct epo_span actor, struct epo_error *error);
bool epo_account_set_disabled(struct epo_portal *portal, struct epo_span login, bool disabled,
                              struct epo_span actor, struct epo_error *error);
/* Ends every session of the account. */
bool epo_account_sign_out(struct epo_portal *portal, struct epo_span login, struct epo_span actor,
                          struct epo_error *error);
/* May an account be of this role and office? BAD_INPUT "account.role", "account.office". */
bool epo_account_check_role(const struct epo_portal *portal, struct epo_span role,
                            struct epo_span office, bool identifies, struct epo_error *error);
/* [{"login","name","role","office","disabled","verified","identifies","kind"}] by login. */
bool epo_account_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      struct epo_json **accounts, struct epo_error *error);
/* A random pronounceable-enough password of 20 characters (100 bits), NUL-terminated. */
void epo_account_generate_password(char out[25]);

#endif
