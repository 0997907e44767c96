#include "portal/publication.h"

#include "base/clock.h"
#include "portal/audit.h"

#define COLUMNS                                                                                    \
    "SELECT id, agenda, form, folder, note, from_day, actor, actor_name, state, trouble,\n"        \
    "    at_us, ended_at_us, definition FROM publications\n"
static const struct epo_statement LIST = {
    "publication.list", COLUMNS "WHERE tenant = $1 ORDER BY id DESC LIMIT $2", NULL};
static const struct epo_statement FIND = {"publication.find",
                                          COLUMNS "WHERE tenant = $1 AND id = $2", NULL};
static const struct epo_statement DUE = {
    "publication.due",
    COLUMNS "WHERE tenant = $1 AND state = 'waiting' AND from_day <= $2\n"
            "ORDER BY from_day, id LIMIT 1",
    NULL,
};
static const struct epo_statement FOLDER = {
    "publication.folder",
    "SELECT folder FROM publications\n"
    "WHERE tenant = $1 AND agenda = $2 AND state = 'live' AND folder <> ''\n"
    "ORDER BY from_day DESC, id DESC LIMIT 1",
    NULL,
};
static const struct epo_statement LAST = {
    "publication.last", "SELECT coalesce(max(id), 0) FROM publications WHERE tenant = $1", NULL};
static const struct epo_statement INSERT = {
    "publication.insert",
    "INSERT INTO publications (tenant, id, agenda, form, definition, folder, note, from_day, "
    "at_us,\n"
    "    actor, actor_name, state)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting')",
    NULL,
};
static const struct epo_statement END = {
    "publication.end",
    "UPDATE publications SET state = $3, trouble = $4, ended_at_us = $5\n"
    "WHERE tenant = $1 AND id = $2 AND state = 'waiting'",
    NULL,
};
static const struct epo_statement FAIL = {
    "publication.fail",
    "UPDATE publications SET state = 'failed', trouble = $3, ended_at_us = $4\n"
    "WHERE tenant = $1 AND id = $2 AND state IN ('waiting', 'live')",
    NULL,
};
static const struct epo_statement CANCEL = {
    "publication.cancel",
    "UPDATE publications SET state = 'cancelled', ended_at_us = $3\n"
    "WHERE tenant = $1 AND id = $2\n"
    "    AND (state = 'waiting' OR (state = 'live' AND folder <> ''))",
    NULL,
};

static void read_row(struct epo_pool *pool, struct epo_rows *rows,
                     struct epo_publication_record *record, bool whole) {
    struct epo_span *const texts[] = {&record->agenda,     &record->form,     &record->folder,
                                      &record->note,       &record->from_day, &record->actor,
                                      &record->actor_name, &record->state,    &record->trouble};
    *record = (struct epo_publication_record){.id = epo_rows_integer(rows, 0)};
    for (int i = 0; i < (int)(sizeof texts / sizeof *texts); i++)
        *texts[i] = epo_pool_copy(pool, epo_rows_text(rows, i + 1));
    record->at_us = epo_rows_integer(rows, 10);
    record->ended_at_us = epo_rows_integer(rows, 11);
    if (whole)
        record->definition = epo_pool_copy(pool, epo_rows_text(rows, 12));
}

bool epo_publication_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                          struct epo_publication_record **records, size_t *count,
                          struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &LIST, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(EPO_PUBLICATIONS_SHOWN)));
    *records = EPO_NEW_ARRAY(pool, struct epo_publication_record, EPO_PUBLICATIONS_SHOWN);
    *count = 0;
    while (epo_rows_next(rows))
        read_row(pool, rows, &(*records)[(*count)++], false);
    return epo_rows_end(rows, error);
}

static bool read_one(struct epo_pool *pool, struct epo_rows *rows,
                     struct epo_publication_record *record, struct epo_error *error) {
    *record = (struct epo_publication_record){0};
    if (epo_rows_next(rows))
        read_row(pool, rows, record, true);
    return epo_rows_end(rows, error);
}

