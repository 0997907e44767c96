/* Mandates at a counter: from a power of attorney on paper, and their end. */
#include "base/clock.h"
#include "portal/audit.h"
#include "portal/identity_work.h"
#include "portal/mandate_work.h"

enum { DOCUMENT_CHARS_MAX = 300, REASON_CHARS_MAX = 500 };

/* A person by login, or a business by its number; nobody of the office. */
static const struct epo_statement BY_NAME = {
    "mandate.by_name",
    "SELECT a.id FROM accounts AS a\n"
    "WHERE a.tenant = $1 AND a.role = 'citizen' AND a.disabled = 0\n"
    "    AND ((a.kind = 'person' AND a.login = $2) OR EXISTS (\n"
    "        SELECT 1 FROM businesses AS b\n"
    "        WHERE b.tenant = a.tenant AND b.account = a.id AND b.number = $2 AND $3 = 1))\n"
    "LIMIT 1",
    NULL,
};

static bool find(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                 struct epo_span typed, bool business, const char *code, struct epo_span *id,
                 struct epo_error *error) {
    char folded[128];
    struct epo_rows *rows =
        epo_db_query(db, &BY_NAME,
                     EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(epo_account_fold(typed, folded)),
                              EPO_INTEGER(business)));
    bool found = epo_rows_next(rows);
    *id = found ? epo_pool_copy(pool, epo_rows_text(rows, 0)) : EPO_SPAN("");
    return epo_rows_end(rows, error) &&
           (found ||
            epo_fail(error, EPO_ERROR_NOT_FOUND, code,
                     "There is no account of a citizen or business \"%.*s\".", EPO_ARG(typed)));
}

static bool enter(struct epo_db *db, struct epo_pool *pool, const struct epo_mandate_paper *paper,
                  struct epo_error *error) {
    struct epo_portal *portal = paper->portal;
    struct epo_span principal, holder, clerk = epo_span(paper->clerk->id);
    if (!find(portal, db, pool, paper->principal, true, "mandate.no_principal", &principal,
              error) ||
        !find(portal, db, pool, paper->holder, false, "mandate.no_holder", &holder, error))
        return false;
    if (epo_span_equal(principal, holder))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "mandate.self",
                        "Nobody represents themselves by a mandate.");
    struct epo_mandate_row row = {.origin = "paper",
                                  .id = paper->id,
                                  .principal = principal,
                                  .holder = holder,
                                  .offered_to = EPO_SPAN(""),
                                  .made_by = clerk,
                                  .office = epo_span(paper->clerk->office),
                                  .document = paper->document,
                                  .terms = &paper->terms,
                                  .accepted = true};
    return epo_mandate_put(portal, db, &row, error) &&
           epo_audit_note(portal, db, clerk, "mandate.entered", principal, epo_span(paper->id),
                          error) &&
           epo_mandate_tell(portal, db, principal, "mandate_entered", EPO_SPAN("cs"), error) &&
           epo_mandate_tell(portal, db, holder, "mandate_entered", EPO_SPAN("cs"), error);
}

bool epo_mandate_from_paper(struct epo_db *db, const struct epo_mandate_paper *paper,
                            struct epo_error *error) {
    if (!epo_identity_may(paper->portal, paper->clerk, error))
        return false;
    if (!epo_identity_line(paper->document, 3, DOCUMENT_CHARS_MAX))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "mandate.document",
                        "Say what document you have seen, in a line.");
    struct epo_pool *pool = epo_pool_create();
    bool ok = enter(db, pool, paper, error);
    epo_pool_free(pool);
    return ok;
}

static bool end(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                const struct epo_account *clerk, struct epo_span id, struct epo_span reason,
                struct epo_error *error) {
    struct epo_mandate_open open;
    if (!epo_mandate_find_open(portal, db, pool, id, &open, error))
        return false;
    if (!epo_span_is(open.office, clerk->office) || open.office.len == 0)
        return epo_fail(error, EPO_ERROR_NOT_FOUND, "mandate.gone",
                        "Your office has entered no such mandate.");
    return epo_mandate_close(portal, db, id, epo_span(clerk->id), reason, error) &&
           epo_audit_note(portal, db, epo_span(clerk->id), "mandate.ended", open.principal, id,
                          error) &&
           epo_mandate_tell(portal, db, open.principal, "mandate_ended", EPO_SPAN("cs"), error) &&
           epo_mandate_tell(portal, db, open.holder, "mandate_ended", EPO_SPAN("cs"), error);
}

bool epo_mandate_end_at_counter(struct epo_portal *portal, struct epo_db *db,
                                const struct epo_account *clerk, struct epo_span id,
                                struct epo_span reason, struct epo_error *error) {
    if (!epo_identity_may(portal, clerk, error))
        return false;
    if (!epo_identity_line(reason, 3, REASON_CHARS_MAX))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "identity.reason",
                        "Say why, in a sentence on one line.");
    struct epo_pool *pool = epo_pool_create();
    bool ok = end(portal, db, pool, clerk, id, reason, error);
    epo_pool_free(pool);
    return ok;
}
