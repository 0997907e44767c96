/* Lines of text in columns, broken over pages. */
#include "base/limits.h"
#include "forms/document_work.h"

/* Has all Czech letters; the second where the first is not installed. */
#define FAMILY "Open Sans, DejaVu Sans"

static const struct {
    double size, line; /* points; from line to line */
    PangoWeight weight;
    double grey; /* 0 black, 1 white */
} LETTERS[] = {
    [EPO_LETTER_TITLE] = {19, 25, PANGO_WEIGHT_SEMIBOLD, 0.08},
    [EPO_LETTER_HEADING] = {12.5, 17, PANGO_WEIGHT_SEMIBOLD, 0.08},
    [EPO_LETTER_SUBHEADING] = {10.5, 15, PANGO_WEIGHT_SEMIBOLD, 0.08},
    [EPO_LETTER_TEXT] = {9.5, 14, PANGO_WEIGHT_NORMAL, 0.08},
    [EPO_LETTER_LABEL] = {9.5, 14, PANGO_WEIGHT_NORMAL, 0.36},
    [EPO_LETTER_STRONG] = {9.5, 14, PANGO_WEIGHT_SEMIBOLD, 0.08},
    [EPO_LETTER_SMALL] = {8, 11.5, PANGO_WEIGHT_NORMAL, 0.36},
    [EPO_LETTER_LINK] = {8, 11.5, PANGO_WEIGHT_NORMAL, 0.08},
    [EPO_LETTER_TICK] = {14, 17, PANGO_WEIGHT_NORMAL, 0.08},
};

double epo_letter_line(enum epo_letter letter) {
    return LETTERS[letter].line;
}

/* No ligatures: "fi" is two letters to whoever searches or listens. */
static PangoAttrList *attributes(void) {
    PangoAttrList *list = pango_attr_list_new();
    pango_attr_list_insert(list, pango_attr_font_features_new("liga=0, clig=0"));
    return list;
}

/* width 0: one line, however long. */
static PangoLayout *lay_out(struct epo_sheet *sheet, struct epo_span text, enum epo_letter letter,
                            double width) {
    PangoLayout *layout = pango_cairo_create_layout(sheet->cr);
    PangoContext *context = pango_layout_get_context(layout);
    PangoFontDescription *font = pango_font_description_from_string(FAMILY);
    PangoAttrList *list = attributes();
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_language(context, pango_language_from_string(sheet->document->head.lang));
    pango_font_description_set_absolute_size(font, LETTERS[letter].size * PANGO_SCALE);
    pango_font_description_set_weight(font, LETTERS[letter].weight);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_attributes(layout, list);
    pango_layout_set_width(layout, width > 0 ? (int)(width * PANGO_SCALE) : -1);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout, text.len > 0 ? text.at : "", (int)text.len);
    pango_attr_list_unref(list);
    cairo_font_options_destroy(options);
    pango_font_description_free(font);
    return layout;
}

double epo_sheet_height(struct epo_sheet *sheet, struct epo_span text, enum epo_letter letter,
                        double width) {
    PangoLayout *layout = lay_out(sheet, text, letter, width);
    int lines = pango_layout_get_line_count(layout);
    g_object_unref(layout);
    return lines * LETTERS[letter].line;
}

/* The next line in a band of the given top. Letters stand on the same line whatever their size: two
 * columns side by side look as one line. The line is laid out again on its own: where a layout
 * broke it, the space behind it has no glyph, and is lost to whoever listens or searches. */
static void draw_line(struct epo_sheet *sheet, const struct epo_column *column, double top) {
    const PangoLayoutLine *line = pango_layout_get_line_readonly(column->layout, column->line);
    struct epo_span text = {pango_layout_get_text(column->layout) + line->start_index,
                            (size_t)line->length};
    if (text.at[text.len] == '\n') /* the next word is another one for the ear, too */
        text = epo_span(epo_pool_printf(sheet->document->pool, "%.*s ", EPO_ARG(text)));
    double size = LETTERS[column->letter].size, band = LETTERS[column->letter].line;
    double grey = LETTERS[column->letter].grey, x = column->x;
    PangoLayout *own = lay_out(sheet, text, column->letter, 0);
    PangoRectangle extents;
    pango_layout_get_extents(own, NULL, &extents);
    if (column->right)
        x += column->width - (double)extents.width / PANGO_SCALE;
    cairo_set_source_rgb(sheet->cr, grey, grey, grey);
    cairo_move_to(sheet->cr, x, top + (band - size) / 2 + size * 0.86);
    pango_cairo_show_layout_line(sheet->cr, pango_layout_get_line_readonly(own, 0));
    g_object_unref(own);
}

