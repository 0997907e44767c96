#include "http/internal.h"

struct epo_response *epo_respond(struct epo_request *request, int status, const char *content_type,
                                 struct epo_span body) {
    struct epo_response *response = EPO_NEW(request->pool, struct epo_response);
    response->request = request;
    response->status = status;
    response->body = body;
    if (content_type)
        epo_response_header(response, "content-type", epo_span(content_type));
    return response;
}

struct epo_response *epo_respond_json(struct epo_request *request, int status,
                                      const struct epo_json *body) {
    return epo_respond(request, status, "application/json; charset=utf-8",
                       epo_json_print(request->pool, body));
}

struct epo_response *epo_respond_redirect(struct epo_request *request, int status,
                                          struct epo_span location) {
    struct epo_response *response = epo_respond(request, status, NULL, EPO_SPAN(""));
    epo_response_header(response, "location", location);
    return response;
}

/* Names are literals; values are checked, so that nothing typed can end a header line. The value
 * must live as long as the request's pool. A name given twice replaces, but for set-cookie. */
void epo_response_header(struct epo_response *response, const char *name, struct epo_span value) {
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.at[i] < 0x20 || value.at[i] == 0x7f)
            return;
    for (size_t i = 0; i < response->header_count; i++)
        if (epo_span_is(response->headers[i].name, name) && strcmp(name, "set-cookie") != 0) {
            response->headers[i].value = value;
            return;
        }
    epo_assert(response->header_count < EPO_RESPONSE_HEADERS_MAX);
    response->headers[response->header_count++] = (struct epo_header){epo_span(name), value};
}

void epo_response_cookie(struct epo_response *response, const char *name, struct epo_span value,
                         int max_age_s) {
    const struct epo_request *request = response->request;
    const char *prefix = request->secure ? "__Host-" : "",
               *secure = request->secure ? "; Secure" : "";
    epo_response_header(
        response, "set-cookie",
        epo_span(epo_pool_printf(request->pool,
                                 "%s%s=%.*s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s", prefix,
                                 name, EPO_ARG(value), max_age_s, secure)));
}

void epo_response_cacheable(struct epo_response *response) {
    response->cacheable = true;
}

struct epo_response *
epo_respond_after_fetch(struct epo_request *request, struct epo_fetch *fetch,
                        struct epo_response *(*finish)(struct epo_request *request, void *arg,
                                                       const struct epo_error *error)) {
    struct epo_response *response = EPO_NEW(request->pool, struct epo_response);
    *response =
        (struct epo_response){.request = request, .fetch = fetch, .finish = finish, .arg = fetch};
    return response;
}

struct epo_response *
epo_respond_after_job(struct epo_request *request,
                      bool (*run)(struct epo_db *db, void *arg, struct epo_error *error),
                      void *run_arg,
                      struct epo_response *(*finish)(struct epo_request *request, void *arg,
                                                     const struct epo_error *error),
                      void *arg) {
    struct epo_response *response = EPO_NEW(request->pool, struct epo_response);
    *response = (struct epo_response){
        .request = request, .run = run, .run_arg = run_arg, .finish = finish, .arg = arg};
    return response;
}

struct epo_response *
epo_respond_after_write(struct epo_request *request,
                        bool (*run)(struct epo_db *db, void *arg, struct epo_error *error),
                        struct epo_response *(*finish)(struct epo_request *request, void *arg,
                                                       const struct epo_error *error),
                        void *arg) {
    return epo_respond_after_job(request, run, arg, finish, arg);
}
