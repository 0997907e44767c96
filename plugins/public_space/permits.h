/* The plugin's own table (sql/001_permits.sql): what was permitted, for the page, and its end. */
#ifndef PUBLIC_SPACE_PERMITS_H
#define PUBLIC_SPACE_PERMITS_H

#include "epo.h"

/* In the state hook: the row of a case that is accepted, or its withdrawal. Joins the move. */
int permits_grant(const epo_host *host, epo_call *call);
int permits_withdraw(const epo_host *host, epo_call *call);
/* Daily: marks those whose last day has passed. */
int permits_end_past(const epo_host *host, epo_call *call);
/* Model of templates/permits.html. */
int permits_page(const epo_host *host, epo_call *call);

#endif
