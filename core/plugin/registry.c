/* Which agendas are live, and what is wrong with those that are not. Loading builds a generation
 * aside and swaps it in under a lock; requests hold the generation they began with. */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "plugin/agenda.h"
#include "portal/publication.h"

#define FAULTS_MAX 200 /* kept for /admin; the log has all */

struct epo_registry {
    struct epo_portal *portal;
    const struct epo_runtime *const *runtimes;
    size_t runtime_count;
    pthread_mutex_t loading;       /* one load at a time; over wanted */
    char *usual[EPO_AGENDAS_MAX];  /* folders of the last whole load, one a name */
    char *wanted[EPO_AGENDAS_MAX]; /* the same, or what was published instead */
    size_t wanted_count;
    pthread_rwlock_t lock;                       /* over what follows */
    struct epo_agenda *agendas[EPO_AGENDAS_MAX]; /* in title order */
    size_t count;
    struct epo_pool *fault_pool;
    struct epo_json *faults;
};

struct epo_registry *epo_registry_create(struct epo_portal *portal,
                                         const struct epo_runtime *const *runtimes,
                                         size_t runtime_count) {
    struct epo_registry *registry = calloc(1, sizeof *registry);
    epo_assert(registry);
    registry->portal = portal;
    registry->runtimes = runtimes;
    registry->runtime_count = runtime_count;
    pthread_mutex_init(&registry->loading, NULL);
    pthread_rwlock_init(&registry->lock, NULL);
    registry->fault_pool = epo_pool_create();
    registry->faults = epo_json_array(registry->fault_pool);
    return registry;
}

static void forget_wanted(struct epo_registry *registry) {
    for (size_t i = 0; i < registry->wanted_count; i++) {
        free(registry->wanted[i]);
        free(registry->usual[i]);
    }
    registry->wanted_count = 0;
}

void epo_registry_free(struct epo_registry *registry) {
    if (!registry)
        return;
    for (size_t i = 0; i < registry->count; i++)
        epo_agenda_release(registry->agendas[i]);
    forget_wanted(registry);
    epo_pool_free(registry->fault_pool);
    pthread_rwlock_destroy(&registry->lock);
    pthread_mutex_destroy(&registry->loading);
    free(registry);
}

/* ---- reading ---- */

struct epo_agenda *epo_registry_find(struct epo_registry *registry, struct epo_span name) {
    struct epo_agenda *found = NULL;
    pthread_rwlock_rdlock(&registry->lock);
    for (size_t i = 0; !found && i < registry->count; i++)
        if (epo_span_is(name, registry->agendas[i]->manifest->name))
            found = registry->agendas[i];
    if (found)
        epo_agenda_hold(found);
    pthread_rwlock_unlock(&registry->lock);
    return found;
}

size_t epo_registry_list(struct epo_registry *registry, struct epo_agenda **out, size_t room) {
    pthread_rwlock_rdlock(&registry->lock);
    size_t count = registry->count < room ? registry->count : room;
    for (size_t i = 0; i < count; i++) {
        out[i] = registry->agendas[i];
        epo_agenda_hold(out[i]);
    }
    pthread_rwlock_unlock(&registry->lock);
    return count;
}

const char *epo_registry_situation(struct epo_registry *registry, struct epo_pool *pool,
                                   const char *situation, const char *but_agenda) {
    const char *file = NULL;
    pthread_rwlock_rdlock(&registry->lock);
    for (size_t i = 0; i < registry->count; i++) {
        const struct epo_agenda *agenda = registry->agendas[i];
        for (size_t j = 0; j < agenda->form_count; j++)
            if (strcmp(agenda->manifest->name, but_agenda) != 0 &&
                strcmp(agenda->situations[j], situation) == 0)
                file = epo_pool_string(pool, epo_span(agenda->form_files[j]));
    }
    pthread_rwlock_unlock(&registry->lock);
    return file;
}

struct epo_json *epo_registry_faults(struct epo_registry *registry, struct epo_pool *pool) {
    pthread_rwlock_rdlock(&registry->lock);
    struct epo_json *copy = epo_json_copy(pool, registry->faults);
    pthread_rwlock_unlock(&registry->lock);
    return copy;
}

