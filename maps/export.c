/* A whole public layer as a file, for those who want all of it at once. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "maps/features.h"
#include "maps/gdal.h"
#include "maps/metric.h"

enum {
    PIECE_BYTES = 1 << 20,         /* GeoJSON gathered before it is written */
    FEATURE_BYTES_MAX = 256 << 20, /* of one feature as GeoJSON */
    ROWS_A_TRANSACTION = 100000,   /* of a GeoPackage */
    COLUMN_NAME_MAX = 200,         /* bytes */
    ROWS_A_STEP = 5000,            /* of progress */
};

#define KEY_COLUMN "fid"
#define GEOMETRY_COLUMN "geometry"

struct exporting {
    const struct epo_collection *collection;
    void (*progress)(const char *what, int percent);
    int64_t written;
    FILE *file; /* GeoJSON */
    struct epo_buffer out;
    GDALDatasetH data; /* GeoPackage */
    OGRLayerH layer;
    bool failed;
    struct epo_error *error;
};

static const char *const ENDINGS[] = {
    [EPO_EXPORT_GEOJSON] = ".geojson", [EPO_EXPORT_GEOPACKAGE] = ".gpkg"};

bool epo_export_kind(struct epo_span file, enum epo_export *kind) {
    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++) {
        size_t len = strlen(ENDINGS[i]);
        if (file.len > len && memcmp(file.at + file.len - len, ENDINGS[i], len) == 0) {
            *kind = (enum epo_export)i;
            return true;
        }
    }
    return false;
}

static void tell(struct exporting *x) {
    if (x->progress != NULL && x->collection->count > 0 && x->written % ROWS_A_STEP == 0)
        x->progress("export", (int)(100 * x->written / x->collection->count));
}

static bool read_all(struct exporting *x, struct epo_maps *maps, epo_feature_fn visit) {
    struct epo_feature_query all = {.unhurried = true};
    int64_t matched;
    return epo_features_each(maps, x->collection, &all, visit, x, &matched, x->error) && !x->failed;
}

/* ---- GeoJSON ---- */

static bool flush(struct exporting *x) {
    struct epo_span bytes = epo_buffer_get(&x->out);
    bool ok = !x->out.failed && fwrite(bytes.at, 1, bytes.len, x->file) == bytes.len;
    x->out.len = 0;
    return ok || epo_fail(x->error, EPO_ERROR_BROKEN, "export.write",
                          "the export cannot be written: %s", strerror(errno));
}

static enum epo_feature_verdict put_geojson(const struct epo_feature_row *row, void *arg) {
    struct exporting *x = arg;
    epo_buffer_string(&x->out, x->written++ > 0 ? ",\n" : "");
    x->failed = !epo_feature_write(&x->out, row, EPO_CRS84, x->error) ||
                (x->out.len > PIECE_BYTES && !flush(x));
    tell(x);
    return x->failed ? EPO_FEATURE_STOP : EPO_FEATURE_NEXT;
}

static bool write_geojson(struct exporting *x, struct epo_maps *maps, const char *path) {
    x->file = fopen(path, "we");
    if (x->file == NULL)
        return epo_fail(x->error, EPO_ERROR_BROKEN, "export.write", "%s cannot be written: %s",
                        path, strerror(errno));
    epo_buffer_init(&x->out, FEATURE_BYTES_MAX);
    epo_buffer_string(&x->out, "{\"type\":\"FeatureCollection\",\"features\":[\n");
    bool ok = read_all(x, maps, put_geojson);
    epo_buffer_string(&x->out, "\n]}\n");
    ok = ok && flush(x);
    epo_buffer_clear(&x->out);
    if (fclose(x->file) != 0 && ok)
        ok = epo_fail(x->error, EPO_ERROR_BROKEN, "export.write", "%s cannot be written: %s", path,
                      strerror(errno));
    return ok;
}

/* ---- GeoPackage ---- */

static bool gdal_failed(struct exporting *x) {
    return epo_fail(x->error, EPO_ERROR_BROKEN, "export.gdal",
                    "the GeoPackage cannot be written: %.300s", gdal.CPLGetLastErrorMsg());
}

