/* Deals with cases whose time has passed, day by day, in small batches with rests between them. */
#include <stdlib.h>

#include "base/log.h"
#include "cli.h"
#include "plugin/retention.h"
#include "ticker.h"

enum { FIRST_MS = 60 * 1000, REST_MS = 1000, DAY_MS = 24 * 3600 * 1000, AGENDAS_MAX = 256 };

struct epo_retention_watch {
    struct epo_portal *portal;
    struct epo_registry *registry;
    struct epo_db *db;
    struct epo_ticker *ticker;
};

/* One batch; true when there may be more, so that the rest of the portal comes in between. */
static bool end_some(struct epo_retention_watch *watch, struct epo_agenda *agenda) {
    struct epo_error error = {0};
    struct epo_retention_batch batch = {0};
    size_t done = 0;
    bool ok = true;
    do {
        struct epo_pool *pool = epo_pool_create();
        ok = epo_retention_due(agenda, watch->portal, watch->db, pool, &batch, &error) &&
             epo_retention_end(agenda, watch->portal, pool, &batch, "retention", &done, &error);
        epo_pool_free(pool);
    } while (ok && batch.count == 0 && batch.more);
    if (!ok)
        epo_log_error(EPO_LOG_ERROR, "retention", &error);
    else if (done > 0)
        epo_log(EPO_LOG_INFO, "retention.done", EPO_LOG_TEXT("agenda", epo_agenda_name(agenda)),
                EPO_LOG_INT("cases", (int64_t)done));
    return ok && done > 0 && batch.more;
}

static int look(void *arg) {
    struct epo_retention_watch *watch = arg;
    struct epo_agenda *agendas[AGENDAS_MAX];
    size_t count = epo_registry_list(watch->registry, agendas, AGENDAS_MAX);
    bool more = false;
    for (size_t i = 0; i < count; i++) {
        more = end_some(watch, agendas[i]) || more;
        epo_agenda_release(agendas[i]);
    }
    return more ? REST_MS : DAY_MS;
}

struct epo_retention_watch *epo_retention_watch_start(struct epo_portal *portal,
                                                      struct epo_registry *registry,
                                                      struct epo_error *error) {
    struct epo_retention_watch *watch = calloc(1, sizeof *watch);
    epo_assert(watch != NULL);
    watch->portal = portal;
    watch->registry = registry;
    watch->db = epo_store_connect(portal->store, error);
    if (watch->db == NULL) {
        free(watch);
        return NULL;
    }
    watch->ticker = epo_ticker_start(FIRST_MS, look, watch);
    return watch;
}

void epo_retention_watch_stop(struct epo_retention_watch *watch) {
    if (watch == NULL)
        return;
    epo_ticker_stop(watch->ticker);
    epo_db_close(watch->db);
    free(watch);
}
