/* Requests and responses as the rest of the host sees them: response = handler(request).
 * All libh2o types stay in server.c. A handler runs on a worker thread, may block, and must not
 * keep pointers into the request after it returned. */
#ifndef EPO_HTTP_HTTP_H
#define EPO_HTTP_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/pool.h"
#include "base/text.h"
#include "portal/portal.h"
#include "portal/setting.h"

enum epo_method {
    EPO_GET = 1,
    EPO_HEAD = 2,
    EPO_POST = 4,
    EPO_PUT = 8,
    EPO_DELETE = 16,
    EPO_OPTIONS = 32,
    EPO_PATCH = 64
};

struct epo_header {
    struct epo_span name, value; /* request names are lower case */
};

struct epo_pair { /* a decoded name=value of a query or a form body */
    struct epo_span name, value;
};

struct epo_upload { /* a file in a multipart form; name as the client gave it, or empty */
    struct epo_span field, name, content;
};

struct epo_request {
    struct epo_pool *pool; /* dies when the response has been handed over */
    struct epo_portal *portal;
    struct epo_db *db; /* this worker's read connection to portal.db */
    void *app;         /* what main gave the server: struct epo_app of pages.h */
    enum epo_method method;
    struct epo_span path;                /* decoded, normalised, starts with "/" */
    struct epo_span captures[4];         /* of the route's {…}, decoded, in order */
    struct epo_span raw_path, raw_query; /* as sent, still encoded */
    const struct epo_pair *query;
    size_t query_count;
    const struct epo_header *headers;
    size_t header_count;
    struct epo_span body;
    const struct epo_pair *form;
    size_t form_count; /* urlencoded or multipart text fields */
    const struct epo_upload *files;
    size_t file_count;       /* chosen ones only: an input left alone sends an empty part */
    struct epo_span client;  /* address text, from a trusted proxy's header where configured */
    struct epo_span host;    /* "host:port" */
    bool secure;             /* https, here or at the trusted proxy */
    const char *lang;        /* "cs" | "en", negotiated: ?lang= > cookie > Accept-Language > cs */
    struct epo_span session; /* session cookie value or empty */
    int64_t received_at_us;
    char id[EPO_TIME_SIZE]; /* request id for logs */
};
struct epo_span epo_request_header(const struct epo_request *request, const char *name);
struct epo_span epo_request_query(const struct epo_request *request,
                                  const char *name); /* first, or empty */
struct epo_span epo_request_form(const struct epo_request *request, const char *name);
struct epo_span epo_request_cookie(const struct epo_request *request, const char *name);

/* Name of the session cookie for epo_response_cookie; request->session is its value. */
#define EPO_SESSION_COOKIE "epo_session"

struct epo_response; /* opaque; made by the calls below in the request's pool */
struct epo_response *epo_respond(struct epo_request *request, int status, const char *content_type,
                                 struct epo_span body);
struct epo_response *epo_respond_json(struct epo_request *request, int status,
                                      const struct epo_json *body);
/* Draws a template with the model; adds the page frame's model (lang, account, path, csp …). */
struct epo_response *epo_respond_page(struct epo_request *request, int status,
                                      const char *template_name, struct epo_json *model);
/* The same for what is somebody's own: kept by nobody on the way. */
struct epo_response *epo_respond_private(struct epo_request *request, int status,
                                         const char *template_name, struct epo_json *model);
/* The same with an agenda's own set (epo_agenda_templates). */
struct epo_response *epo_respond_page_of(struct epo_request *request,
                                         const struct epo_templates *templates, int status,
                                         const char *template_name, struct epo_json *model);
struct epo_response *epo_respond_redirect(struct epo_request *request, int status,
                                          struct epo_span location);
/* RFC 9457 for API and Accept: json, else the error page in the request's language. */
struct epo_response *epo_respond_error(struct epo_request *request, const struct epo_error *error,
                                       const struct epo_json *errors);
void epo_response_header(struct epo_response *response, const char *name, struct epo_span value);
/* Cookie with HttpOnly; SameSite=Lax; Path=/; Secure and __Host- prefix where the request is
 * secure. */
void epo_response_cookie(struct epo_response *response, const char *name, struct epo_span value,
                         int max_age_s);
