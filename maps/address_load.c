/* Addresses out of map.db. What many of them have in common stands once: the street (name and
 * town), the locality (part, postcode, town, district). */
#include <math.h>
#include <stdlib.h>

#include "maps/load.h"
#include "maps/packed.h"

static const struct epo_statement ADDRESSES = {
    "map.addresses",
    "SELECT code, street, conscription, evidence, orientation, letter, part, postcode, city,"
    " district, X(geometry), Y(geometry) FROM address WHERE geometry IS NOT NULL ORDER BY id",
    NULL};

/* Numbers of different tuples of shared texts, in the order of their coming. */
struct tuples {
    const char *(*at)[4];
    uint32_t *slots; /* number + 1; a power of two, at most half full */
    size_t count, room, slot_count;
};

static size_t slot_of(const struct tuples *t, const char *const key[4]) {
    uint64_t hash = 0;
    for (int i = 0; i < 4; i++)
        hash = (hash ^ (uint64_t)(uintptr_t)key[i]) * 0x9E3779B97F4A7C15u;
    size_t slot = (size_t)(hash >> 24) & (t->slot_count - 1);
    while (t->slots[slot] != 0 && memcmp(t->at[t->slots[slot] - 1], key, sizeof *t->at) != 0)
        slot = (slot + 1) & (t->slot_count - 1);
    return slot;
}

static uint32_t number_of(struct tuples *t, const char *a, const char *b, const char *c,
                          const char *d) {
    const char *key[4] = {a, b, c, d};
    if (t->count * 2 >= t->slot_count) {
        t->slot_count = t->slot_count == 0 ? 1024 : t->slot_count * 2;
        free(t->slots);
        t->slots = calloc(t->slot_count, sizeof *t->slots);
        epo_assert(t->slots != NULL);
        for (size_t i = 0; i < t->count; i++)
            t->slots[slot_of(t, t->at[i])] = (uint32_t)i + 1;
    }
    size_t slot = slot_of(t, key);
    if (t->slots[slot] != 0)
        return t->slots[slot] - 1;
    t->at = epo_grown(t->at, t->count, &t->room, sizeof *t->at);
    memcpy(t->at[t->count++], key, sizeof *t->at);
    t->slots[slot] = (uint32_t)t->count;
    return (uint32_t)t->count - 1;
}

static void tuples_clear(struct tuples *t) {
    free(t->at);
    free(t->slots);
}

struct reading {
    struct epo_texts *texts;
    struct tuples streets; /* name, town, part of the town where it has no name */
    struct tuples localities;
    struct epo_address *all;
    size_t count, room;
};

static int64_t within(int64_t number, int64_t most) {
    return number < 0 ? 0 : number > most ? most : number;
}

static void read_address(struct reading *r, struct epo_rows *rows) {
    const char *text[10];
    static const int SHARED[] = {1, 6, 7, 8, 9};
    for (size_t i = 0; i < sizeof SHARED / sizeof *SHARED; i++)
        text[SHARED[i]] = epo_texts_share(r->texts, epo_rows_text(rows, SHARED[i]));
    const char *street = text[1], *part = text[6], *city = text[8];
    struct epo_point at = {epo_rows_real(rows, 10), epo_rows_real(rows, 11)};
    if (!(fabs(at.x) < 1500000 && fabs(at.y) < 1500000))
        return;
    r->all = epo_grown(r->all, r->count, &r->room, sizeof *r->all);
    struct epo_address *a = &r->all[r->count++];
    *a = (struct epo_address){
        .code = epo_texts_add(r->texts, epo_rows_text(rows, 0)),
        .street = street[0] != '\0' ? number_of(&r->streets, street, city, "", NULL)
                                    : number_of(&r->streets, part, city, part, NULL),
        .locality = number_of(&r->localities, part, text[7], city, text[9]),
        .at = epo_mm_of(at),
        .conscription = (uint32_t)within(epo_rows_integer(rows, 2), INT32_MAX) & INT32_MAX,
        .evidence = epo_rows_integer(rows, 3) != 0,
        .orientation = (uint16_t)within(epo_rows_integer(rows, 4), UINT16_MAX)};
    struct epo_span letter = epo_rows_text(rows, 5);
    if (letter.len > 0)
        memcpy(a->letter, letter.at, letter.len < sizeof a->letter ? letter.len : sizeof a->letter);
}

