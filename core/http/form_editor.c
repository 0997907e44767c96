/* The admin's page that edits a form: check, preview, publish, go back. Nothing is published that
 * the whole agenda would not start with (epo_registry_try_form). */
#include "http/form_sheets.h"
#include "http/line_diff.h"
#include "http/pages.h"
#include "http/replays.h"

#include "base/limits.h"
#include "base/log.h"
#include "portal/form_edit.h"
#include "portal/publication.h"

enum { ROWS_LEAST = 12 };

struct editing {
    struct epo_request *request;
    const struct epo_account *account;
    struct epo_agenda *agenda;
    const struct epo_form *form; /* that serves now */
    struct epo_span source;      /* in the editor */
    struct epo_form_edit edit;   /* what is to be published */
    struct epo_span trouble;
    struct epo_json *faults; /* NULL: not checked */
    struct epo_json *sheet;  /* a spreadsheet that came in, or NULL */
    struct epo_span day;     /* from which it is to count; empty: now */
    bool preview;
    int status;
};

static struct epo_response *show(struct editing *editing);

/* A text area sends CR LF. */
static struct epo_span with_line_feeds(struct epo_pool *pool, struct epo_span text) {
    char *bytes = epo_pool_alloc(pool, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] != '\r')
            bytes[len++] = text.at[i];
    return (struct epo_span){bytes, len};
}

static bool start(struct editing *editing, struct epo_request *request,
                  struct epo_response **refused) {
    *editing = (struct editing){.request = request, .status = 200};
    editing->account = epo_page_account(request);
    if (editing->account == NULL || strcmp(editing->account->role, "admin") != 0) {
        *refused = epo_page_denied(request);
        return false;
    }
    editing->agenda = epo_page_agenda(request);
    editing->form = epo_page_form(request, editing->agenda);
    if (editing->form == NULL)
        *refused = epo_page_not_found(request);
    return editing->form != NULL;
}

static const char *agenda_of(const struct editing *editing) {
    return epo_agenda_name(editing->agenda);
}

/* ---- the page ---- */

static void set_source(struct editing *editing, struct epo_json *model) {
    struct epo_pool *pool = editing->request->pool;
    struct epo_buffer numbers;
    struct epo_span rest = editing->source;
    int64_t count = 0;
    epo_buffer_init(&numbers, EPO_PAGE_BYTES_MAX);
    while (rest.len > 0) {
        epo_span_cut(rest, '\n', &rest);
        epo_buffer_printf(&numbers, "%lld\n", (long long)++count);
    }
    epo_json_set_text(pool, model, "source", editing->source);
    epo_json_set_text(pool, model, "numbers", epo_pool_copy(pool, epo_buffer_get(&numbers)));
    epo_json_set_integer(pool, model, "rows", count < ROWS_LEAST ? ROWS_LEAST : count + 1);
    epo_buffer_clear(&numbers);
}

static struct epo_span line_of(struct epo_span text, int64_t number) {
    struct epo_span line = EPO_SPAN("");
    for (int64_t i = 0; i < number && text.len > 0; i++)
        line = epo_span_cut(text, '\n', &text);
    return line;
}

/* Each with the line that it is about, which can be found without a script too. */
static void set_faults(struct editing *editing, struct epo_json *model) {
    struct epo_pool *pool = editing->request->pool;
    struct epo_json *rows = epo_json_array(pool);
    for (uint32_t i = 0; editing->faults != NULL && i < editing->faults->count; i++) {
        struct epo_json *row = editing->faults->items[i];
        struct epo_span file = epo_json_get_text(row, "file");
        int64_t line = epo_json_get_integer(row, "line", 0);
        bool here = memmem(file.at, file.len, "/forms/", 7) != NULL;
        epo_json_set_boolean(pool, row, "here", here);
        epo_json_set_text(pool, row, "quote",
                          here ? epo_span_trim(line_of(editing->source, line)) : EPO_SPAN(""));
        epo_json_push(pool, rows, row);
    }
    epo_json_set_boolean(pool, model, "checked", editing->faults != NULL);
    epo_json_set(pool, model, "faults", rows);
}

