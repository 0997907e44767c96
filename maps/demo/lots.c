/* A block becomes lots and houses. Lots are the cells of points set along the block's edge, so that
 * each reaches the street and they meet in the middle. */
#include "maps/demo/demo.h"

#include <math.h>
#include <string.h>

enum { LOTS_MAX = 400 };

/* How each fabric builds: metres and probabilities. A new fabric is a row. */
struct habit {
    double front_least, front_most; /* width of a lot */
    double deep;                    /* of a house */
    double set_back;                /* from the street; 0 builds a closed row */
    double built;                   /* share of lots with a house */
    double yard;                    /* share of lots with a second building */
    double city_owned;
};
static const struct habit HABITS[] = {
    [EPO_DEMO_OLD_TOWN] = {18, 26, 15, 0, 0.98, 0.2, 0.12},
    [EPO_DEMO_BLOCK] = {40, 56, 13, 0, 0.95, 0.5, 0.06},
    [EPO_DEMO_VILLA] = {44, 60, 12, 5, 0.98, 0.6, 0.03},
    [EPO_DEMO_ESTATE] = {0, 0, 12, 0, 1, 0, 0.9},
    [EPO_DEMO_VILLAGE] = {46, 66, 11, 4, 0.97, 0.7, 0.03},
    [EPO_DEMO_INDUSTRY] = {0, 0, 0, 0, 0.85, 0, 0.05},
};

struct front { /* a point of the block's edge, looking in */
    struct epo_point at;
    double in_x, in_y; /* unit vector into the block */
};
struct plot {
    struct epo_demo_city *city;
    const struct epo_demo_zone *zone;
    const struct habit *habit;
    uint64_t state;
    const GEOSGeometry *block;
    short near[64]; /* streets that may pass the block */
    int near_count;
};

static const char *owner_of(struct plot *plot, double city_owned) {
    double draw = epo_demo_uniform(&plot->state, 0, 1);
    return draw < city_owned ? "city" : draw < city_owned + 0.02 ? "state" : "private";
}

static void add_parcel(struct plot *plot, GEOSGeometry *area, double city_owned) {
    if (epo_demo_area(plot->city, area) < 4) {
        GEOSGeom_destroy_r(plot->city->g, area);
        return;
    }
    struct epo_demo_shape *parcel =
        epo_demo_add(plot->city, &plot->city->parcel, area, "", owner_of(plot, city_owned));
    if (parcel != NULL)
        parcel->rank = plot->city->blocks;
}

/* The named street that passes a point; -1 if none does within reach_m. */
static int street_at(const struct plot *plot, struct epo_point at, double reach_m) {
    struct epo_demo_city *city = plot->city;
    int best = -1;
    GEOSGeometry *point = epo_demo_point(city, at);
    for (int k = 0; k < plot->near_count; k++) {
        int i = plot->near[k];
        const struct epo_demo_shape *s = &city->street.at[i];
        double distance = 1e9;
        GEOSDistance_r(city->g, point, s->geometry, &distance);
        distance -= s->measure / 2;
        if (distance < reach_m) {
            reach_m = distance;
            best = i;
        }
    }
    GEOSGeom_destroy_r(city->g, point);
    return best;
}

static void add_house(struct plot *plot, struct epo_point at, int street) {
    struct epo_demo_city *city = plot->city;
    if (city->house_count == city->house_room) {
        city->house_room = city->house_room == 0 ? 1024 : city->house_room * 2;
        city->houses = realloc(city->houses, city->house_room * sizeof *city->houses);
        epo_assert(city->houses != NULL);
    }
    struct epo_demo_house *house = &city->houses[city->house_count++];
    memset(house, 0, sizeof *house);
    house->at = at;
    house->street = street;
    house->part = plot->zone->part;
    house->postcode = EPO_DEMO_PARTS[plot->zone->part].postcode;
}

/* Lots along one stretch of edge without a sharp corner. */
static int set_run(struct plot *plot, const struct epo_point *at, int points, double turn,
                   struct front *fronts, int room) {
    double length = 0;
    for (int i = 0; i + 1 < points; i++)
        length += hypot(at[i + 1].x - at[i].x, at[i + 1].y - at[i].y);
    double width =
        epo_demo_uniform(&plot->state, plot->habit->front_least, plot->habit->front_most);
    int lots = (int)round(length / width), count = 0;
    if (lots == 0 && length > 9)
        lots = 1;
    double done = 0;
    for (int i = 0; i + 1 < points; i++) {
        double dx = at[i + 1].x - at[i].x, dy = at[i + 1].y - at[i].y, step = hypot(dx, dy);
        double wanted = (count + 0.5) / (lots == 0 ? 1 : lots) * length;
        while (count < lots && count < room && wanted <= done + step + 1e-9) {
            double t = step == 0 ? 0 : (wanted - done) / step;
            double in_x = -dy / step * turn, in_y = dx / step * turn;
            fronts[count++] = (struct front){
                {at[i].x + dx * t + in_x * 0.5, at[i].y + dy * t + in_y * 0.5}, in_x, in_y};
            wanted = (count + 0.5 + epo_demo_uniform(&plot->state, -0.12, 0.12)) / lots * length;
        }
        done += step;
    }
    return count;
}

