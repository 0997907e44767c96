/* Agendas written in Lua 5.4: a folder's script made to look like a C plugin. Knows epo.h alone;
 * main hands it to the plugin room as {"lua", epo_lua_open, epo_lua_close}.
 *
 * A script is boxed: a list of allowed names (sandbox.c), memory by a counting allocator and CPU
 * time by a timer whose signal arms a hook (limit.c), pattern matching that can be interrupted
 * (match.c), pcall and coroutines that cannot swallow the end of a budget (guard.c). Nothing is
 * counted while a script behaves: the VM runs at full speed. */
#ifndef EPO_LUA_ENGINE_H
#define EPO_LUA_ENGINE_H

#include "epo.h"

/* Limits of one hook call and of one state, for scripts opened from now on. 0 keeps the default
 * (100 ms, 32 MiB). Before threads start, or at a reload. */
void epo_lua_configure(unsigned cpu_ms, size_t memory_bytes);

/* As struct epo_runtime wants them. */
int epo_lua_open(const char *folder, const char *file, const epo_host *host,
                 const epo_plugin **plugin, void **self, void **handle, char *fault, size_t room);
void epo_lua_close(void *handle);

#endif
