/* Generations: loaded, swapped under callers, kept when the next one is refused, ended when gone.
 */
#include <pthread.h>

#include "plugin_fixture.h"

static struct epo_registry *registry;

static void load(void) {
    struct epo_error error = {0};
    const char *const folders[] = {test_folder_file(&folder, "agendas")};
    if (!epo_registry_load(registry, folders, 1, &error))
        fail_msg("%s", error.text);
}

static int generation_of(const char *name) {
    struct epo_agenda *agenda = epo_registry_find(registry, epo_span(name));
    int generation = agenda ? epo_agenda_generation(agenda) : 0;
    epo_agenda_release(agenda);
    return generation;
}

static const char *faults(void) {
    return epo_json_print(pool, epo_registry_faults(registry, pool)).at;
}

static void test_generations(void **state) {
    (void)state;
    write_agenda("one", "");
    write_agenda("two", "");
    load();
    assert_int_equal(generation_of("one"), 1);
    load();
    assert_int_equal(generation_of("one"), 2);
    assert_string_equal(faults(), "[]");
    /* Refused: the one before goes on, and says so. */
    write_agenda("one", ",\"pages\": [1]");
    load();
    assert_int_equal(generation_of("one"), 2);
    assert_int_equal(generation_of("two"), 3);
    assert_non_null(strstr(faults(), "\"file\":\"one/manifest.json\",\"line\":1"));
    assert_non_null(strstr(faults(), "\"kept\":true"));
    assert_null(strstr(faults(), "two"));
    write_agenda("one", "");
    load();
    assert_int_equal(generation_of("one"), 3);
    assert_string_equal(faults(), "[]");
    /* The runtime's own words, with their line. */
    remove(test_folder_file(&folder, "agendas/two/code"));
    load();
    assert_non_null(strstr(faults(), "\"file\":\"agenda.x\",\"line\":7,\"text\":\"no code\""));
    assert_int_equal(generation_of("two"), 4);
    remove(test_folder_file(&folder, "agendas/two/manifest.json"));
    remove(test_folder_file(&folder, "agendas/two"));
    load();
    assert_int_equal(generation_of("two"), 0);
    assert_int_equal(generation_of("one"), 5);
}

static void test_order_and_limits(void **state) {
    struct epo_agenda *all[EPO_AGENDAS_MAX];
    char name[20];
    (void)state;
    for (int i = 0; i < 5; i++) { /* titles are the names here: listed in their order */
        snprintf(name, sizeof name, "z%d", 4 - i);
        write_agenda(name, "");
    }
    load();
    size_t count = epo_registry_list(registry, all, EPO_AGENDAS_MAX);
    assert_int_equal(count, 6);
    assert_string_equal(epo_agenda_name(all[1]), "z0");
    assert_string_equal(epo_agenda_name(all[5]), "z4");
    for (size_t i = 0; i < count; i++)
        epo_agenda_release(all[i]);
    assert_int_equal(epo_registry_list(registry, all, 1), 1);
    epo_agenda_release(all[0]);
    assert_null(epo_registry_find(registry, EPO_SPAN("z")));
    assert_null(epo_registry_find(registry, EPO_SPAN("")));
}

/* ---- reloads under callers ---- */

static int stopping; /* atomic */

static int answers(epo_call *call) {
    return host->set_text(call, "name", host->get(call, "agenda.name").text);
}

static void *call_all_the_time(void *arg) {
    long *calls = arg;
    while (!__atomic_load_n(&stopping, __ATOMIC_ACQUIRE)) {
        struct epo_agenda *agenda = epo_registry_find(registry, EPO_SPAN("one"));
        struct epo_hook hook = {.pool = epo_pool_create(), .portal = &portal, .lang = "cs"};
        struct epo_error error = {0};
        epo_assert(agenda && epo_agenda_call(agenda, EPO_HOOK_ROUTE, "x", &hook, &error));
        epo_assert(epo_span_is(epo_json_get_text(hook.result, "name"), "one"));
        epo_json_print(hook.pool, epo_registry_faults(registry, hook.pool));
        epo_agenda_release(agenda);
        epo_pool_free(hook.pool);
        ++*calls;
    }
    return NULL;
}

static void test_reloads_under_callers(void **state) {
    enum { CALLERS = 3, RELOADS = 60 };
    pthread_t threads[CALLERS];
    long calls[CALLERS] = {0};
    (void)state;
    does = answers;
    load();
    int before = generation_of("one");
    for (int i = 0; i < CALLERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_all_the_time, &calls[i]), 0);
    for (int i = 0; i < RELOADS; i++) {
        write_agenda("one", i % 4 == 3 ? ",\"pages\": [1]" : ""); /* each fourth is refused */
        load();
    }
    __atomic_store_n(&stopping, 1, __ATOMIC_RELEASE);
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(threads[i], NULL);
        assert_true(calls[i] > 0);
    }
    assert_int_equal(generation_of("one"), before + RELOADS * 3 / 4);
}

static int set_up_registry(void **state) {
    if (set_up(state) != 0)
        return -1;
    test_folder_write(&folder, "agendas/.keep", "");
    registry = epo_registry_create(&portal, RUNTIMES, 1);
    return 0;
}

static int tear_down_registry(void **state) {
    epo_registry_free(registry);
    return tear_down(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_generations),
        cmocka_unit_test(test_order_and_limits),
        cmocka_unit_test(test_reloads_under_callers),
    };
    return cmocka_run_group_tests(tests, set_up_registry, tear_down_registry);
}
