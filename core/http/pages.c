/* Pages that everybody may read: what can be settled and how. */
#include "http/pages.h"
#include "http/organizations.h"

enum { AGENDAS_MAX = 256 };

static struct epo_json *form_links(struct epo_request *request, const struct epo_agenda *agenda) {
    struct epo_pool *pool = request->pool;
    struct epo_json *forms = epo_json_array(pool);
    for (size_t i = 0; i < epo_agenda_form_count(agenda); i++) {
        const struct epo_form *form = epo_agenda_form(agenda, i);
        struct epo_json *row = epo_json_object(pool);
        const struct epo_json *summary = epo_json_get(epo_form_definition(form), "summary");
        epo_json_set_string(pool, row, "id", epo_form_id(form));
        epo_json_set_text(pool, row, "title", epo_form_title(form, request->lang));
        epo_json_set_text(pool, row, "summary", epo_json_localized(summary, request->lang));
        epo_json_set_string(
            pool, row, "url",
            epo_pool_printf(pool, "/agendas/%s/%s", epo_agenda_name(agenda), epo_form_id(form)));
        enum epo_assurance needed = epo_agenda_assurance(agenda, form);
        epo_json_set_string(pool, row, "needs",
                            needed == EPO_ANONYMOUS ? ""
                                                    : epo_pool_printf(pool, "assurance.needs_%s",
                                                                      epo_assurance_name(needed)));
        epo_json_push(pool, forms, row);
    }
    return forms;
}

struct epo_json *epo_page_agenda_row(struct epo_request *request, const struct epo_agenda *agenda) {
    struct epo_pool *pool = request->pool;
    struct epo_json *row = epo_json_object(pool);
    const struct epo_json *manifest = epo_agenda_manifest(agenda);
    epo_json_set_string(pool, row, "id", epo_agenda_name(agenda));
    epo_json_set_text(pool, row, "title", epo_agenda_title(agenda, request->lang));
    epo_json_set_text(pool, row, "summary",
                      epo_json_localized(epo_json_get(manifest, "summary"), request->lang));
    epo_json_set_string(pool, row, "url",
                        epo_pool_printf(pool, "/agendas/%s", epo_agenda_name(agenda)));
    epo_json_set(pool, row, "forms", form_links(request, agenda));
    return row;
}

/* The group of that title, made at its first agenda. */
static struct epo_json *group_of(struct epo_pool *pool, struct epo_json *groups,
                                 struct epo_span title) {
    for (uint32_t i = 0; i < groups->count; i++)
        if (epo_span_equal(epo_json_get_text(groups->items[i], "title"), title))
            return epo_json_get(groups->items[i], "agendas");
    struct epo_json *group = epo_json_object(pool);
    epo_json_set_text(pool, group, "title", title);
    epo_json_push(pool, groups, group);
    return epo_json_set(pool, group, "agendas", epo_json_array(pool));
}

static struct epo_json *groups(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_json *all = epo_json_array(pool);
    struct epo_agenda **agendas = EPO_NEW_ARRAY(pool, struct epo_agenda *, AGENDAS_MAX);
    size_t count = epo_registry_list(epo_page_app(request)->registry, agendas, AGENDAS_MAX);
    for (size_t n = 0; n < 2 * count; n++) { /* the city's own, then those of organizations */
        size_t i = n % count;
        const struct epo_json *owner = epo_agenda_organization(agendas[i]);
        if ((owner != NULL) != (n >= count))
            continue;
        const struct epo_json *group = owner != NULL
                                           ? epo_json_get(owner, "title")
                                           : epo_json_get(epo_agenda_manifest(agendas[i]), "group");
        struct epo_span title = epo_json_localized(group, request->lang);
        if (title.len == 0)
            title = epo_page_text(request, "agendas.group_city");
        epo_json_push(pool, group_of(pool, all, title), epo_page_agenda_row(request, agendas[i]));
        epo_agenda_release(agendas[i]);
    }
    return all;
}

struct epo_response *epo_page_home(struct epo_request *request) {
    struct epo_json *model = epo_json_object(request->pool);
    epo_json_set(request->pool, model, "groups", groups(request));
    epo_json_set(request->pool, model, "organizations", epo_page_organizations(request));
    epo_json_set_text(request->pool, model, "description", epo_page_text(request, "home.lead"));
    struct epo_response *response = epo_respond_page(request, 200, "web/home", model);
    epo_response_cacheable(response);
    return response;
}

struct epo_response *epo_page_agendas(struct epo_request *request) {
    struct epo_json *model = epo_json_object(request->pool);
    epo_json_set(request->pool, model, "groups", groups(request));
    epo_json_set_text(request->pool, model, "page_title", epo_page_text(request, "agendas.title"));
    epo_json_set_text(request->pool, model, "description", epo_page_text(request, "agendas.lead"));
    struct epo_response *response = epo_respond_page(request, 200, "web/agendas", model);
    epo_response_cacheable(response);
    return response;
}

struct epo_response *epo_page_accessibility(struct epo_request *request) {
    struct epo_json *model = epo_json_object(request->pool);
    const struct epo_json *offices = epo_json_get(epo_portal_settings(request->portal), "offices");
    epo_json_set_text(request->pool, model, "page_title", epo_page_text(request, "access.title"));
    epo_json_set_text(request->pool, model, "description", epo_page_text(request, "access.lead"));
    if (offices != NULL && offices->count > 0)
        epo_json_set(request->pool, model, "contact",
                     epo_page_office(request, epo_json_get_text(offices->items[0], "id")));
    struct epo_response *response = epo_respond_page(request, 200, "web/accessibility", model);
    epo_response_cacheable(response);
    return response;
}

/* ---- for machines ---- */

/* RFC 9116: Contact from epo.json "contact": {"security": "mailto:…"}; Expires within a year. */
struct epo_response *epo_page_security(struct epo_request *request) {
    char expires[EPO_TIME_SIZE];
    struct epo_span contact = epo_json_get_text(
        epo_json_get(epo_portal_settings(request->portal), "contact"), "security");
    int64_t day_us = 86400LL * 1000000;
    int64_t until = (epo_clock_now_us() / day_us + 180) * day_us;
    if (contact.len == 0)
        return epo_page_not_found(request);
    return epo_respond(
        request, 200, "text/plain; charset=utf-8",
        epo_span(epo_pool_printf(request->pool,
                                 "Contact: %.*s\n"
                                 "Expires: %s\n"
                                 "Preferred-Languages: cs, en\n",
                                 EPO_ARG(contact), epo_time_rfc3339(until, expires))));
}

/* Pages name their icon (SVG); browsers that ask here all the same are told there is none. */
struct epo_response *epo_page_favicon(struct epo_request *request) {
    struct epo_response *response = epo_respond(request, 204, "image/x-icon", EPO_SPAN(""));
    epo_response_header(response, "cache-control", EPO_SPAN("public, max-age=86400"));
    return response;
}
