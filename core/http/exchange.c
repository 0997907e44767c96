/* One request's life: the loop checks and parses, a worker answers, the loop sends.
 *
 * An exchange belongs to its loop. A worker touches its request and response while it works, never
 * `h2o`. When the client goes away libh2o disposes the request: `h2o` becomes NULL, and whoever
 * holds the exchange next lets it go. */
#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "http/exchange.h"
#include "http/h2o_server.h"
#include "http/send.h"

#define OVERRUN_US 2000000 /* how long past its deadline a handler may go before 503 is sent */

static void dispose(void *arg) {
    struct epo_exchange **reference = arg;
    struct epo_exchange *exchange = *reference;
    if (!exchange)
        return;
    exchange->h2o = NULL;
    atomic_store(&exchange->gone, true);
    if (!exchange->under_way)
        epo_exchange_free(exchange);
}

void epo_exchange_free(struct epo_exchange *exchange) {
    h2o_linklist_unlink(&exchange->link);
    epo_metrics_add(&exchange->loop->metrics.exchanges_over, 1);
    if (exchange->response && exchange->response->release)
        exchange->response->release(exchange->response->release_arg);
    epo_pool_free(exchange->request.pool);
}

/* ---- on a worker ---- */

static void hand_back(struct epo_exchange *exchange) {
    h2o_multithread_send_message(&exchange->loop->finished, &exchange->message);
}

static void on_written(void *arg, const struct epo_error *error);
static void on_fetched(void *arg);

static struct epo_response *too_late(struct epo_exchange *exchange) {
    struct epo_error error;
    epo_fail(&error, EPO_ERROR_BUSY, "http.deadline",
             "the request waited too long: try again shortly");
    return epo_respond_error(&exchange->request, &error, NULL);
}

/* On the writer's thread, inside the save. */
static bool run_write(struct epo_db *db, void *arg, struct epo_error *error) {
    const struct epo_response *writing = ((struct epo_exchange *)arg)->writing;
    return writing->run(db, writing->run_arg, error);
}

static bool is_finished(const struct epo_response *response) {
    return !response->run && !response->fetch;
}

/* To the writer or the fetcher. */
static bool hand_over(struct epo_exchange *exchange, struct epo_error *error) {
    struct epo_fetch *fetch = exchange->writing->fetch;
    if (!fetch)
        return epo_store_submit(exchange->request.portal->store, run_write, on_written, exchange,
                                error);
    fetch->done = on_fetched;
    fetch->arg = exchange;
    return epo_fetcher_submit(exchange->loop->server->fetcher, fetch, error);
}

