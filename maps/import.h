/* Readers of city files and what takes their rows. A reader knows its format and neither a database
 * nor a layer's table: it calls `take` for every row, in order. Internal to maps; command line
 * only, one thread. A further format is a file import_<format>.c and a row in import_formats.c. */
#ifndef EPO_MAPS_IMPORT_H
#define EPO_MAPS_IMPORT_H

#include "maps/build.h"
#include "maps/gdal.h"
#include "maps/maps.h"
#include "maps/plan.h"

enum {
    EPO_IMPORT_TEXT_MAX = 2000,        /* bytes of one field */
    EPO_IMPORT_VERTICES_MAX = 1000000, /* of one feature: the border of Czechia has 60 thousand */
    EPO_IMPORT_ROWS_MAX = 20000000, /* all parcels of Czechia are 23 million: one city has fewer */
    EPO_IMPORT_HEAD_BYTES = 4096,   /* what a format may look at to know itself */
    EPO_IMPORT_INPUTS_MAX = 20000   /* files in an archive: RÚIAN has 6258 municipalities */
};

/* ---- import_place.c: coordinates and geometry ---- */
struct epo_import_system { /* of a file's coordinates; {0}: not known yet */
    bool known;
    OGRCoordinateTransformationH transform; /* to what follows; NULL: none needed */
    enum epo_import_unit {
        EPO_IN_DEGREES, /* lon, lat */
        EPO_IN_KROVAK,  /* EPSG:5514 */
        EPO_IN_METRES   /* of the map */
    } unit;
    bool swapped, positive; /* x and y exchanged; Krovak printed without the minus */
};
/* As --srs says (given, may be NULL), else as the file says (may be NULL). Stays unknown if neither
 * does. */
bool epo_system_choose(struct epo_import_system *system, const char *given,
                       OGRSpatialReferenceH file, struct epo_error *error);
/* Of a file that does not say: from the ranges that its first coordinates can only lie in. */
bool epo_system_guess(struct epo_import_system *system, double x, double y,
                      struct epo_error *error);
void epo_system_clear(struct epo_import_system *system);
/* Into metres of the map in whole millimetres; false where they are out of range. */
bool epo_system_apply(const struct epo_import_system *system, struct epo_point *at);

struct epo_settled {     /* a geometry fit for the map base */
    struct epo_span wkb; /* in bytes */
    unsigned char *bytes;
    const char *fault;  /* why it cannot be used; constant text, or NULL */
    const char *mended; /* what was wrong with it before; constant text, or NULL */
};
/* Turns into metres, straightens curves, repairs areas. The geometry is changed on the way. */
void epo_place_settle(const struct epo_import_system *system, OGRGeometryH geometry,
                      enum epo_layer_shape shape, struct epo_settled *settled);
void epo_settled_clear(struct epo_settled *settled);
/* The shape that a geometry has; 0 if it is empty. */
enum epo_layer_shape epo_geometry_shape(OGRGeometryH geometry);

/* ---- rows ---- */
struct epo_import_row { /* texts live as long as the call */
    const struct epo_layer_plan *plan;
    int64_t row;       /* line of a CSV, else number of the feature, from 1 */
    const char *fault; /* the reader knows that it cannot be used, and why */
    bool gone;         /* exists no more: what has this code is taken away */
    bool only_city;    /* of a file for the whole country: taken if it lies in the city */
    struct epo_build_feature feature; /* layer and wkb are not the reader's */
    struct epo_build_address address; /* of the layer "address"; likewise */
    /* where: a point in EPSG:5514, or a geometry (the reader's) in a system */
    const struct epo_point *point;
    OGRGeometryH geometry;
    const struct epo_import_system *system;
};
typedef bool (*epo_import_take_fn)(void *arg, struct epo_import_row *row, struct epo_error *error);

struct epo_import_input { /* one file, or one in an archive */
    const char *path;     /* for GDAL's file functions: "/vsizip/…" in an archive */
    const char *shown;    /* for people */
    const struct epo_import_format *format;
};
struct epo_import_source { /* what a reader gets */
    const struct epo_import_input *input;
    const struct epo_import_options *options;
    const struct epo_plan *plan;
    const struct epo_layer_plan *wanted; /* NULL: every layer that the format knows by itself */
    struct epo_pool *pool;               /* until the input is read */
    epo_import_take_fn take;
    void *arg;
    double *done; /* share of the input that is read, 0 to 1 */
    /* the name that the map base has for a code of another layer; NULL if none. May be NULL. */
    const char *(*name_of)(void *arg, const char *layer, const char *code);
};
struct epo_import_format {
    const char *name;
    /* From its first bytes (decompressed) and its name. */
    bool (*recognise)(struct epo_span head, const char *shown);
    bool (*read)(const struct epo_import_source *source, struct epo_error *error);
    bool names_layers; /* can be read without --layer */
};

/* ---- import_formats.c ---- */
/* The files that are meant by a path: itself, or those in a zip that a format can read. */
bool epo_import_inputs(struct epo_pool *pool, const char *path,
                       const struct epo_import_input **inputs, size_t *count,
                       struct epo_error *error);
extern const struct epo_import_format epo_import_ruian_csv, epo_import_vfr, epo_import_osm,
    epo_import_csv, epo_import_shapefile, epo_import_gdal;

/* ---- import_gdal.c: whatever GDAL reads, as tables of features ---- */
struct epo_gdal_how {
    const char *format;          /* word in "format" of layers.json */
    const char *const *drivers;  /* GDAL's names, NULL-terminated */
    const char *const *options;  /* of opening */
    bool interleaved;            /* layers come mixed */
    bool coordinate_columns;     /* a place may stand in two columns */
    int header_rows;             /* before the first, for the numbers of rows */
    const char *const *prefixes; /* (layer, column, prefix)… of ids that are unique by kind only */
};
bool epo_gdal_read(const struct epo_import_source *source, const struct epo_gdal_how *how,
                   struct epo_error *error);

/* ---- import_text.c ---- */
/* UTF-8 as it is, else from `encoding` (NULL: windows-1250), in the pool; NULL if it is neither. */
const char *epo_text_decode(struct epo_pool *pool, struct epo_span text, const char *encoding);
/* "42/8a", "č.p. 42", "ev. č. 5" into its parts; letter has room for 4 bytes. */
void epo_house_number_read(struct epo_span text, struct epo_build_address *address, char letter[4]);
/* "30100" as "301 00"; anything else as it is. */
const char *epo_postcode(struct epo_pool *pool, const char *text);

/* ---- import.c ---- */
/* The layers.json of the program, of the portal and of the options: what a later one says wins. */
struct epo_plan *epo_import_plan(struct epo_pool *pool, const struct epo_import_options *options,
                                 struct epo_error *error);

/* ---- import_credit.c: whose data the map base holds now, after an import ---- */
/* addresses_from: format that brought addresses, or NULL. */
bool epo_import_credit(struct epo_build *build, const char *addresses_from, bool city_came,
                       struct epo_error *error);

/* ---- import_report.c: what was left out or mended, with row and reason ---- */
struct epo_report;
struct epo_report *epo_report_open(const struct epo_import_options *options, const char *folder);
void epo_report_add(struct epo_report *report, const char *file, int64_t row, const char *code,
                    const char *what, const char *reason);
/* Writes it out; the counts and the path go into the result. Frees it. */
void epo_report_close(struct epo_report *report, struct epo_import_result *result);

#endif
