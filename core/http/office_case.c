/* One case for the clerk: its place, facts, answers, history, and moving it on. */
#include "http/pages.h"

#include "base/log.h"
#include "http/audited.h"
#include "portal/casework.h"
#include "portal/routing.h"

enum { AUDIT_SHOWN = 50, NOTE_CHARS_MAX = 2000 };

struct handling {
    const struct epo_account *account;
    struct epo_viewer viewer;
    struct epo_span number;
    struct epo_json *found;
    struct epo_move move;
    epo_write_run_fn run;
    void *arg;
    /* shown on the page after a refusal */
    struct epo_span trouble, note;
    int status;
};

static struct epo_json *move_options(struct epo_request *request, const struct epo_json *found,
                                     struct epo_span role) {
    struct epo_pool *pool = request->pool;
    struct epo_json *options = epo_json_array(pool);
    struct epo_agenda *agenda =
        epo_registry_find(epo_page_app(request)->registry, epo_json_get_text(found, "agenda"));
    if (agenda == NULL)
        return options;
    const struct epo_state *state = epo_agenda_state_of(agenda, epo_json_get_text(found, "state"));
    for (size_t i = 0; i < state->move_count; i++) {
        const struct epo_allowed_move *move = &state->moves[i];
        if (!(move->by & epo_mover_of(role)))
            continue;
        struct epo_json *option = epo_json_object(pool);
        struct epo_span title = epo_json_localized(move->title, request->lang);
        epo_json_set_text(pool, option, "value", move->to_id);
        epo_json_set_string(pool, option, "key",
                            title.len > 0 ? epo_pool_string(pool, title)
                                          : epo_page_state_name(request, agenda, move->to_id));
        epo_json_set_boolean(pool, option, "needs_note", move->needs_note);
        epo_json_push(pool, options, option);
    }
    epo_agenda_release(agenda);
    return options;
}

static bool add_audit(struct epo_request *request, struct epo_json *model, struct epo_span number,
                      struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_json *rows, *shown = epo_json_array(pool);
    char text[EPO_TIME_SIZE];
    if (!epo_audit_list(request->portal, request->db, pool, number, AUDIT_SHOWN, &rows, error))
        return false;
    for (uint32_t i = 0; i < rows->count; i++) {
        struct epo_json *row = epo_json_object(pool);
        struct epo_span who = epo_json_get_text(rows->items[i], "name");
        struct epo_span action = epo_json_get_text(rows->items[i], "action");
        const char *key = epo_pool_printf(pool, "audit.%.*s", EPO_ARG(action));
        epo_json_set_text(pool, row, "at", epo_json_get_text(rows->items[i], "at"));
        epo_json_set_string(
            pool, row, "at_text",
            epo_time_local(epo_json_get_integer(rows->items[i], "at_us", 0), request->lang, text));
        epo_json_set_text(pool, row, "who",
                          who.len > 0 ? who : epo_page_text(request, "audit.visitor"));
        epo_json_set_text(pool, row, "what", epo_page_text(request, key));
        epo_json_push(pool, shown, row);
    }
    epo_json_set(pool, model, "audit", shown);
    return true;
}

