/* For a program that opens foreign files: it takes its own rights away before it reads a byte. */
#ifndef EPO_BASE_JAIL_H
#define EPO_BASE_JAIL_H

#include <stddef.h>

/* No network, no file to write, no core, no new rights; ended with who started it, after cpu_ms of
 * work, or where it takes more than memory_max bytes (not under sanitizers: they reserve
 * terabytes). Ends the process with 3 where a limit cannot be set. At its start, before threads. */
void epo_jail(int cpu_ms, size_t memory_max);

#endif
