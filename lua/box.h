/* One Lua state with its limits. A state is used by one thread at a time; a script has as many as
 * there are calls at once. */
#ifndef EPO_LUA_BOX_H
#define EPO_LUA_BOX_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <signal.h>
#include <stdbool.h>

#include "epo.h"

enum epo_lua_dead {
    EPO_LUA_ALIVE = 0,
    EPO_LUA_NO_TIME,  /* the CPU budget of the call is spent */
    EPO_LUA_NO_MEMORY /* the allocator refused, and collecting did not help */
};

struct epo_lua_box {
    lua_State *main;
    lua_State *volatile current; /* the coroutine that runs: where the signal arms its hook */
    volatile sig_atomic_t dead;  /* enum epo_lua_dead; once set, nothing in the state goes on */
    size_t memory_used, memory_max;
    unsigned cpu_ms;
    bool told;                   /* the end of the budget was raised at least once */
    char where[LUA_IDSIZE + 16]; /* "file:line: " of it */
    const epo_host *host;
    epo_call *call;       /* of the hook that runs, else NULL */
    lua_Integer call_id;  /* counts calls: a handle of an ended one is told by it */
    int hooks, explained; /* registry reference of the script's table; lines so far */
    int copies;           /* of metatables, held so that each is made once */
    struct epo_lua_box *next;
};

/* The box of a state or of any coroutine in it. */
static inline struct epo_lua_box *epo_lua_box_of(lua_State *L) {
    return *(struct epo_lua_box **)lua_getextraspace(L);
}

/* limit.c */
void *epo_lua_allocate(void *box, void *at, size_t old_size, size_t new_size);
/* From here on the budget runs; on the calling thread. False: no timer could be made. */
bool epo_lua_arm(struct epo_lua_box *box);
void epo_lua_disarm(struct epo_lua_box *box);
/* Raises the error of a dead box with file and line. */
int epo_lua_raise_dead(lua_State *L);
/* The same in words. */
void epo_lua_describe_dead(const struct epo_lua_box *box, char *text, size_t room);
/* For loops in C that a script can make long. */
static inline void epo_lua_check_alive(lua_State *L, const struct epo_lua_box *box) {
    if (box->dead)
        epo_lua_raise_dead(L);
}

/* sandbox.c: what a script may name, as the globals of the state. In a protected call. */
void epo_lua_sandbox(lua_State *L);
/* Stack -1: a table of functions. In its place a read-only view of it. */
void epo_lua_freeze(lua_State *L);
bool epo_lua_is_frozen(lua_State *L, int index);
/* metatable.c */
int epo_lua_setmetatable(lua_State *L);
/* Once for each state. */
void epo_lua_open_metatables(lua_State *L);
/* A function of the standard library as it came: to be called in the caller's own frame. */
lua_CFunction epo_lua_standard(lua_State *L, const char *library, const char *name);
/* The functions that replace or join the standard ones; NULL-terminated. */
extern const luaL_Reg EPO_LUA_GUARDS[], EPO_LUA_COROUTINE[], EPO_LUA_STRING[], EPO_LUA_TABLE[];
/* lib_days.c */
extern const luaL_Reg EPO_LUA_DAYS[];

/* match.c: Lua patterns, checked for the end of the budget at every step. */
#define EPO_LUA_CAPTURES_MAX 32
struct epo_lua_match {
    lua_State *L;
    const struct epo_lua_box *box;
    const char *start, *end; /* the subject */
    const char *pattern_end;
    int depth;
    int level; /* captures so far, open or closed */
    struct {
        const char *at;
        ptrdiff_t len; /* or one of the two below */
    } captures[EPO_LUA_CAPTURES_MAX];
};
#define EPO_LUA_CAPTURE_OPEN (-1)
#define EPO_LUA_CAPTURE_POSITION (-2)
/* The end of the match of the pattern at `at`, or NULL. Forgets earlier captures. */
const char *epo_lua_match_at(struct epo_lua_match *match, const char *at, const char *pattern);
/* Pushes capture i (0 the first), or the whole match where there are none. */
void epo_lua_push_capture(struct epo_lua_match *match, int i, const char *at, const char *end);
/* Pushes all, or the whole match where whole is set and there are none. Returns how many. */
int epo_lua_push_captures(struct epo_lua_match *match, const char *at, const char *end, bool whole);

/* json.c */
/* Pushes the value of JSON text made by the host (always well formed); null is nil. */
void epo_lua_push_json(lua_State *L, epo_str text);
/* Pushes JSON text of the value at index; raises on what JSON cannot say. */
void epo_lua_to_json(lua_State *L, int index);

/* bind_*.c: methods of `call`, by noun. */
extern const luaL_Reg EPO_LUA_RESULT[], EPO_LUA_WORDS[], EPO_LUA_TABLES[], EPO_LUA_PLACES[],
    EPO_LUA_REGISTERS[];
/* bind_registers.c: stack -1, call.record of assess, can be called like the method. */
void epo_lua_make_record(lua_State *L);
/* bind_call.c: makes the metatable of call; pushes a handle for the box's present call. */
void epo_lua_open_call(lua_State *L);
void epo_lua_push_call(lua_State *L);
/* The box whose call is the handle at index; raises where that call has ended. */
struct epo_lua_box *epo_lua_check_call(lua_State *L, int index);
/* An rc by number or word at index; raises otherwise. */
int epo_lua_check_rc(lua_State *L, int index);
/* Sets a part of the result from the value at index. */
void epo_lua_set_result(lua_State *L, struct epo_lua_box *box, const char *path, int index);
/* Its address as a value of write: the number a request is being given. */
extern const char EPO_LUA_NEW_NUMBER;

#endif
