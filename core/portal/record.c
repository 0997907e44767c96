#include "portal/record.h"

#include "base/clock.h"

#define COLUMNS "key, person, kind, data, place, from_day, until_day, changed_at_us"

static const struct epo_statement FIND = {
    "record.find",
    "SELECT " COLUMNS " FROM records WHERE tenant = $1 AND agenda = $2 AND key = $3",
    NULL,
};
static const struct epo_statement PUT = {
    "record.put",
    "INSERT INTO records (tenant, agenda, " COLUMNS ")\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)\n"
    "ON CONFLICT (tenant, agenda, key) DO UPDATE\n"
    "SET person = excluded.person, kind = excluded.kind, data = excluded.data,\n"
    "    place = excluded.place, from_day = excluded.from_day, until_day = excluded.until_day,\n"
    "    changed_at_us = excluded.changed_at_us",
    NULL,
};
static const struct epo_statement END = {
    "record.end",
    "UPDATE records SET until_day = $4, changed_at_us = $5\n"
    "WHERE tenant = $1 AND agenda = $2 AND key = $3",
    NULL,
};
static const struct epo_statement LIST = {
    "record.list",
    "SELECT " COLUMNS " FROM records\n"
    "WHERE tenant = $1 AND agenda = $2 AND key > $3 AND ($4 = '' OR kind = $4)\n"
    "ORDER BY key LIMIT $5",
    NULL,
};
/* Without figures the planner takes the key for the better way, and walks the whole agenda. */
#define OF_PERSON_FROM "SELECT " COLUMNS " FROM records "
#define OF_PERSON_WHERE                                                                            \
    "\nWHERE tenant = $1 AND agenda = $2 AND person = $6 AND person <> '' AND key > $3\n"          \
    "    AND ($4 = '' OR kind = $4)\n"                                                             \
    "ORDER BY key LIMIT $5"
static const struct epo_statement OF_PERSON = {
    "record.of_person",
    OF_PERSON_FROM "INDEXED BY records_person" OF_PERSON_WHERE,
    OF_PERSON_FROM OF_PERSON_WHERE,
};
static const struct epo_statement COUNT = {
    "record.count",
    "SELECT COUNT(*) FROM records WHERE tenant = $1 AND agenda = $2",
    NULL,
};

static bool is_name(struct epo_span text, size_t max) {
    if (text.len > max || !epo_text_valid(text) || epo_span_trim(text).len != text.len)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7f)
            return false;
    return true;
}

bool epo_record_is_key(struct epo_span key) {
    return key.len > 0 && is_name(key, EPO_RECORD_KEY_MAX);
}

bool epo_record_is_person(struct epo_span person) {
    return is_name(person, EPO_RECORD_PERSON_MAX);
}

static struct epo_value text_or_null(struct epo_span text) {
    return text.len > 0 ? EPO_TEXT(text) : EPO_NULL;
}

/* Does the row that the statement stands on say the same? */
static bool says(struct epo_rows *rows, const struct epo_record *record) {
    return epo_span_equal(epo_rows_text(rows, 1), record->person) &&
           epo_span_equal(epo_rows_text(rows, 2), record->kind) &&
           epo_span_equal(epo_rows_text(rows, 3), record->data) &&
           epo_span_equal(epo_rows_text(rows, 4), record->place) &&
           epo_span_equal(epo_rows_text(rows, 5), record->from) &&
           epo_span_equal(epo_rows_text(rows, 6), record->until);
}

bool epo_record_put(struct epo_portal *portal, struct epo_db *db, const struct epo_record *record,
                    enum epo_record_put *done, struct epo_error *error) {
    epo_assert(epo_record_is_key(record->key) && epo_record_is_person(record->person));
    struct epo_rows *rows = epo_db_query(
        db, &FIND,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(record->agenda), EPO_TEXT(record->key)));
    bool there = epo_rows_next(rows);
    bool same = there && says(rows, record);
    if (!epo_rows_end(rows, error))
        return false;
    *done = same ? EPO_RECORD_SAME : there ? EPO_RECORD_CHANGED : EPO_RECORD_ADDED;
    return same ||
           epo_db_run(db, &PUT,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(record->agenda),
                               EPO_TEXT(record->key), EPO_TEXT(record->person),
                               EPO_TEXT(record->kind), EPO_TEXT(record->data),
                               text_or_null(record->place), EPO_TEXT(record->from),
                               text_or_null(record->until), EPO_INTEGER(epo_clock_now_us())),
                      NULL, error);
}

