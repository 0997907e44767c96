/* The steps of loading a snapshot; internal to maps. One thread. */
#ifndef EPO_MAPS_LOAD_H
#define EPO_MAPS_LOAD_H

#include "maps/mapbase.h"
#include "maps/texts.h"
#include "store/store.h"

/* address_load.c: addresses with their streets, parts and localities, in their orders. */
bool epo_snapshot_load_addresses(struct epo_snapshot *snapshot, struct epo_texts *texts,
                                 struct epo_db *db, struct epo_error *error);
/* orders.c: the orders in which addresses and parcels are looked up; after all layers. */
void epo_snapshot_order(struct epo_snapshot *snapshot);
/* wordbook_build.c: what is found by words; after the orders. */
void epo_snapshot_name(struct epo_snapshot *snapshot, struct epo_texts *texts);

/* ---- numbers of parcels (orders.c) ---- */
struct epo_parcel_number {
    bool building; /* "st. 55": numbered apart from the land */
    int main, sub; /* "1234/5"; sub 0 without one */
};
/* False for a text that is no such number; then all zero. */
bool epo_parcel_number_read(const char *text, struct epo_parcel_number *number);
int epo_parcel_number_compare(const struct epo_parcel_number *a, const struct epo_parcel_number *b);

#endif
