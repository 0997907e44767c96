/* A C plugin is tried in a child process before it comes near the portal: its start and self-test
 * may crash or hang there. The child is forked from a process with threads, so it does nothing that
 * another thread may hold a lock for (no database, no map). */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "plugin/agenda.h"

static void child(struct epo_agenda *agenda, int to) {
    static const int CRASHES[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTERM, SIGALRM};
    for (size_t i = 0; i < sizeof CRASHES / sizeof *CRASHES; i++)
        signal(CRASHES[i], SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    struct epo_faults faults = {epo_pool_create(), NULL, NULL};
    bool good = epo_agenda_start(agenda, &faults);
    if (good)
        epo_agenda_stop(agenda);
    const char *verdict = good ? "+" : faults.first->text;
    ssize_t put = write(to, verdict, strlen(verdict));
    _exit(put > 0 ? 0 : 1);
}

/* Everything the child says until it ends or its time is over; true if it ended. */
static bool listen_to(int from, char *said, size_t room) {
    int64_t until_us = epo_clock_monotonic_us() + EPO_PROBE_MS * 1000LL;
    size_t len = 0;
    for (;;) {
        int64_t left_ms = (until_us - epo_clock_monotonic_us()) / 1000;
        struct pollfd ready = {.fd = from, .events = POLLIN};
        if (left_ms <= 0)
            return false;
        if (poll(&ready, 1, (int)left_ms) <= 0)
            continue;
        ssize_t got = read(from, said + len, room - 1 - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return true;
        len += (size_t)got;
        said[len] = '\0';
    }
}

static const char *signal_words(int number) {
    switch (number) {
    case SIGSEGV:
        return "crashed (segmentation fault)";
    case SIGBUS:
        return "crashed (bus error)";
    case SIGABRT:
        return "aborted";
    case SIGFPE:
        return "crashed (division by zero)";
    case SIGILL:
        return "crashed (illegal instruction)";
    default:
        return "was ended by a signal";
    }
}

bool epo_agenda_probe(struct epo_agenda *agenda, char *fault, size_t room) {
    int ends[2];
    char said[600] = "";
    if (pipe2(ends, O_CLOEXEC) != 0) {
        snprintf(fault, room, "cannot be tried: %s", strerror(errno));
        return false;
    }
    pid_t id = fork();
    if (id == 0) {
        close(ends[0]);
        child(agenda, ends[1]);
    }
    close(ends[1]);
    bool ended = id > 0 && listen_to(ends[0], said, sizeof said);
    close(ends[0]);
    int status = 0;
    if (id > 0 && !ended)
        kill(id, SIGKILL);
    while (id > 0 && waitpid(id, &status, 0) < 0 && errno == EINTR)
        ;
    if (id < 0)
        snprintf(fault, room, "cannot be tried: no process could be made");
    else if (!ended)
        snprintf(fault, room, "did not finish its start and self-test within %d s",
                 EPO_PROBE_MS / 1000);
    else if (WIFSIGNALED(status))
        snprintf(fault, room, "%s in its start or self-test", signal_words(WTERMSIG(status)));
    else if (strcmp(said, "+") == 0)
        return true;
    else if (said[0])
        snprintf(fault, room, "%s", said);
    else
        snprintf(fault, room, "ended the process in its start or self-test (exit %d)",
                 WEXITSTATUS(status));
    return false;
}
