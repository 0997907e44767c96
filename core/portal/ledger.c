#include "portal/ledger.h"

#include "base/clock.h"

#define COLUMNS                                                                                    \
    "e.id, e.kind, e.person, e.record, e.period, e.day, e.due, e.haler, e.reference, e.explain,\n" \
    "    e.reverses, r.id, e.by_account, e.note, e.at_us"
#define WITH_REVERSAL                                                                              \
    "FROM ledger_entries AS e\n"                                                                   \
    "LEFT JOIN ledger_entries AS r ON r.tenant = e.tenant AND r.reverses = e.id\n"

static const struct epo_statement BY_REFERENCE = {
    "ledger.by_reference",
    "SELECT id, kind, person, record, period, due, haler, COALESCE(reverses, 0)\n"
    "FROM ledger_entries WHERE tenant = $1 AND agenda = $2 AND reference = $3",
    NULL,
};
static const struct epo_statement REVERSIBLE = {
    "ledger.reversible",
    "SELECT e.kind, e.haler, e.record, e.period, r.id\n" WITH_REVERSAL
    "WHERE e.tenant = $1 AND e.id = $2 AND e.agenda = $3 AND e.person = $4",
    NULL,
};
static const struct epo_statement NEXT = {
    "ledger.next",
    "SELECT COALESCE(MAX(id), 0) + 1 FROM ledger_entries WHERE tenant = $1",
    NULL,
};
static const struct epo_statement LINE = {
    "ledger.line",
    "INSERT INTO ledger_lines (tenant, entry, account, haler) VALUES ($1, $2, $3, $4)",
    NULL,
};
static const struct epo_statement REVERSED_LINES = {
    "ledger.reversed_lines",
    "INSERT INTO ledger_lines (tenant, entry, account, haler)\n"
    "SELECT tenant, $2, account, -haler FROM ledger_lines WHERE tenant = $1 AND entry = $3",
    NULL,
};
static const struct epo_statement ENTRY = {
    "ledger.entry",
    "INSERT INTO ledger_entries (tenant, id, agenda, person, kind, record, period, day, due, "
    "haler,\n"
    "    reference, explain, reverses, by_account, note, at_us)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    NULL,
};
static const struct epo_statement OF_PERSON = {
    "ledger.of_person",
    "SELECT " COLUMNS "\n" WITH_REVERSAL
    "WHERE e.tenant = $1 AND e.agenda = $2 AND e.person = $3 ORDER BY e.day, e.id LIMIT $4",
    NULL,
};
static const struct epo_statement PAGE = {
    "ledger.page",
    "SELECT " COLUMNS "\n" WITH_REVERSAL
    "WHERE e.tenant = $1 AND e.agenda = $2 AND e.id > $3 ORDER BY e.id LIMIT $4",
    NULL,
};
static const struct epo_statement BALANCE = {
    "ledger.balance",
    "SELECT COALESCE(SUM(l.haler), 0) FROM ledger_entries AS e\n"
    "JOIN ledger_lines AS l ON l.tenant = e.tenant AND l.entry = e.id\n"
    "    AND l.account = 'receivable'\n"
    "WHERE e.tenant = $1 AND e.agenda = $2 AND e.person = $3",
    NULL,
};
static const struct epo_statement SUMS = {
    "ledger.sums",
    "SELECT l.account, SUM(l.haler) FROM ledger_entries AS e\n"
    "JOIN ledger_lines AS l ON l.tenant = e.tenant AND l.entry = e.id\n"
    "WHERE e.tenant = $1 AND e.agenda = $2 GROUP BY l.account",
    NULL,
};

/* By kind: the account that grows (debit) and the one that it comes from (credit). */
static const struct {
    const char *debit, *credit;
} ACCOUNTS[] = {
    [EPO_LEDGER_ASSESSMENT] = {"receivable", "revenue"},
    [EPO_LEDGER_PAYMENT] = {"bank", "receivable"},
    [EPO_LEDGER_REMISSION] = {"remission", "receivable"},
    [EPO_LEDGER_REFUND] = {"receivable", "bank"},
    [EPO_LEDGER_INTEREST] = {"receivable", "revenue"},
};

/* ---- posting ---- */

/* Day and explanation may be told anew: a run that is repeated tomorrow says the same thing. */
static bool says(struct epo_rows *rows, const struct epo_ledger_entry *entry) {
    bool reversal = entry->kind == EPO_LEDGER_REVERSAL; /* takes the rest from what it reverses */
    return epo_span_is(epo_rows_text(rows, 1), epo_ledger_kind_name(entry->kind)) &&
           epo_span_equal(epo_rows_text(rows, 2), entry->person) &&
           epo_rows_integer(rows, 7) == entry->reverses &&
           (reversal || (epo_span_equal(epo_rows_text(rows, 3), entry->record) &&
                         epo_span_equal(epo_rows_text(rows, 4), entry->period) &&
                         epo_span_equal(epo_rows_text(rows, 5), entry->due) &&
                         epo_rows_integer(rows, 6) == entry->haler));
}

