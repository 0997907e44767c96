/* What clerks do from a list or a case: take, pass on, move, put together, set apart. Ticked rows
 * go through one write job, each in a savepoint of its own: what cannot be done with one is said,
 * and the others are done. */
#include "base/log.h"
#include "http/pages.h"
#include "portal/casework.h"
#include "portal/handover.h"
#include "portal/merging.h"
#include "portal/receipt.h"
#include "portal/routing.h"

enum { ROWS_MAX = 100 };
enum action { TAKE, PASS, MOVE, MERGE, APART };
static const char *const ACTIONS[] = {"take", "pass", "move", "merge", "apart"};

struct row {
    int64_t id;
    struct epo_span number;
    struct epo_move move;
    epo_write_run_fn run; /* of MOVE */
    void *arg;
    bool refused; /* before the save */
    struct epo_span why;
    struct epo_error error; /* of the save; none: done */
};
struct doing {
    struct epo_portal *portal;
    const struct epo_account *account;
    struct epo_viewer viewer;
    struct epo_span scope, note, state, to_account, to_office;
    int64_t lead;
    enum action action;
    struct row *rows;
    size_t count;
};

/* ---- in the save ---- */

static const struct epo_statement BEGIN_ROW = {"desk.begin_row", "SAVEPOINT desk_row", NULL};
static const struct epo_statement UNDO_ROW = {"desk.undo_row", "ROLLBACK TO desk_row", NULL};
static const struct epo_statement END_ROW = {"desk.end_row", "RELEASE desk_row", NULL};

static bool do_row(struct doing *doing, struct epo_db *db, struct row *row,
                   struct epo_error *error) {
    struct epo_span actor = epo_span(doing->account->id);
    struct epo_handover handover = {.number = row->id,
                                    .actor = actor,
                                    .scope = doing->scope,
                                    .take = doing->action == TAKE,
                                    .to_account = doing->to_account,
                                    .to_office = doing->to_office,
                                    .note = doing->note};
    struct epo_merge merge = {row->id, doing->lead, actor, epo_span(doing->account->name),
                              doing->scope};
    switch (doing->action) {
    case TAKE:
    case PASS:
        return epo_handover_run(doing->portal, db, &handover, error);
    case MERGE:
        return epo_merging_put(doing->portal, db, &merge, error);
    case APART:
        return epo_merging_undo(doing->portal, db, &merge, error);
    default:
        return row->run(db, row->arg, error);
    }
}

static bool run_rows(struct epo_db *db, void *arg, struct epo_error *error) {
    struct doing *doing = arg;
    for (size_t i = 0; i < doing->count; i++) {
        struct row *row = &doing->rows[i];
        row->error = (struct epo_error){0};
        if (row->refused)
            continue;
        if (!epo_db_run(db, &BEGIN_ROW, EPO_BIND_NONE, NULL, error))
            return false;
        bool done = do_row(doing, db, row, &row->error);
        if (!done && (row->error.kind == EPO_ERROR_BROKEN || row->error.kind == EPO_ERROR_BUSY)) {
            *error = row->error;
            return false;
        }
        if ((!done && !epo_db_run(db, &UNDO_ROW, EPO_BIND_NONE, NULL, error)) ||
            !epo_db_run(db, &END_ROW, EPO_BIND_NONE, NULL, error))
            return false;
    }
    return true;
}

/* ---- before it ---- */

static void refuse(struct row *row, struct epo_span why) {
    row->refused = true;
    row->why = why;
}

