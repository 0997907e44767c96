#include "http/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

enum { FIRST_FREE_FD = 3 };

/* The program beside ours, also where ours was replaced on disk meanwhile. */
static bool find_program(const char *name, char path[512]) {
    ssize_t len = readlink("/proc/self/exe", path, 480);
    if (len <= 0)
        return false;
    path[len] = '\0';
    char *slash = strrchr(path, '/');
    if (slash == NULL)
        return false;
    size_t room = 512 - (size_t)(slash - path);
    return (size_t)snprintf(slash, room, "/%s", name) < room;
}

/* A file in memory: the child reads it whenever it likes, nobody waits for a full pipe. */
static int file_of(struct epo_span bytes) {
    int fd = memfd_create("epo-child", MFD_CLOEXEC);
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
static pid_t start(const struct epo_child *child, const char *path, int in, int out) {
    char *const args[] = {(char *)(uintptr_t)child->program, (char *)(uintptr_t)child->argument,
                          NULL};
    char *const environment[] = {"LC_ALL=C.UTF-8", NULL};
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
    if (posix_spawn(&id, path, &actions, &attributes, args, environment) != 0)
        id = -1;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return id;
}

/* All it says; true when it has ended, false where it says too much or its time is over. */
static bool listen_to(int from, int64_t wait_ms, struct epo_buffer *said) {
    int64_t until_us = epo_clock_monotonic_us() + wait_ms * 1000;
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

bool epo_child_run(const struct epo_child *child, struct epo_buffer *said, int *status) {
    char path[512];
    int ends[2], in = find_program(child->program, path) ? file_of(child->input) : -1;
    if (in < 0)
        return false;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        close(in);
        return false;
    }
    pid_t id = start(child, path, in, ends[1]);
    close(in);
    close(ends[1]);
    if (id > 0)
        *status = wait_for(id, listen_to(ends[0], child->wait_ms, said));
    close(ends[0]);
    return id > 0;
}
