/* Another e-mail address for an account: asked for, confirmed from the new one, taken back from the
 * old one (portal/address.h). Links do nothing before the button: mail servers follow them. */
#include "http/account_form.h"
#include "http/proving.h"
#include "http/sign_in.h"
#include "portal/address.h"

static struct epo_account_form *asking_form(struct epo_request *request) {
    struct epo_account_form *form = epo_account_form(request, "email_change", "/account/email");
    epo_account_form_field(form, "email", "email", "email", epo_request_form(request, "email"));
    epo_account_form_link(form, "/account/security", "security.title");
    return form;
}

static struct epo_response *faulty(struct epo_account_form *form, struct epo_request *request,
                                   const struct epo_error *error) {
    int status = error->kind == EPO_ERROR_BAD_INPUT ? 422
                 : error->kind == EPO_ERROR_DENIED  ? 403
                                                    : 503;
    epo_account_form_fault(form, NULL, epo_page_error_text(request, error, "account.unsaved"));
    return epo_account_form_show(form, status);
}

/* Who is signed in and proved it lately; NULL with *answer. */
static const struct epo_account *owner(struct epo_request *request, struct epo_response **answer) {
    const struct epo_account *account = epo_page_account(request);
    *answer = account == NULL
                  ? epo_respond_redirect(request, 303, EPO_SPAN("/login?next=/account/email"))
                  : epo_prove(request, account, EPO_SPAN("/account/email"));
    return *answer == NULL ? account : NULL;
}

struct epo_response *epo_email_get(struct epo_request *request) {
    struct epo_response *answer;
    return owner(request, &answer) == NULL ? answer
                                           : epo_account_form_show(asking_form(request), 200);
}

static struct epo_response *asked(struct epo_request *request, void *arg,
                                  const struct epo_error *error) {
    const struct epo_address_change *change = arg;
    if (error != NULL)
        return faulty(asking_form(request), request, error);
    struct epo_json *values = epo_json_object(request->pool);
    epo_json_set_string(request->pool, values, "address", change->login);
    return epo_account_note(request, 200, "email_sent", values, NULL);
}

struct epo_response *epo_email_post(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_response *answer;
    const struct epo_account *account = owner(request, &answer);
    if (account == NULL)
        return answer;
    struct epo_address_change *change = EPO_NEW(request->pool, struct epo_address_change);
    *change = (struct epo_address_change){.portal = request->portal,
                                          .account = account,
                                          .address = epo_request_form(request, "email"),
                                          .lang = epo_span(request->lang),
                                          .origin = epo_link_origin(request)};
    if (change->origin.len == 0)
        epo_fail(&error, EPO_ERROR_DENIED, "mail.off",
                 "epo.json does not say the portal's address.");
    else if (epo_address_check(change, request->pool, &error))
        return epo_respond_after_write(request, epo_address_ask, asked, change);
    return faulty(asking_form(request), request, &error);
}

/* ---- the links ---- */

struct following {
    struct epo_request *request;
    bool back;
    char recover[EPO_TOKEN_SIZE];
};

static struct epo_account_form *link_form(struct epo_request *request, bool back) {
    return epo_account_form(request, back ? "email_back" : "email_confirm",
                            epo_pool_printf(request->pool, "/account/email%s/%.*s",
                                            back ? "-back" : "", EPO_ARG(request->captures[0])));
}

static bool run(struct epo_db *db, void *arg, struct epo_error *error) {
    struct following *following = arg;
    struct epo_request *request = following->request;
    return following->back
               ? epo_address_back(request->portal, db, request->pool, request->captures[0],
                                  epo_span(following->recover), error)
               : epo_address_confirm(request->portal, db, request->pool, request->captures[0],
                                     epo_span(request->lang), epo_link_origin(request), error);
}

static struct epo_response *followed(struct epo_request *request, void *arg,
                                     const struct epo_error *error) {
    const struct following *following = arg;
    if (error != NULL && error->kind == EPO_ERROR_NOT_FOUND)
        return epo_account_note(request, 404, "ticket.gone", NULL, NULL);
    if (error != NULL)
        return faulty(link_form(request, following->back), request, error);
    if (following->back)
        return epo_respond_redirect(
            request, 303,
            epo_span(epo_pool_printf(request->pool, "/recover/%s", following->recover)));
    return epo_account_note(request, 200, "email_done", NULL, NULL);
}

static struct epo_response *follow(struct epo_request *request, bool back) {
    struct following *following = EPO_NEW(request->pool, struct following);
    *following = (struct following){.request = request, .back = back};
    epo_token_make(following->recover);
    return epo_respond_after_write(request, run, followed, following);
}

struct epo_response *epo_email_link_get(struct epo_request *request) {
    return epo_account_form_show(link_form(request, false), 200);
}
struct epo_response *epo_email_link_post(struct epo_request *request) {
    return follow(request, false);
}
struct epo_response *epo_email_back_get(struct epo_request *request) {
    return epo_account_form_show(link_form(request, true), 200);
}
struct epo_response *epo_email_back_post(struct epo_request *request) {
    return follow(request, true);
}
