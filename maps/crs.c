#include "maps/crs.h"

#include <math.h>

#include "maps/metric.h"

/* EPSG:3857 is the sphere of this radius over WGS 84's own angles. */
static const double WEB_RADIUS_M = 6378137;

static const struct {
    const char *uri;
    bool north_first;
    int decimals;
} SYSTEMS[] = {
    [EPO_CRS84] = {"http://www.opengis.net/def/crs/OGC/1.3/CRS84", false, 7},
    [EPO_CRS_4326] = {"http://www.opengis.net/def/crs/EPSG/0/4326", true, 7},
    [EPO_CRS_3857] = {"http://www.opengis.net/def/crs/EPSG/0/3857", false, 3},
    [EPO_CRS_METRIC] = {NULL, false, 3}, /* what metric.h says */
};
_Static_assert(sizeof SYSTEMS / sizeof *SYSTEMS == EPO_CRS_COUNT, "a system without a row");

const char *epo_crs_uri(enum epo_crs crs) {
    return crs == EPO_CRS_METRIC ? epo_metric()->uri : SYSTEMS[crs].uri;
}

bool epo_crs_read(struct epo_span uri, enum epo_crs *crs) {
    for (int i = 0; i < EPO_CRS_COUNT; i++)
        if (epo_span_is(uri, epo_crs_uri((enum epo_crs)i))) {
            *crs = (enum epo_crs)i;
            return true;
        }
    return false;
}

bool epo_crs_is_north_first(enum epo_crs crs) {
    return crs == EPO_CRS_METRIC ? epo_metric()->north_first : SYSTEMS[crs].north_first;
}

int epo_crs_decimals(enum epo_crs crs) {
    return SYSTEMS[crs].decimals;
}

static double radians(double degrees) {
    return degrees * M_PI / 180;
}

bool epo_crs_from_metres(enum epo_crs crs, struct epo_point metres, struct epo_point *out,
                         struct epo_error *error) {
    struct epo_point degrees;
    *out = metres;
    if (crs == EPO_CRS_METRIC && epo_transform_in_range(metres))
        return true;
    if (!epo_transform_to_4326(metres, &degrees, error)) /* says what is out of range, too */
        return false;
    *out = degrees;
    if (crs == EPO_CRS_3857)
        *out = (struct epo_point){
            WEB_RADIUS_M * radians(degrees.x),
            WEB_RADIUS_M * log(tan(M_PI / 4 + radians(degrees.y) / 2)),
        };
    return true;
}

struct epo_point epo_crs_degrees(enum epo_crs crs, struct epo_point at) {
    epo_assert(crs != EPO_CRS_METRIC);
    if (crs != EPO_CRS_3857)
        return at;
    return (struct epo_point){at.x / WEB_RADIUS_M * 180 / M_PI,
                              atan(sinh(at.y / WEB_RADIUS_M)) * 180 / M_PI};
}
