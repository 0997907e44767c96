/* One row for each setting of a group of epo.json: reading, checking and explaining come from it.
 * A room that takes settings keeps its rows beside the code that uses them. */
#ifndef EPO_PORTAL_SETTING_H
#define EPO_PORTAL_SETTING_H

#include "base/json.h"
#include "base/pool.h"

struct epo_setting {
    const char *name;
    enum epo_json_type type;
    int64_t least, most, otherwise; /* of a whole number; otherwise: 0 or 1 of true or false */
    bool required;
    bool at_start;    /* read once: a change waits for the next start, the others for SIGHUP */
    const char *help; /* for the people who run a portal: effect, unit, what "otherwise" means */
};
struct epo_setting_group {
    const char *name; /* the member of epo.json that holds them, "" for epo.json itself */
    const struct epo_setting *rows;
    size_t count;
};

/* A whole number or a switch of the group, within its bounds; object may be NULL. The row must be
 * there. */
int64_t epo_setting_get(const struct epo_setting_group *group, const struct epo_json *object,
                        const char *name);
/* "a whole number", "an object" … */
const char *epo_setting_type_name(enum epo_json_type type);
/* Calls fault for each member of the object that has no row, another type or is out of bounds, and
 * for each required one that is missing. Lines are those of the file. */
void epo_setting_check(const struct epo_setting_group *group, const struct epo_json *object,
                       void (*fault)(void *arg, uint32_t line, const char *text), void *arg);

#endif
