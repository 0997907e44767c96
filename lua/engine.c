/* A script as a plugin: its source is kept, states are made from it on demand, taken for one call
 * and put back. A state whose budget ended is thrown away. */
#include "engine.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "box.h"

#define SOURCE_MAX (256u << 10) /* the parser takes the square of some sources' length */
#define CPU_MS 100u
#define MEMORY_BYTES ((size_t)32 << 20)

static unsigned cpu_ms_now = CPU_MS;
static size_t memory_bytes_now = MEMORY_BYTES;

/* One loaded script. */
struct script {
    epo_plugin plugin;
    const epo_host *host;
    char *name; /* chunk name, "@dog_fee/agenda.lua" */
    char *code; /* the source, and from the first state on what the parser made of it */
    size_t len, memory_max;
    bool compiled;
    unsigned cpu_ms;
    pthread_mutex_t lock;
    struct epo_lua_box *idle;
};

void epo_lua_configure(unsigned cpu_ms, size_t memory_bytes) {
    __atomic_store_n(&cpu_ms_now, cpu_ms ? cpu_ms : CPU_MS, __ATOMIC_RELAXED);
    __atomic_store_n(&memory_bytes_now, memory_bytes ? memory_bytes : MEMORY_BYTES,
                     __ATOMIC_RELAXED);
}

/* ---- hooks by name ---- */

static const char *const HOOKS[] = {"selftest", "compute", "check", "submitted",
                                    "state",    "assess",  NULL};
static const char *const HOOK_TABLES[] = {"pages", "routes", "jobs", NULL};

static bool among(const char *name, const char *const *names) {
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

/* Stack -1: what the chunk returned. Raises unless it is a table of hooks. */
static void check_hooks(lua_State *L) {
    if (!lua_istable(L, -1))
        luaL_error(L, "the script must return a table of hooks, not a %s", luaL_typename(L, -1));
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
        if (among(name, HOOKS)) {
            if (!lua_isfunction(L, -1))
                luaL_error(L, "the hook '%s' must be a function", name);
        } else if (among(name, HOOK_TABLES)) {
            if (!lua_istable(L, -1))
                luaL_error(L, "'%s' must be a table of functions", name);
        } else {
            luaL_error(L, "unknown hook '%s'", name);
        }
        lua_pop(L, 1);
    }
}

static int add_code(lua_State *L, const void *bytes, size_t len, void *arg) {
    struct script *script = arg;
    char *moved = realloc(script->code, script->len + len);
    (void)L;
    if (!moved)
        return 1;
    memcpy(moved + script->len, bytes, len);
    script->code = moved;
    script->len += len;
    return 0;
}

/* Stack -1: the function that the source was. Later states need no parser: it can be made slow, and
 * would be so in the middle of a request. A script itself is always text. */
static void keep_compiled(lua_State *L, struct script *script) {
    struct script compiled = {0};
    if (lua_dump(L, add_code, &compiled, 0) != 0) {
        free(compiled.code);
        luaL_error(L, "there is no memory");
    }
    free(script->code);
    script->code = compiled.code;
    script->len = compiled.len;
    script->compiled = true;
}

