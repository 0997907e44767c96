/* call:query and call:write: statements that the manifest declares. */
#include "box.h"

#include <string.h>

#define VALUES_MAX 60

/* Arguments 3 … top as values of a statement. Texts stay on the stack as long as they are used. */
static size_t take_values(lua_State *L, epo_item *items) {
    int count = lua_gettop(L) - 2;
    luaL_argcheck(L, count <= VALUES_MAX, VALUES_MAX + 3, "too many values");
    for (int i = 0; i < count; i++) {
        int index = i + 3;
        memset(&items[i], 0, sizeof items[i]);
        switch (lua_type(L, index)) {
        case LUA_TNIL:
            items[i].kind = EPO_KIND_NULL;
            break;
        case LUA_TBOOLEAN:
            items[i].kind = EPO_KIND_BOOLEAN;
            items[i].integer = lua_toboolean(L, index);
            break;
        case LUA_TNUMBER:
            items[i].kind = lua_isinteger(L, index) ? EPO_KIND_INTEGER : EPO_KIND_REAL;
            items[i].integer = lua_tointeger(L, index);
            items[i].real = lua_tonumber(L, index);
            break;
        case LUA_TSTRING:
            items[i].kind = EPO_KIND_TEXT;
            items[i].text.at = lua_tolstring(L, index, &items[i].text.len);
            break;
        default:
            luaL_argcheck(L, lua_touserdata(L, index) == (void *)&EPO_LUA_NEW_NUMBER, index,
                          "text, number, boolean or nil expected");
            items[i].kind = EPO_KIND_NEW_NUMBER;
        }
    }
    return (size_t)(count < 0 ? 0 : count);
}

static void push_column(lua_State *L, const epo_item *item) {
    switch (item->kind) {
    case EPO_KIND_INTEGER:
        lua_pushinteger(L, item->integer);
        break;
    case EPO_KIND_REAL:
        lua_pushnumber(L, item->real);
        break;
    case EPO_KIND_TEXT:
        lua_pushlstring(L, item->text.at, item->text.len);
        break;
    default:
        lua_pushnil(L);
    }
}

/* Stack -1: the names of the columns. Pushes one row, by name and by position. */
static void push_row(lua_State *L, const epo_host *host, epo_result *rows) {
    int names = lua_gettop(L), columns = (int)lua_rawlen(L, names);
    lua_createtable(L, columns, columns);
    for (int i = 0; i < columns; i++) {
        epo_item item = host->column(rows, i);
        push_column(L, &item);
        lua_rawgeti(L, names, i + 1);
        lua_pushvalue(L, -2);
        lua_rawset(L, -4);
        lua_rawseti(L, -2, i + 1);
    }
}

static int query(lua_State *L) {
    struct epo_lua_box *box = epo_lua_check_call(L, 1);
    const epo_host *host = box->host;
    const char *statement = luaL_checkstring(L, 2);
    epo_item items[VALUES_MAX];
    size_t count = take_values(L, items);
    epo_result *rows = host->query(box->call, statement, items, count);
    if (!rows)
        return luaL_error(L, "the statement '%s' was refused", statement);
    lua_newtable(L);
    lua_newtable(L);
    for (lua_Integer i = 1; host->next(rows); i++) {
        epo_lua_check_alive(L, box);
        for (int column = 0; i == 1; column++) { /* names are known once there is a row */
            epo_str name = host->column_name(rows, column);
            if (name.len == 0)
                break;
            lua_pushlstring(L, name.at, name.len);
            lua_rawseti(L, -2, column + 1);
        }
        push_row(L, host, rows);
        lua_rawseti(L, -3, i);
    }
    lua_pop(L, 1);
    return 1;
}

static int write_row(lua_State *L) {
    struct epo_lua_box *box = epo_lua_check_call(L, 1);
    const char *statement = luaL_checkstring(L, 2);
    epo_item items[VALUES_MAX];
    size_t count = take_values(L, items);
    if (box->host->write(box->call, statement, items, count) != EPO_RC_OK)
        return luaL_error(L, "the statement '%s' was refused", statement);
    return 0;
}

const luaL_Reg EPO_LUA_TABLES[] = {
    {"query", query},
    {"write", write_row},
    {NULL, NULL},
};
