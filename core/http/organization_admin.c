/* The admin's page of organizations: what is there and what it uses, a package looked at before it
 * is taken, rights granted, removal. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/token.h"
#include "http/audited.h"
#include "http/organizations.h"
#include "http/pages.h"
#include "plugin/organization_use.h"
#include "plugin/package.h"

static const struct epo_json *settings_of(const struct epo_request *request) {
    return epo_portal_settings(request->portal);
}

/* ---- what is there ---- */

static void add_amount(struct epo_request *request, struct epo_json *rows, const char *key,
                       const char *text) {
    struct epo_json *row = epo_json_object(request->pool);
    epo_json_set_text(request->pool, row, "label", epo_page_text(request, key));
    epo_json_set_string(request->pool, row, "text", text);
    epo_json_push(request->pool, rows, row);
}

static int64_t bound_of(const struct epo_request *request, const char *name) {
    return epo_setting_get(&epo_organization_settings,
                           epo_json_get(settings_of(request), epo_organization_settings.name),
                           name);
}

static const char *kilobytes(struct epo_request *request, int64_t used, const char *bound) {
    return epo_pool_printf(request->pool, "%lld / %lld kB", (long long)(used >> 10),
                           (long long)(bound_of(request, bound) >> 10));
}

/* Used and what may be used, in rows of words. */
static bool set_use(struct epo_request *request, struct epo_json *row, struct epo_span name,
                    struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_organization_use use;
    struct epo_meter *meter = epo_meter_of(name);
    struct epo_json *rows = epo_json_set(pool, row, "use", epo_json_array(pool));
    if (!epo_organization_count(request->portal, request->db, name, &use, error))
        return false;
    add_amount(request, rows, "organizations.use_requests",
               epo_pool_printf(pool, "%lld", (long long)use.submissions));
    add_amount(request, rows, "organizations.use_rows",
               epo_pool_printf(pool, "%lld / %lld", (long long)use.rows,
                               (long long)bound_of(request, "rows")));
    add_amount(request, rows, "organizations.use_tables",
               kilobytes(request, use.table_bytes, "table_bytes"));
    add_amount(request, rows, "organizations.use_files",
               kilobytes(request, use.attachment_bytes, "attachment_bytes"));
    if (meter == NULL)
        return true;
    add_amount(request, rows, "organizations.use_calls",
               epo_pool_printf(pool, "%lld", atomic_load(&meter->calls)));
    add_amount(request, rows, "organizations.use_cpu",
               epo_pool_printf(pool, "%.1f s", (double)atomic_load(&meter->cpu_us) / 1e6));
    add_amount(request, rows, "organizations.use_refused",
               epo_pool_printf(pool, "%lld", atomic_load(&meter->refused)));
    return true;
}

static bool add_rows(struct epo_request *request, struct epo_json *model, const char *member,
                     const struct epo_json *all, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_json *rows = epo_json_set(pool, model, member, epo_json_array(pool));
    for (uint32_t i = 0; all != NULL && i < all->count; i++) {
        const struct epo_json *organization = all->items[i];
        struct epo_json *row = epo_page_organization_row(request, organization);
        epo_json_set(pool, row, "rights",
                     epo_json_copy(pool, epo_json_get(organization, "rights")));
        epo_json_set(pool, row, "agendas",
                     epo_json_copy(pool, epo_json_get(organization, "agendas")));
        if (epo_json_get(organization, "missing") != NULL)
            epo_json_set(pool, row, "missing",
                         epo_json_copy(pool, epo_json_get(organization, "missing")));
        epo_json_push(pool, rows, row);
        if (!set_use(request, row, epo_json_get_text(organization, "name"), error))
            return false;
    }
    return true;
}

/* model: may hold "preview" and "trouble" already. */
static struct epo_response *show_with(struct epo_request *request, struct epo_json *model,
                                      int status) {
    const struct epo_json *settings = settings_of(request);
    struct epo_error error = {0};
    if (!add_rows(request, model, "organizations", epo_organizations_of(settings), &error) ||
        !add_rows(request, model, "refused", epo_json_get(settings, "organizations_refused"),
                  &error))
        return epo_respond_error(request, &error, NULL);
    epo_json_set(request->pool, model, "faults",
                 epo_json_copy(request->pool, epo_json_get(settings, "organization_faults")));
    epo_json_set_text(request->pool, model, "done", epo_request_query(request, "done"));
    epo_json_set_text(request->pool, model, "page_title",
                      epo_page_text(request, "organizations.title"));
    return epo_respond_private(request, status, "web/admin_organizations", model);
}

static struct epo_response *show(struct epo_request *request, void *arg) {
    (void)arg;
    return show_with(request, epo_json_object(request->pool), 200);
}

struct epo_response *epo_admin_organizations(struct epo_request *request) {
    return epo_respond_to_admin(request, "organizations", show);
}

/* ---- what is done ---- */

static struct epo_response *trouble(struct epo_request *request, const struct epo_error *error) {
    struct epo_json *model = epo_json_object(request->pool);
    epo_json_set_string(request->pool, model, "trouble",
                        error->where[0] != '\0'
                            ? epo_pool_printf(request->pool, "%s: %s", error->where, error->text)
                            : error->text);
    return show_with(request, model, 422);
}

/* Where a package waits between being looked at and being taken; its name is its digest. */
static const char *waiting_path(struct epo_request *request, struct epo_span digest) {
    bool good = digest.len == EPO_SHA256_HEX_SIZE - 1;
    for (size_t i = 0; good && i < digest.len; i++)
        good = strchr("0123456789abcdef", digest.at[i]) != NULL;
    return good ? epo_pool_printf(request->pool, "%s/organizations/.upload-%.*s",
                                  request->portal->folder, EPO_ARG(digest))
                : NULL;
}

