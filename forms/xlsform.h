/* Forms as spreadsheets (XLSForm): sheets survey, choices, settings. What one of the two cannot say
 * is never lost silently: each loss is a note with sheet and row. Pure; any thread.
 *
 * text, text + appearance multiline     text, long_text
 * integer, decimal                      number; money is written as decimal, in crowns
 * date                                  date
 * select_one, select_multiple           choice, choices; select_one of "yes" and "no": yes_no
 * geopoint, geotrace, geoshape          location of points, lines, areas
 * note                                  the first of a group is its intro; others follow in it
 * begin/end group, begin/end repeat     section, repeated section
 * required, relevant, constraint, hint  required, when, limits and pattern, hint
 * calculate                             refused: values are computed by the agenda's script */
#ifndef EPO_FORMS_XLSFORM_H
#define EPO_FORMS_XLSFORM_H

#include "forms/form.h"
#include "maps/sheet.h"

struct epo_xlsform_note {
    const char *where; /* "survey:12" */
    const char *text;
    bool fault; /* the form cannot be taken over at all */
    struct epo_xlsform_note *next;
};

/* [{"where","text","fault"}], in the pool. */
struct epo_json *epo_xlsform_notes_json(struct epo_pool *pool, const struct epo_xlsform_note *note);
/* The definition, as epo_form_read takes it (printed); NULL where there is a fault. All in pool. */
struct epo_json *epo_xlsform_read(struct epo_pool *pool, const struct epo_sheets *sheets,
                                  struct epo_xlsform_note **notes);
/* Fills the sheets. catalog: words of yes and no. */
void epo_xlsform_write(struct epo_pool *pool, const struct epo_json *definition,
                       const struct epo_catalog *catalog, struct epo_sheets *sheets,
                       struct epo_xlsform_note **notes);

#endif
