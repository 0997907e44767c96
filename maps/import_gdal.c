/* Whatever GDAL reads, as tables of features; and the formats that need nothing more. */
#include <stdio.h>
#include <strings.h>

#include "maps/gdal.h"
#include "maps/import.h"
#include "maps/import_bind.h"

enum { LAYERS_MAX = 1000, BINDINGS_MAX = 32, ROWS_IN_A_POOL = 256 };

struct table { /* a layer of the file and what is made of it */
    OGRLayerH layer;
    struct epo_import_system system;
    struct epo_binding bindings[BINDINGS_MAX];
    int binding_count;
    int x, y; /* columns of a place, -1 if it has a geometry */
    int64_t rows;
};
struct reading {
    const struct epo_import_source *source;
    const struct epo_gdal_how *how;
    GDALDatasetH data;
    struct table *tables; /* LAYERS_MAX at most, malloc'd with the pool */
    int table_count;
    struct epo_pool *row_pool;
    int64_t rows;
};

/* ---- which layers ---- */

/* Names under which a place stands in two columns: x and then y, or the other way round (their
 * ranges tell them apart). */
static const char *const COORDINATES[][2] = {
    {"lon", "lat"},
    {"lng", "lat"},
    {"long", "lat"},
    {"longitude", "latitude"},
    {"zem_delka", "zem_sirka"},
    {"zemepisna_delka", "zemepisna_sirka"},
    {"gps_x", "gps_y"},
    {"wgs84_x", "wgs84_y"},
    {"souradnice_x", "souradnice_y"},
    {"sjtsk_x", "sjtsk_y"},
    {"x_sjtsk", "y_sjtsk"},
    {"point_x", "point_y"},
    {"coord_x", "coord_y"},
    {"easting", "northing"},
    {"x", "y"},
};

static void find_coordinates(struct table *table, const char *const *names) {
    table->x = table->y = -1;
    for (size_t i = 0; i < sizeof COORDINATES / sizeof *COORDINATES && table->x < 0; i++) {
        table->x = epo_column_find(names, COORDINATES[i][0]);
        table->y = epo_column_find(names, COORDINATES[i][1]);
        if (table->y < 0)
            table->x = -1;
    }
}

static bool fits_source(const struct reading *r, const struct epo_plan_source *from,
                        const char *name) {
    return (from->format == NULL || strcmp(from->format, r->how->format) == 0) &&
           strcasecmp(from->layer, name) == 0;
}

static bool add_binding(struct reading *r, struct table *table, const struct epo_layer_plan *plan,
                        const struct epo_plan_source *from, const char *const *names,
                        struct epo_error *error) {
    if (table->binding_count == BINDINGS_MAX)
        return epo_fail(error, EPO_ERROR_TOO_LARGE, "import.sources",
                        "layers.json makes more than %d things of one layer", BINDINGS_MAX);
    epo_bind(&table->bindings[table->binding_count++], r->source->pool, r->source->plan, plan, from,
             names);
    return true;
}

static bool add_table(struct reading *r, OGRLayerH layer, bool whole, struct epo_error *error) {
    struct table *table = &r->tables[r->table_count];
    const struct epo_import_source *source = r->source;
    const char *const *names =
        epo_column_names(source->pool, gdal.OGR_L_GetLayerDefn(layer), source->options->encoding);
    *table = (struct table){.layer = layer, .x = -1, .y = -1};
    if (whole && !add_binding(r, table, source->wanted, NULL, names, error))
        return false;
    for (size_t i = 0; !whole && i < source->plan->layer_count; i++) {
        const struct epo_layer_plan *plan = &source->plan->layers[i];
        for (size_t k = 0; k < plan->source_count; k++)
            if ((source->wanted == NULL || source->wanted == plan) &&
                fits_source(r, &plan->sources[k], gdal.OGR_L_GetName(layer)) &&
                !add_binding(r, table, plan, &plan->sources[k], names, error))
                return false;
    }
    if (table->binding_count == 0)
        return true;
    if (r->how->coordinate_columns &&
        gdal.OGR_FD_GetGeomFieldCount(gdal.OGR_L_GetLayerDefn(layer)) == 0)
        find_coordinates(table, names);
    r->table_count++;
    return epo_system_choose(&table->system, source->options->srs, gdal.OGR_L_GetSpatialRef(layer),
                             error);
}

