/* What the pages of mandates share: those of an account and those of the counter. */
#ifndef EPO_HTTP_MANDATES_H
#define EPO_HTTP_MANDATES_H

#include "http/pages.h"
#include "portal/mandate.h"

/* Rows of portal/mandate.h for reading: adds "scope", "period", "state_key", "origin_key", "open"
 * (bool) to each. */
void epo_mandate_rows(struct epo_request *request, struct epo_json *list);
/* What a form posted: rights, all, agenda (several), from, until. Texts in the request's pool; days
 * that cannot be read stay as typed. */
struct epo_mandate_terms epo_mandate_terms_read(struct epo_request *request);
/* "terms" {read, file, all, some (bools), agendas [{id, title, checked}], from, until} for
 * web/mandate_terms: as posted, or for a blank form. */
void epo_mandate_terms_model(struct epo_request *request, struct epo_json *model);
/* "faults" [{id, text}] of errors [{path, code}]: beside the field of that id. */
void epo_mandate_faults(struct epo_request *request, struct epo_json *model,
                        const struct epo_json *errors);
void epo_mandate_fault(struct epo_request *request, struct epo_json *model, const char *id,
                       struct epo_span text);

struct epo_response *epo_mandates_get(struct epo_request *request);
struct epo_response *epo_mandates_post(struct epo_request *request);
struct epo_response *epo_mandate_new_get(struct epo_request *request);
struct epo_response *epo_mandate_new_post(struct epo_request *request);
struct epo_response *epo_business_get(struct epo_request *request);
struct epo_response *epo_business_post(struct epo_request *request);
struct epo_response *epo_office_mandates_get(struct epo_request *request);
struct epo_response *epo_office_mandates_post(struct epo_request *request);

#endif
