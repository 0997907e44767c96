#include "maps/demo/demo.h"

#include <math.h>
#include <string.h>

static const double GRID_M = 0.01;

static double on_grid(double v) {
    return round(v / GRID_M) * GRID_M;
}

static GEOSGeometry *good(struct epo_demo_city *city, GEOSGeometry *geometry) {
    if (geometry == NULL)
        city->failed = true;
    return geometry;
}

struct epo_demo_shape *epo_demo_add(struct epo_demo_city *city, struct epo_demo_list *list,
                                    GEOSGeometry *geometry, const char *name, const char *kind) {
    if (geometry == NULL || GEOSisEmpty_r(city->g, geometry)) {
        GEOSGeom_destroy_r(city->g, geometry);
        return NULL;
    }
    if (list->count == list->room) {
        list->room = list->room == 0 ? 64 : list->room * 2;
        list->at = realloc(list->at, list->room * sizeof *list->at);
        epo_assert(list->at != NULL);
    }
    struct epo_demo_shape *shape = &list->at[list->count++];
    memset(shape, 0, sizeof *shape);
    shape->geometry = geometry;
    snprintf(shape->name, sizeof shape->name, "%s", name == NULL ? "" : name);
    snprintf(shape->kind, sizeof shape->kind, "%s", kind == NULL ? "" : kind);
    GEOSGeom_getExtent_r(city->g, geometry, &shape->min_x, &shape->min_y, &shape->max_x,
                         &shape->max_y);
    return shape;
}

void epo_demo_list_clear(struct epo_demo_city *city, struct epo_demo_list *list) {
    for (size_t i = 0; i < list->count; i++)
        GEOSGeom_destroy_r(city->g, list->at[i].geometry);
    free(list->at);
    *list = (struct epo_demo_list){0};
}

static GEOSCoordSequence *sequence(struct epo_demo_city *city, const struct epo_point *at,
                                   size_t count, bool ring) {
    GEOSCoordSequence *s = GEOSCoordSeq_create_r(city->g, (unsigned)(count + ring), 2);
    for (size_t i = 0; i < count + ring; i++)
        GEOSCoordSeq_setXY_r(city->g, s, (unsigned)i, on_grid(at[i % count].x),
                             on_grid(at[i % count].y));
    return s;
}

GEOSGeometry *epo_demo_line(struct epo_demo_city *city, const struct epo_point *at, size_t count) {
    return good(city, GEOSGeom_createLineString_r(city->g, sequence(city, at, count, false)));
}

GEOSGeometry *epo_demo_point(struct epo_demo_city *city, struct epo_point at) {
    return good(city, GEOSGeom_createPointFromXY_r(city->g, on_grid(at.x), on_grid(at.y)));
}

GEOSGeometry *epo_demo_polygon(struct epo_demo_city *city, const struct epo_point *at,
                               size_t count) {
    GEOSGeometry *ring = GEOSGeom_createLinearRing_r(city->g, sequence(city, at, count, true));
    GEOSGeometry *polygon = good(city, GEOSGeom_createPolygon_r(city->g, ring, NULL, 0));
    if (polygon != NULL && GEOSisValid_r(city->g, polygon) != 1) {
        GEOSGeometry *valid = good(city, GEOSBuffer_r(city->g, polygon, 0, 4));
        GEOSGeom_destroy_r(city->g, polygon);
        return valid;
    }
    return polygon;
}

GEOSGeometry *epo_demo_rectangle(struct epo_demo_city *city, struct epo_point centre, double half_x,
                                 double half_y, double angle) {
    static const int SIGN[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
    struct epo_point at[4];
    for (int i = 0; i < 4; i++) {
        double u = SIGN[i][0] * half_x, v = SIGN[i][1] * half_y;
        at[i].x = centre.x + u * cos(angle) - v * sin(angle);
        at[i].y = centre.y + u * sin(angle) + v * cos(angle);
    }
    return epo_demo_polygon(city, at, 4);
}

GEOSGeometry *epo_demo_blob(struct epo_demo_city *city, struct epo_point centre, double radius_x,
                            double radius_y, double angle, double roughness) {
    enum { STEPS = 72 };
    struct epo_point at[STEPS];
    for (int i = 0; i < STEPS; i++) {
        double t = 2 * M_PI * i / STEPS;
        double r = 1 +
                   roughness * epo_demo_noise(city->seed + 5, centre.x + 1.6 * cos(t),
                                              centre.y + 1.6 * sin(t)) +
                   0.4 * roughness *
                       epo_demo_noise(city->seed + 6, centre.x + 5 * cos(t), centre.y + 5 * sin(t));
        double u = radius_x * r * cos(t), v = radius_y * r * sin(t);
        at[i].x = centre.x + u * cos(angle) - v * sin(angle);
        at[i].y = centre.y + u * sin(angle) + v * cos(angle);
    }
    return epo_demo_polygon(city, at, STEPS);
}

static double spline(double a, double b, double c, double d, double t) { /* Catmull-Rom */
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t +
                  (3 * b - a - 3 * c + d) * t * t * t);
}

