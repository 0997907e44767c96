/* Does the replays that admins ask for, one after the other, in steps with rests between them. */
#include <stdlib.h>

#include "base/log.h"
#include "cli.h"
#include "plugin/replay.h"
#include "portal/replay_record.h"
#include "ticker.h"

enum { REST_MS = 1000, STEP_REST_MS = 5, STEP = 50 };

struct epo_replay_watch {
    struct epo_portal *portal;
    struct epo_registry *registry;
    struct epo_db *db;
    struct epo_ticker *ticker;
    struct epo_replay *replay; /* under way, or NULL */
    struct epo_pool *pool;     /* of it: what was asked */
    int64_t id;
    struct epo_json *differences; /* of one step, as texts */
};

static void end(struct epo_replay_watch *watch) {
    epo_replay_close(watch->replay);
    epo_pool_free(watch->pool);
    watch->replay = NULL;
    watch->pool = NULL;
}

struct saving {
    struct epo_replay_watch *watch;
    struct epo_replay_progress progress;
};

static bool run_save(struct epo_db *db, void *arg, struct epo_error *error) {
    struct saving *saving = arg;
    return epo_replay_record_progress(saving->watch->portal, db, &saving->progress, error);
}

static bool save(struct epo_replay_watch *watch, const char *state, const char *trouble) {
    struct epo_error error = {0};
    struct epo_pool *pool = epo_pool_create();
    const char *sums =
        watch->replay != NULL
            ? epo_pool_string(pool, epo_json_print(pool, epo_replay_sums_json(
                                                             epo_replay_sums(watch->replay), pool)))
            : "";
    struct saving saving = {watch, {watch->id, state, sums, trouble, watch->differences}};
    bool good = epo_store_write(watch->portal->store, run_save, &saving, &error);
    if (!good)
        epo_log_error(EPO_LOG_ERROR, "replay.unsaved", &error);
    epo_pool_free(pool);
    return good;
}

/* ---- beginning ---- */

static void set_days(const struct epo_replay_record *record, struct epo_replay_ask *ask) {
    struct epo_date from, until;
    epo_assert(epo_date_parse(record->from_day, &from) &&
               epo_date_parse(record->until_day, &until));
    ask->from_us = epo_date_start_us(from);
    ask->until_us = epo_date_start_us(epo_date_from_days(epo_date_days(until) + 1));
    epo_date_iso(epo_clock_today(), ask->before_day);
    epo_span_store(ask->after_day, sizeof ask->after_day, record->after_day);
    ask->period = (struct epo_span){ask->after_day, 4}; /* the year in which the new one counts */
}

static const char *text_of(struct epo_pool *pool, const struct epo_json *payload,
                           const char *name) {
    struct epo_span text = epo_json_get_text(payload, name);
    return text.len > 0 ? epo_pool_string(pool, text) : NULL;
}

/* False where none waits. */
static bool begin(struct epo_replay_watch *watch) {
    struct epo_error error = {0};
    struct epo_replay_record record;
    struct epo_json *faults = NULL;
    watch->pool = epo_pool_create();
    if (!epo_replay_record_next(watch->portal, watch->db, watch->pool, &record, &error) ||
        record.id == 0) {
        end(watch);
        return false;
    }
    const struct epo_json *payload = epo_json_parse(watch->pool, record.payload, NULL);
    struct epo_replay_ask ask = {.agenda = epo_pool_string(watch->pool, record.agenda),
                                 .folder = text_of(watch->pool, payload, "folder"),
                                 .form = text_of(watch->pool, payload, "form"),
                                 .definition = epo_json_get_text(payload, "definition"),
                                 .parameters = epo_json_get(payload, "parameters")};
    watch->id = record.id;
    watch->differences = NULL;
    set_days(&record, &ask);
    watch->replay = epo_replay_open(watch->registry, watch->portal, watch->db, &ask, watch->pool,
                                    &faults, &error);
    const char *why = error.text;
    if (watch->replay == NULL && faults != NULL && faults->count > 0)
        why = epo_pool_printf(watch->pool, "%.*s:%lld: %.*s",
                              EPO_ARG(epo_json_get_text(faults->items[0], "file")),
                              (long long)epo_json_get_integer(faults->items[0], "line", 0),
                              EPO_ARG(epo_json_get_text(faults->items[0], "text")));
    bool good =
        save(watch, watch->replay != NULL ? "running" : "failed", why) && watch->replay != NULL;
    if (!good)
        end(watch);
    return true;
}

/* ---- a step ---- */

static void differs(void *arg, const struct epo_json *difference) {
    struct epo_replay_watch *watch = arg;
    struct epo_pool *pool = watch->pool;
    epo_json_push(pool, watch->differences, epo_json_text(pool, epo_json_print(pool, difference)));
}

/* The pool of the replay holds what was asked alone: differences are of one step. */
static bool step(struct epo_replay_watch *watch, bool *more, struct epo_error *error) {
    struct epo_pool *kept = watch->pool;
    watch->pool = epo_pool_create();
    watch->differences = epo_json_array(watch->pool);
    bool good = epo_replay_step(watch->replay, watch->db, STEP, differs, watch, more, error);
    good = good && save(watch, *more ? "running" : "done", "");
    watch->differences = NULL;
    epo_pool_free(watch->pool);
    watch->pool = kept;
    return good;
}

static int look(void *arg) {
    struct epo_replay_watch *watch = arg;
    struct epo_error error = {0};
    bool wanted = false, more = false;
    if (watch->replay == NULL)
        return begin(watch) ? STEP_REST_MS : REST_MS;
    bool good = epo_replay_record_wanted(watch->portal, watch->db, watch->id, &wanted, &error);
    if (good && wanted && !step(watch, &more, &error)) {
        epo_log_error(EPO_LOG_ERROR, "replay", &error);
        save(watch, "failed", error.text);
    }
    if (!more) {
        epo_log(EPO_LOG_INFO, "replay.ended", EPO_LOG_INT("id", watch->id));
        end(watch);
    }
    return STEP_REST_MS;
}

static bool run_restart(struct epo_db *db, void *arg, struct epo_error *error) {
    struct epo_replay_watch *watch = arg;
    return epo_replay_record_restart(watch->portal, db, error);
}

struct epo_replay_watch *epo_replay_watch_start(struct epo_portal *portal,
                                                struct epo_registry *registry,
                                                struct epo_error *error) {
    struct epo_replay_watch *watch = calloc(1, sizeof *watch);
    epo_assert(watch != NULL);
    watch->portal = portal;
    watch->registry = registry;
    watch->db = epo_store_connect(portal->store, error);
    if (watch->db == NULL || !epo_store_write(portal->store, run_restart, watch, error)) {
        epo_db_close(watch->db);
        free(watch);
        return NULL;
    }
    watch->ticker = epo_ticker_start(REST_MS, look, watch);
    return watch;
}

void epo_replay_watch_stop(struct epo_replay_watch *watch) {
    if (watch == NULL)
        return;
    epo_ticker_stop(watch->ticker);
    end(watch);
    epo_db_close(watch->db);
    free(watch);
}
