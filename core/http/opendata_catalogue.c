/* GET /opendata/catalog.jsonld: the open data for the catalogues of others (DCAT-AP, JSON-LD). */
#include "http/ogc.h"

static struct epo_json *typed(struct epo_pool *pool, const char *id, const char *type) {
    struct epo_json *node = epo_json_object(pool);
    if (id != NULL)
        epo_json_set_string(pool, node, "@id", id);
    if (type != NULL)
        epo_json_set_string(pool, node, "@type", type);
    return node;
}

static void add_words(struct epo_pool *pool, struct epo_json *list, const char *lang,
                      struct epo_span text) {
    struct epo_json *one = epo_json_object(pool);
    epo_json_set_string(pool, one, "@language", lang);
    epo_json_set_text(pool, one, "@value", text);
    epo_json_push(pool, list, one);
}

static struct epo_json *words(struct epo_request *request, const char *key) {
    const struct epo_catalog *catalog = request->portal->catalog;
    struct epo_json *list = epo_json_array(request->pool);
    add_words(request->pool, list, "cs", epo_catalog_text(catalog, "cs", key));
    add_words(request->pool, list, "en", epo_catalog_text(catalog, "en", key));
    return list;
}

static struct epo_json *publisher(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *city = epo_json_get(epo_portal_settings(request->portal), "city");
    const struct epo_json *name = epo_json_get(city, "name");
    struct epo_json *node =
        typed(pool, epo_pool_printf(pool, "%s/", epo_ogc_base(request)), "foaf:Organization");
    struct epo_json *names = epo_json_set(pool, node, "foaf:name", epo_json_array(pool));
    add_words(pool, names, "cs", epo_json_localized(name, "cs"));
    add_words(pool, names, "en", epo_json_localized(name, "en"));
    return node;
}

static struct epo_json *distribution(struct epo_request *request,
                                     const struct epo_collection *collection, size_t kind) {
    struct epo_pool *pool = request->pool;
    const char *file = epo_pool_printf(pool, "%s/opendata/%s.%s", epo_ogc_base(request),
                                       collection->name, epo_opendata_files[kind].ending);
    struct epo_json *node =
        typed(pool, epo_pool_printf(pool, "%s#file", file), "dcat:Distribution");
    epo_json_set(pool, node, "dcat:downloadURL", typed(pool, file, NULL));
    epo_json_set(pool, node, "dcat:accessURL", typed(pool, file, NULL));
    epo_json_set(pool, node, "dcat:mediaType",
                 typed(pool,
                       epo_pool_printf(pool, "http://www.iana.org/assignments/media-types/%s",
                                       epo_opendata_files[kind].type),
                       NULL));
    epo_json_set(pool, node, "dct:license",
                 typed(pool, epo_pool_string(pool, epo_opendata_licence(request)), NULL));
    return node;
}

static struct epo_json *box(struct epo_pool *pool, const double e[4]) {
    struct epo_json *place = typed(pool, NULL, "dct:Location");
    struct epo_json *value = typed(pool, NULL, "geo:wktLiteral");
    epo_json_set_string(
        pool, value, "@value",
        epo_pool_printf(pool, "POLYGON((%.6f %.6f,%.6f %.6f,%.6f %.6f,%.6f %.6f,%.6f %.6f))", e[0],
                        e[1], e[2], e[1], e[2], e[3], e[0], e[3], e[0], e[1]));
    epo_json_set(pool, place, "dcat:bbox", value);
    return place;
}

static struct epo_json *dataset(struct epo_request *request,
                                const struct epo_collection *collection) {
    struct epo_pool *pool = request->pool;
    const char *page =
        epo_pool_printf(pool, "%s/ogc/collections/%s", epo_ogc_base(request), collection->name);
    struct epo_json *node = typed(pool, page, "dcat:Dataset"), *titles = epo_json_array(pool);
    const char *lang = request->lang;
    request->lang = "cs";
    add_words(pool, titles, "cs", epo_ogc_title(request, collection));
    request->lang = "en";
    add_words(pool, titles, "en", epo_ogc_title(request, collection));
    request->lang = lang;
    epo_json_set(pool, node, "dct:title", titles);
    epo_json_set(pool, node, "dct:description", words(request, "opendata.dataset"));
    epo_json_set(pool, node, "dct:publisher",
                 typed(pool, epo_pool_printf(pool, "%s/", epo_ogc_base(request)), NULL));
    epo_json_set(pool, node, "dcat:landingPage", typed(pool, page, NULL));
    if (collection->has_extent)
        epo_json_set(pool, node, "dct:spatial", box(pool, collection->extent_crs84));
    struct epo_json *files = epo_json_set(pool, node, "dcat:distribution", epo_json_array(pool));
    for (size_t i = 0; i < EPO_EXPORT_KINDS; i++)
        epo_json_push(pool, files, distribution(request, collection, i));
    return node;
}

static struct epo_json *context(struct epo_pool *pool) {
    static const char *const NAMES[][2] = {{"dcat", "http://www.w3.org/ns/dcat#"},
                                           {"dct", "http://purl.org/dc/terms/"},
                                           {"foaf", "http://xmlns.com/foaf/0.1/"},
                                           {"geo", "http://www.opengis.net/ont/geosparql#"}};
    struct epo_json *names = epo_json_object(pool);
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        epo_json_set_string(pool, names, NAMES[i][0], NAMES[i][1]);
    return names;
}

struct epo_response *epo_opendata_catalogue(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_collection *all;
    size_t count;
    if (!epo_collections(request->portal->maps, pool, &all, &count, &error))
        return epo_ogc_refuse(request, &error);
    struct epo_json *node = epo_json_object(pool), *sets = epo_json_array(pool);
    epo_json_set(pool, node, "@context", context(pool));
    epo_json_set_string(pool, node, "@id",
                        epo_pool_printf(pool, "%s/opendata/catalog.jsonld", epo_ogc_base(request)));
    epo_json_set_string(pool, node, "@type", "dcat:Catalog");
    epo_json_set(pool, node, "dct:title", words(request, "opendata.title"));
    epo_json_set(pool, node, "dct:description", words(request, "opendata.lead"));
    epo_json_set(pool, node, "dct:publisher", publisher(request));
    epo_json_set(pool, node, "foaf:homepage",
                 typed(pool, epo_pool_printf(pool, "%s/opendata", epo_ogc_base(request)), NULL));
    for (size_t i = 0; i < count; i++)
        epo_json_push(pool, sets, dataset(request, &all[i]));
    epo_json_set(pool, node, "dcat:dataset", sets);
    return epo_ogc_json(request, "application/ld+json", node);
}
