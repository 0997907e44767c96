/* Where a map base has changed, on a grid, so that only the tiles there are cut again. Internal to
 * maps; one thread. */
#ifndef EPO_MAPS_CHANGES_H
#define EPO_MAPS_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "maps/blob.h"

#define EPO_CHANGE_CELL_M 500.0

struct epo_changes {
    uint32_t *cells; /* malloc'd */
    size_t count, room;
    bool everything; /* too much, or not a matter of place: the cells say nothing */
};
void epo_changes_add(struct epo_changes *changes, const struct epo_extent *extent);
/* Each cell once; after the last one was added. */
void epo_changes_tidy(struct epo_changes *changes);
/* What a cell covers, metres. */
struct epo_extent epo_change_extent(uint32_t cell);
void epo_changes_clear(struct epo_changes *changes);

#endif