/* Columns differ in more than case; what a file once called "id" or "Name" may be the second. */
static void free_name(const struct exporting *x, const char *wanted, char out[COLUMN_NAME_MAX]) {
    size_t len = (size_t)snprintf(out, COLUMN_NAME_MAX - EPO_FIELDS_MAX - 1, "%s", wanted);
    len = len < COLUMN_NAME_MAX - EPO_FIELDS_MAX - 1 ? len : strlen(out);
    while (gdal.OGR_FD_GetFieldIndex(gdal.OGR_L_GetLayerDefn(x->layer), out) >= 0 ||
           strcasecmp(out, GEOMETRY_COLUMN) == 0 || strcasecmp(out, KEY_COLUMN) == 0) {
        out[len++] = '_';
        out[len] = '\0';
    }
}

static bool add_fields(struct exporting *x) {
    static const OGRFieldType TYPES[] = {[EPO_FIELD_TEXT] = OFTString,
                                         [EPO_FIELD_INTEGER] = OFTInteger64,
                                         [EPO_FIELD_REAL] = OFTReal,
                                         [EPO_FIELD_BOOLEAN] = OFTInteger,
                                         [EPO_FIELD_ANY] = OFTString};
    const struct epo_collection *c = x->collection;
    bool ok = true;
    for (size_t i = 0; ok && i <= c->field_count; i++) { /* the first is the id */
        char name[COLUMN_NAME_MAX];
        free_name(x, i == 0 ? "id" : c->fields[i - 1].name, name);
        OGRFieldDefnH field =
            gdal.OGR_Fld_Create(name, i == 0 ? OFTString : TYPES[c->fields[i - 1].type]);
        if (i > 0 && c->fields[i - 1].type == EPO_FIELD_BOOLEAN)
            gdal.OGR_Fld_SetSubType(field, OFSTBoolean);
        ok = gdal.OGR_L_CreateField(x->layer, field, 1) == OGRERR_NONE;
        gdal.OGR_Fld_Destroy(field);
    }
    return ok;
}

static OGRwkbGeometryType shape_of(const struct epo_collection *c) {
    return strcmp(c->geometry, "MultiPolygon") == 0      ? wkbMultiPolygon
           : strcmp(c->geometry, "MultiLineString") == 0 ? wkbMultiLineString
                                                         : wkbPoint;
}

static bool begin_geopackage(struct exporting *x, const char *path) {
    char *options[] = {"FID=" KEY_COLUMN, "GEOMETRY_NAME=" GEOMETRY_COLUMN, NULL};
    GDALDriverH driver = gdal.GDALGetDriverByName("GPKG");
    x->data = driver == NULL ? NULL : gdal.GDALCreate(driver, path, 0, 0, 0, GDT_Unknown, NULL);
    OGRSpatialReferenceH system = gdal.OSRNewSpatialReference(NULL);
    gdal.OSRSetAxisMappingStrategy(system, OAMS_TRADITIONAL_GIS_ORDER);
    if (x->data != NULL && gdal.OSRImportFromEPSG(system, epo_metric()->epsg) == OGRERR_NONE)
        x->layer = gdal.GDALDatasetCreateLayer(x->data, x->collection->name, system,
                                               shape_of(x->collection), options);
    gdal.OSRDestroySpatialReference(system);
    return x->layer != NULL && add_fields(x) &&
           gdal.GDALDatasetStartTransaction(x->data, 0) == OGRERR_NONE;
}

static void set_field(OGRFeatureH feature, int column, const struct epo_json *value,
                      struct epo_pool *pool) {
    switch (value->type) {
    case EPO_JSON_NULL:
        gdal.OGR_F_SetFieldNull(feature, column);
        break;
    case EPO_JSON_BOOLEAN:
        gdal.OGR_F_SetFieldInteger(feature, column, value->boolean);
        break;
    case EPO_JSON_INTEGER:
        gdal.OGR_F_SetFieldInteger64(feature, column, value->integer);
        break;
    case EPO_JSON_REAL:
        gdal.OGR_F_SetFieldDouble(feature, column, value->real);
        break;
    case EPO_JSON_TEXT:
        gdal.OGR_F_SetFieldString(feature, column, epo_pool_string(pool, value->text));
        break;
    default:
        gdal.OGR_F_SetFieldString(feature, column,
                                  epo_pool_string(pool, epo_json_print(pool, value)));
    }
}

