/* A form whose sender the portal must know better: what was typed is kept as a draft while the
 * person signs in, registers or looks how the identity is verified, and the way leads back to it.
 */
#include "http/assured.h"
#include "http/filling.h"

static const struct epo_account *sender(const struct filling *filling) {
    return epo_page_account(filling->request);
}

void epo_filling_assurance(struct filling *filling, struct epo_json *model) {
    if (filling->counter.len > 0) /* the clerk has the person before them */
        return;
    struct epo_json *assurance = epo_assurance_model(
        filling->request, epo_agenda_assurance(filling->agenda, filling->form), sender(filling));
    if (assurance != NULL)
        epo_json_set(filling->request->pool, model, "assurance", assurance);
}

bool epo_filling_known(const struct filling *filling, struct epo_error *error) {
    return filling->counter.len > 0 ||
           epo_assurance_check(epo_agenda_assurance(filling->agenda, filling->form),
                               epo_assurance_of(sender(filling)), error);
}

static bool is_typed(const struct epo_json *raw) {
    for (uint32_t i = 0; i < raw->count; i++)
        if (!epo_span_is(raw->names[i], "steps") &&
            (raw->items[i]->type != EPO_JSON_TEXT || raw->items[i]->text.len > 0))
            return true;
    return false;
}

static struct epo_response *go(struct filling *filling, struct epo_span way) {
    struct epo_pool *pool = filling->request->pool;
    const struct epo_draft *draft = &filling->drafting.draft;
    const char *back = filling->drafting.found ? epo_drafting_form_url(filling->request, draft)
                                               : epo_pool_printf(pool, "/agendas/%s/%s",
                                                                 epo_agenda_name(filling->agenda),
                                                                 epo_form_id(filling->form));
    return epo_respond_redirect(filling->request, 303,
                                epo_span(epo_assurance_way(filling->request, way, epo_span(back))));
}

static struct epo_span way_of(struct epo_request *request) {
    struct epo_span way, action = epo_request_form(request, "_action");
    epo_span_cut(action, ':', &way);
    return way;
}

static struct epo_response *kept(struct epo_request *request, void *arg,
                                 const struct epo_error *error) {
    struct filling *filling = arg;
    return error != NULL ? epo_filling_draft_unsaved(filling, error) : go(filling, way_of(request));
}

struct epo_response *epo_filling_identify(struct filling *filling) {
    struct epo_request *request = filling->request;
    if (!is_typed(filling->raw))
        return go(filling, way_of(request));
    return epo_drafting_save(request, &filling->drafting, filling->agenda, filling->form,
                             filling->raw, kept, filling);
}
