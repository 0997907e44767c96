/* The form page's model. Templates in forms/web draw it; there is no HTML here. */
#include "forms/condition.h"
#include "forms/steps.h"

static struct epo_span text_of(const struct epo_draw *draw, const struct epo_json *definition,
                               const char *name) {
    return epo_json_localized(epo_json_get(definition, name), draw->lang);
}

/* Members without a value are set empty, never left out: a template looks for what an item lacks in
 * the scopes around it, and an option must not borrow the hint of its field. Texts of the
 * definition and what was typed outlive the model and are not copied. */
static void set_text(const struct epo_draw *draw, struct epo_json *model, const char *name,
                     struct epo_span text) {
    epo_json_set(draw->pool, model, name, epo_json_link(draw->pool, text));
}

/* The same for a member that the model does not have yet. Most are empty, true or false: those
 * share one node, which nobody changes (a member is put in its place instead). */
static struct epo_json empty_text = {.type = EPO_JSON_TEXT, .text = {"", 0}};
static struct epo_json yes = {.type = EPO_JSON_BOOLEAN, .boolean = true},
                       no = {.type = EPO_JSON_BOOLEAN};

static void add_text(const struct epo_draw *draw, struct epo_json *model, const char *name,
                     struct epo_span text) {
    epo_json_append(draw->pool, model, epo_span(name),
                    text.len > 0 ? epo_json_link(draw->pool, text) : &empty_text);
}

static void add_boolean(const struct epo_draw *draw, struct epo_json *model, const char *name,
                        bool value) {
    epo_json_append(draw->pool, model, epo_span(name), value ? &yes : &no);
}

/* The first message for a path, or empty. */
static struct epo_span message_for(const struct epo_draw *draw, const char *path) {
    const struct epo_json *errors = draw->result != NULL ? draw->result->errors : NULL;
    for (uint32_t i = 0; errors != NULL && i < errors->count; i++)
        if (epo_span_is(epo_json_get_text(errors->items[i], "path"), path))
            return epo_json_get_text(errors->items[i], "message");
    return (struct epo_span){"", 0};
}

/* Hint first, then the error: the order in which they are read out. */
static void add_description(const struct epo_draw *draw, const struct epo_field *field,
                            const char *path, struct epo_json *model) {
    struct epo_pool *pool = draw->pool;
    struct epo_span hint = text_of(draw, field->definition, "hint");
    struct epo_span error = message_for(draw, path);
    const char *hint_id = hint.len > 0 ? epo_pool_join(pool, "field-", path, "-hint") : "";
    const char *error_id = error.len > 0 ? epo_pool_join(pool, "field-", path, "-error") : "";
    const char *between = hint.len > 0 && error.len > 0 ? " " : "";
    add_text(draw, model, "hint", hint);
    add_text(draw, model, "error", error);
    add_boolean(draw, model, "invalid", error.len > 0);
    add_text(draw, model, "hint_id", epo_span(hint_id));
    add_text(draw, model, "error_id", epo_span(error_id));
    add_text(draw, model, "described_by",
             epo_span(between[0] == '\0' && error.len == 0
                          ? hint_id
                          : epo_pool_join(pool, hint_id, between, error_id)));
}

static bool is_asked(const struct epo_draw *draw, const struct epo_json *when) {
    bool holds = false;
    if (when == NULL)
        return true;
    struct epo_json *none = epo_json_object(draw->pool);
    const struct epo_json *answers = draw->result != NULL ? draw->result->answers : none;
    return epo_condition_holds(draw->pool, when, answers, draw->form_answers, &holds, NULL) &&
           holds;
}

/* Hangs the condition on other steps alone? Then nothing on this page can change it, and what is
 * not asked is left out, for those without a script too. */
static bool is_settled(const struct epo_draw *draw, const struct epo_json *when) {
    return draw->of_step && !epo_form_asks_step(draw->form, when, draw->step);
}

static void add_condition(const struct epo_draw *draw, const struct epo_json *when,
                          struct epo_json *model) {
    add_boolean(draw, model, "hidden", !is_asked(draw, when));
    add_text(draw, model, "when_json",
             when != NULL ? epo_json_print(draw->pool, when) : EPO_SPAN(""));
}

const char *epo_draw_path(const struct epo_draw *draw, const struct epo_field *field) {
    return draw->prefix == NULL || draw->prefix[0] == '\0'
               ? field->id
               : epo_pool_join(draw->pool, draw->prefix, field->id, "");
}

/* Members that most fields have stand at the same places in each model: a template finds them there
 * at once (view/render.c). What a type of field has of its own follows, or takes the place of one.
 */
