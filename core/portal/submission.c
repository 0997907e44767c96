#include "portal/submission.h"

#include <openssl/crypto.h>

#include "base/clock.h"
#include "portal/audit.h"
#include "portal/casework.h"
#include "portal/completion.h"
#include "portal/mandate.h"

/* ---- before the save, on the worker ---- */

/* Where it is, in the words of a list: address, else parcel, else public space. */
static struct epo_span describe_place(const struct epo_json *facts) {
    struct epo_span text = epo_json_get_text(epo_json_get(facts, "address"), "text");
    if (text.len == 0)
        text = epo_json_get_text(epo_json_get(facts, "public_space"), "name");
    if (text.len == 0)
        text = epo_json_get_text(epo_json_get(facts, "parcel"), "number");
    return text;
}

void epo_submission_describe(struct epo_pool *pool, struct epo_span title,
                             struct epo_span applicant, const struct epo_json *facts,
                             struct epo_span *place_text, struct epo_span *search) {
    *place_text = facts != NULL ? describe_place(facts) : (struct epo_span){"", 0};
    *search =
        epo_text_fold(pool, epo_span(epo_pool_printf(pool, "%.*s %.*s %.*s", EPO_ARG(title),
                                                     EPO_ARG(*place_text), EPO_ARG(applicant))));
}

/* A key counts for one form: the same key with another form is another request. */
static void hash_key(struct epo_pool *pool, const char *agenda, const char *form,
                     struct epo_span key, uint8_t hash[EPO_SHA256_SIZE]) {
    epo_sha256(epo_span(epo_pool_printf(pool, "%s/%s %.*s", agenda, form, EPO_ARG(key))), hash);
}

void epo_submission_prepare(struct epo_pool *pool, struct epo_filing *filing) {
    epo_sha256_hex(filing->answers, filing->answers_hash);
    filing->place_hash[0] = '\0';
    filing->place_text = (struct epo_span){"", 0};
    if (filing->place != NULL)
        epo_sha256_hex(filing->place->wkb_metres, filing->place_hash);
    if (filing->idempotency_key.len > 0)
        hash_key(pool, filing->agenda, filing->form, filing->idempotency_key, filing->key_hash);
    epo_submission_describe(pool, filing->title, filing->applicant,
                            filing->place != NULL ? filing->place_facts : NULL, &filing->place_text,
                            &filing->search);
    filing->prepared = true;
}

static const struct epo_statement KEY_USED = {
    "submission.key_used",
    "SELECT number FROM submissions WHERE tenant = $1 AND idempotency = $2",
    NULL,
};

bool epo_submission_key_used(struct epo_portal *portal, struct epo_db *db, const char *agenda,
                             const char *form, struct epo_span key, bool *used,
                             struct epo_error *error) {
    uint8_t hash[EPO_SHA256_SIZE];
    *used = false;
    if (key.len == 0)
        return true;
    struct epo_pool *pool = epo_pool_create();
    hash_key(pool, agenda, form, key, hash);
    epo_pool_free(pool);
    struct epo_span bytes = {(const char *)hash, sizeof hash};
    struct epo_rows *rows =
        epo_db_query(db, &KEY_USED, EPO_BIND(EPO_STRING(portal->tenant), EPO_BLOB(bytes)));
    *used = epo_rows_next(rows);
    return epo_rows_end(rows, error);
}

/* ---- the save, on the writer: one read, five inserts ---- */

