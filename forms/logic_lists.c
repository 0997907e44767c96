/* Operations over lists: names that lack an answer, lists joined, and each item of a list, which
 * the second argument sees as its scope. */
#include "forms/logic.h"

/* Those of the names (a list) that have no answer. */
static struct epo_json *missing_of(struct epo_logic_run *run, const struct epo_json *names,
                                   const struct epo_json *scope) {
    struct epo_json *missing = epo_json_array(run->pool);
    for (uint32_t i = 0; i < names->count; i++) {
        struct epo_json *found = epo_logic_find(run, names->items[i], scope);
        if (found == NULL || found->type == EPO_JSON_NULL ||
            (found->type == EPO_JSON_TEXT && found->text.len == 0))
            epo_json_push(run->pool, missing, names->items[i]);
    }
    return missing;
}

struct epo_json *epo_logic_do_missing(struct epo_logic_run *run, const struct epo_json *arguments,
                                      const struct epo_json *scope) {
    struct epo_json *first = epo_logic_argument(run, arguments, 0, scope), *names = first;
    if (first->type != EPO_JSON_ARRAY) {
        names = epo_json_array(run->pool);
        if (epo_logic_count(arguments) > 0)
            epo_json_push(run->pool, names, first);
        for (uint32_t i = 1; i < epo_logic_count(arguments); i++)
            epo_json_push(run->pool, names, epo_logic_argument(run, arguments, i, scope));
    }
    return missing_of(run, names, scope);
}

/* So many of the names are needed: those that lack, where they are too few. */
struct epo_json *epo_logic_do_missing_some(struct epo_logic_run *run,
                                           const struct epo_json *arguments,
                                           const struct epo_json *scope) {
    double needed = epo_logic_to_number(epo_logic_argument(run, arguments, 0, scope));
    struct epo_json *names = epo_logic_argument(run, arguments, 1, scope);
    if (names->type != EPO_JSON_ARRAY)
        return epo_json_array(run->pool);
    struct epo_json *missing = missing_of(run, names, scope);
    return (double)(names->count - missing->count) >= needed ? epo_json_array(run->pool) : missing;
}

struct epo_json *epo_logic_do_merge(struct epo_logic_run *run, const struct epo_json *arguments,
                                    const struct epo_json *scope) {
    struct epo_json *all = epo_json_array(run->pool);
    for (uint32_t i = 0; i < epo_logic_count(arguments); i++) {
        struct epo_json *part = epo_logic_argument(run, arguments, i, scope);
        if (part->type != EPO_JSON_ARRAY)
            epo_json_push(run->pool, all, part);
        for (uint32_t k = 0; part->type == EPO_JSON_ARRAY && k < part->count; k++)
            epo_json_push(run->pool, all, part->items[k]);
    }
    return all;
}

struct epo_json *epo_logic_do_filter(struct epo_logic_run *run, const struct epo_json *arguments,
                                     const struct epo_json *scope) {
    struct epo_json *list = epo_logic_argument(run, arguments, 0, scope),
                    *kept = epo_json_array(run->pool);
    for (uint32_t i = 0;
         list->type == EPO_JSON_ARRAY && i < list->count && epo_logic_can_go_on(run); i++)
        if (epo_logic_truthy(epo_logic_argument(run, arguments, 1, list->items[i])))
            epo_json_push(run->pool, kept, list->items[i]);
    return kept;
}

struct epo_json *epo_logic_do_map(struct epo_logic_run *run, const struct epo_json *arguments,
                                  const struct epo_json *scope) {
    struct epo_json *list = epo_logic_argument(run, arguments, 0, scope),
                    *made = epo_json_array(run->pool);
    for (uint32_t i = 0;
         list->type == EPO_JSON_ARRAY && i < list->count && epo_logic_can_go_on(run); i++)
        epo_json_push(run->pool, made, epo_logic_argument(run, arguments, 1, list->items[i]));
    return made;
}

/* There {"var": "current"} and {"var": "accumulator"} are asked for. */
struct epo_json *epo_logic_do_reduce(struct epo_logic_run *run, const struct epo_json *arguments,
                                     const struct epo_json *scope) {
    struct epo_json *list = epo_logic_argument(run, arguments, 0, scope);
    struct epo_json *value = epo_logic_argument(run, arguments, 2, scope);
    for (uint32_t i = 0;
         list->type == EPO_JSON_ARRAY && i < list->count && epo_logic_can_go_on(run); i++) {
        struct epo_json *both = epo_json_object(run->pool);
        epo_json_set(run->pool, both, "current", list->items[i]);
        epo_json_set(run->pool, both, "accumulator", value);
        value = epo_logic_argument(run, arguments, 1, both);
    }
    return value;
}

/* How many items of a list the second argument holds for; the scope is the item. */
static uint32_t count_matching(struct epo_logic_run *run, const struct epo_json *arguments,
                               const struct epo_json *scope, uint32_t *total) {
    struct epo_json *list = epo_logic_argument(run, arguments, 0, scope);
    uint32_t matching = 0;
    *total = list->type == EPO_JSON_ARRAY ? list->count : 0;
    for (uint32_t i = 0; i < *total && epo_logic_can_go_on(run); i++)
        matching += epo_logic_truthy(epo_logic_argument(run, arguments, 1, list->items[i]));
    return matching;
}

struct epo_json *epo_logic_do_some(struct epo_logic_run *run, const struct epo_json *arguments,
                                   const struct epo_json *scope) {
    uint32_t total;
    return epo_logic_boolean(run, count_matching(run, arguments, scope, &total) > 0);
}

struct epo_json *epo_logic_do_all(struct epo_logic_run *run, const struct epo_json *arguments,
                                  const struct epo_json *scope) {
    uint32_t total, matching = count_matching(run, arguments, scope, &total);
    return epo_logic_boolean(run, total > 0 && matching == total);
}

struct epo_json *epo_logic_do_none(struct epo_logic_run *run, const struct epo_json *arguments,
                                   const struct epo_json *scope) {
    uint32_t total;
    return epo_logic_boolean(run, count_matching(run, arguments, scope, &total) == 0);
}
