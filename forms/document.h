/* A4 documents as tagged PDF: what a filled form, a blank one, a decision or a person's export is
 * drawn with. Parts are put one below the other in reading order; pages, their heads and feet and
 * the tags are made here. A document belongs to one thread (a worker: some 20 ms a document) and
 * lives in the pool; the same parts give the same bytes. All texts are UTF-8 and copied.
 *
 * The file says its language, title and issuer, has a tree of tags (Document; H1-H3, P, L, Table,
 * Figure with its words, Link), embedded letters and, attached to it, the files given
 * (AFRelationship Data). It does not call itself PDF/A: no output intent is written. */
#ifndef EPO_FORMS_DOCUMENT_H
#define EPO_FORMS_DOCUMENT_H

#include "base/error.h"
#include "base/pool.h"
#include "base/text.h"
#include "view/view.h"

struct epo_document;

struct epo_document_head {
    const char *lang; /* "cs" or "en": of all its texts */
    const struct epo_catalog *catalog;
    struct epo_span title;  /* of the file; epo_document_title draws one */
    struct epo_span author; /* who issues it: the city; on each page */
    struct epo_span note;   /* beside it on each page ("demo"), or empty */
    struct epo_span footer; /* at the foot of each page: number and hash, or empty */
    int64_t made_at_us;     /* UTC: the only time in the file */
};
/* The texts of head must live as long as the document. */
struct epo_document *epo_document_begin(struct epo_pool *pool,
                                        const struct epo_document_head *head);

struct epo_pool *epo_document_pool(const struct epo_document *document);

/* H1, and a line below it that may be empty. */
void epo_document_title(struct epo_document *document, struct epo_span title,
                        struct epo_span below);
/* level 2 or 3; never the last thing on a page. */
void epo_document_heading(struct epo_document *document, int level, struct epo_span text);
void epo_document_paragraph(struct epo_document *document, struct epo_span text);
/* The same in small, quiet letters. */
void epo_document_small(struct epo_document *document, struct epo_span text);
/* A line with a bullet; those that follow one another are one list. */
void epo_document_item(struct epo_document *document, struct epo_span text);
/* Label and text beside each other; rows that follow one another are one table. Long texts go on
 * on the next page. */
void epo_document_row(struct epo_document *document, struct epo_span label, struct epo_span text);
/* A table: its header with the share of each column in the width, then rows of as many cells. */
#define EPO_DOCUMENT_COLUMNS_MAX 8
void epo_document_table(struct epo_document *document, const struct epo_span *headers,
                        const double *shares, size_t count);
void epo_document_cells(struct epo_document *document, const struct epo_span *cells, size_t count);
/* An address (http, https, mailto) that can be clicked. Anything else is written as text. */
void epo_document_link(struct epo_document *document, struct epo_span url);
/* A PNG over width_mm (0: all there is), in proportion; alt for those who do not see it; caption
 * below it may be empty. */
void epo_document_picture(struct epo_document *document, struct epo_span png, double width_mm,
                          struct epo_span alt, struct epo_span caption);
/* A QR code of content (bytes; upper case letters, digits and " $%*+-./:" alone take less room)
 * with a paragraph and an address (both may be empty) beside it. */
void epo_document_code(struct epo_document *document, struct epo_span content, struct epo_span alt,
                       struct epo_span text, struct epo_span url);
/* Several codes beside each other, each with the words in alts, large enough for a photograph. */
void epo_document_codes(struct epo_document *document, const struct epo_span *contents,
                        const struct epo_span *alts, size_t count);

/* Something to fill in by hand: ticks, boxes for single characters, or one box of some lines. */
struct epo_document_tick {
    struct epo_span label;
    bool ticked;
};
struct epo_document_field {
    struct epo_span label, hint, when; /* hint and when (when it is to be filled in) may be empty */
    struct epo_span value;             /* stands in the box; empty: a box to write into */
    const char *cells;                 /* "2.2.4": boxes for single characters; NULL: one box */
    double width_mm;                   /* of that one; 0: all there is */
    int lines;                         /* its height in lines of handwriting; 0: no box */
    struct epo_span unit;              /* behind it, or empty */
    const struct epo_document_tick *ticks;
    size_t tick_count;
};
void epo_document_field(struct epo_document *document, const struct epo_document_field *field);

/* What follows begins a new page. */
void epo_document_new_page(struct epo_document *document);
/* A file inside the file. name: letters, digits, "-", "_", "."; type: "application/json". */
void epo_document_attach(struct epo_document *document, struct epo_span name, const char *type,
                         struct epo_span bytes, struct epo_span description);

/* Draws it all; *pdf lives in the pool. TOO_LARGE "document.large" over the limits of limits.h
 * (pages, text, time, bytes); BAD_INPUT "document.picture", "document.code"; BROKEN. */
bool epo_document_end(struct epo_document *document, struct epo_span *pdf, struct epo_error *error);

/* A QR code for a page: the path of an SVG of *side × *side modules, quiet zone included; "" and 0
 * where the content does not fit. In the pool. */
const char *epo_code_path(struct epo_pool *pool, struct epo_span content, int *side);

#endif
