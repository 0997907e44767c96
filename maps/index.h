/* A packed, immutable R-tree over boxes, sorted along a Hilbert curve: built once, read by all
 * threads. Internal to maps.
 *
 * Whatever the snapshot keeps is in whole millimetres from the origin of metric.h: half the memory
 * of doubles, and "on which side of a border" becomes exact. Czechia reaches 1.25e9 mm from that of
 * EPSG:5514, int32 2.1e9. */
#ifndef EPO_MAPS_INDEX_H
#define EPO_MAPS_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"

struct epo_mm {
    int32_t x, y;
};
struct epo_box { /* millimetres */
    int32_t min_x, min_y, max_x, max_y;
};
struct epo_index {
    size_t count; /* items; the first `count` nodes are leaves */
    size_t nodes;
    struct epo_box *boxes; /* by node */
    uint32_t *first;       /* by node: item of a leaf, else its first child */
    size_t level_end[16];  /* leaves end at level_end[0] = count, … the root is last */
    int levels;
};

/* Memory comes from pool. count may be 0. */
void epo_index_build(struct epo_index *index, struct epo_pool *pool, const struct epo_box *boxes,
                     size_t count);
/* Calls visit for every item whose box meets `box`, until it gives false. */
void epo_index_search(const struct epo_index *index, struct epo_box box,
                      bool (*visit)(uint32_t item, void *arg), void *arg);
/* The item nearest to `from` by `distance` (exact, metres, never less than between the boxes), not
 * farther than max_m; of several equally near ones the first. False if there is none. */
bool epo_index_nearest(const struct epo_index *index, struct epo_box from, double max_m,
                       double (*distance)(uint32_t item, void *arg), void *arg, uint32_t *item,
                       double *distance_m);

static inline bool epo_box_meets(const struct epo_box *a, const struct epo_box *b) {
    return a->min_x <= b->max_x && a->max_x >= b->min_x && a->min_y <= b->max_y &&
           a->max_y >= b->min_y;
}

#endif
