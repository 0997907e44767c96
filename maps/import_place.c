/* Coordinates of any system into metres of the map, and geometry that the map base can hold. The
 * steps between WGS 84, the map's system and S-JTSK are always our own operations (transform.c):
 * GDAL would choose by its database and can be 12 m off. It is asked for lon/lat, or for another
 * writing of S-JTSK. */
#include <math.h>
#include <stdlib.h>
#include <strings.h>

#include "maps/gdal.h"
#include "maps/geos.h"
#include "maps/import.h"
#include "maps/metric.h"

enum { ESRI_KROVAK = 102067 };

/* ---- systems ---- */

static bool has_code(OGRSpatialReferenceH srs, int code) {
    const char *authority = gdal.OSRGetAuthorityCode(srs, NULL);
    return authority != NULL && atoi(authority) == code;
}

/* S-JTSK in whatever axes, prime meridian or writing (EPSG and ESRI); S-JTSK/05 is another one. */
static bool is_sjtsk(OGRSpatialReferenceH srs) {
    const char *datum = gdal.OSRGetAttrValue(srs, "DATUM", 0);
    if (datum == NULL || strstr(datum, "05") != NULL)
        return false;
    return strcasestr(datum, "Unified_Trigonometrical_Cadastral") != NULL ||
           strcasestr(datum, "Unified Trigonometrical Cadastral") != NULL ||
           strcasestr(datum, "S_JTSK") != NULL || strcasestr(datum, "S-JTSK") != NULL;
}

static bool is_krovak(OGRSpatialReferenceH srs) {
    const char *projection = gdal.OSRGetAttrValue(srs, "PROJECTION", 0);
    return projection != NULL && strncasecmp(projection, "Krovak", 6) == 0;
}

static OGRSpatialReferenceH system_of(int epsg) {
    OGRSpatialReferenceH srs = gdal.OSRNewSpatialReference(NULL);
    epo_assert(gdal.OSRImportFromEPSG(srs, epsg) == OGRERR_NONE);
    gdal.OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
    return srs;
}

static bool choose(struct epo_import_system *system, OGRSpatialReferenceH srs) {
    bool sjtsk = is_sjtsk(srs),
         krovak = has_code(srs, EPO_METRIC_KROVAK) || has_code(srs, ESRI_KROVAK);
    bool own = has_code(srs, epo_metric()->epsg);
    system->known = true;
    system->unit = own ? EPO_IN_METRES : sjtsk || krovak ? EPO_IN_KROVAK : EPO_IN_DEGREES;
    if (own || krovak)
        return true;
    if (sjtsk && is_krovak(srs) && gdal.OSRGetAuthorityCode(srs, NULL) == NULL) {
        system->known = false; /* its axes and signs are known when its numbers are seen */
        return true;
    }
    OGRSpatialReferenceH to = system_of(sjtsk ? EPO_METRIC_KROVAK : 4326);
    system->transform = gdal.OCTNewCoordinateTransformation(srs, to);
    gdal.OSRDestroySpatialReference(to);
    return system->transform != NULL;
}

bool epo_system_choose(struct epo_import_system *system, const char *given,
                       OGRSpatialReferenceH file, struct epo_error *error) {
    *system = (struct epo_import_system){0};
    if (given == NULL) {
        return file == NULL || choose(system, file) ||
               epo_fail(error, EPO_ERROR_BAD_INPUT, "import.srs",
                        "the file's coordinate system cannot be used: say which it is by --srs "
                        "EPSG:n");
    }
    OGRSpatialReferenceH srs = gdal.OSRNewSpatialReference(NULL);
    bool ok = gdal.OSRSetFromUserInput(srs, given) == OGRERR_NONE;
    gdal.OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
    ok = ok && choose(system, srs);
    gdal.OSRDestroySpatialReference(srs);
    return ok || epo_fail(error, EPO_ERROR_BAD_INPUT, "import.srs",
                          "--srs %s is not a coordinate system: write it like EPSG:5514", given);
}

/* Czechia in the systems that its files are written in; no two ranges overlap. */
static const struct range {
    double min_x, max_x, min_y, max_y;
    int epsg;
    bool swapped, positive;
} RANGES[] = {
    {12, 19, 48, 51.5, 4326, false, false},
    {48, 51.5, 12, 19, 4326, true, false},
    {-910000, -420000, -1235000, -930000, EPO_METRIC_KROVAK, false, false},
    {-1235000, -930000, -910000, -420000, EPO_METRIC_KROVAK, true, false},
    {420000, 910000, 930000, 1235000, EPO_METRIC_KROVAK, false, true}, /* RÚIAN: Y, X */
    {930000, 1235000, 420000, 910000, EPO_METRIC_KROVAK, true, true},  /* X, Y */
    {1330000, 2120000, 6100000, 6730000, 3857, false, false},
    {280000, 800000, 5350000, 5680000, 32633, false, false},
};

static bool within(const struct range *range, double x, double y) {
    return x >= range->min_x && x <= range->max_x && y >= range->min_y && y <= range->max_y;
}

