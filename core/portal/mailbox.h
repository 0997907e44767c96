/* The mailbox of a demo: messages that were put into a folder instead of being sent. Any thread. */
#ifndef EPO_PORTAL_MAILBOX_H
#define EPO_PORTAL_MAILBOX_H

#include "base/json.h"
#include "portal/portal.h"

#define EPO_MAILBOX_SHOWN 30

/* [{"to","at_us","subject","text"}], latest first; empty where there is no such folder. In pool. */
struct epo_json *epo_mailbox_read(const struct epo_portal *portal, struct epo_pool *pool);

#endif
