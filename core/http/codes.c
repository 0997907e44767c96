#include "http/codes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"

enum { FIRST_FREE_FD = 3, WRONG_KIND = 2 };

static atomic_int reading; /* such processes, of this one */

/* The program beside ours, also where ours was replaced on disk meanwhile. */
static bool find_program(char path[512]) {
    ssize_t len = readlink("/proc/self/exe", path, 480);
    if (len <= 0)
        return false;
    path[len] = '\0';
    char *slash = strrchr(path, '/');
    if (slash == NULL)
        return false;
    snprintf(slash, 512 - (size_t)(slash - path), "/epo-codes");
    return true;
}

/* A file in memory: the child reads it whenever it likes, nobody waits for a full pipe. */
static int file_of(struct epo_span bytes) {
    int fd = memfd_create("epo-codes", MFD_CLOEXEC);
    size_t done = 0;
    while (fd >= 0 && done < bytes.len) {
        ssize_t put = write(fd, bytes.at + done, bytes.len - done);
        if (put < 0 && errno != EINTR) {
            close(fd);
            return -1;
        }
        done += put > 0 ? (size_t)put : 0;
    }
    if (fd >= 0)
        lseek(fd, 0, SEEK_SET);
    return fd;
}

/* Nothing of ours goes along: no open file, no environment, no blocked signal. */
static pid_t start(const char *program, int in, int out) {
    char *const args[] = {"epo-codes", NULL}, *const environment[] = {"LC_ALL=C.UTF-8", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    pid_t id = -1;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, FIRST_FREE_FD);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (posix_spawn(&id, program, &actions, &attributes, args, environment) != 0)
        id = -1;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return id;
}

/* All it says; true when it has ended, false where it says too much or its time is over. */
static bool listen_to(int from, struct epo_buffer *said) {
    int64_t until_us = epo_clock_monotonic_us() + EPO_CODES_MS * 1000LL;
    char piece[4096];
    while (!said->failed) {
        int64_t left_ms = (until_us - epo_clock_monotonic_us()) / 1000;
        struct pollfd ready = {.fd = from, .events = POLLIN};
        if (left_ms <= 0)
            return false;
        if (poll(&ready, 1, (int)left_ms) <= 0)
            continue;
        ssize_t got = read(from, piece, sizeof piece);
        if (got == 0 || (got < 0 && errno != EINTR))
            return true;
        epo_buffer_append(said, piece, got > 0 ? (size_t)got : 0);
    }
    return false;
}

/* Who has closed its output ends at once; whoever does not is ended. */
static int wait_for(pid_t id, bool ended) {
    enum { TRIES = 200, PAUSE_US = 5000 };
    int status = 0;
    for (int i = 0; ended && i < TRIES; i++) {
        if (waitpid(id, &status, WNOHANG) == id)
            return status;
        usleep(PAUSE_US);
    }
    kill(id, SIGKILL);
    while (waitpid(id, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

static bool run(const char *program, struct epo_span file, struct epo_buffer *said, int *status) {
    int ends[2], in = file_of(file);
    if (in < 0)
        return false;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        close(in);
        return false;
    }
    pid_t id = start(program, in, ends[1]);
    close(in);
    close(ends[1]);
    if (id > 0)
        *status = wait_for(id, listen_to(ends[0], said));
    close(ends[0]);
    return id > 0;
}

bool epo_codes_read(struct epo_pool *pool, struct epo_span file, struct epo_span *text,
                    struct epo_error *error) {
    char program[512];
    struct epo_buffer said;
    int status = 0;
    *text = EPO_SPAN("");
    if (file.len == 0 || file.len > EPO_CODES_BYTES_MAX)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "codes.kind",
                        "The file is empty or too large.");
    if (atomic_fetch_add(&reading, 1) >= EPO_CODES_AT_ONCE) {
        atomic_fetch_sub(&reading, 1);
        return epo_fail(error, EPO_ERROR_BUSY, "codes.busy",
                        "Other papers are being read just now; try again.");
    }
    epo_buffer_init(&said, EPO_PAPER_JSON_MAX + 4096);
    bool ran = find_program(program) && run(program, file, &said, &status);
    atomic_fetch_sub(&reading, 1);
    if (ran && !said.failed && epo_text_valid(epo_buffer_get(&said)))
        *text = epo_pool_copy(pool, epo_buffer_get(&said));
    epo_buffer_clear(&said);
    if (!ran)
        return epo_fail(error, EPO_ERROR_BROKEN, "codes.program", "epo-codes cannot be started.");
    if (text->len == 0 && WIFEXITED(status) && WEXITSTATUS(status) == WRONG_KIND)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "codes.kind",
                        "The file is no JPEG, PNG or PDF that can be read.");
    return true;
}
