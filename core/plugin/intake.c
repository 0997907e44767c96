/* From raw answers to a filed submission: the form's check, the map, the parameters, the agenda's
 * word, then one write job. Pages and API come through here alike. */
#include "base/clock.h"
#include "base/log.h"
#include "plugin/agenda.h"
#include "plugin/organization_use.h"
#include "plugin/public.h"
#include "plugin/registers.h"
#include "portal/attachment.h"
#include "portal/definitions.h"
#include "portal/occupancy.h"
#include "portal/routing.h"

/* ---- checking ---- */

/* What the hooks read; values and case come in later. */
static void build_tree(struct epo_intake *intake) {
    struct epo_pool *pool = intake->pool;
    struct epo_json *tree = epo_json_object(pool), *form, *agenda;
    const char *field = epo_form_place_field(intake->form);
    struct epo_json *place = field ? epo_json_get(intake->result.facts, field) : NULL;
    char today[EPO_TIME_SIZE];
    epo_json_set(pool, tree, "answers", intake->result.answers);
    epo_json_set(pool, tree, "facts", intake->result.facts);
    if (place)
        epo_json_set(pool, tree, "place", place); /* linked twice: hooks cannot change it */
    form = epo_json_set(pool, tree, "form", epo_json_object(pool));
    epo_json_set_string(pool, form, "id", epo_form_id(intake->form));
    epo_json_set_string(pool, form, "version", epo_form_version(intake->form));
    agenda = epo_json_set(pool, tree, "agenda", epo_json_object(pool));
    epo_json_set_string(pool, agenda, "name", intake->agenda->manifest->name);
    epo_json_set_string(pool, agenda, "version", intake->agenda->manifest->version);
    epo_json_set(pool, tree, "parameters", intake->parameters);
    if (intake->account)
        epo_json_set(pool, tree, "account", epo_json_copy(pool, intake->account));
    epo_json_set_string(pool, tree, "today",
                        intake->given_today ? intake->given_today
                                            : epo_date_iso(epo_clock_today(), today));
    epo_json_set_integer(pool, tree, "now_us", epo_clock_now_us());
    epo_json_set_string(pool, tree, "lang", intake->lang);
    intake->tree = tree;
}

static struct epo_json *find_parameters(struct epo_intake *intake) {
    struct epo_json *parameters = epo_agenda_parameters(
        intake->agenda, intake->pool, intake->district,
        intake->parameters_day ? intake->parameters_day : intake->given_today);
    const struct epo_json *given = intake->given_parameters;
    for (uint32_t i = 0; given && given->type == EPO_JSON_OBJECT && i < given->count; i++)
        epo_json_set(intake->pool, parameters, given->names[i].at,
                     epo_json_copy(intake->pool, given->items[i]));
    return parameters;
}

static bool ask(struct epo_intake *intake, enum epo_hook_kind kind, struct epo_hook *hook,
                struct epo_error *error) {
    *hook = (struct epo_hook){.pool = intake->pool,
                              .portal = intake->portal,
                              .db = intake->db,
                              .lang = intake->lang,
                              .tree = intake->tree,
                              .person = intake->person,
                              .given_records = intake->given_records,
                              .given_entries = intake->given_entries};
    return epo_agenda_call(intake->agenda, kind, NULL, hook, error);
}

static bool has_path(const struct epo_json *errors, struct epo_span path) {
    for (uint32_t i = 0; i < errors->count; i++)
        if (epo_span_equal(epo_json_get_text(errors->items[i], "path"), path))
            return true;
    return false;
}

/* The agenda's failures among the form's errors, under the same paths; one that the form has found
 * wrong already is not blamed twice. */
static void add_failures(struct epo_intake *intake, const struct epo_json *failures) {
    struct epo_json *errors = intake->result.errors;
    uint32_t of_form = errors->count;
    for (uint32_t i = 0; i < failures->count; i++) {
        struct epo_json *copy = epo_json_copy(intake->pool, failures->items[i]);
        struct epo_span path = epo_json_get_text(copy, "path");
        if (epo_span_starts(path, EPO_SPAN("answers.")))
            path = (struct epo_span){path.at + 8, path.len - 8};
        if (of_form && (path.len == 0 || has_path(errors, path)))
            continue;
        epo_json_set_text(intake->pool, copy, "path", path);
        epo_json_push(intake->pool, errors, copy);
    }
}

/* A fee is shown beside unfinished answers too; there a script that stumbles over a missing one has
 * done nothing wrong. */
