/* A portal that serves takes a new map base by itself: once a second it looks whether map.db is
 * another file than the one it has. By its number and times, not by inotify, since the folder may
 * lie on a shared disk and the import run on another machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"
#include "ticker.h"

enum { LOOK_EVERY_MS = 1000 };

struct epo_map_watch {
    char path[600];
    struct stat known;
    void (*changed)(void *arg);
    void *arg;
    struct epo_ticker *ticker;
};

static bool is_another(const struct stat *a, const struct stat *b) {
    return a->st_ino != b->st_ino || a->st_dev != b->st_dev || a->st_size != b->st_size ||
           a->st_mtim.tv_sec != b->st_mtim.tv_sec || a->st_mtim.tv_nsec != b->st_mtim.tv_nsec;
}

static int look(void *arg) {
    struct epo_map_watch *watch = arg;
    struct stat now;
    if (stat(watch->path, &now) == 0 && is_another(&now, &watch->known)) {
        watch->known = now;
        watch->changed(watch->arg);
    }
    return LOOK_EVERY_MS;
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
    watch->ticker = epo_ticker_start(LOOK_EVERY_MS, look, watch);
    return watch;
}

void epo_map_watch_stop(struct epo_map_watch *watch) {
    if (watch == NULL)
        return;
    epo_ticker_stop(watch->ticker);
    free(watch);
}
