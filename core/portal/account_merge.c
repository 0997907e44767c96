#include "portal/account_merge.h"

#include "base/clock.h"
#include "portal/audit.h"
#include "portal/identity_work.h"
#include "portal/mandate_work.h"

enum { DOCUMENT_CHARS_MAX = 300 };

/* Every column that says whose something is, in order: tenant $1, the account that goes $2, the one
 * that stays $3. Columns that name clerks stay (a clerk's account is not merged), so does the audit
 * trail. tests/http/mandates.test.mjs compares this with the schema. */
static const struct epo_statement MOVES[] = {
    {"merge.submissions", "UPDATE submissions SET sender = $3 WHERE tenant = $1 AND sender = $2",
     NULL},
    {"merge.agents", "UPDATE represented_filings SET agent = $3 WHERE tenant = $1 AND agent = $2",
     NULL},
    {"merge.drafts", "UPDATE drafts SET owner = $3 WHERE tenant = $1 AND owner = $2", NULL},
    {"merge.drafts_for", "UPDATE drafts SET acting_for = $3 WHERE tenant = $1 AND acting_for = $2",
     NULL},
    {"merge.events", "UPDATE case_events SET actor = $3 WHERE tenant = $1 AND actor = $2", NULL},
    {"merge.messages", "UPDATE case_messages SET actor = $3 WHERE tenant = $1 AND actor = $2",
     NULL},
    {"merge.claims", "UPDATE business_claims SET account = $3 WHERE tenant = $1 AND account = $2",
     NULL},
    {"merge.principals", "UPDATE mandates SET principal = $3 WHERE tenant = $1 AND principal = $2",
     NULL},
    {"merge.holders", "UPDATE mandates SET holder = $3 WHERE tenant = $1 AND holder = $2", NULL},
    {"merge.made_by", "UPDATE mandates SET made_by = $3 WHERE tenant = $1 AND made_by = $2", NULL},
    {"merge.ended_by", "UPDATE mandates SET ended_by = $3 WHERE tenant = $1 AND ended_by = $2",
     NULL},
    {"merge.links", "UPDATE person_links SET account = $3 WHERE tenant = $1 AND account = $2",
     NULL},
    {"merge.links_by",
     "UPDATE person_links SET by_account = $3 WHERE tenant = $1 AND by_account = $2", NULL},
    {"merge.links_ended",
     "UPDATE person_links SET ended_by = $3 WHERE tenant = $1 AND ended_by = $2", NULL},
    {"merge.mails", "UPDATE mails SET object = $3 WHERE tenant = $1 AND object = $2", NULL},
    {"merge.merges", "UPDATE account_merges SET kept = $3 WHERE tenant = $1 AND kept = $2", NULL},
    {"merge.sessions_for",
     "UPDATE sessions SET acting_for = '' WHERE tenant = $1 AND acting_for = $2", NULL},
    /* the identity of the one that stays, where it has one */
    {"merge.no_identity",
     "DELETE FROM identities WHERE tenant = $1 AND account = $2 AND EXISTS (\n"
     "    SELECT 1 FROM identities WHERE tenant = $1 AND account = $3)",
     NULL},
    {"merge.identity", "UPDATE identities SET account = $3 WHERE tenant = $1 AND account = $2",
     NULL},
    /* likewise what one said of a phone and an address */
    {"merge.no_contact",
     "DELETE FROM contacts WHERE tenant = $1 AND account = $2 AND EXISTS (\n"
     "    SELECT 1 FROM contacts WHERE tenant = $1 AND account = $3)",
     NULL},
    {"merge.contact", "UPDATE contacts SET account = $3 WHERE tenant = $1 AND account = $2", NULL},
    /* what opens it goes: one signs in with what the one that stays has */
    {"merge.sessions", "DELETE FROM sessions WHERE tenant = $1 AND account = $2", NULL},
    {"merge.totps", "DELETE FROM totps WHERE tenant = $1 AND account = $2", NULL},
    {"merge.recovery", "DELETE FROM recovery_codes WHERE tenant = $1 AND account = $2", NULL},
    {"merge.passkeys", "DELETE FROM passkeys WHERE tenant = $1 AND account = $2", NULL},
    {"merge.proofs", "DELETE FROM proofs WHERE tenant = $1 AND account = $2", NULL},
    {"merge.views", "DELETE FROM desk_views WHERE tenant = $1 AND account = $2", NULL},
    {"merge.tickets",
     "DELETE FROM tickets WHERE tenant = $1\n"
     "    AND login = (SELECT login FROM accounts WHERE tenant = $1 AND id = $2)",
     NULL},
    {"merge.offers",
     "UPDATE mandates SET offered_to = (SELECT login FROM accounts WHERE tenant = $1 AND id = $3)\n"
     "WHERE tenant = $1 AND holder = ''\n"
     "    AND offered_to = (SELECT login FROM accounts WHERE tenant = $1 AND id = $2)",
     NULL},
    /* nobody acts for themselves */
    {"merge.own_mandates",
     "UPDATE mandates SET ended_at_us = accepted_at_us, ended_by = $3\n"
     "WHERE tenant = $1 AND principal = $3 AND holder = $3 AND ended_at_us IS NULL",
     NULL},
    {"merge.close",
     "UPDATE accounts SET disabled = 1, password = '', verified_at_us = NULL\n"
     "WHERE tenant = $1 AND id = $2",
     NULL},
};
static const struct epo_statement RECORD = {
    "merge.record",
    "INSERT INTO account_merges (tenant, gone, kept, how, by_account, office, document, at_us)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    NULL,
};
static const struct epo_statement PERSON = {
    "merge.person",
    "SELECT a.id, a.login, a.name, COALESCE(i.given_name, ''), COALESCE(i.family_name, ''),\n"
    "    COALESCE(i.birth_date, ''), COALESCE(i.address, ''),\n"
    "    a.verified_at_us IS NOT NULL AND i.until_us > $3,\n"
    "    (SELECT COUNT(*) FROM submissions AS s WHERE s.tenant = a.tenant AND s.sender = a.id)\n"
    "FROM accounts AS a\n"
    "LEFT JOIN identities AS i ON i.tenant = a.tenant AND i.account = a.id\n"
    "WHERE a.tenant = $1 AND (a.id = $2 OR a.login = $2) AND a.role = 'citizen'\n"
    "    AND a.kind = 'person' AND a.disabled = 0",
    NULL,
};
static const struct epo_statement TWO_NUMBERS = {
    "merge.two_numbers",
    "SELECT 1 FROM person_links AS a\n"
    "JOIN person_links AS b ON b.tenant = a.tenant AND b.agenda = a.agenda\n"
    "    AND b.account = $3 AND b.ended_at_us IS NULL\n"
    "WHERE a.tenant = $1 AND a.account = $2 AND a.ended_at_us IS NULL LIMIT 1",
    NULL,
};