/* One row with the ends of both chains and what this key was used for before. */
static const struct epo_statement ENDS = {
    "submission.ends",
    "SELECT\n"
    "    (SELECT number FROM submissions WHERE tenant = $1 ORDER BY number DESC LIMIT 1),\n"
    "    (SELECT receipt FROM submissions WHERE tenant = $1 ORDER BY number DESC LIMIT 1),\n"
    "    (SELECT sequence FROM audit WHERE tenant = $1 ORDER BY sequence DESC LIMIT 1),\n"
    "    (SELECT hash FROM audit WHERE tenant = $1 ORDER BY sequence DESC LIMIT 1),\n"
    "    (SELECT number FROM submissions WHERE tenant = $1 AND idempotency = $2)",
    NULL,
};
static const struct epo_statement INSERT = {
    "submission.insert",
    "INSERT INTO submissions (tenant, number, received_at_us, agenda, form, form_version, lang,\n"
    "    answers, answers_hash, facts, computed, parameters, place_field, place_hash, sender,\n"
    "    idempotency, receipt)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
    NULL,
};
static const struct epo_statement INSERT_LOCATION = {
    "location.insert",
    "INSERT INTO locations (tenant, number, field, kind, geometry, anchor_x, anchor_y, area_m2,\n"
    "    length_m, district, map_version)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    NULL,
};
static const struct epo_statement INSERT_CASE = {
    "case.insert",
    "INSERT INTO cases (tenant, number, agenda, form, title, place_text, search, state, district,\n"
    "    office, due, received_at_us, changed_at_us, due_fixed, due_working)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, 'received', $8, $9, $10, $11, $11, $12, $13)",
    NULL,
};
static const struct epo_statement INSERT_OUTBOX = {
    "outbox.filed",
    "INSERT INTO outbox (tenant, number, sequence, kind, at_us)\n"
    "VALUES ($1, $2, 0, 'submission.filed', $3)",
    NULL,
};
static const struct epo_statement INSERT_COUNTER = {
    "counter.insert",
    "INSERT INTO counter_filings (tenant, number, account) VALUES ($1, $2, $3)",
    NULL,
};
static const struct epo_statement INSERT_AGENT = {
    "submission.agent",
    "INSERT INTO represented_filings (tenant, number, agent, agent_name, sender_name)\n"
    "VALUES ($1, $2, $3, $4, $5)",
    NULL,
};
static const struct epo_statement FILED_BEFORE = {
    "submission.filed_before",
    "SELECT received_at_us, receipt, answers_hash, form_version FROM submissions\n"
    "WHERE tenant = $1 AND number = $2",
    NULL,
};

struct ends {
    int64_t number, audit_sequence, number_of_key;
    char receipt[EPO_SHA256_HEX_SIZE];
    uint8_t audit_hash[EPO_SHA256_SIZE];
};

static bool read_ends(struct epo_portal *portal, struct epo_db *db, const struct epo_filing *filing,
                      struct ends *ends, struct epo_error *error) {
    struct epo_span key = {(const char *)filing->key_hash, sizeof filing->key_hash};
    struct epo_rows *rows =
        epo_db_query(db, &ENDS,
                     EPO_BIND(EPO_STRING(portal->tenant),
                              filing->idempotency_key.len > 0 ? EPO_BLOB(key) : EPO_NULL));
    memset(ends, 0, sizeof *ends);
    if (epo_rows_next(rows)) {
        struct epo_span receipt = epo_rows_text(rows, 1), hash;
        ends->number = epo_rows_integer(rows, 0);
        epo_assert(receipt.len < sizeof ends->receipt);
        if (receipt.len > 0)
            memcpy(ends->receipt, receipt.at, receipt.len);
        ends->audit_sequence = epo_rows_integer(rows, 2);
        hash = epo_rows_text(rows, 3);
        epo_assert(hash.len == 0 || hash.len == sizeof ends->audit_hash);
        if (hash.len > 0)
            memcpy(ends->audit_hash, hash.at, hash.len);
        ends->number_of_key = epo_rows_integer(rows, 4);
    }
    return epo_rows_end(rows, error);
}

static bool give_first_answer(struct epo_portal *portal, struct epo_db *db,
                              const struct epo_filing *filing, int64_t number,
                              struct epo_filed *filed, struct epo_error *error) {
    bool same = false;
    struct epo_rows *rows =
        epo_db_query(db, &FILED_BEFORE, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number)));
    if (epo_rows_next(rows)) {
        struct epo_span receipt = epo_rows_text(rows, 1);
        filed->received_at_us = epo_rows_integer(rows, 0);
        epo_assert(receipt.len < sizeof filed->receipt);
        memcpy(filed->receipt, receipt.at, receipt.len);
        filed->receipt[receipt.len] = '\0';
        same = epo_span_is(epo_rows_text(rows, 2), filing->answers_hash);
    }
    if (!epo_rows_end(rows, error))
        return false;
    if (!same)
        return epo_fail(error, EPO_ERROR_CONFLICT, "submission.key_reused",
                        "This Idempotency-Key was used for other answers: use a new one.");
    epo_number_write(number, filed->number);
    filed->repeated = true;
    return true;
}

