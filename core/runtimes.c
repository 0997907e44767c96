/* How agendas can be written, besides as native plugins, which the registry always knows. */
#include "cli.h"

#include "base/limits.h"
#include "lua/engine.h"

static const struct epo_runtime LUA = {"lua", epo_lua_open, epo_lua_close};

const struct epo_runtime *const epo_runtimes[] = {&LUA};
const size_t epo_runtime_count = 1;

/* A budget outside these is a slip of the hand: a script needs some room, a worker its time. */
static int64_t within(int64_t value, int64_t least, int64_t most) {
    return value < least ? least : value > most ? most : value;
}

void epo_runtimes_configure(const struct epo_json *settings) {
    const struct epo_json *lua = epo_json_get(settings, "lua");
    int64_t cpu_ms = epo_json_get_integer(lua, "cpu_ms", EPO_LUA_CPU_MS);
    int64_t bytes = epo_json_get_integer(lua, "memory_bytes", EPO_LUA_MEMORY_MAX);
    epo_lua_configure((unsigned)within(cpu_ms, 10, 5000),
                      (size_t)within(bytes, 1 << 20, (int64_t)1 << 30));
}
