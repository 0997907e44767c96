/* Random identifiers and digests, from OpenSSL. Any thread. */
#ifndef EPO_BASE_TOKEN_H
#define EPO_BASE_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Cryptographically strong; aborts if the system has no entropy. */
void epo_token_random(void *out, size_t len);
/* 26 lower-case letters and digits (Crockford base 32, 130 bits), NUL-terminated. */
#define EPO_TOKEN_SIZE 27
void epo_token_make(char out[EPO_TOKEN_SIZE]);

#define EPO_SHA256_SIZE 32
#define EPO_SHA256_HEX_SIZE 65
void epo_sha256(struct epo_span bytes, uint8_t out[EPO_SHA256_SIZE]);
struct epo_hash {
    uint8_t bytes[EPO_SHA256_SIZE];
};
/* The same, to be kept or looked up: points into out. */
static inline struct epo_span epo_hash_of(struct epo_span bytes, struct epo_hash *out) {
    epo_sha256(bytes, out->bytes);
    return (struct epo_span){(const char *)out->bytes, sizeof out->bytes};
}
/* RFC 2104. */
void epo_hmac_sha256(struct epo_span key, struct epo_span text, uint8_t out[EPO_SHA256_SIZE]);
void epo_sha256_hex(struct epo_span bytes, char out[EPO_SHA256_HEX_SIZE]);
/* A digest over pieces; one thread at a time. Much faster than the above for many short texts. */
struct epo_digest;
struct epo_digest *epo_digest_create(void);
void epo_digest_add(struct epo_digest *digest, struct epo_span bytes);
/* Gives the SHA-256 of all that was added and begins anew. */
void epo_digest_end(struct epo_digest *digest, uint8_t out[EPO_SHA256_SIZE]);
void epo_digest_free(struct epo_digest *digest);           /* NULL is fine */
void epo_hex(const uint8_t *bytes, size_t len, char *out); /* 2*len+1 bytes written */
/* Constant time in the length. */
bool epo_token_equal(struct epo_span a, struct epo_span b);

#endif
