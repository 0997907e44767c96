/* The places that were named: lines and areas below the letters, pins and numbers above them; and
 * the cross at the middle. Colours as maps/web/marks.mjs has them. */
#include <math.h>

#include "maps/picture_parts.h"

static struct epo_point position(const struct epo_json *pair) {
    return (struct epo_point){epo_json_number(epo_json_find(pair, "0")),
                              epo_json_number(epo_json_find(pair, "1"))};
}

/* Calls fn for each run of positions: a point, a line, each ring. */
static void each_run(const struct epo_json *coordinates, int depth,
                     void (*fn)(void *arg, const struct epo_json *run), void *arg) {
    if (coordinates == NULL || coordinates->type != EPO_JSON_ARRAY || coordinates->count == 0)
        return;
    if (depth == 0) {
        fn(arg, coordinates);
        return;
    }
    for (uint32_t i = 0; i < coordinates->count; i++)
        each_run(coordinates->items[i], depth - 1, fn, arg);
}

static int depth_of(const struct epo_json *mark) {
    struct epo_span type = epo_json_get_text(mark, "type");
    return epo_span_is(type, "MultiPolygon") ? 2 : epo_span_is(type, "Polygon") ? 1 : 0;
}

static bool is_point(const struct epo_json *mark) {
    return epo_span_is(epo_json_get_text(mark, "type"), "Point");
}

/* ---- how far they reach ---- */

static void widen(struct epo_rect *box, const struct epo_json *pair) {
    struct epo_point at = position(pair);
    box->left = fmin(box->left, at.x), box->right = fmax(box->right, at.x);
    box->top = fmin(box->top, at.y), box->bottom = fmax(box->bottom, at.y);
}

static void widen_run(void *arg, const struct epo_json *run) {
    for (uint32_t i = 0; i < run->count; i++)
        widen(arg, run->items[i]);
}

