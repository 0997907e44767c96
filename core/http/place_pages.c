/* Place first: a spot of the city, what the city knows about it, and what can be settled there. The
 * map of the page fetches this same page for every spot and takes its part "here". */
#include "http/pages.h"

#include "base/clock.h"
#include "maps/look.h"
#include "portal/published.h"
#include "portal/routing.h"

enum { FOUND_MAX = 10, AT_ADDRESS_M = 30, NEARBY_MAX = 10, NEARBY_BYTES_MAX = 1 << 20 };
/* About 150 m to each side at the latitude of Czechia. */
#define NEARBY_LON 0.0021
#define NEARBY_LAT 0.00135

/* A coordinate as it goes into an address: 7 decimals are a centimetre. */
static const char *place_of(struct epo_pool *pool, struct epo_point at) {
    return epo_pool_printf(pool, "%.7f,%.7f", at.x, at.y);
}

bool epo_page_place(struct epo_request *request, struct epo_point *at) {
    struct epo_span rest, lon = epo_span_cut(epo_request_query(request, "place"), ',', &rest);
    return epo_span_real(lon, &at->x) && epo_span_real(rest, &at->y);
}

static struct epo_json *forms_of(struct epo_request *request, const struct epo_agenda *agenda) {
    struct epo_pool *pool = request->pool;
    struct epo_json *forms = epo_json_array(pool);
    for (size_t i = 0; i < epo_agenda_form_count(agenda); i++) {
        const struct epo_form *form = epo_agenda_form(agenda, i);
        struct epo_json *row = epo_json_object(pool);
        bool has_place = epo_form_place_field(form) != NULL;
        epo_json_set_text(pool, row, "title", epo_form_title(form, request->lang));
        epo_json_set_string(
            pool, row, "url",
            epo_pool_printf(pool, "/agendas/%s/%s", epo_agenda_name(agenda), epo_form_id(form)));
        epo_json_set_boolean(pool, row, "has_place", has_place);
        epo_json_push(pool, forms, row);
    }
    return forms;
}

/* False where a rule takes too many steps. */
static bool agendas_at(struct epo_request *request, const struct epo_json *facts,
                       struct epo_json *rows, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_agenda **agendas = EPO_NEW_ARRAY(pool, struct epo_agenda *, EPO_AGENDAS_MAX);
    size_t count = epo_registry_list(epo_page_app(request)->registry, agendas, EPO_AGENDAS_MAX);
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        bool applies = false;
        good = good && epo_agenda_applies(agendas[i], pool, facts, &applies, error);
        if (good && applies) {
            const struct epo_json *manifest = epo_agenda_manifest(agendas[i]);
            struct epo_json *row = epo_json_object(pool);
            epo_json_set_text(pool, row, "title", epo_agenda_title(agendas[i], request->lang));
            epo_json_set_text(pool, row, "summary",
                              epo_json_localized(epo_json_get(manifest, "summary"), request->lang));
            epo_json_set_string(pool, row, "url",
                                epo_pool_printf(pool, "/agendas/%s", epo_agenda_name(agendas[i])));
            epo_json_set(pool, row, "forms", forms_of(request, agendas[i]));
            epo_json_push(pool, rows, row);
        }
        epo_agenda_release(agendas[i]);
    }
    return good;
}

/* The office of the district that the place lies in. */
static struct epo_json *office_at(struct epo_request *request, const struct epo_json *facts) {
    struct epo_span district = epo_json_get_text(epo_json_get(facts, "district"), "code");
    return epo_page_office(request, epo_routing_office(epo_portal_settings(request->portal),
                                                       EPO_SPAN("district"), district));
}

