/* Replays that an admin asked for (plugin/replay.h does them): kept so that they go on in the
 * background, can be looked at and cancelled. The last EPO_REPLAYS_KEPT are kept. Reading on a
 * worker. */
#ifndef EPO_PORTAL_REPLAY_RECORD_H
#define EPO_PORTAL_REPLAY_RECORD_H

#include "base/error.h"
#include "base/json.h"
#include "portal/portal.h"

#define EPO_REPLAYS_KEPT 20
#define EPO_REPLAY_DIFFERENCES_MAX 100000 /* of one: further ones are counted, not kept */

struct epo_replay_record {
    int64_t id;
    struct epo_span agenda, payload /* JSON */, title;
    struct epo_span from_day, until_day, after_day; /* ISO */
    struct epo_span actor, actor_name;
    struct epo_span state; /* "waiting", "running", "done", "cancelled", "failed" */
    struct epo_span sums;  /* JSON, or empty */
    struct epo_span trouble;
    int64_t at_us, ended_at_us, kept;
};

/* Write job, with its audit row: fills id. BUSY "replay.many" where EPO_REPLAYS_KEPT wait. */
bool epo_replay_record_add(struct epo_portal *portal, struct epo_db *db,
                           struct epo_replay_record *record, struct epo_error *error);
/* NOT_FOUND "replay.none". */
bool epo_replay_record_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                            int64_t id, struct epo_replay_record *record, struct epo_error *error);
/* Newest first; *records in the pool. */
bool epo_replay_record_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                            struct epo_replay_record **records, size_t *count,
                            struct epo_error *error);
/* The oldest that waits; id 0: none. */
bool epo_replay_record_next(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                            struct epo_replay_record *record, struct epo_error *error);
/* Is it still wanted? False in *wanted once it was cancelled. */
bool epo_replay_record_wanted(struct epo_portal *portal, struct epo_db *db, int64_t id,
                              bool *wanted, struct epo_error *error);
/* Write job: how far it is. differences: JSON texts to be kept behind those that are; a cancelled
 * one stays as it is. state: "running", "done" or "failed". */
struct epo_replay_progress {
    int64_t id;
    const char *state, *sums, *trouble;
    const struct epo_json *differences;
};
bool epo_replay_record_progress(struct epo_portal *portal, struct epo_db *db,
                                const struct epo_replay_progress *progress,
                                struct epo_error *error);
/* Write job, with its audit row: ends one that waits or runs; one that has ended stays as it is. */
bool epo_replay_record_cancel(struct epo_portal *portal, struct epo_db *db, int64_t id,
                              struct epo_span actor, struct epo_error *error);
/* Write job, at start: what ran when the program ended begins anew. */
bool epo_replay_record_restart(struct epo_portal *portal, struct epo_db *db,
                               struct epo_error *error);
/* Differences behind a sequence, in order, at most `most`: array of objects. */
bool epo_replay_differences(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                            int64_t id, int64_t after, int64_t most, struct epo_json **list,
                            struct epo_error *error);

#endif
