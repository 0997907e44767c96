/* The server: loops, their listeners, signals, and the order of coming up and going down. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/token.h"
#include "http/h2o_server.h"
#include "http/send.h"

/* SIGTERM to exit: what is longer under way is cut, connections first, then workers. */
#define STOP_WITHIN_US 8000000
#define WORKERS_WITHIN_US 1500000

struct order { /* from the main thread to a loop */
    h2o_multithread_message_t message;
    bool stop;
    SSL_CTX *tls;
};

static void run_order(struct epo_loop *loop, const struct order *order) {
    if (order->tls) {
        SSL_CTX_free(loop->accept.ssl_ctx);
        loop->accept.ssl_ctx = order->tls;
    }
    if (!order->stop || loop->stopping)
        return;
    loop->stopping = true;
    for (int i = 0; i < loop->listener_count; i++) {
        epo_connection_accept_all(loop->listeners[i]);
        h2o_socket_close(loop->listeners[i]);
    }
    loop->listener_count = 0;
    h2o_context_request_shutdown(&loop->context); /* next answers carry connection: close */
}

static void on_orders(h2o_multithread_receiver_t *receiver, h2o_linklist_t *messages) {
    struct epo_loop *loop = H2O_STRUCT_FROM_MEMBER(struct epo_loop, orders, receiver);
    while (!h2o_linklist_is_empty(messages)) {
        h2o_multithread_message_t *message =
            H2O_STRUCT_FROM_MEMBER(h2o_multithread_message_t, link, messages->next);
        h2o_linklist_unlink(&message->link);
        struct order *order = H2O_STRUCT_FROM_MEMBER(struct order, message, message);
        run_order(loop, order);
        free(order);
    }
}

static void give_order(struct epo_loop *loop, bool stop, SSL_CTX *tls) {
    struct order *order = calloc(1, sizeof *order);
    epo_assert(order);
    order->stop = stop;
    order->tls = tls;
    h2o_multithread_send_message(&loop->orders, &order->message);
}

/* On the loop's own thread: libh2o keeps buffer pools in thread-local memory, to which sockets
 * point from the moment they are made. */
static void start_loop(struct epo_loop *loop) {
    struct epo_server *server = loop->server;
    h2o_context_init(&loop->context, h2o_evloop_create(), &server->config);
    loop->config = server->config;
    loop->context.globalconf = &loop->config;
    h2o_multithread_register_receiver(loop->context.queue, &loop->finished,
                                      epo_exchange_on_finished);
    h2o_multithread_register_receiver(loop->context.queue, &loop->orders, on_orders);
    h2o_linklist_init_anchor(&loop->connections);
    h2o_linklist_init_anchor(&loop->unwatched);
    h2o_linklist_init_anchor(&loop->exchanges);
    loop->accepting = true;
    loop->accept.ctx = &loop->context;
    loop->accept.hosts = server->config.hosts;
    if (server->tls) {
        SSL_CTX_up_ref(server->tls);
        loop->accept.ssl_ctx = server->tls;
    }
    epo_gate_learn(loop);
    for (int i = loop->index; i < server->listen_count; i += server->loop_count) {
        h2o_socket_t *listener = h2o_evloop_socket_create(loop->context.loop, server->listen_fds[i],
                                                          H2O_SOCKET_FLAG_DONT_READ);
        listener->data = loop;
        loop->listeners[loop->listener_count++] = listener;
        h2o_socket_read_start(listener, epo_connection_accept);
    }
}

