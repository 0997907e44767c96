/* The command line: one table (cli.c), one function for each command, exit codes as in the README.
 * Only the room main includes this. */
#ifndef EPO_CLI_H
#define EPO_CLI_H

#include "base/error.h"
#include "base/limits.h"
#include "http/pages.h"
#include "plugin/plugin.h"
#include "portal/portal.h"
#include "portal/setting.h"

enum { EPO_EXIT_DONE = 0, EPO_EXIT_WRONG = 1, EPO_EXIT_USAGE = 2, EPO_EXIT_MACHINE = 3 };

/* Options common to commands, cut off the words by cli.c. */
struct epo_words {
    const char *folder; /* -C DIR, or "." */
    char **at;          /* what is left: the command's own words */
    int count;
};
struct epo_command {
    const char *name, *usage, *help;
    int (*run)(struct epo_words *words);
};
extern const struct epo_command epo_commands[];
extern const size_t epo_command_count;

/* Takes "--name VALUE" out of the words: its value, or NULL. */
const char *epo_words_option(struct epo_words *words, const char *name);
/* Takes "--name" out: whether it was there. */
bool epo_words_flag(struct epo_words *words, const char *name);
/* Says how the command is used; EPO_EXIT_USAGE. */
int epo_words_usage(const char *command);
/* Prints the error as "where: text"; the exit code of its kind. */
int epo_cli_failed(const struct epo_error *error);
/* For long work: "Roads 40 %" on one line of a terminal. */
void epo_cli_progress(const char *what, int percent);

/* ---- process.c: the parts of a portal, opened in order ---- */
enum epo_parts {
    EPO_PART_STORE = 1,
    EPO_PART_MAPS = 2,
    EPO_PART_VIEW = 4,
    EPO_PART_AGENDAS = 8,
    EPO_PART_QUIET = 16 /* no log: the command itself prints what is wrong */
};
struct epo_process {
    struct epo_portal portal;
    struct epo_registry *registry;
    struct epo_pool *pool; /* settings of all loads and paths: lives to the end */
    const char *share;
    const char *folders[5]; /* shipped agendas and plugins, the portal's own, organizations */
};
#define EPO_PROCESS_FOLDERS_MAX (EPO_ORGANIZATIONS_MAX + 4)
/* Where agendas are loaded from, of two with one name that of the later folder: those of
 * organizations, shipped ones, the portal's own. Only folders that are there; in the pool. */
size_t epo_process_folders(struct epo_process *process, struct epo_pool *pool,
                           const char **folders);
/* Opens the settings and the parts asked for (agendas need the others). On failure says why on
 * stderr, closes what was opened and gives the exit code; 0 when all is open. */
int epo_process_open(struct epo_process *process, const char *folder, int parts);
void epo_process_close(struct epo_process *process);
#define EPO_DEMO_DAY_SIZE 16
/* A demo may live on another day: the file demo-day in its folder says "2027-01-01", which then
 * begins. day: what was read before, "" at first. A portal in earnest has its machine's clock. */
void epo_demo_day(const struct epo_portal *portal, char day[EPO_DEMO_DAY_SIZE]);
/* Puts only the metric system of a portal folder in force; EPSG:5514 without an epo.json. */
bool epo_process_system(const char *folder, struct epo_error *error);
/* Loads agendas again from the share folder, then from the portal's own (which win). */
bool epo_process_load_agendas(struct epo_process *process, struct epo_error *error);
/* Reads epo.json again; faults are logged, then the old stay in force. */
bool epo_process_reload_settings(struct epo_process *process);
/* EPO_SHARE, the build's folder, or the installed one. */
const char *epo_share_folder(void);
/* All groups of settings, epo.json's own members first. */
extern const struct epo_setting_group *const epo_setting_groups[];
extern const size_t epo_setting_group_count;
/* native and lua. */
extern const struct epo_runtime *const epo_runtimes[];
extern const size_t epo_runtime_count;
/* "lua" in epo.json. */
extern const struct epo_setting_group epo_runtime_settings;
/* Puts the budgets of epo.json "lua" in force for scripts loaded from now on. */
void epo_runtimes_configure(const struct epo_json *settings);

/* ---- evidence_watch.c ---- */
struct epo_looks;
struct epo_portal;
struct epo_evidence_watch;
/* Until stopped, on a thread of its own. NULL on error. */
struct epo_evidence_watch *epo_evidence_watch_start(struct epo_portal *portal,
                                                    const struct epo_looks *looks,
                                                    struct epo_error *error);
