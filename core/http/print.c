#include "http/print.h"

#include <stdatomic.h>

#include "base/limits.h"

static atomic_int drawing; /* documents, in the whole process */

struct epo_document *epo_print_begin(struct epo_request *request, struct epo_span title,
                                     struct epo_span footer, int64_t made_at_us) {
    const struct epo_json *city = epo_json_get(epo_portal_settings(request->portal), "city");
    struct epo_document_head head = {
        .lang = request->lang,
        .catalog = request->portal->catalog,
        .title = title,
        .author = epo_json_localized(epo_json_get(city, "name"), request->lang),
        .note =
            request->portal->demo ? epo_page_text(request, "frame.demo_tag_small") : EPO_SPAN(""),
        .footer = footer,
        .made_at_us = made_at_us};
    return epo_document_begin(request->pool, &head);
}

bool epo_print_draw(struct epo_document *document, struct epo_span *pdf, struct epo_error *error) {
    bool ok = atomic_fetch_add(&drawing, 1) < EPO_DOCUMENTS_AT_ONCE
                  ? epo_document_end(document, pdf, error)
                  : epo_fail(error, EPO_ERROR_BUSY, "document.busy",
                             "Others are having documents drawn just now; try again.");
    atomic_fetch_sub(&drawing, 1);
    return ok;
}

struct epo_response *epo_print_respond(struct epo_request *request, struct epo_document *document,
                                       const char *file) {
    struct epo_error error = {0};
    struct epo_span pdf = {"", 0};
    if (!epo_print_draw(document, &pdf, &error)) {
        struct epo_response *refused = epo_respond_error(request, &error, NULL);
        if (error.kind == EPO_ERROR_BUSY)
            epo_response_header(refused, "retry-after", EPO_SPAN("2"));
        return refused;
    }
    struct epo_response *response = epo_respond(request, 200, "application/pdf", pdf);
    epo_response_header(response, "content-disposition",
                        epo_span(epo_pool_printf(request->pool, "inline; filename=\"%s\"", file)));
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    epo_response_header(response, "referrer-policy", EPO_SPAN("no-referrer"));
    return response;
}

void epo_print_heading(struct epo_request *request, struct epo_document *document,
                       struct epo_span title, const char *otherwise) {
    epo_document_heading(document, 2, title.len > 0 ? title : epo_page_text(request, otherwise));
}

/* What is known of a place, and each of several, below what it is called. */
static struct epo_span row_text(struct epo_request *request, const struct epo_json *row) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *words = epo_json_get(row, "words"),
                          *places = epo_json_get(row, "places");
    struct epo_span text = epo_json_get_text(row, "text");
    struct epo_buffer out;
    epo_buffer_init(&out, EPO_DOCUMENT_TEXT_MAX);
    epo_buffer_span(&out, text.len > 0 ? text : epo_page_text(request, "review.empty"));
    for (uint32_t i = 0; places != NULL && i < places->count; i++) {
        struct epo_span said = epo_json_get_text(places->items[i], "description");
        epo_buffer_printf(&out, "\n%u. %.*s%s%.*s", (unsigned)i + 1,
                          EPO_ARG(epo_json_get_text(places->items[i], "text")),
                          said.len > 0 ? " – " : "", EPO_ARG(said));
    }
    for (uint32_t i = 0; words != NULL && i < words->count; i++)
        epo_buffer_printf(&out, "\n%.*s: %.*s",
                          EPO_ARG(epo_json_get_text(words->items[i], "label")),
                          EPO_ARG(epo_json_get_text(words->items[i], "text")));
    struct epo_span all = epo_pool_copy(pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return all;
}

void epo_print_rows(struct epo_request *request, struct epo_document *document,
                    const struct epo_json *section) {
    const struct epo_json *rows = epo_json_get(section, "rows");
    for (uint32_t i = 0; rows != NULL && i < rows->count; i++)
        epo_document_row(document, epo_json_get_text(rows->items[i], "label"),
                         row_text(request, rows->items[i]));
}

void epo_print_sections(struct epo_request *request, struct epo_document *document,
                        const struct epo_json *sections) {
    for (uint32_t i = 0; sections != NULL && i < sections->count; i++) {
        epo_print_heading(request, document, epo_json_get_text(sections->items[i], "section"),
                          "submission.answers");
        epo_print_rows(request, document, sections->items[i]);
    }
}
