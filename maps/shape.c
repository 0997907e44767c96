#include "maps/mapbase.h"

#include <math.h>

#include "maps/metric.h"

bool epo_mm_holds(struct epo_point metres) {
    struct epo_point origin = epo_metric()->origin;
    return fabs(metres.x - origin.x) < EPO_RANGE_M && fabs(metres.y - origin.y) < EPO_RANGE_M;
}

static double mm_between(double metres, double origin) {
    return fmin(fmax(metres - origin, -EPO_RANGE_M), EPO_RANGE_M) * 1000;
}

struct epo_mm epo_mm_of(struct epo_point metres) {
    struct epo_point origin = epo_metric()->origin;
    return (struct epo_mm){(int32_t)lround(mm_between(metres.x, origin.x)),
                           (int32_t)lround(mm_between(metres.y, origin.y))};
}

struct epo_point epo_metres_of(struct epo_mm at) {
    struct epo_point origin = epo_metric()->origin;
    return (struct epo_point){origin.x + at.x / 1000.0, origin.y + at.y / 1000.0};
}

struct epo_box epo_box_of(struct epo_point least, struct epo_point most) {
    struct epo_point origin = epo_metric()->origin;
    return (struct epo_box){(int32_t)floor(mm_between(least.x, origin.x)),
                            (int32_t)floor(mm_between(least.y, origin.y)),
                            (int32_t)ceil(mm_between(most.x, origin.x)),
                            (int32_t)ceil(mm_between(most.y, origin.y))};
}

/* Even-odd over all rings: right for valid polygons and multi-polygons alike. An edge counts when
 * the point lies left of it; the products stay below 2^63 since both factors are below 2^31. */
bool epo_feature_covers(const struct epo_layer *layer, uint32_t feature, struct epo_mm at) {
    const struct epo_feature *f = &layer->features[feature];
    bool inside = false;
    for (uint32_t r = f->first_ring; r < f[1].first_ring; r++) {
        const struct epo_mm *p = &layer->vertices[epo_ring_from(layer, r)];
        const struct epo_mm *last = &layer->vertices[epo_ring_from(layer, r + 1) - 1];
        for (; p < last; p++) {
            if ((p[0].y > at.y) == (p[1].y > at.y))
                continue;
            int64_t rise = (int64_t)p[1].y - p[0].y;
            int64_t across = ((int64_t)at.x - p[0].x) * rise;
            int64_t edge = ((int64_t)p[1].x - p[0].x) * ((int64_t)at.y - p[0].y);
            if (rise > 0 ? across < edge : across > edge)
                inside = !inside;
        }
    }
    return inside;
}

/* The smaller of best and the squared distance to a segment; divides only where that is smaller. */
static inline double nearer(double best, struct epo_mm a, struct epo_mm b, struct epo_mm at) {
    double dx = (double)b.x - a.x, dy = (double)b.y - a.y, square = dx * dx + dy * dy;
    double x = (double)at.x - a.x, y = (double)at.y - a.y;
    double along = x * dx + y * dy, far;
    if (along <= 0) {
        far = x * x + y * y;
    } else if (along >= square) {
        x -= dx;
        y -= dy;
        far = x * x + y * y;
    } else {
        double aside = x * dy - y * dx; /* the distance times the segment's length */
        if (aside * aside >= best * square)
            return best;
        far = aside * aside / square;
    }
    return far < best ? far : best;
}

/* Whether the segment lies wholly to one side of the square of so many millimetres around a point.
 */
static inline bool aside(struct epo_mm a, struct epo_mm b, struct epo_mm at, int64_t within) {
    int64_t west = (int64_t)at.x - within, east = (int64_t)at.x + within;
    int64_t south = (int64_t)at.y - within, north = (int64_t)at.y + within;
    return (a.x < west && b.x < west) || (a.x > east && b.x > east) ||
           (a.y < south && b.y < south) || (a.y > north && b.y > north);
}

