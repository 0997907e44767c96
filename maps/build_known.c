#include "maps/build.h"

#include <stdlib.h>

/* Steps from a code's own slot; with half of the slots free only rows of one same code need more.
 * Such rows are not found again, and so written anew: a column that is the same everywhere must not
 * make a million rows take a million steps each. */
enum { STEPS_MAX = 64 };

static size_t slot_of(const struct epo_build_known *known, const char *code) {
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (; *code != '\0'; code++)
        hash = (hash ^ (unsigned char)*code) * 1099511628211u;
    return (size_t)(hash ^ hash >> 32) & (known->slot_count - 1);
}

static void put(struct epo_build_known *known, uint32_t row) {
    size_t at = slot_of(known, known->rows[row].code);
    for (int step = 0; step < STEPS_MAX; step++, at = (at + 1) & (known->slot_count - 1))
        if (known->slots[at] == UINT32_MAX) {
            known->slots[at] = row;
            return;
        }
}

static void grow(struct epo_build_known *known) {
    known->room = known->room == 0 ? 1024 : known->room * 2;
    epo_assert(known->room < UINT32_MAX / 4);
    known->rows = realloc(known->rows, known->room * sizeof *known->rows);
    known->slot_count = known->room * 2;
    free(known->slots);
    known->slots = malloc(known->slot_count * sizeof *known->slots);
    epo_assert(known->rows != NULL && known->slots != NULL);
    memset(known->slots, 0xff, known->slot_count * sizeof *known->slots);
    for (size_t i = 0; i < known->count; i++)
        put(known, (uint32_t)i);
}

void epo_known_add(struct epo_build_known *known, struct epo_span code, int64_t id,
                   const uint64_t hash[2]) {
    if (known->pool == NULL)
        known->pool = epo_pool_create();
    if (known->count == known->room)
        grow(known);
    known->rows[known->count] = (struct epo_known_row){
        .code = epo_pool_string(known->pool, code), .id = id, .hash = {hash[0], hash[1]}};
    put(known, (uint32_t)known->count++);
}

struct epo_known_row *epo_known_find(const struct epo_build_known *known, const char *code) {
    if (known->count == 0)
        return NULL;
    size_t at = slot_of(known, code);
    for (int step = 0; step < STEPS_MAX && known->slots[at] != UINT32_MAX;
         step++, at = (at + 1) & (known->slot_count - 1)) {
        struct epo_known_row *row = &known->rows[known->slots[at]];
        if (!row->seen && strcmp(row->code, code) == 0)
            return row;
    }
    return NULL;
}

void epo_known_clear(struct epo_build_known *known) {
    if (known->pool != NULL)
        epo_pool_free(known->pool);
    free(known->rows);
    free(known->slots);
    *known = (struct epo_build_known){0};
}
