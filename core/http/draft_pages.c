/* Drafts by themselves: the page that says how to come back to one, and the address that a page's
 * script saves to. */
#include "http/drafting.h"

#include "base/clock.h"
#include "base/log.h"
#include "http/sign_in.h"
#include "portal/draft_mail.h"

static struct epo_response *private_page(struct epo_response *response) {
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    epo_response_header(response, "referrer-policy", EPO_SPAN("no-referrer"));
    return response;
}

static bool find(struct epo_request *request, struct epo_drafting *drafting,
                 struct epo_error *error) {
    const struct epo_account *account = epo_page_account(request);
    drafting->found = epo_draft_find(
        request->portal, request->db, request->pool, request->captures[0],
        account != NULL ? epo_span(account->id) : EPO_SPAN(""), &drafting->draft, error);
    return drafting->found;
}

/* NULL where the agenda or its form is gone. */
static const struct epo_form *form_of(struct epo_request *request, struct epo_span agenda,
                                      struct epo_span form, struct epo_agenda **found) {
    *found = epo_page_agenda_named(request, agenda);
    return *found != NULL ? epo_agenda_find_form(*found, form) : NULL;
}

/* ---- for people ---- */

static struct epo_response *to_login(struct epo_request *request) {
    return epo_respond_redirect(request, 303,
                                epo_span(epo_pool_printf(request->pool, "/login?next=/drafts/%.*s",
                                                         EPO_ARG(request->captures[0]))));
}

/* Its private address, or "": only who came by it sees it again. */
static const char *link_of(struct epo_request *request, const struct epo_draft *draft,
                           struct epo_span origin) {
    char reference[EPO_DRAFT_REFERENCE_SIZE];
    epo_draft_reference(draft, reference);
    return draft->key[0] != '\0'
               ? epo_pool_printf(request->pool, "%.*s/drafts/%s", EPO_ARG(origin), reference)
               : "";
}

static bool can_mail(struct epo_request *request) {
    return epo_mail_ready(request->portal) && epo_link_origin(request).len > 0;
}

static const char *until_of(struct epo_request *request, const struct epo_draft *draft) {
    char text[EPO_TIME_SIZE];
    return epo_pool_printf(
        request->pool, "%s",
        epo_date_local(epo_date_of_us(epo_draft_until_us(request->portal, draft->changed_at_us)),
                       request->lang, text));
}

static struct epo_response *show(struct epo_request *request, const struct epo_draft *draft,
                                 int status, struct epo_span trouble) {
    struct epo_pool *pool = request->pool;
    struct epo_agenda *agenda;
    char reference[EPO_DRAFT_REFERENCE_SIZE], text[EPO_TIME_SIZE];
    const struct epo_form *form = form_of(request, draft->agenda, draft->form, &agenda);
    struct epo_json *model = epo_json_object(pool);
    epo_draft_reference(draft, reference);
    epo_json_set_text(pool, model, "title",
                      form != NULL ? epo_form_title(form, request->lang) : draft->form);
    epo_json_set_string(pool, model, "form_url",
                        form != NULL ? epo_drafting_form_url(request, draft) : "");
    epo_json_set_string(pool, model, "action", epo_pool_printf(pool, "/drafts/%s", reference));
    epo_json_set_string(pool, model, "link",
                        link_of(request, draft, epo_span(epo_page_own_address(request))));
    epo_json_set_boolean(pool, model, "can_mail", can_mail(request));
    epo_json_set_boolean(pool, model, "mailed", epo_request_query(request, "mailed").len > 0);
    epo_json_set_text(pool, model, "mail_error", trouble);
    epo_json_set_text(pool, model, "mail", epo_request_form(request, "mail"));
    epo_json_set_boolean(pool, model, "of_account", draft->owner.len > 0);
    epo_json_set_boolean(pool, model, "just_saved", epo_request_query(request, "saved").len > 0);
    epo_json_set_boolean(pool, model, "apart", epo_request_query(request, "apart").len > 0);
    epo_json_set_string(pool, model, "saved_text",
                        epo_time_local(draft->changed_at_us, request->lang, text));
    epo_json_set_string(pool, model, "until_text", until_of(request, draft));
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "draft.title"));
    return private_page(epo_respond_page(request, status, "web/draft", model));
}

struct epo_response *epo_draft_get(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_drafting drafting = {0};
    if (!find(request, &drafting, &error))
        return error.kind == EPO_ERROR_UNAUTHENTICATED
                   ? to_login(request)
                   : private_page(epo_respond_error(request, &error, NULL));
    return show(request, &drafting.draft, 200, EPO_SPAN(""));
}

/* ---- its link by mail ---- */

static struct epo_response *refuse_mail(struct epo_request *request, const struct epo_draft *draft,
                                        const struct epo_error *error) {
    int status = error->kind == EPO_ERROR_BAD_INPUT ? 422
                 : error->kind == EPO_ERROR_RATE    ? 429
                                                    : 503;
    if (status == 503)
        epo_log_error(EPO_LOG_ERROR, "draft.unmailed", error);
    return show(request, draft, status, epo_page_error_text(request, error, "draft.unmailed"));
}

struct mailing {
    struct epo_draft_mail mail;
    struct epo_draft draft;
};

static bool run_mailing(struct epo_db *db, void *arg, struct epo_error *error) {
    struct mailing *mailing = arg;
    return epo_draft_mail_put(db, &mailing->mail, error);
}

