/* Lua patterns: find, match, gmatch and gsub of the box say what the stock interpreter says, errors
 * included. Patterns are short, so that the stock matcher ends, too. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua/box.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define PATTERN_MAX 24
#define REPLACEMENT_MAX 8
#define SUBJECT_MAX 40
#define QUANTIFIERS_MAX 4

struct input {
    const char *pattern, *replacement, *subject;
    size_t pattern_len, replacement_len, subject_len;
};

/* All matches of gmatch, joined: one text for both sides. */
static const char ALL[] = "local s, p = ...\n"
                          "local t, n = '', 0\n"
                          "for a, b in string.gmatch(s, p) do\n"
                          "  t = t .. tostring(a) .. '|' .. tostring(b) .. ';'\n"
                          "end\n"
                          "return t\n";

static lua_State *stock(void) {
    static lua_State *L;
    if (!L) {
        L = luaL_newstate();
        luaL_openlibs(L);
    }
    return L;
}

static int sandbox(lua_State *L) {
    epo_lua_sandbox(L);
    return 0;
}

static lua_State *boxed(void) {
    static struct epo_lua_box box = {.memory_max = 64 << 20};
    if (!box.main) {
        box.main = lua_newstate(epo_lua_allocate, &box);
        *(struct epo_lua_box **)lua_getextraspace(box.main) = &box;
        lua_pushcfunction(box.main, sandbox);
        if (lua_pcall(box.main, 0, 0, 0) != LUA_OK)
            abort();
    }
    return box.main;
}

/* Runs one function; its results stay on the stack above 0. */
static int run(lua_State *L, const char *name, const struct input *input) {
    lua_settop(L, 0);
    if (strcmp(name, "gmatch") == 0) {
        if (luaL_loadbuffer(L, ALL, sizeof ALL - 1, "=all") != LUA_OK)
            abort();
    } else {
        lua_getglobal(L, "string");
        lua_getfield(L, -1, name);
        lua_remove(L, -2);
    }
    lua_pushlstring(L, input->subject, input->subject_len);
    lua_pushlstring(L, input->pattern, input->pattern_len);
    if (strcmp(name, "gsub") == 0)
        lua_pushlstring(L, input->replacement, input->replacement_len);
    return lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
}

static void differ(const char *name, const struct input *input, lua_State *a, lua_State *b) {
    fprintf(stderr, "%s(\"%.*s\", \"%.*s\") differs: stock %s, box %s\n", name,
            (int)input->subject_len, input->subject, (int)input->pattern_len, input->pattern,
            lua_gettop(a) ? luaL_tolstring(a, -1, NULL) : "nothing",
            lua_gettop(b) ? luaL_tolstring(b, -1, NULL) : "nothing");
    abort();
}

static void compare(const char *name, const struct input *input) {
    lua_State *a = stock(), *b = boxed();
    if (run(a, name, input) != run(b, name, input) || lua_gettop(a) != lua_gettop(b))
        differ(name, input, a, b);
    for (int i = 1; i <= lua_gettop(a); i++) {
        size_t a_len, b_len;
        lua_pushvalue(a, i);
        lua_pushvalue(b, i);
        const char *x = luaL_tolstring(a, -1, &a_len), *y = luaL_tolstring(b, -1, &b_len);
        if (lua_type(a, i) != lua_type(b, i) || a_len != b_len || memcmp(x, y, a_len) != 0)
            differ(name, input, a, b);
        lua_pop(a, 2);
        lua_pop(b, 2);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    static const char *const NAMES[] = {"find", "match", "gmatch", "gsub"};
    int quantifiers = 0;
    if (len < 2)
        return 0;
    struct input input = {.pattern = (const char *)bytes + 2};
    size_t left = len - 2;
    input.pattern_len = bytes[0] % (PATTERN_MAX + 1);
    input.pattern_len = input.pattern_len < left ? input.pattern_len : left;
    left -= input.pattern_len;
    input.replacement = input.pattern + input.pattern_len;
    input.replacement_len = bytes[1] % (REPLACEMENT_MAX + 1);
    input.replacement_len = input.replacement_len < left ? input.replacement_len : left;
    left -= input.replacement_len;
    input.subject = input.replacement + input.replacement_len;
    input.subject_len = left < SUBJECT_MAX ? left : SUBJECT_MAX;
    for (size_t i = 0; i < input.pattern_len; i++)
        quantifiers += strchr("*+-?", input.pattern[i]) != NULL;
    if (quantifiers > QUANTIFIERS_MAX)
        return 0;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        compare(NAMES[i], &input);
    return 0;
}