/* A response is finished, or wants the writer or another server first. */
static void continue_with(struct epo_exchange *exchange, struct epo_response *response) {
    epo_assert(response);
    if (is_finished(response)) {
        exchange->response = response;
        hand_back(exchange);
        return;
    }
    struct epo_error error;
    exchange->writing = response;
    if (!hand_over(exchange, &error)) {
        exchange->response = response->finish(&exchange->request, response->arg, &error);
        epo_assert(exchange->response && is_finished(exchange->response));
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

static void finish_fetch(void *arg, struct epo_db *db) {
    struct epo_exchange *exchange = arg;
    struct epo_response *writing = exchange->writing;
    struct epo_fetch *fetch = writing->fetch;
    exchange->request.db = db;
    struct epo_response *response =
        writing->finish(&exchange->request, fetch, fetch->failed ? &fetch->error : NULL);
    epo_buffer_clear(&fetch->body);
    continue_with(exchange, response);
}

/* On the fetcher's thread. */
static void on_fetched(void *arg) {
    struct epo_exchange *exchange = arg;
    epo_workers_post(exchange->loop->server->workers, finish_fetch, exchange, true);
}

static bool needs_form(const struct epo_request *request) {
    return request->method & (EPO_POST | EPO_PUT | EPO_PATCH);
}

static struct epo_response *refusal(struct epo_exchange *exchange) {
    struct epo_request *request = &exchange->request;
    struct epo_response *response =
        epo_respond_status(request, exchange->refused_status, &exchange->refused, NULL);
    if (exchange->allow.len)
        epo_response_header(response, "allow", exchange->allow);
    if (exchange->retry_after_s)
        epo_response_header(
            response, "retry-after",
            epo_span(epo_pool_printf(request->pool, "%d", exchange->retry_after_s)));
    return response;
}

static struct epo_response *answer(struct epo_exchange *exchange) {
    struct epo_request *request = &exchange->request;
    struct epo_error error;
    struct epo_pairs query;
    if (epo_clock_monotonic_us() - exchange->begun_us > exchange->loop->server->deadline_us)
        return too_late(exchange);
    if (exchange->refused_status)
        return refusal(exchange);
    if (!epo_request_read_pairs(request->pool, request->raw_query, &query, &error) ||
        (needs_form(request) && !epo_request_read_form(request, &error)))
        return epo_respond_error(request, &error, NULL);
    request->query = query.pairs;
    request->query_count = query.count;
    struct epo_response *barred = epo_admit(request, exchange->route->flags);
    return barred ? barred : exchange->route->handler(request);
}

static void compress(void *arg, struct epo_db *db) {
    (void)db;
    epo_blob_compress(arg);
    epo_blob_release(arg);
}

/* What may be kept: whole pages without personal data, asked for by nobody in particular. Their
 * compressed forms are made when this answer is on its way. */
static void keep(struct epo_exchange *exchange, const struct epo_response *response) {
    struct epo_server *server = exchange->loop->server;
    if (!response->cacheable || response->status != 200 || exchange->request.session.len ||
        !exchange->cache_key.len)
        return;
    struct epo_blob *blob = epo_cache_put(server->cache, exchange->cache_key,
                                          exchange->cache_generation, response, exchange->route);
    if (blob && !epo_workers_post(server->workers, compress, blob, false))
        epo_blob_release(blob); /* a busy time: it stays plain */
}

static void work(void *arg, struct epo_db *db) {
    struct epo_exchange *exchange = arg;
    atomic_store(&exchange->started, true);
    if (atomic_load(&exchange->gone)) { /* nobody is waiting any more */
        hand_back(exchange);
        return;
    }
    exchange->request.db = db;
    struct epo_response *response = answer(exchange);
    if (is_finished(response))
        keep(exchange, response);
    continue_with(exchange, response);
}

/* ---- on the loop ---- */

/* While a worker may hold the request's pool, the answer is made without it. */
static void refuse_busy(struct epo_exchange *exchange) {
    const struct epo_request *request = &exchange->request;
    exchange->answered = true;
    epo_refuse(exchange->loop, exchange->h2o,
               epo_refuse_as(503, request->raw_path, epo_request_header(request, "accept"),
                             epo_request_header(request, "accept-language")));
}

void epo_exchange_on_finished(h2o_multithread_receiver_t *receiver, h2o_linklist_t *messages) {
    (void)receiver;
    while (!h2o_linklist_is_empty(messages)) {
        h2o_multithread_message_t *message =
            H2O_STRUCT_FROM_MEMBER(h2o_multithread_message_t, link, messages->next);
        h2o_linklist_unlink(&message->link);
        struct epo_exchange *exchange =
            H2O_STRUCT_FROM_MEMBER(struct epo_exchange, message, message);
        exchange->under_way = false;
        if (!exchange->response)
            epo_metrics_add(&exchange->loop->metrics.abandoned, 1);
        if (!exchange->h2o)
            epo_exchange_free(exchange);
        else if (!exchange->answered && exchange->response)
            epo_send_response(exchange, exchange->response);
        else if (!exchange->answered)
            refuse_busy(exchange); /* skipped: whoever asked has left */
    }
}

/* libh2o does not read while a request is being answered, so that a client that left would be
 * noticed only by the answer: the kernel knows sooner. */
static bool has_left(const struct epo_exchange *exchange) {
    struct pollfd fd = {.fd = h2o_socket_get_fd(exchange->connection->socket), .events = POLLRDHUP};
    return poll(&fd, 1, 0) == 1 && fd.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

void epo_exchange_sweep(struct epo_loop *loop, int64_t now_us) {
    int64_t most_us = atomic_load(&loop->server->deadline_us) + OVERRUN_US;
    for (h2o_linklist_t *at = loop->exchanges.next, *next; at != &loop->exchanges; at = next) {
        struct epo_exchange *exchange = H2O_STRUCT_FROM_MEMBER(struct epo_exchange, link, at);
        next = at->next;
        if (!exchange->under_way || exchange->answered || !exchange->h2o)
            continue;
        if (!atomic_load(&exchange->started) && has_left(exchange))
            atomic_store(&exchange->gone, true);
        if (now_us - exchange->begun_us < most_us)
            continue;
        epo_log(EPO_LOG_ERROR, "http.deadline",
                EPO_LOG_TEXT("route", exchange->route ? exchange->route->name : "none"));
        refuse_busy(exchange);
    }
}

static void answer_inline(struct epo_exchange *exchange) {
    struct epo_request *request = &exchange->request;
    struct epo_pairs query;
    struct epo_error error;
    if (epo_request_read_pairs(request->pool, request->raw_query, &query, &error)) {
        request->query = query.pairs;
        request->query_count = query.count;
        exchange->response = exchange->route->handler(request);
    } else {
        exchange->response = epo_respond_error(request, &error, NULL);
    }
    epo_assert(exchange->response && is_finished(exchange->response));
    epo_send_response(exchange, exchange->response);
}

static bool asks_of_point(const struct epo_request *request) {
    struct epo_span query = request->raw_query;
    return request->method == EPO_GET && query.len > 0 &&
           memchr(query.at, '%', query.len) == NULL && /* no other spelling of what follows */
           memmem(query.at, query.len, "geometry", 8) == NULL &&
           memmem(query.at, query.len, "shape", 5) == NULL;
}

static bool is_quick(const struct epo_exchange *exchange) {
    int flags = exchange->route->flags;
    return flags & EPO_ROUTE_INLINE ||
           (flags & EPO_ROUTE_POINT && asks_of_point(&exchange->request));
}

static void dispatch(struct epo_exchange *exchange) {
    if (!exchange->refused_status && is_quick(exchange)) {
        answer_inline(exchange);
        return;
    }
    exchange->under_way = true;
    if (!epo_workers_post(exchange->loop->server->workers, work, exchange, false)) {
        exchange->under_way = false;
        refuse_busy(exchange);
    }
}

static void on_request_over(void *arg) {
    epo_connection_rest(*(struct epo_connection **)arg);
}

/* Counts the request in; libh2o's disposal of it counts it out, however it ends. */
static void count_in(struct epo_connection *connection, h2o_req_t *req) {
    struct epo_connection **reference =
        h2o_mem_alloc_shared(&req->pool, sizeof *reference, on_request_over);
    *reference = connection;
    connection->active++;
    if (++connection->served >=
        atomic_load_explicit(&connection->loop->server->requests_per_connection,
                             memory_order_relaxed))
        req->http1_is_persistent = 0;
}

/* What came in behind this request was not seen by the gate. If it is no good, the connection ends
 * with this answer and it is never parsed. */
static void look_behind(const struct epo_connection *connection, h2o_req_t *req) {
    h2o_buffer_t *input = connection->socket->input;
    size_t end = req->entity.base ? (size_t)(req->entity.base - input->bytes) + req->entity.len
                                  : connection->head_len;
    struct epo_head head;
    if (end < input->size &&
        epo_head_check((struct epo_span){input->bytes + end, input->size - end}, SIZE_MAX, &head) >
            0)
        req->http1_is_persistent = 0;
}

int epo_exchange_begin(h2o_handler_t *self, h2o_req_t *req) {
    (void)self;
    struct epo_loop *loop = H2O_STRUCT_FROM_MEMBER(struct epo_loop, context, req->conn->ctx);
    struct epo_connection *connection = epo_connection_of(req);
    connection->reading_since_us = 0;
    count_in(connection, req);
    if (!connection->head_checked && !connection->refused.status)
        epo_gate_check(connection, (struct epo_span){connection->socket->input->bytes,
                                                     connection->socket->input->size});
    if (connection->refused.status) {
        epo_refuse(loop, req, connection->refused);
        return 0;
    }
    look_behind(connection, req);
    if (epo_send_ready(loop, req))
        return 0;
    struct epo_exchange *exchange = epo_arrival_make(loop, connection, req);
    struct epo_exchange **reference = h2o_mem_alloc_shared(&req->pool, sizeof *reference, dispose);
    *reference = exchange;
    epo_arrival_read(exchange, req);
    dispatch(exchange);
    return 0;
}