static struct epo_response *finish_mailing(struct epo_request *request, void *arg,
                                           const struct epo_error *error) {
    const struct mailing *mailing = arg;
    char reference[EPO_DRAFT_REFERENCE_SIZE];
    if (error != NULL)
        return refuse_mail(request, &mailing->draft, error);
    epo_draft_reference(&mailing->draft, reference);
    return epo_respond_redirect(
        request, 303,
        epo_span(epo_pool_printf(request->pool, "/drafts/%s?mailed=1#mail", reference)));
}

static struct epo_response *mail_link(struct epo_request *request, const struct epo_draft *draft) {
    struct epo_error error = {0};
    struct epo_agenda *agenda;
    struct mailing *mailing = EPO_NEW(request->pool, struct mailing);
    const struct epo_form *form = form_of(request, draft->agenda, draft->form, &agenda);
    mailing->draft = *draft;
    mailing->mail =
        (struct epo_draft_mail){.portal = request->portal,
                                .address = epo_span_trim(epo_request_form(request, "mail")),
                                .lang = epo_span(request->lang),
                                .draft = mailing->draft.id};
    if (draft->key[0] == '\0' || form == NULL || !can_mail(request))
        return epo_page_not_found(request);
    return epo_draft_mail_prepare(
               &mailing->mail, request->pool, link_of(request, draft, epo_link_origin(request)),
               until_of(request, draft), epo_form_title(form, request->lang), &error)
               ? epo_respond_after_write(request, run_mailing, finish_mailing, mailing)
               : refuse_mail(request, draft, &error);
}

static bool run_drop(struct epo_db *db, void *arg, struct epo_error *error) {
    struct epo_request *request = arg;
    struct epo_span rest;
    const char *id = epo_pool_string(request->pool, epo_span_cut(request->captures[0], '.', &rest));
    return epo_draft_drop(request->portal, db, id, error);
}

static struct epo_response *finish_drop(struct epo_request *request, void *arg,
                                        const struct epo_error *error) {
    (void)arg;
    if (error != NULL)
        return epo_respond_error(request, error, NULL);
    return epo_respond_redirect(
        request, 303, epo_page_account(request) != NULL ? EPO_SPAN("/account") : EPO_SPAN("/"));
}

struct epo_response *epo_draft_post(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_drafting drafting = {0};
    if (!find(request, &drafting, &error))
        return error.kind == EPO_ERROR_UNAUTHENTICATED ? to_login(request)
                                                       : epo_respond_error(request, &error, NULL);
    if (epo_span_is(epo_request_form(request, "_action"), "mail"))
        return mail_link(request, &drafting.draft);
    if (!epo_span_is(epo_request_form(request, "_action"), "delete"))
        return epo_respond_redirect(request, 303,
                                    epo_span(epo_pool_printf(request->pool, "/drafts/%.*s",
                                                             EPO_ARG(request->captures[0]))));
    return epo_respond_after_write(request, run_drop, finish_drop, request);
}

/* ---- for scripts: what is typed is posted as the form itself would be ---- */

static struct epo_response *finish_script(struct epo_request *request, void *arg,
                                          const struct epo_error *error) {
    const struct epo_drafting *drafting = arg;
    struct epo_pool *pool = request->pool;
    char reference[EPO_DRAFT_REFERENCE_SIZE], text[EPO_TIME_SIZE];
    if (error != NULL && error->kind == EPO_ERROR_BROKEN)
        epo_log_error(EPO_LOG_ERROR, "draft.unsaved", error);
    if (error != NULL)
        return epo_respond_error(request, error, NULL);
    struct epo_json *saved = epo_json_object(pool);
    epo_draft_reference(&drafting->draft, reference);
    epo_json_set_string(pool, saved, "draft", reference);
    epo_json_set_integer(pool, saved, "version", drafting->version);
    epo_json_set_string(pool, saved, "saved",
                        epo_time_local(drafting->draft.changed_at_us, request->lang, text));
    struct epo_response *response =
        epo_respond_json(request, request->method == EPO_PUT ? 200 : 201, saved);
    epo_response_header(response, "cache-control", EPO_SPAN("no-store"));
    return response;
}

static struct epo_response *save(struct epo_request *request, struct epo_drafting *drafting,
                                 struct epo_span agenda_name, struct epo_span form_id) {
    struct epo_agenda *agenda;
    const struct epo_form *form = form_of(request, agenda_name, form_id, &agenda);
    if (form == NULL)
        return epo_page_not_found(request);
    const struct epo_json *raw = epo_page_raw(request);
    struct epo_error error = {0};
    if (!epo_drafting_choose(request, drafting, raw, &form, &error))
        return epo_respond_error(request, &error, NULL);
    return epo_drafting_save(request, drafting, agenda, form, raw, finish_script, drafting);
}

struct epo_response *epo_draft_create_post(struct epo_request *request) {
    struct epo_drafting *drafting = EPO_NEW(request->pool, struct epo_drafting);
    return save(request, drafting, epo_request_form(request, "_agenda"),
                epo_request_form(request, "_form"));
}

struct epo_response *epo_draft_put(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_drafting *drafting = EPO_NEW(request->pool, struct epo_drafting);
    if (!find(request, drafting, &error))
        return epo_respond_error(request, &error, NULL);
    epo_span_integer(epo_request_form(request, "_draft_version"), &drafting->version);
    return save(request, drafting, drafting->draft.agenda, drafting->draft.form);
}
