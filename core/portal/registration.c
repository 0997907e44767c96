#include "portal/registration.h"

#include <stdio.h>

#include "portal/audit.h"
#include "portal/mail.h"
#include "portal/password.h"
#include "portal/ticket.h"

enum { NAME_CHARS_MAX = 100 };

#define KIND_REGISTER EPO_SPAN("register")
#define KIND_RECOVER EPO_SPAN("recover")

/* The words of this place: the account's own, those of the city's and the portal's names. */
static bool check_words(const struct epo_portal *portal, struct epo_span password,
                        struct epo_span login, struct epo_error *error) {
    const struct epo_json *city = epo_json_get(epo_portal_settings(portal), "city");
    struct epo_pool *pool = epo_pool_create();
    struct epo_span names = city != NULL ? epo_json_print(pool, city) : EPO_SPAN("");
    const char *words =
        epo_pool_printf(pool, "%.*s %.*s heslo password", EPO_ARG(login), EPO_ARG(names));
    bool good = epo_password_check_words(password, epo_span(words), error);
    epo_pool_free(pool);
    return good;
}

bool epo_password_prepare(const struct epo_portal *portal, struct epo_span password,
                          struct epo_span login, char hash[EPO_PASSWORD_HASH_SIZE],
                          struct epo_error *error) {
    char folder[600];
    snprintf(folder, sizeof folder, "%s/breached", portal->folder);
    return epo_password_check(password, login, error) &&
           check_words(portal, password, login, error) &&
           epo_password_check_breached(password, folder, error) &&
           epo_password_hash(password, hash, error);
}

/* ---- asking for a link ---- */

static bool check_name(struct epo_span name, struct epo_error *error) {
    bool good = epo_text_valid(name) && epo_text_length(name) >= 2 &&
                epo_text_length(name) <= NAME_CHARS_MAX && name.len < 128;
    for (size_t i = 0; good && i < name.len; i++)
        good = (unsigned char)name.at[i] >= ' ' && name.at[i] != 0x7f;
    return good || epo_fail(error, EPO_ERROR_BAD_INPUT, "account.name",
                            "A name has 2 to %d characters on one line.", NAME_CHARS_MAX);
}

static bool check_address(struct epo_registering *registering, struct epo_error *error) {
    if (!epo_mail_ready(registering->portal))
        return epo_fail(error, EPO_ERROR_DENIED, "mail.off", "This portal sends no mail yet.");
    struct epo_span login = epo_account_fold(registering->address, registering->login);
    return epo_mail_address_valid(login) ||
           epo_fail(error, EPO_ERROR_BAD_INPUT, "mail.address",
                    "This is not an e-mail address that a message can be sent to.");
}

/* What the mail says: {link}, {portal}. */
static struct epo_span letter(struct epo_pool *pool, const struct epo_registering *registering,
                              const char *path) {
    const struct epo_json *city = epo_json_get(epo_portal_settings(registering->portal), "city");
    struct epo_json *values = epo_json_object(pool);
    const char *lang = epo_pool_string(pool, registering->lang);
    epo_json_set_text(pool, values, "portal", epo_json_localized(epo_json_get(city, "name"), lang));
    epo_json_set_string(
        pool, values, "link",
        epo_pool_printf(pool, "%.*s%s?lang=%s", EPO_ARG(registering->origin), path, lang));
    return epo_json_print(pool, values);
}

bool epo_registration_check(struct epo_registering *registering, struct epo_pool *pool,
                            struct epo_error *error) {
    char hash[EPO_PASSWORD_HASH_SIZE];
    struct epo_span name = epo_span_trim(registering->name);
    if (!check_name(name, error) || !check_address(registering, error) ||
        !epo_password_prepare(registering->portal, registering->password,
                              epo_span(registering->login), hash, error))
        return false;
    struct epo_json *content = epo_json_object(pool);
    epo_json_set_text(pool, content, "name", name);
    epo_json_set_string(pool, content, "password", hash);
    epo_json_set_text(pool, content, "next", registering->next);
    registering->content = epo_json_print(pool, content);
    epo_token_make(registering->token);
    registering->letter =
        letter(pool, registering, epo_pool_printf(pool, "/register/%s", registering->token));
    registering->known_letter = letter(pool, registering, "/recover");
    return true;
}

bool epo_recovery_check(struct epo_registering *registering, struct epo_pool *pool,
                        struct epo_error *error) {
    if (!check_address(registering, error))
        return false;
    registering->recovers = true;
    struct epo_json *content = epo_json_object(pool);
    epo_json_set_text(pool, content, "next", registering->next);
    registering->content = epo_json_print(pool, content);
    epo_token_make(registering->token);
    registering->letter =
        letter(pool, registering, epo_pool_printf(pool, "/recover/%s", registering->token));
    return true;
}

