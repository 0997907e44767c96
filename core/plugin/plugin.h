/* clang-format off */
/* Agendas: loaded plugins and scripts, their forms and rights, and the calls into them. A native
 * shared object and a Lua script look the same from here on: struct epo_agenda.
 *
 * An agenda is a folder named like the agenda. Its manifest.json:
 * {
 *   "name": "dog_fee",                 lower-case letters, digits, _; the folder's name
 *   "version": "1.0.0",
 *   "abi": "1.0",                      of epo.h; a newer one than the host's is refused
 *   "runtime": "lua" | "native",
 *   "main": "agenda.lua" | "dog_fee.so",
 *   "title": {"cs": …, "en": …}, "summary": {"cs": …, "en": …},
 *   "group": {"cs": …, "en": …},       heading under which it is listed; optional
 *   "life_situation": {"what": …, …},  what /agendas/{agenda} says, see life.h; needs "law"
 *   "law": [{"cs": …, "en": …, "url": …}],
 *   "group": {"cs": …, "en": …},       heading on /agendas
 *   "rights": ["tables", "routes", "pages", "jobs", "places", "records"],   what it asks for; one
 *                                      that epo.json "grants" does not give refuses the whole agenda
 *   "records": {"dog": {…}}, "arrears": {…},   its register and ledger, see registers.h; right
 *                                      "records"
 *   "forms": ["forms/registration.json", {"file": "forms/end.json", "situation": "A1234/zruseni"}],
 *                                      situation: the code of the life situation that the form
 *                                      serves (default "<agenda>/<form id>"); one form has it in the
 *                                      whole city, a second one is refused
 *   "parameters": {…},                 defaults; see below
 *   "assurance": "registered",         how well the portal must know who sends its forms, unless a
 *                                      form says otherwise; default "anonymous" (assurance.h)
 *   "retention": {…},                  how long cases are kept; see retention.h
 *   "parameter_types": {…},            what they may be; see parameters.h
 *   "routing": {"office": "district" | "<office id>",            where requests go, unless
 *     "rules": [{"when": "in(districts, \"Plzeň 3\") and owner == \"city\"", "office": "umo-3"}]},
 *                                      the first rule that holds says otherwise (see rules.h and
 *                                      forms/expression.h; submitted may still name another)
 *   "applies": "owner == \"city\"",    at which places it is offered (place first); default: all
 *   "decisions": {…},                  that its clerks issue, see decisions.h
 *   "states": {…},                     of its cases: moves, deadlines, words, see states.h
 *   "statements": {"count_open": {"sql": "SELECT …", "writes": false}},    right "tables"
 *   "pages": ["overview"],             right "pages"; each has templates/<page>.html
 *   "routes": [{"method": "GET", "path": "rates", "name": "rates"}],       right "routes";
 *                                      name is the hook's (default: the path)
 *   "jobs": [{"name": "remind", "every_s": 86400}],            right "jobs"
 *   "public": {"occupy": [{"layer": "permits", "states": ["accepted"], "from": "from",
 *     "until": "to", "title": "kind", "fields": ["from", "to"]}]}   what everybody may see on the
 *                                      map, see public.h
 * }
 * Beside it: texts/{cs,en}.json (keys "error.<code>" for failures), templates/ (*.html, named
 * "<agenda>/<file>" in {{> …}}), sql/NNN_*.sql (tables named <name>_…), tests/ (see tools.h).
 *
 * Default states (states.c): received and in_progress lead to returned (for completion), payment
 * (waiting for it), accepted, refused and withdrawn; 30 days, standing still while it is the
 * applicant's turn.
 *
 * epo.json: "grants": {"*": ["places"], "dog_fee": ["tables"]} (both lists count; without "grants"
 * everything asked for is given); "parameters": {"dog_fee": {"rate_haler": 15000,
 * "districts": {"546003": {"rate_haler": 12000}}}}. Members are replaced whole: manifest <
 * parameters < district of the place. A value may say why and when: parameters.h.
 *
 * Values written for people in explanations ("explain" of compute): {"key": text key, "values":
 * {"n": 3, "rate": {"money": 15000}, "area": {"number": 12.5, "decimals": 1}, "until": {"date":
 * "2026-11-24"}, "zone": {"text": "zone.1"}}} or plain text. */
/* clang-format on */
#ifndef EPO_PLUGIN_PLUGIN_H
#define EPO_PLUGIN_PLUGIN_H

