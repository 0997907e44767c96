/* Geometry of the map base (metres) in web mercator (EPSG:3857) for GDAL, which is not let to
 * choose the operation itself: it might take another one, 12 m off. Internal to maps. */
#ifndef EPO_MAPS_TILES_MERCATOR_H
#define EPO_MAPS_TILES_MERCATOR_H

#include "base/text.h"
#include "maps/gdal.h"

/* wkb: 2D little-endian, simple or multi. NULL for what is none or lies out of range; else to be
 * destroyed by the caller. */
OGRGeometryH epo_mercator_geometry(struct epo_span wkb);

#endif
