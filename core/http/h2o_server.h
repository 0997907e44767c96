/* The h2o side of the server: the only header of the project in which h2o types appear. */
#ifndef EPO_HTTP_H2O_SERVER_H
#define EPO_HTTP_H2O_SERVER_H

#include <h2o.h>
#include <h2o/http1.h>
#include <pthread.h>

#include "http/internal.h"

#define EPO_LOOPS_MAX 64
#define EPO_ACCEPT_BATCH 16

struct epo_server;

/* One accepted connection; lives from accept to the socket's close. On its loop only. */
struct epo_connection {
    h2o_linklist_t link;
    struct epo_loop *loop;
    h2o_socket_t *socket;
    char address[46];
    bool tls;
    int active;               /* requests under way on it */
    int64_t reading_since_us; /* a request has begun and is not whole yet; 0: none */
    int waiting; /* bytes the client has not acknowledged, and when that last changed */
    int64_t moved_at_us;
};

struct epo_loop {
    struct epo_server *server;
    int index;
    pthread_t thread;
    h2o_context_t context;
    h2o_accept_ctx_t accept;
    h2o_multithread_receiver_t finished; /* exchanges whose response is ready */
    h2o_multithread_receiver_t orders;   /* stop, new certificates */
    h2o_socket_t *listeners[EPO_LOOPS_MAX];
    int listener_count;
    h2o_linklist_t connections, exchanges;
    int64_t swept_at_us;
    bool stopping;
    struct epo_buffer log; /* access log lines, written once a second */
    uint64_t next_id;
};

struct epo_server {
    struct epo_server_options options;
    struct epo_pool *pool; /* for the assets manifest and settings */
    h2o_globalconf_t config;
    struct epo_guard *guard;
    struct epo_cache *cache;
    struct epo_workers *workers;
    struct epo_metrics metrics;
    SSL_CTX *tls; /* NULL: plain */
    struct epo_loop *loops;
    pthread_barrier_t started; /* every loop listens before anything is said or stopped */
    int loop_count, worker_count;
    int listen_fds[EPO_LOOPS_MAX], listen_count;
    int port;
    int wake_fd; /* eventfd: epo_server_stop */
    int64_t request_timeout_us, write_timeout_us, deadline_us;
    bool access_log;
    char id_prefix[9];
    void (*on_reload)(void *arg);
    void *on_reload_arg;
};

/* exchange.c */
int epo_exchange_begin(h2o_handler_t *self, h2o_req_t *req);
void epo_exchange_on_finished(h2o_multithread_receiver_t *receiver, h2o_linklist_t *messages);
/* Answers 503 to what has waited too long; writes the access log. */
void epo_exchange_sweep(struct epo_loop *loop, int64_t now_us);

/* connection.c */
void epo_connection_accept(h2o_socket_t *listener, const char *error);
/* Ends connections that are slow on purpose, or idle while stopping. */
void epo_connection_sweep(struct epo_loop *loop, int64_t now_us);

/* tls.c: a context with the certificate of the settings; NULL with *error empty where there is
 * none. */
SSL_CTX *epo_tls_create(const struct epo_json *settings, struct epo_error *error);

/* listen.c: sockets taken over (LISTEN_FDS of systemd, EPO_LISTEN_FDS of a predecessor) or bound.
 */
bool epo_listen_open(struct epo_server *server, struct epo_error *error);
/* Starts this program again with the listening sockets; it ends us when it is ready. */
bool epo_listen_hand_over(struct epo_server *server, struct epo_error *error);
/* Tells the predecessor that handed its sockets over, if there is one, to finish. */
void epo_listen_take_over(void);

#endif