#include "base/error.h"
#include "base/json.h"
#include "forms/form.h"
#include "include/epo.h"
#include "plugin/states.h"
#include "portal/assurance.h"
#include "portal/casework.h"
#include "portal/person_link.h"
#include "portal/portal.h"
#include "portal/submission.h"

/* A runtime makes an epo_plugin out of a folder; native is dlopen, Lua is handed in by main as
 * {"lua", epo_lua_open, epo_lua_close} of lua/engine.h (which knows epo.h alone, hence the flat
 * arguments). */
struct epo_runtime {
    const char *name; /* "native", "lua" */
    /* file: full path of manifest "main". On success 0, *plugin and *handle; *self where open
     * itself makes what start would. Else non-zero and a sentence in fault, led by "file:line: "
     * where known. */
    int (*open)(const char *folder, const char *file, const epo_host *host,
                const epo_plugin **plugin, void **self, void **handle, char *fault, size_t room);
    void (*close)(void *handle);
};

struct epo_parameter_set;
struct epo_agenda; /* one generation of one agenda; refcounted */
struct epo_registry;

/* runtimes besides "native", which is always there. */
struct epo_registry *epo_registry_create(struct epo_portal *portal,
                                         const struct epo_runtime *const *runtimes,
                                         size_t runtime_count);
void epo_registry_free(struct epo_registry *registry);
/* Loads or reloads every agenda folder found in the given folders; of two with one name that of the
 * later folder. One that fails is reported in
 * the registry's faults (and the log) and, on reload, keeps its running generation. */
bool epo_registry_load(struct epo_registry *registry, const char *const *folders,
                       size_t folder_count, struct epo_error *error);
/* [{"agenda","file","line","text","at","kept":bool,"warning":true}] of the last loads: for /admin
 * and epo check. warning: only where it refuses nothing. */
struct epo_json *epo_registry_faults(struct epo_registry *registry, struct epo_pool *pool);

/* Loads or reloads one folder; false and a fault when it was refused. One that gave way to a later
 * folder of its name in the last whole load is left alone: true. */
bool epo_registry_load_folder(struct epo_registry *registry, const char *folder,
                              struct epo_error *error);
/* What would be wrong with the agenda if this text (empty: its own file) were the definition of its
 * form: [{"file","line","text"}] in the pool; empty: it may be published. The agenda is opened
 * beside the running one and closed again. NOT_FOUND where no folder has that name. */
bool epo_registry_try_form(struct epo_registry *registry, const char *name, const char *form,
                           struct epo_span text, struct epo_pool *pool, struct epo_json **rows,
                           struct epo_error *error);
/* Loads the agenda of that name again from the folder it came from. */
bool epo_registry_reload(struct epo_registry *registry, const char *name, struct epo_error *error);
/* The definition in force as it was typed: published from the browser, or the agenda's file; in the
 * pool. False and a reason where the file cannot be read. */
bool epo_agenda_source(const struct epo_agenda *agenda, struct epo_db *db, const char *form,
                       struct epo_pool *pool, struct epo_span *text, struct epo_error *error);
/* The agenda's own file of it. */
bool epo_agenda_own_source(const struct epo_agenda *agenda, const char *form, struct epo_pool *pool,
                           struct epo_span *text, struct epo_error *error);
#define EPO_AGENDAS_MAX 256
/* All live agendas in title order; each must be released. */
size_t epo_registry_list(struct epo_registry *registry, struct epo_agenda **out, size_t room);
/* NULL if there is none of that name. Release after use. */
struct epo_agenda *epo_registry_find(struct epo_registry *registry, struct epo_span name);
void epo_agenda_release(struct epo_agenda *agenda);

const char *epo_agenda_name(const struct epo_agenda *agenda);
const char *epo_agenda_version(const struct epo_agenda *agenda);
const char *epo_agenda_runtime(const struct epo_agenda *agenda);
/* Which load of this agenda it is, from 1, and when it was (UTC µs). */
int epo_agenda_generation(const struct epo_agenda *agenda);
int64_t epo_agenda_loaded_at_us(const struct epo_agenda *agenda);
/* [{"hook","where","code","text","times","at"}]: what went wrong in its hooks since it was loaded.
 */
