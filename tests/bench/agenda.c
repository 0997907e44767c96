/* An agenda written in Lua against the same in C: the whole check of a form, and the hooks alone,
 * one thread, in turns over the same answers.
 *   bench_agenda AGENDAS-FOLDER COUNT ROUNDS
 * The folder holds dog_fee (Lua) and dog_fee_c (C, built beside it). Prints checks a second of Lua
 * and of C, then calls of compute and check a second of Lua and of C: medians over the rounds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lua/engine.h"
#include "plugin/plugin.h"
#include "tests/support/folder.h"

enum { ROUNDS_MAX = 99 };

static const char ANSWERS[] =
    "{\"holder_kind\":\"person\",\"name\":\"Jana Nováková\",\"birth_date\":\"1980-05-05\","
    "\"address\":\"Americká 42, 301 00 Plzeň\",\"email\":\"jana@example.cz\",\"home\":{\"type\":"
    "\"Point\",\"coordinates\":[13.3776,49.7475]},\"house_kind\":\"family_house\",\"dog_name\":"
    "\"Rek\",\"breed\":\"kříženec\",\"sex\":\"male\",\"colour\":\"černá\",\"dog_born\":"
    "\"2025-01-01\",\"marking\":\"chip\",\"chip\":\"203098100123456\",\"held_since\":"
    "\"2026-02-10\",\"other_dogs\":1,\"relief\":\"none\",\"payment\":\"once\"}";
static const char FACTS[] = "{\"home\":{\"in_city\":true,\"district\":{\"code\":\"546003\","
                            "\"name\":\"Plzeň 3\",\"number\":3}}}";

static double now_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void need(bool ok, const char *what, const struct epo_error *error) {
    if (ok)
        return;
    fprintf(stderr, "bench_agenda: %s: %s %s\n", what, error->where, error->text);
    exit(3);
}

/* The agendas' own tables, empty, in a database that goes with the run. */
static struct epo_db *open_store(struct epo_portal *portal, struct test_folder *folder) {
    struct epo_error error = {0};
    struct epo_store_options options = {.label = "bench", .migrations = EPO_SHARE "/schema"};
    test_folder_make(folder);
    need(epo_store_setup(&error), "store", &error);
    portal->store = epo_store_open(test_folder_file(folder, "portal.db"), &options, &error);
    need(portal->store != NULL && epo_portal_start(portal, &error), "store", &error);
    struct epo_db *db = epo_store_connect(portal->store, &error);
    need(db != NULL, "store", &error);
    return db;
}

static void open_view(struct epo_portal *portal) {
    struct epo_error error = {0};
    portal->catalog = epo_catalog_create();
    portal->templates = epo_templates_create(portal->catalog);
    need(
        epo_catalog_add(portal->catalog, EPO_SHARE "/web/texts", "", &error) &&
            epo_catalog_add(portal->catalog, EPO_SHARE "/forms_texts", "", &error) &&
            epo_templates_add(portal->templates, EPO_SHARE "/web/templates", "web", true, &error) &&
            epo_templates_add(portal->templates, EPO_SHARE "/forms", "forms", true, &error) &&
            epo_templates_link(portal->templates, &error),
        "templates", &error);
}

/* The whole intake: reading, the form's check, compute, check. Gives the fee, so that both agree.
 */
static int64_t check_once(struct epo_intake *intake, struct epo_pool *pool,
                          struct epo_portal *portal, struct epo_db *db, struct epo_agenda *agenda) {
    struct epo_error error = {0};
    *intake = (struct epo_intake){
        .portal = portal,
        .db = db,
        .pool = pool,
        .agenda = agenda,
        .form = epo_agenda_find_form(agenda, EPO_SPAN("registration")),
        .source = EPO_ANSWERS_FROM_JSON,
        .raw = epo_json_parse(pool, epo_span(ANSWERS), &error),
        .lang = "cs",
        .given_facts = epo_json_parse(pool, epo_span(FACTS), &error),
        .given_today = "2026-03-01",
    };
    need(intake->form != NULL, "no form", &error);
    need(epo_intake_check(intake, &error), "check", &error);
    need(intake->result.errors->count == 0, "the answers are refused", &error);
    return epo_json_get_integer(intake->values, "fee", -1);
}