bool epo_record_end(struct epo_portal *portal, struct epo_db *db, struct epo_span agenda,
                    struct epo_span key, struct epo_span day, struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &FIND, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(agenda), EPO_TEXT(key)));
    bool there = epo_rows_next(rows);
    /* ISO days compare as texts */
    struct epo_span from = there ? epo_rows_text(rows, 5) : EPO_SPAN("");
    bool before = there && from.len == day.len && memcmp(day.at, from.at, day.len) < 0;
    if (!epo_rows_end(rows, error))
        return false;
    if (!there)
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "record.unknown",
                        "The register has no record \"%.*s\".", EPO_ARG(key));
    if (before)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "record.ends_before",
                        "The record \"%.*s\" would end before it begins.", EPO_ARG(key));
    return epo_db_run(db, &END,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(agenda), EPO_TEXT(key),
                               EPO_TEXT(day), EPO_INTEGER(epo_clock_now_us())),
                      NULL, error);
}

static struct epo_json *parsed(struct epo_pool *pool, struct epo_span text) {
    struct epo_json *json = text.len > 0 ? epo_json_parse(pool, text, NULL) : NULL;
    return json != NULL ? json : epo_json_null(pool);
}

static struct epo_json *read_row(struct epo_pool *pool, struct epo_rows *rows) {
    struct epo_json *record = epo_json_object(pool);
    struct epo_span until = epo_rows_text(rows, 6);
    epo_json_set_text(pool, record, "key", epo_rows_text(rows, 0));
    epo_json_set_text(pool, record, "person", epo_rows_text(rows, 1));
    epo_json_set_text(pool, record, "kind", epo_rows_text(rows, 2));
    epo_json_set(pool, record, "data", parsed(pool, epo_rows_text(rows, 3)));
    epo_json_set(pool, record, "place", parsed(pool, epo_rows_text(rows, 4)));
    epo_json_set_text(pool, record, "from", epo_rows_text(rows, 5));
    epo_json_set(pool, record, "until",
                 until.len > 0 ? epo_json_text(pool, until) : epo_json_null(pool));
    epo_json_set_integer(pool, record, "changed_at_us", epo_rows_integer(rows, 7));
    return record;
}

bool epo_record_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     struct epo_span agenda, struct epo_span key, struct epo_json **found,
                     struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &FIND, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(agenda), EPO_TEXT(key)));
    *found = epo_rows_next(rows) ? read_row(pool, rows) : NULL;
    return epo_rows_end(rows, error);
}

bool epo_records_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      const struct epo_record_query *query, struct epo_json **records,
                      struct epo_error *error) {
    int limit = query->limit < EPO_RECORDS_PAGE_MAX ? query->limit : EPO_RECORDS_PAGE_MAX;
    struct epo_value values[] = {EPO_STRING(portal->tenant), EPO_TEXT(query->agenda),
                                 EPO_TEXT(query->after),     EPO_TEXT(query->kind),
                                 EPO_INTEGER(limit),         EPO_TEXT(query->person)};
    bool of_person = query->person.len > 0;
    struct epo_rows *rows = epo_db_query(db, of_person ? &OF_PERSON : &LIST,
                                         (struct epo_bind){values, of_person ? 6 : 5});
    *records = epo_json_array(pool);
    while (epo_rows_next(rows))
        epo_json_push(pool, *records, read_row(pool, rows));
    return epo_rows_end(rows, error);
}

bool epo_records_count(struct epo_portal *portal, struct epo_db *db, struct epo_span agenda,
                       int64_t *count, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &COUNT, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(agenda)));
    *count = epo_rows_next(rows) ? epo_rows_integer(rows, 0) : 0;
    return epo_rows_end(rows, error);
}
