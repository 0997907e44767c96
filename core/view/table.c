#include "view/table.h"

static struct epo_table_row *slot(const struct epo_table *table, struct epo_span key) {
    uint64_t hash = 14695981039346656037u; /* FNV-1a: keys come from our own files */
    for (size_t i = 0; i < key.len; i++)
        hash = (hash ^ (unsigned char)key.at[i]) * 1099511628211u;
    size_t at = (size_t)(hash ^ (hash >> 32)) & (table->room - 1);
    while (table->rows[at].value != NULL && !epo_span_equal(table->rows[at].key, key))
        at = (at + 1) & (table->room - 1);
    return &table->rows[at];
}

void *epo_table_get(const struct epo_table *table, struct epo_span key) {
    return table->room == 0 ? NULL : slot(table, key)->value;
}

static void grow(struct epo_pool *pool, struct epo_table *table) {
    struct epo_table old = *table;
    table->room = old.room == 0 ? 64 : old.room * 2;
    table->rows = EPO_NEW_ARRAY(pool, struct epo_table_row, table->room);
    for (size_t i = 0; i < old.room; i++)
        if (old.rows[i].value != NULL)
            *slot(table, old.rows[i].key) = old.rows[i];
}

void epo_table_set(struct epo_pool *pool, struct epo_table *table, struct epo_span key,
                   void *value) {
    if (table->count * 2 >= table->room)
        grow(pool, table);
    struct epo_table_row *row = slot(table, key);
    if (row->value == NULL)
        table->count++;
    *row = (struct epo_table_row){key, value};
}
