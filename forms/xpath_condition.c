/* What an XLSForm says of its own fields, as JsonLogic says it of ours. */
#include "forms/xpath.h"

struct turning {
    struct epo_pool *pool;
    epo_xpath_field_fn *fields;
    const void *arg;
    const char *wrong;
};

static struct epo_json *fault(struct turning *turning, const char *what) {
    if (!turning->wrong)
        turning->wrong = what;
    return NULL;
}

static bool is_var(const struct epo_json *json) {
    return json->type == EPO_JSON_OBJECT && json->count == 1 &&
           epo_span_is(json->names[0], "var") && epo_json_is_text(json->items[0]);
}

static bool is_plain(const struct epo_json *json) {
    return json->type != EPO_JSON_OBJECT && json->type != EPO_JSON_ARRAY;
}

static enum epo_xpath_field kind_of(struct turning *turning, const struct epo_json *var) {
    return turning->fields(turning->arg, var->items[0]->text);
}

static struct epo_json *make(struct turning *turning, const char *name, struct epo_json *first,
                             struct epo_json *second) {
    struct epo_json *made = epo_json_object(turning->pool), *list = epo_json_array(turning->pool);
    epo_json_push(turning->pool, list, first);
    if (second)
        epo_json_push(turning->pool, list, second);
    epo_json_set(turning->pool, made, name, list);
    return made;
}

/* ${x} = '' asks whether there is an answer; ${yes_no} = 'yes' is true. */
static struct epo_json *comparison(struct turning *turning, const char *name, struct epo_json *left,
                                   struct epo_json *right) {
    bool equal = strcmp(name, "==") == 0, unequal = strcmp(name, "!=") == 0;
    if (is_var(right) && is_plain(left)) {
        struct epo_json *other = left;
        left = right;
        right = other;
        name = strcmp(name, "<") == 0    ? ">"
               : strcmp(name, "<=") == 0 ? ">="
               : strcmp(name, ">") == 0  ? "<"
               : strcmp(name, ">=") == 0 ? "<="
                                         : name;
    }
    if (is_var(left) && epo_json_is_text(right) && (equal || unequal)) {
        if (right->text.len == 0)
            return make(turning, equal ? "!" : "!!", left, NULL);
        if (kind_of(turning, left) == EPO_XPATH_YES_NO &&
            (epo_span_is(right->text, "yes") || epo_span_is(right->text, "no")))
            right = epo_json_boolean(turning->pool, epo_span_is(right->text, "yes"));
    }
    return make(turning, name, left, right);
}

static struct epo_json *selected(struct turning *turning, struct epo_json *list) {
    if (list->count != 2 || !is_var(list->items[0]) || !epo_json_is_text(list->items[1]))
        return fault(turning, "selected() wants ${name} and a text");
    return kind_of(turning, list->items[0]) == EPO_XPATH_SEVERAL
               ? make(turning, "in", list->items[1], list->items[0])
               : comparison(turning, "==", list->items[0], list->items[1]);
}

/* ${x} = 'a' or ${x} = 'b': one of several. NULL where it is something else. */
static struct epo_json *one_of(struct turning *turning, const struct epo_json *list) {
    struct epo_json *values = epo_json_array(turning->pool), *var = NULL;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct epo_json *pair = epo_json_get(list->items[i], "==");
        if (!pair || pair->count != 2 || !is_var(pair->items[0]) ||
            !epo_json_is_text(pair->items[1]) ||
            (var && !epo_span_equal(var->items[0]->text, pair->items[0]->items[0]->text)))
            return NULL;
        var = pair->items[0];
        epo_json_push(turning->pool, values, pair->items[1]);
    }
    return make(turning, "in", var, values);
}

