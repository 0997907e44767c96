/* epo restore: unpacks a backup beside the portal, checks it, then puts it in place. What was there
 * is kept in a folder "replaced-…" for the operator to remove. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli.h"
#include "portal/submission.h"

enum { ENTRIES_MAX = 100000 };

/* Only names that a backup holds; libarchive refuses "..", absolute paths and links on the way. */
static bool known(const char *name) {
    if (strcmp(name, "portal.db") == 0)
        return true;
    for (size_t i = 0; epo_backup_parts[i] != NULL; i++) {
        size_t len = strlen(epo_backup_parts[i]);
        if (strncmp(name, epo_backup_parts[i], len) == 0 && (name[len] == '\0' || name[len] == '/'))
            return true;
    }
    return false;
}

static bool unpack_one(struct archive *in, struct archive *out, struct archive_entry *entry,
                       struct epo_pool *pool, const char *to, struct epo_error *error) {
    const char *name = archive_entry_pathname(entry);
    const void *block;
    size_t len;
    la_int64_t offset;
    int rc;
    if (name == NULL || !known(name) || strstr(name, "..") != NULL ||
        archive_entry_filetype(entry) != AE_IFREG)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "restore.entry",
                        "the file holds \"%s\": it is no backup of a portal.", name ? name : "");
    archive_entry_set_pathname(entry, epo_pool_printf(pool, "%s/%s", to, name));
    archive_entry_set_perm(entry, archive_entry_perm(entry) & 0700);
    if (archive_write_header(out, entry) != ARCHIVE_OK)
        return epo_fail(error, EPO_ERROR_BROKEN, "restore.write", "%s: %s.", name,
                        archive_error_string(out));
    while ((rc = archive_read_data_block(in, &block, &len, &offset)) == ARCHIVE_OK)
        if (archive_write_data_block(out, block, len, offset) != ARCHIVE_OK)
            return epo_fail(error, EPO_ERROR_BROKEN, "restore.write", "%s: %s.", name,
                            archive_error_string(out));
    return rc == ARCHIVE_EOF ||
           epo_fail(error, EPO_ERROR_BAD_INPUT, "restore.read", "the backup is damaged at %s: %s.",
                    name, archive_error_string(in));
}

static bool unpack_all(struct archive *in, struct archive *out, struct epo_pool *pool,
                       const char *to, struct epo_error *error) {
    struct archive_entry *entry;
    int rc, count = 0;
    while ((rc = archive_read_next_header(in, &entry)) == ARCHIVE_OK)
        if (++count > ENTRIES_MAX || !unpack_one(in, out, entry, pool, to, error))
            return false;
    if (rc != ARCHIVE_EOF || count == 0)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "restore.read",
                        "this is no backup, or a damaged one: %s.",
                        rc != ARCHIVE_EOF ? archive_error_string(in) : "it is empty");
    return archive_write_close(out) == ARCHIVE_OK ||
           epo_fail(error, EPO_ERROR_BROKEN, "restore.write", "%s.", archive_error_string(out));
}

static bool unpack(struct epo_pool *pool, const char *file, const char *to,
                   struct epo_error *error) {
    struct archive *in = archive_read_new(), *out = archive_write_disk_new();
    archive_read_support_format_tar(in);
    archive_read_support_filter_gzip(in);
    /* the folder's own path is ours and absolute: what must not leave it is checked in known() */
    archive_write_disk_set_options(out, ARCHIVE_EXTRACT_SECURE_NODOTDOT | ARCHIVE_EXTRACT_PERM);
    bool good = archive_read_open_filename(in, file, 65536) == ARCHIVE_OK
                    ? unpack_all(in, out, pool, to, error)
                    : epo_fail(error, EPO_ERROR_BAD_INPUT, "restore.open", "%s: %s.", file,
                               archive_error_string(in));
    archive_read_free(in);
    archive_write_free(out);
    return good;
}

