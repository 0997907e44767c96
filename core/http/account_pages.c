/* Signing in and out, and one's own page. */
#include "http/drafting.h"

#include "http/acting.h"
#include "http/passkey.h"
#include "http/sign_in.h"
#include "portal/casework.h"
#include "portal/demo.h"
#include "portal/routing.h"
#include "portal/session.h"

enum { SUBMISSIONS_SHOWN = 50 };

static struct epo_response *show_login(struct epo_request *request, int status,
                                       struct epo_span name, struct epo_span next,
                                       struct epo_span error) {
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    epo_json_set_text(pool, model, "name", name);
    epo_json_set_text(pool, model, "next", next);
    epo_json_set_string(pool, model, "register_url", epo_next_url(request, "/register", next));
    epo_json_set_string(pool, model, "recover_url", epo_next_url(request, "/recover", next));
    epo_json_set_text(pool, model, "error", error);
    epo_passkey_model(request, model);
    epo_json_set_string(pool, model, "passkey_action", "/login/passkey");
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "login.title"));
    struct epo_json *accounts =
        request->portal->demo ? epo_demo_accounts(pool, request->portal->folder, request->lang)
                              : NULL;
    if (accounts != NULL)
        epo_json_set(pool, model, "demo_accounts", accounts);
    struct epo_response *response = epo_respond_page(request, status, "web/login", model);
    epo_response_header(response, "cache-control", EPO_SPAN("no-store"));
    return response;
}

struct epo_response *epo_login_get(struct epo_request *request) {
    struct epo_span next = epo_safe_next(epo_request_query(request, "next"));
    if (epo_page_account(request) != NULL)
        return epo_respond_redirect(request, 303, next.len > 0 ? next : EPO_SPAN("/account"));
    return show_login(request, 200, EPO_SPAN(""), next, EPO_SPAN(""));
}

static struct epo_response *not_begun(struct epo_request *request, void *arg,
                                      const struct epo_error *error) {
    struct epo_sign_in *in = arg;
    (void)error;
    return show_login(request, 503, epo_span(in->account.login), in->next,
                      epo_page_text(request, "login.store"));
}

struct epo_response *epo_login_refused(struct epo_request *request, const struct epo_error *error,
                                       struct epo_span next) {
    bool own = error->kind == EPO_ERROR_UNAUTHENTICATED || error->kind == EPO_ERROR_NOT_FOUND;
    return show_login(request, own ? 403 : 503, EPO_SPAN(""), next,
                      epo_page_text(request, own ? "error.passkey.answer" : "login.store"));
}

static struct epo_response *refuse(struct epo_request *request, const struct epo_error *error,
                                   int wait_s, struct epo_span name, struct epo_span next) {
    struct epo_pool *pool = request->pool;
    int status = error->kind == EPO_ERROR_RATE ? 429 : error->kind == EPO_ERROR_BUSY ? 503 : 401;
    struct epo_json *values = epo_json_object(pool);
    epo_json_set_integer(pool, values, "seconds", wait_s);
    const char *key = status == 429                                     ? "login.slow_down"
                      : status == 503                                   ? "login.busy"
                      : strcmp(error->code, "account.first_ended") == 0 ? "login.first_ended"
                                                                        : "login.wrong";
    struct epo_response *response =
        show_login(request, status, name, next,
                   epo_catalog_format(request->portal->catalog, pool, request->lang, key, values));
    if (status != 401)
        epo_response_header(response, "retry-after",
                            epo_span(epo_pool_printf(pool, "%d", wait_s > 0 ? wait_s : 2)));
    return response;
}

struct epo_response *epo_login_post(struct epo_request *request) {
    struct epo_error error = {0};
    int wait_s = 0;
    struct epo_span name = epo_request_form(request, "name");
    struct epo_span password = epo_request_form(request, "password");
    struct epo_sign_in *in = EPO_NEW(request->pool, struct epo_sign_in);
    in->next = epo_safe_next(epo_request_form(request, "next"));
    in->failed = not_begun;
    in->arg = in;
    if (!epo_account_verify(request->portal, request->db, name, password, request->client,
                            epo_request_cookie(request, EPO_DEVICE_COOKIE), &in->account, &wait_s,
                            &error)) {
        if (error.kind == EPO_ERROR_BROKEN)
            return epo_respond_error(request, &error, NULL);
        return refuse(request, &error, wait_s, name, in->next);
    }
    return epo_sign_in(request, in);
}

