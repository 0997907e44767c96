/* The kinds of parts: each a function that adds it and one that draws it. */
#include "base/limits.h"
#include "forms/document_work.h"

#define LABEL_WIDTH (55 * EPO_MM)
#define GUTTER (5 * EPO_MM)
#define ROW_AIR 3.5  /* points above and below the text of a row */
#define PART_AIR 7.0 /* below a paragraph */
#define TWO_LINES 30.0

/* ---- headings and paragraphs ---- */

static void draw_title(struct epo_sheet *sheet, const struct epo_part *part) {
    epo_sheet_text(sheet, part->texts[0], EPO_LETTER_TITLE, "H1");
    if (part->texts[1].len > 0) {
        sheet->y += 2;
        epo_sheet_text(sheet, part->texts[1], EPO_LETTER_LABEL, "P");
    }
    sheet->y += 8;
}

void epo_document_title(struct epo_document *document, struct epo_span title,
                        struct epo_span below) {
    struct epo_part *part = epo_document_part(document, draw_title, NULL, 60);
    epo_part_text(document, part, title);
    epo_part_text(document, part, below);
}

static void draw_heading(struct epo_sheet *sheet, const struct epo_part *part) {
    bool second = part->number == 2;
    if (!sheet->fresh)
        sheet->y += second ? 12 : 6;
    epo_sheet_text(sheet, part->texts[0], second ? EPO_LETTER_HEADING : EPO_LETTER_SUBHEADING,
                   second ? "H2" : "H3");
    sheet->y += 3;
}

void epo_document_heading(struct epo_document *document, int level, struct epo_span text) {
    struct epo_part *part = epo_document_part(document, draw_heading, NULL, 100);
    part->number = level;
    epo_part_text(document, part, text);
}

static void draw_paragraph(struct epo_sheet *sheet, const struct epo_part *part) {
    epo_sheet_text(sheet, part->texts[0], (enum epo_letter)part->number, "P");
    sheet->y += part->number == EPO_LETTER_SMALL ? PART_AIR - 2 : PART_AIR;
}

static void add_paragraph(struct epo_document *document, struct epo_span text,
                          enum epo_letter letter) {
    struct epo_part *part = epo_document_part(document, draw_paragraph, NULL, TWO_LINES);
    part->number = letter;
    epo_part_text(document, part, text);
}

void epo_document_paragraph(struct epo_document *document, struct epo_span text) {
    add_paragraph(document, text, EPO_LETTER_TEXT);
}

void epo_document_small(struct epo_document *document, struct epo_span text) {
    add_paragraph(document, text, EPO_LETTER_SMALL);
}

static void draw_item(struct epo_sheet *sheet, const struct epo_part *part) {
    double indent = 4 * EPO_MM;
    struct epo_column columns[] = {{.text = EPO_SPAN("•"),
                                    .letter = EPO_LETTER_TEXT,
                                    .tag = "Lbl",
                                    .x = EPO_SHEET_LEFT,
                                    .width = indent},
                                   {.text = part->texts[0],
                                    .letter = EPO_LETTER_TEXT,
                                    .tag = "LBody",
                                    .x = EPO_SHEET_LEFT + indent,
                                    .width = EPO_SHEET_INNER - indent}};
    epo_sheet_columns(sheet, columns, 2, "LI");
    sheet->y += 2;
}

void epo_document_item(struct epo_document *document, struct epo_span text) {
    epo_part_text(document, epo_document_part(document, draw_item, "L", TWO_LINES), text);
}

static void draw_link(struct epo_sheet *sheet, const struct epo_part *part) {
    epo_sheet_link(sheet, part->texts[0], EPO_SHEET_LEFT, EPO_SHEET_INNER);
    sheet->y += PART_AIR;
}

void epo_document_link(struct epo_document *document, struct epo_span url) {
    epo_part_text(document, epo_document_part(document, draw_link, NULL, TWO_LINES), url);
}

static void draw_new_page(struct epo_sheet *sheet, const struct epo_part *part) {
    (void)part;
    if (!sheet->fresh)
        epo_sheet_next(sheet);
}

void epo_document_new_page(struct epo_document *document) {
    epo_document_part(document, draw_new_page, NULL, 0);
}

/* ---- rows ---- */

/* A row that fits on a page is not broken unless it is long. */
static void keep_row(struct epo_sheet *sheet, const struct epo_column *columns, size_t count) {
    double tallest = 0;
    for (size_t i = 0; i < count; i++) {
        double height =
            epo_sheet_height(sheet, columns[i].text, columns[i].letter, columns[i].width);
        tallest = height > tallest ? height : tallest;
    }
    epo_sheet_need(sheet, (tallest < 8 * epo_letter_line(EPO_LETTER_TEXT) ? tallest : TWO_LINES) +
                              2 * ROW_AIR);
}

static void draw_row(struct epo_sheet *sheet, struct epo_column *columns, size_t count,
                     double grey) {
    keep_row(sheet, columns, count);
    sheet->y += ROW_AIR;
    epo_sheet_columns(sheet, columns, count, "TR");
    sheet->y += ROW_AIR;
    epo_sheet_rule(sheet, sheet->y, EPO_SHEET_LEFT, EPO_SHEET_INNER, grey);
}

