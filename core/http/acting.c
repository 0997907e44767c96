#include "http/acting.h"

#include "http/sign_in.h"
#include "portal/session.h"

struct epo_span epo_acting_id(const struct epo_acting *acting) {
    return acting->other             ? epo_span(acting->party.id)
           : acting->account != NULL ? epo_span(acting->account->id)
                                     : EPO_SPAN("");
}

struct epo_span epo_acting_name(const struct epo_acting *acting) {
    return acting->other             ? epo_span(acting->party.name)
           : acting->account != NULL ? epo_span(acting->account->name)
                                     : EPO_SPAN("");
}

/* For the agenda's hooks the one who is represented asks. */
void epo_acting_represent(const struct epo_acting *acting, struct epo_intake *intake) {
    struct epo_json *who = epo_json_object(intake->pool);
    intake->sender = epo_acting_id(acting);
    intake->sender_name = epo_acting_name(acting);
    intake->agent = epo_span(acting->account->id);
    intake->agent_name = epo_span(acting->account->name);
    epo_json_set_text(intake->pool, who, "id", intake->sender);
    epo_json_set_text(intake->pool, who, "name", intake->sender_name);
    epo_json_set_string(intake->pool, who, "role", "citizen");
    intake->account = who;
}

static bool read(struct epo_request *request, const struct epo_account *account,
                 struct epo_span wanted, struct epo_span agenda, enum epo_mandate_right right,
                 struct epo_acting *acting, struct epo_error *error) {
    bool may = false, found = false;
    *acting = (struct epo_acting){.other = false};
    if (account == NULL || strcmp(account->role, "citizen") != 0)
        return true;
    acting->account = account;
    if (wanted.len == 0 || epo_span_is(wanted, account->id))
        return true;
    struct epo_span self = epo_span(account->id);
    if (!epo_mandate_may(request->portal, request->db, self, wanted, agenda, right, &may, error) ||
        (may && !epo_mandate_party(request->portal, request->db, self, wanted, &acting->party,
                                   &found, error)))
        return false;
    acting->other = may && found;
    acting->lost = !acting->other;
    return true;
}

bool epo_acting_now(struct epo_request *request, const struct epo_account *account,
                    struct epo_span agenda, enum epo_mandate_right right, struct epo_acting *acting,
                    struct epo_error *error) {
    struct epo_span chosen = account != NULL ? epo_span(account->acting_for) : EPO_SPAN("");
    if (!read(request, account, chosen, agenda, right, acting, error))
        return false;
    acting->lost = false; /* chosen for something else */
    return true;
}

bool epo_acting_as(struct epo_request *request, const struct epo_account *account,
                   struct epo_span wanted, struct epo_span agenda, struct epo_acting *acting,
                   struct epo_error *error) {
    if (!read(request, account, wanted, agenda, EPO_MANDATE_FILE, acting, error))
        return false;
    if (acting->account == NULL) /* signed out meanwhile, or a clerk */
        acting->lost = wanted.len > 0;
    return true;
}

bool epo_acting_model(struct epo_request *request, const struct epo_acting *acting,
                      struct epo_span agenda, enum epo_mandate_right right, const char *back,
                      struct epo_json *model, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_json *choices = epo_json_array(pool), *shown;
    if (acting->account == NULL && !acting->lost)
        return true;
    if (back != NULL &&
        !epo_mandate_parties(request->portal, request->db, pool, epo_span(acting->account->id),
                             agenda, right, &choices, error))
        return false;
    shown = epo_json_set(pool, model, "acting", epo_json_object(pool));
    for (uint32_t i = 0; i < choices->count; i++)
        epo_json_set_boolean(
            pool, choices->items[i], "selected",
            acting->other &&
                epo_span_is(epo_json_get_text(choices->items[i], "id"), acting->party.id));
    epo_json_set_text(pool, shown, "id", acting->other ? epo_span(acting->party.id) : EPO_SPAN(""));
    epo_json_set_text(pool, shown, "name", epo_acting_name(acting));
    epo_json_set_text(pool, shown, "self",
                      epo_span(acting->account != NULL ? acting->account->name : ""));
    epo_json_set_boolean(pool, shown, "other", acting->other);
    epo_json_set_boolean(pool, shown, "lost", acting->lost);
    epo_json_set(pool, shown, "choices", choices);
    epo_json_set_string(pool, shown, "back", back != NULL ? back : "");
    return true;
}

/* ---- choosing ---- */

struct choosing {
    struct epo_portal *portal;
    struct epo_span session, principal, next;
};

static bool run_choose(struct epo_db *db, void *arg, struct epo_error *error) {
    struct choosing *choosing = arg;
    return epo_session_act(choosing->portal, db, choosing->session, choosing->principal, error);
}

static struct epo_response *chosen(struct epo_request *request, void *arg,
                                   const struct epo_error *error) {
    struct choosing *choosing = arg;
    return error != NULL ? epo_respond_error(request, error, NULL)
                         : epo_respond_redirect(request, 303, choosing->next);
}

struct epo_response *epo_acting_post(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_acting acting;
    const struct epo_account *account = epo_page_account(request);
    struct choosing *choosing = EPO_NEW(request->pool, struct choosing);
    if (account == NULL)
        return epo_respond_redirect(request, 303, EPO_SPAN("/login?next=/account"));
    *choosing = (struct choosing){.portal = request->portal,
                                  .session = request->session,
                                  .principal = epo_request_form(request, "for"),
                                  .next = epo_safe_next(epo_request_form(request, "next"))};
    if (choosing->next.len == 0)
        choosing->next = EPO_SPAN("/account");
    if (epo_span_is(choosing->principal, account->id))
        choosing->principal = EPO_SPAN("");
    bool known = read(request, account, choosing->principal, EPO_SPAN(""), EPO_MANDATE_READ,
                      &acting, &error) &&
                 (!acting.lost || read(request, account, choosing->principal, EPO_SPAN(""),
                                       EPO_MANDATE_FILE, &acting, &error));
    if (!known)
        return epo_respond_error(request, &error, NULL);
    if (acting.lost)
        return epo_page_denied(request);
    return epo_respond_after_write(request, run_choose, chosen, choosing);
}
