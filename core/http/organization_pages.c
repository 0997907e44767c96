/* Municipal organizations for everybody: the list, the page of one, its logo, and its layers on the
 * map. */
#include "http/organizations.h"

#include <stdio.h>

#include "base/limits.h"
#include "http/pages.h"
#include "plugin/organization.h"

static const struct epo_json *settings_of(const struct epo_request *request) {
    return epo_portal_settings(request->portal);
}

static const struct epo_json *named(struct epo_request *request) {
    return epo_organization_find(settings_of(request), request->captures[0]);
}

/* ---- pages ---- */

struct epo_json *epo_page_organization_row(struct epo_request *request,
                                           const struct epo_json *organization) {
    struct epo_pool *pool = request->pool;
    struct epo_json *row = epo_json_object(pool);
    struct epo_span name = epo_json_get_text(organization, "name");
    struct epo_span version = epo_json_get_text(organization, "version");
    epo_json_set_text(pool, row, "name", name);
    epo_json_set_text(pool, row, "version", version);
    epo_json_set_text(pool, row, "title",
                      epo_json_localized(epo_json_get(organization, "title"), request->lang));
    epo_json_set_text(pool, row, "summary",
                      epo_json_localized(epo_json_get(organization, "summary"), request->lang));
    epo_json_set_string(pool, row, "url",
                        epo_pool_printf(pool, "/organizations/%.*s", EPO_ARG(name)));
    if (epo_json_get(organization, "logo") != NULL)
        epo_json_set_string(pool, row, "logo",
                            epo_pool_printf(pool, "/organizations/%.*s/logo?v=%.*s", EPO_ARG(name),
                                            EPO_ARG(version)));
    return row;
}

struct epo_json *epo_page_organizations(struct epo_request *request) {
    const struct epo_json *all = epo_organizations_of(settings_of(request));
    struct epo_json *rows = epo_json_array(request->pool);
    for (uint32_t i = 0; all != NULL && i < all->count; i++)
        epo_json_push(request->pool, rows, epo_page_organization_row(request, all->items[i]));
    return rows;
}

struct epo_response *epo_organizations_get(struct epo_request *request) {
    struct epo_json *model = epo_json_object(request->pool);
    epo_json_set(request->pool, model, "organizations", epo_page_organizations(request));
    epo_json_set_text(request->pool, model, "page_title",
                      epo_page_text(request, "organizations.title"));
    epo_json_set_text(request->pool, model, "description",
                      epo_page_text(request, "organizations.lead"));
    struct epo_response *response = epo_respond_page(request, 200, "web/organizations", model);
    epo_response_cacheable(response);
    return response;
}

static struct epo_json *agendas_of(struct epo_request *request, struct epo_span name) {
    struct epo_pool *pool = request->pool;
    struct epo_agenda **agendas = EPO_NEW_ARRAY(pool, struct epo_agenda *, EPO_AGENDAS_MAX);
    size_t count = epo_registry_list(epo_page_app(request)->registry, agendas, EPO_AGENDAS_MAX);
    struct epo_json *rows = epo_json_array(pool);
    for (size_t i = 0; i < count; i++) {
        const struct epo_json *owner = epo_agenda_organization(agendas[i]);
        if (owner != NULL && epo_span_equal(epo_json_get_text(owner, "name"), name))
            epo_json_push(pool, rows, epo_page_agenda_row(request, agendas[i]));
        epo_agenda_release(agendas[i]);
    }
    return rows;
}

static struct epo_json *offices_of(struct epo_request *request,
                                   const struct epo_json *organization) {
    const struct epo_json *offices = epo_json_get(organization, "offices");
    struct epo_json *rows = epo_json_array(request->pool);
    for (uint32_t i = 0; i < offices->count; i++)
        epo_json_push(request->pool, rows,
                      epo_page_office(request, epo_json_get_text(offices->items[i], "id")));
    return rows;
}

static struct epo_json *paragraphs_of(struct epo_request *request,
                                      const struct epo_json *organization) {
    const struct epo_json *about = epo_json_get(organization, "about");
    struct epo_json *rows = epo_json_array(request->pool);
    for (uint32_t i = 0; about != NULL && i < about->count; i++)
        epo_json_push(
            request->pool, rows,
            epo_json_text(request->pool, epo_json_localized(about->items[i], request->lang)));
    return rows;
}

