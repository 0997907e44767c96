/* Levels of assurance: how well the portal must know who somebody is before something is filed or
 * shown. A form and a manifest say "assurance": "registered" or "verified"; pages, API and account
 * view ask here. Pure: any thread. */
#ifndef EPO_PORTAL_ASSURANCE_H
#define EPO_PORTAL_ASSURANCE_H

#include "base/error.h"
#include "portal/account.h"

/* In order: who has one has those before it. */
enum epo_assurance {
    EPO_ANONYMOUS,  /* anybody */
    EPO_REGISTERED, /* signed in */
    EPO_VERIFIED    /* signed in, and an office has seen the document */
};

/* "anonymous", "registered", "verified". */
const char *epo_assurance_name(enum epo_assurance level);
/* False where it is none of the names; *level is then left alone. */
bool epo_assurance_read(struct epo_span name, enum epo_assurance *level);
/* Of who is signed in; NULL: nobody is. */
enum epo_assurance epo_assurance_of(const struct epo_account *account);
/* Is what somebody has as much as is needed? UNAUTHENTICATED "assurance.sign_in" where signing in
 * comes next, DENIED "assurance.verify" where the identity is still to be verified. */
bool epo_assurance_check(enum epo_assurance needed, enum epo_assurance given,
                         struct epo_error *error);

#endif
