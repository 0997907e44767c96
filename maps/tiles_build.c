/* Vector tiles of the map base, written by GDAL's MVT writer: rows of the map base go into the
 * layers that tiles_rules.c names for them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "maps/build.h"
#include "maps/gdal.h"
#include "maps/tiles_mercator.h"
#include "maps/tiles_part.h"
#include "maps/tiles_rules.h"

#define CITY_MIN_ZOOM "13"     /* of a layer that the city has brought itself */
#define TILE_BYTES_MAX "60000" /* compressed; the writer thins out what is larger */

static const struct epo_statement LAYERS = {
    "tiles.layers",
    "SELECT id, name, shape, public_fields FROM layer WHERE visible = 'public' ORDER BY id", NULL};
static const struct epo_statement FEATURES[] = {
    [EPO_SHAPE_AREA] = {"tiles.areas",
                        "SELECT code, name, kind, belongs, rank, AsBinary(geometry)"
                        " FROM area WHERE layer = $1 ORDER BY id",
                        NULL},
    [EPO_SHAPE_LINE] = {"tiles.lines",
                        "SELECT code, name, kind, belongs, rank, AsBinary(geometry)"
                        " FROM line WHERE layer = $1 ORDER BY id",
                        NULL},
    [EPO_SHAPE_POINT] = {"tiles.points",
                         "SELECT code, name, kind, belongs, rank, AsBinary(geometry)"
                         " FROM point WHERE layer = $1 ORDER BY id",
                         NULL},
};
/* The pieces of a street or a stream joined: its name then stands along the whole and not in each
 * piece. */
static const struct epo_statement JOINED = {
    "tiles.joined",
    "SELECT '', name, kind, '', 0, AsBinary(coalesce(LineMerge(Collect(geometry)),"
    " Collect(geometry))) FROM line WHERE layer = $1 AND name <> '' GROUP BY name, kind"
    " UNION ALL SELECT code, name, kind, belongs, rank, AsBinary(geometry)"
    " FROM line WHERE layer = $1 AND name = ''",
    NULL};
/* Shared borders once: drawn with each of two neighbours, dashes would fall between dashes. */
static const struct epo_statement BORDERS = {
    "tiles.borders",
    "SELECT AsBinary(LineMerge(UnaryUnion(Collect(Boundary(geometry))))) FROM area"
    " WHERE layer = $1",
    NULL};
static const struct epo_statement ADDRESSES = {
    "tiles.addresses",
    "SELECT CASE WHEN orientation > 0 THEN orientation || letter ELSE conscription END,"
    " AsBinary(geometry) FROM address ORDER BY id",
    NULL};
static const struct epo_statement META = {"tiles.meta", "SELECT value FROM meta WHERE key = $1",
                                          NULL};

/* Names of the fields in the tiles, by bit. */
static const struct {
    int bit;
    const char *name;
} FIELDS[] = {{EPO_TILE_NAME, "name"}, {EPO_TILE_KIND, "kind"},     {EPO_TILE_RANK, "rank"},
              {EPO_TILE_CODE, "code"}, {EPO_TILE_NUMBER, "number"}, {EPO_TILE_CLASS, "class"},
              {EPO_TILE_ZONE, "zone"}, {EPO_TILE_SORT, "kind"}};
enum {
    FIELD_COUNT = sizeof FIELDS / sizeof *FIELDS,
    RULES_MAX = 96,
    LABELS_MAX = 16,
    EXTRA_MAX = 64
};

struct building {
    GDALDatasetH file;
    OGRSpatialReferenceH mercator;
    OGRLayerH by_rule[RULES_MAX], by_label[LABELS_MAX];
    struct {
        char name[64];
        OGRLayerH layer;
    } extra[EXTRA_MAX];
    int extra_count;
    bool own_labels;                   /* the map base says itself where names stand */
    const struct epo_tiles_part *part; /* NULL: all tiles */
    struct epo_db *db;
    epo_progress_fn progress;
    struct epo_error *error;
};

static bool gdal_failed(struct epo_error *error, const char *doing) {
    return epo_fail(error, EPO_ERROR_BROKEN, "tiles.gdal", "%s: %.300s", doing,
                    gdal.CPLGetLastErrorMsg());
}

