/* From the lines of the street layer to a graph. Lines of real data share a vertex where they meet;
 * others only cross or end near each other: they are joined there. A bridge over a street without a
 * shared vertex becomes a crossing by that; a person sees the way and moves a point. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "maps/packed.h"
#include "maps/route.h"

static const double JOIN_M = 12;   /* an end nearer than this to another street belongs to it */
static const double SAME_M = 0.01; /* vertices nearer than this are one */

struct segment {
    struct epo_point a, b;
    uint32_t street;
};
struct cut { /* of a segment, at a share of its length */
    uint32_t segment;
    double along;
    struct epo_point at;
};
struct joint { /* a short piece from an end to the street beside it */
    struct epo_point a, b;
    uint32_t street;
};
struct making {
    const struct epo_layer *layer;
    struct epo_pool *scratch;
    struct segment *segments;
    size_t segment_count;
    bool *starts, *stops; /* by segment: its a or b is the end of a line */
    struct epo_index index;
    struct cut *cuts;
    size_t cut_count, cut_room;
    struct joint *joints;
    size_t joint_count, joint_room;
    struct epo_graph *graph;
    uint32_t *table; /* hash of places -> node + 1 */
    size_t table_size;
};

static struct epo_box box_of(struct epo_point a, struct epo_point b, double by) {
    return epo_box_of((struct epo_point){fmin(a.x, b.x) - by, fmin(a.y, b.y) - by},
                      (struct epo_point){fmax(a.x, b.x) + by, fmax(a.y, b.y) + by});
}

static double distance(struct epo_point a, struct epo_point b) {
    return hypot(a.x - b.x, a.y - b.y);
}

/* ---- segments ---- */

static void list_segments(struct making *m) {
    const struct epo_layer *layer = m->layer;
    uint32_t points = epo_ring_from(layer, layer->features[layer->count].first_ring);
    m->segments = EPO_NEW_ARRAY(m->scratch, struct segment, points + 1);
    m->starts = EPO_NEW_ARRAY(m->scratch, bool, points + 1);
    m->stops = EPO_NEW_ARRAY(m->scratch, bool, points + 1);
    for (uint32_t f = 0; f < layer->count; f++)
        for (uint32_t r = layer->features[f].first_ring; r < layer->features[f + 1].first_ring;
             r++) {
            size_t first = m->segment_count;
            for (uint32_t i = epo_ring_from(layer, r); i + 1 < epo_ring_from(layer, r + 1); i++) {
                struct epo_point a = epo_metres_of(layer->vertices[i]);
                struct epo_point b = epo_metres_of(layer->vertices[i + 1]);
                if (distance(a, b) >= SAME_M)
                    m->segments[m->segment_count++] = (struct segment){a, b, f};
            }
            if (m->segment_count > first) {
                m->starts[first] = true;
                m->stops[m->segment_count - 1] = true;
            }
        }
    struct epo_box *boxes = EPO_NEW_ARRAY(m->scratch, struct epo_box, m->segment_count + 1);
    for (size_t i = 0; i < m->segment_count; i++)
        boxes[i] = box_of(m->segments[i].a, m->segments[i].b, 0);
    epo_index_build(&m->index, m->scratch, boxes, m->segment_count);
}

/* ---- where they meet ---- */

static void cut(struct making *m, uint32_t segment, double along, struct epo_point at) {
    m->cuts = epo_grown(m->cuts, m->cut_count, &m->cut_room, sizeof *m->cuts);
    m->cuts[m->cut_count++] = (struct cut){segment, along, at};
}

static void cross(struct making *m, uint32_t i, uint32_t j) {
    struct epo_point a = m->segments[i].a, b = m->segments[i].b;
    struct epo_point c = m->segments[j].a, d = m->segments[j].b;
    double rx = b.x - a.x, ry = b.y - a.y, sx = d.x - c.x, sy = d.y - c.y, turn = rx * sy - ry * sx;
    if (turn == 0)
        return; /* alongside: they meet at vertices if at all */
    double t = ((c.x - a.x) * sy - (c.y - a.y) * sx) / turn;
    double u = ((c.x - a.x) * ry - (c.y - a.y) * rx) / turn;
    if (t < 0 || t > 1 || u < 0 || u > 1)
        return;
    struct epo_point at = {a.x + t * rx, a.y + t * ry};
    cut(m, i, t, at);
    cut(m, j, u, at);
}

