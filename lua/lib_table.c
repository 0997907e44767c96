/* table.insert, remove, concat, unpack and sort: the standard ones loop in C as long as __len says,
 * which a script may answer as it likes, and one item may be 2,000 __index away. */
#include "box.h"

#include <limits.h>

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

static void add_item(lua_State *L, luaL_Buffer *buffer, lua_Integer i) {
    epo_lua_check_alive(L, epo_lua_box_of(L));
    lua_geti(L, 1, i);
    if (!lua_isstring(L, -1))
        luaL_error(L, "invalid value (%s) at index %I in table for 'concat'", luaL_typename(L, -1),
                   (LUAI_UACINT)i);
    luaL_addvalue(buffer);
}

static int concat(lua_State *L) {
    size_t len;
    lua_Integer last = length(L);
    const char *separator = luaL_optlstring(L, 2, "", &len);
    lua_Integer i = luaL_optinteger(L, 3, 1);
    last = luaL_optinteger(L, 4, last);
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    for (; i < last; i++) {
        add_item(L, &buffer, i);
        luaL_addlstring(&buffer, separator, len);
    }
    if (i == last) /* not counted past: last may be the greatest integer */
        add_item(L, &buffer, i);
    luaL_pushresult(&buffer);
    return 1;
}

static int unpack(lua_State *L) {
    const struct epo_lua_box *box = epo_lua_box_of(L);
    lua_Integer i = luaL_optinteger(L, 2, 1);
    lua_Integer last = lua_isnoneornil(L, 3) ? luaL_len(L, 1) : luaL_checkinteger(L, 3);
    if (i > last)
        return 0;
    lua_Unsigned count = (lua_Unsigned)last - (lua_Unsigned)i;
    if (count >= INT_MAX || !lua_checkstack(L, (int)++count))
        return luaL_error(L, "too many results to unpack");
    for (lua_Unsigned done = 0; done < count; done++) {
        epo_lua_check_alive(L, box);
        lua_geti(L, 1, i + (lua_Integer)done);
    }
    return (int)count;
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
    if (lua_isnil(L, 2)) {
        lua_pushcfunction(L, less);
        lua_replace(L, 2);
    }
    return epo_lua_standard(L, LUA_TABLIBNAME, "sort")(L);
}

const luaL_Reg EPO_LUA_TABLE[] = {
    {"insert", insert}, {"remove", remove_at}, {"concat", concat},
    {"unpack", unpack}, {"sort", sort},        {NULL, NULL},
};