/* Protected; argument: the script. Leaves the table of hooks in the registry. */
static int build(lua_State *L) {
    struct script *script = lua_touserdata(L, 1);
    struct epo_lua_box *box = epo_lua_box_of(L);
    epo_lua_sandbox(L);
    epo_lua_open_call(L);
    if (luaL_loadbufferx(L, script->code, script->len, script->name, script->compiled ? "b" : "t"))
        return lua_error(L);
    if (!script->compiled) /* in epo_lua_open: nobody else has the script yet */
        keep_compiled(L, script);
    lua_call(L, 0, 1);
    check_hooks(L);
    box->hooks = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

/* ---- states ---- */

static void box_free(struct epo_lua_box *box) {
    if (box->main)
        lua_close(box->main);
    free(box);
}

/* What an error object says; never runs a __tostring. Of a dead box the object is only the last of
 * several errors. */
static void take_message(struct epo_lua_box *box, int status, char *fault, size_t room) {
    lua_State *L = box->main;
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    if (status == LUA_ERRMEM && !box->dead)
        box->dead = EPO_LUA_NO_MEMORY;
    if (box->dead)
        epo_lua_describe_dead(box, fault, room);
    else if (text)
        snprintf(fault, room, "%s", text);
    else
        snprintf(fault, room, "the script raised a %s as its error", luaL_typename(L, -1));
}

static struct epo_lua_box *box_make(struct script *script, char *fault, size_t room) {
    struct epo_lua_box *box = calloc(1, sizeof *box);
    if (!box) {
        snprintf(fault, room, "there is no memory");
        return NULL;
    }
    box->host = script->host;
    box->memory_max = script->memory_max;
    box->cpu_ms = script->cpu_ms;
    box->hooks = LUA_NOREF;
    box->main = lua_newstate(epo_lua_allocate, box);
    if (!box->main) {
        snprintf(fault, room, "a state does not fit in %zu KiB of memory", box->memory_max >> 10);
        box_free(box);
        return NULL;
    }
    lua_State *L = box->main;
    *(struct epo_lua_box **)lua_getextraspace(L) = box;
    lua_gc(L, LUA_GCINC, 0, 0, 0);
    if (!epo_lua_arm(box)) {
        snprintf(fault, room, "no timer could be made for the script");
        box_free(box);
        return NULL;
    }
    lua_pushcfunction(L, build);
    lua_pushlightuserdata(L, script);
    int status = lua_pcall(L, 1, 0, 0);
    epo_lua_disarm(box);
    if (status != LUA_OK) {
        take_message(box, status, fault, room);
        box_free(box);
        return NULL;
    }
    return box;
}

static struct epo_lua_box *take(struct script *script, char *fault, size_t room) {
    pthread_mutex_lock(&script->lock);
    struct epo_lua_box *box = script->idle;
    if (box)
        script->idle = box->next;
    pthread_mutex_unlock(&script->lock);
    return box ? box : box_make(script, fault, room);
}

/* A state that ended badly, or has grown fat, is not used again. */
static void put_back(struct script *script, struct epo_lua_box *box) {
    if (box->dead || box->memory_used > box->memory_max / 2) {
        box_free(box);
        return;
    }
    lua_settop(box->main, 0);
    pthread_mutex_lock(&script->lock);
    box->next = script->idle;
    script->idle = box;
    pthread_mutex_unlock(&script->lock);
}

/* ---- calling ---- */

struct wanted {
    const char *hook, *name; /* name: of a page, route or job */
};

/* Stack -1: what the hook returned. */
static int read_return(lua_State *L, struct epo_lua_box *box) {
    if (lua_isnil(L, -1))
        return EPO_RC_OK;
    if (!lua_istable(L, -1))
        return epo_lua_check_rc(L, lua_gettop(L));
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "a hook returned a table with a key that is no text");
        epo_lua_set_result(L, box, lua_tostring(L, -2), -1);
        lua_pop(L, 1);
    }
    return EPO_RC_OK;
}

/* Protected; argument: struct wanted. Returns the rc. */
static int invoke(lua_State *L) {
    const struct wanted *wanted = lua_touserdata(L, 1);
    struct epo_lua_box *box = epo_lua_box_of(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, box->hooks);
    lua_pushstring(L, wanted->hook);
    int type = lua_rawget(L, -2);
    if (wanted->name && type == LUA_TTABLE) {
        lua_pushstring(L, wanted->name);
        type = lua_rawget(L, -2);
        if (type == LUA_TNIL)
            return luaL_error(L, "the script has no %s.%s", wanted->hook, wanted->name);
    }
    if (type == LUA_TNIL) {
        lua_pushinteger(L, EPO_RC_OK);
        return 1;
    }
    epo_lua_push_call(L);
    lua_call(L, 1, 1);
    lua_pushinteger(L, read_return(L, box));
    return 1;
}

static const char *code_of(const struct epo_lua_box *box) {
    static const char *const CODES[] = {[EPO_LUA_ALIVE] = "lua.error",
                                        [EPO_LUA_NO_TIME] = "lua.time",
                                        [EPO_LUA_NO_MEMORY] = "lua.memory"};
    return CODES[box ? box->dead : EPO_LUA_ALIVE];
}

static int run_hook(void *self, epo_call *call, const char *hook, const char *name) {
    struct script *script = self;
    struct wanted wanted = {hook, name};
    char fault[600] = "";
    int status = LUA_OK, rc = EPO_RC_BROKEN;
    struct epo_lua_box *box = take(script, fault, sizeof fault);
    if (box) {
        lua_State *L = box->main;
        box->call = call;
        box->call_id++;
        box->explained = 0;
        lua_pushcfunction(L, invoke);
        lua_pushlightuserdata(L, &wanted);
        if (epo_lua_arm(box)) {
            status = lua_pcall(L, 1, 1, 0);
            epo_lua_disarm(box);
        } else {
            status = LUA_ERRRUN;
            snprintf(fault, sizeof fault, "no timer could be made for the script");
        }
        box->call = NULL;
        if (status == LUA_OK && !box->dead) /* else the budget ended with the last instruction */
            rc = (int)lua_tointeger(L, -1);
        else if (!fault[0])
            take_message(box, status, fault, sizeof fault);
    }
    if (fault[0])
        script->host->fail(call, EPO_RC_BROKEN, "", code_of(box), (epo_str){fault, strlen(fault)});
    if (box)
        put_back(script, box);
    return rc;
}

