/* What a browser sent for a place: GeoJSON, coordinates typed by hand, words to search for, an
 * address chosen. */
#include <ctype.h>
#include <math.h>

#include "forms/place.h"
#include "maps/metric.h"

#define FOUND_MAX 10 /* addresses offered for the words typed */

/* Splits at white space and ";", leaving out N, E and °; false if there are more than two parts. */
static bool coordinate_parts(struct epo_span typed, char parts[2][24], size_t *count) {
    size_t len = 0;
    *count = 0;
    for (size_t i = 0; i <= typed.len; i++) {
        unsigned char c = i < typed.len ? (unsigned char)typed.at[i] : ' ';
        bool mark = c != '\0' && (strchr("NEne;", c) != NULL || c == 0xc2 || c == 0xb0); /* ° */
        if (isdigit(c) || (len == 0 && c == '-') || (len > 0 && (c == '.' || c == ','))) {
            if (*count == 2 || len + 1 >= sizeof(parts[0]))
                return false;
            parts[*count][len++] = (char)c;
        } else if (!isspace(c) && !mark && c != ',') {
            return false;
        } else if (len > 0) {
            parts[(*count)++][len] = '\0';
            len = 0;
        }
    }
    return true;
}

static bool coordinate(const char *part, double *number) {
    char plain[24];
    size_t len = strlen(part);
    if (len > 0 && part[len - 1] == ',')
        len--;
    for (size_t i = 0; i < len; i++)
        plain[i] = part[i] == ',' ? '.' : part[i];
    return epo_span_real((struct epo_span){plain, len}, number);
}

/* Elsewhere than in Czechia: latitude first as people write it, or easting and northing of the
 * portal's own system; the other way round where only that lies within it. */
static struct epo_json *point_elsewhere(struct epo_pool *pool, double one, double two) {
    struct epo_point metres, degrees;
    struct epo_error error = {0};
    if (epo_transform_to_4326((struct epo_point){one, two}, &degrees, NULL) ||
        epo_transform_to_4326((struct epo_point){two, one}, &degrees, NULL))
        return epo_geojson_point(pool, degrees);
    if (!epo_transform_to_metres((struct epo_point){two, one}, &metres, &error) &&
        strcmp(error.code, "place.swapped") == 0)
        return epo_geojson_point(pool, (struct epo_point){one, two});
    return epo_geojson_point(pool, (struct epo_point){two, one});
}

/* Which of the two is which shows in their size, so that the order does not matter: in Czechia the
 * latitude is larger than the longitude, and the southing of S-JTSK larger than its westing
 * (printed with or without the minus of EPSG:5514). */
static struct epo_json *point_of(struct epo_pool *pool, double one, double two) {
    static const double METRES_FROM = 100000; /* degrees are never that many */
    double larger = fmax(fabs(one), fabs(two)), smaller = fmin(fabs(one), fabs(two));
    struct epo_point degrees;
    if (!epo_metric_is_krovak())
        return point_elsewhere(pool, one, two);
    if (smaller < METRES_FROM)
        return larger == fabs(one) ? epo_geojson_point(pool, (struct epo_point){two, one})
                                   : epo_geojson_point(pool, (struct epo_point){one, two});
    return epo_transform_from_krovak((struct epo_point){-smaller, -larger}, &degrees, NULL)
               ? epo_geojson_point(pool, degrees)
               : NULL;
}

struct epo_json *epo_location_typed(struct epo_pool *pool, struct epo_span typed) {
    char parts[2][24] = {"", ""};
    size_t count;
    double one, two;
    if (!coordinate_parts(typed, parts, &count) || count == 0)
        return NULL;
    char *comma = strchr(parts[0], ',');
    if (count == 1 && comma != NULL) { /* "49.7475,13.3776" */
        snprintf(parts[1], sizeof(parts[1]), "%s", comma + 1);
        *comma = '\0';
        count = 2;
    }
    if (count != 2 || !coordinate(parts[0], &one) || !coordinate(parts[1], &two))
        return NULL;
    return point_of(pool, one, two);
}

