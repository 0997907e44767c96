/* Opening and closing the parts of a portal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli.h"
#include "forms/form.h"
#include "maps/metric.h"
#include "plugin/organization.h"
#include "portal/attachment.h"
#include "portal/draft.h"
#include "portal/mail.h"
#include "portal/settings.h"

const struct epo_setting_group *const epo_setting_groups[] = {
    &epo_settings_members, &epo_http_settings,        &epo_runtime_settings,
    &epo_settings_maps,    &epo_attachment_settings,  &epo_mail_settings,
    &epo_draft_settings,   &epo_organization_settings};
const size_t epo_setting_group_count = sizeof epo_setting_groups / sizeof *epo_setting_groups;

const char *epo_share_folder(void) {
    const char *share = getenv("EPO_SHARE");
    if (share != NULL && share[0] != '\0')
        return share;
    return access(EPO_SHARE_BUILD "/schema", R_OK) == 0 ? EPO_SHARE_BUILD : EPO_SHARE_INSTALLED;
}

static void print_faults(const char *folder, const struct epo_settings_fault *fault) {
    for (; fault != NULL; fault = fault->next)
        fprintf(stderr, "%s/%s: %s\n", folder, fault->where, fault->text);
}

static void log_faults(const char *folder, const struct epo_settings_fault *fault) {
    (void)folder;
    for (; fault != NULL; fault = fault->next)
        epo_log(EPO_LOG_ERROR, "settings.fault", EPO_LOG_TEXT("where", fault->where),
                EPO_LOG_TEXT("text", fault->text));
}

static bool read_settings(struct epo_process *process,
                          void (*report)(const char *folder,
                                         const struct epo_settings_fault *faults)) {
    struct epo_settings_fault *faults;
    struct epo_json *settings =
        epo_settings_read(process->pool, process->portal.folder, epo_setting_groups + 1,
                          epo_setting_group_count - 1, &faults);
    report(process->portal.folder, faults);
    if (settings == NULL)
        return false;
    epo_portal_set_settings(&process->portal,
                            epo_organizations_join(process->pool, process->portal.folder, settings,
                                                   process->portal.settings));
    return true;
}

/* The search finds offices, and places of organizations' layers, beside what the map knows. */
static void name_offices(struct epo_process *process) {
    const struct epo_json *settings = epo_portal_settings(&process->portal);
    if (process->portal.maps == NULL)
        return;
    struct epo_pool *pool = epo_pool_create();
    struct epo_json *all = epo_organizations_places(pool, settings);
    const struct epo_json *offices = epo_json_get(settings, "offices");
    struct epo_json *found = epo_json_array(pool);
    for (uint32_t i = 0; i < offices->count; i++)
        epo_json_push(pool, found, offices->items[i]);
    for (uint32_t i = 0; i < all->count; i++)
        epo_json_push(pool, found, all->items[i]);
    epo_maps_set_offices(process->portal.maps, found);
    epo_pool_free(pool);
}

void epo_demo_day(const struct epo_portal *portal, char day[EPO_DEMO_DAY_SIZE]) {
    char path[600], text[EPO_DEMO_DAY_SIZE] = "";
    struct epo_date date;
    snprintf(path, sizeof path, "%s/demo-day", portal->folder);
    FILE *file = portal->demo ? fopen(path, "re") : NULL;
    if (file == NULL)
        return;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    if (strcmp(text, day) == 0 || !epo_date_parse(epo_span_trim(epo_span(text)), &date))
        return;
    memcpy(day, text, sizeof text);
    epo_clock_shift(0);
    epo_clock_shift(epo_date_start_us(date) - epo_clock_now_us());
    epo_log(EPO_LOG_WARN, "demo.day", EPO_LOG_SPAN("day", epo_span_trim(epo_span(text))));
}

