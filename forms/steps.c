/* Steps of a form: one page each, a list of tasks before them. What was typed on other steps
 * travels in the page; "steps" names those that were looked at. */
#include "forms/steps.h"
#include "forms/condition.h"

uint32_t epo_form_step_count(const struct epo_form *form) {
    return form->step_count;
}

const char *epo_form_step_id(const struct epo_form *form, int step) {
    return form->steps[step].id;
}

int epo_form_step_find(const struct epo_form *form, struct epo_span id) {
    for (uint32_t i = 0; i < form->step_count; i++)
        if (epo_span_is(id, form->steps[i].id))
            return (int)i;
    return -1;
}

static int step_of_section(const struct epo_form *form, const struct epo_section *section) {
    uint32_t index = (uint32_t)(section - form->sections);
    for (uint32_t i = 0; i < form->step_count; i++)
        if (index - form->steps[i].first < form->steps[i].count)
            return (int)i;
    return -1;
}

int epo_form_step_of(const struct epo_form *form, struct epo_span path) {
    struct epo_form_spot spot;
    if (!epo_form_find(form, path, &spot))
        return -1;
    return step_of_section(form,
                           spot.group != NULL ? spot.group : &form->sections[spot.field->section]);
}

/* -- reading ----------------------------------------------------------------------------------- */

static const struct epo_section *section_of(const struct epo_form *form, struct epo_span id) {
    for (uint32_t i = 0; i < form->section_count; i++)
        if (epo_span_is(id, form->sections[i].id))
            return &form->sections[i];
    return NULL;
}

/* Sections stand in steps as they stand in the form, so that a condition asks for what comes
 * before it here too. */
static void read_sections(struct epo_reader *reader, struct epo_step *step,
                          const struct epo_json *definition, uint32_t *next) {
    const struct epo_form *form = reader->form;
    const struct epo_json *ids = epo_reader_array(reader, definition, "sections", true);
    step->first = *next;
    for (uint32_t i = 0; ids != NULL && i < ids->count; i++) {
        const struct epo_json *id = ids->items[i];
        const struct epo_section *section =
            epo_json_is_text(id) ? section_of(form, id->text) : NULL;
        if (section == NULL)
            epo_reader_fault(reader, id, "a step names its \"sections\" by their ids");
        else if (section != &form->sections[*next])
            epo_reader_fault(reader, id,
                             "steps name every section once and in the order of the form: here "
                             "comes \"%s\"",
                             *next < form->section_count ? form->sections[*next].id
                                                         : "nothing more");
        else
            ++*next;
    }
    step->count = *next - step->first;
}

void epo_form_read_steps(struct epo_reader *reader, const struct epo_json *definition) {
    static const char *const known[] = {"id", "title", "sections", NULL};
    struct epo_form *form = reader->form;
    const struct epo_json *list = epo_json_get(definition, "steps");
    uint32_t next = 0;
    if (list == NULL || epo_reader_array(reader, definition, "steps", true) == NULL)
        return;
    if (epo_form_field(form, EPO_SPAN("steps")) != NULL ||
        epo_form_group(form, EPO_SPAN("steps")) != NULL)
        epo_reader_fault(reader, list, "in a form of steps no field is called \"steps\"");
    if (list->count > EPO_SECTIONS_MAX) {
        epo_reader_fault(reader, list, "more than %d steps", EPO_SECTIONS_MAX);
        return;
    }
    form->steps = EPO_NEW_ARRAY(form->pool, struct epo_step, list->count);
    for (uint32_t i = 0; i < list->count; i++) {
        struct epo_step *step = &form->steps[form->step_count];
        if (list->items[i]->type != EPO_JSON_OBJECT) {
            epo_reader_fault(reader, list->items[i], "a step is {\"id\", \"title\", \"sections\"}");
            continue;
        }
        epo_reader_members(reader, list->items[i], known, NULL);
        *step = (struct epo_step){.definition = list->items[i]};
        step->id = epo_reader_id(reader, list->items[i]);
        if (step->id[0] != '\0' && epo_form_step_find(form, epo_span(step->id)) >= 0)
            epo_reader_fault(reader, list->items[i], "the step \"%s\" stands twice", step->id);
        epo_reader_texts(reader, list->items[i], "title", true);
        read_sections(reader, step, list->items[i], &next);
        form->step_count++;
    }
    if (reader->faults == 0 && next < form->section_count)
        epo_reader_fault(reader, list, "no step has the section \"%s\"", form->sections[next].id);
}

