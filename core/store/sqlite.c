#include "store/sqlite.h"

#include <pthread.h>
#include <signal.h>
#include <spatialite.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* spatialite_cleanup_ex calls xmlCleanupParser, which is not thread-safe: init and clean-up of all
 * connections pass through here. */
static pthread_mutex_t spatial_lock = PTHREAD_MUTEX_INITIALIZER;

bool epo_store_setup(struct epo_error *error) {
    /* Over a limit on the size of files a write shall fail, not end the process. */
    signal(SIGXFSZ, SIG_IGN);
    /* "relaxed" would let SQL read and write files. */
    unsetenv("SPATIALITE_SECURITY");
    /* A connection belongs to one thread. The global memory statistics mutex halves two-thread
     * scaling. */
    if (sqlite3_config(SQLITE_CONFIG_MULTITHREAD) != SQLITE_OK ||
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) != SQLITE_OK ||
        sqlite3_initialize() != SQLITE_OK)
        return epo_fail(error, EPO_ERROR_BROKEN, "store.setup", "SQLite could not be set up");
    return true;
}

struct failure {
    int code;
    enum epo_error_kind kind;
    const char *name, *text;
};

static const struct failure FAILURES[] = {
    {SQLITE_FULL, EPO_ERROR_BUSY, "store.full", "the disk is full: make room and try again"},
    {SQLITE_IOERR, EPO_ERROR_BUSY, "store.io", "the disk could not be read or written"},
    {SQLITE_BUSY, EPO_ERROR_BUSY, "store.busy", "the database is locked by another program"},
    {SQLITE_LOCKED, EPO_ERROR_BUSY, "store.busy", "the database is locked"},
    {SQLITE_CORRUPT, EPO_ERROR_BROKEN, "store.corrupt",
     "the database file is damaged: restore a backup"},
    {SQLITE_NOTADB, EPO_ERROR_BROKEN, "store.corrupt",
     "the file is not a database: restore a backup"},
    {SQLITE_READONLY, EPO_ERROR_BROKEN, "store.read_only",
     "the database or its folder is read-only"},
    {SQLITE_CANTOPEN, EPO_ERROR_BROKEN, "store.open", "the database file cannot be opened"},
    {SQLITE_CONSTRAINT, EPO_ERROR_CONFLICT, "store.constraint", "a rule of the table was broken"},
    {SQLITE_AUTH, EPO_ERROR_DENIED, "store.denied", "the statement reaches beyond what it may"},
    {SQLITE_INTERRUPT, EPO_ERROR_BROKEN, "store.steps", "the statement does more work than it may"},
    {SQLITE_TOOBIG, EPO_ERROR_TOO_LARGE, "store.too_large", "a value is too large"},
};