/* Opens it as a portal and recomputes the chain of receipts. */
static int prove(const char *folder, int64_t *count) {
    struct epo_process process;
    struct epo_error error = {0};
    int code = epo_process_open(&process, folder, EPO_PART_STORE);
    if (code != EPO_EXIT_DONE)
        return code;
    struct epo_db *db = epo_store_connect(process.portal.store, &error);
    if (db == NULL || !epo_submission_verify_chain(&process.portal, db, count, &error))
        code = epo_cli_failed(&error);
    if (db != NULL)
        epo_db_close(db);
    epo_process_close(&process);
    return code;
}

static bool move(struct epo_pool *pool, const char *from, const char *to, const char *name,
                 struct epo_error *error) {
    return rename(epo_pool_printf(pool, "%s/%s", from, name),
                  epo_pool_printf(pool, "%s/%s", to, name)) == 0 ||
           errno == ENOENT ||
           epo_fail(error, EPO_ERROR_BROKEN, "restore.move", "%s/%s: %s.", from, name,
                    strerror(errno));
}

/* The database goes last: a folder without one is not served. */
static bool swap(struct epo_pool *pool, const char *folder, const char *fresh, const char *old,
                 struct epo_error *error) {
    static const char *const database[] = {"portal.db", "portal.db-wal", "portal.db-shm"};
    if (mkdir(old, 0700) != 0 && errno != EEXIST)
        return epo_fail(error, EPO_ERROR_BROKEN, "restore.move", "%s: %s.", old, strerror(errno));
    for (size_t i = 0; i < 3; i++)
        if (!move(pool, folder, old, database[i], error))
            return false;
    for (size_t i = 0; epo_backup_parts[i] != NULL; i++)
        if (!move(pool, folder, old, epo_backup_parts[i], error) ||
            !move(pool, fresh, folder, epo_backup_parts[i], error))
            return false;
    mkdir(epo_pool_printf(pool, "%s/agendas", folder), 0750);
    mkdir(epo_pool_printf(pool, "%s/plugins", folder), 0750);
    return move(pool, fresh, folder, "portal.db", error);
}

static int restore(struct epo_pool *pool, const char *folder, const char *file) {
    struct epo_error error = {0};
    int64_t count = 0;
    char *fresh = epo_pool_printf(pool, "%s/restore-XXXXXX", folder);
    const char *old =
        epo_pool_printf(pool, "%s/replaced-%" PRId64, folder, epo_clock_now_us() / 1000000);
    if ((mkdir(folder, 0750) != 0 && errno != EEXIST) || mkdtemp(fresh) == NULL) {
        epo_fail(&error, EPO_ERROR_BROKEN, "restore.folder", "%s: %s.", folder, strerror(errno));
        return epo_cli_failed(&error);
    }
    if (!unpack(pool, file, fresh, &error)) {
        int code = epo_cli_failed(&error);
        fprintf(stderr, "epo: nothing was changed; what was unpacked lies in %s\n", fresh);
        return code;
    }
    int code = prove(fresh, &count);
    if (code != EPO_EXIT_DONE)
        return code;
    if (!swap(pool, folder, fresh, old, &error))
        return epo_cli_failed(&error);
    rmdir(fresh);
    rmdir(old); /* stays where it holds something */
    printf("%s: %" PRId64 " submissions, chain of receipts whole\n", folder, count);
    return EPO_EXIT_DONE;
}

int epo_cli_restore(struct epo_words *words) {
    bool force = epo_words_flag(words, "--force");
    if (words->count != 1 || words->at[0][0] == '-')
        return epo_words_usage("restore");
    struct epo_pool *pool = epo_pool_create();
    int code = EPO_EXIT_WRONG;
    bool taken = access(epo_pool_printf(pool, "%s/portal.db", words->folder), F_OK) == 0 ||
                 access(epo_pool_printf(pool, "%s/epo.json", words->folder), F_OK) == 0;
    if (taken && !force)
        fprintf(stderr, "epo: %s holds a portal: --force replaces it\n", words->folder);
    else if (!epo_folder_lock(words->folder, true))
        fprintf(stderr, "epo: %s is being served: stop it first\n", words->folder);
    else
        code = restore(pool, words->folder, words->at[0]);
    epo_pool_free(pool);
    return code;
}
