#include "http/send.h"

#include "base/clock.h"

/* struct epo_span is laid out as h2o_iovec_t, so that prepared headers are linked, not copied. */
_Static_assert(offsetof(struct epo_span, at) == offsetof(h2o_iovec_t, base) &&
                   offsetof(struct epo_span, len) == offsetof(h2o_iovec_t, len) &&
                   sizeof(struct epo_span) == sizeof(h2o_iovec_t),
               "spans and h2o's vectors differ");

static h2o_generator_t static_generator = {NULL, NULL};

static void link_header(h2o_req_t *req, const struct epo_span *name, struct epo_span value) {
    h2o_header_t *to = &req->res.headers.entries[req->res.headers.size++];
    to->name = (h2o_iovec_t *)(uintptr_t)name;
    to->orig_name = NULL;
    to->value = (h2o_iovec_t){(char *)(uintptr_t)value.at, value.len};
}

static bool without_body(const h2o_req_t *req, int status) {
    return status == 204 || status == 304 ||
           h2o_memis(req->method.base, req->method.len, H2O_STRLIT("HEAD"));
}

static void send_bytes(h2o_req_t *req, int status, struct epo_span body) {
    struct epo_loop *loop = H2O_STRUCT_FROM_MEMBER(struct epo_loop, context, req->conn->ctx);
    if (loop->stopping) /* libh2o says so only to requests that came after the order to stop */
        req->http1_is_persistent = 0;
    req->res.status = status;
    req->res.reason = epo_status_reason(status);
    req->res.content_length = status == 204 || status == 304 ? SIZE_MAX : body.len;
    h2o_iovec_t bytes = {(char *)(uintptr_t)body.at, body.len};
    h2o_start_response(req, &static_generator);
    if (without_body(req, status) || body.len == 0)
        h2o_send(req, NULL, 0, H2O_SEND_STATE_FINAL);
    else
        h2o_send(req, &bytes, 1, H2O_SEND_STATE_FINAL);
}

bool epo_send_is_secure(struct epo_loop *loop, const h2o_req_t *req) {
    struct epo_connection *connection = epo_connection_of(req);
    if (connection->socket->ssl)
        return true;
    ssize_t at = h2o_find_header_by_str(&req->headers, H2O_STRLIT("x-forwarded-proto"), -1);
    return at >= 0 &&
           h2o_memis(req->headers.entries[at].value.base, req->headers.entries[at].value.len,
                     H2O_STRLIT("https")) &&
           epo_guard_trusts(loop->server->guard, epo_span(connection->address));
}

/* ---- prepared bytes ---- */

static void dispose_blob(void *arg) {
    epo_blob_release(*(struct epo_blob **)arg);
}

void epo_send_blob(h2o_req_t *req, struct epo_blob *blob, enum epo_encoding encoding, bool same,
                   bool secure) {
    static const struct epo_span NAME = {"x-content-type-options", 22};
    size_t guards;
    const struct epo_header *hsts = epo_guard_headers(true, &guards);
    struct epo_blob **reference = h2o_mem_alloc_shared(&req->pool, sizeof *reference, dispose_blob);
    *reference = blob;
    memset(&req->res.headers, 0, sizeof req->res.headers);
    h2o_vector_reserve(&req->pool, &req->res.headers, 2);
    link_header(req, &NAME, same ? blob->same[encoding] : blob->whole[encoding]);
    if (secure)
        link_header(req, &hsts[guards - 1].name, hsts[guards - 1].value);
    send_bytes(req, same ? 304 : blob->status, same ? EPO_SPAN("") : blob->bytes[encoding]);
}

/* ---- responses ---- */

static const struct epo_header *find_header(const struct epo_response *response,
                                            struct epo_span name) {
    for (size_t i = 0; i < response->header_count; i++)
        if (epo_span_equal(response->headers[i].name, name))
            return &response->headers[i];
    return NULL;
}

static void link_all(h2o_req_t *req, const struct epo_response *response, bool secure) {
    static const struct epo_header NO_STORE = {EPO_SPAN("cache-control"), EPO_SPAN("no-store")};
    size_t guards;
    const struct epo_header *guard = epo_guard_headers(secure, &guards);
    h2o_vector_reserve(&req->pool, &req->res.headers, guards + response->header_count + 1);
    for (size_t i = 0; i < guards; i++)
        if (!find_header(response, guard[i].name)) /* a handler may be stricter */
            link_header(req, &guard[i].name, guard[i].value);
    for (size_t i = 0; i < response->header_count; i++)
        link_header(req, &response->headers[i].name, response->headers[i].value);
    if (!find_header(response, NO_STORE.name))
        link_header(req, &NO_STORE.name, NO_STORE.value);
}

/* RFC 9110 §13.1.2: for what handlers give an ETag to (tiles, TileJSON). */
static bool is_unchanged(const struct epo_request *request, const struct epo_response *response) {
    struct epo_span match = epo_request_header(request, "if-none-match");
    const struct epo_header *etag = find_header(response, EPO_SPAN("etag"));
    return etag && match.len && response->status == 200 && request->method & (EPO_GET | EPO_HEAD) &&
           memmem(match.at, match.len, etag->value.at, etag->value.len);
}

void epo_send_response(struct epo_exchange *exchange, const struct epo_response *response) {
    h2o_req_t *req = exchange->h2o;
    struct epo_loop *loop = exchange->loop;
    bool unchanged = is_unchanged(&exchange->request, response);
    int status = unchanged ? 304 : response->status;
    struct epo_span body = unchanged ? EPO_SPAN("") : response->body;
    int64_t took_us = epo_clock_monotonic_us() - exchange->begun_us;
    exchange->answered = true;
    exchange->response = (struct epo_response *)(uintptr_t)response;
    link_all(req, response, exchange->request.secure);
    epo_metrics_count(&loop->metrics, &loop->server->options, exchange->route, status, took_us);
    epo_access_note(loop, (struct epo_span){req->method.base, req->method.len},
                    exchange->route ? exchange->route->name : "none", exchange->request.id, status,
                    body.len, took_us);
    send_bytes(req, status, body);
}
