/* clang-format off */
/* States of an agenda's cases: the "states" member of its manifest.
 *   "states": {
 *     "received": {
 *       "title": {"cs", "en"},      its name; default: the text "state.<id>"
 *       "next": {"cs", "en"},       what the applicant is told comes next; default: "state.<id>.next"
 *       "ball": "office"|"citizen", whose turn it is; default "office", at an end nobody's
 *       "deadline": {"days": 30, "of": "calendar"|"working"},   from entering; default of: calendar.
 *                                   Without it the office's deadline goes on; it stands still while
 *                                   it is the applicant's turn, and at an end it is over
 *       "answered": "in_progress",  where a completion sent by the applicant leads (see "ball")
 *       "moves": ["in_progress",
 *         {"to": "refused", "title": {"cs", "en"},     words of the clerk's button; default: the state's
 *          "by": ["clerk", "admin", "citizen"],        who may; default the clerk. An admin may do all
 *                                                      that a clerk may
 *          "needs": ["note", "decision"],              what must come with it
 *          "decision": "permit"}]},                    the decision (see decisions.h) that it may issue
 *     "refused": {"ends": true}}
 * A case begins as "received". Every state must be reachable and lead to an end. Short form, without
 * deadlines: {"received": ["in_progress", "refused"], "in_progress": ["accepted", "refused"]}: states
 * that lead nowhere are ends. */
/* clang-format on */
#ifndef EPO_PLUGIN_STATES_H
#define EPO_PLUGIN_STATES_H

#include "base/json.h"
#include "plugin/fault.h"
#include "portal/deadline.h"
#include "view/view.h"

#define EPO_STATES_MAX 50

enum epo_mover { EPO_MOVER_CLERK = 1, EPO_MOVER_ADMIN = 2, EPO_MOVER_CITIZEN = 4 };

struct epo_state;
struct epo_allowed_move {
    const struct epo_state *to;
    struct epo_span to_id;
    const struct epo_json *title; /* or NULL */
    unsigned by;                  /* enum epo_mover bits */
    bool needs_note, needs_decision;
    struct epo_span decision; /* name of its template, or empty */
    int line;
};
struct epo_state {
    struct epo_span id;
    const struct epo_json *title, *next; /* or NULL */
    bool ends, short_form;
    struct epo_deadline_rule deadline;
    const struct epo_state *answered; /* or NULL */
    struct epo_span answered_id;
    struct epo_allowed_move *moves;
    size_t move_count;
    int line;
};
struct epo_states {
    struct epo_state *list;
    size_t count;
    bool standard; /* the default set, whose texts are the host's */
};

/* json NULL: the default set. In the pool; faults name the file. Never NULL. Pure. */
const struct epo_states *epo_states_read(struct epo_pool *pool, const struct epo_json *json,
                                         const char *file, struct epo_faults *faults);
/* Once the texts are there: every state has a name in both languages. */
bool epo_states_check_texts(const struct epo_states *states, struct epo_pool *pool,
                            const struct epo_catalog *catalog, const char *file,
                            struct epo_faults *faults);
/* NULL where there is none of that id. */
const struct epo_state *epo_states_find(const struct epo_states *states, struct epo_span id);
/* The move from one state to another, whoever may make it; NULL where there is none. */
const struct epo_allowed_move *epo_states_move(const struct epo_states *states,
                                               struct epo_span from, struct epo_span to);
/* The bits of a role ("citizen", "clerk", "admin"); 0: none. */
unsigned epo_mover_of(struct epo_span role);

#endif
