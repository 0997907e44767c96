/* What people find their way by: town halls, schools, theatres …, each in the house that stands
 * nearest; paths in parks and woods; tram tracks along avenues. Only drawn, never asked. */
#include "maps/demo/demo.h"

#include <math.h>
#include <string.h>

static const double NEAREST_HOUSE_M = 90;

/* Metres from náměstí Republiky, about where they stand in Plzeň. */
static const struct landmark {
    const char *name, *kind;
    short x, y, rank;
} LANDMARKS[] = {
    {"Radnice", "town_hall", 12, 128, 2},
    {"Katedrála sv. Bartoloměje", "church", 0, 30, 1},
    {"Velká synagoga", "synagogue", -352, -70, 2},
    {"Divadlo J. K. Tyla", "theatre", -232, -345, 2},
    {"Nové divadlo", "theatre", -480, 150, 3},
    {"Západočeské muzeum", "museum", 118, -352, 2},
    {"Studijní a vědecká knihovna", "library", -60, -352, 3},
    {"Pošta", "post", -105, 172, 4},
    {"Policie ČR", "police", 640, -300, 4},
    {"Hasičský záchranný sbor", "fire", -1560, -900, 4},
    {"Plzeňský Prazdroj", "brewery", 930, 420, 1},
    {"Škoda", "works", -1900, 150, 3},
    {"DEPO2015", "theatre", 1950, -900, 4},
    {"Fakultní nemocnice Lochotín", "hospital", -850, 2350, 1},
    {"Fakultní nemocnice Bory", "hospital", -620, -1650, 1},
    {"Západočeská univerzita", "university", -1560, -2250, 1},
    {"Lékařská fakulta", "university", -560, 2050, 3},
    {"ZOO", "zoo", -1260, 1290, 1},
    {"Plavecký bazén Slovany", "pool", 1480, -1420, 3},
    {"Masarykovo gymnázium", "school", -360, -640, 3},
    {"Gymnázium Mikulášské náměstí", "school", 760, -1040, 3},
    {"4. základní škola", "school", -160, 2480, 4},
    {"17. základní škola", "school", -2600, 260, 4},
    {"20. základní škola", "school", 1500, -1760, 4},
    {"28. základní škola", "school", 2960, 900, 4},
    {"Základní škola Božkov", "school", 3260, -1280, 4},
    {"Mateřská škola", "school", -860, -1180, 5},
    {"Úřad městského obvodu Plzeň 1", "town_hall", -420, 3060, 3},
    {"Úřad městského obvodu Plzeň 2-Slovany", "town_hall", 1130, -1240, 3},
    {"Úřad městského obvodu Plzeň 3", "town_hall", -352, 40, 3},
    {"Úřad městského obvodu Plzeň 4", "town_hall", 3080, 1060, 3},
    {"Kostel Panny Marie Růžencové", "church", 1330, -1180, 3},
    {"Kostel sv. Jana Nepomuckého", "church", -560, -330, 3},
    {"Kostel Všech svatých", "church", 30, 920, 3},
    {"Kostel sv. Jiří", "church", 3300, 1480, 4},
};

static struct epo_demo_shape *nearest_house(struct epo_demo_city *city, struct epo_point at) {
    GEOSGeometry *point = epo_demo_point(city, at);
    struct epo_demo_shape *best = NULL;
    double best_m = NEAREST_HOUSE_M;
    for (size_t i = 0; i < city->building.count; i++) {
        struct epo_demo_shape *house = &city->building.at[i];
        double far = INFINITY;
        if (strcmp(house->kind, "yard") == 0 || house->max_x < at.x - best_m ||
            house->min_x > at.x + best_m || house->max_y < at.y - best_m ||
            house->min_y > at.y + best_m)
            continue;
        city->failed |= GEOSDistance_r(city->g, point, house->geometry, &far) != 1;
        if (far < best_m && strcmp(house->kind, "public") != 0) {
            best_m = far;
            best = house;
        }
    }
    GEOSGeom_destroy_r(city->g, point);
    return best;
}

