#include "portal/address.h"

#include "portal/audit.h"
#include "portal/mail.h"
#include "portal/registration.h"
#include "portal/ticket.h"

#define KIND_NEW EPO_SPAN("address")
#define KIND_BACK EPO_SPAN("address_back")
#define KIND_RECOVER EPO_SPAN("recover")

static const struct epo_statement SET = {
    "address.set",
    "UPDATE accounts SET login = $3\n"
    "WHERE tenant = $1 AND id = $2 AND disabled = 0 AND ($4 = '' OR login = $4)\n"
    "    AND NOT EXISTS (SELECT 1 FROM accounts AS o WHERE o.tenant = $1 AND o.login = $3\n"
    "        AND o.id <> $2)",
    NULL,
};
static const struct epo_statement END_SESSIONS = {
    "address.end_sessions",
    "DELETE FROM sessions\n"
    "WHERE tenant = $1 AND account = $2",
    NULL,
};

/* What the mails say: {portal}, {link}, {address}. */
static struct epo_span letter(struct epo_portal *portal, struct epo_pool *pool,
                              struct epo_span lang_given, const char *link,
                              struct epo_span address) {
    const struct epo_json *city = epo_json_get(epo_portal_settings(portal), "city");
    const char *lang = epo_pool_string(pool, lang_given);
    struct epo_json *values = epo_json_object(pool);
    epo_json_set_text(pool, values, "portal", epo_json_localized(epo_json_get(city, "name"), lang));
    epo_json_set_string(pool, values, "link", epo_pool_printf(pool, "%s?lang=%s", link, lang));
    epo_json_set_text(pool, values, "address", address);
    return epo_json_print(pool, values);
}

/* Who it is about and what the address was. */
static struct epo_span content(struct epo_pool *pool, struct epo_span account,
                               struct epo_span before) {
    struct epo_json *values = epo_json_object(pool);
    epo_json_set_text(pool, values, "account", account);
    epo_json_set_text(pool, values, "before", before);
    return epo_json_print(pool, values);
}

bool epo_address_check(struct epo_address_change *change, struct epo_pool *pool,
                       struct epo_error *error) {
    if (!epo_mail_ready(change->portal) ||
        !epo_mail_address_valid(epo_span(change->account->login)))
        return epo_fail(error, EPO_ERROR_DENIED, "mail.off", "This portal sends no mail yet.");
    struct epo_span login = epo_account_fold(change->address, change->login);
    change->pool = pool;
    epo_token_make(change->token);
    return epo_mail_address_valid(login) ||
           epo_fail(error, EPO_ERROR_BAD_INPUT, "mail.address",
                    "This is not an e-mail address that a message can be sent to.");
}

bool epo_address_ask(struct epo_db *db, void *arg, struct epo_error *error) {
    struct epo_address_change *change = arg;
    struct epo_portal *portal = change->portal;
    struct epo_span login = epo_span(change->login), own = epo_span(change->account->login);
    struct epo_account other;
    struct epo_error inner = {0};
    int64_t mailed = 0;
    if (!epo_ticket_count(portal, db, login, &mailed, error))
        return false;
    bool taken = epo_account_find(portal, db, login, &other, &inner);
    if (inner.kind != EPO_ERROR_NONE) {
        *error = inner;
        return false;
    }
    if (taken || mailed >= EPO_MAILS_AN_HOUR)
        return true;
    const char *link = epo_pool_printf(change->pool, "%.*s/account/email/%s",
                                       EPO_ARG(change->origin), change->token);
    struct epo_span id = epo_span(change->account->id);
    struct epo_ticket ticket = {KIND_NEW, login, content(change->pool, id, own)};
    struct epo_mail mail = {.address = login,
                            .lang = change->lang,
                            .kind = KIND_NEW,
                            .content = letter(portal, change->pool, change->lang, link, login),
                            .object = id};
    return epo_ticket_put(portal, db, epo_span(change->token), &ticket, EPO_ADDRESS_LINK_S,
                          error) &&
           epo_mail_put(portal, db, &mail, error);
}

/* The account gets that login; before empty: whatever it has now. */
static bool set_login(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                      struct epo_span login, struct epo_span before, struct epo_error *error) {
    int64_t changes = 0;
    return epo_db_run(db, &SET,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account), EPO_TEXT(login),
                               EPO_TEXT(before)),
                      &changes, error) &&
           (changes > 0 || epo_fail(error, EPO_ERROR_NOT_FOUND, "ticket.gone",
                                    "This link has been used or has expired."));
}

bool epo_address_confirm(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span token, struct epo_span lang, struct epo_span origin,
                         struct epo_error *error) {
    struct epo_ticket ticket;
    char back[EPO_TOKEN_SIZE];
    if (!epo_ticket_take(portal, db, pool, token, KIND_NEW, &ticket, error))
        return false;
    const struct epo_json *said = epo_json_parse(pool, ticket.content, error);
    if (said == NULL)
        return false;
    struct epo_span account = epo_json_get_text(said, "account");
    struct epo_span before = epo_json_get_text(said, "before");
    epo_token_make(back);
    const char *link = epo_pool_printf(pool, "%.*s/account/email-back/%s", EPO_ARG(origin), back);
    struct epo_ticket other = {KIND_BACK, before, content(pool, account, before)};
    struct epo_mail mail = {.address = before,
                            .lang = lang,
                            .kind = KIND_BACK,
                            .content = letter(portal, pool, lang, link, ticket.login),
                            .object = account};
    return set_login(portal, db, account, ticket.login, before, error) &&
           epo_ticket_put(portal, db, epo_span(back), &other, EPO_ADDRESS_BACK_S, error) &&
           epo_mail_put(portal, db, &mail, error) &&
           epo_audit_note(portal, db, account, "account.email", account, EPO_SPAN(""), error);
}

bool epo_address_back(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      struct epo_span token, struct epo_span recover, struct epo_error *error) {
    struct epo_ticket ticket;
    if (!epo_ticket_take(portal, db, pool, token, KIND_BACK, &ticket, error))
        return false;
    const struct epo_json *said = epo_json_parse(pool, ticket.content, error);
    if (said == NULL)
        return false;
    struct epo_span account = epo_json_get_text(said, "account");
    struct epo_ticket anew = {KIND_RECOVER, ticket.login, EPO_SPAN("{}")};
    return set_login(portal, db, account, ticket.login, EPO_SPAN(""), error) &&
           epo_db_run(db, &END_SESSIONS, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account)),
                      NULL, error) &&
           epo_ticket_put(portal, db, recover, &anew, EPO_RECOVER_LINK_S, error) &&
           epo_audit_note(portal, db, account, "account.email_back", account, EPO_SPAN(""), error);
}
