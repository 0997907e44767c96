#include "maps/names.h"

#include <stdlib.h>

#include "base/error.h"

static size_t slot_of(const struct epo_names *names, char kind, const char *code) {
    uint64_t hash = 14695981039346656037u ^ (unsigned char)kind; /* FNV-1a */
    for (const char *at = code; *at != '\0'; at++)
        hash = (hash ^ (unsigned char)*at) * 1099511628211u;
    size_t slot = (size_t)(hash ^ hash >> 32) & (names->slot_count - 1);
    for (; names->slots[slot] != 0; slot = (slot + 1) & (names->slot_count - 1)) {
        const struct epo_named *at = &names->all[names->slots[slot] - 1];
        if (at->kind == kind && strcmp(at->code, code) == 0)
            break;
    }
    return slot;
}

static void grow(struct epo_names *names) {
    names->room = names->room == 0 ? 512 : names->room * 2;
    names->slot_count = names->room * 2;
    names->all = realloc(names->all, names->room * sizeof *names->all);
    free(names->slots);
    names->slots = calloc(names->slot_count, sizeof *names->slots);
    epo_assert(names->all != NULL && names->slots != NULL && names->room < UINT32_MAX / 4);
    for (size_t i = 0; i < names->count; i++)
        names->slots[slot_of(names, names->all[i].kind, names->all[i].code)] = (uint32_t)i + 1;
}

void epo_names_put(struct epo_names *names, const struct epo_named *named) {
    if (names->pool == NULL)
        names->pool = epo_pool_create();
    if (names->count == names->room)
        grow(names);
    size_t slot = slot_of(names, named->kind, named->code);
    if (names->slots[slot] != 0)
        return;
    const char *const texts[] = {named->code, named->name, named->part, named->district};
    const char *kept[4];
    for (int i = 0; i < 4; i++)
        kept[i] = texts[i] == NULL || texts[i][0] == '\0'
                      ? ""
                      : epo_pool_string(names->pool, epo_span(texts[i]));
    names->all[names->count++] = (struct epo_named){.kind = named->kind,
                                                    .code = kept[0],
                                                    .name = kept[1],
                                                    .part = kept[2],
                                                    .district = kept[3],
                                                    .sort = named->sort};
    names->slots[slot] = (uint32_t)names->count;
}

const struct epo_named *epo_names_get(const struct epo_names *names, char kind, const char *code) {
    if (names->count == 0)
        return NULL;
    size_t slot = slot_of(names, kind, code);
    return names->slots[slot] == 0 ? NULL : &names->all[names->slots[slot] - 1];
}

void epo_names_clear(struct epo_names *names) {
    epo_pool_free(names->pool);
    free(names->all);
    free(names->slots);
    *names = (struct epo_names){0};
}
