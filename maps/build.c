#include "maps/build.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/token.h"

/* Three tables by shape hold every layer, so that a new layer is rows and not a schema change.
 *   code     the feature's own id (RÚIAN code, asset number)
 *   kind     what sort: of a parcel its owner, of public space its fee zone, of a street its class
 *   belongs  to what: of a parcel its cadastral area
 *   measure  registered m² of a parcel, width in metres of a street
 * Geometry columns are registered with SpatiaLite by hand, without its triggers: a map base is
 * filled whole and never edited, and filling the R*Tree at the end is four times as fast. */
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
    {"map.make_line",
     "CREATE TABLE line (id INTEGER PRIMARY KEY, layer INTEGER NOT NULL, code TEXT NOT NULL,"
     " name TEXT NOT NULL, kind TEXT NOT NULL, belongs TEXT NOT NULL, measure REAL NOT NULL,"
     " rank INTEGER NOT NULL, properties TEXT NOT NULL, geometry BLOB NOT NULL) STRICT",
     NULL},
    {"map.line_layer", "CREATE INDEX line_layer ON line (layer)", NULL},
    {"map.make_point",
     "CREATE TABLE point (id INTEGER PRIMARY KEY, layer INTEGER NOT NULL, code TEXT NOT NULL,"
     " name TEXT NOT NULL, kind TEXT NOT NULL, belongs TEXT NOT NULL, measure REAL NOT NULL,"
     " rank INTEGER NOT NULL, properties TEXT NOT NULL, geometry BLOB NOT NULL) STRICT",
     NULL},
    {"map.point_layer", "CREATE INDEX point_layer ON point (layer)", NULL},
    {"map.make_address",
     "CREATE TABLE address (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE,"
     " street TEXT NOT NULL, conscription INTEGER NOT NULL, evidence INTEGER NOT NULL,"
     " orientation INTEGER NOT NULL, letter TEXT NOT NULL, part TEXT NOT NULL,"
     " postcode TEXT NOT NULL, city TEXT NOT NULL, district TEXT NOT NULL,"
     " geometry BLOB NOT NULL) STRICT",
     NULL},
    {"map.geometry_columns",
     "INSERT INTO geometry_columns (f_table_name, f_geometry_column, geometry_type,"
     " coord_dimension, srid, spatial_index_enabled) VALUES ('area', 'geometry', 6, 2, 5514, 1),"
     " ('line', 'geometry', 5, 2, 5514, 1), ('point', 'geometry', 4, 2, 5514, 1),"
     " ('address', 'geometry', 1, 2, 5514, 1)",
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
};
static const struct epo_statement FILL_INDEX[] = {
    {"map.area_unindex", "DELETE FROM idx_area_geometry", NULL},
    {"map.area_index",
     "INSERT INTO idx_area_geometry SELECT id, MbrMinX(geometry), MbrMaxX(geometry),"
     " MbrMinY(geometry), MbrMaxY(geometry) FROM area",
     NULL},
    {"map.line_unindex", "DELETE FROM idx_line_geometry", NULL},
    {"map.line_index",
     "INSERT INTO idx_line_geometry SELECT id, MbrMinX(geometry), MbrMaxX(geometry),"
     " MbrMinY(geometry), MbrMaxY(geometry) FROM line",
     NULL},
    {"map.point_unindex", "DELETE FROM idx_point_geometry", NULL},
    {"map.point_index",
     "INSERT INTO idx_point_geometry SELECT id, MbrMinX(geometry), MbrMaxX(geometry),"
     " MbrMinY(geometry), MbrMaxY(geometry) FROM point",
     NULL},
    {"map.address_unindex", "DELETE FROM idx_address_geometry", NULL},
    {"map.address_index",
     "INSERT INTO idx_address_geometry SELECT id, MbrMinX(geometry), MbrMaxX(geometry),"
     " MbrMinY(geometry), MbrMaxY(geometry) FROM address",
     NULL},
};
static const struct epo_statement ADD_LAYER = {
    "map.add_layer",
    "INSERT INTO layer (name, title_cs, title_en, shape, role, source, visible, public_fields)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    " ON CONFLICT (name) DO UPDATE SET title_cs = excluded.title_cs, title_en = excluded.title_en,"
    " shape = excluded.shape, role = excluded.role, source = excluded.source,"
    " visible = excluded.visible, public_fields = excluded.public_fields",
    NULL};
static const struct epo_statement FIND_LAYER = {"map.find_layer",
                                                "SELECT id FROM layer WHERE name = $1", NULL};