struct epo_json *epo_agenda_troubles(struct epo_agenda *agenda, struct epo_pool *pool);
const struct epo_json *epo_agenda_manifest(const struct epo_agenda *agenda);
/* The row of its organization (organization.h), or NULL: the city's own. */
const struct epo_json *epo_agenda_organization(const struct epo_agenda *agenda);
size_t epo_agenda_form_count(const struct epo_agenda *agenda);
const struct epo_form *epo_agenda_form(const struct epo_agenda *agenda, size_t index);
/* The code of the life situation that a form serves. */
const char *epo_agenda_situation(const struct epo_agenda *agenda, size_t index);
const struct epo_form *epo_agenda_find_form(const struct epo_agenda *agenda, struct epo_span id);
/* The level that sending this form needs: its own word, else the agenda's. form NULL: the agenda's,
 * which what is recorded about a person needs as well. */
enum epo_assurance epo_agenda_assurance(const struct epo_agenda *agenda,
                                        const struct epo_form *form);
const struct epo_templates *epo_agenda_templates(const struct epo_agenda *agenda);
const struct epo_catalog *epo_agenda_catalog(const struct epo_agenda *agenda);

/* Of whom a request is. What is written under the number links the sender to it. */
struct epo_hook_person {
    char number[EPO_PERSON_NUMBER_SIZE];
    struct epo_span sender; /* account or empty */
    int64_t case_number;    /* 0: it is being filed */
};
/* What a hook call starts from and ends with. */
struct epo_hook {
    struct epo_pool *pool;
    struct epo_portal *portal;
    struct epo_db *db; /* read connection; inside the save: the writer's */
    const char *lang;
    struct epo_json *tree;                /* read by host->get (object; may be NULL) */
    struct epo_json *result;              /* set by host->set_*; object, filled */
    struct epo_json *failures;            /* array of {"path","code","message"}, filled */
    struct epo_json *writes;              /* array, filled in submitted, state and assess: for
                                             epo_agenda_write */
    const struct epo_hook_person *person; /* whose request it is, or NULL */
    bool person_kept;                     /* what says so stands among the writes */
    const struct epo_json *given_records, *given_entries; /* tests: instead of the registers */
};
enum epo_hook_kind {
    EPO_HOOK_SELFTEST,
    EPO_HOOK_COMPUTE,
    EPO_HOOK_CHECK,
    EPO_HOOK_SUBMITTED,
    EPO_HOOK_STATE,
    EPO_HOOK_PAGE,
    EPO_HOOK_ROUTE,
    EPO_HOOK_JOB,
    EPO_HOOK_ASSESS
};
/* Calls the hook (name for page, route, job; else NULL). tree, result, failures and writes may be
 * NULL and are then made. True with empty failures: all well. An absent hook is true. In compute,
 * check, submitted, state and assess whatever the agenda refuses is a failure, for people to read;
 * in the other hooks only BAD_INPUT is, and DENIED, NOT_FOUND, CONFLICT and BUSY come back as false
 * with that kind. False with BROKEN: the hook itself failed (script error with where = "file:line",
 * budget, wrong use of the host). On a worker; never inside a write job. */
bool epo_agenda_call(struct epo_agenda *agenda, enum epo_hook_kind kind, const char *name,
                     struct epo_hook *hook, struct epo_error *error);
/* Inside a write job: what the hook gave to host->write. number: of a new submission, or NULL. */
bool epo_agenda_write(struct epo_agenda *agenda, struct epo_db *db, const struct epo_json *writes,
                      const char *number, struct epo_error *error);

/* The hook name of a declared route, or NULL. path: without leading "/". */
const char *epo_agenda_route(const struct epo_agenda *agenda, struct epo_span method,
                             struct epo_span path);
bool epo_agenda_has_page(const struct epo_agenda *agenda, struct epo_span page);
/* Parameters in force on a day (ISO; NULL: today, in the portal's time zone) in a district (code;
 * empty: the city), by decree and by what an admin has set (parameters.h); as they were known when
 * the agenda was loaded, which every change of them does again. Each hook gets those of its day:
 * forms today's, a completion its filing's, an assessment those of its period's first day. In the
 * pool. Any thread. */
struct epo_json *epo_agenda_parameters(const struct epo_agenda *agenda, struct epo_pool *pool,
                                       struct epo_span district, const char *day);
/* What they are made of (parameters.h); as long as the agenda is held. */
const struct epo_parameter_set *epo_agenda_parameter_set(const struct epo_agenda *agenda);
/* A text of the agenda or a form with its {parameter.name} filled in. In the pool, or the text. */
struct epo_span epo_agenda_fill(const struct epo_agenda *agenda, struct epo_pool *pool,
                                const char *lang, const struct epo_json *parameters,
                                struct epo_span text);
