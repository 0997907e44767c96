/* From metres back to GeoJSON: shapes that the portal makes itself. Internal to maps. */
#ifndef EPO_MAPS_SHAPES_H
#define EPO_MAPS_SHAPES_H

#include "maps/geos.h"
#include "maps/maps.h"

/* A LineString, a Polygon and a geometry of any kind that a place has; in the pool, EPSG:4326 with
 * 7 decimals. NULL and *error where a point lies out of range or the geometry is none of these.
 */
struct epo_json *epo_geojson_line(struct epo_pool *pool, const struct epo_point *metres,
                                  size_t count, struct epo_error *error);
struct epo_json *epo_geojson_circle(struct epo_pool *pool, struct epo_point metres, double radius_m,
                                    struct epo_error *error);
struct epo_json *epo_geojson_geos(struct epo_pool *pool, const GEOSGeometry *geometry,
                                  struct epo_error *error);
/* [lon, lat]: RFC 7946 §3.1.1: two numbers, an altitude may follow and is dropped. */
bool epo_geojson_position(const struct epo_json *value, struct epo_point *degrees);

#endif
