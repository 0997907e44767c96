/* Avenues from the plan; in each zone two families of lines, bent, with gaps, clipped to the zone.
 * Then the ground of all streets, which is what public space mostly is. */
#include "maps/demo/demo.h"

#include <math.h>
#include <string.h>

enum { ZONE_STREETS = 64 };

struct fresh { /* lines of one zone before they get names, longest first */
    GEOSGeometry *line[ZONE_STREETS];
    double length[ZONE_STREETS];
    int count;
};
struct frame { /* of a zone: its middle, its axes, its reach */
    struct epo_point middle;
    double c, s, reach, step_u, step_v;
    const struct epo_demo_zone *zone;
};

static double length_of(struct epo_demo_city *city, const GEOSGeometry *line) {
    double length = 0;
    if (line != NULL)
        GEOSLength_r(city->g, line, &length);
    return length;
}

static struct epo_point placed(struct epo_demo_city *city, const struct frame *f, double u,
                               double v) {
    double bend = f->zone->bend;
    double nu = epo_demo_noise(city->seed + 11, (f->middle.x + u) / 230, (f->middle.y + v) / 230);
    double nv = epo_demo_noise(city->seed + 12, (f->middle.x + u) / 230, (f->middle.y + v) / 230);
    u += bend * nu;
    v += bend * nv;
    return (struct epo_point){f->middle.x + u * f->c - v * f->s, f->middle.y + u * f->s + v * f->c};
}

struct keep {
    GEOSGeometry *parts[256];
    unsigned count;
    double least;
};
static void keep_long(struct epo_demo_city *city, const GEOSGeometry *part, void *arg) {
    struct keep *keep = arg;
    if (keep->count < 256 && length_of(city, part) >= keep->least)
        keep->parts[keep->count++] = GEOSGeom_clone_r(city->g, part);
}

/* Off with what runs beside an avenue, and with stubs. Takes line. */
static GEOSGeometry *tidied(struct epo_demo_city *city, GEOSGeometry *line, double least) {
    for (size_t i = 0; line != NULL && i < city->beside_avenues.count; i++) {
        const struct epo_demo_shape *avenue = &city->beside_avenues.at[i];
        if (GEOSIntersects_r(city->g, avenue->geometry, line) != 1)
            continue;
        GEOSGeometry *beside =
            epo_demo_within(city, GEOSGeom_clone_r(city->g, line), avenue->geometry);
        struct keep keep = {.least = 135};
        epo_demo_each(city, beside, keep_long, &keep);
        for (unsigned k = 0; k < keep.count; k++) {
            GEOSGeometry *off = epo_demo_grown(city, keep.parts[k], 0.5);
            line = epo_demo_minus(city, line, off);
            GEOSGeom_destroy_r(city->g, off);
            GEOSGeom_destroy_r(city->g, keep.parts[k]);
        }
        GEOSGeom_destroy_r(city->g, beside);
    }
    struct keep keep = {.least = least};
    epo_demo_each(city, line, keep_long, &keep);
    GEOSGeom_destroy_r(city->g, line);
    return keep.count == 0
               ? NULL
               : GEOSGeom_createCollection_r(city->g, GEOS_MULTILINESTRING, keep.parts, keep.count);
}

static void offer(struct epo_demo_city *city, struct fresh *fresh, GEOSGeometry *line,
                  const GEOSGeometry *ground) {
    line = epo_demo_within(city, line, ground);
    line = tidied(city, line, 55);
    double length = length_of(city, line);
    if (length < 60 || fresh->count == ZONE_STREETS) {
        GEOSGeom_destroy_r(city->g, line);
        return;
    }
    int at = fresh->count++;
    for (; at > 0 && fresh->length[at - 1] < length; at--) {
        fresh->line[at] = fresh->line[at - 1];
        fresh->length[at] = fresh->length[at - 1];
    }
    fresh->line[at] = line;
    fresh->length[at] = length;
}

