/* Pages in the host's frame, and errors in the kind that the client asked for. */
#include "base/limits.h"
#include "base/log.h"
#include "http/internal.h"
#include "portal/account.h"
#include "portal/background.h"
#include "portal/mandate.h"
#include "portal/routing.h"
#include "portal/session.h"

static const struct epo_json *assets_manifest;

void epo_frame_setup(const struct epo_json *assets) {
    assets_manifest = assets;
}

static bool is_english(const struct epo_request *request) {
    return request->lang[0] == 'e';
}

/* This page in the other language: the same query with lang replaced. One slash leads: browsers
 * read "//name" and "/\\name" as another host. */
static const char *other_language_url(struct epo_request *request) {
    struct epo_buffer url;
    epo_buffer_init(&url, EPO_URL_BYTES_MAX);
    struct epo_span path = request->raw_path;
    while (path.len && (path.at[0] == '/' || path.at[0] == '\\'))
        path = (struct epo_span){path.at + 1, path.len - 1};
    epo_buffer_byte(&url, '/');
    epo_buffer_span(&url, path);
    epo_buffer_printf(&url, "?lang=%s", is_english(request) ? "cs" : "en");
    struct epo_span query = request->raw_query;
    while (query.len) {
        struct epo_span part = epo_span_cut(query, '&', &query);
        if (part.len == 0 || epo_span_starts(part, EPO_SPAN("lang=")))
            continue;
        epo_buffer_byte(&url, '&');
        epo_buffer_span(&url, part);
    }
    const char *text = url.failed ? "/" : epo_pool_string(request->pool, epo_buffer_get(&url));
    epo_buffer_clear(&url);
    return text;
}

/* The address that search engines shall know a page by, and the same page in each language. Only
 * where epo.json names the portal's own: kept pages are the same for every Host that is asked. */
static void add_addresses(struct epo_request *request, struct epo_json *model) {
    struct epo_pool *pool = request->pool;
    struct epo_json *alternates = epo_json_array(pool);
    struct epo_span own = epo_json_get_text(epo_portal_settings(request->portal), "address");
    epo_json_set(pool, model, "alternates", alternates);
    if (own.len == 0)
        return;
    const char *czech = epo_pool_printf(pool, "%.*s%.*s", EPO_ARG(own), EPO_ARG(request->raw_path));
    const char *english = epo_pool_printf(pool, "%s?lang=en", czech);
    epo_json_set_string(pool, model, "canonical", is_english(request) ? english : czech);
    const char *const rows[][2] = {{"cs", czech}, {"en", english}, {"x-default", czech}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_string(pool, row, "lang", rows[i][0]);
        epo_json_set_string(pool, row, "url", rows[i][1]);
        epo_json_push(pool, alternates, row);
    }
}

/* Whom the session acts for, where it still may: the name stands in the head of every page. */
static void add_acting(struct epo_request *request, const struct epo_account *account,
                       struct epo_json *model) {
    struct epo_error error = {0};
    struct epo_party party;
    bool found = false;
    if (account->acting_for[0] != '\0' &&
        epo_mandate_party(request->portal, request->db, epo_span(account->id),
                          epo_span(account->acting_for), &party, &found, &error) &&
        found)
        epo_json_set_string(request->pool, model, "acting", party.name);
}

static struct epo_json *account_model(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_account account;
    char until[EPO_TIME_SIZE];
    if (!request->session.len || !request->db ||
        !epo_session_find(request->portal, request->db, request->session, &account, &error))
        return NULL;
    struct epo_json *model = epo_json_object(request->pool);
    epo_json_set_string(request->pool, model, "name", account.name);
    epo_json_set_string(request->pool, model, "role", account.role);
    epo_json_set_string(request->pool, model, "office", account.office);
    epo_json_set_text(request->pool, model, "office_name",
                      epo_routing_name(epo_portal_settings(request->portal),
                                       epo_span(account.office), request->lang));
    if (account.password_until_us > 0)
        epo_json_set_string(request->pool, model, "password_until",
                            epo_time_local(account.password_until_us, request->lang, until));
    add_acting(request, &account, model);
    return model;
}

