#include "portal/completion.h"

#include "base/clock.h"
#include "portal/audit.h"
#include "portal/receipt.h"

static const struct epo_statement COUNT = {
    "completion.count",
    "SELECT COUNT(*) FROM case_completions WHERE tenant = $1 AND number = $2",
    NULL,
};
static const struct epo_statement ASK = {
    "completion.ask",
    "INSERT INTO case_completions (tenant, number, sequence, asked_at_us, asked, actor)\n"
    "VALUES ($1, $2, $3, $4, $5, $6)",
    NULL,
};
static const struct epo_statement ANSWER = {
    "completion.answer",
    "UPDATE case_completions SET answered_at_us = $4, changes = $5, hash = $6, answers = $7,\n"
    "    facts = $8, computed = $9,\n"
    "    filed_place = CASE WHEN $10 = 1 THEN (SELECT geometry FROM locations AS l\n"
    "        WHERE l.tenant = $1 AND l.number = $2 AND l.routes = 1) END\n"
    "WHERE tenant = $1 AND number = $2 AND sequence = $3 AND answered_at_us IS NULL",
    NULL,
};
static const struct epo_statement LIST = {
    "completion.list",
    "SELECT sequence, asked_at_us, asked, answered_at_us, changes, hash, answers, facts, computed\n"
    "FROM case_completions\n"
    "WHERE tenant = $1 AND number = $2\n"
    "ORDER BY sequence",
    NULL,
};
static const struct epo_statement FORGET_PLACES = {
    "completion.forget_places", "DELETE FROM locations WHERE tenant = $1 AND number = $2", NULL};
static const struct epo_statement PUT_PLACE = {
    "completion.put_place",
    "INSERT INTO locations (tenant, number, field, kind, geometry, anchor_x, anchor_y, area_m2,\n"
    "    length_m, district, map_version)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    NULL,
};
/* The office that handles the case stays: handing it on is the clerk's. */
static const struct epo_statement SET_PLACE = {
    "completion.set_place",
    "UPDATE cases SET place_text = $3, district = $4, search = $5\n"
    "WHERE tenant = $1 AND number = $2",
    NULL,
};

bool epo_completion_ask(struct epo_portal *portal, struct epo_db *db, int64_t number,
                        const struct epo_json *fields, struct epo_span actor,
                        struct epo_error *error) {
    struct epo_value tenant = EPO_STRING(portal->tenant), key = EPO_INTEGER(number);
    struct epo_rows *rows = epo_db_query(db, &COUNT, EPO_BIND(tenant, key));
    int64_t count = epo_rows_next(rows) ? epo_rows_integer(rows, 0) : 0;
    if (!epo_rows_end(rows, error))
        return false;
    if (count >= EPO_COMPLETIONS_MAX)
        return epo_fail(error, EPO_ERROR_TOO_LARGE, "completion.many",
                        "This case was asked to be completed %d times: decide on it.",
                        EPO_COMPLETIONS_MAX);
    struct epo_pool *pool = epo_pool_create();
    bool ok =
        epo_db_run(db, &ASK,
                   EPO_BIND(tenant, key, EPO_INTEGER(count + 1), EPO_INTEGER(epo_clock_now_us()),
                            EPO_TEXT(epo_json_print(pool, fields)), EPO_TEXT(actor)),
                   NULL, error);
    epo_pool_free(pool);
    return ok;
}

static bool put_route(struct epo_portal *portal, struct epo_db *db, const struct epo_completion *c,
                      const struct epo_located *located, struct epo_error *error) {
    const struct epo_place *place = &located->place;
    return epo_db_run(db, &PUT_PLACE,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(c->number),
                               EPO_STRING(located->field), EPO_INTEGER(place->kind),
                               EPO_BLOB(place->wkb_metres), EPO_REAL(place->anchor_metres.x),
                               EPO_REAL(place->anchor_metres.y), EPO_REAL(place->area_m2),
                               EPO_REAL(place->length_m), EPO_TEXT(located->district),
                               EPO_TEXT(c->map_version)),
                      NULL, error);
}