/* Permits in force and public requests around the spot: [{"title","text"}], newest first. */
static bool nearby(struct epo_request *request, struct epo_point at, const char *layer,
                   struct epo_json *rows, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_buffer out;
    char today[EPO_TIME_SIZE];
    struct epo_live_query query = {.layer = epo_span(layer),
                                   .west = at.x - NEARBY_LON,
                                   .south = at.y - NEARBY_LAT,
                                   .east = at.x + NEARBY_LON,
                                   .north = at.y + NEARBY_LAT,
                                   .today = epo_span(epo_date_iso(epo_clock_today(), today)),
                                   .limit = NEARBY_MAX,
                                   .lang = request->lang};
    epo_buffer_init(&out, NEARBY_BYTES_MAX);
    bool good = epo_published_write(request->portal, request->db, &query, &out, error);
    struct epo_json *found =
        good && !out.failed ? epo_json_parse(pool, epo_buffer_get(&out), error) : NULL;
    epo_buffer_clear(&out);
    const struct epo_json *features = epo_json_get(found, "features");
    for (uint32_t i = 0; features != NULL && i < features->count; i++) {
        const struct epo_json *properties = epo_json_get(features->items[i], "properties");
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(pool, row, "title", epo_json_get_text(properties, "title"));
        epo_json_set_text(pool, row, "text", epo_json_get_text(properties, "text"));
        epo_json_push(pool, rows, row);
    }
    return good;
}

/* An address only where the spot is as good as at it. */
static struct epo_span title_of(const struct epo_json *facts) {
    const struct epo_json *address = epo_json_get(facts, "address");
    struct epo_span public_space = epo_json_get_text(epo_json_get(facts, "public_space"), "name");
    struct epo_span text = epo_json_get_text(address, "text");
    if (public_space.len > 0)
        return public_space;
    if (text.len > 0 && epo_json_get_real(address, "distance_m", 0) <= AT_ADDRESS_M)
        return text;
    return epo_json_get_text(epo_json_get(facts, "district"), "name");
}

/* What stands under "here". False when something broke; what is wrong with the spot is a "trouble"
 * of the model, for the citizen. */
static bool describe(struct epo_request *request, struct epo_point at, struct epo_json *model,
                     struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_place place;
    struct epo_json *facts, *geometry = epo_geojson_point(pool, at), *here;
    const struct epo_catalog *catalog = request->portal->catalog;
    if (!epo_place_read(pool, geometry, &place, error) ||
        !epo_locate(request->portal->maps, pool, &place, &facts, error)) {
        epo_json_set_text(pool, model, "trouble",
                          epo_page_error_text(request, error, "place_first.nowhere"));
        return error->kind == EPO_ERROR_BAD_INPUT;
    }
    epo_json_set_text(pool, model, "geojson", epo_json_print(pool, geometry));
    if (!epo_json_get_boolean(facts, "in_city", true)) {
        epo_json_set_text(pool, model, "trouble", epo_page_text(request, "place_first.outside"));
        return true;
    }
    here = epo_json_set(pool, model, "here", epo_json_object(pool));
    epo_json_set_text(pool, here, "title", title_of(facts));
    epo_json_set(pool, here, "words", epo_form_words(pool, request->lang, catalog, facts));
    epo_json_set(pool, here, "office", office_at(request, facts));
    struct epo_json *around = epo_json_set(pool, here, "nearby", epo_json_array(pool));
    return nearby(request, at, "permits", around, error) &&
           nearby(request, at, "requests", around, error) &&
           agendas_at(request, facts, epo_json_set(pool, here, "agendas", epo_json_array(pool)),
                      error);
}

static bool search(struct epo_request *request, struct epo_span query, struct epo_json *model,
                   struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_json *features, *found = epo_json_set(pool, model, "found", epo_json_array(pool));
    if (!epo_addresses_search(request->portal->maps, pool, query, FOUND_MAX, NULL, &features,
                              error))
        return error->kind == EPO_ERROR_BAD_INPUT;
    const struct epo_json *list = epo_json_get(features, "features");
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        const struct epo_json *feature = list->items[i], *properties, *pair;
        properties = epo_json_get(feature, "properties");
        pair = epo_json_get(epo_json_get(feature, "geometry"), "coordinates");
        if (pair == NULL || pair->count < 2)
            continue;
        struct epo_json *row = epo_json_object(pool);
        struct epo_span name =
            epo_json_localized(epo_json_get(properties, "labels"), request->lang);
        epo_json_set_text(pool, row, "label",
                          name.len > 0 ? name : epo_json_get_text(properties, "label"));
        epo_json_set_text(pool, row, "district", epo_json_get_text(properties, "district"));
        epo_json_set_text(pool, row, "id", epo_json_get_text(feature, "id"));
        epo_json_set_string(pool, row, "place",
                            place_of(pool, (struct epo_point){epo_json_number(pair->items[0]),
                                                              epo_json_number(pair->items[1])}));
        epo_json_push(pool, found, row);
    }
    return true;
}

