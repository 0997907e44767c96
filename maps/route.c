/* The shortest way along the streets: A* from point to point. */
#include "maps/route.h"

#include <math.h>
#include <stdlib.h>

#include "base/limits.h"
#include "maps/shapes.h"

static const double STREET_WITHIN_M = 100; /* of each point of the way */
static const double FOLLOWS_M = 2, FOLLOWS_STEP_M = 10;
enum { FOLLOWS_STEPS_MAX = 20000 }; /* 200 km */

struct spot { /* a point of the way, moved onto the streets */
    struct epo_point at;
    uint32_t edge;
    double along;
};
struct waiting { /* in the heap: nearest first */
    double estimate;
    uint32_t node;
};
struct search {
    const struct epo_graph *graph;
    double *cost;   /* by node; INFINITY: not reached */
    uint32_t *from; /* by node: the edge that led there; UINT32_MAX from the start */
    struct waiting *heap;
    size_t heap_count, heap_room;
    struct epo_point goal;
};

static double distance(struct epo_point a, struct epo_point b) {
    return hypot(a.x - b.x, a.y - b.y);
}

/* ---- heap ---- */

static void push(struct search *s, double estimate, uint32_t node) {
    if (s->heap_count == s->heap_room) {
        s->heap_room = s->heap_room == 0 ? 256 : s->heap_room * 2;
        s->heap = realloc(s->heap, s->heap_room * sizeof *s->heap);
        epo_assert(s->heap != NULL);
    }
    size_t i = s->heap_count++;
    for (; i > 0 && s->heap[(i - 1) / 2].estimate > estimate; i = (i - 1) / 2)
        s->heap[i] = s->heap[(i - 1) / 2];
    s->heap[i] = (struct waiting){estimate, node};
}

static struct waiting pop(struct search *s) {
    struct waiting first = s->heap[0], last = s->heap[--s->heap_count];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= s->heap_count)
            break;
        if (child + 1 < s->heap_count && s->heap[child + 1].estimate < s->heap[child].estimate)
            child++;
        if (last.estimate <= s->heap[child].estimate)
            break;
        s->heap[i] = s->heap[child];
        i = child;
    }
    s->heap[i] = last;
    return first;
}

/* ---- one leg ---- */

static void reach(struct search *s, uint32_t node, double cost, uint32_t edge) {
    if (cost >= s->cost[node])
        return;
    s->cost[node] = cost;
    s->from[node] = edge;
    push(s, cost + distance(s->graph->nodes[node], s->goal), node);
}

/* The node through which the goal's edge is reached best; UINT32_MAX where it is not reached. */
static uint32_t run(struct search *s, const struct spot *start, const struct spot *goal) {
    const struct epo_graph *graph = s->graph;
    const struct epo_graph_edge *first = &graph->edges[start->edge],
                                *last = &graph->edges[goal->edge];
    double best = INFINITY;
    uint32_t through = UINT32_MAX;
    for (size_t n = 0; n < graph->node_count; n++)
        s->cost[n] = INFINITY;
    s->heap_count = 0;
    s->goal = goal->at;
    reach(s, first->from, start->along * first->length_m, UINT32_MAX);
    reach(s, first->to, (1 - start->along) * first->length_m, UINT32_MAX);
    while (s->heap_count > 0) {
        struct waiting next = pop(s);
        uint32_t node = next.node;
        double cost = s->cost[node];
        if (next.estimate >= best)
            break;
        if (next.estimate > cost + distance(graph->nodes[node], s->goal) + 1e-6)
            continue; /* reached on a shorter way meanwhile */
        double rest = node == last->from ? goal->along * last->length_m
                      : node == last->to ? (1 - goal->along) * last->length_m
                                         : INFINITY;
        if (cost + rest < best) {
            best = cost + rest;
            through = node;
        }
        for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
            const struct epo_graph_edge *edge = &graph->edges[graph->out[i]];
            uint32_t to = edge->from == node ? edge->to : edge->from;
            reach(s, to, cost + edge->length_m, graph->out[i]);
        }
    }
    bool same = start->edge == goal->edge;
    if (same && fabs(start->along - goal->along) * first->length_m <= best)
        return UINT32_MAX - 1; /* along that one edge */
    return through;
}

