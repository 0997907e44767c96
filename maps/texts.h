/* The texts of a snapshot, packed end to end: millions of short ones would cost more in gaps than
 * in letters. Filled by one thread while loading, then read by all. Internal to maps. */
#ifndef EPO_MAPS_TEXTS_H
#define EPO_MAPS_TEXTS_H

#include "base/pool.h"

struct epo_texts;
/* Letters live in the pool; what finds equal ones lives until epo_texts_close. */
struct epo_texts *epo_texts_open(struct epo_pool *pool);
void epo_texts_close(struct epo_texts *texts);
/* A NUL-terminated copy, the same pointer for the same text ("" for an empty one). */
const char *epo_texts_share(struct epo_texts *texts, struct epo_span text);
/* The same for what hardly repeats (ids): always a new copy. */
const char *epo_texts_add(struct epo_texts *texts, struct epo_span text);

#endif
