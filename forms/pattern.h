/* Patterns of text fields: what PCRE2 and ECMAScript (flag u) read alike, so that the JSON Schema
 * says exactly what is checked here. Private to this room. */
#ifndef EPO_FORMS_PATTERN_H
#define EPO_FORMS_PATTERN_H

#include "forms/definition.h"

/* Why a pattern is not in the common part, or NULL: only \d \D \w \W and escaped punctuation, only
 * (?:…), (?=…) and (?!…), no possessive quantifiers, no lone braces or brackets. */
const char *epo_pattern_stranger(struct epo_span pattern);
/* Compiled to match a whole value; freed with the pool. NULL and a message if it is wrong. */
pcre2_code *epo_pattern_compile(struct epo_pool *pool, const char *pattern, char message[128]);
/* text is valid UTF-8. A pattern that takes too many steps does not match. */
bool epo_pattern_matches(const pcre2_code *pattern, struct epo_span text);

#endif
