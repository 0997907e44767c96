#include "maps/lookup.h"

#include "maps/geos.h"
#include "maps/reader.h"

static const struct epo_statement BY_CODE = {
    "map.by_code",
    "SELECT code, AsBinary(geometry) FROM area"
    " WHERE layer = $1 AND code = $2 AND geometry IS NOT NULL ORDER BY id LIMIT 1",
    NULL};
static const struct epo_statement BY_PLACE = {
    "map.by_place",
    "SELECT code, AsBinary(geometry) FROM area"
    " WHERE layer = $1 AND id IN (SELECT pkid FROM idx_area_geometry"
    " WHERE xmin <= $2 AND xmax >= $2 AND ymin <= $3 AND ymax >= $3) ORDER BY id",
    NULL};

static bool covers(struct epo_span wkb, struct epo_point at) {
    GEOSContextHandle_t g = epo_geos();
    GEOSGeometry *area = GEOSGeomFromWKB_buf_r(g, (const unsigned char *)wkb.at, wkb.len);
    GEOSGeometry *point = GEOSGeom_createPointFromXY_r(g, at.x, at.y);
    bool inside = area != NULL && GEOSCovers_r(g, area, point) == 1;
    GEOSGeom_destroy_r(g, point);
    GEOSGeom_destroy_r(g, area);
    return inside;
}

static bool look_up(const struct epo_snapshot *snapshot, struct epo_pool *pool, const char *layer,
                    const struct epo_span *code, struct epo_point at, struct epo_looked_up *feature,
                    bool *found, struct epo_error *error) {
    const struct epo_layer *of = epo_snapshot_layer(snapshot, epo_span(layer));
    *found = false;
    if (of == NULL || of->shape != EPO_SHAPE_AREA || !epo_layer_seen(of, EPO_AUDIENCE_PUBLIC))
        return true;
    struct epo_db *db = epo_reader_take(snapshot->reader, error);
    if (db == NULL)
        return false;
    struct epo_rows *rows =
        code != NULL ? epo_db_query(db, &BY_CODE, EPO_BIND(EPO_INTEGER(of->id), EPO_TEXT(*code)))
                     : epo_db_query(db, &BY_PLACE,
                                    EPO_BIND(EPO_INTEGER(of->id), EPO_REAL(at.x), EPO_REAL(at.y)));
    while (!*found && epo_rows_next(rows)) {
        if (code == NULL && !covers(epo_rows_text(rows, 1), at))
            continue;
        *feature = (struct epo_looked_up){epo_pool_string(pool, epo_rows_text(rows, 0)),
                                          epo_pool_copy(pool, epo_rows_text(rows, 1))};
        *found = true;
    }
    bool ok = epo_rows_end(rows, error);
    epo_reader_give(snapshot->reader, db);
    return ok;
}

bool epo_look_up(const struct epo_snapshot *snapshot, struct epo_pool *pool, const char *layer,
                 struct epo_span code, struct epo_looked_up *feature, bool *found,
                 struct epo_error *error) {
    return look_up(snapshot, pool, layer, &code, (struct epo_point){0, 0}, feature, found, error);
}

bool epo_look_up_at(const struct epo_snapshot *snapshot, struct epo_pool *pool, const char *layer,
                    struct epo_point at, struct epo_looked_up *feature, bool *found,
                    struct epo_error *error) {
    return look_up(snapshot, pool, layer, NULL, at, feature, found, error);
}
