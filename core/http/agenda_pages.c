/* Pages and routes that an agenda brings along: its hook decides, the host draws and sends. */
#include "base/log.h"
#include "http/api_body.h"
#include "http/pages.h"

/* What the hook reads: request.*, account.*, agenda.name, parameters, today, lang are put in by
 * the plugin room or here. */
static struct epo_json *tree_of(struct epo_request *request, const char *method,
                                const struct epo_json *body) {
    struct epo_pool *pool = request->pool;
    struct epo_json *tree = epo_json_object(pool);
    struct epo_json *asked = epo_json_set(pool, tree, "request", epo_json_object(pool));
    struct epo_json *query = epo_json_set(pool, asked, "query", epo_json_object(pool));
    epo_json_set_string(pool, asked, "method", method);
    epo_json_set_text(pool, asked, "path", request->path);
    for (size_t i = 0; i < request->query_count; i++)
        epo_json_set_text(pool, query, epo_pool_string(pool, request->query[i].name),
                          request->query[i].value);
    if (body != NULL)
        epo_json_set(pool, asked, "body", epo_json_copy(pool, body));
    struct epo_json *account = epo_page_account_json(request, epo_page_account(request));
    if (account != NULL)
        epo_json_set(pool, tree, "account", account);
    return tree;
}

static struct epo_response *refused(struct epo_request *request, const struct epo_hook *hook) {
    struct epo_error error = {0};
    struct epo_span message = epo_json_get_text(hook->failures->items[0], "message");
    epo_fail(&error, EPO_ERROR_BAD_INPUT, "agenda.refused", "%.*s", EPO_ARG(message));
    return epo_respond_error(request, &error, hook->failures);
}

static struct epo_hook hook_of(struct epo_request *request, struct epo_json *tree) {
    return (struct epo_hook){.pool = request->pool,
                             .portal = request->portal,
                             .db = request->db,
                             .lang = request->lang,
                             .tree = tree,
                             .result = epo_json_object(request->pool),
                             .failures = epo_json_array(request->pool)};
}

/* GET /agendas/{agenda}/p/{page}: the model by the hook, the markup by templates/<page>.html. */
struct epo_response *epo_page_own(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_agenda *agenda = epo_page_agenda(request);
    struct epo_span page = request->captures[1];
    if (agenda == NULL || !epo_agenda_has_page(agenda, page))
        return epo_page_not_found(request);
    struct epo_hook hook = hook_of(request, tree_of(request, "GET", NULL));
    const char *name = epo_pool_string(request->pool, page);
    if (!epo_agenda_call(agenda, EPO_HOOK_PAGE, name, &hook, &error))
        return epo_respond_error(request, &error, NULL);
    if (hook.failures->count > 0)
        return refused(request, &hook);
    epo_page_set_crumb(request, hook.result, agenda);
    struct epo_response *response = epo_respond_page_of(
        request, epo_agenda_templates(agenda), 200,
        epo_pool_printf(request->pool, "%s/%s", epo_agenda_name(agenda), name), hook.result);
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-cache"));
    return response;
}

static const char *method_name(enum epo_method method) {
    switch (method) {
    case EPO_POST:
        return "POST";
    case EPO_PUT:
        return "PUT";
    case EPO_DELETE:
        return "DELETE";
    default:
        return "GET"; /* HEAD asks for the same */
    }
}

static bool has_other_method(const struct epo_agenda *agenda, struct epo_span path) {
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (epo_agenda_route(agenda, epo_span(methods[i]), path) != NULL)
            return true;
    return false;
}

/* /api/v1/agendas/{agenda}/x/{route*}: JSON in, JSON out. */
struct epo_response *epo_api_route(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_response *answer = NULL;
    struct epo_json *body = NULL;
    struct epo_agenda *agenda = epo_page_agenda(request);
    const char *method = method_name(request->method);
    const char *name =
        agenda != NULL ? epo_agenda_route(agenda, epo_span(method), request->captures[1]) : NULL;
    if (name == NULL && agenda != NULL && has_other_method(agenda, request->captures[1]))
        return epo_api_problem(request, 405, "route.method", "Method Not Allowed",
                               "The agenda declares this route with another method.", NULL);
    if (name == NULL)
        return epo_page_not_found(request);
    if (request->body.len > 0) {
        body = epo_api_body(request, &answer);
        if (body == NULL)
            return answer;
    }
    struct epo_hook hook = hook_of(request, tree_of(request, method, body));
    if (!epo_agenda_call(agenda, EPO_HOOK_ROUTE, name, &hook, &error))
        return epo_respond_error(request, &error, NULL);
    if (hook.failures->count > 0)
        return refused(request, &hook);
    int64_t status = epo_json_get_integer(hook.result, "status", 200);
    const struct epo_json *said = epo_json_get(hook.result, "body");
    answer = epo_respond_json(request, status >= 200 && status <= 599 ? (int)status : 500,
                              said != NULL ? said : epo_json_null(request->pool));
    epo_response_header(answer, "cache-control", EPO_SPAN("private, no-cache"));
    return answer;
}