/* ---- swapping ---- */

static int by_title(const void *a, const void *b) {
    const struct epo_agenda *x = *(struct epo_agenda *const *)a;
    const struct epo_agenda *y = *(struct epo_agenda *const *)b;
    struct epo_pool *pool = epo_pool_create();
    struct epo_span one =
        epo_text_fold(pool, epo_json_localized(epo_json_get(x->manifest->tree, "title"), "cs"));
    struct epo_span two =
        epo_text_fold(pool, epo_json_localized(epo_json_get(y->manifest->tree, "title"), "cs"));
    size_t shorter = one.len < two.len ? one.len : two.len;
    int order = shorter ? memcmp(one.at, two.at, shorter) : 0;
    if (!order)
        order = (one.len > two.len) - (one.len < two.len);
    epo_pool_free(pool);
    return order ? order : strcmp(x->manifest->name, y->manifest->name);
}

/* Puts the new generation in the place of the old one; false where there are too many. */
static bool swap_in(struct epo_registry *registry, struct epo_agenda *fresh) {
    struct epo_agenda *old = NULL;
    bool room = true;
    pthread_rwlock_wrlock(&registry->lock);
    size_t at = 0;
    while (at < registry->count &&
           strcmp(registry->agendas[at]->manifest->name, fresh->manifest->name) != 0)
        at++;
    if (at < registry->count) {
        old = registry->agendas[at];
    } else {
        room = registry->count < EPO_AGENDAS_MAX;
        registry->count += room;
    }
    if (room) {
        fresh->generation = old ? old->generation + 1 : 1;
        fresh->loaded_at_us = epo_clock_now_us();
        registry->agendas[at] = fresh;
        qsort(registry->agendas, registry->count, sizeof *registry->agendas, by_title);
    }
    pthread_rwlock_unlock(&registry->lock);
    if (room)
        epo_agenda_release(old); /* outside the lock: it may be the last and stop */
    return room;
}

static const char *last_name(const char *folder) {
    const char *slash = strrchr(folder, '/');
    return slash ? slash + 1 : folder;
}

static bool is_live(struct epo_registry *registry, const char *name) {
    bool live = false;
    pthread_rwlock_rdlock(&registry->lock);
    for (size_t i = 0; !live && i < registry->count; i++)
        live = strcmp(registry->agendas[i]->manifest->name, name) == 0;
    pthread_rwlock_unlock(&registry->lock);
    return live;
}

/* The folder that the last whole load took for an agenda of that name; NULL: none. */
static const char *wanted_of(const struct epo_registry *registry, const char *name) {
    for (size_t i = 0; i < registry->wanted_count; i++)
        if (strcmp(last_name(registry->wanted[i]), name) == 0)
            return registry->wanted[i];
    return NULL;
}

/* The folder that was published for an agenda from a day on (portal/publication.h) serves instead
 * of its usual one. What cannot be looked up is as it was. */
static void choose(struct epo_registry *registry, size_t first, size_t count) {
    struct epo_error error = {0};
    struct epo_store *store = registry->portal->store;
    struct epo_db *db = store ? epo_store_connect(store, &error) : NULL;
    struct epo_pool *pool = epo_pool_create();
    bool good = db != NULL;
    for (size_t i = first; good && i < first + count; i++) {
        struct epo_span folder;
        good = epo_publication_folder(registry->portal, db, pool, last_name(registry->usual[i]),
                                      &folder, &error);
        if (!good)
            break;
        free(registry->wanted[i]);
        registry->wanted[i] =
            strdup(folder.len ? epo_pool_printf(pool, "%s/%s", registry->portal->folder, folder.at)
                              : registry->usual[i]);
        epo_assert(registry->wanted[i]);
    }
    if (!good && store)
        epo_log_error(EPO_LOG_ERROR, "publication.unread", &error);
    epo_db_close(db);
    epo_pool_free(pool);
}

/* Ends the agendas of which no folder has the name any more. One whose new folder was refused goes
 * on, wherever it came from. */
