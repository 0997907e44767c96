/* What the pages of life situations share. */
#ifndef EPO_HTTP_LIFE_H
#define EPO_HTTP_LIFE_H

#include "http/pages.h"

/* The agenda as a schema.org GovernmentService, in the request's language and pool: who offers it,
 * to whom and where, what it costs, and each way to use it (forms, offices with their hours). */
struct epo_json *epo_life_linked_data(struct epo_request *request, const struct epo_agenda *agenda);
/* "short" of one item of the life situation, with the parameters in force in the whole city. */
struct epo_span epo_life_short(struct epo_request *request, const struct epo_agenda *agenda,
                               const char *item);

#endif
