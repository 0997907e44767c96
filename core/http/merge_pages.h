/* Two accounts of one person become one. */
#ifndef EPO_HTTP_MERGE_PAGES_H
#define EPO_HTTP_MERGE_PAGES_H

#include "http/pages.h"

struct epo_response *epo_merge_get(struct epo_request *request);
struct epo_response *epo_merge_post(struct epo_request *request);
struct epo_response *epo_office_merge_get(struct epo_request *request);
struct epo_response *epo_office_merge_post(struct epo_request *request);

#endif
