/* What was planned for a day takes effect: tried with the whole agenda, then in the place of what
 * served. What would not start leaves the old one running, and its row says why. */
#ifndef EPO_PLUGIN_PUBLISHING_H
#define EPO_PLUGIN_PUBLISHING_H

#include "plugin/plugin.h"

/* Everything that begins on that day (ISO) or began before it and still waits. *changed: something
 * serves now that did not; kept pages must be forgotten. False when the store failed: asked again
 * later. One thread at a time, never a loop's. */
bool epo_publish_due(struct epo_registry *registry, struct epo_portal *portal, struct epo_db *db,
                     const char *day, bool *changed, struct epo_error *error);

/* What a folder would not start with in the place of an agenda's: [{"file","line","text"}] in the
 * pool; statements on tables of its own are not looked at. NOT_FOUND where there is no such agenda.
 */
bool epo_publish_try_folder(struct epo_registry *registry, const char *name, const char *folder,
                            struct epo_pool *pool, struct epo_json **faults,
                            struct epo_error *error);

#endif
