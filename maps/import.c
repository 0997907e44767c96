/* Any vector file that GDAL reads into a layer of the map base. Coordinates reach EPSG:5514 by our
 * own operation: GDAL is only asked for lon/lat where the file is in some third system, and files
 * in a Krovak system are taken as they are. */
#include <cpl_error.h>
#include <gdal.h>
#include <math.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/log.h"
#include "maps/build.h"

enum { FEATURES_MAX = 5000000, REASONS = 8 };

/* Layers that the portal knows by name: what they are for and what people call them. Others are
 * plain facts. A new known layer is a row. */
static const struct known {
    const char *name, *cs, *en, *role;
} KNOWN[] = {
    {"city", "Obec", "Municipality", "city"},
    {"district", "Městské obvody", "City districts", "district"},
    {"cadastral_area", "Katastrální území", "Cadastral areas", "cadastral_area"},
    {"parcel", "Parcely", "Parcels", "parcel"},
    {"public_space", "Veřejná prostranství", "Public space", "public_space"},
    {"street", "Ulice", "Streets", "street"},
    {"building", "Budovy", "Buildings", "picture"},
    {"landuse", "Využití území", "Land use", "picture"},
    {"rail", "Železnice", "Railways", "picture"},
};

/* Which column of a file means what: the first of these names found, whatever the case. */
static const char *const NAME_COLUMNS[] = {"name",       "nazev", "naz",     "jmeno",
                                           "nazev_ulic", "ulice", "parcela", "cislo",
                                           "number",     "label", NULL};
static const char *const CODE_COLUMNS[] = {"code",        "kod",     "id", "fid",
                                           "kod_parcely", "ogc_fid", NULL};
static const char *const KIND_COLUMNS[] = {"kind",  "owner", "vlastnik", "druh", "typ",
                                           "class", "zone",  "zona",     NULL};
static const char *const BELONGS_COLUMNS[] = {"cadastral_area", "katuze", "ku_nazev", "belongs",
                                              NULL};
static const char *const MEASURE_COLUMNS[] = {"area_m2", "vymera", "vymera_parcely", "width", NULL};

struct importing {
    const char *file, *layer, *srs;
    epo_progress_fn progress;
    GDALDatasetH data;
    OGRLayerH source;
    OGRSpatialReferenceH wgs84;
    OGRCoordinateTransformationH to_wgs84; /* NULL: the file is in lon/lat or in 5514 */
    bool is_5514;
    enum epo_layer_shape shape;
    int name, code, kind, belongs, measure; /* columns, -1 if none */
    int64_t layer_id, taken;
    struct {
        const char *reason;
        int64_t count;
    } rejected[REASONS];
};

static bool reject(struct importing *im, const char *reason) {
    for (int i = 0; i < REASONS; i++) {
        if (im->rejected[i].reason == NULL)
            im->rejected[i].reason = reason;
        if (strcmp(im->rejected[i].reason, reason) == 0) {
            im->rejected[i].count++;
            return true; /* the import goes on */
        }
    }
    return true;
}

/* ---- opening ---- */

static bool gdal_failed(struct epo_error *error, const char *code, const char *file) {
    return epo_fail(error, EPO_ERROR_BAD_INPUT, code, "%s: %.300s", file, CPLGetLastErrorMsg());
}

static int column(OGRFeatureDefnH columns, const char *const *names) {
    for (; *names != NULL; names++)
        for (int i = 0; i < OGR_FD_GetFieldCount(columns); i++)
            if (strcasecmp(OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(columns, i)), *names) == 0)
                return i;
    return -1;
}

static bool has_code(OGRSpatialReferenceH srs, const char *code) {
    const char *authority = OSRGetAuthorityCode(srs, NULL);
    return authority != NULL && strcmp(authority, code) == 0;
}

