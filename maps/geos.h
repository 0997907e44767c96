/* One GEOS context for each thread, freed with it. Internal to maps. GEOS geometries cache things
 * lazily, so that one is used by a single thread only. */
#ifndef EPO_MAPS_GEOS_H
#define EPO_MAPS_GEOS_H

#include <geos_c.h>

#include "base/error.h"

/* Never NULL. Notices and errors of GEOS are kept, not printed. */
GEOSContextHandle_t epo_geos(void);
/* What GEOS said last on this thread ("" if nothing). Valid until its next message. */
const char *epo_geos_message(void);

#endif
