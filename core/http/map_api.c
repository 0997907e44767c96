/* The map for programs and for the picker: facts of a place, addresses, tiles. */
#include "base/limits.h"
#include "http/api_body.h"
#include "http/pages.h"
#include "http/tile_address.h"

static bool read_point(struct epo_request *request, struct epo_point *point) {
    return epo_span_real(epo_request_query(request, "lon"), &point->x) &&
           epo_span_real(epo_request_query(request, "lat"), &point->y);
}

static struct epo_response *cached_json(struct epo_request *request, const char *type,
                                        const struct epo_json *body, const char *age) {
    struct epo_response *response =
        epo_respond(request, 200, type, epo_json_print(request->pool, body));
    epo_response_header(response, "cache-control", epo_span(age));
    return response;
}

/* What the request asks about: a body, ?geometry= or ?lon=&lat=. NULL with the answer to give. */
static const struct epo_json *asked_geometry(struct epo_request *request,
                                             struct epo_response **refused) {
    struct epo_error error = {0};
    struct epo_point point;
    struct epo_span text = epo_request_query(request, "geometry");
    if (request->method == EPO_POST)
        return epo_api_body(request, refused);
    if (text.len == 0) {
        if (read_point(request, &point))
            return epo_geojson_point(request->pool, point);
        *refused = epo_api_problem(request, 400, "place.coordinates", "Bad Request",
                                   "lon and lat must be decimal degrees (EPSG:4326), or geometry "
                                   "a GeoJSON geometry.",
                                   NULL);
        return NULL;
    }
    const struct epo_json *geometry = epo_json_parse(request->pool, text, &error);
    if (geometry == NULL)
        *refused = epo_api_problem(
            request, 400, "place.coordinates", "Bad Request",
            epo_pool_printf(request->pool, "geometry: %s (%s)", error.text, error.where), NULL);
    return geometry;
}

/* ?shape=parcel, building or address: the one here with its geometry, to be chosen on a map. */
static bool add_shape(struct epo_request *request, const struct epo_place *place,
                      struct epo_json *facts, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_span kind = epo_request_query(request, "shape");
    const struct epo_json *address = epo_json_get(epo_json_get(facts, "address"), "id");
    struct epo_json *asked = epo_json_object(pool), *ids = epo_json_array(pool);
    struct epo_chosen chosen;
    bool of_address = epo_span_is(kind, "address");
    if (kind.len == 0)
        return true;
    if (!of_address && !epo_span_is(kind, "parcel") && !epo_span_is(kind, "building"))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "place.shape",
                        "shape must be parcel, building or address");
    epo_json_set_string(pool, asked, "type", "Feature");
    epo_json_set(pool, asked, "geometry", epo_geojson_point(pool, place->anchor_4326));
    struct epo_json *said = epo_json_set(pool, asked, "properties", epo_json_object(pool));
    epo_json_set_text(pool, said, "kind", kind);
    if (of_address && address != NULL)
        epo_json_push(pool, ids, epo_json_copy(pool, address));
    if (of_address)
        epo_json_set(pool, said, "ids", ids);
    struct epo_json *shape = epo_json_null(pool);
    bool none = of_address && address == NULL;
    if (!none && epo_chosen_read(request->portal->maps, pool, asked,
                                 EPO_ASKED_AREA | EPO_ASKED_ADDRESS, &chosen, error)) {
        shape = chosen.properties;
        epo_json_set(pool, shape, "geometry", chosen.geometry);
    } else if (!none && !epo_span_is(epo_span(error->code), "place.nothing_here")) {
        return false;
    }
    epo_json_set(pool, facts, "shape", shape);
    return true;
}

