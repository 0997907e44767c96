#include <openssl/err.h>
#include <openssl/ssl.h>

#include "http/h2o_server.h"

/* settings "tls": {"certificate": "chain.pem", "key": "key.pem"}: TLS 1.2 and 1.3, HTTP/1.1 only
 * (no ALPN: the HTTP/2 of libh2o 2.2 can be flooded), buffers released on idle connections. */
static const char *path_of(struct epo_pool *pool, const char *folder, struct epo_span name) {
    return name.len && name.at[0] == '/' ? epo_pool_string(pool, name)
                                         : epo_pool_printf(pool, "%s/%.*s", folder, EPO_ARG(name));
}

SSL_CTX *epo_tls_create(const struct epo_json *settings, const char *folder,
                        struct epo_error *error) {
    const struct epo_json *tls = epo_json_get(settings, "tls");
    error->kind = EPO_ERROR_NONE;
    if (!tls)
        return NULL;
    struct epo_pool *pool = epo_pool_create();
    const char *certificate = path_of(pool, folder, epo_json_get_text(tls, "certificate"));
    const char *key = path_of(pool, folder, epo_json_get_text(tls, "key"));
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    epo_assert(context);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    static const unsigned char CONTEXT_ID[] = "epo";
    SSL_CTX_set_session_id_context(context, CONTEXT_ID, sizeof CONTEXT_ID - 1);
    ERR_clear_error();
    bool ok = SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 &&
              SSL_CTX_use_certificate_chain_file(context, certificate) == 1 &&
              SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1 &&
              SSL_CTX_check_private_key(context) == 1;
    if (!ok) {
        const char *reason = ERR_reason_error_string(ERR_peek_last_error());
        epo_fail(error, EPO_ERROR_BAD_INPUT, "http.tls",
                 "http.tls: certificate %s with key %s cannot be used: %s", certificate, key,
                 reason ? reason : "unknown reason");
        SSL_CTX_free(context);
        context = NULL;
    }
    epo_pool_free(pool);
    return context;
}
