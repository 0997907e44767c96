/* Live layers: what everybody may see of submissions now. A row is made beside a case when it
 * enters a state that its agenda lets out, and goes when it leaves it; all of them can be made
 * again. Writing inside a write job, reading on a worker. */
#ifndef EPO_PORTAL_PUBLISHED_H
#define EPO_PORTAL_PUBLISHED_H

#include "portal/located.h"
#include "portal/portal.h"

#define EPO_LIVE_MOST 1000 /* features in one answer */

/* One case as it is let out; all texts in the caller's pool. */
struct epo_publication {
    const char *agenda;
    const char *layer;                   /* "permits" or "requests" */
    struct epo_span first_day, last_day; /* ISO dates; empty: no end on that side */
    double west, south, east, north;     /* EPSG:4326 */
    struct epo_span geometry;            /* GeoJSON, EPSG:4326 */
    struct epo_span wkb_metres;         /* the same in metres; empty: the place it is filed under */
    struct epo_span words_cs, words_en; /* JSON objects: the properties */
};
/* In a write job. publication NULL: nothing (more) is let out of this case. */
bool epo_published_set(struct epo_portal *portal, struct epo_db *db, int64_t number,
                       const struct epo_publication *publication, struct epo_error *error);

struct epo_live_query {
    struct epo_span layer;
    double west, south, east, north; /* EPSG:4326 */
    struct epo_span today;           /* ISO date: what is in force then */
    int limit;                       /* at most EPO_LIVE_MOST */
    const char *lang;
};
/* Appends a GeoJSON FeatureCollection, newest first, with "numberMatched" and "numberReturned". */
bool epo_published_write(struct epo_portal *portal, struct epo_db *db,
                         const struct epo_live_query *query, struct epo_buffer *out,
                         struct epo_error *error);

/* The same one by one, newest first: GeoJSON and properties as texts, valid until `show` returns.
 */
bool epo_published_show(struct epo_portal *portal, struct epo_db *db,
                        const struct epo_live_query *query,
                        void (*show)(struct epo_span geometry, struct epo_span words, void *arg),
                        void *arg, struct epo_error *error);
/* A number that grows with each change of a layer. Read before the layer, it is never newer than
 * what is read. */
bool epo_published_version(struct epo_portal *portal, struct epo_db *db, struct epo_span layer,
                           int64_t *version, struct epo_error *error);

/* What is in force today, row by row and in the order of filing, of the days from first to last
 * (ISO dates, "" and "9999" without an end); for programs, see http/ogc_live.c. */
struct epo_published_row { /* valid until the visitor returns */
    int64_t number;        /* never to be shown: it is the sender's */
    struct epo_span words, first_day, last_day, wkb_metres;
};
bool epo_published_each(struct epo_portal *portal, struct epo_db *db,
                        const struct epo_live_query *query, struct epo_span first,
                        struct epo_span last,
                        bool (*visit)(const struct epo_published_row *row, void *arg), void *arg,
                        struct epo_error *error);

/* ---- the register of permits ---- */
struct epo_permit_query {
    struct epo_span agenda, district; /* empty: any */
    struct epo_span day;              /* ISO date on which they are in force; empty: any */
    struct epo_span first_to; /* those that begin on this day or before; "9999-99-99": all */
    const char *lang;
    int limit;
};
struct epo_permit_row {                         /* valid until the visitor returns */
    int64_t number;                             /* never to be shown: it is the sender's */
    struct epo_span words, first_day, last_day; /* words: JSON object; days "" and "9999" */
    struct epo_span geometry, district;         /* GeoJSON; code, may be empty */
};
/* All permits that were let out, past and future too, those that begin last first, until `visit`
 * returns false. */
bool epo_published_permits(struct epo_portal *portal, struct epo_db *db,
                           const struct epo_permit_query *query,
                           bool (*visit)(const struct epo_permit_row *row, void *arg), void *arg,
                           struct epo_error *error);

/* ---- making it again ---- */
/* The digest of the rules that an agenda's rows were made under; empty: never. */
bool epo_published_rules(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         const char *agenda, struct epo_span *digest, struct epo_error *error);
/* In a write job: forgets the agenda's rows, or notes that all are there. */
bool epo_published_forget(struct epo_portal *portal, struct epo_db *db, const char *agenda,
                          struct epo_error *error);
bool epo_published_done(struct epo_portal *portal, struct epo_db *db, const char *agenda,
                        struct epo_span digest, struct epo_error *error);
/* A stored case, enough to judge whether and how it is let out. */
struct epo_stored_case {
    int64_t number;
    struct epo_span form, state, answers; /* answers: JSON text */
    struct epo_located *places;
};
/* Cases of an agenda, numbers above `after`, up to `room`, in order; texts in the
 * pool. */
bool epo_published_cases(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         const char *agenda, int64_t after, struct epo_stored_case *cases,
                         size_t room, size_t *count, struct epo_error *error);
/* In a write job: epo_published_set, but only while the case is still in that state (else whoever
 * moved it has set it already). */
bool epo_published_set_if(struct epo_portal *portal, struct epo_db *db,
                          const struct epo_stored_case *stored,
                          const struct epo_publication *publication, struct epo_error *error);

#endif
