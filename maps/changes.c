#include "maps/changes.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"

/* One city has hundreds of cells, a region thousands: beyond that all is as good as new. */
enum { CELLS_MAX = 16384, NOTED_MAX = 1 << 20, CELLS_OF_ONE_MAX = 4096 };
static const double ORIGIN =
    -1500000; /* south-west of EPSG:5514, and of what counts northings from the equator */

static int by_cell(const void *a, const void *b) {
    uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;
    return (one > two) - (one < two);
}

void epo_changes_tidy(struct epo_changes *changes) {
    size_t kept = 0;
    if (changes->count > 0)
        qsort(changes->cells, changes->count, sizeof *changes->cells, by_cell);
    for (size_t i = 0; i < changes->count; i++)
        if (kept == 0 || changes->cells[kept - 1] != changes->cells[i])
            changes->cells[kept++] = changes->cells[i];
    changes->count = kept;
    changes->everything = changes->everything || kept > CELLS_MAX;
}

static void add_cell(struct epo_changes *changes, uint32_t cell) {
    if (changes->count > 0 && changes->cells[changes->count - 1] == cell)
        return; /* rows of a file lie side by side */
    if (changes->count == NOTED_MAX)
        epo_changes_tidy(changes);
    if (changes->everything)
        return;
    if (changes->count == changes->room) {
        changes->room = changes->room == 0 ? 256 : changes->room * 2;
        changes->cells = realloc(changes->cells, changes->room * sizeof *changes->cells);
        epo_assert(changes->cells != NULL);
    }
    changes->cells[changes->count++] = cell;
}

static long cell_of(double metres) {
    return (long)floor((metres - ORIGIN) / EPO_CHANGE_CELL_M);
}

void epo_changes_add(struct epo_changes *changes, const struct epo_extent *extent) {
    if (changes->everything)
        return;
    long x0 = cell_of(extent->min_x), x1 = cell_of(extent->max_x);
    long y0 = cell_of(extent->min_y), y1 = cell_of(extent->max_y);
    if (x0 < 0 || y0 < 0 || x1 > UINT16_MAX || y1 > UINT16_MAX ||
        (x1 - x0 + 1) * (y1 - y0 + 1) > CELLS_OF_ONE_MAX) {
        changes->everything = true;
        return;
    }
    for (long x = x0; x <= x1; x++)
        for (long y = y0; y <= y1; y++)
            add_cell(changes, (uint32_t)x << 16 | (uint32_t)y);
}

struct epo_extent epo_change_extent(uint32_t cell) {
    double x = ORIGIN + (cell >> 16) * EPO_CHANGE_CELL_M;
    double y = ORIGIN + (cell & UINT16_MAX) * EPO_CHANGE_CELL_M;
    return (struct epo_extent){x, y, x + EPO_CHANGE_CELL_M, y + EPO_CHANGE_CELL_M};
}

void epo_changes_clear(struct epo_changes *changes) {
    free(changes->cells);
    *changes = (struct epo_changes){0};
}
