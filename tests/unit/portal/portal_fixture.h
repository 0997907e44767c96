/* A portal with a real database in a folder of its own, for the tests of this room. */
#ifndef EPO_TESTS_PORTAL_FIXTURE_H
#define EPO_TESTS_PORTAL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "portal/account.h"
#include "portal/submission.h"

static struct epo_portal portal;
static struct epo_db *db;
static struct epo_pool *pool;
static char folder[] = "/tmp/epo-portal-XXXXXX";

static const char SETTINGS[] =
    "{\"tenant\":\"plzen\",\"offices\":["
    "{\"id\":\"magistrat\",\"name\":{\"cs\":\"Magistrát\",\"en\":\"City Hall\"}},"
    "{\"id\":\"umo-3\",\"name\":{\"cs\":\"ÚMO 3\",\"en\":\"District 3\"},"
    "\"districts\":[\"546003\"]},"
    "{\"id\":\"umo-4\",\"name\":{\"cs\":\"ÚMO 4\",\"en\":\"District 4\"},"
    "\"districts\":[\"546208\"]}]}";

static int set_up(void **state) {
    struct epo_error error = {0};
    (void)state;
    pool = epo_pool_create();
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(portal.folder, sizeof portal.folder, "%s", folder);
    snprintf(portal.tenant, sizeof portal.tenant, "plzen");
    epo_portal_set_settings(&portal, epo_json_parse(pool, epo_span(SETTINGS), &error));
    struct epo_store_options options = {.migrations = EPO_SOURCE "/core/store/schema",
                                        .label = "portal"};
    if (!epo_store_setup(&error))
        return -1;
    portal.store = epo_store_open(epo_pool_printf(pool, "%s/portal.db", folder), &options, &error);
    if (portal.store == NULL || !epo_portal_start(&portal, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return -1;
    }
    db = epo_store_connect(portal.store, &error);
    return db != NULL ? 0 : -1;
}

static int tear_down(void **state) {
    static const char *const files[] = {"portal.db", "portal.db-wal", "portal.db-shm"};
    (void)state;
    epo_db_close(db);
    epo_store_close(portal.store);
    for (size_t i = 0; i < 3; i++)
        unlink(epo_pool_printf(pool, "%s/%s", folder, files[i]));
    rmdir(folder);
    epo_pool_free(pool);
    return 0;
}

/* Runs one statement without parameters as a write job: for tests that tamper. */
static bool run_statement(struct epo_db *writer, void *arg, struct epo_error *error) {
    return epo_db_run(writer, arg, EPO_BIND_NONE, NULL, error);
}
__attribute__((unused)) static void tamper(const struct epo_statement *statement) {
    struct epo_error error = {0};
    assert_true(epo_store_write(portal.store, run_statement, (void *)(uintptr_t)statement, &error));
}

__attribute__((unused)) static struct epo_account add_account(const char *login, const char *role,
                                                              const char *office) {
    struct epo_error error = {0};
    struct epo_account account = {.id = ""};
    snprintf(account.login, sizeof account.login, "%s", login);
    snprintf(account.role, sizeof account.role, "%s", role);
    snprintf(account.office, sizeof account.office, "%s", office);
    if (!epo_account_add(&portal, &account, EPO_SPAN("velmi tajne heslo 42"), EPO_SPAN("shell"),
                         &error))
        fail_msg("%s", error.text);
    return account;
}

struct filing_job {
    struct epo_filing filing;
    struct epo_filed filed;
};
static bool run_filing(struct epo_db *writer, void *arg, struct epo_error *error) {
    struct filing_job *job = arg;
    return epo_submission_file(&portal, writer, &job->filing, &job->filed, error);
}

/* A filing with a place in Plzeň 3 unless changed; prepared by file(). */
__attribute__((unused)) static struct filing_job make_filing(const char *answers) {
    static struct epo_place place = {.kind = EPO_PLACE_POINT,
                                     .anchor_metres = {-822000, -1070000},
                                     .wkb_metres = {"\1\1\0\0\0place-bytes-1234", 21}};
    static const char FACTS[] = "{\"home\":{\"address\":{\"text\":\"Americká 42/8\"},"
                                "\"district\":{\"code\":\"546003\",\"name\":\"Plzeň 3\"}}}";
    struct epo_error error = {0};
    return (struct filing_job){
        .filing = {.agenda = "dog_fee",
                   .form = "registration",
                   .form_version = "0123456789abcdef",
                   .lang = "cs",
                   .title = EPO_SPAN("Přihlášení psa"),
                   .answers = epo_span(answers),
                   .facts = epo_span(FACTS),
                   .place_facts =
                       epo_json_get(epo_json_parse(pool, epo_span(FACTS), &error), "home"),
                   .values = EPO_SPAN("{\"fee\":50000}"),
                   .parameters = EPO_SPAN("{}"),
                   .place = &place,
                   .place_field = EPO_SPAN("home"),
                   .district = EPO_SPAN("546003"),
                   .office = EPO_SPAN("umo-3"),
                   .map_version = EPO_SPAN("v1")}};
}

__attribute__((unused)) static bool file(struct filing_job *job, struct epo_error *error) {
    epo_submission_prepare(pool, &job->filing);
    return epo_store_write(portal.store, run_filing, job, error);
}

__attribute__((unused)) static const char *file_one(const char *answers) {
    struct epo_error error = {0};
    struct filing_job job = make_filing(answers);
    if (!file(&job, &error))
        fail_msg("%s", error.text);
    return epo_pool_printf(pool, "%s", job.filed.number);
}

#endif
