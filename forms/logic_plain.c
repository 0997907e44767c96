/* Operations over single values: logic, comparisons, numbers. */
#include "forms/logic.h"

#include <math.h>

#define EQUALITY(name, expression)                                                                 \
    struct epo_json *name(struct epo_logic_run *run, const struct epo_json *arguments,             \
                          const struct epo_json *scope) {                                          \
        struct epo_json *a = epo_logic_argument(run, arguments, 0, scope);                         \
        struct epo_json *b = epo_logic_argument(run, arguments, 1, scope);                         \
        return epo_logic_boolean(run, expression);                                                 \
    }
EQUALITY(epo_logic_do_equal, epo_logic_loose_equal(run, a, b))
EQUALITY(epo_logic_do_strict_equal, epo_logic_strict_equal(a, b))
EQUALITY(epo_logic_do_unequal, !epo_logic_loose_equal(run, a, b))
EQUALITY(epo_logic_do_strict_unequal, !epo_logic_strict_equal(a, b))
EQUALITY(epo_logic_do_greater, epo_logic_compare(run, a, b) == 1)
EQUALITY(epo_logic_do_at_least,
         epo_logic_compare(run, a, b) == 1 || epo_logic_compare(run, a, b) == 0)

/* a < b, or a < b < c */
static struct epo_json *ordered(struct epo_logic_run *run, const struct epo_json *arguments,
                                const struct epo_json *scope, bool or_equal) {
    bool holds = true;
    uint32_t count = epo_logic_count(arguments) > 2 ? 3 : 2;
    struct epo_json *before = epo_logic_argument(run, arguments, 0, scope);
    for (uint32_t i = 1; i < count && holds; i++) {
        struct epo_json *next = epo_logic_argument(run, arguments, i, scope);
        int order = epo_logic_compare(run, before, next);
        holds = order == -1 || (or_equal && order == 0);
        before = next;
    }
    return epo_logic_boolean(run, holds);
}

struct epo_json *epo_logic_do_less(struct epo_logic_run *run, const struct epo_json *arguments,
                                   const struct epo_json *scope) {
    return ordered(run, arguments, scope, false);
}

struct epo_json *epo_logic_do_at_most(struct epo_logic_run *run, const struct epo_json *arguments,
                                      const struct epo_json *scope) {
    return ordered(run, arguments, scope, true);
}

struct epo_json *epo_logic_do_not(struct epo_logic_run *run, const struct epo_json *arguments,
                                  const struct epo_json *scope) {
    return epo_logic_boolean(run, !epo_logic_truthy(epo_logic_argument(run, arguments, 0, scope)));
}

struct epo_json *epo_logic_do_truth(struct epo_logic_run *run, const struct epo_json *arguments,
                                    const struct epo_json *scope) {
    return epo_logic_boolean(run, epo_logic_truthy(epo_logic_argument(run, arguments, 0, scope)));
}

/* The first that decides, or the last. */
static struct epo_json *chain(struct epo_logic_run *run, const struct epo_json *arguments,
                              const struct epo_json *scope, bool stops_at) {
    struct epo_json *value = epo_json_null(run->pool);
    for (uint32_t i = 0; i < epo_logic_count(arguments); i++) {
        value = epo_logic_argument(run, arguments, i, scope);
        if (epo_logic_truthy(value) == stops_at)
            break;
    }
    return value;
}

struct epo_json *epo_logic_do_and(struct epo_logic_run *run, const struct epo_json *arguments,
                                  const struct epo_json *scope) {
    return chain(run, arguments, scope, false);
}

struct epo_json *epo_logic_do_or(struct epo_logic_run *run, const struct epo_json *arguments,
                                 const struct epo_json *scope) {
    return chain(run, arguments, scope, true);
}

struct epo_json *epo_logic_do_if(struct epo_logic_run *run, const struct epo_json *arguments,
                                 const struct epo_json *scope) {
    uint32_t i = 0, count = epo_logic_count(arguments);
    for (; i + 1 < count; i += 2)
        if (epo_logic_truthy(epo_logic_argument(run, arguments, i, scope)))
            return epo_logic_argument(run, arguments, i + 1, scope);
    return i < count ? epo_logic_argument(run, arguments, i, scope) : epo_json_null(run->pool);
}

