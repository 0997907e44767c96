/* Passwords as argon2id: 19 MiB, 2 passes, 1 lane (the OWASP floor; about 30 ms of one core). Any
 * worker; at most two run at once and one waits, so that logins cannot take all workers. */
#ifndef EPO_PORTAL_PASSWORD_H
#define EPO_PORTAL_PASSWORD_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"

#define EPO_PASSWORD_HASH_SIZE 128
#define EPO_PASSWORD_REST_MIN 10

/* Refuses what is too short, too long, not UTF-8, a repetition or made of the login. */
bool epo_password_check(struct epo_span password, struct epo_span login, struct epo_error *error);
/* Refuses what is little more than words that anybody would try here (OWASP ASVS 5.0, 6.2.11): when
 * those of `words` (any text: its words of four letters and more) are taken out of it, without
 * diacritics and in lower case, fewer than EPO_PASSWORD_REST_MIN letters and digits are left. */
bool epo_password_check_words(struct epo_span password, struct epo_span words,
                              struct epo_error *error);
/* Refuses what is known to have leaked elsewhere (NIST SP 800-63B, 3.1.1.2). folder holds the files
 * of a breach list by prefix, as "Have I Been Pwned" gives them out: "ABCDE.txt" with lines of the
 * other 35 hexadecimal digits of SHA-1, a colon and a count. Fine where there is no such file. */
bool epo_password_check_breached(struct epo_span password, const char *folder,
                                 struct epo_error *error);
/* BUSY "account.busy" when too many are being hashed. */
bool epo_password_hash(struct epo_span password, char out[EPO_PASSWORD_HASH_SIZE],
                       struct epo_error *error);
/* hash empty: the same work against a hash that nothing fits. False with EPO_ERROR_NONE: wrong. */
bool epo_password_verify(struct epo_span password, const char *hash, struct epo_error *error);

#endif
