#include "maps/metric.h"

#include <math.h>
#include <proj.h>
#include <string.h>

enum { SIDE_POINTS = 64, EPSG_MAX = 999999 };
static const double CENTRE_STEP_M = 100000;
/* Web mercator calls metres what is two thirds of one here: areas and fees would be wrong. */
static const double AREA_SCALE_LEAST = 0.8, AREA_SCALE_MOST = 1.25;

/* "Inverse of Krovak East North + S-JTSK to WGS 84 (5)", EPSG, 1 m, pinned: PROJ offers several for
 * this pair, up to 12 m apart in Plzeň, and its choice may change with its database. Czechia with a
 * margin: exchanged or sign-flipped coordinates always fall outside. */
static const struct epo_metric KROVAK = {
    .epsg = EPO_METRIC_KROVAK,
    .name = "EPSG:5514",
    .uri = "http://www.opengis.net/def/crs/EPSG/0/5514",
    .title = "S-JTSK / Krovak East North",
    .pipeline =
        "+proj=pipeline "
        "+step +inv +proj=krovak +lat_0=49.5 +lon_0=24.8333333333333 +alpha=30.2881397527778 "
        "+k=0.9999 +x_0=0 +y_0=0 +ellps=bessel "
        "+step +proj=push +v_3 "
        "+step +proj=cart +ellps=bessel "
        "+step +proj=helmert +x=572.213 +y=85.334 +z=461.94 +rx=-4.9732 +ry=-1.529 +rz=-5.2484 "
        "+s=3.5378 +convention=coordinate_frame "
        "+step +inv +proj=cart +ellps=WGS84 "
        "+step +proj=pop +v_3 "
        "+step +proj=unitconvert +xy_in=rad +xy_out=deg",
    .lon_min = 12,
    .lat_min = 48,
    .lon_max = 19,
    .lat_max = 51.5,
    .x_min = -950000,
    .y_min = -1250000,
    .x_max = -400000,
    .y_max = -900000,
};

static struct epo_metric other;
static const struct epo_metric *in_force = &KROVAK; /* or the other one */
static bool centred;

const struct epo_metric *epo_metric(void) {
    return in_force;
}

const struct epo_metric *epo_krovak(void) {
    return &KROVAK;
}

bool epo_metric_is_krovak(void) {
    return in_force->epsg == EPO_METRIC_KROVAK;
}

void epo_metric_centre(struct epo_point metres) {
    if (centred || epo_metric_is_krovak())
        return;
    centred = true;
    other.origin = (struct epo_point){round(metres.x / CENTRE_STEP_M) * CENTRE_STEP_M,
                                      round(metres.y / CENTRE_STEP_M) * CENTRE_STEP_M};
}

/* ---- another one, from PROJ's database ---- */

static bool unusable(struct epo_error *error, const char *name, const char *why) {
    return epo_fail(error, EPO_ERROR_BAD_INPUT, "map.crs", "\"crs\": %s %s", name, why);
}

/* Both axes in metres, one to the east and one to the north. */
static bool read_axes(PJ_CONTEXT *context, const PJ *crs, struct epo_metric *metric,
                      struct epo_error *error) {
    PJ *axes = proj_crs_get_coordinate_system(context, crs);
    bool metres = axes != NULL && proj_cs_get_axis_count(context, axes) == 2;
    int easts = 0, norths = 0;
    for (int i = 0; metres && i < 2; i++) {
        const char *direction = "";
        double unit = 0;
        metres = proj_cs_get_axis_info(context, axes, i, NULL, NULL, &direction, &unit, NULL, NULL,
                                       NULL) &&
                 unit == 1;
        easts += strcmp(direction, "east") == 0;
        norths += strcmp(direction, "north") == 0;
        metric->north_first = metric->north_first || (i == 0 && norths == 1);
    }
    proj_destroy(axes);
    return (metres && easts == 1 && norths == 1) ||
           unusable(error, metric->name, "does not count metres to the east and to the north");
}

