/* call:set, call:explain, call:fail: what a hook answers. */
#include "box.h"

#include <string.h>

static int refused(lua_State *L, const char *path) {
    return luaL_error(L, "the result cannot be set at '%s'", path);
}

void epo_lua_set_result(lua_State *L, struct epo_lua_box *box, const char *path, int index) {
    const epo_host *host = box->host;
    epo_str text;
    int rc;
    index = lua_absindex(L, index);
    switch (lua_type(L, index)) {
    case LUA_TBOOLEAN:
        rc = host->set_boolean(box->call, path, lua_toboolean(L, index));
        break;
    case LUA_TNUMBER:
        rc = lua_isinteger(L, index) ? host->set_integer(box->call, path, lua_tointeger(L, index))
                                     : host->set_real(box->call, path, lua_tonumber(L, index));
        break;
    case LUA_TSTRING:
        text.at = lua_tolstring(L, index, &text.len);
        rc = host->set_text(box->call, path, text);
        break;
    default:
        epo_lua_to_json(L, index);
        text.at = lua_tolstring(L, -1, &text.len);
        rc = host->set_json(box->call, path, text);
        lua_pop(L, 1);
    }
    if (rc != EPO_RC_OK)
        refused(L, path);
}

static int set(lua_State *L) {
    struct epo_lua_box *box = epo_lua_check_call(L, 1);
    const char *path = luaL_checkstring(L, 2);
    luaL_checkany(L, 3);
    epo_lua_set_result(L, box, path, 3);
    return 0;
}

static int explain(lua_State *L) {
    struct epo_lua_box *box = epo_lua_check_call(L, 1);
    epo_str text;
    luaL_checkstring(L, 2);
    if (!lua_isnoneornil(L, 3))
        luaL_checktype(L, 3, LUA_TTABLE);
    lua_settop(L, 3);
    lua_newtable(L);
    lua_pushvalue(L, 2);
    lua_setfield(L, -2, "key");
    lua_pushvalue(L, 3);
    lua_setfield(L, -2, "values");
    epo_lua_to_json(L, -1);
    text.at = lua_tolstring(L, -1, &text.len);
    const char *path = lua_pushfstring(L, "explain.%d", box->explained);
    if (box->host->set_json(box->call, path, text) != EPO_RC_OK)
        return refused(L, path);
    box->explained++;
    return 0;
}

static int fail(lua_State *L) {
    struct epo_lua_box *box = epo_lua_check_call(L, 1);
    int rc = epo_lua_check_rc(L, 2);
    const char *path = luaL_optstring(L, 3, ""), *code = luaL_optstring(L, 4, "");
    epo_str text;
    luaL_argcheck(L, rc != EPO_RC_OK, 2, "'ok' is no failure");
    text.at = luaL_optlstring(L, 5, "", &text.len);
    lua_pushinteger(L, box->host->fail(box->call, rc, path, code, text));
    return 1;
}

const luaL_Reg EPO_LUA_RESULT[] = {
    {"set", set},
    {"explain", explain},
    {"fail", fail},
    {NULL, NULL},
};
