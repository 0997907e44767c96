/* Numbers of houses and parcels, fee zones of public space, and where names stand on the map. */
#include "maps/demo/demo.h"

#include <math.h>
#include <string.h>

static const double ZONE_1_M = 470, ZONE_2_M = 2300; /* fee zones: distance from the square */

/* ---- houses ---- */

static void place_along(struct epo_demo_city *city, struct epo_demo_house *house) {
    const GEOSGeometry *line = city->street.at[house->street].geometry;
    GEOSGeometry *at = epo_demo_point(city, house->at);
    house->along = GEOSProject_r(city->g, line, at);
    GEOSGeometry *here = GEOSInterpolate_r(city->g, line, house->along);
    GEOSGeometry *next = GEOSInterpolate_r(city->g, line, house->along + 1);
    struct epo_point a = {0, 0}, b = {0, 0};
    if (here != NULL && next != NULL) {
        GEOSGeomGetX_r(city->g, here, &a.x);
        GEOSGeomGetY_r(city->g, here, &a.y);
        GEOSGeomGetX_r(city->g, next, &b.x);
        GEOSGeomGetY_r(city->g, next, &b.y);
    }
    double cross = (b.x - a.x) * (house->at.y - a.y) - (b.y - a.y) * (house->at.x - a.x);
    house->side = cross < 0;
    GEOSGeom_destroy_r(city->g, here);
    GEOSGeom_destroy_r(city->g, next);
    GEOSGeom_destroy_r(city->g, at);
}

/* Streets are numbered outwards from the town hall. */
static bool starts_outside(struct epo_demo_city *city, const GEOSGeometry *line) {
    struct epo_point ends[2] = {{0, 0}, {0, 0}};
    double length = 0;
    GEOSLength_r(city->g, line, &length);
    for (int e = 0; e < 2; e++) {
        GEOSGeometry *end = GEOSInterpolate_r(city->g, line, e == 0 ? 0 : length);
        if (end != NULL) {
            GEOSGeomGetX_r(city->g, end, &ends[e].x);
            GEOSGeomGetY_r(city->g, end, &ends[e].y);
        }
        GEOSGeom_destroy_r(city->g, end);
    }
    return hypot(ends[0].x, ends[0].y) > hypot(ends[1].x, ends[1].y);
}

static bool is_ring(struct epo_demo_city *city, const GEOSGeometry *line) {
    return GEOSGeomTypeId_r(city->g, line) == GEOS_LINESTRING && GEOSisClosed_r(city->g, line) == 1;
}

static int by_street(const void *a, const void *b) {
    const struct epo_demo_house *one = a, *two = b;
    if (one->street != two->street)
        return one->street < two->street ? -1 : 1;
    if (one->along != two->along)
        return one->along < two->along ? -1 : 1;
    if (one->at.x != two->at.x)
        return one->at.x < two->at.x ? -1 : 1;
    return one->at.y < two->at.y ? -1 : one->at.y > two->at.y;
}

static void orientation_numbers(struct epo_demo_city *city) {
    int last[2] = {0, 0}, street = -1, around = 0;
    bool flipped = false;
    for (size_t i = 0; i < city->house_count; i++)
        place_along(city, &city->houses[i]);
    for (size_t i = 0; i < city->house_count; i++) {
        struct epo_demo_house *house = &city->houses[i];
        const GEOSGeometry *line = city->street.at[house->street].geometry;
        double length = 0;
        flipped = starts_outside(city, line);
        GEOSLength_r(city->g, line, &length);
        if (flipped) {
            house->along = length - house->along;
            house->side = !house->side;
        }
    }
    qsort(city->houses, city->house_count, sizeof *city->houses, by_street);
    for (size_t i = 0; i < city->house_count; i++) {
        struct epo_demo_house *house = &city->houses[i];
        if (house->street != street) {
            street = house->street;
            last[0] = -1; /* odd on the left */
            last[1] = 0;
            around = 0;
        }
        if (is_ring(city, city->street.at[street].geometry)) { /* a square: around it, one by one */
            house->orientation = ++around;
            continue;
        }
        /* Both sides keep step, as the plots of a real street roughly do. */
        int wanted = (int)(house->along / 24) * 2 + (house->side ? 2 : 1);
        int number = last[house->side] + 2;
        if (wanted > number + 4)
            number = wanted - 4;
        house->orientation = number;
        last[house->side] = number;
    }
}

struct age {
    double years;
    size_t house;
};
static int by_age(const void *a, const void *b) {
    const struct age *one = a, *two = b;
    return one->years < two->years ? -1 : one->years > two->years;
}

