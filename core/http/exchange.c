/* One request's life: the loop checks and parses, a worker answers, the loop sends.
 *
 * An exchange belongs to its loop. A worker touches its request and response while it works, never
 * `h2o`. When the client goes away libh2o disposes the request: `h2o` becomes NULL, and whoever
 * holds the exchange next lets it go. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "http/exchange.h"
#include "http/h2o_server.h"
#include "http/send.h"

static void dispose(void *arg) {
    struct epo_exchange **reference = arg;
    struct epo_exchange *exchange = *reference;
    if (!exchange)
        return;
    exchange->h2o = NULL;
    exchange->connection->active--;
    atomic_store(&exchange->gone, true);
    if (!exchange->under_way)
        epo_exchange_free(exchange);
}

void epo_exchange_free(struct epo_exchange *exchange) {
    h2o_linklist_unlink(&exchange->link);
    if (exchange->response && exchange->response->release)
        exchange->response->release(exchange->response->release_arg);
    epo_pool_free(exchange->request.pool);
}

/* ---- on a worker ---- */

static void hand_back(struct epo_exchange *exchange) {
    h2o_multithread_send_message(&exchange->loop->finished, &exchange->message);
}

static void on_written(void *arg, const struct epo_error *error);

static struct epo_response *too_late(struct epo_exchange *exchange) {
    struct epo_error error;
    epo_fail(&error, EPO_ERROR_BUSY, "http.deadline",
             "the request waited too long: try again shortly");
    return epo_respond_error(&exchange->request, &error, NULL);
}

/* A response is finished, or wants the writer first. */
static void continue_with(struct epo_exchange *exchange, struct epo_response *response) {
    epo_assert(response);
    if (!response->run) {
        exchange->response = response;
        hand_back(exchange);
        return;
    }
    struct epo_error error;
    exchange->writing = response;
    if (!epo_store_submit(exchange->request.portal->store, response->run, on_written, exchange,
                          &error)) {
        exchange->response = response->finish(&exchange->request, response->arg, &error);
        epo_assert(exchange->response && !exchange->response->run);
        hand_back(exchange);
    }
}

static void finish_write(void *arg, struct epo_db *db) {
    struct epo_exchange *exchange = arg;
    struct epo_response *writing = exchange->writing;
    exchange->request.db = db;
    continue_with(exchange,
                  writing->finish(&exchange->request, writing->arg,
                                  exchange->write_failed ? &exchange->write_error : NULL));
}

/* On the writer's thread: hand over, nothing else. The second half is never refused for a full
 * queue. */
static void on_written(void *arg, const struct epo_error *error) {
    struct epo_exchange *exchange = arg;
    exchange->write_failed = error != NULL;
    if (error)
        exchange->write_error = *error;
    epo_workers_post(exchange->loop->server->workers, finish_write, exchange, true);
}

static bool needs_form(const struct epo_request *request) {
    return request->method & (EPO_POST | EPO_PUT | EPO_PATCH);
}

static struct epo_response *answer(struct epo_exchange *exchange) {
    struct epo_request *request = &exchange->request;
    struct epo_error error;
    struct epo_pairs query;
    if (epo_clock_monotonic_us() - exchange->begun_us > exchange->loop->server->deadline_us)
        return too_late(exchange);
    if (exchange->refused.kind)
        return epo_respond_error(request, &exchange->refused, NULL);
    if (!epo_request_read_pairs(request->pool, request->raw_query, &query, &error) ||
        (needs_form(request) && !epo_request_read_form(request, &error)))
        return epo_respond_error(request, &error, NULL);
    request->query = query.pairs;
    request->query_count = query.count;
    return exchange->route->handler(request);
}

/* What may be kept: whole pages without personal data, asked without anything but the language. */
static void keep(struct epo_exchange *exchange, const struct epo_response *response) {
    const struct epo_request *request = &exchange->request;
    bool plain = request->raw_query.len == 0 ||
                 (request->query_count == 1 && epo_span_is(request->query[0].name, "lang"));
    if (response->cacheable && response->status == 200 && request->session.len == 0 && plain &&
        exchange->cache_key.len)
        epo_cache_put(exchange->loop->server->cache, exchange->cache_key,
                      exchange->cache_generation, response);
}

static void work(void *arg, struct epo_db *db) {
    struct epo_exchange *exchange = arg;
    if (atomic_load(&exchange->gone)) { /* nobody is waiting any more */
        hand_back(exchange);
        return;
    }
    exchange->request.db = db;
    struct epo_response *response = answer(exchange);
    if (!response->run)
        keep(exchange, response);
    continue_with(exchange, response);
}

/* ---- on the loop ---- */

