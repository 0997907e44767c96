/* The plugin's own table (sql/001_permits.sql): what is asked for, permitted, ended. */
#ifndef PUBLIC_SPACE_PERMITS_H
#define PUBLIC_SPACE_PERMITS_H

#include "occupation.h"

#include "epo.h"

/* In the submitted hook: the row of a new notice. Joins the save. */
int permits_ask(const epo_host *host, epo_call *call, const struct occupation *occupation);
/* In the state hook: what becomes of it when the case moves to case.to. Joins the move. */
int permits_move(const epo_host *host, epo_call *call);
/* In the state hook of an early end: the last day of the row that it is about. Joins the move. */
int permits_shorten(const epo_host *host, epo_call *call);
/* Daily: marks those whose last day has passed. */
int permits_end_past(const epo_host *host, epo_call *call);
/* Model of templates/permits.html. */
int permits_page(const epo_host *host, epo_call *call);

#endif
