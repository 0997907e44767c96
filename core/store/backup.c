#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/sqlite.h"

/* Pages in one step: about a millisecond of copying between two groups of saves. */
#define PAGES 64

struct epo_backup {
    struct epo_db *db;
    sqlite3 *to;
    sqlite3_backup *backup;
    int code;
};

struct epo_backup *epo_backup_start(struct epo_db *db, const char *to_path,
                                    struct epo_error *error) {
    if (access(to_path, F_OK) == 0) {
        epo_fail(error, EPO_ERROR_BAD_INPUT, "store.backup_exists",
                 "%s exists already: name a new file", to_path);
        return NULL;
    }
    struct epo_backup *backup = calloc(1, sizeof *backup);
    epo_assert(backup);
    backup->db = db;
    backup->code =
        sqlite3_open_v2(to_path, &backup->to,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (backup->code == SQLITE_OK)
        backup->backup = sqlite3_backup_init(backup->to, "main", db->handle, "main");
    if (backup->backup)
        return backup;
    epo_fail(error, EPO_ERROR_BROKEN, "store.backup", "%s: %s", to_path,
             sqlite3_errmsg(backup->to));
    sqlite3_close_v2(backup->to);
    free(backup);
    return NULL;
}

bool epo_backup_step(struct epo_backup *backup, struct epo_error *error) {
    (void)error;
    backup->code = sqlite3_backup_step(backup->backup, PAGES);
    return backup->code == SQLITE_OK;
}

bool epo_backup_end(struct epo_backup *backup, struct epo_error *error) {
    bool ok = backup->code == SQLITE_DONE;
    int code = sqlite3_backup_finish(backup->backup);
    if (!ok)
        epo_fail(error, EPO_ERROR_BUSY, "store.backup", "the copy failed: %s",
                 sqlite3_errstr(code != SQLITE_OK ? code : backup->code));
    sqlite3_close_v2(backup->to);
    free(backup);
    return ok;
}
