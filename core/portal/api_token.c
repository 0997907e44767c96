#include "portal/api_token.h"

#include "base/clock.h"
#include "portal/audit.h"

static const struct epo_statement ADD = {
    "api_token.add",
    "INSERT INTO api_tokens (tenant, id, hash, name, agenda, right_name, made_by, made_at_us)\n"
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    NULL,
};
static const struct epo_statement REVOKE = {
    "api_token.revoke",
    "UPDATE api_tokens SET revoked_at_us = $3\n"
    "WHERE tenant = $1 AND id = $2 AND revoked_at_us IS NULL",
    NULL,
};
static const struct epo_statement CHECK = {
    "api_token.check",
    "SELECT id, agenda = $3 AND right_name = $4 FROM api_tokens\n"
    "WHERE tenant = $1 AND hash = $2 AND revoked_at_us IS NULL",
    NULL,
};
static const struct epo_statement LIST = {
    "api_token.list",
    "SELECT id, name, agenda, right_name, made_by, made_at_us, COALESCE(revoked_at_us, 0)\n"
    "FROM api_tokens WHERE tenant = $1 ORDER BY made_at_us DESC LIMIT 1000",
    NULL,
};

bool epo_api_token_add(struct epo_portal *portal, struct epo_db *db, struct epo_api_token *token,
                       struct epo_error *error) {
    struct epo_hash hash;
    char detail[EPO_API_TOKEN_NAME_MAX];
    if (token->name.len == 0 || token->name.len > EPO_API_TOKEN_NAME_MAX ||
        !epo_text_valid(token->name))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "token.name",
                        "A token has a name of 1 to %d bytes: of the system that uses it.",
                        EPO_API_TOKEN_NAME_MAX);
    if (!epo_span_is(token->right, "records"))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "token.right",
                        "There is one right for tokens: records.");
    epo_token_make(token->token);
    snprintf(token->id, sizeof token->id, "%.8s", token->token);
    snprintf(detail, sizeof detail, "%.*s %.*s", EPO_ARG(token->agenda), EPO_ARG(token->right));
    return epo_db_run(db, &ADD,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(token->id),
                               EPO_BLOB(epo_hash_of(epo_span(token->token), &hash)),
                               EPO_TEXT(token->name), EPO_TEXT(token->agenda),
                               EPO_TEXT(token->right), EPO_TEXT(token->by),
                               EPO_INTEGER(epo_clock_now_us())),
                      NULL, error) &&
           epo_audit_note(portal, db, token->by, "token.made", epo_span(token->id),
                          epo_span(detail), error);
}

bool epo_api_token_revoke(struct epo_portal *portal, struct epo_db *db, struct epo_span id,
                          struct epo_span by, struct epo_error *error) {
    int64_t changes = 0;
    if (!epo_db_run(
            db, &REVOKE,
            EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(id), EPO_INTEGER(epo_clock_now_us())),
            &changes, error))
        return false;
    if (changes == 0)
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "token.unknown",
                        "There is no such token, or it is revoked.");
    return epo_audit_note(portal, db, by, "token.revoked", id, EPO_SPAN(""), error);
}

bool epo_api_token_check(struct epo_portal *portal, struct epo_db *db, struct epo_span token,
                         struct epo_span agenda, struct epo_span right,
                         char id[EPO_API_TOKEN_ID_SIZE], struct epo_error *error) {
    struct epo_hash hash;
    struct epo_rows *rows =
        epo_db_query(db, &CHECK,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_BLOB(epo_hash_of(token, &hash)),
                              EPO_TEXT(agenda), EPO_TEXT(right)));
    bool there = epo_rows_next(rows), fits = there && epo_rows_integer(rows, 1) != 0;
    if (there)
        epo_span_store(id, EPO_API_TOKEN_ID_SIZE, epo_rows_text(rows, 0));
    if (!epo_rows_end(rows, error))
        return false;
    if (!there)
        return epo_fail(error, EPO_ERROR_UNAUTHENTICATED, "token.wrong",
                        "Send a token that holds: Authorization: Bearer TOKEN.");
    return fits || epo_fail(error, EPO_ERROR_DENIED, "token.right",
                            "The token is for another agenda or another right.");
}

bool epo_api_token_list(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                        struct epo_json **tokens, struct epo_error *error) {
    static const char *const NAMES[] = {"id", "name", "agenda", "right", "by"};
    struct epo_rows *rows = epo_db_query(db, &LIST, EPO_BIND(EPO_STRING(portal->tenant)));
    *tokens = epo_json_array(pool);
    while (epo_rows_next(rows)) {
        struct epo_json *token = epo_json_object(pool);
        for (int i = 0; i < 5; i++)
            epo_json_set_text(pool, token, NAMES[i], epo_rows_text(rows, i));
        epo_json_set_integer(pool, token, "made_at_us", epo_rows_integer(rows, 5));
        epo_json_set_integer(pool, token, "revoked_at_us", epo_rows_integer(rows, 6));
        epo_json_push(pool, *tokens, token);
    }
    return epo_rows_end(rows, error);
}
