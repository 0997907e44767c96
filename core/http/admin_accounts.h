/* Accounts for the admin, and where people have their identity verified. */
#ifndef EPO_HTTP_ADMIN_ACCOUNTS_H
#define EPO_HTTP_ADMIN_ACCOUNTS_H

#include "http/pages.h"

struct epo_response *epo_admin_accounts_get(struct epo_request *request);
struct epo_response *epo_admin_accounts_post(struct epo_request *request);
/* GET /identification: the offices that identify, on a map drawn here. */
struct epo_response *epo_identification_get(struct epo_request *request);

#endif
