/* Features as GeoJSON text, written straight from WKB: a page has a thousand of them. */
#include <math.h>
#include <stdlib.h>

#include "maps/features.h"
#include "maps/wkb.h"

struct writing {
    struct epo_buffer *out;
    struct epo_wkb from;
    enum epo_crs crs;
    struct epo_point *points; /* of the line or ring under way */
    size_t room;
    struct epo_error *error;
};

static bool bad_shape(struct writing *w) {
    return epo_fail(w->error, EPO_ERROR_BROKEN, "map.geometry",
                    "the map base holds a geometry that cannot be read: import the layer again");
}

/* Fixed point without trailing zeros. */
static void put_number(struct epo_buffer *out, double value, int decimals) {
    char digits[32];
    int len = snprintf(digits, sizeof digits, "%.*f", decimals, value);
    while (len > 0 && digits[len - 1] == '0')
        len--;
    if (len > 0 && digits[len - 1] == '.')
        len--;
    bool nothing = len == 2 && digits[0] == '-' && digits[1] == '0';
    epo_buffer_append(out, digits + nothing, (size_t)(len - nothing));
}

static void put_position(struct writing *w, struct epo_point p) {
    bool swap = epo_crs_is_north_first(w->crs);
    int decimals = epo_crs_decimals(w->crs);
    epo_buffer_byte(w->out, '[');
    put_number(w->out, swap ? p.y : p.x, decimals);
    epo_buffer_byte(w->out, ',');
    put_number(w->out, swap ? p.x : p.y, decimals);
    epo_buffer_byte(w->out, ']');
}

static bool read_points(struct writing *w, uint32_t count) {
    if (!epo_wkb_points(&w->from, count))
        return bad_shape(w);
    if (count > w->room) {
        w->points = realloc(w->points, count * sizeof *w->points);
        epo_assert(w->points != NULL);
        w->room = count;
    }
    for (uint32_t i = 0; i < count; i++)
        if (!epo_crs_from_metres(w->crs, epo_wkb_point(&w->from), &w->points[i], w->error))
            return false;
    return true;
}

static bool is_anticlockwise(const struct epo_point *p, uint32_t count) {
    double twice = 0;
    for (uint32_t i = 0; i + 1 < count; i++) /* from p[0], so that large coordinates cancel early */
        twice +=
            (p[i].x - p[0].x) * (p[i + 1].y - p[0].y) - (p[i + 1].x - p[0].x) * (p[i].y - p[0].y);
    return twice > 0;
}

static bool put_line(struct writing *w, bool is_ring, bool is_outer) {
    uint32_t count = epo_wkb_u32(&w->from);
    if (!read_points(w, count))
        return false;
    bool backwards = is_ring && is_anticlockwise(w->points, count) != is_outer;
    epo_buffer_byte(w->out, '[');
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            epo_buffer_byte(w->out, ',');
        put_position(w, w->points[backwards ? count - 1 - i : i]);
    }
    epo_buffer_byte(w->out, ']');
    return true;
}

static bool put_simple(struct writing *w, uint32_t type) {
    if (type == EPO_WKB_POINT) {
        if (!read_points(w, 1))
            return false;
        put_position(w, w->points[0]);
        return true;
    }
    if (type == EPO_WKB_LINE)
        return put_line(w, false, false);
    uint32_t rings = epo_wkb_u32(&w->from);
    if (type != EPO_WKB_POLYGON || w->from.bad)
        return bad_shape(w);
    epo_buffer_byte(w->out, '[');
    for (uint32_t i = 0; i < rings; i++) {
        if (i > 0)
            epo_buffer_byte(w->out, ',');
        if (!put_line(w, true, i == 0))
            return false;
    }
    epo_buffer_byte(w->out, ']');
    return true;
}

static bool put_parts(struct writing *w, uint32_t parts) {
    epo_buffer_byte(w->out, '[');
    for (uint32_t i = 0; i < parts; i++) {
        if (i > 0)
            epo_buffer_byte(w->out, ',');
        if (!put_simple(w, epo_wkb_head(&w->from)))
            return false;
    }
    epo_buffer_byte(w->out, ']');
    return true;
}

/* ---- collections: several places of one request ---- */

