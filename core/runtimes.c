/* How agendas can be written, besides as native plugins, which the registry always knows. */
#include "cli.h"

#include "base/limits.h"
#include "lua/engine.h"

static const struct epo_runtime LUA = {"lua", epo_lua_open, epo_lua_close};

const struct epo_runtime *const epo_runtimes[] = {&LUA};
const size_t epo_runtime_count = 1;

static const struct epo_setting ROWS[] = {
    {"cpu_ms", EPO_JSON_INTEGER, 10, 5000, EPO_LUA_CPU_MS, false, false,
     "CPU time of one call of a script"},
    {"memory_bytes", EPO_JSON_INTEGER, 1 << 20, 1 << 30, EPO_LUA_MEMORY_MAX, false, false,
     "memory of one script on one worker"},
};
const struct epo_setting_group epo_runtime_settings = {"lua", ROWS, sizeof ROWS / sizeof *ROWS};

void epo_runtimes_configure(const struct epo_json *settings) {
    const struct epo_json *lua = epo_json_get(settings, "lua");
    epo_lua_configure((unsigned)epo_setting_get(&epo_runtime_settings, lua, "cpu_ms"),
                      (size_t)epo_setting_get(&epo_runtime_settings, lua, "memory_bytes"));
}
