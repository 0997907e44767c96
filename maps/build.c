#include "maps/build.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "maps/metric.h"

/* Three tables by shape hold every layer, so that a new layer is rows and not a schema change.
 *   code     the feature's own id (RÚIAN code, asset number)
 *   kind     what sort: of a parcel its owner, of public space its fee zone, of a street its class
 *   belongs  to what: of a parcel its cadastral area
 *   measure  registered m² of a parcel, width in metres of a street
 * Geometry columns are registered with SpatiaLite by hand, without its triggers: build_rows.c
 * writes its blobs and the R*Trees itself, which is four times as fast. */
static const struct epo_statement SCHEMA[] = {
    {"map.make_meta", "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT", NULL},
    {"map.make_layer",
     "CREATE TABLE layer (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
     " title_cs TEXT NOT NULL, title_en TEXT NOT NULL, shape TEXT NOT NULL, role TEXT NOT NULL,"
     " source TEXT NOT NULL, visible TEXT NOT NULL, public_fields TEXT NOT NULL) STRICT",
     NULL},
    {"map.make_area",
     "CREATE TABLE area (id INTEGER PRIMARY KEY, layer INTEGER NOT NULL, code TEXT NOT NULL,"
     " name TEXT NOT NULL, kind TEXT NOT NULL, belongs TEXT NOT NULL, measure REAL NOT NULL,"
     " rank INTEGER NOT NULL, properties TEXT NOT NULL, geometry BLOB NOT NULL) STRICT",
     NULL},
    {"map.area_layer", "CREATE INDEX area_layer ON area (layer)", NULL},
    {"map.area_code", "CREATE INDEX area_code ON area (layer, code)", NULL},
    {"map.make_line",
     "CREATE TABLE line (id INTEGER PRIMARY KEY, layer INTEGER NOT NULL, code TEXT NOT NULL,"
     " name TEXT NOT NULL, kind TEXT NOT NULL, belongs TEXT NOT NULL, measure REAL NOT NULL,"
     " rank INTEGER NOT NULL, properties TEXT NOT NULL, geometry BLOB NOT NULL) STRICT",
     NULL},
    {"map.line_layer", "CREATE INDEX line_layer ON line (layer)", NULL},
    {"map.line_code", "CREATE INDEX line_code ON line (layer, code)", NULL},
    {"map.make_point",
     "CREATE TABLE point (id INTEGER PRIMARY KEY, layer INTEGER NOT NULL, code TEXT NOT NULL,"
     " name TEXT NOT NULL, kind TEXT NOT NULL, belongs TEXT NOT NULL, measure REAL NOT NULL,"
     " rank INTEGER NOT NULL, properties TEXT NOT NULL, geometry BLOB NOT NULL) STRICT",
     NULL},
    {"map.point_layer", "CREATE INDEX point_layer ON point (layer)", NULL},
    {"map.point_code", "CREATE INDEX point_code ON point (layer, code)", NULL},
    {"map.make_address",
     "CREATE TABLE address (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE,"
     " street TEXT NOT NULL, conscription INTEGER NOT NULL, evidence INTEGER NOT NULL,"
     " orientation INTEGER NOT NULL, letter TEXT NOT NULL, part TEXT NOT NULL,"
     " postcode TEXT NOT NULL, city TEXT NOT NULL, district TEXT NOT NULL,"
     " geometry BLOB NOT NULL) STRICT",
     NULL},
    {"map.area_rtree",
     "CREATE VIRTUAL TABLE idx_area_geometry USING rtree (pkid, xmin, xmax, ymin, ymax)", NULL},
    {"map.line_rtree",
     "CREATE VIRTUAL TABLE idx_line_geometry USING rtree (pkid, xmin, xmax, ymin, ymax)", NULL},
    {"map.point_rtree",
     "CREATE VIRTUAL TABLE idx_point_geometry USING rtree (pkid, xmin, xmax, ymin, ymax)", NULL},
    {"map.address_rtree",
     "CREATE VIRTUAL TABLE idx_address_geometry USING rtree (pkid, xmin, xmax, ymin, ymax)", NULL},
};
/* The map's system, which the engine may not have, and the columns in it. */
static const struct epo_statement SYSTEM = {
    "map.system",
    "INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, ref_sys_name, proj4text, srtext)"
    " SELECT $1, 'epsg', $1, $2, $3, $4"
    " WHERE NOT EXISTS (SELECT 1 FROM spatial_ref_sys WHERE srid = $1)",
    NULL};
