/* What a script gets and gives: the call's data, results, failures; states and their lives. */
#include <pthread.h>
#include <stdlib.h>

#include "lua_helpers.h"

static struct test_folder folder;

static struct script loaded(const char *source) {
    struct script script;
    if (!open_script(&folder, "agenda.lua", source, &script))
        fail_msg("%s", script.fault);
    return script;
}

/* The body of compute, run once: what it set, or "code: text" of its failure. */
static const char *said_by(const char *body) {
    static char said[9000];
    char source[4000];
    epo_call call;
    snprintf(source, sizeof source, "return {compute = function(call) %s\nend}", body);
    struct script script = loaded(source);
    if (compute(&script, &call) == EPO_RC_OK)
        snprintf(said, sizeof said, "%s", call.said);
    else
        snprintf(said, sizeof said, "%s: %s", call.code, call.text);
    epo_lua_close(script.handle);
    return said;
}

static void test_reading(void **state) {
    (void)state;
    assert_string_equal(
        said_by("call:set('n', call.answers.name) call:set('c', call.answers.count + 1)"
                "call:set('r', call.answers.rate) call:set('y', call.answers.yes)"),
        "n=Jana \"Ná😀;c=4;r=1.5;y=true;");
    assert_string_equal(said_by("call:set('x', call.answers.none == nil and call.place == nil)"),
                        "x=true;");
    assert_string_equal(said_by("local l = call.answers.list call:set('x', #l .. l[1] .. #l[2])"),
                        "x=310;");
    assert_string_equal(
        said_by("call:set('x', call:get('answers.name') .. call:get('answers.count'))"),
        "x=Jana3;");
    assert_string_equal(said_by("call:set('x', call:get('nothing.there') == nil)"), "x=true;");
    /* Read once, then the same table: changing it changes nothing outside. */
    assert_string_equal(said_by("call.answers.count = 9 call:set('x', call.answers.count) "
                                "call:set('y', call:get('answers.count'))"),
                        "x=9;y=3;");
}

static void test_setting(void **state) {
    (void)state;
    assert_string_equal(
        said_by("call:set('a', 1) call:set('b', 1.5) call:set('c', true) call:set('d', 'x')"),
        "a=1;b=1.5;c=true;d=x;");
    assert_string_equal(said_by("call:set('a', {1, {x = 'ž\"\\n'}, {}}) call:set('b', nil)"),
                        "a=[1,{\"x\":\"ž\\\"\\u000a\"},[]];b=null;");
    assert_string_equal(said_by("call:explain('k') call:explain('l')"),
                        "explain.0={\"key\":\"k\"};explain.1={\"key\":\"l\"};");
    assert_string_equal(said_by("return {fee = 100}"), "fee=100;");
    assert_string_equal(said_by("call:log('warn', 'event', 'text')"), "event=2 text;");
    assert_string_equal(said_by("call:set('x', call:text('some.key'))"), "x=some.key;");
}

static void test_failing(void **state) {
    epo_call call;
    (void)state;
    struct script script =
        loaded("return {compute = function(call) return call:fail('conflict', 'answers.x', 'late', "
               "'Too late.') end,\n"
               "check = function(call) error('here') end,\n"
               "state = function(call) error('without a line at 10:30', 0) end,\n"
               "submitted = function(call) return 'denied' end,\n"
               "pages = {one = function(call) call:set('x', 1) end}}");
    assert_int_equal(compute(&script, &call), EPO_RC_CONFLICT);
    assert_string_equal(call.code, "late");
    assert_string_equal(call.text, "Too late.");
    assert_int_equal(script.plugin->check(script.self, &call), EPO_RC_BROKEN);
    assert_string_equal(call.code, "lua.error");
    assert_string_equal(strchr(call.text, '/'), "/agenda.lua:2: here");
    assert_int_equal(script.plugin->state(script.self, &call), EPO_RC_BROKEN);
    assert_string_equal(call.text, "without a line at 10:30");
    assert_int_equal(script.plugin->submitted(script.self, &call), EPO_RC_DENIED);
    assert_int_equal(script.plugin->page(script.self, &call, "one"), EPO_RC_OK);
    assert_int_equal(script.plugin->page(script.self, &call, "two"), EPO_RC_BROKEN);
    assert_non_null(strstr(call.text, "no pages.two"));
    assert_int_equal(script.plugin->selftest(script.self, &call), EPO_RC_OK); /* has none */
    epo_lua_close(script.handle);
}

/* A handle is good for its own call alone, however it was kept. */
static void test_kept_handle(void **state) {
    static const char *const USES[] = {"return kept.answers",
                                       "return kept:get('answers')",
                                       "kept:set('x', 1)",
                                       "kept:fail('denied')",
                                       "kept:explain('x')",
                                       "kept:text('x')",
                                       "kept:log('info', 'x')",
                                       "kept:query('x')",
                                       "kept:write('x')",
                                       "kept:locate(1, 2)",
                                       "return set(kept, 'x', 1)",
                                       "return kept.new_number",
                                       "error(select(2, coroutine.resume(waiting)))"};
    epo_call call;
    (void)state;
    for (size_t i = 0; i < sizeof USES / sizeof *USES; i++) {
        char source[600];
        snprintf(
            source, sizeof source,
            "local kept, set, waiting\n"
            "return {compute = function(call) kept, set = call, call.set\n"
            "  waiting = coroutine.create(function() coroutine.yield() return call.answers end)\n"
            "  coroutine.resume(waiting) end,\n"
            "check = function(call) %s end}",
            USES[i]);
        struct script script = loaded(source);
        assert_int_equal(compute(&script, &call), EPO_RC_OK);
        if (script.plugin->check(script.self, &call) != EPO_RC_BROKEN ||
            !strstr(call.text, "this call has ended"))
            fail_msg("%s: %s", USES[i], call.text);
        epo_lua_close(script.handle);
    }
}

