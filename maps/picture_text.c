/* Letters with a halo, straight or along a street. Their outlines are drawn: the same at every
 * angle, and the same bytes for the same input. */
#include <math.h>

#include "maps/picture_parts.h"

#define FAMILY "DejaVu Sans" /* fonts-dejavu-core; has all Czech letters */
#define LINE_HEIGHT 1.15     /* of the size */
#define RISE 0.36     /* of the size: from the middle of small letters down to the baseline */
#define NARROW 0.9    /* this family is wider than those that browsers take for the map */
#define BEND_MOST 0.6 /* radians from one letter to the next */
#define LONG_CHARS 22 /* a longer name is broken in two */

struct epo_letters epo_letters_begin(const struct epo_canvas *canvas, double size, bool bold,
                                     bool italic, struct epo_span colour) {
    double larger = epo_json_number(epo_json_get(canvas->palette, "larger"));
    struct epo_letters letters = {.colour = epo_canvas_colour(canvas, colour, ""),
                                  .halo = epo_canvas_colour(canvas, EPO_SPAN("halo"), ""),
                                  .size = (size + larger) * NARROW,
                                  .halo_width =
                                      epo_json_number(epo_json_get(canvas->palette, "haloWidth"))};
    cairo_matrix_t matrix, plain;
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_face_t *face = cairo_toy_font_face_create(
        FAMILY, italic ? CAIRO_FONT_SLANT_ITALIC : CAIRO_FONT_SLANT_NORMAL,
        bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_matrix_init_scale(&matrix, letters.size, letters.size);
    cairo_matrix_init_identity(&plain);
    letters.font = cairo_scaled_font_create(face, &matrix, &plain, options);
    cairo_font_options_destroy(options);
    cairo_font_face_destroy(face);
    return letters;
}

void epo_letters_end(struct epo_letters *letters) {
    cairo_scaled_font_destroy(letters->font);
    letters->font = NULL;
}

/* To be freed with cairo_glyph_free; none of what is not UTF-8. */
static cairo_glyph_t *shape(const struct epo_letters *letters, struct epo_span text, double x,
                            double y, int *count, double *width) {
    cairo_glyph_t *glyphs = NULL;
    cairo_text_extents_t extents;
    *count = 0;
    *width = 0;
    if (text.len == 0 ||
        cairo_scaled_font_text_to_glyphs(letters->font, x, y, text.at, (int)text.len, &glyphs,
                                         count, NULL, NULL, NULL) != CAIRO_STATUS_SUCCESS)
        return NULL;
    cairo_scaled_font_glyph_extents(letters->font, glyphs, *count, &extents);
    *width = extents.x_advance;
    return glyphs;
}

double epo_text_width(const struct epo_letters *letters, struct epo_span text) {
    int count;
    double width;
    cairo_glyph_free(shape(letters, text, 0, 0, &count, &width));
    return width;
}

/* A long name in two lines, broken where it is about half. */
static int broken(const struct epo_letters *letters, struct epo_span text,
                  struct epo_span lines[2]) {
    size_t best = 0;
    lines[0] = text;
    if (letters->one_line || epo_text_length(text) < LONG_CHARS)
        return 1;
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == ' ' &&
            fabs((double)i - (double)text.len / 2) < fabs((double)best - (double)text.len / 2))
            best = i;
    if (best == 0)
        return 1;
    lines[0].len = best;
    lines[1] = (struct epo_span){text.at + best + 1, text.len - best - 1};
    return 2;
}

struct epo_rect epo_text_box(const struct epo_letters *letters, struct epo_span text, double x,
                             double y) {
    struct epo_span lines[2];
    int count = broken(letters, text, lines);
    double width = 0, height = count * letters->size * LINE_HEIGHT;
    for (int i = 0; i < count; i++)
        width = fmax(width, epo_text_width(letters, lines[i]));
    return (struct epo_rect){x - width / 2, y - height / 2, x + width / 2, y + height / 2};
}

static void paint(const struct epo_canvas *canvas, const struct epo_letters *letters) {
    cairo_t *cr = canvas->cr;
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_width(cr, letters->halo_width);
    epo_canvas_set(canvas, letters->halo);
    cairo_stroke_preserve(cr);
    epo_canvas_set(canvas, letters->colour);
    cairo_fill(cr);
}

