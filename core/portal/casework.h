/* Handling of cases by clerks: who may, and their moves; the lists are in desk.h. Reading on a
 * worker's connection, moving inside a write job. A clerk sees the cases of one office, a clerk of
 * "*" and an admin those of the whole city. */
#ifndef EPO_PORTAL_CASEWORK_H
#define EPO_PORTAL_CASEWORK_H

#include "base/error.h"
#include "base/json.h"
#include "portal/deadline.h"
#include "portal/portal.h"
#include "portal/submission.h"

/* Which cases may this viewer handle? False: none. *office is an office id, or empty: all. */
bool epo_casework_scope(const struct epo_viewer *viewer, struct epo_span *office);
/* May this viewer handle cases of that office? */
bool epo_casework_allows(const struct epo_viewer *viewer, struct epo_span office);

struct epo_move {
    int64_t number;
    struct epo_span from, to, note;
    struct epo_span actor, actor_name;
    bool by_applicant;                 /* not by an office: the history says so */
    struct epo_span office;            /* the clerk's scope; empty: all */
    struct epo_deadline_rule deadline; /* what the new state does to it; zero: what runs goes on */
};
/* In a write job: moves the case if it is still in `from` (else CONFLICT "case.moved") and of the
 * clerk's office (else NOT_FOUND), and the ground it takes up with it (CONFLICT "place.taken" where
 * one that comes back finds another on it; "case.follows" for one that goes with another: see
 * merging.h), those that follow it too, with its event, audit row and outbox row. Whether the
 * agenda allows the move is asked before, on the worker. */
bool epo_casework_move(struct epo_portal *portal, struct epo_db *db, const struct epo_move *move,
                       struct epo_error *error);
/* The submissions of one account, newest first, and those that it has sent for others whom it may
 * still act for: {"cases":[{"number","agenda","form","title","place","state","district","office",
 * "due","receivedAt","received_at_us","sender","agentName","senderName" (where another sent it for
 * the sender)}], "next":number | absent} */
bool epo_casework_of_sender(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                            struct epo_span account, int64_t before, int limit,
                            struct epo_json **page, struct epo_error *error);

/* The same of one whom the viewer acts for by a mandate: what that covers and nothing else. */
bool epo_casework_of_principal(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                               struct epo_span viewer, struct epo_span principal, int64_t before,
                               int limit, struct epo_json **page, struct epo_error *error);

/* How many cases of an office nobody has begun ("received"), and how many are begun and not yet
 * decided ("in_progress"); those in states of an agenda's own are in neither. */
struct epo_queue {
    int64_t waiting, begun;
};
bool epo_casework_queue(struct epo_portal *portal, struct epo_db *db, struct epo_span office,
                        struct epo_queue *queue, struct epo_error *error);

#endif
