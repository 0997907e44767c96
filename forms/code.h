/* A QR code (ISO/IEC 18004, level M) for a page: the same encoder as documents use. Pure. */
#ifndef EPO_FORMS_CODE_H
#define EPO_FORMS_CODE_H

#include "base/pool.h"
#include "base/text.h"

/* Path data of its dark modules, one unit each, for an SVG of side × side units (4 of them quiet on
 * every edge); empty where the content does not fit. In the pool. */
struct epo_span epo_code_path(struct epo_pool *pool, struct epo_span content, int *side);

#endif