static void add_frame(struct epo_request *request, int status, struct epo_json *model) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *settings = epo_portal_settings(request->portal);
    const struct epo_json *city = epo_json_get(settings, "city");
    struct epo_json *frame_city = epo_json_object(pool);
    epo_json_set_text(pool, frame_city, "name",
                      epo_json_localized(epo_json_get(city, "name"), request->lang));
    epo_json_set(pool, model, "city", frame_city);
    epo_json_set_string(pool, model, "lang", request->lang);
    epo_json_set_string(pool, model, "other_lang", is_english(request) ? "cs" : "en");
    epo_json_set_string(pool, model, "other_lang_url", other_language_url(request));
    epo_json_set_text(pool, model, "path", request->path);
    if (status == 200)
        add_addresses(request, model);
    epo_json_set(pool, model, "assets", epo_json_copy(pool, assets_manifest));
    epo_json_set_boolean(pool, model, "demo", request->portal->demo);
    epo_json_set_boolean(pool, model, "dev", request->portal->dev);
    struct epo_json *account = account_model(request);
    if (account)
        epo_json_set(pool, model, "account", account);
}

static struct epo_response *draw(struct epo_request *request, const struct epo_templates *templates,
                                 int status, const char *name, struct epo_json *model) {
    struct epo_error error = {0};
    struct epo_buffer page;
    epo_buffer_init(&page, EPO_PAGE_BYTES_MAX);
    add_frame(request, status, model);
    bool ok =
        epo_templates_render(templates, name, request->lang, model, &page, &error) && !page.failed;
    struct epo_span body = ok ? epo_pool_copy(request->pool, epo_buffer_get(&page)) : EPO_SPAN("");
    epo_buffer_clear(&page);
    if (!ok) {
        epo_log_error(EPO_LOG_ERROR, "http.template_failed", &error);
        return epo_respond_plain_error(request, 500, "http.template",
                                       "The page could not be drawn.");
    }
    struct epo_response *response = epo_respond(request, status, "text/html; charset=utf-8", body);
    epo_guard_pictures(response,
                       epo_backgrounds_hosts(request->pool, epo_portal_settings(request->portal)));
    struct epo_span chosen = epo_request_query(request, "lang");
    if (chosen.len) /* the choice holds for the pages that follow */
        epo_response_cookie(response, "lang", epo_span(request->lang), 365 * 24 * 3600);
    return response;
}

struct epo_response *epo_respond_page(struct epo_request *request, int status,
                                      const char *template_name, struct epo_json *model) {
    return draw(request, request->portal->templates, status, template_name, model);
}

struct epo_response *epo_respond_private(struct epo_request *request, int status,
                                         const char *template_name, struct epo_json *model) {
    struct epo_response *response = epo_respond_page(request, status, template_name, model);
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    return response;
}

struct epo_response *epo_respond_page_of(struct epo_request *request,
                                         const struct epo_templates *templates, int status,
                                         const char *template_name, struct epo_json *model) {
    return draw(request, templates, status, template_name, model);
}

struct epo_response *epo_respond_plain_error(struct epo_request *request, int status,
                                             const char *code, const char *text) {
    return epo_respond(request, status, "text/plain; charset=utf-8",
                       epo_span(epo_pool_printf(request->pool, "%d %s\n%s (%s)\n", status,
                                                epo_status_reason(status), text, code)));
}

