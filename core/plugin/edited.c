/* Forms whose definition an admin has published from the browser: it wins over the agenda's file.
 * One that this program reads no longer is named in the log, and the file serves. */
#include "base/limits.h"
#include "base/log.h"
#include "plugin/agenda.h"
#include "portal/form_edit.h"

static struct epo_form *read(struct epo_agenda *agenda, struct epo_span text, const char *label,
                             const char *id, struct epo_form_fault **faults) {
    struct epo_form *form = epo_form_read(agenda->pool, text, label, agenda->portal->maps, faults);
    if (form == NULL || strcmp(epo_form_id(form), id) == 0)
        return form;
    struct epo_form_fault *fault = EPO_NEW(agenda->pool, struct epo_form_fault);
    snprintf(fault->where, sizeof fault->where, "%s:1", label);
    snprintf(fault->text, sizeof fault->text,
             "the id is \"%s\" and must stay \"%s\": what was filed and begun refers to it",
             epo_form_id(form), id);
    *faults = fault;
    epo_form_free(form);
    return NULL;
}

static bool find_published(struct epo_agenda *agenda, const char *id, struct epo_span *text) {
    struct epo_error error = {0};
    struct epo_form_edit edit = {0};
    struct epo_db *db =
        agenda->portal->store != NULL ? epo_store_connect(agenda->portal->store, &error) : NULL;
    bool good = db != NULL && epo_form_edit_current(agenda->portal, db, agenda->pool,
                                                    agenda->manifest->name, id, &edit, &error);
    epo_db_close(db);
    if (!good && agenda->portal->store != NULL)
        epo_log_error(EPO_LOG_ERROR, "form_edit.unread", &error);
    *text = edit.definition;
    return good && edit.definition.len > 0;
}

struct epo_form *epo_agenda_edited(struct epo_agenda *agenda, struct epo_form *own,
                                   const char *label, struct epo_form_fault **faults) {
    const struct epo_form_trial *trial = agenda->trial;
    struct epo_span text;
    const char *id = epo_form_id(own);
    if (trial != NULL && trial->form == NULL)
        return own;
    if (trial != NULL && strcmp(trial->form, id) == 0) {
        if (trial->text.len == 0) /* the file itself is tried */
            return own;
        struct epo_form *tried = read(agenda, trial->text, label, id, faults);
        epo_form_free(own);
        return tried;
    }
    if (!find_published(agenda, id, &text))
        return own;
    struct epo_form_fault *wrong = NULL;
    struct epo_form *edited = read(agenda, text, label, id, &wrong);
    if (edited == NULL) {
        epo_log(EPO_LOG_ERROR, "form_edit.refused", EPO_LOG_TEXT("where", wrong->where),
                EPO_LOG_TEXT("text", wrong->text));
        return own;
    }
    epo_form_free(own);
    return edited;
}

/* ---- as text ---- */

bool epo_agenda_own_source(const struct epo_agenda *agenda, const char *form, struct epo_pool *pool,
                           struct epo_span *text, struct epo_error *error) {
    const char *why;
    for (size_t i = 0; i < agenda->form_count; i++) {
        if (strcmp(epo_form_id(agenda->forms[i]), form) != 0)
            continue;
        const char *path =
            epo_pool_printf(pool, "%s/%s", agenda->folder, agenda->manifest->forms[i]);
        return epo_file_read(pool, path, EPO_BODY_BYTES_MAX, text, &why) ||
               epo_fail(error, EPO_ERROR_BROKEN, "agenda.file", "%s: %s", path, why);
    }
    return epo_fail(error, EPO_ERROR_NOT_FOUND, "agenda.form", "There is no such form.");
}

bool epo_agenda_source(const struct epo_agenda *agenda, struct epo_db *db, const char *form,
                       struct epo_pool *pool, struct epo_span *text, struct epo_error *error) {
    struct epo_form_edit edit;
    if (!epo_form_edit_current(agenda->portal, db, pool, agenda->manifest->name, form, &edit,
                               error))
        return false;
    *text = edit.definition;
    return text->len > 0 || epo_agenda_own_source(agenda, form, pool, text, error);
}
