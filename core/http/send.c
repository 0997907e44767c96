#include "http/send.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"

/* struct epo_span is laid out as h2o_iovec_t, so that prepared headers are linked, not copied. */
_Static_assert(offsetof(struct epo_span, at) == offsetof(h2o_iovec_t, base) &&
                   offsetof(struct epo_span, len) == offsetof(h2o_iovec_t, len) &&
                   sizeof(struct epo_span) == sizeof(h2o_iovec_t),
               "spans and h2o's vectors differ");

static h2o_generator_t static_generator = {NULL, NULL};

static void link_headers(h2o_req_t *req, const struct epo_header *headers, size_t count) {
    h2o_vector_reserve(&req->pool, &req->res.headers, req->res.headers.size + count);
    for (size_t i = 0; i < count; i++) {
        h2o_header_t *to = &req->res.headers.entries[req->res.headers.size++];
        to->name = (h2o_iovec_t *)(uintptr_t)&headers[i].name;
        to->orig_name = NULL;
        to->value = (h2o_iovec_t){(char *)(uintptr_t)headers[i].value.at, headers[i].value.len};
    }
}

static void add_one(h2o_req_t *req, const struct epo_header *header, struct epo_span value) {
    struct epo_header one = {header->name, value};
    link_headers(req, &one, 1);
    req->res.headers.entries[req->res.headers.size - 1].name =
        (h2o_iovec_t *)(uintptr_t)&header->name;
}

static void add_guard_headers(h2o_req_t *req, bool secure) {
    size_t count;
    const struct epo_header *headers = epo_guard_headers(secure, &count);
    link_headers(req, headers, count);
}

static bool without_body(const h2o_req_t *req, int status) {
    return status == 204 || status == 304 ||
           h2o_memis(req->method.base, req->method.len, H2O_STRLIT("HEAD"));
}

static void send_bytes(h2o_req_t *req, int status, struct epo_span body) {
    req->res.status = status;
    req->res.reason = epo_status_reason(status);
    if (status != 304)
        req->res.content_length = status == 204 ? 0 : body.len;
    h2o_iovec_t bytes = {(char *)(uintptr_t)body.at, body.len};
    h2o_start_response(req, &static_generator);
    if (without_body(req, status) || body.len == 0)
        h2o_send(req, NULL, 0, H2O_SEND_STATE_FINAL);
    else
        h2o_send(req, &bytes, 1, H2O_SEND_STATE_FINAL);
}

void epo_send_plain(h2o_req_t *req, int status, const char *text) {
    static const struct epo_header TYPE[] = {
        {EPO_SPAN("content-type"), EPO_SPAN("text/plain; charset=utf-8")},
        {EPO_SPAN("cache-control"), EPO_SPAN("no-store")},
        {EPO_SPAN("retry-after"), EPO_SPAN("5")},
    };
    struct epo_loop *loop = H2O_STRUCT_FROM_MEMBER(struct epo_loop, context, req->conn->ctx);
    add_guard_headers(req, loop->server->tls != NULL);
    link_headers(req, TYPE, status == 503 ? 3 : 2);
    epo_metrics_count(&loop->server->metrics, &loop->server->options, NULL, status, 0);
    send_bytes(req, status, epo_span(text));
}

/* ---- access log ---- */

void epo_send_flush_log(struct epo_loop *loop) {
    if (loop->log.len && write(STDERR_FILENO, loop->log.at, loop->log.len) < 0) {
        /* Nowhere left to say it. */
    }
    loop->log.len = 0;
    loop->log.failed = false;
}

/* No query, no body, no address: the log of a portal is no record of citizens. */
static void note(struct epo_loop *loop, const h2o_req_t *req, const char *route, const char *id,
                 int status, size_t bytes, int64_t took_us) {
    if (!loop->server->access_log)
        return;
    char at[EPO_TIME_SIZE];
    epo_buffer_printf(&loop->log,
                      "{\"at\":\"%s\",\"level\":\"info\",\"event\":\"http.request\",\"id\":\"%s\","
                      "\"method\":\"%.*s\","
                      "\"route\":\"%s\",\"status\":%d,\"bytes\":%zu,\"us\":%lld}\n",
                      epo_time_rfc3339(epo_clock_now_us(), at), id,
                      (int)(req->method.len < 10 ? req->method.len : 10), req->method.base, route,
                      status, bytes, (long long)took_us);
    if (loop->log.len > 30000)
        epo_send_flush_log(loop);
}

/* ---- responses ---- */

static bool has_header(const struct epo_response *response, const char *name) {
    for (size_t i = 0; i < response->header_count; i++)
        if (epo_span_is(response->headers[i].name, name))
            return true;
    return false;
}

void epo_send_response(struct epo_exchange *exchange, const struct epo_response *response) {
    static const struct epo_header NO_STORE = {EPO_SPAN("cache-control"), EPO_SPAN("no-store")};
    static const struct epo_header ALLOW = {EPO_SPAN("allow"), EPO_SPAN("")};
    h2o_req_t *req = exchange->h2o;
    struct epo_loop *loop = exchange->loop;
    bool no_method = exchange->allow.len && response->status == 422;
    int status = no_method ? 405 : response->status;
    exchange->answered = true;
    exchange->response = (struct epo_response *)(uintptr_t)response;
    add_guard_headers(req, exchange->request.secure);
    link_headers(req, response->headers, response->header_count);
    if (!has_header(response, "cache-control"))
        link_headers(req, &NO_STORE, 1);
    if (no_method)
        add_one(req, &ALLOW, exchange->allow);
    int64_t took_us = epo_clock_monotonic_us() - exchange->begun_us;
    epo_metrics_count(&loop->server->metrics, &loop->server->options, exchange->route, status,
                      took_us);
    note(loop, req, exchange->route ? exchange->route->name : "none", exchange->request.id, status,
         response->body.len, took_us);
    send_bytes(req, status, response->body);
}