bool epo_ledger_seen(struct epo_portal *portal, struct epo_db *db,
                     const struct epo_ledger_entry *entry, struct epo_ledger_posted *posted,
                     struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &BY_REFERENCE,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(entry->agenda), EPO_TEXT(entry->reference)));
    bool same = false;
    *posted = (struct epo_ledger_posted){0, epo_rows_next(rows)};
    if (posted->repeated) {
        posted->id = epo_rows_integer(rows, 0);
        same = says(rows, entry);
    }
    if (!epo_rows_end(rows, error))
        return false;
    return !posted->repeated || same ||
           epo_fail(error, EPO_ERROR_CONFLICT, "ledger.reference_used",
                    "The entry \"%.*s\" was posted with another content: reverse it first.",
                    EPO_ARG(entry->reference));
}

/* What a reversal takes back; its amount, record and period go into the reversal. */
struct reversed {
    int64_t haler;
    char record[100], period[32];
};

static bool find_reversed(struct epo_portal *portal, struct epo_db *db,
                          const struct epo_ledger_entry *entry, struct reversed *reversed,
                          struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &REVERSIBLE,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(entry->reverses),
                              EPO_TEXT(entry->agenda), EPO_TEXT(entry->person)));
    bool there = epo_rows_next(rows), may = false;
    if (there) {
        may = !epo_span_is(epo_rows_text(rows, 0), "reversal") &&
              epo_rows_value(rows, 4).type == EPO_VALUE_NULL;
        reversed->haler = epo_rows_integer(rows, 1);
        epo_span_store(reversed->record, sizeof reversed->record, epo_rows_text(rows, 2));
        epo_span_store(reversed->period, sizeof reversed->period, epo_rows_text(rows, 3));
    }
    if (!epo_rows_end(rows, error))
        return false;
    if (!there)
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "ledger.unknown_entry",
                        "The person has no entry %lld in this agenda.", (long long)entry->reverses);
    if (!may)
        return epo_fail(error, EPO_ERROR_CONFLICT, "ledger.reversed",
                        "The entry %lld is reversed already, or is a reversal.",
                        (long long)entry->reverses);
    return entry->haler == 0 || entry->haler == reversed->haler ||
           epo_fail(error, EPO_ERROR_CONFLICT, "ledger.reversed",
                    "A reversal takes back the whole entry.");
}

static bool next_id(struct epo_portal *portal, struct epo_db *db, int64_t *id,
                    struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(db, &NEXT, EPO_BIND(EPO_STRING(portal->tenant)));
    *id = epo_rows_next(rows) ? epo_rows_integer(rows, 0) : 1;
    return epo_rows_end(rows, error);
}

/* Before the entry, which closes them. */
static bool add_lines(struct epo_portal *portal, struct epo_db *db, int64_t id,
                      const struct epo_ledger_entry *entry, struct epo_error *error) {
    struct epo_value tenant = EPO_STRING(portal->tenant);
    if (entry->kind == EPO_LEDGER_REVERSAL)
        return epo_db_run(db, &REVERSED_LINES,
                          EPO_BIND(tenant, EPO_INTEGER(id), EPO_INTEGER(entry->reverses)), NULL,
                          error);
    return epo_db_run(db, &LINE,
                      EPO_BIND(tenant, EPO_INTEGER(id), EPO_STRING(ACCOUNTS[entry->kind].debit),
                               EPO_INTEGER(entry->haler)),
                      NULL, error) &&
           epo_db_run(db, &LINE,
                      EPO_BIND(tenant, EPO_INTEGER(id), EPO_STRING(ACCOUNTS[entry->kind].credit),
                               EPO_INTEGER(-entry->haler)),
                      NULL, error);
}

static bool add_entry(struct epo_portal *portal, struct epo_db *db, int64_t id,
                      const struct epo_ledger_entry *entry, struct epo_error *error) {
    struct epo_span explain = entry->explain.len > 0 ? entry->explain : EPO_SPAN("[]");
    return epo_db_run(
        db, &ENTRY,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(id), EPO_TEXT(entry->agenda),
                 EPO_TEXT(entry->person), EPO_STRING(epo_ledger_kind_name(entry->kind)),
                 EPO_TEXT(entry->record), EPO_TEXT(entry->period), EPO_TEXT(entry->day),
                 EPO_TEXT(entry->due), EPO_INTEGER(entry->haler), EPO_TEXT(entry->reference),
                 EPO_TEXT(explain), entry->reverses > 0 ? EPO_INTEGER(entry->reverses) : EPO_NULL,
                 EPO_TEXT(entry->by), EPO_TEXT(entry->note), EPO_INTEGER(epo_clock_now_us())),
        NULL, error);
}

