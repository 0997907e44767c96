#include "http/own_case.h"

#include "base/log.h"
#include "portal/casework.h"
#include "portal/completion.h"
#include "portal/mandate.h"

enum { NOTE_CHARS_MAX = 2000 };

/* Key of the link or receipt typed in; anything else opens nothing. */
static struct epo_span token_of(struct epo_request *request) {
    struct epo_span key = epo_request_query(request, "key");
    if (key.len == 0)
        key = epo_request_form(request, "key");
    return key.len > 0 ? key : epo_span_trim(epo_request_query(request, "receipt"));
}

/* Who holds its key or sent it may; another needs a mandate to file. */
static bool find_rights(struct epo_request *request, struct epo_own_case *own,
                        struct epo_error *error) {
    struct epo_span sender = epo_json_get_text(own->found, "sender");
    struct epo_span self = epo_span(own->account != NULL ? own->account->id : "");
    bool by_token = own->token.len > 0 && epo_json_get_text(own->found, "agent").len == 0;
    own->may_act = by_token || sender.len == 0;
    if (!own->may_act && !epo_mandate_may(request->portal, request->db, self, sender,
                                          epo_json_get_text(own->found, "agenda"), EPO_MANDATE_FILE,
                                          &own->may_act, error))
        return false;
    return own->may_act || request->method != EPO_POST ||
           epo_fail(error, EPO_ERROR_DENIED, "mandate.read_only",
                    "The mandate lets read, not file.");
}

struct epo_own_case *epo_own_case_open(struct epo_request *request, struct epo_error *error) {
    struct epo_own_case *own = EPO_NEW(request->pool, struct epo_own_case);
    own->account = epo_page_account(request);
    own->token = token_of(request);
    own->viewer = epo_page_viewer(own->account, own->token);
    /* A clerk reads cases under /office, where each view is audited. */
    if (!epo_span_is(own->viewer.role, "citizen"))
        own->viewer.role = (struct epo_span){"", 0};
    if (!epo_submission_find(request->portal, request->db, request->pool, request->captures[0],
                             &own->viewer, &own->found, error) ||
        !find_rights(request, own, error))
        return NULL;
    epo_number_read(epo_json_get_text(own->found, "number"), &own->number);
    own->agenda = epo_page_agenda_named(request, epo_json_get_text(own->found, "agenda"));
    return own;
}

struct epo_response *epo_own_case_back(struct epo_request *request, const struct epo_own_case *own,
                                       const char *word) {
    struct epo_span number = epo_json_get_text(own->found, "number");
    const char *key =
        own->token.len > 0 ? epo_pool_printf(request->pool, "key=%.*s&", EPO_ARG(own->token)) : "";
    return epo_respond_redirect(
        request, 303,
        epo_span(epo_pool_printf(request->pool, "/submissions/%.*s?%s%s", EPO_ARG(number), key,
                                 word != NULL ? word : "")));
}

struct epo_response *epo_own_case_refuse(struct epo_request *request, struct epo_own_case *own,
                                         int status, const char *part, struct epo_span text) {
    struct epo_json *trouble = epo_json_object(request->pool);
    struct epo_error error = {0};
    /* as it is now: what refused may be what somebody else did meanwhile */
    if (!epo_submission_find(request->portal, request->db, request->pool, request->captures[0],
                             &own->viewer, &own->found, &error))
        return epo_respond_error(request, &error, NULL);
    epo_json_set_text(request->pool, trouble, part, text);
    return epo_own_case_show(request, own, status, trouble);
}

const struct epo_allowed_move *epo_own_case_withdrawal(const struct epo_own_case *own) {
    if (own->agenda == NULL || !own->may_act)
        return NULL;
    const struct epo_state *state =
        epo_agenda_state_of(own->agenda, epo_json_get_text(own->found, "state"));
    for (size_t i = 0; i < state->move_count; i++)
        if ((state->moves[i].by & EPO_MOVER_CITIZEN) && state->moves[i].to->ends)
            return &state->moves[i];
    return NULL;
}

bool epo_own_case_completable(const struct epo_own_case *own) {
    return own->agenda != NULL && own->may_act && epo_completion_open(own->found) != NULL &&
           epo_agenda_state_of(own->agenda, epo_json_get_text(own->found, "state"))->answered !=
               NULL;
}

/* ---- taking it back ---- */

struct withdrawal {
    struct epo_own_case *own;
    struct epo_move move;
    epo_write_run_fn run;
    void *arg;
};

static struct epo_response *finish(struct epo_request *request, void *arg,
                                   const struct epo_error *error) {
    struct withdrawal *withdrawal = arg;
    if (error == NULL)
        return epo_own_case_back(request, withdrawal->own, "withdrawn=1");
    bool conflict = error->kind == EPO_ERROR_CONFLICT;
    if (!conflict)
        epo_log_error(EPO_LOG_ERROR, "case.unsaved", error);
    return epo_own_case_refuse(
        request, withdrawal->own, conflict ? 409 : 503, "withdraw",
        epo_page_text(request, conflict ? "withdraw.refused" : "case.not_saved"));
}

/* Pressed twice, the second finds it withdrawn and says so. */
struct epo_response *epo_submission_withdraw(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_own_case *own = epo_own_case_open(request, &error);
    if (own == NULL)
        return epo_respond_error(request, &error, NULL);
    const struct epo_allowed_move *allowed = epo_own_case_withdrawal(own);
    struct epo_span from = epo_json_get_text(own->found, "state");
    struct epo_span note = epo_span_trim(epo_request_form(request, "note"));
    if (epo_text_length(note) > NOTE_CHARS_MAX)
        return epo_own_case_refuse(request, own, 422, "withdraw",
                                   epo_page_text(request, "case.note_long"));
    if (allowed == NULL || !epo_span_equal(epo_request_form(request, "state"), from))
        return epo_own_case_refuse(request, own, 409, "withdraw",
                                   epo_page_text(request, "withdraw.refused"));
    struct withdrawal *withdrawal = EPO_NEW(pool, struct withdrawal);
    withdrawal->own = own;
    withdrawal->move = (struct epo_move){.number = own->number,
                                         .from = from,
                                         .to = allowed->to_id,
                                         .note = note,
                                         .actor = epo_span(own->account ? own->account->id : ""),
                                         .by_applicant = true};
    struct epo_state_change *change = EPO_NEW(pool, struct epo_state_change);
    *change = (struct epo_state_change){.portal = request->portal,
                                        .db = request->db,
                                        .pool = pool,
                                        .agenda = own->agenda,
                                        .lang = request->lang,
                                        .submission = own->found,
                                        .to = allowed->to_id,
                                        .note = note,
                                        .account = epo_page_account_json(request, own->account),
                                        .as_citizen = true};
    if (!epo_agenda_state(change, &error) ||
        !epo_agenda_state_file(change, &withdrawal->move, &withdrawal->run, &withdrawal->arg,
                               &error)) {
        bool refused = error.kind == EPO_ERROR_CONFLICT || error.kind == EPO_ERROR_BAD_INPUT;
        if (!refused)
            return finish(request, withdrawal, &error);
        const struct epo_json *reasons = change->failures;
        return epo_own_case_refuse(request, own, 409, "withdraw",
                                   reasons && reasons->count > 0
                                       ? epo_json_get_text(reasons->items[0], "message")
                                       : epo_page_text(request, "withdraw.refused"));
    }
    return epo_respond_after_job(request, withdrawal->run, withdrawal->arg, finish, withdrawal);
}
