/* `call`: the handle of one hook call. Its fields are read on first use and kept with the handle;
 * a handle kept beyond its call raises. */
#include "box.h"

#include <string.h>

#define CALL "epo.call"

const char EPO_LUA_NEW_NUMBER = 0;

/* Parts of the call's tree that are fields of call. */
static const char *const FIELDS[] = {
    "answers", "place",   "facts",  "values",      "parameters",   "case",
    "request", "account", "today",  "now_us",      "lang",         "form",
    "agenda",  "person",  "period", "period_from", "period_until", NULL};

struct epo_lua_box *epo_lua_check_call(lua_State *L, int index) {
    const lua_Integer *id = luaL_checkudata(L, index, CALL);
    struct epo_lua_box *box = epo_lua_box_of(L);
    if (!box->call || *id != box->call_id)
        luaL_error(L, "this call has ended: `call` is good only until its hook returns");
    return box;
}

int epo_lua_check_rc(lua_State *L, int index) {
    static const char *const WORDS[] = {"ok",       "bad_input", "denied", "not_found",
                                        "conflict", "busy",      "broken", NULL};
    if (lua_isinteger(L, index)) {
        lua_Integer rc = lua_tointeger(L, index);
        luaL_argcheck(L, rc >= EPO_RC_OK && rc <= EPO_RC_BROKEN, index, "no such rc");
        return (int)rc;
    }
    return luaL_checkoption(L, index, NULL, WORDS);
}

static void push_item(lua_State *L, struct epo_lua_box *box, const char *path) {
    epo_item item = box->host->get(box->call, path);
    switch (item.kind) {
    case EPO_KIND_BOOLEAN:
        lua_pushboolean(L, item.integer != 0);
        break;
    case EPO_KIND_INTEGER:
        lua_pushinteger(L, item.integer);
        break;
    case EPO_KIND_REAL:
        lua_pushnumber(L, item.real);
        break;
    case EPO_KIND_TEXT:
        lua_pushlstring(L, item.text.at, item.text.len);
        break;
    case EPO_KIND_ARRAY:
    case EPO_KIND_OBJECT:
        epo_lua_push_json(L, box->host->json(box->call, path));
        break;
    default:
        lua_pushnil(L);
    }
}

static int get(lua_State *L) {
    struct epo_lua_box *box = epo_lua_check_call(L, 1);
    push_item(L, box, luaL_checkstring(L, 2));
    return 1;
}

/* Upvalue 1: the methods. */
static int index_call(lua_State *L) {
    struct epo_lua_box *box = epo_lua_check_call(L, 1);
    const char *name = luaL_checkstring(L, 2);
    bool is_record = strcmp(name, "record") == 0; /* a field in assess, else the method */
    if (is_record && box->host->get(box->call, name).kind == EPO_KIND_OBJECT) {
        push_item(L, box, name);
        epo_lua_make_record(L);
        return 1;
    }
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    if (strcmp(name, "new_number") == 0) {
        lua_pushlightuserdata(L, (void *)&EPO_LUA_NEW_NUMBER);
        return 1;
    }
    lua_getiuservalue(L, 1, 1); /* fields read before */
    lua_pushvalue(L, 2);
    if (lua_rawget(L, -2) != LUA_TNIL)
        return 1;
    for (size_t i = 0; FIELDS[i]; i++)
        if (strcmp(name, FIELDS[i]) == 0) {
            push_item(L, box, name);
            lua_pushvalue(L, 2);
            lua_pushvalue(L, -2);
            lua_rawset(L, -5);
            return 1;
        }
    return luaL_error(L, "call has no '%s'", name);
}

static int refuse_change(lua_State *L) {
    return luaL_error(L, "call cannot be changed: use call:set(path, value)");
}

void epo_lua_open_call(lua_State *L) {
    static const luaL_Reg READING[] = {{"get", get}, {NULL, NULL}};
    luaL_newmetatable(L, CALL);
    lua_newtable(L);
    luaL_setfuncs(L, READING, 0);
    luaL_setfuncs(L, EPO_LUA_RESULT, 0);
    luaL_setfuncs(L, EPO_LUA_WORDS, 0);
    luaL_setfuncs(L, EPO_LUA_TABLES, 0);
    luaL_setfuncs(L, EPO_LUA_PLACES, 0);
    luaL_setfuncs(L, EPO_LUA_REGISTERS, 0);
    lua_pushcclosure(L, index_call, 1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse_change);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}

void epo_lua_push_call(lua_State *L) {
    lua_Integer *id = lua_newuserdatauv(L, sizeof *id, 1);
    *id = epo_lua_box_of(L)->call_id;
    lua_newtable(L);
    lua_setiuservalue(L, -2, 1);
    luaL_setmetatable(L, CALL);
}
