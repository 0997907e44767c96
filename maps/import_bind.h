/* A layer of a file bound to a layer of the map base: which column gives which field, and which
 * features are meant. Internal to the readers of GDAL's formats. */
#ifndef EPO_MAPS_IMPORT_BIND_H
#define EPO_MAPS_IMPORT_BIND_H

#include "maps/import.h"

enum { EPO_BOUND_COLUMNS_MAX = 16 };

struct epo_bound { /* a field */
    int columns[EPO_BOUND_COLUMNS_MAX];
    int count;
    const struct epo_plan_origin *origin; /* NULL: the field stays empty */
};
struct epo_binding {
    const struct epo_layer_plan *plan;
    const struct epo_plan_source *from; /* NULL: the whole layer of the file */
    int *where;                         /* columns of its conditions, -1 if there is none */
    struct epo_bound fields[EPO_PLAN_FIELDS];
    struct epo_bound *properties; /* in the order of the plan */
};
/* Names of the columns as they are compared: folded, with _ for spaces. In the pool. */
const char *const *epo_column_names(struct epo_pool *pool, OGRFeatureDefnH columns,
                                    const char *encoding);
int epo_column_find(const char *const *names, const char *wanted);
void epo_bind(struct epo_binding *binding, struct epo_pool *pool, const struct epo_plan *plan,
              const struct epo_layer_plan *layer, const struct epo_plan_source *from,
              const char *const *names);
/* Is the feature meant by the binding's conditions? */
bool epo_bound_meant(const struct epo_binding *binding, OGRFeatureH feature);
/* Fills the texts of the row from the feature; they live in the pool. `ordinal` is the id where
 * there is none. */
void epo_bound_fill(const struct epo_binding *binding, struct epo_pool *pool, OGRFeatureH feature,
                    const char *encoding, int64_t ordinal, struct epo_import_row *row);

#endif
