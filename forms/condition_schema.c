#include "forms/condition.h"

/* A condition says "these answers fulfil it"; so does a JSON Schema. Each function below returns a
 * schema that holds for exactly the (valid) answers for which its operation is true, or NULL. */

static struct epo_json *translate(const struct epo_draw *draw, const struct epo_json *rule);

static struct epo_json *constant(const struct epo_draw *draw, bool holds) {
    return epo_json_boolean(draw->pool, holds);
}

static struct epo_json *wrap(const struct epo_draw *draw, const char *keyword,
                             struct epo_json *value) {
    struct epo_json *schema = epo_json_object(draw->pool);
    epo_json_set(draw->pool, schema, keyword, value);
    return schema;
}

static struct epo_json *negate(const struct epo_draw *draw, struct epo_json *schema) {
    return schema != NULL ? wrap(draw, "not", schema) : NULL;
}

static struct epo_json *both(const struct epo_draw *draw, const char *keyword, struct epo_json *a,
                             struct epo_json *b) {
    struct epo_json *list = epo_json_array(draw->pool);
    if (a == NULL || b == NULL)
        return NULL;
    epo_json_push(draw->pool, list, a);
    epo_json_push(draw->pool, list, b);
    return wrap(draw, keyword, list);
}

static struct epo_json *present(const struct epo_draw *draw, const char *id) {
    struct epo_json *names = epo_json_array(draw->pool);
    epo_json_push(draw->pool, names, epo_json_string(draw->pool, id));
    return wrap(draw, "required", names);
}

/* The field was answered, and the answer fulfils `value`. */
static struct epo_json *answered(const struct epo_draw *draw, const char *id,
                                 struct epo_json *value) {
    struct epo_json *schema = present(draw, id);
    struct epo_json *properties =
        epo_json_set(draw->pool, schema, "properties", epo_json_object(draw->pool));
    epo_json_set(draw->pool, properties, id, value);
    return schema;
}

/* A schema sees one object: that of the form, or of an item of a group. */
static const struct epo_field *in_scope(const struct epo_draw *draw,
                                        const struct epo_field *field) {
    return field != NULL && epo_field_group(draw->form, field) == draw->group ? field : NULL;
}

/* The field of {"var": "id"}, or NULL for anything else. */
static const struct epo_field *var_of(const struct epo_draw *draw, const struct epo_json *rule) {
    const struct epo_json *name = epo_json_get(rule, "var");
    if (name != NULL && name->type == EPO_JSON_ARRAY)
        name = name->count == 1 ? name->items[0] : NULL;
    if (rule->type != EPO_JSON_OBJECT || rule->count != 1 || !epo_json_is_text(name))
        return NULL;
    return in_scope(draw, epo_form_field(draw->form, name->text));
}

static bool is_literal(const struct epo_json *rule) {
    return rule->type < EPO_JSON_ARRAY;
}

static bool is_number_kind(const struct epo_field *field) {
    return field->kind == &epo_kind_number || field->kind == &epo_kind_money;
}

/* A literal of the type that the field's answers have: then "==" is the same as "===". */
static bool same_type(const struct epo_field *field, const struct epo_json *literal) {
    if (is_number_kind(field))
        return literal->type == EPO_JSON_INTEGER || literal->type == EPO_JSON_REAL;
    if (field->kind == &epo_kind_yes_no)
        return literal->type == EPO_JSON_BOOLEAN;
    return literal->type == EPO_JSON_TEXT && field->kind != &epo_kind_choices &&
           field->kind != &epo_kind_location;
}

static struct epo_json *equality(const struct epo_draw *draw, const struct epo_json *arguments) {
    const struct epo_json *literal = arguments->items[1];
    const struct epo_field *field = var_of(draw, arguments->items[0]);
    if (field == NULL) {
        literal = arguments->items[0];
        field = var_of(draw, arguments->items[1]);
    }
    if (field == NULL || !is_literal(literal))
        return NULL;
    if (literal->type == EPO_JSON_NULL)
        return negate(draw, present(draw, field->id));
    if (!same_type(field, literal))
        return NULL;
    return answered(draw, field->id, wrap(draw, "const", epo_json_copy(draw->pool, literal)));
}

/* A field alone: answered, and not false, 0 or an empty list. */
static struct epo_json *truth(const struct epo_draw *draw, const struct epo_field *field) {
    if (field->kind == &epo_kind_yes_no)
        return answered(draw, field->id, wrap(draw, "const", constant(draw, true)));
    if (is_number_kind(field))
        return answered(draw, field->id,
                        negate(draw, wrap(draw, "const", epo_json_integer(draw->pool, 0))));
    return present(draw, field->id);
}

static struct epo_json *membership(const struct epo_draw *draw, const struct epo_json *arguments) {
    const struct epo_json *needle = arguments->items[0], *hay = arguments->items[1];
    const struct epo_field *field = var_of(draw, needle);
    if (field != NULL && hay->type == EPO_JSON_ARRAY) {
        for (uint32_t i = 0; i < hay->count; i++)
            if (!is_literal(hay->items[i]) || !same_type(field, hay->items[i]))
                return NULL;
        if (hay->count == 0)
            return constant(draw, false);
        return answered(draw, field->id, wrap(draw, "enum", epo_json_copy(draw->pool, hay)));
    }
    field = var_of(draw, hay);
    if (field == NULL || field->kind != &epo_kind_choices || needle->type != EPO_JSON_TEXT)
        return NULL;
    struct epo_json *item = wrap(draw, "const", epo_json_copy(draw->pool, needle));
    return answered(draw, field->id, wrap(draw, "contains", item));
}

