/* Everything that is wrong with one agenda folder, in order, and what may be meant so but should be
 * looked at. Lives in a pool. */
#ifndef EPO_PLUGIN_FAULT_H
#define EPO_PLUGIN_FAULT_H

#include "base/error.h"
#include "base/pool.h"

struct epo_fault {
    const char *file; /* "dog_fee/manifest.json" or "" */
    int line;         /* 0: none */
    const char *text;
    struct epo_fault *next;
};
struct epo_faults {
    struct epo_pool *pool;
    struct epo_fault *first, *last;
    struct epo_fault *first_warning, *last_warning; /* they refuse nothing */
    bool taken; /* a life situation had its form already: it may be free once all are loaded */
};

/* Returns false, so that `return epo_fault_add(...)` reads well. */
bool epo_fault_add(struct epo_faults *faults, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same for what refuses nothing. */
void epo_fault_warn(struct epo_faults *faults, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* From an error whose where is "file:line" (or "line:column" of the given file). */
bool epo_fault_error(struct epo_faults *faults, const char *file, const struct epo_error *error);
/* From a sentence that may begin with "file:line: ". */
bool epo_fault_sentence(struct epo_faults *faults, const char *file, const char *sentence);
/* Splits "file:line: rest" or "file:line"; where there is no line, all of it is the file. The file
 * is a pool copy. Returns what is behind. */
const char *epo_fault_split(struct epo_pool *pool, const char *text, const char **file, int *line);

#endif
