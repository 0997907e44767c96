/* A clerk fills in a form for somebody who stands at the counter (form_pages.c). */
#ifndef EPO_HTTP_COUNTER_H
#define EPO_HTTP_COUNTER_H

#include "http/pages.h"

/* The form of the first two captures as it was typed (raw), to be filed for the citizen. note:
 * {older (bool), missing (text or ""), lost [{name, text}]}. */
struct epo_response *epo_form_at_counter(struct epo_request *request, struct epo_json *raw,
                                         struct epo_json *note);
/* Account of the clerk whose form this is, or empty: "_counter" counts for clerks and admins. */
struct epo_span epo_counter_of(struct epo_request *request);

#endif
