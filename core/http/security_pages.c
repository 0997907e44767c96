/* One's password and the browsers that one is signed in from. */
#include "base/clock.h"
#include "http/passkey.h"
#include "portal/registration.h"
#include "portal/session.h"

enum { HISTORY_SHOWN = 30, CODES_FEW = 4 };

struct securing {
    struct epo_request *request;
    const struct epo_account *account;
    struct epo_span ended; /* id of a session, "others", or empty: the password changes */
    char hash[EPO_PASSWORD_HASH_SIZE];
};

static struct epo_json *sessions(struct epo_request *request, const struct epo_account *account) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *list;
    char text[EPO_TIME_SIZE];
    if (!epo_session_list(request->portal, request->db, pool, epo_span(account->id),
                          request->session, &list, &error))
        return epo_json_array(pool);
    for (uint32_t i = 0; i < list->count; i++) {
        struct epo_json *row = list->items[i];
        int64_t began = epo_json_get_integer(row, "began_at_us", 0);
        int64_t seen = epo_json_get_integer(row, "seen_at_us", 0);
        if (epo_json_get_text(row, "about").len == 0)
            epo_json_set_text(pool, row, "about", epo_page_text(request, "security.unknown"));
        epo_json_set_string(pool, row, "began_text", epo_time_local(began, request->lang, text));
        epo_json_set_string(pool, row, "seen_text", epo_time_local(seen, request->lang, text));
    }
    return list;
}

static const char *moment(struct epo_request *request, int64_t at_us) {
    char text[EPO_TIME_SIZE];
    return at_us > 0
               ? epo_pool_printf(request->pool, "%s", epo_time_local(at_us, request->lang, text))
               : "";
}

static void set_factors(struct epo_request *request, const struct epo_account *account,
                        struct epo_json *model) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_factors factors;
    struct epo_json *passkeys;
    if (!epo_factor_find(request->portal, request->db, epo_span(account->id), &factors, &error) ||
        !epo_passkey_list(request->portal, request->db, pool, epo_span(account->id), &passkeys,
                          &error))
        return;
    for (uint32_t i = 0; i < passkeys->count; i++) {
        struct epo_json *row = passkeys->items[i];
        epo_json_set_string(pool, row, "made",
                            moment(request, epo_json_get_integer(row, "made_at_us", 0)));
        epo_json_set_string(pool, row, "used",
                            moment(request, epo_json_get_integer(row, "used_at_us", 0)));
    }
    epo_json_set(pool, model, "keys", passkeys);
    epo_passkey_model(request, model);
    epo_json_set_boolean(pool, model, "second", account->second);
    epo_json_set_boolean(pool, model, "totp", factors.totp);
    epo_json_set_string(pool, model, "totp_made", moment(request, factors.totp_made_at_us));
    epo_json_set_string(pool, model, "totp_used", moment(request, factors.totp_used_at_us));
    epo_json_set_integer(pool, model, "codes", factors.codes);
    epo_json_set_boolean(pool, model, "few", factors.codes < CODES_FEW);
}

/* What happened to the account, in words; rows that the catalog has none for are left out. */
static struct epo_json *history(struct epo_request *request, const struct epo_account *account) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *rows, *shown = epo_json_array(pool);
    if (!epo_session_history(request->portal, request->db, pool, epo_span(account->id),
                             HISTORY_SHOWN, &rows, &error))
        return shown;
    for (uint32_t i = 0; i < rows->count; i++) {
        struct epo_json *row = epo_json_object(pool);
        struct epo_span about,
            by = epo_span_cut(epo_json_get_text(rows->items[i], "detail"), ' ', &about);
        const char *key = epo_pool_printf(pool, "history.%.*s",
                                          EPO_ARG(epo_json_get_text(rows->items[i], "action")));
        const char *by_key = epo_pool_printf(pool, "history.by.%.*s", EPO_ARG(by));
        struct epo_span what = epo_page_text(request, key), how = epo_page_text(request, by_key);
        if (epo_span_is(what, key))
            continue;
        epo_json_set_string(pool, row, "at_text",
                            moment(request, epo_json_get_integer(rows->items[i], "at_us", 0)));
        epo_json_set_text(pool, row, "what", what);
        epo_json_set_text(pool, row, "how", epo_span_is(how, by_key) ? EPO_SPAN("") : how);
        epo_json_set_text(pool, row, "about", epo_span_is(how, by_key) ? EPO_SPAN("") : about);
        epo_json_push(pool, shown, row);
    }
    return shown;
}

