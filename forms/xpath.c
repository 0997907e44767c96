#include "forms/xpath.h"

#include <ctype.h>

struct parsing {
    struct epo_pool *pool;
    struct epo_span rest;
    int depth;
    const char *wrong;
};

static struct epo_json *fault(struct parsing *parsing, const char *what) {
    if (!parsing->wrong)
        parsing->wrong = what;
    return NULL;
}

static struct epo_json *operation(struct epo_pool *pool, const char *name, struct epo_json *first,
                                  struct epo_json *second) {
    struct epo_json *made = epo_json_object(pool), *list = epo_json_array(pool);
    epo_json_push(pool, list, first);
    if (second)
        epo_json_push(pool, list, second);
    epo_json_set(pool, made, name, list);
    return made;
}

static struct epo_json *variable(struct epo_pool *pool, struct epo_span name) {
    struct epo_json *made = epo_json_object(pool);
    epo_json_set_text(pool, made, "var", name);
    return made;
}

/* ---- words ---- */

static void skip(struct parsing *parsing, size_t len) {
    parsing->rest = (struct epo_span){parsing->rest.at + len, parsing->rest.len - len};
}

static void skip_space(struct parsing *parsing) {
    while (parsing->rest.len && isspace((unsigned char)parsing->rest.at[0]))
        skip(parsing, 1);
}

static bool is_name_byte(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == ':';
}

/* Takes the sign or word if it stands next. */
static bool take(struct parsing *parsing, const char *word) {
    size_t len = strlen(word);
    skip_space(parsing);
    if (!epo_span_starts(parsing->rest, epo_span(word)))
        return false;
    if (isalpha((unsigned char)word[0]) && parsing->rest.len > len &&
        is_name_byte(parsing->rest.at[len]))
        return false;
    skip(parsing, len);
    return true;
}

static struct epo_json *expression(struct parsing *parsing);

static struct epo_json *read_text(struct parsing *parsing, char quote) {
    const char *end = memchr(parsing->rest.at + 1, quote, parsing->rest.len - 1);
    if (!end)
        return fault(parsing, "a text does not end");
    struct epo_span text = {parsing->rest.at + 1, (size_t)(end - parsing->rest.at) - 1};
    skip(parsing, text.len + 2);
    return epo_json_text(parsing->pool, text);
}

static struct epo_json *read_number(struct parsing *parsing) {
    size_t len = 0;
    int64_t integer;
    double real;
    while (len < parsing->rest.len &&
           (isdigit((unsigned char)parsing->rest.at[len]) || parsing->rest.at[len] == '.'))
        len++;
    struct epo_span text = {parsing->rest.at, len};
    skip(parsing, len);
    if (epo_span_integer(text, &integer))
        return epo_json_integer(parsing->pool, integer);
    return epo_span_real(text, &real) ? epo_json_real(parsing->pool, real)
                                      : fault(parsing, "a number is not one");
}

static struct epo_json *read_field(struct parsing *parsing) {
    const char *end = memchr(parsing->rest.at, '}', parsing->rest.len);
    if (!end)
        return fault(parsing, "a ${name} does not end");
    struct epo_span name = {parsing->rest.at + 2, (size_t)(end - parsing->rest.at) - 2};
    skip(parsing, name.len + 3);
    return variable(parsing->pool, epo_span_trim(name));
}

static struct epo_json *call_of(struct parsing *parsing, struct epo_span name,
                                struct epo_json *list) {
    struct epo_pool *pool = parsing->pool;
    if (list->count == 0 && (epo_span_is(name, "true") || epo_span_is(name, "false")))
        return epo_json_boolean(pool, epo_span_is(name, "true"));
    bool known = (epo_span_is(name, "not") && list->count == 1) ||
                 (epo_span_is(name, "if") && list->count == 3);
    struct epo_json *made = epo_json_object(pool);
    const char *own = epo_span_is(name, "not") ? "!" : "if";
    epo_json_set(pool, made, known ? own : epo_pool_printf(pool, "%.*s()", EPO_ARG(name)), list);
    return made;
}

