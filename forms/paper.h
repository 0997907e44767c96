/* A form on paper, to be filled in by hand: empty, or with what was typed so far, which a code
 * carries back to the counter. */
#ifndef EPO_FORMS_PAPER_H
#define EPO_FORMS_PAPER_H

#include "forms/document.h"
#include "forms/form.h"

/* Draws the sections of a view (epo_form_view, of the same form and language) as boxes and ticks.
 * Repeated groups have room for two, or for those that were typed. */
void epo_paper_draw(const struct epo_form *form, struct epo_document *document, const char *lang,
                    const struct epo_catalog *catalog, const struct epo_json *view);
/* A condition (JsonLogic) in words: "Oznámení podáváte jako je právnická osoba"; one that has none
 * is "it follows from the answers above". */
struct epo_span epo_paper_condition(const struct epo_form *form, struct epo_pool *pool,
                                    const char *lang, const struct epo_catalog *catalog,
                                    const struct epo_json *when);

/* ---- paper_code.c: what the code carries ----
 * One or more texts of QR's alphanumeric set, each "EPO1", four digits that say how many characters
 * follow the colon, ":", base 45 (RFC 9285) and "/". In it: number of this code from 0, how many
 * there are, CRC-32 of all, a piece, CRC-32 of this one. The pieces make: agenda and form (a byte
 * of length before each), the 32 bytes of the version, and the raw answers as JSON, deflated. The
 * first code has agenda, form and version whole. Nothing in it is trusted: it is what a person
 * could have typed. */
#define EPO_PAPER_CODES_MAX 16
struct epo_paper {
    struct epo_span agenda, form, version; /* version: hex */
    struct epo_json *raw;                  /* as typed: name -> text or array of texts */
};
/* TOO_LARGE "paper.large" where more codes were needed than there may be. */
bool epo_paper_encode(struct epo_pool *pool, const struct epo_paper *paper,
                      struct epo_span codes[EPO_PAPER_CODES_MAX], size_t *count,
                      struct epo_error *error);
/* Finds the codes in a text (what a hand scanner typed, or what was seen in a picture, each as
 * often and in any order) and puts them together. Where others than the first are missing, raw is
 * empty and *missing says how many. BAD_INPUT "paper.none", "paper.damaged", "paper.mixed" (of two
 * papers), "paper.first" (the first is missing). */
bool epo_paper_decode(struct epo_pool *pool, struct epo_span text, struct epo_paper *paper,
                      size_t *missing, struct epo_error *error);
/* The same from the JSON attached to our own PDF: {"agenda","form","version","raw"}. */
struct epo_json *epo_paper_json(struct epo_pool *pool, const struct epo_paper *paper);
bool epo_paper_from_json(struct epo_pool *pool, struct epo_span text, struct epo_paper *paper,
                         struct epo_error *error);

#endif
