#ifndef EPO_HTTP_EXCHANGE_H
#define EPO_HTTP_EXCHANGE_H

#include "http/h2o_server.h"

/* One request on its way; made in its own pool (request.pool), freed with it. */
struct epo_exchange {
    struct epo_request request; /* first: handlers are given its address */
    h2o_multithread_message_t message;
    h2o_linklist_t link; /* of the loop's exchanges */
    h2o_req_t *h2o;      /* NULL when the client has gone; loop only */
    struct epo_loop *loop;
    struct epo_connection *connection;
    const struct epo_route *route;
    int refused_status; /* 0: not refused before a handler was asked */
    struct epo_error refused;
    struct epo_span allow; /* of a 405 */
    int retry_after_s;     /* of a 429 */
    struct epo_response *response, *writing;
    bool write_failed, under_way, answered;
    struct epo_error write_error;
    atomic_bool gone, started; /* the client has left; a worker has begun */
    int64_t begun_us;          /* monotonic */
    struct epo_span cache_key;
    uint64_t cache_generation;
};

void epo_exchange_free(struct epo_exchange *exchange);

/* arrival.c: a new exchange with all that came; then its route, or exchange->refused_status. */
struct epo_exchange *epo_arrival_make(struct epo_loop *loop, struct epo_connection *connection,
                                      h2o_req_t *req);
void epo_arrival_read(struct epo_exchange *exchange, const h2o_req_t *req);

#endif
