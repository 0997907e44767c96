/* Proving once more that one is the owner of an account: the second step of a sign-in, and before
 * what is delicate when the last proof is some time ago. */
#ifndef EPO_HTTP_PROVING_H
#define EPO_HTTP_PROVING_H

#include "http/pages.h"

#define EPO_PROVED_S 600           /* how long a proof lets one change what is delicate */
#define EPO_SECOND_COOKIE "second" /* of a sign-in whose password was right */

/* NULL where the owner has given password or passkey lately; else the way to give it again, and
 * from there to `next` (a path). */
struct epo_response *epo_prove(struct epo_request *request, const struct epo_account *account,
                               struct epo_span next);
struct epo_response *epo_prove_get(struct epo_request *request);
struct epo_response *epo_prove_post(struct epo_request *request);
struct epo_response *epo_second_get(struct epo_request *request);
struct epo_response *epo_second_post(struct epo_request *request);

#endif
