/* Sends the mails that wait, one after the other, on a thread of its own. */
#include <stdlib.h>

#include "base/log.h"
#include "cli.h"
#include "portal/mail.h"
#include "ticker.h"

enum { LOOK_EVERY_MS = 500, AFTER_TROUBLE_MS = 30000 };

struct epo_mail_watch {
    struct epo_portal *portal;
    struct epo_db *db;
    struct epo_ticker *ticker;
};

static int look(void *arg) {
    struct epo_mail_watch *watch = arg;
    struct epo_error error = {0};
    bool left = false;
    if (!epo_mail_ready(watch->portal))
        return LOOK_EVERY_MS;
    if (epo_mail_send_next(watch->portal, watch->db, &left, &error))
        return left ? 0 : LOOK_EVERY_MS;
    epo_log_error(EPO_LOG_ERROR, "mail.store", &error);
    return AFTER_TROUBLE_MS;
}

struct epo_mail_watch *epo_mail_watch_start(struct epo_portal *portal, struct epo_error *error) {
    struct epo_mail_watch *watch = calloc(1, sizeof *watch);
    epo_assert(watch != NULL);
    watch->portal = portal;
    watch->db = epo_store_connect(portal->store, error);
    if (watch->db == NULL) {
        free(watch);
        return NULL;
    }
    watch->ticker = epo_ticker_start(LOOK_EVERY_MS, look, watch);
    return watch;
}

void epo_mail_watch_stop(struct epo_mail_watch *watch) {
    if (watch == NULL)
        return;
    epo_ticker_stop(watch->ticker);
    epo_db_close(watch->db);
    free(watch);
}
