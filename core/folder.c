/* The portal folder as a folder. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
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

static bool copy_file(const char *from, const char *to, struct epo_error *error) {
    char block[65536];
    size_t len;
    int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    FILE *in = fd >= 0 ? fdopen(fd, "re") : NULL, *out = in != NULL ? fopen(to, "wxe") : NULL;
    bool good = out != NULL;
    while (good && (len = fread(block, 1, sizeof block, in)) > 0)
        good = fwrite(block, 1, len, out) == len;
    good = good && !ferror(in);
    if (out != NULL)
        good = fclose(out) == 0 && good;
    if (in != NULL)
        fclose(in);
    return good || epo_fail(error, EPO_ERROR_BROKEN, "folder.copy",
                            "%s cannot be copied to %s: %s.", from, to, strerror(errno));
}

bool epo_folder_copy(struct epo_pool *pool, const char *from, const char *to,
                     struct epo_error *error) {
    const char *const *names = epo_folder_names(pool, from);
    bool good = names != NULL && (mkdir(to, 0750) == 0 || errno == EEXIST);
    if (!good)
        return epo_fail(error, EPO_ERROR_BROKEN, "folder.copy", "%s cannot be copied to %s: %s.",
                        from, to, strerror(errno));
    for (; good && *names != NULL; names++) {
        struct stat about;
        const char *inner = epo_pool_printf(pool, "%s/%s", from, *names);
        const char *target = epo_pool_printf(pool, "%s/%s", to, *names);
        if (lstat(inner, &about) != 0)
            return epo_fail(error, EPO_ERROR_BROKEN, "folder.copy", "%s: %s.", inner,
                            strerror(errno));
        good = S_ISDIR(about.st_mode) ? epo_folder_copy(pool, inner, target, error)
                                      : copy_file(inner, target, error);
    }
    return good;
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
