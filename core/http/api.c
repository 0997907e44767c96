/* Agendas and forms for programs. */
#include "http/pages.h"

enum { AGENDAS_MAX = 256 };

static struct epo_response *fresh(struct epo_response *response) {
    epo_response_header(response, "cache-control", EPO_SPAN("no-cache"));
    return response;
}

static struct epo_json *texts(struct epo_pool *pool, const struct epo_json *value) {
    return value != NULL ? epo_json_copy(pool, value) : epo_json_null(pool);
}

static struct epo_json *form_row(struct epo_pool *pool, const struct epo_agenda *agenda,
                                 const struct epo_form *form) {
    struct epo_json *row = epo_json_object(pool);
    const char *path =
        epo_pool_printf(pool, "/api/v1/forms/%s/%s", epo_agenda_name(agenda), epo_form_id(form));
    epo_json_set_string(pool, row, "id", epo_form_id(form));
    epo_json_set(pool, row, "title", texts(pool, epo_json_get(epo_form_definition(form), "title")));
    epo_json_set_string(pool, row, "version", epo_form_version(form));
    epo_json_set_string(pool, row, "assurance",
                        epo_assurance_name(epo_agenda_assurance(agenda, form)));
    epo_json_set_string(pool, row, "definition", path);
    epo_json_set_string(pool, row, "schema", epo_pool_printf(pool, "%s/schema", path));
    epo_json_set_string(pool, row, "submissions", epo_pool_printf(pool, "%s/submissions", path));
    epo_json_set_string(
        pool, row, "page",
        epo_pool_printf(pool, "/agendas/%s/%s", epo_agenda_name(agenda), epo_form_id(form)));
    return row;
}

static struct epo_json *offices(struct epo_request *request, const struct epo_agenda *agenda) {
    struct epo_json *rows = epo_json_array(request->pool);
    const struct epo_json *all = epo_page_agenda_offices(request, agenda);
    for (uint32_t i = 0; i < all->count; i++)
        epo_json_push(request->pool, rows,
                      epo_page_office(request, epo_json_get_text(all->items[i], "id")));
    return rows;
}

struct epo_response *epo_api_agendas(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_json *body = epo_json_object(pool), *rows = epo_json_array(pool);
    struct epo_agenda **agendas = EPO_NEW_ARRAY(pool, struct epo_agenda *, AGENDAS_MAX);
    size_t count = epo_registry_list(epo_page_app(request)->registry, agendas, AGENDAS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct epo_json *row = epo_json_object(pool), *forms = epo_json_array(pool);
        const struct epo_json *manifest = epo_agenda_manifest(agendas[i]);
        epo_json_set_string(pool, row, "name", epo_agenda_name(agendas[i]));
        epo_json_set_string(pool, row, "version", epo_agenda_version(agendas[i]));
        epo_json_set(pool, row, "title", texts(pool, epo_json_get(manifest, "title")));
        epo_json_set(pool, row, "summary", texts(pool, epo_json_get(manifest, "summary")));
        epo_json_set_string(pool, row, "assurance",
                            epo_assurance_name(epo_agenda_assurance(agendas[i], NULL)));
        epo_json_set_string(pool, row, "page",
                            epo_pool_printf(pool, "/agendas/%s", epo_agenda_name(agendas[i])));
        for (size_t j = 0; j < epo_agenda_form_count(agendas[i]); j++)
            epo_json_push(pool, forms, form_row(pool, agendas[i], epo_agenda_form(agendas[i], j)));
        epo_json_set(pool, row, "forms", forms);
        epo_json_set(pool, row, "life_situation",
                     texts(pool, epo_json_get(manifest, "life_situation")));
        epo_json_set(pool, row, "law",
                     epo_json_get(manifest, "law") != NULL
                         ? epo_json_copy(pool, epo_json_get(manifest, "law"))
                         : epo_json_array(pool));
        epo_json_set(pool, row, "offices", offices(request, agendas[i]));
        epo_json_push(pool, rows, row);
        epo_agenda_release(agendas[i]);
    }
    epo_json_set(pool, body, "agendas", rows);
    return fresh(epo_respond_json(request, 200, body));
}

struct epo_response *epo_api_form(struct epo_request *request) {
    const struct epo_form *form = epo_page_form(request, epo_page_agenda(request));
    if (form == NULL)
        return epo_page_not_found(request);
    return fresh(epo_respond_json(request, 200, epo_form_definition(form)));
}

struct epo_response *epo_api_schema(struct epo_request *request) {
    const struct epo_form *form = epo_page_form(request, epo_page_agenda(request));
    if (form == NULL)
        return epo_page_not_found(request);
    struct epo_json *schema = epo_form_schema(form, request->pool, request->lang);
    return fresh(epo_respond(request, 200, "application/schema+json",
                             epo_json_print(request->pool, schema)));
}
