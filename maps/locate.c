/* What the map knows about a place. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "maps/address.h"
#include "maps/overlap.h"

static const double ADDRESS_WITHIN_M = 500, STREET_WITHIN_M = 150;

struct asking {
    const struct epo_snapshot *snapshot;
    struct epo_pool *pool;
    const struct epo_place *place;
    struct epo_json *facts;
    enum epo_audience audience;
};

static double to_decimals(double value, double scale) {
    return round(value * scale) / scale;
}

static const struct epo_layer *seen(const struct asking *a, enum epo_layer_role role) {
    const struct epo_layer *layer = a->snapshot->by_role[role];
    return layer != NULL && epo_layer_seen(layer, a->audience) ? layer : NULL;
}

static void set_field(const struct asking *a, struct epo_json *object, enum epo_layer_role role,
                      const char *field, const char *name, const char *value) {
    if (epo_layer_shows(a->snapshot->by_role[role], a->audience, field))
        epo_json_set_string(a->pool, object, name, value);
}

/* The feature of a role's layer under the anchor, or NULL. */
static const struct epo_feature *under(const struct asking *a, enum epo_layer_role role) {
    const struct epo_layer *layer = seen(a, role);
    uint32_t at =
        layer == NULL ? UINT32_MAX : epo_layer_at(layer, epo_mm_of(a->place->anchor_5514));
    return at == UINT32_MAX ? NULL : &layer->features[at];
}

static struct epo_json *coded(const struct asking *a, const struct epo_feature *f) {
    if (f == NULL)
        return epo_json_null(a->pool);
    struct epo_json *object = epo_json_object(a->pool);
    epo_json_set_string(a->pool, object, "code", f->code);
    epo_json_set_string(a->pool, object, "name", f->name);
    return object;
}

static void add_district(const struct asking *a) {
    const struct epo_feature *f = under(a, EPO_ROLE_DISTRICT);
    struct epo_json *district = coded(a, f);
    if (f != NULL) { /* "Plzeň 2-Slovany" is number 2 */
        const char *digits = f->name + strcspn(f->name, "0123456789");
        if (isdigit((unsigned char)*digits))
            epo_json_set_integer(a->pool, district, "number", strtol(digits, NULL, 10));
    }
    epo_json_set(a->pool, a->facts, "district", district);
    epo_json_set(a->pool, a->facts, "cadastral_area", coded(a, under(a, EPO_ROLE_CADASTRAL_AREA)));
}

static void add_parcel(const struct asking *a) {
    const struct epo_feature *f = under(a, EPO_ROLE_PARCEL);
    struct epo_json *parcel = epo_json_null(a->pool);
    if (f != NULL) {
        parcel = epo_json_object(a->pool);
        epo_json_set_string(a->pool, parcel, "id", f->code);
        set_field(a, parcel, EPO_ROLE_PARCEL, "name", "number", f->name);
        set_field(a, parcel, EPO_ROLE_PARCEL, "belongs", "cadastral_area", f->belongs);
        set_field(a, parcel, EPO_ROLE_PARCEL, "kind", "owner", f->kind);
        if (epo_layer_shows(a->snapshot->by_role[EPO_ROLE_PARCEL], a->audience, "measure"))
            epo_json_set_integer(a->pool, parcel, "area_m2", (int64_t)f->measure);
    }
    epo_json_set(a->pool, a->facts, "parcel", parcel);
}

static void add_public_space(const struct asking *a) {
    const struct epo_feature *f = under(a, EPO_ROLE_PUBLIC_SPACE);
    struct epo_json *space = epo_json_null(a->pool);
    if (f != NULL) {
        space = epo_json_object(a->pool);
        epo_json_set_string(a->pool, space, "id", f->code);
        set_field(a, space, EPO_ROLE_PUBLIC_SPACE, "name", "name", f->name);
        set_field(a, space, EPO_ROLE_PUBLIC_SPACE, "kind", "zone", f->kind);
    }
    epo_json_set(a->pool, a->facts, "public_space", space);
}

