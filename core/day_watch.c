/* What begins at midnight: values of parameters count by themselves, but pages that were kept say
 * what was in force when they were drawn. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli.h"
#include "plugin/publishing.h"
#include "ticker.h"

enum { REST_MS = 1000 };

struct epo_day_watch {
    struct epo_app *app;
    struct epo_db *db;
    int64_t day; /* since 1970, local */
    char demo_day[EPO_DEMO_DAY_SIZE];
    struct epo_ticker *ticker;
};

static int look(void *arg) {
    struct epo_day_watch *watch = arg;
    struct epo_app *app = watch->app;
    struct epo_error error = {0};
    epo_demo_day(app->portal, watch->demo_day);
    int64_t today = epo_date_days(epo_clock_today());
    char text[EPO_TIME_SIZE];
    bool changed = false;
    epo_date_iso(epo_date_from_days(today), text);
    if (!epo_publish_due(app->registry, app->portal, watch->db, text, &changed, &error))
        epo_log_error(EPO_LOG_ERROR, "publication", &error);
    if (changed || today != watch->day)
        epo_server_purge(app->server);
    if (today != watch->day)
        epo_log(EPO_LOG_INFO, "day.begun", EPO_LOG_TEXT("day", text));
    watch->day = today;
    return REST_MS;
}

struct epo_day_watch *epo_day_watch_start(struct epo_app *app, struct epo_error *error) {
    struct epo_day_watch *watch = calloc(1, sizeof *watch);
    epo_assert(watch != NULL);
    watch->app = app;
    watch->db = epo_store_connect(app->portal->store, error);
    if (watch->db == NULL) {
        free(watch);
        return NULL;
    }
    watch->day = epo_date_days(epo_clock_today());
    look(watch); /* what fell due while nothing served, before anybody is served */
    watch->ticker = epo_ticker_start(REST_MS, look, watch);
    return watch;
}

void epo_day_watch_stop(struct epo_day_watch *watch) {
    if (watch == NULL)
        return;
    epo_ticker_stop(watch->ticker);
    epo_db_close(watch->db);
    free(watch);
}