/* field: "current" or "password", with the text beside it; NULL: nothing is wrong. */
static struct epo_response *show(struct epo_request *request, int status, const char *field,
                                 struct epo_span fault) {
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    const struct epo_account *account = epo_page_account(request);
    epo_json_set_text(pool, model, "done", epo_request_query(request, "done"));
    epo_json_set_text(pool, model, "fault", fault);
    epo_json_set_string(pool, model, "fault_at", field != NULL ? field : "");
    epo_json_set(pool, model, "sessions", sessions(request, account));
    epo_json_set(pool, model, "history", history(request, account));
    set_factors(request, account, model);
    epo_json_set_string(pool, model, "email",
                        strchr(account->login, '@') != NULL ? account->login : "");
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "security.title"));
    return epo_respond_private(request, status, "web/security", model);
}

struct epo_response *epo_security_get(struct epo_request *request) {
    if (epo_page_account(request) == NULL)
        return epo_respond_redirect(request, 303, EPO_SPAN("/login?next=/account/security"));
    return show(request, 200, NULL, EPO_SPAN(""));
}

static bool run(struct epo_db *db, void *arg, struct epo_error *error) {
    struct securing *securing = arg;
    struct epo_request *request = securing->request;
    if (epo_span_is(securing->ended, "others"))
        return epo_session_end_others(request->portal, db, epo_span(securing->account->id),
                                      request->session, error);
    return securing->ended.len > 0
               ? epo_session_end_one(request->portal, db, epo_span(securing->account->id),
                                     securing->ended, error)
               : epo_account_new_password(request->portal, db, securing->account, securing->hash,
                                          request->session, epo_span(request->lang), error);
}

static struct epo_response *finish(struct epo_request *request, void *arg,
                                   const struct epo_error *error) {
    struct securing *securing = arg;
    if (error != NULL)
        return show(request, 503, "password", epo_page_text(request, "account.unsaved"));
    return epo_respond_redirect(request, 303,
                                securing->ended.len > 0
                                    ? EPO_SPAN("/account/security?done=ended")
                                    : EPO_SPAN("/account/security?done=password"));
}

static struct epo_response *refuse(struct epo_request *request, const struct epo_error *error,
                                   const char *field) {
    int status = error->kind == EPO_ERROR_BAD_INPUT         ? 422
                 : error->kind == EPO_ERROR_UNAUTHENTICATED ? 403
                 : error->kind == EPO_ERROR_RATE            ? 429
                                                            : 503;
    struct epo_response *response =
        show(request, status, field, epo_page_error_text(request, error, "account.unsaved"));
    if (status >= 429)
        epo_response_header(response, "retry-after", EPO_SPAN("5"));
    return response;
}

struct epo_response *epo_security_post(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_account self;
    int wait_s = 0;
    const struct epo_account *account = epo_page_account(request);
    if (account == NULL)
        return epo_respond_redirect(request, 303, EPO_SPAN("/login?next=/account/security"));
    struct securing *securing = EPO_NEW(request->pool, struct securing);
    *securing = (struct securing){
        .request = request, .account = account, .ended = epo_request_form(request, "session")};
    if (epo_span_is(epo_request_form(request, "_do"), "others"))
        securing->ended = EPO_SPAN("others");
    if (securing->ended.len > 0)
        return epo_respond_after_write(request, run, finish, securing);
    if (!epo_account_verify(request->portal, request->db, epo_span(account->login),
                            epo_request_form(request, "current"), request->client, EPO_SPAN(""),
                            &self, &wait_s, &error))
        return refuse(request, &error, "current");
    if (!epo_password_prepare(request->portal, epo_request_form(request, "password"),
                              epo_span(account->login), securing->hash, &error))
        return refuse(request, &error, "password");
    return epo_respond_after_write(request, run, finish, securing);
}