/* As many lines of each column as fit on this page. False when some are left. */
static bool draw_piece(struct epo_sheet *sheet, struct epo_column *columns, size_t count) {
    double top = sheet->y, bottom = top;
    bool done = true;
    for (size_t i = 0; i < count; i++) {
        struct epo_column *column = &columns[i];
        double band = LETTERS[column->letter].line, y = top;
        if (column->tag != NULL)
            epo_sheet_open(sheet, column->tag);
        while (column->line < column->line_count && y + band <= sheet->bottom + 0.01) {
            if (!sheet->counting)
                draw_line(sheet, column, y);
            column->line++;
            y += band;
        }
        if (column->tag != NULL)
            epo_sheet_close(sheet, column->tag);
        bottom = y > bottom ? y : bottom;
        done = done && column->line == column->line_count;
    }
    sheet->y = bottom;
    return done;
}

void epo_sheet_columns(struct epo_sheet *sheet, struct epo_column *columns, size_t count,
                       const char *row) {
    bool done = false;
    for (size_t i = 0; i < count; i++) {
        columns[i].layout = lay_out(sheet, columns[i].text, columns[i].letter, columns[i].width);
        columns[i].line = 0;
        columns[i].line_count = pango_layout_get_line_count(columns[i].layout);
    }
    while (!done && !sheet->failed) {
        if (row != NULL)
            epo_sheet_open(sheet, row);
        done = draw_piece(sheet, columns, count);
        sheet->fresh = false;
        if (row != NULL)
            epo_sheet_close(sheet, row);
        if (!done)
            epo_sheet_next(sheet);
    }
    for (size_t i = 0; i < count; i++)
        g_object_unref(columns[i].layout);
}

void epo_sheet_text(struct epo_sheet *sheet, struct epo_span text, enum epo_letter letter,
                    const char *tag) {
    struct epo_column column = {
        .text = text, .letter = letter, .tag = tag, .x = EPO_SHEET_LEFT, .width = EPO_SHEET_INNER};
    epo_sheet_columns(sheet, &column, 1, NULL);
}

void epo_sheet_rule(struct epo_sheet *sheet, double y, double x, double width, double grey) {
    cairo_set_source_rgb(sheet->cr, grey, grey, grey);
    cairo_set_line_width(sheet->cr, 0.5);
    cairo_move_to(sheet->cr, x, y);
    cairo_line_to(sheet->cr, x + width, y);
    cairo_stroke(sheet->cr);
}

/* ---- addresses ---- */

/* cairo puts it between quotes: nothing may stand in it that ends them. */
static bool is_address(struct epo_span url) {
    if (!epo_span_starts(url, EPO_SPAN("https://")) && !epo_span_starts(url, EPO_SPAN("http://")) &&
        !epo_span_starts(url, EPO_SPAN("mailto:")))
        return false;
    for (size_t i = 0; i < url.len; i++)
        if (url.at[i] <= ' ' || url.at[i] > '~' || strchr("'\"\\()<>", url.at[i]) != NULL)
            return false;
    return true;
}

void epo_sheet_link(struct epo_sheet *sheet, struct epo_span url, double x, double width) {
    bool link = is_address(url);
    struct epo_column column = {.text = url, .letter = EPO_LETTER_LINK, .x = x, .width = width};
    epo_sheet_need(sheet, epo_sheet_height(sheet, url, EPO_LETTER_LINK, width));
    if (!link) {
        column.tag = "P";
    } else if (!sheet->counting) {
        char *where = epo_pool_printf(sheet->document->pool, "uri='%.*s'", EPO_ARG(url));
        cairo_tag_begin(sheet->cr, "P", "");
        cairo_tag_begin(sheet->cr, "Link", where);
    }
    epo_sheet_columns(sheet, &column, 1, NULL);
    if (link) {
        epo_sheet_close(sheet, "Link");
        epo_sheet_close(sheet, "P");
    }
}
