/* A box of any coordinate system as an area of the store, and what lies in it: for bbox= of OGC
 * API. A window is used by the thread that made it; workers only. */
#ifndef EPO_MAPS_WINDOW_H
#define EPO_MAPS_WINDOW_H

#include "maps/crs.h"

struct epo_window;
/* NULL where the box lies wholly out of range, so that nothing can meet it. box: x east, y
 * north, min <= max, finite. Heap. */
struct epo_window *epo_window_make(enum epo_crs crs, struct epo_bounds box);
void epo_window_free(struct epo_window *window);
/* Its envelope, metres. */
struct epo_bounds epo_window_box(const struct epo_window *window);
/* Whether the whole box (metres) lies in it; false also where that is not seen at once. */
bool epo_window_covers(const struct epo_window *window, struct epo_bounds box);
bool epo_window_has(const struct epo_window *window, struct epo_point metres);
/* Whether a geometry (ISO WKB, metres, lying in `box`) and the window share a point. */
bool epo_window_meets(const struct epo_window *window, struct epo_bounds box, struct epo_span wkb);

#endif
