/* Named statements: prepared once for each connection, bound, stepped, given back. */
#include <stdlib.h>
#include <string.h>

#include "store/sqlite.h"

/* By address: a statement is a constant of the file that owns its table. */
static size_t bucket_of(const char *sql) {
    return ((uintptr_t)sql >> 4 ^ (uintptr_t)sql >> 10) % EPO_CACHE_BUCKETS;
}

/* SQLite numbers parameters by their first appearance: remember where $1 … $n went. */
static bool find_places(struct epo_rows *rows) {
    int count = sqlite3_bind_parameter_count(rows->statement);
    for (int i = 1; i <= count; i++) {
        const char *name = sqlite3_bind_parameter_name(rows->statement, i);
        int64_t n;
        if (!name || name[0] != '$' || !epo_span_integer(epo_span(name + 1), &n) || n < 1 ||
            n > EPO_BINDS_MAX)
            return false;
        rows->places[n - 1] = i;
        if ((size_t)n > rows->needs)
            rows->needs = (size_t)n;
    }
    return true;
}

static struct epo_rows *prepare(struct epo_db *db, const struct epo_statement *statement,
                                bool transient) {
    struct epo_rows *rows = calloc(1, sizeof *rows);
    epo_assert(rows);
    rows->db = db;
    rows->name = statement->name;
    rows->sql = statement->sql;
    rows->transient = transient;
    int code =
        sqlite3_prepare_v3(db->handle, statement->sql, -1,
                           transient ? 0 : SQLITE_PREPARE_PERSISTENT, &rows->statement, NULL);
    if (code == SQLITE_OK && rows->statement && find_places(rows))
        return rows;
    rows->failed = true;
    rows->transient = true;
    if (code != SQLITE_OK)
        epo_sqlite_fail(db, code, statement->name, &rows->error);
    else
        epo_fail(&rows->error, EPO_ERROR_BROKEN, "store.statement",
                 "%s: one statement with parameters $1 … $%d is expected", statement->name,
                 EPO_BINDS_MAX);
    return rows;
}

static void drop_idle(struct epo_db *db) {
    for (size_t i = 0; i < EPO_CACHE_BUCKETS; i++)
        for (struct epo_rows **at = &db->cache[i], *rows; (rows = *at);) {
            if (rows->busy) {
                at = &rows->next;
                continue;
            }
            *at = rows->next;
            sqlite3_finalize(rows->statement);
            free(rows);
            db->cached--;
        }
}

/* The cached statement, or one of its own where that is in use (a query nested in itself). Found by
 * address and compared by text, since a reloaded plugin may give another text at the same address;
 * the cache keeps SQLite's copy of it. */
static struct epo_rows *borrow(struct epo_db *db, const struct epo_statement *statement) {
    size_t bucket = bucket_of(statement->sql);
    for (struct epo_rows *rows = db->cache[bucket]; rows; rows = rows->next)
        if (strcmp(rows->sql, statement->sql) == 0) {
            if (rows->busy)
                return prepare(db, statement, true);
            rows->name = statement->name;
            return rows;
        }
    if (db->cached >= EPO_CACHE_MAX)
        drop_idle(db);
    struct epo_rows *rows = prepare(db, statement, false);
    if (!rows->failed) {
        db->cached++;
        rows->sql = sqlite3_sql(rows->statement);
        rows->next = db->cache[bucket];
        db->cache[bucket] = rows;
    }
    return rows;
}

