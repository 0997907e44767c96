#include "maps/look.h"

#include <math.h>

#include "base/limits.h"

static const double WEST = -180, EAST = 180, SOUTH = -85, NORTH = 85; /* of web mercator */
static const double EARTH_AROUND_M = 40075016.685578488;
enum { ROOM_FOR_DRAWN = EPO_URL_BYTES_MAX - 512, THIN_MAX = 1024 };

static double pixels_around(const struct epo_look *look) {
    return 256.0 * (double)(1u << look->zoom);
}

static struct epo_point to_pixels(const struct epo_look *look, struct epo_point degrees) {
    double around = pixels_around(look), lat = degrees.y * M_PI / 180;
    return (struct epo_point){(degrees.x / 360 + 0.5) * around,
                              (0.5 - asinh(tan(lat)) / (2 * M_PI)) * around};
}

static struct epo_point to_degrees(const struct epo_look *look, struct epo_point pixels) {
    double around = pixels_around(look);
    return (struct epo_point){(pixels.x / around - 0.5) * 360,
                              atan(sinh((0.5 - pixels.y / around) * 2 * M_PI)) * 180 / M_PI};
}

static void keep_inside(struct epo_look *look) {
    look->center.x = fmin(fmax(look->center.x, WEST), EAST);
    look->center.y = fmin(fmax(look->center.y, SOUTH), NORTH);
    look->zoom = look->zoom < EPO_LOOK_ZOOM_MIN   ? EPO_LOOK_ZOOM_MIN
                 : look->zoom > EPO_LOOK_ZOOM_MAX ? EPO_LOOK_ZOOM_MAX
                                                  : look->zoom;
}

bool epo_look_read(struct epo_span text, struct epo_look *look) {
    struct epo_span rest, lon = epo_span_cut(text, ',', &rest);
    struct epo_span zoom, lat = epo_span_cut(rest, ',', &zoom);
    int64_t level;
    struct epo_point at;
    if (!epo_span_real(lon, &at.x) || !epo_span_real(lat, &at.y) ||
        !epo_span_integer(zoom, &level) || level < EPO_LOOK_ZOOM_MIN || level > EPO_LOOK_ZOOM_MAX ||
        !(at.x >= WEST && at.x <= EAST && at.y >= SOUTH && at.y <= NORTH))
        return false;
    *look = (struct epo_look){at, (int)level};
    return true;
}

const char *epo_look_write(struct epo_pool *pool, const struct epo_look *look) {
    return epo_pool_printf(pool, "%.7f,%.7f,%d", look->center.x, look->center.y, look->zoom);
}

bool epo_look_step(struct epo_look *look, struct epo_span step) {
    static const struct {
        const char *name;
        double right, down;
        int nearer;
    } STEPS[] = {{"north", 0, -0.5, 0}, {"south", 0, 0.5, 0}, {"west", -0.5, 0, 0},
                 {"east", 0.5, 0, 0},   {"in", 0, 0, 1},      {"out", 0, 0, -1}};
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        if (!epo_span_is(step, STEPS[i].name))
            continue;
        look->center = epo_look_spot(look, EPO_LOOK_WIDTH * (0.5 + STEPS[i].right),
                                     EPO_LOOK_HEIGHT * (0.5 + STEPS[i].down));
        look->zoom += STEPS[i].nearer;
        keep_inside(look);
        return true;
    }
    return false;
}

struct epo_point epo_look_spot(const struct epo_look *look, double x, double y) {
    struct epo_point middle = to_pixels(look, look->center);
    return to_degrees(look, (struct epo_point){middle.x + x - EPO_LOOK_WIDTH / 2.0,
                                               middle.y + y - EPO_LOOK_HEIGHT / 2.0});
}

bool epo_look_clicked(const struct epo_look *look, struct epo_span x, struct epo_span y,
                      struct epo_point *spot) {
    double right, down;
    if (!epo_span_real(x, &right) || !epo_span_real(y, &down))
        return false;
    bool keyboard = right == 0 && down == 0;
    right = fmin(fmax(right, 0), EPO_LOOK_WIDTH);
    down = fmin(fmax(down, 0), EPO_LOOK_HEIGHT);
    *spot = keyboard ? look->center : epo_look_spot(look, right, down);
    return true;
}

double epo_look_width_m(const struct epo_look *look) {
    return EARTH_AROUND_M * cos(look->center.y * M_PI / 180) / pixels_around(look) * EPO_LOOK_WIDTH;
}

void epo_look_at(struct epo_look *look, struct epo_point spot) {
    look->center = spot;
    if (look->zoom < EPO_LOOK_ZOOM_SPOT)
        look->zoom = EPO_LOOK_ZOOM_SPOT;
    keep_inside(look);
}

