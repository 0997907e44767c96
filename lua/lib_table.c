/* table.insert, remove and sort: the standard ones loop in C as long as __len says, which a script
 * may answer as it likes. */
#include "box.h"

static lua_Integer length(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    return luaL_len(L, 1);
}

static int insert(lua_State *L) {
    const struct epo_lua_box *box = epo_lua_box_of(L);
    lua_Integer last = length(L), at = (lua_Integer)((lua_Unsigned)last + 1);
    if (lua_gettop(L) == 3) {
        lua_Integer wanted = luaL_checkinteger(L, 2);
        luaL_argcheck(L, (lua_Unsigned)wanted - 1u < (lua_Unsigned)at, 2, "position out of bounds");
        for (lua_Integer i = at; i > wanted; i--) {
            epo_lua_check_alive(L, box);
            lua_geti(L, 1, i - 1);
            lua_seti(L, 1, i);
        }
        at = wanted;
    } else if (lua_gettop(L) != 2) {
        return luaL_error(L, "wrong number of arguments to 'insert'");
    }
    lua_seti(L, 1, at);
    return 0;
}

static int remove_at(lua_State *L) {
    const struct epo_lua_box *box = epo_lua_box_of(L);
    lua_Integer last = length(L), at = luaL_optinteger(L, 2, last);
    if (at != last)
        luaL_argcheck(L, (lua_Unsigned)at - 1u <= (lua_Unsigned)last, 2, "position out of bounds");
    lua_geti(L, 1, at);
    for (; at < last; at++) {
        epo_lua_check_alive(L, box);
        lua_geti(L, 1, at + 1);
        lua_seti(L, 1, at);
    }
    lua_pushnil(L);
    lua_seti(L, 1, at);
    return 1;
}

/* As a function of its own it is an event for the hook: comparing long texts can be ended. */
static int less(lua_State *L) {
    epo_lua_check_alive(L, epo_lua_box_of(L));
    lua_pushboolean(L, lua_compare(L, 1, 2, LUA_OPLT));
    return 1;
}

static int sort(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_isnoneornil(L, 2))
        luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_getfield(L, -1, LUA_TABLIBNAME);
    lua_getfield(L, -1, "sort");
    lua_pushvalue(L, 1);
    if (lua_isnil(L, 2))
        lua_pushcfunction(L, less);
    else
        lua_pushvalue(L, 2);
    lua_call(L, 2, 0);
    return 0;
}

const luaL_Reg EPO_LUA_TABLE[] = {
    {"insert", insert},
    {"remove", remove_at},
    {"sort", sort},
    {NULL, NULL},
};
