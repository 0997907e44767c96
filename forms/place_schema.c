/* JSON Schema of a place: the shapes that maps/chosen.c takes. Where it lies, whether the map knows
 * an id and what the rules say is the server's to check. */
#include "base/limits.h"
#include "forms/place.h"

/* An object with the named members; those of `required` (words with spaces between) must be there.
 * Behind it: names and schemas in turn, NULL at the end. */
static struct epo_json *object(struct epo_pool *pool, const char *required, ...) {
    struct epo_json *schema = epo_json_object(pool);
    epo_json_set_string(pool, schema, "type", "object");
    struct epo_json *properties = epo_json_set(pool, schema, "properties", epo_json_object(pool));
    va_list list;
    va_start(list, required);
    for (const char *name; (name = va_arg(list, const char *)) != NULL;)
        epo_json_set(pool, properties, name, va_arg(list, struct epo_json *));
    va_end(list);
    struct epo_json *must = epo_json_array(pool);
    for (struct epo_span rest = epo_span(required); rest.len > 0;)
        epo_json_push(pool, must, epo_json_text(pool, epo_span_cut(rest, ' ', &rest)));
    if (must->count > 0)
        epo_json_set(pool, schema, "required", must);
    return schema;
}

static struct epo_json *constant(struct epo_pool *pool, const char *word) {
    struct epo_json *schema = epo_json_object(pool);
    epo_json_set_string(pool, schema, "const", word);
    return schema;
}

static struct epo_json *list(struct epo_pool *pool, struct epo_json *items, int least, int most) {
    struct epo_json *schema = epo_json_object(pool);
    epo_json_set_string(pool, schema, "type", "array");
    epo_json_set_integer(pool, schema, "minItems", least);
    if (most > 0)
        epo_json_set_integer(pool, schema, "maxItems", most);
    epo_json_set(pool, schema, "items", items);
    return schema;
}

static struct epo_json *number(struct epo_pool *pool) {
    struct epo_json *schema = epo_json_object(pool);
    epo_json_set_string(pool, schema, "type", "number");
    return schema;
}

static struct epo_json *any_of(struct epo_pool *pool, struct epo_json *variants) {
    struct epo_json *schema = epo_json_object(pool);
    epo_json_set(pool, schema, "anyOf", variants);
    return schema;
}

/* -- shapes ----------------------------------------------------------------------------------- */

static struct epo_json *position(struct epo_pool *pool) {
    return list(pool, number(pool), 2, 3);
}

static struct epo_json *geometry(struct epo_pool *pool, const char *type,
                                 struct epo_json *coordinates) {
    return object(pool, "type coordinates", "type", constant(pool, type), "coordinates",
                  coordinates, NULL);
}

static struct epo_json *rings(struct epo_pool *pool) {
    return list(pool, list(pool, position(pool), 4, 0), 1, 0);
}

static struct epo_json *point(struct epo_pool *pool) {
    return geometry(pool, "Point", position(pool));
}

static struct epo_json *not_point(struct epo_pool *pool) {
    struct epo_json *schema = epo_json_object(pool);
    epo_json_set(pool, schema, "not", object(pool, "type", "type", constant(pool, "Point"), NULL));
    return schema;
}

/* The bare geometries that a field of these kinds takes. */
static struct epo_json *geometries(struct epo_pool *pool, unsigned kinds) {
    struct epo_json *any = epo_json_array(pool);
    if (kinds & (EPO_ASKED_POINT | EPO_ASKED_ADDRESS | EPO_ASKED_PARCEL))
        epo_json_push(pool, any, point(pool));
    if (kinds & (EPO_ASKED_LINE | EPO_ASKED_ROUTE))
        epo_json_push(pool, any, geometry(pool, "LineString", list(pool, position(pool), 2, 0)));
    if (kinds & (EPO_ASKED_AREA | EPO_ASKED_PARCEL)) {
        epo_json_push(pool, any, geometry(pool, "Polygon", rings(pool)));
        epo_json_push(pool, any, geometry(pool, "MultiPolygon", list(pool, rings(pool), 1, 0)));
    }
    return any;
}

/* -- Features by what was chosen --------------------------------------------------------------- */

static struct epo_json *ids(struct epo_pool *pool, int most) {
    struct epo_json *id = epo_json_object(pool);
    epo_json_set_string(pool, id, "type", "string");
    epo_json_set_integer(pool, id, "minLength", 1);
    epo_json_set_integer(pool, id, "maxLength", EPO_PLACE_ID_CHARS_MAX);
    return list(pool, id, 1, most);
}

static struct epo_json *drawn(struct epo_pool *pool, unsigned kinds) {
    struct epo_json *none = epo_json_object(pool), *either = epo_json_array(pool);
    epo_json_set_string(pool, none, "type", "null");
    epo_json_push(pool, either, none);
    epo_json_push(pool, either, object(pool, "", "kind", constant(pool, "drawn"), NULL));
    return object(pool, "geometry", "geometry", any_of(pool, geometries(pool, kinds)), "properties",
                  any_of(pool, either), NULL);
}

