/* No collision in space and time: which ground requests take up on which days, by the rules "free"
 * and "capacity" of location fields ({"rule":"free","from":…,"to":…}, see form.schema.json). Asked
 * on a worker, and again by the host inside the save, where nobody can come between. */
#ifndef EPO_PORTAL_OCCUPANCY_H
#define EPO_PORTAL_OCCUPANCY_H

#include "base/clock.h"
#include "forms/form.h"
#include "portal/portal.h"

#define EPO_OCCUPANCY_NEAR_MAX 500   /* others looked at around one place */
#define EPO_OCCUPANCY_LATER_DAYS 730 /* how far ahead free days are looked for */

/* One place under one rule. */
struct epo_occupant {
    const char *agenda, *form;
    const struct epo_form_place *place;
    const struct epo_json *rule;
    int64_t rule_index;
    struct epo_footprint footprint;
    double apart_m;           /* others nearer than this are asked about */
    const char *agenda_too;   /* whose requests are asked about as well, or "" */
    int64_t from_day, to_day; /* days since 1970, both included */
    double most, units;       /* at once with others, and of them here; 0: the rule "free" */
    const char *counted;      /* what: units of one name are added up */
    const char *feature;      /* "layer/code" on which they are; "" where distance decides */
    struct epo_occupant *next;
};
/* What checked answers take up: places that are valid, with days that are answered and in order. In
 * the pool; NULL where there is nothing. */
bool epo_occupancy_list(struct epo_portal *portal, struct epo_pool *pool, const char *agenda,
                        const struct epo_form *form, const struct epo_form_result *result,
                        struct epo_occupant **list, struct epo_error *error);

struct epo_taken { /* by others, on common days */
    bool any;
    int64_t from_day, to_day; /* of all of them together; of a capacity, those without room */
    double units;             /* of a capacity: on the worst of these days */
};
/* list: all that the request takes up, of which the occupant is one. */
bool epo_occupancy_ask(struct epo_portal *portal, struct epo_db *db,
                       const struct epo_occupant *list, const struct epo_occupant *occupant,
                       struct epo_taken *taken, struct epo_error *error);
/* The footprints of others within so many metres on common days, in the pool. */
bool epo_occupancy_near(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                        const struct epo_occupant *occupant, double within_m,
                        struct epo_footprint **list, size_t *count, struct epo_error *error);
/* The first day from which the same place is free for as long; 0 if there is none in two years. */
bool epo_occupancy_later(struct epo_portal *portal, struct epo_db *db,
                         const struct epo_occupant *list, const struct epo_occupant *occupant,
                         int64_t *from_day, struct epo_error *error);

/* In a write job, of the submission just filed: CONFLICT "place.taken" where another has it,
 * "place.full" where others have too much of it. */
bool epo_occupancy_take(struct epo_portal *portal, struct epo_db *db, const char *number,
                        const struct epo_occupant *list, struct epo_error *error);
/* In a write job: gives up all that a submission takes up. */
bool epo_occupancy_drop(struct epo_portal *portal, struct epo_db *db, int64_t number,
                        struct epo_error *error);
/* In a write job, of a case that moves to a state: its ground is given back, or taken again (then
 * CONFLICT "case.place_taken" is possible). */
bool epo_occupancy_move(struct epo_portal *portal, struct epo_db *db, int64_t number,
                        struct epo_span state, struct epo_error *error);

#endif
