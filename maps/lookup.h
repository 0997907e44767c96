/* One feature of an area layer, also of a layer that is only drawn and so not in memory: read from
 * the snapshot's file. Internal to maps; any thread. */
#ifndef EPO_MAPS_LOOKUP_H
#define EPO_MAPS_LOOKUP_H

#include "maps/mapbase.h"

struct epo_looked_up {
    const char *code; /* in the pool */
    struct epo_span wkb;
};
/* By its code; *found says whether there is one that everybody may see. False: BUSY, or the file
 * cannot be read. */
bool epo_look_up(const struct epo_snapshot *snapshot, struct epo_pool *pool, const char *layer,
                 struct epo_span code, struct epo_looked_up *feature, bool *found,
                 struct epo_error *error);
/* The first one that holds the point (metres). */
bool epo_look_up_at(const struct epo_snapshot *snapshot, struct epo_pool *pool, const char *layer,
                    struct epo_point at, struct epo_looked_up *feature, bool *found,
                    struct epo_error *error);

#endif
