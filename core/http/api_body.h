/* Bodies of API requests. */
#ifndef EPO_HTTP_API_BODY_H
#define EPO_HTTP_API_BODY_H

#include "http/http.h"

/* The request's body as a JSON object, in its pool. NULL with the answer to give instead: 415 for
 * another content type, 400 for what is not JSON or no object. */
struct epo_json *epo_api_body(struct epo_request *request, struct epo_response **refused);

#endif
