#include "maps/tuples.h"

#include <stdlib.h>
#include <string.h>

#include "maps/packed.h"

static size_t slot_of(const struct epo_tuples *t, const char *const key[4]) {
    uint64_t hash = 0;
    for (int i = 0; i < 4; i++)
        hash = (hash ^ (uint64_t)(uintptr_t)key[i]) * 0x9E3779B97F4A7C15u;
    size_t slot = (size_t)(hash >> 24) & (t->slot_count - 1);
    while (t->slots[slot] != 0 && memcmp(t->at[t->slots[slot] - 1], key, sizeof *t->at) != 0)
        slot = (slot + 1) & (t->slot_count - 1);
    return slot;
}

uint32_t epo_tuples_find(const struct epo_tuples *t, const char *a, const char *b, const char *c,
                         const char *d) {
    const char *const key[4] = {a, b, c, d};
    return t->count == 0 ? UINT32_MAX : t->slots[slot_of(t, key)] - 1;
}

uint32_t epo_tuples_number(struct epo_tuples *t, const char *a, const char *b, const char *c,
                           const char *d) {
    const char *const key[4] = {a, b, c, d};
    if (t->count * 2 >= t->slot_count) {
        t->slot_count = t->slot_count == 0 ? 1024 : t->slot_count * 2;
        free(t->slots);
        t->slots = calloc(t->slot_count, sizeof *t->slots);
        epo_assert(t->slots != NULL);
        for (size_t i = 0; i < t->count; i++)
            t->slots[slot_of(t, t->at[i])] = (uint32_t)i + 1;
    }
    size_t slot = slot_of(t, key);
    if (t->slots[slot] == 0) {
        t->at = epo_grown(t->at, t->count, &t->room, sizeof *t->at);
        memcpy(t->at[t->count++], key, sizeof *t->at);
        t->slots[slot] = (uint32_t)t->count;
    }
    return t->slots[slot] - 1;
}

void epo_tuples_clear(struct epo_tuples *t) {
    free(t->at);
    free(t->slots);
    *t = (struct epo_tuples){.count = 0};
}
