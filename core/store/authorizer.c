/* Which SQL may be compiled, by the mode of the connection. SpatiaLite's virtual tables could read
 * any file, and a plugin could read another's tables: both end here. */
#include "store/sqlite.h"

#include <string.h>

static bool prefixed(const struct epo_db *db, const char *name) {
    return name && db->prefix && strncmp(name, db->prefix, strlen(db->prefix)) == 0;
}

static bool one_of(const char *name, const char *const *list) {
    for (; name && *list; list++)
        if (sqlite3_stricmp(name, *list) == 0)
            return true;
    return false;
}

/* Virtual tables that cannot reach outside the database. */
static const char *const MODULES[] = {"rtree", "fts5", NULL};
/* PRAGMAs that the host's own statements may read. */
static const char *const PRAGMAS[] = {"data_version",
                                      "integrity_check",
                                      "quick_check",
                                      "foreign_key_check",
                                      "table_info",
                                      "wal_checkpoint",
                                      "page_count",
                                      "page_size", /* asked by the rtree module itself */
                                      NULL};
static const char *const FUNCTIONS_DENIED[] = {"load_extension", "fts3_tokenizer", "readfile",
                                               "writefile",      "edit",           NULL};

/* Table-valued functions that read only what they are given. */
static const char *const TABLE_FUNCTIONS[] = {"json_each", "json_tree", NULL};
/* What CREATE, ALTER and DROP read and write beneath; direct writes fail (DEFENSIVE). */
static const char *const SCHEMA_TABLES[] = {"sqlite_master", "sqlite_schema", "sqlite_temp_master",
                                            "sqlite_temp_schema", NULL};

static int authorize_host(int action, const char *first, const char *second) {
    switch (action) {
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
        return SQLITE_DENY;
    case SQLITE_PRAGMA:
        return one_of(first, PRAGMAS) ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_CREATE_VTABLE:
        return one_of(second, MODULES) ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_FUNCTION:
        return one_of(second, FUNCTIONS_DENIED) ? SQLITE_DENY : SQLITE_OK;
    default:
        return SQLITE_OK;
    }
}

static int authorize_migration(const struct epo_db *db, int action, const char *first,
                               const char *second) {
    switch (action) {
    case SQLITE_CREATE_TABLE:
    case SQLITE_DROP_TABLE:
    case SQLITE_CREATE_VIEW:
    case SQLITE_DROP_VIEW:
    case SQLITE_REINDEX:
        return prefixed(db, first) ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_CREATE_INDEX:
    case SQLITE_DROP_INDEX:  /* index name, table name */
    case SQLITE_ALTER_TABLE: /* database name, table name */
        return prefixed(db, second) ? SQLITE_OK : SQLITE_DENY;
    default:
        return SQLITE_DENY;
    }
}

static int authorize_plugin(const struct epo_db *db, int action, const char *first,
                            const char *second) {
    bool schema = one_of(first, SCHEMA_TABLES);
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_FUNCTION:
        return one_of(second, FUNCTIONS_DENIED) ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_READ:
        /* Sub-queries come as reads without a table. */
        return prefixed(db, first) || (first && !*first) || one_of(first, TABLE_FUNCTIONS) ||
                       (db->mode == EPO_SQL_PLUGIN_MIGRATE && schema)
                   ? SQLITE_OK
                   : SQLITE_DENY;
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
        if (db->mode == EPO_SQL_PLUGIN_MIGRATE && schema)
            return SQLITE_OK;
        return db->mode != EPO_SQL_PLUGIN_READ && prefixed(db, first) ? SQLITE_OK : SQLITE_DENY;
    default:
        return db->mode == EPO_SQL_PLUGIN_MIGRATE ? authorize_migration(db, action, first, second)
                                                  : SQLITE_DENY;
    }
}

int epo_sqlite_authorize(void *arg, int action, const char *first, const char *second,
                         const char *database, const char *trigger) {
    const struct epo_db *db = arg;
    (void)database;
    (void)trigger;
    if (db->mode == EPO_SQL_SETUP)
        return SQLITE_OK;
    if (db->mode == EPO_SQL_HOST)
        return authorize_host(action, first, second);
    return authorize_plugin(db, action, first, second);
}