/* The form that is shown, or NULL: its texts are part of the model until the page is drawn. */
static struct epo_form *set_preview(struct editing *editing, struct epo_json *model) {
    struct epo_request *request = editing->request;
    struct epo_pool *pool = request->pool;
    const struct epo_catalog *catalog = epo_agenda_catalog(editing->agenda);
    struct epo_form_fault *faults = NULL;
    struct epo_form *form =
        epo_form_read(pool, editing->source, "", request->portal->maps, &faults);
    if (form == NULL)
        return NULL;
    struct epo_json *view = epo_form_view(form, pool, request->lang, catalog, NULL);
    epo_form_view_places(form, pool, request->lang, catalog, request->portal->maps, NULL, NULL,
                         view);
    epo_json_set_string(pool, view, "agenda", agenda_of(editing));
    epo_agenda_fill_view(editing->agenda, pool, request->lang,
                         epo_agenda_parameters(editing->agenda, pool, EPO_SPAN(""), NULL), view);
    epo_json_set(pool, model, "form", view);
    return form;
}

static bool set_versions(struct editing *editing, struct epo_json *model, struct epo_error *error) {
    struct epo_request *request = editing->request;
    struct epo_pool *pool = request->pool;
    struct epo_json *list;
    char text[EPO_TIME_SIZE];
    if (!epo_form_edit_list(request->portal, request->db, pool, agenda_of(editing),
                            epo_form_id(editing->form), &list, error))
        return false;
    for (uint32_t i = 0; i < list->count; i++) {
        struct epo_json *row = list->items[i];
        epo_json_set_boolean(pool, row, "current", i == 0);
        epo_json_set_string(
            pool, row, "at_text",
            epo_time_local(epo_json_get_integer(row, "at_us", 0), request->lang, text));
    }
    int64_t now = list->count > 0 ? epo_json_get_integer(list->items[0], "version", 0) : 0;
    epo_json_set(pool, model, "versions", list);
    epo_json_set_integer(pool, model, "base",
                         editing->edit.version > 0 ? editing->edit.version : now);
    epo_json_set_boolean(pool, model, "own_file",
                         list->count == 0 ||
                             epo_json_get_boolean(list->items[0], "own_file", false));
    return true;
}

/* The text of a version; 0 and what an admin took back: the agenda's file. */
static bool text_of(struct editing *editing, int64_t version, struct epo_span *text,
                    struct epo_error *error) {
    struct epo_request *request = editing->request;
    struct epo_form_edit edit = {0};
    const char *id = epo_form_id(editing->form);
    if (version > 0 && !epo_form_edit_find(request->portal, request->db, request->pool,
                                           agenda_of(editing), id, version, &edit, error))
        return false;
    *text = edit.definition;
    return text->len > 0 || epo_agenda_own_source(editing->agenda, id, request->pool, text, error);
}

/* "?diff=3": what the third version changed. */
static bool set_difference(struct editing *editing, struct epo_json *model,
                           struct epo_error *error) {
    struct epo_request *request = editing->request;
    struct epo_span before, after;
    int64_t version = 0;
    if (!epo_span_integer(epo_request_query(request, "diff"), &version) || version < 1)
        return true;
    if (!text_of(editing, version, &after, error) || !text_of(editing, version - 1, &before, error))
        return false;
    struct epo_json *diff = epo_json_object(request->pool);
    epo_json_set_integer(request->pool, diff, "version", version);
    epo_json_set(request->pool, diff, "lines", epo_line_diff(request->pool, before, after));
    epo_json_set(request->pool, model, "diff", diff);
    return true;
}

