#include "http/drafting.h"

#include "base/clock.h"
#include "portal/attachment.h"
#include "portal/definitions.h"

bool epo_drafting_read(struct epo_request *request, struct epo_drafting *drafting,
                       struct epo_error *error) {
    struct epo_error why = {0};
    const struct epo_account *account = epo_page_account(request);
    struct epo_span reference = request->method == EPO_GET ? epo_request_query(request, "draft")
                                                           : epo_request_form(request, "_draft");
    epo_span_integer(epo_request_form(request, "_draft_version"), &drafting->version);
    if (reference.len == 0)
        return true;
    drafting->found = epo_draft_find(request->portal, request->db, request->pool, reference,
                                     account != NULL ? epo_span(account->id) : EPO_SPAN(""),
                                     &drafting->draft, &why);
    drafting->signed_out = why.kind == EPO_ERROR_UNAUTHENTICATED;
    drafting->lost = !drafting->found;
    if (request->method == EPO_GET)
        drafting->version = drafting->draft.version;
    if (drafting->found || drafting->signed_out || why.kind == EPO_ERROR_NOT_FOUND)
        return true;
    *error = why;
    return false;
}

const char *epo_drafting_form_url(struct epo_request *request, const struct epo_draft *draft) {
    char reference[EPO_DRAFT_REFERENCE_SIZE];
    epo_draft_reference(draft, reference);
    return epo_pool_printf(request->pool, "/agendas/%.*s/%.*s?draft=%s", EPO_ARG(draft->agenda),
                           EPO_ARG(draft->form), reference);
}

struct epo_json *epo_drafting_raw(struct epo_request *request,
                                  const struct epo_drafting *drafting) {
    struct epo_error ignored = {0};
    struct epo_json *raw = epo_json_parse(request->pool, drafting->draft.answers, &ignored);
    return raw != NULL && raw->type == EPO_JSON_OBJECT ? raw : epo_json_object(request->pool);
}

void epo_drafting_model(struct epo_request *request, const struct epo_drafting *drafting,
                        struct epo_json *model) {
    struct epo_pool *pool = request->pool;
    struct epo_json *draft = epo_json_set(pool, model, "draft", epo_json_object(pool));
    char reference[EPO_DRAFT_REFERENCE_SIZE] = "", text[EPO_TIME_SIZE] = "";
    if (drafting->found) {
        epo_draft_reference(&drafting->draft, reference);
        epo_time_local(drafting->draft.changed_at_us, request->lang, text);
    }
    int64_t days = epo_draft_until_us(request->portal, 0) / (86400 * 1000000LL);
    epo_json_set_string(pool, draft, "reference", reference);
    epo_json_set_integer(pool, draft, "version", drafting->found ? drafting->version : 0);
    epo_json_set_string(pool, draft, "saved_text", text);
    epo_json_set_integer(pool, draft, "days", days);
    epo_json_set_boolean(pool, draft, "signed_out", drafting->signed_out);
    if (drafting->moved != NULL)
        epo_json_set(pool, draft, "moved", drafting->moved);
}

/* ---- two pages, two contents ---- */

/* A value as it was typed, in words where it is one of a list. */
static struct epo_span in_words(struct epo_pool *pool, const struct epo_json *field,
                                const struct epo_json *value, const char *lang) {
    if (value == NULL)
        return EPO_SPAN("");
    if (value->type == EPO_JSON_ARRAY) {
        struct epo_span all = EPO_SPAN("");
        for (uint32_t i = 0; i < value->count; i++)
            all = epo_span(epo_pool_printf(pool, "%.*s%s%.*s", EPO_ARG(all), i > 0 ? ", " : "",
                                           EPO_ARG(in_words(pool, field, value->items[i], lang))));
        return all;
    }
    const struct epo_json *options = epo_json_get(field, "options");
    for (uint32_t i = 0; options != NULL && i < options->count; i++)
        if (epo_span_equal(epo_json_get_text(options->items[i], "value"), value->text))
            return epo_json_localized(epo_json_get(options->items[i], "label"), lang);
    return value->text;
}

static void add_difference(struct epo_request *request, const struct epo_form *form,
                           struct epo_json *rows, struct epo_span name,
                           const struct epo_json *there, const struct epo_json *here) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *field = epo_drafting_field(form, name);
    struct epo_span of_there = in_words(pool, field, there, request->lang);
    struct epo_span of_here = in_words(pool, field, here, request->lang);
    if (epo_span_equal(of_there, of_here))
        return;
    struct epo_json *row = epo_json_object(pool);
    epo_json_set_text(
        pool, row, "label",
        field != NULL ? epo_json_localized(epo_json_get(field, "label"), request->lang) : name);
    epo_json_set_text(pool, row, "there", of_there);
    epo_json_set_text(pool, row, "here", of_here);
    epo_json_push(pool, rows, row);
}

