/* Hostile scripts: each ends in a clear error for its own call, and the next call of the same
 * agenda and of another one works. What bounds them is the kind of the error (the CPU budget, the
 * memory), not a clock of this test; a script that escapes is ended by the alarm. The 23 attacks of
 * the design papers are among them. */
#include "lua_helpers.h"

#define ESCAPED_S 60 /* for one script, on a machine under load */

static struct test_folder folder;

static char *read_attacks(const char *name) {
    char path[300];
    snprintf(path, sizeof path, EPO_SOURCE "/tests/unit/lua/attacks/%s.lua", name);
    FILE *file = fopen(path, "r");
    char *text = calloc(1, 100000);
    if (!file || !text || fread(text, 1, 99999, file) == 0)
        fail_msg("%s cannot be read", path);
    fclose(file);
    return text;
}

/* Cuts the next "--- name" or "--- name: words" part off; false at the end. */
static bool next_attack(char **at, char **name, char **words, char **body) {
    static const char HEAD[] = "\n--- ";
    char *head = strncmp(*at, HEAD + 1, sizeof HEAD - 2) == 0 ? *at - 1 : strstr(*at, HEAD);
    if (!head)
        return false;
    *name = head + sizeof HEAD - 1;
    *body = strchr(*name, '\n');
    *(*body)++ = '\0';
    *words = strstr(*name, ": ");
    if (*words) {
        **words = '\0';
        *words += 2;
    }
    char *next = strstr(*body, HEAD);
    *at = next ? next + 1 : *body + strlen(*body);
    if (next)
        *next = '\0';
    return true;
}

/* Works again and again, whatever happened before. */
static const char NEIGHBOUR[] =
    "count = 0\n"
    "return {compute = function(call) count = count + 1 call:set('count', count) end}\n";

static void check_alive(const char *name, struct script *script) {
    epo_call call = {.rc = 0};
    if (script->plugin->check(script->self, &call) != EPO_RC_OK ||
        strcmp(call.said, "alive=true;") != 0)
        fail_msg("after %s the script does not work: %s", name, call.text);
}

static void run_attack(const char *name, const char *body, const char *code, const char *words,
                       struct script *neighbour) {
    char *source = NULL, at[100], expected[40];
    static int neighbour_calls;
    struct script script;
    epo_call call;
    if (asprintf(&source,
                 "local function compute(call) %s\nend return {compute = compute, "
                 "check = function(call) call:set('alive', true) end}\n",
                 body) < 0 ||
        !open_script(&folder, "attack.lua", source, &script))
        fail_msg("%s: %s", name, script.fault);
    free(source);
    alarm(ESCAPED_S);
    int rc = compute(&script, &call);
    alarm(0);
    if (strcmp(call.code, code) != 0 || rc != (*code ? EPO_RC_BROKEN : EPO_RC_OK))
        fail_msg("%s ends as \"%s\" (%d): %s", name, call.code, rc, call.text);
    if (words && !strstr(call.text, words))
        fail_msg("%s says: %s", name, call.text);
    snprintf(at, sizeof at, "%s/attack.lua:", strrchr(folder.path, '/') + 1);
    if (*code && strcmp(code, "lua.error") != 0 && strncmp(call.text, at, strlen(at)) != 0)
        fail_msg("%s does not say where: %s", name, call.text);
    check_alive(name, &script);
    epo_lua_close(script.handle);
    assert_int_equal(compute(neighbour, &call), EPO_RC_OK);
    snprintf(expected, sizeof expected, "count=%d;", ++neighbour_calls);
    assert_string_equal(call.said, expected);
}

static struct script neighbour;

static void run_attacks(const char *file, const char *code, int least) {
    char *text = read_attacks(file), *at = text, *name, *words, *body;
    int count = 0;
    for (; next_attack(&at, &name, &words, &body); count++)
        run_attack(name, body, code, words, &neighbour);
    assert_true(count >= least);
    free(text);
}

static void test_time(void **state) {
    (void)state;
#ifdef __SANITIZE_THREAD__
    skip(); /* TSan keeps signals back until the thread calls into it, which a loop in Lua never
               does */
#endif
    epo_lua_configure(0, 256 << 20); /* so that no fast machine runs out of memory first */
    run_attacks("time", "lua.time", 40);
    epo_lua_configure(0, 0);
}

static void test_memory(void **state) {
    (void)state;
    epo_lua_configure(10000, 8 << 20); /* so that no slow machine runs out of time first */
    run_attacks("memory", "lua.memory", 10);
    epo_lua_configure(0, 0);
}

static void test_errors(void **state) {
    (void)state;
    run_attacks("error", "lua.error", 40);
}

static void test_harmless(void **state) {
    (void)state;
    epo_lua_configure(10000, 0);
    run_attacks("none", "", 2);
    epo_lua_configure(0, 0);
}

static void test_load(void **state) {
    char *text = read_attacks("load"), *at = text, *name, *words, *body;
    (void)state;
    for (int count = 0; next_attack(&at, &name, &words, &body); count++) {
        struct script script;
#ifdef __SANITIZE_THREAD__
        if (strcmp(name, "loop") == 0)
            continue;
#endif
        epo_lua_configure(strcmp(name, "memory") == 0 ? 10000 : 0, 0);
        alarm(ESCAPED_S);
        if (open_script(&folder, "attack.lua", body, &script))
            fail_msg("%s was loaded", name);
        alarm(0);
        if (!strstr(script.fault, words))
            fail_msg("%s says: %s", name, script.fault);
    }
    free(text);
}

/* Bytecode can bend the machine itself: only text is a script. */
static void test_bytecode(void **state) {
    struct script script;
    (void)state;
    assert_false(open_script(&folder, "attack.lua", "\x1bLuaT", &script));
    assert_non_null(strstr(script.fault, "binary chunk"));
}

static int set_up(void **state) {
    (void)state;
    test_folder_make(&folder);
    return open_script(&folder, "neighbour.lua", NEIGHBOUR, &neighbour) ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    epo_lua_close(neighbour.handle);
    test_folder_remove(&folder);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time),   cmocka_unit_test(test_memory),
        cmocka_unit_test(test_errors), cmocka_unit_test(test_harmless),
        cmocka_unit_test(test_load),   cmocka_unit_test(test_bytecode),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
