#include "http/api_body.h"

#include <strings.h>

#include "http/pages.h"

/* "application/json", "application/geo+json; charset=utf-8": by the media type alone. */
static bool is_json(struct epo_span type) {
    struct epo_span rest;
    type = epo_span_trim(epo_span_cut(type, ';', &rest));
    return (type.len == 16 && strncasecmp(type.at, "application/json", 16) == 0) ||
           (type.len > 5 && strncasecmp(type.at + type.len - 5, "+json", 5) == 0);
}

struct epo_json *epo_api_body(struct epo_request *request, struct epo_response **refused) {
    struct epo_error error = {0};
    if (!is_json(epo_request_header(request, "content-type"))) {
        *refused = epo_api_problem(request, 415, "body.type", "Unsupported Media Type",
                                   "Send the answers as application/json.", NULL);
        return NULL;
    }
    struct epo_json *body = epo_json_parse(request->pool, request->body, &error);
    if (body != NULL && body->type == EPO_JSON_OBJECT)
        return body;
    *refused = epo_api_problem(
        request, 400, "body.json", "Bad Request",
        body != NULL ? "The body must be one JSON object."
                     : epo_pool_printf(request->pool, "%s (%s)", error.text, error.where),
        NULL);
    return NULL;
}
