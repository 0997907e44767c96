#include "forms/condition.h"

#include "forms/logic.h"

/* JsonLogic is JavaScript's semantics (logic_values.c); each operation says only what it adds to
 * that. Here: how a rule is walked, and what names in it lead to. */

/* Values are only read from here on, so answers and literals need no copies. */
static struct epo_json *borrow(const struct epo_json *value) {
    return (struct epo_json *)(uintptr_t)value;
}

static struct epo_json *apply(struct epo_logic_run *run, const struct epo_json *rule,
                              const struct epo_json *scope);

/* -- arguments -------------------------------------------------------------------------------- */

struct epo_json *epo_logic_boolean(struct epo_logic_run *run, bool value) {
    return epo_json_boolean(run->pool, value);
}

bool epo_logic_can_go_on(const struct epo_logic_run *run) {
    return run->steps < EPO_CONDITION_STEPS_MAX;
}

/* Arguments are a list, or one value that is not a list: {"!": true}. */
uint32_t epo_logic_count(const struct epo_json *arguments) {
    return arguments->type == EPO_JSON_ARRAY ? arguments->count : 1;
}

static const struct epo_json *raw_argument(const struct epo_json *arguments, uint32_t i) {
    if (arguments->type != EPO_JSON_ARRAY)
        return i == 0 ? arguments : NULL;
    return i < arguments->count ? arguments->items[i] : NULL;
}

struct epo_json *epo_logic_argument(struct epo_logic_run *run, const struct epo_json *arguments,
                                    uint32_t i, const struct epo_json *scope) {
    const struct epo_json *raw = raw_argument(arguments, i);
    return raw != NULL ? apply(run, raw, scope) : epo_json_null(run->pool);
}

/* -- names ------------------------------------------------------------------------------------- */

struct epo_json *epo_logic_find(struct epo_logic_run *run, const struct epo_json *name,
                                const struct epo_json *scope) {
    struct epo_span path = epo_logic_to_text(run, name);
    const struct epo_json *at = scope;
    if (name->type == EPO_JSON_NULL || path.len == 0)
        return borrow(scope);
    if (scope == run->answers && run->outer != NULL) {
        struct epo_span rest;
        if (epo_json_get_span(scope, epo_span_cut(path, '.', &rest)) == NULL)
            at = run->outer;
    }
    while (path.len > 0 && at != NULL) {
        struct epo_span part = epo_span_cut(path, '.', &path);
        int64_t index;
        if (at->type == EPO_JSON_ARRAY && epo_span_integer(part, &index))
            at = index >= 0 && index < at->count ? at->items[index] : NULL;
        else
            at = epo_json_get_span(at, part);
    }
    return at != NULL ? borrow(at) : NULL;
}

struct epo_json *epo_logic_do_var(struct epo_logic_run *run, const struct epo_json *arguments,
                                  const struct epo_json *scope) {
    struct epo_json *found =
        epo_logic_find(run, epo_logic_argument(run, arguments, 0, scope), scope);
    if (found != NULL)
        return found;
    return epo_logic_argument(run, arguments, 1, scope);
}

static const struct operation {
    const char *name;
    epo_logic_fn *fn;
    struct epo_condition_shape shape;
} operations[] = {
    {"var", epo_logic_do_var, {0, 2, EPO_NAMES_FIRST}},
    {"missing", epo_logic_do_missing, {1, 99, EPO_NAMES_ALL}},
    {"==", epo_logic_do_equal, {2, 2, EPO_PLAIN}},
    {"===", epo_logic_do_strict_equal, {2, 2, EPO_PLAIN}},
    {"!=", epo_logic_do_unequal, {2, 2, EPO_PLAIN}},
    {"!==", epo_logic_do_strict_unequal, {2, 2, EPO_PLAIN}},
    {"!", epo_logic_do_not, {1, 1, EPO_PLAIN}},
    {"!!", epo_logic_do_truth, {1, 1, EPO_PLAIN}},
    {"and", epo_logic_do_and, {1, 99, EPO_PLAIN}},
    {"or", epo_logic_do_or, {1, 99, EPO_PLAIN}},
    {"if", epo_logic_do_if, {1, 99, EPO_PLAIN}},
    {"<", epo_logic_do_less, {2, 3, EPO_PLAIN}},
    {"<=", epo_logic_do_at_most, {2, 3, EPO_PLAIN}},
    {">", epo_logic_do_greater, {2, 2, EPO_PLAIN}},
    {">=", epo_logic_do_at_least, {2, 2, EPO_PLAIN}},
    {"in", epo_logic_do_in, {2, 2, EPO_PLAIN}},
    {"+", epo_logic_do_plus, {1, 99, EPO_PLAIN}},
    {"-", epo_logic_do_minus, {1, 2, EPO_PLAIN}},
    {"*", epo_logic_do_times, {1, 99, EPO_PLAIN}},
    {"/", epo_logic_do_divide, {2, 2, EPO_PLAIN}},
    {"%", epo_logic_do_remainder, {2, 2, EPO_PLAIN}},
    {"min", epo_logic_do_min, {1, 99, EPO_PLAIN}},
    {"max", epo_logic_do_max, {1, 99, EPO_PLAIN}},
    {"cat", epo_logic_do_cat, {1, 99, EPO_PLAIN}},
    {"some", epo_logic_do_some, {2, 2, EPO_OVER_ITEMS}},
    {"all", epo_logic_do_all, {2, 2, EPO_OVER_ITEMS}},
    {"none", epo_logic_do_none, {2, 2, EPO_OVER_ITEMS}},
    {"?:", epo_logic_do_if, {1, 99, EPO_PLAIN}},
    {"missing_some", epo_logic_do_missing_some, {2, 2, EPO_NAMES_LATER}},
    {"substr", epo_logic_do_substr, {2, 3, EPO_PLAIN}},
    {"merge", epo_logic_do_merge, {0, 99, EPO_PLAIN}},
    {"filter", epo_logic_do_filter, {2, 2, EPO_OVER_ITEMS}},
    {"map", epo_logic_do_map, {2, 2, EPO_OVER_ITEMS}},
    {"reduce", epo_logic_do_reduce, {2, 3, EPO_OVER_ITEMS}},
};
#define OPERATION_COUNT (sizeof(operations) / sizeof(operations[0]))

