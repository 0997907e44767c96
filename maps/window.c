/* The sides of a box in degrees are curves in metres. The window is the box with each side cut
 * into pieces so short that the curve is met within millimetres across a city; the quadrilateral of
 * its corners with a margin decides most features without GEOS. */
#include "maps/window.h"

#include <math.h>
#include <stdlib.h>

#include "maps/geos.h"
#include "maps/metric.h"

enum { PIECES = 64, VERTICES = 4 * PIECES };
/* A box without width still is a place: a centimetre in degrees, a millimetre in metres. */
static const double LEAST_DEGREES = 1e-7, LEAST_M = 0.001;
static const double FAR_M = 1e8; /* beyond this there is nothing, and squares still are numbers */
/* Beside the curves: what GEOS's decision and ours could differ by. */
static const double SLACK_M = 0.001;

struct epo_window {
    struct epo_point corner[4]; /* anticlockwise in metres */
    double slack_m;             /* how far a side may run beside the straight line of its corners */
    struct epo_bounds box;
    GEOSGeometry *area;
    const GEOSPreparedGeometry *prepared;
};

/* How far left of the line a-b (so: inside, going anticlockwise), metres. */
static double depth(struct epo_point a, struct epo_point b, double x, double y) {
    return ((b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x)) / hypot(b.x - a.x, b.y - a.y);
}

static struct epo_bounds widened(struct epo_bounds box, double least) {
    if (box.max_x - box.min_x < least) {
        box.min_x -= least / 2;
        box.max_x += least / 2;
    }
    if (box.max_y - box.min_y < least) {
        box.min_y -= least / 2;
        box.max_y += least / 2;
    }
    return box;
}

/* The box in degrees cut to where there can be features. False: nothing is left. */
static bool cut_degrees(enum epo_crs crs, struct epo_bounds box, struct epo_bounds *out) {
    struct epo_point low = epo_crs_degrees(crs, (struct epo_point){box.min_x, box.min_y});
    struct epo_point high = epo_crs_degrees(crs, (struct epo_point){box.max_x, box.max_y});
    const struct epo_metric *m = epo_metric();
    struct epo_bounds cut = {fmax(low.x, m->lon_min), fmax(low.y, m->lat_min),
                             fmin(high.x, m->lon_max), fmin(high.y, m->lat_max)};
    if (!(cut.min_x <= cut.max_x && cut.min_y <= cut.max_y))
        return false;
    *out = widened(cut, LEAST_DEGREES);
    out->min_x = fmax(out->min_x, m->lon_min);
    out->min_y = fmax(out->min_y, m->lat_min);
    out->max_x = fmin(out->max_x, m->lon_max);
    out->max_y = fmin(out->max_y, m->lat_max);
    return true;
}

/* The i-th vertex of the outline, anticlockwise from the south-west corner. */
static struct epo_point outline(struct epo_bounds box, int i) {
    double t = (double)(i % PIECES) / PIECES;
    double dx = (box.max_x - box.min_x) * t, dy = (box.max_y - box.min_y) * t;
    switch (i / PIECES) {
    case 0:
        return (struct epo_point){box.min_x + dx, box.min_y};
    case 1:
        return (struct epo_point){box.max_x, box.min_y + dy};
    case 2:
        return (struct epo_point){box.max_x - dx, box.max_y};
    default:
        return (struct epo_point){box.min_x, box.max_y - dy};
    }
}

static bool cut_metres(struct epo_bounds box, struct epo_bounds *out) {
    struct epo_bounds cut = {fmax(box.min_x, -FAR_M), fmax(box.min_y, -FAR_M),
                             fmin(box.max_x, FAR_M), fmin(box.max_y, FAR_M)};
    *out = widened(cut, LEAST_M);
    return cut.min_x <= cut.max_x && cut.min_y <= cut.max_y;
}

static bool trace(enum epo_crs crs, struct epo_bounds box, struct epo_point vertices[VERTICES]) {
    if (!(crs == EPO_CRS_METRIC ? cut_metres(box, &box) : cut_degrees(crs, box, &box)))
        return false;
    for (int i = 0; i < VERTICES; i++) {
        vertices[i] = outline(box, i);
        if (crs != EPO_CRS_METRIC && !epo_transform_to_metres(vertices[i], &vertices[i], NULL))
            return false;
    }
    return true;
}