/* Its layers in words: what a map shows is also read. */
static struct epo_json *layers_of(struct epo_request *request,
                                  const struct epo_json *organization) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *layers = epo_json_get(organization, "layers");
    struct epo_json *rows = epo_json_array(pool);
    for (uint32_t l = 0; l < layers->count; l++) {
        const struct epo_json *features = epo_json_get(layers->items[l], "features");
        struct epo_json *row = epo_json_object(pool), *list = epo_json_array(pool);
        for (uint32_t i = 0; features != NULL && i < features->count; i++) {
            const struct epo_json *said = epo_json_get(features->items[i], "properties");
            struct epo_json *one = epo_json_object(pool);
            epo_json_set_text(pool, one, "title",
                              epo_json_localized(epo_json_get(said, "title"), request->lang));
            epo_json_set_text(pool, one, "text",
                              epo_json_localized(epo_json_get(said, "text"), request->lang));
            epo_json_push(pool, list, one);
        }
        epo_json_set_text(
            pool, row, "title",
            epo_json_localized(epo_json_get(layers->items[l], "title"), request->lang));
        epo_json_set(pool, row, "features", list);
        epo_json_push(pool, rows, row);
    }
    return rows;
}

struct epo_response *epo_organization_get(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *organization = named(request);
    if (organization == NULL)
        return epo_page_not_found(request);
    struct epo_json *model = epo_json_object(pool);
    struct epo_json *row = epo_page_organization_row(request, organization);
    const struct epo_json *contact = epo_json_get(organization, "contact");
    epo_json_set(pool, row, "about", paragraphs_of(request, organization));
    epo_json_set(pool, row, "agendas", agendas_of(request, epo_json_get_text(row, "name")));
    epo_json_set(pool, row, "offices", offices_of(request, organization));
    epo_json_set(pool, row, "layers", layers_of(request, organization));
    if (contact != NULL)
        epo_json_set(pool, row, "contact", epo_json_copy(pool, contact));
    epo_json_set(pool, model, "organization", row);
    epo_json_set_text(pool, model, "page_title", epo_json_get_text(row, "title"));
    epo_json_set_text(pool, model, "description", epo_json_get_text(row, "summary"));
    struct epo_response *response = epo_respond_page(request, 200, "web/organization", model);
    epo_response_cacheable(response);
    return response;
}

/* Its type was seen in its bytes when the organization was loaded. */
struct epo_response *epo_organization_logo(struct epo_request *request) {
    const struct epo_json *logo = epo_json_get(named(request), "logo");
    if (logo == NULL)
        return epo_page_not_found(request);
    FILE *file = fopen(epo_pool_string(request->pool, epo_json_get_text(logo, "file")), "re");
    char *bytes = epo_pool_alloc(request->pool, EPO_ORGANIZATION_LOGO_MAX);
    if (file == NULL)
        return epo_page_not_found(request);
    struct epo_span picture = {bytes, fread(bytes, 1, EPO_ORGANIZATION_LOGO_MAX, file)};
    fclose(file);
    struct epo_response *response = epo_respond(
        request, 200, epo_pool_string(request->pool, epo_json_get_text(logo, "type")), picture);
    epo_response_header(response, "cache-control", EPO_SPAN("public, max-age=3600"));
    return response;
}

/* ---- layers ---- */

static bool in_box(const struct epo_json *pair, const double box[4]) {
    while (pair != NULL && pair->type == EPO_JSON_ARRAY && pair->count > 0 &&
           pair->items[0]->type == EPO_JSON_ARRAY) {
        for (uint32_t i = 0; i < pair->count; i++)
            if (in_box(pair->items[i], box))
                return true;
        return false;
    }
    if (pair == NULL || pair->type != EPO_JSON_ARRAY || pair->count < 2)
        return false;
    double x = epo_json_number(pair->items[0]), y = epo_json_number(pair->items[1]);
    return x >= box[0] && y >= box[1] && x <= box[2] && y <= box[3];
}

