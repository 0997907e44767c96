/* Live layers of the map, for everybody: permits in force, public requests, offices with their
 * queues. GeoJSON by box or vector tiles; with a tag by the layer's version (of offices by
 * content), so that a map that asks again gets a 304. */
#include "base/clock.h"
#include "base/token.h"
#include "http/internal.h"
#include "http/organizations.h"
#include "http/pages.h"
#include "http/tile_address.h"
#include "maps/live_tile.h"
#include "plugin/public.h"
#include "portal/background.h"
#include "portal/casework.h"
#include "portal/published.h"

enum { LIMIT_DEFAULT = 500, BODY_BYTES_MAX = 16 << 20 };

static const char GEOJSON[] = "application/geo+json";
static const char MVT[] = "application/vnd.mapbox-vector-tile";

static struct epo_response *for_all_as(struct epo_request *request, int status,
                                       struct epo_span body, const char *type,
                                       struct epo_span etag) {
    struct epo_response *response = epo_respond(request, status, type, body);
    epo_response_header(response, "etag", etag);
    epo_response_header(response, "cache-control", EPO_SPAN("public, no-cache"));
    epo_response_header(response, "access-control-allow-origin", EPO_SPAN("*"));
    return response;
}

static struct epo_response *for_all(struct epo_request *request, struct epo_span body,
                                    const char *type) {
    char digest[EPO_SHA256_HEX_SIZE];
    epo_sha256_hex(body, digest);
    return for_all_as(request, 200, body, type,
                      epo_span(epo_pool_printf(request->pool, "\"%.32s\"", digest)));
}

struct epo_response *epo_layer_for_all(struct epo_request *request, struct epo_span geojson) {
    return for_all(request, geojson, GEOJSON);
}

/* Of a layer on this day in this language; with it an unchanged layer is not read at all. */
static bool tag_of(struct epo_request *request, const struct epo_live_query *q,
                   struct epo_span *etag, struct epo_error *error) {
    int64_t version;
    if (!epo_published_version(request->portal, request->db, q->layer, &version, error))
        return false;
    *etag = epo_span(epo_pool_printf(request->pool, "\"%lld-%.*s-%s\"", (long long)version,
                                     EPO_ARG(q->today), q->lang));
    return true;
}

static bool is_fresh(const struct epo_request *request, struct epo_span etag) {
    struct epo_span match = epo_request_header(request, "if-none-match");
    return match.len > 0 && memmem(match.at, match.len, etag.at, etag.len) != NULL;
}

/* ---- offices ---- */

/* Lon and lat of the settings; false without them. */
static bool office_point(const struct epo_json *office, struct epo_point *at) {
    const struct epo_json *point = epo_json_get(office, "point");
    if (point == NULL || point->type != EPO_JSON_ARRAY || point->count != 2)
        return false;
    *at = (struct epo_point){epo_json_number(point->items[0]), epo_json_number(point->items[1])};
    return true;
}

/* "waiting" and "begun", and in words behind the address. */
static bool set_queue(struct epo_request *request, struct epo_json *properties,
                      struct epo_span office, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_queue queue;
    struct epo_json *values = epo_json_object(pool);
    if (!epo_casework_queue(request->portal, request->db, office, &queue, error))
        return false;
    epo_json_set_integer(pool, properties, "waiting", queue.waiting);
    epo_json_set_integer(pool, properties, "begun", queue.begun);
    epo_json_set_integer(pool, values, "waiting", queue.waiting);
    epo_json_set_integer(pool, values, "begun", queue.begun);
    struct epo_span words =
        epo_catalog_format(request->portal->catalog, pool, request->lang, "layer.queue", values);
    struct epo_span address = epo_json_get_text(properties, "text");
    epo_json_set_string(pool, properties, "text",
                        epo_pool_printf(pool, "%.*s%s%.*s", EPO_ARG(address),
                                        address.len > 0 ? " · " : "", EPO_ARG(words)));
    return true;
}

