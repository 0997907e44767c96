/* What libh2o has parsed becomes a request of ours: copied into its own pool, with the proxy's word
 * where it is believed, its address read, its route found or the reason why not. On the loop. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "http/exchange.h"
#include "http/send.h"

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

/* A proxy adds its line behind those that the client made up. */
static struct epo_span last_header(const struct epo_request *request, const char *name) {
    for (size_t i = request->header_count; i-- > 0;)
        if (epo_span_is(request->headers[i].name, name))
            return request->headers[i].value;
    return EPO_SPAN("");
}

/* Behind a trusted proxy the client is the last address of X-Forwarded-For that is not itself
 * trusted. */
static void believe_proxy(struct epo_exchange *exchange) {
    struct epo_request *request = &exchange->request;
    struct epo_guard *guard = exchange->loop->server->guard;
    if (!epo_guard_trusts(guard, request->client))
        return;
    struct epo_span chain = last_header(request, "x-forwarded-for");
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
    struct epo_span proto = last_header(request, "x-forwarded-proto");
    if (proto.len)
        request->secure = epo_span_is(proto, "https");
    struct epo_span host = last_header(request, "x-forwarded-host");
    if (host.len && epo_head_is_host(host))
        request->host = host;
}

struct epo_exchange *epo_arrival_make(struct epo_loop *loop, struct epo_connection *connection,
                                      h2o_req_t *req) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_exchange *exchange = EPO_NEW(pool, struct epo_exchange);
    struct epo_request *request = &exchange->request;
    exchange->h2o = req;
    exchange->loop = loop;
    exchange->connection = connection;
    exchange->begun_us = epo_clock_monotonic_us();
    atomic_init(&exchange->gone, false);
    atomic_init(&exchange->started, false);
    h2o_linklist_insert(&loop->exchanges, &exchange->link);
    epo_metrics_add(&loop->metrics.exchanges, 1);
    request->pool = pool;
    request->portal = loop->server->options.portal;
    request->app = loop->server->options.app;
    request->received_at_us = epo_clock_now_us();
    epo_access_id(loop, request->id);
    copy_headers(request, req);
    request->client = epo_pool_copy(pool, epo_span(connection->address));
    request->host = copy(pool, req->authority);
    request->secure = connection->socket->ssl != NULL;
    believe_proxy(exchange);
    return exchange;
}

static bool refuse(struct epo_exchange *exchange, int status, const char *code, const char *text) {
    exchange->refused_status = status;
    return epo_fail(&exchange->refused, status == 404 ? EPO_ERROR_NOT_FOUND : EPO_ERROR_BAD_INPUT,
                    code, "%s", text);
}

static bool read_target(struct epo_exchange *exchange, const h2o_req_t *req) {
    struct epo_request *request = &exchange->request;
    struct epo_span raw = copy(request->pool, req->path);
    request->raw_path = epo_span_cut(raw, '?', &request->raw_query);
    request->lang = epo_request_language(request->raw_query, epo_request_header(request, "cookie"),
                                         epo_request_header(request, "accept-language"));
    request->session = epo_request_cookie(request, EPO_SESSION_COOKIE);
    request->path = EPO_SPAN("/");
    struct epo_span normal = {req->path_normalized.base, req->path_normalized.len};
    if (!epo_request_decode(request->pool, normal, false, &request->path) ||
        request->path.len == 0) {
        request->path = EPO_SPAN("/");
        return refuse(exchange, 400, "http.path", "the address is not valid UTF-8");
    }
    return true;
}

static bool find_route(struct epo_exchange *exchange, const h2o_req_t *req) {
    struct epo_request *request = &exchange->request;
    const struct epo_server_options *options = &exchange->loop->server->options;
    struct epo_span method = {req->method.base, req->method.len};
    int allowed;
    request->method = (enum epo_method)epo_route_method(method);
    exchange->route = epo_route_find(options->routes, options->route_count, (int)request->method,
                                     request->path, request->pool, request->captures, &allowed);
    if (!exchange->route && !allowed)
        return refuse(exchange, 404, "http.not_found", "there is nothing at this address");
    if (!exchange->route) {
        exchange->allow = epo_route_allow(request->pool, allowed);
        return refuse(exchange, 405, "http.method", "this address does not take that method");
    }
    if (!(request->method & (EPO_GET | EPO_HEAD | EPO_OPTIONS)) && !epo_guard_same_site(request))
        return refuse(exchange, 403, "http.cross_site", "the request comes from another site");
    int flags = exchange->route->flags;
    if (flags & (EPO_ROUTE_LIMITED | EPO_ROUTE_DRAWN) &&
        !epo_guard_allow(exchange->loop->server->guard, request->client,
                         flags & EPO_ROUTE_DRAWN ? EPO_RATE_DRAWN : EPO_RATE_LIMITED,
                         &exchange->retry_after_s))
        return refuse(exchange, 429, "http.rate", "too many requests from this address");
    return true;
}

void epo_arrival_read(struct epo_exchange *exchange, const h2o_req_t *req) {
    struct epo_request *request = &exchange->request;
    if (!read_target(exchange, req) || !find_route(exchange, req))
        return;
    if (req->entity.len > exchange->loop->server->config.max_request_entity_size &&
        !(exchange->route->flags & EPO_ROUTE_FILES)) {
        refuse(exchange, 413, "http.body", "the body is larger than this address takes");
        return;
    }
    request->body = copy(request->pool, req->entity);
    if (request->method == EPO_GET) {
        exchange->cache_key =
            epo_send_cache_key(request->pool, request->lang, request->secure, req);
        exchange->cache_generation = epo_cache_generation(exchange->loop->server->cache);
    }
}
