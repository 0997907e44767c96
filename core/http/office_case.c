/* One case for the clerk: its place, facts, answers, history, and moving it on. */
#include "http/office_case.h"

#include "base/log.h"
#include "http/audited.h"
#include "http/completions.h"
#include "http/decisions.h"
#include "http/files.h"
#include "http/messages.h"
#include "http/office_handling.h"
#include "portal/audit.h"
#include "portal/casework.h"
#include "portal/completion.h"
#include "portal/decision.h"
#include "portal/person_link.h"
#include "portal/routing.h"

enum { AUDIT_SHOWN = 50, NOTE_CHARS_MAX = 2000 };

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

/* Where something was written of the sender in the agenda's register: the way to all of it. */
static bool add_person(struct epo_request *request, struct epo_json *model,
                       const struct epo_office_case *handled, const struct epo_json *found,
                       struct epo_error *error) {
    struct epo_span agenda = epo_json_get_text(found, "agenda");
    char person[EPO_PERSON_NUMBER_SIZE];
    bool fresh;
    if (!epo_person_number_of(request->portal, request->db, agenda,
                              epo_json_get_text(found, "sender"), handled->id, person, &fresh,
                              error))
        return false;
    if (fresh)
        return true;
    epo_json_set_string(request->pool, model, "person", person);
    epo_json_set_string(
        request->pool, model, "person_url",
        epo_pool_printf(request->pool, "/office/persons/%.*s/%s", EPO_ARG(agenda), person));
    return true;
}

struct epo_response *epo_office_case_show(struct epo_request *request,
                                          struct epo_office_case *handled, int status,
                                          const struct epo_json *trouble) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *found = handled->found;
    struct epo_json *model = epo_page_submission(request, found);
    const struct epo_json *place = epo_json_get_span(epo_completion_current(found, "answers"),
                                                     epo_json_get_text(found, "placeField"));
    struct epo_json *words = epo_json_get(model, "place_words");
    if (place != NULL && place->type == EPO_JSON_OBJECT)
        epo_json_set_text(pool, model, "place_geojson", epo_json_print(pool, place));
    if (words != NULL)
        epo_json_set(pool, model, "facts", epo_json_copy(pool, words));
    epo_page_since(request, model, found);
    epo_json_set_string(pool, model, "pdf",
                        epo_pool_printf(pool, "/office/cases/%.*s.pdf", EPO_ARG(handled->number)));
    epo_page_picture(request, model, found, EPO_SPAN(""), handled->account);
    const char *files = epo_pool_printf(pool, "/office/cases/%.*s/files", EPO_ARG(handled->number));
    epo_files_link(request, epo_json_get(model, "sections"), files, "");
    if (!epo_page_evidence(request, model, found, &error))
        return epo_respond_error(request, &error, NULL);
    if (!add_audit(request, model, handled->number, &error))
        return epo_respond_error(request, &error, NULL);
    if (handled->messages == NULL && !epo_message_list(request->portal, request->db, pool,
                                                       handled->id, &handled->messages, &error))
        return epo_respond_error(request, &error, NULL);
    epo_page_messages(request, model, found, handled->messages, true, EPO_SPAN(""),
                      epo_json_get_text(trouble, "message"));
    if (!epo_office_handling(request, model, handled, &error))
        return epo_respond_error(request, &error, NULL);
    epo_page_completions(request, model, found, files, "");
    struct epo_json *decisions;
    if (!epo_decision_list(request->portal, request->db, pool, handled->id, &decisions, &error))
        return epo_respond_error(request, &error, NULL);
    epo_page_decisions(request, model, decisions,
                       epo_pool_printf(pool, "/office/cases/%.*s", EPO_ARG(handled->number)), "");
    if (!add_person(request, model, handled, found, &error))
        return epo_respond_error(request, &error, NULL);
    epo_page_decide(request, model, found, handled->viewer.role);
    epo_page_ask(request, model, found, handled->viewer.role, epo_json_get_text(trouble, "ask"));
    epo_json_set(pool, model, "moves", move_options(request, found, handled->viewer.role));
    epo_json_set_text(pool, model, "from", epo_json_get_text(found, "state"));
    epo_json_set_string(pool, model, "action",
                        epo_pool_printf(pool, "/office/cases/%.*s", EPO_ARG(handled->number)));
    epo_json_set_text(pool, model, "error", epo_json_get_text(trouble, "move"));
    epo_json_set_text(pool, model, "note",
                      trouble != NULL ? epo_request_form(request, "note") : EPO_SPAN(""));
    epo_json_set_boolean(pool, model, "moved",
                         trouble == NULL && epo_request_query(request, "moved").len > 0);
    epo_json_set_text(pool, model, "page_title", handled->number);
    return epo_respond_private(request, status, "web/office_case", model);
}

