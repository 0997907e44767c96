#include "store/writer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "store/sqlite.h"

struct job {
    struct job *next;
    epo_write_run_fn run;
    epo_write_done_fn done;
    void *arg;
    bool ok;
    bool out; /* it ended the whole transaction: not run again */
    struct epo_error error;
};

struct backup_wish {
    const char *to_path;
    struct epo_error error;
    bool ok, finished;
    struct epo_backup *running;
};

struct epo_writer {
    struct epo_store *store;
    struct epo_db *db;    /* NULL after a failure that a connection must not survive */
    struct epo_db *stale; /* that one, until a new one is open */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake, told;
    struct job *first, **last; /* waiting jobs in order */
    size_t waiting;
    bool stopping, was_busy; /* was_busy: another program held the lock; writer's thread only */
    struct backup_wish *backup;
    struct epo_store_figures figures;
};

static const struct epo_statement BEGIN = {"writer.begin", "BEGIN IMMEDIATE", "BEGIN"};
static const struct epo_statement COMMIT = {"writer.commit", "COMMIT", NULL};
static const struct epo_statement ROLLBACK = {"writer.rollback", "ROLLBACK", NULL};
static const struct epo_statement SAVEPOINT = {"writer.savepoint", "SAVEPOINT job", NULL};
static const struct epo_statement RELEASE = {"writer.release", "RELEASE job", NULL};
static const struct epo_statement UNDO = {"writer.undo", "ROLLBACK TO job", NULL};

static bool run_plain(struct epo_db *db, const struct epo_statement *statement,
                      struct epo_error *error) {
    return epo_db_run(db, statement, EPO_BIND_NONE, NULL, error);
}

static void finish_backup(struct epo_writer *writer, struct backup_wish *wish, bool ok) {
    pthread_mutex_lock(&writer->lock);
    wish->ok = ok;
    wish->finished = true;
    writer->backup = NULL;
    pthread_cond_broadcast(&writer->told);
    pthread_mutex_unlock(&writer->lock);
}

/* After a failed fsync nothing that the connection believes can be trusted (its pages may not be on
 * disk though marked clean): the next group starts on a fresh one that reads the file. The old one
 * is closed only then: were it the last on the file, the log would be recovered at the next
 * opening, and a group whose fsync failed, and whose citizens were told so, could come to life. */
static void give_up_connection(struct epo_writer *writer) {
    pthread_mutex_lock(&writer->lock);
    struct backup_wish *wish = writer->backup;
    pthread_mutex_unlock(&writer->lock); /* only this thread ends a wish */
    if (wish && wish->running) {
        epo_backup_end(wish->running, &wish->error);
        finish_backup(writer, wish, false);
    }
    if (writer->stale)
        epo_sqlite_close(writer->db);
    else
        writer->stale = writer->db;
    writer->db = NULL;
}

static bool ensure_connection(struct epo_writer *writer, struct epo_error *error) {
    if (!writer->db)
        writer->db = epo_store_open_writer(writer->store, error);
    if (!writer->db)
        return false;
    epo_sqlite_close(writer->stale);
    writer->stale = NULL;
    return true;
}

static void fail_rest(struct job *job, const struct epo_error *error) {
    for (; job; job = job->next) {
        job->ok = false;
        job->error = *error;
    }
}

/* How a job, or the group so far, came out. */
enum outcome {
    GOING_ON, /* the transaction stands */
    UNDO_ALL, /* a job without a savepoint failed: what it did can only be undone with the others */
    GONE      /* the engine rolled the whole transaction back, or nothing can be trusted */
};

/* One job, in a savepoint where it is guarded. */
static enum outcome run_job(struct epo_writer *writer, struct job *job, bool guarded,
                            struct epo_error *error) {
    struct epo_db *db = writer->db;
    job->error = (struct epo_error){0};
    if (guarded && !run_plain(db, &SAVEPOINT, error))
        return GONE;
    job->ok = job->run(db, job->arg, &job->error);
    epo_assert(db->borrowed == 0); /* a forgotten epo_rows_end would hold up the commit */
    if (!job->ok && !job->error.kind)
        epo_fail(&job->error, EPO_ERROR_BROKEN, "store.job", "a save failed without a reason");
    if (sqlite3_get_autocommit(db->handle)) {
        *error = job->error;
        return GONE;
    }
    if (!guarded)
        return job->ok ? GOING_ON : UNDO_ALL;
    struct epo_error ignored;
    if (!job->ok && !run_plain(db, &UNDO, error))
        return GONE;
    return run_plain(db, &RELEASE, job->ok ? error : &ignored) ? GOING_ON : GONE;
}

/* Who holds the lock of the database may be done in a moment. But while it is held on and on, each
 * group that waited anew would make the next one wait longer, until nobody is told anything. */
enum { PATIENCE_MS = 5000, PATIENCE_LEFT_MS = 250 };

static bool begin_group(struct epo_writer *writer, struct epo_error *error) {
    sqlite3_busy_timeout(writer->db->handle, writer->was_busy ? PATIENCE_LEFT_MS : PATIENCE_MS);
    bool begun = run_plain(writer->db, &BEGIN, error);
    writer->was_busy = !begun && strcmp(error->code, "store.busy") == 0;
    return begun;
}

