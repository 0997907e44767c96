/* A small full-text index in memory: entries found by words without diacritics, by other forms of
 * Czech and English words, by their beginnings and with a typing error; best first. Made for the
 * hundreds of pages that a portal has (addresses have their own search, maps/search.h).
 *
 * Filled by one thread, then read by any number of them. */
#ifndef EPO_BASE_SEARCH_H
#define EPO_BASE_SEARCH_H

#include <stdint.h>

#include "base/pool.h"
#include "base/text.h"

struct epo_search;

/* lang: "cs" or "en", for the endings of words. Heap-owned. */
struct epo_search *epo_search_create(const char *lang);
void epo_search_free(struct epo_search *search); /* NULL is allowed */
/* A new entry; shown is the caller's and comes back from epo_search_find. Returns its index, for
 * epo_search_text. */
uint32_t epo_search_add(struct epo_search *search, const void *shown);
/* Words of the entry; weight 1 to 10: how much a word found there says. Copies what it needs. */
void epo_search_text(struct epo_search *search, uint32_t entry, struct epo_span text, int weight);
/* To be called once all is added, before the first search. */
void epo_search_ready(struct epo_search *search);

struct epo_search_hit {
    const void *shown;
    double score; /* of no unit; more is better */
};
/* The best hits, at most room; entries that have every word of the query, or, where there are none,
 * those that have some. Only the first EPO_SEARCH_QUERY_WORDS_MAX words count. Any thread; works in
 * the pool. */
size_t epo_search_find(const struct epo_search *search, struct epo_pool *pool,
                       struct epo_span query, struct epo_search_hit *hits, size_t room);

#endif