static void *loop_main(void *arg) {
    struct epo_loop *loop = arg;
    int64_t stop_at_us = 0;
    start_loop(loop);
    pthread_barrier_wait(&loop->server->started);
    for (;;) {
        h2o_evloop_run(loop->context.loop, 250);
        epo_gate_watch(loop);
        int64_t now_us = epo_clock_monotonic_us();
        int64_t every_us = loop->stopping ? 200000 : 1000000;
        if (now_us - loop->swept_at_us < every_us)
            continue;
        loop->swept_at_us = now_us;
        epo_connection_sweep(loop, now_us);
        epo_exchange_sweep(loop, now_us);
        epo_access_flush(loop);
        if (!loop->stopping)
            continue;
        if (!stop_at_us)
            stop_at_us = now_us + STOP_WITHIN_US;
        bool quiet =
            h2o_linklist_is_empty(&loop->connections) && h2o_linklist_is_empty(&loop->exchanges);
        if (quiet || now_us > stop_at_us)
            break;
    }
    epo_access_flush(loop);
    return NULL;
}

/* Those of settings.c that a reload may change, but for the guard's. */
static void set_times(struct epo_server *server, const struct epo_json *settings) {
    atomic_store(&server->request_timeout_us,
                 epo_http_setting(settings, "request_timeout_s") * 1000000);
    atomic_store(&server->write_timeout_us,
                 epo_http_setting(settings, "write_timeout_s") * 1000000);
    atomic_store(&server->idle_timeout_us, epo_http_setting(settings, "idle_timeout_s") * 1000000);
    atomic_store(&server->deadline_us, epo_http_setting(settings, "deadline_ms") * 1000);
    atomic_store(&server->requests_per_connection,
                 (int)epo_http_setting(settings, "requests_per_connection"));
}

static void set_fixed(struct epo_server *server, const struct epo_json *settings) {
    server->access = !epo_http_setting(settings, "access_log") ? EPO_ACCESS_OFF
                     : epo_log_is_text()                       ? EPO_ACCESS_TEXT
                                                               : EPO_ACCESS_JSON;
    h2o_config_init(&server->config);
    server->config.server_name = h2o_iovec_init(H2O_STRLIT("epo"));
    server->config.max_request_entity_size = (size_t)epo_http_setting(settings, "body_bytes");
    server->config.http1.req_timeout = 3605000; /* the sweep is sooner, and knows why */
    server->config.http1.upgrade_to_http2 = 0;
    server->config.handshake_timeout = 10000;
    h2o_hostconf_t *host =
        h2o_config_register_host(&server->config, h2o_iovec_init(H2O_STRLIT("default")), 65535);
    h2o_pathconf_t *path = h2o_config_register_path(host, "/", 0);
    h2o_handler_t *handler = h2o_create_handler(path, sizeof *handler);
    handler->on_req = epo_exchange_begin;
    epo_refuse_instead(&host->fallback_path);
}

static int cores(void) {
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > 32 ? 32 : (int)count;
}

static bool prepare(struct epo_server *server, struct epo_error *error) {
    const struct epo_server_options *options = &server->options;
    const struct epo_json *settings = options->settings;
    int loops = (int)epo_http_setting(settings, "loops");
    int workers = (int)epo_http_setting(settings, "workers");
    server->loop_count = loops > 0 ? loops : cores();
    server->worker_count = workers > 0 ? workers : cores() * 2;
    set_times(server, settings);
    set_fixed(server, settings);
    server->guard = epo_guard_create(settings, error);
    if (!server->guard)
        return false;
    server->tls = epo_tls_create(settings, options->portal->folder, error);
    if (!server->tls && error->kind)
        return false;
    if (options->assets && !epo_statics_load(server->cache, options->assets, error))
        return false;
    epo_frame_setup(options->assets ? epo_statics_manifest(server->pool, options->assets)
                                    : epo_json_object(server->pool));
    epo_refuse_prepare(server);
    return epo_listen_open(server, error);
}

bool epo_server_check(const struct epo_json *settings, const char *folder,
                      struct epo_error *error) {
    struct epo_guard *guard = epo_guard_create(settings, error);
    SSL_CTX *tls = guard ? epo_tls_create(settings, folder, error) : NULL;
    bool ok = guard && (tls || !error->kind);
    SSL_CTX_free(tls);
    epo_guard_free(guard);
    return ok;
}

