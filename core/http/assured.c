#include "http/assured.h"

#include "http/sign_in.h"

struct epo_response *epo_assurance_problem(struct epo_request *request, enum epo_assurance needed,
                                           const struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    int status = error->kind == EPO_ERROR_UNAUTHENTICATED ? 401 : 403;
    struct epo_json *problem = epo_json_object(pool);
    epo_json_set_string(pool, problem, "type", "about:blank");
    epo_json_set_string(pool, problem, "title", status == 401 ? "Unauthorized" : "Forbidden");
    epo_json_set_integer(pool, problem, "status", status);
    epo_json_set_string(pool, problem, "code", error->code);
    epo_json_set_string(pool, problem, "detail", error->text);
    epo_json_set_string(pool, problem, "assurance", epo_assurance_name(needed));
    epo_json_set(pool, problem, "errors", epo_json_array(pool));
    struct epo_response *response =
        epo_respond(request, status, "application/problem+json", epo_json_print(pool, problem));
    if (status == 401) /* RFC 9110 wants one; the session's cookie is what there is */
        epo_response_header(response, "www-authenticate", EPO_SPAN("Session realm=\"epo\""));
    epo_response_header(response, "cache-control", EPO_SPAN("no-store"));
    return response;
}

/* This very address; of what is posted, the account page. */
static struct epo_span here(struct epo_request *request) {
    if (!(request->method & (EPO_GET | EPO_HEAD)))
        return EPO_SPAN("/account");
    return epo_span(epo_pool_printf(request->pool, "%.*s%s%.*s", EPO_ARG(request->raw_path),
                                    request->raw_query.len > 0 ? "?" : "",
                                    EPO_ARG(request->raw_query)));
}

struct epo_response *epo_assure(struct epo_request *request, enum epo_assurance needed) {
    struct epo_error error = {0};
    if (epo_assurance_check(needed, epo_assurance_of(epo_page_account(request)), &error))
        return NULL;
    if (epo_span_starts(request->path, EPO_SPAN("/api/")))
        return epo_assurance_problem(request, needed, &error);
    const char *way = error.kind == EPO_ERROR_UNAUTHENTICATED ? "login" : "identity";
    return epo_respond_redirect(request, 303,
                                epo_span(epo_assurance_way(request, epo_span(way), here(request))));
}

const char *epo_assurance_way(struct epo_request *request, struct epo_span way,
                              struct epo_span next) {
    const char *path = epo_span_is(way, "register")   ? "/register"
                       : epo_span_is(way, "identity") ? "/account/identity"
                                                      : "/login";
    return epo_next_url(request, path, next);
}

struct epo_json *epo_assurance_model(struct epo_request *request, enum epo_assurance needed,
                                     const struct epo_account *account) {
    static const char *const WAYS[2][2] = {{"login", "register"}, {"identity", NULL}};
    struct epo_pool *pool = request->pool;
    struct epo_error ignored = {0};
    if (epo_assurance_check(needed, epo_assurance_of(account), &ignored))
        return NULL;
    struct epo_json *model = epo_json_object(pool), *ways = epo_json_array(pool);
    const char *level = epo_assurance_name(needed);
    const char *text = epo_pool_printf(pool, "assurance.%s%s", level, account ? "_now" : "");
    epo_json_set_text(pool, model, "title",
                      epo_page_text(request, epo_pool_printf(pool, "assurance.%s_title", level)));
    epo_json_set_text(pool, model, "text", epo_page_text(request, text));
    for (int i = 0; i < 2 && WAYS[account != NULL][i] != NULL; i++) {
        const char *way = WAYS[account != NULL][i];
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_string(pool, row, "action", epo_pool_printf(pool, "identify:%s", way));
        epo_json_set_text(pool, row, "text",
                          epo_page_text(request, epo_pool_printf(pool, "assurance.%s", way)));
        epo_json_push(pool, ways, row);
    }
    epo_json_set(pool, model, "ways", ways);
    return model;
}