static void prepare_change(struct epo_request *request, struct doing *doing, struct row *row,
                           struct epo_agenda *agenda, const struct epo_json *found) {
    struct epo_error error = {0};
    struct epo_state_change *change = EPO_NEW(request->pool, struct epo_state_change);
    *change = (struct epo_state_change){.portal = request->portal,
                                        .db = request->db,
                                        .pool = request->pool,
                                        .agenda = agenda,
                                        .lang = request->lang,
                                        .submission = found,
                                        .to = doing->state,
                                        .note = doing->note,
                                        .account = epo_page_account_json(request, doing->account)};
    row->move = (struct epo_move){.number = row->id,
                                  .from = epo_json_get_text(found, "state"),
                                  .to = doing->state,
                                  .note = doing->note,
                                  .actor = epo_span(doing->account->id),
                                  .actor_name = epo_span(doing->account->name),
                                  .office = doing->scope};
    if (epo_agenda_state(change, &error) &&
        epo_agenda_state_file(change, &row->move, &row->run, &row->arg, &error))
        return;
    refuse(row, change->failures != NULL && change->failures->count > 0
                    ? epo_json_get_text(change->failures->items[0], "message")
                    : epo_page_error_text(request, &error, "case.refused"));
}

static void prepare_move(struct epo_request *request, struct doing *doing, struct row *row) {
    struct epo_error error = {0};
    struct epo_json *found;
    struct epo_viewer viewer = {.role = doing->viewer.role, .office = doing->viewer.office};
    if (!epo_submission_find(request->portal, request->db, request->pool, row->number, &viewer,
                             &found, &error)) {
        refuse(row, epo_page_error_text(request, &error, "case.refused"));
        return;
    }
    struct epo_agenda *agenda =
        epo_registry_find(epo_page_app(request)->registry, epo_json_get_text(found, "agenda"));
    if (agenda == NULL) {
        refuse(row, epo_page_text(request, "case.no_agenda"));
        return;
    }
    prepare_change(request, doing, row, agenda, found);
    epo_agenda_release(agenda);
}

static void read_rows(struct epo_request *request, struct doing *doing) {
    doing->rows = EPO_NEW_ARRAY(request->pool, struct row, ROWS_MAX);
    for (size_t i = 0; i < request->form_count && doing->count < ROWS_MAX; i++) {
        struct row row = {.number = request->form[i].value};
        if (epo_span_is(request->form[i].name, "case") && epo_number_read(row.number, &row.id))
            doing->rows[doing->count++] = row;
    }
}

/* Of several ticked ones the oldest leads, unless one was chosen. */
static void choose_lead(struct epo_request *request, struct doing *doing) {
    size_t kept = 0;
    if (!epo_number_read(epo_request_form(request, "lead"), &doing->lead))
        for (size_t i = 0; i < doing->count; i++)
            if (doing->lead == 0 || doing->rows[i].id < doing->lead)
                doing->lead = doing->rows[i].id;
    for (size_t i = 0; i < doing->count; i++)
        if (doing->rows[i].id != doing->lead)
            doing->rows[kept++] = doing->rows[i];
    doing->count = kept;
}

/* "office:umo-3" or "person:…". */
static const char *read_receiver(struct epo_request *request, struct doing *doing) {
    struct epo_span rest, kind = epo_span_cut(epo_request_form(request, "to"), ':', &rest);
    if (epo_span_is(kind, "office"))
        doing->to_office = rest;
    else if (epo_span_is(kind, "person"))
        doing->to_account = rest;
    bool known = doing->to_account.len > 0 ||
                 epo_routing_find(epo_portal_settings(request->portal), doing->to_office) != NULL;
    return known ? NULL : "office.no_receiver";
}

