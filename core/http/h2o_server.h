/* The h2o side of the server: the only header of the project in which h2o types appear. */
#ifndef EPO_HTTP_H2O_SERVER_H
#define EPO_HTTP_H2O_SERVER_H

#include <h2o.h>
#include <h2o/http1.h>
#include <pthread.h>

#include "http/internal.h"

#define EPO_LOOPS_MAX 64
#define EPO_ACCEPT_BATCH 16
#define EPO_LOG_BYTES 65536

/* Why a request was refused before there was an exchange, and how to say it. */
struct epo_refusal {
    int status; /* 0: not refused */
    bool json, english;
};

/* One accepted connection; lives from accept to the socket's close. On its loop only. */
struct epo_connection {
    h2o_linklist_t link;
    h2o_linklist_t unwatched; /* of the loop's, while libh2o's own reader may be in place */
    struct epo_loop *loop;
    h2o_socket_t *socket;
    SSL_CTX
    *tls; /* held: libh2o takes it up only when the greeting comes, a reload may be sooner */
    char address[46];
    int active;        /* requests under way on it */
    int served;        /* requests begun on it */
    bool head_checked; /* the head at the front of the input passed epo_head_check */
    size_t head_len;
    size_t body_max; /* of the request whose head was checked */
    bool uploads;    /* counts among server->uploads, until its request is over */
    struct epo_refusal refused;
    int64_t idle_since_us;    /* last request answered, or accepted */
    int64_t reading_since_us; /* a request has begun and is not whole yet; 0: none */
    int64_t moved_at_us;      /* writing: when the client last took a fair piece; 0: not writing */
    uint64_t moved;           /* bytes it had acknowledged then */
    int linger_fd;            /* keeps the connection open behind libh2o's close; -1: none */
    int64_t linger_until_us;
};

struct epo_loop {
    struct epo_server *server;
    int index;
    pthread_t thread;
    h2o_globalconf_t config; /* a copy of the server's, but for the limit of the body being read */
    h2o_context_t context;
    h2o_accept_ctx_t accept;
    h2o_socket_cb http_read;             /* libh2o's reader of HTTP/1, learned at start */
    h2o_multithread_receiver_t finished; /* exchanges whose response is ready */
    h2o_multithread_receiver_t orders;   /* stop, new certificates */
    h2o_socket_t *listeners[EPO_LOOPS_MAX];
    int listener_count;
    bool accepting; /* false for a moment when descriptors ran out */
    h2o_linklist_t connections, unwatched, exchanges;
    int64_t swept_at_us;
    bool stopping;
    struct epo_metrics metrics;
    uint64_t next_id;
    char log[EPO_LOG_BYTES]; /* access log lines, written once a second */
    size_t log_len;
    int64_t log_second;
    char log_time[24]; /* "2026-11-24T03:23:00" of log_second */
};

/* Pages made ready at start for what is refused on a loop: by status, then cs, en, JSON. */
#define EPO_REFUSALS 7

struct epo_server {
    struct epo_server_options options;
    struct epo_pool *pool; /* for the assets manifest */
    h2o_globalconf_t config;
    struct epo_guard *guard;
    struct epo_cache *cache;
    struct epo_workers *workers;
    struct epo_fetcher *fetcher;
    bool takes_posts; /* epo_server_post */
    struct epo_blob *refusals[EPO_REFUSALS][3];
    SSL_CTX *tls; /* NULL: plain */
    struct epo_loop *loops;
    int loop_count, worker_count;
    pthread_barrier_t started;
    int listen_fds[EPO_LOOPS_MAX], listen_count;
    atomic_int uploads; /* bodies with files that are coming in or being worked on */
    int port;
    int wake_fd; /* eventfd: epo_server_stop */
    /* May change at a reload. */
    atomic_llong request_timeout_us, write_timeout_us, idle_timeout_us, deadline_us;
    atomic_int requests_per_connection;
    enum { EPO_ACCESS_OFF, EPO_ACCESS_JSON, EPO_ACCESS_TEXT } access;
    char id_prefix[9];
    void (*on_reload)(void *arg);
    void *on_reload_arg;
};

/* exchange.c */
int epo_exchange_begin(h2o_handler_t *self, h2o_req_t *req);
void epo_exchange_on_finished(h2o_multithread_receiver_t *receiver, h2o_linklist_t *messages);
/* Answers 503 to what has waited too long; lets go of queued work whose client has left. */
void epo_exchange_sweep(struct epo_loop *loop, int64_t now_us);

/* connection.c */
struct epo_connection *epo_connection_of(const h2o_req_t *req);
void epo_connection_accept(h2o_socket_t *listener, const char *error);
/* Accepts what the kernel has queued, before a listener is closed: closing would reset it. */
void epo_connection_accept_all(h2o_socket_t *listener);
/* Ends connections that are slow on purpose, or idle while stopping; once a second. */
void epo_connection_sweep(struct epo_loop *loop, int64_t now_us);
/* It does not count among the uploads any more. */
void epo_connection_unload(struct epo_connection *connection);
/* A request on it is over (its memory is about to go). */
void epo_connection_rest(struct epo_connection *connection);
/* The answer under way is the last one and the client may still be sending: keep reading for a
 * moment, so that the answer is not lost in a reset (RFC 9112 §9.6). */
void epo_connection_linger(struct epo_connection *connection);

/* gate.c: libh2o's reader with epo_head_check before it */
void epo_gate_learn(struct epo_loop *loop);
/* After each turn of the loop: puts the gate before libh2o's reader where it is back. */
void epo_gate_watch(struct epo_loop *loop);
/* For what came in behind another request and did not pass the reader: the same check. */
void epo_gate_check(struct epo_connection *connection, struct epo_span input);

/* refuse.c */
void epo_refuse_prepare(struct epo_server *server);
void epo_refuse_free(struct epo_server *server);
struct epo_refusal epo_refuse_as(int status, struct epo_span target, struct epo_span accept,
                                 struct epo_span accept_language);
void epo_refuse(struct epo_loop *loop, h2o_req_t *req, struct epo_refusal refusal);
/* A filter for what libh2o refuses by itself: our headers and page instead of its own. */
void epo_refuse_instead(h2o_pathconf_t *path);

/* accesslog.c */
#define EPO_ID_SIZE 24
void epo_access_id(struct epo_loop *loop, char out[EPO_ID_SIZE]);
void epo_access_note(struct epo_loop *loop, struct epo_span method, const char *route,
                     const char *id, int status, size_t bytes, int64_t took_us);
void epo_access_flush(struct epo_loop *loop);

/* tls.c: a context with the certificate of the settings, whose paths begin at folder; NULL with
 * error->kind 0 where there is none. */
SSL_CTX *epo_tls_create(const struct epo_json *settings, const char *folder,
                        struct epo_error *error);

/* listen.c: sockets taken over (LISTEN_FDS of systemd, EPO_LISTEN_FDS of a predecessor) or bound.
 */
bool epo_listen_open(struct epo_server *server, struct epo_error *error);

/* handover.c */
#define EPO_LISTEN_FIRST_FD 3               /* SD_LISTEN_FDS_START of sd_listen_fds(3) */
int epo_hand_over_number(const char *name); /* a positive number of the environment, or 0 */
/* Starts this program again with the listening sockets; it ends us when it is ready. */
bool epo_hand_over(struct epo_server *server, struct epo_error *error);
/* Tells the predecessor that handed its sockets over, if there is one, to finish. */
void epo_hand_over_done(void);
/* sd_notify(3): "READY=1", "STOPPING=1"; nothing where no supervisor listens. */
void epo_hand_over_notify(const char *state);

#endif