/* The same in all texts of a view model that come from a definition (labels, hints, titles …); what
 * people typed stays. parameters NULL: nothing. */
void epo_agenda_fill_view(const struct epo_agenda *agenda, struct epo_pool *pool, const char *lang,
                          const struct epo_json *parameters, struct epo_json *view);
/* Does the manifest ask for what was reported nearby already, and how near and how long ago?
 *   "nearby": {"metres": 50, "days": 30} */
bool epo_agenda_nearby(const struct epo_agenda *agenda, int64_t *metres, int64_t *days);
/* Is the agenda offered at this place? facts: of epo_locate. By the rule "applies" of its manifest;
 * never outside the city. False when the rule takes too many steps. */
bool epo_agenda_applies(const struct epo_agenda *agenda, struct epo_pool *pool,
                        const struct epo_json *facts, bool *applies, struct epo_error *error);
/* The office that the manifest's routing names: "district", an office id or empty, for
 * epo_routing_office. facts of the request's place, answers and values may be NULL; today: ISO
 * date. Points into the manifest. False when a rule takes too many steps. */
bool epo_agenda_office(const struct epo_agenda *agenda, struct epo_pool *pool,
                       const struct epo_json *facts, const struct epo_json *answers,
                       const struct epo_json *values, const char *today, struct epo_span *office,
                       struct epo_error *error);
/* The lines of values "explain" in words: array of texts. */
struct epo_json *epo_agenda_explain(const struct epo_agenda *agenda, struct epo_pool *pool,
                                    const char *lang, const struct epo_json *values);

/* intake.c: is the definition of this form, live or older, in the store? Remembered for each
 * generation, so that it costs a statement only until it is. db NULL: as far as is remembered. */
bool epo_agenda_form_kept(struct epo_agenda *agenda, struct epo_db *db, const struct epo_form *form,
                          bool *kept, struct epo_error *error);

/* intake.c: the one way from raw answers to a filed submission, for pages and API alike. */
struct epo_intake {
    /* in */
    struct epo_portal *portal;
    struct epo_db *db;
    struct epo_pool *pool;
    struct epo_agenda *agenda;
    const struct epo_form *form;
    enum epo_answers_source source;
    const struct epo_json *raw;
    const char *lang;
    struct epo_span idempotency_key, sender;
    struct epo_span agent, agent_name,
        sender_name;                /* who sends it for the sender, see submission.h */
    struct epo_span counter;        /* account of the clerk who files it for somebody, or empty */
    const struct epo_json *account; /* {"id","name","role"} or NULL */
    enum epo_assurance assurance;   /* of who files it; not asked of a clerk at the counter */
    bool trial;                     /* of an offer: nothing further is offered */
    /* in, of a completion: what counts so far, and the ids that may be another now; its own ground
     * is asked about inside the save alone */
    const struct epo_json *kept_answers, *kept_facts, *asked;
    /* in, tests of agendas alone: instead of the map, the clock and epo.json */
    const struct epo_json *given_facts, *given_parameters;
    const struct epo_json *given_records, *given_entries; /* the registers */
    struct epo_span given_person;                         /* the sender's number */
    const char *given_today;
    /* in, of a replay: the day whose parameters count, where it is not the day of the request */
    const char *parameters_day;
    /* out */
    struct epo_form_result result; /* answers, errors (form's and agenda's), facts */
    struct epo_json *values;       /* computed values and "explain" */
    struct epo_json *parameters;   /* those in force */
    struct epo_json *submitted;    /* what the submitted hook set */
    struct epo_json *writes;       /* the agenda's writes, to run inside the save */
    struct epo_span office, district, due;
    struct epo_filed *filed;
    struct epo_occupant *occupants;       /* ground and days that it takes up */
    struct epo_json *tree;                /* what the hooks read */
    const struct epo_hook_person *person; /* whose it is, or NULL */
    bool repeated; /* this key was filed before: the agenda is not asked again */
};
/* Validates, locates, computes, asks the agenda. ok = result.errors is empty. Where the form itself
 * found errors, compute is still asked (so that a fee can be shown beside unfinished answers) but
 * check is not. False only when something broke. */