static bool run_end(struct epo_db *db, void *arg, struct epo_error *error) {
    struct epo_request *request = arg;
    return epo_session_end(request->portal, db, request->session, error);
}

static struct epo_response *finish_end(struct epo_request *request, void *arg,
                                       const struct epo_error *error) {
    (void)arg;
    if (error != NULL) /* the session lives on: do not say otherwise */
        return epo_respond_error(request, error, NULL);
    struct epo_response *response = epo_respond_redirect(request, 303, EPO_SPAN("/"));
    epo_response_cookie(response, EPO_SESSION_COOKIE, EPO_SPAN(""), 0);
    return response;
}

struct epo_response *epo_logout_post(struct epo_request *request) {
    if (request->session.len == 0)
        return epo_respond_redirect(request, 303, EPO_SPAN("/"));
    return epo_respond_after_write(request, run_end, finish_end, request);
}

/* ---- one's own page ---- */

static struct epo_json *own_submissions(struct epo_request *request, const struct epo_json *cases) {
    struct epo_pool *pool = request->pool;
    struct epo_json *rows = epo_json_array(pool);
    char text[EPO_TIME_SIZE];
    for (uint32_t i = 0; cases != NULL && i < cases->count; i++) {
        const struct epo_json *found = cases->items[i];
        struct epo_json *row = epo_json_object(pool);
        struct epo_span number = epo_json_get_text(found, "number");
        struct epo_span state = epo_json_get_text(found, "state");
        epo_json_set_text(pool, row, "number", number);
        epo_json_set_text(pool, row, "title", epo_json_get_text(found, "title"));
        epo_json_set_string(pool, row, "url",
                            epo_pool_printf(pool, "/submissions/%.*s", EPO_ARG(number)));
        epo_json_set_string(
            pool, row, "received_text",
            epo_time_local(epo_json_get_integer(found, "received_at_us", 0), request->lang, text));
        epo_json_set_text(pool, row, "state", state);
        epo_json_set_string(pool, row, "state_key", epo_page_state_key(request, state));
        epo_json_set_text(pool, row, "by", epo_json_get_text(found, "agentName"));
        epo_json_set_text(pool, row, "whose", epo_json_get_text(found, "senderName"));
        epo_json_push(pool, rows, row);
    }
    return rows;
}

struct epo_response *epo_account_get(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *page, *drafts, *model = epo_json_object(pool);
    struct epo_acting acting;
    const struct epo_account *account = epo_page_account(request);
    if (account == NULL)
        return epo_respond_redirect(request, 303, EPO_SPAN("/login?next=/account"));
    if (!epo_acting_now(request, account, EPO_SPAN(""), EPO_MANDATE_READ, &acting, &error) ||
        !epo_acting_model(request, &acting, EPO_SPAN(""), EPO_MANDATE_READ,
                          acting.account != NULL ? "/account" : NULL, model, &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_span self = epo_span(account->id);
    if (!(acting.other ? epo_casework_of_principal(request->portal, request->db, pool, self,
                                                   epo_acting_id(&acting), 0, SUBMISSIONS_SHOWN,
                                                   &page, &error)
                       : epo_casework_of_sender(request->portal, request->db, pool, self, 0,
                                                SUBMISSIONS_SHOWN, &page, &error)))
        return epo_respond_error(request, &error, NULL);
    if (!epo_drafting_list(request, account, EPO_SPAN(""), &drafts, &error))
        return epo_respond_error(request, &error, NULL);
    epo_json_set(pool, model, "drafts", drafts);
    epo_json_set_boolean(pool, model, "verified", account->verified);
    epo_json_set_string(pool, model, "role_key", epo_pool_printf(pool, "role.%s", account->role));
    epo_json_set(pool, model, "submissions", own_submissions(request, epo_json_get(page, "cases")));
    epo_json_set_string(pool, model, "page_title", account->name);
    return epo_respond_private(request, 200, "web/account", model);
}
