/* A form from blank to filed: fill in, search for a place, review, send. Everything typed travels
 * in the page itself, so a failure at any step shows it again with nothing lost.
 *
 * _action says what to do: "review", "edit", "change" (of a form of steps: edit, then review),
 * "print", "send", "search:<field>", "use:<offer>",
 * "group:<group>:…" or "step:<field>:…" (without a script; forms/form.h). _key is the idempotency
 * key of what was reviewed: sending it twice (double click, reload, way back) files once.
 * "save" keeps what was typed as a draft (http/drafting.h), "keep:<version>" over what another page
 * has saved; a draft that is sent is removed in the same save. "identify:<way>" saves one too, and
 * leads to where the sender becomes known (form_assured.c). */
#include "http/filling.h"
#include "http/nearby.h"
#include "http/prefill.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/token.h"
#include "http/counter.h"
#include "http/files.h"
#include "http/print.h"

struct epo_span epo_counter_of(struct epo_request *request) {
    const struct epo_account *account = epo_page_account(request);
    bool clerk = account != NULL && strcmp(account->role, "citizen") != 0;
    return clerk && epo_request_form(request, "_counter").len > 0 ? epo_span(account->id)
                                                                  : EPO_SPAN("");
}

static bool start(struct epo_request *request, struct filling *filling) {
    filling->request = request;
    filling->agenda = epo_page_agenda(request);
    filling->form = epo_page_form(request, filling->agenda);
    filling->counter = epo_counter_of(request);
    filling->step = -1;
    if (filling->form == NULL || request->captures[2].len == 0)
        return filling->form != NULL;
    filling->step = epo_form_step_find(filling->form, request->captures[2]);
    return filling->step >= 0;
}

static bool has_steps(const struct filling *filling) {
    return epo_form_step_count(filling->form) > 0;
}

/* The key of a review is made from what is reviewed: who comes back to it (a reload, the browser's
 * way back after sending) and sends once more gets the first answer and files nothing again. The
 * same words from another place, account or day are another request. */
static void make_key(struct filling *filling) {
    struct epo_request *request = filling->request;
    const struct epo_account *account = epo_page_account(request);
    char today[EPO_TIME_SIZE];
    struct epo_buffer words;
    epo_buffer_init(&words, 64u << 20);
    epo_buffer_printf(&words, "%s %s %s %s %s %s %.*s ", epo_agenda_name(filling->agenda),
                      epo_form_id(filling->form), epo_form_version(filling->form),
                      account != NULL ? account->id : "-",
                      filling->acting.other ? filling->acting.party.id : "-",
                      epo_date_iso(epo_clock_today(), today), EPO_ARG(request->client));
    epo_json_write_canonical(&words, filling->intake.result.answers);
    epo_assert(!words.failed);
    epo_portal_seal(request->portal, "review", epo_buffer_get(&words), filling->key);
    epo_buffer_clear(&words);
}

/* Our own keys only: 26 letters and digits. */
static void read_key(struct filling *filling) {
    struct epo_span key = epo_request_form(filling->request, "_key");
    bool good = key.len == EPO_TOKEN_SIZE - 1;
    for (size_t i = 0; good && i < key.len; i++)
        good = (key.at[i] >= 'a' && key.at[i] <= 'z') || (key.at[i] >= '0' && key.at[i] <= '9');
    if (good)
        memcpy(filling->key, key.at, key.len);
}

/* A name that came several times is an array, in order. */
struct epo_json *epo_page_raw(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_json *raw = epo_json_object_for(pool, (uint32_t)request->form_count);
    for (size_t i = 0; i < request->form_count; i++) {
        const struct epo_pair *pair = &request->form[i];
        if (pair->name.len == 0 || pair->name.at[0] == '_')
            continue;
        struct epo_json *before = epo_json_get_span(raw, pair->name);
        struct epo_json *value = epo_json_text(pool, pair->value);
        if (before == NULL) {
            epo_json_append(pool, raw, epo_pool_copy(pool, pair->name), value);
        } else if (before->type == EPO_JSON_ARRAY) {
            epo_json_push(pool, before, value);
        } else {
            struct epo_json *several = epo_json_array(pool);
            epo_json_push(pool, several, before);
            epo_json_push(pool, several, value);
            epo_json_put(pool, raw, pair->name, several);
        }
    }
    return raw;
}

