#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "store/sqlite.h"
#include "store/writer.h"

struct epo_store {
    char path[1024];
    char label[32];
    bool spatial, read_only;
    enum epo_sqlite_access access; /* of the writer */
    struct epo_writer *writer;
    dev_t device; /* the file that was opened to write; else 0 */
    ino_t inode;
    atomic_bool damaged;  /* some connection has met a page that is none */
    pthread_mutex_t lock; /* of what follows: health */
    int64_t checked_at_us;
    bool checking, healthy;
    struct epo_error health;
};

/* A row is written for real at most once in this time; in between the last verdict holds. */
#define HEALTH_EVERY_US 1000000

static const char HEALTH_TABLE[] =
    "CREATE TABLE IF NOT EXISTS health ("
    " one INTEGER PRIMARY KEY CHECK (one = 1), at_us INTEGER NOT NULL) STRICT";
static const struct epo_statement HEALTH_WRITE = {
    "store.health",
    "INSERT INTO health (one, at_us) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET at_us = $1",
    NULL};
static const struct epo_statement HEALTH_READ = {"store.health_read",
                                                 "SELECT at_us FROM health WHERE one = 1", NULL};

bool epo_store_in_place(struct epo_store *store, struct epo_error *error) {
    struct stat now;
    return (stat(store->path, &now) == 0 && now.st_dev == store->device &&
            now.st_ino == store->inode) ||
           epo_fail(error, EPO_ERROR_BROKEN, "store.missing",
                    "%s has vanished or was replaced: put it back, or stop and restore a backup",
                    store->path);
}

bool epo_store_vanished(struct epo_store *store, struct epo_error *error) {
    return store && store->inode != 0 && !epo_store_in_place(store, error);
}

void epo_store_damaged(struct epo_store *store) {
    if (store)
        atomic_store(&store->damaged, true);
}

struct epo_db *epo_store_open_writer(struct epo_store *store, struct epo_error *error) {
    /* Never make an empty database where one has vanished. */
    if (!epo_store_in_place(store, error))
        return NULL;
    return epo_sqlite_open(store, store->path, store->spatial, store->access, error);
}

static void remember_file(struct epo_store *store) {
    struct stat now = {0};
    stat(store->path, &now);
    store->device = now.st_dev;
    store->inode = now.st_ino;
}

static bool start_writer(struct epo_store *store, const char *migrations, struct epo_error *error) {
    struct epo_db *db = epo_sqlite_open(store, store->path, store->spatial, store->access, error);
    if (!db)
        return false;
    db->mode = EPO_SQL_SETUP;
    bool ok = epo_sqlite_script(db, "making the health table", HEALTH_TABLE, error);
    db->mode = EPO_SQL_HOST;
    ok = ok && (!migrations || epo_migrate(db, "host", migrations, NULL, error));
    if (!ok) {
        epo_sqlite_close(db);
        return false;
    }
    remember_file(store);
    store->writer = epo_writer_start(store, db);
    return true;
}

/* As a URI, whose own signs in the path are escaped; sqlite.c lets readers name files so. */
static bool set_unchanging_path(struct epo_store *store, const char *path) {
    static const char HEX[] = "0123456789ABCDEF", BEFORE[] = "file:", BEHIND[] = "?immutable=1";
    char *to = store->path + sizeof BEFORE - 1, *end = store->path + sizeof store->path;
    memcpy(store->path, BEFORE, sizeof BEFORE);
    for (; *path != '\0' && end - to > (ptrdiff_t)sizeof BEHIND + 3; path++) {
        unsigned char c = (unsigned char)*path;
        if (c == '%' || c == '?' || c == '#') {
            *to++ = '%';
            *to++ = HEX[c >> 4];
            *to++ = HEX[c & 15];
        } else {
            *to++ = *path;
        }
    }
    memcpy(to, BEHIND, sizeof BEHIND);
    return *path == '\0';
}

static bool set_path(struct epo_store *store, const char *path, bool unchanging,
                     struct epo_error *error) {
    bool fits = unchanging ? set_unchanging_path(store, path) : strlen(path) < sizeof store->path;
    if (!unchanging)
        snprintf(store->path, sizeof store->path, "%s", path);
    return fits || epo_fail(error, EPO_ERROR_BAD_INPUT, "store.open",
                            "the path of the database is too long");
}

struct epo_store *epo_store_open(const char *path, const struct epo_store_options *options,
                                 struct epo_error *error) {
    struct epo_store *store = calloc(1, sizeof *store);
    epo_assert(store);
    pthread_mutex_init(&store->lock, NULL);
    epo_assert(options->read_only || !options->unchanging);
    if (!set_path(store, path, options->unchanging, error)) {
        epo_store_close(store);
        return NULL;
    }
    snprintf(store->label, sizeof store->label, "%s", options->label ? options->label : "store");
    store->spatial = options->spatial;
    store->read_only = options->read_only;
    store->access = options->scratch ? EPO_SQLITE_SCRATCH : EPO_SQLITE_WRITE;
    bool ok;
    if (store->read_only) {
        struct epo_db *probe =
            epo_store_connect(store, error); /* a missing or damaged file shows now */
        ok = probe != NULL;
        epo_db_close(probe);
    } else {
        ok = start_writer(store, options->migrations, error);
    }
    if (ok)
        return store;
    epo_store_close(store);
    return NULL;
}

