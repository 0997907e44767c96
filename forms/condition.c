#include "forms/condition.h"

#include <ctype.h>
#include <math.h>

/* JsonLogic is JavaScript's semantics: what is true, what equals what, what a text is as a number.
 * Each operation below says only what it adds to that. */

struct run {
    struct epo_pool *pool;
    const struct epo_json *answers, *outer; /* outer: for what answers lack, or NULL */
    struct epo_error *error;
    int steps, depth;
};
typedef struct epo_json *(*operation_fn)(struct run *run, const struct epo_json *arguments,
                                         const struct epo_json *scope);
static struct epo_json *apply(struct run *run, const struct epo_json *rule,
                              const struct epo_json *scope);

/* -- JavaScript's values ---------------------------------------------------------------------- */

/* Values are only read from here on, so answers and literals need no copies. */
static struct epo_json *borrow(const struct epo_json *value) {
    return (struct epo_json *)(uintptr_t)value;
}

static bool truthy(const struct epo_json *value) {
    switch (value->type) {
    case EPO_JSON_NULL:
        return false;
    case EPO_JSON_BOOLEAN:
        return value->boolean;
    case EPO_JSON_INTEGER:
        return value->integer != 0;
    case EPO_JSON_REAL:
        return value->real != 0 && !isnan(value->real);
    case EPO_JSON_TEXT:
        return value->text.len > 0;
    case EPO_JSON_ARRAY:
        return value->count > 0; /* JsonLogic's own rule: [] is false */
    case EPO_JSON_OBJECT:
        return true;
    }
    return false;
}

static bool is_number(const struct epo_json *value) {
    return value->type == EPO_JSON_INTEGER || value->type == EPO_JSON_REAL;
}

/* ToNumber: null is 0, an empty text is 0, other text must be a whole number text. */
static double to_number(const struct epo_json *value) {
    double number;
    switch (value->type) {
    case EPO_JSON_NULL:
        return 0;
    case EPO_JSON_BOOLEAN:
        return value->boolean ? 1 : 0;
    case EPO_JSON_INTEGER:
        return (double)value->integer;
    case EPO_JSON_REAL:
        return value->real;
    case EPO_JSON_TEXT: {
        struct epo_span text = epo_span_trim(value->text);
        if (text.len == 0)
            return 0;
        return epo_span_real(text, &number) ? number : NAN;
    }
    case EPO_JSON_ARRAY:
        if (value->count == 1 && value->items[0]->type == EPO_JSON_BOOLEAN)
            return NAN; /* by way of the text "true" */
        return value->count == 0 ? 0 : value->count == 1 ? to_number(value->items[0]) : NAN;
    case EPO_JSON_OBJECT:
        return NAN;
    }
    return NAN;
}

static struct epo_json *from_number(struct run *run, double number) {
    if (isfinite(number) && number == floor(number) && fabs(number) <= EPO_NUMBER_MAX)
        return epo_json_integer(run->pool, (int64_t)number);
    return epo_json_real(run->pool, number);
}

