#include "forms/expression.h"

#include <ctype.h>

#include "forms/condition.h"

struct parsing {
    struct epo_pool *pool;
    struct epo_span text;
    size_t at;
    int depth;
    const char *const *known;
    struct epo_error *error;
};

enum { BRACKETS_MAX = 32 }; /* in one another: bounds the recursion of the reader */

static struct epo_json *read_or(struct parsing *p);

static struct epo_json *refuse(struct parsing *p, const char *what) {
    epo_fail(p->error, EPO_ERROR_BAD_INPUT, "expression.wrong", "column %zu: %s", p->at + 1, what);
    return NULL;
}

static void skip_space(struct parsing *p) {
    while (p->at < p->text.len && isspace((unsigned char)p->text.at[p->at]))
        p->at++;
}

static bool is_word_byte(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '.';
}

/* A sign or a word of the language, if it comes next. */
static bool take(struct parsing *p, const char *token) {
    size_t len = strlen(token);
    skip_space(p);
    if (p->text.len - p->at < len || memcmp(p->text.at + p->at, token, len) != 0)
        return false;
    if (isalpha((unsigned char)token[0]) && p->at + len < p->text.len &&
        is_word_byte(p->text.at[p->at + len]))
        return false;
    p->at += len;
    return true;
}

static struct epo_json *operation(struct parsing *p, const char *name, struct epo_json *a,
                                  struct epo_json *b) {
    struct epo_json *rule = epo_json_object(p->pool);
    struct epo_json *arguments = epo_json_set(p->pool, rule, name, epo_json_array(p->pool));
    epo_json_push(p->pool, arguments, a);
    if (b != NULL)
        epo_json_push(p->pool, arguments, b);
    return rule;
}

static struct epo_json *read_text(struct parsing *p) {
    size_t begin = ++p->at;
    while (p->at < p->text.len && p->text.at[p->at] != '"')
        p->at++;
    if (p->at == p->text.len) {
        p->at = begin - 1;
        return refuse(p, "the text has no closing \"");
    }
    return epo_json_text(p->pool, (struct epo_span){p->text.at + begin, p->at++ - begin});
}

static struct epo_json *read_number(struct parsing *p) {
    size_t begin = p->at;
    int64_t whole;
    double number;
    while (p->at < p->text.len &&
           (isdigit((unsigned char)p->text.at[p->at]) || p->text.at[p->at] == '.'))
        p->at++;
    struct epo_span digits = {p->text.at + begin, p->at - begin};
    if (epo_span_integer(digits, &whole))
        return epo_json_integer(p->pool, whole);
    return epo_span_real(digits, &number) ? epo_json_real(p->pool, number)
                                          : refuse(p, "this is not a number");
}

/* The rest of a list of values, up to `close`. */
static bool read_list(struct parsing *p, struct epo_json *list, const char *close) {
    if (take(p, close))
        return true;
    do {
        struct epo_json *item = read_or(p);
        if (item == NULL)
            return false;
        epo_json_push(p->pool, list, item);
    } while (take(p, ","));
    return take(p, close) || refuse(p, "a comma or the closing bracket is missing") != NULL;
}

/* in(list, value), has(name), min(…), max(…) */
static struct epo_json *read_call(struct parsing *p, struct epo_span name) {
    struct epo_json *list = epo_json_array(p->pool), *rule = epo_json_object(p->pool);
    if (!read_list(p, list, ")"))
        return NULL;
    if (epo_span_is(name, "in"))
        return list->count == 2 ? operation(p, "in", list->items[1], list->items[0])
                                : refuse(p, "in wants (list, value)");
    if (epo_span_is(name, "has"))
        return list->count == 1 ? operation(p, "!!", list->items[0], NULL)
                                : refuse(p, "has wants one name");
    if ((epo_span_is(name, "min") || epo_span_is(name, "max")) && list->count > 0) {
        epo_json_set(p->pool, rule, epo_pool_string(p->pool, name), list);
        return rule;
    }
    return refuse(p, "unknown function: known are in, has, min, max");
}

static struct epo_json *read_variable(struct parsing *p, struct epo_span name) {
    struct epo_span rest, first = epo_span_cut(name, '.', &rest);
    for (size_t i = 0; p->known != NULL && p->known[i] != NULL; i++) {
        if (!epo_span_is(first, p->known[i]))
            continue;
        struct epo_json *rule = epo_json_object(p->pool);
        epo_json_set_text(p->pool, rule, "var", name);
        return rule;
    }
    const char *near = p->known != NULL ? epo_reader_suggest(first, p->known) : NULL;
    p->at = (size_t)(name.at - p->text.at);
    return refuse(p, epo_pool_printf(p->pool, "there is no \"%.*s\"%s%s%s", EPO_ARG(first),
                                     near ? "; did you mean \"" : "", near ? near : "",
                                     near ? "\"?" : ""));
}