/* The text of what is missing, or NULL. */
static const char *prepare(struct epo_request *request, struct doing *doing) {
    struct epo_span action = epo_request_form(request, "action");
    int chosen = -1;
    for (int i = 0; i < (int)(sizeof ACTIONS / sizeof *ACTIONS); i++)
        if (epo_span_is(action, ACTIONS[i]))
            chosen = i;
    if (chosen < 0)
        return "office.no_action";
    doing->action = (enum action)chosen;
    doing->note = epo_span_trim(epo_request_form(request, "note"));
    doing->state = epo_request_form(request, "state");
    read_rows(request, doing);
    if (doing->action == MERGE)
        choose_lead(request, doing);
    if (doing->count == 0)
        return doing->action == MERGE ? "office.merge_two" : "office.no_rows";
    if (epo_text_length(doing->note) > EPO_HANDOVER_NOTE_CHARS)
        return "office.note_long";
    if (doing->action == MOVE && doing->state.len == 0)
        return "office.no_state";
    for (size_t i = 0; doing->action == MOVE && i < doing->count; i++)
        prepare_move(request, doing, &doing->rows[i]);
    return doing->action == PASS ? read_receiver(request, doing) : NULL;
}

/* ---- after it ---- */

/* Where the clerk came from, by the part of the query that is a filter and nothing else. */
static const char *way_back(struct epo_request *request) {
    struct epo_span back = epo_request_form(request, "back");
    bool own =
        epo_span_starts(back, EPO_SPAN("/office")) && memchr(back.at, '\\', back.len) == NULL;
    return own ? epo_pool_string(request->pool, back) : "/office";
}

static struct epo_response *show_done(struct epo_request *request, struct doing *doing, int status,
                                      struct epo_span trouble) {
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    struct epo_json *done = epo_json_set(pool, model, "done", epo_json_array(pool));
    struct epo_json *failed = epo_json_set(pool, model, "failed", epo_json_array(pool));
    char lead[EPO_NUMBER_SIZE];
    for (size_t i = 0; trouble.len == 0 && i < doing->count; i++) {
        struct row *row = &doing->rows[i];
        bool good = !row->refused && row->error.kind == EPO_ERROR_NONE;
        struct epo_json *shown = epo_json_object(pool);
        epo_json_set_text(pool, shown, "number", row->number);
        epo_json_set_string(pool, shown, "url",
                            epo_pool_printf(pool, "/office/cases/%.*s", EPO_ARG(row->number)));
        if (!good)
            epo_json_set_text(pool, shown, "why",
                              row->refused
                                  ? row->why
                                  : epo_page_error_text(request, &row->error, "case.refused"));
        epo_json_push(pool, good ? done : failed, shown);
    }
    epo_number_write(doing->lead, lead);
    epo_json_set_string(pool, model, "lead", doing->lead > 0 ? lead : "");
    epo_json_set_string(pool, model, "action_key",
                        epo_pool_printf(pool, "office.did_%s", ACTIONS[doing->action]));
    epo_json_set_text(pool, model, "trouble", trouble);
    epo_json_set_string(pool, model, "back", way_back(request));
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "office.done_title"));
    return epo_respond_private(request, status, "web/office_done", model);
}

static struct epo_response *finish(struct epo_request *request, void *arg,
                                   const struct epo_error *error) {
    struct doing *doing = arg;
    bool single = epo_request_form(request, "single").len > 0 && doing->count == 1;
    if (error != NULL) {
        epo_log_error(EPO_LOG_ERROR, "office.unsaved", error);
        return show_done(request, doing, 503, epo_page_text(request, "case.not_saved"));
    }
    if (single && !doing->rows[0].refused && doing->rows[0].error.kind == EPO_ERROR_NONE)
        return epo_respond_redirect(request, 303, epo_span(way_back(request)));
    return show_done(request, doing, 200, EPO_SPAN(""));
}

struct epo_response *epo_office_do(struct epo_request *request) {
    struct doing *doing = EPO_NEW(request->pool, struct doing);
    *doing = (struct doing){.portal = request->portal, .account = epo_page_account(request)};
    doing->viewer = epo_page_viewer(doing->account, EPO_SPAN(""));
    if (!epo_casework_scope(&doing->viewer, &doing->scope))
        return epo_page_denied(request);
    const char *missing = prepare(request, doing);
    if (missing != NULL)
        return show_done(request, doing, 422, epo_page_text(request, missing));
    return epo_respond_after_write(request, run_rows, finish, doing);
}