/* What the spreadsheet would change in what is in force, both written in the same way. */
static bool set_sheet(struct editing *editing, struct epo_json *model, struct epo_error *error) {
    struct epo_request *request = editing->request;
    struct epo_pool *pool = request->pool;
    struct epo_span now;
    epo_json_set(pool, model, "left_out", epo_form_sheet_losses(request, editing->form));
    if (editing->sheet == NULL)
        return true;
    if (!epo_agenda_source(editing->agenda, request->db, epo_form_id(editing->form), pool, &now,
                           error))
        return false;
    const struct epo_json *before = epo_json_parse(pool, now, error);
    if (before == NULL)
        return false;
    bool taken = epo_json_get(editing->sheet, "faults")->count == 0;
    epo_json_set_boolean(pool, editing->sheet, "taken", taken);
    epo_json_set(pool, editing->sheet, "lines",
                 taken ? epo_line_diff(pool, epo_json_print_lines(pool, before), editing->source)
                       : epo_json_array(pool));
    epo_json_set(pool, model, "sheet", editing->sheet);
    return true;
}

static struct epo_response *show(struct editing *editing) {
    struct epo_request *request = editing->request;
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    struct epo_error error = {0};
    epo_json_set_text(pool, model, "title", epo_form_title(editing->form, request->lang));
    epo_json_set_string(pool, model, "action",
                        epo_pool_printf(pool, "/admin/forms/%s/%s", agenda_of(editing),
                                        epo_form_id(editing->form)));
    epo_json_set_string(
        pool, model, "form_url",
        epo_pool_printf(pool, "/agendas/%s/%s", agenda_of(editing), epo_form_id(editing->form)));
    epo_json_set_text(pool, model, "note", editing->edit.note);
    epo_json_set_text(pool, model, "from_day", editing->day);
    epo_json_set_text(pool, model, "trouble", editing->trouble);
    epo_json_set_text(pool, model, "published", epo_request_query(request, "published"));
    set_source(editing, model);
    set_faults(editing, model);
    if (!set_versions(editing, model, &error) || !set_difference(editing, model, &error) ||
        !set_sheet(editing, model, &error))
        return epo_respond_error(request, &error, NULL);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "editor.title"));
    struct epo_form *preview = editing->preview ? set_preview(editing, model) : NULL;
    struct epo_response *response =
        epo_respond_private(request, editing->status, "web/admin_form", model);
    epo_form_free(preview);
    return response;
}

struct epo_response *epo_admin_form_get(struct epo_request *request) {
    struct editing editing;
    struct epo_response *refused;
    struct epo_error error = {0};
    if (!start(&editing, request, &refused))
        return refused;
    if (!epo_agenda_source(editing.agenda, request->db, epo_form_id(editing.form), request->pool,
                           &editing.source, &error))
        return epo_respond_error(request, &error, NULL);
    return show(&editing);
}

struct epo_response *epo_admin_forms_get(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    const struct epo_account *account = epo_page_account(request);
    struct epo_json *model = epo_json_object(pool), *rows = epo_json_array(pool);
    struct epo_agenda **agendas = EPO_NEW_ARRAY(pool, struct epo_agenda *, EPO_AGENDAS_MAX);
    if (account == NULL || strcmp(account->role, "admin") != 0)
        return epo_page_denied(request);
    size_t count = epo_registry_list(epo_page_app(request)->registry, agendas, EPO_AGENDAS_MAX);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < epo_agenda_form_count(agendas[i]); k++) {
            const struct epo_form *form = epo_agenda_form(agendas[i], k);
            struct epo_json *row = epo_json_object(pool);
            epo_json_set_text(pool, row, "agenda",
                              epo_pool_copy(pool, epo_agenda_title(agendas[i], request->lang)));
            epo_json_set_text(pool, row, "title",
                              epo_pool_copy(pool, epo_form_title(form, request->lang)));
            epo_json_set_string(pool, row, "url",
                                epo_pool_printf(pool, "/admin/forms/%s/%s",
                                                epo_agenda_name(agendas[i]), epo_form_id(form)));
            epo_json_push(pool, rows, row);
        }
        epo_agenda_release(agendas[i]);
    }
    epo_json_set(pool, model, "forms", rows);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "editor.list"));
    return epo_respond_private(request, 200, "web/admin_forms", model);
}

/* ---- publishing ---- */