/* A statement over its bound makes the engine roll back the whole transaction, not the job alone.
 */
static bool is_spoiler(const struct job *job) {
    return !job->ok && strcmp(job->error.code, "store.steps") == 0;
}

/* The jobs of a begun transaction in order. *spoiler: the job that ended it for all. */
static enum outcome run_jobs(struct epo_writer *writer, struct job *jobs, bool guarded,
                             struct job **spoiler, struct epo_error *error) {
    enum outcome outcome = GOING_ON;
    for (struct job *job = jobs; job && outcome == GOING_ON; job = job->next) {
        if (job->out)
            continue;
        outcome = run_job(writer, job, guarded, error);
        if (outcome == GONE && is_spoiler(job))
            *spoiler = job;
    }
    return outcome;
}

/* Begins and runs the jobs. Nearly every group runs through, so that it is tried without savepoints
 * first: each of them would make the engine keep a copy of every page that the next job touches,
 * which is a third of a save. Where a job fails, the group begins again, each in a savepoint; a job
 * alone has one from the start and runs once. Where one ends the transaction for all, the others
 * begin again without it. False when the transaction is gone for another reason. */
static bool run_members(struct epo_writer *writer, struct job *jobs, struct epo_error *error) {
    for (bool guarded = jobs->next == NULL;;) {
        struct job *spoiler = NULL;
        *error = (struct epo_error){0};
        enum outcome outcome = GONE;
        if (begin_group(writer, error))
            outcome = run_jobs(writer, jobs, guarded, &spoiler, error);
        if (outcome == GOING_ON)
            return true;
        if (outcome == UNDO_ALL && !run_plain(writer->db, &ROLLBACK, error))
            return false;
        if (outcome == GONE && !spoiler)
            return false;
        if (spoiler)
            spoiler->out = true;
        guarded = true;
    }
}

/* Runs and commits a group; afterwards every job knows its fate. */
static void run_group(struct epo_writer *writer, struct job *jobs) {
    struct epo_error error = {0};
    if (!ensure_connection(writer, &error) || !epo_store_in_place(writer->store, &error)) {
        epo_log_error(EPO_LOG_ERROR, "store.group_failed", &error);
        fail_rest(jobs, &error);
        return;
    }
    bool whole = run_members(writer, jobs, &error);
    int64_t from = epo_clock_monotonic_us();
    whole = whole && run_plain(writer->db, &COMMIT, &error);
    if (whole) {
        pthread_mutex_lock(&writer->lock);
        writer->figures.commits++;
        writer->figures.fsync_us += (uint64_t)(epo_clock_monotonic_us() - from);
        pthread_mutex_unlock(&writer->lock);
        return;
    }
    if (!error.kind)
        epo_fail(&error, EPO_ERROR_BROKEN, "store.group", "the transaction was rolled back");
    for (struct job *job = jobs; job; job = job->next)
        if (job->ok || !job->error.kind) {
            job->ok = false;
            job->error = error;
        }
    epo_log_error(EPO_LOG_ERROR, "store.group_failed", &error);
    struct epo_error ignored;
    if (!sqlite3_get_autocommit(writer->db->handle))
        run_plain(writer->db, &ROLLBACK, &ignored);
    give_up_connection(writer);
}

static void tell(struct epo_writer *writer, struct job *jobs) {
    uint64_t count = 0, failed = 0;
    for (struct job *job = jobs, *next; job; job = next) {
        next = job->next;
        count++;
        failed += !job->ok;
        job->done(job->arg, job->ok ? NULL : &job->error);
        free(job);
    }
    pthread_mutex_lock(&writer->lock);
    writer->figures.jobs += count;
    writer->figures.failed += failed;
    pthread_mutex_unlock(&writer->lock);
}

/* Up to a group of waiting jobs, in order. Lock held. */
static struct job *take(struct epo_writer *writer) {
    struct job *jobs = writer->first, *last = NULL;
    size_t count = 0;
    for (struct job *job = jobs; job && count < EPO_WRITE_GROUP_MAX; job = job->next, count++)
        last = job;
    if (!last)
        return NULL;
    writer->first = last->next;
    if (!writer->first)
        writer->last = &writer->first;
    last->next = NULL;
    writer->waiting -= count;
    return jobs;
}

/* One step between two groups, so that a copy never holds up a save for long. */
static void step_backup(struct epo_writer *writer, struct backup_wish *wish) {
    if (!wish->running && ensure_connection(writer, &wish->error))
        wish->running = epo_backup_start(writer->db, wish->to_path, &wish->error);
    if (wish->running && epo_backup_step(wish->running))
        return;
    finish_backup(writer, wish, wish->running && epo_backup_end(wish->running, &wish->error));
}

