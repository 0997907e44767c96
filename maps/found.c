#include "maps/found.h"

#include <math.h>

#include "maps/address.h"
#include "maps/packed.h"

static struct epo_json *feature(struct epo_pool *pool, const char *id, const char *kind,
                                const char *label, struct epo_point at_metres,
                                struct epo_json **properties) {
    struct epo_point at;
    if (!epo_transform_to_4326(at_metres, &at, NULL))
        return NULL;
    struct epo_json *f = epo_json_object(pool);
    epo_json_set_string(pool, f, "type", "Feature");
    epo_json_set_string(pool, f, "id", id);
    epo_json_set(pool, f, "geometry", epo_geojson_point(pool, at));
    *properties = epo_json_set(pool, f, "properties", epo_json_object(pool));
    epo_json_set_string(pool, *properties, "label", label);
    epo_json_set_string(pool, *properties, "kind", kind);
    return f;
}

struct epo_json *epo_found_address(const struct epo_answer *x, const struct epo_address *a) {
    struct epo_json *p;
    const struct epo_locality *lies = &x->s->localities[a->locality];
    struct epo_json *f = feature(x->pool, a->code, "address", epo_address_text(x->pool, x->s, a),
                                 epo_metres_of(a->at), &p);
    if (f == NULL)
        return NULL;
    epo_json_set_string(x->pool, p, "street", epo_address_street(x->s, a));
    epo_json_set_string(x->pool, p, "number", epo_address_number(x->pool, a));
    epo_json_set_string(x->pool, p, "city", lies->city);
    epo_json_set_string(x->pool, p, "city_part", lies->part);
    epo_json_set_string(x->pool, p, "postcode", lies->postcode);
    epo_json_set_string(x->pool, p, "district", lies->district);
    return f;
}

/* "Americká, Plzeň"; "Bolevec, Plzeň"; a village that is called like its town: "Koterov". */
const char *epo_found_label(const struct epo_answer *x, const struct epo_group *group) {
    const char *city = x->s->localities[group->locality].city;
    const char *name = group->name[0] != '\0' ? group->name : city;
    return city[0] == '\0' || strcmp(name, city) == 0
               ? name
               : epo_pool_printf(x->pool, "%s, %s", name, city);
}

struct epo_json *epo_found_group(const struct epo_answer *x, bool street,
                                 const struct epo_group *group) {
    struct epo_json *p;
    const struct epo_locality *lies = &x->s->localities[group->locality];
    const char *kind = street ? "street" : "part", *label = epo_found_label(x, group);
    struct epo_json *f = feature(x->pool, epo_pool_printf(x->pool, "%s:%s", kind, label), kind,
                                 label, epo_metres_of(group->at), &p);
    if (f == NULL)
        return NULL;
    epo_json_set_string(x->pool, p, kind, group->name);
    epo_json_set_string(x->pool, p, "city", lies->city);
    epo_json_set_string(x->pool, p, "postcode", lies->postcode);
    epo_json_set_string(x->pool, p, "district", lies->district);
    epo_json_set_integer(x->pool, p, "addresses", group->count);
    return f;
}

/* A point on it that a picture would put the name at: inside an area, on a line. */
static struct epo_point middle_of(const struct epo_layer *layer, uint32_t item) {
    GEOSContextHandle_t g = epo_geos();
    uint32_t ring = layer->features[item].first_ring;
    struct epo_point at = epo_metres_of(layer->vertices[epo_ring_from(layer, ring)]);
    GEOSGeometry *shape = epo_feature_geos(layer, item);
    GEOSGeometry *point = shape == NULL ? NULL
                          : layer->shape == EPO_SHAPE_LINE
                              ? GEOSInterpolateNormalized_r(g, GEOSGetGeometryN_r(g, shape, 0), 0.5)
                              : GEOSPointOnSurface_r(g, shape);
    if (point != NULL) {
        GEOSGeomGetX_r(g, point, &at.x);
        GEOSGeomGetY_r(g, point, &at.y);
    }
    GEOSGeom_destroy_r(g, point);
    GEOSGeom_destroy_r(g, shape);
    return at;
}

struct epo_json *epo_found_parcel(const struct epo_answer *x, const struct epo_layer *layer,
                                  uint32_t item) {
    struct epo_json *p;
    const struct epo_feature *parcel = &layer->features[item];
    const char *label =
        epo_pool_printf(x->pool, "parc. č. %s, k. ú. %s", parcel->name, parcel->belongs);
    struct epo_json *f = feature(x->pool, epo_pool_printf(x->pool, "parcel:%s", parcel->code),
                                 "parcel", label, middle_of(layer, item), &p);
    if (f == NULL)
        return NULL;
    epo_json_set_string(x->pool, p, "number", parcel->name);
    epo_json_set_string(x->pool, p, "cadastral_area", parcel->belongs);
    return f;
}

struct epo_json *epo_found_place(const struct epo_answer *x, const struct epo_layer *layer,
                                 uint32_t item) {
    struct epo_json *p, *title;
    const struct epo_feature *place = &layer->features[item];
    bool street = layer->role == EPO_ROLE_STREET;
    struct epo_json *f =
        feature(x->pool, epo_pool_printf(x->pool, "place:%s:%s", layer->name, place->code),
                street ? "street" : "place", place->name, middle_of(layer, item), &p);
    if (f == NULL)
        return NULL;
    epo_json_set_string(x->pool, p, street ? "street" : "name", place->name);
    epo_json_set_string(x->pool, p, "layer", layer->name);
    title = epo_json_set(x->pool, p, "layer_title", epo_json_object(x->pool));
    epo_json_set_string(x->pool, title, "cs", layer->title_cs);
    epo_json_set_string(x->pool, title, "en", layer->title_en);
    return f;
}

struct epo_json *epo_found_office(const struct epo_answer *x, uint32_t item) {
    const struct epo_office *office = &x->offices->all[item];
    struct epo_json *p, *labels;
    struct epo_mm at;
    if (!epo_office_place(office, x->s, x->pool, &at))
        return NULL;
    struct epo_json *f = feature(x->pool, epo_pool_printf(x->pool, "office:%s", office->id),
                                 "office", office->name[0], epo_metres_of(at), &p);
    if (f == NULL)
        return NULL;
    labels = epo_json_set(x->pool, p, "labels", epo_json_object(x->pool));
    epo_json_set_string(x->pool, labels, "cs", office->name[0]);
    epo_json_set_string(x->pool, labels, "en", office->name[1]);
    epo_json_set_string(x->pool, p, "address", office->address);
    return f;
}

struct epo_json *epo_found_feature(const struct epo_answer *x, const struct epo_found *found) {
    if (found->kind == EPO_FOUND_ADDRESS)
        return epo_found_address(x, &x->s->addresses[found->item]);
    if (found->kind == EPO_FOUND_PARCEL)
        return epo_found_parcel(x, x->s->by_role[EPO_ROLE_PARCEL], found->item);
    if (found->kind == EPO_FOUND_OFFICE)
        return epo_found_office(x, found->item);
    const struct epo_entry *entry = &x->s->book->entries[found->item];
    struct epo_json *f =
        entry->kind == EPO_ENTRY_PLACE
            ? epo_found_place(x, &x->s->layers[entry->layer], entry->item)
            : epo_found_group(x, entry->kind == EPO_ENTRY_STREET, epo_entry_group(x->s, entry));
    if (f != NULL && found->number_unknown)
        epo_json_set_boolean(x->pool, epo_json_get(f, "properties"), "number_unknown", true);
    return f;
}