static bool insert_submission(struct epo_portal *portal, struct epo_db *db,
                              const struct epo_filing *filing, int64_t number,
                              const struct epo_filed *filed, struct epo_error *error) {
    struct epo_span key = {(const char *)filing->key_hash, sizeof filing->key_hash};
    return epo_db_run(
        db, &INSERT,
        EPO_BIND(
            EPO_STRING(portal->tenant), EPO_INTEGER(number), EPO_INTEGER(filed->received_at_us),
            EPO_STRING(filing->agenda), EPO_STRING(filing->form), EPO_STRING(filing->form_version),
            EPO_STRING(filing->lang), EPO_TEXT(filing->answers), EPO_STRING(filing->answers_hash),
            EPO_TEXT(filing->facts), EPO_TEXT(filing->values), EPO_TEXT(filing->parameters),
            EPO_TEXT(filing->place_field), EPO_STRING(filing->place_hash), EPO_TEXT(filing->sender),
            filing->idempotency_key.len > 0 ? EPO_BLOB(key) : EPO_NULL, EPO_STRING(filed->receipt)),
        NULL, error);
}

static bool insert_location(struct epo_portal *portal, struct epo_db *db,
                            const struct epo_filing *filing, int64_t number,
                            struct epo_error *error) {
    const struct epo_place *place = filing->place;
    if (place == NULL)
        return true;
    return epo_db_run(db, &INSERT_LOCATION,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number),
                               EPO_TEXT(filing->place_field), EPO_INTEGER(place->kind),
                               EPO_BLOB(place->wkb_metres), EPO_REAL(place->anchor_metres.x),
                               EPO_REAL(place->anchor_metres.y), EPO_REAL(place->area_m2),
                               EPO_REAL(place->length_m), EPO_TEXT(filing->district),
                               EPO_TEXT(filing->map_version)),
                      NULL, error);
}

static bool insert_case(struct epo_portal *portal, struct epo_db *db,
                        const struct epo_filing *filing, int64_t number,
                        const struct epo_filed *filed, struct epo_error *error) {
    return epo_db_run(
        db, &INSERT_CASE,
        EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number), EPO_STRING(filing->agenda),
                 EPO_STRING(filing->form), EPO_TEXT(filing->title), EPO_TEXT(filing->place_text),
                 EPO_TEXT(filing->search), EPO_TEXT(filing->district), EPO_TEXT(filing->office),
                 filing->due.len > 0 ? EPO_TEXT(filing->due) : EPO_NULL,
                 EPO_INTEGER(filed->received_at_us), EPO_INTEGER(!filing->due_counted),
                 EPO_INTEGER(filing->due_working)),
        NULL, error);
}

static bool insert_all(struct epo_portal *portal, struct epo_db *db,
                       const struct epo_filing *filing, int64_t number, const struct ends *ends,
                       const struct epo_filed *filed, struct epo_error *error) {
    struct epo_span last = {(const char *)ends->audit_hash,
                            ends->audit_sequence > 0 ? sizeof ends->audit_hash : 0};
    bool counter = filing->counter.len > 0, acted = filing->agent.len > 0;
    struct epo_audit_entry entry = {.actor = counter ? filing->counter
                                             : acted ? filing->agent
                                                     : filing->sender,
                                    .action = counter ? EPO_SPAN("submission.counter")
                                                      : EPO_SPAN("submission.filed"),
                                    .object = epo_span(filed->number),
                                    .detail = epo_span(filed->receipt),
                                    .at_us = filed->received_at_us};
    return insert_submission(portal, db, filing, number, filed, error) &&
           insert_location(portal, db, filing, number, error) &&
           insert_case(portal, db, filing, number, filed, error) &&
           (!counter || epo_db_run(db, &INSERT_COUNTER,
                                   EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number),
                                            EPO_TEXT(filing->counter)),
                                   NULL, error)) &&
           (!acted || epo_db_run(db, &INSERT_AGENT,
                                 EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number),
                                          EPO_TEXT(filing->agent), EPO_TEXT(filing->agent_name),
                                          EPO_TEXT(filing->sender_name)),
                                 NULL, error)) &&
           epo_audit_append_after(portal, db, ends->audit_sequence, last, &entry, error) &&
           epo_db_run(db, &INSERT_OUTBOX,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number),
                               EPO_INTEGER(filed->received_at_us)),
                      NULL, error);
}