void epo_exchange_on_finished(h2o_multithread_receiver_t *receiver, h2o_linklist_t *messages) {
    (void)receiver;
    while (!h2o_linklist_is_empty(messages)) {
        h2o_multithread_message_t *message =
            H2O_STRUCT_FROM_MEMBER(h2o_multithread_message_t, link, messages->next);
        h2o_linklist_unlink(&message->link);
        struct epo_exchange *exchange =
            H2O_STRUCT_FROM_MEMBER(struct epo_exchange, message, message);
        exchange->under_way = false;
        if (!exchange->h2o)
            epo_exchange_free(exchange);
        else if (!exchange->answered)
            epo_send_response(exchange, exchange->response);
    }
}

void epo_exchange_sweep(struct epo_loop *loop, int64_t now_us) {
    for (h2o_linklist_t *at = loop->exchanges.next, *next; at != &loop->exchanges; at = next) {
        struct epo_exchange *exchange = H2O_STRUCT_FROM_MEMBER(struct epo_exchange, link, at);
        next = at->next;
        if (!exchange->under_way || exchange->answered || !exchange->h2o ||
            now_us - exchange->begun_us < loop->server->deadline_us + 2000000)
            continue;
        /* The worker still holds the request's pool: this answer is made without it. */
        epo_log(EPO_LOG_ERROR, "http.deadline",
                EPO_LOG_TEXT("route", exchange->route ? exchange->route->name : "none"));
        exchange->answered = true;
        epo_send_plain(exchange->h2o, 503, "The request took too long. Try again shortly.\n");
    }
    epo_send_flush_log(loop);
}

static struct epo_span copy(struct epo_pool *pool, h2o_iovec_t from) {
    return epo_pool_copy(pool, (struct epo_span){from.base, from.len});
}

static void copy_headers(struct epo_request *request, const h2o_req_t *req) {
    struct epo_header *headers =
        EPO_NEW_ARRAY(request->pool, struct epo_header, req->headers.size + 1);
    for (size_t i = 0; i < req->headers.size; i++)
        headers[i] = (struct epo_header){copy(request->pool, *req->headers.entries[i].name),
                                         copy(request->pool, req->headers.entries[i].value)};
    request->headers = headers;
    request->header_count = req->headers.size;
}

/* Behind a trusted proxy the client is the last address of X-Forwarded-For that is not itself
 * trusted. */
static void believe_proxy(struct epo_exchange *exchange) {
    struct epo_request *request = &exchange->request;
    const struct epo_guard *guard = exchange->loop->server->guard;
    if (!epo_guard_trusts(guard, request->client))
        return;
    struct epo_span chain = epo_request_header(request, "x-forwarded-for");
    while (chain.len) {
        const char *comma = memrchr(chain.at, ',', chain.len);
        size_t from = comma ? (size_t)(comma - chain.at) + 1 : 0;
        struct epo_span last = epo_span_trim((struct epo_span){chain.at + from, chain.len - from});
        if (last.len && last.len < 46)
            request->client = last;
        if (!comma || !epo_guard_trusts(guard, last))
            break;
        chain.len = from - 1;
    }
    struct epo_span proto = epo_request_header(request, "x-forwarded-proto");
    if (proto.len)
        request->secure = epo_span_is(proto, "https");
    struct epo_span host = epo_request_header(request, "x-forwarded-host");
    if (host.len)
        request->host = host;
}

static struct epo_exchange *make(struct epo_loop *loop, struct epo_connection *connection,
                                 h2o_req_t *req) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_exchange *exchange = EPO_NEW(pool, struct epo_exchange);
    struct epo_request *request = &exchange->request;
    exchange->h2o = req;
    exchange->loop = loop;
    exchange->connection = connection;
    exchange->begun_us = epo_clock_monotonic_us();
    atomic_init(&exchange->gone, false);
    connection->active++;
    h2o_linklist_insert(&loop->exchanges, &exchange->link);
    struct epo_exchange **reference = h2o_mem_alloc_shared(&req->pool, sizeof *reference, dispose);
    *reference = exchange;
    request->pool = pool;
    request->portal = loop->server->options.portal;
    request->app = loop->server->options.app;
    request->received_at_us = epo_clock_now_us();
    snprintf(request->id, sizeof request->id, "%s%x%06llx", loop->server->id_prefix,
             (unsigned)loop->index, (unsigned long long)loop->next_id++);
    copy_headers(request, req);
    request->client = epo_pool_copy(pool, epo_span(connection->address));
    request->host = copy(pool, req->authority);
    request->secure = connection->tls;
    believe_proxy(exchange);
    return exchange;
}

static void refuse(struct epo_exchange *exchange, enum epo_error_kind kind, const char *code,
                   const char *text) {
    epo_fail(&exchange->refused, kind, code, "%s", text);
}

