/* A server of a few plain routes, without a portal: what the tests of the HTTP room talk to.
 *   support_testserver ADDRESS:PORT [SETTINGS-JSON] [ASSETS-FOLDER] */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/http.h"

static struct epo_server *server;

static struct epo_response *hello(struct epo_request *request) {
    struct epo_response *response =
        epo_respond(request, 200, "text/plain; charset=utf-8",
                    request->lang[0] == 'e' ? EPO_SPAN("hello\n") : EPO_SPAN("ahoj\n"));
    epo_response_cacheable(response);
    return response;
}

static struct epo_response *page(struct epo_request *request) {
    struct epo_buffer buffer;
    epo_buffer_init(&buffer, 1u << 20);
    for (int i = 0; i < 400; i++)
        epo_buffer_printf(&buffer, "<p>line %d of a page that compresses well</p>\n", i);
    struct epo_response *response =
        epo_respond(request, 200, "text/html; charset=utf-8",
                    epo_pool_copy(request->pool, epo_buffer_get(&buffer)));
    epo_buffer_clear(&buffer);
    epo_response_cacheable(response);
    return response;
}

/* Everything that a handler sees, as JSON. */
static struct epo_response *echo(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_json *body = epo_json_object(pool), *form = epo_json_object(pool),
                    *query = epo_json_object(pool);
    for (size_t i = 0; i < request->form_count; i++)
        epo_json_set(pool, form, epo_pool_string(pool, request->form[i].name),
                     epo_json_text(pool, request->form[i].value));
    for (size_t i = 0; i < request->query_count; i++)
        epo_json_set(pool, query, epo_pool_string(pool, request->query[i].name),
                     epo_json_text(pool, request->query[i].value));
    epo_json_set_text(pool, body, "path", request->path);
    epo_json_set_text(pool, body, "client", request->client);
    epo_json_set_text(pool, body, "host", request->host);
    epo_json_set_boolean(pool, body, "secure", request->secure);
    epo_json_set_string(pool, body, "lang", request->lang);
    epo_json_set_integer(pool, body, "bytes", (int64_t)request->body.len);
    epo_json_set(pool, body, "form", form);
    epo_json_set(pool, body, "query", query);
    return epo_respond_json(request, 200, body);
}

static struct epo_response *slow(struct epo_request *request) {
    int64_t ms = 100;
    epo_span_integer(epo_request_query(request, "ms"), &ms);
    usleep((useconds_t)(ms < 30000 ? ms : 30000) * 1000);
    return epo_respond(request, 200, "text/plain", EPO_SPAN("slept\n"));
}

static struct epo_response *big(struct epo_request *request) {
    int64_t bytes = 1 << 20;
    epo_span_integer(epo_request_query(request, "bytes"), &bytes);
    if (bytes < 0 || bytes > 64 << 20)
        bytes = 64 << 20;
    char *at = epo_pool_alloc(request->pool, (size_t)bytes + 1);
    memset(at, 'x', (size_t)bytes);
    return epo_respond(request, 200, "application/octet-stream",
                       (struct epo_span){at, (size_t)bytes});
}

static struct epo_response *one(struct epo_request *request) {
    return epo_respond(request, 200, "text/plain", request->captures[0]);
}

static struct epo_response *inline_one(struct epo_request *request) {
    return epo_respond(request, 200, "text/plain", EPO_SPAN("inline\n"));
}

static const struct epo_route ROUTES[] = {
    {EPO_GET, "/", hello, 0, "hello"},
    {EPO_GET, "/page", page, 0, "page"},
    {EPO_GET | EPO_POST, "/echo", echo, 0, "echo"},
    {EPO_POST, "/limited", echo, EPO_ROUTE_LIMITED, "limited"},
    {EPO_GET, "/slow", slow, 0, "slow"},
    {EPO_GET, "/big", big, 0, "big"},
    {EPO_GET, "/one/{it}", one, 0, "one"},
    {EPO_GET, "/rest/{it*}", one, 0, "rest"},
    {EPO_GET, "/inline", inline_one, EPO_ROUTE_INLINE, "inline"},
};

static void reload(void *arg) {
    struct epo_error error;
    if (!epo_server_reload(server, arg, &error))
        epo_log_error(EPO_LOG_ERROR, "reload", &error);
}

int main(int count, char **arguments) {
    struct epo_error error;
    struct epo_portal portal = {.tenant = "test"};
    struct epo_pool *pool = epo_pool_create();
    struct epo_json *settings = NULL;
    epo_log_setup("json", EPO_LOG_INFO);
    if (count < 2)
        return 2;
    if (count > 2 && !(settings = epo_json_parse(pool, epo_span(arguments[2]), &error))) {
        fprintf(stderr, "%s: %s\n", error.where, error.text);
        return 1;
    }
    struct epo_server_options options = {.routes = ROUTES,
                                         .route_count = sizeof ROUTES / sizeof *ROUTES,
                                         .portal = &portal,
                                         .settings = settings,
                                         .listen = arguments[1],
                                         .assets = count > 3 ? arguments[3] : NULL};
    server = epo_server_create(&options, &error);
    if (!server ||
        (epo_server_on_reload(server, reload, settings), !epo_server_run(server, &error))) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    epo_server_free(server);
    epo_pool_free(pool);
    return 0;
}
