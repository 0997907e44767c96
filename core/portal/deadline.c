#include "portal/deadline.h"

static struct epo_date end_of(struct epo_date today, int days, bool working) {
    return working ? epo_workday_add(today, days) : epo_workday_due(today, days);
}

static void suspend(struct epo_deadline *deadline, struct epo_date today) {
    struct epo_date due;
    if (deadline->suspended || !epo_date_parse(epo_span(deadline->due), &due))
        return;
    deadline->left = deadline->working ? epo_workday_between(today, due)
                                       : (int)(epo_date_days(due) - epo_date_days(today));
    deadline->suspended = true;
    deadline->due[0] = '\0';
}

/* What was over already stays over by as much. */
static void resume(struct epo_deadline *deadline, struct epo_date today) {
    struct epo_date due = deadline->left >= 0
                              ? end_of(today, deadline->left, deadline->working)
                              : epo_date_from_days(epo_date_days(today) + deadline->left);
    deadline->suspended = false;
    deadline->left = 0;
    epo_date_iso(due, deadline->due);
}

static void enter_office(struct epo_deadline *deadline, const struct epo_deadline_rule *rule,
                         struct epo_date today) {
    if (rule->days > 0) {
        deadline->suspended = false;
        deadline->left = 0;
        deadline->working = rule->working;
        epo_date_iso(end_of(today, rule->days, rule->working), deadline->due);
    } else if (deadline->suspended) {
        resume(deadline, today);
    }
}

void epo_deadline_enter(struct epo_deadline *deadline, const struct epo_deadline_rule *rule,
                        struct epo_date today) {
    deadline->answer_by[0] = '\0';
    if (rule->ball == EPO_BALL_CITIZEN && rule->days > 0)
        epo_date_iso(end_of(today, rule->days, rule->working), deadline->answer_by);
    if (deadline->fixed)
        return;
    if (rule->ball == EPO_BALL_OFFICE)
        enter_office(deadline, rule, today);
    else if (rule->ball == EPO_BALL_CITIZEN)
        suspend(deadline, today);
    else
        *deadline = (struct epo_deadline){.working = deadline->working};
}
