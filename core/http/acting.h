/* In whose name a signed-in person acts: their own, or that of somebody who gave them a mandate
 * (portal/mandate.h). The session remembers the choice for the pages of /account and for the start
 * of a form; from then on the form's page carries it ("_for", an account id), so that a choice made
 * in another window changes nothing there. What is allowed is asked each time. */
#ifndef EPO_HTTP_ACTING_H
#define EPO_HTTP_ACTING_H

#include "http/pages.h"
#include "portal/mandate.h"

struct epo_acting {
    const struct epo_account *account; /* who is signed in; NULL: nobody, or not a citizen */
    bool other;                        /* acts for party */
    bool lost; /* the page was for somebody whom the person may not act for (any more) */
    struct epo_party party;
};
/* The account whose data it is: the party's, or the person's own; empty for nobody. */
struct epo_span epo_acting_id(const struct epo_acting *acting);
/* The name that goes with it. */
struct epo_span epo_acting_name(const struct epo_acting *acting);

/* The intake is that of the one who is represented, sent by the person who is signed in. */
void epo_acting_represent(const struct epo_acting *acting, struct epo_intake *intake);

/* For whom the session acts now, where that is allowed for this (agenda empty: in some agenda);
 * else for oneself. account may be NULL. */
bool epo_acting_now(struct epo_request *request, const struct epo_account *account,
                    struct epo_span agenda, enum epo_mandate_right right, struct epo_acting *acting,
                    struct epo_error *error);
/* For whom a form is filled in: wanted is an account id or empty for oneself; lost where that may
 * not be filed for in this agenda. */
bool epo_acting_as(struct epo_request *request, const struct epo_account *account,
                   struct epo_span wanted, struct epo_span agenda, struct epo_acting *acting,
                   struct epo_error *error);
/* "acting" {id, name, other, lost, choices [{id, name, number, selected}], back} for web/acting.
 * agenda and right say whom one may choose; back: the page to come back to, NULL: no choice. */
bool epo_acting_model(struct epo_request *request, const struct epo_acting *acting,
                      struct epo_span agenda, enum epo_mandate_right right, const char *back,
                      struct epo_json *model, struct epo_error *error);

/* POST /account/acting: for (an account id, or empty), next. */
struct epo_response *epo_acting_post(struct epo_request *request);

#endif
