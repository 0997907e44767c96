/* Verifying an identity, and taking it back: what a clerk does. */
#include "base/clock.h"
#include "portal/audit.h"
#include "portal/identity_work.h"
#include "portal/mail.h"
#include "portal/routing.h"

enum { REASON_CHARS_MAX = 500 };
static const int64_t DAY_US = 86400 * 1000000LL;

static const struct epo_statement CONFIRM = {
    "identity.confirm",
    "UPDATE identities SET code = '', verified_at_us = $3, until_us = $4, office = $5,\n"
    "    clerk = $6, document = $7, document_last = $8, ended = ''\n"
    "WHERE tenant = $1 AND account = $2",
    NULL,
};
static const struct epo_statement WITHDRAW = {
    "identity.withdraw",
    "UPDATE identities SET verified_at_us = NULL, until_us = NULL, code = '', ended = $3\n"
    "WHERE tenant = $1 AND account = $2",
    NULL,
};
static const struct epo_statement MARK = {
    "identity.mark",
    "UPDATE accounts SET verified_at_us = $3\n"
    "WHERE tenant = $1 AND id = $2",
    NULL,
};

bool epo_identity_mark(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                       int64_t at_us, struct epo_error *error) {
    return epo_db_run(db, &MARK,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account),
                               at_us > 0 ? EPO_INTEGER(at_us) : EPO_NULL),
                      NULL, error);
}

static bool is_document(struct epo_span kind) {
    return epo_span_is(kind, "id_card") || epo_span_is(kind, "passport") ||
           epo_span_is(kind, "residence");
}

static bool is_last(struct epo_span text) {
    bool good = text.len >= 3 && text.len <= 4;
    for (size_t i = 0; good && i < text.len; i++)
        good = (text.at[i] >= '0' && text.at[i] <= '9') || (text.at[i] >= 'A' && text.at[i] <= 'Z');
    return good;
}

/* Told where a mail can reach them. */
static bool tell(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                 const struct epo_identity *identity, const char *kind, struct epo_span lang,
                 struct epo_span office, struct epo_error *error) {
    const struct epo_json *settings = epo_portal_settings(portal);
    struct epo_json *values = epo_json_object(pool);
    const char *in = epo_pool_string(pool, lang);
    if (!epo_mail_ready(portal) || !epo_mail_address_valid(identity->login))
        return true;
    epo_json_set_text(pool, values, "portal",
                      epo_json_localized(epo_json_get(epo_json_get(settings, "city"), "name"), in));
    epo_json_set_text(pool, values, "office", epo_routing_name(settings, office, in));
    return epo_mail_put(portal, db,
                        &(struct epo_mail){.address = identity->login,
                                           .lang = lang,
                                           .kind = epo_span(kind),
                                           .content = epo_json_print(pool, values),
                                           .object = identity->account},
                        error);
}

static bool confirm(struct epo_db *db, struct epo_pool *pool,
                    const struct epo_identifying *identifying, struct epo_error *error) {
    struct epo_portal *portal = identifying->portal;
    const struct epo_account *clerk = identifying->clerk;
    struct epo_identity identity;
    int64_t now = epo_clock_now_us();
    if (!epo_identity_by_code(portal, db, pool, identifying->code, &identity, error))
        return false;
    if (epo_span_is(identity.account, clerk->id))
        return epo_fail(error, EPO_ERROR_DENIED, "identity.own",
                        "Nobody verifies their own identity.");
    struct epo_value tenant = EPO_STRING(portal->tenant), account = EPO_TEXT(identity.account);
    struct epo_span detail = epo_span(epo_pool_printf(pool, "%s %.*s %.*s", clerk->office,
                                                      EPO_ARG(identifying->document),
                                                      EPO_ARG(identifying->document_last)));
    return epo_db_run(db, &CONFIRM,
                      EPO_BIND(tenant, account, EPO_INTEGER(now),
                               EPO_INTEGER(now + EPO_IDENTITY_YEARS * 365 * DAY_US),
                               EPO_STRING(clerk->office), EPO_STRING(clerk->id),
                               EPO_TEXT(identifying->document),
                               EPO_TEXT(identifying->document_last)),
                      NULL, error) &&
           epo_identity_mark(portal, db, identity.account, now, error) &&
           epo_audit_note(portal, db, epo_span(clerk->id), "identity.verified", identity.account,
                          detail, error) &&
           tell(portal, db, pool, &identity, "verified", identifying->lang, epo_span(clerk->office),
                error);
}

bool epo_identity_confirm(struct epo_db *db, const struct epo_identifying *identifying,
                          struct epo_error *error) {
    if (!epo_identity_may(identifying->portal, identifying->clerk, error))
        return false;
    if (!is_document(identifying->document) || !is_last(identifying->document_last))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "identity.document",
                        "Say what document it was and its last three or four characters.");
    struct epo_pool *pool = epo_pool_create();
    bool good = confirm(db, pool, identifying, error);
    epo_pool_free(pool);
    return good;
}

static bool withdraw(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     const struct epo_account *clerk, struct epo_span account,
                     struct epo_span reason, struct epo_error *error) {
    struct epo_identity identity;
    bool found = false;
    if (!epo_identity_find(portal, db, pool, account, &identity, &found, error))
        return false;
    bool may = found && (strcmp(clerk->role, "admin") == 0 ||
                         (clerk->identifies && identity.office.len > 0 &&
                          epo_span_is(identity.office, clerk->office)));
    if (!may || identity.verified_at_us == 0)
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "identity.none",
                        "Your office has verified no such identity.");
    struct epo_value tenant = EPO_STRING(portal->tenant), id = EPO_TEXT(account);
    return epo_db_run(db, &WITHDRAW, EPO_BIND(tenant, id, EPO_TEXT(reason)), NULL, error) &&
           epo_identity_mark(portal, db, account, 0, error) &&
           epo_audit_note(portal, db, epo_span(clerk->id), "identity.withdrawn", account,
                          EPO_SPAN(""), error) &&
           tell(portal, db, pool, &identity, "withdrawn", EPO_SPAN("cs"), epo_span(clerk->office),
                error);
}

bool epo_identity_withdraw(struct epo_portal *portal, struct epo_db *db,
                           const struct epo_account *clerk, struct epo_span account,
                           struct epo_span reason, struct epo_error *error) {
    if (!epo_identity_line(reason, 3, REASON_CHARS_MAX))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "identity.reason",
                        "Say why, in a sentence on one line.");
    struct epo_pool *pool = epo_pool_create();
    bool good = withdraw(portal, db, pool, clerk, account, reason, error);
    epo_pool_free(pool);
    return good;
}
