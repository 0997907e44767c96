/* What a line or an area is made of: the parts of it in each district, parcel, public space; shares
 * by owner; streets touched; its measures. */
#include <math.h>
#include <stdlib.h>

#include "maps/facts.h"

enum { PARTS_MAX = 100, OWNERS_MAX = 8, STREETS_MAX = 50 };

struct part {
    const struct epo_feature *feature;
    double amount; /* m² of an area, m of a line */
};
struct parts {
    struct part *at;
    size_t count, room;
    double sum;
};

static void keep_part(const struct epo_feature *feature, double amount, void *arg) {
    struct parts *parts = arg;
    if (parts->count == parts->room) {
        parts->room = parts->room == 0 ? 16 : parts->room * 2;
        parts->at = realloc(parts->at, parts->room * sizeof *parts->at);
        epo_assert(parts->at != NULL);
    }
    parts->at[parts->count++] = (struct part){feature, amount};
    parts->sum += amount;
}

static int largest_first(const void *a, const void *b) {
    const struct part *one = a, *two = b;
    if (one->amount != two->amount)
        return one->amount > two->amount ? -1 : 1;
    return one->feature < two->feature ? -1 : one->feature > two->feature;
}

/* Slivers along a border that both sides draw a little differently are not told. */
static bool worth_telling(const struct epo_overlap *overlap, double amount) {
    double least = overlap->place->kind == EPO_PLACE_AREA ? 0.01 : 0.05; /* m², m */
    return amount >= least || amount >= 0.01 * overlap->whole;
}

static void list_parts(const struct epo_facts *facts, const struct epo_overlap *overlap,
                       const struct epo_layer *layer, const struct parts *parts, const char *name) {
    struct epo_json *list = epo_json_array(facts->pool);
    const char *amount = facts->place->kind == EPO_PLACE_AREA ? "part_m2" : "part_m";
    for (size_t i = 0; i < parts->count && list->count < PARTS_MAX; i++) {
        if (!worth_telling(overlap, parts->at[i].amount))
            continue;
        struct epo_json *one = epo_facts_feature(facts, layer, parts->at[i].feature);
        epo_facts_number(facts, one, amount, parts->at[i].amount, 100);
        epo_facts_number(facts, one, "share", fmin(1, parts->at[i].amount / overlap->whole), 1e4);
        epo_json_push(facts->pool, list, one);
    }
    epo_json_set(facts->pool, facts->all, name, list);
}

static void share_owners(const struct epo_facts *facts, const struct epo_overlap *overlap,
                         const struct parts *parts, struct epo_json *shares) {
    struct {
        const char *kind;
        double amount;
    } owners[OWNERS_MAX];
    int count = 0;
    for (size_t i = 0; i < parts->count; i++) {
        const char *kind = parts->at[i].feature->kind; /* one pointer for one text */
        int o = 0;
        while (o < count && owners[o].kind != kind)
            o++;
        if (o == OWNERS_MAX)
            continue;
        if (o == count) {
            owners[count].kind = kind;
            owners[count++].amount = 0;
        }
        owners[o].amount += parts->at[i].amount;
    }
    struct epo_json *by_owner = epo_json_object(facts->pool);
    for (int o = 0; o < count; o++)
        if (worth_telling(overlap, owners[o].amount))
            epo_facts_number(facts, by_owner, owners[o].kind,
                             fmin(1, owners[o].amount / overlap->whole), 1e4);
    epo_json_set(facts->pool, shares, "owner", by_owner);
}

static const struct {
    enum epo_layer_role role;
    const char *list, *share; /* NULL: not told */
} PARTED[] = {
    {EPO_ROLE_CITY, NULL, "city"},
    {EPO_ROLE_DISTRICT, "districts", NULL},
    {EPO_ROLE_CADASTRAL_AREA, "cadastral_areas", NULL},
    {EPO_ROLE_PARCEL, "parcels", NULL},
    {EPO_ROLE_PUBLIC_SPACE, "public_spaces", "public_space"},
};

