/* GET /api/v1/openapi.json: made from the table below, the components in core/web/api and the
 * schema of each form. A test holds the table against the routes. */
#include <string.h>

#include "http/pages.h"

/* parameters: names in components.parameters; response: what 200 or 201 gives; body: of a request;
 * errors: status codes with a problem. */
static const struct operation {
    const char *method, *path, *id, *summary;
    const char *parameters[8];
    const char *body, *body_type;
    int status;
    const char *response, *response_type;
    int errors[9];
} operations[] = {
    {"get",
     "/healthz",
     "health",
     "Can it read and write its database?",
     {0},
     0,
     0,
     200,
     0,
     "text/plain",
     {503}},
    {"get", "/metrics", "metrics", "Figures for Prometheus", {0}, 0, 0, 200, 0, "text/plain", {0}},
    {"get",
     "/api/v1/openapi.json",
     "openapi",
     "This document",
     {0},
     0,
     0,
     200,
     "OpenApi",
     "application/json",
     {0}},
    {"get",
     "/api/v1/agendas",
     "agendas",
     "Agendas and their forms",
     {0},
     0,
     0,
     200,
     "Agendas",
     "application/json",
     {0}},
    {"get",
     "/api/v1/forms/{agenda}/{form}",
     "form",
     "Definition of a form",
     {"agenda", "form"},
     0,
     0,
     200,
     "FormDefinition",
     "application/json",
     {404}},
    {"get",
     "/api/v1/forms/{agenda}/{form}/schema",
     "schema",
     "JSON Schema of a form's answers",
     {"agenda", "form", "lang"},
     0,
     0,
     200,
     "JsonSchema",
     "application/schema+json",
     {404}},
    {"post",
     "/api/v1/forms/{agenda}/{form}/submissions",
     "file",
     "File a submission",
     {"agenda", "form", "lang", "idempotencyKey", "for"},
     "Answers",
     "application/json",
     201,
     "Filed",
     "application/json",
     {400, 401, 403, 404, 409, 415, 422, 429, 503}},
    {"post",
     "/api/v1/forms/{agenda}/{form}/check",
     "check",
     "What the form says about answers filled in so far",
     {"agenda", "form", "field"},
     "CheckRequest",
     "application/json",
     200,
     "Check",
     "application/json",
     {400, 404, 415, 503}},
    {"post",
     "/api/v1/attachments",
     "attachment",
     "Send a file; answers then refer to it",
     {"lang"},
     "AttachmentUpload",
     "multipart/form-data",
     201,
     "Attachment",
     "application/json",
     {400, 413, 422, 429, 503}},
    {"get",
     "/api/v1/submissions/{number}",
     "submission",
     "State and history, for the sender, the clerks or the holder of the receipt",
     {"number", "receipt"},
     0,
     0,
     200,
     "Submission",
     "application/json",
     {404}},
    {"get",
     "/api/v1/locate",
     "locate",
     "Facts about a place",
     {"placeLon", "placeLat", "geometry", "words", "shape"},
     0,
     0,
     200,
     "PlaceFacts",
     "application/json",
     {400, 422}},
    {"post",
     "/api/v1/locate",
     "locateGeometry",
     "Facts about a place too long for an address",
     {"words", "shape"},
     "Geometry",
     "application/json",
     200,
     "PlaceFacts",
     "application/json",
     {400, 415, 422}},
    {"get",
     "/api/v1/search",
     "search",
     "Search for life situations, forms, offices, regulations and pages, best first",
     {"searched", "limit"},
     0,
     0,
     200,
     "Found",
     "application/json",
     {400}},
    {"get",
     "/api/v1/addresses",
     "addresses",
     "Search for addresses, streets, parcels, places and offices, likeliest first",
     {"q", "limit", "nearLon", "nearLat"},
     0,
     0,
     200,
     "FoundPlaces",
     "application/geo+json",
     {400}},
    {"get",
     "/api/v1/reverse",
     "reverse",
     "What is here: the nearest address, street, parcel, named places",
     {"pointLon", "pointLat", "limit"},
     0,
     0,
     200,
     "FoundPlaces",
     "application/geo+json",
     {400, 422}},
    {"get",
     "/api/v1/route",
     "routeStreets",
     "The shortest way along the streets",
     {"via"},
     0,
     0,
     200,
     "Route",
     "application/json",
     {400, 422}},
    {"get",
     "/api/v1/map.png",
     "mapPicture",
     "The map drawn as a picture, with a place if one is given",
     {"mapCenter", "mapZoom", "mapSize", "mapStyle", "mapPlace", "mapFrame", "mapCrosshair",
      "lang"},
     0,
     0,
     200,
     0,
     "image/png",
     {400, 422, 429, 503}},
    {"get",
     "/api/v1/permits",
     "permits",
     "The public register of permits, those that begin last first",
     {"permitAgenda", "permitDistrict", "permitDay", "permitWords", "permitLimit", "permitAfter",
      "permitId", "lang"},
     0,
     0,
     200,
     "Permits",
     "application/geo+json",
     {422}},
    {"get",
     "/api/v1/layers",
     "layers",
     "What the map can show beside the city",
     {"lang"},
     0,
     0,
     200,
     "MapOffer",
     "application/json",
     {0}},
    {"get",
     "/api/v1/layers/{layer}",
     "layer",
     "What lies around now: permits in force, public requests, offices",
     {"layer", "bbox", "layerLimit", "lang"},
     0,
     0,
     200,
     "LiveFeatures",
     "application/geo+json",
     {400, 404}},
    {"get",
     "/tiles/live/{tilejson}",
     "liveTilejson",
     "TileJSON of a live layer",
     {"tilejson", "lang"},
     0,
     0,
     200,
     "TileJson",
     "application/json",
     {404}},
    {"get",
     "/tiles/live/{layer}/{z}/{x}/{y}.mvt",
     "liveTile",
     "Vector tile of a live layer, with an ETag by its version",
     {"layer", "z", "x", "y", "lang"},
     0,
     0,
     200,
     0,
     "application/vnd.mapbox-vector-tile",
     {400, 404}},
    {"get",
     "/tiles/background/{id}/{z}/{x}/{y}",
     "background",
     "Tile of a background that the portal fetches",
     {"background", "z", "x", "y"},
     0,
     0,
     200,
     0,
     "image/png",
     {404, 502, 503}},
    {"get",
     "/tiles/city/{style}",
     "style",
     "Looks of the base map as a MapLibre style",
     {"style"},
     0,
     0,
     200,
     "MapLibreStyle",
     "application/json",
     {404}},
    {"get",
     "/tiles/city.json",
     "tilejson",
     "TileJSON of the base map",
     {0},
     0,
     0,
     200,
     "TileJson",
     "application/json",
     {0}},
    {"get",
     "/tiles/city/{z}/{x}/{y}.mvt",
     "tile",
     "Vector tile",
     {"z", "x", "y"},
     0,
     0,
     200,
     0,
     "application/vnd.mapbox-vector-tile",
     {400}},
    {"get",
     "/api/v1/agendas/{agenda}/x/{route}",
     "routeGet",
     "A route of the agenda's own",
     {"agenda", "route"},
     0,
     0,
     200,
     "Any",
     "application/json",
     {404}},
    {"post",
     "/api/v1/agendas/{agenda}/x/{route}",
     "routePost",
     "A route of the agenda's own",
     {"agenda", "route"},
     "Any",
     "application/json",
     200,
     "Any",
     "application/json",
     {404}},
    {"put",
     "/api/v1/agendas/{agenda}/x/{route}",
     "routePut",
     "A route of the agenda's own",
     {"agenda", "route"},
     "Any",
     "application/json",
     200,
     "Any",
     "application/json",
     {404}},
    {"delete",
     "/api/v1/agendas/{agenda}/x/{route}",
     "routeDelete",
     "A route of the agenda's own",
     {"agenda", "route"},
     0,
     0,
     200,
     "Any",
     "application/json",
     {404}},
    {"get",
     "/api/v1/agendas/{agenda}/records",
     "records",
     "Records of an agenda, in pages",
     {"agenda", "afterKey", "pageLimit"},
     0,
     0,
     200,
     "RecordPage",
     "application/json",
     {401, 403, 404}},
    {"post",
     "/api/v1/agendas/{agenda}/records",
     "putRecords",
     "Add or replace up to 1000 records; also as application/x-ndjson",
     {"agenda", "lang"},
     "Records",
     "application/json",
     200,
     "BulkReport",
     "application/json",
     {400, 401, 403, 404, 413, 415}},
    {"get",
     "/api/v1/agendas/{agenda}/ledger",
     "ledger",
     "Entries of the ledger of an agenda, in pages",
     {"agenda", "afterId", "pageLimit"},
     0,
     0,
     200,
     "EntryPage",
     "application/json",
     {401, 403, 404}},
    {"post",
     "/api/v1/agendas/{agenda}/ledger",
     "postLedger",
     "Post up to 1000 assessments and payments; also as application/x-ndjson",
     {"agenda", "lang"},
     "Entries",
     "application/json",
     200,
     "BulkReport",
     "application/json",
     {400, 401, 403, 404, 413, 415}},
};
enum { AGENDAS_MAX = 256 };