/* ---- layers of the tiles ---- */

/* Layers of one target differ in name only: the writer joins them. NULL on failure. */
static OGRLayerH make_layer(struct building *b, const char *unique, const char *target,
                            const char *min_zoom, int fields) {
    char name[80], zoom[32];
    snprintf(name, sizeof name, "NAME=%s", target);
    snprintf(zoom, sizeof zoom, "MINZOOM=%s", min_zoom);
    char *options[] = {name, zoom, "MAXZOOM=" EPO_TILE_ZOOM_MOST, NULL};
    OGRLayerH layer =
        gdal.GDALDatasetCreateLayer(b->file, unique, b->mercator, wkbUnknown, options);
    if (layer == NULL) {
        gdal_failed(b->error, target);
        return NULL;
    }
    for (int i = 0; i < FIELD_COUNT; i++) {
        if ((fields & FIELDS[i].bit) == 0)
            continue;
        OGRFieldDefnH field = gdal.OGR_Fld_Create(
            FIELDS[i].name, FIELDS[i].bit == EPO_TILE_RANK ? OFTInteger : OFTString);
        gdal.OGR_L_CreateField(layer, field, 1);
        gdal.OGR_Fld_Destroy(field);
    }
    return layer;
}

static OGRLayerH layer_of_rule(struct building *b, const struct epo_tile_rule *rule) {
    size_t at = (size_t)(rule - EPO_TILE_RULES);
    char unique[64];
    epo_assert(at < RULES_MAX);
    snprintf(unique, sizeof unique, "%s_%zu", rule->target, at);
    if (b->by_rule[at] == NULL)
        b->by_rule[at] = make_layer(b, unique, rule->target, rule->min_zoom, rule->fields);
    return b->by_rule[at];
}

static OGRLayerH layer_of_label(struct building *b, const struct epo_tile_label *label) {
    size_t at = (size_t)(label - EPO_TILE_LABELS);
    char unique[64];
    epo_assert(at < LABELS_MAX);
    snprintf(unique, sizeof unique, "label_%zu", at);
    if (b->by_label[at] == NULL)
        b->by_label[at] = make_layer(b, unique, label->target, label->min_zoom, label->fields);
    return b->by_label[at];
}

/* A layer that the city has brought itself. */
static OGRLayerH layer_of_city(struct building *b, const char *name, int fields) {
    for (int i = 0; i < b->extra_count; i++)
        if (strcmp(b->extra[i].name, name) == 0)
            return b->extra[i].layer;
    if (b->extra_count == EXTRA_MAX) {
        epo_fail(b->error, EPO_ERROR_TOO_LARGE, "tiles.layers", "more than %d extra layers",
                 EXTRA_MAX);
        return NULL;
    }
    OGRLayerH made = make_layer(b, name, name, CITY_MIN_ZOOM, fields);
    snprintf(b->extra[b->extra_count].name, sizeof b->extra[0].name, "%s", name);
    b->extra[b->extra_count++].layer = made;
    return made;
}

/* ---- features ---- */

static void set_text(OGRFeatureH feature, const char *field, struct epo_span text) {
    char value[256];
    int index = gdal.OGR_F_GetFieldIndex(feature, field);
    if (text.len == 0 || index < 0)
        return;
    snprintf(value, sizeof value, "%.*s", EPO_ARG(text));
    gdal.OGR_F_SetFieldString(feature, index, value);
}

struct row { /* of the map base */
    struct epo_span code, name, kind, belongs;
    int rank;
};

