/* The steps of loading a snapshot; internal to maps. One thread. */
#ifndef EPO_MAPS_LOAD_H
#define EPO_MAPS_LOAD_H

#include "maps/mapbase.h"
#include "maps/texts.h"
#include "store/store.h"

/* address_load.c: addresses with their streets and localities, the addresses of a street together
 * and in the order of their numbers. */
bool epo_snapshot_load_addresses(struct epo_snapshot *snapshot, struct epo_texts *texts,
                                 struct epo_db *db, struct epo_error *error);
/* address_index.c: what the search looks things up in. */
void epo_snapshot_index_addresses(struct epo_snapshot *snapshot, struct epo_texts *texts);

#endif
