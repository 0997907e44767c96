/* A zone without its streets falls into blocks; each is given to lots.c. */
#include "maps/demo/demo.h"

struct in_zone {
    const struct epo_demo_zone *zone;
};

static void one_block(struct epo_demo_city *city, const GEOSGeometry *block, void *arg) {
    const struct in_zone *in = arg;
    city->blocks++;
    epo_demo_block(city, block, in->zone);
}

static const struct epo_demo_zone OLD_TOWN = {
    "Historické jádro", EPO_DEMO_OLD_TOWN, 6, 0, 0, 0, 0, "", {{0, 0}}, 0};

void epo_demo_blocks(struct epo_demo_city *city) {
    GEOSGeometry *core = GEOSGeom_clone_r(city->g, city->centre);
    core = epo_demo_minus_list(city, core, &city->space);
    struct in_zone in = {&OLD_TOWN};
    epo_demo_each(city, core, one_block, &in);
    GEOSGeom_destroy_r(city->g, core);
    for (size_t i = 0; i < city->zone.count; i++) {
        in.zone = &EPO_DEMO_ZONES[city->zone.at[i].rank];
        GEOSGeometry *ground = GEOSGeom_clone_r(city->g, city->zone.at[i].geometry);
        ground = epo_demo_minus_list(city, ground, &city->space);
        epo_demo_each(city, ground, one_block, &in);
        GEOSGeom_destroy_r(city->g, ground);
    }
}
