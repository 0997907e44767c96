/* Shared sections of forms. Private to this room; where they lie is said by form.h. */
#ifndef EPO_FORMS_SHARED_H
#define EPO_FORMS_SHARED_H

#include "forms/reader.h"

/* The section that {"use": name} stands for, with the members that the definition has of its own
 * ("id", "title", "intro", "when") in their place; *file is what its faults are in. NULL and a
 * fault where there is none. */
struct epo_json *epo_form_shared(struct epo_reader *reader, const struct epo_json *definition,
                                 const char **file);

#endif
