/* What stands on every page around what is read. */
#include "forms/document_work.h"

#define HEAD_Y (13 * EPO_MM)
#define FOOT_Y (282 * EPO_MM)

static void write_at(struct epo_sheet *sheet, double y, struct epo_span left,
                     struct epo_span right) {
    double wide = EPO_SHEET_INNER * 0.75;
    struct epo_column columns[] = {
        {.text = left, .letter = EPO_LETTER_SMALL, .x = EPO_SHEET_LEFT, .width = wide},
        {.text = right,
         .letter = EPO_LETTER_SMALL,
         .x = EPO_SHEET_LEFT + wide,
         .width = EPO_SHEET_INNER - wide,
         .right = true}};
    double before = sheet->y;
    bool fresh = sheet->fresh;
    sheet->y = y;
    sheet->bottom = EPO_SHEET_HEIGHT;
    epo_sheet_columns(sheet, columns, 2, NULL);
    sheet->y = before;
    sheet->bottom = EPO_SHEET_BOTTOM;
    sheet->fresh = fresh;
}

void epo_sheet_frame(struct epo_sheet *sheet) {
    const struct epo_document_head *head = &sheet->document->head;
    struct epo_pool *pool = sheet->document->pool;
    if (sheet->counting)
        return;
    struct epo_json *values = epo_json_object(pool);
    epo_json_set_integer(pool, values, "page", sheet->page);
    epo_json_set_integer(pool, values, "pages", sheet->pages);
    epo_sheet_open(sheet, EPO_FRAME_TAG);
    write_at(sheet, HEAD_Y, head->author, head->note);
    epo_sheet_rule(sheet, HEAD_Y + 14, EPO_SHEET_LEFT, EPO_SHEET_INNER, 0.75);
    epo_sheet_rule(sheet, FOOT_Y - 3, EPO_SHEET_LEFT, EPO_SHEET_INNER, 0.75);
    write_at(sheet, FOOT_Y, head->footer,
             epo_catalog_format(head->catalog, pool, head->lang, "document.page", values));
    epo_sheet_close(sheet, EPO_FRAME_TAG);
}