static double to_address(uint32_t item, struct epo_mm at, void *arg) {
    const struct epo_mm house = ((const struct epo_address *)arg)[item].at;
    double dx = (double)house.x - at.x, dy = (double)house.y - at.y;
    return sqrt(dx * dx + dy * dy) / 1000;
}

static void add_nearest(const struct asking *a) {
    const struct epo_snapshot *snapshot = a->snapshot;
    struct epo_mm here = epo_mm_of(a->place->anchor_5514);
    double distance_m;
    uint32_t item;
    struct epo_json *address = epo_json_null(a->pool), *street = epo_json_null(a->pool);
    if (epo_index_nearest(&snapshot->address_index, here, ADDRESS_WITHIN_M, to_address,
                          snapshot->addresses, &item, &distance_m)) {
        const struct epo_address *at = &snapshot->addresses[item];
        address = epo_json_object(a->pool);
        epo_json_set_string(a->pool, address, "id", at->code);
        epo_json_set_string(a->pool, address, "text", epo_address_text(a->pool, snapshot, at));
        epo_json_set_string(a->pool, address, "street", epo_address_street(snapshot, at));
        epo_json_set_string(a->pool, address, "number", epo_address_number(a->pool, at));
        epo_json_set(a->pool, address, "distance_m",
                     epo_json_real(a->pool, to_decimals(distance_m, 10)));
    }
    const struct epo_layer *streets = seen(a, EPO_ROLE_STREET);
    if (epo_layer_nearest(streets, here, STREET_WITHIN_M, &item, &distance_m) &&
        streets->features[item].name[0] != '\0') {
        street = epo_json_object(a->pool);
        epo_json_set_string(a->pool, street, "name", streets->features[item].name);
        epo_json_set(a->pool, street, "distance_m",
                     epo_json_real(a->pool, to_decimals(distance_m, 10)));
    }
    epo_json_set(a->pool, a->facts, "address", address);
    epo_json_set(a->pool, a->facts, "street", street);
}

struct naming {
    struct epo_pool *pool;
    bool named;
    struct epo_json *list;
};
static void name_feature(const struct epo_feature *feature, double amount, void *arg) {
    enum { NAMED_MAX = 50 };
    struct naming *naming = arg;
    (void)amount;
    if (naming->list->count >= NAMED_MAX)
        return;
    struct epo_json *one = epo_json_object(naming->pool);
    epo_json_set_string(naming->pool, one, "id", feature->code);
    if (naming->named)
        epo_json_set_string(naming->pool, one, "name", feature->name);
    epo_json_push(naming->pool, naming->list, one);
}

static bool add_layers(const struct asking *a, struct epo_overlap *overlap,
                       struct epo_error *error) {
    struct epo_json *layers = epo_json_object(a->pool);
    for (size_t i = 0; i < a->snapshot->layer_count; i++) {
        const struct epo_layer *layer = &a->snapshot->layers[i];
        struct naming naming = {a->pool, epo_layer_shows(layer, a->audience, "name"),
                                epo_json_array(a->pool)};
        if (layer->role != EPO_ROLE_FACT || !epo_layer_seen(layer, a->audience))
            continue;
        if (!epo_overlap_each(overlap, layer, name_feature, &naming, error))
            return false;
        if (naming.list->count > 0)
            epo_json_set(a->pool, layers, layer->name, naming.list);
    }
    epo_json_set(a->pool, a->facts, "layers", layers);
    return true;
}

struct owners {
    const char *kinds[8];
    double amounts[8];
    int count;
};
static void add_owner(const struct epo_feature *feature, double amount, void *arg) {
    struct owners *owners = arg;
    for (int i = 0; i < owners->count; i++)
        if (strcmp(owners->kinds[i], feature->kind) == 0) {
            owners->amounts[i] += amount;
            return;
        }
    if (owners->count < 8) {
        owners->kinds[owners->count] = feature->kind;
        owners->amounts[owners->count++] = amount;
    }
}
static void sum(const struct epo_feature *feature, double amount, void *arg) {
    (void)feature;
    *(double *)arg += amount;
}

