/* The orders in which addresses and parcels are looked up. */
#include <ctype.h>
#include <stdlib.h>

#include "maps/load.h"
#include "maps/tuples.h"

/* ---- by code ---- */

struct coded {
    uint64_t key; /* the first eight letters, so that most are ordered without reading the text */
    const char *code;
    uint32_t item;
};
static struct coded coded(const char *code, uint32_t item) {
    struct coded c = {0, code, item};
    for (int i = 0; i < 8 && code[i] != '\0'; i++)
        c.key |= (uint64_t)(unsigned char)code[i] << (56 - 8 * i);
    return c;
}
static int by_code(const void *a, const void *b) {
    const struct coded *one = a, *two = b;
    if (one->key != two->key)
        return one->key < two->key ? -1 : 1;
    int order = strcmp(one->code, two->code);
    return order != 0 ? order : one->item < two->item ? -1 : one->item > two->item;
}

static uint32_t *ordered_by_code(struct epo_pool *pool, struct coded *all, size_t count) {
    uint32_t *order = EPO_NEW_ARRAY(pool, uint32_t, count + 1);
    qsort(all, count, sizeof *all, by_code);
    for (size_t i = 0; i < count; i++)
        order[i] = all[i].item;
    free(all);
    return order;
}

static struct coded *room_for(size_t count) {
    struct coded *all = malloc((count + 1) * sizeof *all);
    epo_assert(all != NULL);
    return all;
}

/* ---- addresses of a part ---- */

static int by_conscription(const void *a, const void *b, void *arg) {
    const struct epo_address *all = arg;
    const struct epo_address *one = &all[*(const uint32_t *)a], *two = &all[*(const uint32_t *)b];
    int order = (int)one->conscription - (int)two->conscription;
    if (order == 0)
        order = (int)one->evidence - (int)two->evidence;
    return order != 0 ? order : one < two ? -1 : one > two;
}

static void order_parts(struct epo_snapshot *s) {
    struct epo_tuples parts = {.count = 0};
    uint32_t *part_of = malloc((s->locality_count + 1) * sizeof *part_of);
    epo_assert(part_of != NULL);
    for (size_t i = 0; i < s->locality_count; i++)
        part_of[i] =
            epo_tuples_number(&parts, s->localities[i].part, s->localities[i].city, NULL, NULL);
    s->part_count = parts.count;
    s->parts = EPO_NEW_ARRAY(s->pool, struct epo_group, parts.count + 1);
    s->by_part = EPO_NEW_ARRAY(s->pool, uint32_t, s->address_count + 1);
    for (size_t i = 0; i < s->address_count; i++)
        s->parts[part_of[s->addresses[i].locality]].count++;
    for (size_t i = 0, first = 0; i < parts.count; first += s->parts[i++].count)
        s->parts[i].first = (uint32_t)first;
    for (size_t i = 0; i < s->address_count; i++)
        s->by_part[s->parts[part_of[s->addresses[i].locality]].first++] = (uint32_t)i;
    for (size_t i = 0; i < parts.count; i++) {
        struct epo_group *part = &s->parts[i];
        part->first -= part->count;
        const struct epo_address *middle = &s->addresses[s->by_part[part->first + part->count / 2]];
        part->name = parts.at[i][0];
        part->locality = middle->locality;
        part->at = middle->at;
        qsort_r(&s->by_part[part->first], part->count, sizeof *s->by_part, by_conscription,
                s->addresses);
    }
    free(part_of);
    epo_tuples_clear(&parts);
}

/* ---- parcels of a cadastral area ---- */

bool epo_parcel_number_read(const char *text, struct epo_parcel_number *number) {
    *number = (struct epo_parcel_number){.building = strncmp(text, "st", 2) == 0};
    const char *at = text + strcspn(text, "0123456789/");
    for (; isdigit((unsigned char)*at) && number->main < 100000000; at++)
        number->main = number->main * 10 + (*at - '0');
    if (*at == '/')
        for (at++; isdigit((unsigned char)*at) && number->sub < 100000000; at++)
            number->sub = number->sub * 10 + (*at - '0');
    return number->main > 0 && *at == '\0';
}

int epo_parcel_number_compare(const struct epo_parcel_number *a,
                              const struct epo_parcel_number *b) {
    if (a->main != b->main)
        return a->main < b->main ? -1 : 1;
    if (a->building != b->building)
        return a->building - b->building;
    return a->sub < b->sub ? -1 : a->sub > b->sub;
}

static int by_number(const void *a, const void *b, void *arg) {
    const struct epo_feature *all = arg;
    uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;
    struct epo_parcel_number numbers[2];
    epo_parcel_number_read(all[one].name, &numbers[0]);
    epo_parcel_number_read(all[two].name, &numbers[1]);
    int order = epo_parcel_number_compare(&numbers[0], &numbers[1]);
    return order != 0 ? order : one < two ? -1 : one > two;
}

static void order_parcels(struct epo_snapshot *s, const struct epo_layer *layer) {
    struct epo_tuples lands = {.count = 0};
    uint32_t *land_of = malloc((layer->count + 1) * sizeof *land_of);
    epo_assert(land_of != NULL);
    for (size_t i = 0; i < layer->count; i++)
        land_of[i] = epo_tuples_number(&lands, layer->features[i].belongs, NULL, NULL, NULL);
    s->land_count = lands.count;
    s->lands = EPO_NEW_ARRAY(s->pool, struct epo_group, lands.count + 1);
    s->parcels = EPO_NEW_ARRAY(s->pool, uint32_t, layer->count + 1);
    for (size_t i = 0; i < layer->count; i++)
        s->lands[land_of[i]].count++;
    for (size_t i = 0, first = 0; i < lands.count; first += s->lands[i++].count)
        s->lands[i] = (struct epo_group){
            lands.at[i][0], (uint32_t)first, s->lands[i].count, UINT32_MAX, {0, 0}};
    for (size_t i = 0; i < layer->count; i++)
        s->parcels[s->lands[land_of[i]].first++] = (uint32_t)i;
    for (size_t i = 0; i < lands.count; i++) {
        struct epo_group *land = &s->lands[i];
        land->first -= land->count;
        qsort_r(&s->parcels[land->first], land->count, sizeof *s->parcels, by_number,
                layer->features);
        uint32_t middle = s->parcels[land->first + land->count / 2];
        land->at = layer->vertices[epo_ring_from(layer, layer->features[middle].first_ring)];
    }
    free(land_of);
    epo_tuples_clear(&lands);
}

void epo_snapshot_order(struct epo_snapshot *s) {
    order_parts(s);
    struct coded *all = room_for(s->address_count);
    for (size_t i = 0; i < s->address_count; i++)
        all[i] = coded(s->addresses[i].code, (uint32_t)i);
    s->by_code = ordered_by_code(s->pool, all, s->address_count);
    const struct epo_layer *layer = s->by_role[EPO_ROLE_PARCEL];
    if (layer != NULL) {
        order_parcels(s, layer);
        all = room_for(layer->count);
        for (size_t i = 0; i < layer->count; i++)
            all[i] = coded(layer->features[i].code, (uint32_t)i);
        s->parcels_by_code = ordered_by_code(s->pool, all, layer->count);
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
