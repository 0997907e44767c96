/* What an account shows beside its password: codes of an app (totp.h), recovery codes for when the
 * app is gone, passkeys (passkey.h). A code is taken once. They survive a forgotten password.
 * Called on workers; each change is audited and its owner told by mail. */
#ifndef EPO_PORTAL_FACTOR_H
#define EPO_PORTAL_FACTOR_H

#include "base/error.h"
#include "base/token.h"
#include "portal/account.h"
#include "portal/portal.h"
#include "portal/totp.h"

#define EPO_RECOVERY_CODES 10
#define EPO_RECOVERY_CODE_SIZE 30 /* six groups of four letters and digits (120 bits), NUL */

struct epo_factors {
    bool totp;
    int64_t totp_made_at_us, totp_used_at_us; /* used 0: not yet */
    int64_t codes, passkeys;                  /* how many are left, how many there are */
};
/* Of an account. */
bool epo_factor_find(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                     struct epo_factors *factors, struct epo_error *error);
/* Is signing in with the password alone not enough? */
bool epo_factor_any(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                    bool *any, struct epo_error *error);
/* Must those who work here show a second factor ("staff_second_factor": "required")? */
bool epo_factor_required(const struct epo_portal *portal, struct epo_span role);

/* Fresh codes: shown once, then only their hashes are kept. */
void epo_recovery_codes(char codes[EPO_RECOVERY_CODES][EPO_RECOVERY_CODE_SIZE]);

struct epo_factor_change {
    struct epo_portal *portal;
    const struct epo_account *account;
    struct epo_span lang;
    struct epo_span secret; /* of an app: 20 bytes */
    int64_t step;           /* of the code that showed that the app has it */
    char codes[EPO_RECOVERY_CODES][EPO_RECOVERY_CODE_SIZE];
};
/* Write jobs' parts. The app's secret in place of one before, with fresh recovery codes. */
bool epo_factor_put_totp(struct epo_db *db, const struct epo_factor_change *change,
                         struct epo_error *error);
/* Recovery codes in place of those before. */
bool epo_factor_put_codes(struct epo_db *db, const struct epo_factor_change *change,
                          struct epo_error *error);
/* No codes of an app any more; without passkeys no recovery codes either. */
bool epo_factor_drop_totp(struct epo_db *db, const struct epo_factor_change *change,
                          struct epo_error *error);
/* All factors go (an admin's or the shell's word that the person lost them); sessions end. */
bool epo_factor_drop_all(struct epo_portal *portal, struct epo_db *db,
                         const struct epo_account *account, struct epo_span actor,
                         struct epo_error *error);

/* A code that was typed and is good; what the save then uses up. */
struct epo_factor_use {
    int64_t step; /* of the app's code; 0: a recovery code */
    struct epo_hash code;
};
/* Is it the app's code of now, or a recovery code that is left? UNAUTHENTICATED "factor.wrong";
 * RATE "account.slow_down" and *wait_s. A browser from which the account has signed in before
 * (device: as for epo_account_verify) waits for its own tries alone, so that who knows the password
 * cannot keep the owner out. */
bool epo_factor_check(struct epo_portal *portal, struct epo_db *db,
                      const struct epo_account *account, struct epo_span typed,
                      struct epo_span device, struct epo_factor_use *use, int *wait_s,
                      struct epo_error *error);
/* A write job's part. UNAUTHENTICATED "factor.wrong" where another save has used it meanwhile. */
bool epo_factor_take(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                     const struct epo_factor_use *use, struct epo_error *error);

#endif
