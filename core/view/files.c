#include "view/files.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#define PATH_SIZE 1024
#define FOLDERS_DEEP 8

static bool cannot_read(const char *path, struct epo_error *error) {
    epo_fail(error, EPO_ERROR_NOT_FOUND, "file.unreadable", "cannot read this: %s",
             strerror(errno));
    return epo_error_at(error, "%s", path);
}

bool epo_view_file_read(struct epo_pool *pool, const char *path, size_t max_bytes,
                        struct epo_span *text, struct epo_error *error) {
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return cannot_read(path, error);
    struct epo_buffer buffer;
    epo_buffer_init(&buffer, max_bytes);
    char block[8192];
    size_t got;
    while (!buffer.failed && (got = fread(block, 1, sizeof(block), file)) > 0)
        epo_buffer_append(&buffer, block, got);
    bool broken = ferror(file) != 0;
    fclose(file);
    bool done = !broken && !buffer.failed;
    if (done)
        *text = epo_pool_copy(pool, epo_buffer_get(&buffer));
    else if (broken)
        cannot_read(path, error);
    else
        epo_fail(error, EPO_ERROR_TOO_LARGE, "file.too_large", "over %zu bytes", max_bytes);
    if (!done)
        epo_error_at(error, "%s", path);
    epo_buffer_clear(&buffer);
    return done;
}

struct walk {
    const char *ending;
    bool (*fn)(void *arg, const char *path, struct epo_span inner, struct epo_error *error);
    void *arg;
    size_t folder_len;
    struct epo_error *error;
};

static bool walk_folder(struct walk *walk, const char *folder, int depth);

static bool walk_entry(struct walk *walk, const char *folder, const char *name, int depth) {
    char path[PATH_SIZE];
    struct stat found;
    if (name[0] == '.')
        return true;
    if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path)) {
        epo_fail(walk->error, EPO_ERROR_TOO_LARGE, "file.path", "the path is too long");
        return epo_error_at(walk->error, "%s", folder);
    }
    if (stat(path, &found) != 0)
        return cannot_read(path, walk->error);
    if (S_ISDIR(found.st_mode))
        return depth >= FOLDERS_DEEP || walk_folder(walk, path, depth + 1);
    size_t len = strlen(path), ending = strlen(walk->ending);
    if (!S_ISREG(found.st_mode) || len <= ending || strcmp(path + len - ending, walk->ending) != 0)
        return true;
    struct epo_span inner = {path + walk->folder_len + 1, len - ending - walk->folder_len - 1};
    return walk->fn(walk->arg, path, inner, walk->error);
}

static bool walk_folder(struct walk *walk, const char *folder, int depth) {
    struct dirent **names;
    int count = scandir(folder, &names, NULL, alphasort);
    if (count < 0)
        return cannot_read(folder, walk->error);
    bool done = true;
    for (int i = 0; i < count; i++) {
        done = done && walk_entry(walk, folder, names[i]->d_name, depth);
        free(names[i]);
    }
    free(names);
    return done;
}

bool epo_view_files_each(const char *folder, const char *ending,
                         bool (*fn)(void *arg, const char *path, struct epo_span inner,
                                    struct epo_error *error),
                         void *arg, struct epo_error *error) {
    struct walk walk = {ending, fn, arg, strlen(folder), error};
    return walk_folder(&walk, folder, 0);
}