/* Asked inside the save: a mandate that ends now files nothing afterwards. */
static bool may_act(struct epo_portal *portal, struct epo_db *db, const struct epo_filing *filing,
                    struct epo_error *error) {
    bool may = false;
    return epo_mandate_may(portal, db, filing->agent, filing->sender, epo_span(filing->agenda),
                           EPO_MANDATE_FILE, &may, error) &&
           (may || epo_fail(error, EPO_ERROR_DENIED, "mandate.none",
                            "There is no mandate to file this for another."));
}

bool epo_submission_file(struct epo_portal *portal, struct epo_db *db,
                         const struct epo_filing *filing, struct epo_filed *filed,
                         struct epo_error *error) {
    struct ends ends;
    epo_assert(filing->prepared);
    memset(filed, 0, sizeof *filed);
    if (!read_ends(portal, db, filing, &ends, error))
        return false;
    if (ends.number_of_key != 0)
        return give_first_answer(portal, db, filing, ends.number_of_key, filed, error);
    if (filing->agent.len > 0 && !may_act(portal, db, filing, error))
        return false;
    if (filing->inside != NULL && !filing->inside(db, filing->inside_arg, error))
        return false;
    filed->received_at_us = epo_clock_now_us();
    int64_t number = epo_number_next(ends.number, epo_date_of_us(filed->received_at_us).year);
    struct epo_receipt receipt = {.agenda = epo_span(filing->agenda),
                                  .form = epo_span(filing->form),
                                  .form_version = epo_span(filing->form_version),
                                  .answers_hash = epo_span(filing->answers_hash),
                                  .place_hash = epo_span(filing->place_hash),
                                  .previous = epo_span(ends.receipt),
                                  .number = number,
                                  .received_at_us = filed->received_at_us};
    epo_receipt_make(&receipt, filed->receipt);
    epo_number_write(number, filed->number);
    return insert_all(portal, db, filing, number, &ends, filed, error);
}

/* ---- reading ---- */

static const struct epo_statement FIND = {
    "submission.find",
    "SELECT s.agenda, s.form, s.form_version, s.lang, s.received_at_us, s.receipt, s.answers,\n"
    "    s.facts, s.computed, s.place_field, s.sender,\n"
    "    c.title, c.place_text, c.state, c.district, c.office, c.due, c.changed_at_us,\n"
    "    l.area_m2, l.map_version, s.parameters, c.answer_by,\n"
    "    EXISTS (SELECT 1 FROM counter_filings AS k\n"
    "        WHERE k.tenant = s.tenant AND k.number = s.number),\n"
    "    COALESCE(r.agent, ''), COALESCE(r.agent_name, ''), COALESCE(r.sender_name, '')\n"
    "FROM submissions AS s\n"
    "JOIN cases AS c ON c.tenant = s.tenant AND c.number = s.number\n"
    "LEFT JOIN locations AS l\n"
    "    ON l.tenant = s.tenant AND l.number = s.number AND l.routes = 1\n"
    "LEFT JOIN represented_filings AS r ON r.tenant = s.tenant AND r.number = s.number\n"
    "WHERE s.tenant = $1 AND s.number = $2",
    NULL,
};
static const struct epo_statement EVENTS = {
    "case.events",
    "SELECT at_us, from_state, state, note, actor_name, office FROM case_events\n"
    "WHERE tenant = $1 AND number = $2\n"
    "ORDER BY sequence",
    NULL,
};