static int by_name(const void *a, const void *b, void *arg) {
    const char *const(*at)[4] = arg;
    const char *const *one = at[*(const uint32_t *)a], *const *two = at[*(const uint32_t *)b];
    int order = strcmp(one[0], two[0]);
    if (order == 0)
        order = strcmp(one[1], two[1]);
    return order != 0 ? order : (two[2][0] == '\0') - (one[2][0] == '\0');
}

static int by_number(const void *a, const void *b) {
    const struct epo_address *one = a, *two = b;
    if (one->street != two->street)
        return one->street < two->street ? -1 : 1;
    int order = one->orientation - two->orientation;
    if (order == 0)
        order = memcmp(one->letter, two->letter, sizeof one->letter);
    if (order == 0)
        order = (int)one->conscription - (int)two->conscription;
    return order != 0 ? order : strcmp(one->code, two->code);
}

/* Streets in the order of their names, and each address told its street's place in it. */
static void order_streets(struct epo_snapshot *s, struct reading *r) {
    size_t count = r->streets.count;
    uint32_t *order = malloc((count + 1) * sizeof *order),
             *rank = malloc((count + 1) * sizeof *rank);
    epo_assert(order != NULL && rank != NULL);
    for (size_t i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    if (count > 0)
        qsort_r(order, count, sizeof *order, by_name, r->streets.at);
    s->street_count = count;
    s->streets = EPO_NEW_ARRAY(s->pool, struct epo_street, count + 1);
    for (size_t i = 0; i < count; i++) {
        const char *const *street = r->streets.at[order[i]];
        rank[order[i]] = (uint32_t)i;
        s->streets[i] =
            (struct epo_street){.name = street[0], .city = street[1], .part = street[2][0] != '\0'};
    }
    for (size_t i = 0; i < r->count; i++)
        r->all[i].street = rank[r->all[i].street];
    free(order);
    free(rank);
}

static void keep_localities(struct epo_snapshot *s, const struct tuples *t) {
    s->locality_count = t->count;
    s->localities = EPO_NEW_ARRAY(s->pool, struct epo_locality, t->count + 1);
    for (size_t i = 0; i < t->count; i++)
        s->localities[i] = (struct epo_locality){.part = t->at[i][0],
                                                 .postcode = t->at[i][1],
                                                 .city = t->at[i][2],
                                                 .district = t->at[i][3]};
}

bool epo_snapshot_load_addresses(struct epo_snapshot *s, struct epo_texts *texts, struct epo_db *db,
                                 struct epo_error *error) {
    struct reading r = {.texts = texts};
    struct epo_rows *rows = epo_db_query(db, &ADDRESSES, EPO_BIND_NONE);
    while (epo_rows_next(rows))
        read_address(&r, rows);
    order_streets(s, &r);
    keep_localities(s, &r.localities);
    if (r.count > 0)
        qsort(r.all, r.count, sizeof *r.all, by_number);
    s->address_count = r.count;
    s->addresses = EPO_NEW_ARRAY(s->pool, struct epo_address, r.count + 1);
    if (r.count > 0)
        memcpy(s->addresses, r.all, r.count * sizeof *r.all);
    for (size_t i = 0; i < r.count; i++) {
        struct epo_street *street = &s->streets[r.all[i].street];
        if (street->count++ == 0)
            street->first = (uint32_t)i;
    }
    free(r.all);
    tuples_clear(&r.streets);
    tuples_clear(&r.localities);
    return epo_rows_end(rows, error);
}
