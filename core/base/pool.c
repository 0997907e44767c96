#include "base/pool.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"

#if defined(__SANITIZE_ADDRESS__)
#define EPO_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EPO_POISON 1
#endif
#endif
#ifdef EPO_POISON
#include <sanitizer/asan_interface.h>
#define poison(at, size) __asan_poison_memory_region((at), (size))
#define unpoison(at, size) __asan_unpoison_memory_region((at), (size))
#else
#define poison(at, size) ((void)(at), (void)(size))
#define unpoison(at, size) ((void)(at), (void)(size))
#endif

/* First chunk small enough for a request without a body, then doubling: few mallocs either way. Up
 * to CHUNK_USUAL the allocator keeps what was freed for the next request; larger ones, which it
 * would map and unmap each time, are for what has grown large already. */
#define CHUNK_FIRST 4096u
#define CHUNK_USUAL (64u << 10)
#define CHUNK_MAX (1u << 20)
/* Of a file the pieces grow with the pool up to this: looking at each one's head costs memory. */
#define MAPPED_MAX (16u << 20)
#define ALIGN 16u
/* A gap behind each piece, poisoned under ASan, so that running over an end is seen. */
#ifdef EPO_POISON
#define REDZONE 16u
#else
#define REDZONE 0u
#endif

struct chunk {
    struct chunk *next;
    size_t size, used;
    bool zero;   /* fresh from the kernel */
    bool mapped; /* of the pool's file */
    _Alignas(16) char bytes[];
};

struct cleanup {
    struct cleanup *next;
    void (*fn)(void *arg);
    void *arg;
};

struct epo_pool {
    struct chunk *chunks; /* newest first; allocation only from the first */
    struct cleanup *cleanups;
    size_t used, next_size;
    size_t in_memory; /* so much before the file is used */
    int file;         /* without a name; -1: in memory alone */
    off_t file_size;
};

struct epo_pool *epo_pool_create(void) {
    struct epo_pool *pool = calloc(1, sizeof *pool);
    epo_assert(pool);
    pool->next_size = CHUNK_FIRST;
    pool->file = -1;
    return pool;
}

struct epo_pool *epo_pool_create_on_disk(const char *folder, size_t in_memory) {
    struct epo_pool *pool = epo_pool_create();
    pool->in_memory = in_memory;
    pool->file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    return pool;
}

void epo_pool_rest(const struct epo_pool *pool) {
    for (struct chunk *chunk = pool->chunks, *next; chunk; chunk = next) {
        next = chunk->next; /* read before: the head goes as well */
        if (chunk->mapped)  /* refused: it stays in memory, which costs no more than that */
            (void)madvise(chunk, sizeof *chunk + chunk->size, MADV_DONTNEED);
    }
}

void epo_pool_free(struct epo_pool *pool) {
    if (!pool)
        return;
    for (struct cleanup *cleanup = pool->cleanups; cleanup; cleanup = cleanup->next)
        cleanup->fn(cleanup->arg);
    for (struct chunk *chunk = pool->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        unpoison(chunk->bytes, chunk->size);
        if (chunk->mapped)
            munmap(chunk, sizeof *chunk + chunk->size);
        else
            free(chunk);
    }
    if (pool->file >= 0)
        close(pool->file);
    free(pool);
}

/* A piece of the pool's file. The disk gives the room beforehand, so that writing to it later
 * cannot fail; NULL where it has none. */
static struct chunk *chunk_map(struct epo_pool *pool, size_t *size) {
    if (pool->file < 0 || pool->used < pool->in_memory)
        return NULL;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t room = pool->used / 8 < MAPPED_MAX ? pool->used / 8 : MAPPED_MAX;
    size_t whole = sizeof(struct chunk) + (room > *size ? room : *size);
    whole = (whole + page - 1) / page * page;
    if (posix_fallocate(pool->file, pool->file_size, (off_t)whole) != 0)
        return NULL;
    struct chunk *chunk =
        mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_SHARED, pool->file, pool->file_size);
    if (chunk == MAP_FAILED)
        return NULL;
    pool->file_size += (off_t)whole;
    *size = whole - sizeof *chunk;
    return chunk;
}

