/* Packing an organization's folder, and putting a package in its place. */
#include "plugin/package.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "plugin/manifest.h"
#include "plugin/organization.h"
#include "plugin/package_work.h"

/* ---- packing ---- */

struct packing {
    struct epo_pool *pool;
    const char *folder;
    struct epo_json *files; /* path -> digest */
    struct epo_error *error;
};

static int visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

/* All files under the folder, in the order of names. */
static bool list_files(struct packing *packing, const char *inside) {
    struct epo_pool *pool = packing->pool;
    const char *path = epo_pool_printf(pool, "%s/%s", packing->folder, inside);
    struct dirent **entries;
    int count = scandir(path, &entries, visible, alphasort);
    bool good = count >= 0 || epo_fail(packing->error, EPO_ERROR_BAD_INPUT, "package.folder",
                                       "%s cannot be read: %s.", path, strerror(errno));
    for (int i = 0; i < count; i++) {
        struct stat about;
        struct epo_span bytes;
        const char *why = "is neither a file nor a folder";
        char digest[EPO_SHA256_HEX_SIZE];
        const char *name =
            epo_pool_printf(pool, "%s%s%s", inside, inside[0] ? "/" : "", entries[i]->d_name);
        const char *full = epo_pool_printf(pool, "%s/%s", packing->folder, name);
        free(entries[i]);
        if (!good)
            continue;
        if (lstat(full, &about) == 0 && S_ISDIR(about.st_mode)) {
            good = list_files(packing, name);
        } else if (S_ISREG(about.st_mode) && epo_package_name_fits(epo_span(name)) &&
                   epo_file_read(pool, full, EPO_PACKAGE_FILE_MAX, &bytes, &why)) {
            epo_sha256_hex(bytes, digest);
            epo_json_set_string(pool, packing->files, name, digest);
        } else {
            good =
                epo_fail(packing->error, EPO_ERROR_BAD_INPUT, "package.file", "%s: %s.", full, why);
        }
    }
    if (count >= 0)
        free(entries);
    return good;
}

static bool add_entry(struct archive *archive, const char *name, struct epo_span bytes) {
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (la_int64_t)bytes.len);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0640);
    bool good = archive_write_header(archive, entry) == ARCHIVE_OK &&
                archive_write_data(archive, bytes.at, bytes.len) == (la_ssize_t)bytes.len;
    archive_entry_free(entry);
    return good;
}

static bool write_archive(struct packing *packing, const char *file, struct epo_span list,
                          const uint8_t signature[EPO_SIGNATURE_SIZE]) {
    struct archive *archive = archive_write_new();
    archive_write_set_format_ustar(archive);
    archive_write_add_filter_zstd(archive);
    bool good = archive_write_open_filename(archive, file) == ARCHIVE_OK &&
                add_entry(archive, EPO_PACKAGE_LIST, list) &&
                add_entry(archive, EPO_PACKAGE_SIGNATURE,
                          (struct epo_span){(const char *)signature, EPO_SIGNATURE_SIZE});
    for (uint32_t i = 0; good && i < packing->files->count; i++) {
        struct epo_pool *passing = epo_pool_create();
        struct epo_span bytes, name = packing->files->names[i];
        const char *why;
        good = epo_file_read(passing,
                             epo_pool_printf(passing, "%s/%.*s", packing->folder, EPO_ARG(name)),
                             EPO_PACKAGE_FILE_MAX, &bytes, &why) &&
               add_entry(archive, epo_pool_string(passing, name), bytes);
        epo_pool_free(passing);
    }
    good = archive_write_close(archive) == ARCHIVE_OK && good;
    if (!good)
        epo_fail(packing->error, EPO_ERROR_BROKEN, "package.write", "%s cannot be written: %s.",
                 file, archive_error_string(archive) ? archive_error_string(archive) : "");
    archive_write_free(archive);
    return good;
}

/* The first thing that is wrong with a folder, as one error. */
static struct epo_json *read_folder(struct epo_pool *pool, const char *folder,
                                    struct epo_error *error) {
    struct epo_faults faults = {.pool = pool};
    struct epo_json *row = epo_organization_read(pool, folder, &faults);
    if (row == NULL) {
        epo_fail(error, EPO_ERROR_BAD_INPUT, "package.organization", "%s", faults.first->text);
        epo_error_at(error, "%s:%d", faults.first->file, faults.first->line);
    }
    return row;
}

