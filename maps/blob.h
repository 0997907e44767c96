/* Geometry as SpatiaLite stores it. Internal to maps; pure. Written here because its own functions
 * take ten times as long for a row and a map base has millions. */
#ifndef EPO_MAPS_BLOB_H
#define EPO_MAPS_BLOB_H

#include "base/text.h"

struct epo_extent {
    double min_x, min_y, max_x, max_y; /* metres */
};

/* Appends the 2D little-endian ISO WKB of points, lines, polygons or their multis as a blob of
 * metres of the portal's system; `multi` makes a multi of a simple one. False, with nothing
 * appended, when the WKB is malformed, empty, not finite or another kind. *box is what it covers.
 */
bool epo_blob_write(struct epo_buffer *buffer, struct epo_span wkb, bool multi,
                    struct epo_extent *box);
/* The extent that stands in a blob; false if it is no blob. */
bool epo_blob_box(struct epo_span blob, struct epo_extent *box);

#endif
