/* epo serve: everything opened, wired and kept running until SIGTERM. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli.h"
#include "http/finder.h"
#include "plugin/background.h"
#include "portal/demo.h"
#include "ticker.h"

#define LISTEN_DEFAULT "127.0.0.1:8080"

struct serving {
    struct epo_process process;
    struct epo_app app;
};

/* Threads made from here on inherit it: signals reach the main thread alone. */
static void block_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* Settings with their organizations, and agendas, read again; the pool of settings has one owner at
 * a time. Any thread that may wait: main, the watch of developers, a worker of the admin's page. */
static bool reload_folder(void *arg, struct epo_error *error) {
    static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
    struct serving *serving = arg;
    pthread_mutex_lock(&one);
    bool good = epo_process_reload_settings(&serving->process) ||
                epo_fail(error, EPO_ERROR_BAD_INPUT, "reload.settings",
                         "epo.json is not in order: its faults are in the log.");
    good = epo_process_load_agendas(&serving->process, good ? error : NULL) && good;
    pthread_mutex_unlock(&one);
    epo_server_purge(serving->app.server);
    return good;
}

/* On the main thread, for SIGHUP. */
static void reload_all(void *arg) {
    struct serving *serving = arg;
    struct epo_portal *portal = &serving->process.portal;
    struct epo_error error = {0};
    if (!reload_folder(serving, &error))
        epo_log_error(EPO_LOG_ERROR, "reload.folder", &error);
    if (!epo_server_reload(serving->app.server, epo_json_get(epo_portal_settings(portal), "http"),
                           &error))
        epo_log_error(EPO_LOG_ERROR, "reload.http", &error);
    if (!epo_maps_reload(portal->maps, &error))
        epo_log_error(EPO_LOG_ERROR, "reload.maps", &error);
    epo_server_purge(serving->app.server);
    epo_log(EPO_LOG_INFO, "reload.done");
}

/* On the map watch's thread: a new map base lies there. Agendas that could not be loaded may have
 * missed a layer that is there now: then everything is loaded again, on the main thread. */
static void take_map(void *arg) {
    struct serving *serving = arg;
    struct epo_error error = {0};
    struct epo_pool *pool = epo_pool_create();
    if (!epo_maps_reload(serving->process.portal.maps, &error)) {
        epo_log_error(EPO_LOG_ERROR, "reload.maps", &error);
    } else {
        struct epo_span version = epo_maps_version(serving->process.portal.maps, pool);
        epo_log(EPO_LOG_INFO, "map.changed", EPO_LOG_SPAN("version", version));
        epo_server_purge(serving->app.server);
        const struct epo_json *faults = epo_registry_faults(serving->process.registry, pool);
        bool refused = false;
        for (uint32_t i = 0; faults != NULL && i < faults->count; i++)
            refused = refused || !epo_json_get_boolean(faults->items[i], "warning", false);
        if (refused)
            kill(getpid(), SIGHUP);
    }
    epo_pool_free(pool);
}

/* Prints where it serves and, for a demo, who may sign in. */
static void greet(const struct serving *serving, const char *listen) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_span host = epo_span(listen);
    while (host.len > 0 && host.at[host.len - 1] != ':')
        host.len--;
    bool tls = epo_json_get(epo_json_get(epo_portal_settings(&serving->process.portal), "http"),
                            "tls") != NULL;
    printf("%s://%.*s%d\n", tls ? "https" : "http", EPO_ARG(host),
           epo_server_port(serving->app.server));
    const struct epo_json *accounts =
        serving->process.portal.demo ? epo_demo_accounts(pool, serving->process.portal.folder, "cs")
                                     : NULL;
    for (uint32_t i = 0; accounts != NULL && i < accounts->count; i++)
        printf("  %-10.*s %.*s  %.*s\n", EPO_ARG(epo_json_get_text(accounts->items[i], "name")),
               EPO_ARG(epo_json_get_text(accounts->items[i], "password")),
               EPO_ARG(epo_json_get_text(accounts->items[i], "what")));
    fflush(stdout);
    epo_pool_free(pool);
}

/* A JSON file of the shared folder; NULL on any error. */
static const struct epo_json *read_shared(struct epo_process *process, const char *name,
                                          struct epo_error *error) {
    static const size_t max = 1 << 20;
    const char *path = epo_pool_printf(process->pool, "%s/%s", process->share, name);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        epo_fail(error, EPO_ERROR_BROKEN, "serve.shared", "%s cannot be read.", path);
        return NULL;
    }
    char *bytes = epo_pool_alloc(process->pool, max);
    struct epo_span text = {bytes, fread(bytes, 1, max, file)};
    fclose(file);
    return epo_json_parse(process->pool, text, error);
}

static bool post(void *server, void (*fn)(void *arg, struct epo_db *db), void *arg) {
    return epo_server_post(server, fn, arg);
}