bool epo_package_pack(struct epo_pool *pool, const char *folder, const char *key_file,
                      const char *to, const char **made, struct epo_error *error) {
    uint8_t signature[EPO_SIGNATURE_SIZE];
    char *own = realpath(folder, NULL); /* its last name is the organization's, also of "." */
    const char *whole = own != NULL ? epo_pool_string(pool, epo_span(own)) : folder;
    free(own);
    struct packing packing = {pool, whole, epo_json_object(pool), error};
    const struct epo_json *row = read_folder(pool, whole, error);
    if (row == NULL || !list_files(&packing, ""))
        return false;
    if (packing.files->count > EPO_PACKAGE_FILES_MAX)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "package.too_many",
                        "%s has %u files: a package has at most %d.", folder, packing.files->count,
                        EPO_PACKAGE_FILES_MAX);
    struct epo_json *list = epo_json_object(pool);
    epo_json_set_text(pool, list, "name", epo_json_get_text(row, "name"));
    epo_json_set_text(pool, list, "version", epo_json_get_text(row, "version"));
    epo_json_set(pool, list, "files", packing.files);
    struct epo_span text = epo_json_print(pool, list);
    *made =
        epo_pool_printf(pool, "%s/%.*s-%.*s.tar.zst", to, EPO_ARG(epo_json_get_text(row, "name")),
                        EPO_ARG(epo_json_get_text(row, "version")));
    return epo_package_sign(key_file, text, signature, error) &&
           write_archive(&packing, *made, text, signature);
}

/* ---- taking ---- */

/* A fresh folder on the disk of the portal's own. */
static char *aside(struct epo_pool *pool, const char *root, struct epo_error *error) {
    char *path = epo_pool_printf(pool, "%s/.incoming-XXXXXX", root);
    if ((mkdir(root, 0750) == 0 || errno == EEXIST) && mkdtemp(path) != NULL)
        return path;
    epo_fail(error, EPO_ERROR_BROKEN, "package.write", "%s: %s.", path, strerror(errno));
    return NULL;
}

/* Unpacked into `to` and read as an organization. */
static bool open_into(struct epo_pool *pool, const char *file, const struct epo_json *settings,
                      const char *to, struct epo_json **about, struct epo_error *error) {
    if (!epo_package_unpack(pool, file, settings, to, about, error))
        return false;
    struct epo_span name = epo_json_get_text(*about, "name");
    struct epo_json *row =
        read_folder(pool, epo_pool_printf(pool, "%s/%.*s", to, EPO_ARG(name)), error);
    if (row == NULL)
        return false;
    epo_json_set(pool, *about, "row", row);
    return epo_span_equal(epo_json_get_text(row, "version"),
                          epo_json_get_text(*about, "version")) ||
           epo_fail(error, EPO_ERROR_BAD_INPUT, "package.list",
                    "The list of the package names another version than organization.json.");
}

bool epo_package_verify(struct epo_pool *pool, const char *file, const struct epo_json *settings,
                        struct epo_json **about, struct epo_error *error) {
    char *to = epo_pool_printf(pool, "%s", P_tmpdir "/epo-package-XXXXXX");
    if (mkdtemp(to) == NULL)
        return epo_fail(error, EPO_ERROR_BROKEN, "package.write", "%s: %s.", to, strerror(errno));
    bool good = open_into(pool, file, settings, to, about, error);
    epo_package_sweep(to);
    return good;
}

