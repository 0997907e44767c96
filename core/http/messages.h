/* Messages between the applicant and the office, as both of their pages show them. */
#ifndef EPO_HTTP_MESSAGES_H
#define EPO_HTTP_MESSAGES_H

#include "http/pages.h"
#include "portal/message.h"

/* Adds "messages" {rows [{at, at_text, by, text, mine, fresh, files}], action, access, key, text,
 * error, sent}: list as epo_message_list made it; by_office: for the clerk; access: the applicant's
 * key of the request, or empty; trouble: what is said beside the form, or empty. */
void epo_page_messages(struct epo_request *request, struct epo_json *model,
                       const struct epo_json *found, const struct epo_json *list, bool by_office,
                       struct epo_span access, struct epo_span trouble);

#endif