/* ---- who they are ---- */

static bool find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                 struct epo_span id, struct epo_json **person, struct epo_error *error) {
    static const char *const NAMES[] = {"id",          "login",      "name",   "given_name",
                                        "family_name", "birth_date", "address"};
    struct epo_rows *rows = epo_db_query(
        db, &PERSON,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(id), EPO_INTEGER(epo_clock_now_us())));
    *person = epo_rows_next(rows) ? epo_json_object(pool) : NULL;
    for (int i = 0; *person != NULL && i < 7; i++)
        epo_json_set_text(pool, *person, NAMES[i], epo_rows_text(rows, i));
    if (*person != NULL) {
        epo_json_set_boolean(pool, *person, "verified", epo_rows_integer(rows, 7) == 1);
        epo_json_set_integer(pool, *person, "submissions", epo_rows_integer(rows, 8));
    }
    return epo_rows_end(rows, error);
}

bool epo_account_merge_look(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                            struct epo_span kept, struct epo_span gone, struct epo_json **both,
                            struct epo_error *error) {
    char folded[128];
    struct epo_json *one, *other;
    *both = epo_json_object(pool);
    if (!find(portal, db, pool, epo_account_fold(kept, folded), &one, error) ||
        !find(portal, db, pool, epo_account_fold(gone, folded), &other, error))
        return false;
    if (one != NULL)
        epo_json_set(pool, *both, "kept", one);
    if (other != NULL)
        epo_json_set(pool, *both, "gone", other);
    return true;
}

static bool same(struct epo_pool *pool, const struct epo_json *one, const struct epo_json *other,
                 const char *name) {
    return epo_span_equal(epo_text_fold(pool, epo_json_get_text(one, name)),
                          epo_text_fold(pool, epo_json_get_text(other, name)));
}

