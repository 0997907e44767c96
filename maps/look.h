/* A still picture of the map, as GET /api/v1/map.png draws it in web mercator, and how a page
 * without a script looks around in it. Pure but for epo_look_city; any thread. */
#ifndef EPO_MAPS_LOOK_H
#define EPO_MAPS_LOOK_H

#include "maps/maps.h"

enum {
    EPO_LOOK_WIDTH = 640, /* pixels; a narrow screen shows the middle of it, never scaled */
    EPO_LOOK_HEIGHT = 400,
    EPO_LOOK_ZOOM_MIN = 10,
    EPO_LOOK_ZOOM_MAX = 19,
    EPO_LOOK_ZOOM_SPOT = 17, /* one spot and the streets around */
    EPO_LOOK_ZOOM_NEAR = 15  /* from farther away a click is only roughly where it was meant */
};
struct epo_look {
    struct epo_point center; /* EPSG:4326 */
    int zoom;                /* the earth is 256 << zoom pixels around */
};

/* "13.377,49.747,16"; false where it is not such a text or beyond web mercator. */
bool epo_look_read(struct epo_span text, struct epo_look *look);
const char *epo_look_write(struct epo_pool *pool, const struct epo_look *look);
/* "north", "south", "east", "west" (half a picture), "in", "out"; false for anything else. */
bool epo_look_step(struct epo_look *look, struct epo_span step);
/* What lies at a pixel of the picture, counted from its left top corner. */
struct epo_point epo_look_spot(const struct epo_look *look, double x, double y);
/* The same for a click as a browser posts it: an image button pressed from the keyboard says 0,0
 * and means the middle. False where x and y are not numbers. */
bool epo_look_clicked(const struct epo_look *look, struct epo_span x, struct epo_span y,
                      struct epo_point *spot);
/* So many metres lie between the left and the right edge. */
double epo_look_width_m(const struct epo_look *look);
/* At a spot, near enough to see it; keeps a nearer zoom. */
void epo_look_at(struct epo_look *look, struct epo_point spot);
/* The whole city, as its tiles say where it lies. */
void epo_look_city(struct epo_maps *maps, struct epo_pool *pool, struct epo_look *look);
/* Address of the picture with a cross in the middle. drawn: what is marked in it, a geometry as
 * epo_place_read takes it or a FeatureCollection of such, or NULL; thinned out until the address
 * fits into a request. */
const char *epo_look_url(struct epo_pool *pool, const struct epo_look *look,
                         const struct epo_json *drawn);

#endif
