/* The box's own functions against those of the stock interpreter, over a file of expressions. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdlib.h>

#include "lua_helpers.h"

static struct test_folder folder;

/* Results of an expression as one text; of an error what stands behind its position. */
static const char SHOW[] =
    "local function show(good, ...)\n"
    "  local parts = {tostring(good)}\n"
    "  for i = 1, select('#', ...) do\n"
    "    local value = select(i, ...)\n"
    "    if type(value) == 'table' or type(value) == 'function' then value = type(value) end\n"
    "    parts[#parts + 1] = tostring(value)\n"
    "  end\n"
    "  return (table.concat(parts, ' '):gsub('[^ ]*:%d+: ', ''))\n"
    "end\n";

static char *source_of(const char *before, const char *expression, const char *after) {
    char *text = NULL;
    if (asprintf(&text, "%s%s show(pcall(function() return %s end)) %s\n", SHOW, before, expression,
                 after) < 0)
        abort();
    return text;
}

static void run_stock(const char *expression, char *said, size_t room) {
    lua_State *L = luaL_newstate();
    char *source = source_of("return", expression, "");
    luaL_openlibs(L);
    if (luaL_loadbuffer(L, source, strlen(source), "@a.lua") || lua_pcall(L, 0, 1, 0))
        fail_msg("%s: %s", expression, lua_tostring(L, -1));
    snprintf(said, room, "%s", lua_tostring(L, -1));
    free(source);
    lua_close(L);
}

static void run_boxed(const char *expression, char *said, size_t room) {
    struct script script;
    epo_call call;
    char *source =
        source_of("return {compute = function(call) call:set('x',", expression, ") end}");
    if (!open_script(&folder, "a.lua", source, &script))
        fail_msg("%s: %s", expression, script.fault);
    if (compute(&script, &call) != EPO_RC_OK)
        fail_msg("%s: %s", expression, call.text);
    call.said[strlen(call.said) - 1] = '\0';
    snprintf(said, room, "%s", call.said + strlen("x="));
    free(source);
    epo_lua_close(script.handle);
}

static void test_same(void **state) {
    FILE *file = fopen(EPO_SOURCE "/tests/unit/lua/standard.lua", "r");
    char line[2000], stock[2000], boxed[2000];
    int count = 0, differ = 0;
    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "-- ", 3) == 0)
            continue;
        line[strcspn(line, "\n")] = '\0';
        run_stock(line, stock, sizeof stock);
        run_boxed(line, boxed, sizeof boxed);
        count++;
        if (strcmp(stock, boxed) != 0) {
            differ++;
            print_error("%s\n  stock: %s\n  boxed: %s\n", line, stock, boxed);
        }
    }
    fclose(file);
    assert_int_equal(differ, 0);
    assert_true(count > 100);
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_same)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