static const struct epo_statement CLEAR[] = {
    {"map.clear_area", "DELETE FROM area WHERE layer = $1", NULL},
    {"map.clear_line", "DELETE FROM line WHERE layer = $1", NULL},
    {"map.clear_point", "DELETE FROM point WHERE layer = $1", NULL},
};
static const struct epo_statement ADD_FEATURE[] = {
    [EPO_SHAPE_AREA] =
        {"map.add_area",
         "INSERT INTO area (layer, code, name, kind, belongs, measure, rank, properties,"
         " geometry) VALUES ($1, $2, $3, $4, $5, $6, $7, $8,"
         " CastToMulti(GeomFromWKB($9, 5514)))",
         NULL},
    [EPO_SHAPE_LINE] =
        {"map.add_line",
         "INSERT INTO line (layer, code, name, kind, belongs, measure, rank, properties,"
         " geometry) VALUES ($1, $2, $3, $4, $5, $6, $7, $8,"
         " CastToMulti(GeomFromWKB($9, 5514)))",
         NULL},
    [EPO_SHAPE_POINT] =
        {"map.add_point",
         "INSERT INTO point (layer, code, name, kind, belongs, measure, rank, properties,"
         " geometry) VALUES ($1, $2, $3, $4, $5, $6, $7, $8,"
         " CastToMulti(GeomFromWKB($9, 5514)))",
         NULL},
};
static const struct epo_statement ADD_ADDRESS = {
    "map.add_address",
    "INSERT INTO address (code, street, conscription, evidence, orientation, letter, part,"
    " postcode, city, district, geometry)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, GeomFromWKB($11, 5514))",
    NULL};