static double turn_at(const struct epo_point *p) { /* degrees between p[-1] p[0] and p[0] p[1] */
    double a = atan2(p[0].y - p[-1].y, p[0].x - p[-1].x);
    double b = atan2(p[1].y - p[0].y, p[1].x - p[0].x);
    return fabs(remainder(b - a, 2 * M_PI)) * 180 / M_PI;
}

/* Walks the outline from corner to corner. */
static int set_fronts(struct plot *plot, struct front fronts[LOTS_MAX]) {
    enum { POINTS = 600 };
    struct epo_demo_city *city = plot->city;
    GEOSGeometry *plain = GEOSSimplify_r(city->g, GEOSGetExteriorRing_r(city->g, plot->block), 2.2);
    const GEOSCoordSequence *s = plain == NULL ? NULL : GEOSGeom_getCoordSeq_r(city->g, plain);
    unsigned size = 0;
    if (s != NULL)
        GEOSCoordSeq_getSize_r(city->g, s, &size);
    if (size < 4 || size > POINTS) {
        GEOSGeom_destroy_r(city->g, plain);
        return 0;
    }
    struct epo_point at[POINTS + 1];
    for (unsigned i = 0; i < size; i++)
        GEOSCoordSeq_getXY_r(city->g, s, i, &at[i].x, &at[i].y);
    char anticlockwise = 0;
    GEOSCoordSeq_isCCW_r(city->g, s, &anticlockwise);
    GEOSGeom_destroy_r(city->g, plain);
    int count = 0;
    unsigned from = 0;
    for (unsigned i = 1; i < size; i++) {
        if (i + 1 < size && turn_at(&at[i]) < 42)
            continue;
        count += set_run(plot, at + from, (int)(i - from) + 1, anticlockwise ? 1 : -1,
                         fronts + count, LOTS_MAX - count);
        from = i;
    }
    return count;
}

static struct epo_point into(const struct front *front, double deep) {
    return (struct epo_point){front->at.x + front->in_x * deep, front->at.y + front->in_y * deep};
}

static bool add_building(struct plot *plot, GEOSGeometry *shape, double least_m2,
                         const char *kind) {
    if (epo_demo_area(plot->city, shape) < least_m2) {
        GEOSGeom_destroy_r(plot->city->g, shape);
        return false;
    }
    return epo_demo_add(plot->city, &plot->city->building, shape, "", kind) != NULL;
}

/* A rectangle that fits into the lot, made smaller twice before giving up. */
static bool detached(struct plot *plot, const GEOSGeometry *lot, struct epo_point centre,
                     double half_w, double half_d, double angle, const char *kind) {
    for (int attempt = 0; attempt < 3; attempt++) {
        GEOSGeometry *shape = epo_demo_rectangle(plot->city, centre, half_w, half_d, angle);
        if (GEOSCovers_r(plot->city->g, lot, shape) == 1)
            return add_building(plot, shape, 6, kind);
        GEOSGeom_destroy_r(plot->city->g, shape);
        half_w *= 0.8;
        half_d *= 0.85;
    }
    return false;
}

static void closed_row(struct plot *plot, const GEOSGeometry *lot, const struct front *front,
                       const GEOSGeometry *strip, int street) {
    struct epo_demo_city *city = plot->city;
    GEOSGeometry *house = epo_demo_within(city, GEOSGeom_clone_r(city->g, lot), strip);
    if (!add_building(plot, house, 35, "house"))
        return;
    add_house(plot, into(front, 3), street);
    if (!epo_demo_chance(&plot->state, plot->habit->yard))
        return;
    double deep = plot->habit->deep + 9;
    detached(plot, lot, into(front, deep), epo_demo_uniform(&plot->state, 3, 6), 3,
             atan2(front->in_y, front->in_x) - M_PI / 2, "yard");
}

