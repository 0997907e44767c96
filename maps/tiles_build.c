/* Vector tiles of the map base, written by GDAL's MVT writer. Coordinates are turned into web
 * mercator here and not by GDAL, which might choose another S-JTSK operation, 12 m off. */
#include <cpl_error.h>
#include <gdal.h>
#include <math.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "maps/build.h"

#define ZOOM_LEAST "10"
#define ZOOM_MOST "16"
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
static const struct epo_statement ADDRESSES = {
    "tiles.addresses",
    "SELECT CASE WHEN orientation > 0 THEN orientation || letter ELSE conscription END,"
    " AsBinary(geometry) FROM address ORDER BY id",
    NULL};
static const struct epo_statement META = {"tiles.meta", "SELECT value FROM meta WHERE key = $1",
                                          NULL};

/* What goes where: kinds of a layer of the map base into a layer of the tiles, from which zoom on.
 * The first row that fits a feature is taken; a layer without rows goes whole under its own name.
 * To thin out a crowded zoom, raise min_zoom here. */
enum { NAME = 1, KIND = 2, RANK = 4, NUMBER = 8, CODE = 16, CLASS = 32, ZONE = 64, SORT = 128 };
static const struct rule {
    const char *layer, *kind, *target; /* kind NULL: any */
    const char *min_zoom;
    int fields;
} RULES[] = {
    {"city", NULL, "city", ZOOM_LEAST, NAME},
    {"district", NULL, "district", ZOOM_LEAST, NAME | CODE},
    {"cadastral_area", NULL, "cadastral_area", "14", NAME},
    {"water", "stream", "water", "13", NAME | KIND},
    {"water", NULL, "water", ZOOM_LEAST, NAME | KIND},
    {"park", NULL, "park", "11", NAME | KIND},
    {"landuse", "wood", "landuse", ZOOM_LEAST, KIND},
    {"landuse", NULL, "landuse", "12", KIND},
    {"built_up", NULL, "landuse", ZOOM_LEAST, KIND},
    {"rail", "main", "rail", ZOOM_LEAST, KIND},
    {"rail", "branch", "rail", "12", KIND},
    {"rail", NULL, "rail", "13", KIND},
    {"street", "primary", "street", ZOOM_LEAST, NAME | CLASS},
    {"street", "secondary", "street", "11", NAME | CLASS},
    {"street", "tertiary", "street", "12", NAME | CLASS},
    {"street", "residential", "street", "13", NAME | CLASS},
    {"street", "pedestrian", "street", "13", NAME | CLASS},
    {"street", NULL, "street", "14", NAME | CLASS},
    {"building", "works", "building", "13", KIND},
    {"building", "yard", "building", "15", KIND},
    {"building", NULL, "building", "14", KIND},
    {"public_space", NULL, "public_space", "14", NAME | ZONE | SORT},
    {"parcel", NULL, "parcel", ZOOM_MOST, NUMBER},
    {"place_label", "district", "place_label", ZOOM_LEAST, NAME | KIND | RANK},
    {"place_label", "quarter", "place_label", "12", NAME | KIND | RANK},
    {"place_label", "village", "place_label", "11", NAME | KIND | RANK},
    {"place_label", "square", "place_label", "14", NAME | KIND | RANK},
    {"place_label", "station", "place_label", "13", NAME | KIND | RANK},
    {"place_label", NULL, "nature_label", "13", NAME | KIND | RANK},
    {"address", NULL, "address", ZOOM_MOST, NUMBER},
};
enum { RULE_COUNT = sizeof RULES / sizeof *RULES, EXTRA_MAX = 64 };

/* Names of the fields in the tiles, by bit. */
static const struct {
    int bit;
    const char *name;
} FIELDS[] = {{NAME, "name"}, {KIND, "kind"},   {RANK, "rank"}, {NUMBER, "number"},
              {CODE, "code"}, {CLASS, "class"}, {ZONE, "zone"}, {SORT, "kind"}};
enum { FIELD_COUNT = sizeof FIELDS / sizeof *FIELDS };

struct building {
    GDALDatasetH file;
    OGRSpatialReferenceH mercator;
    OGRLayerH by_rule[RULE_COUNT];
    struct {
        char name[64];
        OGRLayerH layer;
    } extra[EXTRA_MAX];
    int extra_count;
    struct epo_db *db;
    epo_progress_fn progress;
    struct epo_error *error;
};