static void along_lines(struct epo_demo_city *city, const struct frame *f, uint64_t *state,
                        const GEOSGeometry *ground, struct fresh *fresh, double *v_of, int rows) {
    enum { POINTS = 160 };
    for (int k = 0; k < rows; k++) {
        v_of[k] = (k - rows / 2) * f->step_v + epo_demo_uniform(state, -0.1, 0.1) * f->step_v;
        struct epo_point at[POINTS];
        size_t count = 0;
        for (double u = -f->reach; u <= f->reach && count < POINTS; u += 22)
            at[count++] = placed(city, f, u, v_of[k]);
        offer(city, fresh, epo_demo_line(city, at, count), ground);
    }
}

/* Across: strip by strip, with missing pieces, so that blocks join and corners become T. */
static void across_lines(struct epo_demo_city *city, const struct frame *f, uint64_t *state,
                         const GEOSGeometry *ground, struct fresh *fresh, const double *v_of,
                         int rows) {
    int columns = 2 * (int)(f->reach / f->step_u) + 1;
    double gap = f->zone->fabric == EPO_DEMO_BLOCK ? 0.1 : 0.2;
    for (int k = 0; k < columns; k++) {
        double u = (k - columns / 2) * f->step_u + epo_demo_uniform(state, -0.12, 0.12) * f->step_u;
        GEOSGeometry *parts[64];
        unsigned used = 0;
        for (int row = 0; row + 1 < rows && used < 64; row++) {
            double next = u + epo_demo_uniform(state, -0.06, 0.06) * f->step_u;
            bool missing = epo_demo_chance(state, gap);
            if (!missing) {
                struct epo_point at[7];
                for (int s = 0; s <= 6; s++)
                    at[s] = placed(city, f, u + (next - u) * s / 6.0,
                                   v_of[row] + (v_of[row + 1] - v_of[row]) * s / 6.0);
                parts[used++] = epo_demo_line(city, at, 7);
            }
            u = next;
        }
        GEOSGeometry *all = GEOSGeom_createCollection_r(city->g, GEOS_MULTILINESTRING, parts, used);
        GEOSGeometry *merged = GEOSLineMerge_r(city->g, all);
        city->failed |= merged == NULL;
        GEOSGeom_destroy_r(city->g, all);
        offer(city, fresh, merged, ground);
    }
}

static void name_streets(struct epo_demo_city *city, const struct epo_demo_zone *zone,
                         struct fresh *fresh) {
    static const short WIDTHS[] = {
        [EPO_DEMO_OLD_TOWN] = 9, [EPO_DEMO_BLOCK] = 15,  [EPO_DEMO_VILLA] = 11,
        [EPO_DEMO_ESTATE] = 13,  [EPO_DEMO_VILLAGE] = 9, [EPO_DEMO_INDUSTRY] = 14};
    const char *names = zone->names;
    for (int i = 0; i < fresh->count; i++) {
        char name[64];
        size_t len = strcspn(names, "|");
        snprintf(name, sizeof name, "%.*s", (int)len, names);
        names += len + (names[len] == '|');
        if (len == 0 && fresh->length[i] > 110 && city->more_names[0] != '\0') {
            len = strcspn(city->more_names, "|");
            snprintf(name, sizeof name, "%.*s", (int)len, city->more_names);
            city->more_names += len + (city->more_names[len] == '|');
        }
        struct epo_demo_shape *street = epo_demo_add(city, &city->street, fresh->line[i], name,
                                                     name[0] == '\0' ? "service" : "residential");
        if (street != NULL) {
            street->measure = name[0] == '\0' ? 8 : WIDTHS[zone->fabric];
            street->part = zone->part;
        }
    }
}

static GEOSGeometry *zone_ground(struct epo_demo_city *city, const struct epo_demo_zone *zone) {
    GEOSGeometry *ground;
    if (zone->radius > 0) {
        struct epo_point centre = {zone->outline[0][0], zone->outline[0][1]};
        ground = epo_demo_blob(city, centre, zone->radius * 1.15, zone->radius * 0.8,
                               zone->angle_deg * M_PI / 180, 0.3);
    } else {
        size_t count;
        int corners = (int)epo_demo_path_points(zone->outline, EPO_DEMO_OUTLINE);
        bool straight = zone->fabric == EPO_DEMO_BLOCK || zone->fabric == EPO_DEMO_INDUSTRY;
        struct epo_point *at =
            epo_demo_curve(city, zone->outline, corners, true, straight ? 120 : 40, 6, &count);
        ground = epo_demo_polygon(city, at, count);
        free(at);
    }
    ground = epo_demo_within(city, ground, city->boundary);
    ground = epo_demo_minus(city, ground, city->taken_water);
    ground = epo_demo_minus(city, ground, city->taken_rail);
    ground = epo_demo_minus_list(city, ground, &city->park);
    return epo_demo_minus_list(city, ground, &city->zone);
}

