/* A new program comes in without a refused connection: this process starts it with the listening
 * sockets; when it serves, it tells this one to finish. Between them the kernel's queues live on.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "http/h2o_server.h"

int epo_hand_over_number(const char *name) {
    int64_t value;
    const char *text = getenv(name);
    return text && epo_span_integer(epo_span(text), &value) && value > 0 && value < 100000000
               ? (int)value
               : 0;
}

/* In the child between fork and exec: only what is safe there. */
static void become_new(const struct epo_server *server, const int *fds, const char *program,
                       char *const *arguments, char *const *environment) {
    for (int i = 0; i < server->listen_count; i++)
        if (dup2(fds[i], EPO_LISTEN_FIRST_FD + i) < 0 ||
            fcntl(EPO_LISTEN_FIRST_FD + i, F_SETFD, 0) < 0)
            _exit(3);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(program, arguments, environment);
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

/* The file that stands where ours stood: an upgrade has put a new one there. */
static bool own_program(char *path, size_t size) {
    static const char GONE[] = " (deleted)";
    ssize_t len = readlink("/proc/self/exe", path, size - 1);
    if (len < 0)
        return false;
    path[len] = '\0';
    size_t end = (size_t)len - (sizeof GONE - 1);
    if ((size_t)len > sizeof GONE && strcmp(path + end, GONE) == 0)
        path[end] = '\0';
    return true;
}

#define ENVIRONMENT_MAX 256

static void make_environment(struct epo_server *server, char **environment, char fds_text[32],
                             char pid_text[32]) {
    size_t count = 0;
    for (char **at = environ; *at && count < ENVIRONMENT_MAX - 3; at++)
        if (strncmp(*at, "EPO_LISTEN_FDS=", 15) != 0 && strncmp(*at, "EPO_OLD_PID=", 12) != 0 &&
            strncmp(*at, "LISTEN_", 7) != 0)
            environment[count++] = *at;
    snprintf(fds_text, 32, "EPO_LISTEN_FDS=%d", server->listen_count);
    snprintf(pid_text, 32, "EPO_OLD_PID=%d", (int)getpid());
    environment[count++] = fds_text;
    environment[count++] = pid_text;
    environment[count] = NULL;
}

bool epo_hand_over(struct epo_server *server, struct epo_error *error) {
    static char text[8192], program[4096];
    char *arguments[64], *environment[ENVIRONMENT_MAX], fds_text[32], pid_text[32];
    while (waitpid(-1, NULL, WNOHANG) > 0) /* earlier ones that did not come up */
        continue;
    if (!own_arguments(text, sizeof text, arguments, 64) || !own_program(program, sizeof program))
        return epo_fail(error, EPO_ERROR_BROKEN, "http.hand_over",
                        "the own command line cannot be read");
    make_environment(server, environment, fds_text, pid_text);
    /* Copies above the range that they will be moved to, so that no move overwrites another. */
    int fds[EPO_LOOPS_MAX];
    for (int i = 0; i < server->listen_count; i++)
        fds[i] = fcntl(server->listen_fds[i], F_DUPFD_CLOEXEC, EPO_LISTEN_FIRST_FD + EPO_LOOPS_MAX);
    pid_t child = fork();
    if (child == 0)
        become_new(server, fds, program, arguments, environment);
    for (int i = 0; i < server->listen_count; i++)
        close(fds[i]);
    if (child < 0)
        return epo_fail(error, EPO_ERROR_BROKEN, "http.hand_over", "%s", strerror(errno));
    epo_log(EPO_LOG_INFO, "http.hand_over", EPO_LOG_INT("pid", child));
    return true;
}

void epo_hand_over_done(void) {
    int old = epo_hand_over_number("EPO_OLD_PID");
    char state[64];
    snprintf(state, sizeof state, "READY=1\nMAINPID=%d", (int)getpid());
    epo_hand_over_notify(state);
    if (old > 1 && old == (int)getppid())
        kill(old, SIGTERM);
    unsetenv("EPO_OLD_PID");
    unsetenv("EPO_LISTEN_FDS");
}

void epo_hand_over_notify(const char *state) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = getenv("NOTIFY_SOCKET");
    size_t len = path ? strlen(path) : 0;
    if (len < 2 || len >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(address.sun_path, path, len);
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address,
           (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
    close(fd);
}