static struct epo_json *turn(struct turning *turning, const struct epo_json *tree) {
    static const char *const SAME[] = {"!", "and", "or", "if", "+", "-", "*", "/", "%", NULL};
    static const char *const COMPARED[] = {"==", "!=", "<", "<=", ">", ">=", NULL};
    if (is_plain(tree))
        return epo_json_copy(turning->pool, tree);
    if (is_var(tree)) {
        if (kind_of(turning, tree) == EPO_XPATH_NONE)
            return fault(turning, "it names a question that is not carried over");
        return epo_json_copy(turning->pool, tree);
    }
    const char *name = epo_pool_string(turning->pool, tree->names[0]);
    struct epo_json *list = epo_json_array(turning->pool);
    for (uint32_t i = 0; i < tree->items[0]->count; i++) {
        struct epo_json *each = turn(turning, tree->items[0]->items[i]);
        if (!each)
            return NULL;
        epo_json_push(turning->pool, list, each);
    }
    if (strcmp(name, "selected()") == 0)
        return selected(turning, list);
    for (size_t i = 0; COMPARED[i]; i++)
        if (strcmp(name, COMPARED[i]) == 0)
            return comparison(turning, COMPARED[i], list->items[0], list->items[1]);
    struct epo_json *several = strcmp(name, "or") == 0 ? one_of(turning, list) : NULL;
    if (several)
        return several;
    for (size_t i = 0; SAME[i]; i++)
        if (strcmp(name, SAME[i]) == 0) {
            struct epo_json *made = epo_json_object(turning->pool);
            epo_json_set(turning->pool, made, SAME[i], list);
            return made;
        }
    return fault(turning, epo_pool_printf(turning->pool, "conditions do not have %s", name));
}

struct epo_json *epo_xpath_condition(struct epo_pool *pool, const struct epo_json *tree,
                                     epo_xpath_field_fn *fields, const void *arg,
                                     const char **wrong) {
    struct turning turning = {pool, fields, arg, NULL};
    struct epo_json *made = turn(&turning, tree);
    *wrong = turning.wrong;
    return made;
}

/* ---- writing ---- */

struct epo_span epo_xpath_literal(struct epo_pool *pool, struct epo_span text) {
    bool single = text.len && memchr(text.at, '\'', text.len);
    bool twice = text.len && memchr(text.at, '"', text.len);
    if (single && twice)
        return EPO_SPAN("");
    return epo_span(epo_pool_printf(pool, single ? "\"%.*s\"" : "'%.*s'", EPO_ARG(text)));
}

static const char *write(struct turning *turning, const struct epo_json *rule);

static const char *give_up(struct turning *turning, const char *what) {
    fault(turning, what);
    return "";
}

static const char *write_value(struct turning *turning, const struct epo_json *value) {
    struct epo_span text;
    switch (value->type) {
    case EPO_JSON_BOOLEAN:
        return value->boolean ? "true()" : "false()";
    case EPO_JSON_INTEGER:
    case EPO_JSON_REAL:
        return epo_pool_string(turning->pool, epo_json_print(turning->pool, value));
    case EPO_JSON_TEXT:
        text = epo_xpath_literal(turning->pool, value->text);
        return text.len ? text.at : give_up(turning, "a text with both kinds of quotes");
    default:
        return give_up(turning, "null or a list as a value");
    }
}

static const char *write_var(struct turning *turning, const struct epo_json *var) {
    if (!epo_json_is_text(var) || memchr(var->text.at, '.', var->text.len))
        return give_up(turning, "a part of an answer");
    if (turning->fields(turning->arg, var->text) == EPO_XPATH_NONE)
        return give_up(turning, "a question that is not carried over");
    return epo_pool_printf(turning->pool, "${%.*s}", EPO_ARG(var->text));
}

/* "in": a field among texts, or a text among the chosen. */
static const char *write_in(struct turning *turning, const struct epo_json *list) {
    struct epo_pool *pool = turning->pool;
    const struct epo_json *what = list->items[0], *where = list->items[1];
    if (epo_json_is_text(what) && is_var(where) && kind_of(turning, where) == EPO_XPATH_SEVERAL)
        return epo_pool_printf(pool, "selected(%s, %s)", write_var(turning, where->items[0]),
                               write_value(turning, what));
    if (!is_var(what) || where->type != EPO_JSON_ARRAY || where->count == 0)
        return give_up(turning, "an \"in\" of another kind");
    const char *all = "";
    for (uint32_t i = 0; i < where->count; i++)
        all = epo_pool_printf(pool, "%s%s%s = %s", all, i ? " or " : "",
                              write_var(turning, what->items[0]),
                              write_value(turning, where->items[i]));
    return epo_pool_printf(pool, "(%s)", all);
}

/* What stands on one side of a sign: in brackets unless it is a single word. */
static const char *write_side(struct turning *turning, const struct epo_json *side) {
    const char *text = write(turning, side);
    bool bare = is_var(side) || side->type != EPO_JSON_OBJECT || text[0] == '(';
    return bare ? text : epo_pool_printf(turning->pool, "(%s)", text);
}

