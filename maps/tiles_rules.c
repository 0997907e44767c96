#include "maps/tiles_rules.h"

#include <string.h>

#define NAMED (EPO_TILE_NAME | EPO_TILE_KIND)
#define LABELLED (EPO_TILE_NAME | EPO_TILE_KIND | EPO_TILE_RANK)
#define STREET (EPO_TILE_NAME | EPO_TILE_CLASS)

/* The first row that fits is taken. To thin out a crowded zoom, raise min_zoom here. */
const struct epo_tile_rule EPO_TILE_RULES[] = {
    {"city", NULL, "city", EPO_TILE_ZOOM_LEAST, EPO_TILE_NAME, NULL, NULL},
    {"district", NULL, "district", EPO_TILE_ZOOM_LEAST, EPO_TILE_NAME | EPO_TILE_CODE, NULL,
     "district"},
    {"border", NULL, "border", EPO_TILE_ZOOM_LEAST, EPO_TILE_KIND, NULL, NULL}, /* of both above */
    {"cadastral_area", NULL, "cadastral_area", "14", EPO_TILE_NAME, NULL, "quarter"},
    {"water", "stream ditch drain", "water", "13", NAMED, "stream", NULL},
    {"water", "river riverbank canal", "water", EPO_TILE_ZOOM_LEAST, NAMED, "river", "river"},
    {"water", NULL, "water", EPO_TILE_ZOOM_LEAST, NAMED, "pond", "water"},
    {"stream", "stream ditch drain", "water", "13", NAMED, "stream", NULL},
    {"stream", NULL, "water", EPO_TILE_ZOOM_LEAST, NAMED, "river", NULL},
    {"park", "pitch stadium sports_centre track", "park", "13", NAMED, "pitch", "park"},
    {"park", "cemetery grave_yard", "park", "12", NAMED, "cemetery", "park"},
    {"park", "allotments", "park", "12", NAMED, NULL, "park"},
    {"park", NULL, "park", "11", NAMED, "park", "park"},
    {"landuse", "wood forest", "landuse", EPO_TILE_ZOOM_LEAST, EPO_TILE_KIND, "wood", "wood"},
    {"landuse", "residential commercial retail farmyard", "landuse", EPO_TILE_ZOOM_LEAST,
     EPO_TILE_KIND, "residential", NULL},
    {"landuse", "industrial railway quarry construction brownfield landfill", "landuse",
     EPO_TILE_ZOOM_LEAST, EPO_TILE_KIND, "industrial", NULL},
    {"landuse", "field farmland", "landuse", "12", EPO_TILE_KIND, "field", NULL},
    {"landuse", "scrub heath orchard vineyard plant_nursery greenhouse_horticulture", "landuse",
     "12", EPO_TILE_KIND, "scrub", NULL},
    {"landuse", "allotments", "landuse", "12", EPO_TILE_KIND, NULL, NULL},
    {"landuse", "cemetery", "landuse", "12", EPO_TILE_KIND, NULL, NULL},
    {"landuse", NULL, "landuse", "12", EPO_TILE_KIND, "meadow", NULL},
    {"built_up", "industrial", "landuse", EPO_TILE_ZOOM_LEAST, EPO_TILE_KIND, NULL, NULL},
    {"built_up", NULL, "landuse", EPO_TILE_ZOOM_LEAST, EPO_TILE_KIND, "residential", NULL},
    {"rail", "main rail", "rail", EPO_TILE_ZOOM_LEAST, EPO_TILE_KIND, "main", NULL},
    {"rail", "branch narrow_gauge", "rail", "12", EPO_TILE_KIND, "branch", NULL},
    {"rail", "tram light_rail subway", "rail", "14", EPO_TILE_KIND, "tram", NULL},
    {"rail", NULL, "rail", "13", EPO_TILE_KIND, "station", NULL},
    {"street", "motorway motorway_link", "street", EPO_TILE_ZOOM_LEAST, STREET, "motorway", NULL},
    {"street", "primary primary_link trunk trunk_link main", "street", EPO_TILE_ZOOM_LEAST, STREET,
     "primary", NULL},
    {"street", "secondary secondary_link", "street", "11", STREET, "secondary", NULL},
    {"street", "tertiary tertiary_link collector", "street", "12", STREET, "tertiary", NULL},
    {"street", "pedestrian square", "street", "13", STREET, "pedestrian", NULL},
    {"street", "service", "street", "14", STREET, NULL, NULL},
    {"street", "footway path cycleway bridleway", "street", "14", EPO_TILE_CLASS, "path", NULL},
    {"street", "steps", "street", "15", EPO_TILE_CLASS, NULL, NULL},
    {"street", "track", "street", "14", EPO_TILE_CLASS, NULL, NULL},
    {"street", NULL, "street", "13", STREET, "residential", NULL},
    {"path", "track", "street", "14", EPO_TILE_CLASS, NULL, NULL},
    {"path", NULL, "street", "14", EPO_TILE_CLASS, "path", NULL},
    {"building", "works industrial warehouse", "building", "13", EPO_TILE_KIND, "works", NULL},
    {"building", "yard garage garages shed roof hut carport", "building", "15", EPO_TILE_KIND,
     "yard", NULL},
    {"building",
     "public church cathedral chapel school kindergarten college university hospital civic "
     "townhall train_station",
     "building", "14", EPO_TILE_KIND, "public", NULL},
    {"building", NULL, "building", "14", EPO_TILE_KIND, "house", NULL},
    {"public_space", NULL, "public_space", "14", EPO_TILE_NAME | EPO_TILE_ZONE | EPO_TILE_SORT,
     NULL, NULL},
    {"parcel", NULL, "parcel", EPO_TILE_ZOOM_MOST, 0, NULL, "parcel"},
    {"landmark", NULL, "landmark", "14", LABELLED, NULL, NULL},
    {"place_label", "district", "place_label", EPO_TILE_ZOOM_LEAST, LABELLED, NULL, NULL},
    {"place_label", "quarter", "place_label", "12", LABELLED, NULL, NULL},
    {"place_label", "village", "place_label", "11", LABELLED, NULL, NULL},
    {"place_label", "square", "place_label", "14", LABELLED, NULL, NULL},
    {"place_label", "station", "place_label", "12", LABELLED, NULL, NULL},
    {"place_label", NULL, "nature_label", "13", LABELLED, NULL, NULL},
    {"address", NULL, "address", EPO_TILE_ZOOM_MOST, EPO_TILE_NUMBER, NULL, NULL},
};
const size_t EPO_TILE_RULE_COUNT = sizeof EPO_TILE_RULES / sizeof *EPO_TILE_RULES;

