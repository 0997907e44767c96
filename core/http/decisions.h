/* Decisions as the pages of both sides show them. */
#ifndef EPO_HTTP_DECISIONS_H
#define EPO_HTTP_DECISIONS_H

#include "http/pages.h"

/* Adds "decisions" [{title, document, sha256, at_text, url, appeal_until (or "")}]: list as
 * epo_decision_list made it; address of the request's page and query ("?key=…" or "") for url. */
void epo_page_decisions(struct epo_request *request, struct epo_json *model,
                        const struct epo_json *list, const char *address, const char *query);
/* Adds "decide" [{url, title}]: what this role may issue now. */
void epo_page_decide(struct epo_request *request, struct epo_json *model,
                     const struct epo_json *found, struct epo_span role);

#endif