static const char *write_compared(struct turning *turning, const char *sign,
                                  const struct epo_json *list) {
    const struct epo_json *left = list->items[0], *right = list->items[1];
    const char *first = write_side(turning, left);
    if (is_var(left) && right->type == EPO_JSON_BOOLEAN &&
        kind_of(turning, left) == EPO_XPATH_YES_NO)
        return epo_pool_printf(turning->pool, "%s %s '%s'", first, sign,
                               right->boolean ? "yes" : "no");
    return epo_pool_printf(turning->pool, "%s %s %s", first, sign, write_side(turning, right));
}

static const char *write_joined(struct turning *turning, const char *sign,
                                const struct epo_json *list) {
    const char *all = "";
    for (uint32_t i = 0; i < list->count; i++)
        all = i ? epo_pool_printf(turning->pool, "%s %s %s", all, sign,
                                  write_side(turning, list->items[i]))
                : write_side(turning, list->items[i]);
    return epo_pool_printf(turning->pool, "(%s)", all);
}

static const char *write_truth(struct turning *turning, const struct epo_json *of, bool truth) {
    if (!is_var(of))
        return epo_pool_printf(turning->pool, truth ? "(%s)" : "not(%s)", write(turning, of));
    const char *name = write_var(turning, of->items[0]);
    if (kind_of(turning, of) == EPO_XPATH_YES_NO)
        return epo_pool_printf(turning->pool, "%s %s 'yes'", name, truth ? "=" : "!=");
    return epo_pool_printf(turning->pool, "%s %s ''", name, truth ? "!=" : "=");
}

static const char *write(struct turning *turning, const struct epo_json *rule) {
    static const struct {
        const char *name, *sign;
        uint32_t arguments; /* 0: any number, in brackets */
    } SIGNS[] = {{"==", "=", 2},    {"===", "=", 2}, {"!=", "!=", 2}, {"!==", "!=", 2},
                 {"<", "<", 2},     {"<=", "<=", 2}, {">", ">", 2},   {">=", ">=", 2},
                 {"and", "and", 0}, {"or", "or", 0}, {"+", "+", 0},   {"-", "-", 0},
                 {"*", "*", 0},     {"/", "div", 0}, {"%", "mod", 0}};
    if (is_plain(rule) || rule->type == EPO_JSON_ARRAY)
        return write_value(turning, rule);
    struct epo_span name = rule->count == 1 ? rule->names[0] : EPO_SPAN("");
    if (epo_span_is(name, "var"))
        return write_var(turning, rule->items[0]);
    struct epo_json one = {
        .type = EPO_JSON_ARRAY, .count = 1, .items = (struct epo_json **)rule->items};
    const struct epo_json *list = rule->count && rule->items[0]->type == EPO_JSON_ARRAY
                                      ? rule->items[0]
                                      : &one; /* {"!": x} is {"!": [x]} */
    if (list->count == 1 && (epo_span_is(name, "!") || epo_span_is(name, "!!")))
        return write_truth(turning, list->items[0], epo_span_is(name, "!!"));
    if (list->count == 2 && epo_span_is(name, "in"))
        return write_in(turning, list);
    if (list->count == 3 && epo_span_is(name, "if"))
        return epo_pool_printf(turning->pool, "if(%s, %s, %s)", write(turning, list->items[0]),
                               write(turning, list->items[1]), write(turning, list->items[2]));
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (epo_span_is(name, SIGNS[i].name) && list->count == SIGNS[i].arguments)
            return write_compared(turning, SIGNS[i].sign, list);
        else if (epo_span_is(name, SIGNS[i].name) && !SIGNS[i].arguments && list->count > 1)
            return write_joined(turning, SIGNS[i].sign, list);
    return give_up(turning,
                   epo_pool_printf(turning->pool, "the operation \"%.*s\"", EPO_ARG(name)));
}

struct epo_span epo_xpath_write(struct epo_pool *pool, const struct epo_json *rule,
                                epo_xpath_field_fn *fields, const void *arg, const char **wrong) {
    struct turning turning = {pool, fields, arg, NULL};
    const char *text = write(&turning, rule);
    *wrong = turning.wrong;
    return turning.wrong ? EPO_SPAN("") : epo_span(text);
}
