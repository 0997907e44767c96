/* layers.json: which layers there are, who may see what of them, and which columns of a city's
 * files their fields come from. Read once for an import; lives in a pool. Internal to maps; any
 * thread. The format is described in layers.schema.json. */
#ifndef EPO_MAPS_PLAN_H
#define EPO_MAPS_PLAN_H

#include "base/json.h"
#include "maps/mapbase.h"

enum epo_plan_field { /* of features; then of addresses (layer "address") */
                      EPO_PLAN_ID = 0,
                      EPO_PLAN_NAME,
                      EPO_PLAN_KIND,
                      EPO_PLAN_BELONGS,
                      EPO_PLAN_MEASURE,
                      EPO_PLAN_RANK,
                      EPO_PLAN_STREET,
                      EPO_PLAN_NUMBER, /* "42/8a" */
                      EPO_PLAN_CONSCRIPTION,
                      EPO_PLAN_ORIENTATION,
                      EPO_PLAN_LETTER,
                      EPO_PLAN_EVIDENCE, /* a number of evidence, or the words "č.ev." */
                      EPO_PLAN_PART,
                      EPO_PLAN_POSTCODE,
                      EPO_PLAN_CITY,
                      EPO_PLAN_DISTRICT,
                      EPO_PLAN_FIELDS
};
/* Where a field comes from: the first of the columns that has something in it, put through the
 * table of values. */
struct epo_plan_origin {
    const char *const *columns;    /* NULL-terminated; NULL: not said */
    const struct epo_json *values; /* {"as in the file": "as in the map"}, or NULL */
    const char *otherwise;         /* what is not among the values, and nothing; NULL: as it is */
};
struct epo_plan_property { /* a further field of the city's own */
    const char *name;
    struct epo_plan_origin origin;
};
struct epo_plan_condition {
    const char *column;
    bool present;           /* without any: something must be in it (true) or nothing (false) */
    const char *const *any; /* one of these, NULL-terminated; or NULL */
};
/* A part of a file with several layers that goes into this one. */
struct epo_plan_source {
    const char *format; /* "osm", or NULL: any */
    const char *layer;  /* of the file */
    const struct epo_plan_condition *where;
    size_t where_count;
    struct epo_plan_origin fields[EPO_PLAN_FIELDS]; /* before those of the layer */
};
struct epo_layer_plan {
    const char *name, *title_cs, *title_en;
    const char *role;           /* a word of epo_layer_role_word; "address" for the addresses */
    enum epo_layer_shape shape; /* 0: as the file's first feature */
    bool clerks_only;
    const char *public_fields; /* words, as in struct epo_layer */
    struct epo_plan_origin fields[EPO_PLAN_FIELDS];
    const struct epo_plan_property *properties;
    size_t property_count;
    const struct epo_plan_source *sources;
    size_t source_count;
};
struct epo_plan {
    struct epo_pool *pool;
    const struct epo_layer_plan *layers;
    size_t layer_count;
    struct epo_plan_origin fields[EPO_PLAN_FIELDS]; /* guesses for every layer */
};

/* Reads files in order: what a later one says of a layer wins, member by member. `required` says
 * whether a missing file is a fault. Faults carry file:line. */
struct epo_plan_file {
    const char *path;
    bool required;
};
struct epo_plan *epo_plan_read(struct epo_pool *pool, const struct epo_plan_file *files,
                               size_t count, struct epo_error *error);
/* The plan for a layer by name; for one that is not in it a plain fact, made in the pool. NULL if
 * the name cannot stand in rules, URLs and tiles. */
const struct epo_layer_plan *epo_plan_layer(const struct epo_plan *plan, const char *name,
                                            struct epo_error *error);
/* Applies value tables: text as found in the column (never NULL). */
const char *epo_plan_value(const struct epo_plan_origin *origin, const char *text);

#endif
