/* A mandate from offer to end, between the two themselves. */
#include "base/clock.h"
#include "portal/audit.h"
#include "portal/mail.h"
#include "portal/mandate_work.h"

static const int64_t DAY_US = 86400 * 1000000LL;

static const struct epo_statement INSERT = {
    "mandate.insert",
    "INSERT INTO mandates (tenant, id, origin, principal, holder, offered_to, rights,\n"
    "    all_agendas, from_day, until_day, made_at_us, made_by, office, document,\n"
    "    accepted_at_us)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    NULL,
};
static const struct epo_statement INSERT_AGENDA = {
    "mandate.insert_agenda",
    "INSERT INTO mandate_agendas (tenant, mandate, agenda) VALUES ($1, $2, $3)\n"
    "ON CONFLICT (tenant, mandate, agenda) DO NOTHING",
    NULL,
};
/* Open ones, and how many were offered by mail within a day. */
static const struct epo_statement COUNT = {
    "mandate.count",
    "SELECT COUNT(*) FILTER (WHERE ended_at_us IS NULL AND (until_day = '' OR until_day >= $3)),\n"
    "    COUNT(*) FILTER (WHERE origin = 'given' AND made_at_us > $4)\n"
    "FROM mandates WHERE tenant = $1 AND principal = $2",
    NULL,
};
static const struct epo_statement OPEN = {
    "mandate.open",
    "SELECT origin, principal, holder, offered_to, office, accepted_at_us IS NOT NULL\n"
    "FROM mandates\n"
    "WHERE tenant = $1 AND id = $2 AND ended_at_us IS NULL",
    NULL,
};
static const struct epo_statement ACCEPT = {
    "mandate.accept",
    "UPDATE mandates SET holder = $3, accepted_at_us = $4\n"
    "WHERE tenant = $1 AND id = $2",
    NULL,
};
static const struct epo_statement CLOSE = {
    "mandate.close",
    "UPDATE mandates SET ended_at_us = $3, ended_by = $4, ended_reason = $5\n"
    "WHERE tenant = $1 AND id = $2 AND ended_at_us IS NULL",
    NULL,
};
static const struct epo_statement CLOSE_ALL = {
    "mandate.close_all",
    "UPDATE mandates SET ended_at_us = $3, ended_by = $2\n"
    "WHERE tenant = $1 AND (holder = $2 OR principal = $2) AND ended_at_us IS NULL",
    NULL,
};
static const struct epo_statement WHOM = {
    "mandate.whom",
    "SELECT login, verified_at_us IS NOT NULL FROM accounts WHERE tenant = $1 AND id = $2",
    NULL,
};

/* ---- what all ways share ---- */

static bool has_room(struct epo_portal *portal, struct epo_db *db,
                     const struct epo_mandate_row *row, struct epo_error *error) {
    char today[EPO_TIME_SIZE];
    int64_t open = 0, offered = 0;
    epo_date_iso(epo_clock_today(), today);
    struct epo_rows *rows =
        epo_db_query(db, &COUNT,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(row->principal),
                              EPO_STRING(today), EPO_INTEGER(epo_clock_now_us() - DAY_US)));
    if (epo_rows_next(rows)) {
        open = epo_rows_integer(rows, 0);
        offered = strcmp(row->origin, "given") == 0 ? epo_rows_integer(rows, 1) : 0;
    }
    if (!epo_rows_end(rows, error))
        return false;
    return (open < EPO_MANDATES_MAX && offered < EPO_MANDATE_OFFERS_A_DAY) ||
           epo_fail(error, EPO_ERROR_BUSY, "mandate.many",
                    "There are %d open mandates of one principal at most, and %d offers a day.",
                    EPO_MANDATES_MAX, EPO_MANDATE_OFFERS_A_DAY);
}

