#include "portal/contact.h"

#include "base/clock.h"
#include "portal/audit.h"
#include "portal/identity_work.h"
#include "portal/registration.h"

enum { DIGITS_MIN = 7, DIGITS_MAX = 15, CZECH_DIGITS = 9 };

static const struct epo_statement FIND = {
    "contact.find",
    "SELECT phone, address\n"
    "FROM contacts\n"
    "WHERE tenant = $1 AND account = $2",
    NULL,
};
static const struct epo_statement PUT = {
    "contact.put",
    "INSERT INTO contacts (tenant, account, phone, address, changed_at_us)\n"
    "VALUES ($1, $2, $3, $4, $5)\n"
    "ON CONFLICT (tenant, account) DO UPDATE SET phone = excluded.phone,\n"
    "    address = excluded.address, changed_at_us = excluded.changed_at_us",
    NULL,
};

static void blame(struct epo_pool *pool, struct epo_json *errors, const char *path) {
    struct epo_json *error = epo_json_object(pool);
    epo_json_set_string(pool, error, "path", path);
    epo_json_set_string(pool, error, "code", epo_pool_printf(pool, "contact.%s", path));
    epo_json_push(pool, errors, error);
}

/* E.164: a plus and 7 to 15 digits. */
static bool read_phone(struct epo_pool *pool, struct epo_span *phone) {
    char digits[DIGITS_MAX + 1];
    size_t n = 0;
    bool plus = phone->len > 0 && phone->at[0] == '+';
    for (size_t i = plus; i < phone->len; i++) {
        char c = phone->at[i];
        if (c == ' ' || c == '-' || c == '/' || c == '(' || c == ')')
            continue;
        if (c < '0' || c > '9' || n == DIGITS_MAX)
            return false;
        digits[n++] = c;
    }
    digits[n] = '\0';
    if (!plus && n != CZECH_DIGITS)
        return false;
    *phone = epo_span(epo_pool_printf(pool, "+%s%s", plus ? "" : "420", digits));
    return n >= DIGITS_MIN;
}

bool epo_contact_check(struct epo_pool *pool, struct epo_contact *contact,
                       struct epo_json *errors) {
    contact->phone = epo_span_trim(contact->phone);
    contact->address = epo_span_trim(contact->address);
    if (contact->phone.len > 0 && !read_phone(pool, &contact->phone))
        blame(pool, errors, "phone");
    if (contact->address.len > 0 &&
        !epo_identity_line(contact->address, 5, EPO_CONTACT_ADDRESS_CHARS))
        blame(pool, errors, "post");
    return errors->count == 0;
}

bool epo_contact_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      struct epo_span account, struct epo_contact *contact,
                      struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &FIND, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account)));
    *contact = (struct epo_contact){EPO_SPAN(""), EPO_SPAN("")};
    if (epo_rows_next(rows)) {
        contact->phone = epo_pool_copy(pool, epo_rows_text(rows, 0));
        contact->address = epo_pool_copy(pool, epo_rows_text(rows, 1));
    }
    return epo_rows_end(rows, error);
}

bool epo_contact_put(struct epo_portal *portal, struct epo_db *db,
                     const struct epo_account *account, const struct epo_contact *contact,
                     struct epo_span lang, struct epo_error *error) {
    struct epo_span id = epo_span(account->id);
    return epo_db_run(db, &PUT,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(id), EPO_TEXT(contact->phone),
                               EPO_TEXT(contact->address), EPO_INTEGER(epo_clock_now_us())),
                      NULL, error) &&
           epo_audit_note(portal, db, id, "account.contact", id, EPO_SPAN(""), error) &&
           epo_account_tell(portal, db, account, "contact", lang, error);
}
