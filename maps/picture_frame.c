/* What makes a printed map readable: how long a metre is, where north is, whose data these are. */
#include <math.h>

#include "maps/picture_parts.h"

#define EQUATOR_M 40075016.68557849 /* of web mercator's sphere */
enum { BAR_MOST = 140, EDGE = 8 };

static void plate(const struct epo_canvas *canvas, double left, double top, double width,
                  double height) {
    struct epo_colour ground = epo_canvas_colour(canvas, EPO_SPAN("ground"), "");
    ground.alpha = 0.85;
    epo_canvas_set(canvas, ground);
    cairo_new_path(canvas->cr);
    cairo_rectangle(canvas->cr, left, top, width, height);
    cairo_fill(canvas->cr);
}

/* Metres of the longest round length, 1, 2 or 5 and noughts, that has room. */
static double round_length(double most) {
    double power = pow(10, floor(log10(most)));
    return most / power >= 5 ? 5 * power : most / power >= 2 ? 2 * power : power;
}

static void draw_scale(struct epo_canvas *canvas, struct epo_point center,
                       struct epo_letters *letters) {
    double pixel_m = EQUATOR_M * cos(center.y * M_PI / 180) / (256.0 * pow(2, canvas->zoom));
    double metres = round_length(BAR_MOST * pixel_m), length = metres / pixel_m;
    double x = EDGE + 8.5, y = canvas->height - EDGE - 8.5;
    char text[32];
    cairo_t *cr = canvas->cr;
    snprintf(text, sizeof text, metres >= 1000 ? "%.0f km" : "%.0f m",
             metres >= 1000 ? metres / 1000 : metres);
    plate(canvas, EDGE, y - 22, length + 17, 22 + 8.5);
    cairo_new_path(cr);
    cairo_move_to(cr, x, y - 5);
    cairo_line_to(cr, x, y);
    cairo_line_to(cr, x + length, y);
    cairo_line_to(cr, x + length, y - 5);
    cairo_set_line_width(cr, 2);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_SQUARE);
    cairo_set_dash(cr, NULL, 0, 0);
    epo_canvas_set(canvas, letters->colour);
    cairo_stroke(cr);
    epo_text_draw(canvas, letters, epo_span(text), x + length / 2, y - 12);
}

static void draw_north(struct epo_canvas *canvas, const char *north, struct epo_letters *letters) {
    cairo_t *cr = canvas->cr;
    double x = canvas->width - EDGE - 15, y = EDGE + 5;
    plate(canvas, x - 15, EDGE, 30, 48);
    for (int half = 0; half < 2; half++) { /* the dark and the light half of the arrow */
        cairo_new_path(cr);
        cairo_move_to(cr, x, y);
        cairo_line_to(cr, x + (half == 0 ? -8 : 8), y + 24);
        cairo_line_to(cr, x, y + 18);
        cairo_close_path(cr);
        epo_canvas_set(canvas, letters->colour);
        cairo_set_line_width(cr, 1);
        if (half == 0)
            cairo_fill_preserve(cr);
        cairo_stroke(cr);
    }
    epo_text_draw(canvas, letters, epo_span(north), x, y + 33);
}

/* Of the frame, at the right below; a line that is too long is left out rather than cut. */
static void draw_credit(struct epo_canvas *canvas, struct epo_span text,
                        const struct epo_letters *letters, double up) {
    double width = epo_text_width(letters, text);
    double right = canvas->width - EDGE, middle = canvas->height - EDGE - 8 - up;
    if (text.len == 0 || width > canvas->width - 2 * EDGE - 12)
        return;
    plate(canvas, right - width - 12, middle - 8, width + 12, 16);
    epo_text_draw(canvas, letters, text, right - 6 - width / 2, middle);
}

void epo_picture_frame(struct epo_canvas *canvas, const struct epo_picture *picture,
                       struct epo_span attribution) {
    struct epo_letters bold = epo_letters_begin(canvas, 12, true, false, EPO_SPAN("text"));
    struct epo_letters small = epo_letters_begin(canvas, 10, false, false, EPO_SPAN("text"));
    bold.halo.alpha = small.halo.alpha = 0;
    small.one_line = true;
    draw_scale(canvas, picture->center, &bold);
    if (picture->north != NULL)
        draw_north(canvas, picture->north, &bold);
    /* above the bar where both have no room beside each other */
    double up = epo_text_width(&small, attribution) > canvas->width - BAR_MOST - 60 ? 34 : 0;
    draw_credit(canvas, attribution, &small, up);
    if (picture->note != NULL)
        draw_credit(canvas, epo_span(picture->note), &small, up + 17);
    epo_letters_end(&bold);
    epo_letters_end(&small);
}
