/* The names a script may use: an allow-list of the standard ones, some of them replaced. Tables of
 * functions are read-only views, so that a script cannot bend a function for a later call. */
#include "box.h"

/* Keys of the registry, by address. */
static const char FROZEN; /* set of the views */

static const char *const BASE[] = {"assert",   "error",    "getmetatable", "ipairs", "next",
                                   "pairs",    "rawequal", "rawget",       "rawlen", "select",
                                   "tonumber", "tostring", "type",         NULL};
/* Without: dump, pack, unpack, packsize; find, format, gmatch, gsub, match, rep come from
 * lib_string.c. */
static const char *const STRING[] = {"byte",    "char", "len",   "lower",
                                     "reverse", "sub",  "upper", NULL};
/* Without: move; all that read or write items come from lib_table.c. */
static const char *const TABLE[] = {"pack", NULL};
static const char *const MATH[] = {
    "abs",  "acos",   "asin", "atan", "ceil",       "cos",       "deg",        "exp",  "floor",
    "fmod", "huge",   "log",  "max",  "maxinteger", "min",       "mininteger", "modf", "pi",
    "rad",  "random", "sin",  "sqrt", "tan",        "tointeger", "type",       "ult",  NULL};
static const char *const UTF8[] = {"char", "charpattern", "codepoint", "codes",
                                   "len",  "offset",      NULL};

/* Stack -2: from, -1: to. */
static void pick(lua_State *L, const char *const *names) {
    for (; *names; names++) {
        lua_getfield(L, -2, *names);
        lua_setfield(L, -2, *names);
    }
}

static int refuse_change(lua_State *L) {
    return luaL_error(L, "a library cannot be changed");
}

void epo_lua_freeze(lua_State *L) {
    lua_newtable(L); /* the view: empty, all comes through __index */
    lua_newtable(L);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse_change);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &FROZEN);
    lua_pushvalue(L, -2);
    lua_pushboolean(L, 1);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    lua_remove(L, -2);
}

bool epo_lua_is_frozen(lua_State *L, int index) {
    lua_pushvalue(L, index);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &FROZEN);
    lua_insert(L, -2);
    bool frozen = lua_rawget(L, -2) != LUA_TNIL;
    lua_pop(L, 2);
    return frozen;
}

/* A library's allowed names and our own, frozen, as member `name` of the table at -1. */
static void add_library(lua_State *L, const char *name, lua_CFunction open,
                        const char *const *names, const luaL_Reg *own) {
    lua_newtable(L);
    if (open) {
        luaL_requiref(L, name, open, 0);
        lua_insert(L, -2);
        pick(L, names);
        lua_remove(L, -2);
    }
    if (own)
        luaL_setfuncs(L, own, 0);
    if (open == luaopen_string) { /* s:find(…) reaches the same functions, and nobody the table */
        lua_pushliteral(L, "");
        lua_getmetatable(L, -1);
        lua_pushvalue(L, -3);
        lua_setfield(L, -2, "__index");
        lua_pushboolean(L, 0);
        lua_setfield(L, -2, "__metatable");
        lua_pop(L, 2);
    }
    epo_lua_freeze(L);
    lua_setfield(L, -2, name);
}

lua_CFunction epo_lua_standard(lua_State *L, const char *library, const char *name) {
    lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_getfield(L, -1, library);
    lua_getfield(L, -1, name);
    lua_CFunction function = lua_tocfunction(L, -1);
    lua_pop(L, 3);
    return function;
}

void epo_lua_sandbox(lua_State *L) {
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &FROZEN);
    epo_lua_open_metatables(L);
    luaL_requiref(L, "_G", luaopen_base, 0);
    lua_newtable(L);
    pick(L, BASE);
    luaL_setfuncs(L, EPO_LUA_GUARDS, 0);
    add_library(L, "string", luaopen_string, STRING, EPO_LUA_STRING);
    add_library(L, "table", luaopen_table, TABLE, EPO_LUA_TABLE);
    add_library(L, "math", luaopen_math, MATH, NULL);
    add_library(L, "utf8", luaopen_utf8, UTF8, NULL);
    add_library(L, "coroutine", NULL, NULL, EPO_LUA_COROUTINE);
    add_library(L, "days", NULL, NULL, EPO_LUA_DAYS);
    lua_pushliteral(L, LUA_VERSION);
    lua_setfield(L, -2, "_VERSION");
    /* The script's own globals: a fresh table that falls back to the allowed names. */
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "_G");
    lua_newtable(L);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pop(L, 2);
}