bool epo_publication_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                          int64_t id, struct epo_publication_record *record,
                          struct epo_error *error) {
    return read_one(pool,
                    epo_db_query(db, &FIND, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(id))),
                    record, error) &&
           (record->id > 0 || epo_fail(error, EPO_ERROR_NOT_FOUND, "publication.none",
                                       "There is no such publication."));
}

bool epo_publication_due(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         const char *today, struct epo_publication_record *record,
                         struct epo_error *error) {
    return read_one(pool,
                    epo_db_query(db, &DUE, EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(today))),
                    record, error);
}

bool epo_publication_folder(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                            const char *agenda, struct epo_span *folder, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &FOLDER, EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(agenda)));
    *folder = EPO_SPAN("");
    if (epo_rows_next(rows))
        *folder = epo_pool_copy(pool, epo_rows_text(rows, 0));
    return epo_rows_end(rows, error);
}

static bool note(struct epo_portal *portal, struct epo_db *db, struct epo_span actor,
                 const char *action, int64_t id, struct epo_span detail, struct epo_error *error) {
    char object[32];
    snprintf(object, sizeof object, "publication %lld", (long long)id);
    return epo_audit_note(portal, db, actor, action, epo_span(object), detail, error);
}

bool epo_publication_add(struct epo_portal *portal, struct epo_db *db,
                         struct epo_publication_record *record, struct epo_error *error) {
    int64_t last = 0;
    struct epo_rows *rows = epo_db_query(db, &LAST, EPO_BIND(EPO_STRING(portal->tenant)));
    if (epo_rows_next(rows))
        last = epo_rows_integer(rows, 0);
    if (!epo_rows_end(rows, error))
        return false;
    record->id = last + 1;
    record->at_us = epo_clock_now_us();
    return epo_db_run(db, &INSERT,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(record->id),
                               EPO_TEXT(record->agenda), EPO_TEXT(record->form),
                               EPO_TEXT(record->definition), EPO_TEXT(record->folder),
                               EPO_TEXT(record->note), EPO_TEXT(record->from_day),
                               EPO_INTEGER(record->at_us), EPO_TEXT(record->actor),
                               EPO_TEXT(record->actor_name)),
                      NULL, error) &&
           note(portal, db, record->actor, "publication.planned", record->id, record->agenda,
                error);
}

static bool ended(int64_t changes, struct epo_error *error) {
    return changes > 0 || epo_fail(error, EPO_ERROR_CONFLICT, "publication.ended",
                                   "It does not wait any more, and cannot be taken back here.");
}

bool epo_publication_end(struct epo_portal *portal, struct epo_db *db, int64_t id,
                         const char *state, const char *trouble, struct epo_error *error) {
    int64_t changes = 0;
    return epo_db_run(db, &END,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(id), EPO_STRING(state),
                               EPO_STRING(trouble), EPO_INTEGER(epo_clock_now_us())),
                      &changes, error) &&
           ended(changes, error) &&
           note(portal, db, EPO_SPAN("clock"), "publication.ended", id, epo_span(state), error);
}

bool epo_publication_fail(struct epo_portal *portal, struct epo_db *db, int64_t id,
                          const char *trouble, struct epo_error *error) {
    return epo_db_run(db, &FAIL,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(id), EPO_STRING(trouble),
                               EPO_INTEGER(epo_clock_now_us())),
                      NULL, error) &&
           note(portal, db, EPO_SPAN("clock"), "publication.ended", id, EPO_SPAN("failed"), error);
}

bool epo_publication_cancel(struct epo_portal *portal, struct epo_db *db, int64_t id,
                            struct epo_span actor, struct epo_error *error) {
    int64_t changes = 0;
    return epo_db_run(db, &CANCEL,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(id),
                               EPO_INTEGER(epo_clock_now_us())),
                      &changes, error) &&
           ended(changes, error) &&
           note(portal, db, actor, "publication.cancelled", id, EPO_SPAN(""), error);
}
