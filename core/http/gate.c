/* libh2o's reader with our check of the head before it.
 *
 * libh2o offers no hook between the socket and its parser. But the callback of a socket is a plain
 * member, and libh2o sets it to one function whenever it waits for a request: that address is
 * learned once for each loop, and wherever it stands it is replaced by ours, which checks and then
 * calls it. What is refused is put out of the way: in the input its place is taken by a harmless
 * request, which our handler answers with the status kept in the connection. */
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "http/h2o_server.h"
#include "portal/attachment.h"

/* Bodies with files are few at once: each is held in memory whole. */
static int admit_files(struct epo_connection *connection) {
    struct epo_loop *loop = connection->loop;
    struct epo_span address = epo_span(connection->address);
    int same = 0;
    for (h2o_linklist_t *at = loop->connections.next; at != &loop->connections; at = at->next) {
        struct epo_connection *other = H2O_STRUCT_FROM_MEMBER(struct epo_connection, link, at);
        same += other->uploads && strcmp(other->address, connection->address) == 0;
    }
    if (same >= EPO_UPLOADS_PER_ADDRESS && !epo_guard_trusts(loop->server->guard, address))
        return 503;
    if (atomic_fetch_add(&loop->server->uploads, 1) >= EPO_UPLOADS_MAX) {
        atomic_fetch_sub(&loop->server->uploads, 1);
        return 503;
    }
    connection->uploads = true;
    return 0;
}

static size_t files_max(const struct epo_loop *loop) {
    return (size_t)epo_attachment_request_max(loop->server->options.portal);
}

/* What is known of a head that fits otherwise: may its body be that large? */
static int judge_body(struct epo_connection *connection, const struct epo_head *head) {
    size_t usual = connection->loop->server->config.max_request_entity_size;
    connection->body_max = usual;
    if (head->content_length <= usual)
        return 0;
    if (!head->files || head->content_length > files_max(connection->loop))
        return 413;
    connection->body_max = head->content_length;
    return connection->uploads ? 0 : admit_files(connection);
}

void epo_gate_check(struct epo_connection *connection, struct epo_span input) {
    struct epo_head head;
    int status = epo_head_check(input, SIZE_MAX, &head);
    if (status == 0)
        status = judge_body(connection, &head);
    connection->head_checked = status == 0;
    connection->head_len = head.len;
    if (status > 0)
        connection->refused = epo_refuse_as(status, head.target, head.accept, head.accept_language);
}

enum { STAND_IN_MAX = 4 * EPO_HEADER_BYTES_MAX };

/* The stand-in ends behind the bytes it replaces: libh2o looks for the end from where it had read
 * to before. */
static void replace_input(h2o_socket_t *socket) {
    static const char START[] = "GET / HTTP/1.0\r\nx:", END[] = "\r\n\r\n";
    size_t had = socket->input->size;
    h2o_buffer_consume(&socket->input, had);
    /* libh2o saw no more of a head than may be unfinished; all of a large body in here would be
     * more than it reads of headers */
    had = had < STAND_IN_MAX ? had : STAND_IN_MAX;
    size_t len = had + sizeof START + sizeof END;
    h2o_iovec_t room = h2o_buffer_reserve(&socket->input, len);
    epo_assert(room.len >= len);
    memset(room.base, 'x', len);
    memcpy(room.base, START, sizeof START - 1);
    memcpy(room.base + len - (sizeof END - 1), END, sizeof END - 1);
    socket->input->size += len;
}

static void on_read(h2o_socket_t *socket, const char *error) {
    struct epo_connection *connection = socket->on_close.data;
    struct epo_loop *loop = connection->loop;
    if (!error && !connection->head_checked && !connection->refused.status) {
        epo_gate_check(connection, (struct epo_span){socket->input->bytes, socket->input->size});
        if (connection->refused.status)
            replace_input(socket);
    }
    /* libh2o has one limit for all bodies, which it looks up in here when it begins with one. */
    loop->config.max_request_entity_size = connection->head_checked
                                               ? connection->body_max
                                               : loop->server->config.max_request_entity_size;
    loop->http_read(socket, error);
    loop->config.max_request_entity_size = loop->server->config.max_request_entity_size;
}

void epo_gate_watch(struct epo_loop *loop) {
    for (h2o_linklist_t *at = loop->unwatched.next, *next; at != &loop->unwatched; at = next) {
        struct epo_connection *connection =
            H2O_STRUCT_FROM_MEMBER(struct epo_connection, unwatched, at);
        next = at->next;
        if (connection->socket->_cb.read != loop->http_read)
            continue; /* shaking hands, or busy */
        connection->socket->_cb.read = on_read;
        h2o_linklist_unlink(&connection->unwatched);
    }
}

void epo_gate_learn(struct epo_loop *loop) {
    int pair[2];
    h2o_accept_ctx_t accept = loop->accept;
    accept.ssl_ctx = NULL;
    epo_assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
    h2o_socket_t *socket = h2o_evloop_socket_create(loop->context.loop, pair[0], 0);
    h2o_accept(&accept, socket);
    loop->http_read = socket->_cb.read;
    epo_assert(loop->http_read);
    close(pair[1]); /* libh2o reads the end and cleans up */
}
