/* One's own identity: saying who one is, and the code to show at an office. */
#include "base/clock.h"
#include "http/account_form.h"
#include "http/sign_in.h"
#include "portal/identity.h"

/* The form that waits until the identity is verified: named by the address. */
static struct epo_span next_of(struct epo_request *request) {
    return epo_safe_next(request->method == EPO_POST ? epo_request_form(request, "next")
                                                     : epo_request_query(request, "next"));
}

static struct epo_response *to_login(struct epo_request *request) {
    const char *back = epo_next_url(request, "/account/identity", next_of(request));
    return epo_respond_redirect(request, 303,
                                epo_span(epo_next_url(request, "/login", epo_span(back))));
}

static const char *date_text(struct epo_request *request, int64_t at_us) {
    char text[EPO_TIME_SIZE];
    return epo_pool_printf(request->pool, "%s",
                           epo_date_local(epo_date_of_us(at_us), request->lang, text));
}

/* ---- what stands ---- */

static struct epo_json *offices(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *settings = epo_portal_settings(request->portal);
    const struct epo_json *all = epo_json_get(settings, "offices");
    struct epo_json *rows = epo_json_array(pool);
    for (uint32_t i = 0; all != NULL && i < all->count; i++) {
        struct epo_span id = epo_json_get_text(all->items[i], "id");
        if (epo_identity_office(settings, id))
            epo_json_push(pool, rows, epo_page_office(request, id));
    }
    return rows;
}

static struct epo_response *show(struct epo_request *request, const struct epo_identity *identity) {
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    bool expired = identity->verified_at_us > 0 && identity->until_us <= epo_clock_now_us();
    const char *state = identity->verified_at_us > 0 ? (expired ? "expired" : "verified")
                        : identity->code.len > 0     ? "waiting"
                        : identity->ended.len > 0    ? "withdrawn"
                                                     : "late"; /* the code has run out */
    epo_json_set_string(pool, model, "state", state);
    epo_json_set_text(pool, model, "lead",
                      epo_page_text(request, epo_pool_printf(pool, "identity.%s", state)));
    epo_json_set_text(pool, model, "given_name", identity->given_name);
    epo_json_set_text(pool, model, "family_name", identity->family_name);
    epo_json_set_text(pool, model, "address", identity->address);
    struct epo_date born;
    char text[EPO_TIME_SIZE];
    if (epo_date_parse(identity->birth_date, &born))
        epo_json_set_string(pool, model, "birth_date", epo_date_local(born, request->lang, text));
    epo_json_set_text(pool, model, "code", identity->code);
    epo_json_set_text(pool, model, "ended", identity->ended);
    if (identity->code.len > 0)
        epo_json_set_string(pool, model, "until", date_text(request, identity->code_until_us));
    if (identity->verified_at_us > 0) {
        epo_json_set_string(pool, model, "until", date_text(request, identity->until_us));
        epo_json_set_string(pool, model, "verified_at",
                            date_text(request, identity->verified_at_us));
        epo_json_set(pool, model, "office", epo_page_office(request, identity->office));
    }
    epo_json_set(pool, model, "offices", offices(request));
    epo_json_set_text(pool, model, "next", next_of(request));
    epo_json_set_string(
        pool, model, "change_url",
        epo_pool_printf(pool, "%s%schange=1",
                        epo_next_url(request, "/account/identity", next_of(request)),
                        next_of(request).len > 0 ? "&" : "?"));
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "identity.title"));
    return epo_respond_private(request, 200, "web/identity", model);
}

/* ---- saying it ---- */

static struct epo_account_form *saying_form(struct epo_request *request,
                                            const struct epo_identity *said) {
    struct epo_account_form *form = epo_account_form(request, "identity.say", "/account/identity");
    epo_account_form_field(form, "given_name", "text", "given-name", said->given_name);
    epo_account_form_field(form, "family_name", "text", "family-name", said->family_name);
    epo_account_form_field(form, "birth_date", "text", "bday", said->birth_date);
    epo_account_form_field(form, "address", "text", "street-address", said->address);
    epo_account_form_next(form, next_of(request));
    return form;
}

struct epo_response *epo_identity_get(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_identity identity;
    bool found = false;
    const struct epo_account *account = epo_page_account(request);
    if (account == NULL)
        return to_login(request);
    if (!epo_identity_find(request->portal, request->db, request->pool, epo_span(account->id),
                           &identity, &found, &error))
        return epo_respond_error(request, &error, NULL);
    if (!found || epo_span_is(epo_request_query(request, "change"), "1"))
        return epo_account_form_show(saying_form(request, &identity), 200);
    return show(request, &identity);
}

struct saying {
    struct epo_request *request;
    struct epo_identity said;
    char code[EPO_IDENTITY_CODE_SIZE];
};

static bool run_say(struct epo_db *db, void *arg, struct epo_error *error) {
    struct saying *saying = arg;
    return epo_identity_ask(saying->request->portal, db, &saying->said, saying->code, error);
}

static struct epo_response *said(struct epo_request *request, void *arg,
                                 const struct epo_error *error) {
    struct saying *saying = arg;
    if (error == NULL)
        return epo_respond_redirect(
            request, 303, epo_span(epo_next_url(request, "/account/identity", next_of(request))));
    struct epo_account_form *form = saying_form(request, &saying->said);
    epo_account_form_fault(form, NULL, epo_page_error_text(request, error, "account.unsaved"));
    return epo_account_form_show(form, 503);
}

struct epo_response *epo_identity_post(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    const struct epo_account *account = epo_page_account(request);
    struct epo_date born;
    char iso[EPO_TIME_SIZE];
    if (account == NULL)
        return to_login(request);
    struct saying *saying = EPO_NEW(pool, struct saying);
    struct epo_json *errors = epo_json_array(pool);
    saying->request = request;
    saying->said = (struct epo_identity){
        .account = epo_span(account->id),
        .given_name = epo_span_trim(epo_request_form(request, "given_name")),
        .family_name = epo_span_trim(epo_request_form(request, "family_name")),
        .birth_date = epo_span_trim(epo_request_form(request, "birth_date")),
        .address = epo_span_trim(epo_request_form(request, "address")),
    };
    struct epo_identity typed = saying->said;
    if (epo_date_parse_loose(typed.birth_date, &born))
        saying->said.birth_date = epo_pool_copy(pool, epo_span(epo_date_iso(born, iso)));
    if (epo_identity_check(pool, &saying->said, errors)) {
        epo_identity_code(saying->code);
        return epo_respond_after_write(request, run_say, said, saying);
    }
    struct epo_account_form *form = saying_form(request, &typed);
    for (uint32_t i = 0; i < errors->count; i++) {
        const char *path = epo_pool_string(pool, epo_json_get_text(errors->items[i], "path"));
        struct epo_span code = epo_json_get_text(errors->items[i], "code");
        epo_account_form_fault(
            form, path, epo_page_text(request, epo_pool_printf(pool, "error.%.*s", EPO_ARG(code))));
    }
    return epo_account_form_show(form, 422);
}