/* Parcels or buildings: by ids, or the one under a point. */
static void push_layer(struct epo_pool *pool, struct epo_json *any, const char *kind) {
    epo_json_push(pool, any,
                  object(pool, "properties", "properties",
                         object(pool, "kind ids", "kind", constant(pool, kind), "ids",
                                ids(pool, EPO_PLACE_IDS_MAX), NULL),
                         NULL));
    epo_json_push(pool, any,
                  object(pool, "geometry properties", "geometry", point(pool), "properties",
                         object(pool, "kind", "kind", constant(pool, kind), "ids",
                                epo_json_boolean(pool, false), NULL),
                         NULL));
}

static struct epo_json *address(struct epo_pool *pool) {
    return object(
        pool, "properties", "properties",
        object(pool, "kind ids", "kind", constant(pool, "address"), "ids", ids(pool, 1), NULL),
        NULL);
}

static void push_circle(struct epo_pool *pool, struct epo_json *any) {
    struct epo_json *radius[2];
    for (int i = 0; i < 2; i++) {
        radius[i] = number(pool);
        epo_json_set(pool, radius[i], "minimum", epo_json_real(pool, EPO_CIRCLE_RADIUS_MIN_M));
        epo_json_set_integer(pool, radius[i], "maximum", EPO_CIRCLE_RADIUS_MAX_M);
    }
    epo_json_push(pool, any,
                  object(pool, "geometry properties", "geometry", point(pool), "properties",
                         object(pool, "kind radius_m", "kind", constant(pool, "circle"), "radius_m",
                                radius[0], NULL),
                         NULL));
    epo_json_push(pool, any,
                  object(pool, "properties", "geometry", not_point(pool), "properties",
                         object(pool, "kind radius_m center", "kind", constant(pool, "circle"),
                                "radius_m", radius[1], "center", position(pool), NULL),
                         NULL));
}

static void push_route(struct epo_pool *pool, struct epo_json *any) {
    struct epo_json *line =
        geometry(pool, "LineString", list(pool, position(pool), 2, EPO_ROUTE_VIA_MAX));
    epo_json_push(pool, any,
                  object(pool, "properties", "properties",
                         object(pool, "kind via", "kind", constant(pool, "route"), "via",
                                list(pool, position(pool), 2, EPO_ROUTE_VIA_MAX), NULL),
                         NULL));
    epo_json_push(pool, any,
                  object(pool, "geometry properties", "geometry", line, "properties",
                         object(pool, "kind", "kind", constant(pool, "route"), "via",
                                epo_json_boolean(pool, false), NULL),
                         NULL));
}

static struct epo_json *feature(struct epo_pool *pool, const struct epo_field *field) {
    struct epo_json *any = epo_json_array(pool);
    epo_json_push(pool, any, drawn(pool, field->kinds));
    if (field->kinds & (EPO_ASKED_POINT | EPO_ASKED_ADDRESS))
        epo_json_push(pool, any, address(pool));
    if (field->kinds & (EPO_ASKED_AREA | EPO_ASKED_PARCEL))
        push_layer(pool, any, "parcel");
    if (field->kinds & EPO_ASKED_AREA) {
        push_layer(pool, any, "building");
        push_circle(pool, any);
    }
    if (field->kinds & EPO_ASKED_ROUTE)
        push_route(pool, any);
    struct epo_json *schema = object(pool, "type", "type", constant(pool, "Feature"), NULL);
    epo_json_set(pool, schema, "anyOf", any);
    return schema;
}

static void ask_description(struct epo_pool *pool, struct epo_json *schema) {
    struct epo_json *text = epo_json_object(pool), *all = epo_json_array(pool);
    epo_json_set_string(pool, text, "type", "string");
    epo_json_set_integer(pool, text, "maxLength", EPO_PLACE_DESCRIPTION_MAX);
    epo_json_set_string(pool, text, "pattern", EPO_LINE_PATTERN);
    epo_json_push(pool, all,
                  object(pool, "properties", "properties",
                         object(pool, "description", "description", text, NULL), NULL));
    epo_json_set(pool, schema, "allOf", all);
}

void epo_location_schema(const struct epo_draw *draw, const struct epo_field *field,
                         struct epo_json *schema) {
    struct epo_pool *pool = draw->pool;
    struct epo_json *one = feature(pool, field);
    epo_json_set_string(pool, schema, "$comment",
                        "GeoJSON, EPSG:4326; checked by the server: validity, city, ids of the "
                        "map, rules of the place");
    if (field->several) {
        if (field->describe)
            ask_description(pool, one);
        struct epo_json *features = list(pool, one, (int)field->min_count, (int)field->max_count);
        struct epo_json *all =
            object(pool, "type features", "type", constant(pool, "FeatureCollection"), "features",
                   features, NULL);
        for (uint32_t i = 0; i < all->count; i++)
            epo_json_append(pool, schema, all->names[i], all->items[i]);
        return;
    }
    struct epo_json *any = geometries(pool, field->kinds);
    epo_json_push(pool, any, one);
    epo_json_set(pool, schema, "anyOf", any);
}
