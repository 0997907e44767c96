#include "maps/tiles_mercator.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "maps/gdal.h"
#include "maps/maps.h"

struct walk {
    unsigned char *at;
    size_t left;
};

static bool to_mercator(unsigned char *xy) {
    const double radius = 6378137;
    struct epo_point metres, degrees;
    memcpy(&metres.x, xy, 8);
    memcpy(&metres.y, xy + 8, 8);
    if (!epo_transform_to_4326(metres, &degrees, NULL))
        return false;
    double x = radius * degrees.x * M_PI / 180;
    double y = radius * log(tan(M_PI / 4 + degrees.y * M_PI / 360));
    memcpy(xy, &x, 8);
    memcpy(xy + 8, &y, 8);
    return true;
}

static bool skip(struct walk *w, size_t bytes) {
    if (w->left < bytes)
        return false;
    w->at += bytes;
    w->left -= bytes;
    return true;
}

static bool next_u32(struct walk *w, uint32_t *value) {
    if (w->left < 4)
        return false;
    memcpy(value, w->at, 4);
    return skip(w, 4);
}

static bool walk_positions(struct walk *w, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (w->left < 16 || !to_mercator(w->at) || !skip(w, 16))
            return false;
    return true;
}

/* Changes the coordinates of 2D little-endian WKB in place. depth: a multi holds simple ones. */
static bool walk_geometry(struct walk *w, int depth) {
    uint32_t type, count = 1, inner;
    if (depth > 2 || !skip(w, 1) || !next_u32(w, &type) || (type != 1 && !next_u32(w, &count)))
        return false;
    if (type <= 2)
        return walk_positions(w, count);
    for (uint32_t i = 0; i < count; i++)
        if (type == 3 ? !next_u32(w, &inner) || !walk_positions(w, inner)
                      : !walk_geometry(w, depth + 1))
            return false;
    return true;
}

OGRGeometryH epo_mercator_geometry(struct epo_span wkb) {
    unsigned char *bytes = malloc(wkb.len + 1);
    epo_assert(bytes != NULL);
    memcpy(bytes, wkb.at, wkb.len);
    struct walk walk = {bytes, wkb.len};
    OGRGeometryH geometry = NULL;
    if (!walk_geometry(&walk, 0) ||
        gdal.OGR_G_CreateFromWkb(bytes, NULL, &geometry, (int)wkb.len) != OGRERR_NONE)
        geometry = NULL;
    free(bytes);
    return geometry;
}