static struct epo_json *field_model(const struct epo_draw *draw, const struct epo_field *field) {
    static const char *const EMPTY[] = {
        "inputmode",    "unit", "min",        "max",        "step",      "width",    "spellcheck",
        "autocomplete", "rows", "max_length", "capitalize", "prefilled", "readonly", "words"};
    enum { EMPTY_COUNT = sizeof EMPTY / sizeof *EMPTY, ROOM = 20 + EMPTY_COUNT };
    struct epo_pool *pool = draw->pool;
    struct epo_json *model = epo_json_object_for(pool, ROOM);
    const char *path = epo_draw_path(draw, field);
    add_text(draw, model, "id", epo_span(path));
    add_text(draw, model, "name", epo_span(path));
    add_text(draw, model, "partial", epo_span(field->template));
    add_text(draw, model, "type", epo_span(field->kind->name));
    add_text(draw, model, "label", epo_field_label(field, draw->lang));
    add_boolean(draw, model, "required", field->required);
    add_boolean(draw, model, "optional", !field->required);
    add_text(draw, model, "value",
             epo_raw_text(draw->result != NULL ? draw->result->raw : NULL, field->id));
    add_condition(draw, field->when, model);
    add_description(draw, field, path, model);
    for (size_t i = 0; i < EMPTY_COUNT; i++)
        add_text(draw, model, EMPTY[i], EPO_SPAN(""));
    field->kind->view(draw, field, model);
    struct epo_span mode = epo_json_get_text(field->definition, "inputmode");
    if (mode.len > 0)
        set_text(draw, model, "inputmode", mode);
    struct epo_span autocomplete = epo_json_get_text(field->definition, "autocomplete");
    if (autocomplete.len > 0)
        set_text(draw, model, "autocomplete", autocomplete);
    return model;
}

static void set_fields(const struct epo_draw *draw, const struct epo_section *section,
                       struct epo_json *model) {
    struct epo_json *fields = epo_json_set(draw->pool, model, "fields", epo_json_array(draw->pool));
    for (uint32_t i = 0; i < section->count; i++) {
        const struct epo_field *field = &draw->form->fields[section->first + i];
        if (!is_settled(draw, field->when) || is_asked(draw, field->when))
            epo_json_push(draw->pool, fields, field_model(draw, field));
    }
}

/* -- repeated groups --------------------------------------------------------------------------- */

/* raw and answers: of the item. place: its index, or BLANK in the item that a script copies. */
#define BLANK "~"
static struct epo_json *item_model(const struct epo_draw *draw, const struct epo_section *group,
                                   const char *place, const char *number,
                                   struct epo_form_result *own) {
    struct epo_pool *pool = draw->pool;
    struct epo_json *model = epo_json_object(pool);
    const char *id = epo_pool_printf(pool, "%s.%s", group->id, place);
    struct epo_draw inner = *draw;
    inner.result = own;
    inner.prefix = epo_pool_printf(pool, "%s.", id);
    inner.form_answers = draw->result != NULL ? draw->result->answers : NULL;
    inner.group = group;
    epo_json_set_string(pool, model, "id", id);
    epo_json_set_string(pool, model, "group", group->id);
    epo_json_set_string(pool, model, "number", number);
    epo_json_set_text(pool, model, "called", epo_json_localized(group->item, draw->lang));
    set_text(draw, model, "item_error", message_for(draw, id));
    epo_json_set_string(pool, model, "remove",
                        epo_pool_printf(pool, "group:%s:remove-%s", group->id, number));
    set_fields(&inner, group, model);
    return model;
}

static struct epo_form_result result_of_item(const struct epo_draw *draw, struct epo_json *raw,
                                             const struct epo_json *answers) {
    struct epo_json *none = epo_json_object(draw->pool);
    struct epo_form_result own = {.errors = none, .facts = none, .found = none};
    if (draw->result != NULL)
        own = *draw->result;
    own.raw = raw;
    own.answers = answers != NULL ? epo_json_copy(draw->pool, answers) : none;
    return own;
}