bool epo_mandate_put(struct epo_portal *portal, struct epo_db *db,
                     const struct epo_mandate_row *row, struct epo_error *error) {
    const struct epo_mandate_terms *terms = row->terms;
    struct epo_value tenant = EPO_STRING(portal->tenant), id = EPO_STRING(row->id);
    int64_t now = epo_clock_now_us();
    if (!has_room(portal, db, row, error) ||
        !epo_db_run(db, &INSERT,
                    EPO_BIND(tenant, id, EPO_STRING(row->origin), EPO_TEXT(row->principal),
                             EPO_TEXT(row->holder), EPO_TEXT(row->offered_to),
                             EPO_INTEGER(terms->rights), EPO_INTEGER(terms->all),
                             EPO_TEXT(terms->from), EPO_TEXT(terms->until), EPO_INTEGER(now),
                             EPO_TEXT(row->made_by), EPO_TEXT(row->office), EPO_TEXT(row->document),
                             row->accepted ? EPO_INTEGER(now) : EPO_NULL),
                    NULL, error))
        return false;
    bool ok = true;
    for (uint32_t i = 0; ok && !terms->all && i < terms->agendas->count; i++)
        ok =
            epo_db_run(db, &INSERT_AGENDA,
                       EPO_BIND(tenant, id, EPO_TEXT(terms->agendas->items[i]->text)), NULL, error);
    return ok;
}

static bool mail_to(struct epo_portal *portal, struct epo_db *db, struct epo_span address,
                    const char *kind, struct epo_span lang, struct epo_span object,
                    struct epo_error *error) {
    if (!epo_mail_ready(portal) || !epo_mail_address_valid(address))
        return true;
    struct epo_pool *pool = epo_pool_create();
    const struct epo_json *city = epo_json_get(epo_portal_settings(portal), "city");
    struct epo_json *values = epo_json_object(pool);
    epo_json_set_text(pool, values, "portal",
                      epo_json_localized(epo_json_get(city, "name"), epo_pool_string(pool, lang)));
    bool ok = epo_mail_put(portal, db,
                           &(struct epo_mail){.address = address,
                                              .lang = lang,
                                              .kind = epo_span(kind),
                                              .content = epo_json_print(pool, values),
                                              .object = object},
                           error);
    epo_pool_free(pool);
    return ok;
}

/* Login and whether the identity is verified; false without error where there is none. */
static bool whom(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                 char login[128], bool *verified, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &WHOM, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account)));
    bool found = epo_rows_next(rows);
    epo_span_store(login, 128, found ? epo_rows_text(rows, 0) : EPO_SPAN(""));
    *verified = found && epo_rows_integer(rows, 1) != 0;
    return epo_rows_end(rows, error);
}

bool epo_mandate_tell(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                      const char *kind, struct epo_span lang, struct epo_error *error) {
    char login[128];
    bool verified;
    return whom(portal, db, account, login, &verified, error) &&
           mail_to(portal, db, epo_span(login), kind, lang, account, error);
}

static bool gone(struct epo_error *error) {
    return epo_fail(error, EPO_ERROR_NOT_FOUND, "mandate.gone",
                    "There is no such mandate, or it has ended.");
}

bool epo_mandate_find_open(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                           struct epo_span id, struct epo_mandate_open *open,
                           struct epo_error *error) {
    struct epo_span *const texts[] = {&open->origin, &open->principal, &open->holder,
                                      &open->offered_to, &open->office};
    struct epo_rows *rows =
        epo_db_query(db, &OPEN, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(id)));
    bool found = epo_rows_next(rows);
    for (int i = 0; i < 5; i++)
        *texts[i] = found ? epo_pool_copy(pool, epo_rows_text(rows, i)) : EPO_SPAN("");
    open->accepted = found && epo_rows_integer(rows, 5) != 0;
    return epo_rows_end(rows, error) && (found || gone(error));
}

bool epo_mandate_close(struct epo_portal *portal, struct epo_db *db, struct epo_span id,
                       struct epo_span by, struct epo_span reason, struct epo_error *error) {
    int64_t changes = 0;
    return epo_db_run(db, &CLOSE,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(id),
                               EPO_INTEGER(epo_clock_now_us()), EPO_TEXT(by), EPO_TEXT(reason)),
                      &changes, error) &&
           (changes > 0 || gone(error));
}

/* ---- giving ---- */

