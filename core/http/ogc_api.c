/* GET /ogc/api: the description in OpenAPI 3.0, from core/web/api/ogc.json and, for each collection
 * there is, its items with the fields that may be asked for. */
#include "http/ogc.h"

static struct epo_json *reference(struct epo_pool *pool, const char *kind, const char *name) {
    struct epo_json *object = epo_json_object(pool);
    epo_json_set_string(pool, object, "$ref",
                        epo_pool_printf(pool, "#/components/%s/%s", kind, name));
    return object;
}

static void add_parameters(struct epo_pool *pool, struct epo_json *list, const char *const *names) {
    for (; *names != NULL; names++)
        epo_json_push(pool, list, reference(pool, "parameters", *names));
}

static void add_field(struct epo_request *request, struct epo_json *list,
                      const struct epo_field *field) {
    static const char *const TYPES[] = {[EPO_FIELD_TEXT] = "string",
                                        [EPO_FIELD_INTEGER] = "integer",
                                        [EPO_FIELD_REAL] = "number",
                                        [EPO_FIELD_BOOLEAN] = "boolean",
                                        [EPO_FIELD_ANY] = "string"};
    struct epo_pool *pool = request->pool;
    struct epo_json *parameter = epo_json_object(pool), *schema = epo_json_object(pool);
    epo_json_set_string(pool, parameter, "name", field->name);
    epo_json_set_string(pool, parameter, "in", "query");
    epo_json_set_boolean(pool, parameter, "required", false);
    epo_json_set_text(pool, parameter, "description", epo_ogc_field_title(request, field->name));
    epo_json_set_string(pool, schema, "type", TYPES[field->type]);
    epo_json_set(pool, parameter, "schema", schema);
    epo_json_set_string(pool, parameter, "style", "form");
    epo_json_set_boolean(pool, parameter, "explode", false);
    epo_json_push(pool, list, parameter);
}

static struct epo_json *responses(struct epo_pool *pool, const char *good) {
    static const char *const REFUSALS[] = {"400", "404", "406", "503"};
    struct epo_json *object = epo_json_object(pool);
    epo_json_set(pool, object, "200", reference(pool, "responses", good));
    for (size_t i = 0; i < sizeof REFUSALS / sizeof *REFUSALS; i++)
        epo_json_set(pool, object, REFUSALS[i], reference(pool, "responses", "Refused"));
    return object;
}

static void add_path(struct epo_request *request, struct epo_json *paths, const char *path,
                     const char *id, struct epo_span summary, struct epo_json *parameters,
                     const char *response) {
    struct epo_pool *pool = request->pool;
    struct epo_json *item = epo_json_object(pool), *get = epo_json_object(pool);
    struct epo_json *tags = epo_json_array(pool);
    epo_json_push(pool, tags, epo_json_string(pool, "Data"));
    epo_json_set_string(pool, get, "operationId", id);
    epo_json_set(pool, get, "tags", tags);
    epo_json_set_text(pool, get, "summary", summary);
    epo_json_set(pool, get, "parameters", parameters);
    epo_json_set(pool, get, "responses", responses(pool, response));
    epo_json_set(pool, item, "get", get);
    epo_json_set(pool, paths, path, item);
}

static void add_collection(struct epo_request *request, struct epo_json *paths,
                           const struct epo_collection *collection) {
    static const char *const OF_ITEMS[] = {"f",    "lang",     "limit", "offset",   "after",
                                           "bbox", "bbox-crs", "crs",   "datetime", NULL};
    static const char *const OF_ITEM[] = {"featureId", "f", "lang", "crs", NULL};
    struct epo_pool *pool = request->pool;
    struct epo_span title = epo_ogc_title(request, collection);
    struct epo_json *of_items = epo_json_array(pool), *of_item = epo_json_array(pool);
    add_parameters(pool, of_items, OF_ITEMS);
    for (size_t i = 0; i < collection->field_count; i++)
        add_field(request, of_items, &collection->fields[i]);
    add_parameters(pool, of_item, OF_ITEM);
    add_path(request, paths, epo_pool_printf(pool, "/collections/%s/items", collection->name),
             epo_pool_printf(pool, "get.%s", collection->name), title, of_items, "Features");
    add_path(request, paths,
             epo_pool_printf(pool, "/collections/%s/items/{featureId}", collection->name),
             epo_pool_printf(pool, "get.%s.one", collection->name), title, of_item, "Feature");
}

