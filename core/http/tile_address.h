/* Numbers of a tile out of an address. Pure. */
#ifndef EPO_HTTP_TILE_ADDRESS_H
#define EPO_HTTP_TILE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define EPO_TILE_ZOOM_MAX 30 /* beyond lies a tile of 4 cm */

/* z, x and y as they stand between the slashes; y carries the ending (".mvt", may be ""). Only
 * decimal digits; false for anything else and for what no zoom has. */
bool epo_tile_address(const struct epo_span parts[3], const char *ending, int64_t at[3]);

#endif