void epo_store_close(struct epo_store *store) {
    if (!store)
        return;
    epo_writer_stop(store->writer);
    pthread_mutex_destroy(&store->lock);
    free(store);
}

struct epo_db *epo_store_connect(struct epo_store *store, struct epo_error *error) {
    return epo_sqlite_open(store, store->path, store->spatial, EPO_SQLITE_READ, error);
}

void epo_db_close(struct epo_db *db) {
    epo_sqlite_close(db);
}

static bool check_health(struct epo_db *db, void *arg, struct epo_error *error) {
    const int64_t *at_us = arg;
    if (!epo_db_run(db, &HEALTH_WRITE, EPO_BIND(EPO_INTEGER(*at_us)), NULL, error))
        return false;
    struct epo_rows *rows = epo_db_query(db, &HEALTH_READ, EPO_BIND_NONE);
    bool same = epo_rows_next(rows) && epo_rows_integer(rows, 0) == *at_us;
    if (!epo_rows_end(rows, error))
        return false;
    return same || epo_fail(error, EPO_ERROR_BROKEN, "store.read_back",
                            "what was written does not read back");
}

static const struct epo_statement SCHEMA_READ = {"store.schema_read",
                                                 "SELECT COUNT(*) FROM sqlite_schema", NULL};

static bool check_reading(struct epo_store *store, struct epo_error *error) {
    struct epo_db *db = epo_store_connect(store, error);
    if (!db)
        return false;
    struct epo_rows *rows = epo_db_query(db, &SCHEMA_READ, EPO_BIND_NONE);
    epo_rows_next(rows);
    bool ok = epo_rows_end(rows, error);
    epo_db_close(db);
    return ok;
}

/* One caller checks, the others get the last verdict: on a locked database each check waits long,
 * and a monitor that asks often must not fill the workers with waiting. */
bool epo_store_healthy(struct epo_store *store, struct epo_error *error) {
    if (atomic_load(&store->damaged))
        return epo_fail(error, EPO_ERROR_BROKEN, "store.corrupt",
                        "%s is damaged: stop and restore a backup", store->path);
    int64_t now_us = epo_clock_monotonic_us();
    pthread_mutex_lock(&store->lock);
    bool known = store->checked_at_us &&
                 (store->checking || now_us - store->checked_at_us < HEALTH_EVERY_US);
    bool ok = store->healthy;
    if (known && !ok && error)
        *error = store->health;
    store->checking = store->checking || !known;
    pthread_mutex_unlock(&store->lock);
    if (known)
        return ok;
    struct epo_error found = {0};
    int64_t at_us = epo_clock_now_us();
    ok = store->writer ? epo_store_write(store, check_health, &at_us, &found)
                       : check_reading(store, &found);
    pthread_mutex_lock(&store->lock);
    store->checked_at_us = epo_clock_monotonic_us();
    store->healthy = ok;
    store->health = found;
    store->checking = false;
    pthread_mutex_unlock(&store->lock);
    if (!ok && error)
        *error = found;
    return ok;
}

bool epo_store_backup(struct epo_store *store, const char *to_path, struct epo_error *error) {
    if (store->writer)
        return epo_writer_backup(store->writer, to_path, error);
    struct epo_db *db = epo_store_connect(store, error);
    struct epo_backup *backup = db ? epo_backup_start(db, to_path, error) : NULL;
    while (backup && epo_backup_step(backup)) {
    }
    bool ok = backup && epo_backup_end(backup, error);
    epo_db_close(db);
    return ok;
}

static bool read_only(const struct epo_store *store, struct epo_error *error) {
    return epo_fail(error, EPO_ERROR_BROKEN, "store.read_only", "%s was opened for reading only",
                    store->label);
}

bool epo_store_submit(struct epo_store *store, epo_write_run_fn run, epo_write_done_fn done,
                      void *arg, struct epo_error *error) {
    return store->writer ? epo_writer_submit(store->writer, run, done, arg, error)
                         : read_only(store, error);
}

bool epo_store_write(struct epo_store *store, epo_write_run_fn run, void *arg,
                     struct epo_error *error) {
    return store->writer ? epo_writer_wait(store->writer, run, arg, error)
                         : read_only(store, error);
}

bool epo_store_check_statement(struct epo_store *store, const char *sql, const char *prefix,
                               bool writes, struct epo_error *error) {
    struct epo_db *db = epo_store_connect(store, error);
    if (!db)
        return false;
    bool ok = epo_sqlite_compiles(db, writes ? EPO_SQL_PLUGIN_WRITE : EPO_SQL_PLUGIN_READ, prefix,
                                  sql, error);
    epo_db_close(db);
    return ok;
}

struct migrating {
    const char *owner, *folder, *prefix;
};

static bool run_migrations(struct epo_db *db, void *arg, struct epo_error *error) {
    const struct migrating *migrating = arg;
    return epo_migrate(db, migrating->owner, migrating->folder, migrating->prefix, error);
}

bool epo_store_migrate(struct epo_store *store, const char *owner, const char *folder,
                       const char *prefix, struct epo_error *error) {
    struct migrating migrating = {owner, folder, prefix};
    return epo_store_write(store, run_migrations, &migrating, error);
}

void epo_store_figures(struct epo_store *store, struct epo_store_figures *figures) {
    *figures = (struct epo_store_figures){0};
    if (store->writer)
        epo_writer_figures(store->writer, figures);
}
