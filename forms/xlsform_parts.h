/* What reading and writing of spreadsheets share. Private to this room. */
#ifndef EPO_FORMS_XLSFORM_PARTS_H
#define EPO_FORMS_XLSFORM_PARTS_H

#include "forms/xlsform.h"
#include "forms/xpath.h"

struct epo_xlsform_notes {
    struct epo_pool *pool;
    struct epo_xlsform_note *first, *last;
    bool faults;
};
void epo_xlsform_note(struct epo_xlsform_notes *notes, bool fault, const char *sheet, uint32_t row,
                      const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Reads a constraint into the field (min, max, pattern …): what of it cannot be said is noted.
 * message: {cs, en} or NULL. */
void epo_xlsform_constraint(struct epo_xlsform_notes *notes, uint32_t row, struct epo_json *field,
                            struct epo_span constraint, struct epo_json *message,
                            epo_xpath_field_fn *fields, const void *arg);
/* The constraint that a field's limits make, and whether its pattern's message goes with it. */
struct epo_span epo_xlsform_limits(struct epo_xlsform_notes *notes, uint32_t row,
                                   const struct epo_json *field, epo_xpath_field_fn *fields,
                                   const void *arg, bool *message);

#endif
