/* Removes files that were sent and never became part of a request, and forms that were begun and
 * never finished, a few at a time. */
#include "base/clock.h"
#include "base/log.h"
#include "cli.h"
#include "portal/attachment.h"
#include "portal/draft.h"
#include "ticker.h"

enum { LOOK_EVERY_MS = 600000, REST_MS = 1000 };

static bool expire(struct epo_db *db, void *arg, struct epo_error *error) {
    int64_t files = 0, drafts = 0, now_us = epo_clock_now_us();
    struct epo_portal *portal = arg;
    return epo_attachment_expire(portal, db, now_us, &files, error) &&
           epo_draft_expire(portal, db, now_us, &drafts, error) &&
           (files + drafts > 0 ||
            epo_fail(error, EPO_ERROR_NOT_FOUND, "expired.none", "nothing has expired"));
}

static int look(void *arg) {
    struct epo_error error = {0};
    struct epo_portal *portal = arg;
    if (epo_store_write(portal->store, expire, portal, &error))
        return REST_MS;
    if (error.kind != EPO_ERROR_NOT_FOUND)
        epo_log_error(EPO_LOG_ERROR, "expired.kept", &error);
    return LOOK_EVERY_MS;
}

struct epo_ticker *epo_attachment_watch_start(struct epo_portal *portal) {
    return epo_ticker_start(REST_MS, look, portal);
}
