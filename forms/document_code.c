/* QR codes (ISO/IEC 18004), drawn as squares. */
#include <qrencode.h>

#include "forms/document_work.h"

#define SIDE (30 * EPO_MM) /* of the smallest code, with its quiet zone */
#define QUIET 4            /* modules around, as the standard wants */
#define GAP (6 * EPO_MM)

static bool is_alphanumeric(struct epo_span text) {
    static const char SET[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == '\0' || strchr(SET, text.at[i]) == NULL)
            return false;
    return text.len > 0;
}

static QRcode *encode(struct epo_pool *pool, struct epo_span content) {
    if (is_alphanumeric(content)) {
        QRinput *input = QRinput_new2(0, QR_ECLEVEL_M);
        QRcode *code = NULL;
        if (input != NULL && QRinput_append(input, QR_MODE_AN, (int)content.len,
                                            (const unsigned char *)content.at) == 0)
            code = QRcode_encodeInput(input);
        QRinput_free(input);
        return code;
    }
    return QRcode_encodeData(
        (int)content.len, (const unsigned char *)epo_pool_string(pool, content), 0, QR_ECLEVEL_M);
}

/* Neighbours in a row are one rectangle: nothing shines through between them. */
static void draw_modules(struct epo_sheet *sheet, const QRcode *code, double x, double y,
                         double module) {
    for (int row = 0; row < code->width; row++) {
        for (int from = 0, to; from < code->width; from = to) {
            const unsigned char *line = code->data + (ptrdiff_t)row * code->width;
            for (to = from; to < code->width && (line[to] & 1) == (line[from] & 1);)
                to++;
            if ((line[from] & 1) != 0)
                cairo_rectangle(sheet->cr, x + (from + QUIET) * module, y + (row + QUIET) * module,
                                (to - from) * module, module);
        }
    }
    cairo_set_source_rgb(sheet->cr, 0, 0, 0);
    cairo_fill(sheet->cr);
}

const char *epo_code_path(struct epo_pool *pool, struct epo_span content, int *side) {
    QRcode *code = encode(pool, content);
    const char *path = "";
    *side = 0;
    if (code == NULL)
        return path;
    struct epo_buffer out;
    epo_buffer_init(&out, 64u << 10);
    for (int row = 0; row < code->width; row++) {
        const unsigned char *line = code->data + (ptrdiff_t)row * code->width;
        for (int from = 0, to; from < code->width; from = to) {
            for (to = from; to < code->width && (line[to] & 1) == (line[from] & 1);)
                to++;
            if ((line[from] & 1) != 0)
                epo_buffer_printf(&out, "M%d %dh%dv1h-%dz", from + QUIET, row + QUIET, to - from,
                                  to - from);
        }
    }
    if (!out.failed) {
        path = epo_pool_string(pool, epo_buffer_get(&out));
        *side = code->width + 2 * QUIET;
    }
    epo_buffer_clear(&out);
    QRcode_free(code);
    return path;
}

double epo_sheet_code(struct epo_sheet *sheet, struct epo_span content, struct epo_span alt,
                      double x, double y, double side) {
    QRcode *code = encode(sheet->document->pool, content);
    if (code == NULL) {
        epo_sheet_fail(sheet, EPO_ERROR_BAD_INPUT, "document.code",
                       "This does not fit into a QR code.");
        return 0;
    }
    double module = side / (code->width + 2 * QUIET);
    epo_sheet_figure(sheet, alt);
    draw_modules(sheet, code, x, y, module);
    epo_sheet_close(sheet, "Figure");
    QRcode_free(code);
    return side;
}

/* texts: content, its words, the paragraph beside it, the address. */
static void draw_code(struct epo_sheet *sheet, const struct epo_part *part) {
    double x = EPO_SHEET_LEFT + SIDE + GAP, width = EPO_SHEET_INNER - SIDE - GAP;
    epo_sheet_need(sheet, SIDE + 8);
    double top = sheet->y;
    epo_sheet_code(sheet, part->texts[0], part->texts[1], EPO_SHEET_LEFT - 6, top, SIDE);
    struct epo_column beside = {
        .text = part->texts[2], .letter = EPO_LETTER_TEXT, .tag = "P", .x = x, .width = width};
    sheet->y = top + 9;
    sheet->fresh = false;
    if (beside.text.len > 0)
        epo_sheet_columns(sheet, &beside, 1, NULL);
    sheet->y += 3;
    if (part->texts[3].len > 0)
        epo_sheet_link(sheet, part->texts[3], x, width);
    if (sheet->y < top + SIDE)
        sheet->y = top + SIDE;
    sheet->y += 7;
}

void epo_document_code(struct epo_document *document, struct epo_span content, struct epo_span alt,
                       struct epo_span text, struct epo_span url) {
    struct epo_part *part = epo_document_part(document, draw_code, NULL, SIDE + 8);
    epo_part_text(document, part, content);
    epo_part_text(document, part, alt);
    epo_part_text(document, part, text);
    epo_part_text(document, part, url);
    document->figure_count++;
}

/* ---- several ---- */

#define PHOTO_SIDE (54 * EPO_MM) /* a module of a full code is then 0.6 mm: seen at 200 dpi */
#define PHOTO_STEP (58 * EPO_MM)
enum { IN_A_ROW = 3 };

/* texts: content and words of each. */
static void draw_codes(struct epo_sheet *sheet, const struct epo_part *part) {
    double top = sheet->y;
    for (size_t i = 0; i < part->count; i += 2)
        epo_sheet_code(sheet, part->texts[i], part->texts[i + 1],
                       EPO_SHEET_LEFT + (double)(i / 2) * PHOTO_STEP, top, PHOTO_SIDE);
    sheet->y = top + PHOTO_SIDE + 6;
}

void epo_document_codes(struct epo_document *document, const struct epo_span *contents,
                        const struct epo_span *alts, size_t count) {
    struct epo_part *part = NULL;
    for (size_t i = 0; i < count; i++) {
        if (i % IN_A_ROW == 0)
            part = epo_document_part(document, draw_codes, NULL, PHOTO_SIDE + 6);
        epo_part_text(document, part, contents[i]);
        epo_part_text(document, part, alts[i]);
        document->figure_count++;
    }
}
