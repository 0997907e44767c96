/* What is otherwise between two texts, line by line, for people to read. */
#ifndef EPO_HTTP_LINE_DIFF_H
#define EPO_HTTP_LINE_DIFF_H

#include "base/json.h"
#include "base/pool.h"

/* [{"kind": "same" | "gone" | "new" | "gap", "gone": bool, "new": bool, "gap": bool, "text"}]: the
 * lines that differ with three others around each; empty where the texts are the same. Texts that
 * differ in more than some two thousand lines each are shown as gone and new as a whole. Pure. */
struct epo_json *epo_line_diff(struct epo_pool *pool, struct epo_span before,
                               struct epo_span after);

#endif