static bool add_shares(const struct asking *a, struct epo_overlap *overlap,
                       struct epo_error *error) {
    struct epo_json *shares = epo_json_object(a->pool), *by_owner = epo_json_object(a->pool);
    const struct epo_layer *spaces = seen(a, EPO_ROLE_PUBLIC_SPACE);
    const struct epo_layer *parcels = seen(a, EPO_ROLE_PARCEL);
    if (parcels != NULL && !epo_layer_shows(parcels, a->audience, "kind"))
        parcels = NULL; /* shares would tell the owner */
    struct owners owners = {.count = 0};
    double public_space = 0;
    if ((spaces != NULL && !epo_overlap_each(overlap, spaces, sum, &public_space, error)) ||
        (parcels != NULL && !epo_overlap_each(overlap, parcels, add_owner, &owners, error)))
        return false;
    epo_json_set(a->pool, shares, "public_space",
                 epo_json_real(a->pool, to_decimals(fmin(1, public_space / overlap->whole), 1e4)));
    for (int i = 0; i < owners.count; i++)
        epo_json_set(
            a->pool, by_owner, owners.kinds[i],
            epo_json_real(a->pool, to_decimals(fmin(1, owners.amounts[i] / overlap->whole), 1e4)));
    epo_json_set(a->pool, shares, "owner", by_owner);
    epo_json_set(a->pool, a->facts, "shares", shares);
    if (a->place->kind == EPO_PLACE_AREA)
        epo_json_set(a->pool, a->facts, "area_m2",
                     epo_json_real(a->pool, to_decimals(a->place->area_m2, 100)));
    epo_json_set(a->pool, a->facts, a->place->kind == EPO_PLACE_AREA ? "perimeter_m" : "length_m",
                 epo_json_real(a->pool, to_decimals(a->place->length_m, 100)));
    return true;
}

static bool locate(const struct asking *a, struct epo_error *error) {
    struct epo_json *point = epo_json_array(a->pool);
    epo_json_push(a->pool, point,
                  epo_json_real(a->pool, to_decimals(a->place->anchor_4326.x, 1e7)));
    epo_json_push(a->pool, point,
                  epo_json_real(a->pool, to_decimals(a->place->anchor_4326.y, 1e7)));
    epo_json_set(a->pool, a->facts, "point", point);
    epo_json_set_boolean(a->pool, a->facts, "in_city",
                         seen(a, EPO_ROLE_CITY) == NULL || under(a, EPO_ROLE_CITY) != NULL);
    add_district(a);
    add_parcel(a);
    add_nearest(a);
    add_public_space(a);
    struct epo_overlap overlap;
    bool ok = epo_overlap_begin(&overlap, a->place, error) && add_layers(a, &overlap, error) &&
              (a->place->kind == EPO_PLACE_POINT || add_shares(a, &overlap, error));
    epo_overlap_end(&overlap);
    epo_json_set_string(a->pool, a->facts, "map_version", a->snapshot->version);
    return ok;
}

bool epo_locate(struct epo_maps *maps, struct epo_pool *pool, const struct epo_place *place,
                struct epo_json **facts, struct epo_error *error) {
    return epo_locate_for(maps, pool, place, EPO_AUDIENCE_PUBLIC, facts, error);
}

bool epo_locate_for(struct epo_maps *maps, struct epo_pool *pool, const struct epo_place *place,
                    enum epo_audience audience, struct epo_json **facts, struct epo_error *error) {
    unsigned slot;
    struct asking a = {epo_maps_hold(maps, &slot), pool, place, epo_json_object(pool), audience};
    bool ok = locate(&a, error);
    epo_maps_drop(maps, slot);
    *facts = a.facts;
    return ok;
}
