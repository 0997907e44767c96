/* How much of a place lies in the features of a layer. Internal to maps; any thread. */
#ifndef EPO_MAPS_OVERLAP_H
#define EPO_MAPS_OVERLAP_H

#include "maps/geos.h"
#include "maps/mapbase.h"

struct epo_overlap { /* a place made ready for questions; one thread */
    const struct epo_place *place;
    GEOSGeometry *geometry; /* NULL for a point */
    const GEOSPreparedGeometry *prepared;
    struct epo_box box; /* of the place */
    double whole;       /* m² of an area, m of a line, 1 for a point */
};
bool epo_overlap_begin(struct epo_overlap *overlap, const struct epo_place *place,
                       struct epo_error *error);
void epo_overlap_end(struct epo_overlap *overlap);
/* Calls back, in order of the layer, for each feature that shares more than a touch with the place;
 * amount is in the unit of `whole`. Features of line and point layers count as 0 m² for areas and
 * are called back when they meet the place. BAD_INPUT "place.too_wide" where the place may meet
 * more than EPO_PLACE_MEETS_MAX features: nothing is called back then. */
bool epo_overlap_each(struct epo_overlap *overlap, const struct epo_layer *layer,
                      void (*each)(const struct epo_feature *feature, double amount, void *arg),
                      void *arg, struct epo_error *error);
/* For a line or an area: calls back for each feature of a line layer whose strip it touches, that
 * is what lies within half its width (its measure, 8 m at least). Of a line also where it first
 * comes into the strip and how much of it runs there, in metres; both 0 for an area. */
bool epo_overlap_strips(struct epo_overlap *overlap, const struct epo_layer *layer,
                        void (*each)(const struct epo_feature *feature, double from_m,
                                     double length_m, void *arg),
                        void *arg, struct epo_error *error);
/* Distance in metres from the place to the nearest feature, INFINITY if over max_m. */
double epo_overlap_distance(struct epo_overlap *overlap, const struct epo_layer *layer,
                            double max_m);
/* Whether it is at most max_m. */
bool epo_overlap_within(struct epo_overlap *overlap, const struct epo_layer *layer, double max_m);

#endif
