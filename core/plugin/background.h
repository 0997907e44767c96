/* What runs beside requests: scheduled jobs of agendas, and reloading on save while developing. */
#ifndef EPO_PLUGIN_BACKGROUND_H
#define EPO_PLUGIN_BACKGROUND_H

#include "plugin/plugin.h"

/* jobs.c: a thread that looks once a second which job of which agenda is due and has it run on a
 * worker. The last run is kept in the database: a job that was due while the portal was down runs
 * soon after the start. A job never runs twice at once; one that fails is tried again at its next
 * time. */
struct epo_jobs;
/* Hands fn to a worker (epo_server_post); false: no room, tried again later. */
typedef bool (*epo_jobs_post_fn)(void *to, void (*fn)(void *arg, struct epo_db *db), void *arg);
struct epo_jobs *epo_jobs_start(struct epo_registry *registry, struct epo_portal *portal,
                                epo_jobs_post_fn post, void *to, struct epo_error *error);
/* Ends the thread. Before it the workers must have ended: no posted job may be under way. */
void epo_jobs_stop(struct epo_jobs *jobs);

/* watch.c (--dev): a thread that reloads an agenda when a file in its folder is saved, or a new
 * folder appears. The last of the folders is that of organizations. Where more than one agenda may
 * be another, load is called, which loads all; changed (may be NULL) after each reload; both on
 * that thread. */
struct epo_watch;
struct epo_watch *epo_watch_start(struct epo_registry *registry, const char *const *folders,
                                  size_t folder_count,
                                  bool (*load)(void *arg, struct epo_error *error),
                                  void (*changed)(void *arg), void *arg, struct epo_error *error);
void epo_watch_stop(struct epo_watch *watch);

#endif
