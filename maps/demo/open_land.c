/* What is left: parks, woods, fields and water get their ground and parcels, so that every point of
 * the city lies in exactly one parcel. */
#include "maps/demo/demo.h"

#include <math.h>
#include <string.h>

struct spread { /* parcels of one kind of ground */
    double step;
    double city_owned, state_owned;
    uint64_t state;
};

static void parcel_out(struct epo_demo_city *city, const GEOSGeometry *area, void *arg) {
    struct spread *spread = arg;
    double x0, y0, x1, y1;
    GEOSGeom_getExtent_r(city->g, area, &x0, &y0, &x1, &y1);
    int columns = (int)ceil((x1 - x0) / spread->step), rows = (int)ceil((y1 - y0) / spread->step);
    columns = columns < 1 ? 1 : columns;
    rows = rows < 1 ? 1 : rows;
    size_t count = (size_t)columns * (size_t)rows;
    struct epo_point *sites = malloc(count * sizeof *sites);
    GEOSGeometry **cells = malloc(count * sizeof *cells);
    epo_assert(sites != NULL && cells != NULL);
    for (size_t i = 0; i < count; i++) {
        double u = (double)(i % (size_t)columns) + epo_demo_uniform(&spread->state, 0.1, 0.9);
        double v = (double)(i / (size_t)columns) + epo_demo_uniform(&spread->state, 0.1, 0.9);
        sites[i] = (struct epo_point){x0 + u * spread->step, y0 + v * spread->step};
    }
    epo_demo_cells(city, area, sites, count, cells);
    city->blocks++;
    for (size_t i = 0; i < count; i++) {
        if (cells[i] == NULL || epo_demo_area(city, cells[i]) < 2) {
            GEOSGeom_destroy_r(city->g, cells[i]);
            continue;
        }
        double draw = epo_demo_uniform(&spread->state, 0, 1);
        const char *owner = draw < spread->city_owned                         ? "city"
                            : draw < spread->city_owned + spread->state_owned ? "state"
                                                                              : "private";
        struct epo_demo_shape *parcel = epo_demo_add(city, &city->parcel, cells[i], "", owner);
        if (parcel != NULL)
            parcel->rank = city->blocks;
    }
    free(cells);
    free(sites);
}

static void parcels_of(struct epo_demo_city *city, const GEOSGeometry *area, double step,
                       double city_owned, double state_owned) {
    struct spread spread = {step, city_owned, state_owned, city->seed * 977 + (uint64_t)step};
    epo_demo_each(city, area, parcel_out, &spread);
}

static void ground_of_list(struct epo_demo_city *city, const struct epo_demo_list *list,
                           double step, double city_owned, double state_owned) {
    for (size_t i = 0; i < list->count; i++)
        parcels_of(city, list->at[i].geometry, step, city_owned, state_owned);
}

static void woods(struct epo_demo_city *city) {
    for (size_t i = 0; i < EPO_DEMO_WOOD_COUNT; i++) {
        const struct epo_demo_spot *spot = &EPO_DEMO_WOODS[i];
        GEOSGeometry *wood =
            epo_demo_blob(city, (struct epo_point){spot->x, spot->y}, spot->radius_x,
                          spot->radius_y, spot->angle_deg * M_PI / 180, 0.42);
        wood = epo_demo_within(city, wood, city->boundary);
        wood = epo_demo_minus_list(city, wood, &city->water);
        wood = epo_demo_minus(city, wood, city->taken_rail);
        wood = epo_demo_minus_list(city, wood, &city->park);
        wood = epo_demo_minus_list(city, wood, &city->zone);
        wood = epo_demo_minus_list(city, wood, &city->space);
        wood = epo_demo_minus_list(city, wood, &city->landuse);
        epo_demo_add(city, &city->landuse, wood, spot->name, "wood");
    }
    ground_of_list(city, &city->landuse, 600, 0.55, 0.35);
}

static void fields(struct epo_demo_city *city) {
    GEOSGeometry *land = GEOSGeom_clone_r(city->g, city->boundary);
    const struct epo_demo_list *taken[] = {&city->water, &city->park, &city->zone, &city->space,
                                           &city->landuse};
    land = epo_demo_minus(city, land, city->centre);
    land = epo_demo_minus(city, land, city->taken_rail);
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        GEOSGeometry *all = epo_demo_union(city, taken[i], 0);
        land = epo_demo_minus(city, land, all);
        GEOSGeom_destroy_r(city->g, all);
    }
    size_t first = city->parcel.count;
    parcels_of(city, land, 420, 0.14, 0.08);
    GEOSGeom_destroy_r(city->g, land);
    static const char *const KINDS[] = {"field", "field", "meadow", "field", "scrub"};
    uint64_t state = city->seed * 7;
    for (size_t i = first; i < city->parcel.count; i++) {
        double area = epo_demo_area(city, city->parcel.at[i].geometry);
        struct epo_point at = epo_demo_inside(city, city->parcel.at[i].geometry);
        const char *kind = KINDS[epo_demo_random(&state) % 5];
        if (hypot(at.x, at.y) < 2600 || area < 9000) /* no ploughing between houses */
            kind = "meadow";
        epo_demo_add(city, &city->landuse, GEOSGeom_clone_r(city->g, city->parcel.at[i].geometry),
                     "", kind);
    }
}

static void other_ground(struct epo_demo_city *city) {
    for (size_t i = 0; i < city->space.count; i++) {
        const struct epo_demo_shape *space = &city->space.at[i];
        if (strcmp(space->kind, "green") == 0)
            continue; /* lots.c gave these their parcels */
        parcels_of(city, space->geometry, 1500, 0.97, 0.02);
    }
    for (size_t i = 0; i < city->water.count; i++) {
        GEOSGeometry *water = GEOSGeom_clone_r(city->g, city->water.at[i].geometry);
        water = epo_demo_minus_list(city, water, &city->space);
        parcels_of(city, water, 1800, 0.05, 0.95);
        GEOSGeom_destroy_r(city->g, water);
    }
    GEOSGeometry *rail = GEOSGeom_clone_r(city->g, city->taken_rail);
    rail = epo_demo_minus_list(city, rail, &city->space);
    rail = epo_demo_minus_list(city, rail, &city->water);
    parcels_of(city, rail, 2500, 0, 1);
    GEOSGeom_destroy_r(city->g, rail);
}

void epo_demo_open_land(struct epo_demo_city *city) {
    ground_of_list(city, &city->park, 500, 0.97, 0.02);
    woods(city);
    fields(city);
    other_ground(city);
    for (size_t i = 0; i < city->park.count; i++) {
        const struct epo_demo_shape *park = &city->park.at[i];
        if (strcmp(park->kind, "park") == 0)
            epo_demo_add(city, &city->space, GEOSGeom_clone_r(city->g, park->geometry), park->name,
                         "park");
    }
}