static struct epo_json *reference(struct epo_pool *pool, const char *kind, const char *name) {
    struct epo_json *object = epo_json_object(pool);
    epo_json_set_string(pool, object, "$ref",
                        epo_pool_printf(pool, "#/components/%s/%s", kind, name));
    return object;
}

static struct epo_json *content(struct epo_pool *pool, const char *type, const char *schema) {
    struct epo_json *all = epo_json_object(pool), *media = epo_json_object(pool);
    if (schema != NULL)
        epo_json_set(pool, media, "schema", reference(pool, "schemas", schema));
    epo_json_set(pool, all, type, media);
    return all;
}

static void add_response(struct epo_pool *pool, struct epo_json *responses, int status,
                         const char *text, struct epo_json *what) {
    struct epo_json *response = epo_json_object(pool);
    epo_json_set_string(pool, response, "description", text);
    epo_json_set(pool, response, "content", what);
    epo_json_set(pool, responses, epo_pool_printf(pool, "%d", status), response);
}

static struct epo_json *describe(struct epo_pool *pool, const struct operation *operation) {
    struct epo_json *object = epo_json_object(pool), *parameters = epo_json_array(pool);
    struct epo_json *responses = epo_json_object(pool);
    epo_json_set_string(pool, object, "operationId", operation->id);
    epo_json_set_string(pool, object, "summary", operation->summary);
    for (size_t i = 0; i < 8 && operation->parameters[i] != NULL; i++)
        epo_json_push(pool, parameters, reference(pool, "parameters", operation->parameters[i]));
    epo_json_set(pool, object, "parameters", parameters);
    if (operation->body != NULL) {
        struct epo_json *body = epo_json_object(pool);
        epo_json_set_boolean(pool, body, "required", true);
        epo_json_set(pool, body, "content", content(pool, operation->body_type, operation->body));
        epo_json_set(pool, object, "requestBody", body);
    }
    add_response(pool, responses, operation->status, operation->status == 201 ? "Filed" : "Done",
                 content(pool, operation->response_type, operation->response));
    for (size_t i = 0;
         i < sizeof operation->errors / sizeof *operation->errors && operation->errors[i] != 0; i++)
        add_response(pool, responses, operation->errors[i], "Refused: see the problem",
                     content(pool, "application/problem+json", "Problem"));
    epo_json_set(pool, object, "responses", responses);
    if (strstr(operation->path, "/records") != NULL || strstr(operation->path, "/ledger") != NULL) {
        struct epo_json *security = epo_json_array(pool), *scheme = epo_json_object(pool);
        epo_json_set(pool, scheme, "token", epo_json_array(pool));
        epo_json_push(pool, security, scheme);
        epo_json_set(pool, object, "security", security);
    }
    if (strcmp(operation->id, "submission") == 0) {
        struct epo_json *security = epo_json_array(pool);
        static const char *const schemes[] = {"receipt", "session"};
        for (size_t i = 0; i < 2; i++) {
            struct epo_json *scheme = epo_json_object(pool);
            epo_json_set(pool, scheme, schemes[i], epo_json_array(pool));
            epo_json_push(pool, security, scheme);
        }
        epo_json_set(pool, object, "security", security);
    }
    return object;
}

