/* A form of several pages: the list of tasks and the steps. What was typed on other steps travels
 * as hidden fields, so that every page can be gone through in any order without a script and
 * nothing is stored before it is sent. */
#include "http/filling.h"

const char *epo_filling_address(struct filling *filling, int step) {
    return epo_pool_printf(filling->request->pool, "/agendas/%s/%s%s%s",
                           epo_agenda_name(filling->agenda), epo_form_id(filling->form),
                           step >= 0 ? "/" : "",
                           step >= 0 ? epo_form_step_id(filling->form, step) : "");
}

static const enum epo_step_state *states_of(struct filling *filling,
                                            const struct epo_form_result *result) {
    struct epo_pool *pool = filling->request->pool;
    struct epo_form_result blank = {.answers = epo_json_object(pool),
                                    .errors = epo_json_array(pool),
                                    .raw = epo_json_object(pool)};
    return epo_form_step_states(filling->form, pool, result != NULL ? result : &blank);
}

/* ---- the list of tasks ---- */

struct epo_response *epo_filling_tasks(struct filling *filling, int status,
                                       const struct epo_form_result *result) {
    struct epo_request *request = filling->request;
    struct epo_pool *pool = request->pool;
    const enum epo_step_state *states = states_of(filling, result);
    struct epo_json *model = epo_filling_frame(filling), *form = epo_json_object(pool);
    struct epo_json *tasks = epo_form_tasks(filling->form, pool, request->lang, states);
    const struct epo_json *definition = epo_form_definition(filling->form);
    bool all_done = true;
    for (uint32_t i = 0; i < tasks->count; i++) {
        struct epo_json *task = tasks->items[i];
        struct epo_span state = epo_json_get_text(task, "state");
        int step = epo_form_step_find(filling->form, epo_json_get_text(task, "id"));
        epo_json_set_string(pool, task, "address", epo_filling_address(filling, step));
        epo_json_set_string(pool, task, "state_key",
                            epo_pool_printf(pool, "fill.state_%.*s", EPO_ARG(state)));
        all_done = all_done && epo_span_is(state, "done");
    }
    epo_json_set_string(pool, form, "id", epo_form_id(filling->form));
    epo_json_set_text(pool, form, "title", epo_form_title(filling->form, request->lang));
    epo_json_set_text(pool, form, "intro",
                      epo_json_localized(epo_json_get(definition, "intro"), request->lang));
    epo_filling_texts(filling, form);
    epo_json_set(pool, model, "form", form);
    epo_json_set(pool, model, "tasks", tasks);
    epo_json_set_boolean(pool, model, "all_done", all_done);
    epo_json_set_text(pool, epo_json_get(model, "draft"), "error", filling->trouble);
    epo_json_set_boolean(pool, model, "typed", result != NULL);
    epo_json_set(pool, model, "hidden", epo_form_hidden(filling->form, pool, filling->raw));
    return epo_respond_page(request, status, "web/tasks", model);
}

/* ---- one step ---- */

static int step_of_errors(const struct filling *filling, const struct epo_form_result *result) {
    int first = -1;
    for (uint32_t i = 0; result != NULL && i < result->errors->count; i++) {
        int step =
            epo_form_step_of(filling->form, epo_json_get_text(result->errors->items[i], "path"));
        if (step == filling->step)
            return step;
        if (step >= 0 && (first < 0 || step < first))
            first = step;
    }
    return first >= 0 ? first : filling->step;
}

