/* Conditions in words, as far as words go: comparisons of an answer with a value, and, or, not. */
#include "forms/field.h"
#include "forms/paper.h"

enum { DEPTH_MAX = 4 };

struct wording {
    const struct epo_form *form;
    struct epo_pool *pool;
    const char *lang;
    const struct epo_catalog *catalog;
};

static bool say(const struct wording *wording, const struct epo_json *when, int depth,
                struct epo_span *out);

/* The field of {"var": "id"}. */
static const struct epo_field *field_of(const struct wording *wording,
                                        const struct epo_json *value) {
    const struct epo_json *var = epo_json_get(value, "var");
    if (var != NULL && var->type == EPO_JSON_ARRAY && var->count > 0)
        var = var->items[0];
    return epo_json_is_text(var) ? epo_form_field(wording->form, var->text) : NULL;
}

/* The value as the field's options or a person call it. */
static bool say_value(const struct wording *wording, const struct epo_field *field,
                      const struct epo_json *value, struct epo_span *out) {
    bool text = epo_json_is_text(value);
    for (uint32_t i = 0; text && i < field->option_count; i++)
        if (epo_span_equal(field->options[i].value, value->text)) {
            *out = epo_json_localized(field->options[i].label, wording->lang);
            return true;
        }
    if (value->type == EPO_JSON_BOOLEAN)
        *out = epo_catalog_text(wording->catalog, wording->lang,
                                value->boolean ? "form.yes" : "form.no");
    else if (text || value->type == EPO_JSON_INTEGER || value->type == EPO_JSON_REAL)
        *out = text ? value->text : epo_json_print(wording->pool, value);
    else
        return false;
    return true;
}

static struct epo_span fill(const struct wording *wording, const char *key,
                            const struct epo_field *field, struct epo_span value) {
    struct epo_json *values = epo_json_object(wording->pool);
    epo_json_set_text(wording->pool, values, "label", epo_field_label(field, wording->lang));
    epo_json_set_text(wording->pool, values, "value", value);
    return epo_catalog_format(wording->catalog, wording->pool, wording->lang, key, values);
}

/* {"==": [{"var": id}, value]} and its like. */
static bool say_comparison(const struct wording *wording, const char *key,
                           const struct epo_json *sides, struct epo_span *out) {
    struct epo_span value;
    if (sides->type != EPO_JSON_ARRAY || sides->count != 2)
        return false;
    const struct epo_field *field = field_of(wording, sides->items[0]);
    if (field == NULL || !say_value(wording, field, sides->items[1], &value))
        return false;
    *out = fill(wording, key, field, value);
    return true;
}

/* {"in": [{"var": id}, [value, …]]}, or {"in": [value, {"var": id of several}]}. */
static bool say_in(const struct wording *wording, const struct epo_json *sides,
                   struct epo_span *out) {
    const char *list = "";
    struct epo_span value;
    if (sides->type != EPO_JSON_ARRAY || sides->count != 2)
        return false;
    const struct epo_field *field = field_of(wording, sides->items[0]);
    const struct epo_field *several = field_of(wording, sides->items[1]);
    if (several != NULL && say_value(wording, several, sides->items[0], &value)) {
        *out = fill(wording, "paper.when.has", several, value);
        return true;
    }
    const struct epo_json *values = sides->items[1];
    if (field == NULL || values->type != EPO_JSON_ARRAY || values->count == 0)
        return false;
    for (uint32_t i = 0; i < values->count; i++) {
        if (!say_value(wording, field, values->items[i], &value))
            return false;
        struct epo_span joint =
            epo_catalog_text(wording->catalog, wording->lang,
                             i + 1 == values->count ? "paper.when.or" : "paper.when.comma");
        list = epo_pool_printf(wording->pool, "%s%.*s%.*s", list, i > 0 ? (int)joint.len : 0,
                               joint.at, EPO_ARG(value));
    }
    *out = fill(wording, "paper.when.equals", field, epo_span(list));
    return true;
}

static bool say_all(const struct wording *wording, const char *joint, const struct epo_json *parts,
                    int depth, struct epo_span *out) {
    struct epo_span between = epo_catalog_text(wording->catalog, wording->lang, joint), one;
    const char *all = "";
    if (parts->type != EPO_JSON_ARRAY || parts->count == 0)
        return false;
    for (uint32_t i = 0; i < parts->count; i++) {
        if (!say(wording, parts->items[i], depth + 1, &one))
            return false;
        all = epo_pool_printf(wording->pool, "%s%.*s%.*s", all, i > 0 ? (int)between.len : 0,
                              between.at, EPO_ARG(one));
    }
    *out = epo_span(all);
    return true;
}

static bool say(const struct wording *wording, const struct epo_json *when, int depth,
                struct epo_span *out) {
    static const char *const COMPARISONS[][2] = {
        {"==", "paper.when.equals"},   {"===", "paper.when.equals"}, {"!=", "paper.when.differs"},
        {"!==", "paper.when.differs"}, {">", "paper.when.more"},     {">=", "paper.when.at_least"},
        {"<", "paper.when.less"},      {"<=", "paper.when.at_most"}};
    if (depth > DEPTH_MAX || when->type != EPO_JSON_OBJECT || when->count != 1)
        return false;
    struct epo_span name = when->names[0];
    const struct epo_json *value = when->items[0];
    for (size_t i = 0; i < sizeof COMPARISONS / sizeof *COMPARISONS; i++)
        if (epo_span_is(name, COMPARISONS[i][0]))
            return say_comparison(wording, COMPARISONS[i][1], value, out);
    if (epo_span_is(name, "in"))
        return say_in(wording, value, out);
    if (epo_span_is(name, "and"))
        return say_all(wording, "paper.when.and", value, depth, out);
    if (epo_span_is(name, "or"))
        return say_all(wording, "paper.when.or_else", value, depth, out);
    return false;
}

struct epo_span epo_paper_condition(const struct epo_form *form, struct epo_pool *pool,
                                    const char *lang, const struct epo_catalog *catalog,
                                    const struct epo_json *when) {
    struct wording wording = {form, pool, lang, catalog};
    struct epo_span out;
    return say(&wording, when, 0, &out) ? out
                                        : epo_catalog_text(catalog, lang, "paper.when.follows");
}
