/* One generation of one agenda, as the files of this room see it. */
#ifndef EPO_PLUGIN_AGENDA_H
#define EPO_PLUGIN_AGENDA_H

#include <pthread.h>
#include <stdatomic.h>

#include "plugin/manifest.h"
#include "plugin/parameters.h"
#include "plugin/plugin.h"

#define EPO_CALL_BYTES_MAX (8u << 20) /* host memory of one call: texts, rows, results */
#define EPO_PROBE_MS 3000             /* start and selftest of a C plugin in the child */

#define EPO_TROUBLES_MAX 10 /* kinds of failures kept for the admin */

/* trouble.c: failures of hooks by hook, code and place. */
struct epo_troubles {
    pthread_mutex_t lock;
    size_t count;
    struct epo_trouble {
        const char *hook;
        struct epo_error error;
        int64_t times, last_at_us;
    } each[EPO_TROUBLES_MAX];
};
void epo_agenda_note(struct epo_agenda *agenda, const char *hook, const struct epo_error *error);

/* What is tried before it counts: the agenda is opened with it beside the running one. Its tables
 * stay as they are. */
struct epo_form_trial {
    const char *form;     /* id; "": none; NULL: only files count, nothing that was published */
    struct epo_span text; /* empty: the agenda's own file */
    const struct epo_json *parameters; /* over all that is set, in epo.json's grammar; or NULL */
    bool tables; /* it may bring tables, which are not there yet: its statements are not compiled */
};

struct epo_record_kind;

struct epo_agenda {
    int references; /* atomic */
    int generation; /* 1, 2 … while the portal runs; set before it is live */
    int64_t loaded_at_us;
    struct epo_pool *pool;
    struct epo_portal *portal;
    const char *folder;
    const struct epo_manifest *manifest;
    unsigned rights;                     /* asked for and granted */
    struct epo_meter *meter;             /* of its organization (organization_use.h), or NULL */
    const struct epo_json *organization; /* whose it is (organization.h), or NULL: the city's */
    struct epo_catalog *catalog;
    struct epo_templates *templates;
    struct epo_form **forms;
    const char **situations; /* of each form: the code of its life situation */
    const char **form_files; /* of each form: "dog_fee/forms/registration.json" */
    size_t form_count;
    atomic_bool *forms_kept; /* by form: its definition is in the store (portal/definitions.h) */
    struct epo_parameter_set parameters;  /* as they were when it was loaded and checked */
    struct epo_record_kind *record_kinds; /* registers.h */
    size_t record_kind_count;
    const struct epo_runtime *runtime;
    epo_plugin plugin; /* members that an older plugin lacks are NULL */
    void *self, *handle;
    bool opened, started;
    struct epo_troubles troubles;
    const struct epo_form_trial *trial; /* or NULL; while it is opened */
    bool refreshed;                     /* what it lets out was looked at: jobs.c */
};

/* agenda.c: the folder made live: manifest, rights, texts, templates, forms, code, self-test,
 * tables. NULL where anything is wrong: all of it is in faults. One reference. others: live agendas
 * whose life situations are theirs, or NULL. trial: or NULL. */
struct epo_agenda *epo_agenda_open(struct epo_portal *portal, struct epo_registry *others,
                                   const struct epo_runtime *const *runtimes, size_t runtime_count,
                                   const char *folder, const struct epo_form_trial *trial,
                                   struct epo_faults *faults);
/* edited.c: the form that serves instead of the agenda's own file (which is then freed): the trial,
 * the one published from the browser, else own itself. NULL with faults: the trial has them. */
struct epo_form *epo_agenda_edited(struct epo_agenda *agenda, struct epo_form *own,
                                   const char *label, struct epo_form_fault **faults);
void epo_agenda_hold(struct epo_agenda *agenda);
/* Opens the code and starts it; false and one fault otherwise. */
bool epo_agenda_start(struct epo_agenda *agenda, struct epo_faults *faults);
/* Stops and closes the code. */
void epo_agenda_stop(struct epo_agenda *agenda);

/* registry.c: the agenda of that name opened from its own folder (or another one, which must have
 * its name) beside the running one; NULL with what is wrong in faults: [{"file","line","text"}] in
 * the pool. NOT_FOUND where no folder has that name. One reference. */
bool epo_registry_open_beside(struct epo_registry *registry, const char *name, const char *folder,
                              const struct epo_form_trial *trial, struct epo_pool *pool,
                              struct epo_agenda **opened, struct epo_json **faults,
                              struct epo_error *error);

/* registry.c: the file ("dog_fee/forms/registration.json", in the pool) of the form that a live
 * agenda of another name has for the life situation, or NULL. */
const char *epo_registry_situation(struct epo_registry *registry, struct epo_pool *pool,
                                   const char *situation, const char *but_agenda);

/* free.c: the rules "free" and "capacity" of the checked form: fills intake->occupants, adds errors
 * with what is offered instead. False only when asking failed. */
bool epo_intake_free(struct epo_intake *intake, struct epo_error *error);

/* completing.c: stored answers as a browser would post them again, their files too. */
struct epo_json *epo_intake_retyped(struct epo_portal *portal, const struct epo_form *form,
                                    struct epo_pool *pool, const struct epo_json *answers);

/* completing.c: what was not asked for again stays as it was, and is not blamed. */
void epo_intake_keep(struct epo_intake *intake);

/* owned.c: the rights that epo.json, or its organization, gives it. */
unsigned epo_agenda_granted(const struct epo_agenda *agenda);
/* An organization's agenda keeps to what is its organization's: its name, its offices, its codes of
 * life situations; C only where a setting and a right allow it. True of the city's own. */
bool epo_agenda_check_owned(struct epo_agenda *agenda, struct epo_faults *faults);
/* The office that its organization has for a wish; the wish itself of the city's own. */
struct epo_span epo_agenda_own_office(const struct epo_agenda *agenda, struct epo_span wish);

/* native.c */
extern const struct epo_runtime EPO_RUNTIME_NATIVE;
/* probe.c: start, selftest and stop in a child process. False and a sentence in fault where that
 * failed, crashed or hung. */
bool epo_agenda_probe(struct epo_agenda *agenda, char *fault, size_t room);

/* api.c: the table given to every plugin. */
extern const epo_host EPO_HOST;

#endif
