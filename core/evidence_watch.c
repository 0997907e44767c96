/* Makes the evidence that is missing: one record after the other, with long rests, so that filing
 * and reading are not held up. What is missing stands in the database, so nothing is lost when the
 * process ends. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli.h"
#include "portal/evidence.h"
#include "ticker.h"

enum {
    LOOK_EVERY_MS = 500,
    REST_FOLD = 20, /* rests so many times as long as a record took: a twentieth of one core */
};

struct epo_evidence_watch {
    struct epo_portal *portal;
    const struct epo_looks *looks;
    struct epo_db *db;
    char noted[24]; /* version of the map that was noted last */
    int64_t done;   /* below that nothing is missing, or could not be made: tried after a restart */
    struct epo_ticker *ticker;
};

/* Which map is in service, as soon as it is. */
static void note_map(struct epo_evidence_watch *watch) {
    struct epo_error error = {0};
    struct epo_pool *pool = epo_pool_create();
    struct epo_span version = epo_maps_version(watch->portal->maps, pool);
    if (!epo_span_is(version, watch->noted)) {
        if (epo_evidence_note_map(watch->portal, &error))
            snprintf(watch->noted, sizeof watch->noted, "%.*s", EPO_ARG(version));
        else
            epo_log_error(EPO_LOG_ERROR, "evidence.map", &error);
    }
    epo_pool_free(pool);
}

/* True when one was made, or cannot be. */
static bool make_one(struct epo_evidence_watch *watch) {
    struct epo_error error = {0};
    int64_t number = 0;
    if (!epo_evidence_missing(watch->portal, watch->db, watch->done, &number, &error)) {
        epo_log_error(EPO_LOG_ERROR, "evidence.missing", &error);
        return false;
    }
    if (number == 0)
        return false;
    bool made = epo_evidence_make(watch->portal, watch->db, watch->looks, number, &error);
    if (!made)
        epo_log_error(EPO_LOG_ERROR, "evidence.unmade", &error);
    if (!made && error.kind == EPO_ERROR_BUSY)
        return false; /* again in a moment */
    watch->done = number;
    return true;
}

static int look(void *arg) {
    struct epo_evidence_watch *watch = arg;
    note_map(watch);
    int64_t before_us = epo_clock_monotonic_us();
    return make_one(watch) ? (int)((epo_clock_monotonic_us() - before_us) / 1000 * REST_FOLD)
                           : LOOK_EVERY_MS;
}

struct epo_evidence_watch *epo_evidence_watch_start(struct epo_portal *portal,
                                                    const struct epo_looks *looks,
                                                    struct epo_error *error) {
    struct epo_evidence_watch *watch = calloc(1, sizeof *watch);
    epo_assert(watch != NULL);
    watch->portal = portal;
    watch->looks = looks;
    watch->db = epo_store_connect(portal->store, error);
    if (watch->db == NULL) {
        free(watch);
        return NULL;
    }
    watch->ticker = epo_ticker_start(0, look, watch);
    return watch;
}

void epo_evidence_watch_stop(struct epo_evidence_watch *watch) {
    if (watch == NULL)
        return;
    epo_ticker_stop(watch->ticker);
    epo_db_close(watch->db);
    free(watch);
}
