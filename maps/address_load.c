/* Addresses out of map.db. What many of them have in common stands once: the street (name and
 * town), the locality (part, postcode, town, district). */
#include <math.h>
#include <stdlib.h>

#include "maps/load.h"
#include "maps/packed.h"
#include "maps/tuples.h"

static const struct epo_statement ADDRESSES = {
    "map.addresses",
    "SELECT code, street, conscription, evidence, orientation, letter, part, postcode, city,"
    " district, X(geometry), Y(geometry) FROM address WHERE geometry IS NOT NULL ORDER BY id",
    NULL};

struct reading {
    struct epo_texts *texts;
    struct epo_tuples streets; /* name, town */
    struct epo_tuples localities;
    struct epo_address *all;
    size_t count, room;
};

static int64_t within(int64_t number, int64_t most) {
    return number < 0 ? 0 : number > most ? most : number;
}

static void read_address(struct reading *r, struct epo_rows *rows) {
    enum { STREET, PART, POSTCODE, CITY, DISTRICT, SHARED };
    static const int COLUMNS[SHARED] = {1, 6, 7, 8, 9};
    const char *text[SHARED];
    for (int i = 0; i < SHARED; i++)
        text[i] = epo_texts_share(r->texts, epo_rows_text(rows, COLUMNS[i]));
    struct epo_point at = {epo_rows_real(rows, 10), epo_rows_real(rows, 11)};
    if (!epo_mm_holds(at))
        return;
    r->all = epo_grown(r->all, r->count, &r->room, sizeof *r->all);
    struct epo_address *a = &r->all[r->count++];
    *a = (struct epo_address){
        .code = epo_texts_add(r->texts, epo_rows_text(rows, 0)),
        .street = text[STREET][0] == '\0'
                      ? UINT32_MAX
                      : epo_tuples_number(&r->streets, text[STREET], text[CITY], NULL, NULL),
        .locality = epo_tuples_number(&r->localities, text[PART], text[POSTCODE], text[CITY],
                                      text[DISTRICT]),
        .at = epo_mm_of(at),
        .conscription = (uint32_t)within(epo_rows_integer(rows, 2), INT32_MAX) & INT32_MAX,
        .evidence = epo_rows_integer(rows, 3) != 0,
        .orientation = (uint16_t)within(epo_rows_integer(rows, 4), UINT16_MAX)};
    struct epo_span letter = epo_rows_text(rows, 5);
    if (letter.len > 0)
        memcpy(a->letter, letter.at, letter.len < sizeof a->letter ? letter.len : sizeof a->letter);
}

static int by_number(const void *a, const void *b) {
    const struct epo_address *one = a, *two = b;
    int order = one->orientation - two->orientation;
    if (order == 0)
        order = memcmp(one->letter, two->letter, sizeof one->letter);
    if (order == 0)
        order = (int)one->conscription - (int)two->conscription;
    return order != 0 ? order : strcmp(one->code, two->code);
}

/* Street by street, those without one behind. */
static void keep_addresses(struct epo_snapshot *s, struct reading *r) {
    size_t count = r->streets.count;
    s->street_count = count;
    s->streets = EPO_NEW_ARRAY(s->pool, struct epo_group, count + 1);
    for (size_t i = 0; i < r->count; i++)
        s->streets[r->all[i].street == UINT32_MAX ? count : r->all[i].street].count++;
    for (size_t i = 0, first = 0; i <= count; first += s->streets[i++].count)
        s->streets[i].first = (uint32_t)first;
    s->address_count = r->count;
    s->addresses = EPO_NEW_ARRAY(s->pool, struct epo_address, r->count + 1);
    for (size_t i = 0; i < r->count; i++) {
        struct epo_group *street =
            &s->streets[r->all[i].street == UINT32_MAX ? count : r->all[i].street];
        s->addresses[street->first++] = r->all[i];
    }
    for (size_t i = 0; i < count; i++) {
        struct epo_group *street = &s->streets[i];
        street->first -= street->count;
        qsort(&s->addresses[street->first], street->count, sizeof *s->addresses, by_number);
        const struct epo_address *middle = &s->addresses[street->first + street->count / 2];
        street->name = r->streets.at[i][0];
        street->locality = middle->locality;
        street->at = middle->at;
    }
}

static void keep_localities(struct epo_snapshot *s, const struct epo_tuples *t) {
    s->locality_count = t->count;
    s->localities = EPO_NEW_ARRAY(s->pool, struct epo_locality, t->count + 1);
    for (size_t i = 0; i < t->count; i++)
        s->localities[i] =
            (struct epo_locality){t->at[i][0], t->at[i][1], t->at[i][2], t->at[i][3]};
}

bool epo_snapshot_load_addresses(struct epo_snapshot *s, struct epo_texts *texts, struct epo_db *db,
                                 struct epo_error *error) {
    struct reading r = {.texts = texts};
    struct epo_rows *rows = epo_db_query(db, &ADDRESSES, EPO_BIND_NONE);
    while (epo_rows_next(rows))
        read_address(&r, rows);
    keep_addresses(s, &r);
    keep_localities(s, &r.localities);
    free(r.all);
    epo_tuples_clear(&r.streets);
    epo_tuples_clear(&r.localities);
    return epo_rows_end(rows, error);
}