struct epo_response *epo_office_case_refuse(struct epo_request *request,
                                            struct epo_office_case *handled, int status,
                                            const char *part, struct epo_span text) {
    struct epo_json *trouble = epo_json_object(request->pool);
    struct epo_error error = {0};
    struct epo_viewer viewer = {.role = handled->viewer.role, .office = handled->viewer.office};
    /* as it is now: what refused may be what somebody else did meanwhile */
    if (!epo_submission_find(request->portal, request->db, request->pool, handled->number, &viewer,
                             &handled->found, &error))
        return epo_respond_error(request, &error, NULL);
    epo_json_set_text(request->pool, trouble, part, text);
    return epo_office_case_show(request, handled, status, trouble);
}

struct epo_response *epo_office_case_back(struct epo_request *request,
                                          const struct epo_office_case *handled, const char *word) {
    return epo_respond_redirect(request, 303,
                                epo_span(epo_pool_printf(request->pool, "/office/cases/%.*s?%s",
                                                         EPO_ARG(handled->number), word)));
}

/* Whether the clerk may see it at all is asked first: a number that is not theirs must not get an
 * audit row that says it was viewed, and 404 tells nothing. */
struct epo_office_case *epo_office_case_open(struct epo_request *request, struct epo_error *error) {
    struct epo_office_case *handled = EPO_NEW(request->pool, struct epo_office_case);
    handled->account = epo_page_account(request);
    handled->viewer = epo_page_viewer(handled->account, EPO_SPAN(""));
    handled->number = request->captures[0];
    if (!epo_casework_scope(&handled->viewer, &handled->scope)) {
        epo_fail(error, EPO_ERROR_DENIED, "office.denied", "This is for clerks.");
        return NULL;
    }
    /* as a clerk, not as its sender */
    struct epo_viewer viewer = {.role = handled->viewer.role, .office = handled->viewer.office};
    if (!epo_submission_find(request->portal, request->db, request->pool, handled->number, &viewer,
                             &handled->found, error))
        return NULL;
    epo_number_read(handled->number, &handled->id);
    return handled;
}

/* ---- opening it: on record before it is shown ---- */

struct opening {
    struct epo_portal *portal;
    struct epo_office_case *handled;
    bool unread;
};

static bool run_opening(struct epo_db *db, void *arg, struct epo_error *error) {
    struct opening *opening = arg;
    struct epo_audit_entry entry = {.actor = opening->handled->viewer.account,
                                    .action = EPO_SPAN("case.viewed"),
                                    .object = opening->handled->number,
                                    .detail = EPO_SPAN(""),
                                    .at_us = epo_clock_now_us()};
    return epo_audit_append(opening->portal, db, &entry, error) &&
           (!opening->unread ||
            epo_message_seen(opening->portal, db, opening->handled->id, true, error));
}

static struct epo_response *finish_opening(struct epo_request *request, void *arg,
                                           const struct epo_error *error) {
    struct opening *opening = arg;
    return error != NULL ? epo_respond_error(request, error, NULL)
                         : epo_office_case_show(request, opening->handled, 200, NULL);
}

struct epo_response *epo_office_case(struct epo_request *request) {
    struct epo_error error = {0};
    struct opening *opening = EPO_NEW(request->pool, struct opening);
    struct epo_office_case *handled = epo_office_case_open(request, &error);
    if (handled == NULL || !epo_message_list(request->portal, request->db, request->pool,
                                             handled->id, &handled->messages, &error))
        return epo_respond_error(request, &error, NULL);
    *opening =
        (struct opening){request->portal, handled, epo_message_unread(handled->messages, true)};
    return epo_respond_after_write(request, run_opening, finish_opening, opening);
}

/* ---- a file of it ---- */

static struct epo_response *show_file(struct epo_request *request, void *arg) {
    const struct epo_json *found = arg;
    struct epo_attachment file;
    struct epo_error error = {0};
    struct epo_span id, owner = epo_files_owner(request, epo_json_get_text(found, "number"), &id);
    return epo_attachment_get(request->portal, request->db, request->pool, id, owner, &file, &error)
               ? epo_respond_file(request, &file)
               : epo_respond_error(request, &error, NULL);
}

