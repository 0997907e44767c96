#include "portal/replay_record.h"

#include "base/clock.h"
#include "portal/audit.h"

#define COLUMNS                                                                                    \
    "SELECT id, agenda, payload, title, from_day, until_day, after_day, actor, actor_name,\n"      \
    "    state, sums, trouble, at_us, ended_at_us, kept FROM replays\n"
static const struct epo_statement FIND = {"replay_record.find",
                                          COLUMNS "WHERE tenant = $1 AND id = $2", NULL};
static const struct epo_statement LIST = {
    "replay_record.list", COLUMNS "WHERE tenant = $1 ORDER BY id DESC LIMIT $2", NULL};
static const struct epo_statement NEXT = {
    "replay_record.next", COLUMNS "WHERE tenant = $1 AND state = 'waiting' ORDER BY id LIMIT 1",
    NULL};
static const struct epo_statement ENDS = {
    "replay_record.ends",
    "SELECT coalesce(max(id), 0), coalesce(sum(state IN ('waiting', 'running')), 0)\n"
    "FROM replays WHERE tenant = $1",
    NULL,
};
static const struct epo_statement INSERT = {
    "replay_record.insert",
    "INSERT INTO replays (tenant, id, agenda, payload, title, from_day, until_day, after_day,\n"
    "    at_us, actor, actor_name, state, sums, trouble)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting', '', '')",
    NULL,
};
static const struct epo_statement FORGET[] = {
    {"replay_record.forget_differences",
     "DELETE FROM replay_differences WHERE tenant = $1 AND replay <= $2", NULL},
    {"replay_record.forget", "DELETE FROM replays WHERE tenant = $1 AND id <= $2", NULL},
};
static const struct epo_statement STATE = {
    "replay_record.state", "SELECT state, kept FROM replays WHERE tenant = $1 AND id = $2", NULL};
static const struct epo_statement PROGRESS = {
    "replay_record.progress",
    "UPDATE replays SET state = $3, sums = $4, trouble = $5, kept = $6, ended_at_us = $7\n"
    "WHERE tenant = $1 AND id = $2",
    NULL,
};
static const struct epo_statement DIFFERENCE = {
    "replay_record.difference",
    "INSERT INTO replay_differences (tenant, replay, sequence, difference)\n"
    "VALUES ($1, $2, $3, $4)",
    NULL,
};
static const struct epo_statement CANCEL = {
    "replay_record.cancel",
    "UPDATE replays SET state = 'cancelled', ended_at_us = $3\n"
    "WHERE tenant = $1 AND id = $2 AND state IN ('waiting', 'running')",
    NULL,
};
static const struct epo_statement RESTART[] = {
    {"replay_record.drop_half",
     "DELETE FROM replay_differences WHERE tenant = $1 AND replay IN\n"
     "    (SELECT id FROM replays WHERE tenant = $1 AND state = 'running')",
     NULL},
    {"replay_record.restart",
     "UPDATE replays SET state = 'waiting', kept = 0, sums = ''\n"
     "WHERE tenant = $1 AND state = 'running'",
     NULL},
};
static const struct epo_statement DIFFERENCES = {
    "replay_record.differences",
    "SELECT difference FROM replay_differences\n"
    "WHERE tenant = $1 AND replay = $2 AND sequence > $3 ORDER BY sequence LIMIT $4",
    NULL,
};

static void read_row(struct epo_pool *pool, struct epo_rows *rows,
                     struct epo_replay_record *record) {
    struct epo_span *const texts[] = {&record->agenda,   &record->payload,    &record->title,
                                      &record->from_day, &record->until_day,  &record->after_day,
                                      &record->actor,    &record->actor_name, &record->state,
                                      &record->sums,     &record->trouble};
    *record = (struct epo_replay_record){.id = epo_rows_integer(rows, 0)};
    for (int i = 0; i < (int)(sizeof texts / sizeof *texts); i++)
        *texts[i] = epo_pool_copy(pool, epo_rows_text(rows, i + 1));
    record->at_us = epo_rows_integer(rows, 12);
    record->ended_at_us = epo_rows_integer(rows, 13);
    record->kept = epo_rows_integer(rows, 14);
}

bool epo_replay_record_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                            int64_t id, struct epo_replay_record *record, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &FIND, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(id)));
    *record = (struct epo_replay_record){0};
    if (epo_rows_next(rows))
        read_row(pool, rows, record);
    return epo_rows_end(rows, error) &&
           (record->id > 0 ||
            epo_fail(error, EPO_ERROR_NOT_FOUND, "replay.none", "There is no such replay."));
}

bool epo_replay_record_next(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                            struct epo_replay_record *record, struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(db, &NEXT, EPO_BIND(EPO_STRING(portal->tenant)));
    *record = (struct epo_replay_record){0};
    if (epo_rows_next(rows))
        read_row(pool, rows, record);
    return epo_rows_end(rows, error);
}

bool epo_replay_record_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                            struct epo_replay_record **records, size_t *count,
                            struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &LIST, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(EPO_REPLAYS_KEPT)));
    *records = EPO_NEW_ARRAY(pool, struct epo_replay_record, EPO_REPLAYS_KEPT);
    *count = 0;
    while (epo_rows_next(rows))
        read_row(pool, rows, &(*records)[(*count)++]);
    return epo_rows_end(rows, error);
}