bool epo_picture_extent(const struct epo_picture *picture, struct epo_rect *box) {
    *box = (struct epo_rect){HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
    for (size_t i = 0; i < picture->mark_count; i++) {
        const struct epo_json *mark = picture->marks[i];
        if (is_point(mark))
            widen(box, epo_json_get(mark, "coordinates"));
        else
            each_run(epo_json_get(mark, "coordinates"), depth_of(mark), widen_run, box);
    }
    return box->left <= box->right;
}

/* ---- drawing ---- */

static void trace_run(void *arg, const struct epo_json *run) {
    const struct epo_canvas *canvas = arg;
    cairo_new_sub_path(canvas->cr);
    for (uint32_t i = 0; i < run->count; i++) {
        struct epo_point at = epo_canvas_at(canvas, position(run->items[i]));
        cairo_line_to(canvas->cr, at.x, at.y);
    }
}

static void set(const struct epo_canvas *canvas, const char *colour) {
    epo_canvas_set(canvas, epo_canvas_colour(canvas, epo_span(colour), ""));
}

static void draw_shape(const struct epo_canvas *canvas, const struct epo_json *mark) {
    cairo_t *cr = canvas->cr;
    bool area = depth_of(mark) > 0;
    cairo_new_path(cr);
    each_run(epo_json_get(mark, "coordinates"), depth_of(mark), trace_run, (void *)canvas);
    cairo_set_fill_rule(cr, CAIRO_FILL_RULE_EVEN_ODD);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_dash(cr, NULL, 0, 0);
    if (area) {
        set(canvas, "markFill");
        cairo_fill_preserve(cr);
    }
    cairo_set_line_width(cr, area ? 5 : 8);
    set(canvas, "markEdge");
    cairo_stroke_preserve(cr);
    cairo_set_line_width(cr, area ? 2.5 : 4.5);
    set(canvas, "mark");
    cairo_stroke(cr);
}

/* A pin whose tip is the place: a disc of 11 pixels above it. */
static void draw_pin(const struct epo_canvas *canvas, struct epo_point at) {
    cairo_t *cr = canvas->cr;
    double up = 24, radius = 11;
    cairo_new_path(cr);
    cairo_move_to(cr, at.x, at.y);
    cairo_curve_to(cr, at.x - 3, at.y - 8, at.x - radius, at.y - up + 9, at.x - radius, at.y - up);
    cairo_arc(cr, at.x, at.y - up, radius, M_PI, 2 * M_PI);
    cairo_curve_to(cr, at.x + radius, at.y - up + 9, at.x + 3, at.y - 8, at.x, at.y);
    cairo_close_path(cr);
    set(canvas, "mark");
    cairo_fill_preserve(cr);
    set(canvas, "markEdge");
    cairo_set_line_width(cr, 2);
    cairo_set_dash(cr, NULL, 0, 0);
    cairo_stroke(cr);
}

static void draw_disc(const struct epo_canvas *canvas, struct epo_point at, double radius,
                      const char *colour) {
    cairo_new_path(canvas->cr);
    cairo_arc(canvas->cr, at.x, at.y, radius, 0, 2 * M_PI);
    set(canvas, colour);
    cairo_fill(canvas->cr);
}

/* Where the number of a line or an area stands: the middle of its first run's corners. */
static void sum_run(void *arg, const struct epo_json *run) {
    struct {
        struct epo_point sum;
        double count;
    } *middle = arg;
    for (uint32_t i = 0; middle->count == 0 && i < run->count; i++) {
        middle->sum.x += position(run->items[i]).x, middle->sum.y += position(run->items[i]).y;
    }
    if (middle->count == 0)
        middle->count = run->count;
}

static void draw_number(const struct epo_canvas *canvas, const struct epo_json *mark,
                        size_t number) {
    struct {
        struct epo_point sum;
        double count;
    } middle = {0};
    struct epo_point at;
    char text[8];
    if (is_point(mark)) {
        at = epo_canvas_at(canvas, position(epo_json_get(mark, "coordinates")));
        at.y -= 24;
    } else {
        each_run(epo_json_get(mark, "coordinates"), depth_of(mark), sum_run, &middle);
        if (middle.count == 0)
            return;
        at = epo_canvas_at(
            canvas, (struct epo_point){middle.sum.x / middle.count, middle.sum.y / middle.count});
        draw_disc(canvas, at, 12, "markEdge");
        draw_disc(canvas, at, 10.5, "mark");
    }
    snprintf(text, sizeof text, "%zu", number);
    struct epo_letters letters = epo_letters_begin(canvas, 12, true, false, EPO_SPAN("markEdge"));
    letters.halo.alpha = 0;
    epo_text_draw(canvas, &letters, epo_span(text), at.x, at.y);
    epo_letters_end(&letters);
}

void epo_picture_shapes(struct epo_canvas *canvas, const struct epo_picture *picture) {
    for (size_t i = 0; i < picture->mark_count; i++)
        if (!is_point(picture->marks[i]))
            draw_shape(canvas, picture->marks[i]);
}

void epo_picture_pins(struct epo_canvas *canvas, const struct epo_picture *picture) {
    for (size_t i = 0; i < picture->mark_count; i++) {
        if (is_point(picture->marks[i])) {
            struct epo_point at =
                epo_canvas_at(canvas, position(epo_json_get(picture->marks[i], "coordinates")));
            draw_pin(canvas, at);
            if (picture->mark_count == 1)
                draw_disc(canvas, (struct epo_point){at.x, at.y - 24}, 4, "markEdge");
        }
        if (picture->mark_count > 1)
            draw_number(canvas, picture->marks[i], i + 1);
    }
}

void epo_picture_crosshair(struct epo_canvas *canvas) {
    cairo_t *cr = canvas->cr;
    double x = floor(canvas->width / 2.0) + 0.5, y = floor(canvas->height / 2.0) + 0.5;
    cairo_set_dash(cr, NULL, 0, 0);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    for (int pass = 0; pass < 2; pass++) {
        cairo_new_path(cr);
        for (int way = 0; way < 4; way++) {
            double dx = way == 0 ? 1 : way == 1 ? -1 : 0, dy = way == 2 ? 1 : way == 3 ? -1 : 0;
            cairo_move_to(cr, x + 5 * dx, y + 5 * dy);
            cairo_line_to(cr, x + 20 * dx, y + 20 * dy);
        }
        cairo_set_line_width(cr, pass == 0 ? 6 : 3);
        set(canvas, pass == 0 ? "markEdge" : "mark");
        cairo_stroke(cr);
    }
    draw_disc(canvas, (struct epo_point){x, y}, 3, "markEdge");
    draw_disc(canvas, (struct epo_point){x, y}, 2, "mark");
}
