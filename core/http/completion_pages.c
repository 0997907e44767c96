/* The applicant completes a request: just the fields that the office asks for, files among them. */
#include "http/completions.h"

#include "base/log.h"
#include "http/files.h"
#include "http/own_case.h"
#include "portal/completion.h"

struct answering {
    struct epo_own_case *own;
    struct epo_completing completing;
    struct epo_form_steps steps;
    struct epo_json *asked;
    struct epo_json *posted;  /* raw answers of the page */
    struct epo_files *files;  /* that came along, or NULL */
    struct epo_json *refused; /* files that were not taken: errors of the form, or NULL */
    struct epo_span trouble;  /* why they were not stored, or empty */
    epo_write_run_fn run;
    void *arg;
};

static bool is_open(const struct answering *answering, struct epo_span id,
                    const struct epo_json *errors) {
    for (uint32_t i = 0; i < answering->asked->count; i++)
        if (epo_span_equal(answering->asked->items[i]->text, id))
            return true;
    for (uint32_t i = 0; errors != NULL && i < errors->count; i++)
        if (epo_span_equal(epo_json_get_text(errors->items[i], "path"), id))
            return true;
    return false;
}

static struct epo_span reason_for(const struct answering *answering, struct epo_span id) {
    const struct epo_json *fields =
        epo_json_get(epo_completion_open(answering->own->found), "fields");
    for (uint32_t i = 0; fields != NULL && i < fields->count; i++)
        if (epo_span_equal(epo_json_get_text(fields->items[i], "field"), id))
            return epo_json_get_text(fields->items[i], "reason");
    return EPO_SPAN("");
}

/* What they depended on stands elsewhere: the server has judged it. */
static void open_up(struct epo_pool *pool, struct epo_json *part) {
    epo_json_set_text(pool, part, "when_json", EPO_SPAN(""));
    epo_json_set_boolean(pool, part, "hidden", false);
}

/* Of the form's page just what is asked for, with the clerk's reasons. */
static struct epo_json *open_sections(struct epo_request *request, struct answering *answering,
                                      const struct epo_json *view, const struct epo_json *errors) {
    struct epo_pool *pool = request->pool;
    struct epo_json *open = epo_json_array(pool);
    const struct epo_json *sections = epo_json_get(view, "sections");
    for (uint32_t i = 0; i < sections->count; i++) {
        struct epo_json *section = sections->items[i];
        struct epo_json *fields = epo_json_get(section, "fields"), *kept = epo_json_array(pool);
        struct epo_span id = epo_json_get_text(section, "id");
        bool whole =
            epo_json_get_boolean(section, "repeated", false) && is_open(answering, id, errors);
        for (uint32_t k = 0; !whole && fields != NULL && k < fields->count; k++) {
            struct epo_json *field = fields->items[k];
            struct epo_span name = epo_json_get_text(field, "id");
            if (!is_open(answering, name, errors))
                continue;
            open_up(pool, field);
            epo_json_set_text(pool, field, "reason", reason_for(answering, name));
            epo_json_push(pool, kept, field);
        }
        if (!whole && kept->count == 0)
            continue;
        open_up(pool, section);
        epo_json_set_text(pool, section, "reason", reason_for(answering, id));
        if (!whole)
            epo_json_set(pool, section, "fields", kept);
        epo_json_push(pool, open, section);
    }
    return open;
}

