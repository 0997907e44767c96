/* Scheduled jobs: one thread watches the clock, workers do the work, the database remembers. */
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "plugin/agenda.h"
#include "plugin/background.h"
#include "plugin/public.h"

#define TICK_MS 1000

static const struct epo_statement LAST = {
    "jobs.last",
    "SELECT ran_at_us FROM agenda_jobs WHERE tenant = $1 AND agenda = $2 AND job = $3",
    NULL,
};
static const struct epo_statement RAN = {
    "jobs.ran",
    "INSERT INTO agenda_jobs (tenant, agenda, job, ran_at_us, error)\n"
    "VALUES ($1, $2, $3, $4, $5)\n"
    "ON CONFLICT (tenant, agenda, job) DO UPDATE\n"
    "SET ran_at_us = excluded.ran_at_us, error = excluded.error",
    NULL,
};

/* One job of one agenda, over all its generations. */
struct entry {
    struct epo_jobs *jobs;
    char agenda_name[EPO_AGENDA_NAME_MAX + 1], name[EPO_AGENDA_NAME_MAX + 1];
    int64_t ran_at_us;         /* start of the last run, 0: never */
    struct epo_agenda *agenda; /* held while it runs, else NULL */
    char error[64];            /* code of the run that is being remembered */
    struct entry *next;
};

struct epo_jobs {
    struct epo_registry *registry;
    struct epo_portal *portal;
    epo_jobs_post_fn post;
    void *to;
    struct epo_db *db; /* of the clock's thread */
    pthread_t thread;
    pthread_mutex_t lock; /* over entries and stopping */
    pthread_cond_t wake;
    bool stopping;
    struct entry *entries;
};

/* ---- on a worker ---- */

static bool remember(struct epo_db *db, void *arg, struct epo_error *error) {
    const struct entry *entry = arg;
    return epo_db_run(db, &RAN,
                      EPO_BIND(EPO_STRING(entry->jobs->portal->tenant),
                               EPO_STRING(entry->agenda_name), EPO_STRING(entry->name),
                               EPO_INTEGER(entry->ran_at_us), EPO_STRING(entry->error)),
                      NULL, error);
}

static void run(void *arg, struct epo_db *db) {
    struct entry *entry = arg;
    struct epo_jobs *jobs = entry->jobs;
    struct epo_error error = {0};
    struct epo_hook hook = {
        .pool = epo_pool_create(), .portal = jobs->portal, .db = db, .lang = "cs"};
    bool good = epo_agenda_call(entry->agenda, EPO_HOOK_JOB, entry->name, &hook, &error);
    epo_pool_free(hook.pool);
    snprintf(entry->error, sizeof entry->error, "%s", good ? "" : error.code);
    epo_log(good ? EPO_LOG_INFO : EPO_LOG_ERROR, "job.ran",
            EPO_LOG_TEXT("agenda", entry->agenda_name), EPO_LOG_TEXT("job", entry->name),
            EPO_LOG_TEXT("error", entry->error));
    if (!epo_store_write(jobs->portal->store, remember, entry, &error))
        epo_log_error(EPO_LOG_ERROR, "job.remember", &error);
    pthread_mutex_lock(&jobs->lock);
    struct epo_agenda *agenda = entry->agenda;
    entry->agenda = NULL;
    pthread_mutex_unlock(&jobs->lock);
    epo_agenda_release(agenda);
}

/* Once for each generation of an agenda: what the map shows of its cases, by the rules of now. */
static void refresh(void *arg, struct epo_db *db) {
    struct epo_agenda *agenda = arg;
    struct epo_error error = {0};
    if (!epo_public_refresh(agenda, db, &error))
        epo_log_error(EPO_LOG_ERROR, "public.refresh", &error);
    epo_agenda_release(agenda);
}

/* ---- on the clock's thread; the lock is held ---- */

static void look_at_public(struct epo_jobs *jobs, struct epo_agenda *agenda) {
    if (agenda->refreshed)
        return;
    epo_agenda_hold(agenda);
    agenda->refreshed = jobs->post(jobs->to, refresh, agenda);
    if (!agenda->refreshed)
        epo_agenda_release(agenda);
}

