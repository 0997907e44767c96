/* What the files of core/http share among themselves. No h2o type appears here. */
#ifndef EPO_HTTP_INTERNAL_H
#define EPO_HTTP_INTERNAL_H

#include <stdatomic.h>

#include "http/fetch.h"
#include "http/http.h"

#define EPO_RESPONSE_HEADERS_MAX 24

struct epo_response {
    struct epo_request *request;
    int status;
    struct epo_header headers[EPO_RESPONSE_HEADERS_MAX];
    size_t header_count;
    struct epo_span body;
    bool cacheable;
    /* borrowed bytes (a tile): given back when sent */
    void (*release)(void *arg);
    void *release_arg;
    /* epo_respond_after_fetch: fetch; epo_respond_after_write: run; both: finish */
    struct epo_fetch *fetch;
    bool (*run)(struct epo_db *db, void *arg, struct epo_error *error);
    void *run_arg;
    struct epo_response *(*finish)(struct epo_request *request, void *arg,
                                   const struct epo_error *error);
    void *arg;
};

/* response.c: a handler that needs bytes of another server. The worker is free at once; `finish`
 * runs on a worker with the fetch as its arg and makes the response; error is not NULL where it
 * failed. fetch lives in the request's pool. */
struct epo_response *
epo_respond_after_fetch(struct epo_request *request, struct epo_fetch *fetch,
                        struct epo_response *(*finish)(struct epo_request *request, void *arg,
                                                       const struct epo_error *error));

/* ---- settings.c ---- */
int64_t epo_http_setting(const struct epo_json *settings, const char *name);

/* ---- status.c ---- */
int epo_status_of(enum epo_error_kind kind);
const char *epo_status_reason(int status);

/* ---- request.c: pure readers of what came; all results in the pool ---- */
struct epo_pairs {
    const struct epo_pair *pairs;
    size_t count;
    const struct epo_upload *files; /* of multipart: borrowed from the body */
    size_t file_count;
};
/* application/x-www-form-urlencoded (also queries). False: TOO_LARGE over EPO_FIELD_COUNT_MAX,
 * BAD_INPUT for broken escapes, NUL or invalid UTF-8. */
bool epo_request_read_pairs(struct epo_pool *pool, struct epo_span text, struct epo_pairs *pairs,
                            struct epo_error *error);
/* multipart/form-data; the same errors, and TOO_LARGE over EPO_FILES_MAX. */
bool epo_request_read_multipart(struct epo_pool *pool, struct epo_span content_type,
                                struct epo_span body, struct epo_pairs *pairs,
                                struct epo_error *error);
/* Fills request->form from the body by its content type. */
bool epo_request_read_form(struct epo_request *request, struct epo_error *error);
/* Percent-decoded; false for broken escapes, NUL, invalid UTF-8. */
bool epo_request_decode(struct epo_pool *pool, struct epo_span text, bool plus_is_space,
                        struct epo_span *out);
struct epo_span epo_request_find_cookie(struct epo_span header, const char *name);
/* "cs" or "en": the query's lang=, the cookie, Accept-Language, cs. */
const char *epo_request_language(struct epo_span query, struct epo_span cookies,
                                 struct epo_span accepted);

/* ---- route.c ---- */
/* The row that fits, with its captures in the pool; NULL with *allowed = methods of the rows that
 * fit the path (0: none, 404). */
const struct epo_route *epo_route_find(const struct epo_route *routes, size_t count, int method,
                                       struct epo_span path, struct epo_pool *pool,
                                       struct epo_span captures[4], int *allowed);
int epo_route_method(struct epo_span name);
/* "GET, HEAD, POST" */
struct epo_span epo_route_allow(struct epo_pool *pool, int methods);

/* ---- head.c: the raw head of a request, before anything in it is believed ---- */
#define EPO_HEAD_UNFINISHED (-1)
struct epo_head {
    size_t len;             /* bytes up to and with the empty line */
    struct epo_span target; /* as sent */
    struct epo_span accept, accept_language;
    size_t content_length;
    int headers, hosts, lengths, codings;
    bool old;   /* HTTP/1.0 */
    bool files; /* multipart/form-data of an announced length */
};
/* 0 when the head is whole and fine, EPO_HEAD_UNFINISHED while more must come, else the status to
 * refuse with: 400, 413 (a body over body_max is announced), 414, 417, 431. What can be known of a
 * refused request stands in *head (spans of input). */
bool epo_head_is_host(struct epo_span text);
int epo_head_check(struct epo_span input, size_t body_max, struct epo_head *head);

/* ---- guard.c ---- */
/* True when a state-changing request comes from our own pages or from no browser. */
bool epo_guard_same_site(const struct epo_request *request);
/* Lets a page load pictures from these servers too (each with a space before it; may be empty). */
void epo_guard_pictures(struct epo_response *response, struct epo_span hosts);
/* Sent with every answer. secure adds HSTS, which is the last. */
const struct epo_header *epo_guard_headers(bool secure, size_t *count);
struct epo_guard; /* per-address counters and the proxies that are trusted; any thread */
struct epo_guard *epo_guard_create(const struct epo_json *settings, struct epo_error *error);
/* Other limits and proxies from now on (reload). */
bool epo_guard_update(struct epo_guard *guard, const struct epo_json *settings,
                      struct epo_error *error);
void epo_guard_free(struct epo_guard *guard);
bool epo_guard_connect(struct epo_guard *guard,
                       struct epo_span address); /* false: over the limit */
