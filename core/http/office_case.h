/* One case in the hands of a clerk: opened by the office's rights, shown, gone back to. */
#ifndef EPO_HTTP_OFFICE_CASE_H
#define EPO_HTTP_OFFICE_CASE_H

#include "http/pages.h"

struct epo_office_case {
    const struct epo_account *account;
    struct epo_viewer viewer;
    struct epo_span number; /* as in the address */
    int64_t id;
    struct epo_span scope; /* the clerk's office; empty: all */
    struct epo_json *found;
    struct epo_json *messages; /* as epo_message_list has them; NULL: not read yet */
};
/* The case of the route's first capture, where this clerk may handle it; else NULL and DENIED or
 * NOT_FOUND, which tells nothing. Its view is not on record yet. In the request's pool. */
struct epo_office_case *epo_office_case_open(struct epo_request *request, struct epo_error *error);
/* Its page. trouble: {"move": text, …}, what is said beside a form after a refusal, or NULL. */
struct epo_response *epo_office_case_show(struct epo_request *request,
                                          struct epo_office_case *handled, int status,
                                          const struct epo_json *trouble);
/* The same with one trouble. */
struct epo_response *epo_office_case_refuse(struct epo_request *request,
                                            struct epo_office_case *handled, int status,
                                            const char *part, struct epo_span text);
/* Back to its page after a save, with one more word in the query ("moved=1"). */
struct epo_response *epo_office_case_back(struct epo_request *request,
                                          const struct epo_office_case *handled, const char *word);

#endif
