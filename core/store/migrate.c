/* Numbered .sql files, applied once each, in order, in one transaction each, remembered with their
 * digest: a database newer than the program and a changed old file are both refused. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/token.h"
#include "store/sqlite.h"

#define FILES_MAX 500
#define FILE_BYTES_MAX (1u << 20)

struct migration {
    int64_t number;
    char name[256];
};

static const char TABLE[] = "CREATE TABLE IF NOT EXISTS schema_migrations ("
                            " owner TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL,"
                            " sha256 TEXT NOT NULL, applied_at_us INTEGER NOT NULL,"
                            " PRIMARY KEY (owner, number)) STRICT";
static const struct epo_statement NEWEST = {
    "migrate.newest", "SELECT COALESCE(MAX(number), 0) FROM schema_migrations WHERE owner = $1",
    NULL};
static const struct epo_statement APPLIED = {
    "migrate.applied", "SELECT sha256 FROM schema_migrations WHERE owner = $1 AND number = $2",
    NULL};
static const struct epo_statement REMEMBER = {"migrate.remember",
                                              "INSERT INTO schema_migrations (owner, number, name, "
                                              "sha256, applied_at_us) VALUES ($1, $2, $3, $4, $5)",
                                              NULL};

static int by_number(const void *a, const void *b) {
    int64_t x = ((const struct migration *)a)->number, y = ((const struct migration *)b)->number;
    return (x > y) - (x < y);
}

/* NNN_name.sql files of the folder, in order; -1 on error. */
static int list(const char *folder, struct migration *found, struct epo_error *error) {
    DIR *dir = opendir(folder);
    if (!dir) {
        epo_fail(error, EPO_ERROR_BROKEN, "store.migrations", "%s: %s", folder, strerror(errno));
        return -1;
    }
    int count = 0;
    for (struct dirent *entry; (entry = readdir(dir)) && count < FILES_MAX;) {
        char *end;
        long number = strtol(entry->d_name, &end, 10);
        size_t len = strlen(entry->d_name);
        if (number <= 0 || *end != '_' || len < 5 || strcmp(entry->d_name + len - 4, ".sql") != 0)
            continue;
        found[count].number = number;
        snprintf(found[count++].name, sizeof found->name, "%s", entry->d_name);
    }
    closedir(dir);
    qsort(found, (size_t)count, sizeof *found, by_number);
    return count;
}

static char *read_file(const char *path, struct epo_error *error) {
    FILE *file = fopen(path, "re");
    char *text = calloc(1, FILE_BYTES_MAX + 1);
    epo_assert(text);
    size_t len = file ? fread(text, 1, FILE_BYTES_MAX, file) : 0;
    bool ok = file && !ferror(file) && feof(file) && !memchr(text, 0, len);
    if (file)
        fclose(file);
    if (ok)
        return text;
    free(text);
    epo_fail(error, EPO_ERROR_BROKEN, "store.migrations", "%s cannot be read", path);
    return NULL;
}

/* 1: applied before with this text; 0: not applied; -1: error. */
static int applied(struct epo_db *db, const char *owner, const struct migration *migration,
                   const char *digest, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &APPLIED, EPO_BIND(EPO_STRING(owner), EPO_INTEGER(migration->number)));
    bool there = epo_rows_next(rows);
    bool same = there && epo_span_is(epo_rows_text(rows, 0), digest);
    if (!epo_rows_end(rows, error))
        return -1;
    if (there && !same) {
        epo_fail(error, EPO_ERROR_BROKEN, "store.migration_changed",
                 "%s was changed after it had been applied: add a new numbered file instead",
                 migration->name);
        return -1;
    }
    return there;
}

static bool apply(struct epo_db *db, const char *owner, const char *folder, const char *prefix,
                  const struct migration *migration, struct epo_error *error) {
    char path[1024], digest[EPO_SHA256_HEX_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder, migration->name);
    char *sql = read_file(path, error);
    if (!sql)
        return false;
    epo_sha256_hex(epo_span(sql), digest);
    int before = applied(db, owner, migration, digest, error);
    bool ok = before >= 0;
    if (before == 0) {
        bool alone = sqlite3_get_autocommit(db->handle); /* a plugin's run inside a write job */
        db->mode = prefix ? EPO_SQL_PLUGIN_MIGRATE : EPO_SQL_SETUP;
        db->prefix = prefix;
        ok = (!alone ||
              sqlite3_exec(db->handle, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK) &&
             epo_sqlite_script(db, migration->name, sql, error);
        db->mode = EPO_SQL_HOST;
        ok = ok && epo_db_run(db, &REMEMBER,
                              EPO_BIND(EPO_STRING(owner), EPO_INTEGER(migration->number),
                                       EPO_STRING(migration->name), EPO_STRING(digest),
                                       EPO_INTEGER(epo_clock_now_us())),
                              NULL, error);
        if (alone)
            sqlite3_exec(db->handle, ok ? "COMMIT" : "ROLLBACK", NULL, NULL, NULL);
        if (ok)
            epo_log(EPO_LOG_INFO, "store.migrated", EPO_LOG_TEXT("owner", owner),
                    EPO_LOG_TEXT("file", migration->name));
        else
            epo_error_at(error, "%s", path);
    }
    free(sql);
    return ok;
}

bool epo_migrate(struct epo_db *db, const char *owner, const char *folder, const char *prefix,
                 struct epo_error *error) {
    enum epo_sql_mode mode = db->mode;
    db->mode = EPO_SQL_SETUP;
    bool ok = epo_sqlite_script(db, "making the migrations table", TABLE, error);
    db->mode = mode;
    struct migration *found = calloc(FILES_MAX, sizeof *found);
    epo_assert(found);
    int count = ok ? list(folder, found, error) : -1;
    int64_t newest = 0;
    if (count >= 0) {
        struct epo_rows *rows = epo_db_query(db, &NEWEST, EPO_BIND(EPO_STRING(owner)));
        if (epo_rows_next(rows))
            newest = epo_rows_integer(rows, 0);
        ok = epo_rows_end(rows, error);
    }
    if (ok && count >= 0 && newest > (count ? found[count - 1].number : 0))
        ok = epo_fail(error, EPO_ERROR_BROKEN, "store.newer",
                      "the database has migration %lld of %s, which this program does not know: "
                      "use a newer program",
                      (long long)newest, owner);
    for (int i = 0; ok && i < count; i++)
        ok = apply(db, owner, folder, prefix, &found[i], error);
    free(found);
    return ok && count >= 0;
}