static void set_info(struct epo_request *request, struct epo_json *document) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *city = epo_json_get(epo_portal_settings(request->portal), "city");
    struct epo_json *info = epo_json_set(pool, document, "info", epo_json_object(pool));
    struct epo_json *servers = epo_json_set(pool, document, "servers", epo_json_array(pool));
    struct epo_json *server = epo_json_object(pool);
    epo_json_set_text(pool, info, "title",
                      epo_json_localized(epo_json_get(city, "name"), request->lang));
    epo_json_set_text(pool, info, "description", epo_page_text(request, "ogc.lead"));
    epo_json_set_string(pool, info, "version", epo_page_app(request)->version);
    epo_json_set_string(pool, server, "url",
                        epo_pool_printf(pool, "%s/ogc", epo_ogc_base(request)));
    epo_json_push(pool, servers, server);
}

/* Of what is written in ogc.json the catalog has the words of both languages. */
static struct epo_span summary_of(struct epo_request *request, const struct epo_json *get) {
    const char *key = epo_pool_printf(request->pool, "ogc.op.%.*s",
                                      EPO_ARG(epo_json_get_text(get, "operationId")));
    struct epo_span text = epo_page_text(request, key);
    return epo_span_is(text, key) ? epo_json_get_text(get, "summary") : text;
}

/* [{path, summary, parameters [{name, text}]}]: for reading. */
static struct epo_json *path_rows(struct epo_request *request, const struct epo_json *document) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *paths = epo_json_get(document, "paths");
    const struct epo_json *known = epo_json_find(document, "components.parameters");
    struct epo_json *rows = epo_json_array(pool);
    for (uint32_t i = 0; i < paths->count; i++) {
        const struct epo_json *get = epo_json_get(paths->items[i], "get");
        const struct epo_json *parameters = epo_json_get(get, "parameters");
        struct epo_json *row = epo_json_object(pool), *names = epo_json_array(pool);
        epo_json_set_text(pool, row, "path", paths->names[i]);
        epo_json_set_text(pool, row, "summary", summary_of(request, get));
        for (uint32_t j = 0; j < parameters->count; j++) {
            const struct epo_json *one = parameters->items[j];
            struct epo_span ref = epo_json_get_text(one, "$ref"),
                            prefix = EPO_SPAN("#/components/parameters/");
            if (epo_span_starts(ref, prefix))
                one = epo_json_get_span(
                    known, (struct epo_span){ref.at + prefix.len, ref.len - prefix.len});
            epo_json_push(pool, names, epo_json_text(pool, epo_json_get_text(one, "name")));
        }
        epo_json_set(pool, row, "parameters", names);
        epo_json_push(pool, rows, row);
    }
    return rows;
}

struct epo_response *epo_ogc_api(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_ogc_ask ask;
    struct epo_response *refusal;
    struct epo_collection *all;
    size_t count;
    if (!epo_ogc_read_page(request, &ask, &refusal))
        return refusal;
    if (!epo_ogc_all(request, &all, &count, &error))
        return epo_ogc_refuse(request, &error);
    struct epo_json *document = epo_json_copy(pool, epo_page_app(request)->ogc);
    set_info(request, document);
    struct epo_json *systems = epo_json_find(document, "components.schemas.Crs.enum");
    epo_json_push(pool, systems, epo_json_string(pool, epo_crs_uri(EPO_CRS_METRIC)));
    for (size_t i = 0; i < count; i++)
        add_collection(request, epo_json_get(document, "paths"), &all[i]);
    if (ask.form == EPO_OGC_JSON)
        return epo_ogc_json(request, "application/vnd.oai.openapi+json;version=3.0", document);
    struct epo_json *model = epo_json_object(pool);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "ogc.api_title"));
    epo_json_set_string(pool, model, "json_url", epo_ogc_again(request, "json", NULL));
    epo_json_set(pool, model, "paths", path_rows(request, document));
    return epo_respond_page(request, 200, "web/ogc_api", model);
}