static bool gdal_failed(struct epo_error *error, const char *doing) {
    return epo_fail(error, EPO_ERROR_BROKEN, "tiles.gdal", "%s: %.300s", doing,
                    CPLGetLastErrorMsg());
}

/* ---- coordinates ---- */

struct walk {
    unsigned char *at;
    size_t left;
};

static bool to_mercator(unsigned char *xy) {
    const double radius = 6378137;
    struct epo_point metres, degrees;
    memcpy(&metres.x, xy, 8);
    memcpy(&metres.y, xy + 8, 8);
    if (!epo_transform_to_4326(metres, &degrees, NULL))
        return false;
    double x = radius * degrees.x * M_PI / 180;
    double y = radius * log(tan(M_PI / 4 + degrees.y * M_PI / 360));
    memcpy(xy, &x, 8);
    memcpy(xy + 8, &y, 8);
    return true;
}

static bool skip(struct walk *w, size_t bytes) {
    if (w->left < bytes)
        return false;
    w->at += bytes;
    w->left -= bytes;
    return true;
}

static bool next_u32(struct walk *w, uint32_t *value) {
    if (w->left < 4)
        return false;
    memcpy(value, w->at, 4);
    return skip(w, 4);
}

static bool walk_positions(struct walk *w, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (w->left < 16 || !to_mercator(w->at) || !skip(w, 16))
            return false;
    return true;
}

/* Changes the coordinates of 2D little-endian WKB in place. depth: a multi holds simple ones. */
static bool walk_geometry(struct walk *w, int depth) {
    uint32_t type, count = 1, inner;
    if (depth > 2 || !skip(w, 1) || !next_u32(w, &type) || (type != 1 && !next_u32(w, &count)))
        return false;
    if (type <= 2)
        return walk_positions(w, count);
    for (uint32_t i = 0; i < count; i++)
        if (type == 3 ? !next_u32(w, &inner) || !walk_positions(w, inner)
                      : !walk_geometry(w, depth + 1))
            return false;
    return true;
}

static OGRGeometryH mercator_geometry(struct epo_span wkb) {
    unsigned char *bytes = malloc(wkb.len + 1);
    epo_assert(bytes != NULL);
    memcpy(bytes, wkb.at, wkb.len);
    struct walk walk = {bytes, wkb.len};
    OGRGeometryH geometry = NULL;
    if (!walk_geometry(&walk, 0) ||
        OGR_G_CreateFromWkb(bytes, NULL, &geometry, (int)wkb.len) != OGRERR_NONE)
        geometry = NULL;
    free(bytes);
    return geometry;
}

/* ---- layers ---- */

static OGRLayerH make_layer(struct building *b, const char *unique, const char *target,
                            const char *min_zoom, int fields) {
    char name[80], zoom[32];
    snprintf(name, sizeof name, "NAME=%s", target);
    snprintf(zoom, sizeof zoom, "MINZOOM=%s", min_zoom);
    char *options[] = {name, zoom, "MAXZOOM=" ZOOM_MOST, NULL};
    OGRLayerH layer = GDALDatasetCreateLayer(b->file, unique, b->mercator, wkbUnknown, options);
    if (layer == NULL) {
        gdal_failed(b->error, target);
        return NULL;
    }
    for (int i = 0; i < FIELD_COUNT; i++) {
        if ((fields & FIELDS[i].bit) == 0)
            continue;
        OGRFieldDefnH field =
            OGR_Fld_Create(FIELDS[i].name, FIELDS[i].bit == RANK ? OFTInteger : OFTString);
        OGR_L_CreateField(layer, field, 1);
        OGR_Fld_Destroy(field);
    }
    return layer;
}

