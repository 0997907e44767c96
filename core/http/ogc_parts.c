#include "http/internal.h"
#include "http/ogc.h"

const char *epo_ogc_base(struct epo_request *request) {
    return epo_pool_printf(request->pool, "%s://%.*s", request->secure ? "https" : "http",
                           EPO_ARG(request->host));
}

/* onward: the place in the order is another one; for_map: the map of a page draws lon/lat. */
static bool is_replaced(struct epo_span part, bool onward, bool for_map) {
    struct epo_span value, name = epo_span_cut(part, '=', &value);
    return part.len == 0 || epo_span_is(name, "f") ||
           (onward && (epo_span_is(name, "after") || epo_span_is(name, "offset"))) ||
           (for_map && epo_span_is(name, "crs"));
}

static const char *again(struct epo_request *request, const char *form, const char *onward,
                         bool for_map) {
    struct epo_pool *pool = request->pool;
    struct epo_span query = request->raw_query;
    const char *url = epo_pool_printf(pool, "%s%.*s?f=%s", for_map ? "" : epo_ogc_base(request),
                                      EPO_ARG(request->raw_path), form);
    while (query.len > 0) { /* as sent: still encoded */
        struct epo_span part = epo_span_cut(query, '&', &query);
        if (!is_replaced(part, onward != NULL, for_map))
            url = epo_pool_printf(pool, "%s&%.*s", url, EPO_ARG(part));
    }
    return onward != NULL ? epo_pool_printf(pool, "%s&%s", url, onward) : url;
}

const char *epo_ogc_again(struct epo_request *request, const char *form, const char *onward) {
    return again(request, form, onward, false);
}

const char *epo_ogc_for_map(struct epo_request *request) {
    return again(request, "json", NULL, true);
}

void epo_ogc_link(struct epo_request *request, struct epo_json *links, const char *rel,
                  const char *type, const char *title, const char *href) {
    struct epo_pool *pool = request->pool;
    struct epo_json *link = epo_json_object(pool);
    epo_json_set_string(pool, link, "rel", rel);
    epo_json_set_string(pool, link, "type", type);
    if (title != NULL)
        epo_json_set_text(pool, link, "title", epo_page_text(request, title));
    epo_json_set_string(pool, link, "href", href);
    epo_json_push(pool, links, link);
}

void epo_ogc_links_here(struct epo_request *request, struct epo_json *links,
                        const struct epo_ogc_ask *ask, const char *type) {
    bool html = ask->form == EPO_OGC_HTML;
    epo_ogc_link(request, links, html ? "alternate" : "self", type, NULL,
                 epo_ogc_again(request, "json", NULL));
    epo_ogc_link(request, links, html ? "self" : "alternate", "text/html", NULL,
                 epo_ogc_again(request, "html", NULL));
}

void epo_ogc_open(struct epo_response *response) {
    epo_response_header(response, "access-control-allow-origin", EPO_SPAN("*"));
    epo_response_header(response, "access-control-expose-headers", EPO_SPAN("content-crs, etag"));
    epo_response_header(response, "vary", EPO_SPAN("accept, accept-language, cookie"));
    epo_response_header(response, "cache-control", EPO_SPAN("no-cache"));
}

struct epo_response *epo_ogc_json(struct epo_request *request, const char *type,
                                  const struct epo_json *body) {
    struct epo_response *response =
        epo_respond(request, 200, type, epo_json_print(request->pool, body));
    epo_ogc_open(response);
    return response;
}

struct epo_span epo_ogc_title(struct epo_request *request,
                              const struct epo_collection *collection) {
    const char *title = request->lang[0] == 'e' ? collection->title_en : collection->title_cs;
    if (epo_ogc_is_live(collection))
        return epo_page_text(request, epo_pool_printf(request->pool, "layer.%s", collection->name));
    return title[0] != '\0' ? epo_span(title) : epo_page_text(request, "ogc.addresses");
}

struct epo_span epo_ogc_field_title(struct epo_request *request, const char *field) {
    const char *key = epo_pool_printf(request->pool, "ogc.field.%s", field);
    struct epo_span text = epo_page_text(request, key);
    return epo_span_is(text, key) ? epo_span(field) : text;
}

struct epo_response *epo_ogc_refuse(struct epo_request *request, const struct epo_error *error) {
    int status = error->kind == EPO_ERROR_BAD_INPUT ? 400 : epo_status_of(error->kind);
    struct epo_response *response = epo_respond_status(request, status, error, NULL);
    epo_response_header(response, "access-control-allow-origin", EPO_SPAN("*"));
    return response;
}

struct epo_response *epo_ogc_not_acceptable(struct epo_request *request) {
    return epo_api_problem(request, 406, "ogc.form", "Not Acceptable",
                           "There is JSON (application/json, application/geo+json) and text/html.",
                           NULL);
}

bool epo_ogc_read_page(struct epo_request *request, struct epo_ogc_ask *ask,
                       struct epo_response **refusal) {
    struct epo_error error = {0};
    if (!epo_ogc_read(request, EPO_OGC_PAGE, NULL, ask, &error))
        *refusal = epo_ogc_refuse(request, &error);
    else if (ask->form == EPO_OGC_NONE)
        *refusal = epo_ogc_not_acceptable(request);
    else
        return true;
    return false;
}