static const struct epo_statement GEOMETRY_COLUMNS = {
    "map.geometry_columns",
    "INSERT INTO geometry_columns (f_table_name, f_geometry_column, geometry_type,"
    " coord_dimension, srid, spatial_index_enabled) VALUES ('area', 'geometry', 6, 2, $1, 1),"
    " ('line', 'geometry', 5, 2, $1, 1), ('point', 'geometry', 4, 2, $1, 1),"
    " ('address', 'geometry', 1, 2, $1, 1)",
    NULL};
/* What a map base of an older schema lacks: by the schema that it has. */
static const struct {
    int schema;
    struct epo_statement add;
} UPGRADES[] = {
    {1,
     {"map.add_visible", "ALTER TABLE layer ADD COLUMN visible TEXT NOT NULL DEFAULT 'public'",
      NULL}},
    {1,
     {"map.add_public_fields",
      "ALTER TABLE layer ADD COLUMN public_fields TEXT NOT NULL"
      " DEFAULT 'name kind belongs measure'",
      NULL}},
    {1,
     {"map.add_area_properties", "ALTER TABLE area ADD COLUMN properties TEXT NOT NULL DEFAULT ''",
      NULL}},
    {1,
     {"map.add_line_properties", "ALTER TABLE line ADD COLUMN properties TEXT NOT NULL DEFAULT ''",
      NULL}},
    {1,
     {"map.add_point_properties",
      "ALTER TABLE point ADD COLUMN properties TEXT NOT NULL DEFAULT ''", NULL}},
    {2, {"map.add_area_code", "CREATE INDEX IF NOT EXISTS area_code ON area (layer, code)", NULL}},
    {2, {"map.add_line_code", "CREATE INDEX IF NOT EXISTS line_code ON line (layer, code)", NULL}},
    {2,
     {"map.add_point_code", "CREATE INDEX IF NOT EXISTS point_code ON point (layer, code)", NULL}},
};
static const struct epo_statement SET_META = {
    "map.set_meta",
    "INSERT INTO meta (key, value) VALUES ($1, $2)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    NULL};
static const struct epo_statement GET_META = {"map.get_meta",
                                              "SELECT value FROM meta WHERE key = $1", NULL};

static const struct epo_statement CONTENT = {
    "map.content",
    "SELECT l.name, l.title_cs, l.title_en, l.role, l.visible, l.public_fields,"
    " COALESCE(m.value, '') FROM layer l LEFT JOIN meta m ON m.key = 'content.' || l.name"
    " UNION ALL SELECT key, value, '', '', '', '', '' FROM meta"
    " WHERE key IN ('content.address', 'city', 'name_cs', 'name_en', 'attribution', 'demo')"
    " ORDER BY 1",
    NULL};

static bool run_all(struct epo_db *db, const struct epo_statement *list, size_t count,
                    struct epo_error *error) {
    for (size_t i = 0; i < count; i++)
        if (!epo_db_run(db, &list[i], EPO_BIND_NONE, NULL, error))
            return false;
    return true;
}

static bool make_tables(struct epo_build *build, struct epo_error *error) {
    const struct epo_metric *metric = epo_metric();
    struct epo_pool *pool = epo_pool_create();
    const char *wkt, *proj;
    bool ok = epo_metric_texts(pool, &wkt, &proj, error) &&
              run_all(build->db, SCHEMA, sizeof SCHEMA / sizeof *SCHEMA, error) &&
              epo_db_run(build->db, &SYSTEM,
                         EPO_BIND(EPO_INTEGER(metric->epsg), EPO_STRING(metric->title),
                                  EPO_STRING(proj), EPO_STRING(wkt)),
                         NULL, error) &&
              epo_db_run(build->db, &GEOMETRY_COLUMNS, EPO_BIND(EPO_INTEGER(metric->epsg)), NULL,
                         error) &&
              epo_build_meta(build, "crs", metric->name, error);
    epo_pool_free(pool);
    return ok;
}

bool epo_build_meta(struct epo_build *build, const char *key, const char *value,
                    struct epo_error *error) {
    return epo_db_run(build->db, &SET_META, EPO_BIND(EPO_STRING(key), EPO_STRING(value)), NULL,
                      error);
}

static bool get_meta(struct epo_db *db, const char *key, char *out, size_t size,
                     struct epo_error *error) {
    out[0] = '\0';
    struct epo_rows *rows = epo_db_query(db, &GET_META, EPO_BIND(EPO_STRING(key)));
    if (epo_rows_next(rows))
        snprintf(out, size, "%.*s", EPO_ARG(epo_rows_text(rows, 0)));
    return epo_rows_end(rows, error);
}

/* What it holds is in metres of one system: rows in another would lie elsewhere. */
static bool check_system(struct epo_db *db, struct epo_error *error) {
    char name[24];
    return get_meta(db, "crs", name, sizeof name, error) &&
           epo_map_system_agrees(epo_span(name), error);
}

/* 1 before the number was kept. */
static bool get_schema(struct epo_db *db, int64_t *schema, struct epo_error *error) {
    char text[24];
    *schema = 1;
    return get_meta(db, "schema", text, sizeof text, error) &&
           (text[0] == '\0' || epo_span_integer(epo_span(text), schema) ||
            epo_fail(error, EPO_ERROR_BROKEN, "map.schema", "the map base is damaged"));
}

static bool upgrade(struct epo_db *db, struct epo_error *error) {
    int64_t schema;
    if (!get_schema(db, &schema, error))
        return false;
    for (size_t i = 0; i < sizeof UPGRADES / sizeof *UPGRADES; i++)
        if (UPGRADES[i].schema >= schema &&
            !epo_db_run(db, &UPGRADES[i].add, EPO_BIND_NONE, NULL, error))
            return false;
    return true;
}

/* What the whole map holds: layers by name with the sums of their rows, whatever the order in which
 * they came. */
static bool sum_content(struct epo_build *build, char out[EPO_SHA256_HEX_SIZE],
                        struct epo_error *error) {
    uint8_t digest[EPO_SHA256_SIZE];
    struct epo_rows *rows = epo_db_query(build->db, &CONTENT, EPO_BIND_NONE);
    while (epo_rows_next(rows))
        for (int i = 0; i < epo_rows_columns(rows); i++) {
            epo_digest_add(build->digest, epo_rows_text(rows, i));
            epo_digest_add(build->digest, EPO_SPAN("\n"));
        }
    epo_digest_end(build->digest, digest);
    epo_hex(digest, sizeof digest, out);
    return epo_rows_end(rows, error);
}

static bool fill(struct epo_build *build, struct epo_build_job *job, bool fresh,
                 struct epo_error *error) {
    char schema[24], before[EPO_SHA256_HEX_SIZE], after[EPO_SHA256_HEX_SIZE];
    snprintf(schema, sizeof schema, "%d", EPO_MAP_SCHEMA);
    if (!(fresh ? make_tables(build, error)
                : check_system(build->db, error) && upgrade(build->db, error)) ||
        !epo_build_meta(build, "schema", schema, error) ||
        !get_meta(build->db, "content", before, sizeof before, error))
        return false;
    if (job->fill == NULL) /* what it holds stays as it is */
        return true;
    if (!epo_build_start(build, error) || !job->fill(build, job->arg, error) ||
        !epo_build_close_layers(build, error) || !sum_content(build, after, error))
        return false;
    job->same = strcmp(before, after) == 0;
    epo_changes_tidy(&build->changes);
    job->changes = build->changes; /* its cells too */
    build->changes = (struct epo_changes){0};
    job->counts = build->counts;
    return epo_build_meta(build, "content", after, error);
}

struct running {
    struct epo_build_job *job;
    bool fresh;
};

static bool run(struct epo_db *db, void *arg, struct epo_error *error) {
    struct running *running = arg;
    struct epo_build build = {.db = db};
    bool ok = fill(&build, running->job, running->fresh, error);
    epo_build_clear(&build);
    return ok;
}

/* Also what a killed one left there. */
static void remove_aside(const struct epo_build_job *job) {
    char path[600];
    DIR *folder = opendir(job->aside);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", job->aside, entry->d_name);
        unlink(path);
    }
    if (folder != NULL)
        closedir(folder);
    rmdir(job->aside);
}