bool epo_intake_check(struct epo_intake *intake, struct epo_error *error);
/* Calls submitted, then builds the write job for a checked intake without errors: pass run and arg
 * to epo_respond_after_write or epo_store_write; afterwards intake->filed is filled. The agenda is
 * held until the pool is freed. Errors of epo_assurance_check where who files it is not known well
 * enough; BAD_INPUT "agenda.refused" where submitted refused: its failures
 * stand in result.errors. The job may end with CONFLICT "place.changed" (the map was replaced since
 * the check and the place's rules no longer hold) or "place.taken" (another was faster): check
 * again, which tells what is wrong and what is offered. */
bool epo_intake_file(struct epo_intake *intake, epo_write_run_fn *run, void **arg,
                     struct epo_error *error);

/* completing.c: answers that the office has asked for again. */
struct epo_completing {
    /* in */
    struct epo_portal *portal;
    struct epo_db *db;
    struct epo_pool *pool;
    struct epo_agenda *agenda;
    const struct epo_form *form;       /* that the submission was made under */
    const struct epo_json *submission; /* as epo_submission_find gave it, with an open completion */
    const struct epo_json *raw;        /* as posted: what was not asked for is not looked at */
    const char *lang;
    const struct epo_json *account;
    struct epo_span sender;
    /* out */
    struct epo_intake intake; /* result, values: with all answers, kept and new */
    struct epo_json *changes; /* [{"field","before","after"}] */
};
/* Ids that may be answered anew: of the open completion. */
struct epo_json *epo_completing_asked(const struct epo_json *submission, struct epo_pool *pool);
/* All that was typed or kept, as a browser would post it. raw NULL: as it was sent. */
struct epo_json *epo_completing_raw(const struct epo_completing *completing,
                                    const struct epo_json *raw);
/* As epo_intake_check: ok = intake.result.errors is empty. Under the parameters and the day of the
 * filing, unless a place is another now: then under its district's. */
bool epo_completing_check(struct epo_completing *completing, struct epo_error *error);
/* The write job of a checked one without errors: the record, the places, and the case on to what
 * "answered" of its state says. */
bool epo_completing_file(struct epo_completing *completing, epo_write_run_fn *run, void **arg,
                         struct epo_error *error);

/* state.c: a clerk moves a case. */
struct epo_state_change {
    /* in */
    struct epo_portal *portal;
    struct epo_db *db;
    struct epo_pool *pool;
    struct epo_agenda *agenda;
    const char *lang;
    const struct epo_json *submission; /* as epo_submission_find gave it */
    struct epo_span to, note;
    const struct epo_json *account; /* {"id","name","role"} of who moves it, or NULL */
    bool as_citizen;                /* the applicant moves it: only where "by" says so */
    bool answered;                  /* a completion moves it: to the state's "answered" */
    bool has_decision;              /* a decision is issued with it */
    bool has_reasons;               /* fields are asked for, each with a reason */
    const struct epo_json *given_records, *given_entries; /* tests: instead of the registers */
    struct epo_span given_person;                         /* tests: the sender's number, */
    const char *given_today;                              /* the day (else today), */
    const struct epo_json *given_parameters;              /* what is laid over */
    const struct epo_located *places; /* where they are others than those stored, or NULL */
    /* out */
    struct epo_json *failures, *writes;
    const struct epo_publication *publication; /* what everybody may see then, or NULL */
};
const struct epo_states *epo_agenda_states(const struct epo_agenda *agenda);
/* The rules of a state; those of "received" for one that the manifest knows no more, so that such a
 * stored case can be moved on. Never NULL. */
const struct epo_state *epo_agenda_state_of(const struct epo_agenda *agenda, struct epo_span id);
/* The states that the manifest allows a clerk after `from`: array of texts. */
struct epo_json *epo_agenda_moves(const struct epo_agenda *agenda, struct epo_pool *pool,
                                  struct epo_span from);
/* Does the manifest allow the move, and does the agenda? CONFLICT "state.not_allowed" where the
 * manifest does not; BAD_INPUT "state.note_needed" and "state.decision_needed"; BAD_INPUT
 * "agenda.refused" with the agenda's reasons in failures. On the worker. */
bool epo_agenda_state(struct epo_state_change *change, struct epo_error *error);
/* The write job of an allowed change: epo_casework_move, what everybody may see of the case then,
 * and the agenda's writes. move must live in the pool; the agenda is held until the pool is freed.
 * False when the case's place cannot be read. */
bool epo_agenda_state_file(struct epo_state_change *change, const struct epo_move *move,
                           epo_write_run_fn *run, void **arg, struct epo_error *error);

#endif
