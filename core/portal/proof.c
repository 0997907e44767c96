#include "portal/proof.h"

#include "base/clock.h"

static const struct epo_statement SWEEP = {
    "proof.sweep",
    "DELETE FROM proofs\n"
    "WHERE expires_at_us <= $1",
    NULL,
};
static const struct epo_statement PUT = {
    "proof.put",
    "INSERT INTO proofs (tenant, token, kind, account, content, expires_at_us)\n"
    "VALUES ($1, $2, $3, $4, $5, $6)",
    NULL,
};
static const struct epo_statement FIND = {
    "proof.find",
    "SELECT account, content\n"
    "FROM proofs\n"
    "WHERE tenant = $1 AND token = $2 AND kind = $3 AND expires_at_us > $4",
    NULL,
};
static const struct epo_statement TAKE = {
    "proof.take",
    "DELETE FROM proofs\n"
    "WHERE tenant = $1 AND token = $2 AND kind = $3 AND expires_at_us > $4",
    NULL,
};

static bool gone(struct epo_error *error) {
    return epo_fail(error, EPO_ERROR_NOT_FOUND, "proof.gone",
                    "This took too long, or it was finished already: begin again.");
}

bool epo_proof_put(struct epo_portal *portal, struct epo_db *db, struct epo_span token,
                   const struct epo_proof *proof, struct epo_error *error) {
    struct epo_hash digest;
    int64_t now = epo_clock_now_us();
    return epo_db_run(db, &SWEEP, EPO_BIND(EPO_INTEGER(now)), NULL, error) &&
           epo_db_run(db, &PUT,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_BLOB(epo_hash_of(token, &digest)),
                               EPO_TEXT(proof->kind), EPO_TEXT(proof->account),
                               EPO_TEXT(proof->content),
                               EPO_INTEGER(now + EPO_PROOF_S * 1000000LL)),
                      NULL, error);
}

bool epo_proof_find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                    struct epo_span token, struct epo_span kind, struct epo_proof *proof,
                    struct epo_error *error) {
    struct epo_hash digest;
    struct epo_rows *rows =
        epo_db_query(db, &FIND,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_BLOB(epo_hash_of(token, &digest)),
                              EPO_TEXT(kind), EPO_INTEGER(epo_clock_now_us())));
    bool found = epo_rows_next(rows);
    if (found)
        *proof = (struct epo_proof){.kind = kind,
                                    .account = epo_pool_copy(pool, epo_rows_text(rows, 0)),
                                    .content = epo_pool_copy(pool, epo_rows_text(rows, 1))};
    return epo_rows_end(rows, error) && (found || gone(error));
}

bool epo_proof_take(struct epo_portal *portal, struct epo_db *db, struct epo_span token,
                    struct epo_span kind, struct epo_error *error) {
    struct epo_hash digest;
    int64_t changes = 0;
    return epo_db_run(db, &TAKE,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_BLOB(epo_hash_of(token, &digest)),
                               EPO_TEXT(kind), EPO_INTEGER(epo_clock_now_us())),
                      &changes, error) &&
           (changes > 0 || gone(error));
}
