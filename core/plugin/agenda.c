/* A folder made live, step by step; whatever is wrong is said with its file and line. */
#include "plugin/agenda.h"
#include "plugin/decisions.h"
#include "plugin/organization.h"
#include "plugin/organization_use.h"
#include "plugin/parameters.h"
#include "plugin/public.h"
#include "plugin/registers.h"
#include "plugin/retention.h"

#include <sys/stat.h>
#include <unistd.h>

#define FORM_BYTES_MAX (1u << 20)

static bool is_folder(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static const char *path_of(struct epo_agenda *agenda, const char *name) {
    return epo_pool_printf(agenda->pool, "%s/%s", agenda->folder, name);
}

/* How a file is named in messages: "dog_fee/forms/registration.json". */
static const char *label_of(struct epo_agenda *agenda, const char *name) {
    return epo_pool_printf(agenda->pool, "%s/%s", agenda->manifest->name, name);
}

/* Rooms below name a file by its path; an author and an admin know it by its place in the agenda.
 */
static bool refuse_file(struct epo_agenda *agenda, const char *name, struct epo_error *error,
                        struct epo_faults *faults) {
    size_t len = strlen(agenda->folder);
    const char *last = strrchr(agenda->folder, '/');
    size_t parent = last ? (size_t)(last + 1 - agenda->folder) : 0;
    if (strncmp(error->where, agenda->folder, len) == 0 && error->where[len] == '/')
        memmove(error->where, error->where + parent, strlen(error->where + parent) + 1);
    return epo_fault_error(faults, label_of(agenda, name), error);
}

static bool check_rights(struct epo_agenda *agenda, struct epo_faults *faults) {
    const struct epo_manifest *manifest = agenda->manifest;
    unsigned granted = epo_agenda_granted(agenda);
    bool good = true;
    for (unsigned right = EPO_RIGHT_TABLES; right <= EPO_RIGHT_RECORDS; right <<= 1)
        if ((manifest->rights & right) && !(granted & right))
            good = epo_fault_add(faults, label_of(agenda, "manifest.json"), manifest->rights_line,
                                 "asks for the right \"%s\", which %s does not grant: add it "
                                 "to \"%s\" under \"%s\" or leave the agenda out",
                                 epo_right_name(right),
                                 agenda->organization ? "its organization" : "epo.json",
                                 agenda->organization ? "rights" : "grants", manifest->name);
    agenda->rights = manifest->rights;
    return good;
}

/* Words that all agendas of an organization share. */
static bool add_organization_texts(struct epo_agenda *agenda, struct epo_error *error) {
    if (!agenda->organization)
        return true;
    const char *texts = epo_pool_printf(agenda->pool, "%.*s/texts",
                                        EPO_ARG(epo_json_get_text(agenda->organization, "folder")));
    return !is_folder(texts) || epo_catalog_add(agenda->catalog, texts, "", error);
}

static bool load_texts(struct epo_agenda *agenda, struct epo_faults *faults) {
    struct epo_error error = {0};
    const char *texts = path_of(agenda, "texts"), *templates = path_of(agenda, "templates");
    agenda->catalog = epo_catalog_child(agenda->portal->catalog);
    agenda->templates = epo_templates_child(agenda->portal->templates, agenda->catalog);
    if (!add_organization_texts(agenda, &error))
        return refuse_file(agenda, "texts", &error, faults);
    if (is_folder(texts) && !epo_catalog_add(agenda->catalog, texts, "", &error))
        return refuse_file(agenda, "texts", &error, faults);
    if (is_folder(templates) &&
        (!epo_templates_add(agenda->templates, templates, agenda->manifest->name, false, &error) ||
         !epo_templates_link(agenda->templates, &error)))
        return refuse_file(agenda, "templates", &error, faults);
    bool good = true;
    for (size_t i = 0; i < agenda->manifest->page_count; i++) {
        const char *name =
            epo_pool_printf(agenda->pool, "templates/%s.html", agenda->manifest->pages[i]);
        if (access(path_of(agenda, name), R_OK) != 0)
            good = epo_fault_add(faults, label_of(agenda, "manifest.json"), 0,
                                 "the page \"%s\" has no %s", agenda->manifest->pages[i], name);
    }
    return good;
}

/* One form for the whole city: districts supply parameters, nobody a second form. */
static bool claim_situation(struct epo_agenda *agenda, struct epo_registry *others,
                            struct epo_faults *faults) {
    size_t at = agenda->form_count - 1;
    const char *own = agenda->situations[at], *other = NULL;
    for (size_t i = 0; i < at; i++)
        if (strcmp(agenda->situations[i], own) == 0)
            other = agenda->form_files[i];
    if (!other && others) {
        other = epo_registry_situation(others, faults->pool, own, agenda->manifest->name);
        faults->taken = faults->taken || other;
    }
    return !other ||
           epo_fault_add(
               faults, agenda->form_files[at], 1,
               "the life situation \"%s\" has its form already: %s. There is one form for "
               "the whole city; what differs in a district is a parameter (epo.json "
               "\"parameters\")",
               own, other);
}

/* What only a law lets a form ask, by a law of the manifest. */
static bool check_laws(struct epo_agenda *agenda, const struct epo_form *form, const char *label,
                       struct epo_faults *faults) {
    const struct epo_json *laws = epo_json_get(agenda->manifest->tree, "law");
    struct epo_span law;
    const char *field;
    bool good = true;
    for (uint32_t n = 0; epo_form_law(form, n, &field, &law); n++) {
        bool named = false;
        for (uint32_t i = 0; laws != NULL && laws->type == EPO_JSON_ARRAY && i < laws->count; i++)
            named = named || epo_span_equal(epo_json_get_text(laws->items[i], "url"), law);
        if (!named)
            good = epo_fault_add(faults, label, 1,
                                 "the field \"%s\" may be asked by the law \"%.*s\", which is the "
                                 "\"url\" of no \"law\" in the manifest",
                                 field, EPO_ARG(law));
    }
    return good;
}

static bool load_form(struct epo_agenda *agenda, struct epo_registry *others, size_t index,
                      struct epo_faults *faults) {
    const char *why, *name = agenda->manifest->forms[index], *label = label_of(agenda, name);
    struct epo_span source;
    struct epo_form_fault *wrong = NULL;
    if (!epo_file_read(agenda->pool, path_of(agenda, name), FORM_BYTES_MAX, &source, &why))
        return epo_fault_add(faults, label, 0, "the form that the manifest names: %s", why);
    struct epo_form *form =
        epo_form_read(agenda->pool, source, label, agenda->portal->maps, &wrong);
    if (form)
        form = epo_agenda_edited(agenda, form, label, &wrong);
    for (; wrong; wrong = wrong->next) {
        const char *file;
        int line;
        epo_fault_split(agenda->pool, wrong->where, &file, &line);
        epo_fault_add(faults, *file ? file : label, line, "%s", wrong->text);
    }
    if (!form)
        return false;
    const char *situation = agenda->manifest->situations[index];
    agenda->situations[agenda->form_count] =
        situation
            ? situation
            : epo_pool_printf(agenda->pool, "%s/%s", agenda->manifest->name, epo_form_id(form));
    agenda->form_files[agenda->form_count] = label;
    agenda->forms[agenda->form_count++] = form;
    for (size_t i = 0; i + 1 < agenda->form_count; i++)
        if (strcmp(epo_form_id(agenda->forms[i]), epo_form_id(form)) == 0)
            return epo_fault_add(faults, label, 1, "the form id \"%s\" stands in two files",
                                 epo_form_id(form));
    bool good = epo_parameters_check_texts(agenda, epo_form_definition(form), label, faults);
    good = check_laws(agenda, form, label, faults) && good;
    return claim_situation(agenda, others, faults) && good;
}

static bool load_forms(struct epo_agenda *agenda, struct epo_registry *others,
                       struct epo_faults *faults) {
    const struct epo_manifest *manifest = agenda->manifest;
    bool good = true;
    agenda->forms = EPO_NEW_ARRAY(agenda->pool, struct epo_form *, manifest->form_count + 1);
    agenda->forms_kept = EPO_NEW_ARRAY(agenda->pool, atomic_bool, manifest->form_count + 1);
    agenda->situations = EPO_NEW_ARRAY(agenda->pool, const char *, manifest->form_count + 1);
    agenda->form_files = EPO_NEW_ARRAY(agenda->pool, const char *, manifest->form_count + 1);
    for (size_t i = 0; i < manifest->form_count; i++)
        good = load_form(agenda, others, i, faults) && good;
    return good;
}

static bool check_states(struct epo_agenda *agenda, struct epo_faults *faults) {
    return epo_states_check_texts(agenda->manifest->states, agenda->pool, agenda->catalog,
                                  label_of(agenda, "manifest.json"), faults);
}

static bool load_tables(struct epo_agenda *agenda, struct epo_faults *faults) {
    const struct epo_manifest *manifest = agenda->manifest;
    const char *sql = path_of(agenda, "sql");
    char prefix[EPO_AGENDA_NAME_MAX + 2];
    struct epo_error error = {0};
    bool good = true, migrations = is_folder(sql);
    snprintf(prefix, sizeof prefix, "%s_", manifest->name);
    if (migrations && !(agenda->rights & EPO_RIGHT_TABLES))
        return epo_fault_add(faults, label_of(agenda, "sql"), 0,
                             "needs the right \"tables\": add it to \"rights\"");
    if (!agenda->portal->store || (agenda->trial && agenda->trial->tables))
        return true;
    if (migrations && (!agenda->trial || !agenda->trial->form) &&
        !epo_store_migrate(agenda->portal->store, manifest->name, sql, prefix, &error))
        return refuse_file(agenda, "sql", &error, faults);
    for (size_t i = 0; i < manifest->statement_count; i++) {
        const struct epo_declared_statement *declared = &manifest->statements[i];
        if (!epo_store_check_statement(agenda->portal->store, declared->statement.sql, prefix,
                                       declared->writes, &error))
            good = epo_fault_add(faults, label_of(agenda, "manifest.json"), declared->line,
                                 "the statement \"%s\": %s", declared->name, error.text);
    }
    return good;
}

static bool choose_runtime(struct epo_agenda *agenda, const struct epo_runtime *const *runtimes,
                           size_t runtime_count, struct epo_faults *faults) {
    if (strcmp(agenda->manifest->runtime, EPO_RUNTIME_NATIVE.name) == 0)
        agenda->runtime = &EPO_RUNTIME_NATIVE;
    for (size_t i = 0; i < runtime_count; i++)
        if (strcmp(agenda->manifest->runtime, runtimes[i]->name) == 0)
            agenda->runtime = runtimes[i];
    return agenda->runtime || epo_fault_add(faults, label_of(agenda, "manifest.json"), 1,
                                            "\"runtime\" is \"%s\": this portal knows native%s%s",
                                            agenda->manifest->runtime, runtime_count ? ", " : "",
                                            runtime_count ? runtimes[0]->name : "");
}

/* The older of two shapes: what this plugin does not have yet stays NULL. */
static void take_plugin(struct epo_agenda *agenda, const epo_plugin *plugin) {
    size_t size = plugin->size < sizeof agenda->plugin ? plugin->size : sizeof agenda->plugin;
    memset(&agenda->plugin, 0, sizeof agenda->plugin);
    memcpy(&agenda->plugin, plugin, size);
}

static bool selftest(struct epo_agenda *agenda, struct epo_faults *faults) {
    struct epo_error error = {0};
    struct epo_hook hook = {.pool = epo_pool_create(), .portal = agenda->portal, .lang = "cs"};
    const char *label = label_of(agenda, agenda->manifest->main);
    bool good = epo_agenda_call(agenda, EPO_HOOK_SELFTEST, NULL, &hook, &error);
    if (!good) {
        const char *file;
        int line;
        epo_fault_split(agenda->pool, error.where, &file, &line);
        epo_fault_add(faults, *file ? file : label, line, "its self-test failed: %s", error.text);
    } else if (hook.failures->count) {
        struct epo_span said = epo_json_get_text(hook.failures->items[0], "message");
        good = epo_fault_add(faults, label, 0, "its self-test failed: %.*s", EPO_ARG(said));
    }
    epo_pool_free(hook.pool);
    return good;
}

bool epo_agenda_start(struct epo_agenda *agenda, struct epo_faults *faults) {
    const struct epo_manifest *manifest = agenda->manifest;
    const char *label = label_of(agenda, manifest->main);
    const epo_plugin *plugin = NULL;
    char fault[600] = "cannot be opened";
    if (agenda->runtime->open(agenda->folder, path_of(agenda, manifest->main), &EPO_HOST, &plugin,
                              &agenda->self, &agenda->handle, fault, sizeof fault) != 0)
        return epo_fault_sentence(faults, label, fault);
    agenda->opened = true;
    take_plugin(agenda, plugin);
    /* A script has no descriptor of its own: its runtime leaves the names to the manifest. */
    if (agenda->plugin.name && strcmp(agenda->plugin.name, manifest->name) != 0) {
        epo_fault_add(faults, label, 0, "calls itself \"%s\", the manifest says \"%s\"",
                      agenda->plugin.name, manifest->name);
        epo_agenda_stop(agenda);
        return false;
    }
    int rc = agenda->plugin.start ? agenda->plugin.start(&EPO_HOST, &agenda->self) : 0;
    agenda->started = rc == 0;
    if (rc != 0)
        epo_fault_add(faults, label, 0, "its start refused with %d", rc);
    if (rc == 0 && selftest(agenda, faults))
        return true;
    epo_agenda_stop(agenda);
    return false;
}

void epo_agenda_stop(struct epo_agenda *agenda) {
    if (agenda->started && agenda->plugin.stop)
        agenda->plugin.stop(agenda->self);
    if (agenda->opened)
        agenda->runtime->close(agenda->handle);
    agenda->started = agenda->opened = false;
    agenda->self = agenda->handle = NULL;
}

static void agenda_free(struct epo_agenda *agenda) {
    epo_agenda_stop(agenda);
    for (size_t i = 0; i < agenda->form_count; i++)
        epo_form_free(agenda->forms[i]);
    epo_registers_free(agenda);
    pthread_mutex_destroy(&agenda->troubles.lock);
    epo_templates_free(agenda->templates);
    epo_catalog_free(agenda->catalog);
    epo_pool_free(agenda->pool); /* the agenda itself lies in it */
}

static bool start_native_safely(struct epo_agenda *agenda, struct epo_faults *faults) {
    char fault[600];
    if (agenda->runtime == &EPO_RUNTIME_NATIVE && !epo_agenda_probe(agenda, fault, sizeof fault))
        return epo_fault_add(faults, label_of(agenda, agenda->manifest->main), 0, "%s", fault);
    return epo_agenda_start(agenda, faults);
}

struct epo_agenda *epo_agenda_open(struct epo_portal *portal, struct epo_registry *others,
                                   const struct epo_runtime *const *runtimes, size_t runtime_count,
                                   const char *folder, const struct epo_form_trial *trial,
                                   struct epo_faults *faults) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_agenda *agenda = EPO_NEW(pool, struct epo_agenda);
    *agenda = (struct epo_agenda){.references = 1, .pool = pool, .portal = portal};
    agenda->trial = trial;
    pthread_mutex_init(&agenda->troubles.lock, NULL);
    agenda->folder = epo_pool_string(pool, epo_span(folder));
    agenda->manifest = epo_manifest_read(pool, agenda->folder, faults);
    /* Texts, forms and rights are independent: an author sees the mistakes of all three at once. */
    agenda->organization = epo_organization_of_folder(epo_portal_settings(portal), folder);
    if (agenda->organization)
        agenda->meter = epo_meter_of(epo_json_get_text(agenda->organization, "name"));
    bool good = agenda->manifest != NULL;
    if (good) {
        good = check_rights(agenda, faults);
        good = epo_agenda_check_owned(agenda, faults) && good;
        good = load_texts(agenda, faults) && good;
        good = epo_parameters_check(agenda, faults) && good;
        good = check_states(agenda, faults) && good;
        good = epo_registers_load(agenda, faults) && good;
        good = load_forms(agenda, others, faults) && epo_public_check(agenda, faults) &&
               epo_decisions_check(agenda, faults) && epo_retention_check(agenda, faults) && good;
        good = choose_runtime(agenda, runtimes, runtime_count, faults) && good;
    }
    good = good && start_native_safely(agenda, faults) && load_tables(agenda, faults);
    agenda->trial = NULL; /* the caller's */
    if (good)
        return agenda;
    agenda_free(agenda);
    return NULL;
}