/* NULL where the database fails. */
static struct epo_json *office_feature(struct epo_request *request, const struct epo_json *office,
                                       struct epo_point at, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_json *feature = epo_json_object(pool);
    struct epo_json *properties = epo_json_object(pool);
    const struct epo_json *known = epo_page_office(request, epo_json_get_text(office, "id"));
    epo_json_set_text(pool, properties, "title", epo_json_get_text(known, "name"));
    epo_json_set_text(pool, properties, "text", epo_json_get_text(known, "address"));
    for (uint32_t i = 0; i < known->count; i++)
        if (known->items[i]->text.len > 0 && !epo_span_is(known->names[i], "name"))
            epo_json_set(pool, properties, epo_pool_string(pool, known->names[i]),
                         epo_json_copy(pool, known->items[i]));
    if (!set_queue(request, properties, epo_json_get_text(office, "id"), error))
        return NULL;
    epo_json_set_string(pool, feature, "type", "Feature");
    epo_json_set(pool, feature, "geometry", epo_geojson_point(pool, at));
    epo_json_set(pool, feature, "properties", properties);
    return feature;
}

static const struct epo_json *offices_of(const struct epo_request *request) {
    return epo_json_get(epo_portal_settings(request->portal), "offices");
}

static bool has_offices(const struct epo_request *request) {
    const struct epo_json *offices = offices_of(request);
    struct epo_point at;
    for (uint32_t i = 0; offices != NULL && i < offices->count; i++)
        if (office_point(offices->items[i], &at))
            return true;
    return false;
}

/* Those in the box, up to the limit; NULL where the database fails. */
static struct epo_json *offices_in(struct epo_request *request, const struct epo_live_query *q,
                                   int64_t *matched, struct epo_error *error) {
    struct epo_json *features = epo_json_array(request->pool);
    const struct epo_json *list = offices_of(request);
    struct epo_point at;
    *matched = 0;
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        if (!office_point(list->items[i], &at) || at.x < q->west || at.x > q->east ||
            at.y < q->south || at.y > q->north || (*matched)++ >= q->limit)
            continue;
        struct epo_json *feature = office_feature(request, list->items[i], at, error);
        if (feature == NULL)
            return NULL;
        epo_json_push(request->pool, features, feature);
    }
    return features;
}

static struct epo_response *offices(struct epo_request *request, const struct epo_live_query *q) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    int64_t matched;
    struct epo_json *all = epo_json_object(pool);
    struct epo_json *features = offices_in(request, q, &matched, &error);
    if (features == NULL)
        return epo_respond_error(request, &error, NULL);
    int64_t returned = features->count;
    epo_json_set_string(pool, all, "type", "FeatureCollection");
    epo_json_set(pool, all, "features", features);
    epo_json_set_integer(pool, all, "numberMatched", matched);
    epo_json_set_integer(pool, all, "numberReturned", returned);
    return for_all(request, epo_json_print(pool, all), GEOJSON);
}

/* ---- what is asked for ---- */

static bool read_box(struct epo_span text, struct epo_live_query *q) {
    double *const sides[] = {&q->west, &q->south, &q->east, &q->north};
    if (text.len == 0) {
        *q = (struct epo_live_query){.west = -180, .south = -90, .east = 180, .north = 90};
        return true;
    }
    for (int i = 0; i < 4; i++)
        if (!epo_span_real(epo_span_trim(epo_span_cut(text, ',', &text)), sides[i]))
            return false;
    return text.len == 0 && q->west <= q->east && q->south <= q->north && q->west >= -180 &&
           q->east <= 180 && q->south >= -90 && q->north <= 90;
}

static bool read_limit(struct epo_span text, int *limit) {
    int64_t value = LIMIT_DEFAULT;
    if (text.len > 0 && !epo_span_integer(text, &value))
        return false;
    *limit = (int)value;
    return value >= 1 && value <= EPO_LIVE_MOST;
}

static bool is_live(struct epo_span layer) {
    return epo_span_is(layer, "permits") || epo_span_is(layer, "requests") ||
           epo_span_is(layer, "offices");
}

static struct epo_response *no_layer(struct epo_request *request) {
    return epo_api_problem(request, 404, "layer.unknown", "Not Found",
                           "Layers are permits, requests and offices.", NULL);
}

