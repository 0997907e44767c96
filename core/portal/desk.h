/* The lists of the clerks' desk: which cases a filter matches, in which order, and how many wait.
 * Reading only, on a worker's connection. Whose cases a viewer may see at all is decided by
 * epo_casework_scope; its office goes into the filter and bounds everything here. */
#ifndef EPO_PORTAL_DESK_H
#define EPO_PORTAL_DESK_H

#include "base/error.h"
#include "base/json.h"
#include "maps/maps.h"
#include "portal/portal.h"

#define EPO_DESK_PAGE 25        /* rows of one page */
#define EPO_DESK_PLACES 1000    /* on the map at once */
#define EPO_DESK_EXPORT 10000   /* rows of one file */
#define EPO_DESK_COUNT 10000    /* counting ends here: "more than" */
#define EPO_DESK_TEXT_CHARS 200 /* of a search */

/* Whose. */
enum epo_desk_view { EPO_DESK_ALL, EPO_DESK_UNASSIGNED, EPO_DESK_OF_PERSON };
/* The order of a list. */
enum epo_desk_order { EPO_DESK_NEWEST, EPO_DESK_OLDEST, EPO_DESK_DUE };

struct epo_desk_key { /* where a page ends */
    int64_t number;   /* 0: the list begins at its beginning */
    char due[11];     /* of EPO_DESK_DUE: ISO date, "9999-12-31" without one */
};

struct epo_desk_filter {
    struct epo_span office; /* empty: all of the portal */
    enum epo_desk_view view;
    struct epo_span person; /* of EPO_DESK_OF_PERSON: an account's id */
    struct epo_span state;  /* empty: all */
    bool open; /* with an empty state: only those not closed, and none that follow another */
    struct epo_span agenda, district;   /* empty: all */
    struct epo_span due_from, due_to;   /* ISO dates, included; empty: no end on that side */
    int64_t received_from, received_to; /* UTC microseconds, the second excluded; 0: no end */
    int64_t newer_than;                 /* numbers above; 0: all */
    struct epo_span text;               /* a number, or up to four words; empty: all */
    bool in_box;
    double west, south, east, north; /* EPSG:4326 */
    enum epo_desk_order order;
    struct epo_desk_key after;
    int limit;
};

/* Is this a state that nothing follows, of those that the host has words for? */
bool epo_desk_closed(struct epo_span state);

/* {"cases":[{"number","agenda","form","title","place","state","district","office","due",
 * "receivedAt","received_at_us","assignee":name|"","assignee_id","agentName","senderName" (who sent
 * it for whom, or ""),"lead":number|absent,"point":[lon,lat]|absent}],
 * "next":{"number","due"}|absent}. What one office may be asked about costs at most a walk through
 * its part of one index; with words or a box, through its cases. */
bool epo_desk_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                   const struct epo_desk_filter *filter, struct epo_json **page,
                   struct epo_error *error);
/* How many the filter matches, of EPO_DESK_COUNT + 1 at most; its order, key and limit do not
 * count. */
bool epo_desk_count(struct epo_portal *portal, struct epo_db *db,
                    const struct epo_desk_filter *filter, int64_t *count, struct epo_error *error);
/* The number of the newest case of the portal; 0: there is none. */
bool epo_desk_newest(struct epo_portal *portal, struct epo_db *db, int64_t *number,
                     struct epo_error *error);
/* Cases by state in an office (empty: everywhere), each at most EPO_DESK_COUNT + 1:
 * [{"state","count"}] by state. */
bool epo_desk_states(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     struct epo_span office, struct epo_json **states, struct epo_error *error);
/* Clerks who may handle cases of that office (empty: all), by name: [{"id","name","office"}]. */
bool epo_desk_people(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     struct epo_span office, struct epo_json **people, struct epo_error *error);

#endif