void epo_look_city(struct epo_maps *maps, struct epo_pool *pool, struct epo_look *look) {
    static const struct epo_look PILSEN = {{13.3776, 49.7475}, 12};
    struct epo_json *tilejson;
    const struct epo_json *bounds = NULL;
    double side[4];
    *look = PILSEN;
    if (maps != NULL && epo_tilejson(maps, pool, EPO_SPAN(""), &tilejson, NULL))
        bounds = epo_json_get(tilejson, "bounds");
    if (bounds == NULL || bounds->count != 4)
        return;
    for (int i = 0; i < 4; i++)
        side[i] = epo_json_number(bounds->items[i]);
    *look = (struct epo_look){{(side[0] + side[2]) / 2, (side[1] + side[3]) / 2}, 15};
    for (; look->zoom > EPO_LOOK_ZOOM_MIN; look->zoom--) {
        struct epo_point low = to_pixels(look, (struct epo_point){side[0], side[1]});
        struct epo_point high = to_pixels(look, (struct epo_point){side[2], side[3]});
        if (high.x - low.x <= EPO_LOOK_WIDTH && low.y - high.y <= EPO_LOOK_HEIGHT)
            break;
    }
    keep_inside(look);
}

/* ---- what is marked ---- */

static bool is_position(const struct epo_json *value) {
    return value != NULL && value->type == EPO_JSON_ARRAY && value->count >= 2 &&
           value->items[0]->type != EPO_JSON_ARRAY;
}

static const struct epo_json *line_in(const struct epo_json *coordinates) {
    while (coordinates != NULL && coordinates->type == EPO_JSON_ARRAY && coordinates->count > 0 &&
           !is_position(coordinates->items[0]) && !is_position(coordinates))
        coordinates = coordinates->items[0];
    return coordinates;
}

/* The outline as a line of every so many corners: a ring that lost some may cross itself. */
static struct epo_json *thin_geometry(struct epo_pool *pool, const struct epo_json *geometry,
                                      uint32_t every) {
    const struct epo_json *line = line_in(epo_json_get(geometry, "coordinates"));
    struct epo_json *thin = epo_json_object(pool), *corners = epo_json_array(pool);
    if (line == NULL || is_position(line))
        return epo_json_copy(pool, geometry);
    uint32_t most = line->count > 4 ? (line->count - 1) / 4 : 1, step = every < most ? every : most;
    for (uint32_t i = 0; i < line->count; i++)
        if (i % step == 0 || i + 1 == line->count)
            epo_json_push(pool, corners, epo_json_copy(pool, line->items[i]));
    epo_json_set_string(pool, thin, "type", "LineString");
    epo_json_set(pool, thin, "coordinates", corners);
    return thin;
}

static struct epo_json *thinned(struct epo_pool *pool, const struct epo_json *drawn,
                                uint32_t every) {
    struct epo_json *copy = epo_json_copy(pool, drawn);
    struct epo_json *features = epo_json_get(copy, "features");
    if (every == 1)
        return copy;
    if (features == NULL)
        return thin_geometry(pool, drawn, every);
    for (uint32_t i = 0; i < features->count; i++)
        epo_json_set(pool, features->items[i], "geometry",
                     thin_geometry(pool, epo_json_get(features->items[i], "geometry"), every));
    return copy;
}

static void percent_encode(struct epo_buffer *out, struct epo_span text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        bool plain = c != '\0' && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                   (c >= '0' && c <= '9') || strchr("-_.~,:", c) != NULL);
        if (plain)
            epo_buffer_byte(out, (char)c);
        else
            epo_buffer_printf(out, "%%%02X", c);
    }
}

static const char *drawn_parameter(struct epo_pool *pool, const struct epo_json *drawn) {
    const char *parameter = "";
    for (uint32_t every = 1; drawn != NULL && every <= THIN_MAX && parameter[0] == '\0';
         every *= 2) {
        struct epo_buffer text;
        epo_buffer_init(&text, ROOM_FOR_DRAWN);
        percent_encode(&text, epo_json_print(pool, thinned(pool, drawn, every)));
        if (!text.failed)
            parameter = epo_pool_printf(pool, "&place=%.*s", EPO_ARG(epo_buffer_get(&text)));
        epo_buffer_clear(&text);
    }
    return parameter;
}

const char *epo_look_url(struct epo_pool *pool, const struct epo_look *look,
                         const struct epo_json *drawn) {
    return epo_pool_printf(
        pool, "/api/v1/map.png?center=%.7f,%.7f&zoom=%d&size=%dx%d&crosshair=1%s", look->center.x,
        look->center.y, look->zoom, EPO_LOOK_WIDTH, EPO_LOOK_HEIGHT, drawn_parameter(pool, drawn));
}