static bool parse_geometry(struct epo_check *check, const struct epo_field *field,
                           struct epo_span typed, struct epo_json **value) {
    struct epo_error error;
    *value = typed.at[0] == '{' ? epo_json_parse(check->pool, typed, &error)
                                : epo_location_typed(check->pool, typed);
    return *value != NULL || epo_check_refuse(check, field, "place.not_geojson", NULL);
}

struct epo_json *epo_location_found(struct epo_pool *pool, const struct epo_field *field,
                                    const struct epo_json *found) {
    struct epo_span kind = epo_json_get_text(epo_json_get(found, "properties"), "kind");
    unsigned parcels = EPO_ASKED_PARCEL, points = EPO_ASKED_POINT | EPO_ASKED_ADDRESS;
    bool parcel = epo_span_is(kind, "parcel") &&
                  ((field->kinds & parcels) != 0 || (field->kinds & points) == 0);
    struct epo_json *feature = epo_json_object(pool);
    epo_json_set_string(pool, feature, "type", "Feature");
    epo_json_set(pool, feature, "geometry", epo_json_copy(pool, epo_json_get(found, "geometry")));
    struct epo_json *properties = epo_json_set(pool, feature, "properties", epo_json_object(pool));
    if (!parcel && !epo_span_is(kind, "address"))
        return feature; /* a street is only a point of it */
    epo_json_set_string(pool, properties, "kind", parcel ? "parcel" : "address");
    struct epo_json *ids = epo_json_set(pool, properties, "ids", epo_json_array(pool));
    epo_json_push(pool, ids, epo_json_text(pool, epo_json_get_text(found, "id")));
    return feature;
}

/* "Americká 12 …" with its district; of what is no address also what it is. */
static void set_found_words(const struct epo_check *check, const struct epo_json *properties,
                            struct epo_json *row) {
    struct epo_pool *pool = check->pool;
    struct epo_span kind = epo_json_get_text(properties, "kind"), where, name;
    name = epo_json_localized(epo_json_get(properties, "labels"), check->lang);
    where = epo_json_get_text(properties, "district");
    if (where.len == 0)
        where = epo_json_get_text(properties, "address");
    struct epo_span what = epo_json_localized(epo_json_get(properties, "layer_title"), check->lang);
    if (what.len == 0 && kind.len > 0 && kind.len <= 16 && !epo_span_is(kind, "address"))
        what = epo_catalog_text(check->catalog, check->lang,
                                epo_pool_printf(pool, "map.found_%.*s", EPO_ARG(kind)));
    epo_json_set_text(pool, row, "label",
                      name.len > 0 ? name : epo_json_get_text(properties, "label"));
    epo_json_set_string(pool, row, "note",
                        epo_pool_printf(pool, "%.*s%s%.*s", EPO_ARG(what),
                                        what.len > 0 && where.len > 0 ? ", " : "", EPO_ARG(where)));
}

/* Keeps what the search found for the view; the chosen one, or NULL. */
static struct epo_json *keep_found(struct epo_check *check, const struct epo_field *field,
                                   const struct epo_json *features, struct epo_span chosen) {
    struct epo_pool *pool = check->pool;
    struct epo_json *list = epo_json_array(pool), *taken = NULL;
    const struct epo_json *found = epo_json_get(features, "features");
    for (uint32_t i = 0; found != NULL && i < found->count; i++) {
        const struct epo_json *feature = found->items[i];
        struct epo_span id = epo_json_get_text(feature, "id");
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(pool, row, "id", id);
        set_found_words(check, epo_json_get(feature, "properties"), row);
        epo_json_push(pool, list, row);
        if (chosen.len > 0 && epo_span_equal(id, chosen))
            taken = epo_location_found(check->pool, field, feature);
    }
    epo_json_set(pool, check->result->found, field->id, list);
    return taken;
}

static bool map_failed(struct epo_check *check) {
    return check->error == NULL || check->error->kind != EPO_ERROR_BAD_INPUT;
}

/* Words typed without a script. An address chosen from an earlier search counts only while the
 * words are the same: new words mean a new search. */
