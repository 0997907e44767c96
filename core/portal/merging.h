/* Cases that tell of one thing: one leads, the others follow it, so that each of their senders is
 * told what becomes of it. A following case is moved with the leading one and not alone. Writing
 * inside a write job, reading on a worker. */
#ifndef EPO_PORTAL_MERGING_H
#define EPO_PORTAL_MERGING_H

#include "base/error.h"
#include "base/json.h"
#include "portal/portal.h"

#define EPO_MERGED_MAX 200 /* cases that follow one */
#define EPO_SIMILAR_METRES 30
#define EPO_SIMILAR_DAYS 14
#define EPO_SIMILAR_MAX 20 /* offered at once */

struct epo_merge {
    int64_t number, lead; /* lead: of putting together */
    struct epo_span actor, actor_name;
    struct epo_span scope; /* the clerk's office; empty: all */
};
/* Puts number under lead: its state becomes the lead's, it leaves the public map. NOT_FOUND
 * "case.not_found" where one is outside the scope; CONFLICT "merge.self", "merge.agenda" (of
 * another agenda), "merge.led" (the lead follows another), "merge.leads" (it leads others),
 * "merge.twice", "merge.closed" (one has ended), "merge.many". */
bool epo_merging_put(struct epo_portal *portal, struct epo_db *db, const struct epo_merge *merge,
                     struct epo_error *error);
/* Sets it apart again, back in the state it came from. CONFLICT "merge.none". */
bool epo_merging_undo(struct epo_portal *portal, struct epo_db *db, const struct epo_merge *merge,
                      struct epo_error *error);
/* The case that number follows; 0: none. */
bool epo_merging_lead(struct epo_portal *portal, struct epo_db *db, int64_t number, int64_t *lead,
                      struct epo_error *error);
/* Those that follow it, by number. */
bool epo_merging_followers(struct epo_portal *portal, struct epo_db *db, int64_t lead,
                           int64_t numbers[EPO_MERGED_MAX], size_t *count, struct epo_error *error);
/* Open cases of the same agenda and office near a case in place and time, newest first:
 * [{"number","title","place","state","received_at_us","metres","days" (signed)}]. Costs a look at
 * each open case of the office from those days. */
bool epo_merging_similar(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         int64_t number, struct epo_json **similar, struct epo_error *error);

#endif
