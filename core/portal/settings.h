/* epo.json: read and checked at start, at SIGHUP and by `epo check`. */
#ifndef EPO_PORTAL_SETTINGS_H
#define EPO_PORTAL_SETTINGS_H

#include "base/error.h"
#include "base/json.h"
#include "base/pool.h"
#include "portal/setting.h"

struct epo_settings_fault {
    char where[300]; /* "epo.json:12" */
    char text[400];  /* what is wrong, what to do */
    struct epo_settings_fault *next;
};
/* The members of epo.json itself. */
extern const struct epo_setting_group epo_settings_members, epo_settings_maps;
/* The settings in folder/epo.json, in the pool. groups: rows of the objects in it that other rooms
 * take their settings from. On any fault NULL and the list of all of them. */
struct epo_json *epo_settings_read(struct epo_pool *pool, const char *folder,
                                   const struct epo_setting_group *const *groups,
                                   size_t group_count, struct epo_settings_fault **faults);

/* "Mo,We 08:00-17:00", as schema.org writes opening hours. */
bool epo_opening_valid(const struct epo_json *value);

#endif