void epo_evidence_watch_stop(struct epo_evidence_watch *watch); /* NULL is fine */

/* ---- attachment_watch.c ---- */
/* Until epo_ticker_stop. */
struct epo_ticker *epo_attachment_watch_start(struct epo_portal *portal);

/* ---- mail_watch.c ---- */
struct epo_mail_watch;
/* Until stopped. NULL on error. */
struct epo_mail_watch *epo_mail_watch_start(struct epo_portal *portal, struct epo_error *error);
void epo_mail_watch_stop(struct epo_mail_watch *watch); /* NULL is fine */

/* ---- retention_watch.c ---- */
struct epo_retention_watch;
/* Until stopped, on a thread of its own: once a day what is due. NULL on error. */
struct epo_retention_watch *epo_retention_watch_start(struct epo_portal *portal,
                                                      struct epo_registry *registry,
                                                      struct epo_error *error);
void epo_retention_watch_stop(struct epo_retention_watch *watch); /* NULL is fine */

/* ---- replay_watch.c ---- */
struct epo_replay_watch;
/* Until stopped, on a thread of its own: the replays that admins ask for. NULL on error. */
struct epo_replay_watch *epo_replay_watch_start(struct epo_portal *portal,
                                                struct epo_registry *registry,
                                                struct epo_error *error);
void epo_replay_watch_stop(struct epo_replay_watch *watch); /* NULL is fine */

/* ---- day_watch.c ---- */
struct epo_day_watch;
/* Until stopped, on a thread of its own: what begins when a day does. NULL on error. */
struct epo_day_watch *epo_day_watch_start(struct epo_app *app, struct epo_error *error);
void epo_day_watch_stop(struct epo_day_watch *watch); /* NULL is fine */

/* ---- map_watch.c ---- */
/* Calls changed on a thread of its own whenever another map.db lies in the portal's folder than
 * when it was started or called last. */
struct epo_map_watch;
struct epo_map_watch *epo_map_watch_start(const char *folder, void (*changed)(void *arg),
                                          void *arg);
void epo_map_watch_stop(struct epo_map_watch *watch); /* NULL is fine */

/* ---- folder.c ---- */
/* Names in a folder, sorted, NULL-terminated, in the pool; NULL where there is none. */
const char *const *epo_folder_names(struct epo_pool *pool, const char *folder);
/* A copy of files and folders; the target is made. Links are not followed, and refused. */
bool epo_folder_copy(struct epo_pool *pool, const char *from, const char *to,
                     struct epo_error *error);
/* Locks the portal folder until the process ends: `alone` to replace its content, shared to serve
 * it. False when others hold it so that this cannot be. */
bool epo_folder_lock(const char *folder, bool alone);
/* Files and folders of a portal beside portal.db, NULL-terminated (cli_backup.c). */
extern const char *const epo_backup_parts[];

/* [{"label","text"}] of program, ABI and libraries. */
struct epo_json *epo_cli_versions(struct epo_pool *pool);

/* cli_demo.c: what the demo's agendas hold of its citizen, from share/demo/registers.json, through
 * the same ways as a city's system and its clerks. Process: with agendas. */
bool epo_demo_registers_make(struct epo_process *process, struct epo_error *error);

/* Prints what is wrong with agendas as file:line (cli_check.c): how many faults, without warnings.
 */
size_t epo_cli_agenda_faults(struct epo_process *process);

int epo_cli_init(struct epo_words *words);
int epo_cli_serve(struct epo_words *words);
int epo_cli_check(struct epo_words *words);
int epo_cli_agenda(struct epo_words *words);
int epo_cli_assess(struct epo_words *words);  /* of epo agenda */
int epo_cli_replay(struct epo_words *words);  /* of epo agenda */
int epo_cli_publish(struct epo_words *words); /* of epo agenda */
int epo_cli_token(struct epo_words *words);
int epo_cli_import_records(struct epo_words *words); /* of epo agenda */
int epo_cli_form(struct epo_words *words);
int epo_cli_retention(struct epo_words *words);
int epo_cli_map(struct epo_words *words);
int epo_cli_import(struct epo_words *words); /* of epo map */
int epo_cli_apply_layers(struct epo_words *words);
int epo_cli_organization(struct epo_words *words);
int epo_cli_account(struct epo_words *words);
int epo_cli_backup(struct epo_words *words);
int epo_cli_restore(struct epo_words *words);
int epo_cli_version(struct epo_words *words);

#endif