struct epo_response *epo_office_file(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_office_case *handled = epo_office_case_open(request, &error);
    if (handled == NULL)
        return epo_respond_error(request, &error, NULL);
    struct epo_span id, number = epo_json_get_text(handled->found, "number");
    epo_files_owner(request, number, &id);
    struct epo_audit_entry entry = {.actor = handled->viewer.account,
                                    .action = EPO_SPAN("case.file_read"),
                                    .object = number,
                                    .detail = epo_pool_copy(request->pool, id)};
    return epo_respond_audited(request, &entry, show_file, handled->found);
}

/* ---- moving on ---- */

struct moving {
    struct epo_office_case *handled;
    struct epo_move move;
    epo_write_run_fn run;
    void *arg;
};

static struct epo_response *finish_move(struct epo_request *request, void *arg,
                                        const struct epo_error *error) {
    struct moving *moving = arg;
    if (error == NULL)
        return epo_office_case_back(request, moving->handled, "moved=1");
    if (error->kind == EPO_ERROR_NOT_FOUND)
        return epo_respond_error(request, error, NULL);
    bool conflict = error->kind == EPO_ERROR_CONFLICT;
    if (!conflict)
        epo_log_error(EPO_LOG_ERROR, "case.unsaved", error);
    return epo_office_case_refuse(
        request, moving->handled, conflict ? 409 : 503, "move",
        epo_page_error_text(request, error, conflict ? "case.refused" : "case.not_saved"));
}

/* What the agenda said against it, in its own words. */
static struct epo_span reason_of(struct epo_request *request, const struct epo_json *failures,
                                 const struct epo_error *error) {
    if (failures != NULL && failures->count > 0)
        return epo_json_get_text(failures->items[0], "message");
    return epo_page_error_text(request, error, "case.refused");
}

static struct epo_response *move_on(struct epo_request *request, struct moving *moving) {
    struct epo_error error = {0};
    struct epo_agenda *agenda = epo_registry_find(
        epo_page_app(request)->registry, epo_json_get_text(moving->handled->found, "agenda"));
    if (agenda == NULL)
        return epo_office_case_refuse(request, moving->handled, 503, "move",
                                      epo_page_text(request, "case.no_agenda"));
    struct epo_state_change *change = EPO_NEW(request->pool, struct epo_state_change);
    *change = (struct epo_state_change){
        .portal = request->portal,
        .db = request->db,
        .pool = request->pool,
        .agenda = agenda,
        .lang = request->lang,
        .submission = moving->handled->found,
        .to = moving->move.to,
        .note = moving->move.note,
        .account = epo_page_account_json(request, moving->handled->account),
    };
    bool allowed = epo_agenda_state(change, &error) &&
                   epo_agenda_state_file(change, &moving->move, &moving->run, &moving->arg, &error);
    epo_agenda_release(agenda); /* the write holds its own */
    if (allowed)
        return epo_respond_after_job(request, moving->run, moving->arg, finish_move, moving);
    if (error.kind == EPO_ERROR_BROKEN || error.kind == EPO_ERROR_BUSY)
        return finish_move(request, moving, &error);
    return epo_office_case_refuse(request, moving->handled,
                                  error.kind == EPO_ERROR_CONFLICT ? 409 : 422, "move",
                                  reason_of(request, change->failures, &error));
}

/* "from" is the state that the clerk saw: whoever moves it meanwhile wins, and the page says so. */
struct epo_response *epo_office_move(struct epo_request *request) {
    struct epo_error error = {0};
    struct moving *moving = EPO_NEW(request->pool, struct moving);
    struct epo_office_case *handled = moving->handled = epo_office_case_open(request, &error);
    if (handled == NULL)
        return epo_respond_error(request, &error, NULL);
    struct epo_span from = epo_request_form(request, "from");
    moving->move = (struct epo_move){.number = handled->id,
                                     .from = epo_json_get_text(handled->found, "state"),
                                     .to = epo_request_form(request, "state"),
                                     .note = epo_span_trim(epo_request_form(request, "note")),
                                     .actor = epo_span(handled->account->id),
                                     .actor_name = epo_span(handled->account->name),
                                     .office = handled->scope};
    if (epo_text_length(moving->move.note) > NOTE_CHARS_MAX)
        return epo_office_case_refuse(request, handled, 422, "move",
                                      epo_page_text(request, "case.note_long"));
    if (from.len > 0 && !epo_span_equal(from, moving->move.from))
        return epo_office_case_refuse(request, handled, 409, "move",
                                      epo_page_text(request, "error.case.moved"));
    return move_on(request, moving);
}