bool epo_ogc_unchanged(struct epo_request *request, const char *map_version,
                       const struct epo_ogc_ask *ask, struct epo_span *etag,
                       struct epo_response **same) {
    *etag = EPO_SPAN("");
    if (ask->form != EPO_OGC_JSON || map_version[0] == '\0') /* a page shows who is signed in */
        return false;
    struct epo_span match = epo_request_header(request, "if-none-match");
    *etag = epo_span(epo_pool_printf(request->pool, "W/\"%s-%s-%s\"", map_version, request->lang,
                                     epo_page_app(request)->version));
    if (match.len == 0 || memmem(match.at, match.len, etag->at, etag->len) == NULL)
        return false;
    *same = epo_respond(request, 304, NULL, EPO_SPAN(""));
    epo_ogc_open(*same);
    epo_response_header(*same, "etag", *etag);
    return true;
}

bool epo_ogc_collection(struct epo_request *request, struct epo_collection *collection,
                        struct epo_response **refusal) {
    struct epo_error error = {0};
    if (epo_ogc_find(request, request->captures[0], collection, &error))
        return true;
    *refusal = epo_ogc_refuse(request, &error);
    return false;
}

/* ---- a collection ---- */

struct epo_json *epo_ogc_row(struct epo_request *request, const struct epo_collection *collection) {
    struct epo_pool *pool = request->pool;
    struct epo_json *row = epo_json_object(pool);
    epo_json_set_string(pool, row, "id", collection->name);
    epo_json_set_text(pool, row, "title", epo_ogc_title(request, collection));
    epo_json_set_string(pool, row, "shape_key",
                        epo_pool_printf(pool, "ogc.shape.%s", collection->geometry));
    if (collection->count >= 0)
        epo_json_set_integer(pool, row, "count", collection->count);
    return row;
}

static struct epo_json *extent(struct epo_pool *pool, const struct epo_collection *collection) {
    struct epo_json *object = epo_json_object(pool), *spatial = epo_json_object(pool);
    struct epo_json *boxes = epo_json_array(pool), *box = epo_json_array(pool);
    for (int i = 0; i < 4; i++)
        epo_json_push(pool, box, epo_json_real(pool, collection->extent_crs84[i]));
    epo_json_push(pool, boxes, box);
    epo_json_set(pool, spatial, "bbox", boxes);
    epo_json_set_string(pool, spatial, "crs", epo_crs_uri(EPO_CRS84));
    epo_json_set(pool, object, "spatial", spatial);
    return object;
}

static void add_data_links(struct epo_request *request, const struct epo_collection *collection,
                           struct epo_json *links) {
    const char *items = epo_pool_printf(request->pool, "%s/ogc/collections/%s/items",
                                        epo_ogc_base(request), collection->name);
    epo_ogc_link(request, links, "items", "application/geo+json", "ogc.link_items",
                 epo_pool_printf(request->pool, "%s?f=json", items));
    epo_ogc_link(request, links, "items", "text/html", "ogc.link_items",
                 epo_pool_printf(request->pool, "%s?f=html", items));
    for (size_t i = 0; i < EPO_EXPORT_KINDS && !epo_ogc_is_live(collection); i++)
        epo_ogc_link(request, links, "enclosure", epo_opendata_files[i].type, "opendata.title",
                     epo_pool_printf(request->pool, "%s/opendata/%s.%s", epo_ogc_base(request),
                                     collection->name, epo_opendata_files[i].ending));
    epo_ogc_link(request, links, "license", "text/html", "opendata.licence_title",
                 epo_pool_string(request->pool, epo_opendata_licence(request)));
}

struct epo_json *epo_ogc_describe(struct epo_request *request,
                                  const struct epo_collection *collection) {
    struct epo_pool *pool = request->pool;
    struct epo_json *object = epo_json_object(pool), *links = epo_json_array(pool);
    struct epo_json *systems = epo_json_array(pool);
    const char *here =
        epo_pool_printf(pool, "%s/ogc/collections/%s", epo_ogc_base(request), collection->name);
    epo_json_set_string(pool, object, "id", collection->name);
    epo_json_set_text(pool, object, "title", epo_ogc_title(request, collection));
    epo_json_set_string(pool, object, "itemType", "feature");
    if (epo_ogc_is_live(collection))
        epo_json_set_text(
            pool, object, "description",
            epo_page_text(request, epo_pool_printf(pool, "ogc.live.%s", collection->name)));
    if (collection->has_extent)
        epo_json_set(pool, object, "extent", extent(pool, collection));
    for (int i = 0; i < EPO_CRS_COUNT; i++)
        epo_json_push(pool, systems, epo_json_string(pool, epo_crs_uri((enum epo_crs)i)));
    epo_json_set(pool, object, "crs", systems);
    epo_json_set_string(pool, object, "storageCrs", epo_crs_uri(EPO_CRS_METRIC));
    epo_ogc_link(request, links, "self", "application/json", NULL,
                 epo_pool_printf(pool, "%s?f=json", here));
    epo_ogc_link(request, links, "alternate", "text/html", NULL,
                 epo_pool_printf(pool, "%s?f=html", here));
    add_data_links(request, collection, links);
    epo_json_set(pool, object, "links", links);
    return object;
}
