/* The counter: what a register keeps under a number is compared with the verified person, and the
 * account is linked to it; or a letter with a code is printed. */
#include "http/audited.h"
#include "http/links.h"
#include "plugin/registers.h"
#include "portal/identity.h"
#include "portal/person_letter.h"

enum { RECORDS_SHOWN = 20 };

struct comparing {
    struct epo_span login, agenda, person;
    int status;
    struct epo_span fault, code; /* code: of the letter that was made just now */
    bool done;
};

/* Agendas that keep records. */
static struct epo_json *agendas(struct epo_request *request, struct epo_span chosen) {
    struct epo_pool *pool = request->pool;
    struct epo_json *rows = epo_json_array(pool);
    struct epo_agenda **all = EPO_NEW_ARRAY(pool, struct epo_agenda *, EPO_AGENDAS_MAX);
    size_t count = epo_registry_list(epo_page_app(request)->registry, all, EPO_AGENDAS_MAX);
    for (size_t i = 0; i < count; i++) {
        if (epo_registers_kinds(all[i]) > 0) {
            struct epo_json *row = epo_json_object(pool);
            struct epo_span name = epo_span(epo_agenda_name(all[i]));
            epo_json_set_text(pool, row, "id", name);
            epo_json_set_text(pool, row, "title", epo_agenda_title(all[i], request->lang));
            epo_json_set_boolean(pool, row, "selected", epo_span_equal(name, chosen));
            epo_json_push(pool, rows, row);
        }
        epo_agenda_release(all[i]);
    }
    return rows;
}

static bool add_records(struct epo_request *request, const struct comparing *comparing,
                        struct epo_json *model, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_json *records, *shown = epo_json_array(pool);
    struct epo_agenda *agenda = epo_page_agenda_named(request, comparing->agenda);
    struct epo_record_query query = {
        .agenda = comparing->agenda, .person = comparing->person, .limit = RECORDS_SHOWN};
    if (agenda == NULL || comparing->person.len == 0)
        return true;
    if (!epo_records_list(request->portal, request->db, pool, &query, &records, error))
        return false;
    for (uint32_t i = 0; i < records->count; i++) {
        const struct epo_json *record = records->items[i];
        struct epo_span kind = epo_json_get_text(record, "kind");
        const struct epo_form *form = epo_registers_kind(agenda, kind);
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(pool, row, "key", epo_json_get_text(record, "key"));
        epo_json_set_text(pool, row, "title",
                          epo_registers_kind_title(agenda, kind, request->lang));
        epo_json_set_text(pool, row, "from", epo_json_get_text(record, "from"));
        epo_json_set_text(pool, row, "until", epo_json_get_text(record, "until"));
        if (form != NULL)
            epo_json_set(pool, row, "sections",
                         epo_form_summary(form, pool, request->lang, request->portal->catalog,
                                          epo_json_get(record, "data"), epo_json_object(pool)));
        epo_json_push(pool, shown, row);
    }
    epo_json_set(pool, model, "records", shown);
    epo_json_set_boolean(pool, model, "looked", true);
    return true;
}

static bool add_account(struct epo_request *request, const struct comparing *comparing,
                        struct epo_json *model, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_json *found, *links;
    char text[EPO_TIME_SIZE];
    struct epo_date born;
    if (comparing->login.len == 0)
        return true;
    if (!epo_person_at_counter(request->portal, request->db, pool, comparing->login, &found, error))
        return false;
    if (found == NULL) {
        epo_json_set_boolean(pool, model, "nobody", true);
        return true;
    }
    if (!epo_person_link_history(request->portal, request->db, pool, epo_json_get_text(found, "id"),
                                 &links, error))
        return false;
    epo_link_rows(request, links);
    bool has_day = epo_date_parse(epo_json_get_text(found, "birth_date"), &born);
    epo_json_set_string(pool, found, "born",
                        has_day ? epo_date_local(born, request->lang, text) : "");
    epo_json_set(pool, model, "person_found", found);
    epo_json_set(pool, model, "links", links);
    return true;
}

static struct epo_response *draw(struct epo_request *request, void *arg) {
    const struct comparing *comparing = arg;
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0}, not_allowed = {0};
    struct epo_json *model = epo_json_object(pool);
    const struct epo_account *clerk = epo_page_account(request);
    bool may = epo_identity_may(request->portal, clerk, &not_allowed);
    epo_json_set_boolean(pool, model, "may", may);
    if (may && (!add_account(request, comparing, model, &error) ||
                !add_records(request, comparing, model, &error)))
        return epo_respond_error(request, &error, NULL);
    epo_json_set_text(pool, model, "login", comparing->login);
    epo_json_set_text(pool, model, "agenda", comparing->agenda);
    epo_json_set_text(pool, model, "person", comparing->person);
    epo_json_set(pool, model, "agendas", agendas(request, comparing->agenda));
    epo_json_set_text(pool, model, "fault", comparing->fault);
    epo_json_set_text(pool, model, "code", comparing->code);
    epo_json_set_boolean(pool, model, "done", comparing->done);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "office_link.title"));
    return epo_respond_private(request, comparing->status, "web/office_links", model);
}

