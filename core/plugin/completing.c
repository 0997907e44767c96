/* A completion: new answers among those that stay, judged by the form and the agenda as a whole. */
#include "base/clock.h"
#include "plugin/agenda.h"
#include "portal/attachment.h"
#include "portal/completion.h"

/* ---- what may be another now ---- */

struct epo_json *epo_completing_asked(const struct epo_json *submission, struct epo_pool *pool) {
    const struct epo_json *open = epo_completion_open(submission);
    const struct epo_json *fields = epo_json_get(open, "fields");
    struct epo_json *asked = epo_json_array(pool);
    for (uint32_t i = 0; fields && i < fields->count; i++)
        epo_json_push(pool, asked,
                      epo_json_text(pool, epo_json_get_text(fields->items[i], "field")));
    return asked;
}

static bool holds(const struct epo_json *list, struct epo_span id) {
    for (uint32_t i = 0; i < list->count; i++)
        if (epo_span_equal(list->items[i]->text, id))
            return true;
    return false;
}

/* The field or group that a posted name or the path of an error belongs to. */
static struct epo_span first_of(struct epo_span name) {
    struct epo_span rest;
    return epo_span_cut(name, '.', &rest);
}

/* Asked for by the office, or by the form because of another new answer. */
static bool is_open(const struct epo_json *asked, const struct epo_json *kept, struct epo_span id) {
    return holds(asked, id) || epo_json_get_span(kept, id) == NULL;
}

/* Files that the submission has already are referred to as if they had just been sent. */
static void refer(struct epo_portal *portal, const struct epo_form *form, struct epo_pool *pool,
                  struct epo_json *sent) {
    for (uint32_t i = 0; i < sent->count; i++) {
        const struct epo_json *ids = sent->items[i];
        if (!epo_form_takes_file(form, sent->names[i]) || ids->type != EPO_JSON_ARRAY)
            continue;
        struct epo_json *references = epo_json_array(pool);
        for (uint32_t k = 0; k < ids->count; k++) {
            char reference[EPO_ATTACHMENT_REFERENCE_SIZE];
            epo_attachment_reference(portal, epo_pool_string(pool, ids->items[k]->text), reference);
            epo_json_push(pool, references, epo_json_string(pool, reference));
        }
        sent->items[i] = references;
    }
}

/* A signature that is asked for again is given anew: the old one stands under other answers. */
static bool is_signature(const struct epo_completing *completing, struct epo_span id) {
    const struct epo_json *sections =
        epo_json_get(epo_form_definition(completing->form), "sections");
    for (uint32_t i = 0; i < sections->count; i++) {
        const struct epo_json *fields = epo_json_get(sections->items[i], "fields");
        for (uint32_t k = 0; fields != NULL && k < fields->count; k++)
            if (epo_span_equal(epo_json_get_text(fields->items[k], "id"), id))
                return epo_span_is(epo_json_get_text(fields->items[k], "type"), "signature");
    }
    return false;
}

struct epo_json *epo_intake_retyped(struct epo_portal *portal, const struct epo_form *form,
                                    struct epo_pool *pool, const struct epo_json *answers) {
    struct epo_json *sent = epo_form_retype(form, pool, answers);
    refer(portal, form, pool, sent);
    return sent;
}

struct epo_json *epo_completing_raw(const struct epo_completing *completing,
                                    const struct epo_json *raw) {
    struct epo_pool *pool = completing->pool;
    const struct epo_json *kept = epo_completion_current(completing->submission, "answers");
    const struct epo_json *asked = epo_completing_asked(completing->submission, pool);
    struct epo_json *sent = epo_intake_retyped(completing->portal, completing->form, pool, kept);
    struct epo_json *all = epo_json_object(pool);
    for (uint32_t i = 0; i < sent->count; i++) {
        struct epo_span id = first_of(sent->names[i]);
        if (!holds(asked, id) || (raw == NULL && !is_signature(completing, id)))
            epo_json_append(pool, all, sent->names[i], sent->items[i]);
    }
    for (uint32_t i = 0; raw != NULL && i < raw->count; i++)
        if (is_open(asked, kept, first_of(raw->names[i])))
            epo_json_set(pool, all, epo_pool_string(pool, raw->names[i]),
                         epo_json_copy(pool, raw->items[i]));
    return all;
}

/* ---- inside epo_intake_check ---- */

static bool blamed(const struct epo_json *errors, struct epo_span id) {
    for (uint32_t i = 0; i < errors->count; i++)
        if (epo_span_equal(first_of(epo_json_get_text(errors->items[i], "path")), id))
            return true;
    return false;
}

