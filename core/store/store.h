/* The one door to a database. The interface names no engine: SQLite is the driver today, PostgreSQL
 * follows. A statement is a constant in the file that owns its table:
 *
 *   static const struct epo_statement FIND = {"case.find",
 *       "SELECT id, state FROM cases WHERE tenant = $1 AND number = $2", NULL};
 *   struct epo_rows *rows = epo_db_query(db, &FIND, EPO_BIND(EPO_TEXT(tenant), EPO_TEXT(number)),
 * error); while (epo_rows_next(rows)) id = epo_rows_integer(rows, 0); if (!epo_rows_end(rows,
 * error)) return false;
 *
 * SQL: upper-case keywords, $1..$n, what SQLite and PostgreSQL share; times are integer UTC
 * microseconds, money integer haléře, geometry crosses as WKB. No printf into SQL, ever. */
#ifndef EPO_STORE_STORE_H
#define EPO_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/pool.h"
#include "base/text.h"

struct epo_statement {
    const char *name; /* unique in the program, for logs and metrics */
    const char *sql;  /* SQLite; and PostgreSQL where the next is NULL */
    const char *sql_postgresql;
    /* 0, or what one run may cost in steps of the engine (a row looked at is some ten): above it
     * ends as BROKEN "store.steps". Such a statement makes no value over 8 MiB either. */
    uint32_t steps_max;
};

enum epo_value_type {
    EPO_VALUE_NULL = 0,
    EPO_VALUE_INTEGER,
    EPO_VALUE_REAL,
    EPO_VALUE_TEXT,
    EPO_VALUE_BLOB
};
struct epo_value {
    enum epo_value_type type;
    int64_t integer;
    double real;
    struct epo_span bytes; /* text or blob: borrowed until the statement was stepped to its end */
};
static inline struct epo_value epo_value_integer(int64_t v) {
    return (struct epo_value){EPO_VALUE_INTEGER, v, 0, {NULL, 0}};
}
static inline struct epo_value epo_value_real(double v) {
    return (struct epo_value){EPO_VALUE_REAL, 0, v, {NULL, 0}};
}
static inline struct epo_value epo_value_text(struct epo_span v) {
    return (struct epo_value){EPO_VALUE_TEXT, 0, 0, v};
}
static inline struct epo_value epo_value_blob(struct epo_span v) {
    return (struct epo_value){EPO_VALUE_BLOB, 0, 0, v};
}
#define EPO_INTEGER(v) epo_value_integer(v)
#define EPO_REAL(v) epo_value_real(v)
#define EPO_TEXT(span) epo_value_text(span)
#define EPO_STRING(s) epo_value_text(epo_span(s))
#define EPO_BLOB(span) epo_value_blob(span)
#define EPO_NULL ((struct epo_value){EPO_VALUE_NULL, 0, 0, {NULL, 0}})

struct epo_bind {
    const struct epo_value *values;
    size_t count;
};
#define EPO_BIND(...)                                                                              \
    ((struct epo_bind){(struct epo_value[]){__VA_ARGS__},                                          \
                       sizeof((struct epo_value[]){__VA_ARGS__}) / sizeof(struct epo_value)})
#define EPO_BIND_NONE ((struct epo_bind){NULL, 0})

/* Once, in main, before the first open and before threads (sets process-wide engine options). */
bool epo_store_setup(struct epo_error *error);

/* One database. Shared by all threads once open. */
struct epo_store;
struct epo_store_options {
    bool spatial;    /* SpatiaLite functions on its connections (the map base) */
    bool read_only;  /* no writer; refuses a missing file */
    bool unchanging; /* read_only, and the file is never written in place, only replaced by rename:
                        no locks and no files beside it, and an open connection goes on with the
                        file that it opened */
    bool scratch;    /* a file made aside that nobody else opens: no log and no fsync, so that a
                        failed job leaves a file fit only for deleting */
    const char *migrations; /* folder of NNN_name.sql, or NULL */
    const char *label;      /* for logs and metrics: "portal", "map" */
};
/* Opens or creates, migrates (each file in one transaction; refused with code "store.newer" when
 * the database is newer than the program), starts the writer thread. NULL on error. */
