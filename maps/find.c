/* Searching, one feature by its id, and what is at a point. */
#include <math.h>
#include <stdlib.h>

#include "maps/found.h"

enum { LIMIT_MAX = 50, QUERY_BYTES_MAX = 400 };
static const double ADDRESS_WITHIN_M = 500, STREET_WITHIN_M = 150;

static struct epo_json *collection(struct epo_pool *pool, struct epo_json **list) {
    struct epo_json *all = epo_json_object(pool);
    *list = epo_json_array(pool);
    epo_json_set_string(pool, all, "type", "FeatureCollection");
    epo_json_set(pool, all, "features", *list);
    return all;
}

static bool has_id(const struct epo_json *list, struct epo_span id) {
    for (uint32_t i = 0; i < list->count; i++)
        if (epo_span_equal(epo_json_get_text(list->items[i], "id"), id))
            return true;
    return false;
}

static void push(struct epo_pool *pool, struct epo_json *list, struct epo_json *f) {
    if (f != NULL && !has_id(list, epo_json_get_text(f, "id")))
        epo_json_push(pool, list, f);
}

bool epo_addresses_search(struct epo_maps *maps, struct epo_pool *pool, struct epo_span query,
                          int limit, const struct epo_point *near_4326, struct epo_json **features,
                          struct epo_error *error) {
    if (limit < 1 || limit > LIMIT_MAX)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "address.limit", "limit must be 1 to 50");
    if (!epo_text_valid(query) || query.len > QUERY_BYTES_MAX)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "address.query",
                        "the query must be text of at most 400 bytes");
    unsigned slot;
    struct epo_answer x = {epo_maps_hold(maps, &slot), epo_maps_offices(maps), pool};
    struct epo_point near_metres;
    struct epo_mm near;
    bool has_near = near_4326 != NULL && epo_transform_to_metres(*near_4326, &near_metres, NULL);
    if (has_near)
        near = epo_mm_of(near_metres);
    struct epo_found *found = EPO_NEW_ARRAY(pool, struct epo_found, EPO_FOUND_MAX);
    size_t count = epo_search_run(x.s, x.offices, pool, query, has_near ? &near : NULL, found);
    struct epo_json *list;
    *features = collection(pool, &list);
    for (size_t i = 0; i < count && list->count < (uint32_t)limit; i++)
        push(pool, list, epo_found_feature(&x, &found[i]));
    epo_maps_drop(maps, slot);
    return true;
}

/* ---- by id ---- */

/* The first in an order by code that is not before it. */
static const char *address_code(const struct epo_snapshot *s, size_t at) {
    return s->addresses[s->by_code[at]].code;
}
static const char *parcel_code(const struct epo_snapshot *s, size_t at) {
    return s->by_role[EPO_ROLE_PARCEL]->features[s->parcels_by_code[at]].code;
}
static bool by_code(const struct epo_snapshot *s,
                    const char *(*code_of)(const struct epo_snapshot *s, size_t at), size_t count,
                    const char *code, size_t *at) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(code_of(s, middle), code) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *at = low;
    return low < count && strcmp(code_of(s, low), code) == 0;
}

static struct epo_json *get_parcel(const struct epo_answer *x, const char *code) {
    const struct epo_layer *layer = x->s->by_role[EPO_ROLE_PARCEL];
    size_t at;
    return layer != NULL && epo_layer_shows(layer, EPO_AUDIENCE_PUBLIC, "name") &&
                   by_code(x->s, parcel_code, layer->count, code, &at)
               ? epo_found_parcel(x, layer, x->s->parcels_by_code[at])
               : NULL;
}

static struct epo_json *get_group(const struct epo_answer *x, bool street, const char *label) {
    const struct epo_group *groups = street ? x->s->streets : x->s->parts;
    size_t count = street ? x->s->street_count : x->s->part_count;
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(groups[i].name);
        if (strncmp(label, groups[i].name, len) == 0 &&
            (label[len] == ',' || label[len] == '\0' || len == 0) &&
            strcmp(epo_found_label(x, &groups[i]), label) == 0)
            return epo_found_group(x, street, &groups[i]);
    }
    return NULL;
}

/* "park:12" */
static struct epo_json *get_place(const struct epo_answer *x, const char *id) {
    struct epo_span code, name = epo_span_cut(epo_span(id), ':', &code);
    const struct epo_layer *layer = epo_snapshot_layer(x->s, name);
    if (layer == NULL || !epo_layer_shows(layer, EPO_AUDIENCE_PUBLIC, "name"))
        return NULL;
    for (uint32_t i = 0; i < layer->count && layer->role != EPO_ROLE_PICTURE; i++)
        if (epo_span_is(code, layer->features[i].code) && layer->features[i].name[0] != '\0')
            return epo_found_place(x, layer, i);
    return NULL;
}

