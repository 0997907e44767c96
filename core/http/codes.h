/* What stands in the codes of a picture that somebody sent, read by a process of its own. */
#ifndef EPO_HTTP_CODES_H
#define EPO_HTTP_CODES_H

#include "base/error.h"
#include "base/pool.h"
#include "base/text.h"

/* The output of epo-codes (core/codes/codes.h) for this file: codes in lines, or the JSON of our
 * own PDF; empty where there are none. In the pool. Up to EPO_CODES_MS: on a worker. BAD_INPUT
 * "codes.kind" (no JPEG, PNG or PDF), BUSY "codes.busy", BROKEN "codes.program". */
bool epo_codes_read(struct epo_pool *pool, struct epo_span file, struct epo_span *text,
                    struct epo_error *error);

#endif
