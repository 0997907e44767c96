/* How many cases that the filter matches came after the newest one that the clerk sees: asked again
 * and again by the page of the desk, so a count and a tag, and no look at personal data. */
#include "http/office_page.h"
#include "portal/receipt.h"

struct epo_response *epo_office_news(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_office_ask *ask = EPO_NEW(pool, struct epo_office_ask);
    struct epo_response *response, *refused = epo_office_ask(request, ask);
    int64_t since, count = 0;
    if (refused != NULL)
        return refused;
    if (!epo_number_read(epo_request_query(request, "since"), &since))
        since = 0;
    ask->filter.newer_than = since;
    if (!epo_desk_count(request->portal, request->db, &ask->filter, &count, &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_span etag = epo_span(epo_pool_printf(pool, "\"%lld\"", (long long)count));
    if (epo_span_equal(epo_request_header(request, "if-none-match"), etag)) {
        response = epo_respond(request, 304, "application/json", EPO_SPAN(""));
    } else {
        struct epo_json *body = epo_json_object(pool);
        epo_json_set_integer(pool, body, "count", count);
        epo_json_set_text(pool, body, "text", epo_office_count_text(request, count));
        response = epo_respond_json(request, 200, body);
    }
    epo_response_header(response, "etag", etag);
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-cache"));
    return response;
}