static struct epo_json *get_any(const struct epo_answer *x, const char *id) {
    size_t at;
    if (strncmp(id, "office:", 7) == 0) {
        for (uint32_t i = 0; x->offices != NULL && i < x->offices->count; i++)
            if (strcmp(x->offices->all[i].id, id + 7) == 0)
                return epo_found_office(x, i);
        return NULL;
    }
    if (strncmp(id, "parcel:", 7) == 0)
        return get_parcel(x, id + 7);
    if (strncmp(id, "street:", 7) == 0)
        return get_group(x, true, id + 7);
    if (strncmp(id, "part:", 5) == 0)
        return get_group(x, false, id + 5);
    if (strncmp(id, "place:", 6) == 0)
        return get_place(x, id + 6);
    return by_code(x->s, address_code, x->s->address_count, id, &at)
               ? epo_found_address(x, &x->s->addresses[x->s->by_code[at]])
               : NULL;
}

bool epo_address_get(struct epo_maps *maps, struct epo_pool *pool, struct epo_span id,
                     struct epo_json **found, struct epo_error *error) {
    unsigned slot;
    struct epo_answer x = {epo_maps_hold(maps, &slot), epo_maps_offices(maps), pool};
    *found = get_any(&x, epo_pool_string(pool, id));
    epo_maps_drop(maps, slot);
    return *found != NULL || epo_fail(error, EPO_ERROR_NOT_FOUND, "address.unknown",
                                      "no such address: %.*s", EPO_ARG(id));
}

/* ---- what is here ---- */

static void add_far(struct epo_pool *pool, struct epo_json *list, struct epo_json *f,
                    double far_m) {
    uint32_t before = list->count;
    push(pool, list, f);
    if (list->count > before)
        epo_json_set(pool, epo_json_get(f, "properties"), "distance_m",
                     epo_json_real(pool, round(far_m * 10) / 10));
}

/* The first feature of each layer that holds the point, or lies so near. */
static void add_layer(const struct epo_answer *x, struct epo_json *list,
                      const struct epo_layer *layer, struct epo_mm at, double within_m) {
    uint32_t item;
    double far_m;
    if (layer == NULL || !epo_layer_shows(layer, EPO_AUDIENCE_PUBLIC, "name") ||
        !epo_layer_nearest(layer, at, within_m, &item, &far_m) ||
        layer->features[item].name[0] == '\0')
        return;
    add_far(x->pool, list,
            layer->role == EPO_ROLE_PARCEL ? epo_found_parcel(x, layer, item)
                                           : epo_found_place(x, layer, item),
            far_m);
}

static void add_here(const struct epo_answer *x, struct epo_json *list, struct epo_mm at) {
    static const double TOUCHED_M = 0.5, BESIDE_M = 10; /* areas; points and lines */
    double far_m;
    const struct epo_address *address = epo_address_nearest(x->s, at, ADDRESS_WITHIN_M, &far_m);
    if (address != NULL)
        add_far(x->pool, list, epo_found_address(x, address), far_m);
    add_layer(x, list, x->s->by_role[EPO_ROLE_PUBLIC_SPACE], at, TOUCHED_M);
    add_layer(x, list, x->s->by_role[EPO_ROLE_STREET], at, STREET_WITHIN_M);
    add_layer(x, list, x->s->by_role[EPO_ROLE_PARCEL], at, TOUCHED_M);
    for (size_t i = 0; i < x->s->layer_count; i++)
        if (x->s->layers[i].role == EPO_ROLE_FACT)
            add_layer(x, list, &x->s->layers[i], at,
                      x->s->layers[i].shape == EPO_SHAPE_AREA ? TOUCHED_M : BESIDE_M);
    add_layer(x, list, x->s->by_role[EPO_ROLE_CADASTRAL_AREA], at, TOUCHED_M);
    add_layer(x, list, x->s->by_role[EPO_ROLE_DISTRICT], at, TOUCHED_M);
    add_layer(x, list, x->s->by_role[EPO_ROLE_CITY], at, TOUCHED_M);
}

bool epo_places_at(struct epo_maps *maps, struct epo_pool *pool, struct epo_point lon_lat,
                   int limit, struct epo_json **features, struct epo_error *error) {
    struct epo_point metres;
    if (limit < 1 || limit > LIMIT_MAX)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "address.limit", "limit must be 1 to 50");
    if (!epo_transform_to_metres(lon_lat, &metres, error))
        return false;
    unsigned slot;
    struct epo_answer x = {epo_maps_hold(maps, &slot), epo_maps_offices(maps), pool};
    struct epo_json *list;
    *features = collection(pool, &list);
    add_here(&x, list, epo_mm_of(metres));
    if (list->count > (uint32_t)limit)
        list->count = (uint32_t)limit;
    epo_maps_drop(maps, slot);
    return true;
}
