/* Ways along the streets. The graph is made once for each snapshot, when it is first asked for, and
 * then read by all threads. Internal to maps. */
#ifndef EPO_MAPS_ROUTE_H
#define EPO_MAPS_ROUTE_H

#include "maps/mapbase.h"

/* Nodes are where streets meet, end or bend; an edge is one straight piece between two of them. */
struct epo_graph {
    struct epo_pool *pool;
    struct epo_point *nodes;
    size_t node_count;
    struct epo_graph_edge {
        uint32_t from, to, street; /* street: feature of the street layer */
        double length_m;
    } * edges;
    size_t edge_count;
    uint32_t *first, *out;  /* node -> its edges: out[first[n]] … out[first[n + 1] - 1] */
    struct epo_index index; /* over edges */
};
/* route_graph.c: holds the graph of a snapshot once it was asked for. */
struct epo_ways;
struct epo_ways *epo_ways_make(void);
void epo_ways_free(struct epo_ways *ways);
/* Never NULL; without streets it is empty. */
const struct epo_graph *epo_graph_of(const struct epo_snapshot *snapshot);
double epo_graph_distance(const struct epo_graph *graph, uint32_t edge, double x, double y,
                          double *along); /* 0 at from … 1 at to; may be NULL */

struct epo_path { /* in the pool; metres */
    struct epo_point *points;
    size_t count;
    double length_m;
    const char **streets; /* names in the order they are walked */
    size_t street_count;
};
/* The shortest way through the points (metres) in their order. BAD_INPUT "place.no_route" where
 * a point has no street near or the streets do not join. */
bool epo_path_find(const struct epo_snapshot *snapshot, struct epo_pool *pool,
                   const struct epo_point *via, size_t count, struct epo_path *path,
                   struct epo_error *error);
/* Does the line run along streets all the way? */
bool epo_path_follows(const struct epo_snapshot *snapshot, const struct epo_point *points,
                      size_t count);

#endif