struct epo_response *epo_layer_get(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_live_query q = {0};
    struct epo_buffer body;
    struct epo_span layer = request->captures[0];
    char today[EPO_TIME_SIZE];
    if (!read_box(epo_request_query(request, "bbox"), &q) ||
        !read_limit(epo_request_query(request, "limit"), &q.limit))
        return epo_api_problem(request, 400, "layer.question", "Bad Request",
                               "bbox is west,south,east,north in degrees (EPSG:4326), limit a "
                               "whole number from 1 to 1000.",
                               NULL);
    if (epo_span_is(layer, "offices"))
        return offices(request, &q);
    if (!is_live(layer)) {
        const double box[] = {q.west, q.south, q.east, q.north};
        struct epo_response *response = epo_organization_layer_get(request, box, q.limit);
        return response != NULL ? response : no_layer(request);
    }
    q.layer = layer;
    q.today = epo_span(epo_date_iso(epo_clock_today(), today));
    q.lang = request->lang;
    struct epo_span etag, text = EPO_SPAN("");
    if (!tag_of(request, &q, &etag, &error))
        return epo_respond_error(request, &error, NULL);
    if (is_fresh(request, etag))
        return for_all_as(request, 200, text, GEOJSON, etag);
    epo_buffer_init(&body, BODY_BYTES_MAX);
    bool ok = epo_published_write(request->portal, request->db, &q, &body, &error) &&
              (!body.failed || epo_fail(&error, EPO_ERROR_TOO_LARGE, "layer.too_large",
                                        "ask for a smaller box or fewer features"));
    if (ok)
        text = epo_pool_copy(request->pool, epo_buffer_get(&body));
    epo_buffer_clear(&body);
    return ok ? for_all_as(request, 200, text, GEOJSON, etag)
              : epo_respond_error(request, &error, NULL);
}

/* ---- as vector tiles ---- */

struct epo_response *epo_live_tilejson(struct epo_request *request) {
    static const char *const WORDS[] = {"title", "text", "agenda", "form", "state"};
    static const char *const CONTACTS[] = {"id",    "title", "text", "address",
                                           "hours", "phone", "email"};
    struct epo_pool *pool = request->pool;
    struct epo_span name = request->captures[0];
    struct epo_span layer = {name.at, name.len > 5 ? name.len - 5 : 0};
    if (!is_live(layer) || memcmp(name.at + layer.len, ".json", 5) != 0)
        return no_layer(request);
    struct epo_json *all = epo_json_object(pool), *vector = epo_json_object(pool);
    bool of_offices = epo_span_is(layer, "offices");
    epo_json_set_string(pool, all, "tilejson", "3.0.0");
    epo_json_set_text(pool, all, "name",
                      epo_page_text(request, epo_pool_printf(pool, "layer.%.*s", EPO_ARG(layer))));
    epo_json_push(
        pool, epo_json_set(pool, all, "tiles", epo_json_array(pool)),
        epo_json_string(pool, epo_pool_printf(pool, "%s/tiles/live/%.*s/{z}/{x}/{y}.mvt?lang=%s",
                                              epo_page_own_address(request), EPO_ARG(layer),
                                              request->lang)));
    epo_json_set_integer(pool, all, "minzoom", 0);
    epo_json_set_integer(pool, all, "maxzoom", EPO_LIVE_TILE_ZOOM_MAX);
    epo_json_set_text(pool, vector, "id", layer);
    struct epo_json *fields = epo_json_set(pool, vector, "fields", epo_json_object(pool));
    for (size_t i = 0; i < (of_offices ? sizeof CONTACTS : sizeof WORDS) / sizeof *WORDS; i++)
        epo_json_set_string(pool, fields, of_offices ? CONTACTS[i] : WORDS[i], "String");
    if (of_offices) {
        epo_json_set_string(pool, fields, "waiting", "Number");
        epo_json_set_string(pool, fields, "begun", "Number");
    }
    epo_json_push(pool, epo_json_set(pool, all, "vector_layers", epo_json_array(pool)), vector);
    return for_all(request, epo_json_print(pool, all), "application/json");
}

struct drawing {
    struct epo_pool *pool;
    struct epo_live_tile *tile;
};
static void draw_row(struct epo_span geometry, struct epo_span words, void *arg) {
    struct drawing *drawing = arg;
    epo_live_tile_add(drawing->tile, epo_json_parse(drawing->pool, geometry, NULL),
                      epo_json_parse(drawing->pool, words, NULL));
}

static bool draw_offices(struct epo_request *request, const struct epo_live_query *q,
                         struct epo_live_tile *tile, struct epo_error *error) {
    int64_t matched;
    const struct epo_json *features = offices_in(request, q, &matched, error);
    for (uint32_t i = 0; features != NULL && i < features->count; i++)
        epo_live_tile_add(tile, epo_json_get(features->items[i], "geometry"),
                          epo_json_get(features->items[i], "properties"));
    return features != NULL;
}