void epo_drafting_conflict(struct epo_request *request, const struct epo_drafting *drafting,
                           const struct epo_form *form, const struct epo_json *raw,
                           struct epo_json *model) {
    struct epo_pool *pool = request->pool;
    const struct epo_draft *draft = &drafting->draft;
    struct epo_json *there = epo_drafting_raw(request, drafting), *rows = epo_json_array(pool);
    char text[EPO_TIME_SIZE];
    for (uint32_t i = 0; i < there->count; i++)
        add_difference(request, form, rows, there->names[i], there->items[i],
                       epo_json_get_span(raw, there->names[i]));
    for (uint32_t i = 0; i < raw->count; i++)
        if (epo_json_get_span(there, raw->names[i]) == NULL)
            add_difference(request, form, rows, raw->names[i], NULL, raw->items[i]);
    struct epo_json *conflict = epo_json_object(pool);
    epo_json_set_string(pool, conflict, "at_text",
                        epo_time_local(draft->changed_at_us, request->lang, text));
    epo_json_set_string(pool, conflict, "take_url", epo_drafting_form_url(request, draft));
    epo_json_set_string(pool, conflict, "keep",
                        epo_pool_printf(pool, "keep:%lld", (long long)draft->version));
    epo_json_set(pool, conflict, "rows", rows);
    epo_json_set(pool, epo_json_get(model, "draft"), "conflict", conflict);
}

/* ---- saving ---- */

struct saving {
    struct epo_request *request;
    struct epo_drafting *drafting;
    struct epo_draft draft;
    const struct epo_json *raw;
    const struct epo_form *form;
    const char *agenda;
    bool create, keep_definition;
    struct epo_response *(*finish)(struct epo_request *request, void *arg,
                                   const struct epo_error *error);
    void *arg;
};

static bool run_save(struct epo_db *db, void *arg, struct epo_error *error) {
    struct saving *saving = arg;
    struct epo_portal *portal = saving->request->portal;
    if (saving->keep_definition &&
        !epo_definitions_keep(portal, db, saving->agenda, saving->form, error))
        return false;
    return saving->create ? epo_draft_create(portal, db, &saving->draft, error)
                          : epo_draft_save(portal, db, &saving->draft, error);
}

static struct epo_response *finish_save(struct epo_request *request, void *arg,
                                        const struct epo_error *error) {
    struct saving *saving = arg;
    if (error == NULL) {
        saving->drafting->version = saving->draft.version + (saving->create ? 0 : 1);
        saving->drafting->draft = saving->draft;
        saving->drafting->draft.version = saving->drafting->version;
        saving->drafting->found = true;
    }
    return saving->finish(request, saving->arg, error);
}

struct epo_response *
epo_drafting_save(struct epo_request *request, struct epo_drafting *drafting,
                  struct epo_agenda *agenda, const struct epo_form *form,
                  const struct epo_json *raw,
                  struct epo_response *(*finish)(struct epo_request *request, void *arg,
                                                 const struct epo_error *error),
                  void *arg) {
    struct epo_error error = {0};
    const struct epo_account *account = epo_page_account(request);
    struct saving *saving = EPO_NEW(request->pool, struct saving);
    bool kept;
    if (!epo_agenda_form_kept(agenda, request->db, form, &kept, &error))
        return finish(request, arg, &error);
    *saving = (struct saving){.request = request,
                              .drafting = drafting,
                              .draft = drafting->draft,
                              .raw = raw,
                              .form = form,
                              .agenda = epo_agenda_name(agenda),
                              .create = !drafting->found,
                              .keep_definition = !kept,
                              .finish = finish,
                              .arg = arg};
    struct epo_draft *draft = &saving->draft;
    if (saving->create)
        *draft = (struct epo_draft){0};
    if (saving->create)
        epo_draft_prepare(draft);
    draft->version = drafting->version;
    draft->owner = account != NULL ? epo_span(account->id) : EPO_SPAN("");
    draft->agenda = epo_span(saving->agenda);
    draft->form = epo_span(epo_form_id(form));
    draft->form_version = epo_span(epo_form_version(form));
    draft->lang = epo_span(request->lang);
    struct epo_span page = epo_request_form(request, "_page");
    draft->saved_by = page.len < 64 ? page : EPO_SPAN("");
    draft->answers = epo_json_print(request->pool, raw);
    struct epo_span acting_for = epo_request_form(request, "_for");
    draft->acting_for = acting_for.len < EPO_TOKEN_SIZE ? acting_for : EPO_SPAN("");
    return epo_respond_after_write(request, run_save, finish_save, saving);
}

/* ---- lists ---- */

bool epo_drafting_list(struct epo_request *request, const struct epo_account *account,
                       struct epo_span agenda_name, struct epo_json **rows,
                       struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_json *found;
    char text[EPO_TIME_SIZE];
    *rows = epo_json_array(pool);
    if (!epo_draft_list(request->portal, request->db, pool, epo_span(account->id), agenda_name,
                        &found, error))
        return false;
    for (uint32_t i = 0; i < found->count; i++) {
        const struct epo_json *draft = found->items[i];
        struct epo_json *row = epo_json_object(pool);
        struct epo_agenda *agenda =
            epo_registry_find(epo_page_app(request)->registry, epo_json_get_text(draft, "agenda"));
        struct epo_span title = epo_json_get_text(draft, "form");
        const struct epo_form *form = agenda != NULL ? epo_agenda_find_form(agenda, title) : NULL;
        if (form != NULL)
            title = epo_pool_copy(pool, epo_form_title(form, request->lang));
        epo_agenda_release(agenda);
        epo_json_set_text(pool, row, "title", title);
        epo_json_set_string(
            pool, row, "url",
            epo_pool_printf(pool, "/drafts/%.*s", EPO_ARG(epo_json_get_text(draft, "id"))));
        epo_json_set_string(
            pool, row, "changed_text",
            epo_time_local(epo_json_get_integer(draft, "changed_at_us", 0), request->lang, text));
        epo_json_push(pool, *rows, row);
    }
    return true;
}
