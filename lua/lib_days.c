/* The table `days`: reckoning with "YYYY-MM-DD", done by the host. */
#include "box.h"

#include <stdlib.h>

static epo_str day_at(lua_State *L, int index) {
    epo_str day;
    day.at = luaL_checklstring(L, index, &day.len);
    return day;
}

static int push_day(lua_State *L, int rc, const char *day) {
    if (rc != EPO_RC_OK)
        return luaL_error(L, "no day of the years 1 to 9999, or too far from it: '%s'",
                          lua_tostring(L, 1));
    lua_pushstring(L, day);
    return 1;
}

static int64_t number_at(lua_State *L, int index) {
    int64_t number = 0;
    if (epo_lua_box_of(L)->host->day_number(day_at(L, index), &number) != EPO_RC_OK)
        luaL_error(L, "'%s' is no day: YYYY-MM-DD is one", lua_tostring(L, index));
    return number;
}

static int add(lua_State *L) {
    char out[EPO_DAY_SIZE];
    int64_t count = luaL_checkinteger(L, 2);
    return push_day(L, epo_lua_box_of(L)->host->day_add(day_at(L, 1), 0, count, out), out);
}

static int add_months(lua_State *L) {
    char out[EPO_DAY_SIZE];
    int64_t count = luaL_checkinteger(L, 2);
    return push_day(L, epo_lua_box_of(L)->host->day_add(day_at(L, 1), count, 0, out), out);
}

static int working(lua_State *L) {
    char out[EPO_DAY_SIZE];
    int64_t after = luaL_optinteger(L, 2, 0);
    return push_day(L, epo_lua_box_of(L)->host->day_working(day_at(L, 1), after, out), out);
}

static int between(lua_State *L) {
    lua_pushinteger(L, number_at(L, 2) - number_at(L, 1));
    return 1;
}

static int parts(lua_State *L) {
    number_at(L, 1);
    const char *day = lua_tostring(L, 1);
    lua_pushinteger(L, strtol(day, NULL, 10));
    lua_pushinteger(L, strtol(day + 5, NULL, 10));
    lua_pushinteger(L, strtol(day + 8, NULL, 10));
    return 3;
}

const luaL_Reg EPO_LUA_DAYS[] = {
    {"add", add},         {"add_months", add_months}, {"working", working},
    {"between", between}, {"parts", parts},           {NULL, NULL},
};