static struct epo_response *draw_tile(struct epo_request *request, const struct epo_live_query *q,
                                      const int64_t at[3]) {
    struct epo_error error = {0};
    struct epo_span etag = {"", 0}, bytes = {"", 0};
    bool of_offices = epo_span_is(q->layer, "offices");
    if (!of_offices && !tag_of(request, q, &etag, &error))
        return epo_respond_error(request, &error, NULL);
    if (!of_offices && is_fresh(request, etag))
        return for_all_as(request, 200, bytes, MVT, etag);
    struct drawing drawing = {
        request->pool, epo_live_tile_begin(request->pool, epo_pool_string(request->pool, q->layer),
                                           (int)at[0], at[1], at[2])};
    bool ok = of_offices
                  ? draw_offices(request, q, drawing.tile, &error)
                  : epo_published_show(request->portal, request->db, q, draw_row, &drawing, &error);
    if (!epo_live_tile_end(drawing.tile, &bytes) && ok)
        ok = epo_fail(&error, EPO_ERROR_TOO_LARGE, "layer.too_large", "ask for a nearer zoom");
    if (!ok)
        return epo_respond_error(request, &error, NULL);
    if (of_offices && bytes.len > 0)
        return for_all(request, bytes, MVT);
    return for_all_as(request, bytes.len > 0 ? 200 : 204, bytes, MVT,
                      of_offices ? EPO_SPAN("\"empty\"") : etag);
}

struct epo_response *epo_live_tile(struct epo_request *request) {
    struct epo_span layer = request->captures[0];
    char today[EPO_TIME_SIZE];
    int64_t at[3];
    if (!is_live(layer))
        return no_layer(request);
    if (!epo_tile_address(request->captures + 1, ".mvt", at) || at[0] > EPO_LIVE_TILE_ZOOM_MAX ||
        at[1] >= 1LL << at[0] || at[2] >= 1LL << at[0])
        return epo_api_problem(request, 400, "tile.address", "Bad Request",
                               "A tile is /tiles/live/{layer}/{z}/{x}/{y}.mvt, z at most 20.",
                               NULL);
    struct epo_tile_sides sides = epo_live_tile_sides((int)at[0], at[1], at[2]);
    struct epo_live_query q = {.layer = layer,
                               .west = sides.west,
                               .south = sides.south,
                               .east = sides.east,
                               .north = sides.north,
                               .today = epo_span(epo_date_iso(epo_clock_today(), today)),
                               .limit = EPO_LIVE_MOST,
                               .lang = request->lang};
    return draw_tile(request, &q, at);
}

/* ---- what there is ---- */

bool epo_layer_is_fed(struct epo_request *request, const char *layer) {
    struct epo_agenda **agendas =
        EPO_NEW_ARRAY(request->pool, struct epo_agenda *, EPO_AGENDAS_MAX);
    size_t count = epo_registry_list(epo_page_app(request)->registry, agendas, EPO_AGENDAS_MAX);
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        found = found || epo_public_has(agendas[i], layer);
        epo_agenda_release(agendas[i]);
    }
    return found;
}

static void offer_layer(struct epo_request *request, struct epo_json *list, const char *id) {
    struct epo_pool *pool = request->pool;
    struct epo_json *one = epo_json_object(pool);
    epo_json_set_string(pool, one, "id", id);
    epo_json_set_text(pool, one, "title",
                      epo_page_text(request, epo_pool_printf(pool, "layer.%s", id)));
    epo_json_set_string(pool, one, "url",
                        epo_pool_printf(pool, "/api/v1/layers/%s?lang=%s", id, request->lang));
    epo_json_set_string(pool, one, "tiles",
                        epo_pool_printf(pool, "/tiles/live/%s.json?lang=%s", id, request->lang));
    epo_json_push(pool, list, one);
}

/* What a map can show beside the city: backgrounds and live layers. */
struct epo_response *epo_map_offer(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_json *offer = epo_json_object(pool), *layers = epo_json_array(pool);
    if (epo_layer_is_fed(request, "permits"))
        offer_layer(request, layers, "permits");
    if (epo_layer_is_fed(request, "requests"))
        offer_layer(request, layers, "requests");
    if (has_offices(request))
        offer_layer(request, layers, "offices");
    epo_organizations_offer(request, layers);
    epo_json_set(
        pool, offer, "backgrounds",
        epo_backgrounds_describe(pool, epo_portal_settings(request->portal), request->lang));
    epo_json_set(pool, offer, "layers", layers);
    return for_all(request, epo_json_print(pool, offer), "application/json");
}
