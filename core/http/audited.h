/* Showing what must be on record: the audit row is on disk before the page is drawn. */
#ifndef EPO_HTTP_AUDITED_H
#define EPO_HTTP_AUDITED_H

#include "http/http.h"
#include "portal/audit.h"

/* Writes the entry (its time is set here), then calls show on a worker. What cannot be recorded is
 * not shown: 503. Texts of the entry must live in the request's pool or longer. */
struct epo_response *
epo_respond_audited(struct epo_request *request, const struct epo_audit_entry *entry,
                    struct epo_response *(*show)(struct epo_request *request, void *arg),
                    void *arg);

/* A page of the admin's: nobody else gets it, and that it was looked at is on record with `what`
 * ("" for the first one). */
struct epo_response *epo_respond_to_admin(struct epo_request *request, const char *what,
                                          struct epo_response *(*show)(struct epo_request *request,
                                                                       void *arg));

#endif