static bool keep(const char *path, struct epo_span bytes, struct epo_error *error) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    bool good = fd >= 0 && write(fd, bytes.at, bytes.len) == (ssize_t)bytes.len;
    if (fd >= 0)
        good = close(fd) == 0 && good;
    return good ||
           epo_fail(error, EPO_ERROR_BROKEN, "package.write", "%s: %s.", path, strerror(errno));
}

/* What it is, what it asks for, and how it differs from what is there. */
static struct epo_response *look(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    char digest[EPO_SHA256_HEX_SIZE];
    struct epo_json *about;
    if (request->file_count == 0 || request->files[0].content.len > EPO_PACKAGE_BYTES_MAX) {
        epo_fail(&error, EPO_ERROR_BAD_INPUT, "package.file", "%.*s",
                 EPO_ARG(epo_page_text(request, "organizations.no_file")));
        return trouble(request, &error);
    }
    epo_sha256_hex(request->files[0].content, digest);
    const char *path = waiting_path(request, epo_span(digest));
    if (!keep(path, request->files[0].content, &error))
        return epo_respond_error(request, &error, NULL);
    if (!epo_package_verify(pool, path, settings_of(request), &about, &error)) {
        unlink(path);
        return trouble(request, &error);
    }
    struct epo_json *model = epo_json_object(pool), *preview = epo_json_object(pool);
    const struct epo_json *row = epo_json_get(about, "row");
    struct epo_span name = epo_json_get_text(about, "name");
    const struct epo_json *old = epo_organization_find(settings_of(request), name);
    struct epo_json *granted =
        epo_organization_granted(pool, request->portal->folder, settings_of(request), name);
    epo_json_set_string(pool, preview, "sha256", digest);
    epo_json_set_text(pool, preview, "name", name);
    epo_json_set_text(pool, preview, "version", epo_json_get_text(about, "version"));
    epo_json_set_text(pool, preview, "title",
                      epo_json_localized(epo_json_get(row, "title"), request->lang));
    epo_json_set(pool, preview, "rights", epo_json_get(row, "rights"));
    epo_json_set(pool, preview, "missing", epo_organization_missing(pool, row, granted));
    epo_json_set(pool, preview, "agendas", epo_json_get(row, "agendas"));
    if (old != NULL) {
        epo_json_set_text(pool, preview, "before", epo_json_get_text(old, "version"));
        epo_json_set(pool, preview, "agendas_before",
                     epo_json_copy(pool, epo_json_get(old, "agendas")));
    }
    epo_json_set(pool, model, "preview", preview);
    return show_with(request, model, 200);
}

/* All rights whose boxes are ticked. */
static struct epo_json *ticked(struct epo_request *request) {
    struct epo_json *grant = epo_json_array(request->pool);
    for (size_t i = 0; i < request->form_count; i++)
        if (epo_span_is(request->form[i].name, "grant"))
            epo_json_push(request->pool, grant,
                          epo_json_text(request->pool, request->form[i].value));
    return grant;
}

static struct epo_response *done(struct epo_request *request, struct epo_span name) {
    struct epo_app *app = epo_page_app(request);
    struct epo_error error = {0};
    if (!app->reload(app->reload_arg, &error))
        return trouble(request, &error);
    return epo_respond_redirect(
        request, 303,
        epo_span(epo_pool_printf(request->pool, "/admin/organizations?done=%.*s", EPO_ARG(name))));
}

static struct epo_response *act(struct epo_request *request, void *arg) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_span action = epo_request_form(request, "action");
    struct epo_span name = epo_request_form(request, "name");
    const char *folder = request->portal->folder;
    bool good = true;
    (void)arg;
    if (epo_span_is(action, "look"))
        return look(request);
    if (epo_span_is(action, "take")) {
        const char *path = waiting_path(request, epo_request_form(request, "sha256"));
        struct epo_json *about = NULL;
        bool update = epo_organization_find(settings_of(request), name) != NULL;
        if (path == NULL)
            return epo_page_not_found(request);
        good = epo_package_install(pool, folder, settings_of(request), path, update,
                                   ticked(request), &about, &error);
        if (good)
            unlink(path);
    } else if (epo_span_is(action, "grant")) {
        good = epo_package_grant(pool, folder, name, ticked(request), &error);
    } else if (epo_span_is(action, "remove")) {
        good = epo_span_is(epo_request_form(request, "sure"), "yes")
                   ? epo_package_remove(pool, folder, name, &error)
                   : epo_fail(&error, EPO_ERROR_BAD_INPUT, "organization.sure", "%.*s",
                              EPO_ARG(epo_page_text(request, "organizations.be_sure")));
    } else {
        return epo_page_not_found(request);
    }
    return good ? done(request, name) : trouble(request, &error);
}

struct epo_response *epo_admin_organizations_post(struct epo_request *request) {
    struct epo_viewer viewer = epo_page_viewer(epo_page_account(request), EPO_SPAN(""));
    if (!epo_span_is(viewer.role, "admin"))
        return epo_page_denied(request);
    struct epo_audit_entry entry = {.actor = viewer.account,
                                    .action = EPO_SPAN("organization.changed"),
                                    .object = epo_request_form(request, "name"),
                                    .detail = epo_request_form(request, "action")};
    if (entry.object.len > EPO_ORGANIZATION_NAME_MAX || entry.detail.len > 20)
        return epo_page_not_found(request);
    return epo_respond_audited(request, &entry, act, NULL);
}
