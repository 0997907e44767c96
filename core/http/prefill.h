/* What the portal knows of a signed-in citizen, filled into a form beforehand: name and e-mail of
 * the account by the fields' "autocomplete" or "prefill", and what the person sent last under the
 * same id in a field about the applicant. Never for clerks: they fill forms in for others. All of
 * it may be changed, but for fields with "prefill": {"readonly": true}. */
#ifndef EPO_HTTP_PREFILL_H
#define EPO_HTTP_PREFILL_H

#include "http/acting.h"

/* acting: in whose name the form is filled in; then it is that one's data, and of what was sent
 * before only what the mandate lets see. */

/* Adds to raw (HTML) what is not there; the names that were added, as an array of texts, or NULL
 * for who is not a signed-in citizen. False only when the database failed. */
bool epo_prefill_add(struct epo_request *request, const struct epo_acting *acting,
                     const struct epo_form *form, struct epo_json *raw, struct epo_json **names,
                     struct epo_error *error);
/* Answers that came from a client (HTML or JSON): what the account alone says is put over them. */
void epo_prefill_enforce(struct epo_request *request, const struct epo_acting *acting,
                         const struct epo_form *form, struct epo_json *raw);
/* Marks fields of a form's view: "prefilled" of these names (may be NULL), "readonly". */
void epo_prefill_mark(struct epo_request *request, const struct epo_acting *acting,
                      const struct epo_form *form, struct epo_json *view,
                      const struct epo_json *names);

#endif