static void in_garden(struct plot *plot, const GEOSGeometry *lot, const struct front *front,
                      int street) {
    double half_d = plot->habit->deep / 2 + epo_demo_uniform(&plot->state, -1, 1.5);
    double half_w = epo_demo_uniform(&plot->state, 4.5, 7.5);
    double back = plot->habit->set_back + epo_demo_uniform(&plot->state, -1.5, 2);
    double angle = atan2(front->in_y, front->in_x) - M_PI / 2;
    if (!detached(plot, lot, into(front, back + half_d), half_w, half_d, angle, "house"))
        return;
    add_house(plot, into(front, back + 2), street);
    if (epo_demo_chance(&plot->state, plot->habit->yard)) {
        struct epo_point at = into(front, back + 2 * half_d + 7);
        double shift = epo_demo_uniform(&plot->state, -4, 4);
        at.x += shift * cos(angle);
        at.y += shift * sin(angle);
        detached(plot, lot, at, 3, 2.4, angle, "yard");
    }
}

static void build_lots(struct plot *plot) {
    struct epo_demo_city *city = plot->city;
    struct front fronts[LOTS_MAX];
    GEOSGeometry *cells[LOTS_MAX];
    int count = set_fronts(plot, fronts);
    struct epo_point sites[LOTS_MAX];
    int streets[LOTS_MAX], kept = 0;
    for (int i = 0; i < count; i++) { /* lots face streets; behind them they reach the fields */
        int street = street_at(plot, fronts[i].at, plot->habit->set_back > 0 ? 9 : 14);
        if (street < 0)
            continue;
        sites[kept] = fronts[i].at;
        streets[kept] = street;
        fronts[kept++] = fronts[i];
    }
    count = kept;
    if (count == 0) {
        add_parcel(plot, GEOSGeom_clone_r(city->g, plot->block), 0.7);
        return;
    }
    epo_demo_cells(city, plot->block, sites, (size_t)count, cells);
    GEOSGeometry *core = epo_demo_grown(city, plot->block, -plot->habit->deep);
    GEOSGeometry *strip = epo_demo_minus(city, GEOSGeom_clone_r(city->g, plot->block), core);
    GEOSGeom_destroy_r(city->g, core);
    for (int i = 0; i < count; i++) {
        if (cells[i] == NULL)
            continue;
        if (epo_demo_chance(&plot->state, plot->habit->built)) {
            if (plot->habit->set_back > 0)
                in_garden(plot, cells[i], &fronts[i], streets[i]);
            else
                closed_row(plot, cells[i], &fronts[i], strip, streets[i]);
        }
        add_parcel(plot, cells[i], plot->habit->city_owned);
    }
    GEOSGeom_destroy_r(city->g, strip);
}

/* One slab: sections with an entrance each, every section its own parcel. */
static GEOSGeometry *slab(struct plot *plot, GEOSGeometry *green, const GEOSGeometry *room,
                          struct epo_point middle, double angle, int sections) {
    struct epo_demo_city *city = plot->city;
    const double half = 12, deep = 6.4;
    GEOSGeometry *whole = epo_demo_rectangle(city, middle, half * sections, deep, angle);
    bool fits = GEOSCovers_r(city->g, room, whole) == 1 &&
                GEOSDisjoint_r(city->g, green, whole) == 0 &&
                GEOSCovers_r(city->g, green, whole) == 1;
    int street = fits ? street_at(plot, middle, 120) : -1;
    if (street < 0) {
        GEOSGeom_destroy_r(city->g, whole);
        return green;
    }
    for (int i = 0; i < sections; i++) {
        double along = (2 * i + 1 - sections) * half;
        struct epo_point at = {middle.x + along * cos(angle), middle.y + along * sin(angle)};
        GEOSGeometry *section = epo_demo_rectangle(city, at, half, deep, angle);
        add_building(plot, GEOSGeom_clone_r(city->g, section), 1, sections == 1 ? "tower" : "slab");
        add_parcel(plot, section, 0.1);
        add_house(plot, at, street);
    }
    GEOSGeometry *around = epo_demo_grown(city, whole, 14);
    green = epo_demo_minus(city, green, around);
    GEOSGeom_destroy_r(city->g, around);
    GEOSGeom_destroy_r(city->g, whole);
    return green;
}

