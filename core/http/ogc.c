/* OGC API - Features: where it begins, what it keeps to, which collections there are. */
#include "http/ogc.h"
#include "maps/metric.h"

/* What the tests show to hold, and no more. */
static const char *const CONFORMS_TO[] = {
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
};

static struct epo_json *titled(struct epo_request *request, const char *title) {
    struct epo_json *model = epo_json_object(request->pool);
    epo_json_set_text(request->pool, model, "page_title", epo_page_text(request, title));
    return model;
}

static struct epo_response *page(struct epo_request *request, const char *name,
                                 struct epo_json *model) {
    epo_json_set_string(request->pool, model, "json_url", epo_ogc_again(request, "json", NULL));
    return epo_respond_page(request, 200, name, model);
}

/* ---- the landing page ---- */

static struct epo_json *landing_links(struct epo_request *request, const struct epo_ogc_ask *ask) {
    static const struct {
        const char *rel, *type, *title, *path;
    } LINKS[] = {
        {"service-desc", "application/vnd.oai.openapi+json;version=3.0", "ogc.link_api",
         "/ogc/api?f=json"},
        {"service-doc", "text/html", "ogc.link_api", "/ogc/api?f=html"},
        {"conformance", "application/json", "ogc.link_conformance", "/ogc/conformance?f=json"},
        {"conformance", "text/html", "ogc.link_conformance", "/ogc/conformance?f=html"},
        {"data", "application/json", "ogc.link_collections", "/ogc/collections?f=json"},
        {"data", "text/html", "ogc.link_collections", "/ogc/collections?f=html"},
    };
    struct epo_json *links = epo_json_array(request->pool);
    epo_ogc_links_here(request, links, ask, "application/json");
    for (size_t i = 0; i < sizeof LINKS / sizeof *LINKS; i++)
        epo_ogc_link(request, links, LINKS[i].rel, LINKS[i].type, LINKS[i].title,
                     epo_pool_printf(request->pool, "%s%s", epo_ogc_base(request), LINKS[i].path));
    return links;
}

struct epo_response *epo_ogc_landing(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_ogc_ask ask;
    struct epo_response *refusal;
    if (!epo_ogc_read_page(request, &ask, &refusal))
        return refusal;
    if (ask.form == EPO_OGC_HTML) {
        struct epo_json *model = titled(request, "ogc.title");
        epo_json_set_string(pool, model, "host_url", epo_ogc_base(request));
        return page(request, "web/ogc", model);
    }
    const struct epo_json *city = epo_json_get(epo_portal_settings(request->portal), "city");
    struct epo_json *body = epo_json_object(pool);
    epo_json_set_text(pool, body, "title",
                      epo_json_localized(epo_json_get(city, "name"), request->lang));
    epo_json_set_text(pool, body, "description", epo_page_text(request, "ogc.lead"));
    epo_json_set(pool, body, "links", landing_links(request, &ask));
    return epo_ogc_json(request, "application/json", body);
}

/* ---- conformance ---- */

struct epo_response *epo_ogc_conformance(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_ogc_ask ask;
    struct epo_response *refusal;
    if (!epo_ogc_read_page(request, &ask, &refusal))
        return refusal;
    struct epo_json *body =
        ask.form == EPO_OGC_HTML ? titled(request, "ogc.conformance_title") : epo_json_object(pool);
    struct epo_json *list = epo_json_set(pool, body, "conformsTo", epo_json_array(pool));
    for (size_t i = 0; i < sizeof CONFORMS_TO / sizeof *CONFORMS_TO; i++)
        epo_json_push(pool, list, epo_json_string(pool, CONFORMS_TO[i]));
    return ask.form == EPO_OGC_HTML ? page(request, "web/ogc_conformance", body)
                                    : epo_ogc_json(request, "application/json", body);
}

/* ---- collections ---- */

struct epo_response *epo_ogc_collections(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_ogc_ask ask;
    struct epo_response *early;
    struct epo_collection *all;
    struct epo_span etag;
    size_t count;
    if (!epo_ogc_read_page(request, &ask, &early))
        return early;
    if (!epo_ogc_all(request, &all, &count, &error))
        return epo_ogc_refuse(request, &error);
    bool html = ask.form == EPO_OGC_HTML;
    const char *version = epo_pool_printf(pool, "%s.%zu", all[0].map_version, count);
    if (epo_ogc_unchanged(request, version, &ask, &etag, &early))
        return early;
    struct epo_json *body = html ? titled(request, "ogc.collections_title") : epo_json_object(pool);
    struct epo_json *links = epo_json_array(pool), *list = epo_json_array(pool);
    epo_ogc_links_here(request, links, &ask, "application/json");
    for (size_t i = 0; i < count; i++)
        epo_json_push(pool, list,
                      html ? epo_ogc_row(request, &all[i]) : epo_ogc_describe(request, &all[i]));
    epo_json_set(pool, body, "links", links);
    epo_json_set(pool, body, "collections", list);
    if (html)
        return page(request, "web/ogc_collections", body);
    struct epo_response *response = epo_ogc_json(request, "application/json", body);
    if (etag.len > 0)
        epo_response_header(response, "etag", etag);
    return response;
}

static struct epo_json *field_rows(struct epo_request *request,
                                   const struct epo_collection *collection) {
    struct epo_pool *pool = request->pool;
    struct epo_json *rows = epo_json_array(pool);
    for (size_t i = 0; i < collection->field_count; i++) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_string(pool, row, "name", collection->fields[i].name);
        epo_json_set_text(pool, row, "title",
                          epo_ogc_field_title(request, collection->fields[i].name));
        epo_json_push(pool, rows, row);
    }
    return rows;
}

static struct epo_response *collection_page(struct epo_request *request,
                                            const struct epo_collection *collection) {
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_ogc_row(request, collection);
    struct epo_json *systems = epo_json_array(pool);
    epo_json_set_text(pool, model, "page_title", epo_ogc_title(request, collection));
    if (epo_ogc_is_live(collection))
        epo_json_set_text(
            pool, model, "about",
            epo_page_text(request, epo_pool_printf(pool, "ogc.live.%s", collection->name)));
    epo_json_set(pool, model, "fields", field_rows(request, collection));
    for (int i = 0; i < EPO_CRS_COUNT; i++)
        epo_json_push(pool, systems, epo_json_string(pool, epo_crs_uri((enum epo_crs)i)));
    epo_json_set(pool, model, "systems", systems);
    epo_json_set_string(pool, model, "crs", epo_metric_words(pool));
    return page(request, "web/ogc_collection", model);
}

struct epo_response *epo_ogc_one_collection(struct epo_request *request) {
    struct epo_ogc_ask ask;
    struct epo_response *early;
    struct epo_collection collection;
    struct epo_span etag;
    if (!epo_ogc_read_page(request, &ask, &early) ||
        !epo_ogc_collection(request, &collection, &early) ||
        epo_ogc_unchanged(request, collection.map_version, &ask, &etag, &early))
        return early;
    if (ask.form == EPO_OGC_HTML)
        return collection_page(request, &collection);
    struct epo_response *response =
        epo_ogc_json(request, "application/json", epo_ogc_describe(request, &collection));
    if (etag.len > 0)
        epo_response_header(response, "etag", etag);
    return response;
}
