/* call:record_put, call:record_end, call:ledger_post; call:record, call:records, call:ledger: the
 * agenda's registers, as tables. */
#include "box.h"

/* The JSON text of the table at index 2; without one, of an empty object. Left on the stack. */
static epo_str take_table(lua_State *L) {
    epo_str text = {"{}", 2};
    if (lua_isnoneornil(L, 2))
        return text;
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_pushnil(L);
    if (lua_next(L, 2) == 0) /* an empty table is an empty list in JSON */
        return text;
    lua_pop(L, 2);
    epo_lua_to_json(L, 2);
    text.at = lua_tolstring(L, -1, &text.len);
    return text;
}

static int record_put(lua_State *L) {
    struct epo_lua_box *box = epo_lua_check_call(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    if (box->host->record_put(box->call, take_table(L)) != EPO_RC_OK)
        return luaL_error(L, "the record was refused");
    return 0;
}

static int record_end(lua_State *L) {
    struct epo_lua_box *box = epo_lua_check_call(L, 1);
    if (box->host->record_end(box->call, luaL_checkstring(L, 2), luaL_checkstring(L, 3)) !=
        EPO_RC_OK)
        return luaL_error(L, "the end of the record was refused");
    return 0;
}

static int ledger_post(lua_State *L) {
    struct epo_lua_box *box = epo_lua_check_call(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    if (box->host->ledger_post(box->call, take_table(L)) != EPO_RC_OK)
        return luaL_error(L, "the entry was refused");
    return 0;
}

static int ledger_assess(lua_State *L) {
    struct epo_lua_box *box = epo_lua_check_call(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    if (box->host->ledger_assess(box->call, take_table(L)) != EPO_RC_OK)
        return luaL_error(L, "the assessment was refused");
    return 0;
}

static int record(lua_State *L) {
    struct epo_lua_box *box = epo_lua_check_call(L, 1);
    epo_lua_push_json(L, box->host->record(box->call, luaL_checkstring(L, 2)));
    return 1;
}

/* null: the host has noted why. */
static int push_list(lua_State *L, epo_str list, const char *what) {
    epo_lua_push_json(L, list);
    return lua_isnil(L, -1) ? luaL_error(L, "%s cannot be read here", what) : 1;
}

static int records(lua_State *L) {
    struct epo_lua_box *box = epo_lua_check_call(L, 1);
    return push_list(L, box->host->records(box->call, take_table(L)), "the records");
}

static int ledger(lua_State *L) {
    struct epo_lua_box *box = epo_lua_check_call(L, 1);
    return push_list(L, box->host->ledger(box->call, take_table(L)), "the ledger");
}

/* call.record of assess is the record, and still call:record(key) reads another. */
static int call_record(lua_State *L) {
    lua_remove(L, 1);
    return record(L);
}

void epo_lua_make_record(lua_State *L) {
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, call_record);
    lua_setfield(L, -2, "__call");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
}

const luaL_Reg EPO_LUA_REGISTERS[] = {
    {"record_put", record_put},   {"record_end", record_end},
    {"ledger_post", ledger_post}, {"ledger_assess", ledger_assess},
    {"record", record},           {"records", records},
    {"ledger", ledger},           {NULL, NULL},
};
