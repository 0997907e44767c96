#include "forms/condition.h"

/* Answers are one flat object, in which a repeated group is an array of such objects. A field
 * without a condition is simply required or not; one with a condition is required where the
 * condition holds and refused where it does not, as far as JSON Schema can say the condition;
 * otherwise its $comment names what the server checks. */

/* What the field hangs on beside its own condition. Inside an item the group is asked already. */
static const struct epo_json *section_when(const struct epo_draw *draw,
                                           const struct epo_field *field) {
    return draw->group == NULL ? draw->form->sections[field->section].when : NULL;
}

void epo_schema_server(struct epo_pool *pool, struct epo_json *schema, const char *what) {
    struct epo_span said = epo_json_get_text(schema, "description");
    epo_json_set_string(pool, schema, "$comment",
                        epo_pool_printf(pool, "checked by the server: %s", what));
    epo_json_set_string(pool, schema, "description",
                        epo_pool_printf(pool, "%.*s%sThe server checks too: %s.", EPO_ARG(said),
                                        said.len > 0 ? " " : "", what));
}

static struct epo_json *field_schema(const struct epo_draw *draw, const struct epo_field *field) {
    struct epo_json *schema = epo_json_object(draw->pool);
    epo_json_set_text(draw->pool, schema, "title", epo_field_label(field, draw->lang));
    struct epo_span hint = epo_json_localized(epo_json_get(field->definition, "hint"), draw->lang);
    if (hint.len > 0)
        epo_json_set_text(draw->pool, schema, "description", hint);
    field->kind->schema(draw, field, schema);
    return schema;
}

static struct epo_json *list_with(struct epo_pool *pool, const char *id) {
    struct epo_json *list = epo_json_array(pool);
    epo_json_push(pool, list, epo_json_string(pool, id));
    return list;
}

/* Both conditions (each may be NULL) as one schema; NULL if it cannot be said. */
static struct epo_json *when_schema(const struct epo_draw *draw, const struct epo_json *section,
                                    const struct epo_json *own) {
    const struct epo_json *rules[] = {section, own};
    struct epo_json *all = epo_json_array(draw->pool);
    for (size_t i = 0; i < 2; i++) {
        if (rules[i] == NULL)
            continue;
        struct epo_json *part = epo_condition_schema(draw, rules[i]);
        if (part == NULL)
            return NULL;
        epo_json_push(draw->pool, all, part);
    }
    if (all->count == 1)
        return all->items[0];
    struct epo_json *schema = epo_json_object(draw->pool);
    epo_json_set(draw->pool, schema, "allOf", all);
    return schema;
}

/* The schema of one object of answers, while it is put together. */
struct object {
    struct epo_json *schema, *properties, *required, *all;
};

static struct object object_schema(const struct epo_draw *draw) {
    struct object object = {epo_json_object(draw->pool), epo_json_object(draw->pool),
                            epo_json_array(draw->pool), epo_json_array(draw->pool)};
    return object;
}

static void finish_object(const struct epo_draw *draw, struct object *object) {
    epo_json_set_string(draw->pool, object->schema, "type", "object");
    epo_json_set(draw->pool, object->schema, "properties", object->properties);
    if (object->required->count > 0)
        epo_json_set(draw->pool, object->schema, "required", object->required);
    epo_json_set_boolean(draw->pool, object->schema, "additionalProperties", false);
    if (object->all->count > 0)
        epo_json_set(draw->pool, object->schema, "allOf", object->all);
}

static void add_condition(const struct epo_draw *draw, struct object *object, const char *name,
                          bool required, const struct epo_json *section,
                          const struct epo_json *own) {
    struct epo_pool *pool = draw->pool;
    struct epo_json *when = when_schema(draw, section, own);
    if (when == NULL) {
        epo_json_set_string(pool, epo_json_get(object->properties, name), "$comment",
                            "checked by the server: when");
        return;
    }
    struct epo_json *rule = epo_json_object(pool);
    epo_json_set(pool, rule, "if", when);
    if (required) {
        struct epo_json *then = epo_json_set(pool, rule, "then", epo_json_object(pool));
        epo_json_set(pool, then, "required", list_with(pool, name));
    }
    struct epo_json *otherwise = epo_json_set(pool, rule, "else", epo_json_object(pool));
    struct epo_json *refused = epo_json_set(pool, otherwise, "properties", epo_json_object(pool));
    epo_json_set_boolean(pool, refused, name, false);
    epo_json_push(pool, object->all, rule);
}

static void add_property(const struct epo_draw *draw, struct object *object, const char *name,
                         struct epo_json *property, bool required, const struct epo_json *section,
                         const struct epo_json *own) {
    epo_json_set(draw->pool, object->properties, name, property);
    if (section != NULL || own != NULL)
        add_condition(draw, object, name, required, section, own);
    else if (required)
        epo_json_push(draw->pool, object->required, epo_json_string(draw->pool, name));
}

static void add_fields(const struct epo_draw *draw, const struct epo_section *section,
                       struct object *object) {
    for (uint32_t i = 0; i < section->count; i++) {
        const struct epo_field *field = &draw->form->fields[section->first + i];
        add_property(draw, object, field->id, field_schema(draw, field), field->required,
                     section_when(draw, field), field->when);
    }
}

static struct epo_json *group_schema(const struct epo_draw *draw, const struct epo_section *group) {
    struct epo_json *schema = epo_json_object(draw->pool);
    struct epo_draw inner = *draw;
    struct object item = object_schema(draw);
    inner.group = group;
    epo_json_set_text(draw->pool, schema, "title",
                      epo_json_localized(epo_json_get(group->definition, "title"), draw->lang));
    epo_json_set_string(draw->pool, schema, "type", "array");
    epo_json_set_text(draw->pool, item.schema, "title",
                      epo_json_localized(group->item, draw->lang));
    add_fields(&inner, group, &item);
    finish_object(draw, &item);
    epo_json_set(draw->pool, schema, "items", item.schema);
    epo_json_set_integer(draw->pool, schema, "minItems", group->min_items);
    epo_json_set_integer(draw->pool, schema, "maxItems", group->max_items);
    return schema;
}

struct epo_json *epo_form_schema(const struct epo_form *form, struct epo_pool *pool,
                                 const char *lang) {
    struct epo_draw draw = {
        .form = form, .pool = pool, .lang = lang, .today = epo_clock_today(), .prefix = ""};
    struct object answers = object_schema(&draw);
    epo_json_set_string(pool, answers.schema, "$schema",
                        "https://json-schema.org/draft/2020-12/schema");
    epo_json_set_text(pool, answers.schema, "title", epo_form_title(form, lang));
    for (uint32_t i = 0; i < form->section_count; i++) {
        const struct epo_section *section = &form->sections[i];
        if (section->repeated)
            add_property(&draw, &answers, section->id, group_schema(&draw, section),
                         section->min_items > 0, section->when, NULL);
        else
            add_fields(&draw, section, &answers);
    }
    finish_object(&draw, &answers);
    return answers.schema;
}
