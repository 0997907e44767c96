/* What is planned for a day, for the admin: forms, folders and values of parameters; taken back as
 * long as it waits. */
#include "base/log.h"
#include "http/audited.h"
#include "http/parameter_changes.h"
#include "http/replays.h"
#include "portal/publication.h"

static const char *day_text(struct epo_request *request, struct epo_span day) {
    struct epo_date date;
    char text[EPO_TIME_SIZE];
    if (!epo_date_parse(day, &date))
        return "";
    return epo_pool_string(request->pool, epo_span(epo_date_local(date, request->lang, text)));
}

static struct epo_json *row_of(struct epo_request *request,
                               const struct epo_publication_record *record) {
    struct epo_pool *pool = request->pool;
    struct epo_json *row = epo_json_object(pool);
    char text[EPO_TIME_SIZE];
    struct epo_agenda *agenda = epo_registry_find(epo_page_app(request)->registry, record->agenda);
    const struct epo_form *form =
        agenda != NULL && record->form.len > 0 ? epo_agenda_find_form(agenda, record->form) : NULL;
    bool waits = epo_span_is(record->state, "waiting"), folder = record->folder.len > 0;
    epo_json_set_integer(pool, row, "id", record->id);
    epo_json_set_text(pool, row, "agenda",
                      agenda != NULL ? epo_pool_copy(pool, epo_agenda_title(agenda, request->lang))
                                     : record->agenda);
    epo_json_set_text(pool, row, "what",
                      form != NULL ? epo_pool_copy(pool, epo_form_title(form, request->lang))
                      : record->form.len > 0 ? record->form
                                             : epo_page_text(request, "publication.folder"));
    epo_agenda_release(agenda);
    epo_json_set_text(pool, row, "note", record->note);
    epo_json_set_string(pool, row, "from_text", day_text(request, record->from_day));
    epo_json_set_text(pool, row, "actor_name", record->actor_name);
    epo_json_set_string(pool, row, "at_text", epo_time_local(record->at_us, request->lang, text));
    epo_json_set_string(pool, row, "state",
                        epo_pool_printf(pool, "publication.%.*s", EPO_ARG(record->state)));
    epo_json_set_text(pool, row, "trouble", record->trouble);
    epo_json_set_boolean(pool, row, "cancel",
                         waits || (folder && epo_span_is(record->state, "live")));
    epo_json_set_boolean(pool, row, "try", waits);
    return row;
}

/* Values that are to come, agenda by agenda. */
static bool coming(struct epo_request *request, struct epo_json *rows, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_agenda **agendas = EPO_NEW_ARRAY(pool, struct epo_agenda *, EPO_AGENDAS_MAX);
    size_t count = epo_registry_list(epo_page_app(request)->registry, agendas, EPO_AGENDAS_MAX);
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        struct epo_parameter_change *changes;
        size_t found = 0;
        good = good && epo_parameter_changes(request->portal, request->db, pool,
                                             epo_agenda_name(agendas[i]), &changes, &found, error);
        const struct epo_json *all =
            good ? epo_parameter_change_rows(request, agendas[i], changes, found) : NULL;
        for (uint32_t j = 0; all != NULL && j < all->count; j++) {
            if (!epo_json_get_boolean(all->items[j], "withdraw", false))
                continue;
            epo_json_set_text(pool, all->items[j], "agenda",
                              epo_agenda_title(agendas[i], request->lang));
            epo_json_set_string(
                pool, all->items[j], "url",
                epo_pool_printf(pool, "/admin/parameters/%s#changes", epo_agenda_name(agendas[i])));
            epo_json_push(pool, rows, all->items[j]);
        }
        epo_agenda_release(agendas[i]);
    }
    return good;
}