static struct epo_json *read_call(struct parsing *parsing) {
    size_t len = 0;
    while (len < parsing->rest.len && is_name_byte(parsing->rest.at[len]))
        len++;
    struct epo_span name = {parsing->rest.at, len};
    skip(parsing, len);
    if (!take(parsing, "("))
        return fault(parsing, "a name must stand as ${name}");
    struct epo_json *list = epo_json_array(parsing->pool), *each;
    if (take(parsing, ")"))
        return call_of(parsing, name, list);
    do {
        if ((each = expression(parsing)) == NULL)
            return NULL;
        epo_json_push(parsing->pool, list, each);
    } while (take(parsing, ","));
    return take(parsing, ")") ? call_of(parsing, name, list) : fault(parsing, "a \")\" is missing");
}

static struct epo_json *primary(struct parsing *parsing) {
    skip_space(parsing);
    if (parsing->rest.len == 0)
        return fault(parsing, "it ends too early");
    char c = parsing->rest.at[0];
    if (c == '\'' || c == '"')
        return read_text(parsing, c);
    if (epo_span_starts(parsing->rest, EPO_SPAN("${")))
        return read_field(parsing);
    if (isdigit((unsigned char)c) ||
        (c == '.' && parsing->rest.len > 1 && isdigit((unsigned char)parsing->rest.at[1])))
        return read_number(parsing);
    if (take(parsing, "(")) {
        struct epo_json *inner = expression(parsing);
        return !inner || take(parsing, ")") ? inner : fault(parsing, "a \")\" is missing");
    }
    if (c == '.') {
        skip(parsing, 1);
        return variable(parsing->pool, EPO_SPAN(""));
    }
    if (take(parsing, "-")) {
        struct epo_json *inner = primary(parsing);
        if (inner && inner->type == EPO_JSON_INTEGER)
            return epo_json_integer(parsing->pool, -inner->integer);
        if (inner && inner->type == EPO_JSON_REAL)
            return epo_json_real(parsing->pool, -inner->real);
        return inner ? operation(parsing->pool, "-", inner, NULL) : NULL;
    }
    return isalpha((unsigned char)c) ? read_call(parsing)
                                     : fault(parsing, "a sign that cannot be read");
}

/* ---- operations, loosest first ---- */

static const struct level {
    const char *words[6], *names[6];
} LEVELS[] = {
    {{"or"}, {"or"}},
    {{"and"}, {"and"}},
    {{"!=", "="}, {"!=", "=="}},
    {{"<=", ">=", "<", ">"}, {"<=", ">=", "<", ">"}},
    {{"+", "-"}, {"+", "-"}},
    {{"*", "div", "mod"}, {"*", "/", "%"}},
};
enum { LEVEL_COUNT = sizeof LEVELS / sizeof *LEVELS };

static const char *take_operator(struct parsing *parsing, const struct level *level) {
    for (size_t i = 0; i < 6 && level->words[i]; i++)
        if (take(parsing, level->words[i]))
            return level->names[i];
    return NULL;
}

/* a and b and c: one operation of three. */
static bool joins(const struct epo_json *left, const char *name) {
    return left->type == EPO_JSON_OBJECT && left->count == 1 && epo_span_is(left->names[0], name) &&
           (strcmp(name, "and") == 0 || strcmp(name, "or") == 0);
}

static struct epo_json *level(struct parsing *parsing, int at) {
    if (at == LEVEL_COUNT)
        return primary(parsing);
    struct epo_json *left = level(parsing, at + 1), *right;
    const char *name;
    bool own = false; /* left was made here, not in brackets */
    while (left && (name = take_operator(parsing, &LEVELS[at])) != NULL) {
        if ((right = level(parsing, at + 1)) == NULL)
            return NULL;
        if (own && joins(left, name))
            epo_json_push(parsing->pool, left->items[0], right);
        else
            left = operation(parsing->pool, name, left, right);
        own = true;
    }
    return left;
}

static struct epo_json *expression(struct parsing *parsing) {
    if (++parsing->depth > EPO_XPATH_DEPTH_MAX)
        return fault(parsing, "it is too deep");
    struct epo_json *made = level(parsing, 0);
    parsing->depth--;
    return made;
}

struct epo_json *epo_xpath_read(struct epo_pool *pool, struct epo_span text, const char **wrong) {
    struct parsing parsing = {.pool = pool, .rest = text};
    if (text.len > EPO_XPATH_BYTES_MAX) {
        *wrong = "it is too long";
        return NULL;
    }
    struct epo_json *tree = expression(&parsing);
    skip_space(&parsing);
    if (tree && parsing.rest.len)
        tree = fault(&parsing, "there is something behind its end");
    *wrong = parsing.wrong;
    return tree;
}
