/* The map as a picture drawn here: for pages without JavaScript, for print and as evidence. The
 * data are those of the vector tiles, the looks those of the map in the browser
 * (maps/web/looks.mjs and palette.json, written to map-looks.json when the assets are built). */
#ifndef EPO_MAPS_PICTURE_H
#define EPO_MAPS_PICTURE_H

#include "maps/maps.h"

#define EPO_PICTURE_ZOOM_MIN 10 /* of 256-pixel tiles, as everywhere on the web */
#define EPO_PICTURE_ZOOM_MAX 19
#define EPO_PICTURE_SIDE_MIN 64 /* pixels */
#define EPO_PICTURE_SIDE_MAX 1024
#define EPO_PICTURE_WIDTH 640 /* unless something else is asked for */
#define EPO_PICTURE_HEIGHT 400

/* picture_looks.c: the tables of map-looks.json; lives in the pool, keeps json, read by any thread.
 * NULL with BROKEN "picture.looks". */
struct epo_looks;
const struct epo_looks *epo_looks_make(struct epo_pool *pool, const struct epo_json *json,
                                       struct epo_error *error);
/* Is it "light", "dark" or "contrast"? */
bool epo_looks_has(const struct epo_looks *looks, struct epo_span style);

struct epo_picture {
    /* in */
    int width, height;       /* pixels */
    int zoom;                /* 0: as the marks fit, or 16 where there are none */
    bool centred;            /* center was given; else the middle of the marks, or of the city */
    struct epo_point center; /* EPSG:4326; out: what was taken */
    const char *style;
    /* Places to be drawn, each a GeoJSON geometry as epo_place_read normalised it (EPSG:4326).
     * Several are numbered from 1. */
    const struct epo_json *const *marks;
    size_t mark_count;
    bool frame; /* scale bar, arrow to the north, who made the map */
    bool crosshair;
    const char *north,
        *note; /* of the frame: the letter at the arrow; a word like "demo", or NULL */
    /* out, in the pool */
    struct epo_span png;
    struct epo_span map_version; /* of the map base */
    struct epo_span version;     /* of the tiles it was drawn from; empty where there are none */
};
/* Sets center and zoom where they were not given. */
void epo_picture_settle(struct epo_maps *maps, struct epo_picture *picture);
/* Draws it after settling: some 10 to 60 ms and 10 MB, bounded by the size; the same input gives
 * the same bytes. On a worker. A map without tiles gives the empty ground. */
bool epo_picture_draw(struct epo_maps *maps, const struct epo_looks *looks, struct epo_pool *pool,
                      struct epo_picture *picture, struct epo_error *error);

#endif