/* One at a time puts something in place; until the descriptor is closed. -1 and an error. */
static int take_turn(struct epo_pool *pool, const char *root, struct epo_error *error) {
    if (mkdir(root, 0750) != 0 && errno != EEXIST) {
        epo_fail(error, EPO_ERROR_BROKEN, "package.write", "%s: %s.", root, strerror(errno));
        return -1;
    }
    int fd = open(epo_pool_printf(pool, "%s/.lock", root), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    epo_fail(error, EPO_ERROR_BUSY, "package.busy",
             "Another organization is being put in place: try again.");
    return -1;
}

/* What others when they were killed. */
static void sweep_leftovers(struct epo_pool *pool, const char *root) {
    DIR *dir = opendir(root);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;)
        if (strncmp(entry->d_name, ".incoming-", 10) == 0)
            epo_package_sweep(epo_pool_printf(pool, "%s/%s", root, entry->d_name));
    if (dir != NULL)
        closedir(dir);
}

static bool write_state(struct epo_pool *pool, const char *root, struct epo_span name,
                        const struct epo_json *state, struct epo_error *error) {
    const char *path = epo_pool_printf(pool, "%s/%.*s.json", root, EPO_ARG(name));
    const char *fresh = epo_pool_printf(pool, "%s/.%.*s.json.new", root, EPO_ARG(name));
    struct epo_span text = epo_json_print(pool, state);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    bool good = fd >= 0 && write(fd, text.at, text.len) == (ssize_t)text.len && fsync(fd) == 0;
    if (fd >= 0)
        good = close(fd) == 0 && good;
    good = good && rename(fresh, path) == 0;
    return good ||
           epo_fail(error, EPO_ERROR_BROKEN, "package.write", "%s: %s.", path, strerror(errno));
}

static struct epo_json *state_with(struct epo_pool *pool, const char *portal_folder,
                                   struct epo_span name, const struct epo_json *grant) {
    const struct epo_json *old = epo_organization_state(pool, portal_folder, name);
    struct epo_json *state = epo_json_object(pool), *granted = epo_json_array(pool);
    const struct epo_json *const lists[] = {epo_json_get(old, "granted"), grant};
    for (size_t l = 0; l < 2; l++)
        for (uint32_t i = 0; lists[l] != NULL && i < lists[l]->count; i++)
            if (epo_json_is_text(lists[l]->items[i]))
                epo_json_push(pool, granted, epo_json_text(pool, lists[l]->items[i]->text));
    epo_json_set(pool, state, "granted", granted);
    if (epo_json_get(old, "sha256") != NULL)
        epo_json_set(pool, state, "sha256", epo_json_copy(pool, epo_json_get(old, "sha256")));
    return state;
}

static bool check_version(struct epo_pool *pool, const char *place, bool update,
                          const struct epo_json *about, struct epo_error *error) {
    struct epo_error ignored = {0};
    int64_t before[3], after[3];
    bool there = access(place, F_OK) == 0;
    if (!update)
        return !there || epo_fail(error, EPO_ERROR_CONFLICT, "package.there",
                                  "%s is there already: \"epo organization update\" takes a newer "
                                  "version.",
                                  place);
    if (!there)
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "package.not_there",
                        "%s is not there: \"epo organization install\" brings it in.", place);
    const struct epo_json *row = read_folder(pool, place, &ignored);
    if (row == NULL) /* what is broken may be mended by any version */
        return true;
    epo_version_read(epo_json_get_text(row, "version"), before);
    epo_version_read(epo_json_get_text(about, "version"), after);
    for (int i = 0; i < 3; i++)
        if (after[i] != before[i])
            return after[i] > before[i] ||
                   epo_fail(error, EPO_ERROR_CONFLICT, "package.older",
                            "Version %.*s is there: an older one does not replace it.",
                            EPO_ARG(epo_json_get_text(row, "version")));
    return epo_fail(error, EPO_ERROR_CONFLICT, "package.older", "Version %.*s is there already.",
                    EPO_ARG(epo_json_get_text(row, "version")));
}

static bool check_rights(struct epo_pool *pool, const struct epo_json *settings,
                         const struct epo_json *state, const struct epo_json *about,
                         struct epo_error *error) {
    struct epo_span name = epo_json_get_text(about, "name");
    struct epo_json *granted = epo_json_array(pool);
    const struct epo_json *const lists[] = {
        epo_json_get_span(epo_json_get(settings, "grants"), name), epo_json_get(state, "granted")};
    for (size_t l = 0; l < 2; l++)
        for (uint32_t i = 0; lists[l] != NULL && i < lists[l]->count; i++)
            epo_json_push(pool, granted, lists[l]->items[i]);
    const struct epo_json *missing =
        epo_organization_missing(pool, epo_json_get(about, "row"), granted);
    return missing->count == 0 || epo_fail(error, EPO_ERROR_DENIED, "package.rights",
                                           "It asks for rights that are not granted: %.*s",
                                           EPO_ARG(epo_json_print(pool, missing)));
}

