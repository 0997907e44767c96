/* What is filled in by hand. */
#include "forms/document_work.h"

#define CELL_WIDTH (6 * EPO_MM)
#define CELL_HEIGHT (8 * EPO_MM)
#define LINE_HEIGHT (8 * EPO_MM) /* of handwriting */
#define BOX_PADDING 5.0
#define TICK_INDENT (7 * EPO_MM)
#define FIELD_AIR 9.0
#define BORDER_GREY 0.45

static const char *const BOXES[] = {"☐", "☒"}; /* of DejaVu Sans */

static void border(struct epo_sheet *sheet, double x, double y, double width, double height) {
    if (sheet->counting)
        return;
    epo_sheet_open(sheet, EPO_FRAME_TAG); /* lines are not read */
    cairo_set_source_rgb(sheet->cr, BORDER_GREY, BORDER_GREY, BORDER_GREY);
    cairo_set_line_width(sheet->cr, 0.6);
    cairo_rectangle(sheet->cr, x, y, width, height);
    cairo_stroke(sheet->cr);
    epo_sheet_close(sheet, EPO_FRAME_TAG);
}

static void beside(struct epo_sheet *sheet, struct epo_span text, double x, double y,
                   double width) {
    struct epo_column column = {
        .text = text, .letter = EPO_LETTER_TEXT, .tag = "P", .x = x, .width = width};
    double before = sheet->y;
    sheet->y = y;
    epo_sheet_columns(sheet, &column, 1, NULL);
    sheet->y = before;
}

/* "2.2.4": two cells, a dot, two cells … */
static void draw_cells(struct epo_sheet *sheet, const char *cells) {
    double x = EPO_SHEET_LEFT, y = sheet->y;
    while (*cells != '\0') {
        char *end;
        long count = strtol(cells, &end, 10);
        for (long i = 0; i < count; i++, x += CELL_WIDTH)
            border(sheet, x, y, CELL_WIDTH, CELL_HEIGHT);
        if (*end != '\0' && *end != ' ')
            beside(sheet, (struct epo_span){end, 1}, x + 2, y + CELL_HEIGHT - 15, CELL_WIDTH);
        x += *end != '\0' ? CELL_WIDTH * 0.6 : 0;
        cells = *end != '\0' ? end + 1 : end;
    }
    sheet->y = y + CELL_HEIGHT;
}

static double box_width(const struct epo_document_field *field) {
    return field->width_mm > 0 ? field->width_mm * EPO_MM : EPO_SHEET_INNER;
}

static double box_height(struct epo_sheet *sheet, const struct epo_document_field *field) {
    double height = field->lines * LINE_HEIGHT;
    double text = field->value.len == 0 ? 0
                                        : epo_sheet_height(sheet, field->value, EPO_LETTER_TEXT,
                                                           box_width(field) - 2 * BOX_PADDING) +
                                              2 * BOX_PADDING;
    return text > height ? text : height;
}

/* A value longer than a page stands without a border, so that it can go on on the next one. */
static void draw_box(struct epo_sheet *sheet, const struct epo_document_field *field) {
    double width = box_width(field), height = box_height(sheet, field), top = sheet->y;
    bool framed = height < EPO_SHEET_BOTTOM - EPO_SHEET_TOP - 60;
    if (framed)
        border(sheet, EPO_SHEET_LEFT, top, width, height);
    if (field->value.len > 0) {
        struct epo_column column = {.text = field->value,
                                    .letter = EPO_LETTER_TEXT,
                                    .tag = "P",
                                    .x = EPO_SHEET_LEFT + BOX_PADDING,
                                    .width = width - 2 * BOX_PADDING};
        sheet->y = top + BOX_PADDING - 1;
        epo_sheet_columns(sheet, &column, 1, NULL);
    }
    if (framed)
        sheet->y = top + height;
    if (field->unit.len > 0)
        beside(sheet, field->unit, EPO_SHEET_LEFT + width + 5, sheet->y - 18, 60);
}

