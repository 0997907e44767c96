/* The snapshot in memory: every layer as packed arrays with an index. Immutable once loaded, read
 * by all threads, counted and swapped whole. Internal to maps. */
#ifndef EPO_MAPS_MAPBASE_H
#define EPO_MAPS_MAPBASE_H

#include "maps/index.h"
#include "maps/maps.h"

enum epo_layer_role { /* what locate may do with a layer; stored as a word in layer.role */
                      EPO_ROLE_FACT = 1, /* reported under "layers" and for rules */
                      EPO_ROLE_CITY,
                      EPO_ROLE_DISTRICT,
                      EPO_ROLE_CADASTRAL_AREA,
                      EPO_ROLE_PARCEL,
                      EPO_ROLE_PUBLIC_SPACE,
                      EPO_ROLE_STREET,
                      EPO_ROLE_PICTURE /* only drawn: not loaded */
};
bool epo_layer_role_read(struct epo_span word, enum epo_layer_role *role);
const char *epo_layer_role_word(enum epo_layer_role role);

enum epo_layer_shape { EPO_SHAPE_POINT = 1, EPO_SHAPE_LINE, EPO_SHAPE_AREA };

/* Of the tables in map.db (build.c): a file of another one is upgraded (epo_map_upgrade) or
 * refused. */
#define EPO_MAP_SCHEMA 3
#define EPO_FIELDS_STANDARD "name kind belongs measure"

struct epo_feature {
    const char *code, *name, *kind, *belongs; /* texts of the snapshot, never NULL */
    const char *properties;                   /* further fields as a JSON object, or "" */
    double measure;
    uint32_t first_ring; /* of the layer: rings, parts of lines, or single points */
};
struct epo_layer {
    const char *name, *title_cs, *title_en;
    enum epo_layer_role role;
    enum epo_layer_shape shape;
    bool is_public;            /* else for clerks alone */
    const char *public_fields; /* words with spaces between: of name, kind, belongs, measure, and
                                  names of properties; the id of a public layer is public */
    int64_t id;
    size_t count;                 /* features */
    struct epo_feature *features; /* and one more, that ends the rings of the last */
    uint32_t *rings;              /* first vertex of each; and one more, that ends the last */
    struct epo_mm *vertices;
    struct epo_index index;
};
#define EPO_RING_OUTER (1u << 31) /* set in rings[i]: begins a polygon of its own, is no hole */
static inline uint32_t epo_ring_from(const struct epo_layer *layer, uint32_t ring) {
    return layer->rings[ring] & ~EPO_RING_OUTER;
}

struct epo_locality { /* where addresses lie: each different combination once */
    const char *part, *postcode, *city, *district;
};
struct epo_address { /* 32 bytes: there are millions */
    const char *code;
    uint32_t street;   /* into streets; UINT32_MAX without one: villages */
    uint32_t locality; /* into localities */
    struct epo_mm at;
    uint32_t conscription : 31; /* 0 if none */
    uint32_t evidence : 1;      /* č.ev. instead of č.p. */
    uint16_t orientation;       /* 0 if none */
    char letter[2];             /* of the orientation number; without a NUL when both are used */
};
/* What numbers are looked for in: the addresses of a street (a run of addresses, by orientation
 * number), those of a part of a town (a run of by_part, by house number), the parcels of a
 * cadastral area (a run of parcels, by number). */
struct epo_group {
    const char *name;
    uint32_t first, count;
    uint32_t locality; /* of the one in the middle; UINT32_MAX of parcels */
    struct epo_mm at;  /* the one in the middle */
};