/* As many connections as the machine's administrator allows. */
static void raise_descriptors(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

struct epo_server *epo_server_create(const struct epo_server_options *options,
                                     struct epo_error *error) {
    struct epo_server *server = calloc(1, sizeof *server);
    epo_assert(server);
    epo_assert(options->route_count <= EPO_METRIC_ROUTES_MAX);
    error->kind = EPO_ERROR_NONE;
    server->options = *options;
    server->pool = epo_pool_create();
    server->cache = epo_cache_create();
    server->fetcher = epo_fetcher_create("epo");
    server->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    uint8_t random[4];
    epo_token_random(random, sizeof random);
    epo_hex(random, sizeof random, server->id_prefix);
    signal(SIGPIPE, SIG_IGN);
    raise_descriptors();
    if (prepare(server, error))
        return server;
    epo_server_free(server);
    return NULL;
}

static void block_signals(sigset_t *set) {
    static const int SIGNALS[] = {SIGHUP, SIGTERM, SIGINT, SIGUSR2};
    sigemptyset(set);
    for (size_t i = 0; i < sizeof SIGNALS / sizeof *SIGNALS; i++)
        sigaddset(set, SIGNALS[i]);
    pthread_sigmask(SIG_BLOCK, set, NULL);
}

/* Who asks a second time to stop does not want to wait for what is under way: the process ends
 * there and then. All that was acknowledged is on disk. */
static void end_at_next_signal(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/* Waits for signals on the main thread until it is time to stop. */
static void wait_for_end(struct epo_server *server, int signal_fd) {
    for (;;) {
        struct pollfd fds[2] = {{.fd = signal_fd, .events = POLLIN},
                                {.fd = server->wake_fd, .events = POLLIN}};
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return;
        struct signalfd_siginfo info;
        if (fds[1].revents & POLLIN)
            return;
        if (!(fds[0].revents & POLLIN) ||
            read(signal_fd, &info, sizeof info) != (ssize_t)sizeof info)
            continue;
        struct epo_error error;
        if (info.ssi_signo == SIGHUP && server->on_reload)
            server->on_reload(server->on_reload_arg);
        else if (info.ssi_signo == SIGUSR2 && !epo_hand_over(server, &error))
            epo_log_error(EPO_LOG_ERROR, "http.hand_over_failed", &error);
        else if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
            return;
    }
}

/* Scheduled jobs are posted by a thread that knows nothing of the workers' life. */
static pthread_mutex_t posting = PTHREAD_MUTEX_INITIALIZER;

static void take_posts(struct epo_server *server, bool open) {
    pthread_mutex_lock(&posting);
    server->takes_posts = open;
    pthread_mutex_unlock(&posting);
}

bool epo_server_run(struct epo_server *server, struct epo_error *error) {
    sigset_t set;
    block_signals(&set); /* before the threads, which inherit the mask */
    int signal_fd = signalfd(-1, &set, SFD_CLOEXEC);
    server->workers =
        epo_workers_start(server->options.portal, server->worker_count,
                          (size_t)epo_http_setting(server->options.settings, "queue"), error);
    if (!server->workers || signal_fd < 0)
        return signal_fd >= 0
                   ? false
                   : epo_fail(error, EPO_ERROR_BROKEN, "http.signals", "signals cannot be watched");
    server->loops = calloc((size_t)server->loop_count, sizeof *server->loops);
    epo_assert(server->loops);
    pthread_barrier_init(&server->started, NULL, (unsigned)server->loop_count + 1);
    for (int i = 0; i < server->loop_count; i++) {
        server->loops[i].server = server;
        server->loops[i].index = i;
        epo_assert(pthread_create(&server->loops[i].thread, NULL, loop_main, &server->loops[i]) ==
                   0);
    }
    pthread_barrier_wait(&server->started);
    take_posts(server, true);
    epo_log(EPO_LOG_INFO, "http.listening", EPO_LOG_INT("port", server->port),
            EPO_LOG_INT("loops", server->loop_count), EPO_LOG_INT("workers", server->worker_count),
            EPO_LOG_TEXT("tls", server->tls ? "yes" : "no"));
    epo_hand_over_done();
    wait_for_end(server, signal_fd);
    end_at_next_signal();
    epo_log(EPO_LOG_INFO, "http.stopping");
    epo_hand_over_notify("STOPPING=1");
    for (int i = 0; i < server->loop_count; i++)
        give_order(&server->loops[i], true, NULL);
    for (int i = 0; i < server->loop_count; i++)
        pthread_join(server->loops[i].thread, NULL);
    take_posts(server, false); /* what was posted before is still done */
    epo_fetcher_free(server->fetcher);
    server->fetcher = NULL;
    if (!epo_workers_stop(server->workers, WORKERS_WITHIN_US)) {
        /* A handler is stuck and holds what the caller would free now. All that was acknowledged is
         * on disk: going at once is the safe end. */
        epo_log(EPO_LOG_ERROR, "http.stop_forced");
        _exit(3);
    }
    server->workers = NULL;
    close(signal_fd);
    epo_log(EPO_LOG_INFO, "http.stopped");
    return true;
}

void epo_server_stop(struct epo_server *server) {
    uint64_t one = 1;
    if (write(server->wake_fd, &one, sizeof one) < 0) {
        /* Full: it has been told already. */
    }
}

int epo_server_port(const struct epo_server *server) {
    return server->port;
}

/* The loops' own memory (contexts, sockets cut at the deadline) goes with the process: libh2o 2.2
 * cannot take a context down while connections live, and a server is stopped once. */
void epo_server_free(struct epo_server *server) {
    if (!server)
        return;
    epo_fetcher_free(server->fetcher);
    epo_cache_free(server->cache);
    epo_guard_free(server->guard);
    epo_refuse_free(server);
    SSL_CTX_free(server->tls);
    epo_frame_setup(NULL);
    epo_pool_free(server->pool);
    close(server->wake_fd);
    static struct epo_server *kept;
    kept = server;
    (void)kept;
}

bool epo_server_reload(struct epo_server *server, const struct epo_json *settings,
                       struct epo_error *error) {
    SSL_CTX *tls = epo_tls_create(settings, server->options.portal->folder, error);
    if (!tls && error->kind)
        return false;
    if ((tls != NULL) != (server->tls != NULL)) {
        SSL_CTX_free(tls);
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "http.tls",
                        "http.tls: turning TLS on or off needs a restart");
    }
    if (!epo_guard_update(server->guard, settings, error)) {
        SSL_CTX_free(tls);
        return false;
    }
    set_times(server, settings);
    for (int i = 0; tls && i < server->loop_count; i++) {
        SSL_CTX_up_ref(tls);
        give_order(&server->loops[i], false, tls);
    }
    SSL_CTX_free(tls);
    epo_server_purge(server);
    return true;
}

void epo_server_purge(struct epo_server *server) {
    epo_cache_purge(server->cache);
}

void epo_server_on_reload(struct epo_server *server, void (*fn)(void *arg), void *arg) {
    server->on_reload = fn;
    server->on_reload_arg = arg;
}

bool epo_server_post(struct epo_server *server, void (*fn)(void *arg, struct epo_db *db),
                     void *arg) {
    pthread_mutex_lock(&posting);
    bool posted = server->takes_posts && epo_workers_post(server->workers, fn, arg, false);
    pthread_mutex_unlock(&posting);
    return posted;
}

void epo_server_metrics(struct epo_server *server, struct epo_buffer *out) {
    const struct epo_metrics *each[EPO_LOOPS_MAX];
    size_t count = server->loops ? (size_t)server->loop_count : 0;
    for (size_t i = 0; i < count; i++)
        each[i] = &server->loops[i].metrics;
    epo_metrics_write(each, count, &server->options,
                      server->workers ? epo_workers_waiting(server->workers) : 0, out);
}
