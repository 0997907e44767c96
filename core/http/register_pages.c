/* Getting an account, and back into it: pages that mail a link and pages that the link opens. */
#include "http/account_form.h"
#include "http/sign_in.h"
#include "portal/mail.h"
#include "portal/registration.h"

/* Whose mistake it was: the field that the fault stands beside. */
static const char *field_of(const struct epo_error *error) {
    if (strncmp(error->code, "password.", 9) == 0)
        return "password";
    if (strcmp(error->code, "mail.address") == 0)
        return "email";
    return strcmp(error->code, "account.name") == 0 ? "name" : NULL;
}

static struct epo_response *show_faulty(struct epo_account_form *form, struct epo_request *request,
                                        const struct epo_error *error) {
    int status = error->kind == EPO_ERROR_BAD_INPUT ? 422
                 : error->kind == EPO_ERROR_DENIED  ? 403
                                                    : 503;
    epo_account_form_fault(form, field_of(error),
                           epo_page_error_text(request, error, "account.unsaved"));
    struct epo_response *response = epo_account_form_show(form, status);
    if (status == 503)
        epo_response_header(response, "retry-after", EPO_SPAN("5"));
    return response;
}

/* ---- asking ---- */

/* Where the one who asks was going: it is kept with the link. */
static struct epo_span next_of(struct epo_request *request) {
    return epo_safe_next(request->method == EPO_POST ? epo_request_form(request, "next")
                                                     : epo_request_query(request, "next"));
}

static struct epo_account_form *asking_form(struct epo_request *request, bool recovers) {
    struct epo_account_form *form = epo_account_form(request, recovers ? "recover" : "register",
                                                     recovers ? "/recover" : "/register");
    if (!recovers)
        epo_account_form_field(form, "name", "text", "name", epo_request_form(request, "name"));
    epo_account_form_field(form, "email", "email", "email", epo_request_form(request, "email"));
    if (!recovers) {
        epo_account_form_field(form, "password", "password", "new-password", EPO_SPAN(""));
        epo_account_form_note(form, "register.privacy");
    }
    struct epo_span next = next_of(request);
    epo_account_form_next(form, next);
    epo_account_form_link(form, epo_next_url(request, "/login", next), "register.have");
    return form;
}

static struct epo_response *saved(struct epo_request *request, void *arg,
                                  const struct epo_error *error) {
    const struct epo_registering *registering = arg;
    struct epo_pool *pool = request->pool;
    if (error != NULL)
        return show_faulty(asking_form(request, registering->recovers), request, error);
    struct epo_json *values = epo_json_object(pool), *links = epo_json_array(pool);
    epo_json_set_string(pool, values, "address", registering->login);
    if (request->portal->demo && epo_mail_folder(request->portal, pool) != NULL) {
        struct epo_json *link = epo_json_object(pool);
        epo_json_set_string(pool, link, "url", "/demo/mailbox");
        epo_json_set_text(pool, link, "text", epo_page_text(request, "mailbox.title"));
        epo_json_push(pool, links, link);
    }
    return epo_account_note(request, 200, registering->recovers ? "recover.sent" : "register.sent",
                            values, links);
}

static struct epo_response *ask(struct epo_request *request, bool recovers) {
    struct epo_error error = {0};
    struct epo_registering *registering = EPO_NEW(request->pool, struct epo_registering);
    *registering = (struct epo_registering){
        .portal = request->portal,
        .name = epo_request_form(request, "name"),
        .address = epo_request_form(request, "email"),
        .password = epo_request_form(request, "password"),
        .lang = epo_span(request->lang),
        .origin = epo_link_origin(request),
        .next = next_of(request),
        .recovers = recovers,
    };
    if (registering->origin.len == 0)
        epo_fail(&error, EPO_ERROR_DENIED, "mail.off",
                 "epo.json does not say the portal's address.");
    else if (recovers ? epo_recovery_check(registering, request->pool, &error)
                      : epo_registration_check(registering, request->pool, &error))
        return epo_respond_after_write(request, epo_registration_save, saved, registering);
    return show_faulty(asking_form(request, recovers), request, &error);
}

