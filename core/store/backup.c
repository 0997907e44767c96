#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/sqlite.h"

/* Pages in one step: about a millisecond of copying between two groups of saves. */
#define PAGES 64

struct epo_backup {
    char path[1024];
    sqlite3 *to;
    sqlite3_backup *copy;
    int code;
};

struct epo_backup *epo_backup_start(struct epo_db *db, const char *to_path,
                                    struct epo_error *error) {
    struct epo_backup *backup = calloc(1, sizeof *backup);
    epo_assert(backup);
    if (strlen(to_path) >= sizeof backup->path || access(to_path, F_OK) == 0) {
        epo_fail(error, EPO_ERROR_BAD_INPUT, "store.backup_exists",
                 "%s exists already or is too long: name a new file", to_path);
        free(backup);
        return NULL;
    }
    snprintf(backup->path, sizeof backup->path, "%s", to_path);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    backup->code = sqlite3_open_v2(to_path, &backup->to, flags, NULL);
    if (backup->code == SQLITE_OK)
        backup->copy = sqlite3_backup_init(backup->to, "main", db->handle, "main");
    if (backup->copy)
        return backup;
    epo_fail(error, EPO_ERROR_BROKEN, "store.backup", "%s: %s", to_path,
             sqlite3_errmsg(backup->to));
    sqlite3_close_v2(backup->to);
    free(backup);
    return NULL;
}

bool epo_backup_step(struct epo_backup *backup) {
    backup->code = sqlite3_backup_step(backup->copy, PAGES);
    return backup->code == SQLITE_OK;
}

bool epo_backup_end(struct epo_backup *backup, struct epo_error *error) {
    int code = sqlite3_backup_finish(backup->copy);
    bool ok = backup->code == SQLITE_DONE && code == SQLITE_OK;
    sqlite3_close_v2(backup->to);
    if (!ok) {
        int why = code != SQLITE_OK ? code : backup->code;
        epo_fail(error, EPO_ERROR_BUSY, "store.backup", "the copy to %s failed: %s", backup->path,
                 why == SQLITE_OK ? "it was given up" : sqlite3_errstr(why));
        unlink(backup->path); /* half a copy must not be mistaken for one */
    }
    free(backup);
    return ok;
}
