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
    if (field->kind == &epo_kind_location)
        return epo_location_parse(check, field, empty, value);
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

/* -- the form --------------------------------------------------------------------------------- */

static bool asks(struct epo_check *check, const struct epo_json *when) {
    bool holds = false;
    if (!epo_condition_holds(check->pool, when, check->result->answers, &holds, check->error))
        epo_check_broken(check);
    return holds;
}

static void refuse_unasked(struct epo_check *check, const struct epo_field *field) {
    if (check->source == EPO_ANSWERS_FROM_JSON && epo_json_get(check->raw, field->id) != NULL)
        epo_check_refuse(check, field, "form.not_asked", NULL);
}

static void check_section(struct epo_check *check, const struct epo_section *section) {
    bool asked = asks(check, section->when);
    for (uint32_t i = 0; i < section->count && !check->broken; i++) {
        const struct epo_field *field = &check->form->fields[section->first + i];
        if (asked && asks(check, field->when))
            check_field(check, field);
        else
            refuse_unasked(check, field);
    }
}

static void refuse_unknown(struct epo_check *check) {
    for (uint32_t i = 0; i < check->raw->count; i++) {
        struct epo_span name = check->raw->names[i];
        if (epo_form_field(check->form, name) != NULL)
            continue;
        struct epo_json *values = epo_json_object(check->pool);
        epo_json_set_text(check->pool, values, "name", name);
        epo_check_refuse_with(check, epo_pool_string(check->pool, name), "form.unknown",
                              epo_catalog_format(check->catalog, check->pool, check->lang,
                                                 "error.form.unknown", values));
    }
}

bool epo_form_check(const struct epo_form *form, struct epo_pool *pool,
                    enum epo_answers_source source, const struct epo_json *raw,
                    struct epo_maps *maps, const struct epo_catalog *catalog, const char *lang,
                    struct epo_form_result *result, struct epo_error *error) {
    *result = (struct epo_form_result){.answers = epo_json_object(pool),
                                       .errors = epo_json_array(pool),
                                       .facts = epo_json_object(pool),
                                       .found = epo_json_object(pool),
                                       .raw = raw != NULL ? epo_json_copy(pool, raw)
                                                          : epo_json_object(pool)};
    struct epo_check check = {.form = form,
                              .pool = pool,
                              .source = source,
                              .raw = result->raw,
                              .maps = maps,
                              .catalog = catalog,
                              .lang = lang,
                              .today = epo_clock_today(),
                              .result = result,
                              .error = error};
    if (result->raw->type != EPO_JSON_OBJECT || result->raw->count > EPO_FIELD_COUNT_MAX) {
        epo_check_refuse_with(&check, "", "form.not_object",
                              epo_catalog_text(catalog, lang, "error.form.not_object"));
        return true;
    }
    for (uint32_t i = 0; i < form->section_count && !check.broken; i++)
        check_section(&check, &form->sections[i]);
    if (source == EPO_ANSWERS_FROM_JSON)
        refuse_unknown(&check);
    return !check.broken;
}
