/* One's phone and the address to write to. */
#include "http/account_form.h"
#include "http/proving.h"
#include "portal/contact.h"

struct saying {
    struct epo_request *request;
    const struct epo_account *account;
    struct epo_contact contact;
};

static struct epo_account_form *contact_form(struct epo_request *request,
                                             const struct epo_contact *contact) {
    struct epo_account_form *form = epo_account_form(request, "contact", "/account/contact");
    epo_account_form_field(form, "phone", "tel", "tel", contact->phone);
    epo_account_form_field(form, "post", "text", "street-address", contact->address);
    epo_account_form_link(form, "/account", "identity.account");
    return form;
}

static const struct epo_account *owner(struct epo_request *request, struct epo_response **answer) {
    const struct epo_account *account = epo_page_account(request);
    *answer = account == NULL
                  ? epo_respond_redirect(request, 303, EPO_SPAN("/login?next=/account/contact"))
                  : epo_prove(request, account, EPO_SPAN("/account/contact"));
    return *answer == NULL ? account : NULL;
}

struct epo_response *epo_contact_get(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_response *answer;
    struct epo_contact contact;
    const struct epo_account *account = owner(request, &answer);
    if (account == NULL)
        return answer;
    if (!epo_contact_find(request->portal, request->db, request->pool, epo_span(account->id),
                          &contact, &error))
        return epo_respond_error(request, &error, NULL);
    return epo_account_form_show(contact_form(request, &contact), 200);
}

static bool run(struct epo_db *db, void *arg, struct epo_error *error) {
    struct saying *saying = arg;
    return epo_contact_put(saying->request->portal, db, saying->account, &saying->contact,
                           epo_span(saying->request->lang), error);
}

static struct epo_response *said(struct epo_request *request, void *arg,
                                 const struct epo_error *error) {
    struct saying *saying = arg;
    if (error == NULL)
        return epo_respond_redirect(request, 303, EPO_SPAN("/account?done=contact"));
    struct epo_account_form *form = contact_form(request, &saying->contact);
    epo_account_form_fault(form, NULL, epo_page_error_text(request, error, "account.unsaved"));
    return epo_account_form_show(form, 503);
}

struct epo_response *epo_contact_post(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_response *answer;
    const struct epo_account *account = owner(request, &answer);
    if (account == NULL)
        return answer;
    struct saying *saying = EPO_NEW(pool, struct saying);
    struct epo_json *errors = epo_json_array(pool);
    *saying = (struct saying){
        .request = request,
        .account = account,
        .contact = {epo_request_form(request, "phone"), epo_request_form(request, "post")}};
    struct epo_contact typed = saying->contact;
    if (epo_contact_check(pool, &saying->contact, errors))
        return epo_respond_after_write(request, run, said, saying);
    struct epo_account_form *form = contact_form(request, &typed);
    for (uint32_t i = 0; i < errors->count; i++) {
        struct epo_span code = epo_json_get_text(errors->items[i], "code");
        epo_account_form_fault(
            form, epo_pool_string(pool, epo_json_get_text(errors->items[i], "path")),
            epo_page_text(request, epo_pool_printf(pool, "error.%.*s", EPO_ARG(code))));
    }
    return epo_account_form_show(form, 422);
}
