#include "http/picture_ask.h"

#include "base/limits.h"

static bool bad(struct epo_error *error, const char *code, const char *text) {
    return epo_fail(error, EPO_ERROR_BAD_INPUT, code, "%s", text);
}

static bool read_center(struct epo_span text, struct epo_picture *picture,
                        struct epo_error *error) {
    struct epo_span lat, lon = epo_span_cut(text, ',', &lat);
    struct epo_point *center = &picture->center;
    picture->centred = text.len > 0;
    if (text.len == 0 ||
        (epo_span_real(lon, &center->x) && epo_span_real(lat, &center->y) && center->x >= -180 &&
         center->x <= 180 && center->y >= -85 && center->y <= 85))
        return true;
    return bad(error, "picture.center", "center must be LON,LAT in degrees (EPSG:4326)");
}

static bool read_zoom(struct epo_span text, struct epo_picture *picture, struct epo_error *error) {
    int64_t zoom = 0;
    if (text.len > 0 && (!epo_span_integer(text, &zoom) || zoom < EPO_PICTURE_ZOOM_MIN ||
                         zoom > EPO_PICTURE_ZOOM_MAX))
        return bad(error, "picture.zoom", "zoom must be a whole number from 10 to 19");
    picture->zoom = (int)zoom;
    return true;
}

static bool read_size(struct epo_span text, struct epo_picture *picture, struct epo_error *error) {
    int64_t width = EPO_PICTURE_WIDTH, height = EPO_PICTURE_HEIGHT;
    struct epo_span rest, first = epo_span_cut(text, 'x', &rest);
    if (text.len > 0 && (!epo_span_integer(first, &width) || !epo_span_integer(rest, &height) ||
                         width < EPO_PICTURE_SIDE_MIN || width > EPO_PICTURE_SIDE_MAX ||
                         height < EPO_PICTURE_SIDE_MIN || height > EPO_PICTURE_SIDE_MAX))
        return bad(error, "picture.size", "size must be WxH in pixels, each from 64 to 1024");
    picture->width = (int)width, picture->height = (int)height;
    return true;
}

static bool read_style(struct epo_span text, struct epo_picture *picture, struct epo_error *error) {
    static const char *const STYLES[] = {"light", "dark", "contrast"};
    picture->style = STYLES[0];
    for (size_t i = 0; i < sizeof STYLES / sizeof *STYLES; i++)
        if (epo_span_is(text, STYLES[i])) {
            picture->style = STYLES[i];
            return true;
        }
    return text.len == 0 || bad(error, "picture.style", "style must be light, dark or contrast");
}

static bool read_switch(struct epo_span text, bool *on, struct epo_error *error) {
    *on = epo_span_is(text, "1");
    return *on || text.len == 0 || epo_span_is(text, "0") ||
           bad(error, "picture.switch", "frame and crosshair are 1 or 0");
}

/* One geometry, or a FeatureCollection of as many as a form takes and one that is being drawn. */
static bool read_place(struct epo_request *request, struct epo_picture *picture,
                       struct epo_error *error) {
    struct epo_span text = epo_request_query(request, "place");
    if (text.len == 0)
        return true;
    struct epo_json *given = epo_json_parse(request->pool, text, error);
    if (given == NULL)
        return bad(error, "picture.place", "place must be GeoJSON (EPSG:4326)");
    const struct epo_json *list = epo_json_get(given, "features");
    bool several = list != NULL && list->type == EPO_JSON_ARRAY;
    uint32_t count = several ? list->count : 1;
    if (count > EPO_PLACES_MAX + 1)
        return bad(error, "picture.place", "place must have at most 51 features");
    const struct epo_json **marks = EPO_NEW_ARRAY(request->pool, const struct epo_json *, count);
    for (uint32_t i = 0; i < count; i++) {
        struct epo_place place;
        if (!epo_place_read(request->pool, several ? list->items[i] : given, &place, error))
            return false;
        marks[i] = place.geojson;
    }
    picture->marks = marks;
    picture->mark_count = count;
    return true;
}

bool epo_picture_ask(struct epo_request *request, struct epo_picture *picture,
                     struct epo_error *error) {
    *picture = (struct epo_picture){0};
    if (!read_center(epo_request_query(request, "center"), picture, error) ||
        !read_zoom(epo_request_query(request, "zoom"), picture, error) ||
        !read_size(epo_request_query(request, "size"), picture, error) ||
        !read_style(epo_request_query(request, "style"), picture, error) ||
        !read_switch(epo_request_query(request, "frame"), &picture->frame, error) ||
        !read_switch(epo_request_query(request, "crosshair"), &picture->crosshair, error) ||
        !read_place(request, picture, error))
        return false;
    return picture->centred || picture->mark_count > 0 ||
           bad(error, "picture.nowhere", "center=LON,LAT or place=GeoJSON must say where");
}