/* The end of a line beside another street: that one is cut, and a short piece leads there. */
static void join(struct making *m, struct epo_point end, uint32_t street, uint32_t j) {
    struct epo_point c = m->segments[j].a, d = m->segments[j].b;
    double sx = d.x - c.x, sy = d.y - c.y;
    double u = ((end.x - c.x) * sx + (end.y - c.y) * sy) / (sx * sx + sy * sy);
    u = u < 0 ? 0 : u > 1 ? 1 : u;
    struct epo_point at = {c.x + u * sx, c.y + u * sy};
    if (distance(at, end) > JOIN_M)
        return;
    cut(m, j, u, at);
    m->joints = epo_grown(m->joints, m->joint_count, &m->joint_room, sizeof *m->joints);
    m->joints[m->joint_count++] = (struct joint){end, at, street};
}

struct meeting {
    struct making *making;
    uint32_t segment;
};
static bool meet(uint32_t j, void *arg) {
    struct meeting *meeting = arg;
    struct making *m = meeting->making;
    uint32_t i = meeting->segment;
    bool next =
        m->segments[i].street == m->segments[j].street && (j == i || j == i + 1 || i == j + 1);
    if (next)
        return true;
    if (j > i)
        cross(m, i, j);
    if (m->starts[i])
        join(m, m->segments[i].a, m->segments[i].street, j);
    if (m->stops[i])
        join(m, m->segments[i].b, m->segments[i].street, j);
    return true;
}

static void find_meetings(struct making *m) {
    for (uint32_t i = 0; i < m->segment_count; i++) {
        struct meeting meeting = {m, i};
        double by = m->starts[i] || m->stops[i] ? JOIN_M : 0;
        epo_index_search(&m->index, box_of(m->segments[i].a, m->segments[i].b, by), meet, &meeting);
    }
}

/* ---- nodes and edges ---- */

static uint32_t node_at(struct making *m, struct epo_point at) {
    int64_t x = llround(at.x / SAME_M), y = llround(at.y / SAME_M);
    uint64_t hash = (uint64_t)x * 0x9E3779B97F4A7C15u ^ (uint64_t)y * 0xC2B2AE3D27D4EB4Fu;
    struct epo_graph *graph = m->graph;
    for (size_t slot = (hash >> 20) & (m->table_size - 1);;
         slot = (slot + 1) & (m->table_size - 1)) {
        uint32_t node = m->table[slot];
        if (node == 0) {
            graph->nodes[graph->node_count] = at;
            m->table[slot] = (uint32_t)++graph->node_count;
            return (uint32_t)graph->node_count - 1;
        }
        struct epo_point there = graph->nodes[node - 1];
        if (llround(there.x / SAME_M) == x && llround(there.y / SAME_M) == y)
            return node - 1;
    }
}

static void add_edge(struct making *m, struct epo_point a, struct epo_point b, uint32_t street) {
    uint32_t from = node_at(m, a), to = node_at(m, b);
    if (from != to)
        m->graph->edges[m->graph->edge_count++] =
            (struct epo_graph_edge){from, to, street, distance(a, b)};
}

static int by_segment(const void *one, const void *two) {
    const struct cut *a = one, *b = two;
    if (a->segment != b->segment)
        return a->segment < b->segment ? -1 : 1;
    return a->along < b->along ? -1 : a->along > b->along;
}