static void draw_tick(struct epo_sheet *sheet, const struct epo_document_tick *tick, double x,
                      double width) {
    struct epo_column columns[] = {{.text = epo_span(BOXES[tick->ticked]),
                                    .letter = EPO_LETTER_TICK,
                                    .tag = "Lbl",
                                    .x = x,
                                    .width = TICK_INDENT},
                                   {.text = tick->label,
                                    .letter = EPO_LETTER_TEXT,
                                    .tag = "LBody",
                                    .x = x + TICK_INDENT,
                                    .width = width - TICK_INDENT}};
    epo_sheet_columns(sheet, columns, 2, "LI");
}

/* Do all labels fit on one line of half the width? */
static bool are_short(struct epo_sheet *sheet, const struct epo_document_field *field) {
    double width = EPO_SHEET_INNER / 2 - TICK_INDENT - 6;
    for (size_t i = 0; i < field->tick_count; i++)
        if (epo_sheet_height(sheet, field->ticks[i].label, EPO_LETTER_TEXT, width) >
            epo_letter_line(EPO_LETTER_TEXT))
            return false;
    return true;
}

/* Several short ones stand in two columns, read line by line. */
static void draw_ticks(struct epo_sheet *sheet, const struct epo_document_field *field) {
    bool halves = field->tick_count > 1 && are_short(sheet, field);
    double width = halves ? EPO_SHEET_INNER / 2 : EPO_SHEET_INNER;
    epo_sheet_open(sheet, "L");
    for (size_t i = 0; i < field->tick_count; i += halves ? 2 : 1) {
        epo_sheet_need(sheet, 20);
        double top = sheet->y;
        draw_tick(sheet, &field->ticks[i], EPO_SHEET_LEFT, width - 6);
        if (halves && i + 1 < field->tick_count) {
            sheet->y = top;
            draw_tick(sheet, &field->ticks[i + 1], EPO_SHEET_LEFT + width, width - 6);
        }
        sheet->y += 1;
    }
    epo_sheet_close(sheet, "L");
}

static double above(struct epo_sheet *sheet, const struct epo_document_field *field) {
    double height = epo_sheet_height(sheet, field->label, EPO_LETTER_STRONG, EPO_SHEET_INNER);
    if (field->hint.len > 0)
        height += epo_sheet_height(sheet, field->hint, EPO_LETTER_SMALL, EPO_SHEET_INNER);
    if (field->when.len > 0)
        height += epo_sheet_height(sheet, field->when, EPO_LETTER_SMALL, EPO_SHEET_INNER);
    return height + 3;
}

static void draw_field(struct epo_sheet *sheet, const struct epo_part *part) {
    const struct epo_document_field *field = part->more;
    double box = field->tick_count > 0 ? 40 : box_height(sheet, field);
    epo_sheet_need(sheet, above(sheet, field) + (box < 250 ? box : 60));
    epo_sheet_text(sheet, field->label, EPO_LETTER_STRONG, "P");
    if (field->when.len > 0)
        epo_sheet_text(sheet, field->when, EPO_LETTER_SMALL, "P");
    if (field->hint.len > 0)
        epo_sheet_text(sheet, field->hint, EPO_LETTER_SMALL, "P");
    sheet->y += 3;
    sheet->fresh = false;
    if (field->tick_count > 0)
        draw_ticks(sheet, field);
    if (field->cells != NULL && field->value.len == 0)
        draw_cells(sheet, field->cells);
    else if (field->lines > 0)
        draw_box(sheet, field);
    sheet->y += FIELD_AIR;
}

/* A copy that counts against the document's text. */
static struct epo_span keep(struct epo_document *document, struct epo_span text) {
    document->text_bytes += text.len;
    return epo_pool_copy(document->pool, text);
}

void epo_document_field(struct epo_document *document, const struct epo_document_field *field) {
    struct epo_part *part = epo_document_part(document, draw_field, NULL, 0);
    struct epo_document_field *own = EPO_NEW(document->pool, struct epo_document_field);
    struct epo_document_tick *ticks =
        EPO_NEW_ARRAY(document->pool, struct epo_document_tick, field->tick_count + 1);
    *own = *field;
    own->label = keep(document, field->label);
    own->hint = keep(document, field->hint);
    own->when = keep(document, field->when);
    own->value = keep(document, field->value);
    own->unit = keep(document, field->unit);
    own->ticks = ticks;
    for (size_t i = 0; i < field->tick_count; i++)
        ticks[i] = (struct epo_document_tick){keep(document, field->ticks[i].label),
                                              field->ticks[i].ticked};
    part->more = own;
}
