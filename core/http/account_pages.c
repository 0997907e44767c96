/* Signing in and out, and one's own page. */
#include "http/pages.h"

#include "base/token.h"
#include "portal/casework.h"
#include "portal/demo.h"
#include "portal/routing.h"
#include "portal/session.h"

#define DEVICE_COOKIE "device"
enum { DEVICE_S = 180 * 86400, SUBMISSIONS_SHOWN = 50 };

/* Only a path of this portal: no host, no scheme, no "//", no backslash, nothing that a browser
 * would read as one. */
static struct epo_span safe_next(struct epo_span next) {
    bool good = next.len > 0 && next.len < 1024 && next.at[0] == '/' &&
                (next.len == 1 || next.at[1] != '/');
    for (size_t i = 0; good && i < next.len; i++)
        good = (unsigned char)next.at[i] > 0x20 && next.at[i] != '\\' && next.at[i] != 0x7f;
    return good ? next : (struct epo_span){"", 0};
}

static struct epo_response *show_login(struct epo_request *request, int status,
                                       struct epo_span name, struct epo_span next,
                                       struct epo_span error) {
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    epo_json_set_text(pool, model, "name", name);
    epo_json_set_text(pool, model, "next", next);
    epo_json_set_text(pool, model, "error", error);
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
    struct epo_span next = safe_next(epo_request_query(request, "next"));
    if (epo_page_account(request) != NULL)
        return epo_respond_redirect(request, 303, next.len > 0 ? next : EPO_SPAN("/account"));
    return show_login(request, 200, EPO_SPAN(""), next, EPO_SPAN(""));
}

struct signing_in {
    struct epo_request *request;
    struct epo_account account;
    char token[EPO_TOKEN_SIZE], device[EPO_TOKEN_SIZE];
    struct epo_span previous, next;
};

static bool run_begin(struct epo_db *db, void *arg, struct epo_error *error) {
    struct signing_in *in = arg;
    return epo_session_begin(in->request->portal, db, epo_span(in->account.id), epo_span(in->token),
                             in->previous, error);
}

static struct epo_response *finish_begin(struct epo_request *request, void *arg,
                                         const struct epo_error *error) {
    struct signing_in *in = arg;
    if (error != NULL)
        return show_login(request, 503, epo_span(in->account.login), in->next,
                          epo_page_text(request, "login.store"));
    bool staff = strcmp(in->account.role, "citizen") != 0;
    struct epo_span to = in->next.len > 0 ? in->next
                         : staff          ? EPO_SPAN("/office")
                                          : EPO_SPAN("/account");
    struct epo_response *response = epo_respond_redirect(request, 303, to);
    epo_response_cookie(response, EPO_SESSION_COOKIE, epo_span(in->token), EPO_SESSION_ABSOLUTE_S);
    epo_response_cookie(response, DEVICE_COOKIE, epo_span(in->device), DEVICE_S);
    return response;
}

static struct epo_response *refuse(struct epo_request *request, const struct epo_error *error,
                                   int wait_s, struct epo_span name, struct epo_span next) {
    struct epo_pool *pool = request->pool;
    int status = error->kind == EPO_ERROR_RATE ? 429 : error->kind == EPO_ERROR_BUSY ? 503 : 401;
    struct epo_json *values = epo_json_object(pool);
    epo_json_set_integer(pool, values, "seconds", wait_s);
    const char *key = status == 429   ? "login.slow_down"
                      : status == 503 ? "login.busy"
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
    struct signing_in *in = EPO_NEW(request->pool, struct signing_in);
    in->request = request;
    in->next = safe_next(epo_request_form(request, "next"));
    in->previous = request->session;
    if (!epo_account_verify(request->portal, request->db, name, password, request->client,
                            epo_request_cookie(request, DEVICE_COOKIE), &in->account, &wait_s,
                            &error)) {
        if (error.kind == EPO_ERROR_BROKEN)
            return epo_respond_error(request, &error, NULL);
        return refuse(request, &error, wait_s, name, in->next);
    }
    epo_token_make(in->token);
    epo_account_device(request->portal, epo_span(in->account.login), in->device);
    return epo_respond_after_write(request, run_begin, finish_begin, in);
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
        epo_json_push(pool, rows, row);
    }
    return rows;
}

struct epo_response *epo_account_get(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *page, *model = epo_json_object(pool);
    const struct epo_account *account = epo_page_account(request);
    if (account == NULL)
        return epo_respond_redirect(request, 303, EPO_SPAN("/login?next=/account"));
    if (!epo_casework_of_sender(request->portal, request->db, pool, epo_span(account->id), 0,
                                SUBMISSIONS_SHOWN, &page, &error))
        return epo_respond_error(request, &error, NULL);
    epo_json_set_string(pool, model, "role_key", epo_pool_printf(pool, "role.%s", account->role));
    epo_json_set(pool, model, "submissions", own_submissions(request, epo_json_get(page, "cases")));
    epo_json_set_string(pool, model, "page_title", account->name);
    struct epo_response *response = epo_respond_page(request, 200, "web/account", model);
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    return response;
}
