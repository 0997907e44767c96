/* Links of accounts to the city's registers: one's own page, and the counter. */
#ifndef EPO_HTTP_LINKS_H
#define EPO_HTTP_LINKS_H

#include "http/pages.h"

struct epo_response *epo_links_get(struct epo_request *request);
struct epo_response *epo_links_post(struct epo_request *request);
struct epo_response *epo_office_links_get(struct epo_request *request);
struct epo_response *epo_office_links_post(struct epo_request *request);
/* Rows of epo_person_link_history for reading: adds "agenda_title", "who", "at_text",
 * "ended_text" ("" while it holds), "open". */
void epo_link_rows(struct epo_request *request, struct epo_json *links);

#endif
