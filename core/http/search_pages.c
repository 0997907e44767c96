/* The search page, which works without scripts, and the same for programs and for what the header
 * suggests while one types. */
#include "base/limits.h"
#include "http/finder.h"

enum { LIMIT_DEFAULT = 10 };

struct epo_response *epo_search_get(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    struct epo_span query = epo_span_trim(epo_request_query(request, "q"));
    bool long_query = query.len > EPO_SEARCH_QUERY_BYTES_MAX;
    struct epo_json *results = query.len == 0 || long_query
                                   ? epo_json_array(pool)
                                   : epo_finder_find(request, query, EPO_SEARCH_HITS_MAX);
    for (uint32_t i = 0; i < results->count; i++) {
        struct epo_span kind = epo_json_get_text(results->items[i], "kind");
        epo_json_set_text(
            pool, results->items[i], "kind_text",
            epo_page_text(request, epo_pool_printf(pool, "search.kind.%.*s", EPO_ARG(kind))));
    }
    epo_json_set_text(pool, model, "query", long_query ? EPO_SPAN("") : query);
    epo_json_set_boolean(pool, model, "asked", query.len > 0);
    epo_json_set_integer(pool, model, "count", results->count);
    epo_json_set(pool, model, "results", results);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "search.title"));
    struct epo_response *response = epo_respond_page(request, 200, "web/search", model);
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-cache"));
    return response;
}

struct epo_response *epo_api_search(struct epo_request *request) {
    struct epo_json *body = epo_json_object(request->pool);
    struct epo_span query = epo_span_trim(epo_request_query(request, "q")),
                    wanted = epo_request_query(request, "limit");
    int64_t limit = LIMIT_DEFAULT;
    if (query.len > EPO_SEARCH_QUERY_BYTES_MAX)
        return epo_api_problem(request, 400, "search.query", "Bad Request",
                               "q must be at most 200 bytes.", NULL);
    if (wanted.len > 0 &&
        (!epo_span_integer(wanted, &limit) || limit < 1 || limit > EPO_SEARCH_HITS_MAX))
        return epo_api_problem(request, 400, "search.limit", "Bad Request",
                               "limit must be a whole number from 1 to 50.", NULL);
    epo_json_set_text(request->pool, body, "query", query);
    epo_json_set(request->pool, body, "results", epo_finder_find(request, query, (size_t)limit));
    struct epo_response *response = epo_respond_json(request, 200, body);
    epo_response_header(response, "cache-control", EPO_SPAN("no-cache"));
    return response;
}
