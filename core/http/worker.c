#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "http/internal.h"

struct work {
    struct work *next;
    epo_work_fn fn;
    void *arg;
};

struct epo_workers {
    struct epo_portal *portal;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct work *first, **last, *spare; /* spare: a free list, so that posting does not allocate */
    size_t waiting, most;
    bool stopping;
    int count;
    struct worker {
        pthread_t thread;
        struct epo_workers *workers;
        struct epo_db *db;
    } each[];
};

static void *worker_main(void *arg) {
    struct worker *worker = arg;
    struct epo_workers *workers = worker->workers;
    pthread_mutex_lock(&workers->lock);
    for (;;) {
        while (!workers->first && !workers->stopping)
            pthread_cond_wait(&workers->wake, &workers->lock);
        struct work *work = workers->first;
        if (!work)
            break;
        workers->first = work->next;
        if (!workers->first)
            workers->last = &workers->first;
        workers->waiting--;
        epo_work_fn fn = work->fn;
        void *fn_arg = work->arg;
        work->next = workers->spare;
        workers->spare = work;
        pthread_mutex_unlock(&workers->lock);
        fn(fn_arg, worker->db);
        pthread_mutex_lock(&workers->lock);
    }
    pthread_mutex_unlock(&workers->lock);
    return NULL;
}

struct epo_workers *epo_workers_start(struct epo_portal *portal, int count, size_t most,
                                      struct epo_error *error) {
    struct epo_workers *workers =
        calloc(1, sizeof *workers + (size_t)count * sizeof *workers->each);
    epo_assert(workers);
    workers->portal = portal;
    workers->most = most;
    workers->last = &workers->first;
    pthread_mutex_init(&workers->lock, NULL);
    pthread_cond_init(&workers->wake, NULL);
    for (int i = 0; i < count; i++) {
        struct worker *worker = &workers->each[i];
        worker->workers = workers;
        /* Without a store (a server of plain pages) workers have no connection. */
        worker->db = portal && portal->store ? epo_store_connect(portal->store, error) : NULL;
        if (portal && portal->store && !worker->db) {
            epo_workers_stop(workers, 1000000);
            return NULL;
        }
        epo_assert(pthread_create(&worker->thread, NULL, worker_main, worker) == 0);
        workers->count++;
    }
    return workers;
}

bool epo_workers_post(struct epo_workers *workers, epo_work_fn fn, void *arg, bool force) {
    pthread_mutex_lock(&workers->lock);
    bool room = force || workers->waiting < workers->most;
    if (room) {
        struct work *work = workers->spare;
        if (work)
            workers->spare = work->next;
        else
            work = malloc(sizeof *work);
        epo_assert(work);
        *work = (struct work){NULL, fn, arg};
        *workers->last = work;
        workers->last = &work->next;
        workers->waiting++;
        pthread_cond_signal(&workers->wake);
    }
    pthread_mutex_unlock(&workers->lock);
    return room;
}

size_t epo_workers_waiting(struct epo_workers *workers) {
    pthread_mutex_lock(&workers->lock);
    size_t waiting = workers->waiting;
    pthread_mutex_unlock(&workers->lock);
    return waiting;
}

static void release(struct epo_workers *workers) {
    for (int i = 0; i < workers->count; i++)
        epo_db_close(workers->each[i].db);
    for (struct work *work = workers->spare, *next; work; work = next) {
        next = work->next;
        free(work);
    }
    pthread_mutex_destroy(&workers->lock);
    pthread_cond_destroy(&workers->wake);
    free(workers);
}

bool epo_workers_stop(struct epo_workers *workers, int64_t within_us) {
    if (!workers)
        return true;
    pthread_mutex_lock(&workers->lock);
    workers->stopping = true;
    pthread_cond_broadcast(&workers->wake);
    pthread_mutex_unlock(&workers->lock);
    int64_t end_us = epo_clock_now_us() + within_us;
    struct timespec end = {end_us / 1000000, end_us % 1000000 * 1000};
    for (int i = 0; i < workers->count; i++)
        if (pthread_timedjoin_np(workers->each[i].thread, NULL, &end) != 0)
            return false;
    release(workers);
    return true;
}