/* Where a feature goes; *drawn is false if nowhere. NULL is a failure when it is drawn. */
static OGRLayerH layer_for(struct building *b, const char *layer, struct epo_span kind, int *fields,
                           bool *drawn) {
    for (int i = 0; i < RULE_COUNT; i++) {
        if (strcmp(RULES[i].layer, layer) != 0 ||
            (RULES[i].kind != NULL && !epo_span_is(kind, RULES[i].kind)))
            continue;
        *fields = RULES[i].fields;
        *drawn = RULES[i].target != NULL;
        if (!*drawn)
            return NULL;
        if (b->by_rule[i] == NULL) {
            char unique[64];
            snprintf(unique, sizeof unique, "%s_%d", RULES[i].target, i);
            b->by_rule[i] =
                make_layer(b, unique, RULES[i].target, RULES[i].min_zoom, RULES[i].fields);
        }
        return b->by_rule[i];
    }
    *fields = NAME | CODE | KIND;
    *drawn = true;
    for (int i = 0; i < b->extra_count; i++)
        if (strcmp(b->extra[i].name, layer) == 0)
            return b->extra[i].layer;
    if (b->extra_count == EXTRA_MAX) {
        epo_fail(b->error, EPO_ERROR_TOO_LARGE, "tiles.layers", "more than %d extra layers",
                 EXTRA_MAX);
        return NULL;
    }
    OGRLayerH made = make_layer(b, layer, layer, "13", *fields);
    snprintf(b->extra[b->extra_count].name, sizeof b->extra[0].name, "%s", layer);
    b->extra[b->extra_count++].layer = made;
    return made;
}

static void set_text(OGRFeatureH feature, const char *field, struct epo_span text) {
    char value[256];
    if (text.len == 0)
        return;
    snprintf(value, sizeof value, "%.*s", EPO_ARG(text));
    int index = OGR_F_GetFieldIndex(feature, field);
    if (index >= 0)
        OGR_F_SetFieldString(feature, index, value);
}

static bool write_feature(struct building *b, OGRLayerH layer, OGRFeatureH feature,
                          struct epo_span wkb) {
    OGRGeometryH geometry = mercator_geometry(wkb);
    bool ok = true;
    if (geometry != NULL) { /* what cannot be placed is not drawn */
        OGR_F_SetGeometryDirectly(feature, geometry);
        ok = OGR_L_CreateFeature(layer, feature) == OGRERR_NONE ||
             gdal_failed(b->error, "writing a feature");
    }
    OGR_F_Destroy(feature);
    return ok;
}

/* Tiles are for everybody: bits of the fields that are not. */
static int hidden_fields(struct epo_span public_fields) {
    int hidden = NAME | NUMBER | KIND | CLASS | ZONE | SORT;
    while (public_fields.len > 0) {
        struct epo_span word = epo_span_cut(public_fields, ' ', &public_fields);
        if (epo_span_is(word, "name"))
            hidden &= ~(NAME | NUMBER);
        else if (epo_span_is(word, "kind"))
            hidden &= ~(KIND | CLASS | ZONE);
        else if (epo_span_is(word, "belongs"))
            hidden &= ~SORT;
    }
    return hidden;
}

static bool write_layer(struct building *b, int64_t id, const char *name,
                        enum epo_layer_shape shape, int hidden) {
    bool ok = true, spaces = strcmp(name, "public_space") == 0;
    struct epo_rows *rows = epo_db_query(b->db, &FEATURES[shape], EPO_BIND(EPO_INTEGER(id)));
    while (ok && epo_rows_next(rows)) {
        int fields;
        bool drawn;
        if (spaces && epo_span_is(epo_rows_text(rows, 3), "park"))
            continue; /* drawn as a park */
        struct epo_span kind = hidden & KIND ? EPO_SPAN("") : epo_rows_text(rows, 2);
        OGRLayerH layer = layer_for(b, name, kind, &fields, &drawn);
        if (layer == NULL) {
            ok = !drawn;
            continue;
        }
        fields &= ~hidden;
        OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
        if (fields & CODE)
            set_text(feature, "code", epo_rows_text(rows, 0));
        if (fields & NAME)
            set_text(feature, "name", epo_rows_text(rows, 1));
        if (fields & NUMBER)
            set_text(feature, "number", epo_rows_text(rows, 1));
        if (fields & (KIND | CLASS | ZONE))
            set_text(feature,
                     fields & KIND    ? "kind"
                     : fields & CLASS ? "class"
                                      : "zone",
                     epo_rows_text(rows, 2));
        if (fields & SORT)
            set_text(feature, "kind", epo_rows_text(rows, 3));
        if (fields & RANK)
            OGR_F_SetFieldInteger(feature, OGR_F_GetFieldIndex(feature, "rank"),
                                  (int)epo_rows_integer(rows, 4));
        ok = write_feature(b, layer, feature, epo_rows_text(rows, 5));
    }
    return epo_rows_end(rows, ok ? b->error : NULL) && ok;
}

