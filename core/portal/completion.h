/* Completions: an office asks for some answers again, each with a reason; the applicant sends them.
 * The submission stays as it was filed; what counts now stands beside it. Writing inside a write
 * job, reading on a worker. */
#ifndef EPO_PORTAL_COMPLETION_H
#define EPO_PORTAL_COMPLETION_H

#include "base/error.h"
#include "base/json.h"
#include "portal/located.h"
#include "portal/occupancy.h"
#include "portal/portal.h"

#define EPO_COMPLETIONS_MAX 20 /* of one case */
#define EPO_REASON_CHARS_MAX 500

/* In a write job: asks for these fields ([{"field","reason"}]). TOO_LARGE "completion.many". */
bool epo_completion_ask(struct epo_portal *portal, struct epo_db *db, int64_t number,
                        const struct epo_json *fields, struct epo_span actor,
                        struct epo_error *error);

/* What came; plain data prepared on a worker, in its pool. */
struct epo_completion {
    int64_t number, sequence;               /* of what was asked */
    struct epo_span changes;                /* canonical JSON */
    struct epo_span answers, facts, values; /* JSON */
    struct epo_span actor;                  /* account or empty */
    bool moved;                             /* some place is another now: */
    const struct epo_located *places;       /* all of them, */
    struct epo_span map_version;            /* the map under which they were checked, */
    struct epo_span place_text, search;     /* and what lists show */
    struct epo_span district;
    bool ground;                          /* ground or days are others now: */
    const struct epo_occupant *occupants; /* all that they take up */
};
/* In a write job: the record with its audit row ("case.completed" and the hash of changes), and the
 * places. CONFLICT "completion.answered" where it came already, "place.taken" and "place.full"
 * where others were faster. */
bool epo_completion_save(struct epo_portal *portal, struct epo_db *db,
                         const struct epo_completion *completion, struct epo_error *error);

/* Adds to what epo_submission_find made:
 *   "completions": [{"sequence","at","at_us","fields":[{"field","reason"}],
 *     "answeredAt","answered_at_us","changes":[{"field","before","after"}],"hash"}] (the last four
 *     only once it came), and
 *   "current": {"answers","facts","values"} where some came: what counts now. */
bool epo_completion_add(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                        int64_t number, struct epo_json *found, struct epo_error *error);
/* The one that is waited for, of found "completions", or NULL. */
const struct epo_json *epo_completion_open(const struct epo_json *found);
/* "answers", "facts" or "values" as they count now. */
const struct epo_json *epo_completion_current(const struct epo_json *found, const char *name);

#endif
