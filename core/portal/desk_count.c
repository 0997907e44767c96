/* How many, and who: the figures beside the lists of the desk. */
#include "portal/desk_parts.h"

enum { PEOPLE_MAX = 500 };

static const struct epo_statement COUNT_GROUP = {
    "desk.count",
    "SELECT COUNT(*) FROM (SELECT 1\n" EPO_DESK_GROUP "LIMIT $13)",
    NULL,
};
static const struct epo_statement COUNT_DEEP = {
    "desk.count_deep",
    "SELECT COUNT(*) FROM (SELECT 1\n" EPO_DESK_GROUP EPO_DESK_DEEP "LIMIT $13)",
    NULL,
};
static const struct epo_statement COUNT_PERSON = {
    "desk.count_person",
    "SELECT COUNT(*) FROM (SELECT 1\n" EPO_DESK_PERSON "LIMIT $13)",
    NULL,
};

static bool add_count(struct epo_db *db, const struct epo_desk_asked *asked,
                      const struct epo_desk_group *group, int64_t *count, struct epo_error *error) {
    const struct epo_statement *statement = group == NULL ? &COUNT_PERSON
                                            : asked->deep ? &COUNT_DEEP
                                                          : &COUNT_GROUP;
    struct epo_rows *rows =
        epo_desk_query(db, statement, asked, group, EPO_DESK_COUNT + 1 - (int)*count);
    if (epo_rows_next(rows))
        *count += epo_rows_integer(rows, 0);
    return epo_rows_end(rows, error);
}

bool epo_desk_count(struct epo_portal *portal, struct epo_db *db,
                    const struct epo_desk_filter *filter, int64_t *count, struct epo_error *error) {
    struct epo_desk_filter all = *filter;
    struct epo_desk_asked asked;
    struct epo_pool *pool = epo_pool_create();
    all.after = (struct epo_desk_key){0};
    all.order = EPO_DESK_NEWEST;
    *count = 0;
    bool ok = epo_desk_ask(portal, db, pool, &all, &asked, error);
    if (ok && !asked.nothing && all.view == EPO_DESK_OF_PERSON)
        ok = add_count(db, &asked, NULL, count, error);
    for (size_t i = 0; ok && !asked.nothing && i < asked.group_count && *count <= EPO_DESK_COUNT;
         i++)
        ok = add_count(db, &asked, &asked.groups[i], count, error);
    epo_pool_free(pool);
    return ok;
}

static const struct epo_statement NEWEST = {
    "desk.newest_number",
    "SELECT number FROM cases WHERE tenant = $1 ORDER BY number DESC LIMIT 1",
    NULL,
};

bool epo_desk_newest(struct epo_portal *portal, struct epo_db *db, int64_t *number,
                     struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(db, &NEWEST, EPO_BIND(EPO_STRING(portal->tenant)));
    *number = epo_rows_next(rows) ? epo_rows_integer(rows, 0) : 0;
    return epo_rows_end(rows, error);
}

/* ---- by state ---- */

static const struct epo_statement COUNT_STATE = {
    "desk.count_state",
    "SELECT COUNT(*) FROM (\n"
    "    SELECT 1 FROM cases WHERE tenant = $1 AND office = $2 AND state = $3 LIMIT $4)",
    NULL,
};

static struct epo_json *state_of(struct epo_pool *pool, struct epo_json *states,
                                 struct epo_span state) {
    for (uint32_t i = 0; i < states->count; i++)
        if (epo_span_equal(epo_json_get_text(states->items[i], "state"), state))
            return states->items[i];
    struct epo_json *row = epo_json_object(pool);
    epo_json_set_text(pool, row, "state", state);
    epo_json_set_integer(pool, row, "count", 0);
    epo_json_push(pool, states, row);
    return row;
}

bool epo_desk_states(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     struct epo_span office, struct epo_json **states, struct epo_error *error) {
    struct epo_desk_group *groups;
    size_t count;
    bool ok = epo_desk_groups(portal, db, pool, office, &groups, &count, error);
    *states = epo_json_array(pool);
    for (size_t i = 0; ok && i < count; i++) {
        struct epo_json *row = state_of(pool, *states, groups[i].state);
        int64_t before = epo_json_get_integer(row, "count", 0);
        struct epo_rows *rows = epo_db_query(
            db, &COUNT_STATE,
            EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(groups[i].office),
                     EPO_TEXT(groups[i].state), EPO_INTEGER(EPO_DESK_COUNT + 1 - before)));
        if (epo_rows_next(rows))
            epo_json_set_integer(pool, row, "count", before + epo_rows_integer(rows, 0));
        ok = epo_rows_end(rows, error);
    }
    return ok;
}

/* ---- people ---- */

static const struct epo_statement PEOPLE = {
    "desk.people",
    "SELECT id, name, office FROM accounts\n"
    "WHERE tenant = $1 AND disabled = 0 AND role = 'clerk' AND ($2 = '' OR office IN ($2, '*'))\n"
    "ORDER BY name, id LIMIT $3",
    NULL,
};

bool epo_desk_people(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     struct epo_span office, struct epo_json **people, struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &PEOPLE,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(office), EPO_INTEGER(PEOPLE_MAX)));
    struct epo_json *list = *people = epo_json_array(pool);
    while (epo_rows_next(rows)) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(pool, row, "id", epo_rows_text(rows, 0));
        epo_json_set_text(pool, row, "name", epo_rows_text(rows, 1));
        epo_json_set_text(pool, row, "office", epo_rows_text(rows, 2));
        epo_json_push(pool, list, row);
    }
    return epo_rows_end(rows, error);
}
