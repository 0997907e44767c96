/* Until when a case is to be dealt with, and by whom. The office's deadline stands still while the
 * applicant is to answer (administrative code 500/2004, section 65 (1)), and is over at the end.
 * Pure; any thread. */
#ifndef EPO_PORTAL_DEADLINE_H
#define EPO_PORTAL_DEADLINE_H

#include "base/workday.h"

enum epo_ball { EPO_BALL_OFFICE = 0, EPO_BALL_CITIZEN, EPO_BALL_NOBODY };

/* What a state does to it. */
struct epo_deadline_rule {
    enum epo_ball ball; /* whose turn it is in that state */
    int days;           /* from the day of entering; 0: what runs goes on */
    bool working;       /* of working days, else of calendar days */
};
/* As it stands beside a case; dates are ISO, empty: none. */
struct epo_deadline {
    char due[EPO_TIME_SIZE];       /* of the office */
    char answer_by[EPO_TIME_SIZE]; /* of the applicant */
    bool fixed;                    /* due was set by the agenda's code: no state changes it */
    bool working;                  /* due counts working days */
    bool suspended;
    int left; /* days of the suspended one; negative: it was over already */
};
/* The case enters a state on this day. */
void epo_deadline_enter(struct epo_deadline *deadline, const struct epo_deadline_rule *rule,
                        struct epo_date today);

#endif
