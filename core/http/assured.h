/* Whom the portal does not know well enough yet (portal/assurance.h): told so, led to sign in, to
 * register or to have the identity verified, and back. */
#ifndef EPO_HTTP_ASSURED_H
#define EPO_HTTP_ASSURED_H

#include "http/pages.h"

/* NULL where who asks is known well enough. Else the answer: for programs a problem (401 or 403,
 * "assurance": what is needed); for people the way to the sign-in or to their identity, and from
 * there back to this address. On a worker. */
struct epo_response *epo_assure(struct epo_request *request, enum epo_assurance needed);
/* The problem alone; error as epo_assurance_check gave it. */
struct epo_response *epo_assurance_problem(struct epo_request *request, enum epo_assurance needed,
                                           const struct epo_error *error);

/* What web/assurance shows: {title, text, ways [{action, text}]}, each a button of the form that it
 * stands in; NULL where the account (or NULL) suffices. In the pool. */
struct epo_json *epo_assurance_model(struct epo_request *request, enum epo_assurance needed,
                                     const struct epo_account *account);
/* Where "_action" "identify:register" leads, and from there to `next` (a path): an address in the
 * pool. A way that is none of ours is that to the sign-in. */
const char *epo_assurance_way(struct epo_request *request, struct epo_span way,
                              struct epo_span next);

#endif