struct epo_response *epo_map_locate(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_response *response = NULL;
    struct epo_place place;
    struct epo_json *facts;
    const struct epo_json *geometry = asked_geometry(request, &response);
    if (geometry == NULL)
        return response;
    if (!epo_place_read(request->pool, geometry, &place, &error) ||
        !epo_locate(request->portal->maps, request->pool, &place, &facts, &error) ||
        !add_shape(request, &place, facts, &error))
        return epo_respond_error(request, &error, NULL);
    /* for the picker's panel: the same in words */
    if (epo_span_is(epo_request_query(request, "words"), "1"))
        epo_json_set(request->pool, facts, "words",
                     epo_form_words(request->pool, request->lang, request->portal->catalog, facts));
    response = cached_json(request, "application/json", facts,
                           request->method == EPO_POST ? "no-store" : "public, max-age=60");
    epo_response_header(response, "vary", EPO_SPAN("accept-language, cookie")); /* the words do */
    return response;
}

enum { LIMIT_DEFAULT = 10, LIMIT_MAX = 50, QUERY_BYTES_MAX = 200 };

static bool read_limit(struct epo_request *request, int64_t *limit, struct epo_response **refused) {
    struct epo_span text = epo_request_query(request, "limit");
    *limit = LIMIT_DEFAULT;
    if (text.len == 0 || (epo_span_integer(text, limit) && *limit >= 1 && *limit <= LIMIT_MAX))
        return true;
    *refused = epo_api_problem(request, 400, "addresses.limit", "Bad Request",
                               "limit must be a whole number from 1 to 50.", NULL);
    return false;
}

/* Names that the settings have in both languages are said in the request's. */
static struct epo_response *features_json(struct epo_request *request, struct epo_json *features) {
    const struct epo_json *list = epo_json_get(features, "features");
    for (uint32_t i = 0; i < list->count; i++) {
        struct epo_json *properties = epo_json_get(list->items[i], "properties");
        const struct epo_json *labels = epo_json_get(properties, "labels");
        if (labels != NULL)
            epo_json_set_text(request->pool, properties, "label",
                              epo_json_localized(labels, request->lang));
    }
    struct epo_response *response =
        cached_json(request, "application/geo+json", features, "public, max-age=60");
    epo_response_header(response, "vary", EPO_SPAN("accept-language, cookie"));
    return response;
}

struct epo_response *epo_map_addresses(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_response *refused;
    struct epo_point near;
    struct epo_json *features;
    int64_t limit;
    struct epo_span query = epo_request_query(request, "q");
    if (!read_limit(request, &limit, &refused))
        return refused;
    if (query.len > QUERY_BYTES_MAX)
        return epo_api_problem(request, 400, "addresses.query", "Bad Request",
                               "q must be at most 200 bytes.", NULL);
    if (!epo_addresses_search(request->portal->maps, request->pool, query, (int)limit,
                              read_point(request, &near) ? &near : NULL, &features, &error))
        return epo_respond_error(request, &error, NULL);
    return features_json(request, features);
}

struct epo_response *epo_map_reverse(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_response *refused;
    struct epo_point point;
    struct epo_json *features;
    int64_t limit;
    if (!read_limit(request, &limit, &refused))
        return refused;
    if (!read_point(request, &point))
        return epo_api_problem(request, 400, "place.coordinates", "Bad Request",
                               "lon and lat must be decimal degrees (EPSG:4326).", NULL);
    if (!epo_places_at(request->portal->maps, request->pool, point, (int)limit, &features, &error))
        return epo_respond_error(request, &error, NULL);
    return features_json(request, features);
}

/* "lon,lat;lon,lat": -1 where it is not such a list or has over `room` points. */
static int read_via(struct epo_span text, struct epo_point *via, int room) {
    int count = 0;
    while (text.len > 0) {
        struct epo_span rest, lat, point = epo_span_cut(text, ';', &rest);
        struct epo_span lon = epo_span_cut(point, ',', &lat);
        if (count == room || !epo_span_real(epo_span_trim(lon), &via[count].x) ||
            !epo_span_real(epo_span_trim(lat), &via[count].y))
            return -1;
        count++;
        text = rest;
    }
    return count;
}