void epo_intake_keep(struct epo_intake *intake) {
    struct epo_pool *pool = intake->pool;
    struct epo_form_result *result = &intake->result;
    const struct epo_json *kept = intake->kept_answers;
    struct epo_json *errors = epo_json_array(pool);
    for (uint32_t i = 0; i < kept->count; i++) {
        struct epo_span id = kept->names[i];
        const struct epo_json *facts = epo_json_get_span(intake->kept_facts, id);
        bool wanted = epo_json_get_span(result->answers, id) || blamed(result->errors, id);
        if (holds(intake->asked, id) || !wanted) /* !wanted: a condition took it out */
            continue;
        epo_json_put(pool, result->answers, id, epo_json_copy(pool, kept->items[i]));
        if (facts)
            epo_json_put(pool, result->facts, id, epo_json_copy(pool, facts));
    }
    for (uint32_t i = 0; i < result->errors->count; i++) {
        struct epo_span path = epo_json_get_text(result->errors->items[i], "path");
        if (is_open(intake->asked, kept, first_of(path)))
            epo_json_push(pool, errors, result->errors->items[i]);
    }
    result->errors = errors;
}

/* ---- checking ---- */

static void add_change(struct epo_completing *completing, struct epo_span id,
                       const struct epo_json *before, const struct epo_json *after) {
    struct epo_pool *pool = completing->pool;
    if (before && after &&
        epo_span_equal(epo_json_print_canonical(pool, before),
                       epo_json_print_canonical(pool, after)))
        return;
    struct epo_json *change = epo_json_object(pool);
    epo_json_set_text(pool, change, "field", id);
    if (before)
        epo_json_set(pool, change, "before", epo_json_copy(pool, before));
    if (after)
        epo_json_set(pool, change, "after", epo_json_copy(pool, after));
    epo_json_push(pool, completing->changes, change);
}

static void find_changes(struct epo_completing *completing, const struct epo_json *kept) {
    const struct epo_json *now = completing->intake.result.answers;
    completing->changes = epo_json_array(completing->pool);
    for (uint32_t i = 0; i < kept->count; i++)
        add_change(completing, kept->names[i], kept->items[i],
                   epo_json_get_span(now, kept->names[i]));
    for (uint32_t i = 0; i < now->count; i++)
        if (!epo_json_get_span(kept, now->names[i]))
            add_change(completing, now->names[i], NULL, now->items[i]);
}

bool epo_completing_check(struct epo_completing *completing, struct epo_error *error) {
    const struct epo_json *submission = completing->submission;
    const struct epo_json *asked = epo_completing_asked(submission, completing->pool);
    const char *field = epo_form_place_field(completing->form);
    int64_t received_at_us = epo_json_get_integer(submission, "received_at_us", 0);
    char day[EPO_TIME_SIZE];
    bool moved = field && holds(asked, epo_span(field));
    completing->intake = (struct epo_intake){
        .portal = completing->portal,
        .db = completing->db,
        .pool = completing->pool,
        .agenda = completing->agenda,
        .form = completing->form,
        .source = EPO_ANSWERS_FROM_HTML,
        .raw = epo_completing_raw(completing, completing->raw),
        .lang = completing->lang,
        .sender = completing->sender,
        .account = completing->account,
        .kept_answers = epo_completion_current(submission, "answers"),
        .kept_facts = epo_completion_current(submission, "facts"),
        .asked = asked,
        .given_parameters = moved ? NULL : epo_json_get(submission, "parameters"),
        .given_today = epo_pool_string(completing->pool,
                                       epo_span(epo_date_iso(epo_date_of_us(received_at_us), day))),
    };
    if (!epo_intake_check(&completing->intake, error))
        return false;
    find_changes(completing, completing->intake.kept_answers);
    return true;
}

/* ---- filing ---- */

struct save {
    struct epo_portal *portal;
    struct epo_completion completion;
    const struct epo_json *files; /* of all answers, kept and new */
    const char *owner;
    struct epo_move move;
    epo_write_run_fn run;
    void *arg;
};

static bool run_save(struct epo_db *db, void *arg, struct epo_error *error) {
    struct save *save = arg;
    return epo_completion_save(save->portal, db, &save->completion, error) &&
           epo_attachment_claim_all(save->portal, db, save->files, epo_span(save->owner), error) &&
           save->run(db, save->arg, error);
}

