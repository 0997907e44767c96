/* What search engines ask for: which pages there are, and which are none of theirs. */
#include "http/organizations.h"
#include "http/pages.h"

enum { SITEMAP_BYTES_MAX = 1 << 20, AGENDAS_MAX = 256 };

/* The portal's own address: as epo.json names it, else as this client called it. */
static const char *own_address(struct epo_request *request) {
    struct epo_span url = epo_json_get_text(epo_portal_settings(request->portal), "address");
    return url.len > 0 ? epo_pool_string(request->pool, url) : epo_page_own_address(request);
}

static void add(struct epo_request *request, struct epo_json *pages, const char *path) {
    struct epo_json *row = epo_json_object(request->pool);
    const char *url = epo_pool_printf(request->pool, "%s%s", own_address(request), path);
    epo_json_set_string(request->pool, row, "url", url);
    epo_json_set_string(request->pool, row, "english",
                        epo_pool_printf(request->pool, "%s?lang=en", url));
    epo_json_push(request->pool, pages, row);
}

static void add_agenda(struct epo_request *request, struct epo_json *pages,
                       const struct epo_agenda *agenda) {
    const char *path = epo_pool_printf(request->pool, "/agendas/%s", epo_agenda_name(agenda));
    add(request, pages, path);
    for (size_t i = 0; i < epo_agenda_form_count(agenda); i++)
        add(request, pages,
            epo_pool_printf(request->pool, "%s/%s", path, epo_form_id(epo_agenda_form(agenda, i))));
}

struct epo_response *epo_page_sitemap(struct epo_request *request) {
    static const char *const FIXED[] = {"/",    "/agendas", "/place",        "/opendata",
                                        "/ogc", "/permits", "/accessibility"};
    struct epo_error error = {0};
    struct epo_buffer text;
    struct epo_json *model = epo_json_object(request->pool);
    struct epo_json *pages =
        epo_json_set(request->pool, model, "pages", epo_json_array(request->pool));
    struct epo_agenda **agendas = EPO_NEW_ARRAY(request->pool, struct epo_agenda *, AGENDAS_MAX);
    size_t count = epo_registry_list(epo_page_app(request)->registry, agendas, AGENDAS_MAX);
    for (size_t i = 0; i < sizeof FIXED / sizeof *FIXED; i++)
        add(request, pages, FIXED[i]);
    const struct epo_json *all = epo_page_organizations(request);
    if (all->count > 0)
        add(request, pages, "/organizations");
    for (uint32_t i = 0; i < all->count; i++)
        add(request, pages,
            epo_pool_string(request->pool, epo_json_get_text(all->items[i], "url")));
    for (size_t i = 0; i < count; i++) {
        add_agenda(request, pages, agendas[i]);
        epo_agenda_release(agendas[i]);
    }
    epo_buffer_init(&text, SITEMAP_BYTES_MAX);
    bool good = epo_templates_render(request->portal->templates, "web/sitemap", request->lang,
                                     model, &text, &error) &&
                !text.failed;
    struct epo_span body =
        good ? epo_pool_copy(request->pool, epo_buffer_get(&text)) : EPO_SPAN("");
    epo_buffer_clear(&text);
    if (!good && error.code[0] == '\0')
        epo_fail(&error, EPO_ERROR_BROKEN, "sitemap.size", "the list of pages is too long");
    return good ? epo_respond(request, 200, "application/xml; charset=utf-8", body)
                : epo_respond_error(request, &error, NULL);
}

struct epo_response *epo_page_robots(struct epo_request *request) {
    return epo_respond(request, 200, "text/plain; charset=utf-8",
                       epo_span(epo_pool_printf(request->pool,
                                                "User-agent: *\n"
                                                "Disallow: /account\n"
                                                "Disallow: /admin\n"
                                                "Disallow: /api/\n"
                                                "Disallow: /login\n"
                                                "Disallow: /office\n"
                                                "Disallow: /submissions\n"
                                                "Disallow: /tiles/\n"
                                                "Sitemap: %s/sitemap.xml\n",
                                                own_address(request))));
}