/* After a reload on save: cached pages first, so that a page that is told sees the new ones. */
static void saved(void *arg) {
    struct serving *serving = arg;
    epo_server_purge(serving->app.server);
    epo_dev_changed(&serving->app);
}

/* The server between its companions: the clock of scheduled jobs, the watches over the map, over
 * evidence that is missing, over files that nobody claims and over mails to be sent, and, for
 * developers, the one over agenda folders. */
static bool run_with_companions(struct serving *serving, bool dev, struct epo_error *error) {
    struct epo_process *process = &serving->process;
    struct epo_watch *watch = NULL;
    struct epo_jobs *jobs =
        epo_jobs_start(process->registry, &process->portal, post, serving->app.server, error);
    if (jobs != NULL && dev)
        watch = epo_watch_start(process->registry, process->folders, 5, reload_folder, saved,
                                serving, error);
    struct epo_map_watch *map = epo_map_watch_start(process->portal.folder, take_map, serving);
    struct epo_evidence_watch *evidence =
        epo_evidence_watch_start(&process->portal, serving->app.looks, error);
    struct epo_ticker *files = epo_attachment_watch_start(&process->portal);
    struct epo_mail_watch *mails = epo_mail_watch_start(&process->portal, error);
    struct epo_retention_watch *retention =
        epo_retention_watch_start(&process->portal, process->registry, error);
    struct epo_replay_watch *replays =
        epo_replay_watch_start(&process->portal, process->registry, error);
    struct epo_day_watch *day = epo_day_watch_start(&serving->app, error);
    bool good = jobs != NULL && evidence != NULL && replays != NULL && day != NULL &&
                mails != NULL && retention != NULL && (watch != NULL || !dev) &&
                epo_server_run(serving->app.server, error);
    epo_day_watch_stop(day);
    epo_replay_watch_stop(replays);
    epo_retention_watch_stop(retention);
    epo_mail_watch_stop(mails);
    epo_ticker_stop(files);
    epo_evidence_watch_stop(evidence);
    epo_map_watch_stop(map);
    epo_watch_stop(watch);
    epo_jobs_stop(jobs);
    return good;
}

static bool run_made(struct serving *serving, const char *listen, bool dev,
                     struct epo_error *error) {
    struct epo_process *process = &serving->process;
    struct epo_app *app = &serving->app;
    *app = (struct epo_app){
        .portal = &process->portal,
        .registry = process->registry,
        .version = EPO_VERSION,
        .versions = epo_cli_versions(process->pool),
        .components = read_shared(process, "web/api/components.json", error),
        .ogc = read_shared(process, "web/api/ogc.json", error),
        .map_styles = read_shared(process, "assets/map-styles.json", error),
        .looks = epo_looks_make(process->pool, read_shared(process, "assets/map-looks.json", error),
                                error),
        .finder = epo_finder_create(),
        .reload = reload_folder,
        .reload_arg = serving,
        .started_at_us = epo_clock_now_us()};
    if (app->components == NULL || app->ogc == NULL || app->map_styles == NULL ||
        app->looks == NULL)
        return false;
    struct epo_server_options options = {
        .routes = epo_routes,
        .route_count = epo_route_count,
        .portal = &process->portal,
        .app = app,
        .settings = epo_json_get(epo_portal_settings(&process->portal), "http"),
        .listen = listen,
        .assets = epo_pool_printf(process->pool, "%s/assets", process->share)};
    app->server = epo_server_create(&options, error);
    if (app->server == NULL)
        return false;
    epo_server_on_reload(app->server, reload_all, serving);
    greet(serving, listen);
    process->portal.dev = dev;
    bool good = run_with_companions(serving, dev, error);
    epo_server_free(app->server);
    return good;
}

static bool run(struct serving *serving, const char *listen, bool dev, struct epo_error *error) {
    bool good = run_made(serving, listen, dev, error);
    epo_finder_free(serving->app.finder);
    return good;
}

int epo_cli_serve(struct epo_words *words) {
    static struct serving serving;
    struct epo_error error = {0};
    const char *listen = epo_words_option(words, "--listen");
    bool dev = epo_words_flag(words, "--dev");
    if (words->count != 0)
        return epo_words_usage("serve");
    block_signals();
    if (!epo_folder_lock(words->folder, false)) {
        fprintf(stderr, "epo: %s is being restored: try again when that is done\n", words->folder);
        return EPO_EXIT_MACHINE;
    }
    int code = epo_process_open(&serving.process, words->folder,
                                EPO_PART_STORE | EPO_PART_VIEW | EPO_PART_MAPS | EPO_PART_AGENDAS);
    if (code != EPO_EXIT_DONE)
        return code;
    epo_cli_agenda_faults(&serving.process);
    if (!run(&serving, listen != NULL ? listen : LISTEN_DEFAULT, dev, &error))
        code = epo_cli_failed(&error);
    epo_process_close(&serving.process);
    return code;
}