/* Items as they were typed, at least so many as there must be. */
static void set_group(const struct epo_draw *draw, const struct epo_section *group,
                      struct epo_json *model) {
    struct epo_pool *pool = draw->pool;
    struct epo_json *items = epo_json_set(pool, model, "items", epo_json_array(pool));
    const struct epo_json *raw = draw->result != NULL ? draw->result->raw : NULL;
    struct epo_json *typed = epo_group_items(pool, group, raw, EPO_ANSWERS_FROM_HTML);
    const struct epo_json *answers =
        draw->result != NULL ? epo_json_get(draw->result->answers, group->id) : NULL;
    uint32_t count = typed->count < group->min_items ? (uint32_t)group->min_items : typed->count;
    for (uint32_t i = 0; i < count; i++) {
        bool known = answers != NULL && i < answers->count;
        struct epo_form_result own =
            result_of_item(draw, i < typed->count ? typed->items[i] : epo_json_object(pool),
                           known ? answers->items[i] : NULL);
        epo_json_push(pool, items,
                      item_model(draw, group, epo_pool_printf(pool, "%u", i),
                                 epo_pool_printf(pool, "%u", i + 1), &own));
    }
    struct epo_form_result nothing = result_of_item(draw, epo_json_object(pool), NULL);
    epo_json_set(pool, model, "blank", item_model(draw, group, BLANK, BLANK, &nothing));
    epo_json_set_text(pool, model, "add", epo_json_localized(group->add, draw->lang));
    epo_json_set_string(pool, model, "next", epo_pool_printf(pool, "%s.%u", group->id, count));
    epo_json_set_integer(pool, model, "min", group->min_items);
    epo_json_set_integer(pool, model, "max", group->max_items);
    epo_json_set_boolean(pool, model, "can_add", count < group->max_items);
    epo_json_set_boolean(pool, model, "can_remove", count > group->min_items);
    set_text(draw, model, "group_error", message_for(draw, group->id));
}

static struct epo_json *section_model(const struct epo_draw *draw,
                                      const struct epo_section *section) {
    struct epo_json *model = epo_json_object(draw->pool);
    epo_json_set_string(draw->pool, model, "id", section->id);
    epo_json_set_text(draw->pool, model, "title", text_of(draw, section->definition, "title"));
    set_text(draw, model, "intro", text_of(draw, section->definition, "intro"));
    epo_json_set_boolean(draw->pool, model, "repeated", section->repeated);
    if (section->repeated)
        set_group(draw, section, model);
    else
        set_fields(draw, section, model);
    add_condition(draw, section->when, model);
    return model;
}

/* -- errors ------------------------------------------------------------------------------------ */

/* Where an error leads: to its input, its item, its group, or the head of the form. */
static const char *address_of(const struct epo_draw *draw, struct epo_span path, bool known,
                              const struct epo_form_spot *spot) {
    if (!known)
        return "#form";
    return epo_pool_printf(draw->pool, "#%s-%.*s", spot->field != NULL ? "field" : "group",
                           EPO_ARG(path));
}

/* In the list of errors it must be said which item is meant; beside the field it is plain. */
static struct epo_span said_of(const struct epo_draw *draw, const struct epo_form_spot *spot,
                               struct epo_span message) {
    if (!spot->in_item || spot->field == NULL)
        return message;
    struct epo_json *values = epo_json_object(draw->pool);
    epo_json_set_string(draw->pool, values, "item",
                        epo_group_title(draw->pool, spot->group, draw->lang, spot->item));
    epo_json_set_text(draw->pool, values, "message", message);
    return epo_catalog_format(draw->catalog, draw->pool, draw->lang, "form.item_said", values);
}

/* step: those of it and of the form as such; -1 for all. */
static struct epo_json *error_list(const struct epo_draw *draw, int step) {
    struct epo_json *list = epo_json_array(draw->pool);
    const struct epo_json *errors = draw->result != NULL ? draw->result->errors : NULL;
    for (uint32_t i = 0; errors != NULL && i < errors->count; i++) {
        struct epo_span path = epo_json_get_text(errors->items[i], "path");
        struct epo_form_spot spot;
        bool known = epo_form_find(draw->form, path, &spot);
        if (known && step >= 0 && epo_form_step_of(draw->form, path) != step)
            continue;
        struct epo_json *row = epo_json_object(draw->pool);
        epo_json_set_string(draw->pool, row, "href", address_of(draw, path, known, &spot));
        epo_json_set_text(draw->pool, row, "message",
                          known
                              ? said_of(draw, &spot, epo_json_get_text(errors->items[i], "message"))
                              : epo_json_get_text(errors->items[i], "message"));
        epo_json_push(draw->pool, list, row);
    }
    return list;
}