struct epo_store *epo_store_open(const char *path, const struct epo_store_options *options,
                                 struct epo_error *error);
/* Finishes queued writes, checkpoints, closes. No connection may be in use. */
void epo_store_close(struct epo_store *store);
/* True when it can read and durably write right now (a real write of one row): for /healthz. */
bool epo_store_healthy(struct epo_store *store, struct epo_error *error);
/* A consistent copy made in steps by the writer's own connection while it serves. */
bool epo_store_backup(struct epo_store *store, const char *to_path, struct epo_error *error);
/* A consistent copy of a database file from outside, while another process may serve it. */
bool epo_store_copy(const char *from_path, const char *to_path, struct epo_error *error);

/* One read-only connection with its cached statements: one thread at a time. */
struct epo_db;
struct epo_db *epo_store_connect(struct epo_store *store, struct epo_error *error);
void epo_db_close(struct epo_db *db);

struct epo_rows;
/* Never NULL: an error shows at the first epo_rows_next (false) and in epo_rows_end. Rows of one
 * connection may be nested over different statements. */
struct epo_rows *epo_db_query(struct epo_db *db, const struct epo_statement *statement,
                              struct epo_bind bind);
bool epo_rows_next(struct epo_rows *rows);
int epo_rows_columns(const struct epo_rows *rows);
const char *epo_rows_name(const struct epo_rows *rows, int column);
struct epo_value epo_rows_value(struct epo_rows *rows, int column);
int64_t epo_rows_integer(struct epo_rows *rows, int column);
double epo_rows_real(struct epo_rows *rows, int column);
struct epo_span epo_rows_text(struct epo_rows *rows,
                              int column); /* text or blob; until next step */
/* Gives the statement back. False and *error if anything failed. Must always be called. */
bool epo_rows_end(struct epo_rows *rows, struct epo_error *error);

/* A statement without rows, inside a write job. *changes may be NULL. */
bool epo_db_run(struct epo_db *db, const struct epo_statement *statement, struct epo_bind bind,
                int64_t *changes, struct epo_error *error);

/* Writing: jobs run one after the other on the writer's thread, as savepoints of one group
 * transaction; after COMMIT (with fsync) the jobs of the group are told. A job that fails is rolled
 * back alone. Inside a job only host code runs, and it must not block.
 *
 * run: on the writer's thread with the writer's connection; false rolls this job back. It may run
 *   again from the start when another of its group failed (alone it never does): what it leaves in
 *   arg is written anew.
 * done: on the writer's thread after the commit; error is NULL when it is on disk. It must only
 * hand over (post to a queue). Runs exactly once for each accepted job. */
typedef bool (*epo_write_run_fn)(struct epo_db *db, void *arg, struct epo_error *error);
typedef void (*epo_write_done_fn)(void *arg, const struct epo_error *error);
/* False with EPO_ERROR_BUSY when the queue is full: then neither is ever called. */
bool epo_store_submit(struct epo_store *store, epo_write_run_fn run, epo_write_done_fn done,
                      void *arg, struct epo_error *error);
/* The same, waiting for the commit. Not from an event loop, not inside a job. */
bool epo_store_write(struct epo_store *store, epo_write_run_fn run, void *arg,
                     struct epo_error *error);

/* Statements that plugins and agendas declare on their own tables. The text is compiled under an
 * authorizer that admits only tables whose name starts with `prefix`, no PRAGMA, ATTACH, virtual
 * tables or schema writes; `writes` false also refuses INSERT, UPDATE, DELETE. The statement must
 * outlive its use (registry generation). */
bool epo_store_check_statement(struct epo_store *store, const char *sql, const char *prefix,
                               bool writes, struct epo_error *error);
/* Apply NNN_*.sql of a plugin's folder under the same authorizer (CREATE TABLE/INDEX and ALTER on
 * the prefix allowed), each in one transaction, remembered under `owner`. */
bool epo_store_migrate(struct epo_store *store, const char *owner, const char *folder,
                       const char *prefix, struct epo_error *error);

struct epo_store_figures { /* counters since start, for /metrics */
    uint64_t commits, jobs, failed, queue, fsync_us;
};
void epo_store_figures(struct epo_store *store, struct epo_store_figures *figures);

#endif