static bool read_area(PJ_CONTEXT *context, PJ *crs, struct epo_metric *metric,
                      struct epo_error *error) {
    if (!proj_get_area_of_use(context, crs, &metric->lon_min, &metric->lat_min, &metric->lon_max,
                              &metric->lat_max, NULL) ||
        !(metric->lon_min < metric->lon_max && metric->lat_min < metric->lat_max))
        return unusable(error, metric->name, "is not used in one piece of the earth");
    PJ *east_first = proj_normalize_for_visualization(context, crs); /* others give nonsense */
    bool ok = east_first != NULL;
    for (int i = 0; ok && i < 4; i++) {
        PJ_COORD corner = proj_coord(proj_torad(i % 2 ? metric->lon_max : metric->lon_min),
                                     proj_torad(i / 2 ? metric->lat_max : metric->lat_min), 0, 0);
        double scale = proj_factors(east_first, corner).areal_scale;
        ok = scale >= AREA_SCALE_LEAST && scale <= AREA_SCALE_MOST;
    }
    proj_destroy(east_first);
    return ok || unusable(error, metric->name,
                          "measures too wrong for fees by area: take the one of your country");
}

/* Without grids, which another machine may lack: the best of those that need none. */
static bool read_operation(PJ_CONTEXT *context, const PJ *crs, struct epo_metric *metric,
                           struct epo_error *error) {
    PJ *degrees = proj_create(context, "OGC:CRS84");
    PJ_OPERATION_FACTORY_CONTEXT *factory = proj_create_operation_factory_context(context, NULL);
    proj_operation_factory_context_set_spatial_criterion(
        context, factory, PROJ_SPATIAL_CRITERION_PARTIAL_INTERSECTION);
    proj_operation_factory_context_set_grid_availability_use(
        context, factory, PROJ_GRID_AVAILABILITY_DISCARD_OPERATION_IF_MISSING_GRID);
    PJ_OBJ_LIST *list =
        degrees == NULL ? NULL : proj_create_operations(context, crs, degrees, factory);
    PJ *first = list == NULL ? NULL : proj_list_get(context, list, 0);
    PJ *seen = first == NULL ? NULL : proj_normalize_for_visualization(context, first);
    const char *text = seen == NULL ? NULL : proj_as_proj_string(context, seen, PJ_PROJ_5, NULL);
    bool ok = text != NULL && strlen(text) < sizeof metric->pipeline;
    if (ok)
        memcpy(metric->pipeline, text, strlen(text) + 1);
    proj_destroy(seen);
    proj_destroy(first);
    proj_list_destroy(list);
    proj_operation_factory_context_destroy(factory);
    proj_destroy(degrees);
    return ok || unusable(error, metric->name, "cannot be turned into degrees without grid files");
}

static void widen(struct epo_metric *metric, PJ *pj, double lon, double lat) {
    PJ_COORD at = proj_trans(pj, PJ_INV, proj_coord(lon, lat, 0, 0));
    if (!isfinite(at.xy.x) || !isfinite(at.xy.y))
        return;
    metric->x_min = fmin(metric->x_min, floor(at.xy.x));
    metric->x_max = fmax(metric->x_max, ceil(at.xy.x));
    metric->y_min = fmin(metric->y_min, floor(at.xy.y));
    metric->y_max = fmax(metric->y_max, ceil(at.xy.y));
}

/* The area's sides are curves in metres, and the widest parallel may lie between them. */
static bool read_range(PJ_CONTEXT *context, struct epo_metric *metric, struct epo_error *error) {
    PJ *pj = proj_create(context, metric->pipeline);
    metric->x_min = metric->y_min = INFINITY;
    metric->x_max = metric->y_max = -INFINITY;
    for (int i = 0; pj != NULL && i <= SIDE_POINTS; i++)
        for (int k = 0; k <= SIDE_POINTS; k++)
            widen(metric, pj,
                  metric->lon_min + (metric->lon_max - metric->lon_min) * i / SIDE_POINTS,
                  metric->lat_min + (metric->lat_max - metric->lat_min) * k / SIDE_POINTS);
    proj_destroy(pj);
    return metric->x_min < metric->x_max ||
           unusable(error, metric->name, "cannot be turned into degrees");
}

