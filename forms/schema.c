#include "forms/condition.h"

/* Answers are one flat object. A field without a condition is simply required or not; one with a
 * condition is required where the condition holds and refused where it does not, as far as JSON
 * Schema can say the condition; otherwise its $comment names what the server checks. */

static const struct epo_json *section_when(const struct epo_draw *draw,
                                           const struct epo_field *field) {
    return draw->form->sections[field->section].when;
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

/* Own condition and the section's, as one schema; NULL if it cannot be said. */
static struct epo_json *when_schema(const struct epo_draw *draw, const struct epo_field *field) {
    const struct epo_json *rules[] = {section_when(draw, field), field->when};
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

static void add_condition(const struct epo_draw *draw, const struct epo_field *field,
                          struct epo_json *property, struct epo_json *all) {
    struct epo_pool *pool = draw->pool;
    struct epo_json *when = when_schema(draw, field);
    if (when == NULL) {
        epo_json_set_string(pool, property, "$comment", "checked by the server: when");
        return;
    }
    struct epo_json *rule = epo_json_object(pool);
    epo_json_set(pool, rule, "if", when);
    if (field->required) {
        struct epo_json *then = epo_json_set(pool, rule, "then", epo_json_object(pool));
        epo_json_set(pool, then, "required", list_with(pool, field->id));
    }
    struct epo_json *otherwise = epo_json_set(pool, rule, "else", epo_json_object(pool));
    struct epo_json *refused = epo_json_set(pool, otherwise, "properties", epo_json_object(pool));
    epo_json_set_boolean(pool, refused, field->id, false);
    epo_json_push(pool, all, rule);
}

struct epo_json *epo_form_schema(const struct epo_form *form, struct epo_pool *pool,
                                 const char *lang) {
    struct epo_draw draw = {.form = form, .pool = pool, .lang = lang, .today = epo_clock_today()};
    struct epo_json *schema = epo_json_object(pool), *required = epo_json_array(pool);
    struct epo_json *all = epo_json_array(pool);
    epo_json_set_string(pool, schema, "$schema", "https://json-schema.org/draft/2020-12/schema");
    epo_json_set_text(pool, schema, "title", epo_form_title(form, lang));
    epo_json_set_string(pool, schema, "type", "object");
    struct epo_json *properties = epo_json_set(pool, schema, "properties", epo_json_object(pool));
    for (uint32_t i = 0; i < form->field_count; i++) {
        const struct epo_field *field = &form->fields[i];
        struct epo_json *property = field_schema(&draw, field);
        epo_json_set(pool, properties, field->id, property);
        if (field->when != NULL || section_when(&draw, field) != NULL)
            add_condition(&draw, field, property, all);
        else if (field->required)
            epo_json_push(pool, required, epo_json_string(pool, field->id));
    }
    if (required->count > 0)
        epo_json_set(pool, schema, "required", required);
    epo_json_set_boolean(pool, schema, "additionalProperties", false);
    if (all->count > 0)
        epo_json_set(pool, schema, "allOf", all);
    return schema;
}
