/* What codes of a file refer to: names by kind and code, for the length of an import. Internal to
 * the readers. */
#ifndef EPO_MAPS_NAMES_H
#define EPO_MAPS_NAMES_H

#include "base/pool.h"

struct epo_named {
    char kind; /* of thing; with the code its key */
    const char *code, *name;
    const char *part, *district; /* codes of what it lies in, or "" */
    int sort;
};
struct epo_names {
    struct epo_pool *pool; /* copies of the texts; made by the first put */
    struct epo_named *all;
    size_t count, room;
    uint32_t *slots; /* number + 1; a power of two, at most half full */
    size_t slot_count;
};
/* Texts are copied; a key that is there already keeps what it has. */
void epo_names_put(struct epo_names *names, const struct epo_named *named);
const struct epo_named *epo_names_get(const struct epo_names *names, char kind, const char *code);
void epo_names_clear(struct epo_names *names);

#endif
