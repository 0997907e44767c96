/* Reading layers.json: plan.c the file, plan_read.c what stands in a layer. Internal to them. */
#ifndef EPO_MAPS_PLAN_READ_H
#define EPO_MAPS_PLAN_READ_H

#include "maps/plan.h"

struct epo_plan_reading {
    struct epo_pool *pool;
    const char *file;
    struct epo_plan *plan;
    struct epo_layer_plan *layers; /* those of the plan, while it is made */
    struct epo_error *error;
};

/* Says what is wrong, with file and line; false. */
bool epo_plan_fault(struct epo_plan_reading *r, const struct epo_json *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool epo_plan_is_object(struct epo_plan_reading *r, const struct epo_json *value, const char *what);
/* Lower-case letters, digits and _, a letter first. */
bool epo_plan_is_name(struct epo_span text, size_t max);
bool epo_plan_read_fields(struct epo_plan_reading *r, const struct epo_json *value,
                          struct epo_plan_origin fields[EPO_PLAN_FIELDS]);
bool epo_plan_read_member(struct epo_plan_reading *r, struct epo_span name,
                          const struct epo_json *value, struct epo_layer_plan *layer);

#endif