static void skip_points(struct epo_wkb *r, uint32_t count) {
    if (epo_wkb_points(r, count)) {
        r->at += (size_t)count * 16;
        r->left -= (size_t)count * 16;
    }
}

/* Behind its head. */
static void skip_simple(struct epo_wkb *r, uint32_t type) {
    if (type == EPO_WKB_POINT) {
        skip_points(r, 1);
        return;
    }
    uint32_t rings = type == EPO_WKB_POLYGON ? epo_wkb_u32(r) : 1;
    r->bad = r->bad || (type != EPO_WKB_LINE && type != EPO_WKB_POLYGON);
    for (uint32_t i = 0; i < rings && !r->bad; i++)
        skip_points(r, epo_wkb_u32(r));
}

/* The type of all parts; 0 where they differ or cannot be read. */
static uint32_t common_type(struct epo_wkb parts, uint32_t count) {
    uint32_t common = 0;
    for (uint32_t i = 0; i < count && !parts.bad; i++) {
        uint32_t type = epo_wkb_head(&parts);
        if (i > 0 && type != common)
            return 0;
        common = type;
        skip_simple(&parts, type);
    }
    return parts.bad ? 0 : common;
}

static bool put_typed(struct writing *w, uint32_t type, uint32_t parts) {
    static const char *const TYPES[] = {
        [EPO_WKB_POINT] = "Point",           [EPO_WKB_LINE] = "LineString",
        [EPO_WKB_POLYGON] = "Polygon",       [EPO_WKB_POINTS] = "MultiPoint",
        [EPO_WKB_LINES] = "MultiLineString", [EPO_WKB_POLYGONS] = "MultiPolygon"};
    if (w->from.bad || type < EPO_WKB_POINT || type > EPO_WKB_POLYGONS)
        return bad_shape(w);
    epo_buffer_printf(w->out, "{\"type\":\"%s\",\"coordinates\":", TYPES[type]);
    if (!(type >= EPO_WKB_POINTS ? put_parts(w, parts) : put_simple(w, type)))
        return false;
    epo_buffer_byte(w->out, '}');
    return true;
}

/* Of one kind: the multi of that kind, which more programs draw. */
static bool put_collection(struct writing *w, uint32_t parts) {
    uint32_t common = common_type(w->from, parts);
    if (common != 0)
        return put_typed(w, common + (EPO_WKB_POINTS - EPO_WKB_POINT), parts);
    epo_buffer_string(w->out, "{\"type\":\"GeometryCollection\",\"geometries\":[");
    for (uint32_t i = 0; i < parts; i++) {
        if (i > 0)
            epo_buffer_byte(w->out, ',');
        uint32_t type = epo_wkb_head(&w->from);
        if (type > EPO_WKB_POLYGON)
            return bad_shape(w);
        if (!put_typed(w, type, 0))
            return false;
    }
    epo_buffer_string(w->out, "]}");
    return true;
}

static bool put_geometry(struct writing *w) {
    uint32_t type = epo_wkb_head(&w->from);
    uint32_t parts = type >= EPO_WKB_POINTS ? epo_wkb_u32(&w->from) : 0;
    if (type == EPO_WKB_COLLECTION)
        return !w->from.bad ? put_collection(w, parts) : bad_shape(w);
    if (type == EPO_WKB_POINTS && parts == 1) /* every layer of points is stored so */
        type = epo_wkb_head(&w->from);
    return put_typed(w, type, parts);
}

bool epo_geometry_write(struct epo_buffer *out, struct epo_span wkb_metres, enum epo_crs crs,
                        struct epo_error *error) {
    struct writing w = {.out = out, .from = epo_wkb_of(wkb_metres), .crs = crs, .error = error};
    bool ok = put_geometry(&w);
    free(w.points);
    return ok;
}

bool epo_feature_write(struct epo_buffer *out, const struct epo_feature_row *row, enum epo_crs crs,
                       struct epo_error *error) {
    epo_buffer_string(out, "{\"type\":\"Feature\",\"id\":");
    epo_json_write(out, row->id);
    epo_buffer_string(out, ",\"geometry\":");
    if (!epo_geometry_write(out, row->wkb_metres, crs, error))
        return false;
    epo_buffer_string(out, ",\"properties\":");
    epo_json_write(out, row->properties);
    epo_buffer_byte(out, '}');
    return true;
}
