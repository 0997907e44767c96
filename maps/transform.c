/* EPSG:5514 <-> EPSG:4326 by one pinned operation. PROJ offers several for this pair, up to 12 m
 * apart in Plzeň, and its choice may change with its database: so the text of the chosen one stands
 * here and a check value proves it at start-up. */
#include "maps/maps.h"

#include <math.h>
#include <proj.h>
#include <pthread.h>

#include "maps/crs.h"

/* "Inverse of Krovak East North + S-JTSK to WGS 84 (5)", EPSG, 1 m. Degrees in lon, lat order. */
static const char PIPELINE[] =
    "+proj=pipeline "
    "+step +inv +proj=krovak +lat_0=49.5 +lon_0=24.8333333333333 +alpha=30.2881397527778 "
    "+k=0.9999 +x_0=0 +y_0=0 +ellps=bessel "
    "+step +proj=push +v_3 "
    "+step +proj=cart +ellps=bessel "
    "+step +proj=helmert +x=572.213 +y=85.334 +z=461.94 +rx=-4.9732 +ry=-1.529 +rz=-5.2484 "
    "+s=3.5378 +convention=coordinate_frame "
    "+step +inv +proj=cart +ellps=WGS84 "
    "+step +proj=pop +v_3 "
    "+step +proj=unitconvert +xy_in=rad +xy_out=deg";

/* The same area as that of crs.h in metres. */
static const double X_MIN = -950000, X_MAX = -400000, Y_MIN = -1250000, Y_MAX = -900000;

struct transformer {
    PJ_CONTEXT *context;
    PJ *pj;
};
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local struct transformer *mine;

static void transformer_free(void *arg) {
    struct transformer *transformer = arg;
    proj_destroy(transformer->pj);
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

static PJ *my_pj(struct epo_error *error) {
    if (mine != NULL)
        return mine->pj;
    pthread_once(&once, make_key);
    struct transformer *made = calloc(1, sizeof *made);
    epo_assert(made != NULL);
    made->context = proj_context_create();
    proj_context_set_enable_network(made->context, 0);
    made->pj = proj_create(made->context, PIPELINE);
    if (made->pj == NULL) {
        proj_context_destroy(made->context);
        free(made);
        epo_fail(error, EPO_ERROR_BROKEN, "map.proj",
                 "PROJ cannot build the S-JTSK operation: install libproj and proj-data again");
        return NULL;
    }
    pthread_setspecific(key, made);
    mine = made;
    return mine->pj;
}

static bool transform(struct epo_point from, PJ_DIRECTION direction, struct epo_point *to,
                      struct epo_error *error) {
    PJ *pj = my_pj(error);
    if (pj == NULL)
        return false;
    PJ_COORD out = proj_trans(pj, direction, proj_coord(from.x, from.y, 0, 0));
    if (out.xy.x == HUGE_VAL || out.xy.y == HUGE_VAL || !isfinite(out.xy.x) || !isfinite(out.xy.y))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "place.out_of_range",
                        "coordinates cannot be transformed");
    *to = (struct epo_point){out.xy.x, out.xy.y};
    return true;
}

static bool within_czechia(struct epo_point p) {
    return p.x >= EPO_LON_MIN && p.x <= EPO_LON_MAX && p.y >= EPO_LAT_MIN && p.y <= EPO_LAT_MAX;
}

bool epo_transform_to_metres(struct epo_point lon_lat, struct epo_point *metres,
                             struct epo_error *error) {
    if (!within_czechia(lon_lat)) {
        if (within_czechia((struct epo_point){lon_lat.y, lon_lat.x}))
            return epo_fail(error, EPO_ERROR_BAD_INPUT, "place.swapped",
                            "latitude and longitude are exchanged: GeoJSON wants [lon, lat]");
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "place.out_of_range",
                        "the coordinates do not lie in Czechia (lon 12-19, lat 48-51.5)");
    }
    return transform(lon_lat, PJ_INV, metres, error);
}

bool epo_transform_in_range(struct epo_point metres) {
    return metres.x >= X_MIN && metres.x <= X_MAX && metres.y >= Y_MIN && metres.y <= Y_MAX;
}

bool epo_transform_to_4326(struct epo_point metres, struct epo_point *lon_lat,
                           struct epo_error *error) {
    if (!epo_transform_in_range(metres))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "place.out_of_range",
                        "not EPSG:5514 coordinates of Czechia: x from -950000 to -400000, y from "
                        "-1250000 to -900000 (RÚIAN prints both without the minus, y first)");
    return transform(metres, PJ_FWD, lon_lat, error);
}

bool epo_transform_check(struct epo_error *error) {
    static const struct epo_point METRES = {-822000, -1070000};
    static const struct epo_point DEGREES = {13.38369896, 49.74534800};
    struct epo_point degrees, metres;
    if (!epo_transform_to_4326(METRES, &degrees, error) ||
        !epo_transform_to_metres(DEGREES, &metres, error))
        return false;
    if (fabs(degrees.x - DEGREES.x) > 2e-8 || fabs(degrees.y - DEGREES.y) > 2e-8 ||
        hypot(metres.x - METRES.x, metres.y - METRES.y) > 0.005)
        return epo_fail(error, EPO_ERROR_BROKEN, "map.proj_check",
                        "PROJ gives %.8f %.8f for EPSG:5514 -822000 -1070000 instead of %.8f %.8f",
                        degrees.x, degrees.y, DEGREES.x, DEGREES.y);
    return true;
}