/* The distance, or anything over max_m where it is more than that. */
static double distance_within(const struct epo_layer *layer, uint32_t feature, struct epo_mm at,
                              double max_m) {
    const struct epo_feature *f = &layer->features[feature];
    if (layer->shape == EPO_SHAPE_AREA && epo_feature_covers(layer, feature, at))
        return 0;
    /* mm; a little more than asked for, so that what is just as far is found whatever the rounding
     */
    double most = fmin(max_m * 1000 * (1 + 1e-9) + 1, 4e9), best = most * most;
    int64_t within = (int64_t)most + 1;
    for (uint32_t r = f->first_ring; r < f[1].first_ring; r++) {
        uint32_t from = epo_ring_from(layer, r), end = epo_ring_from(layer, r + 1);
        const struct epo_mm *p = layer->vertices;
        if (end - from == 1)
            best = nearer(best, p[from], p[from], at);
        for (uint32_t i = from; i + 1 < end; i++)
            if (!aside(p[i], p[i + 1], at, within))
                best = nearer(best, p[i], p[i + 1], at);
    }
    return best < most * most ? sqrt(best) / 1000 : INFINITY;
}

double epo_feature_distance(const struct epo_layer *layer, uint32_t feature, struct epo_mm at) {
    return distance_within(layer, feature, at, INFINITY);
}

struct at {
    const struct epo_layer *layer;
    struct epo_mm at;
    uint32_t found;
    const double *nearest_m; /* of a search for the nearest: how near one was found */
};
static bool visit_at(uint32_t item, void *arg) {
    struct at *at = arg;
    if (item < at->found && epo_feature_covers(at->layer, item, at->at))
        at->found = item;
    return true;
}

uint32_t epo_layer_at(const struct epo_layer *layer, struct epo_mm at) {
    struct at search = {layer, at, UINT32_MAX, NULL};
    if (layer != NULL && layer->shape == EPO_SHAPE_AREA)
        epo_index_search(&layer->index, (struct epo_box){at.x, at.y, at.x, at.y}, visit_at,
                         &search);
    return search.found;
}

static double measure(uint32_t item, void *arg) {
    const struct at *at = arg;
    return distance_within(at->layer, item, at->at, *at->nearest_m);
}

bool epo_layer_nearest(const struct epo_layer *layer, struct epo_mm at, double max_m,
                       uint32_t *feature, double *distance_m) {
    struct at from = {layer, at, 0, distance_m};
    return layer != NULL &&
           epo_index_nearest(&layer->index, (struct epo_box){at.x, at.y, at.x, at.y}, max_m,
                             measure, &from, feature, distance_m);
}

static double measure_within(uint32_t item, void *arg) {
    const struct at *at = arg;
    return measure(item, arg) <= *at->nearest_m ? 0 : INFINITY;
}

/* What is near enough counts as touched: nothing farther is looked at any more. */
bool epo_layer_within(const struct epo_layer *layer, struct epo_mm at, double max_m) {
    struct at from = {layer, at, 0, &max_m};
    uint32_t feature;
    double distance_m;
    return layer != NULL &&
           epo_index_nearest(&layer->index, (struct epo_box){at.x, at.y, at.x, at.y}, max_m,
                             measure_within, &from, &feature, &distance_m);
}

struct address_from {
    const struct epo_address *all;
    struct epo_mm at;
};
static double to_address(uint32_t item, void *arg) {
    const struct address_from *from = arg;
    double dx = (double)from->all[item].at.x - from->at.x;
    double dy = (double)from->all[item].at.y - from->at.y;
    return sqrt(dx * dx + dy * dy) / 1000;
}

const struct epo_address *epo_address_nearest(const struct epo_snapshot *snapshot, struct epo_mm at,
                                              double max_m, double *distance_m) {
    struct address_from from = {snapshot->addresses, at};
    uint32_t item;
    return epo_index_nearest(&snapshot->address_index, (struct epo_box){at.x, at.y, at.x, at.y},
                             max_m, to_address, &from, &item, distance_m)
               ? &snapshot->addresses[item]
               : NULL;
}
