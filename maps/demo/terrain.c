/* Boundary, water, rails, districts, cadastral areas, parks and squares. */
#include "maps/demo/demo.h"

#include <math.h>
#include <string.h>

static GEOSGeometry *path_line(struct epo_demo_city *city, const struct epo_demo_path *path) {
    size_t count;
    int controls = (int)epo_demo_path_points(path->at, EPO_DEMO_PATH);
    struct epo_point *at =
        epo_demo_curve(city, path->at, controls, false, 30, path->wobble, &count);
    GEOSGeometry *line = epo_demo_line(city, at, count);
    free(at);
    return line;
}

static void rivers(struct epo_demo_city *city, struct epo_demo_list *centre_lines) {
    for (size_t i = 0; i < EPO_DEMO_RIVER_COUNT; i++) {
        const struct epo_demo_path *path = &EPO_DEMO_RIVERS[i];
        GEOSGeometry *line = path_line(city, path);
        GEOSGeometry *area = epo_demo_grown(city, line, path->width / 2.0);
        area = epo_demo_within(city, area, city->boundary);
        area = epo_demo_minus_list(city, area, &city->water);
        epo_demo_add(city, &city->water, area, path->name, path->kind);
        epo_demo_add(city, centre_lines, line, path->name, path->kind);
    }
    for (size_t i = 0; i < EPO_DEMO_POND_COUNT; i++) {
        const struct epo_demo_spot *pond = &EPO_DEMO_PONDS[i];
        GEOSGeometry *area =
            epo_demo_blob(city, (struct epo_point){pond->x, pond->y}, pond->radius_x,
                          pond->radius_y, pond->angle_deg * M_PI / 180, 0.28);
        area = epo_demo_minus_list(city, area, &city->water);
        epo_demo_add(city, &city->water, area, pond->name, pond->kind);
    }
    city->taken_water = epo_demo_union(city, &city->water, 9);
}

static void rails(struct epo_demo_city *city) {
    struct epo_demo_list areas = {0};
    for (size_t i = 0; i < EPO_DEMO_RAIL_COUNT; i++) {
        const struct epo_demo_path *path = &EPO_DEMO_RAILS[i];
        GEOSGeometry *line = path_line(city, path);
        epo_demo_add(city, &areas, epo_demo_grown(city, line, path->width / 2.0), path->name,
                     path->kind);
        bool yard = strcmp(path->kind, "station") == 0;
        for (int track = yard ? -3 : 0; track <= (yard ? 3 : 0); track++) {
            GEOSGeometry *copy = track == 0 ? GEOSGeom_clone_r(city->g, line)
                                            : GEOSOffsetCurve_r(city->g, line, track * 10.0, 4,
                                                                GEOSBUF_JOIN_ROUND, 5);
            copy = epo_demo_within(city, copy, city->boundary);
            epo_demo_add(city, &city->rail, copy, path->name, path->kind);
        }
        GEOSGeom_destroy_r(city->g, line);
    }
    city->taken_rail = epo_demo_within(city, epo_demo_union(city, &areas, 0), city->boundary);
    epo_demo_list_clear(city, &areas);
}

/* Between Radbuza and Úhlava, cut off from the rest of its district by a river. */
static const struct epo_point RADOBYCICE = {0, -4700};
enum { PLZEN_3 = 2 };

static void districts(struct epo_demo_city *city, const struct epo_demo_list *rivers_drawn) {
    enum { ROOM = 64 };
    GEOSGeometry *lines[ROOM];
    unsigned used = 0;
    lines[used++] = GEOSBoundary_r(city->g, city->boundary);
    for (size_t i = 0; i < 4; i++) /* Mže, Berounka, Radbuza, Úhlava; the rest are no borders */
        lines[used++] = GEOSGeom_clone_r(city->g, rivers_drawn->at[i].geometry);
    for (size_t i = 0; i < EPO_DEMO_BORDER_COUNT; i++)
        lines[used++] = path_line(city, &EPO_DEMO_BORDERS[i]);
    GEOSGeometry *all = GEOSGeom_createCollection_r(city->g, GEOS_GEOMETRYCOLLECTION, lines, used);
    GEOSGeometry *noded = GEOSUnaryUnionPrec_r(city->g, all, 0.01);
    const GEOSGeometry *in[1] = {noded};
    GEOSGeometry *faces = noded == NULL ? NULL : GEOSPolygonize_r(city->g, in, 1);
    city->failed |= faces == NULL;
    int count = faces == NULL ? 0 : GEOSGetNumGeometries_r(city->g, faces);
    GEOSGeometry *parts[16][ROOM];
    unsigned part_count[16] = {0};
    for (int f = 0; f < count; f++) { /* a face goes to the district whose spot it holds or nears */
        const GEOSGeometry *face = GEOSGetGeometryN_r(city->g, faces, f);
        struct epo_point inside = epo_demo_inside(city, face);
        size_t best = 0;
        double best_m = INFINITY;
        if (!epo_demo_covers(city, city->boundary, inside))
            continue;
        for (size_t d = 0; d < EPO_DEMO_DISTRICT_COUNT + 1; d++) {
            struct epo_point spot = RADOBYCICE;
            if (d < EPO_DEMO_DISTRICT_COUNT)
                spot = (struct epo_point){EPO_DEMO_DISTRICTS[d].x, EPO_DEMO_DISTRICTS[d].y};
            double far = epo_demo_covers(city, face, spot)
                             ? 0
                             : 1 + hypot(spot.x - inside.x, spot.y - inside.y);
            if (far < best_m) {
                best_m = far;
                best = d < EPO_DEMO_DISTRICT_COUNT ? d : PLZEN_3;
            }
        }
        if (part_count[best] < ROOM)
            parts[best][part_count[best]++] = GEOSGeom_clone_r(city->g, face);
    }
    for (size_t d = 0; d < EPO_DEMO_DISTRICT_COUNT; d++) {
        GEOSGeometry *pieces =
            GEOSGeom_createCollection_r(city->g, GEOS_MULTIPOLYGON, parts[d], part_count[d]);
        struct epo_demo_shape *shape =
            epo_demo_add(city, &city->district, GEOSUnaryUnionPrec_r(city->g, pieces, 0.01),
                         EPO_DEMO_DISTRICTS[d].name, "district");
        GEOSGeom_destroy_r(city->g, pieces);
        city->failed |= shape == NULL;
        if (shape != NULL)
            snprintf(shape->code, sizeof shape->code, "%s", EPO_DEMO_DISTRICTS[d].code);
    }
    GEOSGeom_destroy_r(city->g, faces);
    GEOSGeom_destroy_r(city->g, noded);
    GEOSGeom_destroy_r(city->g, all);
}