/* The one layer that --layer NAME means in a file without a row in layers.json. */
static OGRLayerH only_layer(struct reading *r, struct epo_error *error) {
    const char *source = r->source->options->source;
    char names[300] = "";
    OGRLayerH found = NULL;
    int count = gdal.GDALDatasetGetLayerCount(r->data), places = 0;
    for (int i = 0; i < count && i < LAYERS_MAX; i++) {
        OGRLayerH layer = gdal.GDALDatasetGetLayer(r->data, i);
        const char *name = gdal.OGR_L_GetName(layer);
        size_t len = strlen(names);
        snprintf(names + len, sizeof names - len, "%s%s", len > 0 ? ", " : "", name);
        if (strcasecmp(name, source != NULL ? source : r->source->wanted->name) == 0)
            return layer;
        bool place = gdal.OGR_L_GetGeomType(layer) != wkbNone || r->how->coordinate_columns;
        places += place;
        if (place && found == NULL)
            found = layer;
    }
    if (source == NULL && places == 1)
        return found;
    if (count == 0 || (source == NULL && places == 0))
        epo_fail(error, EPO_ERROR_BAD_INPUT, "import.empty", "%s has no layer with places",
                 r->source->input->shown);
    else
        epo_fail(error, EPO_ERROR_BAD_INPUT, "import.source",
                 "%s has several layers: name one by --source (%s)", r->source->input->shown,
                 names);
    return NULL;
}

static bool choose_tables(struct reading *r, struct epo_error *error) {
    int count = gdal.GDALDatasetGetLayerCount(r->data);
    r->tables = EPO_NEW_ARRAY(r->source->pool, struct table,
                              (size_t)(count < LAYERS_MAX ? count : LAYERS_MAX) + 1);
    bool named = r->source->options->source != NULL;
    for (int i = 0; !named && i < count && i < LAYERS_MAX; i++)
        if (!add_table(r, gdal.GDALDatasetGetLayer(r->data, i), false, error))
            return false;
    if (r->table_count > 0)
        return true;
    if (r->source->wanted == NULL || r->how->interleaved)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "import.sources",
                        "%s: layers.json does not say (\"sources\") what of it goes where",
                        r->source->input->shown);
    OGRLayerH layer = only_layer(r, error);
    return layer != NULL && add_table(r, layer, true, error);
}

/* ---- rows ---- */

static void guess_system(struct table *table, OGRGeometryH geometry) {
    while (gdal.OGR_G_GetGeometryCount(geometry) > 0)
        geometry = gdal.OGR_G_GetGeometryRef(geometry, 0);
    if (gdal.OGR_G_GetPointCount(geometry) > 0)
        epo_system_guess(&table->system, gdal.OGR_G_GetX(geometry, 0), gdal.OGR_G_GetY(geometry, 0),
                         NULL);
}

/* From the columns, with commas or points; NULL without both. To be destroyed. */
static OGRGeometryH point_of(const struct table *table, OGRFeatureH feature) {
    double at[2];
    const int columns[2] = {table->x, table->y};
    for (int i = 0; i < 2; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s", gdal.OGR_F_GetFieldAsString(feature, columns[i]));
        for (char *c = text; *c != '\0'; c++)
            if (*c == ',')
                *c = '.';
        if (!epo_span_real(epo_span_trim(epo_span(text)), &at[i]))
            return NULL;
    }
    OGRGeometryH point = gdal.OGR_G_CreateGeometry(wkbPoint);
    gdal.OGR_G_SetPoint_2D(point, 0, at[0], at[1]);
    return point;
}

/* Ids of different kinds may have the same number: OSM counts nodes, ways and relations each from
 * 1. */
static void prefix_id(struct reading *r, const struct table *table, OGRFeatureH feature,
                      struct epo_import_row *row) {
    const char *const *prefixes = r->how->prefixes;
    for (; prefixes != NULL && *prefixes != NULL; prefixes += 3) {
        int column = gdal.OGR_F_GetFieldIndex(feature, prefixes[1]);
        if (strcmp(gdal.OGR_L_GetName(table->layer), prefixes[0]) != 0 || column < 0 ||
            !gdal.OGR_F_IsFieldSetAndNotNull(feature, column))
            continue;
        row->feature.code = row->address.code = epo_pool_printf(
            r->row_pool, "%s%s", prefixes[2], gdal.OGR_F_GetFieldAsString(feature, column));
        return;
    }
}

static bool take_feature(struct reading *r, struct table *table, OGRFeatureH feature,
                         struct epo_error *error) {
    if (r->rows++ % ROWS_IN_A_POOL == 0) {
        epo_pool_free(r->row_pool);
        r->row_pool = epo_pool_create();
    }
    table->rows++;
    OGRGeometryH own = table->x >= 0 ? point_of(table, feature) : NULL;
    OGRGeometryH geometry = table->x >= 0 ? own : gdal.OGR_F_GetGeometryRef(feature);
    const struct epo_layer_plan *taken_for = NULL;
    bool ok = true;
    for (int i = 0; ok && i < table->binding_count; i++) {
        const struct epo_binding *binding = &table->bindings[i];
        if (binding->plan == taken_for || !epo_bound_meant(binding, feature))
            continue; /* of several sources of a layer the first that fits */
        taken_for = binding->plan;
        struct epo_import_row row = {.row = table->rows + r->how->header_rows,
                                     .geometry = geometry,
                                     .system = &table->system};
        epo_bound_fill(binding, r->row_pool, feature, r->source->options->encoding, table->rows,
                       &row);
        prefix_id(r, table, feature, &row);
        if (geometry != NULL && !table->system.known)
            guess_system(table, geometry);
        if (geometry != NULL && !table->system.known)
            row.fault = "the file does not say its coordinate system, and the place lies in none "
                        "of those used there (--srs says which)";
        ok = r->source->take(r->source->arg, &row, error);
    }
    gdal.OGR_G_DestroyGeometry(own);
    return ok;
}

