/* The public register of permits as it is asked: what the agendas let out (portal/published.h),
 * where no personal data is. A permit goes by the same id as in OGC API. On a worker. */
#ifndef EPO_HTTP_PERMITS_H
#define EPO_HTTP_PERMITS_H

#include "http/pages.h"
#include "portal/published.h"

#define EPO_PERMITS_PAGE 25 /* permits of one page, and of its picture */

struct epo_permit { /* in the request's pool */
    char id[EPO_LIVE_ID_SIZE];
    struct epo_span first_day, last_day, district, geometry; /* days "" where there is none */
    const struct epo_json *words;
};
struct epo_permit_listing {
    struct epo_request *request;
    struct epo_permit_query query;
    struct epo_span text; /* folded words, all of which are in the permit's */
    struct epo_span id;   /* only this one; empty: any */
    struct epo_span after_day, after_id;
    int64_t limit;
    struct epo_permit *found; /* in order once read; `count` of at most `room` */
    size_t count, room, looked;
    bool more;
};

/* Reads q, agenda, district, day, id, limit and after of the address; BAD_INPUT where they say
 * nothing. Sets the limit of a page. */
bool epo_permits_ask(struct epo_request *request, struct epo_permit_listing *l,
                     struct epo_error *error);
/* "2026-12-01,<id>", as epo_permits_next wrote it: from the one behind it on; "" from the first. A
 * permit without a first day has nothing before the comma. */
bool epo_permits_after(struct epo_permit_listing *l, struct epo_span after);
/* Finds them, those that begin last first; TOO_LARGE where too many had to be looked through. */
bool epo_permits_list(struct epo_permit_listing *l, struct epo_error *error);
/* Where the next page begins, "" after the last. */
struct epo_span epo_permits_next(const struct epo_permit_listing *l);
/* Name of the office of a district by its code; the code itself where none has it. */
struct epo_span epo_permits_district(struct epo_request *request, struct epo_span code);

#endif
