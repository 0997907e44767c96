#include "http/account_form.h"

struct epo_account_form {
    struct epo_request *request;
    struct epo_json *model, *fields, *faults, *notes, *links;
};

static struct epo_span text_of(struct epo_request *request, const char *name, const char *part) {
    return epo_page_text(request, epo_pool_printf(request->pool, "%s.%s", name, part));
}

struct epo_account_form *epo_account_form(struct epo_request *request, const char *name,
                                          const char *action) {
    struct epo_pool *pool = request->pool;
    struct epo_account_form *form = EPO_NEW(pool, struct epo_account_form);
    struct epo_json *model = epo_json_object(pool);
    *form = (struct epo_account_form){.request = request, .model = model};
    epo_json_set_text(pool, model, "heading", text_of(request, name, "title"));
    epo_json_set_text(pool, model, "page_title", text_of(request, name, "title"));
    epo_json_set_text(pool, model, "lead", text_of(request, name, "lead"));
    epo_json_set_text(pool, model, "button", text_of(request, name, "button"));
    epo_json_set_string(pool, model, "action", action);
    form->fields = epo_json_set(pool, model, "fields", epo_json_array(pool));
    form->faults = epo_json_set(pool, model, "faults", epo_json_array(pool));
    form->notes = epo_json_set(pool, model, "notes", epo_json_array(pool));
    form->links = epo_json_set(pool, model, "links", epo_json_array(pool));
    return form;
}

void epo_account_form_field(struct epo_account_form *form, const char *field, const char *type,
                            const char *autocomplete, struct epo_span value) {
    struct epo_pool *pool = form->request->pool;
    struct epo_json *model = epo_json_object(pool);
    const char *key = epo_pool_printf(pool, "account.field.%s", field);
    const char *hint_key = epo_pool_printf(pool, "%s.hint", key);
    struct epo_span hint = epo_page_text(form->request, hint_key);
    epo_json_set_string(pool, model, "id", epo_pool_printf(pool, "account-%s", field));
    epo_json_set_string(pool, model, "name", field);
    epo_json_set_text(pool, model, "label", epo_page_text(form->request, key));
    epo_json_set_text(pool, model, "hint", epo_span_is(hint, hint_key) ? EPO_SPAN("") : hint);
    epo_json_set_string(pool, model, "type", type);
    epo_json_set_string(pool, model, "autocomplete", autocomplete);
    epo_json_set_string(pool, model, "inputmode",
                        strcmp(autocomplete, "one-time-code") == 0 ? "numeric" : "");
    epo_json_set_text(pool, model, "value", strcmp(type, "password") == 0 ? EPO_SPAN("") : value);
    epo_json_push(pool, form->fields, model);
}

void epo_account_form_fault(struct epo_account_form *form, const char *field,
                            struct epo_span text) {
    struct epo_pool *pool = form->request->pool;
    struct epo_json *fault = epo_json_object(pool), *found = NULL;
    for (uint32_t i = 0; i < form->fields->count && found == NULL; i++)
        if (field == NULL || epo_span_is(epo_json_get_text(form->fields->items[i], "name"), field))
            found = form->fields->items[i];
    if (found != NULL)
        epo_json_set_text(pool, found, "error", text);
    epo_json_set_text(pool, fault, "id",
                      found != NULL ? epo_json_get_text(found, "id") : EPO_SPAN("account-form"));
    epo_json_set_text(pool, fault, "text", text);
    epo_json_push(pool, form->faults, fault);
}

void epo_account_form_note(struct epo_account_form *form, const char *key) {
    epo_json_push(form->request->pool, form->notes,
                  epo_json_text(form->request->pool, epo_page_text(form->request, key)));
}

void epo_account_form_link(struct epo_account_form *form, const char *url, const char *key) {
    struct epo_pool *pool = form->request->pool;
    struct epo_json *link = epo_json_object(pool);
    epo_json_set_string(pool, link, "url", url);
    epo_json_set_text(pool, link, "text", epo_page_text(form->request, key));
    epo_json_push(pool, form->links, link);
}

void epo_account_form_next(struct epo_account_form *form, struct epo_span next) {
    epo_json_set_text(form->request->pool, form->model, "next", next);
}

struct epo_response *epo_account_form_show(struct epo_account_form *form, int status) {
    return epo_respond_private(form->request, status, "web/account_form", form->model);
}

struct epo_response *epo_account_note(struct epo_request *request, int status, const char *name,
                                      const struct epo_json *values, struct epo_json *links) {
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    const char *lead = epo_pool_printf(pool, "%s.lead", name);
    epo_json_set_text(pool, model, "heading", text_of(request, name, "title"));
    epo_json_set_text(pool, model, "page_title", text_of(request, name, "title"));
    epo_json_set_text(
        pool, model, "lead",
        epo_catalog_format(request->portal->catalog, pool, request->lang, lead, values));
    if (links != NULL)
        epo_json_set(pool, model, "links", links);
    return epo_respond_private(request, status, "web/account_note", model);
}
