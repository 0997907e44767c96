/* JsonLogic while a condition is evaluated (condition.c): its values and operations. Private to
 * this room. To add an operation: a function in a logic_<subject>.c, its name below, a row in
 * condition.c, the same in core/web/scripts/jsonlogic.mjs. */
#ifndef EPO_FORMS_LOGIC_H
#define EPO_FORMS_LOGIC_H

#include "forms/condition.h"

struct epo_logic_run {
    struct epo_pool *pool;
    const struct epo_json *answers, *outer; /* outer: for what answers lack, or NULL */
    struct epo_error *error;
    int steps, depth;
};

/* ---- logic_values.c; all pure, what is made lies in the run's pool ---- */
bool epo_logic_truthy(const struct epo_json *value); /* JsonLogic's own rule: [] is false */
bool epo_logic_is_number(const struct epo_json *value);
double epo_logic_to_number(const struct epo_json *value);
struct epo_json *epo_logic_from_number(struct epo_logic_run *run, double number);
struct epo_span epo_logic_to_text(struct epo_logic_run *run, const struct epo_json *value);
double epo_logic_parse_float(struct epo_logic_run *run, const struct epo_json *value);
bool epo_logic_strict_equal(const struct epo_json *a, const struct epo_json *b);
bool epo_logic_loose_equal(struct epo_logic_run *run, const struct epo_json *a,
                           const struct epo_json *b);
/* -1, 0, 1, or 2 where the two cannot be compared. */
int epo_logic_compare(struct epo_logic_run *run, const struct epo_json *a,
                      const struct epo_json *b);

/* ---- condition.c ---- */
struct epo_json *epo_logic_boolean(struct epo_logic_run *run, bool value);
bool epo_logic_can_go_on(const struct epo_logic_run *run);
/* Arguments are a list, or one value that is not a list: {"!": true}. */
uint32_t epo_logic_count(const struct epo_json *arguments);
/* The value of the i-th, null where there is none. */
struct epo_json *epo_logic_argument(struct epo_logic_run *run, const struct epo_json *arguments,
                                    uint32_t i, const struct epo_json *scope);
/* What a name leads to in the scope, or NULL. */
struct epo_json *epo_logic_find(struct epo_logic_run *run, const struct epo_json *name,
                                const struct epo_json *scope);

/* ---- operations ---- */
typedef struct epo_json *epo_logic_fn(struct epo_logic_run *run, const struct epo_json *arguments,
                                      const struct epo_json *scope);
extern epo_logic_fn epo_logic_do_var, epo_logic_do_missing, epo_logic_do_equal,
    epo_logic_do_strict_equal, epo_logic_do_unequal, epo_logic_do_strict_unequal, epo_logic_do_not,
    epo_logic_do_truth, epo_logic_do_and, epo_logic_do_or, epo_logic_do_if, epo_logic_do_less,
    epo_logic_do_at_most, epo_logic_do_greater, epo_logic_do_at_least, epo_logic_do_in,
    epo_logic_do_plus, epo_logic_do_minus, epo_logic_do_times, epo_logic_do_divide,
    epo_logic_do_remainder, epo_logic_do_min, epo_logic_do_max, epo_logic_do_cat, epo_logic_do_some,
    epo_logic_do_all, epo_logic_do_none, epo_logic_do_missing_some, epo_logic_do_substr,
    epo_logic_do_merge, epo_logic_do_filter, epo_logic_do_map, epo_logic_do_reduce;

#endif
