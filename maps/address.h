/* Words for addresses, and the parts of a typed query. Internal to maps; pure. */
#ifndef EPO_MAPS_ADDRESS_H
#define EPO_MAPS_ADDRESS_H

#include "maps/mapbase.h"

/* "42/8a", "42", "č.ev. 5" */
const char *epo_address_street(const struct epo_snapshot *snapshot,
                               const struct epo_address *address); /* "" in villages without */
const char *epo_address_number(struct epo_pool *pool, const struct epo_address *address);
/* "Americká 42/8, 301 00 Plzeň"; without a street "Koterov 42, 326 00 Plzeň". */
const char *epo_address_text(struct epo_pool *pool, const struct epo_snapshot *snapshot,
                             const struct epo_address *address);

/* What was typed, taken apart (address_parse.c). */
#define EPO_QUERY_WORDS 8
struct epo_address_query {
    const char *words[EPO_QUERY_WORDS]; /* folded; of a street, town, part */
    int word_count;
    int numbers[2];         /* "42/8": both; "8": the first; -1 if not typed */
    char letter;            /* "8a", lower case; 0 if none */
    bool conscription_only; /* "č.p. 42" */
    bool evidence;          /* "č.ev. 42" */
    bool digits_typing;     /* the last number may still go on: "1" stands for 1, 12, 158 */
    char postcode[7];       /* "301 00", or empty */
    const char *folded;     /* the whole, folded */
};
void epo_address_parse(struct epo_pool *pool, struct epo_span query, struct epo_address_query *out);
/* Edits (insert, drop, change, swap of neighbours) between two folded words, at most `limit` + 1.
 */
int epo_word_edits(const char *a, const char *b, int limit);

#endif
