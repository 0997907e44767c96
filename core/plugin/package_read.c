/* Reading a package: nothing of it is believed before the signature of its list fits, and no file
 * is kept whose digest is not in the list. */
#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plugin/manifest.h"
#include "plugin/organization.h"
#include "plugin/package_work.h"

enum { NAME_BYTES_MAX = 120, DEPTH_MAX = 6, LIST_BYTES_MAX = 256 << 10 };

struct unpacking {
    struct epo_pool *pool;
    struct archive *archive;
    const struct epo_json *settings;
    const char *to;
    const struct epo_json *list; /* package.json, once it is trusted */
    struct epo_span name;
    size_t unpacked;
    bool *seen; /* by file of the list */
    struct epo_error *error;
};

static bool refuse(struct unpacking *u, const char *code, const char *text, struct epo_span name) {
    return epo_fail(u->error, EPO_ERROR_BAD_INPUT, code, "%s: %.*s", text, EPO_ARG(name));
}

bool epo_package_name_fits(struct epo_span name) {
    int depth = 1;
    bool good = name.len > 0 && name.len <= NAME_BYTES_MAX;
    for (size_t i = 0; good && i < name.len; i++) {
        char c = name.at[i];
        bool first = i == 0 || name.at[i - 1] == '/';
        depth += c == '/';
        good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || (c == '.' && !first) ||
               (c == '/' && !first && i + 1 < name.len);
    }
    return good && depth <= DEPTH_MAX;
}

/* The next entry, a plain file with a name that may be: links, devices, folders and ways out are
 * refused, whatever they are called. *name NULL: there is none more. */
static bool next_file(struct unpacking *u, const char **name) {
    struct archive_entry *entry;
    int rc = archive_read_next_header(u->archive, &entry);
    *name = NULL;
    if (rc == ARCHIVE_EOF)
        return true;
    if (rc != ARCHIVE_OK)
        return epo_fail(u->error, EPO_ERROR_BAD_INPUT, "package.damaged",
                        "This is no package, or a damaged one: %s.",
                        archive_error_string(u->archive));
    const char *path = archive_entry_pathname(entry);
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != NULL ||
        archive_entry_symlink(entry) != NULL)
        return refuse(u, "package.kind", "A package holds plain files alone", epo_span(path));
    if (!epo_package_name_fits(epo_span(path)))
        return refuse(u, "package.name", "A package has a file that may not be called so",
                      epo_span(path));
    *name = epo_pool_string(u->pool, epo_span(path));
    return true;
}

/* The entry's bytes; how many it says it has is not believed. */
static bool read_bytes(struct unpacking *u, struct epo_pool *pool, const char *name, size_t most,
                       struct epo_span *bytes) {
    struct epo_buffer buffer;
    char block[16384];
    la_ssize_t len = -1;
    epo_buffer_init(&buffer, most);
    while (!buffer.failed && (len = archive_read_data(u->archive, block, sizeof block)) > 0)
        epo_buffer_append(&buffer, block, (size_t)len);
    bool whole = !buffer.failed && len == 0;
    u->unpacked += buffer.len;
    bool small = !buffer.failed && u->unpacked <= EPO_PACKAGE_UNPACKED_MAX;
    if (whole && small)
        *bytes = epo_pool_copy(pool, epo_buffer_get(&buffer));
    epo_buffer_clear(&buffer);
    if (!small)
        return refuse(u, "package.too_large", "A package holds more than it may", epo_span(name));
    return whole || refuse(u, "package.damaged", "The package is damaged", epo_span(name));
}

/* ---- the list ---- */

static bool check_list(struct unpacking *u) {
    const struct epo_json *files = epo_json_get(u->list, "files");
    int64_t parts[3];
    u->name = epo_json_get_text(u->list, "name");
    bool good = epo_package_name_fits(u->name) && u->name.len <= EPO_ORGANIZATION_NAME_MAX &&
                memchr(u->name.at, '/', u->name.len) == NULL &&
                epo_version_read(epo_json_get_text(u->list, "version"), parts) && files != NULL &&
                files->type == EPO_JSON_OBJECT && files->count > 0;
    if (!good)
        return refuse(u, "package.list", "The list of the package is not in order",
                      EPO_SPAN(EPO_PACKAGE_LIST));
    if (files->count > EPO_PACKAGE_FILES_MAX)
        return refuse(u, "package.too_many", "A package has too many files",
                      EPO_SPAN(EPO_PACKAGE_LIST));
    for (uint32_t i = 0; i < files->count; i++)
        if (!epo_package_name_fits(files->names[i]) || !epo_json_is_text(files->items[i]) ||
            files->items[i]->text.len != EPO_SHA256_HEX_SIZE - 1)
            return refuse(u, "package.name", "A package has a file that may not be called so",
                          files->names[i]);
    u->seen = EPO_NEW_ARRAY(u->pool, bool, files->count);
    return true;
}