/* step: -1 for the whole form. */
static struct epo_json *view(const struct epo_draw *draw, int step) {
    const struct epo_form *form = draw->form;
    struct epo_pool *pool = draw->pool;
    struct epo_json *model = epo_json_object(pool);
    uint32_t first = step >= 0 ? form->steps[step].first : 0;
    uint32_t count = step >= 0 ? form->steps[step].count : form->section_count;
    epo_json_set_string(pool, model, "id", form->id);
    epo_json_set_text(pool, model, "title", epo_form_title(form, draw->lang));
    set_text(draw, model, "intro", text_of(draw, form->definition, "intro"));
    set_text(draw, model, "declaration", text_of(draw, form->definition, "declaration"));
    set_text(draw, model, "submit", text_of(draw, form->definition, "submit"));
    struct epo_json *sections = epo_json_set(pool, model, "sections", epo_json_array(pool));
    for (uint32_t i = first; i < first + count; i++) {
        const struct epo_section *section = &form->sections[i];
        if (!is_settled(draw, section->when) || is_asked(draw, section->when))
            epo_json_push(pool, sections, section_model(draw, section));
    }
    struct epo_json *errors = epo_json_set(pool, model, "errors", error_list(draw, step));
    epo_json_set_boolean(pool, model, "has_errors", errors->count > 0);
    return model;
}

struct epo_json *epo_form_view(const struct epo_form *form, struct epo_pool *pool, const char *lang,
                               const struct epo_catalog *catalog,
                               const struct epo_form_result *result) {
    struct epo_draw draw = {.form = form,
                            .pool = pool,
                            .catalog = catalog,
                            .lang = lang,
                            .today = epo_clock_today(),
                            .result = result,
                            .prefix = ""};
    return view(&draw, -1);
}

struct epo_json *epo_form_view_step(const struct epo_form *form, struct epo_pool *pool,
                                    const char *lang, const struct epo_catalog *catalog,
                                    const struct epo_form_result *result, int step) {
    struct epo_draw draw = {.form = form,
                            .pool = pool,
                            .catalog = catalog,
                            .lang = lang,
                            .today = epo_clock_today(),
                            .result = result,
                            .of_step = true,
                            .step = step,
                            .prefix = ""};
    struct epo_json *model = view(&draw, step), *known = epo_json_object(pool);
    const struct epo_json *answers = result != NULL ? result->answers : NULL;
    for (uint32_t i = 0; answers != NULL && i < answers->count; i++)
        if (epo_form_step_of(form, answers->names[i]) != step)
            epo_json_append(pool, known, answers->names[i], answers->items[i]);
    epo_json_set_text(pool, model, "known_json", epo_json_print(pool, known));
    return model;
}

/* -- the review page's hidden fields ----------------------------------------------------------- */

static void push_hidden(struct epo_pool *pool, struct epo_json *list, struct epo_span name,
                        const struct epo_json *value) {
    if (!epo_json_is_text(value))
        return;
    struct epo_json *pair = epo_json_object(pool);
    epo_json_set_text(pool, pair, "name", name);
    epo_json_set_text(pool, pair, "value", value->text);
    epo_json_push(pool, list, pair);
}

static bool is_part(const struct epo_field *field, struct epo_span part) {
    const char *const *parts = field->kind->parts;
    for (; parts != NULL && *parts != NULL; parts++)
        if (epo_span_is(part, *parts))
            return true;
    return false;
}

static bool is_own_name(const struct epo_form *form, struct epo_span name) {
    struct epo_span part, id = epo_span_cut(name, '.', &part);
    struct epo_form_spot spot;
    if (form->step_count > 0 && epo_span_is(name, "steps"))
        return true;
    if (epo_form_group(form, id) != NULL) {
        if (epo_form_find(form, name, &spot))
            return spot.in_item;
        size_t cut = name.len;
        while (name.at[cut - 1] != '.')
            cut--;
        part = (struct epo_span){name.at + cut, name.len - cut};
        return epo_form_find(form, (struct epo_span){name.at, cut - 1}, &spot) &&
               spot.field != NULL && is_part(spot.field, part);
    }
    const struct epo_field *field = epo_form_field(form, id);
    if (field == NULL || epo_field_group(form, field) != NULL)
        return false;
    return id.len == name.len || is_part(field, part);
}

struct epo_json *epo_form_hidden(const struct epo_form *form, struct epo_pool *pool,
                                 const struct epo_json *raw) {
    struct epo_json *list = epo_json_array(pool);
    for (uint32_t i = 0; raw != NULL && raw->type == EPO_JSON_OBJECT && i < raw->count; i++) {
        const struct epo_json *value = raw->items[i];
        if (!is_own_name(form, raw->names[i]))
            continue;
        if (value->type != EPO_JSON_ARRAY)
            push_hidden(pool, list, raw->names[i], value);
        for (uint32_t j = 0; value->type == EPO_JSON_ARRAY && j < value->count; j++)
            push_hidden(pool, list, raw->names[i], value->items[j]);
    }
    return list;
}