struct epo_json *epo_filling_frame(struct filling *filling) {
    struct epo_pool *pool = filling->request->pool;
    struct epo_json *model = epo_json_object(pool);
    epo_page_set_crumb(filling->request, model, filling->agenda);
    epo_json_set_string(pool, model, "action", epo_filling_address(filling, filling->step));
    epo_json_set_string(pool, model, "key", filling->key);
    epo_drafting_model(filling->request, &filling->drafting, model);
    epo_filling_assurance(filling, model);
    epo_filling_add_acting(filling, model);
    if (filling->counter.len > 0)
        epo_json_set(pool, model, "counter",
                     filling->counter_note != NULL ? filling->counter_note : epo_json_object(pool));
    epo_json_set_boolean(pool, model, "at_counter", filling->counter.len > 0);
    int64_t metres, days;
    const char *place = epo_form_place_field(filling->form);
    if (place != NULL && epo_agenda_nearby(filling->agenda, &metres, &days))
        epo_json_set_string(pool, model, "near_field", place);
    epo_json_set_text(pool, model, "page_title",
                      epo_form_title(filling->form, filling->request->lang));
    return model;
}

/* Texts that name parameters: those of the place's district, once it is known. */
void epo_filling_texts(struct filling *filling, struct epo_json *view) {
    struct epo_pool *pool = filling->request->pool;
    const struct epo_json *parameters = filling->intake.parameters;
    if (parameters == NULL)
        parameters = epo_agenda_parameters(filling->agenda, pool, EPO_SPAN(""), NULL);
    epo_agenda_fill_view(filling->agenda, pool, filling->request->lang, parameters, view);
}

struct epo_response *epo_filling_page(struct filling *filling, int status, struct epo_json *model,
                                      struct epo_json *view) {
    struct epo_pool *pool = filling->request->pool;
    epo_form_view_places(filling->form, pool, filling->request->lang,
                         filling->request->portal->catalog, filling->request->portal->maps,
                         filling->raw, &filling->steps, view);
    epo_json_set(pool, view, "place_values",
                 filling->steps.field != NULL
                     ? epo_page_values(filling->request, filling->agenda, filling->form,
                                       filling->intake.values)
                     : epo_json_array(pool));
    epo_json_set_string(pool, view, "agenda", epo_agenda_name(filling->agenda));
    epo_json_set_boolean(pool, view, "has_files", epo_form_has_files(filling->form));
    const struct epo_json *computed = epo_json_get(epo_form_definition(filling->form), "computed");
    epo_json_set_boolean(pool, view, "computes", computed != NULL && computed->count > 0);
    epo_filling_texts(filling, view);
    epo_prefill_mark(filling->request, &filling->acting, filling->form, view, filling->prefilled);
    epo_json_set(pool, model, "form", view);
    epo_json_set_text(pool, epo_json_get(model, "draft"), "error", filling->trouble);
    if (filling->conflict)
        epo_drafting_conflict(filling->request, &filling->drafting, filling->form, filling->raw,
                              model);
    return epo_respond_page(filling->request, status, "web/form", model);
}

static struct epo_response *show_form(struct filling *filling, int status,
                                      const struct epo_form_result *result) {
    if (has_steps(filling))
        return epo_filling_show_step(filling, status, result);
    return epo_filling_page(filling, status, epo_filling_frame(filling),
                            epo_form_view(filling->form, filling->request->pool,
                                          filling->request->lang, filling->request->portal->catalog,
                                          result));
}

/* Opened from the city map with its place filled in, and with what is known of the citizen. */
struct epo_response *epo_form_get(struct epo_request *request) {
    struct filling filling = {0};
    struct epo_response *refused = NULL;
    struct epo_error error = {0};
    struct epo_point at;
    if (!start(request, &filling))
        return epo_page_not_found(request);
    if (!epo_filling_draft(&filling, &refused) || !epo_filling_acting(&filling, &refused))
        return refused;
    if (filling.drafting.found || filling.drafting.lost)
        return epo_filling_open_draft(&filling);
    filling.raw = epo_json_object(request->pool);
    bool placed = epo_form_place_field(filling.form) != NULL && epo_page_place(request, &at);
    if (placed && !epo_form_open_at(filling.form, request->pool, request->portal->maps, at,
                                    epo_request_query(request, "found"), filling.raw, &error))
        return epo_respond_error(request, &error, NULL);
    if (!epo_prefill_add(request, &filling.acting, filling.form, filling.raw, &filling.prefilled,
                         &error))
        return epo_respond_error(request, &error, NULL);
    if (filling.raw->count > 0)
        return epo_filling_show_typed(&filling, 200);
    struct epo_response *response = show_form(&filling, 200, NULL);
    if (filling.prefilled == NULL)
        epo_response_cacheable(response);
    return response;
}