static bool begin(struct epo_build_job *job, struct epo_error *error) {
    job->same = false;
    job->lock = -1;
    job->changes = (struct epo_changes){0};
    int len = snprintf(job->aside, sizeof job->aside, "%s/aside", job->folder);
    if (len < 0 || (size_t)len >= sizeof job->aside)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "map.path", "the folder's path is too long");
    job->lock = open(job->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (job->lock < 0)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "map.folder", "%s: %s", job->folder,
                        strerror(errno));
    if (flock(job->lock, LOCK_EX | LOCK_NB) != 0) {
        close(job->lock); /* what lies aside is the other one's */
        job->lock = -1;
        return epo_fail(error, EPO_ERROR_BUSY, "map.busy",
                        "another import is under way in %s: try again when it is done",
                        job->folder);
    }
    remove_aside(job);
    return mkdir(job->aside, 0750) == 0 ||
           epo_fail(error, EPO_ERROR_BROKEN, "map.aside", "%s: %s", job->aside, strerror(errno));
}

bool epo_build_aside(struct epo_build_job *job, struct epo_error *error) {
    char path[512], aside[512];
    if (!begin(job, error))
        return false;
    snprintf(path, sizeof path, "%s/map.db", job->folder);
    snprintf(aside, sizeof aside, "%s/map.db", job->aside);
    struct running running = {job, !job->keep || access(path, F_OK) != 0};
    if (!running.fresh && !epo_store_copy(path, aside, error))
        return false;
    struct epo_store *store = epo_store_open(
        aside, &(struct epo_store_options){.spatial = true, .scratch = true, .label = "map"},
        error);
    if (store == NULL)
        return false;
    bool ok = epo_store_write(store, run, &running, error);
    epo_store_close(store);
    return ok;
}