/* Takes geometry. */
static bool write_feature(struct building *b, OGRLayerH layer, int fields, const struct row *row,
                          OGRGeometryH geometry) {
    OGRFeatureH feature = gdal.OGR_F_Create(gdal.OGR_L_GetLayerDefn(layer));
    const struct {
        int bit;
        struct epo_span text;
    } TEXTS[] = {{EPO_TILE_CODE, row->code},   {EPO_TILE_NAME, row->name},
                 {EPO_TILE_NUMBER, row->name}, {EPO_TILE_KIND, row->kind},
                 {EPO_TILE_CLASS, row->kind},  {EPO_TILE_ZONE, row->kind},
                 {EPO_TILE_SORT, row->belongs}};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        for (int k = 0; k < FIELD_COUNT; k++)
            if (fields & TEXTS[i].bit & FIELDS[k].bit)
                set_text(feature, FIELDS[k].name, TEXTS[i].text);
    if (fields & EPO_TILE_RANK)
        gdal.OGR_F_SetFieldInteger(feature, gdal.OGR_F_GetFieldIndex(feature, "rank"), row->rank);
    gdal.OGR_F_SetGeometryDirectly(feature, geometry);
    bool ok = gdal.OGR_L_CreateFeature(layer, feature) == OGRERR_NONE ||
              gdal_failed(b->error, "writing a feature");
    gdal.OGR_F_Destroy(feature);
    return ok;
}

/* The point that carries an area's name. The larger the area, the more important. */
static bool write_label(struct building *b, const char *kind, const struct row *of,
                        OGRGeometryH area) {
    const struct epo_tile_label *label = EPO_TILE_LABELS;
    while (strcmp(label->kind, kind) != 0)
        epo_assert(++label < EPO_TILE_LABELS + EPO_TILE_LABEL_COUNT);
    if (of->name.len == 0 || (b->own_labels && !label->always))
        return true;
    OGRGeometryH at = gdal.OGR_G_PointOnSurface(area);
    if (at == NULL)
        return true; /* not an area, or broken: nothing to stand on */
    double m2 = gdal.OGR_G_Area(area);
    struct row row = {.name = of->name, .kind = epo_span(kind), .rank = m2 > 100e3 ? 3 : 4};
    OGRLayerH layer = layer_of_label(b, label);
    if (layer != NULL)
        return write_feature(b, layer, label->fields, &row, at);
    gdal.OGR_G_DestroyGeometry(at);
    return false;
}

/* Is it in one of the tiles that are to be cut, at any zoom, itself or its name? */
static bool is_wanted(struct building *b, const struct epo_tile_rule *rule, OGRGeometryH geometry) {
    int64_t from, label_from;
    if (b->part == NULL)
        return true;
    epo_assert(epo_span_integer(epo_span(rule != NULL ? rule->min_zoom : CITY_MIN_ZOOM), &from));
    for (size_t i = 0; rule != NULL && rule->label != NULL && i < EPO_TILE_LABEL_COUNT; i++)
        if (strcmp(EPO_TILE_LABELS[i].kind, rule->label) == 0 &&
            epo_span_integer(epo_span(EPO_TILE_LABELS[i].min_zoom), &label_from))
            from = label_from < from ? label_from : from;
    return epo_tiles_part_wants(b->part, geometry, (int)from);
}

static bool write_row(struct building *b, const char *name, const struct row *row,
                      struct epo_span wkb) {
    const struct epo_tile_rule *rule = epo_tile_rule_for(name, row->kind);
    int fields = rule != NULL ? rule->fields : EPO_TILE_NAME | EPO_TILE_CODE | EPO_TILE_KIND;
    OGRGeometryH geometry = epo_mercator_geometry(wkb);
    if (geometry == NULL)
        return true; /* what cannot be placed is not drawn */
    if (!is_wanted(b, rule, geometry)) {
        gdal.OGR_G_DestroyGeometry(geometry);
        return true;
    }
    OGRLayerH layer = rule != NULL ? layer_of_rule(b, rule) : layer_of_city(b, name, fields);
    if (layer == NULL ||
        (rule != NULL && rule->label != NULL && !write_label(b, rule->label, row, geometry))) {
        gdal.OGR_G_DestroyGeometry(geometry);
        return false;
    }
    struct row shown = *row;
    if (rule != NULL && rule->value != NULL)
        shown.kind = epo_span(rule->value);
    return write_feature(b, layer, fields, &shown, geometry);
}

struct layer { /* of the map base. Tiles are for everybody: some fields may not be */
    int64_t id;
    char name[64];
    enum epo_layer_shape shape;
    bool name_shown, kind_shown, belongs_shown;
};

static void read_shown(struct layer *layer, struct epo_span public_fields) {
    while (public_fields.len > 0) {
        struct epo_span word = epo_span_cut(public_fields, ' ', &public_fields);
        layer->name_shown |= epo_span_is(word, "name");
        layer->kind_shown |= epo_span_is(word, "kind");
        layer->belongs_shown |= epo_span_is(word, "belongs");
    }
}

