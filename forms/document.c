/* A document as the list of its parts, drawn twice: to know how many pages there are, and in
 * earnest. */
#include <cairo/cairo-pdf.h>

#include "base/clock.h"
#include "base/limits.h"
#include "forms/document_work.h"

#define GROUP_AIR 8.0 /* points below a table or a list */

struct epo_document *epo_document_begin(struct epo_pool *pool,
                                        const struct epo_document_head *head) {
    struct epo_document *document = EPO_NEW(pool, struct epo_document);
    document->pool = pool;
    document->head = *head;
    document->last = &document->first;
    document->last_attached = &document->attached;
    return document;
}

struct epo_pool *epo_document_pool(const struct epo_document *document) {
    return document->pool;
}

struct epo_part *epo_document_part(struct epo_document *document, epo_part_fn draw,
                                   const char *group, double keep) {
    struct epo_part *part = EPO_NEW(document->pool, struct epo_part);
    *part = (struct epo_part){.draw = draw, .group = group, .keep = keep};
    document->part_count++;
    *document->last = part;
    document->last = &part->next;
    return part;
}

void epo_part_text(struct epo_document *document, struct epo_part *part, struct epo_span text) {
    epo_assert(part->count < EPO_DOCUMENT_COLUMNS_MAX);
    document->text_bytes += text.len;
    part->texts[part->count++] = document->text_bytes <= EPO_DOCUMENT_TEXT_MAX
                                     ? epo_pool_copy(document->pool, text)
                                     : EPO_SPAN("");
}

void epo_document_attach(struct epo_document *document, struct epo_span name, const char *type,
                         struct epo_span bytes, struct epo_span description) {
    struct epo_attached *attached = EPO_NEW(document->pool, struct epo_attached);
    *attached = (struct epo_attached){.name = epo_pool_copy(document->pool, name),
                                      .bytes = epo_pool_copy(document->pool, bytes),
                                      .description = epo_pool_copy(document->pool, description),
                                      .type = epo_pool_string(document->pool, epo_span(type))};
    *document->last_attached = attached;
    document->last_attached = &attached->next;
}

/* ---- pages ---- */

void epo_sheet_fail(struct epo_sheet *sheet, enum epo_error_kind kind, const char *code,
                    const char *text) {
    if (!sheet->failed)
        epo_fail(sheet->error, kind, code, "%s", text);
    sheet->failed = true;
}

void epo_sheet_open(struct epo_sheet *sheet, const char *tag) {
    if (!sheet->counting)
        cairo_tag_begin(sheet->cr, tag, "");
}

void epo_sheet_close(struct epo_sheet *sheet, const char *tag) {
    if (!sheet->counting)
        cairo_tag_end(sheet->cr, tag);
}

void epo_sheet_figure(struct epo_sheet *sheet, struct epo_span alt) {
    epo_sheet_open(sheet, "Figure");
    if (!sheet->counting)
        sheet->alts[sheet->alt_count++] = alt;
}

void epo_sheet_next(struct epo_sheet *sheet) {
    if (sheet->failed)
        return;
    if (sheet->page >= EPO_DOCUMENT_PAGES_MAX || epo_clock_monotonic_us() > sheet->until_us) {
        epo_sheet_fail(sheet, EPO_ERROR_TOO_LARGE, "document.large",
                       "The document has too many pages or takes too long to draw.");
        return;
    }
    epo_sheet_frame(sheet);
    cairo_show_page(sheet->cr);
    sheet->page++;
    sheet->y = EPO_SHEET_TOP;
    sheet->fresh = true;
}

void epo_sheet_need(struct epo_sheet *sheet, double points) {
    if (!sheet->fresh && sheet->y + points > sheet->bottom)
        epo_sheet_next(sheet);
}

/* Parts of the same group in a row stand in one tag; what is read stays in the order drawn. */
static void regroup(struct epo_sheet *sheet, const char *group) {
    const char *open = sheet->open;
    if (open == group || (open != NULL && group != NULL && strcmp(open, group) == 0))
        return;
    if (open != NULL) {
        epo_sheet_close(sheet, open);
        sheet->y += GROUP_AIR;
    }
    if (group != NULL)
        epo_sheet_open(sheet, group);
    sheet->open = group;
}

static void draw_parts(struct epo_sheet *sheet) {
    sheet->page = 1;
    sheet->y = EPO_SHEET_TOP;
    sheet->bottom = EPO_SHEET_BOTTOM;
    sheet->fresh = true;
    for (const struct epo_part *part = sheet->document->first; part != NULL && !sheet->failed;
         part = part->next) {
        epo_sheet_need(sheet, part->keep);
        regroup(sheet, part->group);
        part->draw(sheet, part);
        sheet->fresh = false;
    }
    regroup(sheet, NULL);
    epo_sheet_frame(sheet);
}

static void set_metadata(const struct epo_document *document, cairo_surface_t *surface) {
    struct epo_pool *pool = document->pool;
    char time[EPO_TIME_SIZE];
    epo_time_rfc3339(document->head.made_at_us / 1000000 * 1000000, time);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE,
                                   epo_pool_string(pool, document->head.title));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR,
                                   epo_pool_string(pool, document->head.author));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "epo");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, time);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, time);
}

static cairo_status_t keep_bytes(void *arg, const unsigned char *bytes, unsigned len) {
    struct epo_buffer *out = arg;
    epo_buffer_append(out, bytes, len);
    return out->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void count_pages(struct epo_sheet *sheet) {
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR, NULL);
    sheet->counting = true;
    sheet->cr = cairo_create(surface);
    draw_parts(sheet);
    sheet->pages = sheet->page;
    cairo_destroy(sheet->cr);
    cairo_surface_destroy(surface);
    sheet->counting = false;
}

static void draw(struct epo_sheet *sheet, struct epo_buffer *out) {
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(keep_bytes, out, EPO_SHEET_WIDTH, EPO_SHEET_HEIGHT);
    set_metadata(sheet->document, surface);
    sheet->cr = cairo_create(surface);
    draw_parts(sheet);
    cairo_status_t status = cairo_status(sheet->cr);
    cairo_destroy(sheet->cr);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (out->failed)
        epo_sheet_fail(sheet, EPO_ERROR_TOO_LARGE, "document.large", "The document is too large.");
    else if (status != CAIRO_STATUS_SUCCESS)
        epo_sheet_fail(sheet, EPO_ERROR_BROKEN, "document.broken", cairo_status_to_string(status));
}

bool epo_document_end(struct epo_document *document, struct epo_span *pdf,
                      struct epo_error *error) {
    struct epo_sheet sheet = {.document = document,
                              .error = error,
                              .until_us = epo_clock_monotonic_us() + EPO_DOCUMENT_MS * 1000LL};
    struct epo_buffer out;
    if (document->text_bytes > EPO_DOCUMENT_TEXT_MAX ||
        document->part_count > EPO_DOCUMENT_PARTS_MAX ||
        document->figure_count > EPO_DOCUMENT_FIGURES_MAX)
        return epo_fail(error, EPO_ERROR_TOO_LARGE, "document.large",
                        "The document has too much text or too many parts.");
    sheet.alts = EPO_NEW_ARRAY(document->pool, struct epo_span, document->figure_count + 1);
    epo_buffer_init(&out, EPO_DOCUMENT_BYTES_MAX);
    count_pages(&sheet);
    if (!sheet.failed)
        draw(&sheet, &out);
    bool ok = !sheet.failed && epo_document_finish(document, epo_buffer_get(&out), sheet.alts,
                                                   sheet.alt_count, pdf, error);
    epo_buffer_clear(&out);
    return ok;
}