static void drop_missing(struct epo_registry *registry) {
    struct epo_agenda *gone[EPO_AGENDAS_MAX];
    size_t gone_count = 0, kept = 0;
    pthread_rwlock_wrlock(&registry->lock);
    for (size_t i = 0; i < registry->count; i++) {
        if (wanted_of(registry, registry->agendas[i]->manifest->name))
            registry->agendas[kept++] = registry->agendas[i];
        else
            gone[gone_count++] = registry->agendas[i];
    }
    registry->count = kept;
    pthread_rwlock_unlock(&registry->lock);
    for (size_t i = 0; i < gone_count; i++) {
        epo_log(EPO_LOG_INFO, "agenda.removed", EPO_LOG_TEXT("agenda", gone[i]->manifest->name));
        epo_agenda_release(gone[i]);
    }
}

/* ---- faults ---- */

static void add_rows(struct epo_pool *pool, struct epo_json *rows, const char *folder, bool kept,
                     bool warning, const struct epo_fault *fault) {
    char at[EPO_TIME_SIZE];
    epo_time_rfc3339(epo_clock_now_us(), at);
    for (; fault && rows->count < FAULTS_MAX; fault = fault->next) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_string(pool, row, "agenda", last_name(folder));
        epo_json_set_string(pool, row, "folder", folder);
        epo_json_set_string(pool, row, "file", fault->file);
        epo_json_set_integer(pool, row, "line", fault->line);
        epo_json_set_string(pool, row, "text", fault->text);
        epo_json_set_string(pool, row, "at", at);
        epo_json_set_boolean(pool, row, "kept", kept);
        if (warning)
            epo_json_set_boolean(pool, row, "warning", true);
        epo_json_push(pool, rows, row);
    }
}

/* The list anew: those of other folders stay (of none when folder is NULL), then the given ones. */
static void replace_faults(struct epo_registry *registry, const char *folder, bool kept,
                           const struct epo_faults *found) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_json *faults = epo_json_array(pool);
    pthread_rwlock_wrlock(&registry->lock);
    for (uint32_t i = 0; folder && i < registry->faults->count; i++)
        if (!epo_span_is(epo_json_get_text(registry->faults->items[i], "folder"), folder))
            epo_json_push(pool, faults, epo_json_copy(pool, registry->faults->items[i]));
    if (folder && found) {
        add_rows(pool, faults, folder, kept, false, found->first);
        add_rows(pool, faults, folder, false, true, found->first_warning);
    }
    struct epo_pool *old = registry->fault_pool;
    registry->fault_pool = pool;
    registry->faults = faults;
    pthread_rwlock_unlock(&registry->lock);
    epo_pool_free(old);
}

static void log_each(enum epo_log_level level, const char *event, const char *name,
                     const struct epo_fault *fault) {
    for (; fault; fault = fault->next)
        epo_log(level, event, EPO_LOG_TEXT("agenda", name), EPO_LOG_TEXT("file", fault->file),
                EPO_LOG_INT("line", fault->line), EPO_LOG_TEXT("text", fault->text));
}

static void log_faults(const char *name, bool kept, const struct epo_faults *faults) {
    log_each(EPO_LOG_ERROR, kept ? "agenda.refused_kept" : "agenda.refused", name, faults->first);
    log_each(EPO_LOG_WARN, "agenda.warned", name, faults->first_warning);
}

/* ---- loading ---- */

static bool load_folder(struct epo_registry *registry, const char *folder, bool *taken,
                        struct epo_error *error) {
    struct epo_faults faults = {.pool = epo_pool_create()};
    const char *name = last_name(folder);
    struct epo_agenda *fresh = epo_agenda_open(registry->portal, registry, registry->runtimes,
                                               registry->runtime_count, folder, NULL, &faults);
    if (fresh) {
        epo_agenda_hold(fresh); /* another thread may drop it as soon as it is in */
        bool in = swap_in(registry, fresh);
        if (in)
            epo_log(EPO_LOG_INFO, "agenda.live", EPO_LOG_TEXT("agenda", name),
                    EPO_LOG_TEXT("version", fresh->manifest->version));
        else
            epo_fault_add(&faults, "", 0, "there are %d agendas already", EPO_AGENDAS_MAX);
        epo_agenda_release(fresh);
        if (!in)
            epo_agenda_release(fresh);
    }
    bool kept = faults.first && is_live(registry, name);
    log_faults(name, kept, &faults);
    replace_faults(registry, folder, kept, &faults);
    if (faults.first)
        epo_fail(error, EPO_ERROR_BAD_INPUT, "agenda.refused", "%s: %s", name, faults.first->text);
    bool good = !faults.first;
    *taken = faults.taken;
    epo_pool_free(faults.pool);
    return good;
}