static void build_area(struct epo_window *w, const struct epo_point vertices[VERTICES]) {
    GEOSContextHandle_t g = epo_geos();
    GEOSCoordSequence *s = GEOSCoordSeq_create_r(g, VERTICES + 1, 2);
    for (unsigned i = 0; i <= VERTICES; i++)
        GEOSCoordSeq_setXY_r(g, s, i, vertices[i % VERTICES].x, vertices[i % VERTICES].y);
    w->area = GEOSGeom_createPolygon_r(g, GEOSGeom_createLinearRing_r(g, s), NULL, 0);
    epo_assert(w->area != NULL);
    w->prepared = GEOSPrepare_r(g, w->area);
    epo_assert(w->prepared != NULL);
}

struct epo_window *epo_window_make(enum epo_crs crs, struct epo_bounds box) {
    struct epo_point vertices[VERTICES];
    if (!trace(crs, box, vertices))
        return NULL;
    struct epo_window *w = calloc(1, sizeof *w);
    epo_assert(w != NULL);
    w->box = (struct epo_bounds){INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int i = 0; i < 4; i++)
        w->corner[i] = vertices[i * PIECES];
    for (int i = 0; i < VERTICES; i++) {
        const struct epo_point *p = &vertices[i];
        w->box = (struct epo_bounds){fmin(w->box.min_x, p->x), fmin(w->box.min_y, p->y),
                                     fmax(w->box.max_x, p->x), fmax(w->box.max_y, p->y)};
        double beside =
            fabs(depth(w->corner[i / PIECES], w->corner[(i / PIECES + 1) % 4], p->x, p->y));
        w->slack_m = fmax(w->slack_m, beside + SLACK_M);
    }
    build_area(w, vertices);
    return w;
}

void epo_window_free(struct epo_window *window) {
    if (window == NULL)
        return;
    GEOSPreparedGeom_destroy_r(epo_geos(), window->prepared);
    GEOSGeom_destroy_r(epo_geos(), window->area);
    free(window);
}

struct epo_bounds epo_window_box(const struct epo_window *window) {
    return window->box;
}

enum verdict { OUTSIDE, INSIDE, UNSURE };

/* Of a box, or of a point as a box without width. */
static enum verdict judge(const struct epo_window *w, struct epo_bounds box) {
    const struct epo_point corners[4] = {{box.min_x, box.min_y},
                                         {box.max_x, box.min_y},
                                         {box.max_x, box.max_y},
                                         {box.min_x, box.max_y}};
    bool inside = true;
    for (int side = 0; side < 4; side++) {
        bool all_out = true;
        for (int i = 0; i < 4; i++) {
            double in =
                depth(w->corner[side], w->corner[(side + 1) % 4], corners[i].x, corners[i].y);
            inside = inside && in >= w->slack_m;
            all_out = all_out && in < -w->slack_m;
        }
        if (all_out)
            return OUTSIDE;
    }
    return inside ? INSIDE : UNSURE;
}

bool epo_window_covers(const struct epo_window *window, struct epo_bounds box) {
    return judge(window, box) == INSIDE;
}

static bool exactly(const struct epo_window *w, GEOSGeometry *geometry) {
    if (geometry == NULL)
        return false;
    bool meets = GEOSPreparedIntersects_r(epo_geos(), w->prepared, geometry) == 1;
    GEOSGeom_destroy_r(epo_geos(), geometry);
    return meets;
}

bool epo_window_has(const struct epo_window *window, struct epo_point metres) {
    enum verdict verdict =
        judge(window, (struct epo_bounds){metres.x, metres.y, metres.x, metres.y});
    if (verdict != UNSURE)
        return verdict == INSIDE;
    return exactly(window, GEOSGeom_createPointFromXY_r(epo_geos(), metres.x, metres.y));
}

bool epo_window_meets(const struct epo_window *window, struct epo_bounds box, struct epo_span wkb) {
    enum verdict verdict = judge(window, box);
    if (verdict != UNSURE)
        return verdict == INSIDE;
    return exactly(window,
                   GEOSGeomFromWKB_buf_r(epo_geos(), (const unsigned char *)wkb.at, wkb.len));
}
