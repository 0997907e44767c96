/* What an authenticator says. The signature, the flags and the key are libfido2's to judge; that
 * the browser spoke of our question, here, is read from what it says it signed (WebAuthn 7.1, 7.2).
 */
#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <string.h>

#include "portal/factor_work.h"
#include "portal/passkey.h"

static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const char *epo_base64url(struct epo_pool *pool, struct epo_span bytes) {
    char *out = EPO_NEW_ARRAY(pool, char, bytes.len * 4 / 3 + 3);
    size_t n = 0;
    uint32_t bits = 0;
    int have = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        bits = bits << 8 | (uint8_t)bytes.at[i];
        for (have += 8; have >= 6; have -= 6)
            out[n++] = LETTERS[bits >> (have - 6) & 63];
    }
    if (have > 0)
        out[n++] = LETTERS[bits << (6 - have) & 63];
    out[n] = '\0';
    return out;
}

bool epo_base64url_read(struct epo_pool *pool, struct epo_span text, struct epo_span *bytes) {
    if (text.len == 0 || text.len % 4 == 1 || text.len > EPO_PASSKEY_BYTES_MAX * 4 / 3)
        return false;
    char *out = EPO_NEW_ARRAY(pool, char, text.len);
    size_t n = 0;
    uint32_t bits = 0;
    int have = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *at = text.at[i] != '\0' ? strchr(LETTERS, text.at[i]) : NULL;
        if (at == NULL)
            return false;
        bits = bits << 6 | (uint32_t)(at - LETTERS);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (char)(bits >> have & 255);
        }
    }
    *bytes = (struct epo_span){out, n};
    return true;
}