static bool read_target(struct epo_exchange *exchange, const h2o_req_t *req) {
    struct epo_request *request = &exchange->request;
    struct epo_span raw = copy(request->pool, req->path);
    request->raw_path = epo_span_cut(raw, '?', &request->raw_query);
    request->lang = epo_request_language(request->raw_query, epo_request_header(request, "cookie"),
                                         epo_request_header(request, "accept-language"));
    request->session = epo_request_cookie(request, EPO_SESSION_COOKIE);
    request->path = EPO_SPAN("/");
    if (raw.len > EPO_URL_BYTES_MAX) {
        refuse(exchange, EPO_ERROR_TOO_LARGE, "http.url", "the address is too long");
        return false;
    }
    struct epo_span normal = {req->path_normalized.base, req->path_normalized.len};
    if (!epo_request_decode(request->pool, normal, false, &request->path) ||
        request->path.len == 0) {
        request->path = EPO_SPAN("/");
        refuse(exchange, EPO_ERROR_BAD_INPUT, "http.path", "the address is not valid UTF-8");
        return false;
    }
    return true;
}

static bool find_route(struct epo_exchange *exchange, const h2o_req_t *req) {
    struct epo_request *request = &exchange->request;
    const struct epo_server_options *options = &exchange->loop->server->options;
    struct epo_span method = {req->method.base, req->method.len};
    int allowed, wait_s = 0;
    request->method = (enum epo_method)epo_route_method(method);
    exchange->route = epo_route_find(options->routes, options->route_count, (int)request->method,
                                     request->path, request->pool, request->captures, &allowed);
    if (!exchange->route && !allowed)
        refuse(exchange, EPO_ERROR_NOT_FOUND, "http.not_found", "there is nothing at this address");
    else if (!exchange->route) {
        refuse(exchange, EPO_ERROR_BAD_INPUT, "http.method",
               "this address does not take that method");
        exchange->allow = epo_route_allow(request->pool, allowed);
    } else if (!(request->method & (EPO_GET | EPO_HEAD | EPO_OPTIONS)) &&
               !epo_guard_same_site(request))
        refuse(exchange, EPO_ERROR_DENIED, "http.cross_site",
               "the request comes from another site");
    else if (exchange->route->flags & EPO_ROUTE_LIMITED &&
             !(request->method & (EPO_GET | EPO_HEAD)) &&
             !epo_guard_allow(exchange->loop->server->guard, request->client, &wait_s))
        refuse(exchange, EPO_ERROR_RATE, "http.rate",
               "too many requests from this address: wait a minute");
    return exchange->refused.kind == EPO_ERROR_NONE;
}

static void dispatch(struct epo_exchange *exchange) {
    if (exchange->route && exchange->route->flags & EPO_ROUTE_INLINE && !exchange->refused.kind) {
        struct epo_pairs query = {NULL, 0};
        struct epo_error error;
        struct epo_request *request = &exchange->request;
        epo_request_read_pairs(request->pool, request->raw_query, &query, &error);
        request->query = query.pairs;
        request->query_count = query.count;
        exchange->response = exchange->route->handler(request);
        epo_assert(exchange->response && !exchange->response->run);
        epo_send_response(exchange, exchange->response);
        return;
    }
    exchange->under_way = true;
    if (!epo_workers_post(exchange->loop->server->workers, work, exchange, false)) {
        exchange->under_way = false;
        epo_send_plain(exchange->h2o, 503, "The portal is busy. Try again in a moment.\n");
    }
}

int epo_exchange_begin(h2o_handler_t *self, h2o_req_t *req) {
    (void)self;
    struct epo_loop *loop = H2O_STRUCT_FROM_MEMBER(struct epo_loop, context, req->conn->ctx);
    h2o_socket_t *socket = req->conn->callbacks->get_socket(req->conn);
    struct epo_connection *connection = socket->on_close.data;
    connection->reading_since_us = 0;
    struct epo_span input = {socket->input->bytes, socket->input->size};
    const char *end = memmem(input.at, input.len < 65536 ? input.len : 65536, "\r\n\r\n", 4);
    int refused =
        end ? epo_guard_head((struct epo_span){input.at, (size_t)(end - input.at) + 4}) : 400;
    if (refused) {
        req->http1_is_persistent = 0;
        epo_send_plain(req, refused, "The request is malformed.\n");
        return 0;
    }
    if (epo_send_ready(loop, connection, req))
        return 0;
    struct epo_exchange *exchange = make(loop, connection, req);
    struct epo_request *request = &exchange->request;
    if (read_target(exchange, req) && find_route(exchange, req)) {
        request->body = copy(request->pool, req->entity);
        if (request->method == EPO_GET) {
            exchange->cache_key = epo_send_cache_key(request->pool, request->lang, req);
            exchange->cache_generation = epo_cache_generation(loop->server->cache);
        }
    }
    dispatch(exchange);
    return 0;
}
