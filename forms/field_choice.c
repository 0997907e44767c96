/* choice: one option's value; choices: a list of them; yes_no: a boolean. */
#include "forms/field.h"

/* -- reading ---------------------------------------------------------------------------------- */

static bool is_option_value(struct epo_span value) {
    bool good = value.len > 0 && value.len <= 100;
    for (size_t i = 0; good && i < value.len; i++)
        good = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-",
                      value.at[i]) != NULL;
    return good;
}

static const struct epo_option *find_option(const struct epo_field *field, struct epo_span value) {
    for (uint32_t i = 0; i < field->option_count; i++)
        if (epo_span_equal(field->options[i].value, value))
            return &field->options[i];
    return NULL;
}

static void read_option(struct epo_reader *reader, struct epo_field *field,
                        const struct epo_json *definition) {
    static const char *const known[] = {"value", "label", "hint", NULL};
    if (definition->type != EPO_JSON_OBJECT) {
        epo_reader_fault(reader, definition, "an option is {\"value\": …, \"label\": {…}}");
        return;
    }
    epo_reader_members(reader, definition, known, NULL);
    const struct epo_json *value = epo_json_get(definition, "value");
    if (!epo_json_is_text(value) || !is_option_value(value->text)) {
        epo_reader_fault(reader, value != NULL ? value : definition,
                         "an option's \"value\" is a text of letters a-z, digits, \"_\", \".\" "
                         "and \"-\"");
        return;
    }
    if (find_option(field, value->text) != NULL)
        epo_reader_fault(reader, value, "the value \"%.*s\" stands twice", EPO_ARG(value->text));
    field->options[field->option_count] =
        (struct epo_option){value->text, epo_reader_texts(reader, definition, "label", true),
                            epo_reader_texts(reader, definition, "hint", false),
                            field->option_count > 0 ? epo_pool_printf(reader->form->pool, "-%u",
                                                                      field->option_count + 1)
                                                    : ""};
    field->option_count++;
}

static void read_choice(struct epo_reader *reader, struct epo_field *field,
                        const struct epo_json *definition) {
    const struct epo_json *options = epo_reader_array(reader, definition, "options", true);
    if (options == NULL)
        return;
    if (options->count > EPO_OPTIONS_MAX) {
        epo_reader_fault(reader, options, "more than %d options", EPO_OPTIONS_MAX);
        return;
    }
    field->options = EPO_NEW_ARRAY(reader->form->pool, struct epo_option, options->count);
    for (uint32_t i = 0; i < options->count; i++)
        read_option(reader, field, options->items[i]);
    field->min_count = 1;
    field->max_count = options->count;
    if (field->kind != &epo_kind_choices)
        return;
    epo_reader_integer(reader, definition, "min", 1, options->count, &field->min_count);
    epo_reader_integer(reader, definition, "max", 1, options->count, &field->max_count);
    if (field->min_count > field->max_count)
        epo_reader_fault(reader, definition, "min is over max");
}

static void read_yes_no(struct epo_reader *reader, struct epo_field *field,
                        const struct epo_json *definition) {
    (void)reader;
    (void)field;
    (void)definition;
}

/* -- checking --------------------------------------------------------------------------------- */

static bool parse_choice(struct epo_check *check, const struct epo_field *field,
                         struct epo_span typed, struct epo_json **value) {
    (void)field;
    *value = epo_json_text(check->pool, typed);
    return true;
}

static struct epo_json *accept_choice(struct epo_check *check, const struct epo_field *field,
                                      const struct epo_json *given) {
    (void)field;
    return epo_json_is_text(given) ? epo_json_text(check->pool, given->text) : NULL;
}

static bool limits_choice(struct epo_check *check, const struct epo_field *field,
                          struct epo_json *value) {
    return find_option(field, value->text) != NULL ||
           epo_check_refuse(check, field, "form.choice", NULL);
}

static struct epo_json *accept_choices(struct epo_check *check, const struct epo_field *field,
                                       const struct epo_json *given) {
    if (given->type != EPO_JSON_ARRAY)
        return NULL;
    struct epo_json *list = epo_json_array(check->pool);
    for (uint32_t i = 0; i < given->count && i <= field->option_count; i++) {
        if (!epo_json_is_text(given->items[i]))
            return NULL;
        epo_json_push(check->pool, list, epo_json_text(check->pool, given->items[i]->text));
    }
    return list;
}

