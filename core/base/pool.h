/* One pool a request (or a load, or a job): everything in it dies together. Not thread-safe: one
 * owner at a time. Under ASan freed and unused memory is poisoned, so that pools hide no bugs. */
#ifndef EPO_BASE_POOL_H
#define EPO_BASE_POOL_H

#include <stdarg.h>
#include <stddef.h>

#include "base/text.h"

struct epo_pool;

/* A new pool; never NULL (a failing malloc aborts). */
struct epo_pool *epo_pool_create(void);
/* The same for what is large and stays, read often in few places (a map): what comes after the
 * first in_memory bytes lies in a file without a name on the disk of this folder, mapped, so that
 * the kernel can take its memory back and read it again. A disk that fails then ends the process.
 * All in memory where the disk has no room or no such files. */
struct epo_pool *epo_pool_create_on_disk(const char *folder, size_t in_memory);
/* Gives the memory of what lies on disk to the kernel until it is next read. Any thread, also while
 * others read (not while one allocates). Nothing to do for a pool in memory. */
void epo_pool_rest(const struct epo_pool *pool);
/* Runs the deferred clean-ups in reverse order and frees everything. NULL is allowed. */
void epo_pool_free(struct epo_pool *pool);
/* Zeroed memory, aligned for any type; lives as long as the pool. */
void *epo_pool_alloc(struct epo_pool *pool, size_t size);
/* A copy with a NUL behind it (not counted in len). */
struct epo_span epo_pool_copy(struct epo_pool *pool, struct epo_span from);
/* NUL-terminated copies. */
char *epo_pool_string(struct epo_pool *pool, struct epo_span from);
/* Three texts in one, for what would be a printf of "%s%s%s" many times over. */
char *epo_pool_join(struct epo_pool *pool, const char *first, const char *second,
                    const char *third);
char *epo_pool_printf(struct epo_pool *pool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Run fn(arg) when the pool is freed. */
void epo_pool_defer(struct epo_pool *pool, void (*fn)(void *arg), void *arg);
/* Bytes handed out so far: for limits. */
size_t epo_pool_used(const struct epo_pool *pool);

#define EPO_NEW(pool, type) ((type *)epo_pool_alloc((pool), sizeof(type)))
#define EPO_NEW_ARRAY(pool, type, n) ((type *)epo_pool_alloc((pool), sizeof(type) * (n)))

#endif
