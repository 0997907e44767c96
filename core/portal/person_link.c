#include "portal/person_link.h"

#include "base/clock.h"
#include "portal/audit.h"
#include "portal/receipt.h"

#define NUMBER_TRIES 20 /* each is free at odds of a thousand to one in a city of a million */

static const struct epo_statement FIND = {
    "person_link.find",
    "SELECT person FROM person_links\n"
    "WHERE tenant = $1 AND account = $2 AND agenda = $3 AND ended_at_us IS NULL",
    NULL,
};
static const struct epo_statement ACCOUNT = {
    "person_link.account",
    "SELECT account FROM person_links\n"
    "WHERE tenant = $1 AND agenda = $2 AND person = $3 AND ended_at_us IS NULL",
    NULL,
};
static const struct epo_statement ALL = {
    "person_link.all",
    "SELECT agenda, person, how, by_account, at_us FROM person_links\n"
    "WHERE tenant = $1 AND account = $2 AND ended_at_us IS NULL ORDER BY agenda",
    NULL,
};
static const struct epo_statement MAKE = {
    "person_link.make",
    "INSERT INTO person_links (tenant, agenda, person, account, how, by_account, at_us)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7)",
    NULL,
};
static const struct epo_statement END = {
    "person_link.end",
    "UPDATE person_links SET ended_at_us = $4\n"
    "WHERE tenant = $1 AND account = $2 AND agenda = $3 AND ended_at_us IS NULL",
    NULL,
};
static const struct epo_statement IN_USE = {
    "person_link.in_use",
    "SELECT EXISTS (SELECT 1 FROM records WHERE tenant = $1 AND agenda = $2 AND person = $3\n"
    "        AND person <> '')\n"
    "    OR EXISTS (SELECT 1 FROM ledger_entries\n"
    "        WHERE tenant = $1 AND agenda = $2 AND person = $3)\n"
    "    OR EXISTS (SELECT 1 FROM person_links\n"
    "        WHERE tenant = $1 AND agenda = $2 AND person = $3)",
    NULL,
};
static const struct epo_statement OF_CASE = {
    "person_link.of_case",
    "SELECT person FROM case_persons WHERE tenant = $1 AND number = $2",
    NULL,
};
static const struct epo_statement KEEP_CASE = {
    "person_link.keep_case",
    "INSERT INTO case_persons (tenant, number, agenda, person) VALUES ($1, $2, $3, $4)\n"
    "ON CONFLICT (tenant, number) DO NOTHING",
    NULL,
};
static const struct epo_statement CASES = {
    "person_link.cases",
    "SELECT p.number, c.title, c.state, c.received_at_us FROM case_persons AS p\n"
    "JOIN cases AS c ON c.tenant = p.tenant AND c.number = p.number\n"
    "WHERE p.tenant = $1 AND p.agenda = $2 AND p.person = $3\n"
    "ORDER BY p.number DESC LIMIT $4",
    NULL,
};

/* ---- links ---- */

static bool read_person(struct epo_rows *rows, char person[EPO_PERSON_NUMBER_SIZE],
                        struct epo_error *error) {
    person[0] = '\0';
    if (epo_rows_next(rows))
        epo_span_store(person, EPO_PERSON_NUMBER_SIZE, epo_rows_text(rows, 0));
    return epo_rows_end(rows, error);
}

bool epo_person_link_find(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                          struct epo_span agenda, char person[EPO_PERSON_NUMBER_SIZE],
                          struct epo_error *error) {
    return read_person(
        epo_db_query(db, &FIND,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account), EPO_TEXT(agenda))),
        person, error);
}

bool epo_person_link_account(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                             struct epo_span agenda, struct epo_span person,
                             struct epo_span *account, struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &ACCOUNT, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(agenda), EPO_TEXT(person)));
    *account = epo_rows_next(rows) ? epo_pool_copy(pool, epo_rows_text(rows, 0)) : EPO_SPAN("");
    return epo_rows_end(rows, error);
}

bool epo_person_links(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      struct epo_span account, struct epo_json **links, struct epo_error *error) {
    static const char *const NAMES[] = {"agenda", "person", "how", "by"};
    struct epo_rows *rows =
        epo_db_query(db, &ALL, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account)));
    *links = epo_json_array(pool);
    while (epo_rows_next(rows)) {
        struct epo_json *link = epo_json_object(pool);
        for (int i = 0; i < 4; i++)
            epo_json_set_text(pool, link, NAMES[i], epo_rows_text(rows, i));
        epo_json_set_integer(pool, link, "at_us", epo_rows_integer(rows, 4));
        epo_json_push(pool, *links, link);
    }
    return epo_rows_end(rows, error);
}

/* The trail names agenda and number. */
static bool note(struct epo_portal *portal, struct epo_db *db, struct epo_span by,
                 const char *action, struct epo_span account, struct epo_span agenda,
                 struct epo_span person, struct epo_error *error) {
    char detail[EPO_PERSON_NUMBER_SIZE + 64];
    snprintf(detail, sizeof detail, "%.*s %.*s", EPO_ARG(agenda), EPO_ARG(person));
    return epo_audit_note(portal, db, by, action, account, epo_span(detail), error);
}

