#include "portal/ticket.h"

#include "base/clock.h"

static const struct epo_statement SWEEP = {
    "ticket.sweep",
    "DELETE FROM tickets\n"
    "WHERE expires_at_us <= $1",
    NULL,
};
static const struct epo_statement PUT = {
    "ticket.put",
    "INSERT INTO tickets (tenant, token, kind, login, content, made_at_us, expires_at_us)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7)",
    NULL,
};
static const struct epo_statement FIND = {
    "ticket.find",
    "SELECT login, content\n"
    "FROM tickets\n"
    "WHERE tenant = $1 AND token = $2 AND kind = $3 AND expires_at_us > $4",
    NULL,
};
static const struct epo_statement TAKE = {
    "ticket.take",
    "DELETE FROM tickets\n"
    "WHERE tenant = $1 AND login = $2 AND kind = $3",
    NULL,
};
static const struct epo_statement COUNT = {
    "ticket.count",
    "SELECT COUNT(*)\n"
    "FROM tickets\n"
    "WHERE tenant = $1 AND login = $2 AND made_at_us > $3",
    NULL,
};

bool epo_ticket_put(struct epo_portal *portal, struct epo_db *db, struct epo_span token,
                    const struct epo_ticket *ticket, int lives_s, struct epo_error *error) {
    struct epo_hash digest;
    int64_t now = epo_clock_now_us();
    return epo_db_run(db, &SWEEP, EPO_BIND(EPO_INTEGER(now)), NULL, error) &&
           epo_db_run(db, &PUT,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_BLOB(epo_hash_of(token, &digest)),
                               EPO_TEXT(ticket->kind), EPO_TEXT(ticket->login),
                               EPO_TEXT(ticket->content), EPO_INTEGER(now),
                               EPO_INTEGER(now + lives_s * 1000000LL)),
                      NULL, error);
}

bool epo_ticket_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     struct epo_span token, struct epo_span kind, struct epo_ticket *ticket,
                     struct epo_error *error) {
    struct epo_hash digest;
    struct epo_rows *rows =
        epo_db_query(db, &FIND,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_BLOB(epo_hash_of(token, &digest)),
                              EPO_TEXT(kind), EPO_INTEGER(epo_clock_now_us())));
    bool found = epo_rows_next(rows);
    if (found)
        *ticket = (struct epo_ticket){.kind = kind,
                                      .login = epo_pool_copy(pool, epo_rows_text(rows, 0)),
                                      .content = epo_pool_copy(pool, epo_rows_text(rows, 1))};
    if (!epo_rows_end(rows, error))
        return false;
    return found || epo_fail(error, EPO_ERROR_NOT_FOUND, "ticket.gone",
                             "This link has been used or has expired.");
}

bool epo_ticket_take(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                     struct epo_span token, struct epo_span kind, struct epo_ticket *ticket,
                     struct epo_error *error) {
    return epo_ticket_find(portal, db, pool, token, kind, ticket, error) &&
           epo_db_run(db, &TAKE,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(ticket->login), EPO_TEXT(kind)),
                      NULL, error);
}

bool epo_ticket_count(struct epo_portal *portal, struct epo_db *db, struct epo_span login,
                      int64_t *count, struct epo_error *error) {
    *count = 0;
    struct epo_rows *rows =
        epo_db_query(db, &COUNT,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(login),
                              EPO_INTEGER(epo_clock_now_us() - 3600 * 1000000LL)));
    if (epo_rows_next(rows))
        *count = epo_rows_integer(rows, 0);
    return epo_rows_end(rows, error);
}
