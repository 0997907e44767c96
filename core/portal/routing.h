/* Which office handles a request: from the agenda's wish and the district of its place. Pure. */
#ifndef EPO_PORTAL_ROUTING_H
#define EPO_PORTAL_ROUTING_H

#include "base/json.h"
#include "base/text.h"

/* wish: "district" (the office of the place's district; without one the first office), an office
 * id, or empty (the first office of epo.json). Never empty while settings name an office; an
 * unknown wish falls back to the first office. Points into settings. */
struct epo_span epo_routing_office(const struct epo_json *settings, struct epo_span wish,
                                   struct epo_span district);
/* {"id","name":{cs,en},"districts":[code…],…} or NULL. */
const struct epo_json *epo_routing_find(const struct epo_json *settings, struct epo_span office);
/* Its name in lang, or the id itself. */
struct epo_span epo_routing_name(const struct epo_json *settings, struct epo_span office,
                                 const char *lang);

#endif