static struct epo_span shown(bool may, struct epo_rows *rows, int column) {
    return may ? epo_rows_text(rows, column) : EPO_SPAN("");
}

static bool write_layer(struct building *b, const struct layer *layer) {
    const char *name = layer->name;
    bool spaces = strcmp(name, "public_space") == 0, ok = true;
    bool named = layer->shape == EPO_SHAPE_LINE &&
                 (strcmp(name, "street") == 0 || strcmp(name, "stream") == 0);
    struct epo_rows *rows = epo_db_query(b->db, named ? &JOINED : &FEATURES[layer->shape],
                                         EPO_BIND(EPO_INTEGER(layer->id)));
    while (ok && epo_rows_next(rows)) {
        struct row row = {.code = epo_rows_text(rows, 0),
                          .name = shown(layer->name_shown, rows, 1),
                          .kind = shown(layer->kind_shown, rows, 2),
                          .belongs = shown(layer->belongs_shown, rows, 3),
                          .rank = (int)epo_rows_integer(rows, 4)};
        if (!spaces || !epo_span_is(epo_rows_text(rows, 3), "park")) /* which is drawn as one */
            ok = write_row(b, name, &row, epo_rows_text(rows, 5));
    }
    return epo_rows_end(rows, ok ? b->error : NULL) && ok;
}

static bool write_borders(struct building *b, const struct layer *layer) {
    bool ok = true;
    struct epo_rows *rows = epo_db_query(b->db, &BORDERS, EPO_BIND(EPO_INTEGER(layer->id)));
    while (ok && epo_rows_next(rows)) {
        struct row row = {.kind = epo_span(layer->name)};
        ok = write_row(b, "border", &row, epo_rows_text(rows, 0));
    }
    return epo_rows_end(rows, ok ? b->error : NULL) && ok;
}

static bool write_addresses(struct building *b) {
    bool ok = true;
    struct epo_rows *rows = epo_db_query(b->db, &ADDRESSES, EPO_BIND_NONE);
    while (ok && epo_rows_next(rows)) {
        struct row row = {.name = epo_rows_text(rows, 0)};
        ok = write_row(b, "address", &row, epo_rows_text(rows, 1));
    }
    return epo_rows_end(rows, ok ? b->error : NULL) && ok;
}

static bool write_layers(struct building *b) {
    enum { ROOM = 256 };
    struct layer *list = calloc(ROOM, sizeof *list);
    epo_assert(list != NULL);
    int count = 0;
    struct epo_rows *rows = epo_db_query(b->db, &LAYERS, EPO_BIND_NONE);
    while (epo_rows_next(rows) && count < ROOM) {
        struct epo_span shape = epo_rows_text(rows, 2);
        list[count].id = epo_rows_integer(rows, 0);
        read_shown(&list[count], epo_rows_text(rows, 3));
        list[count].shape = epo_span_is(shape, "point")  ? EPO_SHAPE_POINT
                            : epo_span_is(shape, "line") ? EPO_SHAPE_LINE
                                                         : EPO_SHAPE_AREA;
        b->own_labels |= epo_span_is(epo_rows_text(rows, 1), "place_label");
        snprintf(list[count++].name, sizeof list[0].name, "%.*s", EPO_ARG(epo_rows_text(rows, 1)));
    }
    bool ok = epo_rows_end(rows, b->error);
    for (int i = 0; ok && i < count; i++) {
        if (b->progress != NULL)
            b->progress("tiles", 60 * i / count);
        ok = write_layer(b, &list[i]);
        if (ok && list[i].shape == EPO_SHAPE_AREA &&
            (strcmp(list[i].name, "city") == 0 || strcmp(list[i].name, "district") == 0))
            ok = write_borders(b, &list[i]);
    }
    free(list);
    return ok && write_addresses(b);
}

static void read_meta(struct epo_db *db, const char *key, char *out, size_t size) {
    out[0] = '\0';
    struct epo_rows *rows = epo_db_query(db, &META, EPO_BIND(EPO_STRING(key)));
    if (epo_rows_next(rows))
        snprintf(out, size, "%.*s", EPO_ARG(epo_rows_text(rows, 0)));
    epo_rows_end(rows, NULL);
}