struct epo_point *epo_demo_curve(struct epo_demo_city *city, const short (*control)[2], int count,
                                 bool closed, double step, double wobble, size_t *out_count) {
    size_t room = 64, used = 0;
    struct epo_point *out = malloc(room * sizeof *out);
    int spans = closed ? count : count - 1;
    for (int i = 0; i < spans; i++) {
        const short *p[4];
        for (int k = 0; k < 4; k++) {
            int index = i + k - 1;
            if (closed)
                index = (index + count) % count;
            else
                index = index < 0 ? 0 : index >= count ? count - 1 : index;
            p[k] = control[index];
        }
        int steps = (int)ceil(hypot(p[2][0] - p[1][0], p[2][1] - p[1][1]) / step);
        bool last = !closed && i == spans - 1;
        for (int s = 0; s < steps + (last ? 1 : 0); s++) {
            double t = (double)s / steps;
            double x = spline(p[0][0], p[1][0], p[2][0], p[3][0], t);
            double y = spline(p[0][1], p[1][1], p[2][1], p[3][1], t);
            if (used == room) {
                room *= 2;
                out = realloc(out, room * sizeof *out);
            }
            epo_assert(out != NULL);
            /* The ends of an open line stay where the plan has them, so that lines meet. */
            const short *ends[2] = {control[0], control[count - 1]};
            double calm = wobble;
            for (int e = 0; e < 2 && !closed; e++)
                calm = fmin(calm, wobble * hypot(x - ends[e][0], y - ends[e][1]) / 250);
            out[used].x = x + calm * epo_demo_noise(city->seed + 1, x / 160, y / 160);
            out[used++].y = y + calm * epo_demo_noise(city->seed + 2, x / 160, y / 160);
        }
    }
    *out_count = used;
    return out;
}

/* Rounding to the grid may leave lines and points beside areas: only what is of the same kind as it
 * was is kept. Takes out. */
static GEOSGeometry *same_kind(struct epo_demo_city *city, GEOSGeometry *out, int dimensions) {
    if (out == NULL || GEOSGeomTypeId_r(city->g, out) != GEOS_GEOMETRYCOLLECTION)
        return out;
    int count = GEOSGetNumGeometries_r(city->g, out);
    GEOSGeometry **parts = calloc((size_t)count + 1, sizeof *parts);
    unsigned used = 0;
    for (int i = 0; i < count; i++) {
        const GEOSGeometry *part = GEOSGetGeometryN_r(city->g, out, i);
        if (GEOSGeom_getDimensions_r(city->g, part) == dimensions)
            parts[used++] = GEOSGeom_clone_r(city->g, part);
    }
    GEOSGeometry *kept = GEOSGeom_createCollection_r(
        city->g, dimensions == 2 ? GEOS_MULTIPOLYGON : GEOS_MULTILINESTRING, parts, used);
    free(parts);
    GEOSGeom_destroy_r(city->g, out);
    return good(city, kept);
}

GEOSGeometry *epo_demo_minus(struct epo_demo_city *city, GEOSGeometry *a, const GEOSGeometry *b) {
    if (a == NULL || b == NULL)
        return a;
    int dimensions = GEOSGeom_getDimensions_r(city->g, a);
    GEOSGeometry *out = good(city, GEOSDifferencePrec_r(city->g, a, b, GRID_M));
    GEOSGeom_destroy_r(city->g, a);
    return same_kind(city, out, dimensions);
}

GEOSGeometry *epo_demo_within(struct epo_demo_city *city, GEOSGeometry *a, const GEOSGeometry *b) {
    if (a == NULL || b == NULL)
        return a;
    int dimensions = GEOSGeom_getDimensions_r(city->g, a);
    GEOSGeometry *out = good(city, GEOSIntersectionPrec_r(city->g, a, b, GRID_M));
    GEOSGeom_destroy_r(city->g, a);
    return same_kind(city, out, dimensions);
}

GEOSGeometry *epo_demo_minus_list(struct epo_demo_city *city, GEOSGeometry *a,
                                  const struct epo_demo_list *list) {
    for (size_t i = 0; a != NULL && i < list->count; i++) {
        const struct epo_demo_shape *s = &list->at[i];
        double x0, y0, x1, y1;
        if (GEOSisEmpty_r(city->g, a))
            break;
        GEOSGeom_getExtent_r(city->g, a, &x0, &y0, &x1, &y1);
        if (s->min_x <= x1 && s->max_x >= x0 && s->min_y <= y1 && s->max_y >= y0 &&
            GEOSIntersects_r(city->g, a, s->geometry) == 1)
            a = epo_demo_minus(city, a, s->geometry);
    }
    return a;
}

