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

void epo_gate_check(struct epo_connection *connection, struct epo_span input) {
    struct epo_head head;
    size_t body_max = connection->loop->server->config.max_request_entity_size;
    int status = epo_head_check(input, body_max, &head);
    connection->head_checked = status == 0;
    connection->head_len = head.len;
    if (status > 0)
        connection->refused = epo_refuse_as(status, head.target, head.accept, head.accept_language);
}

/* The stand-in ends behind the bytes it replaces: libh2o looks for the end from where it had read
 * to before. */
static void replace_input(h2o_socket_t *socket) {
    static const char START[] = "GET / HTTP/1.0\r\nx:", END[] = "\r\n\r\n";
    size_t had = socket->input->size, len = had + sizeof START + sizeof END;
    h2o_buffer_consume(&socket->input, had);
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
    loop->http_read(socket, error);
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
