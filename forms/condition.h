/* Conditions: JsonLogic (jsonlogic.com), whole but for "log" and "method", which would write or
 * call something. core/web/scripts/jsonlogic.mjs is the same for the page;
 * tests/forms/jsonlogic.test.mjs holds both to the reference. Private to this room. */
#ifndef EPO_FORMS_CONDITION_H
#define EPO_FORMS_CONDITION_H

#include "forms/field.h"

#define EPO_CONDITION_DEPTH_MAX 24    /* operations inside one another */
#define EPO_CONDITION_STEPS_MAX 50000 /* of one evaluation: some/all/none over long lists */

/* What an operation takes. */
struct epo_condition_shape {
    uint32_t least, most; /* arguments */
    enum {
        EPO_PLAIN,
        EPO_NAMES_FIRST, /* the first argument names a field */
        EPO_NAMES_ALL,
        EPO_NAMES_LATER, /* the second argument is a list of names */
        EPO_OVER_ITEMS   /* in the second argument, var names a part of an item of the first */
    } kind;
};
const struct epo_condition_shape *epo_condition_shape(struct epo_span name); /* NULL: unknown */
#define EPO_CONDITION_NAMES_MAX 40
void epo_condition_names(const char *names[EPO_CONDITION_NAMES_MAX]); /* NULL-ended */

/* Known operations, number of arguments, and var naming a field before `before` (index) or a
 * repeated group before `section` (index). inside: the group whose condition it is, or NULL. */
struct epo_condition_place {
    uint32_t before, section;
    const struct epo_section *inside;
};
void epo_condition_check(struct epo_reader *reader, const struct epo_json *rule,
                         struct epo_condition_place place);

/* The value of a rule over typed answers, as JsonLogic's reference (json-logic-js) has it. false:
 * it took too many steps. A NULL rule is true. */
bool epo_condition_value(struct epo_pool *pool, const struct epo_json *rule,
                         const struct epo_json *answers, struct epo_json **value,
                         struct epo_error *error);
/* outer: answers for what `answers` lack (the form's, around an item of a group), or NULL. */
bool epo_condition_holds(struct epo_pool *pool, const struct epo_json *rule,
                         const struct epo_json *answers, const struct epo_json *outer, bool *holds,
                         struct epo_error *error);

/* The condition as a JSON Schema of the answers object, or NULL where JSON Schema cannot say it.
 * Exact for answers whose earlier fields are valid. */
struct epo_json *epo_condition_schema(const struct epo_draw *draw, const struct epo_json *rule);

#endif