static struct epo_response *draw(struct epo_request *request, int status, struct epo_span trouble) {
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool), *rows = epo_json_array(pool);
    struct epo_publication_record *records;
    struct epo_error error = {0};
    size_t count;
    struct epo_json *values = epo_json_set(pool, model, "values", epo_json_array(pool));
    if (!epo_publication_list(request->portal, request->db, pool, &records, &count, &error) ||
        !coming(request, values, &error))
        return epo_respond_error(request, &error, NULL);
    for (size_t i = 0; i < count; i++)
        epo_json_push(pool, rows, row_of(request, &records[i]));
    epo_json_set(pool, model, "publications", rows);
    epo_json_set_text(pool, model, "trouble", trouble);
    epo_json_set_text(pool, model, "done", epo_request_query(request, "done"));
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "publication.title"));
    return epo_respond_private(request, status, "web/publications", model);
}

static struct epo_response *show(struct epo_request *request, void *arg) {
    (void)arg;
    return draw(request, 200, EPO_SPAN(""));
}

struct epo_response *epo_admin_publications_get(struct epo_request *request) {
    return epo_respond_to_admin(request, "publications", show);
}

/* ---- taken back, tried ---- */

struct handling {
    struct epo_request *request;
    const struct epo_account *account;
    struct epo_publication_record record;
};

static bool run_cancel(struct epo_db *db, void *arg, struct epo_error *error) {
    struct handling *handling = arg;
    return epo_publication_cancel(handling->request->portal, db, handling->record.id,
                                  epo_span(handling->account->id), error);
}

static struct epo_response *finish_cancel(struct epo_request *request, void *arg,
                                          const struct epo_error *error) {
    struct handling *handling = arg;
    struct epo_app *app = epo_page_app(request);
    struct epo_error why = {0};
    if (error != NULL)
        return draw(request, error->kind == EPO_ERROR_CONFLICT ? 409 : 503,
                    epo_page_error_text(request, error, "editor.unsaved"));
    if (epo_span_is(handling->record.state, "live") &&
        !epo_registry_reload(app->registry, epo_pool_string(request->pool, handling->record.agenda),
                             &why))
        epo_log_error(EPO_LOG_ERROR, "publication.reload", &why);
    epo_server_purge(app->server);
    return epo_respond_redirect(request, 303, EPO_SPAN("/admin/publications?done=1"));
}

static struct epo_response *try_it(struct handling *handling) {
    struct epo_request *request = handling->request;
    struct epo_pool *pool = request->pool;
    const struct epo_publication_record *record = &handling->record;
    struct epo_json *payload = epo_json_object(pool);
    if (record->form.len > 0) {
        epo_json_set_text(pool, payload, "form", record->form);
        epo_json_set_text(pool, payload, "definition", record->definition);
    } else {
        epo_json_set_string(
            pool, payload, "folder",
            epo_pool_printf(pool, "%s/%.*s", request->portal->folder, EPO_ARG(record->folder)));
    }
    return epo_replay_begin(request, handling->account, epo_pool_string(pool, record->agenda),
                            payload, record->from_day,
                            record->note.len > 0 ? record->note
                                                 : epo_page_text(request, "publication.folder"));
}

struct epo_response *epo_admin_publications_post(struct epo_request *request) {
    struct handling *handling = EPO_NEW(request->pool, struct handling);
    struct epo_error error = {0};
    int64_t id = 0;
    struct epo_span cancel = epo_request_form(request, "cancel");
    *handling = (struct handling){.request = request, .account = epo_page_account(request)};
    if (handling->account == NULL || strcmp(handling->account->role, "admin") != 0)
        return epo_page_denied(request);
    epo_span_integer(cancel.len > 0 ? cancel : epo_request_form(request, "try"), &id);
    if (!epo_publication_find(request->portal, request->db, request->pool, id, &handling->record,
                              &error))
        return epo_respond_error(request, &error, NULL);
    return cancel.len > 0 ? epo_respond_after_write(request, run_cancel, finish_cancel, handling)
                          : try_it(handling);
}
