/* Listening sockets. One for each loop with SO_REUSEPORT, so that accepting scales; taken over from
 * systemd or from the process before us, so that a new program comes in without a refused
 * connection: the kernel's queue of a socket lives on as long as somebody holds it. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "http/h2o_server.h"

#define FIRST_FD 3 /* SD_LISTEN_FDS_START of sd_listen_fds(3) */

static int port_of(int fd) {
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        return 0;
    if (address.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

static int number(const char *name) {
    int64_t value;
    const char *text = getenv(name);
    return text && epo_span_integer(epo_span(text), &value) && value > 0 && value < 100000000
               ? (int)value
               : 0;
}

/* Sockets that lie ready from fd 3 on: how many. */
static int inherited(void) {
    int ours = number("EPO_LISTEN_FDS");
    if (ours)
        return ours;
    return number("LISTEN_PID") == (int)getpid() ? number("LISTEN_FDS") : 0;
}

static bool adopt(struct epo_server *server, int count, struct epo_error *error) {
    for (int i = 0; i < count && i < EPO_LOOPS_MAX; i++) {
        int fd = FIRST_FD + i, listening = 0;
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
        int fd = fcntl(server->listen_fds[i % count], F_DUPFD_CLOEXEC, FIRST_FD);
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

/* In the child between fork and exec: only what is safe there. */
static void become_new(const struct epo_server *server, const int *fds, char *const *arguments,
                       char *const *environment) {
    for (int i = 0; i < server->listen_count; i++)
        if (dup2(fds[i], FIRST_FD + i) < 0 || fcntl(FIRST_FD + i, F_SETFD, 0) < 0)
            _exit(3);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve("/proc/self/exe", arguments, environment);
    _exit(3);
}

/* argv of this process from /proc, split in place. */
static size_t own_arguments(char *text, size_t size, char **arguments, size_t most) {
    FILE *file = fopen("/proc/self/cmdline", "re");
    size_t len = file ? fread(text, 1, size - 1, file) : 0, count = 0;
    if (file)
        fclose(file);
    text[len] = '\0';
    for (size_t at = 0; at < len && count < most - 1; at += strlen(text + at) + 1)
        arguments[count++] = text + at;
    arguments[count] = NULL;
    return count;
}

bool epo_listen_hand_over(struct epo_server *server, struct epo_error *error) {
    static char text[8192];
    char *arguments[64], *environment[256], fds_text[32], pid_text[32];
    size_t count = 0;
    if (!own_arguments(text, sizeof text, arguments, 64))
        return epo_fail(error, EPO_ERROR_BROKEN, "http.hand_over",
                        "the own command line cannot be read");
    for (char **at = environ; *at && count < 253; at++)
        if (strncmp(*at, "EPO_LISTEN_FDS=", 15) != 0 && strncmp(*at, "EPO_OLD_PID=", 12) != 0 &&
            strncmp(*at, "LISTEN_", 7) != 0)
            environment[count++] = *at;
    snprintf(fds_text, sizeof fds_text, "EPO_LISTEN_FDS=%d", server->listen_count);
    snprintf(pid_text, sizeof pid_text, "EPO_OLD_PID=%d", (int)getpid());
    environment[count++] = fds_text;
    environment[count++] = pid_text;
    environment[count] = NULL;
    /* Copies above the range that they will be moved to, so that no move overwrites another. */
    int fds[EPO_LOOPS_MAX];
    for (int i = 0; i < server->listen_count; i++)
        fds[i] = fcntl(server->listen_fds[i], F_DUPFD_CLOEXEC, FIRST_FD + EPO_LOOPS_MAX);
    pid_t child = fork();
    if (child == 0)
        become_new(server, fds, arguments, environment);
    for (int i = 0; i < server->listen_count; i++)
        close(fds[i]);
    if (child < 0)
        return epo_fail(error, EPO_ERROR_BROKEN, "http.hand_over", "%s", strerror(errno));
    epo_log(EPO_LOG_INFO, "http.hand_over", EPO_LOG_INT("pid", child));
    return true;
}

void epo_listen_take_over(void) {
    int old = number("EPO_OLD_PID");
    if (old > 1 && old == (int)getppid())
        kill(old, SIGTERM);
    unsetenv("EPO_OLD_PID");
    unsetenv("EPO_LISTEN_FDS");
}
