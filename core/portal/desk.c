#include "portal/desk.h"

#include <stdlib.h>

#include "base/clock.h"
#include "portal/desk_parts.h"

/* ---- which cases ---- */

#define FOUND "SELECT c.number, COALESCE(c.due, '9999-12-31')\n"
#define NEWEST "ORDER BY c.number DESC LIMIT $13"
#define OLDEST "ORDER BY c.number LIMIT $13"
#define BY_DUE "ORDER BY COALESCE(c.due, '9999-12-31'), c.number LIMIT $13"

enum { SHALLOW, DEEP, PERSON };
static const struct epo_statement FIND[3][3] = {
    {{"desk.newest", FOUND EPO_DESK_GROUP NEWEST, NULL},
     {"desk.oldest", FOUND EPO_DESK_GROUP OLDEST, NULL},
     {"desk.by_due", FOUND EPO_DESK_GROUP BY_DUE, NULL}},
    {{"desk.newest_deep", FOUND EPO_DESK_GROUP EPO_DESK_DEEP NEWEST, NULL},
     {"desk.oldest_deep", FOUND EPO_DESK_GROUP EPO_DESK_DEEP OLDEST, NULL},
     {"desk.by_due_deep", FOUND EPO_DESK_GROUP EPO_DESK_DEEP BY_DUE, NULL}},
    {{"desk.newest_person", FOUND EPO_DESK_PERSON NEWEST, NULL},
     {"desk.oldest_person", FOUND EPO_DESK_PERSON OLDEST, NULL},
     {"desk.by_due_person", FOUND EPO_DESK_PERSON BY_DUE, NULL}},
};

struct hits {
    struct epo_desk_key *at;
    size_t count, most; /* room for twice as many: what was found, and what one group adds */
};

static int newest_first(const void *a, const void *b) {
    const struct epo_desk_key *one = a, *other = b;
    return (one->number < other->number) - (one->number > other->number);
}
static int oldest_first(const void *a, const void *b) {
    return newest_first(b, a);
}
static int due_first(const void *a, const void *b) {
    const struct epo_desk_key *one = a, *other = b;
    int order = strcmp(one->due, other->due);
    return order != 0 ? order : oldest_first(a, b);
}

static bool find_group(struct epo_db *db, const struct epo_desk_asked *asked,
                       const struct epo_desk_group *group, struct hits *hits,
                       struct epo_error *error) {
    static int (*const ORDERS[])(const void *, const void *) = {newest_first, oldest_first,
                                                                due_first};
    enum epo_desk_order order = asked->filter->order;
    int shape = group == NULL ? PERSON : asked->deep ? DEEP : SHALLOW;
    size_t before = hits->count;
    struct epo_rows *rows = epo_desk_query(db, &FIND[shape][order], asked, group, (int)hits->most);
    while (epo_rows_next(rows)) {
        struct epo_desk_key *key = &hits->at[hits->count++];
        key->number = epo_rows_integer(rows, 0);
        snprintf(key->due, sizeof key->due, "%.*s", EPO_ARG(epo_rows_text(rows, 1)));
    }
    if (before > 0 && hits->count > before)
        qsort(hits->at, hits->count, sizeof *hits->at, ORDERS[order]);
    if (hits->count > hits->most)
        hits->count = hits->most;
    return epo_rows_end(rows, error);
}

/* One more than the page is asked for: whether there is a next page. */
static bool find(struct epo_db *db, struct epo_pool *pool, const struct epo_desk_asked *asked,
                 struct hits *hits, struct epo_error *error) {
    size_t most = (size_t)asked->filter->limit + 1;
    bool ok = true;
    *hits = (struct hits){EPO_NEW_ARRAY(pool, struct epo_desk_key, 2 * most), 0, most};
    if (asked->nothing)
        return true;
    if (asked->filter->view == EPO_DESK_OF_PERSON)
        return find_group(db, asked, NULL, hits, error);
    for (size_t i = 0; ok && i < asked->group_count; i++)
        ok = find_group(db, asked, &asked->groups[i], hits, error);
    return ok;
}

/* ---- what they say ---- */