static bool write_addresses(struct building *b) {
    int fields;
    bool drawn;
    OGRLayerH layer = layer_for(b, "address", (struct epo_span){NULL, 0}, &fields, &drawn);
    bool ok = layer != NULL;
    struct epo_rows *rows = epo_db_query(b->db, &ADDRESSES, EPO_BIND_NONE);
    while (ok && epo_rows_next(rows)) {
        OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
        set_text(feature, "number", epo_rows_text(rows, 0));
        ok = write_feature(b, layer, feature, epo_rows_text(rows, 1));
    }
    return epo_rows_end(rows, ok ? b->error : NULL) && ok;
}

static bool write_layers(struct building *b) {
    enum { ROOM = 256 };
    struct {
        int64_t id;
        char name[64];
        enum epo_layer_shape shape;
        int hidden;
    } *list = calloc(ROOM, sizeof *list);
    epo_assert(list != NULL);
    int count = 0;
    struct epo_rows *rows = epo_db_query(b->db, &LAYERS, EPO_BIND_NONE);
    while (epo_rows_next(rows) && count < ROOM) {
        struct epo_span shape = epo_rows_text(rows, 2);
        list[count].id = epo_rows_integer(rows, 0);
        list[count].hidden = hidden_fields(epo_rows_text(rows, 3));
        list[count].shape = epo_span_is(shape, "point")  ? EPO_SHAPE_POINT
                            : epo_span_is(shape, "line") ? EPO_SHAPE_LINE
                                                         : EPO_SHAPE_AREA;
        snprintf(list[count++].name, sizeof list[0].name, "%.*s", EPO_ARG(epo_rows_text(rows, 1)));
    }
    bool ok = epo_rows_end(rows, b->error);
    for (int i = 0; ok && i < count; i++) {
        if (b->progress != NULL)
            b->progress("tiles", 60 * i / count);
        ok = write_layer(b, list[i].id, list[i].name, list[i].shape, list[i].hidden);
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
    /* Read back by tile.c: version, a space, attribution. "2" is this file's own version. */
    snprintf(description, sizeof description, "DESCRIPTION=%.12s-2 %s", content, attribution);
    char *options[] = {name,
                       description,
                       "MINZOOM=" ZOOM_LEAST,
                       "MAXZOOM=" ZOOM_MOST,
                       "MAX_SIZE=" TILE_BYTES_MAX,
                       "EXTENT=4096",
                       "BUFFER=80",
                       "SIMPLIFICATION=1.2",
                       "SIMPLIFICATION_MAX_ZOOM=0.5",
                       NULL};
    GDALDriverH driver = GDALGetDriverByName("MBTILES");
    GDALDatasetH file =
        driver == NULL ? NULL : GDALCreate(driver, path, 0, 0, 0, GDT_Unknown, options);
    if (file == NULL)
        gdal_failed(error, "creating the tiles");
    return file;
}

static bool build(struct building *b, const char *path) {
    GDALAllRegister();
    CPLPushErrorHandler(CPLQuietErrorHandler);
    CPLErrorReset();
    b->mercator = OSRNewSpatialReference(NULL);
    OSRImportFromEPSG(b->mercator, 3857);
    OSRSetAxisMappingStrategy(b->mercator, OAMS_TRADITIONAL_GIS_ORDER);
    b->file = create_file(b->db, path, b->error);
    bool ok = b->file != NULL && write_layers(b);
    if (b->file != NULL) {
        if (b->progress != NULL)
            b->progress("tiles", 60);
        CPLErrorReset();
        GDALClose(b->file); /* here the tiles are cut and compressed */
        if (ok && CPLGetLastErrorType() == CE_Failure)
            ok = gdal_failed(b->error, "finishing the tiles");
    }
    OSRDestroySpatialReference(b->mercator);
    CPLPopErrorHandler();
    if (ok && b->progress != NULL)
        b->progress("tiles", 100);
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
    unlink(aside);
    struct epo_store *store = epo_store_open(
        map, &(struct epo_store_options){.spatial = true, .read_only = true, .label = "map"},
        error);
    struct building b = {.progress = progress, .error = error};
    b.db = store == NULL ? NULL : epo_store_connect(store, error);
    bool ok = b.db != NULL && build(&b, aside);
    epo_db_close(b.db);
    if (store != NULL)
        epo_store_close(store);
    if (ok && rename(aside, path) != 0)
        ok = epo_fail(error, EPO_ERROR_BROKEN, "tiles.rename", "%s cannot be put in place", path);
    if (!ok)
        unlink(aside);
    return ok;
}