static void build_estate(struct plot *plot) {
    struct epo_demo_city *city = plot->city;
    double x0, y0, x1, y1;
    GEOSGeom_getExtent_r(city->g, plot->block, &x0, &y0, &x1, &y1);
    GEOSGeometry *room = epo_demo_grown(city, plot->block, -5);
    GEOSGeometry *green = GEOSGeom_clone_r(city->g, room);
    size_t first = city->parcel.count;
    double angle =
        plot->zone->angle_deg * M_PI / 180 + (epo_demo_chance(&plot->state, 0.4) ? M_PI / 2 : 0);
    static const int SECTIONS[] = {4, 3, 3, 2, 2, 1};
    for (size_t s = 0; s < sizeof SECTIONS / sizeof *SECTIONS; s++) {
        int tries = SECTIONS[s] == 1 ? 2 : 6;
        for (int t = 0; t < tries; t++) {
            struct epo_point at = {epo_demo_uniform(&plot->state, x0, x1),
                                   epo_demo_uniform(&plot->state, y0, y1)};
            double turn = epo_demo_chance(&plot->state, 0.15) ? M_PI / 2 : 0;
            green = slab(plot, green, room, at, angle + turn, SECTIONS[s]);
        }
    }
    GEOSGeometry *rest = GEOSGeom_clone_r(city->g, plot->block);
    for (size_t i = first; i < city->parcel.count; i++)
        rest = epo_demo_minus(city, rest, city->parcel.at[i].geometry);
    epo_demo_add(city, &city->space, GEOSGeom_clone_r(city->g, rest), "", "green");
    struct epo_point sites[4];
    GEOSGeometry *cells[4];
    for (int i = 0; i < 4; i++)
        sites[i] = (struct epo_point){epo_demo_uniform(&plot->state, x0, x1),
                                      epo_demo_uniform(&plot->state, y0, y1)};
    epo_demo_cells(city, rest, sites, 4, cells);
    for (int i = 0; i < 4; i++)
        if (cells[i] != NULL)
            add_parcel(plot, cells[i], plot->habit->city_owned);
    GEOSGeom_destroy_r(city->g, rest);
    GEOSGeom_destroy_r(city->g, green);
    GEOSGeom_destroy_r(city->g, room);
}

static void build_works(struct plot *plot) {
    enum { SITES = 12 };
    struct epo_demo_city *city = plot->city;
    double x0, y0, x1, y1;
    GEOSGeom_getExtent_r(city->g, plot->block, &x0, &y0, &x1, &y1);
    int count = (int)(epo_demo_area(city, plot->block) / 9000) + 1;
    count = count > SITES ? SITES : count;
    struct epo_point sites[SITES];
    GEOSGeometry *cells[SITES];
    for (int i = 0; i < count; i++)
        sites[i] = (struct epo_point){epo_demo_uniform(&plot->state, x0, x1),
                                      epo_demo_uniform(&plot->state, y0, y1)};
    epo_demo_cells(city, plot->block, sites, (size_t)count, cells);
    double angle = plot->zone->angle_deg * M_PI / 180;
    for (int i = 0; i < count; i++) {
        if (cells[i] == NULL)
            continue;
        double side = sqrt(epo_demo_area(city, cells[i]));
        for (int hall = 0; hall < 3 && side > 25; hall++) {
            struct epo_point at = epo_demo_inside(city, cells[i]);
            at.x += hall * epo_demo_uniform(&plot->state, -0.35, 0.35) * side;
            at.y += hall * epo_demo_uniform(&plot->state, -0.35, 0.35) * side;
            double size = hall == 0 ? 0.36 : 0.13;
            int street = street_at(plot, at, 160);
            if (street >= 0 &&
                detached(plot, cells[i], at, side * size, side * size * 0.6, angle, "works") &&
                hall == 0)
                add_house(plot, at, street);
        }
        add_parcel(plot, cells[i], plot->habit->city_owned);
    }
}

static void find_streets(struct plot *plot) {
    const struct epo_demo_list *streets = &plot->city->street;
    const double reach_m = plot->habit->front_least > 0 ? 40 : 180;
    double x0, y0, x1, y1;
    GEOSGeom_getExtent_r(plot->city->g, plot->block, &x0, &y0, &x1, &y1);
    for (size_t i = 0; i < streets->count && plot->near_count < 64; i++) {
        const struct epo_demo_shape *s = &streets->at[i];
        if (s->name[0] != '\0' && s->min_x < x1 + reach_m && s->max_x > x0 - reach_m &&
            s->min_y < y1 + reach_m && s->max_y > y0 - reach_m)
            plot->near[plot->near_count++] = (short)i;
    }
}

void epo_demo_block(struct epo_demo_city *city, const GEOSGeometry *block,
                    const struct epo_demo_zone *zone) {
    struct plot plot = {.city = city,
                        .zone = zone,
                        .habit = &HABITS[zone->fabric],
                        .state = city->seed * 131 + (uint64_t)city->blocks,
                        .block = block};
    find_streets(&plot);
    if (epo_demo_area(city, block) < 220) { /* a verge between two streets */
        epo_demo_add(city, &city->space, GEOSGeom_clone_r(city->g, block), "", "green");
        add_parcel(&plot, GEOSGeom_clone_r(city->g, block), 0.95);
    } else if (zone->fabric == EPO_DEMO_ESTATE) {
        build_estate(&plot);
    } else if (zone->fabric == EPO_DEMO_INDUSTRY) {
        build_works(&plot);
    } else {
        build_lots(&plot);
    }
}