/* 5514, or a system without a code that says Krovak (files of ČÚZK and of ESRI). */
static bool is_krovak(OGRSpatialReferenceH srs) {
    const char *projection = OSRGetAttrValue(srs, "PROJECTION", 0);
    return has_code(srs, "5514") || has_code(srs, "102067") ||
           (OSRGetAuthorityCode(srs, NULL) == NULL && projection != NULL &&
            strncasecmp(projection, "Krovak", 6) == 0);
}

static bool choose_system(struct importing *im, struct epo_error *error) {
    OGRSpatialReferenceH given = NULL, srs = OGR_L_GetSpatialRef(im->source);
    im->wgs84 = OSRNewSpatialReference(NULL);
    OSRImportFromEPSG(im->wgs84, 4326);
    OSRSetAxisMappingStrategy(im->wgs84, OAMS_TRADITIONAL_GIS_ORDER);
    if (im->srs != NULL) {
        srs = given = OSRNewSpatialReference(NULL);
        if (OSRSetFromUserInput(given, im->srs) != OGRERR_NONE) {
            OSRDestroySpatialReference(given);
            return epo_fail(error, EPO_ERROR_BAD_INPUT, "import.srs",
                            "--srs %s is not a coordinate system: write it like EPSG:5514",
                            im->srs);
        }
        OSRSetAxisMappingStrategy(given, OAMS_TRADITIONAL_GIS_ORDER);
    }
    bool ok = true;
    if (srs == NULL) /* city files often lack a .prj: they are in 5514, and ranges are checked */
        im->is_5514 = true;
    else if (is_krovak(srs))
        im->is_5514 = true;
    else if (!has_code(srs, "4326") && !OSRIsSame(srs, im->wgs84)) {
        im->to_wgs84 = OCTNewCoordinateTransformation(srs, im->wgs84);
        ok = im->to_wgs84 != NULL || gdal_failed(error, "import.srs", im->file);
    }
    if (given != NULL)
        OSRDestroySpatialReference(given);
    return ok;
}

static bool open_source(struct importing *im, struct epo_error *error) {
    im->data = GDALOpenEx(im->file, GDAL_OF_VECTOR | GDAL_OF_READONLY, NULL, NULL, NULL);
    if (im->data == NULL)
        return gdal_failed(error, "import.open", im->file);
    im->source = GDALDatasetGetLayerByName(im->data, im->layer);
    if (im->source == NULL)
        im->source = GDALDatasetGetLayer(im->data, 0);
    if (im->source == NULL)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "import.empty", "%s has no layers", im->file);
    OGRFeatureDefnH columns = OGR_L_GetLayerDefn(im->source);
    im->name = column(columns, NAME_COLUMNS);
    im->code = column(columns, CODE_COLUMNS);
    im->kind = column(columns, KIND_COLUMNS);
    im->belongs = column(columns, BELONGS_COLUMNS);
    im->measure = column(columns, MEASURE_COLUMNS);
    return choose_system(im, error);
}

/* The shape of the first feature that has one decides for the layer. */
static bool choose_shape(struct importing *im, struct epo_error *error) {
    OGRFeatureH feature;
    OGR_L_ResetReading(im->source);
    while (im->shape == 0 && (feature = OGR_L_GetNextFeature(im->source)) != NULL) {
        OGRGeometryH geometry = OGR_F_GetGeometryRef(feature);
        if (geometry != NULL && !OGR_G_IsEmpty(geometry))
            im->shape = OGR_G_GetDimension(geometry) == 0   ? EPO_SHAPE_POINT
                        : OGR_G_GetDimension(geometry) == 1 ? EPO_SHAPE_LINE
                                                            : EPO_SHAPE_AREA;
        OGR_F_Destroy(feature);
    }
    OGR_L_ResetReading(im->source);
    return im->shape != 0 || epo_fail(error, EPO_ERROR_BAD_INPUT, "import.empty",
                                      "%s has no features with a place", im->file);
}

/* ---- features ---- */