static bool gdal_said(struct reading *r, struct epo_error *error) {
    return epo_fail(error, EPO_ERROR_BAD_INPUT, "import.damaged", "%s: %.300s",
                    r->source->input->shown, gdal.CPLGetLastErrorMsg());
}

static bool read_table(struct reading *r, int at, struct epo_error *error) {
    struct table *table = &r->tables[at];
    GIntBig count = gdal.OGR_L_GetFeatureCount(table->layer, 1);
    OGRFeatureH feature;
    bool ok = true;
    gdal.CPLErrorReset();
    gdal.OGR_L_ResetReading(table->layer);
    while (ok && (feature = gdal.OGR_L_GetNextFeature(table->layer)) != NULL) {
        ok = take_feature(r, table, feature, error);
        gdal.OGR_F_Destroy(feature);
        double within = count > 0 ? (double)table->rows / (double)count : 0;
        *r->source->done = (at + (within < 1 ? within : 1)) / r->table_count;
    }
    return ok && (gdal.CPLGetLastErrorType() < CE_Failure || gdal_said(r, error));
}

/* Layers of one file come mixed: one pass for all. */
static bool read_mixed(struct reading *r, struct epo_error *error) {
    OGRFeatureH feature;
    OGRLayerH layer;
    bool ok = true;
    gdal.CPLErrorReset();
    gdal.GDALDatasetResetReading(r->data);
    while (ok && (feature = gdal.GDALDatasetGetNextFeature(r->data, &layer, r->source->done, NULL,
                                                           NULL)) != NULL) {
        for (int i = 0; ok && i < r->table_count; i++)
            if (r->tables[i].layer == layer)
                ok = take_feature(r, &r->tables[i], feature, error);
        gdal.OGR_F_Destroy(feature);
    }
    return ok && (gdal.CPLGetLastErrorType() < CE_Failure || gdal_said(r, error));
}

bool epo_gdal_read(const struct epo_import_source *source, const struct epo_gdal_how *how,
                   struct epo_error *error) {
    struct reading r = {.source = source, .how = how};
    gdal.CPLErrorReset();
    r.data = gdal.GDALOpenEx(source->input->path, GDAL_OF_VECTOR | GDAL_OF_READONLY, how->drivers,
                             how->options, NULL);
    if (r.data == NULL)
        return gdal.CPLGetLastErrorMsg()[0] != '\0'
                   ? gdal_said(&r, error)
                   : epo_fail(error, EPO_ERROR_BAD_INPUT, "import.format",
                              "%s is of no format that can be read", source->input->shown);
    bool ok = choose_tables(&r, error);
    if (how->interleaved)
        ok = ok && read_mixed(&r, error);
    for (int i = 0; !how->interleaved && ok && i < r.table_count; i++)
        ok = read_table(&r, i, error);
    for (int i = 0; i < r.table_count; i++)
        epo_system_clear(&r.tables[i].system);
    epo_pool_free(r.row_pool);
    gdal.GDALClose(r.data);
    return ok;
}

/* ---- GeoPackage, GeoJSON, GML, FlatGeobuf and others that say all about themselves ---- */

static bool recognise(struct epo_span head, const char *shown) {
    (void)shown;
    return head.len > 0;
}

static bool read_file(const struct epo_import_source *source, struct epo_error *error) {
    /* Drivers that read one local file and fetch nothing. */
    static const char *const DRIVERS[] = {"GPKG",       "GeoJSON",  "GeoJSONSeq",   "GML",
                                          "FlatGeobuf", "TopoJSON", "MapInfo File", "LIBKML",
                                          "KML",        NULL};
    static const char *const OPTIONS[] = {"DOWNLOAD_SCHEMA=NO", "WRITE_GFS=NO", NULL};
    static const struct epo_gdal_how HOW = {
        .format = "gdal", .drivers = DRIVERS, .options = OPTIONS};
    return epo_gdal_read(source, &HOW, error);
}

const struct epo_import_format epo_import_gdal = {"gdal", recognise, read_file, false};
