/* What begins at midnight: values of parameters count by themselves, but pages that were kept say
 * what was in force when they were drawn. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli.h"
#include "ticker.h"

enum { REST_MS = 1000 };

struct epo_day_watch {
    struct epo_app *app;
    int64_t day; /* since 1970, local */
    struct epo_ticker *ticker;
};

static int look(void *arg) {
    struct epo_day_watch *watch = arg;
    int64_t today = epo_date_days(epo_clock_today());
    char text[EPO_TIME_SIZE];
    if (today != watch->day) {
        watch->day = today;
        epo_server_purge(watch->app->server);
        epo_log(EPO_LOG_INFO, "day.begun",
                EPO_LOG_TEXT("day", epo_date_iso(epo_date_from_days(today), text)));
    }
    return REST_MS;
}

struct epo_day_watch *epo_day_watch_start(struct epo_app *app) {
    struct epo_day_watch *watch = calloc(1, sizeof *watch);
    epo_assert(watch != NULL);
    watch->app = app;
    watch->day = epo_date_days(epo_clock_today());
    watch->ticker = epo_ticker_start(REST_MS, look, watch);
    return watch;
}

void epo_day_watch_stop(struct epo_day_watch *watch) {
    if (watch == NULL)
        return;
    epo_ticker_stop(watch->ticker);
    free(watch);
}
