/* Connections: who may have how many, and who is too slow. libh2o 2.2 has one timer for idle and
 * upload and none for writing, so that both are watched from here once a second. */
#include <arpa/inet.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/limits.h"
#include "http/h2o_server.h"

/* A request must arrive at this rate at least, after a grace that a phone on a bad line needs. */
#define READ_GRACE_US 15000000
#define READ_BYTES_PER_S 500

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

static void on_close(void *data) {
    struct epo_connection *connection = data;
    struct epo_server *server = connection->loop->server;
    epo_guard_disconnect(server->guard, epo_span(connection->address));
    atomic_fetch_sub_explicit(&server->metrics.connections_open, 1, memory_order_relaxed);
    h2o_linklist_unlink(&connection->link);
    free(connection);
}

static void begin(struct epo_loop *loop, h2o_socket_t *socket) {
    struct epo_server *server = loop->server;
    char address[46];
    address_text(socket, address);
    if (!epo_guard_connect(server->guard, epo_span(address))) {
        atomic_fetch_add_explicit(&server->metrics.refused, 1, memory_order_relaxed);
        h2o_socket_close(socket);
        return;
    }
    struct epo_connection *connection = calloc(1, sizeof *connection);
    epo_assert(connection);
    connection->loop = loop;
    connection->socket = socket;
    connection->tls = loop->accept.ssl_ctx != NULL;
    memcpy(connection->address, address, sizeof address);
    h2o_linklist_insert(&loop->connections, &connection->link);
    socket->on_close.cb = on_close;
    socket->on_close.data = connection;
    atomic_fetch_add_explicit(&server->metrics.connections, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&server->metrics.connections_open, 1, memory_order_relaxed);
    h2o_accept(&loop->accept, socket);
}

void epo_connection_accept(h2o_socket_t *listener, const char *error) {
    struct epo_loop *loop = listener->data;
    if (error)
        return;
    for (int i = 0; i < EPO_ACCEPT_BATCH; i++) {
        h2o_socket_t *socket = h2o_evloop_socket_accept(listener);
        if (!socket)
            return;
        begin(loop, socket);
    }
}

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
    int64_t allowed_us = READ_GRACE_US + (int64_t)arrived * 1000000 / READ_BYTES_PER_S;
    if (allowed_us > connection->loop->server->request_timeout_us)
        allowed_us = connection->loop->server->request_timeout_us;
    return now_us - connection->reading_since_us > allowed_us;
}

static bool writes_too_slowly(struct epo_connection *connection, int64_t now_us) {
    if (!h2o_socket_is_writing(connection->socket)) {
        connection->moved_at_us = 0;
        return false;
    }
    int waiting = 0; /* bytes that the client has not acknowledged: any change is progress */
    if (ioctl(h2o_socket_get_fd(connection->socket), SIOCOUTQ, &waiting) != 0)
        return false;
    if (!connection->moved_at_us || waiting != connection->waiting) {
        connection->waiting = waiting;
        connection->moved_at_us = now_us;
    }
    return now_us - connection->moved_at_us > connection->loop->server->write_timeout_us;
}

void epo_connection_sweep(struct epo_loop *loop, int64_t now_us) {
    for (h2o_linklist_t *at = loop->connections.next, *next; at != &loop->connections; at = next) {
        struct epo_connection *connection = H2O_STRUCT_FROM_MEMBER(struct epo_connection, link, at);
        next = at->next;
        bool idle =
            loop->stopping && !connection->active && !h2o_socket_is_writing(connection->socket);
        if (idle || reads_too_slowly(connection, now_us) || writes_too_slowly(connection, now_us))
            end(connection);
    }
}