/* Conscription numbers follow the time of building: the middle of a part first. Unique in it. */
static void conscription_numbers(struct epo_demo_city *city) {
    struct age *ages = malloc((city->house_count + 1) * sizeof *ages);
    epo_assert(ages != NULL);
    bool *done = calloc(city->house_count + 1, sizeof *done);
    epo_assert(done != NULL);
    uint64_t state = city->seed + 77;
    for (size_t first = 0; first < city->house_count; first++) {
        if (done[first])
            continue;
        const char *part = EPO_DEMO_PARTS[city->houses[first].part].name;
        struct epo_point middle = {0, 0};
        size_t count = 0;
        for (size_t i = first; i < city->house_count; i++)
            if (strcmp(EPO_DEMO_PARTS[city->houses[i].part].name, part) == 0) {
                middle.x += city->houses[i].at.x;
                middle.y += city->houses[i].at.y;
                ages[count++].house = i;
                done[i] = true;
            }
        middle.x /= (double)count;
        middle.y /= (double)count;
        for (size_t k = 0; k < count; k++) {
            struct epo_point at = city->houses[ages[k].house].at;
            ages[k].years =
                hypot(at.x - middle.x, at.y - middle.y) + epo_demo_uniform(&state, 0, 260);
        }
        qsort(ages, count, sizeof *ages, by_age);
        int number = 0;
        for (size_t k = 0; k < count; k++) {
            number += 1 + (epo_demo_random(&state) % 6 == 0);
            city->houses[ages[k].house].conscription = number;
        }
    }
    free(done);
    free(ages);
}

/* ---- parcels ---- */

static int cadastral_of(struct epo_point at) {
    double best_m = INFINITY;
    int best = 0;
    for (size_t i = 0; i < EPO_DEMO_CADASTRAL_COUNT; i++) {
        double far = hypot(EPO_DEMO_CADASTRAL[i].x - at.x, EPO_DEMO_CADASTRAL[i].y - at.y);
        if (far < best_m) {
            best_m = far;
            best = (int)i;
        }
    }
    for (int i = 0; i < best; i++) /* the first spot of the same name stands for all */
        if (strcmp(EPO_DEMO_CADASTRAL[i].code, EPO_DEMO_CADASTRAL[best].code) == 0)
            return i;
    return best;
}

/* "stem/part": a stem for each block in each cadastral area. */
static void parcel_numbers(struct epo_demo_city *city) {
    enum { AREAS = 64 };
    int next_stem[AREAS] = {0}, stem[AREAS] = {0}, part[AREAS] = {0}, block = -1;
    uint64_t state = city->seed + 99;
    for (size_t i = 0; i < city->parcel.count; i++) {
        struct epo_demo_shape *parcel = &city->parcel.at[i];
        int area = cadastral_of(epo_demo_inside(city, parcel->geometry));
        if (parcel->rank != block) {
            block = parcel->rank;
            memset(stem, 0, sizeof stem);
        }
        if (stem[area] == 0) {
            stem[area] = ++next_stem[area];
            part[area] = 0;
        }
        snprintf(parcel->name, sizeof parcel->name, "%d/%d", stem[area], ++part[area]);
        snprintf(parcel->belongs, sizeof parcel->belongs, "%s", EPO_DEMO_CADASTRAL[area].name);
        snprintf(parcel->code, sizeof parcel->code, "%s-%d-%d", EPO_DEMO_CADASTRAL[area].code,
                 stem[area], part[area]);
        /* The registered area and the drawn one differ in real life too. */
        double drawn = epo_demo_area(city, parcel->geometry);
        parcel->measure = round(drawn * epo_demo_uniform(&state, 0.998, 1.002));
    }
}

/* ---- public space ---- */

static GEOSGeometry *disc(struct epo_demo_city *city, double radius) {
    struct epo_point at[64];
    for (int i = 0; i < 64; i++)
        at[i] =
            (struct epo_point){radius * cos(2 * M_PI * i / 64), radius * sin(2 * M_PI * i / 64)};
    return epo_demo_polygon(city, at, 64);
}

static void add_space(struct epo_demo_city *city, struct epo_demo_list *to, GEOSGeometry *area,
                      const struct epo_demo_shape *of, const char *zone) {
    struct epo_demo_shape *shape =
        epo_demo_add(city, to, area, of->name[0] == '\0' ? "veřejná zeleň" : of->name, zone);
    if (shape == NULL)
        return;
    if (strcmp(of->kind, "service") == 0)
        snprintf(shape->name, sizeof shape->name, "%s", "obslužná komunikace");
    snprintf(shape->belongs, sizeof shape->belongs, "%s", of->kind);
    snprintf(shape->code, sizeof shape->code, "VP-%zu", to->count);
}