bool epo_person_link_make(struct epo_portal *portal, struct epo_db *db,
                          const struct epo_person_linking *linking, struct epo_error *error) {
    struct epo_value tenant = EPO_STRING(portal->tenant);
    char person[EPO_PERSON_NUMBER_SIZE], holder[EPO_PERSON_NUMBER_SIZE];
    if (linking->person.len == 0 || !epo_record_is_person(linking->person))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "person.number",
                        "That is not a number of a person.");
    if (!epo_person_link_find(portal, db, linking->account, linking->agenda, person, error) ||
        !read_person(
            epo_db_query(db, &ACCOUNT,
                         EPO_BIND(tenant, EPO_TEXT(linking->agenda), EPO_TEXT(linking->person))),
            holder, error))
        return false;
    if (epo_span_is(linking->person, person))
        return true;
    if (person[0] != '\0')
        return epo_fail(error, EPO_ERROR_CONFLICT, "person.account_linked",
                        "The account is linked to another number in this agenda: end that first.");
    if (holder[0] != '\0')
        return epo_fail(error, EPO_ERROR_CONFLICT, "person.taken",
                        "Another account is linked to that number.");
    return epo_db_run(db, &MAKE,
                      EPO_BIND(tenant, EPO_TEXT(linking->agenda), EPO_TEXT(linking->person),
                               EPO_TEXT(linking->account), EPO_TEXT(linking->how),
                               EPO_TEXT(linking->by), EPO_INTEGER(epo_clock_now_us())),
                      NULL, error) &&
           note(portal, db, linking->by.len > 0 ? linking->by : linking->account, "person.linked",
                linking->account, linking->agenda, linking->person, error);
}

bool epo_person_link_end(struct epo_portal *portal, struct epo_db *db, struct epo_span account,
                         struct epo_span agenda, struct epo_span by, struct epo_error *error) {
    char person[EPO_PERSON_NUMBER_SIZE];
    if (!epo_person_link_find(portal, db, account, agenda, person, error))
        return false;
    if (person[0] == '\0')
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "person.not_linked",
                        "The account is not linked to a number in this agenda.");
    return epo_db_run(db, &END,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account), EPO_TEXT(agenda),
                               EPO_INTEGER(epo_clock_now_us())),
                      NULL, error) &&
           note(portal, db, by, "person.unlinked", account, agenda, epo_span(person), error);
}

/* ---- numbers ---- */

/* The digit that makes the sum of Luhn a multiple of ten. */
static char check_digit(const char *digits) {
    int sum = 0;
    for (size_t i = 0, len = strlen(digits); i < len; i++) {
        int digit = digits[len - 1 - i] - '0';
        if (i % 2 == 0)
            digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += digit;
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

bool epo_person_number_make(struct epo_portal *portal, struct epo_db *db, struct epo_span agenda,
                            char person[EPO_PERSON_NUMBER_SIZE], struct epo_error *error) {
    for (int i = 0; i < NUMBER_TRIES; i++) {
        uint32_t random;
        bool used = false;
        epo_token_random(&random, sizeof random);
        /* banks drop leading zeros */
        snprintf(person, EPO_PERSON_NUMBER_SIZE, "%u", 100000000u + random % 900000000u);
        person[9] = check_digit(person);
        person[10] = '\0';
        struct epo_rows *rows = epo_db_query(
            db, &IN_USE,
            EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(agenda), EPO_STRING(person)));
        used = epo_rows_next(rows) && epo_rows_integer(rows, 0) != 0;
        if (!epo_rows_end(rows, error))
            return false;
        if (!used)
            return true;
    }
    return epo_fail(error, EPO_ERROR_BUSY, "person.numbers", "No free number was found.");
}

bool epo_person_number_of(struct epo_portal *portal, struct epo_db *db, struct epo_span agenda,
                          struct epo_span sender, int64_t number,
                          char person[EPO_PERSON_NUMBER_SIZE], bool *fresh,
                          struct epo_error *error) {
    person[0] = '\0';
    *fresh = false;
    if (number > 0 &&
        !read_person(
            epo_db_query(db, &OF_CASE, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number))),
            person, error))
        return false;
    if (person[0] == '\0' && sender.len > 0 &&
        !epo_person_link_find(portal, db, sender, agenda, person, error))
        return false;
    if (person[0] != '\0')
        return true;
    *fresh = true;
    return epo_person_number_make(portal, db, agenda, person, error);
}

bool epo_person_of_case(struct epo_portal *portal, struct epo_db *db, struct epo_span agenda,
                        struct epo_span sender, int64_t number, struct epo_span person,
                        struct epo_error *error) {
    struct epo_person_linking linking = {
        .account = sender, .agenda = agenda, .person = person, .how = EPO_SPAN("submission")};
    return (sender.len == 0 || epo_person_link_make(portal, db, &linking, error)) &&
           epo_db_run(db, &KEEP_CASE,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number), EPO_TEXT(agenda),
                               EPO_TEXT(person)),
                      NULL, error);
}

bool epo_person_cases(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                      struct epo_span agenda, struct epo_span person, int limit,
                      struct epo_json **cases, struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(db, &CASES,
                                         EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(agenda),
                                                  EPO_TEXT(person), EPO_INTEGER(limit)));
    char number[EPO_NUMBER_SIZE];
    *cases = epo_json_array(pool);
    while (epo_rows_next(rows)) {
        struct epo_json *one = epo_json_object(pool);
        epo_number_write(epo_rows_integer(rows, 0), number);
        epo_json_set_string(pool, one, "number", number);
        epo_json_set_text(pool, one, "title", epo_rows_text(rows, 1));
        epo_json_set_text(pool, one, "state", epo_rows_text(rows, 2));
        epo_json_set_integer(pool, one, "received_at_us", epo_rows_integer(rows, 3));
        epo_json_push(pool, *cases, one);
    }
    return epo_rows_end(rows, error);
}
