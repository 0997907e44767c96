/* Rules that people read: in(districts, "Plzeň 3") and owner == "city". Written as text, kept as
 * JsonLogic, evaluated like every condition of a form. For routing and for where an agenda applies.
 *
 *   a or b, a and b, not a, (a)          == != < <= > >=          a in b, in(b, a)
 *   + - * / %                            min(a, …) max(a, …)      has(name): not empty
 *   "text" 12.5 true false null [a, b]   name, name.part: a variable; null where it is unknown
 *
 * Comparisons are JsonLogic's (JavaScript's); in looks into a list, or for a part of a text. Any
 * thread. */
#ifndef EPO_FORMS_EXPRESSION_H
#define EPO_FORMS_EXPRESSION_H

#include "base/error.h"
#include "base/json.h"

#define EPO_EXPRESSION_BYTES_MAX 2000

/* known: the first words of the variables there are, ended by NULL; a name that is none of them is
 * refused. BAD_INPUT with what is wrong and at which column (from 1, in bytes) in the text of the
 * error. The rule lives in the pool. */
bool epo_expression_read(struct epo_pool *pool, struct epo_span text, const char *const *known,
                         struct epo_json **rule, struct epo_error *error);
/* Does it hold over these variables (an object)? A NULL rule holds. TOO_LARGE: too many steps. */
bool epo_expression_holds(struct epo_pool *pool, const struct epo_json *rule,
                          const struct epo_json *variables, bool *holds, struct epo_error *error);

#endif
