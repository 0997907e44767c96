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
#define EPO_MAP_SCHEMA 2
#define EPO_FIELDS_STANDARD "name kind belongs measure"

struct epo_feature {
    const char *code, *name, *kind, *belongs; /* in the snapshot's pool, never NULL */
    const char *properties;                   /* further fields as a JSON object, or "" */
    double measure;
    struct epo_span wkb;
    uint32_t first_ring, rings; /* of the layer: rings, parts of lines, or single points */
    struct epo_box box;
};
struct epo_layer {
    const char *name, *title_cs, *title_en;
    enum epo_layer_role role;
    enum epo_layer_shape shape;
    bool is_public;            /* else for clerks alone */
    const char *public_fields; /* words with spaces between: of name, kind, belongs, measure, and
                                  names of properties; the id of a public layer is public */
    int64_t id;
    size_t count; /* features */
    struct epo_feature *features;
    uint32_t *ring_start; /* ring_count + 1 entries, into points */
    struct epo_point *points;
    size_t ring_count;
    struct epo_index index;
};

struct epo_address {
    int64_t id;
    const char *code, *street, *part, *postcode, *city, *district;
    uint32_t street_index;         /* into streets; UINT32_MAX without one */
    int conscription, orientation; /* 0 if none */
    char letter[4];
    bool evidence; /* č.ev. instead of č.p. */
    struct epo_point at;
};
struct epo_street {
    const char *name, *folded;
    const char *place; /* folded words of where it lies: town, parts, districts, postcodes */
    const char *district, *postcode, *city;
    uint32_t first, count; /* into snapshot->addresses, sorted by number; 0 of them is possible */
    struct epo_point at;   /* one of its addresses near the middle, or on its line */
};
struct epo_token { /* a word of a street's name; sorted, for prefix search */
    const char *word;
    uint32_t street;
};

struct epo_snapshot {
    struct epo_pool *pool;
    char version[20];
    const char *city_name;
    bool demo;
    struct epo_layer *layers;
    size_t layer_count;
    struct epo_layer *by_role[EPO_ROLE_PICTURE + 1]; /* the first of each; NULL if none */
    struct epo_address *addresses;
    size_t address_count;
    struct epo_index address_index;
    struct epo_street *streets;
    size_t street_count;
    struct epo_token *tokens;
    size_t token_count;
    uint32_t *by_conscription; /* addresses sorted by house number */
    uint32_t *by_code;         /* addresses sorted by code */
    uint32_t *parcels;         /* features of the parcel layer sorted by number */
    const char *folder;
    struct epo_tiles *tiles; /* NULL if there are none */
};

/* load.c: reads folder/map.db. NULL on error. */
struct epo_snapshot *epo_snapshot_load(const char *folder, struct epo_error *error);
void epo_snapshot_free(struct epo_snapshot *snapshot);
/* address_index.c: sorts and folds; called by load. */
void epo_snapshot_index_addresses(struct epo_snapshot *snapshot);
const struct epo_layer *epo_snapshot_layer(const struct epo_snapshot *snapshot,
                                           struct epo_span name);
/* May this audience see the layer at all, and a field of it ("name", "kind" …)? */
bool epo_layer_seen(const struct epo_layer *layer, enum epo_audience audience);
bool epo_layer_shows(const struct epo_layer *layer, enum epo_audience audience, const char *field);

/* mapbase.c: hold the current snapshot while reading it; never blocks. */
const struct epo_snapshot *epo_maps_hold(struct epo_maps *maps, unsigned *slot);
void epo_maps_drop(struct epo_maps *maps, unsigned slot);

/* shape.c: exact tests on packed features. */
bool epo_feature_covers(const struct epo_layer *layer, uint32_t feature, double x, double y);
double epo_feature_distance(const struct epo_layer *layer, uint32_t feature, double x, double y);
/* The first feature (by order in the layer) that holds the point; UINT32_MAX if none. */
uint32_t epo_layer_at(const struct epo_layer *layer, double x, double y);
bool epo_layer_nearest(const struct epo_layer *layer, double x, double y, double max_m,
                       uint32_t *feature, double *distance_m);
/* Reads WKB (points, lines, polygons and their multis, 2D) into rings; false if it is not such. */
struct epo_ring_sink {
    struct epo_point *points;
    uint32_t *ring_start;
    size_t point_count, ring_count, point_room, ring_room;
    struct epo_box box;
};
bool epo_wkb_read(struct epo_span wkb, struct epo_ring_sink *sink);

/* tile.c */
struct epo_tiles *epo_tiles_open(const char *folder, struct epo_error *error);
void epo_tiles_close(struct epo_tiles *tiles);

#endif
