/* The chain of receipts, recomputed from what is stored. */
#include <inttypes.h>

#include "portal/submission.h"

static const struct epo_statement CHAIN = {
    "submission.chain",
    "SELECT s.number, s.received_at_us, s.agenda, s.form, s.form_version, s.answers, "
    "s.place_hash,\n"
    "    s.receipt, s.place_field, COALESCE((SELECT c.filed_place FROM case_completions AS c\n"
    "        WHERE c.tenant = s.tenant AND c.number = s.number AND c.filed_place IS NOT NULL\n"
    "        ORDER BY c.sequence LIMIT 1), l.geometry),\n"
    "    s.answers_hash, r.number\n"
    "FROM submissions AS s\n"
    "LEFT JOIN locations AS l\n"
    "    ON l.tenant = s.tenant AND l.number = s.number AND l.routes = 1\n"
    "LEFT JOIN retained AS r ON r.tenant = s.tenant AND r.number = s.number\n"
    "WHERE s.tenant = $1\n"
    "ORDER BY s.number",
    NULL,
};

static bool fits(struct epo_rows *rows, int64_t last, char previous[EPO_SHA256_HEX_SIZE]) {
    char answers_hash[EPO_SHA256_HEX_SIZE], place_hash[EPO_SHA256_HEX_SIZE] = "";
    char made[EPO_SHA256_HEX_SIZE];
    int64_t number = epo_rows_integer(rows, 0);
    bool retained = epo_rows_integer(rows, 11) != 0; /* of those only the hashes are left */
    epo_sha256_hex(epo_rows_text(rows, 5), answers_hash);
    if (epo_rows_text(rows, 8).len > 0)
        epo_sha256_hex(epo_rows_text(rows, 9), place_hash);
    struct epo_receipt receipt = {
        .number = number,
        .received_at_us = epo_rows_integer(rows, 1),
        .agenda = epo_rows_text(rows, 2),
        .form = epo_rows_text(rows, 3),
        .form_version = epo_rows_text(rows, 4),
        .answers_hash = retained ? epo_rows_text(rows, 10) : epo_span(answers_hash),
        .place_hash = retained ? epo_rows_text(rows, 6) : epo_span(place_hash),
        .previous = epo_span(previous)};
    epo_receipt_make(&receipt, made);
    memcpy(previous, made, sizeof made);
    bool follows = number == last + 1 || number % EPO_NUMBER_YEAR == 1;
    return follows && epo_span_is(epo_rows_text(rows, 7), made);
}

bool epo_submission_verify_chain(struct epo_portal *portal, struct epo_db *db, int64_t *count,
                                 struct epo_error *error) {
    char previous[EPO_SHA256_HEX_SIZE] = "", text[EPO_NUMBER_SIZE];
    int64_t last = 0, broken = 0;
    struct epo_rows *rows = epo_db_query(db, &CHAIN, EPO_BIND(EPO_STRING(portal->tenant)));
    *count = 0;
    while (broken == 0 && epo_rows_next(rows)) {
        int64_t number = epo_rows_integer(rows, 0);
        if (!fits(rows, last, previous))
            broken = number;
        last = number;
        ++*count;
    }
    if (!epo_rows_end(rows, error))
        return false;
    if (broken == 0)
        return true;
    epo_number_write(broken, text);
    return epo_fail(error, EPO_ERROR_BROKEN, "receipt.broken",
                    "The chain of receipts does not fit at %s: a submission was changed or "
                    "removed. Compare with a backup.",
                    text);
}
