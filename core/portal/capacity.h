/* So many at once on the same ground: units of requests added up day by day, by the rule "capacity"
 * of location fields. A part of occupancy.h, which asks here where a rule counts. */
#ifndef EPO_PORTAL_CAPACITY_H
#define EPO_PORTAL_CAPACITY_H

#include "portal/occupancy.h"

#define EPO_CAPACITY_ROWS_MAX 20000 /* requests counted together; more are as good as full */

/* What a place takes under the rule: one occupant for each feature it lies on, or one, appended at
 * *last. Nothing where units are not answered yet. */
bool epo_capacity_add(struct epo_portal *portal, struct epo_pool *pool,
                      const struct epo_form_result *result, const struct epo_occupant *occupant,
                      struct epo_occupant ***last, struct epo_error *error);
/* Is there too little left on one of the days? `own` is not counted, but `list` is: what else the
 * same request takes. */
bool epo_capacity_ask(struct epo_portal *portal, struct epo_db *db, const struct epo_occupant *list,
                      const struct epo_occupant *occupant, int64_t own, struct epo_taken *taken,
                      struct epo_error *error);
bool epo_capacity_later(struct epo_portal *portal, struct epo_db *db,
                        const struct epo_occupant *list, const struct epo_occupant *occupant,
                        int64_t *from_day, struct epo_error *error);

#endif