static struct epo_response *show_case(struct epo_request *request, void *arg) {
    struct handling *handling = arg;
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *found;
    if (!epo_submission_find(request->portal, request->db, pool, handling->number,
                             &handling->viewer, &found, &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_json *model = epo_page_submission(request, found);
    const struct epo_json *place = epo_json_get(found, "place");
    struct epo_json *words = epo_json_get(model, "place_words");
    if (place != NULL && place->type == EPO_JSON_OBJECT)
        epo_json_set_text(pool, model, "place_geojson", epo_json_print(pool, place));
    if (words != NULL)
        epo_json_set(pool, model, "facts", epo_json_copy(pool, words));
    epo_page_since(request, model, found);
    epo_json_set_string(pool, model, "pdf",
                        epo_pool_printf(pool, "/office/cases/%.*s.pdf", EPO_ARG(handling->number)));
    epo_page_picture(request, model, found, EPO_SPAN(""), handling->account);
    if (!epo_page_evidence(request, model, found, &error))
        return epo_respond_error(request, &error, NULL);
    if (!add_audit(request, model, handling->number, &error))
        return epo_respond_error(request, &error, NULL);
    epo_json_set(pool, model, "moves", move_options(request, found, handling->viewer.role));
    epo_json_set_text(pool, model, "from", epo_json_get_text(found, "state"));
    epo_json_set_string(pool, model, "action",
                        epo_pool_printf(pool, "/office/cases/%.*s", EPO_ARG(handling->number)));
    epo_json_set_text(pool, model, "error", handling->trouble);
    epo_json_set_text(pool, model, "note", handling->note);
    epo_json_set_boolean(pool, model, "moved",
                         handling->trouble.len == 0 && epo_request_query(request, "moved").len > 0);
    epo_json_set_text(pool, model, "page_title", handling->number);
    struct epo_response *response =
        epo_respond_page(request, handling->status, "web/office_case", model);
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    return response;
}

static struct handling *start(struct epo_request *request) {
    const struct epo_account *account = epo_page_account(request);
    struct handling *handling = EPO_NEW(request->pool, struct handling);
    handling->account = account;
    handling->viewer = epo_page_viewer(account, EPO_SPAN(""));
    handling->number = request->captures[0];
    handling->status = 200;
    handling->trouble = handling->note = EPO_SPAN("");
    return handling;
}

/* Whether the clerk may see it at all is asked first: a number that is not theirs must not get an
 * audit row that says it was viewed, and 404 tells nothing. */
static bool find(struct epo_request *request, struct handling *handling, struct epo_error *error) {
    struct epo_span office;
    if (!epo_casework_scope(&handling->viewer, &office))
        return epo_fail(error, EPO_ERROR_DENIED, "office.denied", "This is for clerks.");
    /* as a clerk, not as its sender */
    struct epo_viewer viewer = {.role = handling->viewer.role, .office = handling->viewer.office};
    if (!epo_submission_find(request->portal, request->db, request->pool, handling->number, &viewer,
                             &handling->found, error))
        return false;
    handling->move.office = office;
    return true;
}

struct epo_response *epo_office_case(struct epo_request *request) {
    struct epo_error error = {0};
    struct handling *handling = start(request);
    if (!find(request, handling, &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_audit_entry entry = {.actor = handling->viewer.account,
                                    .action = EPO_SPAN("case.viewed"),
                                    .object = handling->number,
                                    .detail = EPO_SPAN("")};
    return epo_respond_audited(request, &entry, show_case, handling);
}

/* ---- moving on ---- */

static struct epo_response *show_refusal(struct epo_request *request, struct handling *handling,
                                         int status, struct epo_span why) {
    handling->status = status;
    handling->trouble = why;
    handling->note = handling->move.note;
    return show_case(request, handling);
}

static bool run_move(struct epo_db *db, void *arg, struct epo_error *error) {
    struct handling *handling = arg;
    return handling->run(db, handling->arg, error);
}

static struct epo_response *finish_move(struct epo_request *request, void *arg,
                                        const struct epo_error *error) {
    struct handling *handling = arg;
    if (error == NULL)
        return epo_respond_redirect(
            request, 303,
            epo_span(epo_pool_printf(request->pool, "/office/cases/%.*s?moved=1",
                                     EPO_ARG(handling->number))));
    if (error->kind == EPO_ERROR_NOT_FOUND)
        return epo_respond_error(request, error, NULL);
    bool conflict = error->kind == EPO_ERROR_CONFLICT;
    if (!conflict)
        epo_log_error(EPO_LOG_ERROR, "case.unsaved", error);
    return show_refusal(
        request, handling, conflict ? 409 : 503,
        epo_page_error_text(request, error, conflict ? "case.refused" : "case.not_saved"));
}

/* What the agenda said against it, in its own words. */
static struct epo_span reason_of(struct epo_request *request, const struct epo_json *failures,
                                 const struct epo_error *error) {
    if (failures != NULL && failures->count > 0)
        return epo_json_get_text(failures->items[0], "message");
    return epo_page_error_text(request, error, "case.refused");
}

static struct epo_response *move_on(struct epo_request *request, struct handling *handling) {
    struct epo_error error = {0};
    struct epo_agenda *agenda = epo_registry_find(epo_page_app(request)->registry,
                                                  epo_json_get_text(handling->found, "agenda"));
    if (agenda == NULL)
        return show_refusal(request, handling, 503, epo_page_text(request, "case.no_agenda"));
    struct epo_state_change *change = EPO_NEW(request->pool, struct epo_state_change);
    *change = (struct epo_state_change){
        .portal = request->portal,
        .db = request->db,
        .pool = request->pool,
        .agenda = agenda,
        .lang = request->lang,
        .submission = handling->found,
        .to = handling->move.to,
        .note = handling->move.note,
        .account = epo_page_account_json(request, handling->account),
    };
    bool allowed =
        epo_agenda_state(change, &error) &&
        epo_agenda_state_file(change, &handling->move, &handling->run, &handling->arg, &error);
    epo_agenda_release(agenda); /* the write holds its own */
    if (allowed)
        return epo_respond_after_write(request, run_move, finish_move, handling);
    if (error.kind == EPO_ERROR_BROKEN || error.kind == EPO_ERROR_BUSY)
        return finish_move(request, handling, &error);
    return show_refusal(request, handling, error.kind == EPO_ERROR_CONFLICT ? 409 : 422,
                        reason_of(request, change->failures, &error));
}

/* "from" is the state that the clerk saw: whoever moves it meanwhile wins, and the page says so. */
struct epo_response *epo_office_move(struct epo_request *request) {
    struct epo_error error = {0};
    struct handling *handling = start(request);
    if (!find(request, handling, &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_span from = epo_request_form(request, "from");
    struct epo_move *move = &handling->move;
    epo_number_read(handling->number, &move->number);
    move->from = epo_json_get_text(handling->found, "state");
    move->to = epo_request_form(request, "state");
    move->note = epo_span_trim(epo_request_form(request, "note"));
    move->actor = epo_span(handling->account->id);
    move->actor_name = epo_span(handling->account->name);
    if (epo_text_length(move->note) > NOTE_CHARS_MAX)
        return show_refusal(request, handling, 422, epo_page_text(request, "case.note_long"));
    if (from.len > 0 && !epo_span_equal(from, move->from))
        return show_refusal(request, handling, 409, epo_page_text(request, "error.case.moved"));
    return move_on(request, handling);
}