/* String(value) */
static struct epo_span to_text(struct run *run, const struct epo_json *value) {
    if (value->type == EPO_JSON_TEXT)
        return value->text;
    if (value->type == EPO_JSON_REAL && !isfinite(value->real))
        return isnan(value->real) ? EPO_SPAN("NaN")
               : value->real > 0  ? EPO_SPAN("Infinity")
                                  : EPO_SPAN("-Infinity");
    if (value->type == EPO_JSON_OBJECT)
        return EPO_SPAN("[object Object]");
    if (value->type != EPO_JSON_ARRAY)
        return epo_json_print(run->pool, value);
    struct epo_buffer out;
    epo_buffer_init(&out, 64u << 10);
    for (uint32_t i = 0; i < value->count; i++) {
        if (i > 0)
            epo_buffer_byte(&out, ',');
        if (value->items[i]->type != EPO_JSON_NULL)
            epo_buffer_span(&out, to_text(run, value->items[i]));
    }
    struct epo_span text = epo_pool_copy(run->pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return text;
}

/* parseFloat, which "+" uses: the longest number at the start of its text; of null
 * and true there is none. */
static double parse_float(struct run *run, const struct epo_json *value) {
    if (is_number(value))
        return to_number(value);
    struct epo_span text = epo_span_trim(to_text(run, value));
    double number;
    for (size_t len = text.len < 40 ? text.len : 40; len > 0; len--) {
        char last = text.at[len - 1];
        if ((isdigit((unsigned char)last) || last == '.') &&
            epo_span_real((struct epo_span){text.at, last == '.' ? len - 1 : len}, &number))
            return number;
    }
    return NAN;
}

static bool strict_equal(const struct epo_json *a, const struct epo_json *b) {
    if (is_number(a) && is_number(b))
        return to_number(a) == to_number(b);
    if (a->type != b->type)
        return false;
    if (a->type == EPO_JSON_TEXT)
        return epo_span_equal(a->text, b->text);
    if (a->type == EPO_JSON_BOOLEAN)
        return a->boolean == b->boolean;
    return a->type == EPO_JSON_NULL || a == b;
}

static bool loose_equal(struct run *run, const struct epo_json *a, const struct epo_json *b) {
    bool a_list = a->type >= EPO_JSON_ARRAY, b_list = b->type >= EPO_JSON_ARRAY;
    if (a->type == b->type || (is_number(a) && is_number(b)))
        return strict_equal(a, b);
    if (a->type == EPO_JSON_NULL || b->type == EPO_JSON_NULL)
        return false;
    if (a_list && b->type == EPO_JSON_TEXT)
        return epo_span_equal(to_text(run, a), b->text);
    if (b_list && a->type == EPO_JSON_TEXT)
        return epo_span_equal(a->text, to_text(run, b));
    return to_number(a) == to_number(b);
}

static int compare_texts(struct epo_span a, struct epo_span b) {
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len > 0 ? memcmp(a.at, b.at, len) : 0;
    if (order == 0)
        order = (a.len > b.len) - (a.len < b.len);
    return (order > 0) - (order < 0);
}

/* -1, 0, 1, or 2 where the two cannot be compared. A list is compared as its text. */
static int compare(struct run *run, const struct epo_json *a, const struct epo_json *b) {
    bool a_text = a->type >= EPO_JSON_TEXT, b_text = b->type >= EPO_JSON_TEXT;
    if (a_text && b_text)
        return compare_texts(to_text(run, a), to_text(run, b));
    double x = to_number(a), y = to_number(b);
    if (isnan(x) || isnan(y))
        return 2;
    return (x > y) - (x < y);
}

/* -- arguments -------------------------------------------------------------------------------- */

static struct epo_json *boolean(struct run *run, bool value) {
    return epo_json_boolean(run->pool, value);
}

static bool can_go_on(const struct run *run) {
    return run->steps < EPO_CONDITION_STEPS_MAX;
}

/* Arguments are a list, or one value that is not a list: {"!": true}. */
static uint32_t count_of(const struct epo_json *arguments) {
    return arguments->type == EPO_JSON_ARRAY ? arguments->count : 1;
}

static const struct epo_json *raw_argument(const struct epo_json *arguments, uint32_t i) {
    if (arguments->type != EPO_JSON_ARRAY)
        return i == 0 ? arguments : NULL;
    return i < arguments->count ? arguments->items[i] : NULL;
}

static struct epo_json *argument(struct run *run, const struct epo_json *arguments, uint32_t i,
                                 const struct epo_json *scope) {
    const struct epo_json *raw = raw_argument(arguments, i);
    return raw != NULL ? apply(run, raw, scope) : epo_json_null(run->pool);
}

/* -- operations ------------------------------------------------------------------------------- */

static struct epo_json *find_var(struct run *run, const struct epo_json *name,
                                 const struct epo_json *scope) {
    struct epo_span path = to_text(run, name);
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

static struct epo_json *do_var(struct run *run, const struct epo_json *arguments,
                               const struct epo_json *scope) {
    struct epo_json *found = find_var(run, argument(run, arguments, 0, scope), scope);
    if (found != NULL)
        return found;
    return argument(run, arguments, 1, scope);
}

/* Those of the names (a list) that have no answer. */
static struct epo_json *missing_of(struct run *run, const struct epo_json *names,
                                   const struct epo_json *scope) {
    struct epo_json *missing = epo_json_array(run->pool);
    for (uint32_t i = 0; i < names->count; i++) {
        struct epo_json *found = find_var(run, names->items[i], scope);
        if (found == NULL || found->type == EPO_JSON_NULL ||
            (found->type == EPO_JSON_TEXT && found->text.len == 0))
            epo_json_push(run->pool, missing, names->items[i]);
    }
    return missing;
}

static struct epo_json *do_missing(struct run *run, const struct epo_json *arguments,
                                   const struct epo_json *scope) {
    struct epo_json *first = argument(run, arguments, 0, scope), *names = first;
    if (first->type != EPO_JSON_ARRAY) {
        names = epo_json_array(run->pool);
        epo_json_push(run->pool, names, first);
        for (uint32_t i = 1; i < count_of(arguments); i++)
            epo_json_push(run->pool, names, argument(run, arguments, i, scope));
    }
    return missing_of(run, names, scope);
}

/* So many of the names are needed: those that lack, where they are too few. */
static struct epo_json *do_missing_some(struct run *run, const struct epo_json *arguments,
                                        const struct epo_json *scope) {
    double needed = to_number(argument(run, arguments, 0, scope));
    struct epo_json *names = argument(run, arguments, 1, scope);
    if (names->type != EPO_JSON_ARRAY)
        return epo_json_array(run->pool);
    struct epo_json *missing = missing_of(run, names, scope);
    return (double)(names->count - missing->count) >= needed ? epo_json_array(run->pool) : missing;
}

#define EQUALITY(name, expression)                                                                 \
    static struct epo_json *name(struct run *run, const struct epo_json *arguments,                \
                                 const struct epo_json *scope) {                                   \
        struct epo_json *a = argument(run, arguments, 0, scope);                                   \
        struct epo_json *b = argument(run, arguments, 1, scope);                                   \
        return boolean(run, expression);                                                           \
    }
EQUALITY(do_equal, loose_equal(run, a, b))
EQUALITY(do_strict_equal, strict_equal(a, b))
EQUALITY(do_unequal, !loose_equal(run, a, b))
EQUALITY(do_strict_unequal, !strict_equal(a, b))
EQUALITY(do_greater, compare(run, a, b) == 1)
EQUALITY(do_at_least, compare(run, a, b) == 1 || compare(run, a, b) == 0)

/* a < b, or a < b < c */
static struct epo_json *ordered(struct run *run, const struct epo_json *arguments,
                                const struct epo_json *scope, bool or_equal) {
    bool holds = true;
    uint32_t count = count_of(arguments) > 2 ? 3 : 2;
    struct epo_json *before = argument(run, arguments, 0, scope);
    for (uint32_t i = 1; i < count && holds; i++) {
        struct epo_json *next = argument(run, arguments, i, scope);
        int order = compare(run, before, next);
        holds = order == -1 || (or_equal && order == 0);
        before = next;
    }
    return boolean(run, holds);
}

static struct epo_json *do_less(struct run *run, const struct epo_json *arguments,
                                const struct epo_json *scope) {
    return ordered(run, arguments, scope, false);
}

static struct epo_json *do_at_most(struct run *run, const struct epo_json *arguments,
                                   const struct epo_json *scope) {
    return ordered(run, arguments, scope, true);
}

static struct epo_json *do_not(struct run *run, const struct epo_json *arguments,
                               const struct epo_json *scope) {
    return boolean(run, !truthy(argument(run, arguments, 0, scope)));
}

static struct epo_json *do_truth(struct run *run, const struct epo_json *arguments,
                                 const struct epo_json *scope) {
    return boolean(run, truthy(argument(run, arguments, 0, scope)));
}

/* The first that decides, or the last. */
static struct epo_json *chain(struct run *run, const struct epo_json *arguments,
                              const struct epo_json *scope, bool stops_at) {
    struct epo_json *value = epo_json_null(run->pool);
    for (uint32_t i = 0; i < count_of(arguments); i++) {
        value = argument(run, arguments, i, scope);
        if (truthy(value) == stops_at)
            break;
    }
    return value;
}

static struct epo_json *do_and(struct run *run, const struct epo_json *arguments,
                               const struct epo_json *scope) {
    return chain(run, arguments, scope, false);
}

static struct epo_json *do_or(struct run *run, const struct epo_json *arguments,
                              const struct epo_json *scope) {
    return chain(run, arguments, scope, true);
}

static struct epo_json *do_if(struct run *run, const struct epo_json *arguments,
                              const struct epo_json *scope) {
    uint32_t i = 0, count = count_of(arguments);
    for (; i + 1 < count; i += 2)
        if (truthy(argument(run, arguments, i, scope)))
            return argument(run, arguments, i + 1, scope);
    return i < count ? argument(run, arguments, i, scope) : epo_json_null(run->pool);
}

static struct epo_json *do_in(struct run *run, const struct epo_json *arguments,
                              const struct epo_json *scope) {
    struct epo_json *needle = argument(run, arguments, 0, scope);
    struct epo_json *hay = argument(run, arguments, 1, scope);
    bool found = false;
    if (hay->type == EPO_JSON_TEXT) {
        struct epo_span text = to_text(run, needle);
        found = hay->text.len > 0 &&
                (text.len == 0 || memmem(hay->text.at, hay->text.len, text.at, text.len) != NULL);
    }
    for (uint32_t i = 0; hay->type == EPO_JSON_ARRAY && i < hay->count && !found; i++)
        found = strict_equal(needle, hay->items[i]);
    return boolean(run, found);
}

static struct epo_json *do_plus(struct run *run, const struct epo_json *arguments,
                                const struct epo_json *scope) {
    double sum = 0;
    for (uint32_t i = 0; i < count_of(arguments); i++)
        sum += parse_float(run, argument(run, arguments, i, scope));
    return from_number(run, sum);
}

static struct epo_json *do_times(struct run *run, const struct epo_json *arguments,
                                 const struct epo_json *scope) {
    double product = 1;
    if (count_of(arguments) == 1)
        return argument(run, arguments, 0, scope);
    for (uint32_t i = 0; i < count_of(arguments); i++)
        product *= parse_float(run, argument(run, arguments, i, scope));
    return from_number(run, product);
}

static struct epo_json *do_minus(struct run *run, const struct epo_json *arguments,
                                 const struct epo_json *scope) {
    double a = to_number(argument(run, arguments, 0, scope));
    if (count_of(arguments) < 2)
        return from_number(run, -a);
    return from_number(run, a - to_number(argument(run, arguments, 1, scope)));
}

static struct epo_json *do_divide(struct run *run, const struct epo_json *arguments,
                                  const struct epo_json *scope) {
    double a = to_number(argument(run, arguments, 0, scope));
    return from_number(run, a / to_number(argument(run, arguments, 1, scope)));
}

static struct epo_json *do_remainder(struct run *run, const struct epo_json *arguments,
                                     const struct epo_json *scope) {
    double a = to_number(argument(run, arguments, 0, scope));
    return from_number(run, fmod(a, to_number(argument(run, arguments, 1, scope))));
}

static struct epo_json *extreme(struct run *run, const struct epo_json *arguments,
                                const struct epo_json *scope, bool most) {
    double best = most ? -INFINITY : INFINITY;
    for (uint32_t i = 0; i < count_of(arguments); i++) {
        double number = to_number(argument(run, arguments, i, scope));
        if (isnan(number) || isnan(best))
            best = NAN;
        else if (most ? number > best : number < best)
            best = number;
    }
    return from_number(run, best);
}

static struct epo_json *do_min(struct run *run, const struct epo_json *arguments,
                               const struct epo_json *scope) {
    return extreme(run, arguments, scope, false);
}

static struct epo_json *do_max(struct run *run, const struct epo_json *arguments,
                               const struct epo_json *scope) {
    return extreme(run, arguments, scope, true);
}

static struct epo_json *do_cat(struct run *run, const struct epo_json *arguments,
                               const struct epo_json *scope) {
    struct epo_buffer out;
    epo_buffer_init(&out, 64u << 10);
    for (uint32_t i = 0; i < count_of(arguments); i++) {
        struct epo_json *part = argument(run, arguments, i, scope);
        if (part->type != EPO_JSON_NULL)
            epo_buffer_span(&out, to_text(run, part));
    }
    struct epo_json *text = epo_json_text(run->pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return text;
}

/* Where a place counted in letters begins in UTF-8; the end for one that is beyond. */
static size_t letter_at(struct epo_span text, int64_t letters) {
    size_t at = 0;
    for (; at < text.len && letters > 0; letters--)
        for (at++; at < text.len && ((unsigned char)text.at[at] & 0xC0) == 0x80;)
            at++;
    return at;
}

static int64_t whole(double number) {
    return isnan(number)         ? 0
           : number > INT32_MAX  ? INT32_MAX
           : number < -INT32_MAX ? -INT32_MAX
                                 : (int64_t)number;
}

/* {"substr": [text, from, count]}: a negative from counts from the end, a negative count leaves so
 * many letters off it. */
static struct epo_json *do_substr(struct run *run, const struct epo_json *arguments,
                                  const struct epo_json *scope) {
    struct epo_span text = to_text(run, argument(run, arguments, 0, scope));
    int64_t letters = (int64_t)epo_text_length(text);
    int64_t from = whole(to_number(argument(run, arguments, 1, scope))), to = letters;
    from = from < 0 ? letters + from : from;
    from = from < 0 ? 0 : from > letters ? letters : from;
    if (count_of(arguments) > 2) {
        int64_t count = whole(to_number(argument(run, arguments, 2, scope)));
        to = count < 0 ? letters + count : from + count;
    }
    to = to < from ? from : to > letters ? letters : to;
    size_t first = letter_at(text, from), last = letter_at(text, to);
    return epo_json_text(run->pool, (struct epo_span){text.at + first, last - first});
}

static struct epo_json *do_merge(struct run *run, const struct epo_json *arguments,
                                 const struct epo_json *scope) {
    struct epo_json *all = epo_json_array(run->pool);
    for (uint32_t i = 0; i < count_of(arguments); i++) {
        struct epo_json *part = argument(run, arguments, i, scope);
        if (part->type != EPO_JSON_ARRAY)
            epo_json_push(run->pool, all, part);
        for (uint32_t k = 0; part->type == EPO_JSON_ARRAY && k < part->count; k++)
            epo_json_push(run->pool, all, part->items[k]);
    }
    return all;
}

/* -- over the items of a list: the second argument sees one of them ---------------------------- */

static struct epo_json *do_filter(struct run *run, const struct epo_json *arguments,
                                  const struct epo_json *scope) {
    struct epo_json *list = argument(run, arguments, 0, scope), *kept = epo_json_array(run->pool);
    for (uint32_t i = 0; list->type == EPO_JSON_ARRAY && i < list->count && can_go_on(run); i++)
        if (truthy(argument(run, arguments, 1, list->items[i])))
            epo_json_push(run->pool, kept, list->items[i]);
    return kept;
}

static struct epo_json *do_map(struct run *run, const struct epo_json *arguments,
                               const struct epo_json *scope) {
    struct epo_json *list = argument(run, arguments, 0, scope), *made = epo_json_array(run->pool);
    for (uint32_t i = 0; list->type == EPO_JSON_ARRAY && i < list->count && can_go_on(run); i++)
        epo_json_push(run->pool, made, argument(run, arguments, 1, list->items[i]));
    return made;
}

/* There {"var": "current"} and {"var": "accumulator"} are asked for. */
static struct epo_json *do_reduce(struct run *run, const struct epo_json *arguments,
                                  const struct epo_json *scope) {
    struct epo_json *list = argument(run, arguments, 0, scope);
    struct epo_json *value = argument(run, arguments, 2, scope);
    for (uint32_t i = 0; list->type == EPO_JSON_ARRAY && i < list->count && can_go_on(run); i++) {
        struct epo_json *both = epo_json_object(run->pool);
        epo_json_set(run->pool, both, "current", list->items[i]);
        epo_json_set(run->pool, both, "accumulator", value);
        value = argument(run, arguments, 1, both);
    }
    return value;
}

/* How many items of a list the second argument holds for; the scope is the item. */
static uint32_t count_matching(struct run *run, const struct epo_json *arguments,
                               const struct epo_json *scope, uint32_t *total) {
    struct epo_json *list = argument(run, arguments, 0, scope);
    uint32_t matching = 0;
    *total = list->type == EPO_JSON_ARRAY ? list->count : 0;
    for (uint32_t i = 0; i < *total && can_go_on(run); i++)
        matching += truthy(argument(run, arguments, 1, list->items[i]));
    return matching;
}

static struct epo_json *do_some(struct run *run, const struct epo_json *arguments,
                                const struct epo_json *scope) {
    uint32_t total;
    return boolean(run, count_matching(run, arguments, scope, &total) > 0);
}

static struct epo_json *do_all(struct run *run, const struct epo_json *arguments,
                               const struct epo_json *scope) {
    uint32_t total, matching = count_matching(run, arguments, scope, &total);
    return boolean(run, total > 0 && matching == total);
}

static struct epo_json *do_none(struct run *run, const struct epo_json *arguments,
                                const struct epo_json *scope) {
    uint32_t total;
    return boolean(run, count_matching(run, arguments, scope, &total) == 0);
}

static const struct operation {
    const char *name;
    operation_fn fn;
    struct epo_condition_shape shape;
} operations[] = {
    {"var", do_var, {0, 2, EPO_NAMES_FIRST}},
    {"missing", do_missing, {1, 99, EPO_NAMES_ALL}},
    {"==", do_equal, {2, 2, EPO_PLAIN}},
    {"===", do_strict_equal, {2, 2, EPO_PLAIN}},
    {"!=", do_unequal, {2, 2, EPO_PLAIN}},
    {"!==", do_strict_unequal, {2, 2, EPO_PLAIN}},
    {"!", do_not, {1, 1, EPO_PLAIN}},
    {"!!", do_truth, {1, 1, EPO_PLAIN}},
    {"and", do_and, {1, 99, EPO_PLAIN}},
    {"or", do_or, {1, 99, EPO_PLAIN}},
    {"if", do_if, {1, 99, EPO_PLAIN}},
    {"<", do_less, {2, 3, EPO_PLAIN}},
    {"<=", do_at_most, {2, 3, EPO_PLAIN}},
    {">", do_greater, {2, 2, EPO_PLAIN}},
    {">=", do_at_least, {2, 2, EPO_PLAIN}},
    {"in", do_in, {2, 2, EPO_PLAIN}},
    {"+", do_plus, {1, 99, EPO_PLAIN}},
    {"-", do_minus, {1, 2, EPO_PLAIN}},
    {"*", do_times, {1, 99, EPO_PLAIN}},
    {"/", do_divide, {2, 2, EPO_PLAIN}},
    {"%", do_remainder, {2, 2, EPO_PLAIN}},
    {"min", do_min, {1, 99, EPO_PLAIN}},
    {"max", do_max, {1, 99, EPO_PLAIN}},
    {"cat", do_cat, {1, 99, EPO_PLAIN}},
    {"some", do_some, {2, 2, EPO_OVER_ITEMS}},
    {"all", do_all, {2, 2, EPO_OVER_ITEMS}},
    {"none", do_none, {2, 2, EPO_OVER_ITEMS}},
    {"?:", do_if, {1, 99, EPO_PLAIN}},
    {"missing_some", do_missing_some, {2, 2, EPO_NAMES_LATER}},
    {"substr", do_substr, {2, 3, EPO_PLAIN}},
    {"merge", do_merge, {0, 99, EPO_PLAIN}},
    {"filter", do_filter, {2, 2, EPO_OVER_ITEMS}},
    {"map", do_map, {2, 2, EPO_OVER_ITEMS}},
    {"reduce", do_reduce, {2, 3, EPO_OVER_ITEMS}},
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

static struct epo_json *apply_operation(struct run *run, const struct epo_json *rule,
                                        const struct epo_json *scope) {
    const struct operation *operation = find_operation(rule->names[0]);
    if (operation == NULL)
        return epo_json_null(run->pool);
    return operation->fn(run, rule->items[0], scope);
}

/* Lists are evaluated item by item, objects with one member are operations, the rest is itself. */
static struct epo_json *apply(struct run *run, const struct epo_json *rule,
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
    struct run run = {.pool = pool, .answers = answers, .outer = outer, .error = error};
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
    *holds = truthy(value);
    return true;
}