static bool compute(struct epo_intake *intake, struct epo_error *error) {
    struct epo_hook hook;
    struct epo_error stumbled = {0};
    bool complete = intake->result.errors->count == 0;
    intake->values = epo_json_object(intake->pool);
    if (!ask(intake, EPO_HOOK_COMPUTE, &hook, complete ? error : &stumbled))
        return !complete;
    intake->values = hook.result;
    epo_json_set(intake->pool, intake->tree, "values", intake->values);
    add_failures(intake, hook.failures);
    return true;
}

/* Whether what stands in the way may be this very request, filed a moment ago. Asked only when
 * something does: the save finds it out for itself. */
static bool look_for_key(struct epo_intake *intake, struct epo_error *error) {
    return !intake->db ||
           epo_submission_key_used(intake->portal, intake->db, intake->agenda->manifest->name,
                                   epo_form_id(intake->form), intake->idempotency_key,
                                   &intake->repeated, error);
}

static bool check_free(struct epo_intake *intake, struct epo_error *error) {
    struct epo_json *errors = intake->result.errors;
    uint32_t before = errors->count;
    if (!intake->db || !intake->portal->maps || intake->given_facts || intake->asked)
        return true;
    if (!epo_intake_free(intake, error))
        return false;
    if (errors->count == before)
        return true;
    if (!look_for_key(intake, error))
        return false;
    if (intake->repeated)
        errors->count = before;
    return true;
}

static bool ask_agenda(struct epo_intake *intake, struct epo_error *error) {
    struct epo_hook hook;
    if (!compute(intake, error))
        return false;
    if (intake->result.errors->count)
        return true;
    if (!ask(intake, EPO_HOOK_CHECK, &hook, error))
        return false;
    add_failures(intake, hook.failures);
    return true;
}

bool epo_intake_check(struct epo_intake *intake, struct epo_error *error) {
    struct epo_error why = {0};
    const struct epo_form_files *files =
        intake->db && !intake->given_facts
            ? epo_attachment_files(intake->portal, intake->db, intake->pool)
            : NULL;
    struct epo_date day;
    /* a replay judges a form as of then; a completion as of now, as it is asked now */
    bool given_day = intake->parameters_day && epo_date_parse(epo_span(intake->given_today), &day);
    if (!epo_form_check_on(intake->form, intake->pool, intake->source, intake->raw,
                           intake->given_facts ? NULL : intake->portal->maps, files,
                           intake->agenda->catalog, intake->lang, given_day ? &day : NULL,
                           &intake->result, error))
        return false;
    if (!intake->result.facts)
        intake->result.facts = epo_json_object(intake->pool);
    for (uint32_t i = 0; intake->given_facts && i < intake->given_facts->count; i++)
        epo_json_set(intake->pool, intake->result.facts, intake->given_facts->names[i].at,
                     epo_json_copy(intake->pool, intake->given_facts->items[i]));
    if (intake->asked)
        epo_intake_keep(intake);
    const char *field = epo_form_place_field(intake->form);
    if (field)
        intake->district = epo_json_get_text(
            epo_json_get(epo_json_get(intake->result.facts, field), "district"), "code");
    intake->parameters = find_parameters(intake);
    build_tree(intake);
    if (!epo_registers_whose(intake->agenda, intake->db, intake->pool, intake->sender, 0,
                             intake->given_person, intake->tree, &intake->person, error))
        return false;
    if (!check_free(intake, error) ||
        (intake->portal->maps && !intake->given_facts &&
         !epo_organization_spots(epo_portal_settings(intake->portal), intake->form, intake->pool,
                                 intake->agenda->catalog, intake->lang, &intake->result, error)))
        return false;
    struct epo_json *errors = intake->result.errors;
    uint32_t before = errors->count;
    bool ok = ask_agenda(intake, &why);
    if (ok && errors->count == before)
        return true;
    if (!look_for_key(intake, error))
        return false;
    if (intake->repeated) { /* the first answer will be given again */
        errors->count = before;
        return true;
    }
    if (!ok && error)
        *error = why;
    return ok;
}

/* ---- filing ---- */

struct save {
    struct epo_intake *intake;
    struct epo_filing filing;
    struct epo_span map_version; /* under which the places were checked */
    const struct epo_located *places;
    const struct epo_publication *publication; /* what of it everybody may see, or NULL */
    bool keep_definition;                      /* it is not in the store yet */
};

