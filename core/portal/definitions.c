#include "portal/definitions.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"

static const struct epo_statement HAS = {
    "definitions.has",
    "SELECT 1 FROM form_definitions WHERE tenant = $1 AND version = $2",
    NULL,
};
static const struct epo_statement KEEP = {
    "definitions.keep",
    "INSERT INTO form_definitions (tenant, version, agenda, form, definition, first_seen_at_us)\n"
    "VALUES ($1, $2, $3, $4, $5, $6)\n"
    "ON CONFLICT (tenant, version) DO NOTHING",
    NULL,
};
static const struct epo_statement READ = {
    "definitions.read",
    "SELECT definition, agenda, form FROM form_definitions WHERE tenant = $1 AND version = $2",
    NULL,
};

bool epo_definitions_has(struct epo_portal *portal, struct epo_db *db, const char *version,
                         bool *has, struct epo_error *error) {
    struct epo_rows *rows =
        epo_db_query(db, &HAS, EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(version)));
    *has = epo_rows_next(rows);
    return epo_rows_end(rows, error);
}

bool epo_definitions_keep(struct epo_portal *portal, struct epo_db *db, const char *agenda,
                          const struct epo_form *form, struct epo_error *error) {
    struct epo_buffer text;
    epo_buffer_init(&text, 4 * EPO_BODY_BYTES_MAX);
    epo_json_write_canonical(&text, epo_form_definition(form));
    epo_assert(!text.failed); /* its version was made of the same bytes */
    bool good =
        epo_db_run(db, &KEEP,
                   EPO_BIND(EPO_STRING(portal->tenant), EPO_STRING(epo_form_version(form)),
                            EPO_STRING(agenda), EPO_STRING(epo_form_id(form)),
                            EPO_TEXT(epo_buffer_get(&text)), EPO_INTEGER(epo_clock_now_us())),
                   NULL, error);
    epo_buffer_clear(&text);
    return good;
}

static void free_form(void *form) {
    epo_form_free(form);
}

bool epo_definitions_form(struct epo_portal *portal, struct epo_db *db, struct epo_pool *pool,
                          struct epo_span version, struct epo_maps *maps,
                          const struct epo_form **form, struct epo_error *error) {
    struct epo_form *made = NULL;
    struct epo_form_fault *faults = NULL;
    struct epo_rows *rows =
        epo_db_query(db, &READ, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(version)));
    if (epo_rows_next(rows)) {
        const char *label = epo_pool_printf(pool, "%.*s/%.*s", EPO_ARG(epo_rows_text(rows, 1)),
                                            EPO_ARG(epo_rows_text(rows, 2)));
        made = epo_form_read(pool, epo_rows_text(rows, 0), label, maps, &faults);
    }
    if (faults != NULL)
        epo_log(EPO_LOG_WARN, "definitions.unread", EPO_LOG_SPAN("version", version),
                EPO_LOG_TEXT("where", faults->where), EPO_LOG_TEXT("text", faults->text));
    if (made != NULL)
        epo_pool_defer(pool, free_form, made);
    *form = made;
    return epo_rows_end(rows, error);
}
