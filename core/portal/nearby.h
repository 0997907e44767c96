/* What was reported nearby already, for who is about to report it too: from what is public of the
 * cases alone (published.h), so that nobody learns who sent it. On a worker. */
#ifndef EPO_PORTAL_NEARBY_H
#define EPO_PORTAL_NEARBY_H

#include "base/error.h"
#include "base/json.h"
#include "portal/portal.h"

#define EPO_NEARBY_SHOWN 5
#define EPO_NEARBY_METRES_MAX 500
#define EPO_NEARBY_DAYS_MAX 366

struct epo_nearby {
    const char *agenda;
    struct epo_point at; /* EPSG:4326 */
    int64_t metres, days;
    struct epo_span one; /* only the one with this token, of any age; empty: all */
    const char *lang;
};
/* Nearest first: [{"title","text","state","metres","received" (ISO day),"at":[lon,lat],"token"}]:
 * words as they are let out; token: of this request, says nothing of its number. A point outside
 * the metric system has nothing near. */
bool epo_nearby_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     const struct epo_nearby *nearby, struct epo_json **list,
                     struct epo_error *error);

#endif