/* Globals live in one state; a state that ran out of something is thrown away. */
static void test_states(void **state) {
    epo_call call;
    (void)state;
    struct script one =
        loaded("n = 0 return {compute = function(call) n = n + 1 call:set('n', n) end,\n"
               "check = function() local t = {} while true do t[#t + 1] = {} end end,\n"
               "state = function() error('x') end}");
    struct script other = loaded("return {compute = function(call) call:set('n', n == nil) end}");
    assert_int_equal(compute(&one, &call), EPO_RC_OK);
    assert_int_equal(compute(&one, &call), EPO_RC_OK);
    assert_string_equal(call.said, "n=2;");
    assert_int_equal(compute(&other, &call), EPO_RC_OK);
    assert_string_equal(call.said, "n=true;");
    assert_int_equal(one.plugin->state(one.self, &call),
                     EPO_RC_BROKEN); /* an error alone: it stays */
    assert_int_equal(compute(&one, &call), EPO_RC_OK);
    assert_string_equal(call.said, "n=3;");
    assert_int_equal(one.plugin->check(one.self, &call), EPO_RC_BROKEN);
    assert_int_equal(compute(&one, &call), EPO_RC_OK);
    assert_string_equal(call.said, "n=1;");
    epo_lua_close(one.handle);
    epo_lua_close(other.handle);
}

/* What a script keeps over calls counts to its end: a fat state is not taken again. */
static void test_growing_state(void **state) {
    epo_call call;
    int fresh = 0;
    (void)state;
    epo_lua_configure(10000, 2 << 20);
    struct script script =
        loaded("kept = {} return {compute = function(call)\n"
               "kept[#kept + 1] = ('x'):rep(100000) .. #kept call:set('n', #kept) end}");
    epo_lua_configure(0, 0);
    for (int i = 0; i < 50; i++) {
        if (compute(&script, &call) != EPO_RC_OK)
            fail_msg("%d: %s", i, call.text);
        fresh += strcmp(call.said, "n=1;") == 0;
    }
    assert_in_range(fresh, 2, 20);
    epo_lua_close(script.handle);
}

/* A metatable's functions are taken over when it is set; a class that grows is seen by the next
 * object. */
static void test_metatables(void **state) {
    (void)state;
    assert_string_equal(
        said_by(
            "local C = {} local a = setmetatable({}, C) C.__index = {x = 1}\n"
            "call:set('a', a.x == nil) call:set('b', setmetatable({}, C).x) call:set('c', a.x)"),
        "a=true;b=1;c=1;");
    assert_string_equal(
        said_by("local C = {} for i = 1, 1000 do setmetatable({}, {__index = {}}) end\n"
                "local o = setmetatable({}, C) call:set('a', getmetatable(o) == C)\n"
                "setmetatable(o, nil) setmetatable(o, C)"),
        "a=true;");
}

static void *call_many(void *arg) {
    struct script *script = arg;
    long failed = 0;
    for (int i = 0; i < 300; i++) {
        epo_call call;
        failed += compute(script, &call) != EPO_RC_OK || strcmp(call.said, "x=500500;") != 0;
    }
    return (void *)failed;
}

static void test_threads(void **state) {
    pthread_t threads[4];
    void *failed;
    (void)state;
    struct script script =
        loaded("return {compute = function(call) local n = 0 for i = 1, 1000 do n = n + i end\n"
               "call:set('x', n) end}");
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_many, &script), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    epo_lua_close(script.handle);
}

static void test_opening(void **state) {
    struct script script;
    (void)state;
    char *large = malloc((256 << 10) + 2);
    assert_non_null(large);
    memset(large, ' ', (256 << 10) + 1);
    large[(256 << 10) + 1] = '\0';
    assert_false(open_script(&folder, "large.lua", large, &script));
    assert_string_equal(script.fault, "the script is over 256 KiB");
    free(large);
    assert_false(epo_lua_open(folder.path, "/nowhere/agenda.lua", &HOST, &script.plugin,
                              &script.self, &script.handle, script.fault,
                              sizeof script.fault) == EPO_RC_OK);
    assert_string_equal(script.fault, "the script cannot be read");
    epo_host old = HOST;
    old.size = offsetof(epo_host, column_name);
    test_folder_write(&folder, "a.lua", "return {}");
    assert_false(epo_lua_open(folder.path, test_folder_file(&folder, "a.lua"), &old, &script.plugin,
                              &script.self, &script.handle, script.fault,
                              sizeof script.fault) == EPO_RC_OK);
    assert_string_equal(script.fault, "the host is older than the Lua engine");
    assert_string_equal(said_by("error({})"), "lua.error: the script raised a table as its error");
}

static int set_up(void **state) {
    (void)state;
    test_folder_make(&folder);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    test_folder_remove(&folder);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading),    cmocka_unit_test(test_setting),
        cmocka_unit_test(test_failing),    cmocka_unit_test(test_kept_handle),
        cmocka_unit_test(test_states),     cmocka_unit_test(test_growing_state),
        cmocka_unit_test(test_metatables), cmocka_unit_test(test_threads),
        cmocka_unit_test(test_opening),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