/* ---- without a script: a picture of the map to click into and to look around in ---- */

static void look_of(struct epo_request *request, const struct epo_point *at,
                    struct epo_look *look) {
    if (epo_look_read(epo_request_query(request, "view"), look))
        return;
    epo_look_city(request->portal->maps, request->pool, look);
    if (at != NULL)
        epo_look_at(look, *at);
}

/* A click into the picture or its cross chose a spot: NULL where none was. */
static struct epo_response *go_to_chosen(struct epo_request *request, struct epo_look look) {
    struct epo_pool *pool = request->pool;
    struct epo_point spot = look.center;
    struct epo_span lang = epo_request_query(request, "lang");
    bool cross = epo_span_is(epo_request_query(request, "step"), "cross");
    if (!cross && !epo_look_clicked(&look, epo_request_query(request, "map.x"),
                                    epo_request_query(request, "map.y"), &spot))
        return NULL;
    if (look.zoom < EPO_LOOK_ZOOM_NEAR)
        epo_look_at(&look, spot);
    bool known = epo_span_is(lang, "cs") || epo_span_is(lang, "en");
    return epo_respond_redirect(
        request, 303,
        epo_span(epo_pool_printf(pool, "/place?place=%s&view=%s%s%.*s#here", place_of(pool, spot),
                                 epo_look_write(pool, &look), known ? "&lang=" : "",
                                 known ? (int)lang.len : 0, lang.at)));
}

static void show_look(struct epo_request *request, const struct epo_look *look,
                      const struct epo_point *at, struct epo_json *model) {
    struct epo_pool *pool = request->pool;
    const struct epo_catalog *catalog = request->portal->catalog;
    struct epo_place place;
    struct epo_json *facts, *values = epo_json_object(pool);
    struct epo_span where = epo_page_text(request, "place_first.nowhere");
    if (epo_place_read(pool, epo_geojson_point(pool, look->center), &place, NULL) &&
        epo_locate(request->portal->maps, pool, &place, &facts, NULL))
        where = epo_form_words_line(pool, request->lang, catalog, facts);
    epo_json_set_text(pool, values, "where", where);
    epo_json_set_text(pool, values, "width",
                      epo_form_number(pool, request->lang, epo_look_width_m(look), 0));
    epo_json_set_text(pool, model, "cross", where);
    epo_json_set_text(
        pool, model, "picture_text",
        epo_catalog_format(catalog, pool, request->lang, "place_first.picture", values));
    epo_json_set_string(pool, model, "view", epo_look_write(pool, look));
    epo_json_set_string(pool, model, "picture",
                        epo_look_url(pool, look, at != NULL ? epo_geojson_point(pool, *at) : NULL));
    epo_json_set_integer(pool, model, "width", EPO_LOOK_WIDTH);
    epo_json_set_integer(pool, model, "height", EPO_LOOK_HEIGHT);
}

struct epo_response *epo_place_get(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_point at;
    struct epo_look look;
    struct epo_json *model = epo_json_object(pool);
    struct epo_span query = epo_span_trim(epo_request_query(request, "q"));
    struct epo_span step = epo_request_query(request, "step");
    bool named = epo_page_place(request, &at);
    look_of(request, named ? &at : NULL, &look);
    struct epo_response *chosen = go_to_chosen(request, look);
    if (chosen != NULL)
        return chosen;
    if (epo_span_is(step, "city"))
        epo_look_city(request->portal->maps, pool, &look);
    else
        epo_look_step(&look, step);
    epo_json_set_boolean(pool, model, "moved", step.len > 0);
    epo_json_set_text(pool, model, "found_id", epo_request_query(request, "found"));
    epo_json_set_string(pool, model, "spot", named ? place_of(pool, at) : "");
    show_look(request, &look, named ? &at : NULL, model);
    epo_json_set_text(pool, model, "query", query);
    epo_json_set_string(pool, model, "trouble", "");
    epo_json_set_string(pool, model, "geojson", "");
    epo_json_set_boolean(pool, model, "searched", !named && query.len > 0);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "place_first.title"));
    if (named ? !describe(request, at, model, &error)
              : query.len > 0 && !search(request, query, model, &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_response *response = epo_respond_page(request, 200, "web/place", model);
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-cache"));
    return response;
}