void epo_text_draw(const struct epo_canvas *canvas, const struct epo_letters *letters,
                   struct epo_span text, double x, double y) {
    struct epo_span lines[2];
    int count = broken(letters, text, lines);
    cairo_set_scaled_font(canvas->cr, letters->font);
    cairo_new_path(canvas->cr);
    for (int i = 0; i < count; i++) {
        double width, line = y + (i - (count - 1) / 2.0) * letters->size * LINE_HEIGHT;
        int glyph_count;
        width = epo_text_width(letters, lines[i]);
        cairo_glyph_t *glyphs = shape(letters, lines[i], x - width / 2, line + RISE * letters->size,
                                      &glyph_count, &width);
        cairo_glyph_path(canvas->cr, glyphs, glyph_count);
        cairo_glyph_free(glyphs);
    }
    paint(canvas, letters);
}

/* ---- along a line ---- */

struct walk { /* along a line, forwards or backwards */
    const struct epo_point *line;
    size_t count;
    bool back;
};

static struct epo_point corner(const struct walk *walk, size_t i) {
    return walk->line[walk->back ? walk->count - 1 - i : i];
}

static double length_of(const struct epo_point *line, size_t count) {
    double length = 0;
    for (size_t i = 1; i < count; i++)
        length += hypot(line[i].x - line[i - 1].x, line[i].y - line[i - 1].y);
    return length;
}

/* Where one is after so many pixels, and which way the line goes there. */
static struct epo_point at_length(const struct walk *walk, double length, double *angle) {
    struct epo_point from = corner(walk, 0), to = from;
    for (size_t i = 1; i < walk->count; i++) {
        from = corner(walk, i - 1), to = corner(walk, i);
        double piece = hypot(to.x - from.x, to.y - from.y);
        if (piece > 0)
            *angle = atan2(to.y - from.y, to.x - from.x);
        if (length <= piece && piece > 0)
            return (struct epo_point){from.x + (to.x - from.x) * length / piece,
                                      from.y + (to.y - from.y) * length / piece};
        length -= piece;
    }
    return to;
}

static double turn_between(double one, double other) {
    return fabs(remainder(one - other, 2 * M_PI));
}

int epo_text_along(const struct epo_letters *letters, struct epo_span text,
                   const struct epo_point *line, size_t count, double middle,
                   struct epo_text_glyph glyphs[EPO_TEXT_GLYPHS_MAX]) {
    int glyph_count;
    double width, total = length_of(line, count), angle = 0, before = 0;
    cairo_glyph_t *shaped = shape(letters, text, 0, 0, &glyph_count, &width);
    struct walk walk = {line, count, false};
    double start = middle - width / 2;
    bool fits = glyph_count > 0 && glyph_count <= EPO_TEXT_GLYPHS_MAX && start >= 0 &&
                start + width <= total;
    if (fits && at_length(&walk, start + width, &angle).x < at_length(&walk, start, &angle).x) {
        walk.back = true; /* so that it can be read */
        start = total - middle - width / 2;
    }
    for (int i = 0; fits && i < glyph_count; i++) {
        double next = i + 1 < glyph_count ? shaped[i + 1].x : width;
        double half = (next - shaped[i].x) / 2, down = RISE * letters->size;
        struct epo_point at = at_length(&walk, start + shaped[i].x + half, &angle);
        fits = i == 0 || turn_between(angle, before) < BEND_MOST;
        before = angle;
        glyphs[i] =
            (struct epo_text_glyph){shaped[i].index, at.x - half * cos(angle) - down * sin(angle),
                                    at.y - half * sin(angle) + down * cos(angle), angle};
    }
    cairo_glyph_free(shaped);
    return fits ? glyph_count : 0;
}

void epo_text_draw_along(const struct epo_canvas *canvas, const struct epo_letters *letters,
                         const struct epo_text_glyph *glyphs, int count) {
    cairo_t *cr = canvas->cr;
    cairo_path_t *outlines[EPO_TEXT_GLYPHS_MAX];
    /* Upright outlines, then turned: a turned font would be another font for each angle. */
    cairo_set_scaled_font(cr, letters->font);
    for (int i = 0; i < count; i++) {
        cairo_glyph_t glyph = {glyphs[i].index, 0, 0};
        cairo_new_path(cr);
        cairo_glyph_path(cr, &glyph, 1);
        outlines[i] = cairo_copy_path(cr);
    }
    cairo_new_path(cr);
    for (int i = 0; i < count; i++) {
        cairo_save(cr);
        cairo_translate(cr, glyphs[i].x, glyphs[i].y);
        cairo_rotate(cr, glyphs[i].angle);
        cairo_append_path(cr, outlines[i]);
        cairo_restore(cr);
        cairo_path_destroy(outlines[i]);
    }
    paint(canvas, letters);
}
