/* What the applicant does with an own request: opened by its key, its receipt or the account. */
#ifndef EPO_HTTP_OWN_CASE_H
#define EPO_HTTP_OWN_CASE_H

#include "http/pages.h"

struct epo_own_case {
    const struct epo_account *account; /* or NULL */
    struct epo_viewer viewer;
    struct epo_span token; /* key or receipt that came along, or empty */
    bool may_act; /* also writes, completes, withdraws: not who may only read for another */
    int64_t number;
    struct epo_json *found;
    struct epo_json *messages; /* as epo_message_list has them; NULL: not read yet */
    struct epo_agenda *agenda; /* released by the pool; NULL where it does not run */
};
/* The request of the route's first capture, for who holds its key ("key" of query or form,
 * "receipt" of the query), sent it or may see it by a mandate. NULL and NOT_FOUND otherwise; DENIED
 * "mandate.read_only" for a POST of who may only read. In the request's pool. */
struct epo_own_case *epo_own_case_open(struct epo_request *request, struct epo_error *error);
/* Back to its page, with one more word in the query ("withdrawn=1", or NULL). */
struct epo_response *epo_own_case_back(struct epo_request *request, const struct epo_own_case *own,
                                       const char *word);
/* Its page (submission_pages.c). trouble: {"withdraw": text, …}, what is said beside a form after a
 * refusal, or NULL. */
struct epo_response *epo_own_case_show(struct epo_request *request, struct epo_own_case *own,
                                       int status, const struct epo_json *trouble);
/* The same with one trouble. */
struct epo_response *epo_own_case_refuse(struct epo_request *request, struct epo_own_case *own,
                                         int status, const char *part, struct epo_span text);
/* Is a completion of it waited for now? */
bool epo_own_case_completable(const struct epo_own_case *own);
/* The end that the applicant may move the case to now, or NULL. */
const struct epo_allowed_move *epo_own_case_withdrawal(const struct epo_own_case *own);

#endif