bool epo_replay_record_add(struct epo_portal *portal, struct epo_db *db,
                           struct epo_replay_record *record, struct epo_error *error) {
    int64_t last = 0, open = 0;
    char detail[32];
    struct epo_rows *rows = epo_db_query(db, &ENDS, EPO_BIND(EPO_STRING(portal->tenant)));
    if (epo_rows_next(rows)) {
        last = epo_rows_integer(rows, 0);
        open = epo_rows_integer(rows, 1);
    }
    if (!epo_rows_end(rows, error))
        return false;
    if (open >= EPO_REPLAYS_KEPT)
        return epo_fail(error, EPO_ERROR_BUSY, "replay.many",
                        "Too many replays wait: cancel some, or wait until they are done.");
    record->id = last + 1;
    record->at_us = epo_clock_now_us();
    bool good = epo_db_run(
        db, &INSERT,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(record->id), EPO_TEXT(record->agenda),
                 EPO_TEXT(record->payload), EPO_TEXT(record->title), EPO_TEXT(record->from_day),
                 EPO_TEXT(record->until_day), EPO_TEXT(record->after_day),
                 EPO_INTEGER(record->at_us), EPO_TEXT(record->actor), EPO_TEXT(record->actor_name)),
        NULL, error);
    for (size_t i = 0; good && i < sizeof FORGET / sizeof *FORGET; i++)
        good = epo_db_run(
            db, &FORGET[i],
            EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(record->id - EPO_REPLAYS_KEPT)), NULL,
            error);
    snprintf(detail, sizeof detail, "%lld", (long long)record->id);
    return good && epo_audit_note(portal, db, record->actor, "replay.started", record->agenda,
                                  epo_span(detail), error);
}

static bool read_state(struct epo_portal *portal, struct epo_db *db, int64_t id, bool *open,
                       int64_t *kept, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &STATE, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(id)));
    *open = false;
    if (epo_rows_next(rows)) {
        struct epo_span state = epo_rows_text(rows, 0);
        *open = epo_span_is(state, "waiting") || epo_span_is(state, "running");
        *kept = epo_rows_integer(rows, 1);
    }
    return epo_rows_end(rows, error);
}

bool epo_replay_record_wanted(struct epo_portal *portal, struct epo_db *db, int64_t id,
                              bool *wanted, struct epo_error *error) {
    int64_t kept;
    return read_state(portal, db, id, wanted, &kept, error);
}

bool epo_replay_record_progress(struct epo_portal *portal, struct epo_db *db,
                                const struct epo_replay_progress *progress,
                                struct epo_error *error) {
    const struct epo_json *list = progress->differences;
    int64_t kept = 0, ended = strcmp(progress->state, "running") == 0 ? 0 : epo_clock_now_us();
    bool open;
    if (!read_state(portal, db, progress->id, &open, &kept, error))
        return false;
    bool good = true;
    for (uint32_t i = 0;
         open && good && list != NULL && i < list->count && kept < EPO_REPLAY_DIFFERENCES_MAX; i++)
        good = epo_db_run(db, &DIFFERENCE,
                          EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(progress->id),
                                   EPO_INTEGER(++kept), EPO_TEXT(list->items[i]->text)),
                          NULL, error);
    return !open ||
           (good && epo_db_run(db, &PROGRESS,
                               EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(progress->id),
                                        EPO_STRING(progress->state), EPO_STRING(progress->sums),
                                        EPO_STRING(progress->trouble), EPO_INTEGER(kept),
                                        EPO_INTEGER(ended)),
                               NULL, error));
}

bool epo_replay_record_cancel(struct epo_portal *portal, struct epo_db *db, int64_t id,
                              struct epo_span actor, struct epo_error *error) {
    int64_t changes = 0;
    char object[32];
    snprintf(object, sizeof object, "%lld", (long long)id);
    return epo_db_run(db, &CANCEL,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(id),
                               EPO_INTEGER(epo_clock_now_us())),
                      &changes, error) &&
           (changes == 0 || epo_audit_note(portal, db, actor, "replay.cancelled", epo_span(object),
                                           EPO_SPAN(""), error));
}

bool epo_replay_record_restart(struct epo_portal *portal, struct epo_db *db,
                               struct epo_error *error) {
    bool good = true;
    for (size_t i = 0; good && i < sizeof RESTART / sizeof *RESTART; i++)
        good = epo_db_run(db, &RESTART[i], EPO_BIND(EPO_STRING(portal->tenant)), NULL, error);
    return good;
}

bool epo_replay_differences(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                            int64_t id, int64_t after, int64_t most, struct epo_json **list,
                            struct epo_error *error) {
    *list = epo_json_array(pool);
    struct epo_rows *rows = epo_db_query(db, &DIFFERENCES,
                                         EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(id),
                                                  EPO_INTEGER(after), EPO_INTEGER(most)));
    while (epo_rows_next(rows)) {
        struct epo_json *one = epo_json_parse(pool, epo_rows_text(rows, 0), NULL);
        if (one != NULL)
            epo_json_push(pool, *list, one);
    }
    return epo_rows_end(rows, error);
}
