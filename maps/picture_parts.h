/* What the files of the picture share. Pixels from the upper left corner of the picture. Internal
 * to maps; everything lives in the pool of one picture and is used by one thread. */
#ifndef EPO_MAPS_PICTURE_PARTS_H
#define EPO_MAPS_PICTURE_PARTS_H

#include <cairo/cairo.h>

#include "maps/mvt.h"
#include "maps/picture.h"

/* ---- picture_looks.c ---- */
struct epo_colour {
    double red, green, blue, alpha; /* 0 to 1; alpha 0: not drawn */
};
struct epo_street_look {
    const char *name;
    double widths[5], from, named; /* named: from which zoom; 100 if never */
    double dash[2];                /* 0 if whole */
    int order;
};
struct epo_label_look {
    struct epo_span name, colour, symbol; /* symbol: empty if none */
    double from, to, size;
    bool bold, italic;
    int order;
};
enum { EPO_STREET_LOOKS = 16, EPO_LABEL_LOOKS = 16 };
struct epo_looks {
    const struct epo_json *json;
    struct epo_street_look streets[EPO_STREET_LOOKS];
    struct epo_label_look labels[EPO_LABEL_LOOKS];
    size_t street_count, label_count;
    double cased_from, casing, width_from, width_step;
};
const struct epo_street_look *epo_looks_street(const struct epo_looks *looks, struct epo_span kind);
double epo_looks_width(const struct epo_looks *looks, const double widths[5], double zoom);
/* A number of the table "FROM": from which zoom on something is drawn. */
double epo_looks_from(const struct epo_looks *looks, const char *what);

/* ---- picture.c ---- */
struct epo_tile_drawn {
    struct epo_mvt mvt;
    double left, top, size;
};
struct epo_canvas {
    cairo_t *cr;
    struct epo_pool *pool;
    const struct epo_looks *looks;
    const struct epo_json *palette;
    int zoom, width, height;
    double left, top; /* of the picture on the world of that zoom, in pixels */
    struct epo_tile_drawn *tiles;
    size_t tile_count;
};
/* Colour of the palette by name; suffix may be "". Nothing where the name is not there. */
struct epo_colour epo_canvas_colour(const struct epo_canvas *canvas, struct epo_span name,
                                    const char *suffix);
void epo_canvas_set(const struct epo_canvas *canvas, struct epo_colour colour);
/* EPSG:4326 to pixels. */
struct epo_point epo_canvas_at(const struct epo_canvas *canvas, struct epo_point lon_lat);
struct epo_point epo_tile_at(const struct epo_tile_drawn *tile,
                             const struct epo_mvt_feature *feature, uint32_t point);

/* ---- picture_png.c ---- */
/* Into the pool. BROKEN "picture.png" for more than EPO_PICTURE_BYTES_MAX. */
bool epo_picture_png(struct epo_pool *pool, cairo_surface_t *surface, struct epo_span *bytes,
                     struct epo_error *error);

/* ---- picture_layers.c: ground, water, streets, buildings, borders ---- */
void epo_picture_layers(struct epo_canvas *canvas);

/* ---- picture_text.c ---- */
struct epo_letters {
    cairo_scaled_font_t *font;
    struct epo_colour colour, halo;
    double size, halo_width;
    bool one_line; /* do not break long names */
};
/* To be ended by epo_letters_end. */
struct epo_letters epo_letters_begin(const struct epo_canvas *canvas, double size, bool bold,
                                     bool italic, struct epo_span colour);
void epo_letters_end(struct epo_letters *letters);
struct epo_rect {
    double left, top, right, bottom;
};
/* One or two lines (a long name is broken at its middle), centred; how much room they take. */
struct epo_rect epo_text_box(const struct epo_letters *letters, struct epo_span text, double x,
                             double y);
void epo_text_draw(const struct epo_canvas *canvas, const struct epo_letters *letters,
                   struct epo_span text, double x, double y);
/* Along a line of points (pixels), its middle at `middle` pixels from the line's beginning. The
 * glyphs with their boxes; 0 where the line is too short or bends too much. */
enum { EPO_TEXT_GLYPHS_MAX = 96 };
struct epo_text_glyph {
    unsigned long index;
    double x, y, angle;
};
int epo_text_along(const struct epo_letters *letters, struct epo_span text,
                   const struct epo_point *line, size_t count, double middle,
                   struct epo_text_glyph glyphs[EPO_TEXT_GLYPHS_MAX]);
void epo_text_draw_along(const struct epo_canvas *canvas, const struct epo_letters *letters,
                         const struct epo_text_glyph *glyphs, int count);
double epo_text_width(const struct epo_letters *letters, struct epo_span text);

/* ---- picture_labels.c: names and numbers, the more important first ---- */
void epo_picture_labels(struct epo_canvas *canvas, const struct epo_rect *kept, size_t kept_count);

/* ---- picture_marks.c: the places that were named; crosshair ---- */
void epo_picture_shapes(struct epo_canvas *canvas, const struct epo_picture *picture);
void epo_picture_pins(struct epo_canvas *canvas, const struct epo_picture *picture);
void epo_picture_crosshair(struct epo_canvas *canvas);
/* Smallest box around the marks in degrees; false where there are none. */
bool epo_picture_extent(const struct epo_picture *picture, struct epo_rect *box);

/* ---- picture_frame.c ---- */
void epo_picture_frame(struct epo_canvas *canvas, const struct epo_picture *picture,
                       struct epo_span attribution);

#endif
