#include "ticker.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"

struct epo_ticker {
    int (*look)(void *arg);
    void *arg;
    int rest_ms;
    int stop; /* eventfd */
    pthread_t thread;
};

static void *run(void *arg) {
    struct epo_ticker *ticker = arg;
    struct pollfd stop = {.fd = ticker->stop, .events = POLLIN};
    while (poll(&stop, 1, ticker->rest_ms) == 0 || errno == EINTR) {
        if (stop.revents != 0)
            break;
        ticker->rest_ms = ticker->look(ticker->arg);
    }
    return NULL;
}

struct epo_ticker *epo_ticker_start(int first_ms, int (*look)(void *arg), void *arg) {
    struct epo_ticker *ticker = calloc(1, sizeof *ticker);
    epo_assert(ticker != NULL);
    *ticker = (struct epo_ticker){.look = look, .arg = arg, .rest_ms = first_ms};
    ticker->stop = eventfd(0, EFD_CLOEXEC);
    epo_assert(ticker->stop >= 0 && pthread_create(&ticker->thread, NULL, run, ticker) == 0);
    return ticker;
}

void epo_ticker_stop(struct epo_ticker *ticker) {
    uint64_t one = 1;
    if (ticker == NULL)
        return;
    epo_assert(write(ticker->stop, &one, sizeof one) == sizeof one);
    pthread_join(ticker->thread, NULL);
    close(ticker->stop);
    free(ticker);
}
