/* The metric system that a portal keeps its places in: EPSG:5514 (S-JTSK / Krovak East North)
 * unless epo.json says another. One for the whole process. */
#ifndef EPO_MAPS_METRIC_H
#define EPO_MAPS_METRIC_H

#include "maps/maps.h"

/* How far a map may reach from what its packed millimetres count from: a product of two differences
 * of them still fits int64. */
#define EPO_RANGE_M 1500000.0

enum { EPO_METRIC_KROVAK = 5514 };
struct epo_metric {
    int epsg;
    char name[24];      /* "EPSG:5514" */
    char uri[64];       /* "http://www.opengis.net/def/crs/EPSG/0/5514" */
    char title[160];    /* "S-JTSK / Krovak East North" */
    bool north_first;   /* how its definition orders the axes; here x is always the eastern one */
    char pipeline[800]; /* PROJ's text of the one operation from it to lon, lat in degrees */
    /* Where it is used, degrees: outside the operation is wrong by more than it promises. */
    double lon_min, lat_min, lon_max, lat_max;
    double x_min, y_min, x_max, y_max; /* the same in metres */
    struct epo_point origin;           /* what packed millimetres count from */
    unsigned turn;                     /* another number after each epo_metric_use */
};

/* What is in force. Constant once threads run. */
const struct epo_metric *epo_metric(void);
/* EPSG:5514, whatever is in force: RÚIAN is in it. */
const struct epo_metric *epo_krovak(void);
bool epo_metric_is_krovak(void);

/* Looks a name up: "EPSG:n", projected, in metres, east and north. BAD_INPUT "map.crs". Any thread;
 * takes milliseconds. */
bool epo_metric_read(struct epo_span name, struct epo_metric *metric, struct epo_error *error);
/* Puts it in force; an empty name is EPSG:5514. Before the first map is opened or made, one thread.
 */
bool epo_metric_use(struct epo_span name, struct epo_error *error);
/* The map lies around there (metres): packed millimetres count from near it from now on. Of one
 * process the first call counts, so that all its snapshots count alike; does nothing for EPSG:5514,
 * whose numbers are small. Before threads run. */
void epo_metric_centre(struct epo_point metres);

/* Is a map base that says it is in this system ("" before that was kept: EPSG:5514) in the one in
 * force? CONFLICT "map.crs" with what to do. */
bool epo_map_system_agrees(struct epo_span name, struct epo_error *error);

/* "EPSG:5514, S-JTSK / Krovak East North", for people; in the pool. */
const char *epo_metric_words(struct epo_pool *pool);
/* WKT and PROJ's text of it, for the table of a spatial database; in the pool. */
bool epo_metric_texts(struct epo_pool *pool, const char **wkt, const char **proj,
                      struct epo_error *error);

#endif