void epo_submission_token(const struct epo_portal *portal, const char *number,
                          char out[EPO_TOKEN_SIZE]) {
    char text[EPO_TENANT_SIZE + EPO_NUMBER_SIZE + 16];
    snprintf(text, sizeof text, "%s %s", portal->tenant, number);
    epo_portal_seal(portal, "link", epo_span(text), out);
}

/* One row of FIND. */
static bool may_see(const struct epo_portal *portal, const char *number,
                    const struct epo_viewer *viewer, struct epo_rows *rows) {
    char token[EPO_TOKEN_SIZE];
    struct epo_span receipt = epo_rows_text(rows, 5);
    if (viewer->account.len > 0 && epo_span_equal(viewer->account, epo_rows_text(rows, 10)))
        return true;
    if (epo_casework_allows(viewer, epo_rows_text(rows, 15)))
        return true;
    if (epo_rows_text(rows, 23).len > 0)
        return false;
    epo_submission_token(portal, number, token);
    return viewer->token.len > 0 && (epo_token_equal(viewer->token, epo_span(token)) ||
                                     epo_token_equal(viewer->token, receipt));
}

static bool may_see_for(struct epo_portal *portal, struct epo_db *db,
                        const struct epo_viewer *viewer, const struct epo_json *found, bool *may,
                        struct epo_error *error) {
    struct epo_span sender = epo_json_get_text(found, "sender");
    struct epo_span agenda = epo_json_get_text(found, "agenda");
    *may = false;
    if (viewer->account.len == 0 || sender.len == 0)
        return true;
    if (!epo_mandate_may(portal, db, viewer->account, sender, agenda, EPO_MANDATE_READ, may, error))
        return false;
    return *may || !epo_span_equal(epo_json_get_text(found, "agent"), viewer->account) ||
           epo_mandate_may(portal, db, viewer->account, sender, agenda, EPO_MANDATE_FILE, may,
                           error);
}

static void set_json(struct epo_pool *pool, struct epo_json *object, const char *name,
                     struct epo_span text) {
    struct epo_error ignored = {0};
    struct epo_json *value = text.len > 0 ? epo_json_parse(pool, text, &ignored) : NULL;
    epo_json_set(pool, object, name, value != NULL ? value : epo_json_null(pool));
}

static void set_time(struct epo_pool *pool, struct epo_json *object, const char *name,
                     const char *name_us, int64_t at_us) {
    char text[EPO_TIME_SIZE];
    epo_json_set_string(pool, object, name, epo_time_rfc3339(at_us, text));
    epo_json_set_integer(pool, object, name_us, at_us);
}

static struct epo_json *read_found(struct epo_pool *pool, struct epo_rows *rows,
                                   const char *number) {
    static const struct {
        const char *name;
        int column;
    } texts[] = {{"agenda", 0},      {"form", 1},       {"formVersion", 2}, {"lang", 3},
                 {"receipt", 5},     {"sender", 10},    {"title", 11},      {"placeText", 12},
                 {"state", 13},      {"district", 14},  {"office", 15},     {"due", 16},
                 {"mapVersion", 19}, {"placeField", 9}, {"answerBy", 21},   {"agent", 23},
                 {"agentName", 24},  {"senderName", 25}};
    struct epo_json *found = epo_json_object(pool);
    epo_json_set_string(pool, found, "number", number);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        epo_json_set_text(pool, found, texts[i].name, epo_rows_text(rows, texts[i].column));
    set_time(pool, found, "receivedAt", "received_at_us", epo_rows_integer(rows, 4));
    set_time(pool, found, "changedAt", "changed_at_us", epo_rows_integer(rows, 17));
    epo_json_set_string(pool, found, "source", epo_rows_integer(rows, 22) == 1 ? "counter" : "web");
    set_json(pool, found, "answers", epo_rows_text(rows, 6));
    set_json(pool, found, "facts", epo_rows_text(rows, 7));
    set_json(pool, found, "values", epo_rows_text(rows, 8));
    set_json(pool, found, "parameters", epo_rows_text(rows, 20));
    if (epo_rows_real(rows, 18) > 0)
        epo_json_set(pool, found, "areaM2", epo_json_real(pool, epo_rows_real(rows, 18)));
    const struct epo_json *place =
        epo_json_get_span(epo_json_get(found, "answers"), epo_rows_text(rows, 9));
    epo_json_set(pool, found, "place",
                 place != NULL ? epo_json_copy(pool, place) : epo_json_null(pool));
    return found;
}