static int bind_one(sqlite3_stmt *statement, int place, const struct epo_value *value) {
    const char *at = value->bytes.at ? value->bytes.at : "";
    switch (value->type) {
    case EPO_VALUE_INTEGER:
        return sqlite3_bind_int64(statement, place, value->integer);
    case EPO_VALUE_REAL:
        return sqlite3_bind_double(statement, place, value->real);
    case EPO_VALUE_TEXT:
        return sqlite3_bind_text64(statement, place, at, value->bytes.len, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case EPO_VALUE_BLOB:
        return sqlite3_bind_blob64(statement, place, at, value->bytes.len, SQLITE_STATIC);
    default:
        return sqlite3_bind_null(statement, place);
    }
}

struct epo_rows *epo_db_query(struct epo_db *db, const struct epo_statement *statement,
                              struct epo_bind bind) {
    struct epo_rows *rows = borrow(db, statement);
    rows->busy = true;
    rows->finished = false;
    rows->steps_left = statement->steps_max ? (int64_t)statement->steps_max : -1;
    db->borrowed++;
    epo_assert(bind.count <= EPO_BINDS_MAX);
    if (!rows->failed && bind.count < rows->needs) {
        /* Left out it would be NULL, and a WHERE would quietly mean something else. */
        rows->failed = true;
        epo_fail(&rows->error, EPO_ERROR_BROKEN, "store.bind", "%s needs %zu values, %zu given",
                 rows->name, rows->needs, bind.count);
    }
    for (size_t i = 0; i < bind.count && !rows->failed; i++) {
        if (!rows->places[i])
            continue; /* a parameter that this engine's text does not use */
        int code = bind_one(rows->statement, rows->places[i], &bind.values[i]);
        if (code != SQLITE_OK) {
            rows->failed = true;
            epo_sqlite_fail(db, code, rows->name, &rows->error);
        }
    }
    return rows;
}

#define STEPS_AT_ONCE 1000
#define BOUNDED_VALUE_BYTES (8 << 20)
#define BOUNDED_LIKE_BYTES 100 /* LIKE tries the more ways the more % there are */

static int on_progress(void *arg) {
    struct epo_rows *rows = arg;
    rows->steps_left -= STEPS_AT_ONCE;
    return rows->steps_left < 0;
}

/* One step of a statement that came from an agenda: within its bounds, on a connection whose other
 * statements have none. */
static int step_bounded(struct epo_rows *rows) {
    sqlite3 *handle = rows->db->handle;
    int bytes = sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, BOUNDED_VALUE_BYTES);
    int like = sqlite3_limit(handle, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, BOUNDED_LIKE_BYTES);
    sqlite3_progress_handler(handle, STEPS_AT_ONCE, on_progress, rows);
    int code = sqlite3_step(rows->statement);
    sqlite3_progress_handler(handle, 0, NULL, NULL);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, bytes);
    sqlite3_limit(handle, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, like);
    return code;
}

bool epo_rows_next(struct epo_rows *rows) {
    if (rows->failed || rows->finished) /* stepping on would start again from the first row */
        return false;
    int code = rows->steps_left < 0 ? sqlite3_step(rows->statement) : step_bounded(rows);
    if (code == SQLITE_ROW)
        return true;
    rows->finished = true;
    if (code != SQLITE_DONE) {
        rows->failed = true;
        epo_sqlite_fail(rows->db, code, rows->name, &rows->error);
    }
    return false;
}

int epo_rows_columns(const struct epo_rows *rows) {
    return rows->statement ? sqlite3_column_count(rows->statement) : 0;
}

const char *epo_rows_name(const struct epo_rows *rows, int column) {
    return sqlite3_column_name(rows->statement, column);
}

struct epo_value epo_rows_value(struct epo_rows *rows, int column) {
    switch (sqlite3_column_type(rows->statement, column)) {
    case SQLITE_INTEGER:
        return EPO_INTEGER(sqlite3_column_int64(rows->statement, column));
    case SQLITE_FLOAT:
        return EPO_REAL(sqlite3_column_double(rows->statement, column));
    case SQLITE_TEXT:
        return EPO_TEXT(epo_rows_text(rows, column));
    case SQLITE_BLOB:
        return EPO_BLOB(epo_rows_text(rows, column));
    default:
        return EPO_NULL;
    }
}

int64_t epo_rows_integer(struct epo_rows *rows, int column) {
    return sqlite3_column_int64(rows->statement, column);
}

double epo_rows_real(struct epo_rows *rows, int column) {
    return sqlite3_column_double(rows->statement, column);
}

struct epo_span epo_rows_text(struct epo_rows *rows, int column) {
    const char *at = sqlite3_column_blob(rows->statement, column);
    int len = sqlite3_column_bytes(rows->statement, column);
    return (struct epo_span){at ? at : "", at ? (size_t)len : 0};
}

bool epo_rows_end(struct epo_rows *rows, struct epo_error *error) {
    bool ok = !rows->failed;
    if (!ok && error)
        *error = rows->error;
    rows->failed = false;
    rows->busy = false;
    rows->db->borrowed--;
    if (rows->transient) {
        sqlite3_finalize(rows->statement);
        free(rows);
    } else {
        sqlite3_reset(rows->statement);
        sqlite3_clear_bindings(rows->statement);
    }
    return ok;
}

bool epo_db_run(struct epo_db *db, const struct epo_statement *statement, struct epo_bind bind,
                int64_t *changes, struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(db, statement, bind);
    while (epo_rows_next(rows)) {
    }
    if (changes)
        *changes = sqlite3_changes64(db->handle);
    return epo_rows_end(rows, error);
}
