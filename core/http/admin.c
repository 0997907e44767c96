/* What runs and what is wrong, for the admin. */
#include <inttypes.h>

#include "http/audited.h"
#include "http/pages.h"
#include "portal/publication.h"
#include "portal/scan.h"
#include "portal/submission.h"

enum { AGENDAS_MAX = 256 };

static void add_row(struct epo_request *request, struct epo_json *rows, const char *key,
                    const char *text) {
    struct epo_json *row = epo_json_object(request->pool);
    epo_json_set_text(request->pool, row, "label", epo_page_text(request, key));
    epo_json_set_string(request->pool, row, "text", text);
    epo_json_push(request->pool, rows, row);
}

/* What its hooks did wrong since it was loaded, among the faults. */
static void add_troubles(struct epo_request *request, struct epo_agenda *agenda,
                         struct epo_json *rows) {
    struct epo_pool *pool = request->pool;
    const struct epo_json *troubles = epo_agenda_troubles(agenda, pool);
    for (uint32_t i = 0; i < troubles->count; i++) {
        const struct epo_json *trouble = troubles->items[i];
        struct epo_span where = epo_json_get_text(trouble, "where");
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(pool, row, "where",
                          where.len > 0 ? where : epo_span(epo_agenda_name(agenda)));
        epo_json_set_text(pool, row, "text",
                          epo_catalog_format(request->portal->catalog, pool, request->lang,
                                             "admin.trouble", trouble));
        epo_json_set_text(pool, row, "at_text", epo_json_get_text(trouble, "at"));
        epo_json_push(pool, rows, row);
    }
}

/* faults: rows of those that run badly are added. */
static struct epo_json *agenda_rows(struct epo_request *request, struct epo_json *faults) {
    struct epo_pool *pool = request->pool;
    struct epo_json *rows = epo_json_array(pool);
    char text[EPO_TIME_SIZE];
    struct epo_agenda **agendas = EPO_NEW_ARRAY(pool, struct epo_agenda *, AGENDAS_MAX);
    size_t count = epo_registry_list(epo_page_app(request)->registry, agendas, AGENDAS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct epo_json *row = epo_json_object(pool);
        bool native = strcmp(epo_agenda_runtime(agendas[i]), "native") == 0;
        epo_json_set_string(pool, row, "id", epo_agenda_name(agendas[i]));
        epo_json_set_text(pool, row, "title", epo_agenda_title(agendas[i], request->lang));
        epo_json_set_string(pool, row, "kind", native ? "C" : "Lua");
        epo_json_set_string(pool, row, "version", epo_agenda_version(agendas[i]));
        epo_json_set_integer(pool, row, "generation", epo_agenda_generation(agendas[i]));
        epo_json_set_string(
            pool, row, "loaded_text",
            epo_time_local(epo_agenda_loaded_at_us(agendas[i]), request->lang, text));
        epo_json_set_string(pool, row, "state", "running");
        epo_json_set_integer(pool, row, "forms", (int64_t)epo_agenda_form_count(agendas[i]));
        epo_json_push(pool, rows, row);
        add_troubles(request, agendas[i], faults);
        epo_agenda_release(agendas[i]);
    }
    return rows;
}

static struct epo_json *fault_rows(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_json *rows = epo_json_array(pool);
    const struct epo_json *faults = epo_registry_faults(epo_page_app(request)->registry, pool);
    for (uint32_t i = 0; faults != NULL && i < faults->count; i++) {
        const struct epo_json *fault = faults->items[i];
        struct epo_json *row = epo_json_object(pool);
        struct epo_span file = epo_json_get_text(fault, "file");
        struct epo_span text = epo_json_get_text(fault, "text");
        int64_t number = epo_json_get_integer(fault, "line", 0);
        epo_json_set_string(pool, row, "where",
                            number > 0
                                ? epo_pool_printf(pool, "%.*s:%" PRId64, EPO_ARG(file), number)
                                : epo_pool_string(pool, file));
        epo_json_set_string(pool, row, "text",
                            epo_json_get_boolean(fault, "kept", false)
                                ? epo_pool_printf(pool, "%.*s %.*s", EPO_ARG(text),
                                                  EPO_ARG(epo_page_text(request, "admin.kept")))
                                : epo_pool_string(pool, text));
        epo_json_set_text(pool, row, "at_text", epo_json_get_text(fault, "at"));
        epo_json_push(pool, rows, row);
    }
    return rows;
}

static const char *chain_text(struct epo_request *request, bool good, int64_t count,
                              const struct epo_error *error) {
    if (!good)
        return error->text;
    struct epo_json *values = epo_json_object(request->pool);
    epo_json_set_integer(request->pool, values, "count", count);
    return epo_pool_string(request->pool,
                           epo_catalog_format(request->portal->catalog, request->pool,
                                              request->lang, "admin.chain_whole", values));
}

/* Where files are shown to a virus scanner, and whether it is there. */
static const char *scanner_text(struct epo_request *request) {
    struct epo_error error = {0};
    if (!epo_scan_is_set(request->portal))
        return epo_pool_string(request->pool, epo_page_text(request, "admin.no_scanner"));
    return epo_scan_answers(request->portal, &error)
               ? epo_pool_string(request->pool, epo_page_text(request, "admin.running"))
               : epo_pool_string(request->pool, epo_span(error.text));
}

