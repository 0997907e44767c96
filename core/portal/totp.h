/* Codes of an authenticator app (TOTP, RFC 6238: SHA-1, six digits, thirty seconds, which is what
 * every app takes). Reckoned by liboath. Pure: any thread. */
#ifndef EPO_PORTAL_TOTP_H
#define EPO_PORTAL_TOTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/text.h"

#define EPO_TOTP_SECRET_BYTES 20
#define EPO_TOTP_SECRET_SIZE 33 /* in base 32, NUL */
#define EPO_TOTP_DIGITS 6
#define EPO_TOTP_STEP_S 30

/* The step that a time (UTC µs) lies in. */
int64_t epo_totp_step(int64_t at_us);
/* The code of a step. secret: 20 bytes. */
void epo_totp_code(struct epo_span secret, int64_t step, char out[EPO_TOTP_DIGITS + 1]);
/* Is what somebody typed (spaces do not matter) the code of now, or of the step before or after,
 * and is that step later than `after`? *step: which. */
bool epo_totp_match(struct epo_span secret, struct epo_span typed, int64_t now_us, int64_t after,
                    int64_t *step);
/* The secret as an app takes it from hand (RFC 4648), and back; false where it is none. */
void epo_totp_write(struct epo_span secret, char out[EPO_TOTP_SECRET_SIZE]);
bool epo_totp_read(struct epo_span text, uint8_t out[EPO_TOTP_SECRET_BYTES]);
/* "otpauth://totp/…": what the picture for the app says. In the pool. */
const char *epo_totp_address(struct epo_pool *pool, const char *secret_text, struct epo_span issuer,
                             struct epo_span login);

#endif