static struct chunk *chunk_add(struct epo_pool *pool, size_t need) {
    size_t size = pool->next_size > need ? pool->next_size : need;
    bool exact = size == need;
    /* calloc of a large chunk: fresh pages are zero already and cost nothing until touched. */
    bool zero = size > CHUNK_USUAL;
    struct chunk *mapped = zero ? chunk_map(pool, &size) : NULL;
    struct chunk *chunk = mapped != NULL ? mapped
                          : zero         ? calloc(1, sizeof *chunk + size)
                                         : malloc(sizeof *chunk + size);
    epo_assert(chunk);
    chunk->size = size;
    chunk->used = 0;
    chunk->zero = zero;
    chunk->mapped = mapped != NULL;
    poison(chunk->bytes, size);
    if (pool->next_size < (pool->used < CHUNK_MAX ? CHUNK_USUAL : CHUNK_MAX))
        pool->next_size *= 2;
    /* A piece larger than usual must not end the use of a half-empty chunk. */
    if (pool->chunks && need > CHUNK_FIRST && exact) {
        chunk->next = pool->chunks->next;
        pool->chunks->next = chunk;
    } else {
        chunk->next = pool->chunks;
        pool->chunks = chunk;
    }
    return chunk;
}

/* Room for size bytes; what stands in it is told by *zero. */
static void *take(struct epo_pool *pool, size_t size, bool *zero) {
    epo_assert(size <= SIZE_MAX / 2);
    size_t need = (size + REDZONE + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (need == 0)
        need = ALIGN;
    struct chunk *chunk = pool->chunks;
    if (!chunk || chunk->size - chunk->used < need)
        chunk = chunk_add(pool, need);
    void *at = chunk->bytes + chunk->used;
    chunk->used += need;
    pool->used += need;
    unpoison(at, size);
    *zero = chunk->zero;
    return at;
}

void *epo_pool_alloc(struct epo_pool *pool, size_t size) {
    bool zero;
    void *at = take(pool, size, &zero);
    return zero ? at : memset(at, 0, size);
}

struct epo_span epo_pool_copy(struct epo_pool *pool, struct epo_span from) {
    return (struct epo_span){epo_pool_string(pool, from), from.len};
}

char *epo_pool_string(struct epo_pool *pool, struct epo_span from) {
    bool zero;
    char *to = take(pool, from.len + 1, &zero);
    if (from.len)
        memcpy(to, from.at, from.len);
    to[from.len] = '\0';
    return to;
}

char *epo_pool_join(struct epo_pool *pool, const char *first, const char *second,
                    const char *third) {
    size_t one = strlen(first), two = strlen(second), three = strlen(third);
    bool zero;
    char *to = take(pool, one + two + three + 1, &zero);
    memcpy(to, first, one);
    memcpy(to + one, second, two);
    memcpy(to + one + two, third, three + 1);
    return to;
}

char *epo_pool_printf(struct epo_pool *pool, const char *format, ...) {
    char small[256];
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int len = vsnprintf(small, sizeof small, format, arguments);
    va_end(arguments);
    epo_assert(len >= 0);
    char *to;
    if ((size_t)len < sizeof small) {
        to = epo_pool_string(pool, (struct epo_span){small, (size_t)len});
    } else {
        to = epo_pool_alloc(pool, (size_t)len + 1);
        vsnprintf(to, (size_t)len + 1, format, again);
    }
    va_end(again);
    return to;
}

void epo_pool_defer(struct epo_pool *pool, void (*fn)(void *arg), void *arg) {
    struct cleanup *cleanup = EPO_NEW(pool, struct cleanup);
    *cleanup = (struct cleanup){pool->cleanups, fn, arg};
    pool->cleanups = cleanup;
}

size_t epo_pool_used(const struct epo_pool *pool) {
    return pool->used;
}
