/* The private link of a draft in a mail to oneself. The address stands in the mail that waits and
 * nowhere else: neither with the draft nor in the audit trail. */
#ifndef EPO_PORTAL_DRAFT_MAIL_H
#define EPO_PORTAL_DRAFT_MAIL_H

#include "portal/draft.h"
#include "portal/mail.h"

struct epo_draft_mail {
    struct epo_portal *portal;
    struct epo_span address, lang; /* as typed */
    const char *draft;             /* id */
    struct epo_span content;       /* JSON of the mail's text, by epo_draft_mail_prepare */
};
/* On a worker: link is the draft's whole address, until the day of its end in words. BAD_INPUT
 * "mail.address"; RATE "draft.mails" where EPO_MAILS_AN_HOUR went to this address or of this draft
 * within an hour (counted in memory, by hash); it is counted here. */
bool epo_draft_mail_prepare(struct epo_draft_mail *mail, struct epo_pool *pool, const char *link,
                            const char *until, struct epo_span form, struct epo_error *error);
/* Write job, arg: the mail. */
bool epo_draft_mail_put(struct epo_db *db, void *arg, struct epo_error *error);

#endif
