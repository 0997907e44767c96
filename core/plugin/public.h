/* What an agenda lets out of its submissions onto the public map: the "public" member of its
 * manifest, by form:
 *   "public": {"occupy": [{
 *     "layer": "permits",            or "requests"
 *     "states": ["accepted"],        only while the case is in one of them
 *     "from": "from", "until": "to", ids of date fields: only on these days (both may be left out)
 *     "places": ["area"],            location fields that are shown; without it the form's place
 *     "title": "kind",               id of the choice that names it; else the form's title
 *     "fields": ["kind", "from"]}]}  what is shown beside the place; nothing else leaves
 * Only choices, dates, numbers, money and yes/no may be shown: words that people typed may name
 * people. A form whose place is somebody's home is not to be listed at all. */
#ifndef EPO_PLUGIN_PUBLIC_H
#define EPO_PLUGIN_PUBLIC_H

#include "plugin/agenda.h"
#include "portal/published.h"

/* Once the forms are read: every mistake is a fault of manifest.json. */
bool epo_public_check(const struct epo_agenda *agenda, struct epo_faults *faults);
/* How a case in this state is let out; NULL where it is not (places: all of it, as epo_located_of
 * has them). In the pool. Pure. */
const struct epo_publication *epo_public_of(const struct epo_agenda *agenda, struct epo_pool *pool,
                                            const struct epo_form *form, struct epo_span state,
                                            const struct epo_json *answers,
                                            const struct epo_located *places);
/* On a worker: makes the agenda's public rows again if its rules are others than those they were
 * made under. */
bool epo_public_refresh(struct epo_agenda *agenda, struct epo_db *db, struct epo_error *error);
/* Does some agenda let something out into this layer? */
bool epo_public_has(const struct epo_agenda *agenda, const char *layer);

#endif
