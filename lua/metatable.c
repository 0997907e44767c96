/* setmetatable: a table gets a copy of the script's metatable, of which only what a script needs.
 * A finaliser (__gc) would run where no hook can end it. Weak tables (__mode) make the collector go
 * over them again for each link of a chain of keys, seconds on end, and no hook runs in it; and
 * that member may be added to a metatable that is in use already. */
#include "box.h"

#define COPIES_MAX 200 /* then a new set is begun: it holds what it names */

/* Keys by address. In the registry: copies by the script's metatable; in a copy: it is one. */
static const char COPIES, IS_COPY;

static const char *const MEMBERS[] = {
    "__index", "__newindex", "__call", "__name", "__tostring", "__len",  "__pairs",
    "__close", "__eq",       "__lt",   "__le",   "__add",      "__sub",  "__mul",
    "__div",   "__mod",      "__pow",  "__unm",  "__idiv",     "__band", "__bor",
    "__bxor",  "__shl",      "__shr",  "__bnot", "__concat",   NULL};
static const char *const REFUSED[] = {"__gc", "__mode", NULL};

void epo_lua_open_metatables(lua_State *L) {
    epo_lua_box_of(L)->copies = 0;
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &COPIES);
}

/* Stack index 2: the script's metatable. Pushes its copy: the one made before, or a fresh one. */
static void push_copy(lua_State *L) {
    struct epo_lua_box *box = epo_lua_box_of(L);
    if (box->copies >= COPIES_MAX)
        epo_lua_open_metatables(L);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &COPIES);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, -2) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, 2);
        lua_pushvalue(L, -2);
        lua_rawset(L, -4);
        box->copies++;
    }
    lua_remove(L, -2);
}

/* Stack -1: the copy. */
static void fill(lua_State *L) {
    for (int i = 0; MEMBERS[i]; i++) {
        lua_pushstring(L, MEMBERS[i]);
        lua_pushvalue(L, -1);
        lua_rawget(L, 2);
        lua_rawset(L, -3);
    }
    lua_pushliteral(L, "__metatable");
    lua_pushvalue(L, -1);
    bool open = lua_rawget(L, 2) == LUA_TNIL;
    if (open) { /* getmetatable gives what the script gave */
        lua_pop(L, 1);
        lua_pushvalue(L, 2);
    }
    lua_rawset(L, -3);
    lua_pushboolean(L, open);
    lua_rawsetp(L, -2, &IS_COPY);
}

static bool is_protected(lua_State *L) {
    if (!lua_getmetatable(L, 1))
        return false;
    lua_rawgetp(L, -1, &IS_COPY);
    bool open = lua_toboolean(L, -1);
    lua_pop(L, 2);
    return !open;
}

int epo_lua_setmetatable(lua_State *L) {
    int type = lua_type(L, 2);
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
    lua_settop(L, 2);
    if (is_protected(L))
        return luaL_error(L, "cannot change a protected metatable");
    for (int i = 0; type == LUA_TTABLE && REFUSED[i]; i++) {
        lua_pushstring(L, REFUSED[i]);
        if (lua_rawget(L, 2) != LUA_TNIL)
            return luaL_error(L, "%s is not available to agendas", REFUSED[i]);
        lua_pop(L, 1);
    }
    if (type == LUA_TTABLE) {
        push_copy(L);
        fill(L);
    }
    lua_setmetatable(L, 1); /* or nil */
    lua_settop(L, 1);
    return 1;
}