/* "Answers": one of the schemas of the forms that are there now. */
static void add_forms(struct epo_request *request, struct epo_json *schemas) {
    struct epo_pool *pool = request->pool;
    struct epo_json *answers = epo_json_object(pool), *any = epo_json_array(pool);
    struct epo_agenda **agendas = EPO_NEW_ARRAY(pool, struct epo_agenda *, AGENDAS_MAX);
    size_t count = epo_registry_list(epo_page_app(request)->registry, agendas, AGENDAS_MAX);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < epo_agenda_form_count(agendas[i]); j++) {
            const struct epo_form *form = epo_agenda_form(agendas[i], j);
            const char *name = epo_pool_printf(pool, "answers.%s.%s", epo_agenda_name(agendas[i]),
                                               epo_form_id(form));
            epo_json_set(pool, schemas, name, epo_form_schema(form, pool, request->lang));
            epo_json_push(pool, any, reference(pool, "schemas", name));
        }
        epo_agenda_release(agendas[i]);
    }
    epo_json_set_string(pool, answers, "description",
                        "Answers by field id, as the form's own schema says.");
    if (any->count > 0)
        epo_json_set(pool, answers, "anyOf", any);
    else
        epo_json_set_string(pool, answers, "type", "object");
    epo_json_set(pool, schemas, "Answers", answers);
}

