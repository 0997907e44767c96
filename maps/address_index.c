/* Sorting for the two-step search: words of streets (sorted, for prefixes), then the numbers of a
 * street (sorted). Streets are few, so that millions of addresses cost only memory. */
#include <math.h>
#include <stdlib.h>

#include "maps/load.h"

static int by_word(const void *a, const void *b) {
    const struct epo_token *one = a, *two = b;
    int order = strcmp(one->word, two->word);
    return order != 0 ? order : one->street < two->street ? -1 : one->street > two->street;
}

static int by_conscription(const void *a, const void *b, void *arg) {
    const struct epo_address *all = arg, *one = &all[*(const uint32_t *)a],
                             *two = &all[*(const uint32_t *)b];
    int order = (int)one->conscription - (int)two->conscription;
    return order != 0 ? order : one < two ? -1 : one > two;
}

static int by_code(const void *a, const void *b, void *arg) {
    const struct epo_address *all = arg;
    return strcmp(all[*(const uint32_t *)a].code, all[*(const uint32_t *)b].code);
}

static int by_number(const void *a, const void *b, void *arg) {
    const struct epo_feature *all = arg;
    int order = strcmp(all[*(const uint32_t *)a].name, all[*(const uint32_t *)b].name);
    uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;
    return order != 0 ? order : one < two ? -1 : one > two;
}

static uint32_t *counted(struct epo_pool *pool, size_t count) {
    uint32_t *list = EPO_NEW_ARRAY(pool, uint32_t, count + 1);
    for (size_t i = 0; i < count; i++)
        list[i] = (uint32_t)i;
    return list;
}

/* Every different word of where the addresses lie, once. */
static const char *place_words(struct epo_snapshot *s, const struct epo_street *street) {
    struct epo_buffer words;
    epo_buffer_init(&words, 4096);
    const char *last[4] = {"", "", "", ""};
    for (uint32_t i = street->first; i < street->first + street->count; i++) {
        const struct epo_locality *lies = &s->localities[s->addresses[i].locality];
        const char *now[4] = {lies->city, lies->part, lies->district, lies->postcode};
        for (int k = 0; k < 4; k++) {
            if (now[k] == last[k])
                continue;
            epo_buffer_string(&words, now[k]);
            epo_buffer_byte(&words, ' ');
            last[k] = now[k];
        }
        if (words.len > 1500) /* a street through very many parts: enough to find it by */
            break;
    }
    struct epo_span folded = epo_text_fold(s->pool, epo_buffer_get(&words));
    epo_buffer_clear(&words);
    return folded.len == 0 ? "" : epo_pool_string(s->pool, folded);
}

static void name_street(struct epo_snapshot *s, struct epo_street *street, const char *name) {
    street->name = name;
    street->folded = epo_pool_string(s->pool, epo_text_fold(s->pool, epo_span(name)));
}

static void streets_of_addresses(struct epo_snapshot *s) {
    for (size_t i = 0; i < s->street_count; i++) {
        struct epo_street *street = &s->streets[i];
        const struct epo_address *middle = &s->addresses[street->first + street->count / 2];
        const struct epo_locality *lies = &s->localities[middle->locality];
        name_street(s, street, street->name);
        street->at = middle->at;
        street->district = lies->district;
        street->postcode = lies->postcode;
        street->place = place_words(s, street);
    }
}

static int compare_name(const void *key, const void *street) {
    return strcmp(key, ((const struct epo_street *)street)->name);
}

/* Streets and squares that nobody lives in are looked for too. */
static void streets_without_addresses(struct epo_snapshot *s) {
    enum { MOST = 2000 };
    const struct epo_layer *layers[2] = {s->by_role[EPO_ROLE_STREET],
                                         s->by_role[EPO_ROLE_PUBLIC_SPACE]};
    size_t with_addresses = s->street_count;
    struct epo_street *all = EPO_NEW_ARRAY(s->pool, struct epo_street, with_addresses + MOST);
    if (with_addresses > 0)
        memcpy(all, s->streets, with_addresses * sizeof *all);
    s->streets = all;
    for (int l = 0; l < 2; l++)
        if (layers[l] != NULL && !epo_layer_shows(layers[l], EPO_AUDIENCE_PUBLIC, "name"))
            layers[l] = NULL;
    for (int l = 0; l < 2; l++)
        for (size_t i = 0; layers[l] != NULL && i < layers[l]->count; i++) {
            const struct epo_feature *f = &layers[l]->features[i];
            bool known = f->name[0] == '\0' || strcmp(f->belongs, "green") == 0 ||
                         strcmp(f->belongs, "service") == 0 ||
                         (with_addresses > 0 && bsearch(f->name, s->streets, with_addresses,
                                                        sizeof *s->streets, compare_name) != NULL);
            for (size_t k = with_addresses; k < s->street_count && !known; k++)
                known = strcmp(s->streets[k].name, f->name) == 0;
            if (known || s->street_count == with_addresses + MOST)
                continue;
            struct epo_street *street = &s->streets[s->street_count++];
            *street = (struct epo_street){
                .place = "", .district = "", .postcode = "", .city = s->city_name};
            name_street(s, street, f->name);
            uint32_t from = epo_ring_from(layers[l], f->first_ring);
            uint32_t end = epo_ring_from(layers[l], f->first_ring + 1);
            street->at = layers[l]->vertices[(from + end) / 2];
        }
}

static void make_tokens(struct epo_snapshot *s) {
    size_t room = 0;
    struct epo_token *tokens = NULL;
    for (size_t i = 0; i < s->street_count; i++) {
        struct epo_span rest = epo_span(s->streets[i].folded);
        while (rest.len > 0) {
            struct epo_span word = epo_span_cut(rest, ' ', &rest);
            if (s->token_count == room) {
                room = room == 0 ? 1024 : room * 2;
                tokens = realloc(tokens, room * sizeof *tokens);
                epo_assert(tokens != NULL);
            }
            tokens[s->token_count++] =
                (struct epo_token){epo_pool_string(s->pool, word), (uint32_t)i};
        }
    }
    if (s->token_count > 0)
        qsort(tokens, s->token_count, sizeof *tokens, by_word);
    s->tokens = EPO_NEW_ARRAY(s->pool, struct epo_token, s->token_count + 1);
    if (s->token_count > 0)
        memcpy(s->tokens, tokens, s->token_count * sizeof *tokens);
    free(tokens);
}

void epo_snapshot_index_addresses(struct epo_snapshot *s, struct epo_texts *texts) {
    (void)texts;
    streets_of_addresses(s);
    streets_without_addresses(s);
    make_tokens(s);
    s->by_conscription = counted(s->pool, s->address_count);
    s->by_code = counted(s->pool, s->address_count);
    qsort_r(s->by_conscription, s->address_count, sizeof(uint32_t), by_conscription, s->addresses);
    qsort_r(s->by_code, s->address_count, sizeof(uint32_t), by_code, s->addresses);
    const struct epo_layer *parcels = s->by_role[EPO_ROLE_PARCEL];
    if (parcels != NULL) {
        s->parcels = counted(s->pool, parcels->count);
        qsort_r(s->parcels, parcels->count, sizeof(uint32_t), by_number, parcels->features);
    }
    struct epo_box *boxes = calloc(s->address_count + 1, sizeof *boxes);
    epo_assert(boxes != NULL);
    for (size_t i = 0; i < s->address_count; i++) {
        struct epo_mm at = s->addresses[i].at;
        boxes[i] = (struct epo_box){at.x, at.y, at.x, at.y};
    }
    epo_index_build(&s->address_index, s->pool, boxes, s->address_count);
    free(boxes);
}