static bool wants_json(const struct epo_request *request) {
    struct epo_span accept = epo_request_header(request, "accept");
    bool page = memmem(accept.at, accept.len, "text/html", 9) != NULL;
    return epo_span_starts(request->path, EPO_SPAN("/api/")) ||
           epo_span_starts(request->raw_path, EPO_SPAN("/api/")) || /* it could not be decoded */
           (!page && (memmem(accept.at, accept.len, "json", 4) ||
                      epo_span_starts(request->raw_path, EPO_SPAN("/ogc")) ||
                      epo_span_starts(request->raw_path, EPO_SPAN("/opendata/"))));
}

/* RFC 9457. */
static struct epo_response *problem(struct epo_request *request, int status,
                                    const struct epo_error *error, const struct epo_json *errors) {
    struct epo_pool *pool = request->pool;
    struct epo_json *body = epo_json_object(pool);
    epo_json_set_string(pool, body, "type", "about:blank");
    epo_json_set_string(pool, body, "title", epo_status_reason(status));
    epo_json_set_integer(pool, body, "status", status);
    epo_json_set_string(pool, body, "code", error->code);
    /* What broke inside is for the log alone (ASVS 16.5.1); so are the engine's own words. */
    if (error->kind != EPO_ERROR_BROKEN &&
        !epo_span_starts(epo_span(error->code), EPO_SPAN("store.")))
        epo_json_set_string(pool, body, "detail", error->text);
    epo_json_set_string(pool, body, "instance", request->id);
    epo_json_set(pool, body, "errors", errors ? epo_json_copy(pool, errors) : epo_json_array(pool));
    return epo_respond(request, status, "application/problem+json; charset=utf-8",
                       epo_json_print(pool, body));
}

/* "status.<n>.<part>" of the catalog; statuses without texts of their own speak as 400 or 500 do.
 */
static struct epo_span status_text(struct epo_request *request, int status, const char *part) {
    const char *key = epo_pool_printf(request->pool, "status.%d.%s", status, part);
    struct epo_span text = epo_catalog_text(request->portal->catalog, request->lang, key);
    if (!epo_span_is(text, key))
        return text;
    key = epo_pool_printf(request->pool, "status.%d.%s", status < 500 ? 400 : 500, part);
    return epo_catalog_text(request->portal->catalog, request->lang, key);
}

static struct epo_response *error_page(struct epo_request *request, int status) {
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool), *todo = epo_json_array(pool);
    epo_json_set_integer(pool, model, "status", status);
    epo_json_set_text(pool, model, "title", status_text(request, status, "title"));
    epo_json_set_text(pool, model, "page_title", status_text(request, status, "title"));
    epo_json_set_text(pool, model, "text", status_text(request, status, "text"));
    epo_json_push(pool, todo, epo_json_text(pool, status_text(request, status, "todo")));
    epo_json_set(pool, model, "todo", todo);
    epo_json_set_boolean(pool, model, "kept",
                         request->method == EPO_POST && status != 404 && status != 403);
    epo_json_set_string(pool, model, "id", request->id);
    return epo_respond_page(request, status, "web/error", model);
}

struct epo_response *epo_respond_status(struct epo_request *request, int status,
                                        const struct epo_error *error,
                                        const struct epo_json *errors) {
    if (error->kind == EPO_ERROR_BROKEN)
        epo_log(EPO_LOG_ERROR, "http.broken", EPO_LOG_TEXT("id", request->id),
                EPO_LOG_TEXT("code", error->code), EPO_LOG_TEXT("text", error->text),
                EPO_LOG_TEXT("where", error->where));
    struct epo_response *response;
    if (wants_json(request))
        response = problem(request, status, error, errors);
    else if (request->portal && request->portal->templates)
        response = error_page(request, status);
    else
        response = epo_respond_plain_error(request, status, error->code, error->text);
    if (status == 503 || status == 429)
        epo_response_header(response, "retry-after", EPO_SPAN("5"));
    return response;
}

struct epo_response *epo_respond_error(struct epo_request *request, const struct epo_error *error,
                                       const struct epo_json *errors) {
    return epo_respond_status(request, epo_status_of(error->kind), error, errors);
}