static GDALDatasetH create_file(struct epo_db *db, const char *path, struct epo_error *error) {
    char content[80], attribution[200], name_cs[100], name[128], description[320];
    read_meta(db, "content", content, sizeof content);
    read_meta(db, "attribution", attribution, sizeof attribution);
    read_meta(db, "name_cs", name_cs, sizeof name_cs);
    snprintf(name, sizeof name, "NAME=%s", name_cs[0] != '\0' ? name_cs : "map");
    /* Read back by tile.c: version, a space, attribution. "3" is this file's own version. */
    snprintf(description, sizeof description, "DESCRIPTION=%.12s-3 %s", content, attribution);
    char *options[] = {name,
                       description,
                       "MINZOOM=" EPO_TILE_ZOOM_LEAST,
                       "MAXZOOM=" EPO_TILE_ZOOM_MOST,
                       "MAX_SIZE=" TILE_BYTES_MAX,
                       "EXTENT=4096",
                       "BUFFER=80",
                       "SIMPLIFICATION=1.2",
                       "SIMPLIFICATION_MAX_ZOOM=0.5",
                       NULL};
    GDALDriverH driver = gdal.GDALGetDriverByName("MBTILES");
    GDALDatasetH file =
        driver == NULL ? NULL : gdal.GDALCreate(driver, path, 0, 0, 0, GDT_Unknown, options);
    if (file == NULL)
        gdal_failed(error, "creating the tiles");
    return file;
}

static bool build(struct building *b, const char *path) {
    if (!epo_gdal_load(b->error))
        return false;
    gdal.CPLPushErrorHandler(gdal.CPLQuietErrorHandler);
    gdal.CPLErrorReset();
    b->mercator = gdal.OSRNewSpatialReference(NULL);
    gdal.OSRImportFromEPSG(b->mercator, 3857);
    gdal.OSRSetAxisMappingStrategy(b->mercator, OAMS_TRADITIONAL_GIS_ORDER);
    b->file = create_file(b->db, path, b->error);
    bool ok = b->file != NULL && write_layers(b);
    if (b->file != NULL) {
        if (b->progress != NULL)
            b->progress("tiles", 60);
        gdal.CPLErrorReset();
        gdal.GDALClose(b->file); /* here the tiles are cut and compressed */
        if (ok && gdal.CPLGetLastErrorType() == CE_Failure)
            ok = gdal_failed(b->error, "finishing the tiles");
    }
    gdal.OSRDestroySpatialReference(b->mercator);
    gdal.CPLPopErrorHandler();
    if (ok && b->progress != NULL)
        b->progress("tiles", 100);
    return ok;
}

bool epo_tiles_cut(const char *map, const char *path, const struct epo_tiles_part *part,
                   epo_progress_fn progress, struct epo_error *error) {
    unlink(path);
    struct epo_store *store = epo_store_open(
        map, &(struct epo_store_options){.spatial = true, .read_only = true, .label = "map"},
        error);
    struct building b = {.part = part, .progress = progress, .error = error};
    b.db = store == NULL ? NULL : epo_store_connect(store, error);
    bool ok = b.db != NULL && build(&b, path);
    epo_db_close(b.db);
    if (store != NULL)
        epo_store_close(store);
    return ok;
}

bool epo_tiles_build(const char *folder, void (*progress)(const char *what, int percent),
                     struct epo_error *error) {
    char map[512], aside[512], path[512];
    int len = snprintf(map, sizeof map, "%s/map.db", folder);
    if (len < 0 || len > 480)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "map.path", "the folder's path is too long");
    snprintf(aside, sizeof aside, "%s/tiles-new.mbtiles", folder);
    snprintf(path, sizeof path, "%s/tiles.mbtiles", folder);
    bool ok = epo_tiles_cut(map, aside, NULL, progress, error);
    if (ok && rename(aside, path) != 0)
        ok = epo_fail(error, EPO_ERROR_BROKEN, "tiles.rename", "%s cannot be put in place", path);
    if (!ok)
        unlink(aside);
    return ok;
}