static struct epo_json *store_rows(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_json *rows = epo_json_array(pool);
    struct epo_store_figures figures;
    struct epo_error error = {0};
    int64_t count = 0;
    epo_store_figures(request->portal->store, &figures);
    bool healthy = epo_store_healthy(request->portal->store, &error);
    add_row(request, rows, "admin.health",
            healthy ? epo_page_text(request, "admin.running").at : error.text);
    bool good = epo_submission_verify_chain(request->portal, request->db, &count, &error);
    add_row(request, rows, "admin.receipts", chain_text(request, good, count, &error));
    good = epo_audit_verify(request->portal, request->db, &count, &error);
    add_row(request, rows, "admin.trail", chain_text(request, good, count, &error));
    add_row(request, rows, "admin.commits", epo_pool_printf(pool, "%" PRIu64, figures.commits));
    add_row(request, rows, "admin.writes", epo_pool_printf(pool, "%" PRIu64, figures.jobs));
    add_row(request, rows, "admin.refused_writes",
            epo_pool_printf(pool, "%" PRIu64, figures.failed));
    add_row(request, rows, "admin.fsync",
            epo_pool_printf(pool, "%.2f ms",
                            figures.commits > 0
                                ? (double)figures.fsync_us / (double)figures.commits / 1000.0
                                : 0.0));
    add_row(request, rows, "admin.scanner", scanner_text(request));
    add_row(request, rows, "admin.map",
            epo_pool_string(pool, epo_maps_version(request->portal->maps, pool)));
    return rows;
}

enum { FAILED_SHOWN_DAYS = 30 };

/* What was to take effect on a day and did not: the old one goes on. */
static bool add_failed(struct epo_request *request, struct epo_json *rows,
                       struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_publication_record *records;
    int64_t since_us = epo_clock_now_us() - FAILED_SHOWN_DAYS * 86400LL * 1000000;
    char text[EPO_TIME_SIZE];
    size_t count;
    if (!epo_publication_list(request->portal, request->db, pool, &records, &count, error))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!epo_span_is(records[i].state, "failed") || records[i].ended_at_us < since_us)
            continue;
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_string(pool, row, "where", "/admin/publications");
        epo_json_set_string(pool, row, "text",
                            epo_pool_printf(pool, "%.*s: %.*s", EPO_ARG(records[i].agenda),
                                            EPO_ARG(records[i].trouble)));
        epo_json_set_string(pool, row, "at_text",
                            epo_time_local(records[i].ended_at_us, request->lang, text));
        epo_json_push(pool, rows, row);
    }
    return true;
}

/* Every page of the admin's that has an address without a name in it, by what it is for. */
static const struct {
    const char *group, *path, *text;
} PAGES[] = {
    {"admin.group_rules", "/admin/parameters", "admin.parameters"},
    {"admin.group_rules", "/admin/forms", "editor.list"},
    {"admin.group_rules", "/admin/publications", "publication.title"},
    {"admin.group_rules", "/admin/replays", "replay.list"},
    {"admin.group_rules", "/admin/organizations", "organizations.title"},
    {"admin.group_people", "/admin/accounts", "accounts.title"},
    {"admin.group_people", "/admin/retention", "retention.title"},
};

static struct epo_json *group_rows(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_json *groups = epo_json_array(pool), *links = NULL;
    for (size_t i = 0; i < sizeof PAGES / sizeof *PAGES; i++) {
        if (i == 0 || strcmp(PAGES[i].group, PAGES[i - 1].group) != 0) {
            struct epo_json *group = epo_json_object(pool);
            epo_json_set_text(pool, group, "title", epo_page_text(request, PAGES[i].group));
            links = epo_json_set(pool, group, "links", epo_json_array(pool));
            epo_json_push(pool, groups, group);
        }
        struct epo_json *link = epo_json_object(pool);
        epo_json_set_string(pool, link, "url", PAGES[i].path);
        epo_json_set_text(pool, link, "text", epo_page_text(request, PAGES[i].text));
        epo_json_push(pool, links, link);
    }
    return groups;
}

static struct epo_response *show(struct epo_request *request, void *arg) {
    struct epo_pool *pool = request->pool;
    struct epo_app *app = epo_page_app(request);
    struct epo_json *model = epo_json_object(pool);
    char text[EPO_TIME_SIZE];
    (void)arg;
    struct epo_json *faults = epo_json_set(pool, model, "faults", fault_rows(request));
    struct epo_error error = {0};
    if (!add_failed(request, faults, &error))
        return epo_respond_error(request, &error, NULL);
    epo_json_set(pool, model, "groups", group_rows(request));
    epo_json_set(pool, model, "agendas", agenda_rows(request, faults));
    epo_json_set(pool, model, "store", store_rows(request));
    struct epo_json *versions =
        epo_json_set(pool, model, "versions", epo_json_copy(pool, app->versions));
    add_row(request, versions, "admin.since",
            epo_time_local(app->started_at_us, request->lang, text));
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "admin.title"));
    return epo_respond_private(request, 200, "web/admin", model);
}

struct epo_response *epo_admin_get(struct epo_request *request) {
    return epo_respond_to_admin(request, "", show);
}
