/* What pages show of the trail of who looked at somebody's data. */
#ifndef EPO_HTTP_PERSON_H
#define EPO_HTTP_PERSON_H

#include "http/pages.h"

/* Rows of epo_person_audit for reading: [{"at","at_text","who","what","object"}]. own: account of
 * who reads, or empty. */
struct epo_json *epo_page_seen(struct epo_request *request, const struct epo_json *rows,
                               struct epo_span own);
struct epo_response *epo_account_audit(struct epo_request *request);
struct epo_response *epo_submission_seen(struct epo_request *request);
struct epo_response *epo_account_data(struct epo_request *request);
struct epo_response *epo_account_data_pdf(struct epo_request *request);
struct epo_response *epo_admin_data(struct epo_request *request);
struct epo_response *epo_admin_data_pdf(struct epo_request *request);
/* All that epo_person_export found, and its audit rows as epo_page_seen makes them, as a PDF with
 * the data as JSON attached: print_person.c. Of very
 * much, the newest is drawn and the rest is in the JSON only, which the document says. On a worker,
 * with the view on record. */
struct epo_response *epo_print_person(struct epo_request *request, struct epo_span account,
                                      const struct epo_json *data, const struct epo_json *seen);
struct epo_response *epo_account_erase_get(struct epo_request *request);
struct epo_response *epo_account_erase_post(struct epo_request *request);

#endif
