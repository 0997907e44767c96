/* Bytes from other servers, many at once on one thread of their own, so that a slow one holds no
 * worker. Only what the caller names is asked for: http and https, no redirects, within
 * EPO_FETCH_MS and EPO_FETCH_BYTES_MAX. */
#ifndef EPO_HTTP_FETCH_H
#define EPO_HTTP_FETCH_H

#include "base/error.h"
#include "base/text.h"

struct epo_fetch { /* made by the caller, who keeps it until done was called */
    const char *url;
    void (*done)(void *arg); /* on the fetcher's thread: hand over, nothing else */
    void *arg;

    /* out */
    bool failed;
    struct epo_error error; /* BUSY: unreachable, too slow or too large */
    int status;
    char type[80];          /* content type as sent, cut */
    struct epo_buffer body; /* heap: the caller clears it */
    struct epo_fetch *next; /* the fetcher's */
    void *handle;           /* the fetcher's */
};

struct epo_fetcher;
/* agent: what it calls itself to others. Its thread begins with the first fetch. */
struct epo_fetcher *epo_fetcher_create(const char *agent);
/* Any thread. False when too many wait: done is not called then. */
bool epo_fetcher_submit(struct epo_fetcher *fetcher, struct epo_fetch *fetch,
                        struct epo_error *error);
/* Ends what is under way as failed, each with its done. NULL is fine. */
void epo_fetcher_free(struct epo_fetcher *fetcher);

#endif