static void cadastral_areas(struct epo_demo_city *city) {
    enum { ROOM = 64 };
    struct epo_point spots[ROOM] = {{0, 0}};
    GEOSGeometry *cells[ROOM];
    epo_assert(EPO_DEMO_CADASTRAL_COUNT <= ROOM);
    for (size_t i = 0; i < EPO_DEMO_CADASTRAL_COUNT; i++)
        spots[i] = (struct epo_point){EPO_DEMO_CADASTRAL[i].x, EPO_DEMO_CADASTRAL[i].y};
    epo_demo_cells(city, city->boundary, spots, EPO_DEMO_CADASTRAL_COUNT, cells);
    for (size_t i = 0; i < EPO_DEMO_CADASTRAL_COUNT; i++) {
        if (cells[i] == NULL)
            continue;
        GEOSGeometry *area = cells[i];
        for (size_t k = i + 1; k < EPO_DEMO_CADASTRAL_COUNT; k++) {
            if (cells[k] == NULL ||
                strcmp(EPO_DEMO_CADASTRAL[i].code, EPO_DEMO_CADASTRAL[k].code) != 0)
                continue;
            GEOSGeometry *joined = GEOSUnionPrec_r(city->g, area, cells[k], 0.01);
            city->failed |= joined == NULL;
            GEOSGeom_destroy_r(city->g, area);
            GEOSGeom_destroy_r(city->g, cells[k]);
            cells[k] = NULL;
            area = joined;
        }
        struct epo_demo_shape *shape =
            epo_demo_add(city, &city->cadastral, area, EPO_DEMO_CADASTRAL[i].name, "cadastral");
        if (shape != NULL)
            snprintf(shape->code, sizeof shape->code, "%s", EPO_DEMO_CADASTRAL[i].code);
    }
}

static void parks_and_squares(struct epo_demo_city *city) {
    for (size_t i = 0; i < EPO_DEMO_SQUARE_COUNT; i++) {
        const struct epo_demo_spot *spot = &EPO_DEMO_SQUARES[i];
        epo_demo_add(city, &city->space,
                     epo_demo_rectangle(city, (struct epo_point){spot->x, spot->y}, spot->radius_x,
                                        spot->radius_y, spot->angle_deg * M_PI / 180),
                     spot->name, "square");
    }
    for (size_t i = 0; i < EPO_DEMO_PARK_COUNT; i++) {
        const struct epo_demo_spot *spot = &EPO_DEMO_PARKS[i];
        bool pitch = strcmp(spot->kind, "pitch") == 0;
        GEOSGeometry *area =
            epo_demo_blob(city, (struct epo_point){spot->x, spot->y}, spot->radius_x,
                          spot->radius_y, spot->angle_deg * M_PI / 180, pitch ? 0.04 : 0.22);
        area = epo_demo_minus(city, area, city->taken_water);
        area = epo_demo_minus(city, area, city->taken_rail);
        area = epo_demo_minus_list(city, area, &city->park);
        epo_demo_add(city, &city->park, area, spot->name, spot->kind);
    }
}

void epo_demo_land(struct epo_demo_city *city) {
    size_t count;
    struct epo_point *at =
        epo_demo_curve(city, EPO_DEMO_BOUNDARY, (int)EPO_DEMO_BOUNDARY_COUNT, true, 60, 30, &count);
    city->boundary = epo_demo_polygon(city, at, count);
    free(at);
    struct epo_demo_list drawn = {0};
    rivers(city, &drawn);
    rails(city);
    districts(city, &drawn);
    epo_demo_list_clear(city, &drawn);
    cadastral_areas(city);
    parks_and_squares(city);
}
