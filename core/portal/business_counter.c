/* A clerk compares what a person says of a business with an extract of the register. */
#include "base/clock.h"
#include "portal/audit.h"
#include "portal/business.h"
#include "portal/identity_work.h"
#include "portal/mandate_work.h"

enum { EXTRACT_CHARS_MAX = 300, REASON_CHARS_MAX = 500 };

static const struct epo_statement BY_CODE = {
    "business.by_code",
    "SELECT c.id, c.account, a.login, c.kind, c.number, c.name, c.seat, c.data_box\n"
    "FROM business_claims AS c\n"
    "JOIN accounts AS a ON a.tenant = c.tenant AND a.id = c.account\n"
    "WHERE c.tenant = $1 AND c.code = $2 AND c.code <> '' AND c.code_until_us > $3",
    NULL,
};
static const struct epo_statement DECIDE = {
    "business.decide",
    "UPDATE business_claims SET outcome = $3, reason = $4, code = '', decided_at_us = $5,\n"
    "    clerk = $6, office = $7\n"
    "WHERE tenant = $1 AND id = $2",
    NULL,
};
static const struct epo_statement OF_NUMBER = {
    "business.of_number",
    "SELECT account FROM businesses WHERE tenant = $1 AND number = $2",
    NULL,
};
static const struct epo_statement RENAME = {
    "business.rename",
    "UPDATE accounts SET name = $3, kind = $4, verified_at_us = $5 WHERE tenant = $1 AND id = $2",
    NULL,
};
static const struct epo_statement PUT = {
    "business.put",
    "INSERT INTO businesses (tenant, account, number, seat, data_box, seen_at_us)\n"
    "VALUES ($1, $2, $3, $4, $5, $6)\n"
    "ON CONFLICT (tenant, account) DO UPDATE SET seat = excluded.seat,\n"
    "    data_box = excluded.data_box, seen_at_us = excluded.seen_at_us",
    NULL,
};

bool epo_business_by_code(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                          struct epo_span typed, struct epo_business_found *found,
                          struct epo_error *error) {
    char code[EPO_IDENTITY_CODE_SIZE];
    bool there = false;
    struct epo_span *const texts[] = {&found->id,
                                      &found->account,
                                      &found->login,
                                      &found->business.kind,
                                      &found->business.number,
                                      &found->business.name,
                                      &found->business.seat,
                                      &found->business.data_box};
    *found = (struct epo_business_found){.id = {"", 0}};
    if (epo_identity_read_code(typed, code, sizeof code)) {
        struct epo_rows *rows = epo_db_query(db, &BY_CODE,
                                             EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(code),
                                                      EPO_INTEGER(epo_clock_now_us())));
        there = epo_rows_next(rows);
        for (int i = 0; there && i < 8; i++)
            *texts[i] = epo_pool_copy(pool, epo_rows_text(rows, i));
        if (!epo_rows_end(rows, error))
            return false;
    }
    if (!there)
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "identity.no_code",
                        "Nobody waits with this code, or it has expired.");
    bool known = false;
    if (!epo_identity_find(portal, db, pool, found->account, &found->identity, &known, error))
        return false;
    if (!known || found->identity.until_us <= epo_clock_now_us())
        found->identity.verified_at_us = 0;
    return true;
}

/* The account that stands for the business: the one of its number, or a new one. */
static bool stand_for(struct epo_db *db, struct epo_pool *pool,
                      const struct epo_business_confirming *confirming,
                      const struct epo_business *business, struct epo_span *account,
                      struct epo_error *error) {
    struct epo_portal *portal = confirming->portal;
    struct epo_value tenant = EPO_STRING(portal->tenant);
    struct epo_rows *rows =
        epo_db_query(db, &OF_NUMBER, EPO_BIND(tenant, EPO_TEXT(business->number)));
    bool there = epo_rows_next(rows);
    *account = there ? epo_pool_copy(pool, epo_rows_text(rows, 0)) : epo_span(confirming->account);
    if (!epo_rows_end(rows, error))
        return false;
    if (!there) {
        struct epo_account fresh = {.role = "citizen"};
        epo_span_store(fresh.id, sizeof fresh.id, *account);
        snprintf(fresh.login, sizeof fresh.login, "ico-%.*s", EPO_ARG(business->number));
        epo_span_store(fresh.name, sizeof fresh.name, business->name);
        epo_span_store(fresh.kind, sizeof fresh.kind, business->kind);
        if (!epo_account_insert(portal, db, &fresh, "", epo_span(confirming->clerk->id), error))
            return false;
    }
    int64_t now = epo_clock_now_us();
    return epo_db_run(db, &RENAME,
                      EPO_BIND(tenant, EPO_TEXT(*account), EPO_TEXT(business->name),
                               EPO_TEXT(business->kind), EPO_INTEGER(now)),
                      NULL, error) &&
           epo_db_run(db, &PUT,
                      EPO_BIND(tenant, EPO_TEXT(*account), EPO_TEXT(business->number),
                               EPO_TEXT(business->seat), EPO_TEXT(business->data_box),
                               EPO_INTEGER(now)),
                      NULL, error);
}

