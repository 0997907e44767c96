/* A form that is filled in for somebody else, by a mandate. */
#include "base/log.h"
#include "http/filling.h"

bool epo_filling_acting(struct filling *filling, struct epo_response **answer) {
    struct epo_request *request = filling->request;
    const struct epo_account *account = epo_page_account(request);
    struct epo_span agenda = epo_span(epo_agenda_name(filling->agenda));
    struct epo_error error = {0};
    bool posted = request->method == EPO_POST, draft = filling->drafting.found;
    struct epo_span wanted = posted  ? epo_request_form(request, "_for")
                             : draft ? filling->drafting.draft.acting_for
                                     : EPO_SPAN("");
    filling->begins = !posted && !draft && !filling->drafting.lost;
    bool ok =
        filling->begins
            ? epo_acting_now(request, account, agenda, EPO_MANDATE_FILE, &filling->acting, &error)
            : epo_acting_as(request, account, wanted, agenda, &filling->acting, &error);
    if (!ok)
        *answer = epo_respond_error(request, &error, NULL);
    return ok;
}

/* Whom one acts for; on the start page with a choice. Without it the page stands all the same. */
void epo_filling_add_acting(struct filling *filling, struct epo_json *model) {
    struct epo_request *request = filling->request;
    struct epo_error error = {0};
    bool chooses = filling->begins && filling->acting.account != NULL;
    if (filling->counter.len == 0 &&
        !epo_acting_model(
            request, &filling->acting, epo_span(epo_agenda_name(filling->agenda)), EPO_MANDATE_FILE,
            chooses ? epo_filling_address(filling, filling->step) : NULL, model, &error))
        epo_log_error(EPO_LOG_ERROR, "form.acting", &error);
}

void epo_filling_add_lost(struct filling *filling) {
    struct epo_pool *pool = filling->request->pool;
    struct epo_json *fault = epo_json_object(pool);
    epo_json_set_string(pool, fault, "path", "");
    epo_json_set_string(pool, fault, "code", "mandate.none");
    epo_json_set_text(pool, fault, "message",
                      epo_page_text(filling->request, "error.mandate.none"));
    epo_json_push(pool, filling->intake.result.errors, fault);
}