const struct epo_tile_label EPO_TILE_LABELS[] = {
    {"district", "place_label", EPO_TILE_ZOOM_LEAST, LABELLED, false},
    {"quarter", "place_label", "12", LABELLED, false},
    {"river", "nature_label", "13", LABELLED, false},
    {"water", "nature_label", "13", LABELLED, false},
    {"wood", "nature_label", "13", LABELLED, false},
    {"park", "nature_label", "13", LABELLED, false},
    {"parcel", "parcel_label", EPO_TILE_ZOOM_MOST, EPO_TILE_NUMBER, true},
};
const size_t EPO_TILE_LABEL_COUNT = sizeof EPO_TILE_LABELS / sizeof *EPO_TILE_LABELS;

static bool among(const char *words, struct epo_span word) {
    struct epo_span rest = epo_span(words);
    while (rest.len > 0)
        if (epo_span_equal(epo_span_cut(rest, ' ', &rest), word))
            return true;
    return false;
}

const struct epo_tile_rule *epo_tile_rule_for(const char *layer, struct epo_span kind) {
    for (size_t i = 0; i < EPO_TILE_RULE_COUNT; i++) {
        const struct epo_tile_rule *rule = &EPO_TILE_RULES[i];
        if (strcmp(rule->layer, layer) == 0 && (rule->kinds == NULL || among(rule->kinds, kind)))
            return rule;
    }
    return NULL;
}
