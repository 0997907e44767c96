#include "base/token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdlib.h>

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

/* Fetched once: looking it up costs more than hashing a row. */
static EVP_MD *sha256;
static void fetch_sha256(void) {
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    epo_assert(sha256);
}

static const EVP_MD *get_sha256(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, fetch_sha256);
    return sha256;
}

void epo_sha256(struct epo_span bytes, uint8_t out[EPO_SHA256_SIZE]) {
    unsigned int len = 0;
    epo_assert(EVP_Digest(bytes.at ? bytes.at : "", bytes.len, out, &len, get_sha256(), NULL) ==
                   1 &&
               len == EPO_SHA256_SIZE);
}

void epo_hmac_sha256(struct epo_span key, struct epo_span text, uint8_t out[EPO_SHA256_SIZE]) {
    epo_assert(HMAC(get_sha256(), key.at, (int)key.len, (const unsigned char *)text.at, text.len,
                    out, NULL) != NULL);
}

void epo_sha256_hex(struct epo_span bytes, char out[EPO_SHA256_HEX_SIZE]) {
    uint8_t digest[EPO_SHA256_SIZE];
    epo_sha256(bytes, digest);
    epo_hex(digest, sizeof digest, out);
}

struct epo_digest {
    EVP_MD_CTX *running;
};

struct epo_digest *epo_digest_create(void) {
    struct epo_digest *digest = calloc(1, sizeof *digest);
    epo_assert(digest);
    digest->running = EVP_MD_CTX_new();
    epo_assert(digest->running && EVP_DigestInit_ex2(digest->running, get_sha256(), NULL) == 1);
    return digest;
}

void epo_digest_add(struct epo_digest *digest, struct epo_span bytes) {
    if (bytes.len > 0)
        epo_assert(EVP_DigestUpdate(digest->running, bytes.at, bytes.len) == 1);
}

void epo_digest_end(struct epo_digest *digest, uint8_t out[EPO_SHA256_SIZE]) {
    epo_assert(EVP_DigestFinal_ex(digest->running, out, NULL) == 1 &&
               EVP_DigestInit_ex2(digest->running, get_sha256(), NULL) == 1);
}

void epo_digest_free(struct epo_digest *digest) {
    if (!digest)
        return;
    EVP_MD_CTX_free(digest->running);
    free(digest);
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
