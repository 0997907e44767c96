/* Setting parameters from the admin's pages: the page of an agenda, and the one of a value. */
#ifndef EPO_HTTP_PARAMETER_CHANGES_H
#define EPO_HTTP_PARAMETER_CHANGES_H

#include "http/pages.h"
#include "plugin/parameters.h"

/* Rows of the table of what was set: [{"version","label","where","line","reason","decree",
 * "decree_url","from_text","until_text","at_text","actor_name","state": key of its state,
 * "withdraw": bool}], newest first. */
struct epo_json *epo_parameter_change_rows(struct epo_request *request,
                                           const struct epo_agenda *agenda,
                                           const struct epo_parameter_change *changes,
                                           size_t count);
/* "celé město", or the office of a district. */
struct epo_span epo_parameter_where(struct epo_request *request, struct epo_span district);
/* The rows of epo_page_parameters, of any set and as it is on any day. */
struct epo_json *epo_page_parameter_rows(struct epo_request *request,
                                         const struct epo_parameter_set *set, bool public_only,
                                         const char *day);
/* Once a value was set or taken back: it counts on all workers, from the next request on. */
void epo_parameters_changed_now(struct epo_request *request, const struct epo_agenda *agenda);

#endif
