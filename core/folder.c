/* The portal folder as a folder. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "cli.h"

enum { NAMES_MAX = 10000 };

static int compare(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *const *epo_folder_names(struct epo_pool *pool, const char *folder) {
    DIR *dir = opendir(folder);
    const char **names = EPO_NEW_ARRAY(pool, const char *, NAMES_MAX + 1);
    size_t count = 0;
    if (dir == NULL)
        return NULL;
    for (struct dirent *entry; count < NAMES_MAX && (entry = readdir(dir)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            names[count++] = epo_pool_string(pool, epo_span(entry->d_name));
    closedir(dir);
    qsort(names, count, sizeof *names, compare);
    return names;
}

/* Held by an open file until the process ends; shared by those who serve (an old and a new program
 * at a hand-over), alone by one who replaces the folder's content. */
bool epo_folder_lock(const char *folder, bool alone) {
    struct epo_pool *pool = epo_pool_create();
    int fd = open(epo_pool_printf(pool, "%s/.lock", folder), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    epo_pool_free(pool);
    if (fd < 0) /* no such folder yet, or read-only: nobody serves it */
        return errno == ENOENT || !alone;
    return flock(fd, (alone ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0;
}