static bool to_5514(struct importing *im, double *x, double *y) {
    struct epo_point at = {*x, *y}, out;
    if (im->is_5514) /* only the range is checked */
        return epo_transform_to_4326(at, &out, NULL);
    if (im->to_wgs84 != NULL && !OCTTransform(im->to_wgs84, 1, &at.x, &at.y, NULL))
        return false;
    if (!epo_transform_to_5514(at, &out, NULL))
        return false;
    *x = round(out.x * 1000) / 1000;
    *y = round(out.y * 1000) / 1000;
    return true;
}

/* depth: collections of polygons of rings; deeper is not a vector feature. */
static bool move(struct importing *im, OGRGeometryH geometry, int depth) {
    int parts = OGR_G_GetGeometryCount(geometry);
    for (int i = 0; i < parts; i++)
        if (depth >= 4 || !move(im, OGR_G_GetGeometryRef(geometry, i), depth + 1))
            return false;
    for (int i = 0; parts == 0 && i < OGR_G_GetPointCount(geometry); i++) {
        double x = OGR_G_GetX(geometry, i), y = OGR_G_GetY(geometry, i);
        if (!to_5514(im, &x, &y))
            return false;
        OGR_G_SetPoint_2D(geometry, i, x, y);
    }
    return true;
}

static const char *text_at(OGRFeatureH feature, int column) {
    return column >= 0 && OGR_F_IsFieldSetAndNotNull(feature, column)
               ? OGR_F_GetFieldAsString(feature, column)
               : "";
}

static bool write_geometry(struct importing *im, struct epo_build *build, OGRFeatureH feature,
                           OGRGeometryH geometry, struct epo_error *error) {
    int size = OGR_G_WkbSize(geometry);
    unsigned char *wkb = malloc((size_t)size + 1);
    epo_assert(wkb != NULL);
    OGR_G_ExportToIsoWkb(geometry, wkbNDR, wkb);
    char code[32];
    snprintf(code, sizeof code, "%lld", (long long)im->taken + 1);
    struct epo_build_feature row = {.layer = im->layer_id,
                                    .code = text_at(feature, im->code),
                                    .name = text_at(feature, im->name),
                                    .kind = text_at(feature, im->kind),
                                    .belongs = text_at(feature, im->belongs),
                                    .wkb = {(const char *)wkb, (size_t)size}};
    if (row.code[0] == '\0')
        row.code = code;
    if (im->measure >= 0)
        row.measure = OGR_F_GetFieldAsDouble(feature, im->measure);
    bool utf8 = epo_text_valid(epo_span(row.name)) && epo_text_valid(epo_span(row.code)) &&
                epo_text_valid(epo_span(row.kind)) && epo_text_valid(epo_span(row.belongs));
    bool ok = utf8 ? epo_build_feature(build, &row, error) : reject(im, "text is not UTF-8");
    im->taken += ok && utf8;
    free(wkb);
    return ok;
}

static bool take(struct importing *im, struct epo_build *build, OGRFeatureH feature,
                 struct epo_error *error) {
    static const int DIMENSION[] = {
        [EPO_SHAPE_POINT] = 0, [EPO_SHAPE_LINE] = 1, [EPO_SHAPE_AREA] = 2};
    OGRGeometryH geometry = OGR_F_StealGeometry(feature);
    if (geometry == NULL || OGR_G_IsEmpty(geometry)) {
        OGR_G_DestroyGeometry(geometry);
        return reject(im, "no place");
    }
    OGR_G_FlattenTo2D(geometry);
    if (OGR_G_HasCurveGeometry(geometry, 0))
        geometry = OGR_G_ForceTo(geometry, OGR_GT_GetLinear(OGR_G_GetGeometryType(geometry)), NULL);
    bool ok = true;
    if (OGR_G_GetDimension(geometry) != DIMENSION[im->shape] ||
        wkbFlatten(OGR_G_GetGeometryType(geometry)) == wkbGeometryCollection) {
        ok = reject(im, "another shape than the layer's");
    } else if (!move(im, geometry, 0)) {
        ok = reject(im, "coordinates outside Czechia (wrong --srs, or axes exchanged?)");
    } else if (im->shape == EPO_SHAPE_AREA && !OGR_G_IsValid(geometry)) {
        OGRGeometryH made = OGR_G_MakeValid(geometry);
        OGR_G_DestroyGeometry(geometry);
        geometry = made;
        if (geometry == NULL || (wkbFlatten(OGR_G_GetGeometryType(geometry)) != wkbPolygon &&
                                 wkbFlatten(OGR_G_GetGeometryType(geometry)) != wkbMultiPolygon))
            ok = reject(im, "outline crosses itself and cannot be mended");
        else
            ok = write_geometry(im, build, feature, geometry, error);
    } else {
        ok = write_geometry(im, build, feature, geometry, error);
    }
    OGR_G_DestroyGeometry(geometry);
    return ok;
}