static struct epo_response *show(struct epo_request *request, struct answering *answering,
                                 int status, const struct epo_form_result *result,
                                 struct epo_span trouble) {
    struct epo_pool *pool = request->pool;
    struct epo_own_case *own = answering->own;
    const struct epo_completing *completing = &answering->completing;
    struct epo_span number = epo_json_get_text(own->found, "number");
    const char *key =
        own->token.len > 0 ? epo_pool_printf(pool, "?key=%.*s", EPO_ARG(own->token)) : "";
    struct epo_json *model = epo_page_submission(request, own->found);
    struct epo_json *view =
        epo_form_view(completing->form, pool, request->lang, request->portal->catalog, result);
    epo_form_view_places(completing->form, pool, request->lang, request->portal->catalog,
                         request->portal->maps, completing->raw, &answering->steps, view);
    epo_json_set(pool, view, "place_values", epo_json_array(pool));
    epo_json_set_string(pool, view, "agenda", epo_agenda_name(own->agenda));
    epo_json_set_boolean(pool, view, "has_files", epo_form_has_files(completing->form));
    epo_agenda_fill_view(own->agenda, pool, request->lang, epo_json_get(own->found, "parameters"),
                         view);
    epo_json_set(pool, view, "sections", open_sections(request, answering, view, result->errors));
    epo_json_set(pool, model, "form", view);
    epo_json_set_string(
        pool, model, "action",
        epo_pool_printf(pool, "/submissions/%.*s/completion%s", EPO_ARG(number), key));
    epo_json_set_string(pool, model, "back",
                        epo_pool_printf(pool, "/submissions/%.*s%s", EPO_ARG(number), key));
    epo_json_set_text(pool, model, "trouble", trouble);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "completion.title"));
    struct epo_response *response = epo_respond_page(request, status, "web/completion", model);
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    epo_response_header(response, "referrer-policy", EPO_SPAN("no-referrer"));
    return response;
}

/* NULL and the answer where there is nothing to complete. */
static struct answering *open_answering(struct epo_request *request, struct epo_response **answer) {
    struct epo_error error = {0};
    struct answering *answering = EPO_NEW(request->pool, struct answering);
    struct epo_agenda *agenda = NULL;
    struct epo_own_case *own = answering->own = epo_own_case_open(request, &error);
    const struct epo_form *form =
        own != NULL ? epo_page_filed_form(request, own->found, &agenda) : NULL;
    *answer = NULL;
    if (own == NULL)
        *answer = epo_respond_error(request, &error, NULL);
    else if (form == NULL || own->agenda == NULL || !epo_own_case_completable(own))
        *answer = epo_own_case_back(request, own, NULL);
    if (*answer != NULL)
        return NULL;
    answering->completing = (struct epo_completing){
        .portal = request->portal,
        .db = request->db,
        .pool = request->pool,
        .agenda = own->agenda,
        .form = form,
        .submission = own->found,
        .lang = request->lang,
        .account = epo_page_account_json(request, own->account),
        .sender = epo_span(own->account != NULL ? own->account->id : ""),
    };
    answering->asked = epo_completing_asked(own->found, request->pool);
    return answering;
}

/* As it stands, with nothing blamed but files that were not taken: opened first, or after a step of
 * a place, a group or a file. */
static struct epo_response *show_typed(struct epo_request *request, struct answering *answering) {
    struct epo_form_result result = {0};
    struct epo_error error = {0};
    if (!epo_form_check_with(answering->completing.form, request->pool, EPO_ANSWERS_FROM_HTML,
                             answering->completing.raw, request->portal->maps,
                             epo_attachment_files(request->portal, request->db, request->pool),
                             request->portal->catalog, request->lang, &result, &error))
        return epo_respond_error(request, &error, NULL);
    result.errors = answering->refused != NULL ? answering->refused : epo_json_array(request->pool);
    int status = answering->trouble.len > 0 ? 503 : result.errors->count > 0 ? 422 : 200;
    return show(request, answering, status, &result, answering->trouble);
}

struct epo_response *epo_completion_get(struct epo_request *request) {
    struct epo_response *answer;
    struct answering *answering = open_answering(request, &answer);
    if (answering == NULL)
        return answer;
    answering->completing.raw = epo_completing_raw(&answering->completing, NULL);
    return show_typed(request, answering);
}

