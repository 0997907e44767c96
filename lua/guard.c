/* pcall, xpcall and coroutines that let the end of a budget through, and the few base functions
 * that would open the box. */
#include "box.h"

/* Not for the script to catch: the budget's end. LUA_ERRMEM means that collecting did not help. */
static bool is_over(lua_State *L, int status) {
    struct epo_lua_box *box = epo_lua_box_of(L);
    if (status == LUA_ERRMEM && !box->dead)
        box->dead = EPO_LUA_NO_MEMORY;
    return box->dead != EPO_LUA_ALIVE;
}

static int finish_pcall(lua_State *L, int status, lua_KContext extra) {
    if (is_over(L, status))
        return epo_lua_raise_dead(L);
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_pushboolean(L, 0);
        lua_pushvalue(L, -2);
        return 2;
    }
    return lua_gettop(L) - (int)extra;
}

static int guarded_pcall(lua_State *L) {
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1); /* the first result when all goes well */
    lua_insert(L, 1);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish_pcall);
    return finish_pcall(L, status, 0);
}

/* Upvalue 1: the script's handler. Called for the end of the budget it would run inside the hook,
 * where no other hook can end it. */
static int handle(lua_State *L) {
    if (epo_lua_box_of(L)->dead)
        return 1;
    lua_settop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 1, 1);
    return 1;
}

static int guarded_xpcall(lua_State *L) {
    int arguments = lua_gettop(L) - 2;
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, handle, 1);
    lua_replace(L, 2);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2); /* below the arguments: true, function */
    int status = lua_pcallk(L, arguments, LUA_MULTRET, 2, 2, finish_pcall);
    return finish_pcall(L, status, 2);
}

static int guarded_rawset(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkany(L, 2);
    luaL_checkany(L, 3);
    if (epo_lua_is_frozen(L, 1))
        return luaL_error(L, "a library cannot be changed");
    lua_settop(L, 3);
    lua_rawset(L, 1);
    return 1;
}

const luaL_Reg EPO_LUA_GUARDS[] = {
    {"pcall", guarded_pcall},
    {"xpcall", guarded_xpcall},
    {"setmetatable", epo_lua_setmetatable},
    {"rawset", guarded_rawset},
    {NULL, NULL},
};

/* ---- coroutines ---- */

static lua_State *check_coroutine(lua_State *L) {
    lua_State *coroutine = lua_tothread(L, 1);
    luaL_argexpected(L, coroutine, 1, "thread");
    return coroutine;
}

static int create(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *coroutine = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, coroutine, 1);
    return 1;
}

/* Results or one message moved to L; -1 for a message. */
static int run(lua_State *L, lua_State *coroutine, int arguments) {
    struct epo_lua_box *box = epo_lua_box_of(L);
    int results;
    if (!lua_checkstack(coroutine, arguments)) {
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    lua_xmove(L, coroutine, arguments);
    box->current = coroutine; /* the signal must find the one that runs */
    int status = lua_resume(coroutine, L, arguments, &results);
    box->current = L;
    if (is_over(L, status))
        return epo_lua_raise_dead(L);
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_xmove(coroutine, L, 1);
        return -1;
    }
    if (!lua_checkstack(L, results + 1)) {
        lua_pop(coroutine, results);
        lua_pushliteral(L, "too many results to resume");
        return -1;
    }
    lua_xmove(coroutine, L, results);
    return results;
}

static int resume(lua_State *L) {
    lua_State *coroutine = check_coroutine(L);
    int results = run(L, coroutine, lua_gettop(L) - 1);
    lua_pushboolean(L, results >= 0);
    lua_insert(L, results < 0 ? -2 : -(results + 1));
    return results < 0 ? 2 : results + 1;
}

static int yield(lua_State *L) {
    return lua_yield(L, lua_gettop(L));
}

static int status_of(lua_State *L) {
    lua_State *coroutine = check_coroutine(L);
    lua_Debug about;
    const char *word = "dead";
    if (coroutine == L)
        word = "running";
    else if (lua_status(coroutine) == LUA_YIELD)
        word = "suspended";
    else if (lua_status(coroutine) == LUA_OK && lua_getstack(coroutine, 0, &about))
        word = "normal"; /* it resumed another one */
    else if (lua_status(coroutine) == LUA_OK && lua_gettop(coroutine) > 0)
        word = "suspended"; /* not begun */
    lua_pushstring(L, word);
    return 1;
}

static int is_yieldable(lua_State *L) {
    lua_pushboolean(L, lua_isyieldable(L));
    return 1;
}

static int running(lua_State *L) {
    int main = lua_pushthread(L);
    lua_pushboolean(L, main);
    return 2;
}

const luaL_Reg EPO_LUA_COROUTINE[] = {
    {"create", create},
    {"resume", resume},
    {"yield", yield},
    {"status", status_of},
    {"isyieldable", is_yieldable},
    {"running", running},
    {NULL, NULL},
};
