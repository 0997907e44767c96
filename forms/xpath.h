/* The part of XPath that XLSForms use, to and from JsonLogic. Pure; any thread. */
#ifndef EPO_FORMS_XPATH_H
#define EPO_FORMS_XPATH_H

#include "base/json.h"

#define EPO_XPATH_BYTES_MAX 4000
#define EPO_XPATH_DEPTH_MAX 20

/* Reads: ${name}, ., numbers, 'texts', and or = != < <= > >= + - * div mod, not() true() false()
 * if() selected(). Gives JsonLogic; the answer itself (.) is {"var": ""}, any other function
 * {"<name>()": [arguments]}. NULL with what is wrong. */
struct epo_json *epo_xpath_read(struct epo_pool *pool, struct epo_span text, const char **wrong);

/* What a writer must know of the fields that a rule names. */
enum epo_xpath_field { EPO_XPATH_PLAIN, EPO_XPATH_YES_NO, EPO_XPATH_SEVERAL, EPO_XPATH_NONE };
typedef enum epo_xpath_field epo_xpath_field_fn(const void *arg, struct epo_span name);

/* After reading: what is compared with yes_no fields ('yes', 'no') becomes true and false, a
 * selected() becomes "in" or "==", several comparisons with one field become "in". NULL with what
 * is wrong (a name that there is not, a function that conditions do not have). */
struct epo_json *epo_xpath_condition(struct epo_pool *pool, const struct epo_json *tree,
                                     epo_xpath_field_fn *fields, const void *arg,
                                     const char **wrong);
/* Writes JsonLogic; empty with what XPath cannot say. */
struct epo_span epo_xpath_write(struct epo_pool *pool, const struct epo_json *rule,
                                epo_xpath_field_fn *fields, const void *arg, const char **wrong);
/* A text as a literal; empty where it has both kinds of quotes. */
struct epo_span epo_xpath_literal(struct epo_pool *pool, struct epo_span text);

#endif