static void add_feature(struct epo_request *request, struct epo_json *features,
                        const struct epo_json *geometry, struct epo_span id, struct epo_span title,
                        struct epo_span text) {
    struct epo_pool *pool = request->pool;
    struct epo_json *feature = epo_json_object(pool);
    epo_json_set_string(pool, feature, "type", "Feature");
    epo_json_set_text(pool, feature, "id", id);
    epo_json_set(pool, feature, "geometry", epo_json_copy(pool, geometry));
    struct epo_json *said = epo_json_set(pool, feature, "properties", epo_json_object(pool));
    epo_json_set_text(pool, said, "title", title);
    epo_json_set_text(pool, said, "text", text);
    epo_json_push(pool, features, feature);
}

static void add_layer(struct epo_request *request, struct epo_json *features,
                      const struct epo_json *layer, const double box[4]) {
    const struct epo_json *all = epo_json_get(layer, "features");
    for (uint32_t i = 0; all != NULL && i < all->count; i++) {
        const struct epo_json *geometry = epo_json_get(all->items[i], "geometry");
        const struct epo_json *said = epo_json_get(all->items[i], "properties");
        if (in_box(epo_json_get(geometry, "coordinates"), box))
            add_feature(request, features, geometry, epo_json_get_text(all->items[i], "id"),
                        epo_json_localized(epo_json_get(said, "title"), request->lang),
                        epo_json_localized(epo_json_get(said, "text"), request->lang));
    }
}

/* Offices and layers of one, for the map of its page. */
static void add_all(struct epo_request *request, struct epo_json *features,
                    const struct epo_json *organization, const double box[4]) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *offices = epo_json_get(organization, "offices");
    const struct epo_json *layers = epo_json_get(organization, "layers");
    for (uint32_t i = 0; i < offices->count; i++) {
        const struct epo_json *point = epo_json_get(offices->items[i], "point");
        struct epo_span id = epo_json_get_text(offices->items[i], "id");
        const struct epo_json *office = epo_page_office(request, id);
        if (point != NULL && in_box(point, box))
            add_feature(request, features,
                        epo_geojson_geometry(pool, "Point", epo_json_copy(pool, point)), id,
                        epo_json_get_text(office, "name"), epo_json_get_text(office, "address"));
    }
    for (uint32_t i = 0; i < layers->count; i++)
        add_layer(request, features, layers->items[i], box);
}

struct epo_response *epo_organization_layer_get(struct epo_request *request, const double box[4],
                                                int limit) {
    struct epo_pool *pool = request->pool;
    struct epo_json *all = epo_json_object(pool), *features = epo_json_array(pool);
    const struct epo_json *layer =
        epo_organization_find_layer(settings_of(request), request->captures[0]);
    if (layer == NULL && named(request) == NULL)
        return NULL;
    if (layer != NULL)
        add_layer(request, features, layer, box);
    else
        add_all(request, features, named(request), box);
    uint32_t matched = features->count;
    if (features->count > (uint32_t)limit)
        features->count = (uint32_t)limit;
    epo_json_set_string(pool, all, "type", "FeatureCollection");
    epo_json_set(pool, all, "features", features);
    epo_json_set_integer(pool, all, "numberMatched", matched);
    epo_json_set_integer(pool, all, "numberReturned", features->count);
    return epo_layer_for_all(request, epo_json_print(pool, all));
}

void epo_organizations_offer(struct epo_request *request, struct epo_json *list) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *all = epo_organizations_of(settings_of(request));
    for (uint32_t o = 0; all != NULL && o < all->count; o++) {
        const struct epo_json *layers = epo_json_get(all->items[o], "layers");
        for (uint32_t i = 0; i < layers->count; i++) {
            struct epo_json *one = epo_json_object(pool);
            struct epo_span id = epo_json_get_text(layers->items[i], "id");
            epo_json_set_text(pool, one, "id", id);
            epo_json_set_text(
                pool, one, "title",
                epo_json_localized(epo_json_get(layers->items[i], "title"), request->lang));
            epo_json_set_string(
                pool, one, "url",
                epo_pool_printf(pool, "/api/v1/layers/%.*s?lang=%s", EPO_ARG(id), request->lang));
            epo_json_set_text(pool, one, "symbol", epo_json_get_text(layers->items[i], "symbol"));
            epo_json_set_text(pool, one, "colour", epo_json_get_text(layers->items[i], "colour"));
            epo_json_push(pool, list, one);
        }
    }
}