struct epo_response *epo_filling_show_step(struct filling *filling, int status,
                                           const struct epo_form_result *result) {
    struct epo_request *request = filling->request;
    struct epo_pool *pool = request->pool;
    filling->step = step_of_errors(filling, result);
    if (filling->step < 0)
        return epo_filling_tasks(filling, status, result);
    const enum epo_step_state *states = states_of(filling, result);
    struct epo_json *model = epo_filling_frame(filling);
    struct epo_json *view = epo_form_view_step(filling->form, pool, request->lang,
                                               request->portal->catalog, result, filling->step);
    struct epo_json *step =
        epo_form_step_model(filling->form, pool, request->lang, states, filling->step);
    epo_json_set_string(pool, step, "back",
                        epo_filling_address(filling, epo_form_step_before(states, filling->step)));
    epo_json_set_string(pool, step, "tasks", epo_filling_address(filling, -1));
    epo_json_set_boolean(pool, step, "returns", filling->returns);
    epo_json_set(pool, model, "step", step);
    epo_json_set(pool, model, "hidden",
                 epo_form_hidden_elsewhere(filling->form, pool, filling->raw, filling->step));
    epo_json_set_string(pool, model, "page_title",
                        epo_pool_printf(pool, "%.*s – %.*s",
                                        EPO_ARG(epo_json_get_text(step, "title")),
                                        EPO_ARG(epo_form_title(filling->form, request->lang))));
    return epo_filling_page(filling, status, model, view);
}

/* ---- going on ---- */

static struct epo_json *errors_of_step(struct filling *filling, int step) {
    struct epo_pool *pool = filling->request->pool;
    const struct epo_json *errors = filling->intake.result.errors;
    struct epo_json *own = epo_json_array(pool);
    for (uint32_t i = 0; i < errors->count; i++)
        if (epo_form_step_of(filling->form, epo_json_get_text(errors->items[i], "path")) == step)
            epo_json_push(pool, own, errors->items[i]);
    return own;
}

/* Whatever is wrong elsewhere is said there, not on a page that was only opened. */
static struct epo_response *show_quietly(struct filling *filling) {
    struct epo_form_result quiet = filling->intake.result;
    const enum epo_step_state *states = states_of(filling, &quiet);
    if (filling->step >= 0 && states[filling->step] == EPO_STEP_WAITING)
        filling->step = -1;
    if (filling->step < 0)
        return epo_filling_tasks(filling, 200, &quiet);
    quiet.errors = epo_json_array(filling->request->pool);
    return epo_filling_show_step(filling, 200, &quiet);
}

struct epo_response *epo_filling_continue(struct filling *filling) {
    const struct epo_form_result *result = &filling->intake.result;
    int count = (int)epo_form_step_count(filling->form);
    if (filling->step >= 0 && errors_of_step(filling, filling->step)->count > 0)
        return epo_filling_show_step(filling, 422, result);
    const enum epo_step_state *states = states_of(filling, result);
    bool last = filling->step < 0 || filling->returns;
    int next = filling->step < 0 ? count : epo_form_step_next(filling->form, states, filling->step);
    bool all_done = result->errors->count == 0;
    for (int i = 0; i < count; i++)
        all_done = all_done && (states[i] == EPO_STEP_DONE || states[i] == EPO_STEP_HIDDEN);
    if ((last || next == count) && all_done)
        return epo_filling_review(filling);
    if (next == count && result->errors->count > 0 && filling->step < 0)
        return epo_filling_show_step(filling, 422, result);
    filling->returns = filling->returns && next < count;
    filling->step = next < count ? next : -1;
    return show_quietly(filling);
}

/* ---- from the review back ---- */

void epo_filling_set_change(struct filling *filling, struct epo_json *sections) {
    struct epo_pool *pool = filling->request->pool;
    bool several = epo_form_step_count(filling->form) > 0;
    for (uint32_t i = 0; i < sections->count; i++) {
        const struct epo_json *rows = epo_json_get(sections->items[i], "rows");
        int step =
            several ? epo_form_step_of(filling->form, epo_json_get_text(rows->items[0], "id")) : -1;
        struct epo_json *change =
            epo_json_set(pool, sections->items[i], "change", epo_json_object(pool));
        epo_json_set_string(pool, change, "address", epo_filling_address(filling, step));
        epo_json_set_string(pool, change, "action", several ? "change" : "edit");
    }
}
