/* What the map knows about a place. Facts of a point here, what a line or an area adds in
 * locate_parts.c. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "maps/address.h"
#include "maps/facts.h"

static const double ADDRESS_WITHIN_M = 500, STREET_WITHIN_M = 150;

/* How the columns of a layer are called among the facts; NULL: not told. */
static const struct {
    const char *code, *name, *kind, *belongs, *measure;
} CALLED[] = {
    [EPO_ROLE_FACT] = {"id", "name", "kind", NULL, NULL},
    [EPO_ROLE_CITY] = {"code", "name", NULL, NULL, NULL},
    [EPO_ROLE_DISTRICT] = {"code", "name", NULL, NULL, NULL},
    [EPO_ROLE_CADASTRAL_AREA] = {"code", "name", NULL, NULL, NULL},
    [EPO_ROLE_PARCEL] = {"id", "number", "owner", "cadastral_area", "area_m2"},
    [EPO_ROLE_PUBLIC_SPACE] = {"id", "name", "zone", NULL, NULL},
    [EPO_ROLE_STREET] = {"id", "name", NULL, NULL, NULL},
    [EPO_ROLE_PICTURE] = {"id", "name", NULL, NULL, NULL},
};

const struct epo_layer *epo_facts_layer(const struct epo_facts *facts, enum epo_layer_role role) {
    const struct epo_layer *layer = facts->snapshot->by_role[role];
    return layer != NULL && epo_layer_seen(layer, facts->audience) ? layer : NULL;
}

void epo_facts_number(const struct epo_facts *facts, struct epo_json *object, const char *name,
                      double value, double scale) {
    epo_json_set(facts->pool, object, name,
                 epo_json_real(facts->pool, round(value * scale) / scale));
}

static void set_field(const struct epo_facts *facts, const struct epo_layer *layer,
                      struct epo_json *object, const char *field, const char *name,
                      const char *value) {
    if (name != NULL && epo_layer_shows(layer, facts->audience, field))
        epo_json_append(facts->pool, object, epo_span(name), epo_json_string(facts->pool, value));
}

/* Further fields that the audience may see, as the importer kept them. */
static void set_properties(const struct epo_facts *facts, const struct epo_layer *layer,
                           struct epo_json *object, const char *text) {
    struct epo_json *all = epo_json_parse(facts->pool, epo_span(text), NULL);
    struct epo_json *shown = epo_json_object(facts->pool);
    for (uint32_t i = 0; all != NULL && all->type == EPO_JSON_OBJECT && i < all->count; i++) {
        const char *field = epo_pool_string(facts->pool, all->names[i]);
        if (epo_layer_shows(layer, facts->audience, field))
            epo_json_append(facts->pool, shown, epo_span(field), all->items[i]);
    }
    if (shown->count > 0)
        epo_json_set(facts->pool, object, "properties", shown);
}

struct epo_json *epo_facts_feature(const struct epo_facts *facts, const struct epo_layer *layer,
                                   const struct epo_feature *f) {
    struct epo_json *object = epo_json_object(facts->pool);
    epo_json_append(facts->pool, object, epo_span(CALLED[layer->role].code),
                    epo_json_string(facts->pool, f->code));
    set_field(facts, layer, object, "name", CALLED[layer->role].name, f->name);
    set_field(facts, layer, object, "belongs", CALLED[layer->role].belongs, f->belongs);
    if (f->kind[0] != '\0' || layer->role != EPO_ROLE_FACT)
        set_field(facts, layer, object, "kind", CALLED[layer->role].kind, f->kind);
    if (CALLED[layer->role].measure != NULL && epo_layer_shows(layer, facts->audience, "measure"))
        epo_json_set_integer(facts->pool, object, CALLED[layer->role].measure, (int64_t)f->measure);
    if (layer->role == EPO_ROLE_DISTRICT) { /* "Plzeň 2-Slovany" is number 2 */
        const char *digits = f->name + strcspn(f->name, "0123456789");
        if (isdigit((unsigned char)*digits))
            epo_json_set_integer(facts->pool, object, "number", strtol(digits, NULL, 10));
    }
    if (layer->role == EPO_ROLE_FACT && f->properties[0] != '\0')
        set_properties(facts, layer, object, f->properties);
    return object;
}

/* The feature of a role's layer under the anchor. */
static void add_under(const struct epo_facts *facts, enum epo_layer_role role, const char *name) {
    const struct epo_layer *layer = epo_facts_layer(facts, role);
    uint32_t at = epo_layer_at(layer, epo_mm_of(facts->place->anchor_metres));
    epo_json_append(facts->pool, facts->all, epo_span(name),
                    at == UINT32_MAX ? epo_json_null(facts->pool)
                                     : epo_facts_feature(facts, layer, &layer->features[at]));
}

static void add_address(const struct epo_facts *facts, struct epo_mm here) {
    struct epo_pool *pool = facts->pool;
    const struct epo_snapshot *snapshot = facts->snapshot;
    struct epo_json *address = epo_json_null(pool);
    double distance_m;
    const struct epo_address *at =
        epo_address_nearest(snapshot, here, ADDRESS_WITHIN_M, &distance_m);
    if (at != NULL) {
        address = epo_json_object(pool);
        epo_json_set_string(pool, address, "id", at->code);
        epo_json_set_string(pool, address, "text", epo_address_text(pool, snapshot, at));
        epo_json_set_string(pool, address, "street", epo_address_street(snapshot, at));
        epo_json_set_string(pool, address, "number", epo_address_number(pool, at));
        epo_facts_number(facts, address, "distance_m", distance_m, 10);
    }
    epo_json_append(pool, facts->all, EPO_SPAN("address"), address);
}