static bool fill(struct epo_build *build, void *arg, struct epo_error *error) {
    struct importing *im = arg;
    struct known as = {im->layer, im->layer, im->layer, "fact"};
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (strcmp(KNOWN[i].name, im->layer) == 0)
            as = KNOWN[i];
    struct epo_build_layer about = {.name = im->layer,
                                    .title_cs = as.cs,
                                    .title_en = as.en,
                                    .shape = im->shape,
                                    .role = as.role,
                                    .source = "import"};
    if (!epo_build_layer(build, &about, &im->layer_id, error))
        return false;
    GIntBig count = OGR_L_GetFeatureCount(im->source, 1), done = 0;
    OGRFeatureH feature;
    bool ok = true;
    CPLPushErrorHandler(CPLQuietErrorHandler); /* for this thread: the writer's */
    while (ok && (feature = OGR_L_GetNextFeature(im->source)) != NULL) {
        ok = done < FEATURES_MAX ? take(im, build, feature, error)
                                 : epo_fail(error, EPO_ERROR_TOO_LARGE, "import.too_large",
                                            "more than %d features in %s", FEATURES_MAX, im->file);
        OGR_F_Destroy(feature);
        if (im->progress != NULL && count > 0 && done++ % 1000 == 0)
            im->progress("import", (int)(100 * done / count));
    }
    CPLPopErrorHandler();
    if (ok && im->taken == 0)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "import.nothing",
                        "nothing of %s could be used: %s", im->file,
                        im->rejected[0].reason != NULL ? im->rejected[0].reason : "it is empty");
    return ok;
}

/* A name that can stand in rules, URLs and tiles. */
static bool good_name(const char *name) {
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return len > 0 && len < 48 && name[len] == '\0' && strcmp(name, "address") != 0;
}

bool epo_map_import(const char *folder, const char *file, const char *layer, const char *srs,
                    void (*progress)(const char *what, int percent), struct epo_error *error) {
    if (!good_name(layer))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "import.layer",
                        "a layer's name is lower-case letters, digits and _ (not \"address\")");
    struct importing im = {.file = file, .layer = layer, .srs = srs, .progress = progress};
    GDALAllRegister();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLErrorReset();
    bool ok = open_source(&im, error) && choose_shape(&im, error) &&
              epo_build_map(folder, true, fill, &im, error);
    if (im.to_wgs84 != NULL)
        OCTDestroyCoordinateTransformation(im.to_wgs84);
    if (im.wgs84 != NULL)
        OSRDestroySpatialReference(im.wgs84);
    if (im.data != NULL)
        GDALClose(im.data);
    CPLPopErrorHandler();
    if (ok)
        epo_log(EPO_LOG_INFO, "map.imported", EPO_LOG_TEXT("layer", layer),
                EPO_LOG_INT("features", im.taken));
    for (int i = 0; i < REASONS && im.rejected[i].reason != NULL; i++)
        epo_log(EPO_LOG_WARN, "map.import_rejected", EPO_LOG_TEXT("layer", layer),
                EPO_LOG_TEXT("reason", im.rejected[i].reason),
                EPO_LOG_INT("features", im.rejected[i].count));
    return ok;
}