bool epo_sqlite_fail(struct epo_db *db, int code, const char *doing, struct epo_error *error) {
    const char *message = db && db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(code);
    /* A function or a step of VACUUM refused by the authorizer comes as a plain error. */
    if (code == SQLITE_ERROR && strstr(message, "not authorized"))
        code = SQLITE_AUTH;
    if (db && ((code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB))
        epo_store_damaged(db->store);
    /* A reader whose file was taken away meets an error of the disk: say what saves say. */
    if (db && (code & 0xff) == SQLITE_IOERR && epo_store_vanished(db->store, error))
        return false;
    for (size_t i = 0; i < sizeof FAILURES / sizeof *FAILURES; i++)
        if (FAILURES[i].code == (code & 0xff))
            return epo_fail(error, FAILURES[i].kind, FAILURES[i].name, "%s (%s: %s)",
                            FAILURES[i].text, doing, message);
    return epo_fail(error, EPO_ERROR_BROKEN, "store.sql", "%s: %s", doing, message);
}

bool epo_sqlite_script(struct epo_db *db, const char *name, const char *sql,
                       struct epo_error *error) {
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK || epo_sqlite_fail(db, code, name, error);
}

/* The PRAGMA answers with the mode it could get, without an error: a network file system would
 * leave us on the old journal. */
static bool use_wal(struct epo_db *db, struct epo_error *error) {
    sqlite3_stmt *mode = NULL;
    int code = sqlite3_prepare_v2(db->handle, "PRAGMA journal_mode = WAL", -1, &mode, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(mode);
    const char *got = code == SQLITE_ROW ? (const char *)sqlite3_column_text(mode, 0) : NULL;
    bool is_wal = got && strcmp(got, "wal") == 0;
    sqlite3_finalize(mode);
    if (is_wal)
        return true;
    if (code != SQLITE_ROW)
        return epo_sqlite_fail(db, code, "choosing the journal", error);
    return epo_fail(error, EPO_ERROR_BROKEN, "store.wal",
                    "the folder's file system cannot hold a write-ahead log: use a local disk");
}

static bool prepare_connection(struct epo_db *db, bool spatial, enum epo_sqlite_access access,
                               struct epo_error *error) {
    sqlite3_busy_timeout(db->handle, 5000);
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_set_authorizer(db->handle, epo_sqlite_authorize, db);
    const char *common = "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;";
    /* The pages that the next saves touch again: the ends of tables and indexes. */
    const char *writing =
        "PRAGMA synchronous = FULL; PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 8000;";
    /* Nobody maps the file: a failing disk would then be a signal that ends the process, and by
     * system calls it is an error. It costs nothing that could be measured. */
    const char *reading = "PRAGMA query_only = ON; PRAGMA mmap_size = 0;";
    /* Nobody else sees the file, and it is thrown away unless all went well. */
    const char *scratch = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                          " PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -131072;";
    const char *const by_access[] = {
        [EPO_SQLITE_READ] = reading, [EPO_SQLITE_WRITE] = writing, [EPO_SQLITE_SCRATCH] = scratch};
    if (!epo_sqlite_script(db, "setting up", common, error) ||
        (access == EPO_SQLITE_WRITE && !use_wal(db, error)) ||
        !epo_sqlite_script(db, "setting up", by_access[access], error))
        return false;
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (!spatial) /* SpatiaLite's triggers call its functions, which are not marked harmless */
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return true;
}

static const char SPATIAL_TABLES[] = "SELECT InitSpatialMetadata(1, 'NONE');";
/* Apart, since a crash may come between: metres of S-JTSK, degrees, web maps. */
static const char SPATIAL_SYSTEMS[] =
    "SELECT InsertEpsgSrid(n.srid)"
    " FROM (SELECT 5514 AS srid UNION ALL SELECT 4326 UNION ALL SELECT 3857) n"
    " WHERE n.srid NOT IN (SELECT srid FROM spatial_ref_sys)";
static const char SPATIAL_COUNT[] =
    "SELECT COUNT(*) FROM spatial_ref_sys WHERE srid IN (5514, 4326, 3857)";

/* The first column of the first row, -1 on error. Only for set-up. */
static int64_t ask(struct epo_db *db, const char *sql) {
    sqlite3_stmt *statement = NULL;
    int64_t answer = -1;
    if (sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        answer = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return answer;
}

static bool add_spatial(struct epo_db *db, bool writable, struct epo_error *error) {
    pthread_mutex_lock(&spatial_lock);
    db->spatial = spatialite_alloc_connection();
    if (db->spatial)
        spatialite_init_ex(db->handle, db->spatial, 0);
    pthread_mutex_unlock(&spatial_lock);
    if (!db->spatial)
        return epo_fail(error, EPO_ERROR_BROKEN, "store.spatial", "SpatiaLite could not start");
    if (!writable || ask(db, SPATIAL_COUNT) == 3)
        return true;
    if (ask(db, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'spatial_ref_sys'") == 0 &&
        !epo_sqlite_script(db, "making spatial tables", SPATIAL_TABLES, error))
        return false;
    if (!epo_sqlite_script(db, "adding coordinate systems", SPATIAL_SYSTEMS, error))
        return false;
    return ask(db, SPATIAL_COUNT) == 3 || epo_fail(error, EPO_ERROR_BROKEN, "store.spatial",
                                                   "the coordinate systems could not be added");
}

struct epo_db *epo_sqlite_open(struct epo_store *store, const char *path, bool spatial,
                               enum epo_sqlite_access access, struct epo_error *error) {
    struct epo_db *db = calloc(1, sizeof *db);
    epo_assert(db);
    db->store = store;
    db->mode = EPO_SQL_SETUP;
    bool writable = access != EPO_SQLITE_READ;
    int flags = writable ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                         : SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
    int code = sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK) {
        epo_sqlite_fail(db, code, path, error);
        epo_sqlite_close(db);
        return NULL;
    }
    if (!prepare_connection(db, spatial, access, error) ||
        (spatial && !add_spatial(db, writable, error))) {
        epo_sqlite_close(db);
        return NULL;
    }
    db->mode = EPO_SQL_HOST;
    return db;
}

void epo_sqlite_close(struct epo_db *db) {
    if (!db)
        return;
    for (size_t i = 0; i < EPO_CACHE_BUCKETS; i++)
        for (struct epo_rows *rows = db->cache[i], *next; rows; rows = next) {
            next = rows->next;
            sqlite3_finalize(rows->statement);
            free(rows);
        }
    sqlite3_close_v2(db->handle);
    if (db->spatial) {
        pthread_mutex_lock(&spatial_lock);
        spatialite_cleanup_ex(db->spatial);
        pthread_mutex_unlock(&spatial_lock);
    }
    free(db);
}

/* VACUUM, REINDEX and EXPLAIN compile without asking the authorizer. */
static bool begins_as_data(const char *sql) {
    static const char *const WORDS[] = {"SELECT", "WITH",   "VALUES", "INSERT",
                                        "UPDATE", "DELETE", "REPLACE"};
    sql += strspn(sql, " \t\r\n");
    size_t len = strspn(sql, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strlen(WORDS[i]) == len && sqlite3_strnicmp(sql, WORDS[i], (int)len) == 0)
            return true;
    return false;
}

bool epo_sqlite_compiles(struct epo_db *db, enum epo_sql_mode mode, const char *prefix,
                         const char *sql, struct epo_error *error) {
    sqlite3_stmt *statement = NULL;
    const char *tail = NULL;
    /* Their first use on a connection declares them, which the plugin's mode would not allow. */
    ask(db, "SELECT 1 FROM json_each('[]'), json_tree('[]')");
    db->mode = mode;
    db->prefix = prefix;
    int code = sqlite3_prepare_v2(db->handle, sql, -1, &statement, &tail);
    db->mode = EPO_SQL_HOST;
    bool empty = !statement, more = tail && tail[strspn(tail, " \t\r\n;")] != '\0';
    bool writes = statement && !sqlite3_stmt_readonly(statement);
    sqlite3_finalize(statement);
    if (code != SQLITE_OK)
        return epo_sqlite_fail(db, code, "compiling", error);
    if (empty || more || !begins_as_data(sql))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "store.statement",
                        "exactly one SELECT, INSERT, UPDATE or DELETE is expected");
    if (writes && mode == EPO_SQL_PLUGIN_READ)
        return epo_fail(error, EPO_ERROR_DENIED, "store.denied",
                        "the statement writes: declare \"writes\": true");
    return true;
}