static bool run_publish(struct epo_db *db, void *arg, struct epo_error *error) {
    struct editing *editing = arg;
    return epo_form_edit_publish(editing->request->portal, db, agenda_of(editing),
                                 epo_form_id(editing->form), &editing->edit, error);
}

/* Kept: now it serves, on all workers, from the next request on. */
static struct epo_response *finish_publish(struct epo_request *request, void *arg,
                                           const struct epo_error *error) {
    struct editing *editing = arg;
    struct epo_app *app = epo_page_app(request);
    struct epo_error why = {0};
    if (error != NULL) {
        editing->status = error->kind == EPO_ERROR_CONFLICT ? 409 : 503;
        editing->trouble = epo_page_error_text(request, error, "editor.unsaved");
        if (editing->status == 503)
            epo_log_error(EPO_LOG_ERROR, "form_edit.unsaved", error);
        return show(editing);
    }
    if (!epo_registry_reload(app->registry, agenda_of(editing), &why))
        epo_log_error(EPO_LOG_ERROR, "form_edit.reload", &why);
    epo_server_purge(app->server);
    return epo_respond_redirect(
        request, 303,
        epo_span(epo_pool_printf(request->pool, "/admin/forms/%s/%s?published=%lld",
                                 agenda_of(editing), epo_form_id(editing->form),
                                 (long long)editing->edit.version + 1)));
}

static struct epo_response *refuse(struct editing *editing, int status, const char *key) {
    editing->status = status;
    if (key != NULL)
        editing->trouble = epo_page_text(editing->request, key);
    return show(editing);
}

static bool run_plan(struct epo_db *db, void *arg, struct epo_error *error) {
    struct editing *editing = arg;
    struct epo_publication_record record = {.agenda = epo_span(agenda_of(editing)),
                                            .form = epo_span(epo_form_id(editing->form)),
                                            .definition = editing->edit.definition,
                                            .note = editing->edit.note,
                                            .from_day = editing->day,
                                            .actor = editing->edit.actor,
                                            .actor_name = editing->edit.actor_name};
    return epo_publication_add(editing->request->portal, db, &record, error);
}

static struct epo_response *finish_plan(struct epo_request *request, void *arg,
                                        const struct epo_error *error) {
    struct editing *editing = arg;
    if (error == NULL)
        return epo_respond_redirect(request, 303, EPO_SPAN("/admin/publications"));
    epo_log_error(EPO_LOG_ERROR, "publication.unsaved", error);
    return refuse(editing, 503, "editor.unsaved");
}

/* Not now, but at midnight of a day. */
static struct epo_response *plan(struct editing *editing) {
    struct epo_date day;
    char iso[EPO_TIME_SIZE];
    if (!epo_date_parse_loose(editing->day, &day) ||
        epo_date_days(day) <= epo_date_days(epo_clock_today()))
        return refuse(editing, 422, "editor.day_wrong");
    editing->day = epo_pool_copy(editing->request->pool, epo_span(epo_date_iso(day, iso)));
    return epo_respond_after_write(editing->request, run_plan, finish_plan, editing);
}

static struct epo_response *publish(struct editing *editing) {
    if (editing->faults->count > 0)
        return refuse(editing, 422, "editor.faulty");
    if (editing->edit.note.len == 0)
        return refuse(editing, 422, "editor.note_missing");
    if (epo_text_length(editing->edit.note) > EPO_FORM_EDIT_NOTE_CHARS_MAX)
        return refuse(editing, 422, "editor.note_long");
    return editing->day.len > 0
               ? plan(editing)
               : epo_respond_after_write(editing->request, run_publish, finish_publish, editing);
}

