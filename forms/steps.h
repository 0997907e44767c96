/* Reading the steps of a definition. Private to this room; the rest is in form.h. */
#ifndef EPO_FORMS_STEPS_H
#define EPO_FORMS_STEPS_H

#include "forms/field.h"

/* "steps" of the definition, after its sections: [{"id", "title", "sections": [ids]}]. */
void epo_form_read_steps(struct epo_reader *reader, const struct epo_json *definition);
/* Does the condition (NULL: no) ask for an answer of that step? */
bool epo_form_asks_step(const struct epo_form *form, const struct epo_json *when, int step);

#endif
