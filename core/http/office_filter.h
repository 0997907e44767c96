/* What the address of the desk says: a filter for the lists, and addresses with one thing changed.
 * The same address gives the page, the map, the file and the counts. */
#ifndef EPO_HTTP_OFFICE_FILTER_H
#define EPO_HTTP_OFFICE_FILTER_H

#include "http/pages.h"
#include "portal/desk.h"

struct epo_office_ask {
    const struct epo_account *account;
    struct epo_viewer viewer;
    struct epo_span scope;         /* the office that the viewer is bound to; empty: all */
    struct epo_desk_filter filter; /* never wider than the scope */
    struct epo_span view;          /* "mine", "unassigned", "office" or "city" */
};

/* NULL and *ask filled, or the answer that refuses who may not handle cases. Words that make no
 * sense narrow nothing; the scope always holds. */
struct epo_response *epo_office_ask(struct epo_request *request, struct epo_office_ask *ask);
/* path with the filter as it came, but name (may be NULL) given that value; empty: left out. A key
 * of a page stays only where name is "after". */
const char *epo_office_address(struct epo_request *request, const char *path, const char *name,
                               struct epo_span value);
/* The names of the filter's parts, in the order of addresses; ends with NULL. */
extern const char *const EPO_OFFICE_PARTS[];

#endif
