/* Where a submission is: each place of each location field, as rows of `locations`. The one that
 * routes the request is written with the submission itself (submission.c). */
#ifndef EPO_PORTAL_LOCATED_H
#define EPO_PORTAL_LOCATED_H

#include "forms/form.h"
#include "portal/portal.h"

#define EPO_LOCATED_MORE_MAX 2000 /* further places on one map of an office */

struct epo_located {
    const char *field;
    int64_t part;           /* 0: the whole field; from 1: each of several */
    int64_t parts;          /* how many places it is made of */
    bool routes;            /* the whole field that the request is filed under */
    struct epo_place place; /* read from the store: kind, anchor and WKB alone */
    struct epo_span district;
    struct epo_located *next;
};
/* Of checked answers: field by field, first the whole, then each of several. In the pool; NULL
 * where there is none. Pure. */
struct epo_located *epo_located_of(struct epo_pool *pool, const struct epo_form *form,
                                   const struct epo_form_result *result);
/* In a write job: all of them but the one that routes. */
bool epo_located_put(struct epo_portal *portal, struct epo_db *db, int64_t number,
                     const struct epo_located *list, struct epo_span map_version,
                     struct epo_error *error);
/* All of a submission, in the pool. */
bool epo_located_read(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      int64_t number, struct epo_located **list, struct epo_error *error);
/* Further places of the submissions from one number to another, in order: calls back with a point
 * of each (4326). */
bool epo_located_more(struct epo_portal *portal, struct epo_db *db, int64_t first, int64_t last,
                      void (*each)(int64_t number, struct epo_span field, struct epo_point lon_lat,
                                   void *arg),
                      void *arg, struct epo_error *error);

#endif
