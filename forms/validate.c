#include "base/limits.h"
#include "forms/condition.h"

/* -- one field -------------------------------------------------------------------------------- */

static bool wrong_type(struct epo_check *check, const struct epo_field *field) {
    struct epo_json *values = epo_json_object(check->pool);
    epo_json_set_string(check->pool, values, "type", field->kind->json_type);
    return epo_check_refuse(check, field, "form.type", values);
}

/* Texts of a name sent any number of times; empty ones are options left out. */
static struct epo_json *typed_list(struct epo_check *check, const struct epo_json *raw) {
    struct epo_json *list = epo_json_array(check->pool);
    uint32_t count = raw == NULL ? 0 : raw->type == EPO_JSON_ARRAY ? raw->count : 1;
    for (uint32_t i = 0; i < count; i++) {
        const struct epo_json *each = raw->type == EPO_JSON_ARRAY ? raw->items[i] : raw;
        if (epo_json_is_text(each) && each->text.len > 0)
            epo_json_push(check->pool, list, epo_json_text(check->pool, each->text));
    }
    return list;
}

/* The typed value of what a browser sent. *empty: nothing was. */
static bool from_html(struct epo_check *check, const struct epo_field *field, bool *empty,
                      struct epo_json **value) {
    const struct epo_json *raw = epo_json_get(check->raw, field->id);
    if (field->kind->gather != NULL)
        return field->kind->gather(check, field, empty, value);
    if (field->kind == &epo_kind_choices) {
        struct epo_json *list = typed_list(check, raw);
        *empty = list->count == 0;
        *value = field->kind->accept(check, field, list);
        return true;
    }
    struct epo_span typed = epo_raw_text(check->raw, field->id);
    if (!epo_text_valid(typed))
        return epo_check_refuse(check, field, "form.characters", NULL);
    typed = epo_span_trim(typed);
    *empty = typed.len == 0;
    return *empty || field->kind->parse(check, field, typed, value);
}

static bool from_json(struct epo_check *check, const struct epo_field *field, bool *empty,
                      struct epo_json **value) {
    const struct epo_json *given = epo_json_get(check->raw, field->id);
    *empty = given == NULL;
    if (given == NULL)
        return true;
    *value = field->kind->accept(check, field, given);
    return *value != NULL || wrong_type(check, field);
}

static void check_field(struct epo_check *check, const struct epo_field *field) {
    struct epo_json *value = NULL;
    bool empty = false;
    bool read = check->source == EPO_ANSWERS_FROM_HTML ? from_html(check, field, &empty, &value)
                                                       : from_json(check, field, &empty, &value);
    if (!read)
        return;
    if (empty) {
        if (field->required)
            epo_check_refuse(
                check, field,
                field->kind == &epo_kind_location ? "form.place_required" : "form.required", NULL);
        return;
    }
    if (field->kind->limits(check, field, value))
        epo_json_set(check->pool, check->result->answers, field->id, value);
}

/* -- conditions -------------------------------------------------------------------------------- */

static bool asks(struct epo_check *check, const struct epo_json *when) {
    bool holds = false;
    if (!epo_condition_holds(check->pool, when, check->result->answers, check->form_answers, &holds,
                             check->error))
        epo_check_broken(check);
    return holds;
}

static void refuse_unasked(struct epo_check *check, const struct epo_field *field) {
    if (check->source == EPO_ANSWERS_FROM_JSON && epo_json_get(check->raw, field->id) != NULL)
        epo_check_refuse(check, field, "form.not_asked", NULL);
}

static void check_asked(struct epo_check *check, const struct epo_section *section, bool asked) {
    for (uint32_t i = 0; i < section->count && !check->broken; i++) {
        const struct epo_field *field = &check->form->fields[section->first + i];
        if (asked && asks(check, field->when))
            check_field(check, field);
        else
            refuse_unasked(check, field);
    }
}

/* Names that the form does not have; inside an item those that the group has not. */
static void refuse_unknown(struct epo_check *check, const struct epo_section *group) {
    for (uint32_t i = 0; i < check->raw->count; i++) {
        struct epo_span name = check->raw->names[i];
        const struct epo_field *field = epo_form_field(check->form, name);
        if (field != NULL && epo_field_group(check->form, field) == group)
            continue;
        if (group == NULL && epo_form_group(check->form, name) != NULL)
            continue;
        struct epo_json *values = epo_json_object(check->pool);
        epo_json_set_text(check->pool, values, "name", name);
        epo_check_refuse_with(check, epo_pool_string(check->pool, name), "form.unknown",
                              epo_catalog_format(check->catalog, check->pool, check->lang,
                                                 "error.form.unknown", values));
    }
}

/* -- repeated groups --------------------------------------------------------------------------- */

static void refuse_group(struct epo_check *check, const char *path, struct epo_span label,
                         const char *code, struct epo_json *values) {
    epo_json_set_text(check->pool, values, "label", label);
    const char *key = epo_pool_printf(check->pool, "error.%s", code);
    epo_check_refuse_with(
        check, path, code,
        epo_catalog_format(check->catalog, check->pool, check->lang, key, values));
}