static struct epo_json *info(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_json *object = epo_json_object(pool);
    const struct epo_json *city = epo_json_get(epo_portal_settings(request->portal), "city");
    epo_json_set_text(pool, object, "title",
                      epo_json_localized(epo_json_get(city, "name"), request->lang));
    epo_json_set_string(pool, object, "version", epo_page_app(request)->version);
    epo_json_set_string(pool, object, "description",
                        "Errors are problems (RFC 9457). Times are UTC (RFC 3339), places GeoJSON "
                        "in EPSG:4326.");
    return object;
}

struct epo_response *epo_api_openapi(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_json *document = epo_json_object(pool), *paths = epo_json_object(pool);
    epo_json_set_string(pool, document, "openapi", "3.1.0");
    epo_json_set_string(pool, document, "jsonSchemaDialect",
                        "https://json-schema.org/draft/2020-12/schema");
    epo_json_set(pool, document, "info", info(request));
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        struct epo_json *path = epo_json_get(paths, operations[i].path);
        if (path == NULL)
            path = epo_json_set(pool, paths, operations[i].path, epo_json_object(pool));
        epo_json_set(pool, path, operations[i].method, describe(pool, &operations[i]));
    }
    epo_json_set(pool, document, "paths", paths);
    struct epo_json *components = epo_json_set(
        pool, document, "components", epo_json_copy(pool, epo_page_app(request)->components));
    add_forms(request, epo_json_get(components, "schemas"));
    struct epo_response *response = epo_respond_json(request, 200, document);
    epo_response_header(response, "cache-control", EPO_SPAN("no-cache"));
    return response;
}