static void add_landmarks(struct epo_demo_city *city) {
    for (size_t i = 0; i < sizeof LANDMARKS / sizeof *LANDMARKS; i++) {
        const struct landmark *landmark = &LANDMARKS[i];
        struct epo_point at = {landmark->x, landmark->y};
        struct epo_demo_shape *house = nearest_house(city, at);
        if (house != NULL) {
            at = epo_demo_inside(city, house->geometry);
            snprintf(house->name, sizeof house->name, "%s", landmark->name);
            snprintf(house->kind, sizeof house->kind, "public");
        }
        struct epo_demo_shape *shape = epo_demo_add(city, &city->landmark, epo_demo_point(city, at),
                                                    landmark->name, landmark->kind);
        if (shape != NULL)
            shape->rank = landmark->rank;
    }
}

/* ---- paths ---- */

struct greens {
    const char *kind;
    double step; /* metres between paths */
};

static void path_part(struct epo_demo_city *city, const GEOSGeometry *part, void *arg) {
    const struct greens *greens = arg;
    double length = 0;
    GEOSLength_r(city->g, part, &length);
    if (length > 40)
        epo_demo_add(city, &city->way, GEOSGeom_clone_r(city->g, part), "", greens->kind);
}

/* Two families of winding lines across the ground, cut off where it ends. */
static void paths_across(struct epo_demo_city *city, const GEOSGeometry *ground,
                         struct greens greens) {
    double x0, y0, x1, y1;
    GEOSGeom_getExtent_r(city->g, ground, &x0, &y0, &x1, &y1);
    struct epo_point middle = {(x0 + x1) / 2, (y0 + y1) / 2};
    double reach = hypot(x1 - x0, y1 - y0) / 2;
    double turn = 0.5 + epo_demo_noise(city->seed + 31, middle.x / 400, middle.y / 400);
    int lines = (int)floor(reach / greens.step);
    for (int family = 0; family < 2; family++) {
        double angle = turn + family * 1.35;
        for (int i = -lines; i <= lines; i++) {
            enum { POINTS = 48 };
            if (epo_demo_noise(city->seed + 37, middle.x / 90 + i * 0.83, middle.y / 90 + family) >
                0.35)
                continue; /* here and there one is missing */
            struct epo_point at[POINTS];
            for (int k = 0; k < POINTS; k++) {
                double u = reach * (2.0 * k / (POINTS - 1) - 1),
                       v = (i + 0.5 * family) * greens.step;
                v += 0.8 * greens.step *
                     epo_demo_noise(city->seed + 33 + (uint64_t)family, u / 150, v + i * 7.3);
                at[k] = (struct epo_point){middle.x + u * cos(angle) - v * sin(angle),
                                           middle.y + u * sin(angle) + v * cos(angle)};
            }
            GEOSGeometry *line = epo_demo_within(city, epo_demo_line(city, at, POINTS), ground);
            epo_demo_each(city, line, path_part, &greens);
            GEOSGeom_destroy_r(city->g, line);
        }
    }
}

static void add_paths(struct epo_demo_city *city) {
    for (size_t i = 0; i < city->park.count; i++)
        if (strcmp(city->park.at[i].kind, "park") == 0)
            paths_across(city, city->park.at[i].geometry, (struct greens){"path", 105});
    for (size_t i = 0; i < city->landuse.count; i++)
        if (strcmp(city->landuse.at[i].kind, "wood") == 0)
            paths_across(city, city->landuse.at[i].geometry, (struct greens){"track", 330});
}

static void add_trams(struct epo_demo_city *city) {
    static const char *const ALONG[] = {"Karlovarská",     "Klatovská třída",    "Americká",
                                        "Slovanská třída", "Koterovská",         "U Zvonu",
                                        "Křižíkovy sady",  "sady Pětatřicátníků"};
    for (size_t i = 0; i < city->street.count; i++)
        for (size_t k = 0; k < sizeof ALONG / sizeof *ALONG; k++)
            if (strcmp(city->street.at[i].name, ALONG[k]) == 0)
                epo_demo_add(city, &city->rail,
                             GEOSGeom_clone_r(city->g, city->street.at[i].geometry), "", "tram");
}

void epo_demo_landmarks(struct epo_demo_city *city) {
    add_landmarks(city);
    add_paths(city);
    add_trams(city);
}