/* Inside the save. A map is replaced whole: while its version stands, so does what was checked. */
static bool still_allowed(struct epo_db *db, void *arg, struct epo_error *error) {
    struct save *save = arg;
    struct epo_intake *intake = save->intake;
    (void)db;
    if (!intake->portal->maps)
        return true;
    struct epo_pool *pool = epo_pool_create();
    struct epo_json *errors = epo_json_array(pool);
    bool same = epo_span_equal(epo_maps_version(intake->portal->maps, pool), save->map_version);
    bool good = true;
    for (struct epo_form_place *place = intake->result.places; good && !same && place;
         place = place->next)
        good = epo_place_rules_apply(intake->portal->maps, pool,
                                     epo_form_rules(intake->form, place->field), &place->place,
                                     errors, error);
    if (good && errors->count)
        good = epo_fail(error, EPO_ERROR_CONFLICT, "place.changed",
                        "The map has changed meanwhile and the place is not allowed any more: "
                        "look at the form again.");
    epo_pool_free(pool);
    return good;
}

static bool run_save(struct epo_db *db, void *arg, struct epo_error *error) {
    struct save *save = arg;
    struct epo_intake *intake = save->intake;
    if (!epo_submission_file(intake->portal, db, &save->filing, intake->filed, error))
        return false;
    if (intake->filed->repeated)
        return true;
    int64_t number = 0;
    epo_assert(epo_number_read(epo_span(intake->filed->number), &number));
    char owner[EPO_NUMBER_SIZE + 16];
    snprintf(owner, sizeof owner, "submission/%s", intake->filed->number);
    return (!save->keep_definition ||
            epo_definitions_keep(intake->portal, db, intake->agenda->manifest->name, intake->form,
                                 error)) &&
           epo_attachment_claim_all(intake->portal, db, intake->result.files, epo_span(owner),
                                    error) &&
           epo_located_put(intake->portal, db, number, save->places, save->map_version, error) &&
           epo_occupancy_take(intake->portal, db, intake->filed->number, intake->occupants,
                              error) &&
           (save->publication == NULL ||
            epo_published_set(intake->portal, db, number, save->publication, error)) &&
           epo_agenda_write(intake->agenda, db, intake->writes, intake->filed->number, error);
}

static bool ask_submitted(struct epo_intake *intake, struct epo_error *error) {
    struct epo_hook hook;
    struct epo_error why = {0};
    struct epo_json *errors = intake->result.errors;
    uint32_t before = errors->count;
    bool ok = !intake->repeated && ask(intake, EPO_HOOK_SUBMITTED, &hook, &why);
    if (ok) {
        intake->submitted = hook.result;
        intake->writes = hook.writes;
        add_failures(intake, hook.failures);
        if (hook.failures->count == 0)
            return true;
    }
    if (!intake->repeated && !look_for_key(intake, error))
        return false;
    if (intake->repeated) {
        errors->count = before;
        intake->submitted = epo_json_object(intake->pool);
        intake->writes = NULL;
        return true;
    }
    if (!ok)
        *error = why;
    return ok && epo_fail(error, EPO_ERROR_BAD_INPUT, "agenda.refused",
                          "The agenda refused the request: its reasons stand in the errors.");
}

static void release(void *agenda) {
    epo_agenda_release(agenda);
}

/* A wrong due date is the script's mistake, not the citizen's: it is left out and logged. Without
 * one the first state's deadline holds. */
static struct epo_span due_of(struct epo_intake *intake, bool *counted) {
    struct epo_span due = epo_json_get_text(intake->submitted, "due");
    struct epo_date date;
    *counted = false;
    if (due.len > 0 && epo_date_parse(due, &date))
        return due;
    if (due.len > 0)
        epo_log(EPO_LOG_WARN, "agenda.due", EPO_LOG_TEXT("agenda", intake->agenda->manifest->name));
    struct epo_deadline deadline = {0};
    epo_deadline_enter(&deadline,
                       &epo_agenda_state_of(intake->agenda, EPO_SPAN("received"))->deadline,
                       intake->given_today && epo_date_parse(epo_span(intake->given_today), &date)
                           ? date
                           : epo_clock_today());
    *counted = true;
    return epo_pool_copy(intake->pool, epo_span(deadline.due));
}

/* What the agenda's code said, else the rules of its manifest, else the district's. */
static bool choose_office(struct epo_intake *intake, const char *field, struct epo_error *error) {
    struct epo_span wish = epo_json_get_text(intake->submitted, "office");
    if (!wish.len) {
        const struct epo_json *facts = field ? epo_json_get(intake->result.facts, field) : NULL;
        const char *today = epo_pool_string(intake->pool, epo_json_get_text(intake->tree, "today"));
        if (!epo_agenda_office(intake->agenda, intake->pool, facts, intake->result.answers,
                               intake->values, today, &wish, error))
            return false;
    }
    /* a district may hand its requests of this agenda to another office */
    struct epo_span office = epo_json_get_text(intake->parameters, "office");
    if (epo_span_is(wish, "district") && office.len)
        wish = office;
    wish = epo_agenda_own_office(intake->agenda, wish);
    intake->office =
        epo_routing_office(epo_portal_settings(intake->portal), wish, intake->district);
    return true;
}