/* "restore:2": what was published then becomes the next version; 0: the agenda's own file. */
static bool take_version(struct editing *editing, struct epo_span number, struct epo_error *error) {
    struct epo_request *request = editing->request;
    struct epo_form_edit then = {0};
    struct epo_json *values = epo_json_object(request->pool);
    int64_t version = 0;
    if (!epo_span_integer(number, &version) || version < 0)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "form_edit.version", "A version is a number.");
    if (version > 0 &&
        !epo_form_edit_find(request->portal, request->db, request->pool, agenda_of(editing),
                            epo_form_id(editing->form), version, &then, error))
        return false;
    editing->edit.definition = then.definition;
    epo_json_set_integer(request->pool, values, "version", version);
    editing->edit.note =
        epo_catalog_format(request->portal->catalog, request->pool, request->lang,
                           version > 0 ? "editor.restored" : "editor.restored_file", values);
    return text_of(editing, version, &editing->source, error);
}

/* A spreadsheet becomes what stands in the editor, shown before it counts. Where it cannot, the
 * definition in force stands there. */
static bool take_sheet(struct editing *editing, struct epo_error *error) {
    struct epo_request *request = editing->request;
    struct epo_error wrong = {0};
    struct epo_span source;
    if (!epo_agenda_source(editing->agenda, request->db, epo_form_id(editing->form), request->pool,
                           &editing->source, error))
        return false;
    if (!epo_form_sheet_take(request, &source, &editing->sheet, &wrong)) {
        editing->sheet = NULL;
        editing->status = wrong.kind == EPO_ERROR_BAD_INPUT ? 422 : 503;
        editing->trouble = epo_page_error_text(request, &wrong, "editor.sheet_unread");
        if (wrong.kind == EPO_ERROR_BROKEN)
            epo_log_error(EPO_LOG_ERROR, "form_sheet.unread", &wrong);
    } else if (source.len == 0) {
        editing->status = 422;
    } else {
        editing->source = source;
        editing->preview = true;
    }
    return true;
}

/* On what was filed in the last year, as if it had been published. */
static struct epo_response *try_it(struct editing *editing) {
    struct epo_request *request = editing->request;
    struct epo_json *payload = epo_json_object(request->pool);
    epo_json_set_string(request->pool, payload, "form", epo_form_id(editing->form));
    epo_json_set_text(request->pool, payload, "definition", editing->source);
    return epo_replay_begin(request, editing->account, agenda_of(editing), payload, EPO_SPAN(""),
                            epo_form_title(editing->form, request->lang));
}

struct epo_response *epo_admin_form_post(struct epo_request *request) {
    struct editing *editing = EPO_NEW(request->pool, struct editing);
    struct epo_response *refused;
    struct epo_error error = {0};
    struct epo_span action = epo_request_form(request, "_action");
    if (!start(editing, request, &refused))
        return refused;
    editing->source = with_line_feeds(request->pool, epo_request_form(request, "source"));
    editing->edit = (struct epo_form_edit){
        .actor = epo_span(editing->account->id),
        .actor_name = epo_span(editing->account->name),
        .note = epo_span_trim(with_line_feeds(request->pool, epo_request_form(request, "note"))),
        .definition = editing->source};
    epo_span_integer(epo_request_form(request, "base"), &editing->edit.version);
    bool restore = epo_span_starts(action, EPO_SPAN("restore:"));
    editing->day = restore ? EPO_SPAN("") : epo_span_trim(epo_request_form(request, "from_day"));
    if (restore && !take_version(editing, (struct epo_span){action.at + 8, action.len - 8}, &error))
        return epo_respond_error(request, &error, NULL);
    bool import = epo_span_is(action, "import");
    if (import && !take_sheet(editing, &error))
        return epo_respond_error(request, &error, NULL);
    if (import && !editing->preview)
        return show(editing);
    if (!epo_registry_try_form(epo_page_app(request)->registry, agenda_of(editing),
                               epo_form_id(editing->form),
                               restore ? editing->edit.definition : editing->source, request->pool,
                               &editing->faults, &error))
        return epo_respond_error(request, &error, NULL);
    editing->preview = editing->preview || epo_span_is(action, "preview");
    if (epo_span_is(action, "try") && editing->faults->count == 0)
        return try_it(editing);
    if (restore || epo_span_is(action, "publish"))
        return publish(editing);
    return show(editing);
}
