/* What the two halves of writing rows share: build_layers.c opens and closes layers, build_rows.c
 * writes rows. Internal to them. */
#ifndef EPO_MAPS_BUILD_ROWS_H
#define EPO_MAPS_BUILD_ROWS_H

#include "maps/build.h"

/* build_tables.c: a table by shape; addresses (0) have their own columns. */
struct epo_build_table {
    struct epo_statement last, rows, add, alter, place, remove, index, unindex, kept;
};
enum { EPO_BUILD_TABLE_COUNT = EPO_SHAPE_AREA + 1 };
extern const struct epo_build_table EPO_BUILD_TABLES[EPO_BUILD_TABLE_COUNT];

/* build_layers.c */
/* The layer of that id, if this build has opened it; the addresses are 0. */
struct epo_build_open *epo_build_find(struct epo_build *build, int64_t id);
struct epo_build_open *epo_build_open_addresses(struct epo_build *build, bool keep,
                                                struct epo_error *error);
/* What a row holds goes into a hash, value by value in the order of its table's `rows`. */
void epo_build_stir(struct epo_build *build, struct epo_value value);
void epo_build_hash(struct epo_build *build, uint64_t hash[2]);
/* The sum of a layer's hashes says what it holds, in whatever order the rows came. */
void epo_build_count_in(struct epo_build_open *open, const uint64_t hash[2]);
void epo_build_count_out(struct epo_build_open *open, const uint64_t hash[2]);
void epo_build_note(struct epo_build *build, const struct epo_extent *changed);
/* Takes away a row that was known before. */
bool epo_build_drop(struct epo_build *build, struct epo_build_open *open, int shape,
                    struct epo_known_row *row, struct epo_error *error);

#endif