static bool confirm(struct epo_db *db, struct epo_pool *pool,
                    const struct epo_business_confirming *confirming,
                    const struct epo_business_found *found, struct epo_error *error) {
    struct epo_portal *portal = confirming->portal;
    struct epo_span clerk = epo_span(confirming->clerk->id), account;
    struct epo_business business = confirming->business;
    char today[EPO_TIME_SIZE];
    business.number = found->business.number; /* what the code is for cannot be swapped */
    business.kind = found->business.kind;
    if (found->identity.verified_at_us == 0)
        return epo_fail(error, EPO_ERROR_DENIED, "business.unverified",
                        "The person's own identity comes first.");
    if (!epo_identity_line(confirming->extract, 3, EXTRACT_CHARS_MAX))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "business.extract",
                        "Say which extract you have seen, in a line.");
    if (!epo_business_check(pool, &business, epo_json_array(pool)))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "business.wrong",
                        "Name, seat or data box cannot be so.");
    if (!stand_for(db, pool, confirming, &business, &account, error))
        return false;
    epo_date_iso(epo_clock_today(), today);
    struct epo_mandate_terms terms = {
        .rights = EPO_MANDATE_BOTH, .all = true, .from = epo_span(today), .until = EPO_SPAN("")};
    struct epo_mandate_row row = {.origin = "register",
                                  .id = confirming->mandate,
                                  .principal = account,
                                  .holder = found->account,
                                  .offered_to = EPO_SPAN(""),
                                  .made_by = clerk,
                                  .office = epo_span(confirming->clerk->office),
                                  .document = confirming->extract,
                                  .terms = &terms,
                                  .accepted = true};
    return epo_mandate_put(portal, db, &row, error) &&
           epo_audit_note(portal, db, clerk, "business.confirmed", account,
                          epo_span(epo_pool_printf(pool, "%.*s %s", EPO_ARG(found->account),
                                                   confirming->clerk->office)),
                          error) &&
           epo_audit_note(portal, db, clerk, "business.confirmed", found->account, business.number,
                          error);
}

static bool decide(struct epo_db *db, struct epo_pool *pool,
                   const struct epo_business_confirming *confirming, struct epo_error *error) {
    struct epo_portal *portal = confirming->portal;
    const struct epo_account *clerk = confirming->clerk;
    struct epo_business_found found;
    bool refused = confirming->refused.len > 0;
    if (!epo_business_by_code(portal, db, pool, confirming->code, &found, error))
        return false;
    if (epo_span_is(found.account, clerk->id))
        return epo_fail(error, EPO_ERROR_DENIED, "identity.own",
                        "Nobody confirms their own business.");
    if (refused && !epo_identity_line(confirming->refused, 3, REASON_CHARS_MAX))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "identity.reason",
                        "Say why, in a sentence on one line.");
    if (!refused && !confirm(db, pool, confirming, &found, error))
        return false;
    return epo_db_run(db, &DECIDE,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(found.id),
                               EPO_STRING(refused ? "refused" : "confirmed"),
                               EPO_TEXT(confirming->refused), EPO_INTEGER(epo_clock_now_us()),
                               EPO_STRING(clerk->id), EPO_STRING(clerk->office)),
                      NULL, error) &&
           (!refused || epo_audit_note(portal, db, epo_span(clerk->id), "business.refused",
                                       found.account, found.business.number, error)) &&
           epo_mandate_tell(portal, db, found.account,
                            refused ? "business_refused" : "business_confirmed", EPO_SPAN("cs"),
                            error);
}

bool epo_business_decide(struct epo_db *db, const struct epo_business_confirming *confirming,
                         struct epo_error *error) {
    if (!epo_identity_may(confirming->portal, confirming->clerk, error))
        return false;
    struct epo_pool *pool = epo_pool_create();
    bool good = decide(db, pool, confirming, error);
    epo_pool_free(pool);
    return good;
}