/* Nobody ever finds neither: an update changes places with the old one in one step. */
static bool put_in_place(const char *fresh, const char *place, bool update,
                         struct epo_error *error) {
    bool good = update ? renameat2(AT_FDCWD, fresh, AT_FDCWD, place, RENAME_EXCHANGE) == 0
                       : rename(fresh, place) == 0;
    return good ||
           epo_fail(error, EPO_ERROR_BROKEN, "package.write", "%s: %s.", place, strerror(errno));
}

bool epo_package_install(struct epo_pool *pool, const char *portal_folder,
                         const struct epo_json *settings, const char *file, bool update,
                         const struct epo_json *grant, struct epo_json **about,
                         struct epo_error *error) {
    char at[EPO_TIME_SIZE];
    const char *root = epo_pool_printf(pool, "%s/organizations", portal_folder);
    int turn = take_turn(pool, root, error);
    if (turn < 0)
        return false;
    sweep_leftovers(pool, root);
    char *to = aside(pool, root, error);
    if (to == NULL) {
        close(turn);
        return false;
    }
    bool good = open_into(pool, file, settings, to, about, error);
    if (good) {
        struct epo_span name = epo_json_get_text(*about, "name");
        const char *place = epo_pool_printf(pool, "%s/%.*s", root, EPO_ARG(name));
        struct epo_json *state = state_with(pool, portal_folder, name, grant);
        epo_json_set_text(pool, state, "version", epo_json_get_text(*about, "version"));
        epo_json_set_text(pool, state, "sha256", epo_json_get_text(*about, "sha256"));
        epo_json_set_string(pool, state, "installed_at", epo_time_rfc3339(epo_clock_now_us(), at));
        good =
            check_version(pool, place, update, *about, error) &&
            check_rights(pool, settings, state, *about, error) &&
            write_state(pool, root, name, state, error) &&
            put_in_place(epo_pool_printf(pool, "%s/%.*s", to, EPO_ARG(name)), place, update, error);
    }
    epo_package_sweep(to);
    close(turn);
    return good;
}

static bool find_place(struct epo_pool *pool, const char *root, struct epo_span name,
                       const char **place, struct epo_error *error) {
    struct stat about;
    *place = epo_pool_printf(pool, "%s/%.*s", root, EPO_ARG(name));
    bool plain = epo_package_name_fits(name) && memchr(name.at, '/', name.len) == NULL;
    return (plain && lstat(*place, &about) == 0 && S_ISDIR(about.st_mode)) ||
           epo_fail(error, EPO_ERROR_NOT_FOUND, "organization.unknown",
                    "There is no organization \"%.*s\".", EPO_ARG(name));
}

bool epo_package_remove(struct epo_pool *pool, const char *portal_folder, struct epo_span name,
                        struct epo_error *error) {
    const char *place, *root = epo_pool_printf(pool, "%s/organizations", portal_folder);
    if (!find_place(pool, root, name, &place, error))
        return false;
    char *to = aside(pool, root, error);
    if (to == NULL)
        return false;
    bool good =
        rename(place, epo_pool_printf(pool, "%s/gone", to)) == 0 ||
        epo_fail(error, EPO_ERROR_BROKEN, "package.write", "%s: %s.", place, strerror(errno));
    if (good)
        unlink(epo_pool_printf(pool, "%s.json", place));
    epo_package_sweep(to);
    return good;
}

bool epo_package_grant(struct epo_pool *pool, const char *portal_folder, struct epo_span name,
                       const struct epo_json *grant, struct epo_error *error) {
    const char *place, *root = epo_pool_printf(pool, "%s/organizations", portal_folder);
    return find_place(pool, root, name, &place, error) &&
           write_state(pool, root, name, state_with(pool, portal_folder, name, grant), error);
}
