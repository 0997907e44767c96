/* Search over what the portal offers: life situations, forms, offices, regulations, its own pages.
 * The index lives in memory, one for each language; it is made anew by the first search after an
 * agenda or the settings changed. */
#ifndef EPO_HTTP_FINDER_H
#define EPO_HTTP_FINDER_H

#include "http/pages.h"

struct epo_finder *epo_finder_create(void);
void epo_finder_free(struct epo_finder *finder);

/* [{"kind", "title", "summary", "url"}], best first, at most limit; kind is "agenda", "form",
 * "office", "law" or "page". In the request's pool and language; on a worker. */
struct epo_json *epo_finder_find(struct epo_request *request, struct epo_span query, size_t limit);

#endif