bool epo_registry_load_folder(struct epo_registry *registry, const char *folder,
                              struct epo_error *error) {
    pthread_mutex_lock(&registry->loading);
    const char *wanted = wanted_of(registry, last_name(folder));
    bool hidden = wanted && strcmp(wanted, folder) != 0;
    bool taken, good = hidden || load_folder(registry, folder, &taken, error);
    pthread_mutex_unlock(&registry->loading);
    return good;
}

/* ---- trying and taking one form ---- */

bool epo_registry_open_beside(struct epo_registry *registry, const char *name, const char *folder,
                              const struct epo_form_trial *trial, struct epo_pool *pool,
                              struct epo_agenda **opened, struct epo_json **faults,
                              struct epo_error *error) {
    struct epo_faults found = {.pool = epo_pool_create()};
    *faults = epo_json_array(pool);
    *opened = NULL;
    pthread_mutex_lock(&registry->loading);
    const char *own = wanted_of(registry, name);
    if (own)
        *opened = epo_agenda_open(registry->portal, registry, registry->runtimes,
                                  registry->runtime_count, folder ? folder : own, trial, &found);
    pthread_mutex_unlock(&registry->loading);
    for (const struct epo_fault *fault = found.first; fault; fault = fault->next) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_string(pool, row, "file", fault->file);
        epo_json_set_integer(pool, row, "line", fault->line);
        epo_json_set_string(pool, row, "text", fault->text);
        epo_json_push(pool, *faults, row);
    }
    epo_pool_free(found.pool);
    return own || epo_fail(error, EPO_ERROR_NOT_FOUND, "agenda.unknown",
                           "There is no folder of an agenda \"%s\".", name);
}

bool epo_registry_try_form(struct epo_registry *registry, const char *name, const char *form,
                           struct epo_span text, struct epo_pool *pool, struct epo_json **rows,
                           struct epo_error *error) {
    struct epo_form_trial trial = {.form = form, .text = text};
    struct epo_agenda *opened;
    bool good = epo_registry_open_beside(registry, name, NULL, &trial, pool, &opened, rows, error);
    epo_agenda_release(opened);
    return good;
}

bool epo_registry_reload(struct epo_registry *registry, const char *name, struct epo_error *error) {
    pthread_mutex_lock(&registry->loading);
    for (size_t i = 0; i < registry->wanted_count; i++)
        if (strcmp(last_name(registry->usual[i]), name) == 0)
            choose(registry, i, 1);
    const char *folder = wanted_of(registry, name);
    bool taken, good = folder ? load_folder(registry, folder, &taken, error)
                              : epo_fail(error, EPO_ERROR_NOT_FOUND, "agenda.unknown",
                                         "There is no folder of an agenda \"%s\".", name);
    pthread_mutex_unlock(&registry->loading);
    return good;
}

static int visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

/* The agenda folders inside `folder`, in the order of names; one of a name that was seen takes its
 * place: what a portal brings itself wins over what is shipped. */
static bool find_all(struct epo_registry *registry, const char *folder, struct epo_error *error) {
    char **seen = registry->usual;
    size_t *seen_count = &registry->wanted_count;
    struct dirent **entries;
    int count = scandir(folder, &entries, visible, alphasort);
    if (count < 0 && errno == ENOENT)
        return true; /* a portal without agendas of its own */
    if (count < 0)
        return epo_fail(error, EPO_ERROR_BROKEN, "agenda.folder",
                        "The folder of agendas %s cannot be read.", folder);
    for (int i = 0; i < count; i++) {
        char path[1024];
        struct stat about;
        int len = snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        free(entries[i]);
        if (len < 0 || (size_t)len >= sizeof path || stat(path, &about) != 0 ||
            !S_ISDIR(about.st_mode))
            continue;
        size_t at = 0;
        while (at < *seen_count && strcmp(last_name(seen[at]), last_name(path)) != 0)
            at++;
        if (at == EPO_AGENDAS_MAX)
            continue;
        if (at < *seen_count)
            free(seen[at]);
        else
            (*seen_count)++;
        seen[at] = strdup(path);
        epo_assert(seen[at]);
    }
    free(entries);
    return true;
}