static void refuse_items(struct epo_check *check, const struct epo_section *group, const char *code,
                         int64_t limit) {
    struct epo_json *values = epo_json_object(check->pool);
    epo_json_set_integer(check->pool, values, "limit", limit);
    epo_json_set_string(check->pool, values, "type", "array");
    refuse_group(check, group->id,
                 epo_json_localized(epo_json_get(group->definition, "title"), check->lang), code,
                 values);
}

/* An item is checked as a small form of its own: its names and answers alone, its path before
 * them. */
static void check_item(struct epo_check *check, const struct epo_section *group, uint32_t index,
                       const struct epo_json *raw, struct epo_json *list) {
    struct epo_pool *pool = check->pool;
    const char *path = epo_pool_printf(pool, "%s.%u", group->id, index);
    struct epo_json *form_answers = check->result->answers;
    if (raw->type != EPO_JSON_OBJECT) {
        struct epo_json *values = epo_json_object(pool);
        epo_json_set_string(pool, values, "type", "object");
        refuse_group(check, path, epo_span(epo_group_title(pool, group, check->lang, index)),
                     "form.type", values);
        return;
    }
    struct epo_check inner = *check;
    inner.raw = raw;
    inner.prefix = epo_pool_printf(pool, "%s.", path);
    inner.form_answers = form_answers;
    check->result->answers = epo_json_object(pool);
    epo_json_push(pool, list, check->result->answers);
    check_asked(&inner, group, true);
    if (check->source == EPO_ANSWERS_FROM_JSON)
        refuse_unknown(&inner, group);
    check->result->answers = form_answers;
    check->broken = inner.broken;
}

static void check_group(struct epo_check *check, const struct epo_section *group, bool asked) {
    if (!asked) {
        if (check->source == EPO_ANSWERS_FROM_JSON && epo_json_get(check->raw, group->id) != NULL)
            refuse_items(check, group, "form.not_asked", 0);
        return;
    }
    struct epo_json *items = epo_group_items(check->pool, group, check->raw, check->source);
    if (items == NULL) {
        refuse_items(check, group, "form.type", 0);
        return;
    }
    struct epo_json *list = epo_json_array(check->pool);
    for (uint32_t i = 0; i < items->count && i < group->max_items && !check->broken; i++)
        check_item(check, group, i, items->items[i], list);
    if (items->count < group->min_items)
        refuse_items(check, group, "form.too_few_items", group->min_items);
    else if (items->count > group->max_items)
        refuse_items(check, group, "form.too_many_items", group->max_items);
    epo_json_set(check->pool, check->result->answers, group->id, list);
}

static void check_section(struct epo_check *check, const struct epo_section *section) {
    bool asked = asks(check, section->when);
    if (section->repeated)
        check_group(check, section, asked);
    else
        check_asked(check, section, asked);
}

/* -- the form --------------------------------------------------------------------------------- */

bool epo_form_check(const struct epo_form *form, struct epo_pool *pool,
                    enum epo_answers_source source, const struct epo_json *raw,
                    struct epo_maps *maps, const struct epo_catalog *catalog, const char *lang,
                    struct epo_form_result *result, struct epo_error *error) {
    return epo_form_check_with(form, pool, source, raw, maps, NULL, catalog, lang, result, error);
}

bool epo_form_check_with(const struct epo_form *form, struct epo_pool *pool,
                         enum epo_answers_source source, const struct epo_json *raw,
                         struct epo_maps *maps, const struct epo_form_files *files,
                         const struct epo_catalog *catalog, const char *lang,
                         struct epo_form_result *result, struct epo_error *error) {
    return epo_form_check_on(form, pool, source, raw, maps, files, catalog, lang, NULL, result,
                             error);
}

bool epo_form_check_on(const struct epo_form *form, struct epo_pool *pool,
                       enum epo_answers_source source, const struct epo_json *raw,
                       struct epo_maps *maps, const struct epo_form_files *files,
                       const struct epo_catalog *catalog, const char *lang,
                       const struct epo_date *day, struct epo_form_result *result,
                       struct epo_error *error) {
    *result = (struct epo_form_result){.answers = epo_json_object(pool),
                                       .errors = epo_json_array(pool),
                                       .facts = epo_json_object(pool),
                                       .found = epo_json_object(pool),
                                       .files = epo_json_object(pool),
                                       .raw = raw != NULL ? epo_json_copy(pool, raw)
                                                          : epo_json_object(pool)};
    struct epo_check check = {.form = form,
                              .pool = pool,
                              .source = source,
                              .raw = result->raw,
                              .maps = maps,
                              .files = files,
                              .catalog = catalog,
                              .lang = lang,
                              .today = day != NULL ? *day : epo_clock_today(),
                              .result = result,
                              .prefix = "",
                              .error = error};
    if (result->raw->type != EPO_JSON_OBJECT || result->raw->count > EPO_FIELD_COUNT_MAX) {
        epo_check_refuse_with(&check, "", "form.not_object",
                              epo_catalog_text(catalog, lang, "error.form.not_object"));
        return true;
    }
    for (uint32_t i = 0; i < form->section_count && !check.broken; i++)
        check_section(&check, &form->sections[i]);
    if (source == EPO_ANSWERS_FROM_JSON)
        refuse_unknown(&check, NULL);
    return !check.broken;
}