static struct epo_response *finish_answering(struct epo_request *request, void *arg,
                                             const struct epo_error *error) {
    struct answering *answering = arg;
    if (error == NULL)
        return epo_own_case_back(request, answering->own, "completed=1");
    if (strcmp(error->code, "completion.answered") == 0)
        return epo_own_case_back(request, answering->own, NULL);
    bool conflict = error->kind == EPO_ERROR_CONFLICT || error->kind == EPO_ERROR_BAD_INPUT;
    if (!conflict)
        epo_log_error(EPO_LOG_ERROR, "completion.unsaved", error);
    return show(
        request, answering, conflict ? 409 : 503, &answering->completing.intake.result,
        epo_page_error_text(request, error, conflict ? "case.refused" : "completion.not_saved"));
}

static struct epo_response *answer_all(struct epo_request *request, struct answering *answering) {
    struct epo_error error = {0};
    struct epo_completing *completing = &answering->completing;
    if (!epo_completing_check(completing, &error)) {
        epo_log_error(EPO_LOG_ERROR, "completion.check", &error);
        return epo_respond_error(request, &error, NULL);
    }
    for (uint32_t i = 0; answering->refused != NULL && i < answering->refused->count; i++)
        epo_json_push(request->pool, completing->intake.result.errors,
                      answering->refused->items[i]);
    if (completing->intake.result.errors->count > 0)
        return show(request, answering, 422, &completing->intake.result, EPO_SPAN(""));
    if (completing->changes->count == 0)
        return show(request, answering, 422, &completing->intake.result,
                    epo_page_text(request, "completion.nothing"));
    if (!epo_completing_file(completing, &answering->run, &answering->arg, &error))
        return finish_answering(request, answering, &error);
    return epo_respond_after_job(request, answering->run, answering->arg, finish_answering,
                                 answering);
}

/* What the page was sent for, once its files are stored. */
static struct epo_response *act(struct epo_request *request, struct answering *answering) {
    struct epo_error error = {0};
    struct epo_span action = epo_request_form(request, "_action"), removed;
    struct epo_completing *completing = &answering->completing;
    completing->db = request->db; /* after a save another worker may have it */
    bool filed = epo_form_take_files(completing->form, request->pool, answering->posted, action,
                                     &removed); /* what was removed stays with what was filed */
    struct epo_json *raw = epo_completing_raw(completing, answering->posted);
    completing->raw = raw;
    if (filed || epo_span_is(action, "upload"))
        return show_typed(request, answering);
    if (!epo_form_take_places(completing->form, request->pool, request->portal->maps, raw, action,
                              &answering->steps, &error))
        return epo_respond_error(request, &error, NULL);
    bool grouped = epo_form_take_groups(completing->form, request->pool, raw, action);
    if (epo_span_starts(action, EPO_SPAN("search:")))
        epo_json_set_text(request->pool, raw, "_action", action); /* goes before a value */
    if (grouped || answering->steps.field != NULL || epo_span_starts(action, EPO_SPAN("search:")))
        return show_typed(request, answering);
    return answer_all(request, answering);
}

/* Files that came along are stored first: whatever is wrong with the rest, they are not sent twice.
 */
static struct epo_response *after_files(struct epo_request *request, void *arg,
                                        const struct epo_error *error) {
    struct answering *answering = arg;
    if (error == NULL) {
        epo_files_add(request, answering->files, answering->posted);
        return act(request, answering);
    }
    bool busy = error->kind == EPO_ERROR_BUSY || error->kind == EPO_ERROR_TOO_LARGE;
    if (!busy)
        epo_log_error(EPO_LOG_ERROR, "completion.files", error);
    answering->completing.raw = epo_completing_raw(&answering->completing, answering->posted);
    answering->completing.db = request->db;
    answering->trouble = epo_page_error_text(request, error, "completion.not_saved");
    return show_typed(request, answering);
}

struct epo_response *epo_completion_post(struct epo_request *request) {
    struct epo_response *answer;
    struct answering *answering = open_answering(request, &answer);
    if (answering == NULL)
        return answer;
    answering->posted = epo_page_raw(request);
    if (request->file_count == 0)
        return act(request, answering);
    answering->refused = epo_json_array(request->pool);
    answering->files = epo_files_take(request, answering->completing.form, answering->refused);
    return epo_files_put(request, answering->files, after_files, answering);
}
