/* epo backup: the whole portal in one tar.gz, consistent while it serves: the database is copied in
 * one read transaction, all other files are only ever replaced whole. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

/* What a portal folder consists of; restore puts back the same. */
const char *const epo_backup_parts[] = {"epo.json", "demo-accounts.json", "map",      "agendas",
                                        "plugins",  "organizations",      "versions", NULL};

struct packing {
    struct archive *archive;
    struct epo_error *error;
};

static bool failed(struct packing *packing, const char *path, const char *why) {
    return epo_fail(packing->error, EPO_ERROR_BROKEN, "backup.write", "%s: %s.", path, why);
}

static bool pack_bytes(struct packing *packing, int fd, const char *path) {
    char block[65536];
    ssize_t len;
    while ((len = read(fd, block, sizeof block)) > 0)
        if (archive_write_data(packing->archive, block, (size_t)len) != len)
            return failed(packing, path, archive_error_string(packing->archive));
    return len == 0 || failed(packing, path, strerror(errno));
}

static bool pack_file(struct packing *packing, const char *path, const char *name) {
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        if (fd >= 0)
            close(fd);
        return failed(packing, path, "cannot be read as a file");
    }
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, about.st_size);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, about.st_mode & 0700);
    archive_entry_set_mtime(entry, about.st_mtime, 0);
    bool good = archive_write_header(packing->archive, entry) == ARCHIVE_OK
                    ? pack_bytes(packing, fd, path)
                    : failed(packing, path, archive_error_string(packing->archive));
    archive_entry_free(entry);
    close(fd);
    return good;
}

/* A file, or a folder and what is in it; what is not there is left out. */
static bool pack(struct packing *packing, struct epo_pool *pool, const char *path, const char *name,
                 int depth) {
    struct stat about;
    if (lstat(path, &about) != 0)
        return errno == ENOENT || failed(packing, path, strerror(errno));
    if (S_ISREG(about.st_mode))
        return pack_file(packing, path, name);
    if (!S_ISDIR(about.st_mode) || depth > 8)
        return true; /* links and sockets are no part of a portal */
    const char *const *names = epo_folder_names(pool, path);
    for (; names != NULL && *names != NULL; names++)
        if (strcmp(*names, "aside") != 0 && /* a map that is being imported */
            !pack(packing, pool, epo_pool_printf(pool, "%s/%s", path, *names),
                  epo_pool_printf(pool, "%s/%s", name, *names), depth + 1))
            return false;
    return true;
}

static bool pack_all(struct packing *packing, struct epo_pool *pool, const char *folder,
                     const char *database) {
    if (!pack_file(packing, database, "portal.db"))
        return false;
    for (size_t i = 0; epo_backup_parts[i] != NULL; i++)
        if (!pack(packing, pool, epo_pool_printf(pool, "%s/%s", folder, epo_backup_parts[i]),
                  epo_backup_parts[i], 0))
            return false;
    return true;
}

static bool write_archive(struct epo_pool *pool, const char *folder, const char *database,
                          const char *to, struct epo_error *error) {
    struct packing packing = {archive_write_new(), error};
    int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        archive_write_free(packing.archive);
        return failed(&packing, to, strerror(errno));
    }
    archive_write_set_format_pax_restricted(packing.archive);
    archive_write_add_filter_gzip(packing.archive);
    archive_write_set_options(packing.archive, "gzip:compression-level=1");
    bool good = archive_write_open_fd(packing.archive, fd) == ARCHIVE_OK &&
                pack_all(&packing, pool, folder, database);
    if (archive_write_close(packing.archive) != ARCHIVE_OK && good)
        good = failed(&packing, to, archive_error_string(packing.archive));
    archive_write_free(packing.archive);
    if (good && fsync(fd) != 0)
        good = failed(&packing, to, strerror(errno));
    close(fd);
    if (!good)
        unlink(to);
    return good;
}

int epo_cli_backup(struct epo_words *words) {
    struct epo_error error = {0};
    if (words->count != 1 || words->at[0][0] == '-')
        return epo_words_usage("backup");
    struct epo_pool *pool = epo_pool_create();
    const char *file = words->at[0];
    const char *part = epo_pool_printf(pool, "%s.part", file);
    const char *copy = epo_pool_printf(pool, "%s.portal.db", file);
    const char *database = epo_pool_printf(pool, "%s/portal.db", words->folder);
    bool good = access(file, F_OK) != 0 || epo_fail(&error, EPO_ERROR_BAD_INPUT, "backup.exists",
                                                    "%s exists already: name a new file.", file);
    good = good && (access(epo_pool_printf(pool, "%s/epo.json", words->folder), R_OK) == 0 ||
                    epo_fail(&error, EPO_ERROR_BAD_INPUT, "backup.folder",
                             "%s is no portal folder: name one with -C.", words->folder));
    good = good && epo_store_copy(database, copy, &error);
    if (good) {
        good = write_archive(pool, words->folder, copy, part, &error);
        unlink(copy);
    }
    if (good && rename(part, file) != 0)
        good =
            epo_fail(&error, EPO_ERROR_BROKEN, "backup.rename", "%s: %s.", file, strerror(errno));
    epo_pool_free(pool);
    return good ? EPO_EXIT_DONE : epo_cli_failed(&error);
}