static void fee_zones(struct epo_demo_city *city) {
    struct epo_demo_list zoned = {0};
    GEOSGeometry *centre = disc(city, ZONE_1_M), *wider = disc(city, ZONE_2_M);
    for (size_t i = 0; i < city->space.count; i++) {
        const struct epo_demo_shape *space = &city->space.at[i];
        double nearest = 0, farthest = 0;
        GEOSGeometry *middle = epo_demo_point(city, (struct epo_point){0, 0});
        GEOSDistance_r(city->g, middle, space->geometry, &nearest);
        GEOSHausdorffDistance_r(city->g, space->geometry, middle, &farthest);
        GEOSGeom_destroy_r(city->g, middle);
        GEOSGeometry *whole = GEOSGeom_clone_r(city->g, space->geometry);
        if (farthest <= ZONE_1_M) {
            add_space(city, &zoned, whole, space, "1");
        } else if (nearest >= ZONE_2_M) {
            add_space(city, &zoned, whole, space, "3");
        } else {
            GEOSGeometry *in = epo_demo_within(city, GEOSGeom_clone_r(city->g, whole), centre);
            GEOSGeometry *out = epo_demo_minus(city, GEOSGeom_clone_r(city->g, whole), wider);
            whole = epo_demo_minus(city, epo_demo_within(city, whole, wider), centre);
            add_space(city, &zoned, in, space, "1");
            add_space(city, &zoned, whole, space, "2");
            add_space(city, &zoned, out, space, "3");
        }
    }
    GEOSGeom_destroy_r(city->g, wider);
    GEOSGeom_destroy_r(city->g, centre);
    epo_demo_list_clear(city, &city->space);
    city->space = zoned;
}

/* ---- labels ---- */

static void label(struct epo_demo_city *city, struct epo_point at, const char *name,
                  const char *kind, int rank) {
    struct epo_demo_shape *shape =
        epo_demo_add(city, &city->label, epo_demo_point(city, at), name, kind);
    if (shape != NULL)
        shape->rank = rank;
}

static void labels(struct epo_demo_city *city) {
    for (size_t i = 0; i < EPO_DEMO_DISTRICT_COUNT; i++) {
        struct epo_point at = {EPO_DEMO_DISTRICTS[i].x, EPO_DEMO_DISTRICTS[i].y};
        if (i == 2)
            at = (struct epo_point){-900, -1100}; /* clear of the square */
        label(city, at, EPO_DEMO_DISTRICTS[i].name, "district", 1);
    }
    label(city, (struct epo_point){0, 215}, "Historické jádro", "quarter", 2);
    for (size_t i = 0; i < EPO_DEMO_ZONE_COUNT; i++) {
        for (size_t k = 0; k < city->zone.count; k++)
            if (city->zone.at[k].rank == (int)i)
                label(city, epo_demo_inside(city, city->zone.at[k].geometry),
                      EPO_DEMO_ZONES[i].name,
                      EPO_DEMO_ZONES[i].fabric == EPO_DEMO_VILLAGE ? "village" : "quarter", 2);
    }
    label(city, (struct epo_point){0, -45}, "náměstí Republiky", "square", 3);
    for (size_t i = 0; i < EPO_DEMO_SQUARE_COUNT; i++)
        label(city, (struct epo_point){EPO_DEMO_SQUARES[i].x, EPO_DEMO_SQUARES[i].y},
              EPO_DEMO_SQUARES[i].name, "square", 4);
    for (size_t i = 0; i < city->park.count; i++)
        label(city, epo_demo_inside(city, city->park.at[i].geometry), city->park.at[i].name, "park",
              epo_demo_area(city, city->park.at[i].geometry) > 60000 ? 3 : 4);
    for (size_t i = 0; i < city->landuse.count; i++)
        if (city->landuse.at[i].name[0] != '\0')
            label(city, epo_demo_inside(city, city->landuse.at[i].geometry),
                  city->landuse.at[i].name, "wood", 3);
    for (size_t i = EPO_DEMO_RIVER_COUNT; i < city->water.count; i++)
        label(city, epo_demo_inside(city, city->water.at[i].geometry), city->water.at[i].name,
              "water", 3);
    for (size_t i = 0; i < EPO_DEMO_RIVER_COUNT; i++)
        for (size_t k = 2; k + 1 < epo_demo_path_points(EPO_DEMO_RIVERS[i].at, EPO_DEMO_PATH);
             k += 4)
            label(city,
                  (struct epo_point){EPO_DEMO_RIVERS[i].at[k][0], EPO_DEMO_RIVERS[i].at[k][1]},
                  EPO_DEMO_RIVERS[i].name, "river", 4);
    label(city, (struct epo_point){1010, -440}, "Hlavní nádraží", "station", 3);
}

void epo_demo_numbers(struct epo_demo_city *city) {
    orientation_numbers(city);
    conscription_numbers(city);
    parcel_numbers(city);
    fee_zones(city);
    labels(city);
}
