/* A hash table from text to pointer, for catalogs and template sets. Filled by one thread, then
 * read by any. Keys are kept by reference. */
#ifndef EPO_VIEW_TABLE_H
#define EPO_VIEW_TABLE_H

#include "base/pool.h"
#include "base/text.h"

struct epo_table {
    struct epo_table_row {
        struct epo_span key;
        void *value;
    } * rows;
    size_t count, room; /* room is a power of two */
};
void *epo_table_get(const struct epo_table *table, struct epo_span key); /* or NULL */
/* Sets or replaces; value must not be NULL. */
void epo_table_set(struct epo_pool *pool, struct epo_table *table, struct epo_span key,
                   void *value);

#endif
