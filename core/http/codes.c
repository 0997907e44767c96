#include "http/codes.h"

#include <stdatomic.h>
#include <sys/wait.h>

#include "base/limits.h"
#include "http/child.h"

enum { WRONG_KIND = 2 };

static atomic_int reading; /* such processes, of this one */

bool epo_codes_read(struct epo_pool *pool, struct epo_span file, struct epo_span *text,
                    struct epo_error *error) {
    struct epo_buffer said;
    int status = 0;
    *text = EPO_SPAN("");
    if (file.len == 0 || file.len > EPO_CODES_BYTES_MAX)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "codes.kind",
                        "The file is empty or too large.");
    if (atomic_fetch_add(&reading, 1) >= EPO_CODES_AT_ONCE) {
        atomic_fetch_sub(&reading, 1);
        return epo_fail(error, EPO_ERROR_BUSY, "codes.busy",
                        "Other papers are being read just now; try again.");
    }
    epo_buffer_init(&said, EPO_PAPER_JSON_MAX + 4096);
    const struct epo_child child = {.program = "epo-codes", .input = file, .wait_ms = EPO_CODES_MS};
    bool ran = epo_child_run(&child, &said, &status);
    atomic_fetch_sub(&reading, 1);
    if (ran && !said.failed && epo_text_valid(epo_buffer_get(&said)))
        *text = epo_pool_copy(pool, epo_buffer_get(&said));
    epo_buffer_clear(&said);
    if (!ran)
        return epo_fail(error, EPO_ERROR_BROKEN, "codes.program", "epo-codes cannot be started.");
    if (text->len == 0 && WIFEXITED(status) && WEXITSTATUS(status) == WRONG_KIND)
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "codes.kind",
                        "The file is no JPEG, PNG or PDF that can be read.");
    return true;
}
