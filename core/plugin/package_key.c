/* Ed25519: keys, signatures, and whose are trusted. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>
#include <unistd.h>

#include "plugin/package_work.h"

enum { RAW_KEY_SIZE = 32 };

static bool broken(struct epo_error *error, const char *what) {
    return epo_fail(error, EPO_ERROR_BROKEN, "package.crypto", "OpenSSL failed: %s.", what);
}

static bool write_key(EVP_PKEY *key, const char *file, struct epo_error *error) {
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *out = fd >= 0 ? fdopen(fd, "we") : NULL;
    bool good = out != NULL && PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL) == 1;
    if (out != NULL)
        good = fclose(out) == 0 && good;
    return good || epo_fail(error, errno == EEXIST ? EPO_ERROR_CONFLICT : EPO_ERROR_BROKEN,
                            "package.key", "%s cannot be written: %s.", file, strerror(errno));
}

bool epo_package_key(const char *file, char public_key[EPO_PACKAGE_KEY_SIZE],
                     struct epo_error *error) {
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    uint8_t raw[RAW_KEY_SIZE];
    size_t size = sizeof raw;
    bool good = (key != NULL && EVP_PKEY_get_raw_public_key(key, raw, &size) == 1) ||
                broken(error, "no key was made");
    good = good && write_key(key, file, error);
    if (good)
        EVP_EncodeBlock((unsigned char *)public_key, raw, sizeof raw);
    EVP_PKEY_free(key);
    return good;
}

bool epo_package_sign(const char *key_file, struct epo_span list, uint8_t out[EPO_SIGNATURE_SIZE],
                      struct epo_error *error) {
    FILE *file = fopen(key_file, "re");
    EVP_PKEY *key = file != NULL ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t size = EPO_SIGNATURE_SIZE;
    if (file != NULL)
        fclose(file);
    bool good = (key != NULL && EVP_PKEY_is_a(key, "ED25519") == 1) ||
                epo_fail(error, EPO_ERROR_BAD_INPUT, "package.key",
                         "%s is no Ed25519 key: \"epo organization key\" makes one.", key_file);
    good =
        good && ((context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
                  EVP_DigestSign(context, out, &size, (const uint8_t *)list.at, list.len) == 1) ||
                 broken(error, "the list was not signed"));
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return good;
}

static bool signed_by(struct epo_span key_text, struct epo_span list, struct epo_span signature) {
    uint8_t raw[RAW_KEY_SIZE + 1]; /* 44 letters stand for 33 bytes, the last of them padding */
    if (key_text.len != EPO_PACKAGE_KEY_SIZE - 1 ||
        EVP_DecodeBlock(raw, (const unsigned char *)key_text.at, (int)key_text.len) !=
            (int)sizeof raw)
        return false;
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, raw, RAW_KEY_SIZE);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = key != NULL && context != NULL && signature.len == EPO_SIGNATURE_SIZE &&
                EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
                EVP_DigestVerify(context, (const uint8_t *)signature.at, signature.len,
                                 (const uint8_t *)list.at, list.len) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return good;
}

bool epo_package_trusted(const struct epo_json *settings, struct epo_span name,
                         struct epo_span list, struct epo_span signature, struct epo_error *error) {
    const struct epo_json *keys =
        epo_json_get_span(epo_json_get(settings, "organization_keys"), name);
    bool good = epo_json_is_text(keys) && signed_by(keys->text, list, signature);
    for (uint32_t i = 0; keys != NULL && keys->type == EPO_JSON_ARRAY && i < keys->count; i++)
        good = good || (epo_json_is_text(keys->items[i]) &&
                        signed_by(keys->items[i]->text, list, signature));
    return good || epo_fail(error, EPO_ERROR_DENIED, "package.untrusted",
                            "The package is not signed by a key that \"organization_keys\" of "
                            "epo.json has for \"%.*s\".",
                            EPO_ARG(name));
}