void epo_agenda_hold(struct epo_agenda *agenda) {
    __atomic_add_fetch(&agenda->references, 1, __ATOMIC_RELAXED);
}

void epo_agenda_release(struct epo_agenda *agenda) {
    if (agenda && __atomic_sub_fetch(&agenda->references, 1, __ATOMIC_ACQ_REL) == 0)
        agenda_free(agenda);
}

/* ---- what others may know ---- */

const char *epo_agenda_name(const struct epo_agenda *agenda) {
    return agenda->manifest->name;
}

const char *epo_agenda_version(const struct epo_agenda *agenda) {
    return agenda->manifest->version;
}

const char *epo_agenda_runtime(const struct epo_agenda *agenda) {
    return agenda->runtime->name;
}

int epo_agenda_generation(const struct epo_agenda *agenda) {
    return agenda->generation;
}

int64_t epo_agenda_loaded_at_us(const struct epo_agenda *agenda) {
    return agenda->loaded_at_us;
}

const struct epo_json *epo_agenda_manifest(const struct epo_agenda *agenda) {
    return agenda->manifest->tree;
}

size_t epo_agenda_form_count(const struct epo_agenda *agenda) {
    return agenda->form_count;
}

const struct epo_form *epo_agenda_form(const struct epo_agenda *agenda, size_t index) {
    epo_assert(index < agenda->form_count);
    return agenda->forms[index];
}

