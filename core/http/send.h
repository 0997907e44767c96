/* The way out: responses and prepared bytes through libh2o. On the loop. */
#ifndef EPO_HTTP_SEND_H
#define EPO_HTTP_SEND_H

#include "http/exchange.h"

/* The response's bytes stay in the exchange's pool until libh2o has sent them. */
void epo_send_response(struct epo_exchange *exchange, const struct epo_response *response);
/* One of the blob's forms (same: 304 without bytes). Takes the reference. */
void epo_send_blob(h2o_req_t *req, struct epo_blob *blob, enum epo_encoding encoding, bool same,
                   bool secure);
/* https here, or at a trusted proxy. */
bool epo_send_is_secure(struct epo_loop *loop, const h2o_req_t *req);

/* ready.c: an asset or a kept page, straight from memory: true when it was that. */
bool epo_send_ready(struct epo_loop *loop, h2o_req_t *req);
/* What a page is kept under; empty where it may not be: a query other than lang=. */
struct epo_span epo_send_cache_key(struct epo_pool *pool, const char *lang, bool secure,
                                   const h2o_req_t *req);

#endif