GEOSGeometry *epo_demo_grown(struct epo_demo_city *city, const GEOSGeometry *a, double by) {
    if (a == NULL)
        return NULL;
    GEOSGeometry *grown = good(city, GEOSBuffer_r(city->g, a, by, 3));
    if (grown == NULL)
        return NULL;
    GEOSGeometry *out = good(city, GEOSGeom_setPrecision_r(city->g, grown, GRID_M, 0));
    GEOSGeom_destroy_r(city->g, grown);
    return out;
}

GEOSGeometry *epo_demo_union(struct epo_demo_city *city, const struct epo_demo_list *list,
                             double grown_by) {
    GEOSGeometry **parts = calloc(list->count + 1, sizeof *parts);
    unsigned used = 0;
    for (size_t i = 0; i < list->count; i++) {
        parts[used] = grown_by == 0 ? GEOSGeom_clone_r(city->g, list->at[i].geometry)
                                    : epo_demo_grown(city, list->at[i].geometry, grown_by);
        used += parts[used] != NULL;
    }
    GEOSGeometry *all = GEOSGeom_createCollection_r(city->g, GEOS_GEOMETRYCOLLECTION, parts, used);
    GEOSGeometry *out = good(city, GEOSUnaryUnionPrec_r(city->g, all, GRID_M));
    GEOSGeom_destroy_r(city->g, all);
    free(parts);
    return out;
}

void epo_demo_each(struct epo_demo_city *city, const GEOSGeometry *geometry,
                   void (*each)(struct epo_demo_city *city, const GEOSGeometry *part, void *arg),
                   void *arg) {
    int count = geometry == NULL ? 0 : GEOSGetNumGeometries_r(city->g, geometry);
    for (int i = 0; i < count; i++) {
        const GEOSGeometry *part = GEOSGetGeometryN_r(city->g, geometry, i);
        int type = GEOSGeomTypeId_r(city->g, part);
        if ((type == GEOS_POLYGON || type == GEOS_LINESTRING) && !GEOSisEmpty_r(city->g, part))
            each(city, part, arg);
    }
}

double epo_demo_area(struct epo_demo_city *city, const GEOSGeometry *geometry) {
    double area = 0;
    if (geometry != NULL)
        GEOSArea_r(city->g, geometry, &area);
    return area;
}

struct epo_point epo_demo_inside(struct epo_demo_city *city, const GEOSGeometry *geometry) {
    struct epo_point at = {0, 0};
    GEOSGeometry *point = good(city, GEOSPointOnSurface_r(city->g, geometry));
    if (point != NULL) {
        GEOSGeomGetX_r(city->g, point, &at.x);
        GEOSGeomGetY_r(city->g, point, &at.y);
    }
    GEOSGeom_destroy_r(city->g, point);
    return at;
}

bool epo_demo_covers(struct epo_demo_city *city, const GEOSGeometry *a, struct epo_point at) {
    GEOSGeometry *point = epo_demo_point(city, at);
    bool covers = GEOSIntersects_r(city->g, a, point) == 1;
    GEOSGeom_destroy_r(city->g, point);
    return covers;
}

void epo_demo_cells(struct epo_demo_city *city, const GEOSGeometry *area,
                    const struct epo_point *points, size_t count, GEOSGeometry **cells) {
    memset(cells, 0, count * sizeof *cells);
    if (count == 1) {
        cells[0] = GEOSGeom_clone_r(city->g, area);
        return;
    }
    GEOSGeometry **parts = malloc(count * sizeof *parts);
    epo_assert(parts != NULL);
    for (size_t i = 0; i < count; i++)
        parts[i] = epo_demo_point(city, points[i]);
    GEOSGeometry *sites =
        GEOSGeom_createCollection_r(city->g, GEOS_MULTIPOINT, parts, (unsigned)count);
    GEOSGeometry *envelope = GEOSEnvelope_r(city->g, area);
    GEOSGeometry *diagram = good(city, GEOSVoronoiDiagram_r(city->g, sites, envelope, 0, 0));
    int found = diagram == NULL ? 0 : GEOSGetNumGeometries_r(city->g, diagram);
    for (int c = 0; c < found; c++) {
        const GEOSGeometry *cell = GEOSGetGeometryN_r(city->g, diagram, c);
        double x0, y0, x1, y1;
        GEOSGeom_getExtent_r(city->g, cell, &x0, &y0, &x1, &y1);
        for (size_t i = 0; i < count; i++) {
            if (cells[i] != NULL || points[i].x < x0 || points[i].x > x1 || points[i].y < y0 ||
                points[i].y > y1 || !epo_demo_covers(city, cell, points[i]))
                continue;
            cells[i] = epo_demo_within(city, GEOSGeom_clone_r(city->g, cell), area);
            break;
        }
    }
    GEOSGeom_destroy_r(city->g, diagram);
    GEOSGeom_destroy_r(city->g, envelope);
    GEOSGeom_destroy_r(city->g, sites);
    free(parts);
}
