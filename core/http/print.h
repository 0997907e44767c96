/* Pages of the portal on paper: what their handlers share. All on workers. */
#ifndef EPO_HTTP_PRINT_H
#define EPO_HTTP_PRINT_H

#include "forms/document.h"
#include "http/pages.h"

/* A document in the request's language with the city on each page, dated made_at_us (UTC). */
struct epo_document *epo_print_begin(struct epo_request *request, struct epo_span title,
                                     struct epo_span footer, int64_t made_at_us);
/* Draws it and answers with it, not to be kept by anybody between. Only so many are drawn at once
 * (EPO_DOCUMENTS_AT_ONCE): 503 with Retry-After over that. file: "2026-000123.pdf". */
struct epo_response *epo_print_respond(struct epo_request *request, struct epo_document *document,
                                       const char *file);
/* Only draws it, for those who keep it: under the same limit (BUSY "document.busy"). */
bool epo_print_draw(struct epo_document *document, struct epo_span *pdf, struct epo_error *error);
/* Sections and rows as epo_form_summary makes them. */
void epo_print_sections(struct epo_request *request, struct epo_document *document,
                        const struct epo_json *sections);
/* Rows of one of those sections, without its title. */
void epo_print_rows(struct epo_request *request, struct epo_document *document,
                    const struct epo_json *section);
/* A form with what was typed so far (raw, NULL: nothing), to be filled in by hand: print_form.c. */
struct epo_response *epo_print_typed(struct epo_request *request, const struct epo_agenda *agenda,
                                     const struct epo_form *form, const struct epo_json *raw);
/* Title of a section, or `otherwise` (a text's key) where it has none. */
void epo_print_heading(struct epo_request *request, struct epo_document *document,
                       struct epo_span title, const char *otherwise);

#endif
