/* Who has a case, what was merged with it and what is like it: a part of its page. */
#ifndef EPO_HTTP_OFFICE_HANDLING_H
#define EPO_HTTP_OFFICE_HANDLING_H

#include "http/office_case.h"

/* Adds "handling" to the model: see office_handling.html. */
bool epo_office_handling(struct epo_request *request, struct epo_json *model,
                         const struct epo_office_case *handled, struct epo_error *error);
/* Whom a case of that office may be passed to, for a select: [{"value","text"}]. scope: the clerk's
 * own office. */
bool epo_office_receivers(struct epo_request *request, struct epo_span office,
                          struct epo_json **receivers, struct epo_error *error);

#endif
