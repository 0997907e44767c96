/* Live layers of the map, for everybody: permits in force, public requests, offices. GeoJSON by
 * box, with a tag by content, so that a map that asks again gets a 304. */
#include "base/clock.h"
#include "base/token.h"
#include "http/internal.h"
#include "http/pages.h"
#include "plugin/public.h"
#include "portal/background.h"
#include "portal/published.h"

enum { LIMIT_DEFAULT = 500, BODY_BYTES_MAX = 16 << 20 };

static struct epo_response *for_all(struct epo_request *request, struct epo_span body,
                                    const char *type) {
    char digest[EPO_SHA256_HEX_SIZE];
    struct epo_response *response = epo_respond(request, 200, type, body);
    epo_sha256_hex(body, digest);
    epo_response_header(response, "etag",
                        epo_span(epo_pool_printf(request->pool, "\"%.32s\"", digest)));
    epo_response_header(response, "cache-control", EPO_SPAN("public, no-cache"));
    epo_response_header(response, "access-control-allow-origin", EPO_SPAN("*"));
    return response;
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

static struct epo_json *office_feature(struct epo_request *request, const struct epo_json *office,
                                       struct epo_point at) {
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

static struct epo_response *offices(struct epo_request *request, const struct epo_live_query *q) {
    struct epo_pool *pool = request->pool;
    struct epo_json *all = epo_json_object(pool), *features = epo_json_array(pool);
    const struct epo_json *list = offices_of(request);
    int64_t matched = 0;
    struct epo_point at;
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        if (!office_point(list->items[i], &at) || at.x < q->west || at.x > q->east ||
            at.y < q->south || at.y > q->north)
            continue;
        if (matched++ < q->limit)
            epo_json_push(pool, features, office_feature(request, list->items[i], at));
    }
    int64_t returned = features->count;
    epo_json_set_string(pool, all, "type", "FeatureCollection");
    epo_json_set(pool, all, "features", features);
    epo_json_set_integer(pool, all, "numberMatched", matched);
    epo_json_set_integer(pool, all, "numberReturned", returned);
    return for_all(request, epo_json_print(pool, all), "application/geo+json");
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
    if (!epo_span_is(layer, "permits") && !epo_span_is(layer, "requests"))
        return epo_api_problem(request, 404, "layer.unknown", "Not Found",
                               "Layers are permits, requests and offices.", NULL);
    q.layer = layer;
    q.today = epo_span(epo_date_iso(epo_clock_today(), today));
    q.lang = request->lang;
    epo_buffer_init(&body, BODY_BYTES_MAX);
    bool ok = epo_published_write(request->portal, request->db, &q, &body, &error) &&
              (!body.failed || epo_fail(&error, EPO_ERROR_TOO_LARGE, "layer.too_large",
                                        "ask for a smaller box or fewer features"));
    struct epo_span text = ok ? epo_pool_copy(request->pool, epo_buffer_get(&body)) : EPO_SPAN("");
    epo_buffer_clear(&body);
    return ok ? for_all(request, text, "application/geo+json")
              : epo_respond_error(request, &error, NULL);
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
    epo_json_set(
        pool, offer, "backgrounds",
        epo_backgrounds_describe(pool, epo_portal_settings(request->portal), request->lang));
    epo_json_set(pool, offer, "layers", layers);
    return for_all(request, epo_json_print(pool, offer), "application/json");
}
