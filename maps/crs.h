/* Coordinate systems at the door for programs (OGC API - Features, Part 2): their names and axis
 * order, and the way to and from the store's metres. Any worker thread. */
#ifndef EPO_MAPS_CRS_H
#define EPO_MAPS_CRS_H

#include "base/error.h"
#include "base/text.h"
#include "maps/maps.h"

struct epo_bounds { /* x east, y north, whatever the axis order */
    double min_x, min_y, max_x, max_y;
};
enum epo_crs {
    EPO_CRS84,      /* degrees, lon lat: the one of GeoJSON */
    EPO_CRS_4326,   /* degrees, lat lon */
    EPO_CRS_3857,   /* metres of the web's maps, east north */
    EPO_CRS_METRIC, /* metres; the store's own, EPSG:5514 unless epo.json says another */
    EPO_CRS_COUNT
};

/* "http://www.opengis.net/def/crs/EPSG/0/5514"; lives as long as the program. */
const char *epo_crs_uri(enum epo_crs crs);
/* False for a name that is not in the table. */
bool epo_crs_read(struct epo_span uri, enum epo_crs *crs);
/* Whether the first coordinate is the northern one. */
bool epo_crs_is_north_first(enum epo_crs crs);
/* Digits behind the point that are meant: 7 for degrees (a centimetre), 3 for metres. */
int epo_crs_decimals(enum epo_crs crs);

/* A point of the store in another system; x is always the eastern, y the northern coordinate,
 * whatever the axis order. Fails out of range (BAD_INPUT "place.out_of_range"). */
bool epo_crs_from_metres(enum epo_crs crs, struct epo_point metres, struct epo_point *out,
                         struct epo_error *error);

/* The same way back as far as degrees (lon, lat), without asking whether that is in range. Not
 * for the store's own. Pure. */
struct epo_point epo_crs_degrees(enum epo_crs crs, struct epo_point at);

#endif