/* May be kept by the loops and given to every anonymous client (no session cookie) that asks for
 * the same path, query and language, until epo_server_purge. Only for pages without personal data.
 */
void epo_response_cacheable(struct epo_response *response);

/* A handler that must write: it returns this instead of a finished response. The worker is free at
 * once; run goes through the writer; after the commit `finish` runs on a worker and makes the
 * response (error is NULL when it is on disk). The request lives until then. */
struct epo_response *
epo_respond_after_write(struct epo_request *request,
                        bool (*run)(struct epo_db *db, void *arg, struct epo_error *error),
                        struct epo_response *(*finish)(struct epo_request *request, void *arg,
                                                       const struct epo_error *error),
                        void *arg);
/* The same for a job that another room has made, with an arg of its own. */
struct epo_response *
epo_respond_after_job(struct epo_request *request,
                      bool (*run)(struct epo_db *db, void *arg, struct epo_error *error),
                      void *run_arg,
                      struct epo_response *(*finish)(struct epo_request *request, void *arg,
                                                     const struct epo_error *error),
                      void *arg);

typedef struct epo_response *(*epo_handler_fn)(struct epo_request *request);

enum epo_route_flags {
    EPO_ROUTE_API =
        1, /* errors as problem+json; CORS-free; no session needed for POST origin check */
    EPO_ROUTE_INLINE = 2, /* runs on the loop: must not block (tiles, statics, cached bytes) */
    EPO_ROUTE_CLERK = 4,  /* needs a signed-in clerk or admin, else to /login */
    EPO_ROUTE_ADMIN = 8,
    EPO_ROUTE_LIMITED = 16, /* counts against the address's rate limit (logins, submissions) */
    EPO_ROUTE_DRAWN = 32,   /* the same for pictures, which cost some 50 ms each */
    EPO_ROUTE_FILES = 128,  /* takes files: a multipart body up to the limits of attachments */
    EPO_ROUTE_POINT = 64 /* runs on the loop when asked about one point by lon and lat: the map lies
                            in memory, and the way to a worker and back costs as much again */
};
struct epo_route {
    int methods;         /* enum epo_method bits; GET implies HEAD */
    const char *pattern; /* "/agendas/{agenda}/{form}": a capture is one segment, or what is
                           before a known end of one ("{number}.pdf"); "{rest*}" the rest */
    epo_handler_fn handler;
    int flags;
    const char *name; /* for metrics: "form.post" */
};

struct epo_server;
struct epo_server_options {
    const struct epo_route *routes;
    size_t route_count;
    struct epo_portal *portal;
    void *app;
    const struct epo_json *settings; /* "http" member of epo.json; NULL: defaults */
    const char *listen;              /* "127.0.0.1:8080" */
    const char *assets;              /* folder of built static files, served under /assets/ */
};
/* "http" in epo.json (settings.c). */
extern const struct epo_setting_group epo_http_settings;
/* What only trying shows: proxies that are addresses, a certificate that fits its key. folder:
 * where their paths begin. */
bool epo_server_check(const struct epo_json *settings, const char *folder, struct epo_error *error);

struct epo_server *epo_server_create(const struct epo_server_options *options,
                                     struct epo_error *error);
/* Serves until epo_server_stop (from another thread or a signal): finishes what is under way. */
bool epo_server_run(struct epo_server *server, struct epo_error *error);
void epo_server_stop(struct epo_server *server);
void epo_server_free(struct epo_server *server);
/* New certificates and http settings; also forgets cached pages. */
bool epo_server_reload(struct epo_server *server, const struct epo_json *settings,
                       struct epo_error *error);
void epo_server_purge(struct epo_server *server);
/* The port it listens on (useful with port 0). */
int epo_server_port(const struct epo_server *server);
/* Prometheus text of the server's own counters. */
void epo_server_metrics(struct epo_server *server, struct epo_buffer *out);
/* Called on the main thread for SIGHUP (reload) while epo_server_run waits. */
void epo_server_on_reload(struct epo_server *server, void (*fn)(void *arg), void *arg);
/* Runs fn on a worker as soon as one is free (scheduled jobs, background reload). */
bool epo_server_post(struct epo_server *server, void (*fn)(void *arg, struct epo_db *db),
                     void *arg);

#endif