/* ---- the whole way ---- */

struct drawing {
    struct epo_pool *pool;
    const struct epo_snapshot *snapshot;
    struct epo_path *path;
    size_t room, street_room;
};

static void draw(struct drawing *d, struct epo_point at) {
    struct epo_path *path = d->path;
    if (path->count > 0 && distance(path->points[path->count - 1], at) < 0.01)
        return;
    if (path->count == d->room) {
        struct epo_point *more = EPO_NEW_ARRAY(d->pool, struct epo_point, 2 * d->room + 64);
        for (size_t i = 0; i < path->count; i++)
            more[i] = path->points[i];
        path->points = more;
        d->room = 2 * d->room + 64;
    }
    if (path->count > 0)
        path->length_m += distance(path->points[path->count - 1], at);
    path->points[path->count++] = at;
}

static void name(struct drawing *d, uint32_t street) {
    enum { STREETS_MAX = 200 };
    struct epo_path *path = d->path;
    const char *said = d->snapshot->by_role[EPO_ROLE_STREET]->features[street].name;
    if (said[0] == '\0' || path->street_count == STREETS_MAX ||
        (path->street_count > 0 && strcmp(path->streets[path->street_count - 1], said) == 0))
        return;
    if (path->streets == NULL)
        path->streets = EPO_NEW_ARRAY(d->pool, const char *, STREETS_MAX);
    path->streets[path->street_count++] = epo_pool_string(d->pool, epo_span(said));
}

static void draw_leg(struct drawing *d, struct search *s, const struct spot *start,
                     const struct spot *goal, uint32_t through) {
    const struct epo_graph *graph = s->graph;
    size_t count = 0;
    draw(d, start->at);
    name(d, graph->edges[start->edge].street);
    if (through < UINT32_MAX - 1) {
        for (uint32_t n = through; s->from[n] != UINT32_MAX; count++) {
            const struct epo_graph_edge *edge = &graph->edges[s->from[n]];
            n = edge->from == n ? edge->to : edge->from;
        }
        uint32_t *back = EPO_NEW_ARRAY(d->pool, uint32_t, count + 1);
        uint32_t node = through;
        for (size_t i = count + 1; i > 0; i--) {
            back[i - 1] = node;
            if (i > 1) {
                const struct epo_graph_edge *edge = &graph->edges[s->from[node]];
                node = edge->from == node ? edge->to : edge->from;
            }
        }
        for (size_t i = 0; i <= count; i++) {
            if (i > 0)
                name(d, graph->edges[s->from[back[i]]].street);
            draw(d, graph->nodes[back[i]]);
        }
    }
    name(d, graph->edges[goal->edge].street);
    draw(d, goal->at);
}

struct from {
    const struct epo_graph *graph;
    struct epo_point at;
};
static double to_edge(uint32_t edge, void *arg) {
    const struct from *from = arg;
    return epo_graph_distance(from->graph, edge, from->at.x, from->at.y, NULL);
}

static bool find_spot(const struct epo_graph *graph, struct epo_point at, double within_m,
                      struct spot *spot) {
    double distance_m;
    struct epo_mm mm = epo_mm_of(at);
    struct from from = {graph, at};
    if (!epo_index_nearest(&graph->index, (struct epo_box){mm.x, mm.y, mm.x, mm.y}, within_m,
                           to_edge, &from, &spot->edge, &distance_m))
        return false;
    epo_graph_distance(graph, spot->edge, at.x, at.y, &spot->along);
    struct epo_point a = graph->nodes[graph->edges[spot->edge].from];
    struct epo_point b = graph->nodes[graph->edges[spot->edge].to];
    spot->at = (struct epo_point){a.x + spot->along * (b.x - a.x), a.y + spot->along * (b.y - a.y)};
    return true;
}

