#include "maps/texts.h"

#include <stdlib.h>

#include "base/error.h"

enum { BLOCK_BYTES = 64 << 10, SLOTS_FIRST = 1 << 10 };

struct epo_texts {
    struct epo_pool *pool;
    char *block;
    size_t left;
    const char **slots; /* open addressing, a power of two, at most half full */
    size_t slot_count, used;
};

struct epo_texts *epo_texts_open(struct epo_pool *pool) {
    struct epo_texts *texts = calloc(1, sizeof *texts);
    epo_assert(texts != NULL);
    texts->pool = pool;
    texts->slot_count = SLOTS_FIRST;
    texts->slots = calloc(texts->slot_count, sizeof *texts->slots);
    epo_assert(texts->slots != NULL);
    return texts;
}

void epo_texts_close(struct epo_texts *texts) {
    free(texts->slots);
    free(texts);
}

const char *epo_texts_add(struct epo_texts *texts, struct epo_span text) {
    if (text.len == 0)
        return "";
    if (text.len >= BLOCK_BYTES)
        return epo_pool_string(texts->pool, text);
    if (text.len >= texts->left) {
        texts->block = epo_pool_alloc(texts->pool, BLOCK_BYTES);
        texts->left = BLOCK_BYTES;
    }
    char *to = texts->block;
    memcpy(to, text.at, text.len);
    to[text.len] = '\0';
    texts->block += text.len + 1;
    texts->left -= text.len + 1;
    return to;
}

static size_t hash(struct epo_span text) { /* FNV-1a */
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < text.len; i++)
        h = (h ^ (unsigned char)text.at[i]) * 1099511628211u;
    return (size_t)(h ^ h >> 29);
}

static void grow(struct epo_texts *texts) {
    const char **before = texts->slots;
    size_t count = texts->slot_count;
    texts->slot_count *= 2;
    texts->slots = calloc(texts->slot_count, sizeof *texts->slots);
    epo_assert(texts->slots != NULL);
    for (size_t i = 0; i < count; i++) {
        if (before[i] == NULL)
            continue;
        size_t at = hash(epo_span(before[i])) & (texts->slot_count - 1);
        while (texts->slots[at] != NULL)
            at = (at + 1) & (texts->slot_count - 1);
        texts->slots[at] = before[i];
    }
    free(before);
}

const char *epo_texts_share(struct epo_texts *texts, struct epo_span text) {
    if (text.len == 0)
        return "";
    if (texts->used * 2 >= texts->slot_count)
        grow(texts);
    size_t at = hash(text) & (texts->slot_count - 1);
    for (; texts->slots[at] != NULL; at = (at + 1) & (texts->slot_count - 1))
        if (epo_span_is(text, texts->slots[at]))
            return texts->slots[at];
    texts->used++;
    return texts->slots[at] = epo_texts_add(texts, text);
}
