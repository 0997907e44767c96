/* How agendas can be written, besides as native plugins, which the registry always knows. */
#include "cli.h"

#include "lua/engine.h"

static const struct epo_runtime LUA = {"lua", epo_lua_open, epo_lua_close};

const struct epo_runtime *const epo_runtimes[] = {&LUA};
const size_t epo_runtime_count = 1;
