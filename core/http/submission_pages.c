/* A submission for the one who sent it, or who holds its key or receipt. */
#include "http/pages.h"

#include "portal/submission.h"

/* Key of the link or receipt typed in; anything else opens nothing. */
static struct epo_span token_of(struct epo_request *request) {
    struct epo_span key = epo_request_query(request, "key");
    return key.len > 0 ? key : epo_span_trim(epo_request_query(request, "receipt"));
}

static void add_next(struct epo_request *request, struct epo_json *model,
                     const struct epo_json *found) {
    static const char *const steps[] = {"sent.next_office", "sent.next_state", "sent.next_contact"};
    struct epo_pool *pool = request->pool;
    struct epo_json *next = epo_json_array(pool);
    if (epo_span_is(epo_json_get_text(found, "state"), "received"))
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
            epo_json_push(pool, next, epo_json_text(pool, epo_page_text(request, steps[i])));
    epo_json_set(pool, model, "next", next);
}

struct epo_response *epo_submission_get(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *found;
    struct epo_span token = token_of(request);
    struct epo_viewer viewer = epo_page_viewer(epo_page_account(request), token);
    /* A clerk reads cases under /office, where each view is audited. */
    if (!epo_span_is(viewer.role, "citizen"))
        viewer.role = (struct epo_span){"", 0};
    if (!epo_submission_find(request->portal, request->db, pool, request->captures[0], &viewer,
                             &found, &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_json *model = epo_page_submission(request, found);
    bool sent = epo_request_query(request, "sent").len > 0 && token.len > 0;
    epo_json_set_boolean(pool, model, "just_sent", sent);
    if (token.len > 0)
        epo_json_set_string(pool, epo_json_get(model, "submission"), "link",
                            epo_pool_printf(pool, "%s://%.*s/submissions/%.*s?key=%.*s",
                                            request->secure ? "https" : "http",
                                            EPO_ARG(request->host), EPO_ARG(request->captures[0]),
                                            EPO_ARG(token)));
    epo_page_picture(request, model, found, token, NULL);
    add_next(request, model, found);
    epo_json_set_string(pool, model, "page_title",
                        epo_pool_printf(pool, "%.*s", EPO_ARG(request->captures[0])));
    struct epo_response *response = epo_respond_page(request, 200, "web/submission", model);
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    epo_response_header(response, "referrer-policy", EPO_SPAN("no-referrer"));
    return response;
}

/* GET /submissions?number=&receipt=: with both right, on to the submission. */
struct epo_response *epo_submission_look_up(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *found, *model = epo_json_object(pool);
    struct epo_span number = epo_span_trim(epo_request_query(request, "number"));
    struct epo_span receipt = epo_span_trim(epo_request_query(request, "receipt"));
    struct epo_viewer viewer = epo_page_viewer(NULL, receipt);
    if (number.len > 0 && receipt.len > 0 &&
        epo_submission_find(request->portal, request->db, pool, number, &viewer, &found, &error))
        return epo_respond_redirect(
            request, 303,
            epo_span(epo_pool_printf(pool, "/submissions/%.*s?receipt=%.*s",
                                     EPO_ARG(epo_json_get_text(found, "number")),
                                     EPO_ARG(epo_json_get_text(found, "receipt")))));
    bool tried = number.len > 0 && receipt.len > 0;
    if (tried && error.kind != EPO_ERROR_NOT_FOUND)
        return epo_respond_error(request, &error, NULL);
    epo_json_set_text(pool, model, "number", number);
    epo_json_set_text(pool, model, "receipt", receipt);
    epo_json_set_text(pool, model, "error",
                      tried ? epo_page_text(request, "find.nothing") : EPO_SPAN(""));
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "home.find_title"));
    return epo_respond_page(request, tried ? 404 : 200, "web/find", model);
}