static bool parse_words(struct epo_check *check, const struct epo_field *field,
                        struct epo_span words, struct epo_span chosen, struct epo_json **value) {
    struct epo_json *features = NULL;
    if (check->maps == NULL)
        return epo_check_refuse(check, field, "form.no_address", NULL);
    if (!epo_addresses_search(check->maps, check->pool, words, FOUND_MAX, NULL, &features,
                              check->error) &&
        map_failed(check))
        return epo_check_broken(check);
    *value = keep_found(check, field, features, chosen);
    if (*value != NULL)
        return true;
    bool any = epo_json_get(check->result->found, field->id)->count > 0;
    return epo_check_refuse(check, field, any ? "form.choose_address" : "form.no_address", NULL);
}

static bool parse_chosen(struct epo_check *check, const struct epo_field *field,
                         struct epo_span chosen, struct epo_json **value) {
    struct epo_json *feature = NULL;
    if (check->maps == NULL)
        return epo_check_refuse(check, field, "form.no_address", NULL);
    struct epo_error error = {0};
    if (!epo_address_get(check->maps, check->pool, chosen, &feature, &error)) {
        if (error.kind == EPO_ERROR_NOT_FOUND || error.kind == EPO_ERROR_BAD_INPUT)
            return epo_check_refuse(check, field, "form.no_address", NULL);
        if (check->error != NULL)
            *check->error = error;
        return epo_check_broken(check);
    }
    *value = epo_location_found(check->pool, field, feature);
    return true;
}

/* One place, where several may be given: a collection of one. */
static struct epo_json *as_collection(struct epo_pool *pool, struct epo_json *value) {
    struct epo_span type = epo_json_get_text(value, "type");
    if (value->type != EPO_JSON_OBJECT || epo_span_is(type, "FeatureCollection"))
        return value;
    struct epo_json *feature = value, *all = epo_json_object(pool);
    if (!epo_span_is(type, "Feature")) {
        feature = epo_json_object(pool);
        epo_json_set_string(pool, feature, "type", "Feature");
        epo_json_set(pool, feature, "geometry", value);
    }
    epo_json_set_string(pool, all, "type", "FeatureCollection");
    epo_json_push(pool, epo_json_set(pool, all, "features", epo_json_array(pool)), feature);
    return all;
}

struct epo_span epo_location_part(const struct epo_json *raw, const struct epo_field *field,
                                  const char *part) {
    char name[EPO_LOCATION_NAME_MAX];
    snprintf(name, sizeof name, "%s.%s", field->id, part);
    return epo_span_trim(epo_raw_text(raw, name));
}

bool epo_location_parse(struct epo_check *check, const struct epo_field *field, bool *empty,
                        struct epo_json **value) {
    struct epo_pool *pool = check->pool;
    struct epo_span typed = epo_span_trim(epo_raw_text(check->raw, field->id));
    struct epo_span words = epo_location_part(check->raw, field, "q");
    struct epo_span chosen = epo_location_part(check->raw, field, "address");
    bool searching = epo_span_is(epo_raw_text(check->raw, "_action"),
                                 epo_pool_printf(pool, "search:%s", field->id));
    struct epo_span sketch = epo_location_part(check->raw, field, "sketch");
    struct epo_span at = epo_location_part(check->raw, field, "at");
    *empty = typed.len == 0 && words.len == 0 && chosen.len == 0 && sketch.len == 0 && at.len == 0;
    if (*empty)
        return true;
    if (!epo_text_valid(typed) || !epo_text_valid(words) || !epo_text_valid(chosen))
        return epo_check_refuse(check, field, "form.characters", NULL);
    if (!searching && sketch.len > 0) /* what can be closed was closed by epo_form_take_places */
        return epo_check_refuse(check, field, "place.unfinished", NULL);
    if (!searching && at.len > 0)
        typed = at;
    bool read = words.len > 0 && (chosen.len > 0 || searching || typed.len == 0)
                    ? parse_words(check, field, words, chosen, value)
                : chosen.len > 0 ? parse_chosen(check, field, chosen, value)
                                 : parse_geometry(check, field, typed, value);
    if (read && field->several)
        *value = as_collection(pool, *value);
    return read;
}

void epo_form_forget_search(struct epo_pool *pool, struct epo_json *raw, struct epo_span field) {
    static const char *const parts[] = {"q", "address", "at", "sketch"};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        epo_json_set_string(pool, raw, epo_pool_printf(pool, "%.*s.%s", EPO_ARG(field), parts[i]),
                            "");
}