struct epo_response *epo_register_get(struct epo_request *request) {
    struct epo_span next = next_of(request);
    if (epo_page_account(request) != NULL)
        return epo_respond_redirect(request, 303, next.len > 0 ? next : EPO_SPAN("/account"));
    return epo_account_form_show(asking_form(request, false), 200);
}
struct epo_response *epo_register_post(struct epo_request *request) {
    return ask(request, false);
}
struct epo_response *epo_recover_get(struct epo_request *request) {
    return epo_account_form_show(asking_form(request, true), 200);
}
struct epo_response *epo_recover_post(struct epo_request *request) {
    return ask(request, true);
}

/* ---- following a link ---- */

/* Used, expired, or never was: what to do instead. */
static struct epo_response *show_gone(struct epo_request *request, const char *url) {
    struct epo_pool *pool = request->pool;
    struct epo_json *links = epo_json_array(pool), *link = epo_json_object(pool);
    epo_json_set_string(pool, link, "url", url);
    epo_json_set_text(pool, link, "text", epo_page_text(request, "ticket.again"));
    epo_json_push(pool, links, link);
    return epo_account_note(request, 404, "ticket.gone", NULL, links);
}

static const char *own_path(struct epo_request *request, const char *start) {
    return epo_pool_printf(request->pool, "%s/%.*s", start, EPO_ARG(request->captures[0]));
}

/* Mail servers follow links to look at them: only the button does something. */
struct epo_response *epo_confirm_get(struct epo_request *request) {
    return epo_account_form_show(
        epo_account_form(request, "confirm", own_path(request, "/register")), 200);
}

static bool run_confirm(struct epo_request *request, struct epo_db *db, void *arg,
                        struct epo_error *error) {
    struct epo_sign_in *in = arg;
    return epo_registration_confirm(request->portal, db, request->pool, request->captures[0],
                                    &in->account, &in->next, error);
}

static struct epo_response *not_confirmed(struct epo_request *request, void *arg,
                                          const struct epo_error *error) {
    (void)arg;
    if (error->kind == EPO_ERROR_NOT_FOUND || error->kind == EPO_ERROR_CONFLICT)
        return show_gone(request, "/register");
    return show_faulty(epo_account_form(request, "confirm", own_path(request, "/register")),
                       request, error);
}

struct epo_response *epo_confirm_post(struct epo_request *request) {
    struct epo_sign_in *in = EPO_NEW(request->pool, struct epo_sign_in);
    *in = (struct epo_sign_in){.first = run_confirm, .failed = not_confirmed, .arg = in};
    return epo_sign_in(request, in);
}

static struct epo_account_form *password_form(struct epo_request *request) {
    struct epo_account_form *form =
        epo_account_form(request, "new_password", own_path(request, "/recover"));
    epo_account_form_field(form, "password", "password", "new-password", EPO_SPAN(""));
    return form;
}

struct epo_response *epo_new_password_get(struct epo_request *request) {
    return epo_account_form_show(password_form(request), 200);
}

struct changing {
    struct epo_sign_in in;
    char hash[EPO_PASSWORD_HASH_SIZE];
};

static bool run_new_password(struct epo_request *request, struct epo_db *db, void *arg,
                             struct epo_error *error) {
    struct changing *changing = arg;
    return epo_recovery_finish(request->portal, db, request->pool, request->captures[0],
                               changing->hash, epo_span(request->lang), &changing->in.account,
                               &changing->in.next, error);
}

static struct epo_response *no_new_password(struct epo_request *request, void *arg,
                                            const struct epo_error *error) {
    (void)arg;
    return error->kind == EPO_ERROR_NOT_FOUND ? show_gone(request, "/recover")
                                              : show_faulty(password_form(request), request, error);
}

struct epo_response *epo_new_password_post(struct epo_request *request) {
    struct epo_error error = {0};
    struct changing *changing = EPO_NEW(request->pool, struct changing);
    changing->in =
        (struct epo_sign_in){.first = run_new_password, .failed = no_new_password, .arg = changing};
    if (!epo_recovery_prepare(request->portal, request->db, request->captures[0],
                              epo_request_form(request, "password"), changing->hash, &error))
        return no_new_password(request, changing, &error);
    return epo_sign_in(request, &changing->in);
}
