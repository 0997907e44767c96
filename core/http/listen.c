/* Listening sockets. One for each loop with SO_REUSEPORT, so that accepting scales; taken over from
 * systemd or from the process before us, so that a new program comes in without a refused
 * connection: the kernel's queue of a socket lives on as long as somebody holds it. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "http/h2o_server.h"

static int port_of(int fd) {
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        return 0;
    if (address.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

/* Sockets that lie ready from fd 3 on: how many. */
static int inherited(void) {
    int ours = epo_hand_over_number("EPO_LISTEN_FDS");
    if (ours)
        return ours;
    return epo_hand_over_number("LISTEN_PID") == (int)getpid() ? epo_hand_over_number("LISTEN_FDS")
                                                               : 0;
}

static bool adopt(struct epo_server *server, int count, struct epo_error *error) {
    for (int i = 0; i < count && i < EPO_LOOPS_MAX; i++) {
        int fd = EPO_LISTEN_FIRST_FD + i, listening = 0;
        socklen_t len = sizeof listening;
        if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) != 0 || !listening)
            return epo_fail(error, EPO_ERROR_BROKEN, "http.listen",
                            "file descriptor %d is not a listening socket", fd);
        fcntl(fd, F_SETFL, O_NONBLOCK);
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        server->listen_fds[server->listen_count++] = fd;
    }
    /* Fewer sockets than loops: loops share one (each needs a descriptor of its own for its epoll).
     */
    for (int i = 0; server->listen_count < server->loop_count; i++) {
        int fd = fcntl(server->listen_fds[i % count], F_DUPFD_CLOEXEC, EPO_LISTEN_FIRST_FD);
        if (fd < 0)
            return epo_fail(error, EPO_ERROR_BROKEN, "http.listen",
                            "a listening socket cannot be shared");
        server->listen_fds[server->listen_count++] = fd;
    }
    server->port = port_of(server->listen_fds[0]);
    return true;
}

static int bind_one(const struct addrinfo *address, struct epo_error *error) {
    int on = 1, fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool ok = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
              setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 &&
              bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, 4096) == 0;
    if (ok)
        return fd;
    epo_fail(error, EPO_ERROR_BROKEN, "http.listen",
             "cannot listen: %s (is another program on this port?)", strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

/* SO_REUSEPORT would also let a second, unrelated server of the same user share the port unnoticed.
 */
static bool port_is_free(const struct addrinfo *address, struct epo_error *error) {
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bool ok = fd >= 0 && bind(fd, address->ai_addr, address->ai_addrlen) == 0;
    if (!ok)
        epo_fail(error, EPO_ERROR_BROKEN, "http.listen",
                 "cannot listen: %s. Choose another port with --listen, or stop the program that "
                 "uses this one",
                 strerror(errno));
    if (fd >= 0)
        close(fd);
    return ok;
}

static bool bind_all(struct epo_server *server, struct epo_error *error) {
    char copy[128], *host = copy, *port;
    snprintf(copy, sizeof copy, "%s", server->options.listen);
    port = strrchr(copy, ':');
    if (!port)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "http.listen", "\"%s\" is not ADDRESS:PORT",
                        copy);
    *port++ = '\0';
    if (host[0] == '[' && host[strlen(host) - 1] == ']') {
        host[strlen(host) - 1] = '\0';
        host++;
    }
    struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM},
                    *address = NULL;
    int code = getaddrinfo(*host ? host : NULL, port, &hints, &address);
    if (code != 0)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "http.listen", "\"%s\": %s",
                        server->options.listen, gai_strerror(code));
    bool ok = port_is_free(address, error);
    for (int i = 0; i < server->loop_count && ok; i++) {
        int fd = bind_one(address, error);
        ok = fd >= 0;
        if (!ok)
            break;
        server->listen_fds[server->listen_count++] = fd;
        server->port = port_of(fd);
        /* Port 0: the first socket chose it, the others join. */
        if (address->ai_family == AF_INET6)
            ((struct sockaddr_in6 *)address->ai_addr)->sin6_port = htons((uint16_t)server->port);
        else
            ((struct sockaddr_in *)address->ai_addr)->sin_port = htons((uint16_t)server->port);
    }
    freeaddrinfo(address);
    return ok;
}

bool epo_listen_open(struct epo_server *server, struct epo_error *error) {
    int count = inherited();
    return count ? adopt(server, count, error) : bind_all(server, error);
}
