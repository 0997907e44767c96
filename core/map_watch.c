/* A portal that serves takes a new map base by itself: once a second it looks whether map.db is
 * another file than the one it has. By its number and times, not by inotify, since the folder may
 * lie on a shared disk and the import run on another machine. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

enum { LOOK_EVERY_MS = 1000 };

struct epo_map_watch {
    char path[600];
    struct stat known;
    void (*changed)(void *arg);
    void *arg;
    int stop; /* eventfd */
    pthread_t thread;
};

static bool is_another(const struct stat *a, const struct stat *b) {
    return a->st_ino != b->st_ino || a->st_dev != b->st_dev || a->st_size != b->st_size ||
           a->st_mtim.tv_sec != b->st_mtim.tv_sec || a->st_mtim.tv_nsec != b->st_mtim.tv_nsec;
}

static void *look(void *arg) {
    struct epo_map_watch *watch = arg;
    struct pollfd stop = {.fd = watch->stop, .events = POLLIN};
    while (poll(&stop, 1, LOOK_EVERY_MS) == 0 || errno == EINTR) {
        struct stat now;
        if (stop.revents != 0)
            break;
        if (stat(watch->path, &now) != 0 || !is_another(&now, &watch->known))
            continue;
        watch->known = now;
        watch->changed(watch->arg);
    }
    return NULL;
}

struct epo_map_watch *epo_map_watch_start(const char *folder, void (*changed)(void *arg),
                                          void *arg) {
    struct epo_map_watch *watch = calloc(1, sizeof *watch);
    epo_assert(watch != NULL);
    snprintf(watch->path, sizeof watch->path, "%s/map/map.db", folder);
    watch->changed = changed;
    watch->arg = arg;
    if (stat(watch->path, &watch->known) != 0)
        memset(&watch->known, 0, sizeof watch->known);
    watch->stop = eventfd(0, EFD_CLOEXEC);
    epo_assert(watch->stop >= 0 && pthread_create(&watch->thread, NULL, look, watch) == 0);
    return watch;
}

void epo_map_watch_stop(struct epo_map_watch *watch) {
    uint64_t one = 1;
    if (watch == NULL)
        return;
    epo_assert(write(watch->stop, &one, sizeof one) == sizeof one);
    pthread_join(watch->thread, NULL);
    close(watch->stop);
    free(watch);
}
