/* The tables of looks.mjs as they stand in map-looks.json. */
#include "maps/picture_parts.h"

static double number_of(const struct epo_json *object, const char *name, double otherwise) {
    const struct epo_json *value = epo_json_get(object, name);
    return value == NULL ? otherwise : epo_json_number(value);
}

static struct epo_street_look read_street(struct epo_pool *pool, struct epo_span name,
                                          const struct epo_json *row) {
    struct epo_street_look look = {.name = epo_pool_string(pool, name),
                                   .from = number_of(row, "from", 0),
                                   .named = number_of(row, "named", 100),
                                   .order = (int)number_of(row, "order", 0)};
    const struct epo_json *widths = epo_json_get(row, "widths"), *dash = epo_json_get(row, "dash");
    for (uint32_t i = 0; i < 5 && widths != NULL && i < widths->count; i++)
        look.widths[i] = epo_json_number(widths->items[i]);
    for (uint32_t i = 0; i < 2 && dash != NULL && i < dash->count; i++)
        look.dash[i] = epo_json_number(dash->items[i]);
    return look;
}

static struct epo_label_look read_label(struct epo_span name, const struct epo_json *row) {
    return (struct epo_label_look){.name = name,
                                   .colour = epo_json_get_text(row, "colour"),
                                   .symbol = epo_json_get_text(row, "symbol"),
                                   .from = number_of(row, "from", 0),
                                   .to = number_of(row, "to", 100),
                                   .size = number_of(row, "size", 12),
                                   .bold = number_of(row, "weight", 500) >= 600,
                                   .italic = epo_json_get_boolean(row, "italic", false),
                                   .order = (int)number_of(row, "order", 0)};
}

static const struct epo_json *table(const struct epo_json *json, const char *name,
                                    enum epo_json_type type) {
    const struct epo_json *found = epo_json_get(json, name);
    return found != NULL && found->type == type && found->count > 0 ? found : NULL;
}

const struct epo_looks *epo_looks_make(struct epo_pool *pool, const struct epo_json *json,
                                       struct epo_error *error) {
    static const char *const OBJECTS[] = {
        "palettes", "BUILDINGS",          "FROM",    "LANDMARKS",     "LANDMARK_FROM", "LABELS",
        "STREETS",  "LANDMARK_NAME_FROM", "symbols", "STREET_CLASSES"};
    static const char *const ARRAYS[] = {"GROUND", "GREEN", "WIDTH_ZOOMS"};
    bool whole = true;
    for (size_t i = 0; i < sizeof OBJECTS / sizeof *OBJECTS; i++)
        whole = whole && table(json, OBJECTS[i], EPO_JSON_OBJECT) != NULL;
    for (size_t i = 0; i < sizeof ARRAYS / sizeof *ARRAYS; i++)
        whole = whole && table(json, ARRAYS[i], EPO_JSON_ARRAY) != NULL;
    const struct epo_json *streets = epo_json_get(json, "STREETS");
    const struct epo_json *labels = epo_json_get(json, "LABELS");
    if (!whole || streets->count > EPO_STREET_LOOKS || labels->count > EPO_LABEL_LOOKS) {
        epo_fail(error, EPO_ERROR_BROKEN, "picture.looks",
                 "map-looks.json is not what this program reads: build the assets again");
        return NULL;
    }
    struct epo_looks *looks = EPO_NEW(pool, struct epo_looks);
    looks->json = json;
    looks->cased_from = number_of(json, "CASED_FROM", 2.4);
    looks->casing = number_of(json, "CASING", 1.6);
    looks->width_from = epo_json_number(epo_json_find(json, "WIDTH_ZOOMS.0"));
    looks->width_step = epo_json_number(epo_json_find(json, "WIDTH_ZOOMS.1")) - looks->width_from;
    for (uint32_t i = 0; i < streets->count; i++)
        looks->streets[looks->street_count++] =
            read_street(pool, streets->names[i], streets->items[i]);
    for (uint32_t i = 0; i < labels->count; i++)
        looks->labels[looks->label_count++] = read_label(labels->names[i], labels->items[i]);
    return looks;
}

bool epo_looks_has(const struct epo_looks *looks, struct epo_span style) {
    return epo_json_get_span(epo_json_get(looks->json, "palettes"), style) != NULL;
}

const struct epo_street_look *epo_looks_street(const struct epo_looks *looks,
                                               struct epo_span kind) {
    const struct epo_json *name =
        epo_json_get_span(epo_json_get(looks->json, "STREET_CLASSES"), kind);
    struct epo_span wanted = name != NULL ? name->text : EPO_SPAN("minor");
    for (size_t i = 0; i < looks->street_count; i++)
        if (epo_span_is(wanted, looks->streets[i].name))
            return &looks->streets[i];
    return &looks->streets[0];
}

double epo_looks_width(const struct epo_looks *looks, const double widths[5], double zoom) {
    double at = (zoom - looks->width_from) / looks->width_step;
    at = at < 0 ? 0 : at > 4 ? 4 : at;
    int low = (int)at, high = low < 4 ? low + 1 : low;
    return widths[low] + (widths[high] - widths[low]) * (at - low);
}

double epo_looks_from(const struct epo_looks *looks, const char *what) {
    return number_of(epo_json_get(looks->json, "FROM"), what, 100);
}

/* "#rrggbb" or "rgba(r,g,b,a)". */
static struct epo_colour read_colour(struct epo_span text) {
    struct epo_colour colour = {0};
    unsigned red, green, blue;
    char copy[40];
    snprintf(copy, sizeof copy, "%.*s", EPO_ARG(text));
    if (sscanf(copy, "#%2x%2x%2x", &red, &green, &blue) == 3)
        colour.alpha = 1;
    else if (sscanf(copy, "rgba(%u,%u,%u,%lf)", &red, &green, &blue, &colour.alpha) != 4)
        return (struct epo_colour){0};
    colour.red = red / 255.0, colour.green = green / 255.0, colour.blue = blue / 255.0;
    return colour;
}

struct epo_colour epo_canvas_colour(const struct epo_canvas *canvas, struct epo_span name,
                                    const char *suffix) {
    char whole[64];
    int len = snprintf(whole, sizeof whole, "%.*s%s", EPO_ARG(name), suffix);
    if (len < 0 || (size_t)len >= sizeof whole)
        return (struct epo_colour){0};
    return read_colour(epo_json_get_text(canvas->palette, whole));
}

void epo_canvas_set(const struct epo_canvas *canvas, struct epo_colour colour) {
    cairo_set_source_rgba(canvas->cr, colour.red, colour.green, colour.blue, colour.alpha);
}