bool epo_process_reload_settings(struct epo_process *process) {
    char tenant[EPO_TENANT_SIZE];
    const struct epo_json *before = epo_portal_settings(&process->portal);
    memcpy(tenant, process->portal.tenant, sizeof tenant);
    if (!read_settings(process, log_faults))
        return false;
    /* the tenant leads every key: another one would be another portal */
    if (epo_span_is(epo_json_get_text(epo_portal_settings(&process->portal), "tenant"), tenant)) {
        name_offices(process);
        return true;
    }
    epo_log(EPO_LOG_ERROR, "settings.fault", EPO_LOG_TEXT("where", "epo.json:1"),
            EPO_LOG_TEXT("text", "\"tenant\" cannot change while it serves"));
    epo_portal_set_settings(&process->portal, before);
    return false;
}

static bool open_store(struct epo_process *process, struct epo_error *error) {
    struct epo_portal *portal = &process->portal;
    struct epo_store_options options = {
        .migrations = epo_pool_printf(process->pool, "%s/schema", process->share),
        .label = "portal"};
    portal->store = epo_store_open(epo_pool_printf(process->pool, "%s/portal.db", portal->folder),
                                   &options, error);
    return portal->store != NULL && epo_portal_start(portal, error);
}

static bool open_view(struct epo_process *process, struct epo_error *error) {
    struct epo_portal *portal = &process->portal;
    struct epo_pool *pool = process->pool;
    const char *share = process->share;
    portal->catalog = epo_catalog_create();
    portal->templates = epo_templates_create(portal->catalog);
    return epo_catalog_add(portal->catalog, epo_pool_printf(pool, "%s/web/texts", share), "",
                           error) &&
           epo_catalog_add(portal->catalog, epo_pool_printf(pool, "%s/forms_texts", share), "",
                           error) &&
           epo_templates_add(portal->templates, epo_pool_printf(pool, "%s/web/templates", share),
                             "web", true, error) &&
           epo_templates_add(portal->templates, epo_pool_printf(pool, "%s/forms", share), "forms",
                             true, error) &&
           epo_templates_link(portal->templates, error);
}

static bool open_maps(struct epo_process *process, struct epo_error *error) {
    struct epo_portal *portal = &process->portal;
    if (!epo_transform_check(error))
        return false;
    const char *folder = epo_pool_printf(process->pool, "%s/map", portal->folder);
    if (access(epo_pool_printf(process->pool, "%s/map.db", folder), F_OK) != 0)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "map.missing",
                        "%s has no map base yet: \"epo map import\" makes one", portal->folder);
    if (!epo_map_upgrade(folder, error))
        return false;
    portal->maps = epo_maps_open(folder, error);
    if (portal->maps == NULL)
        return false;
    name_offices(process);
    return true;
}

static void name_folders(struct epo_process *process) {
    struct epo_pool *pool = process->pool;
    epo_form_share_sections(process->portal.folder, process->share);
    process->folders[0] = epo_pool_printf(pool, "%s/agendas", process->share);
    process->folders[1] = epo_pool_printf(pool, "%s/plugins", process->share);
    process->folders[2] = epo_pool_printf(pool, "%s/agendas", process->portal.folder);
    process->folders[3] = epo_pool_printf(pool, "%s/plugins", process->portal.folder);
    process->folders[4] = epo_pool_printf(pool, "%s/organizations", process->portal.folder);
}

size_t epo_process_folders(struct epo_process *process, struct epo_pool *pool,
                           const char **folders) {
    const struct epo_json *all = epo_organizations_of(epo_portal_settings(&process->portal));
    size_t count = 0;
    for (uint32_t i = 0; all != NULL && i < all->count; i++)
        folders[count++] = epo_pool_printf(pool, "%.*s/agendas",
                                           EPO_ARG(epo_json_get_text(all->items[i], "folder")));
    for (size_t i = 0; i < 4; i++)
        folders[count++] = process->folders[i];
    size_t present = 0;
    for (size_t i = 0; i < count; i++)
        if (access(folders[i], R_OK) == 0)
            folders[present++] = folders[i];
    return present;
}