/* Points are stored as collections of one. */
static OGRGeometryH geometry_of(const struct exporting *x, struct epo_span wkb) {
    OGRGeometryH geometry = NULL;
    if (wkb.len > INT32_MAX ||
        gdal.OGR_G_CreateFromWkb(wkb.at, NULL, &geometry, (int)wkb.len) != OGRERR_NONE)
        return NULL;
    if (shape_of(x->collection) == wkbPoint)
        geometry = gdal.OGR_G_ForceTo(geometry, wkbPoint, NULL);
    return geometry;
}

static bool commit(struct exporting *x) {
    return gdal.GDALDatasetCommitTransaction(x->data) == OGRERR_NONE &&
           gdal.GDALDatasetStartTransaction(x->data, 0) == OGRERR_NONE;
}

static enum epo_feature_verdict put_geopackage(const struct epo_feature_row *row, void *arg) {
    struct exporting *x = arg;
    struct epo_pool *pool = epo_pool_create();
    OGRFeatureH feature = gdal.OGR_F_Create(gdal.OGR_L_GetLayerDefn(x->layer));
    OGRGeometryH geometry = geometry_of(x, row->wkb_metres);
    set_field(feature, 0, row->id, pool);
    for (uint32_t i = 0; i < row->properties->count; i++)
        set_field(feature, (int)i + 1, row->properties->items[i], pool);
    if (geometry != NULL)
        gdal.OGR_F_SetGeometryDirectly(feature, geometry);
    x->failed = geometry == NULL || gdal.OGR_L_CreateFeature(x->layer, feature) != OGRERR_NONE ||
                (++x->written % ROWS_A_TRANSACTION == 0 && !commit(x));
    gdal.OGR_F_Destroy(feature);
    epo_pool_free(pool);
    tell(x);
    if (x->failed)
        gdal_failed(x);
    return x->failed ? EPO_FEATURE_STOP : EPO_FEATURE_NEXT;
}

static bool write_geopackage(struct exporting *x, struct epo_maps *maps, const char *path) {
    if (!epo_gdal_load(x->error))
        return false;
    gdal.CPLPushErrorHandler(gdal.CPLQuietErrorHandler); /* of this thread */
    gdal.CPLErrorReset();
    bool ok = begin_geopackage(x, path) || gdal_failed(x);
    ok = ok && read_all(x, maps, put_geopackage);
    ok = ok && (gdal.GDALDatasetCommitTransaction(x->data) == OGRERR_NONE || gdal_failed(x));
    if (x->data != NULL) {
        gdal.CPLErrorReset();
        gdal.GDALClose(x->data); /* here the spatial index is written */
        if (ok && gdal.CPLGetLastErrorType() == CE_Failure)
            ok = gdal_failed(x);
    }
    gdal.CPLPopErrorHandler();
    return ok;
}

bool epo_export_write(struct epo_maps *maps, const struct epo_collection *collection,
                      enum epo_export kind, const char *file,
                      void (*progress)(const char *what, int percent), struct epo_error *error) {
    char aside[1024]; /* GDAL wants its ending */
    struct exporting x = {.collection = collection, .progress = progress, .error = error};
    int len = snprintf(aside, sizeof aside, "%s.part%s", file, ENDINGS[kind]);
    if (len < 0 || (size_t)len >= sizeof aside)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "export.path", "the file's path is too long");
    unlink(aside);
    bool ok = kind == EPO_EXPORT_GEOJSON ? write_geojson(&x, maps, aside)
                                         : write_geopackage(&x, maps, aside);
    if (ok && rename(aside, file) != 0)
        ok = epo_fail(error, EPO_ERROR_BROKEN, "export.write", "%s cannot be put in place: %s",
                      file, strerror(errno));
    if (!ok)
        unlink(aside);
    else if (progress != NULL)
        progress("export", 100);
    return ok;
}
