/* A submission for the one who sent it, or who holds its key or receipt. */
#include "http/files.h"
#include "http/own_case.h"

#include "http/completions.h"
#include "http/decisions.h"
#include "http/messages.h"
#include "portal/decision.h"
#include "portal/submission.h"

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

static void add_withdrawal(struct epo_request *request, struct epo_json *model,
                           const struct epo_own_case *own, const struct epo_json *trouble) {
    struct epo_pool *pool = request->pool;
    struct epo_span said = epo_json_get_text(trouble, "withdraw");
    if (epo_own_case_withdrawal(own) == NULL && said.len == 0)
        return;
    struct epo_json *form = epo_json_set(pool, model, "withdraw", epo_json_object(pool));
    epo_json_set_string(pool, form, "action",
                        epo_pool_printf(pool, "/submissions/%.*s/withdraw",
                                        EPO_ARG(epo_json_get_text(own->found, "number"))));
    epo_json_set_text(pool, form, "key", own->token);
    epo_json_set_text(pool, form, "state", epo_json_get_text(own->found, "state"));
    epo_json_set_text(pool, form, "error", said);
}

struct epo_response *epo_own_case_show(struct epo_request *request, struct epo_own_case *own,
                                       int status, const struct epo_json *trouble) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *model = epo_page_submission(request, own->found);
    if (own->messages == NULL &&
        !epo_message_list(request->portal, request->db, pool, own->number, &own->messages, &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_span number = epo_json_get_text(own->found, "number"), token = own->token;
    bool for_another = epo_json_get_text(own->found, "agent").len > 0;
    bool sent = epo_request_query(request, "sent").len > 0 && (token.len > 0 || for_another);
    epo_json_set_boolean(pool, model, "just_sent", sent);
    if (token.len > 0)
        epo_json_set_string(pool, epo_json_get(model, "submission"), "link",
                            epo_pool_printf(pool, "%s/submissions/%.*s?key=%.*s",
                                            epo_page_own_address(request), EPO_ARG(number),
                                            EPO_ARG(token)));
    epo_json_set_string(pool, model, "pdf",
                        epo_pool_printf(pool, "/submissions/%.*s.pdf%s%.*s", EPO_ARG(number),
                                        token.len > 0 ? "?key=" : "", EPO_ARG(token)));
    epo_json_set_string(pool, model, "seen",
                        epo_pool_printf(pool, "/submissions/%.*s/seen%s%.*s", EPO_ARG(number),
                                        token.len > 0 ? "?key=" : "", EPO_ARG(token)));
    epo_page_picture(request, model, own->found, token, NULL);
    const char *files = epo_pool_printf(pool, "/submissions/%.*s/files", EPO_ARG(number));
    const char *key = token.len > 0 ? epo_pool_printf(pool, "?key=%.*s", EPO_ARG(token)) : "";
    epo_files_link(request, epo_json_get(model, "sections"), files, key);
    add_next(request, model, own->found);
    add_withdrawal(request, model, own, trouble);
    epo_page_completions(request, model, own->found, files, key);
    struct epo_json *decisions;
    if (!epo_decision_list(request->portal, request->db, pool, own->number, &decisions, &error))
        return epo_respond_error(request, &error, NULL);
    epo_page_decisions(
        request, model, decisions, epo_pool_printf(pool, "/submissions/%.*s", EPO_ARG(number)),
        epo_pool_printf(pool, "%s%.*s", token.len > 0 ? "?key=" : "", EPO_ARG(token)));
    if (epo_own_case_completable(own))
        epo_json_set_string(pool, model, "complete",
                            epo_pool_printf(pool, "/submissions/%.*s/completion%s%.*s",
                                            EPO_ARG(number), token.len > 0 ? "?key=" : "",
                                            EPO_ARG(token)));
    epo_json_set_boolean(pool, model, "completed",
                         trouble == NULL && epo_request_query(request, "completed").len > 0);
    epo_page_messages(request, model, own->found, own->messages, false, token,
                      epo_json_get_text(trouble, "message"));
    epo_json_set_boolean(pool, epo_json_get(model, "messages"), "closed", !own->may_act);
    epo_json_set_text(pool, model, "page_title", number);
    struct epo_response *response = epo_respond_page(request, status, "web/submission", model);
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    epo_response_header(response, "referrer-policy", EPO_SPAN("no-referrer"));
    return response;
}

/* What the office wrote counts as read once it is opened; the page shows it all the same. */
struct reading {
    struct epo_portal *portal;
    struct epo_own_case *own;
};
static bool run_seen(struct epo_db *db, void *arg, struct epo_error *error) {
    struct reading *reading = arg;
    return epo_message_seen(reading->portal, db, reading->own->number, false, error);
}
static struct epo_response *finish_seen(struct epo_request *request, void *arg,
                                        const struct epo_error *error) {
    struct reading *reading = arg;
    (void)error; /* stays unread */
    return epo_own_case_show(request, reading->own, 200, NULL);
}

struct epo_response *epo_submission_get(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_own_case *own = epo_own_case_open(request, &error);
    if (own == NULL || !epo_message_list(request->portal, request->db, request->pool, own->number,
                                         &own->messages, &error))
        return epo_respond_error(request, &error, NULL);
    if (!epo_message_unread(own->messages, false))
        return epo_own_case_show(request, own, 200, NULL);
    struct reading *reading = EPO_NEW(request->pool, struct reading);
    *reading = (struct reading){request->portal, own};
    return epo_respond_after_write(request, run_seen, finish_seen, reading);
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