/* ---- review ---- */

static struct epo_response *show_review(struct filling *filling, int status,
                                        struct epo_span trouble) {
    struct epo_request *request = filling->request;
    struct epo_pool *pool = request->pool;
    const struct epo_form_result *result = &filling->intake.result;
    struct epo_json *model = epo_filling_frame(filling), *form = epo_json_object(pool);
    const struct epo_json *definition = epo_form_definition(filling->form);
    epo_json_set_string(pool, form, "id", epo_form_id(filling->form));
    epo_json_set_string(pool, form, "agenda", epo_agenda_name(filling->agenda));
    epo_json_set_text(pool, form, "title", epo_form_title(filling->form, request->lang));
    epo_json_set_text(pool, form, "declaration",
                      epo_json_localized(epo_json_get(definition, "declaration"), request->lang));
    epo_json_set(pool, model, "form", form);
    epo_json_set(pool, model, "sections",
                 epo_form_summary(filling->form, pool, request->lang, request->portal->catalog,
                                  result->answers, result->facts));
    epo_page_row_pictures(request, epo_json_get(model, "sections"));
    epo_filling_set_change(filling, epo_json_get(model, "sections"));
    epo_filling_texts(filling, epo_json_get(model, "sections"));
    epo_filling_texts(filling, form);
    epo_json_set(pool, model, "values",
                 epo_page_values(request, filling->agenda, filling->form, filling->intake.values));
    const char *place = epo_form_place_field(filling->form);
    const struct epo_json *facts = place != NULL ? epo_json_get(result->facts, place) : NULL;
    if (facts != NULL)
        epo_json_set(pool, model, "place_words",
                     epo_form_words(pool, request->lang, request->portal->catalog, facts));
    if (result->has_place)
        epo_page_near(request, model, filling->agenda, result->place.anchor_4326);
    epo_json_set(pool, model, "hidden", epo_form_hidden(filling->form, pool, filling->raw));
    epo_json_set_text(pool, model, "error", trouble);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "review.title"));
    return epo_respond_page(request, status, "web/review", model);
}

/* The check itself could not be made (map gone, a script broke): what was typed is kept in a page
 * that offers to try again. */
struct epo_response *epo_filling_trouble(struct filling *filling, const struct epo_error *error) {
    struct epo_request *request = filling->request;
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_filling_frame(filling), *todo = epo_json_array(pool);
    epo_log_error(EPO_LOG_ERROR, "form.check", error);
    epo_json_set_integer(pool, model, "status", 503);
    epo_json_set_text(pool, model, "title", epo_page_text(request, "trouble.title"));
    epo_json_set_text(pool, model, "text", epo_page_error_text(request, error, "trouble.check"));
    epo_json_push(pool, todo, epo_json_text(pool, epo_page_text(request, "trouble.todo")));
    epo_json_set(pool, model, "todo", todo);
    epo_json_set_string(pool, model, "id", request->id);
    epo_json_set(pool, model, "hidden", epo_form_hidden(filling->form, pool, filling->raw));
    struct epo_response *response = epo_respond_page(request, 503, "web/error", model);
    epo_response_header(response, "retry-after", EPO_SPAN("5"));
    return response;
}

