#include "plugin/publishing.h"

#include "base/log.h"
#include "plugin/agenda.h"
#include "portal/form_edit.h"
#include "portal/publication.h"

struct publishing {
    struct epo_registry *registry;
    struct epo_portal *portal;
    struct epo_db *db;
    struct epo_pool *pool;
    struct epo_publication_record record;
    const char *agenda, *form;
    const char *trouble; /* NULL: it serves */
};

static const char *first_fault(struct publishing *publishing, const struct epo_json *faults) {
    const struct epo_json *one = faults->count > 0 ? faults->items[0] : NULL;
    return !one ? NULL
                : epo_pool_printf(publishing->pool, "%.*s:%lld: %.*s",
                                  EPO_ARG(epo_json_get_text(one, "file")),
                                  (long long)epo_json_get_integer(one, "line", 0),
                                  EPO_ARG(epo_json_get_text(one, "text")));
}

/* Both in one job: what is published is in force. */
static bool run_form(struct epo_db *db, void *arg, struct epo_error *error) {
    struct publishing *publishing = arg;
    const struct epo_publication_record *record = &publishing->record;
    struct epo_pool *pool = epo_pool_create();
    struct epo_form_edit edit;
    bool good = epo_form_edit_current(publishing->portal, db, pool, publishing->agenda,
                                      publishing->form, &edit, error);
    edit.actor = record->actor;
    edit.actor_name = record->actor_name;
    edit.note = record->note;
    edit.definition = record->definition;
    good = good &&
           epo_form_edit_publish(publishing->portal, db, publishing->agenda, publishing->form,
                                 &edit, error) &&
           epo_publication_end(publishing->portal, db, record->id, "live", "", error);
    epo_pool_free(pool);
    return good;
}

static bool run_end(struct epo_db *db, void *arg, struct epo_error *error) {
    struct publishing *publishing = arg;
    return epo_publication_end(publishing->portal, db, publishing->record.id,
                               publishing->trouble ? "failed" : "live",
                               publishing->trouble ? publishing->trouble : "", error);
}

static bool run_fail(struct epo_db *db, void *arg, struct epo_error *error) {
    struct publishing *publishing = arg;
    return epo_publication_fail(publishing->portal, db, publishing->record.id, publishing->trouble,
                                error);
}

static bool publish_form(struct publishing *publishing, struct epo_error *error) {
    struct epo_json *faults;
    struct epo_error why = {0};
    if (!epo_registry_try_form(publishing->registry, publishing->agenda, publishing->form,
                               publishing->record.definition, publishing->pool, &faults, &why))
        publishing->trouble = epo_pool_string(publishing->pool, epo_span(why.text));
    else
        publishing->trouble = first_fault(publishing, faults);
    return epo_store_write(publishing->portal->store, publishing->trouble ? run_end : run_form,
                           publishing, error);
}

bool epo_publish_try_folder(struct epo_registry *registry, const char *name, const char *folder,
                            struct epo_pool *pool, struct epo_json **faults,
                            struct epo_error *error) {
    struct epo_form_trial trial = {.form = "", .tables = true};
    struct epo_agenda *opened;
    bool good =
        epo_registry_open_beside(registry, name, folder, &trial, pool, &opened, faults, error);
    epo_agenda_release(opened);
    return good;
}

/* Tried first beside the running one, without its tables; then loaded with them. */
static bool publish_folder(struct publishing *publishing, struct epo_error *error) {
    struct epo_json *faults;
    struct epo_error why = {0};
    const char *folder = epo_pool_printf(publishing->pool, "%s/%.*s", publishing->portal->folder,
                                         EPO_ARG(publishing->record.folder));
    if (!epo_publish_try_folder(publishing->registry, publishing->agenda, folder, publishing->pool,
                                &faults, &why))
        publishing->trouble = epo_pool_string(publishing->pool, epo_span(why.text));
    else
        publishing->trouble = first_fault(publishing, faults);
    return epo_store_write(publishing->portal->store, run_end, publishing, error);
}

/* Committed: from now on it is loaded, or (which the try did not see) it cannot be after all. */
static bool take(struct publishing *publishing, struct epo_error *error) {
    struct epo_error why = {0};
    if (epo_registry_reload(publishing->registry, publishing->agenda, &why))
        return true;
    publishing->trouble = epo_pool_string(publishing->pool, epo_span(why.text));
    bool good = epo_store_write(publishing->portal->store, run_fail, publishing, error);
    epo_registry_reload(publishing->registry, publishing->agenda, NULL); /* what served before */
    return good;
}

static bool publish(struct publishing *publishing, bool *changed, struct epo_error *error) {
    const struct epo_publication_record *record = &publishing->record;
    publishing->agenda = epo_pool_string(publishing->pool, record->agenda);
    publishing->form = epo_pool_string(publishing->pool, record->form);
    bool good =
        record->form.len > 0 ? publish_form(publishing, error) : publish_folder(publishing, error);
    if (good && !publishing->trouble)
        good = take(publishing, error);
    if (!good)
        return false;
    *changed = *changed || !publishing->trouble;
    if (publishing->trouble)
        epo_log(EPO_LOG_ERROR, "publication.failed", EPO_LOG_TEXT("agenda", publishing->agenda),
                EPO_LOG_INT("id", record->id), EPO_LOG_TEXT("text", publishing->trouble));
    else
        epo_log(EPO_LOG_INFO, "publication.live", EPO_LOG_TEXT("agenda", publishing->agenda),
                EPO_LOG_INT("id", record->id));
    return true;
}

bool epo_publish_due(struct epo_registry *registry, struct epo_portal *portal, struct epo_db *db,
                     const char *day, bool *changed, struct epo_error *error) {
    bool good = true, more = true;
    *changed = false;
    while (good && more) {
        struct publishing publishing = {
            .registry = registry, .portal = portal, .db = db, .pool = epo_pool_create()};
        good = epo_publication_due(portal, db, publishing.pool, day, &publishing.record, error);
        more = good && publishing.record.id > 0;
        if (more)
            good = publish(&publishing, changed, error);
        epo_pool_free(publishing.pool);
    }
    return good;
}
