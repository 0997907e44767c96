/* Writing a map base: a new file beside the old one, filled in one transaction, indexed, and put in
 * place by rename. Command line only; internal to maps. The tables are described in build.c. */
#ifndef EPO_MAPS_BUILD_H
#define EPO_MAPS_BUILD_H

#include <stdint.h>

#include "base/error.h"
#include "base/text.h"
#include "maps/mapbase.h"
#include "store/store.h"

typedef void (*epo_progress_fn)(const char *what, int percent);

struct epo_build { /* valid inside the fill function only */
    struct epo_db *db;
    char content[65]; /* running SHA-256 over all that was written, hex */
    int64_t next_id;
};
struct epo_build_layer {
    const char *name, *title_cs, *title_en;
    enum epo_layer_shape shape;
    const char *role;          /* a word of epo_layer_role_word */
    const char *source;        /* where it came from, for people */
    bool clerks_only;          /* citizens do not see it */
    const char *public_fields; /* words as in struct epo_layer; NULL: EPO_FIELDS_STANDARD */
};
struct epo_build_feature {
    int64_t layer;                            /* of epo_build_layer */
    const char *code, *name, *kind, *belongs; /* NULL counts as "" */
    const char *properties;                   /* further fields as a JSON object, or NULL */
    double measure;
    int rank;
    struct epo_span wkb; /* 2D, multi or simple, EPSG:5514 */
};
struct epo_build_address {
    const char *code, *street, *part, *postcode, *city, *district, *letter;
    int conscription, orientation;
    bool evidence;
    struct epo_span wkb; /* a point */
};

/* Calls fill with an empty map base (or, with keep, a copy of what lies there) and puts the result
 * into folder/map.db. Nothing changes when it fails. */
bool epo_build_map(const char *folder, bool keep,
                   bool (*fill)(struct epo_build *build, void *arg, struct epo_error *error),
                   void *arg, struct epo_error *error);

/* A layer by name, made if it is new; what it held before is deleted. */
bool epo_build_layer(struct epo_build *build, const struct epo_build_layer *layer, int64_t *id,
                     struct epo_error *error);
bool epo_build_feature(struct epo_build *build, enum epo_layer_shape shape,
                       const struct epo_build_feature *feature, struct epo_error *error);
bool epo_build_address(struct epo_build *build, const struct epo_build_address *address,
                       struct epo_error *error);
bool epo_build_meta(struct epo_build *build, const char *key, const char *value,
                    struct epo_error *error);

#endif