/* On disk before it takes the old one's place. */
static bool swap(const struct epo_build_job *job, const char *name, struct epo_error *error) {
    char from[512], to[512];
    snprintf(from, sizeof from, "%s/%s", job->aside, name);
    snprintf(to, sizeof to, "%s/%s", job->folder, name);
    int fd = open(from, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return true;
    bool ok = fd >= 0 && fsync(fd) == 0 && rename(from, to) == 0;
    int why = errno;
    if (fd >= 0)
        close(fd);
    return ok || epo_fail(error, EPO_ERROR_BROKEN, "map.rename", "%s cannot be put in place: %s",
                          to, strerror(why));
}

bool epo_build_end(struct epo_build_job *job, bool ok, struct epo_error *error) {
    epo_changes_clear(&job->changes);
    if (job->lock < 0)
        return ok;
    if (ok) {
        char old[512];
        snprintf(old, sizeof old, "%s/map.db", job->folder);
        /* Leftovers of a log would be taken for the new file's. The map last: a portal that serves
         * the folder looks out for it. */
        char log[2][520];
        snprintf(log[0], sizeof log[0], "%s-wal", old);
        snprintf(log[1], sizeof log[1], "%s-shm", old);
        unlink(log[0]);
        unlink(log[1]);
        ok = swap(job, "tiles.mbtiles", error) && swap(job, "map.db", error);
        fsync(job->lock);
    }
    remove_aside(job);
    close(job->lock);
    job->lock = -1;
    return ok;
}

bool epo_build_map(const char *folder, bool keep,
                   bool (*fill_with)(struct epo_build *build, void *arg, struct epo_error *error),
                   void *arg, struct epo_error *error) {
    struct epo_build_job job = {.folder = folder, .keep = keep, .fill = fill_with, .arg = arg};
    bool ok = epo_build_aside(&job, error);
    return epo_build_end(&job, ok, error) && ok;
}

bool epo_map_upgrade(const char *folder, struct epo_error *error) {
    char path[512];
    int64_t schema = EPO_MAP_SCHEMA;
    int len = snprintf(path, sizeof path, "%s/map.db", folder);
    if (len < 0 || (size_t)len >= sizeof path || access(path, F_OK) != 0)
        return true; /* opening it says what is wrong */
    struct epo_store *store =
        epo_store_open(path, &(struct epo_store_options){.read_only = true, .label = "map"}, error);
    struct epo_db *db = store == NULL ? NULL : epo_store_connect(store, error);
    bool ok = db != NULL && get_schema(db, &schema, error);
    epo_db_close(db);
    if (store != NULL)
        epo_store_close(store);
    return ok && (schema >= EPO_MAP_SCHEMA || epo_build_map(folder, true, NULL, NULL, error));
}
