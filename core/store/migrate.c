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

static const struct epo_statement LOOSE = {
    "migrate.loose",
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0"
    " AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name LIMIT 1",
    NULL};
static const struct epo_statement FOREIGN = {
    "migrate.foreign",
    "SELECT COALESCE(group_concat(type || ' ' || name || ' ' || COALESCE(sql, ''), char(10)), '')"
    " FROM (SELECT type, name, sql FROM sqlite_schema"
    " WHERE substr(tbl_name, 1, length($1)) <> $1 ORDER BY type, name)",
    NULL};
static const struct epo_statement BEGIN = {"migrate.begin", "BEGIN IMMEDIATE", "BEGIN"};
static const struct epo_statement COMMIT = {"migrate.commit", "COMMIT", NULL};
static const struct epo_statement ROLLBACK = {"migrate.rollback", "ROLLBACK", NULL};

static int by_number(const void *a, const void *b) {
    int64_t x = ((const struct migration *)a)->number, y = ((const struct migration *)b)->number;
    return (x > y) - (x < y);
}

static bool wrong(struct epo_error *error, const char *folder, const char *what) {
    return epo_fail(error, EPO_ERROR_BROKEN, "store.migrations", "%s: %s", folder, what);
}

/* NNN_name.sql files of the folder, in order of their numbers, which must differ. */
static bool list(const char *folder, struct migration *found, int *count, struct epo_error *error) {
    *count = 0;
    DIR *dir = opendir(folder);
    if (!dir)
        return wrong(error, folder, strerror(errno));
    bool room = true;
    for (struct dirent *entry; room && (entry = readdir(dir));) {
        char *end;
        long number = strtol(entry->d_name, &end, 10);
        size_t len = strlen(entry->d_name);
        if (number <= 0 || *end != '_' || len < 5 || strcmp(entry->d_name + len - 4, ".sql") != 0)
            continue;
        room = *count < FILES_MAX;
        if (!room)
            break;
        found[*count].number = number;
        snprintf(found[(*count)++].name, sizeof found->name, "%s", entry->d_name);
    }
    closedir(dir);
    if (!room)
        return wrong(error, folder, "too many migrations");
    qsort(found, (size_t)*count, sizeof *found, by_number);
    for (int i = 1; i < *count; i++)
        if (found[i].number == found[i - 1].number)
            return wrong(error, folder, "two migrations have the same number");
    return true;
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

/* STRICT, so that a column holds what its type says, as in PostgreSQL. Tables of SpatiaLite are its
 * own affair, and columns of geometry have no strict type. */
static bool all_strict(struct epo_db *db, struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(db, &LOOSE, EPO_BIND_NONE);
    bool loose = epo_rows_next(rows);
    if (loose)
        epo_fail(error, EPO_ERROR_BROKEN, "store.not_strict",
                 "table %.*s is not STRICT: write STRICT behind its columns",
                 EPO_ARG(epo_rows_text(rows, 0)));
    return epo_rows_end(rows, loose ? NULL : error) && !loose;
}

/* A digest of everything in the schema that does not belong to the prefix: ALTER TABLE … RENAME
 * shows its new name to no authorizer. */
static bool foreign_schema(struct epo_db *db, const char *prefix, char digest[EPO_SHA256_HEX_SIZE],
                           struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(db, &FOREIGN, EPO_BIND(EPO_STRING(prefix)));
    if (epo_rows_next(rows))
        epo_sha256_hex(epo_rows_text(rows, 0), digest);
    return epo_rows_end(rows, error);
}

static bool run_script(struct epo_db *db, const char *prefix, const char *name, const char *sql,
                       struct epo_error *error) {
    char before[EPO_SHA256_HEX_SIZE] = "", after[EPO_SHA256_HEX_SIZE] = "";
    if (prefix && !foreign_schema(db, prefix, before, error))
        return false;
    db->mode = prefix ? EPO_SQL_PLUGIN_MIGRATE : EPO_SQL_SETUP;
    db->prefix = prefix;
    bool ok = epo_sqlite_script(db, name, sql, error);
    db->mode = EPO_SQL_SETUP;
    if (ok && sqlite3_get_autocommit(db->handle))
        ok = epo_fail(error, EPO_ERROR_BROKEN, "store.migrations",
                      "%s ends its transaction: leave out BEGIN and COMMIT", name);
    ok = ok && (db->spatial || all_strict(db, error));
    if (ok && prefix)
        ok = foreign_schema(db, prefix, after, error) &&
             (strcmp(before, after) == 0 ||
              epo_fail(error, EPO_ERROR_DENIED, "store.denied",
                       "%s reaches beyond the tables of its own (%s…)", name, prefix));
    db->mode = EPO_SQL_HOST;
    return ok;
}

/* In a transaction of its own, except inside a write job, which has one already. */
static bool apply_new(struct epo_db *db, const char *owner, const char *prefix,
                      const struct migration *migration, const char *sql, const char *digest,
                      struct epo_error *error) {
    bool alone = sqlite3_get_autocommit(db->handle);
    if (alone && !epo_db_run(db, &BEGIN, EPO_BIND_NONE, NULL, error))
        return false;
    bool ok = run_script(db, prefix, migration->name, sql, error) &&
              epo_db_run(db, &REMEMBER,
                         EPO_BIND(EPO_STRING(owner), EPO_INTEGER(migration->number),
                                  EPO_STRING(migration->name), EPO_STRING(digest),
                                  EPO_INTEGER(epo_clock_now_us())),
                         NULL, error);
    ok = ok && (!alone || epo_db_run(db, &COMMIT, EPO_BIND_NONE, NULL, error));
    if (!ok && alone && !sqlite3_get_autocommit(db->handle))
        epo_db_run(db, &ROLLBACK, EPO_BIND_NONE, NULL, NULL);
    if (ok)
        epo_log(EPO_LOG_INFO, "store.migrated", EPO_LOG_TEXT("owner", owner),
                EPO_LOG_TEXT("file", migration->name));
    return ok;
}

static bool apply(struct epo_db *db, const char *owner, const char *folder, const char *prefix,
                  const struct migration *migration, int64_t newest, struct epo_error *error) {
    char path[1024], digest[EPO_SHA256_HEX_SIZE];
    int len = snprintf(path, sizeof path, "%s/%s", folder, migration->name);
    if (len < 0 || (size_t)len >= sizeof path)
        return wrong(error, folder, "the path is too long");
    char *sql = read_file(path, error);
    if (!sql)
        return false;
    epo_sha256_hex(epo_span(sql), digest);
    int before = applied(db, owner, migration, digest, error);
    bool ok = before >= 0;
    if (before == 0 && migration->number < newest)
        ok = epo_fail(error, EPO_ERROR_BROKEN, "store.migration_order",
                      "%s comes late: number %lld is applied already, so give it a higher one",
                      migration->name, (long long)newest);
    else if (before == 0)
        ok = apply_new(db, owner, prefix, migration, sql, digest, error);
    if (!ok)
        epo_error_at(error, "%s", path);
    free(sql);
    return ok;
}

static bool newest_applied(struct epo_db *db, const char *owner, int64_t *newest,
                           struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(db, &NEWEST, EPO_BIND(EPO_STRING(owner)));
    *newest = epo_rows_next(rows) ? epo_rows_integer(rows, 0) : 0;
    return epo_rows_end(rows, error);
}

bool epo_migrate(struct epo_db *db, const char *owner, const char *folder, const char *prefix,
                 struct epo_error *error) {
    db->mode = EPO_SQL_SETUP;
    bool ok = epo_sqlite_script(db, "making the migrations table", TABLE, error);
    db->mode = EPO_SQL_HOST;
    struct migration *found = calloc(FILES_MAX, sizeof *found);
    epo_assert(found);
    int count = 0;
    int64_t newest = 0;
    ok = ok && list(folder, found, &count, error) && newest_applied(db, owner, &newest, error);
    if (ok && newest > (count ? found[count - 1].number : 0))
        ok = epo_fail(error, EPO_ERROR_BROKEN, "store.newer",
                      "the database has migration %lld of %s, which this program does not know: "
                      "use a newer program",
                      (long long)newest, owner);
    for (int i = 0; ok && i < count; i++)
        ok = apply(db, owner, folder, prefix, &found[i], newest, error);
    free(found);
    return ok;
}