static void draw_answer(struct epo_sheet *sheet, const struct epo_part *part) {
    double width = EPO_SHEET_INNER - LABEL_WIDTH - GUTTER;
    struct epo_column columns[] = {{.text = part->texts[0],
                                    .letter = EPO_LETTER_LABEL,
                                    .tag = "TH",
                                    .x = EPO_SHEET_LEFT,
                                    .width = LABEL_WIDTH},
                                   {.text = part->texts[1],
                                    .letter = EPO_LETTER_TEXT,
                                    .tag = "TD",
                                    .x = EPO_SHEET_LEFT + LABEL_WIDTH + GUTTER,
                                    .width = width}};
    draw_row(sheet, columns, 2, 0.87);
}

void epo_document_row(struct epo_document *document, struct epo_span label, struct epo_span text) {
    struct epo_part *part = epo_document_part(document, draw_answer, "Table", 0);
    epo_part_text(document, part, label);
    epo_part_text(document, part, text);
}

static void draw_cells(struct epo_sheet *sheet, const struct epo_part *part) {
    struct epo_column columns[EPO_DOCUMENT_COLUMNS_MAX];
    double total = 0, x = EPO_SHEET_LEFT, room = EPO_SHEET_INNER;
    for (size_t i = 0; i < part->count; i++)
        total += part->shares[i];
    for (size_t i = 0; i < part->count; i++) {
        double width = room * part->shares[i] / total;
        columns[i] =
            (struct epo_column){.text = part->texts[i],
                                .letter = part->strong ? EPO_LETTER_STRONG : EPO_LETTER_TEXT,
                                .tag = part->strong ? "TH" : "TD",
                                .x = x,
                                .width = width - (i + 1 < part->count ? GUTTER : 0)};
        x += width;
    }
    draw_row(sheet, columns, part->count, part->strong ? 0.5 : 0.87);
}

static void add_cells(struct epo_document *document, const struct epo_span *cells, size_t count,
                      bool header) {
    struct epo_part *part =
        epo_document_part(document, draw_cells, "Table", header ? 2 * TWO_LINES : 0);
    epo_assert(count <= EPO_DOCUMENT_COLUMNS_MAX);
    for (size_t i = 0; i < count; i++) {
        epo_part_text(document, part, cells[i]);
        part->shares[i] = document->table[i];
    }
    part->strong = header;
}

/* Nothing, so that two tables in a row are two. */
static void draw_nothing(struct epo_sheet *sheet, const struct epo_part *part) {
    (void)sheet;
    (void)part;
}

void epo_document_table(struct epo_document *document, const struct epo_span *headers,
                        const double *shares, size_t count) {
    epo_assert(count > 0 && count <= EPO_DOCUMENT_COLUMNS_MAX);
    for (size_t i = 0; i < count; i++) {
        epo_assert(shares[i] > 0);
        document->table[i] = shares[i];
    }
    epo_document_part(document, draw_nothing, NULL, 0);
    add_cells(document, headers, count, true);
}

void epo_document_cells(struct epo_document *document, const struct epo_span *cells, size_t count) {
    add_cells(document, cells, count, false);
}

/* ---- pictures ---- */

static cairo_status_t read_piece(void *arg, unsigned char *out, unsigned len) {
    struct epo_span *rest = arg;
    if (rest->len < len)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(out, rest->at, len);
    *rest = (struct epo_span){rest->at + len, rest->len - len};
    return CAIRO_STATUS_SUCCESS;
}

static void paint(struct epo_sheet *sheet, cairo_surface_t *png, double scale) {
    cairo_save(sheet->cr);
    cairo_translate(sheet->cr, EPO_SHEET_LEFT, sheet->y);
    cairo_scale(sheet->cr, scale, scale);
    cairo_set_source_surface(sheet->cr, png, 0, 0);
    cairo_paint(sheet->cr);
    cairo_restore(sheet->cr);
}

/* texts: the PNG, its words, the caption. */
static void draw_picture(struct epo_sheet *sheet, const struct epo_part *part) {
    struct epo_span rest = part->texts[0];
    cairo_surface_t *png = cairo_image_surface_create_from_png_stream(read_piece, &rest);
    int wide = cairo_image_surface_get_width(png), high = cairo_image_surface_get_height(png);
    if (cairo_surface_status(png) != CAIRO_STATUS_SUCCESS || wide <= 0 || high <= 0) {
        epo_sheet_fail(sheet, EPO_ERROR_BAD_INPUT, "document.picture",
                       "A picture of the document is not a PNG.");
    } else {
        double width = part->number > 0 ? part->number * EPO_MM : EPO_SHEET_INNER;
        double most = EPO_SHEET_BOTTOM - EPO_SHEET_TOP - 40;
        double scale = high * width / wide > most ? most / high : width / wide;
        epo_sheet_need(sheet, high * scale + 24);
        epo_sheet_figure(sheet, part->texts[1]);
        if (!sheet->counting)
            paint(sheet, png, scale);
        epo_sheet_close(sheet, "Figure");
        sheet->y += high * scale + 4;
        sheet->fresh = false;
        if (part->texts[2].len > 0)
            epo_sheet_text(sheet, part->texts[2], EPO_LETTER_SMALL, "P");
        sheet->y += PART_AIR;
    }
    cairo_surface_destroy(png);
}

void epo_document_picture(struct epo_document *document, struct epo_span png, double width_mm,
                          struct epo_span alt, struct epo_span caption) {
    struct epo_part *part = epo_document_part(document, draw_picture, NULL, 0);
    part->texts[part->count++] = epo_pool_copy(document->pool, png); /* is no text */
    epo_part_text(document, part, alt);
    epo_part_text(document, part, caption);
    part->number = (int)width_mm;
    document->figure_count++;
}
