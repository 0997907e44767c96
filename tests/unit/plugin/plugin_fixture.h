/* A portal with a database and agendas whose code is this program itself: a runtime "test" hands
 * the hooks of TEST_PLUGIN out. */
#ifndef EPO_TESTS_PLUGIN_FIXTURE_H
#define EPO_TESTS_PLUGIN_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "folder.h"
#include "plugin/agenda.h"

static struct test_folder folder;
static struct epo_portal portal;
static struct epo_db *db;
static struct epo_pool *pool;

/* What every hook does; set by a test. */
static int (*does)(epo_call *call);
static const epo_host *host;

static int any_hook(void *self, epo_call *call) {
    (void)self;
    return does ? does(call) : EPO_RC_OK;
}
static int named_hook(void *self, epo_call *call, const char *name) {
    (void)name;
    return any_hook(self, call);
}
static int start(const epo_host *from, void **self) {
    *self = NULL;
    if (host != from) /* callers may be reading it */
        host = from;
    return 0;
}

static const epo_plugin TEST_PLUGIN = {
    .magic = EPO_PLUGIN_MAGIC,
    .major = EPO_ABI_MAJOR,
    .minor = EPO_ABI_MINOR,
    .size = sizeof(epo_plugin),
    .start = start,
    .selftest = any_hook,
    .compute = any_hook,
    .check = any_hook,
    .submitted = any_hook,
    .state = any_hook,
    .page = named_hook,
    .route = named_hook,
    .job = named_hook,
    .assess = any_hook,
};

static int test_open(const char *at, const char *file, const epo_host *from,
                     const epo_plugin **plugin, void **self, void **handle, char *fault,
                     size_t room) {
    (void)at, (void)from, (void)self, (void)handle;
    if (access(file, R_OK) == 0) {
        *plugin = &TEST_PLUGIN;
        return EPO_RC_OK;
    }
    snprintf(fault, room, "agenda.x:7: no code");
    return EPO_RC_BROKEN;
}
static void test_close(void *handle) {
    (void)handle;
}
static const struct epo_runtime RUNTIME = {"test", test_open, test_close};
static const struct epo_runtime *const RUNTIMES[] = {&RUNTIME};

/* Writes agendas/<name> with the members of a manifest, and code. */
static void write_agenda(const char *name, const char *members) {
    char path[200], text[4000];
    snprintf(path, sizeof path, "agendas/%s/manifest.json", name);
    snprintf(text, sizeof text,
             "{\"name\": \"%s\", \"version\": \"1\", \"abi\": \"1.0\", \"runtime\": \"test\","
             "\"main\": \"code\", \"title\": {\"cs\": \"%s\", \"en\": \"%s\"},"
             "\"summary\": {\"cs\": \"S\", \"en\": \"S\"}%s}",
             name, name, name, members);
    test_folder_write(&folder, path, text);
    snprintf(path, sizeof path, "agendas/%s/code", name);
    test_folder_write(&folder, path, "x");
}

static int set_up(void **state) {
    struct epo_error error = {0};
    struct epo_store_options options = {.migrations = EPO_SOURCE "/core/store/schema",
                                        .label = "portal"};
    (void)state;
    test_folder_make(&folder);
    pool = epo_pool_create();
    snprintf(portal.tenant, sizeof portal.tenant, "plzen");
    epo_portal_set_settings(&portal, epo_json_object(pool));
    portal.catalog = epo_catalog_create();
    portal.templates = epo_templates_create(portal.catalog);
    if (!epo_store_setup(&error))
        return -1;
    portal.store = epo_store_open(test_folder_file(&folder, "portal.db"), &options, &error);
    if (!portal.store || !epo_portal_start(&portal, &error))
        return -1;
    db = epo_store_connect(portal.store, &error);
    return db ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    epo_db_close(db);
    epo_store_close(portal.store);
    epo_templates_free(portal.templates);
    epo_catalog_free(portal.catalog);
    epo_pool_free(pool);
    test_folder_remove(&folder);
    return 0;
}

#endif
