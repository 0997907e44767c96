/* Connections: who may have how many, and who is too slow. libh2o 2.2 has one timer for idle and
 * upload and none for writing, so that all three are watched from here once a second. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "http/h2o_server.h"

/* A request must arrive at this rate at least, after a grace that a phone on a bad line needs. */
#define READ_GRACE_US 15000000
#define READ_BYTES_PER_S 500
#define UPLOAD_BYTES_PER_S 4000 /* of files, which hold a place that is scarce */
/* An answer must be taken by so many bytes in each write time-out. */
#define WRITE_BYTES_MIN 1024
#define LINGER_US 2000000

struct epo_connection *epo_connection_of(const h2o_req_t *req) {
    return req->conn->callbacks->get_socket(req->conn)->on_close.data;
}

static void address_text(h2o_socket_t *socket, char out[46]) {
    struct sockaddr_storage address;
    socklen_t len = h2o_socket_getpeername(socket, (struct sockaddr *)&address);
    out[0] = '\0';
    if (len && address.ss_family == AF_INET) {
        inet_ntop(AF_INET, &((struct sockaddr_in *)&address)->sin_addr, out, 46);
    } else if (len && address.ss_family == AF_INET6) {
        struct in6_addr *six = &((struct sockaddr_in6 *)&address)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(six))
            inet_ntop(AF_INET, &six->s6_addr[12], out, 46);
        else
            inet_ntop(AF_INET6, six, out, 46);
    }
}

/* ---- the end ---- */

static void stop_watching(struct epo_connection *connection) {
    if (h2o_linklist_is_linked(&connection->unwatched))
        h2o_linklist_unlink(&connection->unwatched);
}

void epo_connection_unload(struct epo_connection *connection) {
    if (connection->uploads)
        atomic_fetch_sub(&connection->loop->server->uploads, 1);
    connection->uploads = false;
}

static void forget(struct epo_connection *connection) {
    struct epo_loop *loop = connection->loop;
    epo_connection_unload(connection);
    epo_guard_disconnect(loop->server->guard, epo_span(connection->address));
    epo_metrics_add(&loop->metrics.connections_closed, 1);
    h2o_linklist_unlink(&connection->link);
    stop_watching(connection);
    SSL_CTX_free(connection->tls);
    free(connection);
}

static void on_lingered(void *data) {
    forget(data);
}

static void discard(h2o_socket_t *socket, const char *error) {
    if (error)
        h2o_socket_close(socket);
    else
        h2o_buffer_consume(&socket->input, socket->input->size);
}

/* libh2o has closed its descriptor: what is sent after this is read from ours and thrown away. */
static void on_close(void *data) {
    struct epo_connection *connection = data;
    stop_watching(connection);
    if (connection->linger_fd < 0 || connection->loop->stopping) {
        if (connection->linger_fd >= 0)
            close(connection->linger_fd);
        forget(connection);
        return;
    }
    shutdown(connection->linger_fd, SHUT_WR);
    connection->socket =
        h2o_evloop_socket_create(connection->loop->context.loop, connection->linger_fd, 0);
    connection->socket->on_close.cb = on_lingered;
    connection->socket->on_close.data = connection;
    connection->linger_until_us = epo_clock_monotonic_us() + LINGER_US;
    h2o_socket_read_start(connection->socket, discard);
}

void epo_connection_linger(struct epo_connection *connection) {
    if (connection->linger_fd < 0)
        connection->linger_fd = fcntl(h2o_socket_get_fd(connection->socket), F_DUPFD_CLOEXEC, 3);
}

/* ---- the beginning ---- */

static void begin(struct epo_loop *loop, h2o_socket_t *socket) {
    struct epo_server *server = loop->server;
    char address[46];
    address_text(socket, address);
    if (!epo_guard_connect(server->guard, epo_span(address))) {
        epo_metrics_add(&loop->metrics.refused, 1);
        h2o_socket_close(socket);
        return;
    }
    struct epo_connection *connection = calloc(1, sizeof *connection);
    epo_assert(connection);
    connection->loop = loop;
    connection->socket = socket;
    connection->tls = loop->accept.ssl_ctx;
    if (connection->tls)
        SSL_CTX_up_ref(connection->tls);
    connection->linger_fd = -1;
    connection->idle_since_us = epo_clock_monotonic_us();
    memcpy(connection->address, address, sizeof address);
    h2o_linklist_insert(&loop->connections, &connection->link);
    h2o_linklist_insert(&loop->unwatched, &connection->unwatched);
    socket->on_close.cb = on_close;
    socket->on_close.data = connection;
    epo_metrics_add(&loop->metrics.connections, 1);
    h2o_accept(&loop->accept, socket);
}

