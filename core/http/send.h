/* The way out: responses, ready bytes and short refusals through libh2o. On the loop. */
#ifndef EPO_HTTP_SEND_H
#define EPO_HTTP_SEND_H

#include "http/exchange.h"

/* The response's bytes stay in the exchange's pool until libh2o has sent them. */
void epo_send_response(struct epo_exchange *exchange, const struct epo_response *response);
/* Text without a pool; text must be static. */
void epo_send_plain(h2o_req_t *req, int status, const char *text);
/* An asset or a kept page, straight from memory: true when it was that. */
bool epo_send_ready(struct epo_loop *loop, struct epo_connection *connection, h2o_req_t *req);
struct epo_span epo_send_cache_key(struct epo_pool *pool, const char *lang, const h2o_req_t *req);
void epo_send_flush_log(struct epo_loop *loop);

#endif