static const struct epo_statement ROW = {
    "desk.row",
    "SELECT c.agenda, c.form, c.title, c.place_text, c.state, c.district, c.office, c.due,\n"
    "    a.account, p.name, c.received_at_us, l.anchor_x, l.anchor_y,\n"
    "    (SELECT m.lead FROM merged AS m WHERE m.tenant = $1 AND m.number = $2),\n"
    "    COALESCE(r.agent_name, ''), COALESCE(r.sender_name, '')\n"
    "FROM cases AS c\n"
    "LEFT JOIN locations AS l\n"
    "    ON l.tenant = c.tenant AND l.number = c.number AND l.routes = 1\n"
    "LEFT JOIN assignments AS a ON a.tenant = c.tenant AND a.number = c.number\n"
    "LEFT JOIN accounts AS p ON p.tenant = a.tenant AND p.id = a.account\n"
    "LEFT JOIN represented_filings AS r ON r.tenant = c.tenant AND r.number = c.number\n"
    "WHERE c.tenant = $1 AND c.number = $2",
    NULL,
};
static const char *const TEXTS[] = {"agenda",   "form",   "title", "place",       "state",
                                    "district", "office", "due",   "assignee_id", "assignee"};
enum { TEXT_COUNT = sizeof TEXTS / sizeof *TEXTS };

static void set_point(struct epo_pool *pool, struct epo_json *row, struct epo_point metres) {
    struct epo_point lon_lat;
    struct epo_error ignored = {0};
    if (!epo_transform_to_4326(metres, &lon_lat, &ignored))
        return;
    struct epo_json *point = epo_json_set(pool, row, "point", epo_json_array(pool));
    epo_json_push(pool, point, epo_json_real(pool, lon_lat.x));
    epo_json_push(pool, point, epo_json_real(pool, lon_lat.y));
}

static bool read_row(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     int64_t number, struct epo_json *cases, struct epo_error *error) {
    char text[EPO_TIME_SIZE], name[EPO_NUMBER_SIZE];
    struct epo_rows *rows =
        epo_db_query(db, &ROW, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number)));
    if (epo_rows_next(rows)) {
        struct epo_json *row = epo_json_object(pool);
        epo_number_write(number, name);
        epo_json_set_string(pool, row, "number", name);
        for (int i = 0; i < TEXT_COUNT; i++)
            epo_json_set_text(pool, row, TEXTS[i], epo_rows_text(rows, i));
        int64_t received_at_us = epo_rows_integer(rows, TEXT_COUNT);
        epo_json_set_string(pool, row, "receivedAt", epo_time_rfc3339(received_at_us, text));
        epo_json_set_integer(pool, row, "received_at_us", received_at_us);
        if (epo_rows_value(rows, TEXT_COUNT + 1).type == EPO_VALUE_REAL)
            set_point(pool, row,
                      (struct epo_point){epo_rows_real(rows, TEXT_COUNT + 1),
                                         epo_rows_real(rows, TEXT_COUNT + 2)});
        if (epo_rows_integer(rows, TEXT_COUNT + 3) != 0) {
            epo_number_write(epo_rows_integer(rows, TEXT_COUNT + 3), name);
            epo_json_set_string(pool, row, "lead", name);
        }
        epo_json_set_text(pool, row, "agentName", epo_rows_text(rows, TEXT_COUNT + 4));
        epo_json_set_text(pool, row, "senderName", epo_rows_text(rows, TEXT_COUNT + 5));
        epo_json_push(pool, cases, row);
    }
    return epo_rows_end(rows, error);
}

bool epo_desk_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                   const struct epo_desk_filter *filter, struct epo_json **page,
                   struct epo_error *error) {
    struct epo_desk_asked asked;
    struct hits hits;
    char number[EPO_NUMBER_SIZE];
    epo_assert(filter->limit > 0 && filter->limit <= EPO_DESK_EXPORT);
    if (!epo_desk_ask(portal, db, pool, filter, &asked, error) ||
        !find(db, pool, &asked, &hits, error))
        return false;
    *page = epo_json_object(pool);
    struct epo_json *cases = epo_json_set(pool, *page, "cases", epo_json_array(pool));
    bool more = hits.count == hits.most;
    size_t shown = more ? hits.count - 1 : hits.count;
    for (size_t i = 0; i < shown; i++)
        if (!read_row(portal, db, pool, hits.at[i].number, cases, error))
            return false;
    if (more) {
        struct epo_json *next = epo_json_set(pool, *page, "next", epo_json_object(pool));
        epo_number_write(hits.at[shown - 1].number, number);
        epo_json_set_string(pool, next, "number", number);
        epo_json_set_string(pool, next, "due", hits.at[shown - 1].due);
    }
    return true;
}
