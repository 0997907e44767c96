/* What is recorded of an occupation that was accepted, and what is booked for it: the agenda's
 * register and ledger in the portal. One record for each notice, under its number; an extension
 * lengthens it, an early end shortens it. */
#ifndef PUBLIC_SPACE_REGISTER_H
#define PUBLIC_SPACE_REGISTER_H

#include "occupation.h"

#include "epo.h"

/* Its day of payment: the first day or, where that is none, the next working day. */
void register_due(const epo_host *host, epo_str first_day, char due[EPO_DAY_SIZE]);
/* 1 and the record under "recorded" of the call: the one that answers.permit_number names. */
int register_find(const epo_host *host, epo_call *call);
/* What of the booked fee falls away when it ends on answers.ended_on. The record has been found. */
int64_t register_refund(const epo_host *host, epo_call *call);

/* In the state hook, when the case was accepted; each returns an epo_rc. */
int register_accept(const epo_host *host, epo_call *call, const struct occupation *occupation);
int register_extend(const epo_host *host, epo_call *call, const struct occupation *occupation);
int register_end(const epo_host *host, epo_call *call);

#endif
