/* A thread that looks after something now and then, until it is told to stop. */
#ifndef EPO_TICKER_H
#define EPO_TICKER_H

struct epo_ticker;
/* look runs on the new thread, first after first_ms; it says after how many ms it wants to run
 * again. */
struct epo_ticker *epo_ticker_start(int first_ms, int (*look)(void *arg), void *arg);
/* Waits for a look that is under way. NULL is fine. */
void epo_ticker_stop(struct epo_ticker *ticker);

#endif
