/* call:locate: what the map says about a point. */
#include "box.h"

static int locate(lua_State *L) {
    struct epo_lua_box *box = epo_lua_check_call(L, 1);
    int rc = box->host->locate(box->call, luaL_checknumber(L, 2), luaL_checknumber(L, 3));
    if (rc == EPO_RC_NOT_FOUND)
        lua_pushnil(L); /* not in the city */
    else if (rc != EPO_RC_OK)
        return luaL_error(L, "the place could not be located");
    else
        epo_lua_push_json(L, box->host->json(box->call, "located"));
    return 1;
}

const luaL_Reg EPO_LUA_PLACES[] = {
    {"locate", locate},
    {NULL, NULL},
};