/* -- how far each is --------------------------------------------------------------------------- */

struct walk {
    const struct epo_form *form;
    struct epo_pool *pool;
    const struct epo_form_result *result;
    enum epo_step_state *states; /* of the steps before this one */
    int step;
};

static bool is_open(const struct walk *walk, int step) {
    return step < walk->step && walk->states[step] != EPO_STEP_DONE &&
           walk->states[step] != EPO_STEP_HIDDEN;
}

/* Marks the steps whose answers the condition asks for. Names stand in "var" and "missing";
 * another text that is a field's id by chance only makes it wait for too much. */
static void mark_asked(const struct epo_form *form, const struct epo_json *rule, bool *asked) {
    if (rule == NULL)
        return;
    if (rule->type == EPO_JSON_TEXT) {
        struct epo_span rest, id = epo_span_cut(rule->text, '.', &rest);
        const struct epo_field *field = epo_form_field(form, id);
        const struct epo_section *group =
            field != NULL ? &form->sections[field->section] : epo_form_group(form, id);
        if (group != NULL && form->step_count > 0)
            asked[step_of_section(form, group)] = true;
    }
    for (uint32_t i = 0; i < rule->count; i++)
        mark_asked(form, rule->items[i], asked);
}

static bool waits(const struct walk *walk, const struct epo_json *rule) {
    bool asked[EPO_SECTIONS_MAX] = {false}, found = false;
    mark_asked(walk->form, rule, asked);
    for (int i = 0; i < walk->step && !found; i++)
        found = asked[i] && is_open(walk, i);
    return found;
}

bool epo_form_asks_step(const struct epo_form *form, const struct epo_json *when, int step) {
    bool asked[EPO_SECTIONS_MAX] = {false};
    mark_asked(form, when, asked);
    return asked[step];
}

static bool holds(const struct walk *walk, const struct epo_json *when) {
    bool value = false;
    return epo_condition_holds(walk->pool, when, walk->result->answers, NULL, &value, NULL) &&
           value;
}

/* Something of it is asked; *waiting: that hangs on a step that is not done. */
static bool section_is_asked(const struct walk *walk, const struct epo_section *section,
                             bool *waiting) {
    bool asked = false;
    if (waits(walk, section->when)) {
        *waiting = true;
        return false;
    }
    if (!holds(walk, section->when))
        return false;
    for (uint32_t i = 0; i < section->count; i++) {
        const struct epo_field *field = &walk->form->fields[section->first + i];
        if (waits(walk, field->when))
            *waiting = true;
        else
            asked |= section->repeated || holds(walk, field->when);
    }
    return asked;
}

static bool was_visited(const struct walk *walk) {
    const struct epo_json *said = epo_json_get(walk->result->raw, "steps");
    const char *id = walk->form->steps[walk->step].id;
    if (epo_json_is_text(said))
        return epo_span_is(said->text, id);
    for (uint32_t i = 0; said != NULL && said->type == EPO_JSON_ARRAY && i < said->count; i++)
        if (epo_json_is_text(said->items[i]) && epo_span_is(said->items[i]->text, id))
            return true;
    return false;
}

static bool has_error(const struct walk *walk) {
    const struct epo_json *errors = walk->result->errors;
    for (uint32_t i = 0; i < errors->count; i++)
        if (epo_form_step_of(walk->form, epo_json_get_text(errors->items[i], "path")) == walk->step)
            return true;
    return false;
}