static void add_street(const struct epo_facts *facts, struct epo_mm here) {
    struct epo_json *street = epo_json_null(facts->pool);
    const struct epo_layer *layer = epo_facts_layer(facts, EPO_ROLE_STREET);
    double distance_m;
    uint32_t item;
    if (epo_layer_nearest(layer, here, STREET_WITHIN_M, &item, &distance_m) &&
        layer->features[item].name[0] != '\0') {
        street = epo_json_object(facts->pool);
        epo_json_set_string(facts->pool, street, "name", layer->features[item].name);
        epo_facts_number(facts, street, "distance_m", distance_m, 10);
    }
    epo_json_append(facts->pool, facts->all, EPO_SPAN("street"), street);
}

struct listing {
    const struct epo_facts *facts;
    const struct epo_layer *layer;
    double whole; /* 0: no shares are told */
    struct epo_json *list;
};
static void list_feature(const struct epo_feature *feature, double amount, void *arg) {
    enum { LISTED_MAX = 50 };
    struct listing *l = arg;
    if (l->list->count >= LISTED_MAX)
        return;
    struct epo_json *one = epo_facts_feature(l->facts, l->layer, feature);
    if (l->whole > 0)
        epo_facts_number(l->facts, one, "share", fmin(1, amount / l->whole), 1e4);
    epo_json_push(l->facts->pool, l->list, one);
}

static bool add_layers(const struct epo_facts *facts, struct epo_overlap *overlap,
                       struct epo_error *error) {
    struct epo_json *layers = epo_json_object(facts->pool);
    for (size_t i = 0; i < facts->snapshot->layer_count; i++) {
        const struct epo_layer *layer = &facts->snapshot->layers[i];
        bool shares = layer->shape == EPO_SHAPE_AREA && facts->place->kind != EPO_PLACE_POINT;
        struct listing l = {facts, layer, shares ? overlap->whole : 0, epo_json_array(facts->pool)};
        if (layer->role != EPO_ROLE_FACT || !epo_layer_seen(layer, facts->audience))
            continue;
        if (!epo_overlap_each(overlap, layer, list_feature, &l, error))
            return false;
        if (l.list->count > 0)
            epo_json_append(facts->pool, layers,
                            epo_span(epo_pool_string(facts->pool, epo_span(layer->name))), l.list);
    }
    epo_json_append(facts->pool, facts->all, EPO_SPAN("layers"), layers);
    return true;
}

static void add_point(const struct epo_facts *facts) {
    struct epo_json *point = epo_json_array(facts->pool);
    struct epo_point at = facts->place->anchor_4326;
    epo_json_push(facts->pool, point, epo_json_real(facts->pool, round(at.x * 1e7) / 1e7));
    epo_json_push(facts->pool, point, epo_json_real(facts->pool, round(at.y * 1e7) / 1e7));
    epo_json_append(facts->pool, facts->all, EPO_SPAN("point"), point);
}

static bool gather(const struct epo_facts *facts, struct epo_error *error) {
    struct epo_mm here = epo_mm_of(facts->place->anchor_metres);
    const struct epo_layer *city = epo_facts_layer(facts, EPO_ROLE_CITY);
    add_point(facts);
    epo_json_set_boolean(facts->pool, facts->all, "in_city",
                         city == NULL || epo_layer_at(city, here) != UINT32_MAX);
    add_under(facts, EPO_ROLE_DISTRICT, "district");
    add_under(facts, EPO_ROLE_CADASTRAL_AREA, "cadastral_area");
    add_under(facts, EPO_ROLE_PARCEL, "parcel");
    add_address(facts, here);
    add_street(facts, here);
    add_under(facts, EPO_ROLE_PUBLIC_SPACE, "public_space");
    struct epo_overlap overlap;
    bool ok = epo_overlap_begin(&overlap, facts->place, error) &&
              add_layers(facts, &overlap, error) &&
              (facts->place->kind == EPO_PLACE_POINT || epo_facts_parts(facts, &overlap, error));
    epo_overlap_end(&overlap);
    epo_json_set_string(facts->pool, facts->all, "map_version", facts->snapshot->version);
    return ok;
}

bool epo_locate(struct epo_maps *maps, struct epo_pool *pool, const struct epo_place *place,
                struct epo_json **facts, struct epo_error *error) {
    return epo_locate_for(maps, pool, place, EPO_AUDIENCE_PUBLIC, facts, error);
}

bool epo_locate_for(struct epo_maps *maps, struct epo_pool *pool, const struct epo_place *place,
                    enum epo_audience audience, struct epo_json **facts, struct epo_error *error) {
    unsigned slot;
    struct epo_facts gathered = {epo_maps_hold(maps, &slot), pool, place, audience,
                                 epo_json_object(pool)};
    bool ok = gather(&gathered, error);
    epo_maps_drop(maps, slot);
    *facts = gathered.all;
    return ok;
}