static const struct operation *find_operation(struct epo_span name) {
    for (size_t i = 0; i < OPERATION_COUNT; i++)
        if (epo_span_is(name, operations[i].name))
            return &operations[i];
    return NULL;
}

const struct epo_condition_shape *epo_condition_shape(struct epo_span name) {
    const struct operation *operation = find_operation(name);
    return operation != NULL ? &operation->shape : NULL;
}

void epo_condition_names(const char *names[EPO_CONDITION_NAMES_MAX]) {
    _Static_assert(OPERATION_COUNT < EPO_CONDITION_NAMES_MAX, "raise EPO_CONDITION_NAMES_MAX");
    for (size_t i = 0; i < OPERATION_COUNT; i++)
        names[i] = operations[i].name;
    names[OPERATION_COUNT] = NULL;
}

static struct epo_json *apply_operation(struct epo_logic_run *run, const struct epo_json *rule,
                                        const struct epo_json *scope) {
    const struct operation *operation = find_operation(rule->names[0]);
    if (operation == NULL)
        return epo_json_null(run->pool);
    return operation->fn(run, rule->items[0], scope);
}

/* Lists are evaluated item by item, objects with one member are operations, the rest is itself. */
static struct epo_json *apply(struct epo_logic_run *run, const struct epo_json *rule,
                              const struct epo_json *scope) {
    struct epo_json *value = epo_json_null(run->pool);
    if (++run->steps >= EPO_CONDITION_STEPS_MAX || run->depth >= EPO_CONDITION_DEPTH_MAX) {
        run->steps = EPO_CONDITION_STEPS_MAX;
        return value;
    }
    run->depth++;
    if (rule->type == EPO_JSON_OBJECT && rule->count == 1) {
        value = apply_operation(run, rule, scope);
    } else if (rule->type == EPO_JSON_ARRAY) {
        value = epo_json_array(run->pool);
        for (uint32_t i = 0; i < rule->count; i++)
            epo_json_push(run->pool, value, apply(run, rule->items[i], scope));
    } else {
        value = borrow(rule);
    }
    run->depth--;
    return value;
}

static bool evaluate(struct epo_pool *pool, const struct epo_json *rule,
                     const struct epo_json *answers, const struct epo_json *outer,
                     struct epo_json **value, struct epo_error *error) {
    struct epo_logic_run run = {.pool = pool, .answers = answers, .outer = outer, .error = error};
    *value = apply(&run, rule, answers);
    if (run.steps >= EPO_CONDITION_STEPS_MAX)
        return epo_fail(error, EPO_ERROR_TOO_LARGE, "form.condition",
                        "a condition takes more than %d steps or is over %d operations deep",
                        EPO_CONDITION_STEPS_MAX, EPO_CONDITION_DEPTH_MAX);
    return true;
}

bool epo_condition_value(struct epo_pool *pool, const struct epo_json *rule,
                         const struct epo_json *answers, struct epo_json **value,
                         struct epo_error *error) {
    return evaluate(pool, rule, answers, NULL, value, error);
}

bool epo_condition_holds(struct epo_pool *pool, const struct epo_json *rule,
                         const struct epo_json *answers, const struct epo_json *outer, bool *holds,
                         struct epo_error *error) {
    struct epo_json *value;
    *holds = true;
    if (rule == NULL)
        return true;
    if (!evaluate(pool, rule, answers, outer, &value, error))
        return false;
    *holds = epo_logic_truthy(value);
    return true;
}