static bool refuse_count(struct epo_check *check, const struct epo_field *field, const char *code,
                         int64_t limit) {
    struct epo_json *values = epo_json_object(check->pool);
    epo_json_set_integer(check->pool, values, "limit", limit);
    return epo_check_refuse(check, field, code, values);
}

static bool limits_choices(struct epo_check *check, const struct epo_field *field,
                           struct epo_json *value) {
    for (uint32_t i = 0; i < value->count; i++) {
        bool good = find_option(field, value->items[i]->text) != NULL;
        for (uint32_t j = 0; good && j < i; j++)
            good = !epo_span_equal(value->items[i]->text, value->items[j]->text);
        if (!good)
            return epo_check_refuse(check, field, "form.choice", NULL);
    }
    if (value->count < field->min_count)
        return refuse_count(check, field, "form.too_few", field->min_count);
    if (value->count > field->max_count)
        return refuse_count(check, field, "form.too_many", field->max_count);
    return true;
}

static bool parse_yes_no(struct epo_check *check, const struct epo_field *field,
                         struct epo_span typed, struct epo_json **value) {
    bool yes = epo_span_is(typed, "yes");
    if (!yes && !epo_span_is(typed, "no"))
        return epo_check_refuse(check, field, "form.choice", NULL);
    *value = epo_json_boolean(check->pool, yes);
    return true;
}

static struct epo_json *accept_yes_no(struct epo_check *check, const struct epo_field *field,
                                      const struct epo_json *given) {
    (void)field;
    return given->type == EPO_JSON_BOOLEAN ? epo_json_boolean(check->pool, given->boolean) : NULL;
}

static bool limits_yes_no(struct epo_check *check, const struct epo_field *field,
                          struct epo_json *value) {
    (void)check;
    (void)field;
    (void)value;
    return true;
}

/* -- drawing and describing ------------------------------------------------------------------- */

static bool is_typed(const struct epo_json *raw, struct epo_span value) {
    if (raw == NULL || raw->type != EPO_JSON_ARRAY)
        return epo_json_is_text(raw) && epo_span_equal(raw->text, value);
    for (uint32_t i = 0; i < raw->count; i++)
        if (epo_json_is_text(raw->items[i]) && epo_span_equal(raw->items[i]->text, value))
            return true;
    return false;
}

/* typed: of the field. The first option has the field's own anchor, so that the list of errors
 * leads to it. */
static void push_option(const struct epo_draw *draw, const char *path, const struct epo_json *typed,
                        struct epo_json *options, struct epo_option option, struct epo_span label) {
    struct epo_pool *pool = draw->pool;
    struct epo_json *model = epo_json_object_for(pool, 5);
    const char *id = epo_pool_join(pool, "field-", path, option.anchor);
    epo_json_append(pool, model, EPO_SPAN("value"), epo_json_link(pool, option.value));
    epo_json_append(pool, model, EPO_SPAN("label"), epo_json_link(pool, label));
    epo_json_append(pool, model, EPO_SPAN("hint"), /* or empty, lest it borrow the field's */
                    epo_json_link(pool, epo_json_localized(option.hint, draw->lang)));
    epo_json_append(pool, model, EPO_SPAN("id"), epo_json_link(pool, epo_span(id)));
    epo_json_append(pool, model, EPO_SPAN("checked"),
                    epo_json_boolean(pool, is_typed(typed, option.value)));
    epo_json_push(pool, options, model);
}

static const struct epo_json *typed_of(const struct epo_draw *draw, const struct epo_field *field) {
    return draw->result != NULL ? epo_json_get(draw->result->raw, field->id) : NULL;
}

static void view_choice(const struct epo_draw *draw, const struct epo_field *field,
                        struct epo_json *model) {
    struct epo_json *options = epo_json_array(draw->pool);
    const struct epo_json *typed = typed_of(draw, field);
    const char *path = epo_draw_path(draw, field);
    for (uint32_t i = 0; i < field->option_count; i++)
        push_option(draw, path, typed, options, field->options[i],
                    epo_json_localized(field->options[i].label, draw->lang));
    epo_json_set(draw->pool, model, "options", options);
    bool select = field->kind == &epo_kind_choice && field->option_count > EPO_RADIOS_MAX;
    epo_json_set_boolean(draw->pool, model, "select", select);
}