const char *epo_agenda_situation(const struct epo_agenda *agenda, size_t index) {
    epo_assert(index < agenda->form_count);
    return agenda->situations[index];
}

const struct epo_form *epo_agenda_find_form(const struct epo_agenda *agenda, struct epo_span id) {
    for (size_t i = 0; i < agenda->form_count; i++)
        if (epo_span_is(id, epo_form_id(agenda->forms[i])))
            return agenda->forms[i];
    return NULL;
}

enum epo_assurance epo_agenda_assurance(const struct epo_agenda *agenda,
                                        const struct epo_form *form) {
    enum epo_assurance level = agenda->manifest->assurance;
    if (form)
        epo_assurance_read(epo_json_get_text(epo_form_definition(form), "assurance"), &level);
    return level;
}

const struct epo_templates *epo_agenda_templates(const struct epo_agenda *agenda) {
    return agenda->templates;
}

const struct epo_catalog *epo_agenda_catalog(const struct epo_agenda *agenda) {
    return agenda->catalog;
}

const char *epo_agenda_route(const struct epo_agenda *agenda, struct epo_span method,
                             struct epo_span path) {
    for (size_t i = 0; i < agenda->manifest->route_count; i++) {
        const struct epo_declared_route *route = &agenda->manifest->routes[i];
        if (epo_span_is(path, route->path) && epo_span_is(method, route->method))
            return route->name;
    }
    return NULL;
}

const struct epo_json *epo_agenda_organization(const struct epo_agenda *agenda) {
    return agenda->organization;
}

bool epo_agenda_has_page(const struct epo_agenda *agenda, struct epo_span page) {
    for (size_t i = 0; i < agenda->manifest->page_count; i++)
        if (epo_span_is(page, agenda->manifest->pages[i]))
            return true;
    return false;
}
