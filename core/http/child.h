/* Programs of ours that lie beside this one and do in a process of their own what this one should
 * not: open foreign files, load libraries for good. */
#ifndef EPO_HTTP_CHILD_H
#define EPO_HTTP_CHILD_H

#include "base/text.h"

struct epo_child {
    const char *program;   /* "epo-codes" */
    const char *argument;  /* or NULL */
    struct epo_span input; /* its standard input, whole */
    int64_t wait_ms;       /* for all it says; then it is ended */
};
/* Runs it to its end with nothing of ours (no open file, no environment); what it says is appended
 * to said, which bounds it; *status as waitpid has it (ended by a signal: it took too long or said
 * too much). False where it cannot be started. Blocks: on a worker. */
bool epo_child_run(const struct epo_child *child, struct epo_buffer *said, int *status);

#endif