/* Where the map's own system is another than Czechia's: degrees, or metres as the map's. */
static bool guess_own(struct epo_import_system *system, double x, double y) {
    const struct epo_metric *m = epo_metric();
    const struct range own[] = {
        {m->lon_min, m->lon_max, m->lat_min, m->lat_max, 4326, false, false},
        {m->lat_min, m->lat_max, m->lon_min, m->lon_max, 4326, true, false},
        {m->x_min, m->x_max, m->y_min, m->y_max, m->epsg, false, false},
        {m->y_min, m->y_max, m->x_min, m->x_max, m->epsg, true, false},
    };
    for (size_t i = 0; i < sizeof own / sizeof *own && !epo_metric_is_krovak(); i++)
        if (within(&own[i], x, y)) {
            epo_system_clear(system);
            *system = (struct epo_import_system){.known = true,
                                                 .unit = own[i].epsg == 4326 ? EPO_IN_DEGREES
                                                                             : EPO_IN_METRES,
                                                 .swapped = own[i].swapped};
            return true;
        }
    return false;
}

bool epo_system_guess(struct epo_import_system *system, double x, double y,
                      struct epo_error *error) {
    if (guess_own(system, x, y))
        return true;
    for (size_t i = 0; i < sizeof RANGES / sizeof *RANGES; i++) {
        const struct range *range = &RANGES[i];
        if (!within(range, x, y))
            continue;
        bool krovak = range->epsg == EPO_METRIC_KROVAK;
        epo_system_clear(system);
        *system = (struct epo_import_system){.known = true,
                                             .unit = krovak ? EPO_IN_KROVAK : EPO_IN_DEGREES,
                                             .swapped = range->swapped,
                                             .positive = range->positive};
        if (krovak || range->epsg == 4326)
            return true;
        OGRSpatialReferenceH from = system_of(range->epsg), to = system_of(4326);
        system->transform = gdal.OCTNewCoordinateTransformation(from, to);
        gdal.OSRDestroySpatialReference(from);
        gdal.OSRDestroySpatialReference(to);
        return system->transform != NULL || epo_fail(error, EPO_ERROR_BROKEN, "import.srs",
                                                     "PROJ does not know EPSG:%d", range->epsg);
    }
    return epo_fail(error, EPO_ERROR_BAD_INPUT, "import.system",
                    "the file does not say its coordinate system, and %g %g lies in none of those "
                    "used there: say which it is by --srs EPSG:n",
                    x, y);
}

void epo_system_clear(struct epo_import_system *system) {
    if (system->transform != NULL)
        gdal.OCTDestroyCoordinateTransformation(system->transform);
    *system = (struct epo_import_system){0};
}

bool epo_system_apply(const struct epo_import_system *system, struct epo_point *at) {
    struct epo_point p = system->swapped ? (struct epo_point){at->y, at->x} : *at, out;
    if (system->positive)
        p = (struct epo_point){-p.x, -p.y};
    if (system->transform != NULL && !gdal.OCTTransform(system->transform, 1, &p.x, &p.y, NULL))
        return false;
    bool as_it_is =
        system->unit == EPO_IN_METRES || (system->unit == EPO_IN_KROVAK && epo_metric_is_krovak());
    if (system->unit == EPO_IN_KROVAK && !as_it_is && !epo_transform_from_krovak(p, &p, NULL))
        return false;
    if (as_it_is)
        out = p;
    else if (!epo_transform_to_metres(p, &out, NULL))
        return false;
    if (!epo_transform_in_range(out))
        return false;
    *at = (struct epo_point){round(out.x * 1000) / 1000, round(out.y * 1000) / 1000};
    return true;
}

/* ---- geometry ---- */

enum epo_layer_shape epo_geometry_shape(OGRGeometryH geometry) {
    if (geometry == NULL || gdal.OGR_G_IsEmpty(geometry))
        return 0;
    int dimension = gdal.OGR_G_GetDimension(geometry);
    return dimension == 0 ? EPO_SHAPE_POINT : dimension == 1 ? EPO_SHAPE_LINE : EPO_SHAPE_AREA;
}

static int vertices_of(OGRGeometryH geometry, int depth) {
    int parts = gdal.OGR_G_GetGeometryCount(geometry), count = 0;
    if (parts == 0)
        return gdal.OGR_G_GetPointCount(geometry);
    for (int i = 0; i < parts && depth < 4 && count <= EPO_IMPORT_VERTICES_MAX; i++)
        count += vertices_of(gdal.OGR_G_GetGeometryRef(geometry, i), depth + 1);
    return count;
}

