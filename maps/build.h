/* Writing a map base: a new file beside the old one, filled in one transaction, indexed, and put in
 * place by rename. Command line only; internal to maps. The tables are described in build.c.
 *
 * Rows are compared with those that the layer held before, by their code: what is the same stays
 * untouched, so that a yearly file that changes a hundred parcels costs a hundred writes and tells
 * exactly where the map has changed. */
#ifndef EPO_MAPS_BUILD_H
#define EPO_MAPS_BUILD_H

#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "base/token.h"
#include "maps/changes.h"
#include "maps/mapbase.h"
#include "store/store.h"

#define EPO_CREDIT_DEMO "Ukázková data, vymyšlené město / made-up demo data"

typedef void (*epo_progress_fn)(const char *what, int percent);

/* build_known.c: the rows that a layer held before, by code. */
struct epo_build_known {
    struct epo_pool *pool; /* of the codes */
    struct epo_known_row {
        const char *code;
        int64_t id; /* of the row in its table */
        uint64_t hash[2];
        bool seen; /* written again in this build */
    } * rows;
    size_t count, room;
    uint32_t *slots; /* open addressing over rows; count stays under half */
    size_t slot_count;
};
void epo_known_add(struct epo_build_known *known, struct epo_span code, int64_t id,
                   const uint64_t hash[2]);
/* The first row of that code that was not seen yet; NULL if there is none. */
struct epo_known_row *epo_known_find(const struct epo_build_known *known, const char *code);
void epo_known_clear(struct epo_build_known *known);

enum { EPO_BUILD_LAYERS_MAX = 256 };
struct epo_build_open { /* a layer that this build writes; shape 0: the addresses */
    int64_t id;
    enum epo_layer_shape shape;
    char name[48];
    bool keep; /* rows that are not written again stay */
    struct epo_build_known known;
    uint64_t sum[2]; /* of the hashes of its rows: what it holds, in any order */
};
struct epo_build { /* valid inside the fill function only */
    struct epo_db *db;
    struct epo_digest *digest;
    struct epo_buffer blob;
    struct epo_build_open *open[EPO_BUILD_LAYERS_MAX];
    size_t open_count;
    struct epo_changes changes; /* where things came, went or moved */
    struct epo_build_counts {
        int64_t added, altered, removed, same, doubled; /* rows */
    } counts;
    int64_t last_id[EPO_SHAPE_AREA + 1]; /* by shape; 0: addresses */
};

struct epo_build_layer {
    const char *name, *title_cs, *title_en;
    enum epo_layer_shape shape;
    const char *role;          /* a word of epo_layer_role_word */
    const char *source;        /* where it came from, for people */
    bool clerks_only;          /* citizens do not see it */
    bool keep;                 /* add to what it holds: same code, replaced */
    const char *public_fields; /* words as in struct epo_layer; NULL: EPO_FIELDS_STANDARD */
};
struct epo_build_feature {
    int64_t layer;                     /* of epo_build_layer */
    const char *code, *name, *belongs; /* NULL counts as "" */
    const char *kind;                  /* NULL: as a row of that code had it before, else "" */
    const char *properties;            /* further fields as a JSON object, or NULL */
    double measure;
    int rank;
    struct epo_span wkb; /* 2D, multi or simple, metres */
};
struct epo_build_address {
    /* NULL: as a row of that code had it before, else "" */
    const char *code, *street, *part, *postcode, *city, *district, *letter;
    int conscription, orientation;
    bool evidence, keeps_evidence;
    struct epo_span wkb; /* a point */
};

/* Calls fill (NULL: nothing to fill) with an empty map base (or, with keep, a copy of what lies
 * there) and puts the result into folder/map.db. Nothing changes when it fails. Only one at a time
 * for a folder: a second gives EPO_ERROR_BUSY. */
bool epo_build_map(const char *folder, bool keep,
                   bool (*fill)(struct epo_build *build, void *arg, struct epo_error *error),
                   void *arg, struct epo_error *error);
/* The same in two steps, with something made between from the file aside. */
struct epo_build_job {
    const char *folder;
    bool keep;
    bool (*fill)(struct epo_build *build, void *arg, struct epo_error *error);
    void *arg;
    /* what came of it: */
    char aside[480]; /* a folder with the new map.db; tiles.mbtiles may be made beside it */
    int lock;        /* on folder; -1 if none */
    bool same;       /* it holds what the old one held */
    struct epo_build_counts counts;
    struct epo_changes changes; /* until epo_build_end */
};
bool epo_build_aside(struct epo_build_job *job, struct epo_error *error);
/* Puts what lies aside in place (ok), or throws it away; false when it cannot be put there. Must
 * follow every epo_build_aside, a failed one too. */
bool epo_build_end(struct epo_build_job *job, bool ok, struct epo_error *error);

/* A layer by name, made if it is new. Once in a build for each; what it held and is not written
 * again goes, unless `keep`. */
bool epo_build_layer(struct epo_build *build, const struct epo_build_layer *layer, int64_t *id,
                     struct epo_error *error);
/* A malformed or empty geometry is refused with "map.geometry". */
bool epo_build_feature(struct epo_build *build, const struct epo_build_feature *feature,
                       struct epo_error *error);
/* Says before the first address that old ones which are not written again go; without it they
 * stay. */
bool epo_build_addresses_anew(struct epo_build *build, struct epo_error *error);
/* A code that was written in this build already is left out and counted in build->doubled. */
bool epo_build_address(struct epo_build *build, const struct epo_build_address *address,
                       struct epo_error *error);
/* Removes what has this code; of the addresses with id 0. */
bool epo_build_remove(struct epo_build *build, int64_t layer, const char *code,
                      struct epo_error *error);
bool epo_build_meta(struct epo_build *build, const char *key, const char *value,
                    struct epo_error *error);

/* build_layers.c, for build.c: before filling; then takes away what was not written again and notes
 * what each layer holds. */
bool epo_build_start(struct epo_build *build, struct epo_error *error);
bool epo_build_close_layers(struct epo_build *build, struct epo_error *error);
void epo_build_clear(struct epo_build *build);

#endif