struct epo_snapshot {
    struct epo_pool *pool;
    char version[20];
    struct epo_json *versions; /* of the layers, by name: hashes of their content (build.c) */
    const char *city_name;
    bool demo;
    struct epo_layer *layers;
    size_t layer_count;
    struct epo_layer *by_role[EPO_ROLE_PICTURE + 1]; /* the first of each; NULL if none */
    struct epo_address *addresses;
    size_t address_count;
    struct epo_locality *localities;
    size_t locality_count;
    struct epo_index address_index;
    struct epo_group *streets, *parts, *lands;
    size_t street_count, part_count, land_count;
    uint32_t *by_part;         /* addresses, part by part */
    uint32_t *by_code;         /* addresses sorted by code */
    uint32_t *parcels;         /* features of the parcel layer, cadastral area by area */
    uint32_t *parcels_by_code; /* the same sorted by code */
    struct epo_wordbook *book; /* wordbook.h: what is found by words */
    const char *folder;
    struct epo_tiles *tiles;   /* NULL if there are none */
    struct epo_reader *reader; /* for what is not held in memory */
    struct epo_ways *ways;     /* route.h: made when a route is first asked for */
};

/* load.c: reads folder/map.db. NULL on error. */
struct epo_snapshot *epo_snapshot_load(const char *folder, struct epo_error *error);
void epo_snapshot_free(struct epo_snapshot *snapshot);
const struct epo_layer *epo_snapshot_layer(const struct epo_snapshot *snapshot,
                                           struct epo_span name);
/* May this audience see the layer at all, and a field of it ("name", "kind" …)? */
bool epo_layer_seen(const struct epo_layer *layer, enum epo_audience audience);
bool epo_layer_shows(const struct epo_layer *layer, enum epo_audience audience, const char *field);

/* mapbase.c: hold the current snapshot while reading it; never blocks. */
const struct epo_snapshot *epo_maps_hold(struct epo_maps *maps, unsigned *slot);
void epo_maps_drop(struct epo_maps *maps, unsigned slot);

/* shape.c: exact tests on packed features. */
bool epo_mm_holds(struct epo_point metres); /* within EPO_RANGE_M of the origin */
/* Rounded; what is farther stands at the edge of the range, where no map is. */
struct epo_mm epo_mm_of(struct epo_point metres);
struct epo_point epo_metres_of(struct epo_mm at);
/* The box between two corners, rounded outwards. */
struct epo_box epo_box_of(struct epo_point least, struct epo_point most);
/* Even-odd, in whole numbers: of two areas that share a border a point lies in exactly one. */
bool epo_feature_covers(const struct epo_layer *layer, uint32_t feature, struct epo_mm at);
double epo_feature_distance(const struct epo_layer *layer, uint32_t feature, struct epo_mm at);
/* The first feature (by order in the layer) that holds the point; UINT32_MAX if none. */
uint32_t epo_layer_at(const struct epo_layer *layer, struct epo_mm at);
/* Whether any feature is at most so far. */
bool epo_layer_within(const struct epo_layer *layer, struct epo_mm at, double max_m);
bool epo_layer_nearest(const struct epo_layer *layer, struct epo_mm at, double max_m,
                       uint32_t *feature, double *distance_m);
/* NULL if there is none within max_m. */
const struct epo_address *epo_address_nearest(const struct epo_snapshot *snapshot, struct epo_mm at,
                                              double max_m, double *distance_m);

/* tile.c */
struct epo_tiles *epo_tiles_open(const char *folder, struct epo_error *error);
void epo_tiles_close(struct epo_tiles *tiles);
/* One tile as stored, copied into the pool; len 0 where there is none. For pictures, which must
 * have all their tiles of one snapshot. On a worker. */
bool epo_tiles_copy(struct epo_tiles *tiles, struct epo_pool *pool, int z, int x, int y,
                    struct epo_span *bytes, struct epo_error *error);
void epo_tiles_zooms(const struct epo_tiles *tiles, int *least, int *most);
/* Of the tiles, as long as they live; tiles may be NULL. */
struct epo_point epo_tiles_center(const struct epo_tiles *tiles); /* EPSG:4326 */
struct epo_span epo_tiles_attribution(const struct epo_tiles *tiles);
struct epo_span epo_tiles_version_of(const struct epo_tiles *tiles);

#endif
