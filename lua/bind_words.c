/* call:text and call:log. */
#include "box.h"

static int text(lua_State *L) {
    struct epo_lua_box *box = epo_lua_check_call(L, 1);
    epo_str found = box->host->text(box->call, luaL_checkstring(L, 2));
    lua_pushlstring(L, found.at, found.len);
    return 1;
}

static int write_log(lua_State *L) {
    static const char *const LEVELS[] = {"debug", "info", "warn", "error", NULL};
    struct epo_lua_box *box = epo_lua_check_call(L, 1);
    int level = luaL_checkoption(L, 2, NULL, LEVELS);
    const char *event = luaL_checkstring(L, 3);
    epo_str said;
    said.at = luaL_optlstring(L, 4, "", &said.len);
    box->host->log(box->call, level, event, said);
    return 0;
}

const luaL_Reg EPO_LUA_WORDS[] = {
    {"text", text},
    {"log", write_log},
    {NULL, NULL},
};