static GEOSGeometry *to_geos(OGRGeometryH geometry) {
    OGRGeometryH straight = NULL;
    gdal.OGR_G_FlattenTo2D(geometry);
    if (gdal.OGR_G_HasCurveGeometry(geometry, 0))
        geometry = straight = gdal.OGR_G_GetLinearGeometry(geometry, 0, NULL);
    GEOSGeometry *made = NULL;
    if (geometry != NULL && vertices_of(geometry, 0) <= EPO_IMPORT_VERTICES_MAX) {
        gdal.OGR_G_CloseRings(geometry);
        int size = gdal.OGR_G_WkbSize(geometry);
        unsigned char *wkb = malloc((size_t)size + 1);
        epo_assert(wkb != NULL);
        if (gdal.OGR_G_ExportToIsoWkb(geometry, wkbNDR, wkb) == OGRERR_NONE)
            made = GEOSGeomFromWKB_buf_r(epo_geos(), wkb, (size_t)size);
        free(wkb);
    }
    gdal.OGR_G_DestroyGeometry(straight);
    return made;
}

static int move(double *x, double *y, void *arg) {
    struct epo_point at = {*x, *y};
    if (!epo_system_apply(arg, &at))
        return 0;
    *x = at.x;
    *y = at.y;
    return 1;
}

/* Takes g; gives the area without crossings, or NULL. */
static GEOSGeometry *mend(GEOSGeometry *g) {
    GEOSContextHandle_t geos = epo_geos();
    GEOSMakeValidParams *params = GEOSMakeValidParams_create_r(geos);
    GEOSMakeValidParams_setMethod_r(geos, params, GEOS_MAKE_VALID_STRUCTURE);
    GEOSMakeValidParams_setKeepCollapsed_r(geos, params, 0);
    GEOSGeometry *mended = GEOSMakeValidWithParams_r(geos, g, params);
    GEOSMakeValidParams_destroy_r(geos, params);
    GEOSGeom_destroy_r(geos, g);
    return mended;
}

static GEOSGeometry *replaced(GEOSGeometry *g, GEOSGeometry *by) {
    GEOSGeom_destroy_r(epo_geos(), g);
    return by;
}

/* Takes g, in metres; gives what is fit for a layer of the shape. */
static GEOSGeometry *fit(GEOSGeometry *g, enum epo_layer_shape shape, struct epo_settled *out) {
    GEOSContextHandle_t geos = epo_geos();
    double size = 0;
    int dimension = GEOSGeom_getDimensions_r(geos, g);
    int kind = GEOSGeomTypeId_r(geos, g);
    if (kind == GEOS_GEOMETRYCOLLECTION ||
        (shape != EPO_SHAPE_POINT && dimension + 1 != (int)shape))
        out->fault = "another shape than the layer's";
    else if (shape == EPO_SHAPE_POINT && dimension > 0)
        return replaced(g, GEOSPointOnSurface_r(geos, g));
    else if (shape == EPO_SHAPE_LINE && (GEOSLength_r(geos, g, &size) != 1 || size <= 0))
        out->fault = "the line has no length";
    if (out->fault != NULL || shape != EPO_SHAPE_AREA)
        return g;
    if (GEOSisValid_r(geos, g) != 1) {
        out->mended = "the outline crossed itself";
        g = mend(g);
    }
    if (g == NULL || GEOSGeom_getDimensions_r(geos, g) != 2 ||
        GEOSGeomTypeId_r(geos, g) == GEOS_GEOMETRYCOLLECTION || GEOSArea_r(geos, g, &size) != 1 ||
        size <= 0)
        out->fault = "the outline encloses no area";
    return g;
}

static bool write_wkb(const GEOSGeometry *g, struct epo_settled *out) {
    GEOSContextHandle_t geos = epo_geos();
    GEOSWKBWriter *writer = GEOSWKBWriter_create_r(geos);
    GEOSWKBWriter_setByteOrder_r(geos, writer, GEOS_WKB_NDR);
    GEOSWKBWriter_setOutputDimension_r(geos, writer, 2);
    out->bytes = GEOSWKBWriter_write_r(geos, writer, g, &out->wkb.len);
    out->wkb.at = (const char *)out->bytes;
    GEOSWKBWriter_destroy_r(geos, writer);
    return out->bytes != NULL;
}

void epo_place_settle(const struct epo_import_system *system, OGRGeometryH geometry,
                      enum epo_layer_shape shape, struct epo_settled *settled) {
    GEOSContextHandle_t geos = epo_geos();
    *settled = (struct epo_settled){0};
    if (epo_geometry_shape(geometry) == 0) {
        settled->fault = "no place";
        return;
    }
    GEOSGeometry *read = to_geos(geometry);
    if (read == NULL) {
        settled->fault = "the geometry is malformed or has too many corners";
        return;
    }
    GEOSGeometry *moved = GEOSGeom_transformXY_r(geos, read, move, (void *)system);
    GEOSGeom_destroy_r(geos, read);
    if (moved == NULL) {
        settled->fault = "coordinates out of the map's range (wrong --srs, or axes exchanged?)";
        return;
    }
    moved = fit(moved, shape, settled);
    if (settled->fault == NULL && (moved == NULL || !write_wkb(moved, settled)))
        settled->fault = "the geometry is malformed";
    GEOSGeom_destroy_r(geos, moved);
}

void epo_settled_clear(struct epo_settled *settled) {
    if (settled->bytes != NULL)
        GEOSFree_r(epo_geos(), settled->bytes);
    *settled = (struct epo_settled){0};
}