static bool may_give(struct epo_db *db, const struct epo_mandate_giving *giving,
                     struct epo_error *error) {
    char login[128];
    bool verified, body = epo_span_is(giving->principal, giving->giver->id);
    if (!body && !epo_mandate_is_body(giving->portal, db, epo_span(giving->giver->id),
                                      giving->principal, &body, error))
        return false;
    if (!body)
        return epo_fail(error, EPO_ERROR_DENIED, "mandate.principal",
                        "Only the one who is represented, or who speaks for the business, gives a "
                        "mandate.");
    if (!whom(giving->portal, db, giving->principal, login, &verified, error))
        return false;
    return verified || epo_fail(error, EPO_ERROR_DENIED, "mandate.unverified",
                                "A mandate is given by a verified identity.");
}

bool epo_mandate_give(struct epo_db *db, const struct epo_mandate_giving *giving,
                      struct epo_error *error) {
    char folded[128];
    struct epo_span to = epo_account_fold(giving->to, folded);
    struct epo_span giver = epo_span(giving->giver->id);
    if (!epo_mail_address_valid(to) || epo_span_is(to, giving->giver->login))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "mandate.to",
                        "Say the e-mail address of another person.");
    struct epo_mandate_row row = {.origin = "given",
                                  .id = giving->id,
                                  .principal = giving->principal,
                                  .holder = EPO_SPAN(""),
                                  .offered_to = to,
                                  .made_by = giver,
                                  .office = EPO_SPAN(""),
                                  .document = EPO_SPAN(""),
                                  .terms = &giving->terms};
    return may_give(db, giving, error) && epo_mandate_put(giving->portal, db, &row, error) &&
           epo_audit_note(giving->portal, db, giver, "mandate.offered", giving->principal,
                          epo_span(giving->id), error) &&
           mail_to(giving->portal, db, to, "mandate_offered", giving->lang, giving->principal,
                   error);
}

/* ---- accepting, ending ---- */

bool epo_mandate_accept(struct epo_portal *portal, struct epo_db *db,
                        const struct epo_account *account, struct epo_span id,
                        struct epo_error *error) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_mandate_open open;
    struct epo_span self = epo_span(account->id);
    bool ok = epo_mandate_find_open(portal, db, pool, id, &open, error);
    if (ok && (open.accepted || !epo_span_is(open.offered_to, account->login) ||
               epo_span_equal(open.principal, self)))
        ok = gone(error);
    ok = ok &&
         epo_db_run(db, &ACCEPT,
                    EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(id), EPO_TEXT(self),
                             EPO_INTEGER(epo_clock_now_us())),
                    NULL, error) &&
         epo_audit_note(portal, db, self, "mandate.accepted", open.principal, id, error) &&
         epo_mandate_tell(portal, db, open.principal, "mandate_accepted", EPO_SPAN("cs"), error);
    epo_pool_free(pool);
    return ok;
}

static bool may_end(struct epo_portal *portal, struct epo_db *db, const struct epo_account *account,
                    const struct epo_mandate_open *open, bool *may, struct epo_error *error) {
    struct epo_span self = epo_span(account->id);
    *may = epo_span_equal(open->principal, self) || epo_span_equal(open->holder, self) ||
           (!open->accepted && epo_span_is(open->offered_to, account->login));
    return *may || epo_mandate_is_body(portal, db, self, open->principal, may, error);
}

bool epo_mandate_end(struct epo_portal *portal, struct epo_db *db,
                     const struct epo_account *account, struct epo_span id,
                     struct epo_error *error) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_mandate_open open;
    struct epo_span self = epo_span(account->id);
    bool may = false;
    bool ok = epo_mandate_find_open(portal, db, pool, id, &open, error) &&
              may_end(portal, db, account, &open, &may, error) && (may || gone(error)) &&
              epo_mandate_close(portal, db, id, self, EPO_SPAN(""), error) &&
              epo_audit_note(portal, db, self, "mandate.ended", open.principal, id, error);
    /* the other side learns of it */
    struct epo_span other =
        epo_span_equal(open.holder, self) || open.holder.len == 0 ? open.principal : open.holder;
    ok = ok && (epo_span_equal(other, self) ||
                epo_mandate_tell(portal, db, other, "mandate_ended", EPO_SPAN("cs"), error));
    epo_pool_free(pool);
    return ok;
}

bool epo_mandate_end_all(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                         struct epo_error *error) {
    return epo_db_run(
        db, &CLOSE_ALL,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account), EPO_INTEGER(epo_clock_now_us())),
        NULL, error);
}
