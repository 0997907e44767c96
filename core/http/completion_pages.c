/* Completing a request: the clerk asks for some fields, the applicant gets just these open. */
#include "http/completions.h"

#include "base/log.h"
#include "http/office_case.h"
#include "http/own_case.h"
#include "portal/attachment.h"
#include "portal/completion.h"

enum { NOTE_CHARS_MAX = 2000 };

/* ---- the clerk asks ---- */

struct asking {
    struct epo_office_case *handled;
    struct epo_portal *portal;
    struct epo_json *fields;
    struct epo_move move;
    epo_write_run_fn run;
    void *arg;
};

static bool run_asking(struct epo_db *db, void *arg, struct epo_error *error) {
    struct asking *asking = arg;
    return asking->run(db, asking->arg, error) &&
           epo_completion_ask(asking->portal, db, asking->move.number, asking->fields,
                              asking->move.actor, error);
}

static struct epo_response *refuse_asking(struct epo_request *request, struct asking *asking,
                                          int status, const char *key) {
    return epo_office_case_refuse(request, asking->handled, status, "ask",
                                  epo_page_text(request, key));
}

static struct epo_response *finish_asking(struct epo_request *request, void *arg,
                                          const struct epo_error *error) {
    struct asking *asking = arg;
    if (error == NULL)
        return epo_office_case_back(request, asking->handled, "moved=1");
    bool refused = error->kind == EPO_ERROR_CONFLICT || error->kind == EPO_ERROR_TOO_LARGE;
    if (!refused)
        epo_log_error(EPO_LOG_ERROR, "completion.unsaved", error);
    return epo_office_case_refuse(
        request, asking->handled, refused ? 409 : 503, "ask",
        epo_page_error_text(request, error, refused ? "case.refused" : "case.not_saved"));
}

/* Ticked fields of the form with their reasons; false where a reason is missing or too long. */
static bool read_fields(struct epo_request *request, const struct epo_form *form,
                        struct epo_json *fields) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *all = epo_page_completable(request, form);
    bool good = true;
    for (size_t i = 0; i < request->form_count; i++) {
        if (!epo_span_is(request->form[i].name, "ask"))
            continue;
        struct epo_span id = request->form[i].value;
        bool known = false;
        for (uint32_t k = 0; k < all->count; k++)
            known = known || epo_span_equal(epo_json_get_text(all->items[k], "id"), id);
        if (!known || fields->count > all->count)
            return false;
        const char *name = epo_pool_printf(pool, "reason.%.*s", EPO_ARG(id));
        struct epo_span reason = epo_span_trim(epo_request_form(request, name));
        struct epo_json *field = epo_json_object(pool);
        good = good && reason.len > 0 && epo_text_length(reason) <= EPO_REASON_CHARS_MAX;
        epo_json_set_text(pool, field, "field", id);
        epo_json_set_text(pool, field, "reason", reason);
        epo_json_push(pool, fields, field);
    }
    return good;
}

static struct epo_response *ask(struct epo_request *request, struct asking *asking,
                                struct epo_agenda *agenda) {
    struct epo_error error = {0};
    struct epo_state_change *change = EPO_NEW(request->pool, struct epo_state_change);
    *change = (struct epo_state_change){
        .portal = request->portal,
        .db = request->db,
        .pool = request->pool,
        .agenda = agenda,
        .lang = request->lang,
        .submission = asking->handled->found,
        .to = asking->move.to,
        .note = asking->move.note,
        .has_reasons = true,
        .account = epo_page_account_json(request, asking->handled->account),
    };
    if (epo_agenda_state(change, &error) &&
        epo_agenda_state_file(change, &asking->move, &asking->run, &asking->arg, &error))
        return epo_respond_after_write(request, run_asking, finish_asking, asking);
    const struct epo_json *reasons = change->failures;
    if (reasons != NULL && reasons->count > 0)
        return epo_office_case_refuse(request, asking->handled, 422, "ask",
                                      epo_json_get_text(reasons->items[0], "message"));
    return finish_asking(request, asking, &error);
}

/* "to" is the state that waits for the completion; "from" the one that the clerk saw. */
struct epo_response *epo_completion_ask_page(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_agenda *agenda;
    struct asking *asking = EPO_NEW(request->pool, struct asking);
    struct epo_office_case *handled = asking->handled = epo_office_case_open(request, &error);
    if (handled == NULL)
        return epo_respond_error(request, &error, NULL);
    const struct epo_form *form = epo_page_filed_form(request, handled->found, &agenda);
    if (form == NULL || agenda == NULL)
        return refuse_asking(request, asking, 503, "case.no_agenda");
    const struct epo_state *to =
        epo_states_find(epo_agenda_states(agenda), epo_request_form(request, "to"));
    asking->portal = request->portal;
    asking->fields = epo_json_array(request->pool);
    asking->move = (struct epo_move){.number = handled->id,
                                     .from = epo_json_get_text(handled->found, "state"),
                                     .to = epo_request_form(request, "to"),
                                     .note = epo_span_trim(epo_request_form(request, "asknote")),
                                     .actor = epo_span(handled->account->id),
                                     .actor_name = epo_span(handled->account->name),
                                     .office = handled->scope};
    if (to == NULL || to->answered == NULL)
        return refuse_asking(request, asking, 422, "case.refused");
    if (!epo_span_equal(epo_request_form(request, "from"), asking->move.from))
        return refuse_asking(request, asking, 409, "error.case.moved");
    if (!read_fields(request, form, asking->fields) || asking->fields->count == 0 ||
        epo_text_length(asking->move.note) > NOTE_CHARS_MAX)
        return refuse_asking(request, asking, 422, "ask.needs");
    return ask(request, asking, agenda);
}

/* ---- the applicant completes ---- */

struct answering {
    struct epo_own_case *own;
    struct epo_completing completing;
    struct epo_form_steps steps;
    struct epo_json *asked;
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

/* As it stands, with nothing blamed: opened first, or after a step of a place or a group. */
static struct epo_response *show_typed(struct epo_request *request, struct answering *answering) {
    struct epo_form_result result = {0};
    struct epo_error error = {0};
    if (!epo_form_check_with(answering->completing.form, request->pool, EPO_ANSWERS_FROM_HTML,
                             answering->completing.raw, request->portal->maps,
                             epo_attachment_files(request->portal, request->db, request->pool),
                             request->portal->catalog, request->lang, &result, &error))
        return epo_respond_error(request, &error, NULL);
    result.errors = epo_json_array(request->pool);
    return show(request, answering, 200, &result, EPO_SPAN(""));
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

struct epo_response *epo_completion_post(struct epo_request *request) {
    struct epo_response *answer;
    struct epo_error error = {0};
    struct epo_span action = epo_request_form(request, "_action");
    struct answering *answering = open_answering(request, &answer);
    if (answering == NULL)
        return answer;
    struct epo_completing *completing = &answering->completing;
    struct epo_json *raw = epo_completing_raw(completing, epo_page_raw(request));
    completing->raw = raw;
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
