#include "maps/mapbase.h"

#include <math.h>

/* Even-odd over all rings: right for valid polygons and multi-polygons alike. */
bool epo_feature_covers(const struct epo_layer *layer, uint32_t feature, double x, double y) {
    const struct epo_feature *f = &layer->features[feature];
    bool inside = false;
    for (uint32_t r = f->first_ring; r < f->first_ring + f->rings; r++) {
        const struct epo_point *p = layer->points;
        for (uint32_t i = layer->ring_start[r]; i + 1 < layer->ring_start[r + 1]; i++) {
            const struct epo_point a = p[i], b = p[i + 1];
            if ((a.y > y) != (b.y > y) && x < (b.x - a.x) * (y - a.y) / (b.y - a.y) + a.x)
                inside = !inside;
        }
    }
    return inside;
}

static double segment_distance(struct epo_point a, struct epo_point b, double x, double y) {
    double dx = b.x - a.x, dy = b.y - a.y, square = dx * dx + dy * dy;
    double t = square == 0 ? 0 : ((x - a.x) * dx + (y - a.y) * dy) / square;
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    double px = a.x + t * dx - x, py = a.y + t * dy - y;
    return sqrt(px * px + py * py);
}

double epo_feature_distance(const struct epo_layer *layer, uint32_t feature, double x, double y) {
    const struct epo_feature *f = &layer->features[feature];
    if (layer->shape == EPO_SHAPE_AREA && epo_feature_covers(layer, feature, x, y))
        return 0;
    double best = INFINITY;
    for (uint32_t r = f->first_ring; r < f->first_ring + f->rings; r++) {
        uint32_t from = layer->ring_start[r], end = layer->ring_start[r + 1];
        if (end - from == 1)
            best = fmin(best, segment_distance(layer->points[from], layer->points[from], x, y));
        for (uint32_t i = from; i + 1 < end; i++)
            best = fmin(best, segment_distance(layer->points[i], layer->points[i + 1], x, y));
    }
    return best;
}

struct at {
    const struct epo_layer *layer;
    double x, y;
    uint32_t found;
};
static bool visit_at(uint32_t item, void *arg) {
    struct at *at = arg;
    if (item < at->found && epo_feature_covers(at->layer, item, at->x, at->y))
        at->found = item;
    return true;
}

uint32_t epo_layer_at(const struct epo_layer *layer, double x, double y) {
    struct at at = {layer, x, y, UINT32_MAX};
    if (layer != NULL && layer->shape == EPO_SHAPE_AREA)
        epo_index_search(&layer->index, (struct epo_box){x, y, x, y}, visit_at, &at);
    return at.found;
}

static double measure(uint32_t item, double x, double y, void *arg) {
    return epo_feature_distance(arg, item, x, y);
}

bool epo_layer_nearest(const struct epo_layer *layer, double x, double y, double max_m,
                       uint32_t *feature, double *distance_m) {
    return layer != NULL && epo_index_nearest(&layer->index, x, y, max_m, measure, (void *)layer,
                                              feature, distance_m);
}

/* ---- WKB ---- */

struct reader {
    const unsigned char *at;
    size_t left;
    bool bad;
};

static uint32_t read_u32(struct reader *r) {
    uint32_t value = 0;
    if (r->left < 4) {
        r->bad = true;
        return 0;
    }
    memcpy(&value, r->at, 4); /* little endian, as this machine: checked at each byte-order mark */
    r->at += 4;
    r->left -= 4;
    return value;
}

static uint32_t read_head(struct reader *r) {
    if (r->left < 1 || *r->at != 1) {
        r->bad = true;
        return 0;
    }
    r->at++;
    r->left--;
    return read_u32(r);
}

static void *grown(void *at, size_t count, size_t *room, size_t size) {
    if (count < *room)
        return at;
    *room = *room == 0 ? 1024 : *room * 2;
    at = realloc(at, *room * size);
    epo_assert(at != NULL);
    return at;
}

static void read_ring(struct reader *r, uint32_t count, struct epo_ring_sink *sink) {
    if (r->bad || count > r->left / 16) {
        r->bad = true;
        return;
    }
    sink->ring_start =
        grown(sink->ring_start, sink->ring_count, &sink->ring_room, sizeof *sink->ring_start);
    sink->ring_start[sink->ring_count++] = (uint32_t)sink->point_count;
    for (uint32_t i = 0; i < count; i++) {
        sink->points =
            grown(sink->points, sink->point_count, &sink->point_room, sizeof *sink->points);
        struct epo_point *p = &sink->points[sink->point_count++];
        memcpy(&p->x, r->at, 8);
        memcpy(&p->y, r->at + 8, 8);
        r->at += 16;
        r->left -= 16;
        sink->box.min_x = fmin(sink->box.min_x, p->x);
        sink->box.min_y = fmin(sink->box.min_y, p->y);
        sink->box.max_x = fmax(sink->box.max_x, p->x);
        sink->box.max_y = fmax(sink->box.max_y, p->y);
    }
}

static void read_simple(struct reader *r, uint32_t type, struct epo_ring_sink *sink) {
    if (type == 1) {
        read_ring(r, 1, sink);
    } else if (type == 2) {
        read_ring(r, read_u32(r), sink);
    } else if (type == 3) {
        uint32_t rings = read_u32(r);
        for (uint32_t i = 0; i < rings && !r->bad; i++)
            read_ring(r, read_u32(r), sink);
    } else {
        r->bad = true;
    }
}

bool epo_wkb_read(struct epo_span wkb, struct epo_ring_sink *sink) {
    struct reader r = {(const unsigned char *)wkb.at, wkb.len, false};
    sink->box = (struct epo_box){INFINITY, INFINITY, -INFINITY, -INFINITY};
    uint32_t type = read_head(&r);
    if (type >= 4 && type <= 6) {
        uint32_t parts = read_u32(&r);
        for (uint32_t i = 0; i < parts && !r.bad; i++)
            read_simple(&r, read_head(&r), sink);
    } else {
        read_simple(&r, type, sink);
    }
    return !r.bad && r.left == 0;
}
