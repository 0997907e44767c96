/* Assessing a period: every record of an agenda that lasts into it is given to the agenda's hook
 * `assess`, a page of records at a time, and what it posts is written in one job a page. Bounded in
 * memory, and idempotent by the references that the agenda gives: a run that was broken off is
 * simply run again. */
#ifndef EPO_PLUGIN_ASSESS_H
#define EPO_PLUGIN_ASSESS_H

#include "plugin/registers.h"

#define EPO_ASSESS_PAGE 100 /* records in one step: some 20 ms of the writer */

/* "2027", "2027-03" or "2027-Q2": its first and last day. False: it is no period. */
bool epo_assess_period(struct epo_span period, char from[11], char until[11]);
/* Has the agenda the hook and the right? */
bool epo_assess_offered(const struct epo_agenda *agenda);

/* One call of the hook. record: as epo_record_find gives it. hook: pool, portal, db and lang are
 * set, and what tests give; its tree is made here. parameters: those in force, or NULL: of the
 * record's district ("district" of its data, else of its place) on the period's first day. As
 * epo_agenda_call. */
bool epo_assess_ask(struct epo_agenda *agenda, const struct epo_json *record,
                    struct epo_span period, const struct epo_json *parameters,
                    struct epo_hook *hook, struct epo_error *error);

struct epo_assess {
    /* in */
    struct epo_portal *portal;
    struct epo_agenda *agenda; /* held by the caller */
    struct epo_span period;
    bool dry_run; /* everything is asked and looked up, nothing written */
    const char *lang;
    /* how far it is */
    char after[EPO_RECORD_KEY_MAX + 1]; /* the last key that was done */
    bool done;
    /* out, so far */
    int64_t records;  /* looked at */
    int64_t posted;   /* entries */
    int64_t haler;    /* their sum */
    int64_t repeated; /* entries that were posted before */
    int64_t failed;   /* records */
};
/* The next page; on a worker or in the shell, never inside a write job. What failed is added to
 * failures: {"key","person","code","message"}; the run goes on. False when nothing of this page was
 * done: the same step may be tried again. */
bool epo_assess_step(struct epo_assess *assess, struct epo_db *db, struct epo_pool *pool,
                     struct epo_json *failures, struct epo_error *error);

#endif
