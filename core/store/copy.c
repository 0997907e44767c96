/* A copy of a database file that another process may be writing: one read transaction from the
 * first page to the last, so that it neither blocks a writer (WAL) nor begins anew when one
 * commits, as copying in steps from outside would. */
#include <sqlite3.h>
#include <unistd.h>

#include "store/store.h"

static int copy(sqlite3 *from, sqlite3 *to) {
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (!backup)
        return sqlite3_errcode(to);
    int code = sqlite3_backup_step(backup, -1);
    int end = sqlite3_backup_finish(backup);
    return code == SQLITE_DONE ? end : code;
}

bool epo_store_copy(const char *from_path, const char *to_path, struct epo_error *error) {
    sqlite3 *from = NULL, *to = NULL;
    if (access(to_path, F_OK) == 0)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "store.backup_exists",
                        "%s exists already: name a new file", to_path);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    int code = sqlite3_open_v2(from_path, &from, flags, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_open_v2(to_path, &to, flags | SQLITE_OPEN_CREATE, NULL);
    if (code == SQLITE_OK) {
        sqlite3_busy_timeout(from, 10000);
        code = copy(from, to);
    }
    sqlite3_close_v2(from);
    int closed = sqlite3_close_v2(to);
    if (code == SQLITE_OK)
        code = closed;
    if (code == SQLITE_OK)
        return true;
    unlink(to_path); /* half a copy must not be mistaken for one */
    return epo_fail(error, EPO_ERROR_BROKEN, "store.copy", "%s cannot be copied to %s: %s",
                    from_path, to_path, sqlite3_errstr(code));
}