bool epo_registration_save(struct epo_db *db, void *arg, struct epo_error *error) {
    const struct epo_registering *registering = arg;
    struct epo_portal *portal = registering->portal;
    struct epo_account account = {.id = ""};
    struct epo_error inner = {0};
    struct epo_span login = epo_span(registering->login);
    int64_t mailed = 0;
    if (!epo_ticket_count(portal, db, login, &mailed, error))
        return false;
    if (mailed >= EPO_MAILS_AN_HOUR)
        return true;
    bool known = epo_account_find(portal, db, login, &account, &inner);
    if (inner.kind != EPO_ERROR_NONE) {
        *error = inner;
        return false;
    }
    bool recovers = registering->recovers;
    if (recovers && (!known || account.disabled))
        return true;
    /* A ticket is kept for a known address too: it counts against the hour like any other. */
    struct epo_ticket ticket = {.kind = recovers ? KIND_RECOVER : KIND_REGISTER,
                                .login = login,
                                .content = registering->content};
    struct epo_mail mail = {.address = login,
                            .lang = registering->lang,
                            .kind = recovers ? EPO_SPAN("recover")
                                    : known  ? EPO_SPAN("known")
                                             : EPO_SPAN("register"),
                            .content = known && !recovers ? registering->known_letter
                                                          : registering->letter,
                            .object = epo_span(account.id)};
    return epo_ticket_put(portal, db, epo_span(registering->token), &ticket,
                          recovers ? EPO_RECOVER_LINK_S : EPO_REGISTER_LINK_S, error) &&
           epo_mail_put(portal, db, &mail, error);
}

/* ---- following it ---- */

bool epo_registration_confirm(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                              struct epo_span token, struct epo_account *account,
                              struct epo_span *next, struct epo_error *error) {
    struct epo_ticket ticket;
    bool good = epo_ticket_take(portal, db, pool, token, KIND_REGISTER, &ticket, error);
    const struct epo_json *content = good ? epo_json_parse(pool, ticket.content, error) : NULL;
    if (content != NULL) {
        *account = (struct epo_account){.role = "citizen"};
        epo_token_make(account->id);
        epo_span_store(account->login, sizeof account->login, ticket.login);
        epo_span_store(account->name, sizeof account->name, epo_json_get_text(content, "name"));
        *next = epo_json_get_text(content, "next");
        good = epo_account_insert(portal, db, account,
                                  epo_pool_string(pool, epo_json_get_text(content, "password")),
                                  epo_span(account->id), error);
    }
    return good && content != NULL;
}

bool epo_recovery_prepare(struct epo_portal *portal, struct epo_db *db, struct epo_span token,
                          struct epo_span password, char hash[EPO_PASSWORD_HASH_SIZE],
                          struct epo_error *error) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_ticket ticket;
    bool good = epo_ticket_find(portal, db, pool, token, KIND_RECOVER, &ticket, error) &&
                epo_password_prepare(portal, password, ticket.login, hash, error);
    epo_pool_free(pool);
    return good;
}

bool epo_account_tell(struct epo_portal *portal, struct epo_db *db,
                      const struct epo_account *account, const char *kind, struct epo_span lang,
                      struct epo_error *error) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_registering telling = {.portal = portal, .lang = lang, .origin = EPO_SPAN("")};
    struct epo_span login = epo_span(account->login);
    /* Accounts made from the shell may have a name instead of an address. */
    bool told = epo_mail_ready(portal) && epo_mail_address_valid(login);
    struct epo_mail mail = {.address = login,
                            .lang = lang,
                            .kind = epo_span(kind),
                            .content = letter(pool, &telling, ""),
                            .object = epo_span(account->id)};
    bool good = !told || epo_mail_put(portal, db, &mail, error);
    epo_pool_free(pool);
    return good;
}

bool epo_account_new_password(struct epo_portal *portal, struct epo_db *db,
                              const struct epo_account *account, const char *hash,
                              struct epo_span keep, struct epo_span lang, struct epo_error *error) {
    return epo_account_put_password(portal, db, epo_span(account->id), hash, keep, error) &&
           epo_account_tell(portal, db, account, "password", lang, error);
}

bool epo_recovery_finish(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span token, const char *hash, struct epo_span lang,
                         struct epo_account *account, struct epo_span *next,
                         struct epo_error *error) {
    struct epo_ticket ticket;
    struct epo_error inner = {0};
    bool good = epo_ticket_take(portal, db, pool, token, KIND_RECOVER, &ticket, error);
    if (good && !epo_account_find(portal, db, ticket.login, account, &inner)) {
        good = false;
        if (inner.kind == EPO_ERROR_NONE)
            epo_fail(&inner, EPO_ERROR_NOT_FOUND, "ticket.gone",
                     "This link has been used or has expired.");
        *error = inner;
    }
    const struct epo_json *content = good ? epo_json_parse(pool, ticket.content, error) : NULL;
    if (content == NULL)
        return false;
    *next = epo_json_get_text(content, "next");
    return epo_account_new_password(portal, db, account, hash, EPO_SPAN(""), lang, error);
}