struct epo_response *epo_map_route(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_point via[EPO_ROUTE_VIA_MAX];
    struct epo_json *route;
    int count = read_via(epo_request_query(request, "via"), via, EPO_ROUTE_VIA_MAX);
    if (count < 2)
        return epo_api_problem(request, 400, "route.via", "Bad Request",
                               "via must be 2 to 25 points: lon,lat;lon,lat in degrees "
                               "(EPSG:4326).",
                               NULL);
    if (!epo_route(request->portal->maps, request->pool, via, (size_t)count, &route, &error))
        return epo_respond_error(request, &error, NULL);
    return cached_json(request, "application/json", route, "public, max-age=60");
}

/* The map is public: pages of others may draw it. No cookie is read here. */
static struct epo_response *for_all(struct epo_response *response) {
    epo_response_header(response, "access-control-allow-origin", EPO_SPAN("*"));
    return response;
}

struct epo_response *epo_map_tilejson(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_json *tilejson;
    if (!epo_tilejson(request->portal->maps, request->pool, epo_span(epo_page_own_address(request)),
                      &tilejson, &error))
        return epo_respond_error(request, &error, NULL);
    return for_all(cached_json(request, "application/json", tilejson, "no-cache"));
}

/* The map's looks for programs that read MapLibre styles: style-light.json and its sisters. */
struct epo_response *epo_map_style(struct epo_request *request) {
    struct epo_span name = request->captures[0], prefix = EPO_SPAN("style-");
    const struct epo_json *style = NULL;
    if (epo_span_starts(name, prefix) && name.len > 11 &&
        memcmp(name.at + name.len - 5, ".json", 5) == 0)
        style = epo_json_get_span(epo_page_app(request)->map_styles,
                                  (struct epo_span){name.at + 6, name.len - 11});
    if (style == NULL)
        return epo_api_problem(request, 404, "style.unknown", "Not Found",
                               "Styles are style-light.json, style-dark.json and "
                               "style-contrast.json.",
                               NULL);
    struct epo_json *own = epo_json_copy(request->pool, style);
    epo_json_set_string(
        request->pool, epo_json_find(own, "sources.city"), "url",
        epo_pool_printf(request->pool, "%s/tiles/city.json", epo_page_own_address(request)));
    return for_all(cached_json(request, "application/json", own, "public, max-age=300"));
}

/* On the loop. A tile never changes under one version, which TileJSON puts behind ?v=: with it the
 * bytes may be kept for ever. */
struct epo_response *epo_map_tile(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_tile tile;
    struct epo_response *response;
    int64_t at[3];
    bool found = false;
    if (!epo_tile_address(request->captures, ".mvt", at))
        return epo_api_problem(request, 400, "tile.address", "Bad Request",
                               "A tile is /tiles/city/{z}/{x}/{y}.mvt.", NULL);
    struct epo_span version = epo_tiles_version(request->portal->maps, request->pool);
    struct epo_span etag = epo_span(epo_pool_printf(request->pool, "\"%.*s\"", EPO_ARG(version)));
    bool same = epo_span_equal(epo_request_header(request, "if-none-match"), etag);
    if (same) {
        response = epo_respond(request, 304, "application/vnd.mapbox-vector-tile", EPO_SPAN(""));
    } else {
        if (!epo_tiles_get(request->portal->maps, (int)at[0], (int)at[1], (int)at[2], &tile, &found,
                           &error))
            return epo_respond_error(request, &error, NULL);
        struct epo_span bytes = {"", 0};
        if (found) {
            bytes = epo_pool_copy(request->pool, (struct epo_span){tile.at, tile.len});
            epo_tile_release(&tile);
        }
        response =
            epo_respond(request, found ? 200 : 204, "application/vnd.mapbox-vector-tile", bytes);
        if (found)
            epo_response_header(response, "content-encoding", EPO_SPAN("gzip"));
    }
    bool named = version.len && epo_span_equal(epo_request_query(request, "v"), version);
    epo_response_header(for_all(response), "etag", etag);
    epo_response_header(response, "cache-control",
                        named ? EPO_SPAN("public, max-age=31536000, immutable")
                              : EPO_SPAN("public, max-age=300"));
    return response;
}
