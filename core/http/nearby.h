/* "Already reported nearby": on the review of a form, in the form once a place is picked, and as a
 * page that follows one request. */
#ifndef EPO_HTTP_NEARBY_H
#define EPO_HTTP_NEARBY_H

#include "http/pages.h"

/* Adds "near" to the model where the agenda's manifest asks for it and something lies near: see
 * near.html. What cannot be read is left out: nobody is kept from sending for it. */
void epo_page_near(struct epo_request *request, struct epo_json *model,
                   const struct epo_agenda *agenda, struct epo_point at);

#endif
