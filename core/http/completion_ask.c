/* The clerk asks for a completion: some fields of the form, each with a reason. */
#include "http/completions.h"

#include "base/log.h"
#include "http/office_case.h"
#include "portal/completion.h"

enum { NOTE_CHARS_MAX = 2000 };

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