static bool check(struct filling *filling, struct epo_error *error) {
    const struct epo_account *account = epo_page_account(filling->request);
    filling->intake = (struct epo_intake){
        .portal = filling->request->portal,
        .db = filling->request->db,
        .pool = filling->request->pool,
        .agenda = filling->agenda,
        .form = filling->form,
        .source = EPO_ANSWERS_FROM_HTML,
        .raw = filling->raw,
        .lang = filling->request->lang,
        .idempotency_key = epo_span(filling->key),
        .sender = account != NULL && filling->counter.len == 0 ? epo_span(account->id)
                                                               : (struct epo_span){"", 0},
        .assurance = epo_assurance_of(account),
        .counter = filling->counter,
        .account = epo_page_account_json(filling->request, account),
    };
    if (account != NULL && filling->acting.other && filling->counter.len == 0)
        epo_acting_represent(&filling->acting, &filling->intake);
    if (!epo_intake_check(&filling->intake, error))
        return false;
    if (filling->acting.lost)
        epo_filling_add_lost(filling);
    for (uint32_t i = 0; filling->refused != NULL && i < filling->refused->count; i++)
        epo_json_push(filling->request->pool, filling->intake.result.errors,
                      filling->refused->items[i]);
    return true;
}

static bool has_errors(const struct filling *filling) {
    const struct epo_json *errors = filling->intake.result.errors;
    return errors != NULL && errors->count > 0;
}

struct epo_response *epo_filling_review(struct filling *filling) {
    filling->step = -1;
    make_key(filling);
    return show_review(filling, 200, EPO_SPAN(""));
}

static struct epo_response *review(struct filling *filling) {
    struct epo_error error = {0};
    if (!check(filling, &error))
        return epo_filling_trouble(filling, &error);
    if (has_steps(filling))
        return epo_filling_continue(filling);
    if (has_errors(filling))
        return show_form(filling, 422, &filling->intake.result);
    return epo_filling_review(filling);
}

/* After a step of a place: what is wrong with it is said, what is only missing is not. */
static void keep_errors_of(struct filling *filling, const char *field) {
    static const char *const MISSING[] = {"form.place_required", "form.choose_address",
                                          "form.no_address",     "place.unfinished",
                                          "place.too_few",       "place.no_description"};
    struct epo_pool *pool = filling->request->pool;
    struct epo_json *errors = filling->intake.result.errors, *kept = epo_json_array(pool);
    for (uint32_t i = 0; i < errors->count; i++) {
        bool of_it = epo_span_is(epo_json_get_text(errors->items[i], "path"), field);
        struct epo_span code = epo_json_get_text(errors->items[i], "code");
        for (size_t k = 0; of_it && k < sizeof MISSING / sizeof *MISSING; k++)
            of_it = !epo_span_is(code, MISSING[k]);
        if (of_it)
            epo_json_push(pool, kept, errors->items[i]);
    }
    filling->intake.result.errors = kept;
}

/* A place was named, moved or looked for on a page without a script: the agenda's word on it, the
 * fee so far, and the page again. */
static struct epo_response *step(struct filling *filling) {
    struct epo_error error = {0};
    if (!check(filling, &error))
        return epo_filling_trouble(filling, &error);
    keep_errors_of(filling, filling->steps.field);
    return show_form(filling, 200, &filling->intake.result);
}

/* Back to the form, or a search for a place: what was typed with what was found, no errors yet. */
struct epo_response *epo_filling_show_typed(struct filling *filling, int status) {
    struct epo_request *request = filling->request;
    struct epo_form_result result = {0};
    struct epo_error error = {0};
    if (!epo_form_check_with(filling->form, request->pool, EPO_ANSWERS_FROM_HTML, filling->raw,
                             request->portal->maps,
                             epo_attachment_files(request->portal, request->db, request->pool),
                             request->portal->catalog, request->lang, &result, &error))
        return epo_filling_trouble(filling, &error);
    if (filling->conflict && filling->step < 0)
        filling->step = has_steps(filling) ? 0 : -1; /* the list has no room for two drafts */
    if (has_steps(filling) && filling->step < 0)
        return epo_filling_tasks(filling, status, &result);
    result.errors = filling->refused != NULL ? filling->refused : epo_json_array(request->pool);
    return show_form(filling, result.errors->count > 0 ? 422 : status, &result);
}

static struct epo_response *edit(struct filling *filling) {
    return epo_filling_show_typed(filling, 200);
}

/* ---- sending ---- */

