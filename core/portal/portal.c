#include "portal/portal.h"

#include "maps/metric.h"

const struct epo_json *epo_portal_settings(const struct epo_portal *portal) {
    return __atomic_load_n(&portal->settings, __ATOMIC_ACQUIRE);
}

void epo_portal_set_settings(struct epo_portal *portal, const struct epo_json *settings) {
    __atomic_store_n(&portal->settings, settings, __ATOMIC_RELEASE);
}

static const struct epo_statement KEEP = {
    "secret.keep",
    "INSERT INTO secrets (tenant, name, secret)\n"
    "VALUES ($1, 'links', $2)\n"
    "ON CONFLICT (tenant, name) DO NOTHING",
    NULL,
};
static const struct epo_statement READ = {
    "secret.read",
    "SELECT secret FROM secrets WHERE tenant = $1 AND name = 'links'",
    NULL,
};

/* Places are kept in metres of one system. */
static const struct epo_statement KEEP_SYSTEM = {
    "portal.keep_system",
    "INSERT INTO metric_system (tenant, name) VALUES ($1, $2) ON CONFLICT (tenant) DO UPDATE\n"
    "SET name = excluded.name\n"
    "WHERE NOT EXISTS (SELECT 1 FROM locations AS l WHERE l.tenant = excluded.tenant)",
    NULL,
};
static const struct epo_statement READ_SYSTEM = {
    "portal.read_system",
    "SELECT name FROM metric_system WHERE tenant = $1",
    NULL,
};

static bool agree_on_system(struct epo_db *db, const char *tenant, struct epo_error *error) {
    char kept[32] = "";
    if (!epo_db_run(db, &KEEP_SYSTEM, EPO_BIND(EPO_STRING(tenant), EPO_STRING(epo_metric()->name)),
                    NULL, error))
        return false;
    struct epo_rows *rows = epo_db_query(db, &READ_SYSTEM, EPO_BIND(EPO_STRING(tenant)));
    if (epo_rows_next(rows))
        snprintf(kept, sizeof kept, "%.*s", EPO_ARG(epo_rows_text(rows, 0)));
    return epo_rows_end(rows, error) &&
           (strcmp(kept, epo_metric()->name) == 0 ||
            epo_fail(
                error, EPO_ERROR_CONFLICT, "portal.crs",
                "The places of the requests here are kept in %s: \"crs\" of epo.json cannot be "
                "%s any more.",
                kept, epo_metric()->name));
}

/* Keeps a new secret unless there is one, then reads what is kept: two processes that start at once
 * agree. */
static bool agree(struct epo_db *db, void *arg, struct epo_error *error) {
    struct epo_portal *portal = arg;
    uint8_t fresh[EPO_SECRET_SIZE];
    epo_token_random(fresh, sizeof fresh);
    struct epo_span bytes = {(const char *)fresh, sizeof fresh};
    if (!agree_on_system(db, portal->tenant, error) ||
        !epo_db_run(db, &KEEP, EPO_BIND(EPO_STRING(portal->tenant), EPO_BLOB(bytes)), NULL, error))
        return false;
    struct epo_rows *rows = epo_db_query(db, &READ, EPO_BIND(EPO_STRING(portal->tenant)));
    bool found = false;
    if (epo_rows_next(rows)) {
        struct epo_span kept = epo_rows_text(rows, 0);
        found = kept.len == EPO_SECRET_SIZE;
        if (found)
            memcpy(portal->secret, kept.at, EPO_SECRET_SIZE);
    }
    if (!epo_rows_end(rows, error))
        return false;
    return found || epo_fail(error, EPO_ERROR_BROKEN, "portal.secret",
                             "The portal's secret in the database is damaged: restore a backup.");
}

bool epo_portal_start(struct epo_portal *portal, struct epo_error *error) {
    epo_assert(portal->store != NULL && portal->tenant[0] != '\0');
    return epo_store_write(portal->store, agree, portal, error);
}

void epo_portal_seal(const struct epo_portal *portal, const char *purpose, struct epo_span text,
                     char out[EPO_TOKEN_SIZE]) {
    static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz"; /* as epo_token_make */
    uint8_t mac[EPO_SHA256_SIZE];
    struct epo_buffer sealed;
    epo_buffer_init(&sealed, strlen(purpose) + 1 + text.len);
    epo_buffer_string(&sealed, purpose);
    epo_buffer_byte(&sealed, ' ');
    epo_buffer_span(&sealed, text);
    epo_assert(!sealed.failed);
    struct epo_span all = epo_buffer_get(&sealed);
    epo_hmac_sha256((struct epo_span){(const char *)portal->secret, sizeof portal->secret}, all,
                    mac);
    epo_buffer_clear(&sealed);
    for (int i = 0; i < EPO_TOKEN_SIZE - 1; i++) {
        int bit = i * 5;
        unsigned pair = (unsigned)mac[bit / 8] << 8 | mac[bit / 8 + 1];
        out[i] = letters[(pair >> (11 - bit % 8)) & 31];
    }
    out[EPO_TOKEN_SIZE - 1] = '\0';
}