static void make_edges(struct making *m) {
    struct epo_graph *graph = m->graph;
    size_t most = m->segment_count + m->cut_count + m->joint_count;
    graph->nodes = EPO_NEW_ARRAY(graph->pool, struct epo_point, 2 * most + 1);
    graph->edges = EPO_NEW_ARRAY(graph->pool, struct epo_graph_edge, most + 1);
    for (m->table_size = 1024; m->table_size < 4 * most; m->table_size *= 2)
        ;
    m->table = EPO_NEW_ARRAY(m->scratch, uint32_t, m->table_size);
    if (m->cut_count > 0)
        qsort(m->cuts, m->cut_count, sizeof *m->cuts, by_segment);
    size_t c = 0;
    for (uint32_t i = 0; i < m->segment_count; i++) {
        struct epo_point last = m->segments[i].a;
        for (; c < m->cut_count && m->cuts[c].segment == i; c++) {
            add_edge(m, last, m->cuts[c].at, m->segments[i].street);
            last = m->cuts[c].at;
        }
        add_edge(m, last, m->segments[i].b, m->segments[i].street);
    }
    for (size_t i = 0; i < m->joint_count; i++)
        add_edge(m, m->joints[i].a, m->joints[i].b, m->joints[i].street);
}

static void index_edges(struct making *m) {
    struct epo_graph *graph = m->graph;
    struct epo_box *boxes = EPO_NEW_ARRAY(m->scratch, struct epo_box, graph->edge_count + 1);
    graph->first = EPO_NEW_ARRAY(graph->pool, uint32_t, graph->node_count + 2);
    graph->out = EPO_NEW_ARRAY(graph->pool, uint32_t, 2 * graph->edge_count + 1);
    for (size_t e = 0; e < graph->edge_count; e++) {
        boxes[e] = box_of(graph->nodes[graph->edges[e].from], graph->nodes[graph->edges[e].to], 0);
        graph->first[graph->edges[e].from + 1]++;
        graph->first[graph->edges[e].to + 1]++;
    }
    for (size_t n = 0; n < graph->node_count; n++)
        graph->first[n + 1] += graph->first[n];
    uint32_t *next = EPO_NEW_ARRAY(m->scratch, uint32_t, graph->node_count + 1);
    for (size_t n = 0; n < graph->node_count; n++)
        next[n] = graph->first[n];
    for (uint32_t e = 0; e < graph->edge_count; e++) {
        graph->out[next[graph->edges[e].from]++] = e;
        graph->out[next[graph->edges[e].to]++] = e;
    }
    epo_index_build(&graph->index, graph->pool, boxes, graph->edge_count);
}

static struct epo_graph *make_graph(const struct epo_layer *streets) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_graph *graph = EPO_NEW(pool, struct epo_graph);
    graph->pool = pool;
    struct making m = {.layer = streets, .scratch = epo_pool_create(), .graph = graph};
    if (streets != NULL && streets->shape == EPO_SHAPE_LINE) {
        list_segments(&m);
        find_meetings(&m);
    }
    make_edges(&m);
    index_edges(&m);
    free(m.cuts);
    free(m.joints);
    epo_pool_free(m.scratch);
    return graph;
}

struct epo_ways {
    pthread_mutex_t lock; /* over what follows, and while it is made */
    struct epo_graph *graph;
};

struct epo_ways *epo_ways_make(void) {
    struct epo_ways *ways = calloc(1, sizeof *ways);
    epo_assert(ways != NULL);
    pthread_mutex_init(&ways->lock, NULL);
    return ways;
}

void epo_ways_free(struct epo_ways *ways) {
    if (ways->graph != NULL)
        epo_pool_free(ways->graph->pool);
    pthread_mutex_destroy(&ways->lock);
    free(ways);
}

const struct epo_graph *epo_graph_of(const struct epo_snapshot *snapshot) {
    struct epo_ways *ways = snapshot->ways;
    pthread_mutex_lock(&ways->lock);
    if (ways->graph == NULL)
        ways->graph = make_graph(snapshot->by_role[EPO_ROLE_STREET]);
    const struct epo_graph *graph = ways->graph;
    pthread_mutex_unlock(&ways->lock);
    return graph;
}

double epo_graph_distance(const struct epo_graph *graph, uint32_t edge, double x, double y,
                          double *along) {
    struct epo_point a = graph->nodes[graph->edges[edge].from];
    struct epo_point b = graph->nodes[graph->edges[edge].to];
    double dx = b.x - a.x, dy = b.y - a.y;
    double t = ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy);
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    if (along != NULL)
        *along = t;
    return hypot(a.x + t * dx - x, a.y + t * dy - y);
}