bool epo_passkey_rp(struct epo_span origin, char out[128]) {
    static const char *const SCHEMES[] = {"https://", "http://localhost"};
    bool good = epo_span_starts(origin, epo_span(SCHEMES[0])) ||
                epo_span_starts(origin, epo_span(SCHEMES[1]));
    size_t from = epo_span_starts(origin, epo_span(SCHEMES[0])) ? 8 : 7, n = 0;
    bool letter = false;
    for (size_t i = from; good && i < origin.len && origin.at[i] != ':'; i++) {
        char c = origin.at[i];
        letter = letter || ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
        good = n < 127 && c != '[' && c != '/';
        out[n < 127 ? n++ : n] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    out[n] = '\0';
    return good && letter;
}

void epo_passkey_challenge(char out[EPO_CHALLENGE_SIZE]) {
    struct epo_pool *pool = epo_pool_create();
    char bytes[32];
    epo_token_random(bytes, sizeof bytes);
    memcpy(out, epo_base64url(pool, (struct epo_span){bytes, sizeof bytes}), EPO_CHALLENGE_SIZE);
    epo_pool_free(pool);
}

/* ---- what the browser says it signed ---- */

struct said {
    char rp[128];
    struct epo_span credential, data, client, signature; /* bytes */
    struct epo_hash client_hash;
};

/* Authenticator data begins with the hash of whom it speaks to, and flags. */
enum { FLAGS_AT = EPO_SHA256_SIZE, PRESENT = 1, VERIFIED = 4 };

static bool is_about(struct epo_pool *pool, const struct epo_passkey_question *question,
                     const char *type, struct epo_span client) {
    struct epo_error ignored = {0};
    const struct epo_json *said = epo_json_parse(pool, client, &ignored);
    return said != NULL && epo_span_is(epo_json_get_text(said, "type"), type) &&
           question->challenge.len == EPO_CHALLENGE_SIZE - 1 &&
           epo_token_equal(epo_json_get_text(said, "challenge"), question->challenge) &&
           epo_span_equal(epo_json_get_text(said, "origin"), question->origin) &&
           !epo_json_get_boolean(said, "crossOrigin", false);
}

static bool read_said(struct epo_pool *pool, const struct epo_passkey_question *question,
                      const struct epo_passkey_answer *answer, const char *type,
                      struct said *said) {
    struct epo_hash rp;
    if (!epo_passkey_rp(question->origin, said->rp) ||
        !epo_base64url_read(pool, answer->credential, &said->credential) ||
        !epo_base64url_read(pool, answer->data, &said->data) ||
        !epo_base64url_read(pool, answer->client, &said->client) ||
        !is_about(pool, question, type, said->client) || said->data.len <= FLAGS_AT)
        return false;
    epo_hash_of(said->client, &said->client_hash);
    struct epo_span whom = {said->data.at, EPO_SHA256_SIZE};
    int flags = (uint8_t)said->data.at[FLAGS_AT];
    return epo_span_equal(whom, epo_hash_of(epo_span(said->rp), &rp)) &&
           (flags & (PRESENT | VERIFIED)) == (PRESENT | VERIFIED);
}

/* ---- making one ---- */

/* The key of the new credential, if it is of this algorithm. */
static bool read_key(struct epo_pool *pool, const struct said *said, int algorithm,
                     struct epo_passkey *made) {
    fido_cred_t *cred = fido_cred_new();
    bool good = cred != NULL && fido_cred_set_type(cred, algorithm) == FIDO_OK &&
                fido_cred_set_rp(cred, said->rp, NULL) == FIDO_OK &&
                fido_cred_set_authdata_raw(cred, (const unsigned char *)said->data.at,
                                           said->data.len) == FIDO_OK &&
                fido_cred_pubkey_ptr(cred) != NULL && fido_cred_id_ptr(cred) != NULL;
    if (good) {
        struct epo_span key = {(const char *)fido_cred_pubkey_ptr(cred),
                               fido_cred_pubkey_len(cred)};
        struct epo_span id = {(const char *)fido_cred_id_ptr(cred), fido_cred_id_len(cred)};
        good = epo_span_equal(id, said->credential);
        made->algorithm = algorithm;
        made->public_key = epo_pool_copy(pool, key);
        made->credential = epo_pool_copy(pool, id);
        made->counter = fido_cred_sigcount(cred);
    }
    fido_cred_free(&cred);
    return good;
}

bool epo_passkey_made(struct epo_pool *pool, const struct epo_passkey_question *question,
                      const struct epo_passkey_answer *answer, struct epo_passkey *made,
                      struct epo_error *error) {
    static const int ALGORITHMS[] = {COSE_ES256, COSE_EDDSA, COSE_RS256};
    struct said said = {.rp = ""};
    *made = (struct epo_passkey){.id = ""};
    bool good = read_said(pool, question, answer, "webauthn.create", &said), found = false;
    for (size_t i = 0; good && !found && i < sizeof ALGORITHMS / sizeof *ALGORITHMS; i++)
        found = read_key(pool, &said, ALGORITHMS[i], made);
    epo_token_make(made->id);
    return found || epo_fail(error, EPO_ERROR_BAD_INPUT, "passkey.answer",
                             "The browser's answer does not fit the question.");
}

/* ---- signing in ---- */

/* The same key as libfido2 holds it; the caller frees it by its kind. */
union key {
    es256_pk_t *es256;
    eddsa_pk_t *eddsa;
    rs256_pk_t *rs256;
};

static bool verify(const fido_assert_t *assertion, const struct epo_passkey *passkey) {
    const void *bytes = passkey->public_key.at;
    size_t len = passkey->public_key.len;
    union key key = {NULL};
    bool good = false;
    switch (passkey->algorithm) {
    case COSE_ES256:
        key.es256 = es256_pk_new();
        good = key.es256 != NULL && es256_pk_from_ptr(key.es256, bytes, len) == FIDO_OK &&
               fido_assert_verify(assertion, 0, COSE_ES256, key.es256) == FIDO_OK;
        es256_pk_free(&key.es256);
        return good;
    case COSE_EDDSA:
        key.eddsa = eddsa_pk_new();
        good = key.eddsa != NULL && eddsa_pk_from_ptr(key.eddsa, bytes, len) == FIDO_OK &&
               fido_assert_verify(assertion, 0, COSE_EDDSA, key.eddsa) == FIDO_OK;
        eddsa_pk_free(&key.eddsa);
        return good;
    case COSE_RS256:
        key.rs256 = rs256_pk_new();
        good = key.rs256 != NULL && rs256_pk_from_ptr(key.rs256, bytes, len) == FIDO_OK &&
               fido_assert_verify(assertion, 0, COSE_RS256, key.rs256) == FIDO_OK;
        rs256_pk_free(&key.rs256);
        return good;
    default:
        return false;
    }
}

static bool check_signature(const struct said *said, const struct epo_passkey *passkey,
                            int64_t *counter) {
    fido_assert_t *assertion = fido_assert_new();
    bool good = assertion != NULL &&
                fido_assert_set_clientdata_hash(assertion, said->client_hash.bytes,
                                                EPO_SHA256_SIZE) == FIDO_OK &&
                fido_assert_set_rp(assertion, said->rp) == FIDO_OK &&
                fido_assert_set_count(assertion, 1) == FIDO_OK &&
                fido_assert_set_up(assertion, FIDO_OPT_TRUE) == FIDO_OK &&
                fido_assert_set_uv(assertion, FIDO_OPT_TRUE) == FIDO_OK &&
                fido_assert_set_authdata_raw(assertion, 0, (const unsigned char *)said->data.at,
                                             said->data.len) == FIDO_OK &&
                fido_assert_set_sig(assertion, 0, (const unsigned char *)said->signature.at,
                                    said->signature.len) == FIDO_OK &&
                verify(assertion, passkey);
    if (good)
        *counter = fido_assert_sigcount(assertion, 0);
    fido_assert_free(&assertion);
    return good;
}

bool epo_passkey_signed(struct epo_pool *pool, const struct epo_passkey_question *question,
                        const struct epo_passkey_answer *answer, const struct epo_passkey *passkey,
                        int64_t *counter, struct epo_error *error) {
    struct said said = {.rp = ""};
    bool good = read_said(pool, question, answer, "webauthn.get", &said) &&
                epo_base64url_read(pool, answer->signature, &said.signature) &&
                epo_span_equal(said.credential, passkey->credential) &&
                check_signature(&said, passkey, counter);
    return good || epo_fail(error, EPO_ERROR_UNAUTHENTICATED, "passkey.answer",
                            "This passkey is not known here, or its answer does not fit.");
}
