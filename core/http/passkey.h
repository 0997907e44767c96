/* Passkeys on pages: the question that a script asks the browser, and its answer. */
#ifndef EPO_HTTP_PASSKEY_H
#define EPO_HTTP_PASSKEY_H

#include "http/pages.h"
#include "portal/passkey.h"

#define EPO_PASSKEY_COOKIE "passkey" /* of a question that was asked */

/* Can there be any, where the portal is reached by a name? */
bool epo_passkeys_possible(struct epo_request *request);
/* Adds "passkeys" to a model: whether the page may offer them. */
void epo_passkey_model(struct epo_request *request, struct epo_json *model);

/* The posted answer beside the question that this browser was asked, which must be about this
 * account (empty: about nobody yet). UNAUTHENTICATED "passkey.answer" where there is no such one.
 */
bool epo_passkey_read(struct epo_request *request, struct epo_span account,
                      struct epo_passkey_question *question, struct epo_passkey_answer *answer,
                      struct epo_error *error);
/* The same, and the passkey that signed it. */
bool epo_passkey_check(struct epo_request *request, struct epo_span account,
                       struct epo_passkey *passkey, int64_t *counter, struct epo_error *error);
/* A write job's part: question and signature are used up. */
bool epo_passkey_take(struct epo_request *request, struct epo_db *db,
                      const struct epo_passkey *passkey, int64_t counter, struct epo_error *error);

struct epo_response *epo_passkey_ask(struct epo_request *request);
struct epo_response *epo_passkey_sign_in(struct epo_request *request);

#endif