/* Is what takes up ground another now: the place, or the days? */
static bool needs_ground(const struct epo_completing *completing, bool moved) {
    if (moved)
        return true;
    for (uint32_t i = 0; i < completing->changes->count; i++) {
        const struct epo_json *after = epo_json_get(completing->changes->items[i], "after");
        struct epo_date date;
        if (epo_json_is_text(after) && epo_date_parse(after->text, &date))
            return true;
    }
    return false;
}

static bool has_moved(const struct epo_completing *completing) {
    for (const struct epo_form_place *place = completing->intake.result.places; place;
         place = place->next)
        for (uint32_t i = 0; i < completing->changes->count; i++)
            if (epo_span_is(epo_json_get_text(completing->changes->items[i], "field"),
                            place->field))
                return true;
    return false;
}

static bool fill(struct epo_completing *completing, struct save *save, struct epo_error *error) {
    struct epo_pool *pool = completing->pool;
    struct epo_form_result *result = &completing->intake.result;
    struct epo_completion *c = &save->completion;
    const char *field = epo_form_place_field(completing->form);
    const struct epo_json *facts = field ? epo_json_get(result->facts, field) : NULL;
    *c = (struct epo_completion){
        .sequence =
            epo_json_get_integer(epo_completion_open(completing->submission), "sequence", 0),
        .changes = epo_json_print_canonical(pool, completing->changes),
        .answers = epo_json_print_canonical(pool, result->answers),
        .facts = epo_json_print(pool, result->facts),
        .values = epo_json_print(pool, completing->intake.values),
        .actor = completing->sender,
        .moved = has_moved(completing),
        .places = epo_located_of(pool, completing->form, result),
        .map_version = epo_json_get_text(facts, "map_version"),
        .district = completing->intake.district,
    };
    epo_number_read(epo_json_get_text(completing->submission, "number"), &c->number);
    c->ground = needs_ground(completing, c->moved);
    epo_submission_describe(pool, epo_json_get_text(completing->submission, "title"),
                            epo_form_applicant(completing->form, pool, result->answers), facts,
                            &c->place_text, &c->search);
    return !c->ground ||
           epo_occupancy_list(completing->portal, pool, completing->agenda->manifest->name,
                              completing->form, result, &completing->intake.occupants, error);
}

/* The submission as it counts with the new answers: for the agenda's word and the public map. */
static struct epo_json *as_completed(struct epo_completing *completing) {
    struct epo_pool *pool = completing->pool;
    struct epo_json *copy = epo_json_copy(pool, completing->submission);
    struct epo_json *current = epo_json_set(pool, copy, "current", epo_json_object(pool));
    epo_json_set(pool, current, "answers", completing->intake.result.answers);
    epo_json_set(pool, current, "facts", completing->intake.result.facts);
    epo_json_set(pool, current, "values", completing->intake.values);
    return copy;
}

bool epo_completing_file(struct epo_completing *completing, epo_write_run_fn *run, void **arg,
                         struct epo_error *error) {
    struct epo_pool *pool = completing->pool;
    struct epo_span from = epo_json_get_text(completing->submission, "state");
    const struct epo_state *state = epo_agenda_state_of(completing->agenda, from);
    struct save *save = EPO_NEW(pool, struct save);
    epo_assert(completing->intake.result.errors->count == 0);
    if (state->answered == NULL)
        return epo_fail(error, EPO_ERROR_CONFLICT, "completion.closed",
                        "The case does not wait for a completion any more.");
    save->portal = completing->portal;
    save->files = completing->intake.result.files;
    save->owner = epo_pool_printf(pool, "submission/%.*s",
                                  EPO_ARG(epo_json_get_text(completing->submission, "number")));
    if (!fill(completing, save, error))
        return false;
    save->completion.occupants = completing->intake.occupants;
    save->move = (struct epo_move){.number = save->completion.number,
                                   .from = from,
                                   .to = state->answered->id,
                                   .actor = completing->sender,
                                   .by_applicant = true};
    struct epo_state_change *change = EPO_NEW(pool, struct epo_state_change);
    *change = (struct epo_state_change){.portal = completing->portal,
                                        .db = completing->db,
                                        .pool = pool,
                                        .agenda = completing->agenda,
                                        .lang = completing->lang,
                                        .submission = as_completed(completing),
                                        .to = state->answered->id,
                                        .account = completing->account,
                                        .answered = true,
                                        .places = save->completion.moved ? save->completion.places
                                                                         : NULL};
    if (!epo_agenda_state(change, error) ||
        !epo_agenda_state_file(change, &save->move, &save->run, &save->arg, error))
        return false;
    *run = run_save;
    *arg = save;
    return true;
}