static enum epo_step_state state_of(const struct walk *walk) {
    const struct epo_step *step = &walk->form->steps[walk->step];
    bool asked = false, waiting = false;
    for (uint32_t i = 0; i < step->count; i++)
        asked |= section_is_asked(walk, &walk->form->sections[step->first + i], &waiting);
    if (!asked && !waiting)
        return EPO_STEP_HIDDEN;
    if (waiting)
        return EPO_STEP_WAITING;
    if (!was_visited(walk))
        return EPO_STEP_UNTOUCHED;
    return has_error(walk) ? EPO_STEP_BEGUN : EPO_STEP_DONE;
}

const enum epo_step_state *epo_form_step_states(const struct epo_form *form, struct epo_pool *pool,
                                                const struct epo_form_result *result) {
    struct walk walk = {
        .form = form,
        .pool = pool,
        .result = result,
        .states = EPO_NEW_ARRAY(pool, enum epo_step_state, form->step_count),
    };
    for (; walk.step < (int)form->step_count; walk.step++)
        walk.states[walk.step] = state_of(&walk);
    return walk.states;
}

int epo_form_step_next(const struct epo_form *form, const enum epo_step_state *states, int step) {
    int next = step + 1;
    while (next < (int)form->step_count && states[next] == EPO_STEP_HIDDEN)
        next++;
    return next;
}

int epo_form_step_before(const enum epo_step_state *states, int step) {
    int before = step - 1;
    while (before >= 0 && states[before] == EPO_STEP_HIDDEN)
        before--;
    return before;
}

/* -- drawing ----------------------------------------------------------------------------------- */

static struct epo_span title_of(const struct epo_form *form, int step, const char *lang) {
    return epo_json_localized(epo_json_get(form->steps[step].definition, "title"), lang);
}

struct epo_json *epo_form_step_model(const struct epo_form *form, struct epo_pool *pool,
                                     const char *lang, const enum epo_step_state *states,
                                     int step) {
    struct epo_json *model = epo_json_object(pool);
    int64_t number = 0, count = 0;
    for (int i = 0; i < (int)form->step_count; i++) {
        if (states[i] == EPO_STEP_HIDDEN)
            continue;
        count++;
        number += i <= step;
    }
    epo_json_set_string(pool, model, "id", form->steps[step].id);
    epo_json_set_text(pool, model, "title", title_of(form, step, lang));
    epo_json_set_integer(pool, model, "number", number);
    epo_json_set_integer(pool, model, "count", count);
    return model;
}

struct epo_json *epo_form_tasks(const struct epo_form *form, struct epo_pool *pool,
                                const char *lang, const enum epo_step_state *states) {
    static const char *const names[] = {
        [EPO_STEP_WAITING] = "waiting",
        [EPO_STEP_UNTOUCHED] = "untouched",
        [EPO_STEP_BEGUN] = "begun",
        [EPO_STEP_DONE] = "done",
    };
    struct epo_json *list = epo_json_array(pool);
    for (int i = 0; i < (int)form->step_count; i++) {
        if (states[i] == EPO_STEP_HIDDEN)
            continue;
        struct epo_json *row = epo_form_step_model(form, pool, lang, states, i);
        epo_json_set_string(pool, row, "state", names[states[i]]);
        epo_json_set_boolean(pool, row, "waiting", states[i] == EPO_STEP_WAITING);
        epo_json_push(pool, list, row);
    }
    return list;
}

/* -- what travels ------------------------------------------------------------------------------ */

/* Names of other steps, and the marks of those that were looked at. */
static bool is_elsewhere(const struct epo_form *form, int step, const struct epo_json *pair) {
    struct epo_span rest, name = epo_json_get_text(pair, "name");
    if (epo_span_is(name, "steps"))
        return !epo_span_is(epo_json_get_text(pair, "value"), form->steps[step].id);
    struct epo_span id = epo_span_cut(name, '.', &rest);
    return epo_form_step_of(form, id) != step;
}

struct epo_json *epo_form_hidden_elsewhere(const struct epo_form *form, struct epo_pool *pool,
                                           const struct epo_json *raw, int step) {
    struct epo_json *all = epo_form_hidden(form, pool, raw), *list = epo_json_array(pool);
    for (uint32_t i = 0; i < all->count; i++)
        if (is_elsewhere(form, step, all->items[i]))
            epo_json_push(pool, list, all->items[i]);
    return list;
}
