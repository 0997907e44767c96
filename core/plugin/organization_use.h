/* What an organization uses of the host, and what it may use ("organizations" of epo.json). One
 * that is over a bound is refused by a clear error of its own; the others do not feel it. Its
 * scripts cannot reach out: outgoing requests are none, there is nothing to bound. */
#ifndef EPO_PLUGIN_ORGANIZATION_USE_H
#define EPO_PLUGIN_ORGANIZATION_USE_H

#include <stdatomic.h>

#include "plugin/organization.h"
#include "plugin/plugin.h"

struct epo_organization_use {
    int64_t submissions, attachment_bytes; /* kept with what people sent to it */
    int64_t table_bytes, rows;             /* of its own tables */
};
/* As it stands in the database; walks its tables: not for every request. */
bool epo_organization_count(struct epo_portal *portal, struct epo_db *db, struct epo_span name,
                            struct epo_organization_use *use, struct epo_error *error);

/* Counters of one organization, from the start of the process on; any thread. */
struct epo_meter {
    char name[EPO_ORGANIZATION_NAME_MAX + 1];
    atomic_int under_way;               /* hooks that run now */
    atomic_llong calls, refused;        /* hooks run; refused for a bound */
    atomic_llong cpu_us;                /* of all its hooks */
    atomic_llong minute, minute_cpu_us; /* the minute that is counted, and its part */
    atomic_llong counted_at_us;         /* when the next three were read */
    atomic_llong rows, table_bytes, attachment_bytes;
};
/* The organization's own, made when it is first asked for; NULL: there are too many. */
struct epo_meter *epo_meter_of(struct epo_span name);
/* All that there are, at most room. */
size_t epo_meters(struct epo_meter **out, size_t room);
/* Before and after a hook of the agenda (meter NULL: the city's own, nothing is bounded). BUSY
 * "organization.busy" where as many run as may, "organization.cpu" where this minute's time is used
 * up. */
bool epo_meter_enter(struct epo_meter *meter, const struct epo_json *settings,
                     struct epo_error *error);
void epo_meter_leave(struct epo_meter *meter, int64_t cpu_us);
/* CPU time of this thread in µs. */
int64_t epo_meter_clock(void);
/* Before it writes into its own tables (deletes always may). BUSY "organization.full". Counts anew
 * on db, which may be NULL, once a minute. */
bool epo_meter_may_write(struct epo_meter *meter, struct epo_portal *portal, struct epo_db *db,
                         const char *sql, struct epo_error *error);
/* Before files of that many bytes are kept with a request of its own. BUSY "organization.files". */
bool epo_meter_may_keep(struct epo_meter *meter, struct epo_portal *portal, struct epo_db *db,
                        int64_t bytes, struct epo_error *error);
/* For /metrics. */
void epo_meters_write(struct epo_buffer *out);

#endif
