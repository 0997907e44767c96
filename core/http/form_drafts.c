/* A form's page and its draft: opened, saved, shown beside what another page saved, sent. */
#include "http/filling.h"

#include "base/log.h"

bool epo_filling_draft(struct filling *filling, struct epo_response **answer) {
    struct epo_error error = {0};
    struct epo_drafting *drafting = &filling->drafting;
    if (!epo_drafting_read(filling->request, drafting, &error)) {
        *answer = epo_respond_error(filling->request, &error, NULL);
        return false;
    }
    if (drafting->found &&
        !(epo_span_is(drafting->draft.agenda, epo_agenda_name(filling->agenda)) &&
          epo_span_is(drafting->draft.form, epo_form_id(filling->form)))) {
        drafting->found = false;
        drafting->lost = true;
    }
    return true;
}

struct epo_response *epo_filling_open_draft(struct filling *filling) {
    struct epo_request *request = filling->request;
    struct epo_response *response;
    if (filling->drafting.signed_out) {
        const char *here =
            epo_pool_printf(request->pool, "/login?next=/agendas/%s/%s?draft=%.*s",
                            epo_agenda_name(filling->agenda), epo_form_id(filling->form),
                            EPO_ARG(epo_request_query(request, "draft")));
        return epo_respond_redirect(request, 303, epo_span(here));
    }
    if (filling->drafting.lost) {
        struct epo_error error = {0};
        epo_fail(&error, EPO_ERROR_NOT_FOUND, "draft.gone", "There is no such draft.");
        response = epo_respond_error(request, &error, NULL);
    } else {
        struct epo_error error = {0};
        filling->raw = epo_drafting_raw(request, &filling->drafting);
        bool good =
            epo_drafting_choose(request, &filling->drafting, filling->raw, &filling->form, &error);
        filling->step = request->captures[2].len > 0 /* of the version that was chosen, or -1 */
                            ? epo_form_step_find(filling->form, request->captures[2])
                            : -1;
        response =
            good ? epo_filling_show_typed(filling, 200) : epo_respond_error(request, &error, NULL);
    }
    epo_response_header(response, "cache-control", EPO_SPAN("private, no-store"));
    epo_response_header(response, "referrer-policy", EPO_SPAN("no-referrer"));
    return response;
}

/* What the other page saved is read anew: it is shown beside what this one holds. */
struct epo_response *epo_filling_conflict(struct filling *filling) {
    struct epo_request *request = filling->request;
    int64_t version = filling->drafting.version;
    struct epo_error error = {0};
    struct epo_drafting now = {0};
    if (!epo_drafting_read(request, &now, &error))
        return epo_filling_trouble(filling, &error);
    now.moved = filling->drafting.moved;
    filling->drafting = now;
    filling->drafting.version = version;
    filling->conflict = now.found;
    return epo_filling_show_typed(filling, 409);
}

struct epo_response *epo_filling_draft_unsaved(struct filling *filling,
                                               const struct epo_error *error) {
    if (strcmp(error->code, "draft.changed") == 0)
        return epo_filling_conflict(filling);
    bool own = error->kind == EPO_ERROR_TOO_LARGE || error->kind == EPO_ERROR_NOT_FOUND;
    if (!own)
        epo_log_error(EPO_LOG_ERROR, "draft.unsaved", error);
    filling->drafting.found = filling->drafting.found && error->kind != EPO_ERROR_NOT_FOUND;
    filling->trouble = epo_page_error_text(filling->request, error, "draft.unsaved");
    return epo_filling_show_typed(filling, own ? 422 : 503);
}

static struct epo_response *finish_draft(struct epo_request *request, void *arg,
                                         const struct epo_error *error) {
    struct filling *filling = arg;
    const struct epo_drafting *drafting = &filling->drafting;
    char reference[EPO_DRAFT_REFERENCE_SIZE];
    if (error != NULL)
        return epo_filling_draft_unsaved(filling, error);
    epo_draft_reference(&drafting->draft, reference);
    return epo_respond_redirect(
        request, 303,
        epo_span(epo_pool_printf(request->pool, "/drafts/%s?saved=1%s", reference,
                                 drafting->signed_out ? "&apart=1" : "")));
}

/* "keep:7": over the seventh version, which the person has seen. */
struct epo_response *epo_filling_save_draft(struct filling *filling, struct epo_span action) {
    if (epo_span_starts(action, EPO_SPAN("keep:")))
        epo_span_integer((struct epo_span){action.at + 5, action.len - 5},
                         &filling->drafting.version);
    return epo_drafting_save(filling->request, &filling->drafting, filling->agenda, filling->form,
                             filling->raw, finish_draft, filling);
}

bool epo_filling_draft_sent(const struct filling *filling, struct epo_db *db,
                            struct epo_error *error) {
    const struct epo_drafting *drafting = &filling->drafting;
    if (drafting->lost && !drafting->signed_out)
        return epo_fail(error, EPO_ERROR_CONFLICT, "draft.gone",
                        "The draft was sent or removed meanwhile.");
    struct epo_draft known = drafting->draft;
    known.version = drafting->version;
    return !drafting->found || epo_draft_sent(filling->request->portal, db, &known, error);
}