/* ---- ready bytes ---- */

#define KEY_MAX 512

static size_t write_key(char out[KEY_MAX], const char *lang, const h2o_req_t *req) {
    if (req->path.len + 3 > KEY_MAX)
        return 0;
    out[0] = lang[0];
    out[1] = lang[1];
    out[2] = ' ';
    memcpy(out + 3, req->path.base, req->path.len);
    return req->path.len + 3;
}

struct epo_span epo_send_cache_key(struct epo_pool *pool, const char *lang, const h2o_req_t *req) {
    char key[KEY_MAX];
    return epo_pool_copy(pool, (struct epo_span){key, write_key(key, lang, req)});
}

struct wishes { /* the few request headers that choose among ready bytes */
    struct epo_span cookie, language, encoding, match, forwarded;
};

static struct wishes read_wishes(const h2o_req_t *req) {
    struct wishes wishes = {0};
    for (size_t i = 0; i < req->headers.size; i++) {
        const h2o_header_t *header = &req->headers.entries[i];
        struct epo_span value = {header->value.base, header->value.len};
        if (header->name == &H2O_TOKEN_COOKIE->buf)
            wishes.cookie = value;
        else if (header->name == &H2O_TOKEN_ACCEPT_LANGUAGE->buf)
            wishes.language = value;
        else if (header->name == &H2O_TOKEN_ACCEPT_ENCODING->buf)
            wishes.encoding = value;
        else if (header->name == &H2O_TOKEN_IF_NONE_MATCH->buf)
            wishes.match = value;
        else if (header->name->len == 17 &&
                 memcmp(header->name->base, "x-forwarded-proto", 17) == 0)
            wishes.forwarded = value;
    }
    return wishes;
}

static void dispose_blob(void *arg) {
    epo_blob_release(*(struct epo_blob **)arg);
}

static void send_blob(struct epo_loop *loop, h2o_req_t *req, struct epo_blob *blob,
                      const struct wishes *wishes, bool secure) {
    static const struct epo_header ENCODINGS[] = {
        {{NULL, 0}, {NULL, 0}},
        {EPO_SPAN("content-encoding"), EPO_SPAN("gzip")},
        {EPO_SPAN("content-encoding"), EPO_SPAN("br")},
    };
    static const struct epo_header ETAG = {EPO_SPAN("etag"), EPO_SPAN("")};
    enum epo_encoding encoding = epo_blob_choose(blob, wishes->encoding);
    struct epo_span etag = blob->etags[encoding];
    struct epo_blob **reference = h2o_mem_alloc_shared(&req->pool, sizeof *reference, dispose_blob);
    *reference = blob;
    bool same = wishes->match.len && memmem(wishes->match.at, wishes->match.len, etag.at, etag.len);
    add_guard_headers(req, secure);
    link_headers(req, blob->headers, blob->header_count);
    if (encoding != EPO_IDENTITY)
        link_headers(req, &ENCODINGS[encoding], 1);
    add_one(req, &ETAG, etag);
    int status = same ? 304 : blob->status;
    struct epo_span body = same ? EPO_SPAN("") : blob->bytes[encoding];
    atomic_fetch_add_explicit(&loop->server->metrics.cache_hits, 1, memory_order_relaxed);
    epo_metrics_count(&loop->server->metrics, &loop->server->options, NULL, status, 0);
    note(loop, req, "ready", "", status, body.len, 0);
    send_bytes(req, status, body);
}

bool epo_send_ready(struct epo_loop *loop, struct epo_connection *connection, h2o_req_t *req) {
    static const char ASSETS[] = "/assets/";
    bool get = h2o_memis(req->method.base, req->method.len, H2O_STRLIT("GET"));
    if (!get && !h2o_memis(req->method.base, req->method.len, H2O_STRLIT("HEAD")))
        return false;
    struct wishes wishes = read_wishes(req);
    struct epo_span path = {req->path.base, req->path.len};
    struct epo_blob *blob;
    if (epo_span_starts(path, EPO_SPAN(ASSETS))) {
        blob = epo_cache_find(loop->server->cache, path);
    } else {
        if (wishes.cookie.len && memmem(wishes.cookie.at, wishes.cookie.len, EPO_SESSION_COOKIE "=",
                                        sizeof EPO_SESSION_COOKIE))
            return false;
        struct epo_span query;
        epo_span_cut(path, '?', &query);
        char key[KEY_MAX];
        size_t len =
            write_key(key, epo_request_language(query, wishes.cookie, wishes.language), req);
        blob = len ? epo_cache_find(loop->server->cache, (struct epo_span){key, len}) : NULL;
    }
    if (!blob)
        return false;
    bool secure =
        connection->tls || (epo_span_is(wishes.forwarded, "https") &&
                            epo_guard_trusts(loop->server->guard, epo_span(connection->address)));
    send_blob(loop, req, blob, &wishes, secure);
    return true;
}