struct epo_json *epo_logic_do_in(struct epo_logic_run *run, const struct epo_json *arguments,
                                 const struct epo_json *scope) {
    struct epo_json *needle = epo_logic_argument(run, arguments, 0, scope);
    struct epo_json *hay = epo_logic_argument(run, arguments, 1, scope);
    bool found = false;
    if (hay->type == EPO_JSON_TEXT) {
        struct epo_span text = epo_logic_to_text(run, needle);
        found = hay->text.len > 0 &&
                (text.len == 0 || memmem(hay->text.at, hay->text.len, text.at, text.len) != NULL);
    }
    for (uint32_t i = 0; hay->type == EPO_JSON_ARRAY && i < hay->count && !found; i++)
        found = epo_logic_strict_equal(needle, hay->items[i]);
    return epo_logic_boolean(run, found);
}

struct epo_json *epo_logic_do_plus(struct epo_logic_run *run, const struct epo_json *arguments,
                                   const struct epo_json *scope) {
    double sum = 0;
    for (uint32_t i = 0; i < epo_logic_count(arguments); i++)
        sum += epo_logic_parse_float(run, epo_logic_argument(run, arguments, i, scope));
    return epo_logic_from_number(run, sum);
}

struct epo_json *epo_logic_do_times(struct epo_logic_run *run, const struct epo_json *arguments,
                                    const struct epo_json *scope) {
    double product = 1;
    if (epo_logic_count(arguments) == 1)
        return epo_logic_argument(run, arguments, 0, scope);
    for (uint32_t i = 0; i < epo_logic_count(arguments); i++)
        product *= epo_logic_parse_float(run, epo_logic_argument(run, arguments, i, scope));
    return epo_logic_from_number(run, product);
}

struct epo_json *epo_logic_do_minus(struct epo_logic_run *run, const struct epo_json *arguments,
                                    const struct epo_json *scope) {
    double a = epo_logic_to_number(epo_logic_argument(run, arguments, 0, scope));
    if (epo_logic_count(arguments) < 2)
        return epo_logic_from_number(run, -a);
    return epo_logic_from_number(
        run, a - epo_logic_to_number(epo_logic_argument(run, arguments, 1, scope)));
}

struct epo_json *epo_logic_do_divide(struct epo_logic_run *run, const struct epo_json *arguments,
                                     const struct epo_json *scope) {
    double a = epo_logic_to_number(epo_logic_argument(run, arguments, 0, scope));
    return epo_logic_from_number(
        run, a / epo_logic_to_number(epo_logic_argument(run, arguments, 1, scope)));
}

struct epo_json *epo_logic_do_remainder(struct epo_logic_run *run, const struct epo_json *arguments,
                                        const struct epo_json *scope) {
    double a = epo_logic_to_number(epo_logic_argument(run, arguments, 0, scope));
    return epo_logic_from_number(
        run, fmod(a, epo_logic_to_number(epo_logic_argument(run, arguments, 1, scope))));
}

static struct epo_json *extreme(struct epo_logic_run *run, const struct epo_json *arguments,
                                const struct epo_json *scope, bool most) {
    double best = most ? -INFINITY : INFINITY;
    for (uint32_t i = 0; i < epo_logic_count(arguments); i++) {
        double number = epo_logic_to_number(epo_logic_argument(run, arguments, i, scope));
        if (isnan(number) || isnan(best))
            best = NAN;
        else if (most ? number > best : number < best)
            best = number;
    }
    return epo_logic_from_number(run, best);
}

struct epo_json *epo_logic_do_min(struct epo_logic_run *run, const struct epo_json *arguments,
                                  const struct epo_json *scope) {
    return extreme(run, arguments, scope, false);
}

struct epo_json *epo_logic_do_max(struct epo_logic_run *run, const struct epo_json *arguments,
                                  const struct epo_json *scope) {
    return extreme(run, arguments, scope, true);
}