/* {"<": [{"var": n}, 5]} and its mirror image; an answer that is missing counts as 0. */
static struct epo_json *order(const struct epo_draw *draw, const struct epo_json *arguments,
                              bool less, bool or_equal) {
    if (arguments->count != 2)
        return NULL;
    const struct epo_field *field = var_of(draw, arguments->items[0]);
    const struct epo_json *literal = arguments->items[1];
    if (field == NULL) {
        field = var_of(draw, arguments->items[1]);
        literal = arguments->items[0];
        less = !less;
    }
    if (field == NULL || !is_number_kind(field) ||
        (literal->type != EPO_JSON_INTEGER && literal->type != EPO_JSON_REAL))
        return NULL;
    double limit = literal->type == EPO_JSON_INTEGER ? (double)literal->integer : literal->real;
    const char *keyword = less ? (or_equal ? "maximum" : "exclusiveMaximum")
                               : (or_equal ? "minimum" : "exclusiveMinimum");
    bool zero_fits =
        less ? (0 < limit || (or_equal && limit == 0)) : (0 > limit || (or_equal && limit == 0));
    struct epo_json *schema =
        answered(draw, field->id, wrap(draw, keyword, epo_json_copy(draw->pool, literal)));
    return zero_fits ? both(draw, "anyOf", schema, negate(draw, present(draw, field->id))) : schema;
}

static struct epo_json *list_of(const struct epo_draw *draw, const struct epo_json *arguments,
                                const char *keyword) {
    struct epo_json *list = epo_json_array(draw->pool);
    for (uint32_t i = 0; i < arguments->count; i++) {
        struct epo_json *part = translate(draw, arguments->items[i]);
        if (part == NULL)
            return NULL;
        epo_json_push(draw->pool, list, part);
    }
    return wrap(draw, keyword, list);
}

static struct epo_json *missing(const struct epo_draw *draw, const struct epo_json *arguments) {
    struct epo_json *names = epo_json_array(draw->pool);
    for (uint32_t i = 0; i < arguments->count; i++) {
        if (!epo_json_is_text(arguments->items[i]) ||
            in_scope(draw, epo_form_field(draw->form, arguments->items[i]->text)) == NULL)
            return NULL;
        epo_json_push(draw->pool, names, epo_json_copy(draw->pool, arguments->items[i]));
    }
    return negate(draw, wrap(draw, "required", names));
}

/* if c then a else b = (c and a) or (not c and b); more branches nest in b. */
static struct epo_json *branches(const struct epo_draw *draw, const struct epo_json *arguments,
                                 uint32_t from) {
    uint32_t left = arguments->count - from;
    if (left == 0)
        return constant(draw, false);
    if (left == 1)
        return translate(draw, arguments->items[from]);
    struct epo_json *yes = both(draw, "allOf", translate(draw, arguments->items[from]),
                                translate(draw, arguments->items[from + 1]));
    struct epo_json *no = both(draw, "allOf", negate(draw, translate(draw, arguments->items[from])),
                               branches(draw, arguments, from + 2));
    return both(draw, "anyOf", yes, no);
}

enum keyword { IS, IS_NOT, NOT, TRUTH, AND, OR, IF, IN, MISSING, LESS, AT_MOST, MORE, AT_LEAST };

static struct epo_json *translate_as(const struct epo_draw *draw, enum keyword keyword,
                                     const struct epo_json *arguments) {
    switch (keyword) {
    case IS:
        return equality(draw, arguments);
    case IS_NOT:
        return negate(draw, equality(draw, arguments));
    case NOT:
        return negate(draw, translate(draw, arguments->items[0]));
    case TRUTH:
        return translate(draw, arguments->items[0]);
    case AND:
        return list_of(draw, arguments, "allOf");
    case OR:
        return list_of(draw, arguments, "anyOf");
    case IF:
        return branches(draw, arguments, 0);
    case IN:
        return membership(draw, arguments);
    case MISSING:
        return missing(draw, arguments);
    case LESS:
        return order(draw, arguments, true, false);
    case AT_MOST:
        return order(draw, arguments, true, true);
    case MORE:
        return order(draw, arguments, false, false);
    case AT_LEAST:
        return order(draw, arguments, false, true);
    }
    return NULL;
}

static struct epo_json *translate(const struct epo_draw *draw, const struct epo_json *rule) {
    static const struct {
        const char *name;
        enum keyword keyword;
    } known[] = {{"==", IS},  {"===", IS},      {"!=", IS_NOT},      {"!==", IS_NOT},
                 {"!", NOT},  {"!!", TRUTH},    {"and", AND},        {"or", OR},
                 {"if", IF},  {"in", IN},       {"<", LESS},         {"<=", AT_MOST},
                 {">", MORE}, {">=", AT_LEAST}, {"missing", MISSING}};
    if (rule->type == EPO_JSON_BOOLEAN)
        return constant(draw, rule->boolean);
    if (rule->type != EPO_JSON_OBJECT || rule->count != 1)
        return NULL;
    const struct epo_field *field = var_of(draw, rule);
    if (field != NULL)
        return truth(draw, field);
    struct epo_json *arguments = rule->items[0];
    if (arguments->type != EPO_JSON_ARRAY) { /* {"!": x} is {"!": [x]} */
        struct epo_json *list = epo_json_array(draw->pool);
        epo_json_push(draw->pool, list, arguments);
        arguments = list;
    }
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (epo_span_is(rule->names[0], known[i].name))
            return translate_as(draw, known[i].keyword, arguments);
    return NULL;
}

struct epo_json *epo_condition_schema(const struct epo_draw *draw, const struct epo_json *rule) {
    return translate(draw, rule);
}