/* Names and day of birth: an address changes. */
static bool agree(struct epo_pool *pool, const struct epo_json *one, const struct epo_json *other) {
    return same(pool, one, other, "given_name") && same(pool, one, other, "family_name") &&
           epo_span_equal(epo_json_get_text(one, "birth_date"),
                          epo_json_get_text(other, "birth_date"));
}

static bool check_people(struct epo_pool *pool, const struct epo_account_merging *merging,
                         const struct epo_json *kept, const struct epo_json *gone,
                         struct epo_error *error) {
    bool both = kept != NULL && gone != NULL && !epo_span_equal(merging->kept, merging->gone);
    if (!both)
        return epo_fail(error, EPO_ERROR_DENIED, "merge.not_people",
                        "These are not two accounts of people.");
    bool verified = epo_json_get_boolean(kept, "verified", false);
    bool other = epo_json_get_boolean(gone, "verified", false);
    bool said = epo_json_get_text(gone, "family_name").len > 0;
    if (!verified || (merging->clerk == NULL && !other))
        return epo_fail(error, EPO_ERROR_DENIED, "merge.unverified",
                        "Identities must be verified first.");
    return (said ? agree(pool, kept, gone) : merging->clerk != NULL) ||
           epo_fail(error, EPO_ERROR_DENIED,
                    merging->clerk != NULL ? "merge.disagree" : "merge.unverified",
                    "The accounts say that they are of different people.");
}

static bool check_links(struct epo_db *db, const struct epo_account_merging *merging,
                        struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &TWO_NUMBERS,
                     EPO_BIND(EPO_STRING(merging->portal->tenant), EPO_TEXT(merging->gone),
                              EPO_TEXT(merging->kept)));
    bool two = epo_rows_next(rows);
    return epo_rows_end(rows, error) &&
           (!two || epo_fail(error, EPO_ERROR_CONFLICT, "merge.links",
                             "Both accounts are linked in one agenda: end one of the links."));
}

/* ---- merging ---- */

static bool move_all(struct epo_db *db, const struct epo_account_merging *merging,
                     struct epo_error *error) {
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof MOVES / sizeof *MOVES; i++)
        ok = epo_db_run(db, &MOVES[i],
                        EPO_BIND(EPO_STRING(merging->portal->tenant), EPO_TEXT(merging->gone),
                                 EPO_TEXT(merging->kept)),
                        NULL, error);
    return ok;
}

static bool merge(struct epo_db *db, struct epo_pool *pool,
                  const struct epo_account_merging *merging, struct epo_error *error) {
    struct epo_portal *portal = merging->portal;
    const struct epo_account *clerk = merging->clerk;
    struct epo_json *kept, *gone;
    struct epo_span by = clerk != NULL ? epo_span(clerk->id) : merging->kept;
    if (!find(portal, db, pool, merging->kept, &kept, error) ||
        !find(portal, db, pool, merging->gone, &gone, error) ||
        !check_people(pool, merging, kept, gone, error) || !check_links(db, merging, error))
        return false;
    return epo_mandate_tell(portal, db, merging->gone, "merged", EPO_SPAN("cs"), error) &&
           epo_mandate_tell(portal, db, merging->kept, "merged", EPO_SPAN("cs"), error) &&
           move_all(db, merging, error) &&
           epo_db_run(db, &RECORD,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(merging->gone),
                               EPO_TEXT(merging->kept),
                               EPO_STRING(clerk != NULL ? "counter" : "self"), EPO_TEXT(by),
                               EPO_STRING(clerk != NULL ? clerk->office : ""),
                               EPO_TEXT(merging->document), EPO_INTEGER(epo_clock_now_us())),
                      NULL, error) &&
           epo_audit_note(portal, db, by, "account.merged", merging->kept, merging->gone, error) &&
           epo_audit_note(portal, db, by, "account.merged_into", merging->gone, merging->kept,
                          error);
}

bool epo_account_merge(struct epo_db *db, const struct epo_account_merging *merging,
                       struct epo_error *error) {
    if (merging->clerk != NULL && !epo_identity_may(merging->portal, merging->clerk, error))
        return false;
    if (merging->clerk != NULL && !epo_identity_line(merging->document, 3, DOCUMENT_CHARS_MAX))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "mandate.document",
                        "Say what document you have seen, in a line.");
    struct epo_pool *pool = epo_pool_create();
    bool ok = merge(db, pool, merging, error);
    epo_pool_free(pool);
    return ok;
}