static void *writer_main(void *arg) {
    struct epo_writer *writer = arg;
    for (;;) {
        pthread_mutex_lock(&writer->lock);
        while (!writer->first && !writer->backup && !writer->stopping)
            pthread_cond_wait(&writer->wake, &writer->lock);
        struct job *jobs = take(writer);
        bool stop = writer->stopping && !jobs && !writer->backup;
        pthread_mutex_unlock(&writer->lock);
        if (stop)
            return NULL;
        if (jobs) {
            run_group(writer, jobs);
            tell(writer, jobs);
        }
        pthread_mutex_lock(&writer->lock);
        struct backup_wish *wish = writer->backup; /* a failed group may have ended it */
        pthread_mutex_unlock(&writer->lock);
        if (wish)
            step_backup(writer, wish);
    }
}

struct epo_writer *epo_writer_start(struct epo_store *store, struct epo_db *db) {
    struct epo_writer *writer = calloc(1, sizeof *writer);
    epo_assert(writer);
    writer->store = store;
    writer->db = db;
    writer->last = &writer->first;
    pthread_mutex_init(&writer->lock, NULL);
    pthread_cond_init(&writer->wake, NULL);
    pthread_cond_init(&writer->told, NULL);
    epo_assert(pthread_create(&writer->thread, NULL, writer_main, writer) == 0);
    return writer;
}

void epo_writer_stop(struct epo_writer *writer) {
    if (!writer)
        return;
    pthread_mutex_lock(&writer->lock);
    writer->stopping = true;
    pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    epo_sqlite_close(writer->stale);
    epo_sqlite_close(writer->db); /* the last connection checkpoints the WAL */
    pthread_mutex_destroy(&writer->lock);
    pthread_cond_destroy(&writer->wake);
    pthread_cond_destroy(&writer->told);
    free(writer);
}

bool epo_writer_submit(struct epo_writer *writer, epo_write_run_fn run, epo_write_done_fn done,
                       void *arg, struct epo_error *error) {
    struct job *job = calloc(1, sizeof *job);
    epo_assert(job);
    *job = (struct job){.run = run, .done = done, .arg = arg};
    pthread_mutex_lock(&writer->lock);
    bool stopping = writer->stopping, room = writer->waiting < EPO_WRITE_QUEUE_MAX && !stopping;
    if (room) {
        *writer->last = job;
        writer->last = &job->next;
        writer->waiting++;
        pthread_cond_signal(&writer->wake);
    }
    pthread_mutex_unlock(&writer->lock);
    if (room)
        return true;
    free(job);
    if (stopping)
        return epo_fail(error, EPO_ERROR_BUSY, "store.stopping", "the portal is stopping");
    return epo_fail(error, EPO_ERROR_BUSY, "store.queue_full",
                    "too many saves are waiting: try again shortly");
}

struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t told;
    bool finished, ok;
    epo_write_run_fn run;
    void *arg;
    struct epo_error *error;
};

static bool waiting_run(struct epo_db *db, void *arg, struct epo_error *error) {
    struct waiting *waiting = arg;
    return waiting->run(db, waiting->arg, error);
}

static void waiting_done(void *arg, const struct epo_error *error) {
    struct waiting *waiting = arg;
    pthread_mutex_lock(&waiting->lock);
    waiting->ok = !error;
    if (error && waiting->error)
        *waiting->error = *error;
    waiting->finished = true;
    pthread_cond_signal(&waiting->told);
    pthread_mutex_unlock(&waiting->lock);
}

bool epo_writer_wait(struct epo_writer *writer, epo_write_run_fn run, void *arg,
                     struct epo_error *error) {
    struct waiting waiting = {.run = run, .arg = arg, .error = error};
    pthread_mutex_init(&waiting.lock, NULL);
    pthread_cond_init(&waiting.told, NULL);
    bool ok = epo_writer_submit(writer, waiting_run, waiting_done, &waiting, error);
    if (ok) {
        pthread_mutex_lock(&waiting.lock);
        while (!waiting.finished)
            pthread_cond_wait(&waiting.told, &waiting.lock);
        pthread_mutex_unlock(&waiting.lock);
        ok = waiting.ok;
    }
    pthread_mutex_destroy(&waiting.lock);
    pthread_cond_destroy(&waiting.told);
    return ok;
}

bool epo_writer_backup(struct epo_writer *writer, const char *to_path, struct epo_error *error) {
    struct backup_wish wish = {.to_path = to_path};
    pthread_mutex_lock(&writer->lock);
    bool free_now = !writer->backup && !writer->stopping;
    if (free_now) {
        writer->backup = &wish;
        pthread_cond_signal(&writer->wake);
        while (!wish.finished)
            pthread_cond_wait(&writer->told, &writer->lock);
    }
    pthread_mutex_unlock(&writer->lock);
    if (!free_now)
        return epo_fail(error, EPO_ERROR_BUSY, "store.backup_running",
                        "another backup is being made");
    if (!wish.ok && error)
        *error = wish.error;
    return wish.ok;
}

void epo_writer_figures(struct epo_writer *writer, struct epo_store_figures *figures) {
    pthread_mutex_lock(&writer->lock);
    *figures = writer->figures;
    figures->queue = writer->waiting;
    pthread_mutex_unlock(&writer->lock);
}
