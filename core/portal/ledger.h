/* What is owed and paid in an agenda: double entry in haléře. Entries are never changed or deleted
 * (the database refuses), only reversed, once and whole; each has two lines that sum to zero:
 *
 *   assessment, interest   receivable +, revenue -
 *   payment                bank +, receivable -
 *   remission              remission +, receivable -
 *   refund                 receivable +, bank -
 *   reversal               the lines of what it takes back, with the other sign
 *
 * Balances, dues and arrears are derived: dues.h. Reading on a worker's connection, writing inside
 * a write job. */
#ifndef EPO_PORTAL_LEDGER_H
#define EPO_PORTAL_LEDGER_H

#include "base/error.h"
#include "base/json.h"
#include "portal/portal.h"

#define EPO_LEDGER_HALER_MAX 100000000000LL /* of one entry: a thousand million crowns */
#define EPO_LEDGER_REFERENCE_MAX 120        /* bytes */
#define EPO_LEDGER_PERIOD_MAX 20            /* bytes */
#define EPO_LEDGER_EXPLAIN_MAX 8192         /* bytes of JSON */
#define EPO_LEDGER_NOTE_MAX 2000            /* bytes */
#define EPO_LEDGER_ENTRIES_MAX 10000        /* of one person in an agenda */

enum epo_ledger_kind {
    EPO_LEDGER_ASSESSMENT,
    EPO_LEDGER_PAYMENT,
    EPO_LEDGER_REMISSION,
    EPO_LEDGER_REFUND,
    EPO_LEDGER_INTEREST,
    EPO_LEDGER_REVERSAL,
    EPO_LEDGER_KINDS
};
const char *epo_ledger_kind_name(enum epo_ledger_kind kind);
/* False: no such kind. */
bool epo_ledger_kind_find(struct epo_span name, enum epo_ledger_kind *kind);

struct epo_ledger_entry {
    enum epo_ledger_kind kind;
    struct epo_span agenda, person;
    struct epo_span record;    /* key, or empty */
    struct epo_span period;    /* "2026", or empty */
    struct epo_span day;       /* ISO: on which it counts */
    struct epo_span due;       /* ISO, or empty: the day */
    int64_t haler;             /* above zero */
    struct epo_span reference; /* unique within the agenda */
    struct epo_span explain;   /* JSON array of {"key","values"}, or empty */
    int64_t reverses;          /* id, of a reversal; else 0 */
    struct epo_span by, note;  /* account of a clerk and why; or empty */
};

/* {"kind","agenda"?,"person","record"?,"period"?,"day","due"?,"haler","reference","explain"?,
 * "reverses"?} as an entry of the agenda; all of it is checked but "reverses". Points into json and
 * the pool. BAD_INPUT with where = the member that is wrong: "ledger.kind", "ledger.person",
 * "ledger.record", "ledger.period", "ledger.day", "ledger.haler", "ledger.reference",
 * "ledger.explain", "ledger.reverses", "ledger.unknown". */
bool epo_ledger_read(struct epo_pool *pool, struct epo_span agenda, const struct epo_json *json,
                     struct epo_ledger_entry *entry, struct epo_error *error);

struct epo_ledger_posted {
    int64_t id;
    bool repeated; /* an entry of this reference that says the same was there: nothing was added */
};
/* In a write job. With a known reference and another content CONFLICT "ledger.reference_used". Of a
 * reversal: NOT_FOUND "ledger.unknown_entry" (no such entry of that person in the agenda), CONFLICT
 * "ledger.reversed" (it was reversed already, or is a reversal); haler may be 0 and is then that of
 * the entry. */
bool epo_ledger_post(struct epo_portal *portal, struct epo_db *db,
                     const struct epo_ledger_entry *entry, struct epo_ledger_posted *posted,
                     struct epo_error *error);

/* What epo_ledger_post would find of the reference: id 0 where there is none yet. CONFLICT as
 * there. On a worker. */
bool epo_ledger_seen(struct epo_portal *portal, struct epo_db *db,
                     const struct epo_ledger_entry *entry, struct epo_ledger_posted *seen,
                     struct epo_error *error);

/* All of a person in an agenda, by day and id, in the pool: [{"id","kind","person","record",
 * "period","day","due","haler","reference","explain": array,"reverses"?,"reversed_by"?,"by","note",
 * "at_us"}]. BROKEN "ledger.many" above EPO_LEDGER_ENTRIES_MAX. */
bool epo_ledger_of_person(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                          struct epo_span agenda, struct epo_span person, struct epo_json **entries,
                          struct epo_error *error);
/* Entries of an agenda in order of their ids, those above `after`, at most `limit`. */
bool epo_ledger_page(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     struct epo_span agenda, int64_t after, int limit, struct epo_json **entries,
                     struct epo_error *error);
/* What the person owes: the sum of its receivable lines; below zero it has paid too much. */
bool epo_ledger_balance(struct epo_portal *portal, struct epo_db *db, struct epo_span agenda,
                        struct epo_span person, int64_t *haler, struct epo_error *error);
/* Sums of all lines of an agenda by account, and all of it: 0. For the desk and for tests. */
struct epo_ledger_sums {
    int64_t receivable, revenue, bank, remission;
};
bool epo_ledger_sums(struct epo_portal *portal, struct epo_db *db, struct epo_span agenda,
                     struct epo_ledger_sums *sums, struct epo_error *error);

#endif
