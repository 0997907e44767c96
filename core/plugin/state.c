/* A clerk moves a case: the manifest's table first, then the agenda's own word, then one write. */
#include "base/clock.h"
#include "plugin/agenda.h"
#include "plugin/public.h"
#include "plugin/registers.h"
#include "portal/completion.h"

struct epo_json *epo_agenda_moves(const struct epo_agenda *agenda, struct epo_pool *pool,
                                  struct epo_span from) {
    const struct epo_state *state = epo_agenda_state_of(agenda, from);
    struct epo_json *moves = epo_json_array(pool);
    for (size_t i = 0; i < state->move_count; i++)
        if (state->moves[i].by & EPO_MOVER_CLERK)
            epo_json_push(pool, moves, epo_json_text(pool, state->moves[i].to_id));
    return moves;
}

const struct epo_states *epo_agenda_states(const struct epo_agenda *agenda) {
    return agenda->manifest->states;
}

const struct epo_state *epo_agenda_state_of(const struct epo_agenda *agenda, struct epo_span id) {
    const struct epo_states *states = agenda->manifest->states;
    const struct epo_state *found = epo_states_find(states, id);
    return found ? found : epo_states_find(states, EPO_SPAN("received"));
}

/* The move that is meant, or NULL where the manifest has none for who asks. */
static const struct epo_allowed_move *in_manifest(const struct epo_state_change *change,
                                                  struct epo_span from) {
    const struct epo_state *state = epo_agenda_state_of(change->agenda, from);
    struct epo_span role = epo_json_get_text(change->account, "role");
    unsigned who = change->as_citizen ? EPO_MOVER_CITIZEN
                   : role.len > 0     ? epo_mover_of(role)
                                      : EPO_MOVER_CLERK;
    for (size_t i = 0; i < state->move_count; i++)
        if (epo_span_equal(state->moves[i].to_id, change->to) && (state->moves[i].by & who))
            return &state->moves[i];
    return NULL;
}

static bool check_needs(const struct epo_state_change *change, const struct epo_allowed_move *move,
                        struct epo_error *error) {
    if (move->needs_note && change->note.len == 0 && !change->has_decision && !change->has_reasons)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "state.note_needed",
                        "The agenda wants a note for the applicant with this move.");
    if (move->needs_decision && !change->has_decision)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "state.decision_needed",
                        "The agenda wants a decision with this move.");
    return true;
}

/* A part of the stored submission as the hook reads it. */
static void take(struct epo_pool *pool, struct epo_json *tree, const char *name,
                 const struct epo_json *part) {
    if (part && part->type != EPO_JSON_NULL)
        epo_json_set(pool, tree, name, epo_json_copy(pool, part));
}

static struct epo_json *build_tree(const struct epo_state_change *change, struct epo_span from) {
    struct epo_pool *pool = change->pool;
    const struct epo_json *submission = change->submission;
    struct epo_json *tree = epo_json_object(pool), *moved, *form;
    struct epo_span form_id = epo_json_get_text(submission, "form");
    const struct epo_form *definition = epo_agenda_find_form(change->agenda, form_id);
    const char *field = definition ? epo_form_place_field(definition) : NULL;
    const struct epo_json *facts = epo_completion_current(submission, "facts");
    take(pool, tree, "answers", epo_completion_current(submission, "answers"));
    take(pool, tree, "facts", facts);
    take(pool, tree, "place", field ? epo_json_get(facts, field) : NULL);
    take(pool, tree, "values", epo_completion_current(submission, "values"));
    take(pool, tree, "account", change->account);
    form = epo_json_set(pool, tree, "form", epo_json_object(pool));
    epo_json_set_text(pool, form, "id", form_id);
    epo_json_set_text(pool, form, "version", epo_json_get_text(submission, "formVersion"));
    moved = epo_json_set(pool, tree, "case", epo_json_object(pool));
    epo_json_set_text(pool, moved, "number", epo_json_get_text(submission, "number"));
    epo_json_set_text(pool, moved, "state", from);
    epo_json_set_text(pool, moved, "from", from);
    epo_json_set_text(pool, moved, "to", change->to);
    epo_json_set_text(pool, moved, "note", change->note);
    struct epo_json *parameters = epo_agenda_parameters(
        change->agenda, pool, epo_json_get_text(submission, "district"), change->given_today);
    const struct epo_json *laid = change->given_parameters;
    for (uint32_t i = 0; laid && i < laid->count; i++)
        epo_json_set(pool, parameters, laid->names[i].at, epo_json_copy(pool, laid->items[i]));
    epo_json_set(pool, tree, "parameters", parameters);
    if (change->given_today)
        epo_json_set_string(pool, tree, "today", change->given_today);
    return tree;
}

