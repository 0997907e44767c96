/* The parts of a document while it is drawn: private to document*.c. Lengths are points (1/72 inch)
 * from the top left corner of a page. */
#ifndef EPO_FORMS_DOCUMENT_WORK_H
#define EPO_FORMS_DOCUMENT_WORK_H

#include <cairo/cairo.h>
#include <pango/pangocairo.h>

#include "forms/document.h"

#define EPO_MM (72 / 25.4)
#define EPO_SHEET_WIDTH (210 * EPO_MM)
#define EPO_SHEET_HEIGHT (297 * EPO_MM)
#define EPO_SHEET_LEFT (20 * EPO_MM)
#define EPO_SHEET_INNER (170 * EPO_MM) /* width between the margins */
#define EPO_SHEET_TOP (27 * EPO_MM)
#define EPO_SHEET_BOTTOM (275 * EPO_MM)

enum epo_letter { /* rows of the table in document_text.c */
                  EPO_LETTER_TITLE,
                  EPO_LETTER_HEADING,
                  EPO_LETTER_SUBHEADING,
                  EPO_LETTER_TEXT,
                  EPO_LETTER_LABEL,
                  EPO_LETTER_STRONG,
                  EPO_LETTER_SMALL,
                  EPO_LETTER_LINK,
                  EPO_LETTER_TICK
};

struct epo_sheet {
    struct epo_document *document;
    cairo_t *cr;
    bool counting; /* the first time, only to know how many pages there are */
    int page, pages;
    double y;         /* where the next part begins */
    double bottom;    /* no line goes below */
    bool fresh;       /* nothing stands on this page yet */
    const char *open; /* tag that groups the parts being drawn: "Table", "L" or NULL */
    struct epo_span *alts;
    size_t alt_count; /* of figures, as they were drawn */
    int64_t until_us; /* monotonic */
    struct epo_error *error;
    bool failed;
};

struct epo_part;
typedef void (*epo_part_fn)(struct epo_sheet *sheet, const struct epo_part *part);
struct epo_part {
    epo_part_fn draw;
    const char *group; /* parts in a row with the same one stand in one such tag */
    double keep;       /* points that must be left on the page, else it begins on the next one */
    struct epo_span texts[EPO_DOCUMENT_COLUMNS_MAX];
    double shares[EPO_DOCUMENT_COLUMNS_MAX];
    size_t count;
    int number; /* level, size … as its draw wants it */
    bool strong;
    const void *more; /* as its draw wants it; lives in the pool */
    struct epo_part *next;
};

struct epo_attached {
    struct epo_span name, bytes, description;
    const char *type;
    struct epo_attached *next;
};

struct epo_document {
    struct epo_pool *pool;
    struct epo_document_head head;
    struct epo_part *first, **last;
    struct epo_attached *attached, **last_attached;
    size_t text_bytes, part_count, figure_count;
    double table[EPO_DOCUMENT_COLUMNS_MAX]; /* shares of the table that is being filled */
};

/* document.c */
/* A new last part; texts are set with epo_part_text. */
struct epo_part *epo_document_part(struct epo_document *document, epo_part_fn draw,
                                   const char *group, double keep);
void epo_part_text(struct epo_document *document, struct epo_part *part, struct epo_span text);
/* Begins the next page unless so many points are left (or the page is still empty). */
void epo_sheet_need(struct epo_sheet *sheet, double points);
void epo_sheet_next(struct epo_sheet *sheet);
void epo_sheet_open(struct epo_sheet *sheet, const char *tag);
void epo_sheet_close(struct epo_sheet *sheet, const char *tag);
/* A figure with its words; close with epo_sheet_close "Figure". */
void epo_sheet_figure(struct epo_sheet *sheet, struct epo_span alt);
void epo_sheet_fail(struct epo_sheet *sheet, enum epo_error_kind kind, const char *code,
                    const char *text);

/* document_text.c */
struct epo_column {
    struct epo_span text;
    enum epo_letter letter;
    const char *tag; /* of its leaf: "TD"; NULL: none */
    double x, width;
    bool right; /* set against the right edge */
    /* while it is drawn */
    PangoLayout *layout;
    int line, line_count;
};
/* Lines of all columns side by side from sheet->y on, over as many pages as they take, and y below
 * them. row: a tag around all of them on each page ("TR"), or NULL. */
void epo_sheet_columns(struct epo_sheet *sheet, struct epo_column *columns, size_t count,
                       const char *row);
/* One column over the whole width. */
void epo_sheet_text(struct epo_sheet *sheet, struct epo_span text, enum epo_letter letter,
                    const char *tag);
/* Height of a text in that width. */
double epo_sheet_height(struct epo_sheet *sheet, struct epo_span text, enum epo_letter letter,
                        double width);
/* Height of one line. */
double epo_letter_line(enum epo_letter letter);
void epo_sheet_rule(struct epo_sheet *sheet, double y, double x, double width, double grey);
/* A clickable address at y, or a text where it is none. */
void epo_sheet_link(struct epo_sheet *sheet, struct epo_span url, double x, double width);

/* document_code.c: a QR code in a square of that side; the side, or 0 where it has failed. */
double epo_sheet_code(struct epo_sheet *sheet, struct epo_span content, struct epo_span alt,
                      double x, double y, double side);

/* document_frame.c: head and foot of the page, outside of what is read. */
void epo_sheet_frame(struct epo_sheet *sheet);

/* document_pdf.c: what cairo does not write: language, words of figures, attached files; head and
 * foot as artifacts. */
#define EPO_FRAME_TAG "NonStruct" /* how they are marked until then */
bool epo_document_finish(struct epo_document *document, struct epo_span drawn,
                         const struct epo_span *alts, size_t alt_count, struct epo_span *pdf,
                         struct epo_error *error);

#endif
