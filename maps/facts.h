/* The facts of a place while they are gathered. Internal to locate*.c; one thread. */
#ifndef EPO_MAPS_FACTS_H
#define EPO_MAPS_FACTS_H

#include "maps/overlap.h"

struct epo_facts {
    const struct epo_snapshot *snapshot;
    struct epo_pool *pool;
    const struct epo_place *place;
    enum epo_audience audience;
    struct epo_json *all; /* the object that locate answers */
};

/* locate.c */
/* The first layer of a role, NULL where there is none or the audience may not see it. */
const struct epo_layer *epo_facts_layer(const struct epo_facts *facts, enum epo_layer_role role);
/* A feature as an object with its fields under the names they have in facts, as far as the audience
 * may see them. */
struct epo_json *epo_facts_feature(const struct epo_facts *facts, const struct epo_layer *layer,
                                   const struct epo_feature *feature);
/* Sets a number rounded to 1/scale. */
void epo_facts_number(const struct epo_facts *facts, struct epo_json *object, const char *name,
                      double value, double scale);

/* locate_parts.c: of a line or an area what parts of it lie in, and which streets it touches. */
bool epo_facts_parts(const struct epo_facts *facts, struct epo_overlap *overlap,
                     struct epo_error *error);

#endif