static const struct epo_statement SET_META = {
    "map.set_meta",
    "INSERT INTO meta (key, value) VALUES ($1, $2)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    NULL};
static const struct epo_statement GET_META = {"map.get_meta",
                                              "SELECT value FROM meta WHERE key = $1", NULL};

static bool run_all(struct epo_db *db, const struct epo_statement *list, size_t count,
                    struct epo_error *error) {
    for (size_t i = 0; i < count; i++)
        if (!epo_db_run(db, &list[i], EPO_BIND_NONE, NULL, error))
            return false;
    return true;
}

/* The content's identity: a hash over what was written, in order. */
static void stir(struct epo_build *build, const char *const *texts, size_t count,
                 struct epo_span wkb) {
    struct epo_buffer buffer;
    epo_buffer_init(&buffer, 64u << 20);
    epo_buffer_string(&buffer, build->content);
    for (size_t i = 0; i < count; i++) {
        epo_buffer_string(&buffer, texts[i]);
        epo_buffer_byte(&buffer, '\n');
    }
    epo_buffer_span(&buffer, wkb);
    epo_sha256_hex(epo_buffer_get(&buffer), build->content);
    epo_buffer_clear(&buffer);
}

static const char *or_empty(const char *text) {
    return text == NULL ? "" : text;
}

bool epo_build_meta(struct epo_build *build, const char *key, const char *value,
                    struct epo_error *error) {
    return epo_db_run(build->db, &SET_META, EPO_BIND(EPO_STRING(key), EPO_STRING(value)), NULL,
                      error);
}

bool epo_build_layer(struct epo_build *build, const struct epo_build_layer *layer, int64_t *id,
                     struct epo_error *error) {
    static const char *const SHAPES[] = {
        [EPO_SHAPE_POINT] = "point", [EPO_SHAPE_LINE] = "line", [EPO_SHAPE_AREA] = "area"};
    const char *fields = layer->public_fields != NULL ? layer->public_fields : EPO_FIELDS_STANDARD;
    const char *visible = layer->clerks_only ? "clerks" : "public";
    if (!epo_db_run(build->db, &ADD_LAYER,
                    EPO_BIND(EPO_STRING(layer->name), EPO_STRING(layer->title_cs),
                             EPO_STRING(layer->title_en), EPO_STRING(SHAPES[layer->shape]),
                             EPO_STRING(layer->role), EPO_STRING(layer->source),
                             EPO_STRING(visible), EPO_STRING(fields)),
                    NULL, error))
        return false;
    struct epo_rows *rows = epo_db_query(build->db, &FIND_LAYER, EPO_BIND(EPO_STRING(layer->name)));
    if (epo_rows_next(rows))
        *id = epo_rows_integer(rows, 0);
    if (!epo_rows_end(rows, error))
        return false;
    for (size_t i = 0; i < sizeof CLEAR / sizeof *CLEAR; i++)
        if (!epo_db_run(build->db, &CLEAR[i], EPO_BIND(EPO_INTEGER(*id)), NULL, error))
            return false;
    stir(build, (const char *const[]){layer->name, layer->role, visible, fields}, 4,
         (struct epo_span){NULL, 0});
    return true;
}

bool epo_build_feature(struct epo_build *build, enum epo_layer_shape shape,
                       const struct epo_build_feature *f, struct epo_error *error) {
    stir(build,
         (const char *const[]){or_empty(f->code), or_empty(f->name), or_empty(f->kind),
                               or_empty(f->belongs), or_empty(f->properties)},
         5, f->wkb);
    return epo_db_run(build->db, &ADD_FEATURE[shape],
                      EPO_BIND(EPO_INTEGER(f->layer), EPO_STRING(or_empty(f->code)),
                               EPO_STRING(or_empty(f->name)), EPO_STRING(or_empty(f->kind)),
                               EPO_STRING(or_empty(f->belongs)), EPO_REAL(f->measure),
                               EPO_INTEGER(f->rank), EPO_STRING(or_empty(f->properties)),
                               EPO_BLOB(f->wkb)),
                      NULL, error);
}

bool epo_build_address(struct epo_build *build, const struct epo_build_address *a,
                       struct epo_error *error) {
    stir(build,
         (const char *const[]){a->code, or_empty(a->street), or_empty(a->part),
                               or_empty(a->postcode), or_empty(a->district)},
         5, a->wkb);
    return epo_db_run(build->db, &ADD_ADDRESS,
                      EPO_BIND(EPO_STRING(a->code), EPO_STRING(or_empty(a->street)),
                               EPO_INTEGER(a->conscription), EPO_INTEGER(a->evidence),
                               EPO_INTEGER(a->orientation), EPO_STRING(or_empty(a->letter)),
                               EPO_STRING(or_empty(a->part)), EPO_STRING(or_empty(a->postcode)),
                               EPO_STRING(or_empty(a->city)), EPO_STRING(or_empty(a->district)),
                               EPO_BLOB(a->wkb)),
                      NULL, error);
}

struct job {
    bool fresh;
    bool (*fill)(struct epo_build *build, void *arg, struct epo_error *error);
    void *arg;
};

static bool get_meta(struct epo_db *db, const char *key, char *out, size_t size,
                     struct epo_error *error) {
    out[0] = '\0';
    struct epo_rows *rows = epo_db_query(db, &GET_META, EPO_BIND(EPO_STRING(key)));
    if (epo_rows_next(rows))
        snprintf(out, size, "%.*s", EPO_ARG(epo_rows_text(rows, 0)));
    return epo_rows_end(rows, error);
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

static bool run(struct epo_db *db, void *arg, struct epo_error *error) {
    char schema[24];
    struct job *job = arg;
    struct epo_build build = {.db = db};
    snprintf(schema, sizeof schema, "%d", EPO_MAP_SCHEMA);
    if (job->fresh ? !run_all(db, SCHEMA, sizeof SCHEMA / sizeof *SCHEMA, error)
                   : !upgrade(db, error))
        return false;
    return epo_build_meta(&build, "schema", schema, error) &&
           get_meta(db, "content", build.content, sizeof build.content, error) &&
           (job->fill == NULL || job->fill(&build, job->arg, error)) &&
           run_all(db, FILL_INDEX, sizeof FILL_INDEX / sizeof *FILL_INDEX, error) &&
           epo_build_meta(&build, "content", build.content, error);
}

static bool copy_map(const char *from, const char *to, struct epo_error *error) {
    struct epo_store *store =
        epo_store_open(from, &(struct epo_store_options){.spatial = true, .label = "map"}, error);
    if (store == NULL)
        return false;
    bool ok = epo_store_backup(store, to, error);
    epo_store_close(store);
    return ok;
}

static void remove_map(const char *path) {
    char beside[600];
    unlink(path);
    snprintf(beside, sizeof beside, "%s-wal", path);
    unlink(beside);
    snprintf(beside, sizeof beside, "%s-shm", path);
    unlink(beside);
}

bool epo_build_map(const char *folder, bool keep,
                   bool (*fill)(struct epo_build *build, void *arg, struct epo_error *error),
                   void *arg, struct epo_error *error) {
    char path[512], aside[520];
    int len = snprintf(path, sizeof path, "%s/map.db", folder);
    if (len < 0 || (size_t)len >= sizeof path)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "map.path", "the folder's path is too long");
    snprintf(aside, sizeof aside, "%s.new", path);
    remove_map(aside);
    if (keep && access(path, F_OK) != 0)
        keep = false;
    if (keep && !copy_map(path, aside, error))
        return false;
    struct epo_store *store =
        epo_store_open(aside, &(struct epo_store_options){.spatial = true, .label = "map"}, error);
    if (store == NULL)
        return false;
    struct job job = {!keep, fill, arg};
    bool ok = epo_store_write(store, run, &job, error);
    epo_store_close(store);
    if (ok && rename(aside, path) != 0)
        ok = epo_fail(error, EPO_ERROR_BROKEN, "map.rename", "%s cannot be put in place", path);
    if (!ok)
        remove_map(aside);
    return ok;
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