static bool read_list(struct unpacking *u) {
    const char *name;
    struct epo_span list, signature;
    struct epo_error error = {0};
    if (!next_file(u, &name))
        return false;
    if (name == NULL || strcmp(name, EPO_PACKAGE_LIST) != 0)
        return refuse(u, "package.list", "A package begins with its list", epo_span(name));
    if (!read_bytes(u, u->pool, name, LIST_BYTES_MAX, &list) || !next_file(u, &name))
        return false;
    if (name == NULL || strcmp(name, EPO_PACKAGE_SIGNATURE) != 0)
        return refuse(u, "package.list", "The signature follows the list", epo_span(name));
    if (!read_bytes(u, u->pool, name, EPO_SIGNATURE_SIZE, &signature))
        return false;
    /* The name says whose key it must be; parsing what is not trusted yet is bounded. */
    u->list = epo_json_parse(u->pool, list, &error);
    return check_list(u) && epo_package_trusted(u->settings, u->name, list, signature, u->error);
}

/* ---- the files ---- */

static bool make_parents(struct unpacking *u, char *path, size_t after) {
    for (char *slash = strchr(path + after, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool made = mkdir(path, 0750) == 0 || errno == EEXIST;
        *slash = '/';
        if (!made)
            return epo_fail(u->error, EPO_ERROR_BROKEN, "package.write", "%s: %s.", path,
                            strerror(errno));
    }
    return true;
}

static bool write_file(struct unpacking *u, const char *name, struct epo_span bytes) {
    char *path = epo_pool_printf(u->pool, "%s/%.*s/%s", u->to, EPO_ARG(u->name), name);
    if (!make_parents(u, path, strlen(u->to) + 1))
        return false;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
    bool good = fd >= 0 && write(fd, bytes.at, bytes.len) == (ssize_t)bytes.len && fsync(fd) == 0;
    if (fd >= 0)
        good = close(fd) == 0 && good;
    return good ||
           epo_fail(u->error, EPO_ERROR_BROKEN, "package.write", "%s: %s.", path, strerror(errno));
}

static bool take_file(struct unpacking *u, const char *name) {
    const struct epo_json *files = epo_json_get(u->list, "files");
    struct epo_pool *passing = epo_pool_create();
    struct epo_span bytes = {"", 0};
    char digest[EPO_SHA256_HEX_SIZE];
    uint32_t at = 0;
    while (at < files->count && !epo_span_is(files->names[at], name))
        at++;
    bool good =
        (at < files->count && !u->seen[at]) ||
        refuse(u, "package.unlisted", "A file is not in the list, or stands twice", epo_span(name));
    good = good && read_bytes(u, passing, name, EPO_PACKAGE_FILE_MAX, &bytes);
    if (good) {
        u->seen[at] = true;
        epo_sha256_hex(bytes, digest);
        good =
            epo_span_is(files->items[at]->text, digest) ||
            refuse(u, "package.changed", "A file was changed after it was signed", epo_span(name));
    }
    good = good && write_file(u, name, bytes);
    epo_pool_free(passing);
    return good;
}

static bool take_files(struct unpacking *u) {
    const struct epo_json *files = epo_json_get(u->list, "files");
    const char *name;
    for (;;) {
        if (!next_file(u, &name))
            return false;
        if (name == NULL)
            break;
        if (!take_file(u, name))
            return false;
    }
    for (uint32_t i = 0; i < files->count; i++)
        if (!u->seen[i])
            return refuse(u, "package.missing", "A file of the list is missing", files->names[i]);
    return true;
}

static bool digest_of(const char *file, char out[EPO_SHA256_HEX_SIZE], struct epo_error *error) {
    struct epo_span bytes;
    const char *why;
    struct epo_pool *passing = epo_pool_create();
    bool good = epo_file_read(passing, file, EPO_PACKAGE_BYTES_MAX, &bytes, &why) ||
                epo_fail(error, EPO_ERROR_BAD_INPUT, "package.file", "%s: %s.", file, why);
    if (good)
        epo_sha256_hex(bytes, out);
    epo_pool_free(passing);
    return good;
}

bool epo_package_unpack(struct epo_pool *pool, const char *file, const struct epo_json *settings,
                        const char *to, struct epo_json **about, struct epo_error *error) {
    char digest[EPO_SHA256_HEX_SIZE];
    if (!digest_of(file, digest, error))
        return false;
    struct unpacking u = {.pool = pool,
                          .archive = archive_read_new(),
                          .settings = settings,
                          .to = to,
                          .error = error};
    archive_read_support_format_tar(u.archive);
    archive_read_support_filter_zstd(u.archive);
    bool good =
        archive_read_open_filename(u.archive, file, 65536) == ARCHIVE_OK ||
        epo_fail(error, EPO_ERROR_BAD_INPUT, "package.damaged",
                 "This is no package, or a damaged one: %s.", archive_error_string(u.archive));
    good = good && read_list(&u) && take_files(&u);
    archive_read_free(u.archive);
    if (!good)
        return false;
    *about = epo_json_object(pool);
    epo_json_set_text(pool, *about, "name", u.name);
    epo_json_set_text(pool, *about, "version", epo_json_get_text(u.list, "version"));
    epo_json_set_string(pool, *about, "sha256", digest);
    epo_json_set_integer(pool, *about, "files", epo_json_get(u.list, "files")->count);
    return true;
}

void epo_package_sweep(const char *folder) {
    struct epo_pool *pool = epo_pool_create();
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        struct stat about;
        const char *path = epo_pool_printf(pool, "%s/%s", folder, entry->d_name);
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            lstat(path, &about) != 0)
            continue;
        if (S_ISDIR(about.st_mode))
            epo_package_sweep(path);
        else
            unlink(path);
    }
    if (dir != NULL)
        closedir(dir);
    rmdir(folder);
    epo_pool_free(pool);
}
