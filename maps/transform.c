/* Metres of the portal's system <-> EPSG:4326, and of S-JTSK / Krovak, by one operation each: its
 * text stands in metric.c or was looked up there once. For S-JTSK a check value proves it at
 * start-up. */
#include <math.h>
#include <proj.h>
#include <pthread.h>

#include "maps/metric.h"

enum { OF_PORTAL, OF_KROVAK, OPERATIONS };
struct transformer {
    PJ_CONTEXT *context;
    PJ *pj[OPERATIONS]; /* NULL until it is needed */
    unsigned turn;      /* of the metric system that OF_PORTAL is for */
};
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local struct transformer *mine;

static void transformer_free(void *arg) {
    struct transformer *transformer = arg;
    for (int i = 0; i < OPERATIONS; i++)
        proj_destroy(transformer->pj[i]);
    proj_context_destroy(transformer->context);
    free(transformer);
}

static void free_main_transformer(void) { /* key destructors do not run for the main thread */
    if (mine != NULL)
        transformer_free(mine);
    mine = NULL;
}

static void make_key(void) {
    epo_assert(pthread_key_create(&key, transformer_free) == 0);
    atexit(free_main_transformer);
}

static struct transformer *my_transformer(void) {
    if (mine != NULL)
        return mine;
    pthread_once(&once, make_key);
    struct transformer *made = calloc(1, sizeof *made);
    epo_assert(made != NULL);
    made->context = proj_context_create();
    proj_context_set_enable_network(made->context, 0);
    pthread_setspecific(key, made);
    mine = made;
    return made;
}

static PJ *my_pj(int which, struct epo_error *error) {
    struct transformer *t = my_transformer();
    if (which == OF_PORTAL && t->turn != epo_metric()->turn) {
        proj_destroy(t->pj[which]);
        t->pj[which] = NULL;
        t->turn = epo_metric()->turn;
    }
    if (t->pj[which] == NULL)
        t->pj[which] = proj_create(t->context, which == OF_PORTAL ? epo_metric()->pipeline
                                                                  : epo_krovak()->pipeline);
    if (t->pj[which] == NULL)
        epo_fail(error, EPO_ERROR_BROKEN, "map.proj",
                 "PROJ cannot build the operation of %s: install libproj and proj-data again",
                 which == OF_PORTAL ? epo_metric()->name : epo_krovak()->name);
    return t->pj[which];
}

static bool transform(int which, struct epo_point from, PJ_DIRECTION direction,
                      struct epo_point *to, struct epo_error *error) {
    PJ *pj = my_pj(which, error);
    if (pj == NULL)
        return false;
    PJ_COORD out = proj_trans(pj, direction, proj_coord(from.x, from.y, 0, 0));
    if (out.xy.x == HUGE_VAL || out.xy.y == HUGE_VAL || !isfinite(out.xy.x) || !isfinite(out.xy.y))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "place.out_of_range",
                        "coordinates cannot be transformed");
    *to = (struct epo_point){out.xy.x, out.xy.y};
    return true;
}

static bool in_area(const struct epo_metric *m, struct epo_point p) {
    return p.x >= m->lon_min && p.x <= m->lon_max && p.y >= m->lat_min && p.y <= m->lat_max;
}

static bool in_range(const struct epo_metric *m, struct epo_point p) {
    return p.x >= m->x_min && p.x <= m->x_max && p.y >= m->y_min && p.y <= m->y_max;
}

bool epo_transform_in_range(struct epo_point metres) {
    return in_range(epo_metric(), metres);
}

static bool out_of_range(struct epo_error *error) {
    const struct epo_metric *m = epo_metric();
    return epo_fail(error, EPO_ERROR_BAD_INPUT, "place.out_of_range",
                    "the coordinates do not lie %s (lon %g to %g, lat %g to %g; %s x %.0f to %.0f, "
                    "y %.0f to %.0f)",
                    epo_metric_is_krovak() ? "in Czechia" : "where the portal's map can be",
                    m->lon_min, m->lon_max, m->lat_min, m->lat_max, m->name, m->x_min, m->x_max,
                    m->y_min, m->y_max);
}

bool epo_transform_to_metres(struct epo_point lon_lat, struct epo_point *metres,
                             struct epo_error *error) {
    const struct epo_metric *m = epo_metric();
    if (!in_area(m, lon_lat)) {
        if (in_area(m, (struct epo_point){lon_lat.y, lon_lat.x}))
            return epo_fail(error, EPO_ERROR_BAD_INPUT, "place.swapped",
                            "latitude and longitude are exchanged: GeoJSON wants [lon, lat]");
        return out_of_range(error);
    }
    return transform(OF_PORTAL, lon_lat, PJ_INV, metres, error) &&
           (epo_metric_is_krovak() || in_range(m, *metres) || out_of_range(error));
}

bool epo_transform_to_4326(struct epo_point metres, struct epo_point *lon_lat,
                           struct epo_error *error) {
    return in_range(epo_metric(), metres) ? transform(OF_PORTAL, metres, PJ_FWD, lon_lat, error)
                                          : out_of_range(error);
}

bool epo_transform_from_krovak(struct epo_point krovak, struct epo_point *lon_lat,
                               struct epo_error *error) {
    return in_range(epo_krovak(), krovak)
               ? transform(OF_KROVAK, krovak, PJ_FWD, lon_lat, error)
               : epo_fail(error, EPO_ERROR_BAD_INPUT, "place.out_of_range",
                          "not EPSG:5514 coordinates of Czechia: x from -950000 to -400000, y from "
                          "-1250000 to -900000 (RÚIAN prints both without the minus, y first)");
}

bool epo_transform_check(struct epo_error *error) {
    static const struct epo_point METRES = {-822000, -1070000};
    static const struct epo_point DEGREES = {13.38369896, 49.74534800};
    struct epo_point degrees, metres;
    if (!transform(OF_KROVAK, METRES, PJ_FWD, &degrees, error) ||
        !transform(OF_KROVAK, DEGREES, PJ_INV, &metres, error))
        return false;
    if (fabs(degrees.x - DEGREES.x) > 2e-8 || fabs(degrees.y - DEGREES.y) > 2e-8 ||
        hypot(metres.x - METRES.x, metres.y - METRES.y) > 0.005)
        return epo_fail(error, EPO_ERROR_BROKEN, "map.proj_check",
                        "PROJ gives %.8f %.8f for EPSG:5514 -822000 -1070000 instead of %.8f %.8f",
                        degrees.x, degrees.y, DEGREES.x, DEGREES.y);
    return true;
}
