/* Reload on save, while developing: inotify on the agenda folders and what is in them. An editor
 * writes several files at once: the reload waits until it has been quiet for a moment. */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "plugin/agenda.h"
#include "plugin/background.h"

#define QUIET_MS 150
#define WATCHES_MAX 2048
#define FOLDERS_MAX 8
#define DEPTH_MAX 5 /* organizations/zoo/agendas/zoo_visits/forms */
#define EVENTS (IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE)

struct watched {
    int descriptor;
    char *agenda; /* folder of the agenda; NULL: a folder of agendas */
};

struct epo_watch {
    struct epo_registry *registry;
    char *folders[FOLDERS_MAX];
    size_t folder_count;
    const char *organizations; /* the last of them: a save there is a new whole load */
    bool (*load)(void *arg, struct epo_error *error);
    void (*changed)(void *arg);
    void *arg;
    int events, stop; /* inotify; eventfd */
    pthread_t thread;
    struct watched watched[WATCHES_MAX];
    size_t watched_count;
    char *dirty[EPO_AGENDAS_MAX]; /* agendas saved since the last reload */
    size_t dirty_count;
    bool all_dirty; /* a folder came or went */
};

static void add(struct epo_watch *watch, const char *path, const char *agenda) {
    int descriptor = inotify_add_watch(watch->events, path, EVENTS | IN_ONLYDIR);
    for (size_t i = 0; i < watch->watched_count; i++)
        if (watch->watched[i].descriptor == descriptor)
            return; /* watched before */
    if (descriptor < 0 || watch->watched_count == WATCHES_MAX)
        return;
    watch->watched[watch->watched_count++] =
        (struct watched){descriptor, agenda ? strdup(agenda) : NULL};
}

/* The folder and those in it. agenda NULL: the folders in it are agendas. */
static void add_tree(struct epo_watch *watch, const char *path, const char *agenda, int depth) {
    DIR *folder = opendir(path);
    if (!folder)
        return;
    add(watch, path, agenda);
    for (struct dirent *entry; depth < DEPTH_MAX && (entry = readdir(folder));) {
        char inner[1024];
        struct stat about;
        int len = snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.' && len > 0 && (size_t)len < sizeof inner &&
            stat(inner, &about) == 0 && S_ISDIR(about.st_mode))
            add_tree(watch, inner, agenda ? agenda : inner, depth + 1);
    }
    closedir(folder);
}

static void mark(struct epo_watch *watch, const struct inotify_event *event) {
    const struct watched *found = NULL;
    for (size_t i = 0; !found && i < watch->watched_count; i++)
        if (watch->watched[i].descriptor == event->wd)
            found = &watch->watched[i];
    if (!found || (event->len && event->name[0] == '.'))
        return; /* an editor's own file */
    if (!found->agenda) {
        watch->all_dirty = true;
        return;
    }
    if (strncmp(found->agenda, watch->organizations, strlen(watch->organizations)) == 0) {
        watch->all_dirty = true;
        return;
    }
    for (size_t i = 0; i < watch->dirty_count; i++)
        if (strcmp(watch->dirty[i], found->agenda) == 0)
            return;
    if (watch->dirty_count < EPO_AGENDAS_MAX)
        watch->dirty[watch->dirty_count++] = strdup(found->agenda);
}

static void read_events(struct epo_watch *watch) {
    _Alignas(struct inotify_event) char bytes[16384];
    ssize_t len = read(watch->events, bytes, sizeof bytes);
    for (ssize_t at = 0; at < len;) {
        const struct inotify_event *event = (const void *)(bytes + at);
        if (event->mask & IN_Q_OVERFLOW)
            watch->all_dirty = true;
        mark(watch, event);
        at += (ssize_t)(sizeof *event + event->len);
    }
}

static void reload(struct epo_watch *watch) {
    struct epo_error error = {0};
    /* New folders are watched first: what is saved in them while they are read is read again. */
    for (size_t i = 0; watch->all_dirty && i < watch->folder_count; i++)
        add_tree(watch, watch->folders[i], NULL, 0);
    if (watch->all_dirty && !watch->load(watch->arg, &error))
        epo_log_error(EPO_LOG_ERROR, "watch.reload", &error);
    for (size_t i = 0; i < watch->dirty_count; i++) {
        if (!watch->all_dirty) { /* its faults are in the registry's list and the log */
            add_tree(watch, watch->dirty[i], watch->dirty[i], 1);
            epo_registry_load_folder(watch->registry, watch->dirty[i], NULL);
        }
        free(watch->dirty[i]);
    }
    bool any = watch->all_dirty || watch->dirty_count;
    watch->all_dirty = false;
    watch->dirty_count = 0;
    if (any && watch->changed)
        watch->changed(watch->arg);
}

static void *run(void *arg) {
    struct epo_watch *watch = arg;
    for (;;) {
        struct pollfd ends[2] = {{.fd = watch->stop, .events = POLLIN},
                                 {.fd = watch->events, .events = POLLIN}};
        bool waiting = watch->all_dirty || watch->dirty_count;
        int ready = poll(ends, 2, waiting ? QUIET_MS : -1);
        if (ends[0].revents)
            return NULL;
        if (ready > 0 && ends[1].revents)
            read_events(watch);
        else if (ready == 0)
            reload(watch);
    }
}

struct epo_watch *epo_watch_start(struct epo_registry *registry, const char *const *folders,
                                  size_t folder_count,
                                  bool (*load)(void *arg, struct epo_error *error),
                                  void (*changed)(void *arg), void *arg, struct epo_error *error) {
    struct epo_watch *watch = calloc(1, sizeof *watch);
    epo_assert(watch && folder_count <= FOLDERS_MAX);
    watch->registry = registry;
    watch->load = load;
    watch->changed = changed;
    watch->arg = arg;
    watch->events = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    watch->stop = eventfd(0, EFD_CLOEXEC);
    if (watch->events < 0 || watch->stop < 0) {
        epo_fail(error, EPO_ERROR_BROKEN, "watch.start", "Folders cannot be watched: %s",
                 strerror(errno));
        if (watch->events >= 0)
            close(watch->events);
        if (watch->stop >= 0)
            close(watch->stop);
        free(watch);
        return NULL;
    }
    for (size_t i = 0; i < folder_count; i++) {
        watch->folders[watch->folder_count++] = strdup(folders[i]);
        add_tree(watch, folders[i], NULL, 0);
    }
    watch->organizations = watch->folders[folder_count - 1];
    epo_assert(pthread_create(&watch->thread, NULL, run, watch) == 0);
    return watch;
}

void epo_watch_stop(struct epo_watch *watch) {
    uint64_t one = 1;
    if (!watch)
        return;
    epo_assert(write(watch->stop, &one, sizeof one) == sizeof one);
    pthread_join(watch->thread, NULL);
    close(watch->events);
    close(watch->stop);
    for (size_t i = 0; i < watch->watched_count; i++)
        free(watch->watched[i].agenda);
    for (size_t i = 0; i < watch->folder_count; i++)
        free(watch->folders[i]);
    for (size_t i = 0; i < watch->dirty_count; i++)
        free(watch->dirty[i]);
    free(watch);
}
