/* Parts of the desk's page that its files share. */
#ifndef EPO_HTTP_OFFICE_PAGE_H
#define EPO_HTTP_OFFICE_PAGE_H

#include "http/office_filter.h"

/* A case as the list, the map and the files show it. */
struct epo_json *epo_office_row(struct epo_request *request, const struct epo_json *found);
/* Tabs with their counts and what the filter can be set to: office_choices.c. */
bool epo_office_choices(struct epo_request *request, const struct epo_office_ask *ask,
                        struct epo_json *model, struct epo_error *error);
/* Saved views with what can be done with them: office_views.c. */
bool epo_office_views(struct epo_request *request, const struct epo_office_ask *ask,
                      struct epo_json *model, struct epo_error *error);
/* "1 234", or "more than 10 000" where counting ended. */
struct epo_span epo_office_count_text(struct epo_request *request, int64_t count);
/* Writes the audit row of a look at the list, then calls show with ask as its arg. */
struct epo_response *epo_office_look(struct epo_request *request, struct epo_office_ask *ask,
                                     struct epo_span action, struct epo_span detail,
                                     struct epo_response *(*show)(struct epo_request *request,
                                                                  void *arg));

#endif