void epo_guard_disconnect(struct epo_guard *guard, struct epo_span address);
/* What is limited, each for itself. */
enum epo_rate { EPO_RATE_LIMITED, EPO_RATE_DRAWN, EPO_RATES };
/* One more limited request of this address; false with the seconds to wait. */
bool epo_guard_allow(struct epo_guard *guard, struct epo_span address, enum epo_rate rate,
                     int *wait_s);
bool epo_guard_trusts(struct epo_guard *guard, struct epo_span address);

/* ---- cache.c: bytes ready to send, shared by all loops ---- */
enum epo_encoding { EPO_IDENTITY, EPO_GZIP, EPO_BROTLI };
struct epo_blob {
    atomic_int references;
    int status;
    const struct epo_route *route; /* whose page it is; NULL for files and prepared errors */
    struct epo_span bytes[3];      /* by encoding; len 0: not there */
    struct epo_span etags[3];
    /* Every header line but Date, Connection, Content-Length and HSTS as the value of one: libh2o
     * then copies one piece. whole: with the bytes; same: with a 304. */
    struct epo_span whole[3], same[3];
    atomic_bool compressed;       /* bytes[EPO_GZIP] and bytes[EPO_BROTLI] may be read */
    char *memory, *gzip, *brotli; /* behind all of the above */
};
/* status, headers and the bytes by encoding into one new blob (one reference). secure headers are
 * put in front. */
struct epo_blob *epo_blob_make(int status, const struct epo_header *headers, size_t count,
                               const struct epo_span bodies[3]);
struct epo_cache;
struct epo_cache *epo_cache_create(void);
void epo_cache_free(struct epo_cache *cache);
/* A reference to what is kept under the key, or NULL. */
struct epo_blob *epo_cache_find(struct epo_cache *cache, struct epo_span key);
/* Keeps a copy unless the cache was purged since `generation` or has one already: then NULL. Else a
 * reference, for epo_blob_compress. */
struct epo_blob *epo_cache_put(struct epo_cache *cache, struct epo_span key, uint64_t generation,
                               const struct epo_response *response, const struct epo_route *route);
/* From files: never purged. */
bool epo_cache_put_file(struct epo_cache *cache, struct epo_span key, const char *path,
                        struct epo_error *error);
uint64_t epo_cache_generation(struct epo_cache *cache);
void epo_cache_purge(struct epo_cache *cache);
void epo_blob_release(struct epo_blob *blob);
/* Makes the gzip and brotli forms where they are shorter. Once for each blob; milliseconds: on a
 * worker. Others may be sending the plain form meanwhile. */
void epo_blob_compress(struct epo_blob *blob);
enum epo_encoding epo_blob_choose(struct epo_blob *blob, struct epo_span accept_encoding);

/* ---- statics.c: /assets/ ---- */
bool epo_statics_load(struct epo_cache *cache, const char *folder, struct epo_error *error);
/* manifest.json of the assets: {"style": "/assets/…"}; empty object where there is none. */
struct epo_json *epo_statics_manifest(struct epo_pool *pool, const char *folder);

/* ---- worker.c ---- */
struct epo_workers;
typedef void (*epo_work_fn)(void *arg, struct epo_db *db);
/* most: how many jobs may wait. */
struct epo_workers *epo_workers_start(struct epo_portal *portal, int count, size_t most,
                                      struct epo_error *error);
/* False when the queue is full; force is for the second half of work already accepted. */
bool epo_workers_post(struct epo_workers *workers, epo_work_fn fn, void *arg, bool force);
size_t epo_workers_waiting(struct epo_workers *workers);
/* Finishes what is queued. False when some worker was still busy after within_us: then nothing may
 * be freed and the process had better end. */
bool epo_workers_stop(struct epo_workers *workers, int64_t within_us);

/* ---- admit.c: on a worker ---- */
/* NULL where the route's flags let the session pass; else the answer: to /login, or 403. */
struct epo_response *epo_admit(struct epo_request *request, int flags);

/* ---- frame.c: pages and errors ---- */
/* Once, when the server is made. The manifest must outlive it. */
void epo_frame_setup(const struct epo_json *assets);
/* epo_respond_error with another status than the kind's: 400, 405, 414, 431 are all bad input. */
struct epo_response *epo_respond_status(struct epo_request *request, int status,
                                        const struct epo_error *error,
                                        const struct epo_json *errors);
/* A short answer where no template can be drawn: on a loop, or when drawing itself failed. */
struct epo_response *epo_respond_plain_error(struct epo_request *request, int status,
                                             const char *code, const char *text);

/* ---- metrics.c: one set for each loop, written by that loop alone, read by any thread ---- */
#define EPO_METRIC_ROUTES_MAX 256
struct epo_metrics {
    atomic_ullong by_route[EPO_METRIC_ROUTES_MAX + 1]
                          [6]; /* last row: no route; column: status / 100 */
    atomic_ullong latency[12]; /* histogram buckets, see metrics.c */
    atomic_ullong latency_us, connections_closed, connections, cache_hits, refused;
    atomic_ullong exchanges, exchanges_over, abandoned; /* abandoned: the client left before work */
};
/* Plain addition: one writer. */
static inline void epo_metrics_add(atomic_ullong *counter, unsigned long long more) {
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + more,
                          memory_order_relaxed);
}
void epo_metrics_count(struct epo_metrics *metrics, const struct epo_server_options *options,
                       const struct epo_route *route, int status, int64_t took_us);
/* The sum of all loops' sets as Prometheus text. */
void epo_metrics_write(const struct epo_metrics *const *each, size_t count,
                       const struct epo_server_options *options, size_t waiting,
                       struct epo_buffer *out);

#endif
