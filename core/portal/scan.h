/* Viruses: files are shown to clamd, where the setting "attachments.clamd" says where it listens.
 */
#ifndef EPO_PORTAL_SCAN_H
#define EPO_PORTAL_SCAN_H

#include "base/error.h"
#include "portal/portal.h"

/* Whether a scanner is set at all. */
bool epo_scan_is_set(const struct epo_portal *portal);
/* Sends the content to clamd (INSTREAM) and waits, at most EPO_SCAN_MS: on a worker. True where it
 * is clean or no scanner is set. BAD_INPUT "attachment.virus" (text: its name); BUSY
 * "attachment.scanner" where clamd cannot be asked: the file is then not taken. */
bool epo_scan(const struct epo_portal *portal, struct epo_span content, struct epo_error *error);
/* Is it there? For the admin's page. */
bool epo_scan_answers(const struct epo_portal *portal, struct epo_error *error);

#endif