bool epo_ledger_post(struct epo_portal *portal, struct epo_db *db,
                     const struct epo_ledger_entry *entry, struct epo_ledger_posted *posted,
                     struct epo_error *error) {
    struct epo_ledger_entry closed = *entry;
    struct reversed reversed = {0};
    if (!epo_ledger_seen(portal, db, entry, posted, error))
        return false;
    if (posted->repeated)
        return true;
    if (entry->kind == EPO_LEDGER_REVERSAL) {
        if (!find_reversed(portal, db, entry, &reversed, error))
            return false;
        closed.haler = reversed.haler;
        closed.record = epo_span(reversed.record);
        closed.period = epo_span(reversed.period);
    }
    epo_assert(closed.haler > 0 && closed.haler <= EPO_LEDGER_HALER_MAX);
    return next_id(portal, db, &posted->id, error) &&
           add_lines(portal, db, posted->id, &closed, error) &&
           add_entry(portal, db, posted->id, &closed, error);
}

/* ---- reading ---- */

static struct epo_json *read_row(struct epo_pool *pool, struct epo_rows *rows) {
    static const struct {
        const char *name;
        int column;
    } TEXTS[] = {{"kind", 1}, {"person", 2}, {"record", 3},    {"period", 4}, {"day", 5},
                 {"due", 6},  {"by", 12},    {"reference", 8}, {"note", 13}};
    struct epo_json *entry = epo_json_object(pool);
    epo_json_set_integer(pool, entry, "id", epo_rows_integer(rows, 0));
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        epo_json_set_text(pool, entry, TEXTS[i].name, epo_rows_text(rows, TEXTS[i].column));
    epo_json_set_integer(pool, entry, "haler", epo_rows_integer(rows, 7));
    struct epo_json *explain = epo_json_parse(pool, epo_rows_text(rows, 9), NULL);
    epo_json_set(pool, entry, "explain", explain != NULL ? explain : epo_json_array(pool));
    if (epo_rows_integer(rows, 10) > 0)
        epo_json_set_integer(pool, entry, "reverses", epo_rows_integer(rows, 10));
    if (epo_rows_integer(rows, 11) > 0)
        epo_json_set_integer(pool, entry, "reversed_by", epo_rows_integer(rows, 11));
    epo_json_set_integer(pool, entry, "at_us", epo_rows_integer(rows, 14));
    return entry;
}

static bool read_all(struct epo_pool *pool, struct epo_rows *rows, struct epo_json **entries,
                     struct epo_error *error) {
    *entries = epo_json_array(pool);
    while (epo_rows_next(rows))
        epo_json_push(pool, *entries, read_row(pool, rows));
    return epo_rows_end(rows, error);
}

bool epo_ledger_of_person(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                          struct epo_span agenda, struct epo_span person, struct epo_json **entries,
                          struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &OF_PERSON,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(agenda), EPO_TEXT(person),
                              EPO_INTEGER(EPO_LEDGER_ENTRIES_MAX + 1)));
    if (!read_all(pool, rows, entries, error))
        return false;
    return (*entries)->count <= EPO_LEDGER_ENTRIES_MAX ||
           epo_fail(error, EPO_ERROR_BROKEN, "ledger.many",
                    "The person has more than %d entries in this agenda.", EPO_LEDGER_ENTRIES_MAX);
}

bool epo_ledger_page(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     struct epo_span agenda, int64_t after, int limit, struct epo_json **entries,
                     struct epo_error *error) {
    return read_all(pool,
                    epo_db_query(db, &PAGE,
                                 EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(agenda),
                                          EPO_INTEGER(after), EPO_INTEGER(limit))),
                    entries, error);
}

bool epo_ledger_balance(struct epo_portal *portal, struct epo_db *db, struct epo_span agenda,
                        struct epo_span person, int64_t *haler, struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &BALANCE, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(agenda), EPO_TEXT(person)));
    *haler = epo_rows_next(rows) ? epo_rows_integer(rows, 0) : 0;
    return epo_rows_end(rows, error);
}

bool epo_ledger_sums(struct epo_portal *portal, struct epo_db *db, struct epo_span agenda,
                     struct epo_ledger_sums *sums, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &SUMS, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(agenda)));
    *sums = (struct epo_ledger_sums){0};
    while (epo_rows_next(rows)) {
        struct epo_span account = epo_rows_text(rows, 0);
        int64_t haler = epo_rows_integer(rows, 1);
        if (epo_span_is(account, "receivable"))
            sums->receivable = haler;
        else if (epo_span_is(account, "revenue"))
            sums->revenue = haler;
        else if (epo_span_is(account, "bank"))
            sums->bank = haler;
        else
            sums->remission = haler;
    }
    return epo_rows_end(rows, error);
}