static int run_selftest(void *self, epo_call *call) {
    return run_hook(self, call, "selftest", NULL);
}

static int run_compute(void *self, epo_call *call) {
    return run_hook(self, call, "compute", NULL);
}

static int run_check(void *self, epo_call *call) {
    return run_hook(self, call, "check", NULL);
}

static int run_submitted(void *self, epo_call *call) {
    return run_hook(self, call, "submitted", NULL);
}

static int run_state(void *self, epo_call *call) {
    return run_hook(self, call, "state", NULL);
}

static int run_page(void *self, epo_call *call, const char *page) {
    return run_hook(self, call, "pages", page);
}

static int run_route(void *self, epo_call *call, const char *route) {
    return run_hook(self, call, "routes", route);
}

static int run_job(void *self, epo_call *call, const char *job) {
    return run_hook(self, call, "jobs", job);
}

static int run_assess(void *self, epo_call *call) {
    return run_hook(self, call, "assess", NULL);
}

/* name stays NULL: a script is called what its manifest calls it. */
static const epo_plugin PLUGIN = {
    .magic = EPO_PLUGIN_MAGIC,
    .major = EPO_ABI_MAJOR,
    .minor = EPO_ABI_MINOR,
    .size = sizeof(epo_plugin),
    .selftest = run_selftest,
    .compute = run_compute,
    .check = run_check,
    .submitted = run_submitted,
    .state = run_state,
    .page = run_page,
    .route = run_route,
    .job = run_job,
    .assess = run_assess,
};

/* ---- opening ---- */

static bool read_source(struct script *script, const char *file, char *fault, size_t room) {
    FILE *stream = fopen(file, "re");
    script->code = malloc(SOURCE_MAX + 1);
    if (stream && script->code)
        script->len = fread(script->code, 1, SOURCE_MAX + 1, stream);
    bool good = stream && script->code && !ferror(stream) && script->len <= SOURCE_MAX;
    if (!good)
        snprintf(fault, room, "%s",
                 stream && script->len > SOURCE_MAX ? "the script is over 256 KiB"
                                                    : "the script cannot be read");
    if (stream)
        fclose(stream);
    return good;
}

/* "@<folder's name>/<rest of the path>": how Lua names the chunk in messages. */
static char *chunk_name(const char *folder, const char *file) {
    size_t len = strlen(folder), from = len;
    while (from > 0 && folder[from - 1] != '/')
        from--;
    const char *shown = strncmp(file, folder, len) == 0 ? file + from : file;
    size_t room = strlen(shown) + 2;
    char *name = malloc(room);
    if (name)
        snprintf(name, room, "@%s", shown);
    return name;
}

int epo_lua_open(const char *folder, const char *file, const epo_host *host,
                 const epo_plugin **plugin, void **self, void **handle, char *fault, size_t room) {
    struct script *script = calloc(1, sizeof *script);
    if (!script)
        return EPO_RC_BROKEN;
    script->plugin = PLUGIN;
    script->host = host;
    script->name = chunk_name(folder, file);
    script->cpu_ms = __atomic_load_n(&cpu_ms_now, __ATOMIC_RELAXED);
    script->memory_max = __atomic_load_n(&memory_bytes_now, __ATOMIC_RELAXED);
    pthread_mutex_init(&script->lock, NULL);
    if (!host || !EPO_HAS(host, ledger_assess))
        snprintf(fault, room, "the host is older than the Lua engine");
    else if (script->name && read_source(script, file, fault, room))
        script->idle = box_make(script, fault, room);
    if (!script->idle) {
        epo_lua_close(script);
        return EPO_RC_BROKEN;
    }
    *plugin = &script->plugin;
    *self = script;
    *handle = script;
    return EPO_RC_OK;
}

void epo_lua_close(void *handle) {
    struct script *script = handle;
    while (script->idle) {
        struct epo_lua_box *box = script->idle;
        script->idle = box->next;
        box_free(box);
    }
    pthread_mutex_destroy(&script->lock);
    free(script->code);
    free(script->name);
    free(script);
}