static bool read_from(PJ_CONTEXT *context, struct epo_metric *metric, struct epo_error *error) {
    PJ *crs = proj_create(context, metric->name);
    bool ok = (crs != NULL && proj_get_type(crs) == PJ_TYPE_PROJECTED_CRS) ||
              unusable(error, metric->name, "is no projected coordinate system that PROJ knows");
    if (ok)
        snprintf(metric->title, sizeof metric->title, "%s", proj_get_name(crs));
    ok = ok && read_axes(context, crs, metric, error) && read_area(context, crs, metric, error) &&
         read_operation(context, crs, metric, error) && read_range(context, metric, error);
    proj_destroy(crs);
    return ok;
}

static PJ_CONTEXT *quiet_context(void) {
    PJ_CONTEXT *context = proj_context_create();
    proj_context_set_enable_network(context, 0);
    proj_log_level(context, PJ_LOG_NONE);
    return context;
}

bool epo_metric_read(struct epo_span name, struct epo_metric *metric, struct epo_error *error) {
    int64_t epsg = EPO_METRIC_KROVAK;
    if (name.len > 0 && (name.len < 6 || memcmp(name.at, "EPSG:", 5) != 0 ||
                         !epo_span_integer((struct epo_span){name.at + 5, name.len - 5}, &epsg) ||
                         epsg < 1 || epsg > EPSG_MAX))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "map.crs", "\"crs\" is written like EPSG:5514");
    *metric = KROVAK;
    if (epsg == EPO_METRIC_KROVAK)
        return true;
    *metric = (struct epo_metric){.epsg = (int)epsg};
    snprintf(metric->name, sizeof metric->name, "EPSG:%d", metric->epsg);
    snprintf(metric->uri, sizeof metric->uri, "http://www.opengis.net/def/crs/EPSG/0/%d",
             metric->epsg);
    PJ_CONTEXT *context = quiet_context();
    bool ok = read_from(context, metric, error);
    proj_context_destroy(context);
    return ok;
}

bool epo_metric_use(struct epo_span name, struct epo_error *error) {
    struct epo_metric metric;
    if (!epo_metric_read(name, &metric, error))
        return false;
    if (metric.epsg == in_force->epsg)
        return true;
    metric.turn = other.turn + 1;
    other = metric;
    in_force = metric.epsg == EPO_METRIC_KROVAK ? &KROVAK : &other;
    centred = false;
    return true;
}

bool epo_map_system_agrees(struct epo_span name, struct epo_error *error) {
    if (name.len == 0)
        name = epo_span(KROVAK.name);
    return epo_span_is(name, in_force->name) ||
           epo_fail(
               error, EPO_ERROR_CONFLICT, "map.crs",
               "the map base is in %.*s and the portal in %s: set \"crs\" of epo.json back, or "
               "delete the folder map and import the city's files again",
               EPO_ARG(name), in_force->name);
}

const char *epo_metric_words(struct epo_pool *pool) {
    return epo_pool_printf(pool, "%s, %s", in_force->name, in_force->title);
}

bool epo_metric_texts(struct epo_pool *pool, const char **wkt, const char **proj,
                      struct epo_error *error) {
    PJ_CONTEXT *context = quiet_context();
    PJ *crs = proj_create(context, in_force->name);
    const char *text = crs == NULL ? NULL : proj_as_wkt(context, crs, PJ_WKT1_GDAL, NULL);
    const char *line = crs == NULL ? NULL : proj_as_proj_string(context, crs, PJ_PROJ_4, NULL);
    *wkt = epo_pool_string(pool, epo_span(text == NULL ? "" : text));
    *proj = epo_pool_string(pool, epo_span(line == NULL ? "" : line));
    proj_destroy(crs);
    proj_context_destroy(context);
    return text != NULL ||
           epo_fail(error, EPO_ERROR_BROKEN, "map.proj",
                    "PROJ does not know %s: install proj-data again", in_force->name);
}
