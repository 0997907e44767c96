/* The SQLite driver's own view of a connection: only files of core/store include this. */
#ifndef EPO_STORE_SQLITE_H
#define EPO_STORE_SQLITE_H

#include <sqlite3.h>

#include "store/store.h"

#define EPO_BINDS_MAX 64     /* parameters of one statement */
#define EPO_CACHE_BUCKETS 64 /* prepared statements of one connection, chained */
#define EPO_CACHE_MAX 1000   /* then idle ones go: texts of reloaded plugins pile up */

/* What SQL may be compiled on a connection right now; asked by the authorizer. */
enum epo_sql_mode {
    EPO_SQL_SETUP, /* our own set-up: everything */
    EPO_SQL_HOST,  /* host statements: no ATTACH, PRAGMA, foreign virtual tables, load_extension */
    EPO_SQL_PLUGIN_READ,   /* SELECT on tables with the prefix */
    EPO_SQL_PLUGIN_WRITE,  /* and INSERT, UPDATE, DELETE */
    EPO_SQL_PLUGIN_MIGRATE /* and CREATE/ALTER/DROP of tables, indexes, views with the prefix */
};

struct epo_rows {
    struct epo_db *db;
    sqlite3_stmt *statement;
    const char *name;
    struct epo_rows *next;     /* in its cache bucket */
    const char *sql;           /* the cache key: compared by text */
    int places[EPO_BINDS_MAX]; /* SQLite's index of $1 … $n */
    size_t needs;              /* the highest n of the text */
    bool busy, transient, failed, finished;
    int64_t steps_left; /* of a bounded statement, else -1 */
    struct epo_error error;
};

struct epo_db {
    sqlite3 *handle;
    void *spatial; /* SpatiaLite's cache, freed after close */
    struct epo_store *store;
    enum epo_sql_mode mode;
    const char *prefix; /* of the plugin modes */
    struct epo_rows *cache[EPO_CACHE_BUCKETS];
    size_t cached;
    int borrowed; /* rows not yet given back */
};

/* Opens with our pragmas; connections that write are for the writer alone. */
enum epo_sqlite_access { EPO_SQLITE_READ = 0, EPO_SQLITE_WRITE, EPO_SQLITE_SCRATCH };
struct epo_db *epo_sqlite_open(struct epo_store *store, const char *path, bool spatial,
                               enum epo_sqlite_access access, struct epo_error *error);
void epo_sqlite_close(struct epo_db *db);
/* Runs a whole script. Messages say name. */
bool epo_sqlite_script(struct epo_db *db, const char *name, const char *sql,
                       struct epo_error *error);
/* Fills *error from the connection's last error; returns false. */
bool epo_sqlite_fail(struct epo_db *db, int code, const char *doing, struct epo_error *error);
/* store.c: the file holds what SQLite did not write. The store is not healthy from now on: only a
 * backup helps, and that needs a restart. Any thread; NULL is fine. */
void epo_store_damaged(struct epo_store *store);
/* store.c: true, with *error filled, where the file of a store that is written has gone from its
 * name. Any thread; NULL is fine. */
bool epo_store_vanished(struct epo_store *store, struct epo_error *error);
/* Installed on every connection. */
int epo_sqlite_authorize(void *db, int action, const char *first, const char *second,
                         const char *database, const char *trigger);
/* Compiles only, in the given mode. */
bool epo_sqlite_compiles(struct epo_db *db, enum epo_sql_mode mode, const char *prefix,
                         const char *sql, struct epo_error *error);

/* migrate.c: inside a write job or before the writer starts. */
bool epo_migrate(struct epo_db *db, const char *owner, const char *folder, const char *prefix,
                 struct epo_error *error);

/* backup.c: one copy in steps on the writer's connection. */
struct epo_backup;
struct epo_backup *epo_backup_start(struct epo_db *db, const char *to_path,
                                    struct epo_error *error);
/* More to do? */
bool epo_backup_step(struct epo_backup *backup);
/* Frees it; what is not whole is deleted again and false is returned. */
bool epo_backup_end(struct epo_backup *backup, struct epo_error *error);

#endif
