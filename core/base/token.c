#include "base/token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/error.h"

void epo_token_random(void *out, size_t len) {
    epo_assert(len <= 1024 && RAND_bytes(out, (int)len) == 1);
}

void epo_token_make(char out[EPO_TOKEN_SIZE]) {
    static const char ALPHABET[] =
        "0123456789abcdefghjkmnpqrstvwxyz"; /* Crockford: no i, l, o, u */
    uint8_t random[EPO_TOKEN_SIZE - 1];
    epo_token_random(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        out[i] = ALPHABET[random[i] & 31];
    out[sizeof random] = '\0';
}

void epo_sha256(struct epo_span bytes, uint8_t out[EPO_SHA256_SIZE]) {
    unsigned int len = 0;
    epo_assert(EVP_Digest(bytes.at ? bytes.at : "", bytes.len, out, &len, EVP_sha256(), NULL) ==
                   1 &&
               len == EPO_SHA256_SIZE);
}

void epo_sha256_hex(struct epo_span bytes, char out[EPO_SHA256_HEX_SIZE]) {
    uint8_t digest[EPO_SHA256_SIZE];
    epo_sha256(bytes, digest);
    epo_hex(digest, sizeof digest, out);
}

void epo_hex(const uint8_t *bytes, size_t len, char *out) {
    static const char DIGITS[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = DIGITS[bytes[i] >> 4];
        out[2 * i + 1] = DIGITS[bytes[i] & 15];
    }
    out[2 * len] = '\0';
}

bool epo_token_equal(struct epo_span a, struct epo_span b) {
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.at, b.at, a.len) == 0);
}