static struct epo_response *show_unsent(struct filling *filling, const struct epo_error *error) {
    struct epo_request *request = filling->request;
    bool changed = error->kind == EPO_ERROR_CONFLICT || error->kind == EPO_ERROR_BAD_INPUT;
    if (!changed)
        epo_log_error(EPO_LOG_ERROR, "form.unsent", error);
    if (strcmp(error->code, "submission.key_reused") == 0)
        epo_token_make(filling->key); /* other answers than those filed: a new request */
    struct epo_response *response = show_review(
        filling, changed ? 409 : 503,
        epo_page_error_text(request, error, changed ? "review.refused" : "review.not_saved"));
    if (!changed)
        epo_response_header(response, "retry-after", EPO_SPAN("5"));
    return response;
}

/* The place went to another, or the map changed: the form again, with what is wrong now. */
static struct epo_response *show_lost(struct filling *filling, const struct epo_error *lost) {
    struct epo_error error = {0};
    if (!check(filling, &error))
        return epo_filling_trouble(filling, &error);
    return has_errors(filling) ? show_form(filling, 409, &filling->intake.result)
                               : show_unsent(filling, lost);
}

static struct epo_response *finish(struct epo_request *request, void *arg,
                                   const struct epo_error *error) {
    struct filling *filling = arg;
    if (error != NULL && epo_page_place_lost(error))
        return show_lost(filling, error);
    if (error != NULL && strcmp(error->code, "draft.changed") == 0)
        return epo_filling_conflict(filling);
    if (error != NULL && strcmp(error->code, "draft.gone") == 0) /* once more sends it anew */
        filling->drafting.found = filling->drafting.lost = false;
    if (error != NULL)
        return show_unsent(filling, error);
    const struct epo_filed *filed = filling->intake.filed;
    char token[EPO_TOKEN_SIZE];
    if (filling->intake.agent.len > 0) /* opened by the mandate, not by a link */
        return epo_respond_redirect(
            request, 303,
            epo_span(epo_pool_printf(request->pool, "/submissions/%s?sent=1", filed->number)));
    epo_submission_token(request->portal, filed->number, token);
    return epo_respond_redirect(
        request, 303,
        epo_span(
            epo_pool_printf(request->pool, "/submissions/%s?key=%s&sent=1", filed->number, token)));
}

struct write {
    struct filling *filling;
    epo_write_run_fn run;
    void *arg;
};
static bool run_write(struct epo_db *db, void *arg, struct epo_error *error) {
    struct write *write = arg;
    const struct filling *filling = write->filling;
    if (!write->run(db, write->arg, error))
        return false;
    if (filling->intake.filed->repeated)
        return true;
    return epo_filling_draft_sent(filling, db, error);
}
static struct epo_response *finish_write(struct epo_request *request, void *arg,
                                         const struct epo_error *error) {
    struct write *write = arg;
    return finish(request, write->filling, error);
}

static struct epo_response *send(struct filling *filling) {
    struct epo_error error = {0};
    struct write *write = EPO_NEW(filling->request->pool, struct write);
    write->filling = filling;
    if (filling->key[0] == '\0')
        return review(filling); /* nothing was reviewed: no key */
    if (!check(filling, &error))
        return epo_filling_trouble(filling, &error);
    if (has_errors(filling))
        return show_form(filling, 422, &filling->intake.result);
    if (!epo_filling_known(filling, &error)) /* signed out meanwhile, or never in */
        return show_review(filling, 403, epo_page_error_text(filling->request, &error, ""));
    if (!epo_intake_file(&filling->intake, &write->run, &write->arg, &error))
        return has_errors(filling) ? show_form(filling, 422, &filling->intake.result)
                                   : show_unsent(filling, &error);
    return epo_respond_after_write(filling->request, run_write, finish_write, write);
}

/* "use:<name>": the input of that name holds answers, as JSON, that take the place of those typed:
 * what was offered instead of a place that is taken. */
static void take_offer(struct filling *filling, struct epo_span name) {
    struct epo_pool *pool = filling->request->pool;
    struct epo_error ignored = {0};
    const struct epo_json *text = epo_json_get_span(filling->raw, name);
    struct epo_json *answers =
        epo_json_is_text(text) ? epo_json_parse(pool, text->text, &ignored) : NULL;
    for (uint32_t i = 0; answers != NULL && answers->type == EPO_JSON_OBJECT && i < answers->count;
         i++) {
        const struct epo_json *value = answers->items[i];
        epo_json_set_text(pool, filling->raw, epo_pool_string(pool, answers->names[i]),
                          epo_json_is_text(value) ? value->text : epo_json_print(pool, value));
        epo_form_forget_search(pool, filling->raw, answers->names[i]);
    }
}

