/* Parcels or buildings as one place. Internal to maps; any thread. */
#ifndef EPO_MAPS_JOINED_H
#define EPO_MAPS_JOINED_H

#include "base/limits.h"
#include "maps/geos.h"
#include "maps/mapbase.h"

struct epo_joined {
    GEOSGeometry *parts[EPO_PLACE_IDS_MAX];
    unsigned count;
    struct epo_json *ids; /* an array, made by the caller: codes of the parts */
};
void epo_joined_clear(struct epo_joined *joined);
/* Adds the features of a layer by id ("parcel:" in front is let pass). BAD_INPUT
 * "place.unknown_feature" (where = the id) for one that the map does not have. */
bool epo_joined_ids(struct epo_joined *joined, const struct epo_snapshot *snapshot,
                    struct epo_pool *pool, const char *layer, const struct epo_json *ids,
                    struct epo_error *error);
/* Adds the feature under the point (metres). BAD_INPUT "place.nothing_here". */
bool epo_joined_at(struct epo_joined *joined, const struct epo_snapshot *snapshot,
                   struct epo_pool *pool, const char *layer, struct epo_point at,
                   struct epo_error *error);
/* Adds the parcels that lie in the place for the most part; *same says whether they make up its
 * outline. */
bool epo_joined_outline(struct epo_joined *joined, const struct epo_snapshot *snapshot,
                        struct epo_pool *pool, const struct epo_place *place, bool *same,
                        struct epo_error *error);
/* All parts united, as GeoJSON. coarse: corners move by up to 5 cm. NULL and *error on failure. */
struct epo_json *epo_joined_geojson(const struct epo_joined *joined, struct epo_pool *pool,
                                    bool coarse, struct epo_error *error);

#endif