static double checks(struct epo_portal *portal, struct epo_db *db, struct epo_agenda *agenda,
                     int count, int64_t *fee) {
    double began = now_s();
    for (int i = 0; i < count; i++) {
        struct epo_intake intake;
        struct epo_pool *pool = epo_pool_create();
        *fee = check_once(&intake, pool, portal, db, agenda);
        epo_pool_free(pool);
    }
    return count / (now_s() - began);
}

static double hooks(struct epo_portal *portal, struct epo_db *db, struct epo_agenda *agenda,
                    int count) {
    struct epo_intake intake;
    struct epo_pool *kept = epo_pool_create();
    check_once(&intake, kept, portal, db, agenda);
    double began = now_s();
    for (int i = 0; i < count; i++) {
        struct epo_error error = {0};
        struct epo_pool *pool = epo_pool_create();
        for (int kind = EPO_HOOK_COMPUTE; kind <= EPO_HOOK_CHECK; kind++) {
            struct epo_hook hook = {
                .pool = pool, .portal = portal, .db = db, .lang = "cs", .tree = intake.tree};
            need(epo_agenda_call(agenda, (enum epo_hook_kind)kind, NULL, &hook, &error), "hook",
                 &error);
        }
        epo_pool_free(pool);
    }
    double rate = count / (now_s() - began);
    epo_pool_free(kept);
    return rate;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    static const struct epo_runtime lua = {"lua", epo_lua_open, epo_lua_close};
    static const struct epo_runtime *const runtimes[] = {&lua};
    static double rates[4][ROUNDS_MAX]; /* checks of Lua, of C; hooks of Lua, of C */
    struct epo_portal portal = {.tenant = "bench"};
    struct epo_error error = {0};
    int count = argc == 4 ? atoi(argv[2]) : 0, rounds = argc == 4 ? atoi(argv[3]) : 0;
    if (count < 1 || rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: bench_agenda AGENDAS-FOLDER COUNT ROUNDS\n");
        return 2;
    }
    struct test_folder folder_of_store;
    struct epo_db *db = open_store(&portal, &folder_of_store);
    open_view(&portal);
    struct epo_pool *pool = epo_pool_create();
    portal.settings = epo_json_object(pool);
    struct epo_registry *registry = epo_registry_create(&portal, runtimes, 1);
    const char *folder = argv[1];
    need(epo_registry_load(registry, &folder, 1, &error), "loading", &error);
    struct epo_agenda *agendas[] = {epo_registry_find(registry, EPO_SPAN("dog_fee")),
                                    epo_registry_find(registry, EPO_SPAN("dog_fee_c"))};
    need(agendas[0] != NULL && agendas[1] != NULL, "an agenda was refused", &error);
    for (int round = 0; round < rounds; round++) {
        int64_t fees[2];
        for (int i = 0; i < 2; i++) {
            rates[i][round] = checks(&portal, db, agendas[i], count, &fees[i]);
            rates[2 + i][round] = hooks(&portal, db, agendas[i], count);
        }
        need(fees[0] == fees[1] && fees[0] > 0, "the two agendas disagree about the fee", &error);
    }
    for (int i = 0; i < 4; i++) {
        qsort(rates[i], (size_t)rounds, sizeof rates[i][0], by_value);
        printf("%.0f%c", rates[i][rounds / 2], i == 3 ? '\n' : ' ');
    }
    for (int i = 0; i < 2; i++)
        epo_agenda_release(agendas[i]);
    epo_registry_free(registry);
    epo_db_close(db);
    epo_store_close(portal.store);
    test_folder_remove(&folder_of_store);
    epo_pool_free(pool);
    epo_templates_free(portal.templates);
    epo_catalog_free(portal.catalog);
    return 0;
}
