/* The medieval core: a chessboard of lanes around the square, ringed by a belt of parks where the
 * walls stood, and a ring street around that. */
#include "maps/demo/demo.h"

#include <math.h>

static const double TURN = 0.10; /* radians by which the chessboard is turned */
static const double HALF = 209;  /* of the town inside the walls */
static const double BELT = 288;  /* outer edge of the park belt */
static const double RING = 302;  /* middle of the ring street */

struct lane {
    const char *name;
    short u0, v0, u1, v1, width;
};
static const struct lane LANES[] = {
    {"Dominikánská", -204, -204, -204, 204, 9}, {"Sedláčkova", -138, -204, -138, 204, 9},
    {"Solní", -72, 95, -72, 310, 11},           {"Smetanova", -72, -310, -72, -95, 11},
    {"Rooseveltova", 72, 95, 72, 310, 11},      {"Zbrojnická", 72, -310, 72, -95, 11},
    {"Perlová", 138, -204, 138, 204, 9},        {"Křížová", 204, -204, 204, 204, 9},
    {"Veleslavínova", -204, 204, 204, 204, 9},  {"Dřevěná", -204, 150, 204, 150, 9},
    {"Riegrova", -310, 92, -65, 92, 11},        {"Na Příkopech", 65, 92, 204, 92, 9},
    {"Prešovská", -204, 0, -65, 0, 10},         {"Pražská", 65, 0, 310, 0, 12},
    {"Bezručova", -204, -92, -65, -92, 9},      {"Františkánská", 65, -92, 310, -92, 11},
    {"Ve Vinečkách", -204, -150, 204, -150, 9}, {"Bedřicha Smetany", -204, -204, 204, -204, 9},
};

static struct epo_point turned(double u, double v) {
    double wave = 5 * sin(u / 90 + v / 60);
    return (struct epo_point){u * cos(TURN) - (v + wave) * sin(TURN),
                              u * sin(TURN) + (v + wave) * cos(TURN)};
}

static void rounded(double half, double corner, struct epo_point out[64]) {
    for (int i = 0; i < 64; i++) {
        double t = 2 * M_PI * i / 64, c = cos(t), s = sin(t);
        int q = i / 16;
        double cx = (q == 0 || q == 3) ? half - corner : corner - half;
        double cy = q < 2 ? half - corner : corner - half;
        out[i] = turned(cx + corner * c, cy + corner * s);
    }
}

static GEOSGeometry *rounded_square(struct epo_demo_city *city, double half, double corner) {
    struct epo_point at[64];
    rounded(half, corner, at);
    return epo_demo_polygon(city, at, 64);
}

static void add_street(struct epo_demo_city *city, const struct epo_point *at, size_t count,
                       const char *name, const char *kind, double width) {
    struct epo_demo_shape *street =
        epo_demo_add(city, &city->street, epo_demo_line(city, at, count), name, kind);
    if (street != NULL)
        street->measure = width;
}

static void ring_street(struct epo_demo_city *city) {
    static const struct {
        const char *name;
        int from; /* of 64 points; a quarter each, corner to corner */
    } SIDES[] = {{"Šafaříkovy sady", 56},
                 {"Křižíkovy sady", 8},
                 {"sady Pětatřicátníků", 24},
                 {"Smetanovy sady", 40}};
    struct epo_point ring[64], side[17];
    rounded(RING, 90, ring);
    for (size_t s = 0; s < sizeof SIDES / sizeof *SIDES; s++) {
        for (int i = 0; i <= 16; i++)
            side[i] = ring[(SIDES[s].from + i) % 64];
        add_street(city, side, 17, SIDES[s].name, "secondary", 22);
    }
}

static void park_belt(struct epo_demo_city *city) {
    static const struct {
        const char *name;
        short u, v;
    } SIDES[] = {{"Šafaříkovy sady", 400, 0},
                 {"Křižíkovy sady", 0, 400},
                 {"sady Pětatřicátníků", -400, 0},
                 {"Kopeckého sady", 0, -400}};
    GEOSGeometry *belt = rounded_square(city, BELT, 80);
    belt = epo_demo_minus(city, belt, city->centre);
    for (size_t s = 0; s < city->street.count; s++) {
        GEOSGeometry *lane =
            epo_demo_grown(city, city->street.at[s].geometry, city->street.at[s].measure / 2);
        belt = epo_demo_minus(city, belt, lane);
        GEOSGeom_destroy_r(city->g, lane);
    }
    for (size_t s = 0; s < 4; s++) { /* quarters, seen from the middle of the square */
        struct epo_point fan[3] = {{0, 0},
                                   turned(SIDES[s].u + SIDES[s].v, SIDES[s].v - SIDES[s].u),
                                   turned(SIDES[s].u - SIDES[s].v, SIDES[s].v + SIDES[s].u)};
        GEOSGeometry *wedge = epo_demo_polygon(city, fan, 3);
        wedge = epo_demo_within(city, wedge, belt);
        epo_demo_add(city, &city->park, wedge, SIDES[s].name, "park");
    }
    GEOSGeom_destroy_r(city->g, belt);
}

void epo_demo_old_town(struct epo_demo_city *city) {
    city->centre = rounded_square(city, HALF, 60);
    for (size_t i = 0; i < sizeof LANES / sizeof *LANES; i++) {
        const struct lane *lane = &LANES[i];
        struct epo_point at[13];
        for (int s = 0; s <= 12; s++)
            at[s] = turned(lane->u0 + (lane->u1 - lane->u0) * s / 12.0,
                           lane->v0 + (lane->v1 - lane->v0) * s / 12.0);
        add_street(city, at, 13, lane->name, "pedestrian", lane->width);
    }
    struct epo_point square[4] = {turned(-76, -98), turned(76, -98), turned(76, 98),
                                  turned(-76, 98)};
    epo_demo_add(city, &city->space, epo_demo_polygon(city, square, 4), "náměstí Republiky",
                 "square");
    struct epo_point around[5] = {turned(-66, -92), turned(66, -92), turned(66, 92),
                                  turned(-66, 92), turned(-66, -92)};
    add_street(city, around, 5, "náměstí Republiky", "pedestrian", 14);
    ring_street(city);
    park_belt(city);
    /* The cathedral stands in the square. */
    GEOSGeometry *nave = epo_demo_rectangle(city, turned(0, 34), 15, 32, TURN + M_PI / 2 * 0);
    GEOSGeometry *tower = epo_demo_rectangle(city, turned(-9, 4), 8, 8, TURN);
    GEOSGeometry *church = GEOSUnionPrec_r(city->g, nave, tower, 0.01);
    city->failed |= church == NULL;
    epo_demo_add(city, &city->building, church, "Katedrála sv. Bartoloměje", "church");
    GEOSGeom_destroy_r(city->g, nave);
    GEOSGeom_destroy_r(city->g, tower);
}