bool epo_agenda_state(struct epo_state_change *change, struct epo_error *error) {
    struct epo_span from = epo_json_get_text(change->submission, "state");
    struct epo_hook hook = {.pool = change->pool,
                            .portal = change->portal,
                            .db = change->db,
                            .lang = change->lang,
                            .given_records = change->given_records,
                            .given_entries = change->given_entries};
    change->failures = epo_json_array(change->pool);
    const struct epo_allowed_move *allowed = change->answered ? NULL : in_manifest(change, from);
    if (!allowed && !change->answered)
        return epo_fail(error, EPO_ERROR_CONFLICT, "state.not_allowed",
                        "The agenda allows no move from \"%.*s\" to \"%.*s\".", EPO_ARG(from),
                        EPO_ARG(change->to));
    if (allowed && !check_needs(change, allowed, error))
        return false;
    hook.tree = build_tree(change, from);
    int64_t number = 0;
    epo_number_read(epo_json_get_text(change->submission, "number"), &number);
    if (!epo_registers_whose(change->agenda, change->db, change->pool,
                             epo_json_get_text(change->submission, "sender"), number,
                             change->given_person, hook.tree, &hook.person, error) ||
        !epo_agenda_call(change->agenda, EPO_HOOK_STATE, NULL, &hook, error))
        return false;
    change->failures = hook.failures;
    change->writes = hook.writes;
    return hook.failures->count == 0 ||
           epo_fail(error, EPO_ERROR_BAD_INPUT, "agenda.refused",
                    "The agenda refused the move: its reasons stand in the failures.");
}

struct move_job {
    struct epo_state_change *change;
    struct epo_move move;
};

static bool run_move(struct epo_db *db, void *arg, struct epo_error *error) {
    struct move_job *job = arg;
    return epo_casework_move(job->change->portal, db, &job->move, error) &&
           epo_published_set(job->change->portal, db, job->move.number, job->change->publication,
                             error) &&
           epo_agenda_write(job->change->agenda, db, job->change->writes, NULL, error);
}

static void release(void *agenda) {
    epo_agenda_release(agenda);
}

/* What of the case everybody may see once it has moved. */
static bool find_publication(struct epo_state_change *change, struct epo_error *error) {
    const struct epo_json *submission = change->submission;
    const struct epo_json *answers = epo_completion_current(submission, "answers");
    const struct epo_form *form =
        epo_agenda_find_form(change->agenda, epo_json_get_text(submission, "form"));
    struct epo_located *stored;
    int64_t number;
    change->publication = NULL;
    if (form == NULL || answers == NULL ||
        !epo_number_read(epo_json_get_text(submission, "number"), &number))
        return true;
    if (!epo_located_read(change->portal, change->db, change->pool, number, &stored, error))
        return false;
    const struct epo_located *places = change->places ? change->places : stored;
    change->publication =
        epo_public_of(change->agenda, change->pool, form, change->to, answers, places);
    return true;
}

bool epo_agenda_state_file(struct epo_state_change *change, const struct epo_move *move,
                           epo_write_run_fn *run, void **arg, struct epo_error *error) {
    struct move_job *job = EPO_NEW(change->pool, struct move_job);
    if (!find_publication(change, error))
        return false;
    *job = (struct move_job){change, *move};
    job->move.deadline = epo_agenda_state_of(change->agenda, move->to)->deadline;
    epo_agenda_hold(change->agenda);
    epo_pool_defer(change->pool, release, change->agenda);
    *run = run_move;
    *arg = job;
    return true;
}