/* Out of descriptors: the kernel keeps the rest queued, and the sweep tries again in a second. */
static void pause_accepting(struct epo_loop *loop) {
    epo_log(EPO_LOG_WARN, "http.descriptors", EPO_LOG_TEXT("text", strerror(errno)));
    loop->accepting = false;
    for (int i = 0; i < loop->listener_count; i++)
        h2o_socket_read_stop(loop->listeners[i]);
}

static bool accept_some(h2o_socket_t *listener, int most) {
    struct epo_loop *loop = listener->data;
    for (int i = 0; i < most; i++) {
        errno = 0;
        h2o_socket_t *socket = h2o_evloop_socket_accept(listener);
        if (!socket && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM))
            pause_accepting(loop);
        if (!socket)
            return false;
        begin(loop, socket);
    }
    return true;
}

void epo_connection_accept(h2o_socket_t *listener, const char *error) {
    if (!error)
        accept_some(listener, EPO_ACCEPT_BATCH);
}

void epo_connection_accept_all(h2o_socket_t *listener) {
    while (accept_some(listener, EPO_ACCEPT_BATCH))
        continue;
}

void epo_connection_rest(struct epo_connection *connection) {
    connection->active--;
    epo_connection_unload(connection);
    connection->head_checked = false;
    connection->idle_since_us = epo_clock_monotonic_us();
    if (!h2o_linklist_is_linked(&connection->unwatched))
        h2o_linklist_insert(&connection->loop->unwatched, &connection->unwatched);
}

/* ---- once a second ---- */

/* Shut down both ways: the loop then sees the end and cleans up in its own order. */
static void end(struct epo_connection *connection) {
    shutdown(h2o_socket_get_fd(connection->socket), SHUT_RDWR);
}

static bool reads_too_slowly(struct epo_connection *connection, int64_t now_us) {
    size_t arrived = connection->socket->input ? connection->socket->input->size : 0;
    if (connection->active || arrived == 0) {
        connection->reading_since_us = 0;
        return false;
    }
    if (!connection->reading_since_us)
        connection->reading_since_us = now_us;
    int64_t most_us = connection->uploads
                          ? EPO_UPLOAD_MS * INT64_C(1000)
                          : atomic_load(&connection->loop->server->request_timeout_us);
    int64_t rate = connection->uploads ? UPLOAD_BYTES_PER_S : READ_BYTES_PER_S;
    int64_t allowed_us = READ_GRACE_US + (int64_t)arrived * 1000000 / rate;
    return now_us - connection->reading_since_us > (allowed_us < most_us ? allowed_us : most_us);
}

static bool writes_too_slowly(struct epo_connection *connection, int64_t now_us) {
    struct tcp_info tcp = {0};
    socklen_t len = sizeof tcp;
    if (!h2o_socket_is_writing(connection->socket)) {
        connection->moved_at_us = 0;
        return false;
    }
    if (getsockopt(h2o_socket_get_fd(connection->socket), IPPROTO_TCP, TCP_INFO, &tcp, &len) != 0)
        return false;
    if (!connection->moved_at_us || tcp.tcpi_bytes_acked - connection->moved >= WRITE_BYTES_MIN) {
        connection->moved = tcp.tcpi_bytes_acked;
        connection->moved_at_us = now_us;
    }
    return now_us - connection->moved_at_us >
           atomic_load(&connection->loop->server->write_timeout_us);
}

/* While stopping, the next answer says "close"; who asks nothing for a second is let go. */
static bool idles(const struct epo_connection *connection, int64_t now_us) {
    int64_t most_us = connection->loop->stopping
                          ? 1000000
                          : atomic_load(&connection->loop->server->idle_timeout_us);
    return !connection->active && !h2o_socket_is_writing(connection->socket) &&
           !connection->reading_since_us && now_us - connection->idle_since_us > most_us;
}

void epo_connection_sweep(struct epo_loop *loop, int64_t now_us) {
    for (h2o_linklist_t *at = loop->connections.next, *next; at != &loop->connections; at = next) {
        struct epo_connection *connection = H2O_STRUCT_FROM_MEMBER(struct epo_connection, link, at);
        next = at->next;
        bool over = connection->linger_until_us
                        ? now_us > connection->linger_until_us || loop->stopping
                        : reads_too_slowly(connection, now_us) ||
                              writes_too_slowly(connection, now_us) || idles(connection, now_us);
        if (over)
            end(connection);
    }
    for (int i = 0; !loop->accepting && i < loop->listener_count; i++)
        h2o_socket_read_start(loop->listeners[i], epo_connection_accept);
    loop->accepting = true;
}