struct epo_response *epo_form_at_counter(struct epo_request *request, struct epo_json *raw,
                                         struct epo_json *note) {
    struct filling *filling = EPO_NEW(request->pool, struct filling);
    const struct epo_account *account = epo_page_account(request);
    if (!start(request, filling) || account == NULL)
        return epo_page_not_found(request);
    filling->counter = epo_span(account->id);
    filling->counter_note = note;
    filling->raw = raw;
    struct epo_response *response = epo_filling_show_typed(filling, 200);
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    return response;
}

/* What was asked for, once everything typed and sent is in raw. */
static struct epo_response *act(struct filling *filling) {
    struct epo_request *request = filling->request;
    struct epo_span action = epo_request_form(request, "_action"), removed;
    struct epo_error error = {0};
    if (epo_span_is(action, "save") || epo_span_starts(action, EPO_SPAN("keep:")))
        return epo_filling_save_draft(filling, action);
    if (epo_span_starts(action, EPO_SPAN("identify:")))
        return epo_filling_identify(filling);
    if (epo_form_take_files(filling->form, request->pool, filling->raw, action, &removed) ||
        epo_span_is(action, "upload"))
        return edit(filling); /* what was removed expires by itself */
    if (!epo_form_take_places(filling->form, request->pool, request->portal->maps, filling->raw,
                              action, &filling->steps, &error))
        return epo_filling_trouble(filling, &error);
    if (filling->steps.field != NULL)
        return step(filling);
    if (epo_span_is(action, "send"))
        return send(filling);
    if (epo_span_starts(action, EPO_SPAN("use:")))
        take_offer(filling, (struct epo_span){action.at + 4, action.len - 4});
    if (epo_span_starts(action, EPO_SPAN("search:")))
        epo_json_set_text(request->pool, filling->raw, "_action", action); /* goes before a value */
    if (epo_form_take_groups(filling->form, request->pool, filling->raw, action))
        return edit(filling);
    if (epo_span_is(action, "print"))
        return epo_print_typed(request, filling->agenda, filling->form, filling->raw);
    if (epo_span_is(action, "edit") || epo_span_is(action, "change") ||
        epo_span_starts(action, EPO_SPAN("search:")))
        return edit(filling);
    return review(filling);
}

/* Files that came along are stored first: whatever is wrong with the rest, they are not sent twice.
 */
static struct epo_response *after_files(struct epo_request *request, void *arg,
                                        const struct epo_error *error) {
    struct filling *filling = arg;
    if (error != NULL)
        return epo_filling_trouble(filling, error);
    epo_files_add(request, filling->files, filling->raw);
    return act(filling);
}

struct epo_response *epo_form_post(struct epo_request *request) {
    struct filling *filling = EPO_NEW(request->pool, struct filling);
    struct epo_span action = epo_request_form(request, "_action");
    struct epo_response *refused = NULL;
    if (!start(request, filling))
        return epo_page_not_found(request);
    if (!epo_filling_draft(filling, &refused) || !epo_filling_acting(filling, &refused))
        return refused;
    read_key(filling);
    filling->raw = epo_page_raw(request);
    struct epo_error error = {0};
    if (!epo_drafting_choose(request, &filling->drafting, filling->raw, &filling->form, &error))
        return epo_filling_trouble(filling, &error);
    if (filling->counter.len == 0) /* what is known of the clerk is not the citizen's */
        epo_prefill_enforce(request, &filling->acting, filling->form, filling->raw);
    if (request->captures[2].len > 0) /* of the version that the draft is filled in under */
        filling->step = epo_form_step_find(filling->form, request->captures[2]);
    filling->returns = epo_span_is(action, "change") ||
                       epo_span_is(epo_request_form(request, "_return"), "review");
    if (request->file_count == 0)
        return act(filling);
    filling->refused = epo_json_array(request->pool);
    filling->files = epo_files_take(request, filling->form, filling->refused);
    return epo_files_put(request, filling->files, after_files, filling);
}