static void view_yes_no(const struct epo_draw *draw, const struct epo_field *field,
                        struct epo_json *model) {
    struct epo_json *options = epo_json_array(draw->pool);
    const struct epo_json *typed = typed_of(draw, field);
    const char *path = epo_draw_path(draw, field);
    push_option(draw, path, typed, options,
                (struct epo_option){.value = EPO_SPAN("yes"), .anchor = ""},
                epo_catalog_text(draw->catalog, draw->lang, "form.yes"));
    push_option(draw, path, typed, options,
                (struct epo_option){.value = EPO_SPAN("no"), .anchor = "-2"},
                epo_catalog_text(draw->catalog, draw->lang, "form.no"));
    epo_json_set(draw->pool, model, "options", options);
}

static struct epo_json *values_of(const struct epo_draw *draw, const struct epo_field *field) {
    struct epo_json *values = epo_json_array(draw->pool);
    for (uint32_t i = 0; i < field->option_count; i++)
        epo_json_push(draw->pool, values, epo_json_text(draw->pool, field->options[i].value));
    return values;
}

static void schema_choice(const struct epo_draw *draw, const struct epo_field *field,
                          struct epo_json *schema) {
    epo_json_set_string(draw->pool, schema, "type", "string");
    epo_json_set(draw->pool, schema, "enum", values_of(draw, field));
}

static void schema_choices(const struct epo_draw *draw, const struct epo_field *field,
                           struct epo_json *schema) {
    epo_json_set_string(draw->pool, schema, "type", "array");
    struct epo_json *items = epo_json_set(draw->pool, schema, "items", epo_json_object(draw->pool));
    schema_choice(draw, field, items);
    epo_json_set_boolean(draw->pool, schema, "uniqueItems", true);
    epo_json_set_integer(draw->pool, schema, "minItems", field->min_count);
    epo_json_set_integer(draw->pool, schema, "maxItems", field->max_count);
}

static void schema_yes_no(const struct epo_draw *draw, const struct epo_field *field,
                          struct epo_json *schema) {
    (void)field;
    epo_json_set_string(draw->pool, schema, "type", "boolean");
}

static struct epo_span option_words(const struct epo_draw *draw, const struct epo_field *field,
                                    struct epo_span value) {
    const struct epo_option *option = find_option(field, value);
    return option != NULL ? epo_json_localized(option->label, draw->lang) : value;
}

static struct epo_span words_choice(const struct epo_draw *draw, const struct epo_field *field,
                                    const struct epo_json *value) {
    return epo_json_is_text(value) ? option_words(draw, field, value->text)
                                   : (struct epo_span){"", 0};
}

static struct epo_span words_choices(const struct epo_draw *draw, const struct epo_field *field,
                                     const struct epo_json *value) {
    struct epo_buffer out;
    epo_buffer_init(&out, EPO_OPTIONS_MAX * 400u);
    for (uint32_t i = 0; i < value->count; i++) {
        if (i > 0)
            epo_buffer_string(&out, "; ");
        epo_buffer_span(&out, words_choice(draw, field, value->items[i]));
    }
    struct epo_span words = epo_pool_copy(draw->pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return words;
}

static struct epo_span words_yes_no(const struct epo_draw *draw, const struct epo_field *field,
                                    const struct epo_json *value) {
    (void)field;
    bool yes = value->type == EPO_JSON_BOOLEAN && value->boolean;
    return epo_catalog_text(draw->catalog, draw->lang, yes ? "form.yes" : "form.no");
}

static const char *const choice_properties[] = {"options", NULL};
static const char *const choices_properties[] = {"options", "min", "max", NULL};
static const char *const no_properties[] = {NULL};

const struct epo_field_kind epo_kind_choice = {.name = "choice",
                                               .properties = choice_properties,
                                               .json_type = "string",
                                               .read = read_choice,
                                               .parse = parse_choice,
                                               .accept = accept_choice,
                                               .limits = limits_choice,
                                               .view = view_choice,
                                               .schema = schema_choice,
                                               .words = words_choice};
const struct epo_field_kind epo_kind_choices = {.name = "choices",
                                                .properties = choices_properties,
                                                .json_type = "array",
                                                .read = read_choice,
                                                .accept = accept_choices,
                                                .limits = limits_choices,
                                                .view = view_choice,
                                                .schema = schema_choices,
                                                .words = words_choices};
const struct epo_field_kind epo_kind_yes_no = {.name = "yes_no",
                                               .properties = no_properties,
                                               .json_type = "boolean",
                                               .read = read_yes_no,
                                               .parse = parse_yes_no,
                                               .accept = accept_yes_no,
                                               .limits = limits_yes_no,
                                               .view = view_yes_no,
                                               .schema = schema_yes_no,
                                               .words = words_yes_no};
