/* What is refused before there is an exchange: pages drawn once at start, for people in both
 * languages and for programs, so that a flood of bad requests costs no drawing. */
#include <stdlib.h>

#include "http/send.h"

static const int STATUSES[EPO_REFUSALS] = {400, 413, 414, 417, 431, 500, 503};
enum form { FORM_CS, FORM_EN, FORM_JSON };

static struct epo_blob *draw(struct epo_server *server, int status, enum form form) {
    struct epo_error error;
    struct epo_request request = {.pool = epo_pool_create(),
                                  .portal = server->options.portal,
                                  .app = server->options.app,
                                  .method = EPO_GET,
                                  .path = form == FORM_JSON ? EPO_SPAN("/api/") : EPO_SPAN("/"),
                                  .raw_path = EPO_SPAN("/"),
                                  .lang = form == FORM_EN ? "en" : "cs"};
    epo_fail(&error, EPO_ERROR_BUSY, status == 503 ? "http.busy" : "http.refused", "%s",
             status == 503 ? "the portal is busy: try again in a moment"
                           : "the request is malformed or over a limit of this server");
    struct epo_response *response = epo_respond_status(&request, status, &error, NULL);
    epo_response_header(response, "cache-control", EPO_SPAN("no-store"));
    struct epo_span bodies[3] = {response->body};
    struct epo_blob *blob =
        epo_blob_make(status, response->headers, response->header_count, bodies);
    epo_pool_free(request.pool);
    return blob;
}

void epo_refuse_prepare(struct epo_server *server) {
    for (int i = 0; i < EPO_REFUSALS; i++)
        for (int form = FORM_CS; form <= FORM_JSON; form++)
            server->refusals[i][form] = draw(server, STATUSES[i], (enum form)form);
}

void epo_refuse_free(struct epo_server *server) {
    for (int i = 0; i < EPO_REFUSALS; i++)
        for (int form = FORM_CS; form <= FORM_JSON; form++)
            epo_blob_release(server->refusals[i][form]);
}

struct epo_refusal epo_refuse_as(int status, struct epo_span target, struct epo_span accept,
                                 struct epo_span accept_language) {
    struct epo_refusal refusal = {.status = status};
    refusal.json = epo_span_starts(target, EPO_SPAN("/api/")) ||
                   (accept.len && memmem(accept.at, accept.len, "json", 4) &&
                    !memmem(accept.at, accept.len, "text/html", 9));
    refusal.english = epo_request_language(EPO_SPAN(""), EPO_SPAN(""), accept_language)[0] == 'e';
    return refusal;
}

static struct epo_blob *choose(struct epo_server *server, struct epo_refusal refusal) {
    enum form form = refusal.json ? FORM_JSON : refusal.english ? FORM_EN : FORM_CS;
    for (int i = 0; i < EPO_REFUSALS; i++)
        if (STATUSES[i] == refusal.status)
            return server->refusals[i][form];
    return server->refusals[0][form];
}

static void note(struct epo_loop *loop, const h2o_req_t *req, const struct epo_blob *blob) {
    char id[EPO_ID_SIZE];
    epo_access_id(loop, id);
    epo_metrics_count(&loop->metrics, &loop->server->options, NULL, blob->status, 0);
    epo_access_note(loop, (struct epo_span){req->method.base, req->method.len}, "refused", id,
                    blob->status, blob->bytes[EPO_IDENTITY].len, 0);
}

void epo_refuse(struct epo_loop *loop, h2o_req_t *req, struct epo_refusal refusal) {
    struct epo_blob *blob = choose(loop->server, refusal);
    atomic_fetch_add(&blob->references, 1);
    if (blob->status != 503) {
        req->http1_is_persistent = 0;
        epo_connection_linger(epo_connection_of(req));
    }
    note(loop, req, blob);
    epo_send_blob(req, blob, EPO_IDENTITY, false, epo_send_is_secure(loop, req));
}

/* ---- libh2o's own refusals: a body that grows over the limit in chunks, broken chunks ---- */

struct swap {
    h2o_ostream_t super;
    struct epo_blob *blob;
};

static void send_swapped(h2o_ostream_t *stream, h2o_req_t *req, h2o_iovec_t *theirs, size_t count,
                         h2o_send_state_t state) {
    const struct epo_span ours = ((struct swap *)stream)->blob->bytes[EPO_IDENTITY];
    h2o_iovec_t bytes = {(char *)(uintptr_t)ours.at, ours.len};
    (void)theirs;
    (void)count;
    h2o_ostream_send_next(stream, req, &bytes, 1, state);
}

static struct epo_span value_of(const h2o_req_t *req, const h2o_token_t *token) {
    ssize_t at = h2o_find_header(&req->headers, token, -1);
    if (at < 0)
        return EPO_SPAN("");
    return (struct epo_span){req->headers.entries[at].value.base,
                             req->headers.entries[at].value.len};
}

static void setup_swap(h2o_filter_t *self, h2o_req_t *req, h2o_ostream_t **slot) {
    static const struct epo_span NAME = {"x-content-type-options", 22};
    struct epo_loop *loop = H2O_STRUCT_FROM_MEMBER(struct epo_loop, context, req->conn->ctx);
    struct epo_refusal refusal =
        epo_refuse_as(req->res.status, (struct epo_span){req->path.base, req->path.len},
                      value_of(req, H2O_TOKEN_ACCEPT), value_of(req, H2O_TOKEN_ACCEPT_LANGUAGE));
    struct epo_blob *blob = choose(loop->server, refusal);
    (void)self;
    req->res.status = blob->status;
    req->res.reason = epo_status_reason(blob->status);
    req->res.content_length = blob->bytes[EPO_IDENTITY].len;
    memset(&req->res.headers, 0, sizeof req->res.headers);
    h2o_vector_reserve(&req->pool, &req->res.headers, 1);
    h2o_header_t *header = &req->res.headers.entries[req->res.headers.size++];
    *header = (h2o_header_t){
        .name = (h2o_iovec_t *)(uintptr_t)&NAME,
        .value = {(char *)(uintptr_t)blob->whole[EPO_IDENTITY].at, blob->whole[EPO_IDENTITY].len}};
    note(loop, req, blob);
    epo_connection_linger(epo_connection_of(req));
    struct swap *swap = (struct swap *)h2o_add_ostream(req, sizeof *swap, slot);
    swap->super.do_send = send_swapped;
    swap->blob = blob;
    h2o_setup_next_ostream(req, &swap->super.next);
}

void epo_refuse_instead(h2o_pathconf_t *path) {
    h2o_filter_t *filter = h2o_create_filter(path, sizeof *filter);
    filter->on_setup_ostream = setup_swap;
}
