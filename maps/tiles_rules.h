/* Which feature of the map base goes where in the tiles, and from which zoom on. One table
 * (tiles_rules.c) for the demo city, for RÚIAN and for the words of OpenStreetMap. Pure; internal
 * to maps. */
#ifndef EPO_MAPS_TILES_RULES_H
#define EPO_MAPS_TILES_RULES_H

#include "base/text.h"

#define EPO_TILE_ZOOM_LEAST "10"
#define EPO_TILE_ZOOM_MOST "16" /* what is beyond is drawn from these, to zoom 19 and more */

enum epo_tile_field { /* what of a feature goes along, under which name: tiles_build.c */
                      EPO_TILE_NAME = 1,
                      EPO_TILE_KIND = 2,
                      EPO_TILE_RANK = 4,
                      EPO_TILE_NUMBER = 8,
                      EPO_TILE_CODE = 16,
                      EPO_TILE_CLASS = 32,
                      EPO_TILE_ZONE = 64,
                      EPO_TILE_SORT = 128
};

struct epo_tile_rule {
    const char *layer; /* of the map base */
    const char *kinds; /* words between spaces, any of them; NULL: every kind */
    const char *target, *min_zoom;
    int fields;
    const char *value; /* what is written as kind or class; NULL: as it stands */
    const char *label; /* kind of the point that carries its name; NULL: none */
};
extern const struct epo_tile_rule EPO_TILE_RULES[];
extern const size_t EPO_TILE_RULE_COUNT;

/* The first rule that fits; NULL for a layer of the city's own. */
const struct epo_tile_rule *epo_tile_rule_for(const char *layer, struct epo_span kind);

/* Where labels made from areas go. A polygon's own label would stand in every tile that it touches.
 */
struct epo_tile_label {
    const char *kind, *target, *min_zoom;
    int fields;
    bool always; /* else only in a map base without a layer "place_label" */
};
extern const struct epo_tile_label EPO_TILE_LABELS[];
extern const size_t EPO_TILE_LABEL_COUNT;

#endif