/* The first event is the receiving itself; the others are moves. */
static bool read_history(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         int64_t number, struct epo_json *found, struct epo_error *error) {
    struct epo_json *history = epo_json_array(pool), *event = epo_json_object(pool);
    set_time(pool, event, "at", "at_us", epo_json_get_integer(found, "received_at_us", 0));
    epo_json_set_string(pool, event, "from", "");
    epo_json_set_string(pool, event, "state", "received");
    epo_json_set_string(pool, event, "note", "");
    epo_json_set_string(pool, event, "by", "");
    epo_json_set_string(pool, event, "actor", "");
    epo_json_push(pool, history, event);
    struct epo_rows *rows =
        epo_db_query(db, &EVENTS, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(number)));
    while (epo_rows_next(rows)) {
        event = epo_json_object(pool);
        set_time(pool, event, "at", "at_us", epo_rows_integer(rows, 0));
        epo_json_set_text(pool, event, "from", epo_rows_text(rows, 1));
        epo_json_set_text(pool, event, "state", epo_rows_text(rows, 2));
        epo_json_set_text(pool, event, "note", epo_rows_text(rows, 3));
        epo_json_set_text(pool, event, "by", epo_rows_text(rows, 5));
        epo_json_set_text(pool, event, "actor", epo_rows_text(rows, 4));
        epo_json_push(pool, history, event);
    }
    epo_json_set(pool, found, "history", history);
    return epo_rows_end(rows, error);
}

bool epo_submission_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span number, const struct epo_viewer *viewer,
                         struct epo_json **found, struct epo_error *error) {
    int64_t value;
    *found = NULL;
    if (epo_number_read(number, &value)) {
        char text[EPO_NUMBER_SIZE];
        struct epo_rows *rows =
            epo_db_query(db, &FIND, EPO_BIND(EPO_STRING(portal->tenant), EPO_INTEGER(value)));
        epo_number_write(value, text);
        bool may = false;
        if (epo_rows_next(rows)) {
            may = may_see(portal, text, viewer, rows);
            *found = read_found(pool, rows, text);
        }
        if (!epo_rows_end(rows, error) ||
            (*found != NULL && !may && !may_see_for(portal, db, viewer, *found, &may, error)))
            return false;
        if (!may)
            *found = NULL;
    }
    if (*found == NULL)
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "submission.not_found",
                        "There is no such submission, or this key does not open it.");
    return read_history(portal, db, pool, value, *found, error) &&
           epo_completion_add(portal, db, pool, value, *found, error);
}

static const struct epo_statement ANSWERS = {
    "submission.answers",
    "SELECT answers FROM submissions\n"
    "WHERE tenant = $1 AND sender = $2 AND sender <> '' AND ($4 = '' OR agenda = $4)\n"
    "ORDER BY number DESC LIMIT $3",
    NULL,
};

bool epo_submission_answers(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                            struct epo_span account, struct epo_span agenda, int64_t most,
                            struct epo_json **answers, struct epo_error *error) {
    *answers = epo_json_array(pool);
    struct epo_rows *rows = epo_db_query(db, &ANSWERS,
                                         EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(account),
                                                  EPO_INTEGER(most), EPO_TEXT(agenda)));
    while (epo_rows_next(rows)) {
        struct epo_error ignored = {0};
        struct epo_json *one = epo_json_parse(pool, epo_rows_text(rows, 0), &ignored);
        if (one != NULL)
            epo_json_push(pool, *answers, one);
    }
    return epo_rows_end(rows, error);
}