/* What a register keeps is looked at on record. */
static struct epo_response *show(struct epo_request *request, struct comparing *comparing) {
    struct epo_error not_allowed = {0};
    const struct epo_account *clerk = epo_page_account(request);
    bool looks = comparing->person.len > 0 || comparing->login.len > 0;
    if (!looks || !epo_identity_may(request->portal, clerk, &not_allowed))
        return draw(request, comparing);
    struct epo_audit_entry entry = {.actor = epo_span(clerk->id),
                                    .action = EPO_SPAN("person.viewed"),
                                    .object = comparing->person,
                                    .detail = comparing->agenda};
    return epo_respond_audited(request, &entry, draw, comparing);
}

struct epo_response *epo_office_links_get(struct epo_request *request) {
    struct comparing *comparing = EPO_NEW(request->pool, struct comparing);
    *comparing = (struct comparing){.login = epo_span_trim(epo_request_query(request, "login")),
                                    .agenda = epo_request_query(request, "agenda"),
                                    .person = epo_span_trim(epo_request_query(request, "person")),
                                    .status = 200,
                                    .done = epo_request_query(request, "done").len > 0};
    if (!epo_record_is_person(comparing->person))
        comparing->person = EPO_SPAN("");
    return show(request, comparing);
}

struct deciding {
    struct epo_person_deed deed;
    struct epo_span what, login;
};

static bool run_deed(struct epo_db *db, void *arg, struct epo_error *error) {
    struct deciding *deciding = arg;
    if (epo_span_is(deciding->what, "letter"))
        return epo_person_letter(db, &deciding->deed, error);
    return epo_span_is(deciding->what, "end")
               ? epo_person_unlink_at_counter(db, &deciding->deed, error)
               : epo_person_link_at_counter(db, &deciding->deed, error);
}

static struct epo_response *finish_deed(struct epo_request *request, void *arg,
                                        const struct epo_error *error) {
    struct deciding *deciding = arg;
    const struct epo_person_deed *deed = &deciding->deed;
    struct comparing *comparing = EPO_NEW(request->pool, struct comparing);
    *comparing = (struct comparing){.login = deciding->login,
                                    .agenda = deed->agenda,
                                    .person = deed->person,
                                    .status = 200,
                                    .done = error == NULL};
    if (error == NULL && epo_span_is(deciding->what, "letter"))
        comparing->code = epo_span(epo_pool_printf(request->pool, "%.4s-%.4s-%.4s", deed->code,
                                                   deed->code + 4, deed->code + 8));
    if (error != NULL) {
        comparing->status = error->kind == EPO_ERROR_BAD_INPUT   ? 422
                            : error->kind == EPO_ERROR_DENIED    ? 403
                            : error->kind == EPO_ERROR_NOT_FOUND ? 404
                            : error->kind == EPO_ERROR_CONFLICT  ? 409
                                                                 : 503;
        comparing->fault = epo_page_error_text(request, error, "account.unsaved");
    }
    return show(request, comparing);
}

struct epo_response *epo_office_links_post(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_json *found;
    struct deciding *deciding = EPO_NEW(request->pool, struct deciding);
    *deciding =
        (struct deciding){.what = epo_request_form(request, "do"),
                          .login = epo_span_trim(epo_request_form(request, "login")),
                          .deed = {.portal = request->portal,
                                   .clerk = epo_page_account(request),
                                   .agenda = epo_request_form(request, "agenda"),
                                   .person = epo_span_trim(epo_request_form(request, "person")),
                                   .reason = epo_span_trim(epo_request_form(request, "reason"))}};
    if (!epo_person_at_counter(request->portal, request->db, request->pool, deciding->login, &found,
                               &error))
        return epo_respond_error(request, &error, NULL);
    if (found == NULL && !epo_span_is(deciding->what, "letter")) {
        epo_fail(&error, EPO_ERROR_NOT_FOUND, "link.nobody", "There is no such verified account.");
        return finish_deed(request, deciding, &error);
    }
    deciding->deed.account = epo_json_get_text(found, "id");
    epo_letter_code(deciding->deed.code);
    return epo_respond_after_write(request, run_deed, finish_deed, deciding);
}
