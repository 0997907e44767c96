/* Which features of the map a place met, as its facts name them, and in which version. For
 * evidence; on a worker: some reads from the map's file. */
#ifndef EPO_MAPS_MET_H
#define EPO_MAPS_MET_H

#include "maps/maps.h"

/* Versions of the layers of the map in service: {"parcel":"<hash of its content>", …,
 * "address":"…"} in the pool, and the map's own. */
struct epo_json *epo_met_layers(struct epo_maps *maps, struct epo_pool *pool,
                                struct epo_span *version);

/* Appends to list, for each feature that the facts of one place (epo_locate) name by an id:
 *   {"layer":"parcel","title":{"cs","en"},"id":"…","name":"…","layerVersion":"…","hash":"…"}
 * hash: the first 16 digits of the SHA-256 over its fields and its geometry as the map holds them;
 * hash and layerVersion "" for what this map does not have. *version: of the map that was asked. */
bool epo_met_list(struct epo_maps *maps, struct epo_pool *pool, const struct epo_json *facts,
                  struct epo_json *list, struct epo_span *version, struct epo_error *error);

#endif