static bool set_places(struct epo_portal *portal, struct epo_db *db, const struct epo_completion *c,
                       struct epo_error *error) {
    struct epo_value tenant = EPO_STRING(portal->tenant), key = EPO_INTEGER(c->number);
    char number[EPO_NUMBER_SIZE];
    epo_number_write(c->number, number);
    if (c->ground && (!epo_occupancy_drop(portal, db, c->number, error) ||
                      !epo_occupancy_take(portal, db, number, c->occupants, error)))
        return false;
    if (!c->moved)
        return true;
    if (!epo_db_run(db, &FORGET_PLACES, EPO_BIND(tenant, key), NULL, error))
        return false;
    for (const struct epo_located *each = c->places; each != NULL; each = each->next)
        if (each->routes && !put_route(portal, db, c, each, error))
            return false;
    return epo_located_put(portal, db, c->number, c->places, c->map_version, error) &&
           epo_db_run(db, &SET_PLACE,
                      EPO_BIND(tenant, key, EPO_TEXT(c->place_text), EPO_TEXT(c->district),
                               EPO_TEXT(c->search)),
                      NULL, error);
}

bool epo_completion_save(struct epo_portal *portal, struct epo_db *db,
                         const struct epo_completion *c, struct epo_error *error) {
    char number[EPO_NUMBER_SIZE], hash[EPO_SHA256_HEX_SIZE];
    int64_t now = epo_clock_now_us(), changed = 0;
    epo_number_write(c->number, number);
    epo_sha256_hex(c->changes, hash);
    struct epo_audit_entry entry = {.actor = c->actor,
                                    .action = EPO_SPAN("case.completed"),
                                    .object = epo_span(number),
                                    .detail = epo_span(hash),
                                    .at_us = now};
    if (!epo_db_run(db, &ANSWER,
                    EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(c->number),
                             EPO_INTEGER(c->sequence), EPO_INTEGER(now), EPO_TEXT(c->changes),
                             EPO_STRING(hash), EPO_TEXT(c->answers), EPO_TEXT(c->facts),
                             EPO_TEXT(c->values), EPO_INTEGER(c->moved)),
                    &changed, error))
        return false;
    if (changed == 0)
        return epo_fail(error, EPO_ERROR_CONFLICT, "completion.answered",
                        "This completion was sent already.");
    return set_places(portal, db, c, error) && epo_audit_append(portal, db, &entry, error);
}

/* ---- reading ---- */

static struct epo_json *parse(struct epo_pool *pool, struct epo_span text) {
    struct epo_error ignored = {0};
    struct epo_json *value = text.len > 0 ? epo_json_parse(pool, text, &ignored) : NULL;
    return value != NULL ? value : epo_json_null(pool);
}

static void set_time(struct epo_pool *pool, struct epo_json *row, const char *name,
                     const char *name_us, int64_t at_us) {
    char at[EPO_TIME_SIZE];
    epo_json_set_string(pool, row, name, epo_time_rfc3339(at_us, at));
    epo_json_set_integer(pool, row, name_us, at_us);
}

bool epo_completion_add(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                        int64_t number, struct epo_json *found, struct epo_error *error) {
    struct epo_json *list = epo_json_set(pool, found, "completions", epo_json_array(pool));
    struct epo_rows *rows =
        epo_db_query(db, &LIST, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number)));
    while (epo_rows_next(rows)) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_push(pool, list, row);
        epo_json_set_integer(pool, row, "sequence", epo_rows_integer(rows, 0));
        set_time(pool, row, "at", "at_us", epo_rows_integer(rows, 1));
        epo_json_set(pool, row, "fields", parse(pool, epo_rows_text(rows, 2)));
        if (epo_rows_value(rows, 3).type == EPO_VALUE_NULL)
            continue;
        set_time(pool, row, "answeredAt", "answered_at_us", epo_rows_integer(rows, 3));
        epo_json_set(pool, row, "changes", parse(pool, epo_rows_text(rows, 4)));
        epo_json_set_text(pool, row, "hash", epo_rows_text(rows, 5));
        struct epo_json *current = epo_json_set(pool, found, "current", epo_json_object(pool));
        epo_json_set(pool, current, "answers", parse(pool, epo_rows_text(rows, 6)));
        epo_json_set(pool, current, "facts", parse(pool, epo_rows_text(rows, 7)));
        epo_json_set(pool, current, "values", parse(pool, epo_rows_text(rows, 8)));
    }
    return epo_rows_end(rows, error);
}

const struct epo_json *epo_completion_open(const struct epo_json *found) {
    const struct epo_json *list = epo_json_get(found, "completions");
    const struct epo_json *last = list && list->count > 0 ? list->items[list->count - 1] : NULL;
    return last && !epo_json_get(last, "changes") ? last : NULL;
}

const struct epo_json *epo_completion_current(const struct epo_json *found, const char *name) {
    const struct epo_json *current = epo_json_get(epo_json_get(found, "current"), name);
    return current != NULL ? current : epo_json_get(found, name);
}