bool epo_path_find(const struct epo_snapshot *snapshot, struct epo_pool *pool,
                   const struct epo_point *via, size_t count, struct epo_path *path,
                   struct epo_error *error) {
    const struct epo_graph *graph = epo_graph_of(snapshot);
    struct search s = {.graph = graph};
    struct drawing d = {.pool = pool, .snapshot = snapshot, .path = path};
    struct spot start, goal;
    bool ok = count >= 2;
    *path = (struct epo_path){0};
    s.cost = malloc((graph->node_count + 1) * sizeof *s.cost);
    s.from = malloc((graph->node_count + 1) * sizeof *s.from);
    epo_assert(s.cost != NULL && s.from != NULL);
    ok = ok && find_spot(graph, via[0], STREET_WITHIN_M, &start);
    for (size_t i = 1; ok && i < count; i++) {
        ok = find_spot(graph, via[i], STREET_WITHIN_M, &goal);
        uint32_t through = ok ? run(&s, &start, &goal) : UINT32_MAX;
        ok = ok && through != UINT32_MAX;
        if (ok)
            draw_leg(&d, &s, &start, &goal, through);
        start = goal;
    }
    free(s.cost);
    free(s.from);
    free(s.heap);
    return (ok && path->count >= 2) ||
           epo_fail(error, EPO_ERROR_BAD_INPUT, "place.no_route",
                    "no way along the streets joins these points: each must be within %.0f m of a "
                    "street",
                    STREET_WITHIN_M);
}

bool epo_path_follows(const struct epo_snapshot *snapshot, const struct epo_point *points,
                      size_t count) {
    const struct epo_graph *graph = epo_graph_of(snapshot);
    struct spot spot;
    int left = FOLLOWS_STEPS_MAX;
    for (size_t i = 0; i + 1 < count; i++) {
        double length = distance(points[i], points[i + 1]);
        int steps = (int)fmin(ceil(length / FOLLOWS_STEP_M), FOLLOWS_STEPS_MAX);
        left -= steps + 1;
        if (left < 0)
            return false;
        for (int step = 0; step <= steps; step++) {
            double share = steps == 0 ? 0 : (double)step / steps;
            struct epo_point at = {points[i].x + share * (points[i + 1].x - points[i].x),
                                   points[i].y + share * (points[i + 1].y - points[i].y)};
            if (!find_spot(graph, at, FOLLOWS_M, &spot))
                return false;
        }
    }
    return count >= 2;
}

bool epo_route(struct epo_maps *maps, struct epo_pool *pool, const struct epo_point *via_4326,
               size_t count, struct epo_json **route, struct epo_error *error) {
    unsigned slot;
    struct epo_point *via = EPO_NEW_ARRAY(pool, struct epo_point, count);
    struct epo_path path;
    if (count < 2 || count > EPO_ROUTE_VIA_MAX)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "place.via",
                        "a route goes through 2 to %d points", EPO_ROUTE_VIA_MAX);
    for (size_t i = 0; i < count; i++)
        if (!epo_transform_to_metres(via_4326[i], &via[i], error))
            return false;
    const struct epo_snapshot *snapshot = epo_maps_hold(maps, &slot);
    bool ok = epo_path_find(snapshot, pool, via, count, &path, error);
    epo_maps_drop(maps, slot);
    *route = ok ? epo_json_object(pool) : NULL;
    if (!ok)
        return false;
    struct epo_json *geometry = epo_geojson_line(pool, path.points, path.count, error);
    if (geometry == NULL)
        return false;
    epo_json_set(pool, *route, "geometry", geometry);
    epo_json_set(pool, *route, "length_m", epo_json_real(pool, round(path.length_m * 10) / 10));
    struct epo_json *streets = epo_json_set(pool, *route, "streets", epo_json_array(pool));
    for (size_t i = 0; i < path.street_count; i++)
        epo_json_push(pool, streets, epo_json_string(pool, path.streets[i]));
    return true;
}