static struct entry *find(struct epo_jobs *jobs, const char *agenda, const char *name) {
    for (struct entry *entry = jobs->entries; entry; entry = entry->next)
        if (strcmp(entry->agenda_name, agenda) == 0 && strcmp(entry->name, name) == 0)
            return entry;
    struct epo_error error = {0};
    struct epo_rows *rows = epo_db_query(
        jobs->db, &LAST,
        EPO_BIND(EPO_STRING(jobs->portal->tenant), EPO_STRING(agenda), EPO_STRING(name)));
    int64_t ran_at_us = epo_rows_next(rows) ? epo_rows_integer(rows, 0) : 0;
    if (!epo_rows_end(rows, &error)) {
        epo_log_error(EPO_LOG_ERROR, "job.read", &error);
        return NULL; /* asked again at the next tick */
    }
    struct entry *entry = calloc(1, sizeof *entry);
    epo_assert(entry);
    entry->jobs = jobs;
    entry->ran_at_us = ran_at_us;
    snprintf(entry->agenda_name, sizeof entry->agenda_name, "%s", agenda);
    snprintf(entry->name, sizeof entry->name, "%s", name);
    entry->next = jobs->entries;
    return jobs->entries = entry;
}

static void look_at(struct epo_jobs *jobs, struct epo_agenda *agenda, int64_t now_us) {
    for (size_t i = 0; i < agenda->manifest->job_count; i++) {
        const struct epo_declared_job *job = &agenda->manifest->jobs[i];
        struct entry *entry = find(jobs, agenda->manifest->name, job->name);
        if (!entry || entry->agenda)
            continue;
        /* A clock set back must not stop a job for long: the future counts as never. */
        int64_t since_us = now_us - entry->ran_at_us;
        if (since_us >= 0 && since_us < job->every_s * 1000000)
            continue;
        int64_t before = entry->ran_at_us;
        epo_agenda_hold(agenda);
        entry->agenda = agenda;
        entry->ran_at_us = now_us;
        if (jobs->post(jobs->to, run, entry))
            continue;
        entry->agenda = NULL;
        entry->ran_at_us = before;
        epo_agenda_release(agenda);
    }
}

static void *watch_clock(void *arg) {
    struct epo_jobs *jobs = arg;
    struct epo_agenda *agendas[EPO_AGENDAS_MAX];
    pthread_mutex_lock(&jobs->lock);
    while (!jobs->stopping) {
        struct timespec until;
        size_t count = epo_registry_list(jobs->registry, agendas, EPO_AGENDAS_MAX);
        for (size_t i = 0; i < count; i++) {
            look_at_public(jobs, agendas[i]);
            look_at(jobs, agendas[i], epo_clock_now_us());
            epo_agenda_release(agendas[i]);
        }
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += TICK_MS / 1000;
        pthread_cond_timedwait(&jobs->wake, &jobs->lock, &until);
    }
    pthread_mutex_unlock(&jobs->lock);
    return NULL;
}

struct epo_jobs *epo_jobs_start(struct epo_registry *registry, struct epo_portal *portal,
                                epo_jobs_post_fn post, void *to, struct epo_error *error) {
    struct epo_jobs *jobs = calloc(1, sizeof *jobs);
    pthread_condattr_t monotonic;
    epo_assert(jobs);
    *jobs = (struct epo_jobs){.registry = registry, .portal = portal, .post = post, .to = to};
    jobs->db = epo_store_connect(portal->store, error);
    if (!jobs->db) {
        free(jobs);
        return NULL;
    }
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&jobs->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&jobs->lock, NULL);
    epo_assert(pthread_create(&jobs->thread, NULL, watch_clock, jobs) == 0);
    return jobs;
}

void epo_jobs_stop(struct epo_jobs *jobs) {
    if (!jobs)
        return;
    pthread_mutex_lock(&jobs->lock);
    jobs->stopping = true;
    pthread_cond_signal(&jobs->wake);
    pthread_mutex_unlock(&jobs->lock);
    pthread_join(jobs->thread, NULL);
    while (jobs->entries) {
        struct entry *entry = jobs->entries;
        jobs->entries = entry->next;
        epo_agenda_release(entry->agenda); /* posted, and the workers ended before it ran */
        free(entry);
    }
    epo_db_close(jobs->db);
    pthread_cond_destroy(&jobs->wake);
    pthread_mutex_destroy(&jobs->lock);
    free(jobs);
}