static bool add_parts(const struct epo_facts *facts, struct epo_overlap *overlap,
                      struct epo_error *error) {
    struct epo_json *shares = epo_json_object(facts->pool);
    bool ok = true;
    for (size_t i = 0; i < sizeof PARTED / sizeof *PARTED && ok; i++) {
        const struct epo_layer *layer = epo_facts_layer(facts, PARTED[i].role);
        struct parts parts = {.count = 0};
        if (layer == NULL || layer->shape != EPO_SHAPE_AREA) {
            if (PARTED[i].role == EPO_ROLE_PUBLIC_SPACE) /* forms compute with it */
                epo_facts_number(facts, shares, PARTED[i].share, 0, 1);
            continue;
        }
        ok = epo_overlap_each(overlap, layer, keep_part, &parts, error);
        if (parts.count > 0)
            qsort(parts.at, parts.count, sizeof *parts.at, largest_first);
        if (ok && PARTED[i].list != NULL)
            list_parts(facts, overlap, layer, &parts, PARTED[i].list);
        if (ok && PARTED[i].share != NULL)
            epo_facts_number(facts, shares, PARTED[i].share, fmin(1, parts.sum / overlap->whole),
                             1e4);
        if (ok && layer->role == EPO_ROLE_PARCEL && epo_layer_shows(layer, facts->audience, "kind"))
            share_owners(facts, overlap, &parts, shares);
        free(parts.at);
    }
    epo_json_set(facts->pool, facts->all, "shares", shares);
    return ok;
}

struct touched {
    const char *name;
    double from_m, length_m;
};
struct streets {
    struct touched at[STREETS_MAX];
    int count;
};

static void keep_street(const struct epo_feature *street, double from_m, double length_m,
                        void *arg) {
    struct streets *streets = arg;
    int i = 0;
    while (i < streets->count && streets->at[i].name != street->name)
        i++;
    if (street->name[0] == '\0' || i == STREETS_MAX)
        return;
    if (i == streets->count)
        streets->at[streets->count++] = (struct touched){street->name, from_m, 0};
    streets->at[i].from_m = fmin(streets->at[i].from_m, from_m);
    streets->at[i].length_m += length_m;
}

static int in_order(const void *a, const void *b) {
    const struct touched *one = a, *two = b;
    if (one->from_m != two->from_m)
        return one->from_m < two->from_m ? -1 : 1;
    return strcmp(one->name, two->name);
}

/* Of a line in the order in which it comes to them, of an area by name. */
static bool add_streets(const struct epo_facts *facts, struct epo_overlap *overlap,
                        struct epo_error *error) {
    const struct epo_layer *layer = epo_facts_layer(facts, EPO_ROLE_STREET);
    struct streets streets = {.count = 0};
    if (layer == NULL || layer->shape != EPO_SHAPE_LINE)
        return true;
    if (!epo_overlap_strips(overlap, layer, keep_street, &streets, error))
        return false;
    qsort(streets.at, (size_t)streets.count, sizeof *streets.at, in_order);
    struct epo_json *list = epo_json_array(facts->pool);
    for (int i = 0; i < streets.count; i++) {
        struct epo_json *one = epo_json_object(facts->pool);
        epo_json_set_string(facts->pool, one, "name", streets.at[i].name);
        if (facts->place->kind == EPO_PLACE_LINE) {
            epo_facts_number(facts, one, "from_m", streets.at[i].from_m, 10);
            epo_facts_number(facts, one, "length_m", fmin(streets.at[i].length_m, overlap->whole),
                             10);
        }
        epo_json_push(facts->pool, list, one);
    }
    epo_json_set(facts->pool, facts->all, "streets", list);
    return true;
}

bool epo_facts_parts(const struct epo_facts *facts, struct epo_overlap *overlap,
                     struct epo_error *error) {
    const struct epo_place *place = facts->place;
    if (place->kind == EPO_PLACE_AREA)
        epo_facts_number(facts, facts->all, "area_m2", place->area_m2, 100);
    epo_facts_number(facts, facts->all, place->kind == EPO_PLACE_AREA ? "perimeter_m" : "length_m",
                     place->length_m, 100);
    return add_parts(facts, overlap, error) && add_streets(facts, overlap, error);
}