static struct epo_json *read_name(struct parsing *p) {
    size_t begin = p->at;
    if (take(p, "true"))
        return epo_json_boolean(p->pool, true);
    if (take(p, "false"))
        return epo_json_boolean(p->pool, false);
    if (take(p, "null"))
        return epo_json_null(p->pool);
    while (p->at < p->text.len && is_word_byte(p->text.at[p->at]))
        p->at++;
    struct epo_span name = {p->text.at + begin, p->at - begin};
    return take(p, "(") ? read_call(p, name) : read_variable(p, name);
}

static struct epo_json *read_value(struct parsing *p) {
    skip_space(p);
    char c = p->at < p->text.len ? p->text.at[p->at] : '\0';
    if (c == '"')
        return read_text(p);
    if (isdigit((unsigned char)c))
        return read_number(p);
    if (isalpha((unsigned char)c))
        return read_name(p);
    if (take(p, "[")) {
        struct epo_json *list = epo_json_array(p->pool);
        return read_list(p, list, "]") ? list : NULL;
    }
    if (take(p, "(")) {
        struct epo_json *inner = read_or(p);
        if (inner == NULL)
            return NULL;
        return take(p, ")") ? inner : refuse(p, "the closing ) is missing");
    }
    if (take(p, "-")) {
        struct epo_json *value =
            ++p->depth < BRACKETS_MAX ? read_value(p) : refuse(p, "too many signs in a row");
        p->depth--;
        return value != NULL ? operation(p, "-", value, NULL) : NULL;
    }
    return refuse(p, c == '\0' ? "something is missing at the end" : "this is not understood");
}

/* Levels of precedence, loosest first; each row's signs bind their two sides alike. */
static const struct level {
    const char *signs[8];
} levels[] = {
    {{"or"}},     {{"and"}},         {{"==", "!=", "<=", ">=", "<", ">", "in"}},
    {{"+", "-"}}, {{"*", "/", "%"}},
};
enum { LEVELS = sizeof levels / sizeof *levels, LEVEL_NOT = 2 };

static struct epo_json *read_level(struct parsing *p, int level);

static struct epo_json *read_operand(struct parsing *p, int level) {
    if (level == LEVELS)
        return read_value(p);
    if (level != LEVEL_NOT || !take(p, "not"))
        return read_level(p, level);
    struct epo_json *value =
        ++p->depth < BRACKETS_MAX ? read_operand(p, level) : refuse(p, "too many not in a row");
    p->depth--;
    return value != NULL ? operation(p, "!", value, NULL) : NULL;
}

static const char *read_sign(struct parsing *p, int level) {
    for (size_t i = 0; levels[level].signs[i] != NULL; i++)
        if (take(p, levels[level].signs[i]))
            return levels[level].signs[i];
    return NULL;
}

/* "a or b or c" is one operation of three, so that a long row is not a deep one. */
static struct epo_json *read_level(struct parsing *p, int level) {
    struct epo_json *left = read_operand(p, level + 1);
    const char *sign, *before = NULL;
    while (left != NULL && (sign = read_sign(p, level)) != NULL) {
        struct epo_json *right = read_operand(p, level + 1);
        if (right == NULL)
            return NULL;
        if (before == sign && level < LEVEL_NOT)
            epo_json_push(p->pool, left->items[0], right);
        else
            left = operation(p, sign, left, right);
        before = sign;
    }
    return left;
}

static struct epo_json *read_or(struct parsing *p) {
    struct epo_json *value = ++p->depth < BRACKETS_MAX
                                 ? read_level(p, 0)
                                 : refuse(p, "too many brackets in one another");
    p->depth--;
    return value;
}

/* How many operations lie in one another. */
static int depth_of(const struct epo_json *rule) {
    int deepest = 0;
    for (uint32_t i = 0; rule->type >= EPO_JSON_ARRAY && i < rule->count; i++) {
        int depth = depth_of(rule->items[i]);
        if (depth > deepest)
            deepest = depth;
    }
    return deepest + (rule->type == EPO_JSON_OBJECT);
}

bool epo_expression_read(struct epo_pool *pool, struct epo_span text, const char *const *known,
                         struct epo_json **rule, struct epo_error *error) {
    struct parsing parsing = {pool, text, 0, 0, known, error};
    if (text.len > EPO_EXPRESSION_BYTES_MAX)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "expression.long",
                        "longer than %d bytes: let the script decide", EPO_EXPRESSION_BYTES_MAX);
    if (!epo_text_valid(text))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "expression.wrong", "not UTF-8");
    *rule = read_or(&parsing);
    if (*rule == NULL)
        return false;
    skip_space(&parsing);
    if (parsing.at < text.len)
        return refuse(&parsing, "this is one thing too many") != NULL;
    return depth_of(*rule) < EPO_CONDITION_DEPTH_MAX - 2 ||
           refuse(&parsing, "too many operations in one another") != NULL;
}

bool epo_expression_holds(struct epo_pool *pool, const struct epo_json *rule,
                          const struct epo_json *variables, bool *holds, struct epo_error *error) {
    return epo_condition_holds(pool, rule, variables, NULL, holds, error);
}
