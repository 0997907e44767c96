/* Reads one vector tile (Mapbox Vector Tile 2.1, uncompressed) into features with the fields that
 * tiles_build.c writes. Bounded by the bytes given; pure. Internal to maps. */
#ifndef EPO_MAPS_MVT_H
#define EPO_MAPS_MVT_H

#include "base/error.h"
#include "base/pool.h"

enum epo_mvt_type { EPO_MVT_POINT = 1, EPO_MVT_LINE = 2, EPO_MVT_AREA = 3 };

struct epo_mvt_feature {
    struct epo_span layer, name, kind, number; /* kind: of "kind" or "class"; spans of the input */
    int rank;                                  /* 0 if it has none */
    enum epo_mvt_type type;
    uint32_t extent;     /* units along the tile's edge */
    const int32_t *xy;   /* pairs, from the tile's upper left corner */
    const uint32_t *end; /* of each part: the number of points up to its end */
    uint32_t parts;      /* lines, rings, single points */
};
struct epo_mvt {
    struct epo_mvt_feature *features; /* in the pool */
    size_t count;
};

/* False with BAD_INPUT "tiles.damaged" for what is no such tile. bytes must outlive the result. */
bool epo_mvt_read(struct epo_pool *pool, struct epo_span bytes, struct epo_mvt *tile,
                  struct epo_error *error);

#endif
