/* A temporary folder with files for one test; removed at the end. */
#ifndef EPO_TESTS_FOLDER_H
#define EPO_TESTS_FOLDER_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct test_folder {
    char path[64];
    char file[512]; /* the last one named */
};

static inline void test_folder_make(struct test_folder *folder) {
    snprintf(folder->path, sizeof(folder->path), "/tmp/epo-test-XXXXXX");
    if (mkdtemp(folder->path) == NULL)
        abort();
}

/* The whole path of a file in it, good until the next call. */
static inline const char *test_folder_file(struct test_folder *folder, const char *name) {
    snprintf(folder->file, sizeof(folder->file), "%s/%s", folder->path, name);
    return folder->file;
}

/* name may hold folders: "a/b.html". */
static inline void test_folder_write(const struct test_folder *folder, const char *name,
                                     const char *text) {
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", folder->path, name);
    for (char *slash = path + strlen(folder->path) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    if (file == NULL || fwrite(text, 1, strlen(text), file) != strlen(text) || fclose(file) != 0)
        abort();
}

static inline int test_folder_unlink(const char *path, const struct stat *found, int type,
                                     struct FTW *walk) {
    (void)found;
    (void)type;
    (void)walk;
    return remove(path);
}

static inline void test_folder_remove(const struct test_folder *folder) {
    nftw(folder->path, test_folder_unlink, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
