/* What the files about factors share: factor.c, passkey.c, passkey_check.c. */
#ifndef EPO_PORTAL_FACTOR_WORK_H
#define EPO_PORTAL_FACTOR_WORK_H

#include "portal/factor.h"

/* Write jobs' parts. The change's recovery codes in place of those before. */
bool epo_factor_codes(struct epo_db *db, const struct epo_factor_change *change,
                      struct epo_error *error);
/* No recovery codes where no factor is left that they stand for. */
bool epo_factor_no_codes(struct epo_db *db, const struct epo_factor_change *change,
                         struct epo_error *error);
/* Noted in the audit trail as "factor.<kind>", and told by the mail of that kind. */
bool epo_factor_tell(struct epo_db *db, const struct epo_factor_change *change, const char *kind,
                     struct epo_error *error);
/* base64url without padding, at most EPO_PASSKEY_BYTES_MAX bytes; into the pool. False where it is
 * none. */
bool epo_base64url_read(struct epo_pool *pool, struct epo_span text, struct epo_span *bytes);

#endif