static void zone_streets(struct epo_demo_city *city, size_t index) {
    const struct epo_demo_zone *zone = &EPO_DEMO_ZONES[index];
    GEOSGeometry *ground = zone_ground(city, zone);
    struct epo_demo_shape *shape =
        epo_demo_add(city, &city->zone, ground, zone->name,
                     zone->fabric == EPO_DEMO_INDUSTRY ? "industrial" : "residential");
    if (shape == NULL)
        return;
    shape->rank = (int)index;
    uint64_t state = city->seed * 31 + index;
    struct frame f = {
        .zone = zone,
        .middle = {(shape->min_x + shape->max_x) / 2, (shape->min_y + shape->max_y) / 2},
        .step_u = zone->step_u,
        .step_v = zone->step_v,
        .c = cos(zone->angle_deg * M_PI / 180),
        .s = sin(zone->angle_deg * M_PI / 180)};
    f.reach = hypot(shape->max_x - shape->min_x, shape->max_y - shape->min_y) / 2;
    GEOSGeometry *open = epo_demo_minus_list(city, GEOSGeom_clone_r(city->g, ground), &city->space);
    struct fresh fresh = {.count = 0};
    double v_of[64];
    int rows = 2 * (int)(f.reach / f.step_v) + 1;
    rows = rows > 63 ? 63 : rows;
    along_lines(city, &f, &state, open, &fresh, v_of, rows);
    across_lines(city, &f, &state, open, &fresh, v_of, rows);
    name_streets(city, zone, &fresh);
    GEOSGeom_destroy_r(city->g, open);
}

static void avenues(struct epo_demo_city *city) {
    for (size_t i = 0; i < EPO_DEMO_AVENUE_COUNT; i++) {
        const struct epo_demo_path *path = &EPO_DEMO_AVENUES[i];
        size_t count;
        int controls = (int)epo_demo_path_points(path->at, EPO_DEMO_PATH);
        struct epo_point *at =
            epo_demo_curve(city, path->at, controls, false, 25, path->wobble, &count);
        GEOSGeometry *line = epo_demo_within(city, epo_demo_line(city, at, count), city->boundary);
        free(at);
        struct epo_demo_shape *street =
            epo_demo_add(city, &city->street, line, path->name, path->kind);
        if (street != NULL)
            street->measure = path->width;
    }
    for (size_t i = 0; i < city->street.count; i++)
        if (strcmp(city->street.at[i].kind, "pedestrian") != 0)
            epo_demo_add(city, &city->beside_avenues,
                         epo_demo_grown(city, city->street.at[i].geometry, 44), "", "");
}

static void street_ground(struct epo_demo_city *city) {
    for (size_t i = 0; i < city->street.count; i++) {
        const struct epo_demo_shape *street = &city->street.at[i];
        bool dead_ends = strcmp(street->kind, "residential") == 0;
        GEOSGeometry *ground = GEOSBufferWithStyle_r(
            city->g, street->geometry, street->measure / 2, 3,
            dead_ends ? GEOSBUF_CAP_FLAT : GEOSBUF_CAP_ROUND, GEOSBUF_JOIN_ROUND, 5);
        ground = epo_demo_within(city, ground, city->boundary);
        ground = epo_demo_minus_list(city, ground, &city->space);
        epo_demo_add(city, &city->space, ground, street->name,
                     street->name[0] == '\0' ? "service" : "street");
    }
}

void epo_demo_streets(struct epo_demo_city *city) {
    avenues(city);
    city->more_names = EPO_DEMO_MORE_NAMES;
    for (size_t i = 0; i < EPO_DEMO_ZONE_COUNT; i++)
        zone_streets(city, i);
    street_ground(city);
    /* Streets cut through what was drawn as park. */
    for (size_t i = 0; i < city->park.count; i++)
        city->park.at[i].geometry =
            epo_demo_minus_list(city, city->park.at[i].geometry, &city->space);
}
