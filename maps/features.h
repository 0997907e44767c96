/* Features of the map base for others: OGC API - Features, open data, exports. Only what is public:
 * layers that everybody may see, and of them the public fields. Read row by row from the snapshot's
 * file, in the order of its rows, which is the same until the map is replaced. Workers and the
 * command line; never a loop. */
#ifndef EPO_MAPS_FEATURES_H
#define EPO_MAPS_FEATURES_H

#include "maps/crs.h"
#include "maps/maps.h"

#define EPO_FIELDS_MAX 40 /* public fields of one layer; more are left out */

enum epo_field_type { /* an empty text and the number 0 are null: not known */
                      EPO_FIELD_TEXT,
                      EPO_FIELD_INTEGER,
                      EPO_FIELD_REAL,
                      EPO_FIELD_BOOLEAN,
                      EPO_FIELD_ANY /* whatever the imported file held */
};
struct epo_field {
    const char *name; /* as programs see it: "owner", "cadastral_area", "area_m2" */
    enum epo_field_type type;
    int column; /* for reading: of its rows, 0 where it is a member of their properties */
};
/* One public layer; in the pool that it was asked for with. */
struct epo_collection {
    const char *map_version;
    const char *name, *title_cs, *title_en; /* titles are empty for "address" */
    const char *role;     /* word of the layer's role; "address" of the addresses */
    const char *geometry; /* GeoJSON type of all its features: "MultiPolygon" … */
    int64_t count;
    const struct epo_field *fields;
    size_t field_count;
    bool id_is_code;        /* of the source; else (codes repeat) only good for this map version */
    bool has_extent;        /* false when it is empty */
    double extent_crs84[4]; /* west, south, east, north */
    struct epo_bounds extent_metres;
    int table; /* for reading, as the next */
    int64_t layer;
};
/* All public layers and, last, "address"; pool copies. */
bool epo_collections(struct epo_maps *maps, struct epo_pool *pool, struct epo_collection **list,
                     size_t *count, struct epo_error *error);
/* The one of that name; NOT_FOUND "map.no_layer" also where it is not public. */
bool epo_collection_find(struct epo_maps *maps, struct epo_pool *pool, struct epo_span name,
                         struct epo_collection *collection, struct epo_error *error);

struct epo_feature_row {              /* valid until the visitor returns */
    int64_t key;                      /* its place in the order: `after` of the next page */
    struct epo_json *id, *properties; /* text; the public ones */
    struct epo_span wkb_metres;       /* ISO WKB */
};

#define EPO_FEATURE_BOXES_MAX 2  /* a box over the antimeridian is two */
#define EPO_FEATURE_EQUALS_MAX 8 /* conditions "property = value" in one question */
struct epo_feature_query {
    struct epo_bounds
        boxes[EPO_FEATURE_BOXES_MAX]; /* x east, y north; features that meet one of them */
    size_t box_count;                 /* 0: everywhere */
    enum epo_crs box_crs;
    struct {
        const char *field; /* name of a public field */
        struct epo_span value;
    } equals[EPO_FEATURE_EQUALS_MAX]; /* all of them must hold */
    size_t equals_count;
    struct epo_span id; /* only the one of this id; empty: any */
    int64_t after;      /* key of the last row seen; 0: from the start */
    int64_t skip;       /* that many of what fits are left out first */
    bool unhurried;     /* may take minutes: an export, not a request */
};
enum epo_feature_verdict {
    EPO_FEATURE_NEXT,
    EPO_FEATURE_COUNT, /* enough was seen: only count what else fits, if that is quick */
    EPO_FEATURE_STOP
};
typedef enum epo_feature_verdict (*epo_feature_fn)(const struct epo_feature_row *row, void *arg);

/* Calls visit for each feature that fits. *matched becomes how many fit in all, or -1 where
 * counting them would take long. collection must come from epo_collection(s) of the same map:
 * CONFLICT "map.replaced" where another one was put in its place in between. BUSY where others are
 * reading
 * ("map.busy") or where it takes too long ("map.too_long"). */
bool epo_features_each(struct epo_maps *maps, const struct epo_collection *collection,
                       const struct epo_feature_query *query, epo_feature_fn visit, void *arg,
                       int64_t *matched, struct epo_error *error);

/* ---- geojson.c ---- */
/* Appends a GeoJSON geometry, outer rings anticlockwise (RFC 7946 §3.1.6). Coordinates stand in the
 * system's own axis order. False for WKB that cannot be read or lies out of range. */
bool epo_geometry_write(struct epo_buffer *out, struct epo_span wkb_metres, enum epo_crs crs,
                        struct epo_error *error);
/* Appends a GeoJSON Feature. */
bool epo_feature_write(struct epo_buffer *out, const struct epo_feature_row *row, enum epo_crs crs,
                       struct epo_error *error);

/* ---- export.c: a whole layer as a file ---- */
enum epo_export { EPO_EXPORT_GEOJSON, EPO_EXPORT_GEOPACKAGE, EPO_EXPORT_KINDS };
/* By the file's ending: ".geojson" (EPSG:4326, RFC 7946) or ".gpkg" (metres); false for others.
 */
bool epo_export_kind(struct epo_span file, enum epo_export *kind);
/* Writes a public layer, beside the file first and then in its place. progress may be NULL. May
 * take minutes; GDAL writes GeoPackages. */
bool epo_export_write(struct epo_maps *maps, const struct epo_collection *collection,
                      enum epo_export kind, const char *file,
                      void (*progress)(const char *what, int percent), struct epo_error *error);

#endif