/* A form may move from one agenda to another: those that came before it was free try again. */
static void load_wanted(struct epo_registry *registry) {
    bool taken[EPO_AGENDAS_MAX] = {false};
    for (size_t i = 0; i < registry->wanted_count; i++)
        load_folder(registry, registry->wanted[i], &taken[i], NULL);
    for (size_t i = 0; i < registry->wanted_count; i++)
        if (taken[i])
            load_folder(registry, registry->wanted[i], &taken[i], NULL);
    /* Better what served before than nothing, where what was published does not start any more. */
    for (size_t i = 0; i < registry->wanted_count; i++)
        if (strcmp(registry->wanted[i], registry->usual[i]) != 0 &&
            !is_live(registry, last_name(registry->usual[i])))
            load_folder(registry, registry->usual[i], &taken[i], NULL);
}

/* Parameters of an agenda that no folder has: a name typed wrong. */
static void name_unknown(struct epo_registry *registry) {
    struct epo_faults faults = {.pool = epo_pool_create()};
    const struct epo_json *all = epo_json_get(epo_portal_settings(registry->portal), "parameters");
    for (uint32_t i = 0; all && all->type == EPO_JSON_OBJECT && i < all->count; i++)
        if (!wanted_of(registry, epo_pool_string(faults.pool, all->names[i])))
            epo_fault_add(&faults, "epo.json", (int)all->items[i]->line,
                          "\"parameters\" names the agenda \"%.*s\", which there is not",
                          EPO_ARG(all->names[i]));
    log_faults("", false, &faults);
    replace_faults(registry, "epo.json", false, &faults);
    epo_pool_free(faults.pool);
}

/* What was wrong with organizations when the settings in force were joined. */
static void note_organizations(struct epo_registry *registry) {
    const struct epo_json *all =
        epo_json_get(epo_portal_settings(registry->portal), "organization_faults");
    for (uint32_t i = 0; all && i < all->count; i++) {
        const struct epo_json *row = all->items[i];
        struct epo_faults faults = {epo_pool_create(), NULL, NULL, false};
        const char *name = epo_pool_string(faults.pool, epo_json_get_text(row, "name"));
        bool kept = epo_json_get_boolean(row, "kept", false);
        epo_fault_add(&faults, epo_pool_string(faults.pool, epo_json_get_text(row, "file")),
                      (int)epo_json_get_integer(row, "line", 0), "%.*s",
                      EPO_ARG(epo_json_get_text(row, "text")));
        log_faults(name, kept, &faults);
        replace_faults(registry, epo_pool_printf(faults.pool, "organization %u/%s", i, name), kept,
                       &faults);
        epo_pool_free(faults.pool);
    }
}

bool epo_registry_load(struct epo_registry *registry, const char *const *folders,
                       size_t folder_count, struct epo_error *error) {
    bool good = true;
    pthread_mutex_lock(&registry->loading);
    replace_faults(registry, NULL, false, NULL);
    forget_wanted(registry);
    for (size_t i = 0; i < folder_count; i++)
        good = find_all(registry, folders[i], error) && good;
    for (size_t i = 0; i < registry->wanted_count; i++) {
        registry->wanted[i] = strdup(registry->usual[i]);
        epo_assert(registry->wanted[i]);
    }
    choose(registry, 0, registry->wanted_count);
    if (good) /* a folder that cannot be read for a moment ends nothing */
        drop_missing(registry);
    load_wanted(registry);
    name_unknown(registry);
    note_organizations(registry);
    pthread_mutex_unlock(&registry->loading);
    return good;
}