bool epo_process_load_agendas(struct epo_process *process, struct epo_error *error) {
    const char *folders[EPO_PROCESS_FOLDERS_MAX];
    struct epo_pool *pool = epo_pool_create();
    size_t count = epo_process_folders(process, pool, folders);
    epo_runtimes_configure(epo_portal_settings(&process->portal));
    bool good = epo_registry_load(process->registry, folders, count, error);
    epo_pool_free(pool);
    return good;
}

static bool open_parts(struct epo_process *process, int parts, struct epo_error *error) {
    if ((parts & EPO_PART_STORE) && !open_store(process, error))
        return false;
    if ((parts & EPO_PART_VIEW) && !open_view(process, error))
        return false;
    if ((parts & EPO_PART_MAPS) && !open_maps(process, error))
        return false;
    if (!(parts & EPO_PART_AGENDAS))
        return true;
    process->registry = epo_registry_create(&process->portal, epo_runtimes, epo_runtime_count);
    return epo_process_load_agendas(process, error);
}

int epo_process_open(struct epo_process *process, const char *folder, int parts) {
    struct epo_error error = {0};
    char demo_day[EPO_DEMO_DAY_SIZE] = "";
    memset(process, 0, sizeof *process);
    process->pool = epo_pool_create();
    process->share = epo_share_folder();
    snprintf(process->portal.folder, sizeof process->portal.folder, "%s", folder);
    name_folders(process);
    if (!read_settings(process, print_faults)) {
        epo_process_close(process);
        return EPO_EXIT_WRONG;
    }
    const struct epo_json *settings = epo_portal_settings(&process->portal);
    struct epo_span log = epo_json_get_text(settings, "log");
    const char *format = log.len > 0         ? epo_pool_string(process->pool, log)
                         : epo_log_is_text() ? "text"
                                             : "json";
    epo_log_setup(format, parts & EPO_PART_QUIET ? EPO_LOG_NONE : EPO_LOG_INFO);
    snprintf(process->portal.tenant, sizeof process->portal.tenant, "%.*s",
             EPO_ARG(epo_json_get_text(settings, "tenant")));
    if (!epo_metric_use(epo_json_get_text(settings, "crs"), &error)) {
        epo_process_close(process);
        return epo_cli_failed(&error);
    }
    process->portal.demo = epo_json_get_boolean(settings, "demo", false);
    epo_demo_day(&process->portal, demo_day);
    if (open_parts(process, parts, &error))
        return EPO_EXIT_DONE;
    epo_process_close(process);
    return epo_cli_failed(&error);
}

bool epo_process_system(const char *folder, struct epo_error *error) {
    struct epo_process process = {.pool = epo_pool_create()};
    snprintf(process.portal.folder, sizeof process.portal.folder, "%s", folder);
    bool none = access(epo_pool_printf(process.pool, "%s/epo.json", folder), F_OK) != 0;
    bool ok = none || read_settings(&process, print_faults);
    if (!ok)
        epo_fail(error, EPO_ERROR_BAD_INPUT, "settings", "%s/epo.json has faults", folder);
    ok = ok && epo_metric_use(none ? epo_span("")
                                   : epo_json_get_text(epo_portal_settings(&process.portal), "crs"),
                              error);
    epo_pool_free(process.pool);
    return ok;
}

void epo_process_close(struct epo_process *process) {
    if (process->registry != NULL)
        epo_registry_free(process->registry);
    if (process->portal.templates != NULL)
        epo_templates_free(process->portal.templates);
    if (process->portal.catalog != NULL)
        epo_catalog_free(process->portal.catalog);
    if (process->portal.maps != NULL)
        epo_maps_close(process->portal.maps);
    if (process->portal.store != NULL)
        epo_store_close(process->portal.store);
    epo_pool_free(process->pool);
    memset(process, 0, sizeof *process);
}