bool epo_agenda_form_kept(struct epo_agenda *agenda, struct epo_db *db, const struct epo_form *form,
                          bool *kept, struct epo_error *error) {
    atomic_bool *known = NULL;
    for (size_t i = 0; i < agenda->form_count; i++)
        if (agenda->forms[i] == form)
            known = &agenda->forms_kept[i];
    *kept = known && atomic_load_explicit(known, memory_order_relaxed);
    if (*kept || !db)
        return true;
    if (!epo_definitions_has(agenda->portal, db, epo_form_version(form), kept, error))
        return false;
    if (*kept && known) /* committed: no save of this generation has to look again */
        atomic_store_explicit(known, true, memory_order_relaxed);
    return true;
}

/* Bytes of all files that the answers name. */
static int64_t bytes_of_files(const struct epo_json *files) {
    int64_t bytes = 0;
    for (uint32_t i = 0; files && i < files->count; i++)
        for (uint32_t k = 0; k < files->items[i]->count; k++)
            bytes += epo_json_get_integer(files->items[i]->items[k], "bytes", 0);
    return bytes;
}

bool epo_intake_file(struct epo_intake *intake, epo_write_run_fn *run, void **arg,
                     struct epo_error *error) {
    epo_assert(intake->tree && intake->result.errors->count == 0);
    bool known = intake->counter.len > 0 || intake->given_facts; /* a clerk knows, a test does not
                                                                    care */
    if (!known && !epo_assurance_check(epo_agenda_assurance(intake->agenda, intake->form),
                                       intake->assurance, error))
        return false;
    if (!epo_meter_may_keep(intake->agenda->meter, intake->portal, intake->db,
                            bytes_of_files(intake->result.files), error) ||
        !ask_submitted(intake, error))
        return false;
    struct epo_pool *pool = intake->pool;
    const char *field = epo_form_place_field(intake->form);
    bool counted;
    intake->due = due_of(intake, &counted);
    if (!choose_office(intake, field, error))
        return false;
    intake->filed = EPO_NEW(pool, struct epo_filed);
    struct save *save = EPO_NEW(pool, struct save);
    save->intake = intake;
    bool kept = intake->given_facts != NULL; /* a test of the agenda: nothing will be saved */
    if (!kept && !epo_agenda_form_kept(intake->agenda, intake->db, intake->form, &kept, error))
        return false;
    save->keep_definition = !kept;
    save->map_version =
        epo_json_get_text(field ? epo_json_get(intake->result.facts, field) : NULL, "map_version");
    save->filing = (struct epo_filing){
        .agenda = intake->agenda->manifest->name,
        .form = epo_form_id(intake->form),
        .form_version = epo_form_version(intake->form),
        .lang = intake->lang,
        .title = epo_form_title(intake->form, "cs"),
        .applicant = epo_form_applicant(intake->form, pool, intake->result.answers),
        .answers = epo_json_print_canonical(pool, intake->result.answers),
        .facts = epo_json_print(pool, intake->result.facts),
        .values = epo_json_print(pool, intake->values),
        .parameters = epo_json_print(pool, intake->parameters),
        .place = intake->result.has_place ? &intake->result.place : NULL,
        .place_facts = field ? epo_json_get(intake->result.facts, field) : NULL,
        .place_field = epo_span(field ? field : ""),
        .district = intake->district,
        .office = intake->office,
        .map_version = save->map_version,
        .idempotency_key = intake->idempotency_key,
        .sender = intake->sender,
        .agent = intake->agent,
        .agent_name = intake->agent_name,
        .sender_name = intake->sender_name,
        .counter = intake->counter,
        .due = intake->due,
        .due_counted = counted,
        .due_working = epo_agenda_state_of(intake->agenda, EPO_SPAN("received"))->deadline.working,
        .inside = intake->result.places ? still_allowed : NULL,
        .inside_arg = save,
    };
    epo_submission_prepare(pool, &save->filing);
    save->places = epo_located_of(pool, intake->form, &intake->result);
    save->publication = epo_public_of(intake->agenda, pool, intake->form, EPO_SPAN("received"),
                                      intake->result.answers, save->places);
    epo_agenda_hold(intake->agenda);
    epo_pool_defer(pool, release, intake->agenda);
    *run = run_save;
    *arg = save;
    return true;
}
