/* Merging two accounts: by the person, who proves both; by a clerk, who has seen the document. */
#include "http/merge_pages.h"

#include "http/audited.h"
#include "http/proving.h"
#include "portal/account_merge.h"
#include "portal/factor.h"
#include "portal/identity.h"

static int status_of(const struct epo_error *error) {
    return error->kind == EPO_ERROR_BAD_INPUT         ? 422
           : error->kind == EPO_ERROR_DENIED          ? 403
           : error->kind == EPO_ERROR_UNAUTHENTICATED ? 403
           : error->kind == EPO_ERROR_CONFLICT        ? 409
           : error->kind == EPO_ERROR_RATE            ? 429
                                                      : 503;
}

static struct epo_span fault_text(struct epo_request *request, const struct epo_error *error) {
    return error != NULL ? epo_page_error_text(request, error, "account.unsaved") : EPO_SPAN("");
}

static bool run_merge(struct epo_db *db, void *arg, struct epo_error *error) {
    return epo_account_merge(db, arg, error);
}

/* ---- by the person ---- */

static struct epo_response *show(struct epo_request *request, const struct epo_account *account,
                                 const struct epo_error *fault) {
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    epo_json_set_boolean(pool, model, "verified", account->verified);
    epo_json_set_text(pool, model, "fault", fault_text(request, fault));
    epo_json_set_text(pool, model, "other", epo_request_form(request, "other"));
    epo_json_set_boolean(pool, model, "done", epo_request_query(request, "done").len > 0);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "merge.title"));
    return epo_respond_private(request, fault != NULL ? status_of(fault) : 200, "web/merge", model);
}

/* The way out where it is not the page for whoever asks; NULL: it is. */
static struct epo_response *refuse(struct epo_request *request, const struct epo_account *account) {
    if (account == NULL)
        return epo_respond_redirect(request, 303, EPO_SPAN("/login?next=/account/merge"));
    if (strcmp(account->role, "citizen") != 0)
        return epo_page_denied(request);
    return epo_prove(request, account, EPO_SPAN("/account/merge"));
}

struct epo_response *epo_merge_get(struct epo_request *request) {
    const struct epo_account *account = epo_page_account(request);
    struct epo_response *out = refuse(request, account);
    return out != NULL ? out : show(request, account, NULL);
}

static struct epo_response *merged(struct epo_request *request, void *arg,
                                   const struct epo_error *error) {
    (void)arg;
    return error != NULL ? show(request, epo_page_account(request), error)
                         : epo_respond_redirect(request, 303, EPO_SPAN("/account/merge?done=1"));
}

/* Password of the other account; one with a second factor is proved at a counter. */
static bool prove_other(struct epo_request *request, struct epo_account *other,
                        struct epo_error *error) {
    int wait_s = 0;
    bool factors = false;
    if (!epo_span_is(epo_request_form(request, "sure"), "yes"))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "merge.sure", "It cannot be undone: tick it.");
    if (!epo_account_verify(request->portal, request->db, epo_request_form(request, "other"),
                            epo_request_form(request, "password"), request->client, EPO_SPAN(""),
                            other, &wait_s, error) ||
        !epo_factor_any(request->portal, request->db, epo_span(other->id), &factors, error))
        return false;
    return !factors || epo_fail(error, EPO_ERROR_DENIED, "merge.factor",
                                "The other account has a second factor: take it off first, or "
                                "merge at a counter.");
}

struct epo_response *epo_merge_post(struct epo_request *request) {
    struct epo_error error = {0};
    const struct epo_account *account = epo_page_account(request);
    struct epo_response *out = refuse(request, account);
    struct epo_account *other = EPO_NEW(request->pool, struct epo_account);
    struct epo_account_merging *merging = EPO_NEW(request->pool, struct epo_account_merging);
    if (out != NULL)
        return out;
    if (!prove_other(request, other, &error))
        return show(request, account, &error);
    *merging = (struct epo_account_merging){.portal = request->portal,
                                            .kept = epo_span(account->id),
                                            .gone = epo_span(other->id),
                                            .document = EPO_SPAN("")};
    return epo_respond_after_write(request, run_merge, merged, merging);
}

/* ---- at the counter ---- */

struct looking {
    struct epo_span kept, gone, fault;
    int status;
};

static struct epo_response *draw(struct epo_request *request, void *arg) {
    static const char *const SIDES[] = {"kept", "gone"};
    const struct looking *looking = arg;
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0}, not_allowed = {0};
    struct epo_json *both = epo_json_object(pool), *model = epo_json_object(pool);
    bool may = epo_identity_may(request->portal, epo_page_account(request), &not_allowed);
    char text[EPO_TIME_SIZE];
    struct epo_date born;
    bool asked = looking->kept.len > 0 && looking->gone.len > 0;
    if (may && asked &&
        !epo_account_merge_look(request->portal, request->db, pool, looking->kept, looking->gone,
                                &both, &error))
        return epo_respond_error(request, &error, NULL);
    struct epo_json *people = epo_json_set(pool, model, "people", epo_json_array(pool));
    for (int i = 0; i < 2; i++) {
        struct epo_json *person = epo_json_get(both, SIDES[i]);
        if (person == NULL)
            continue;
        bool day = epo_date_parse(epo_json_get_text(person, "birth_date"), &born);
        epo_json_set_string(pool, person, "born",
                            day ? epo_date_local(born, request->lang, text) : "");
        epo_json_set_string(pool, person, "side_key",
                            epo_pool_printf(pool, "office_merge.%s", SIDES[i]));
        epo_json_push(pool, people, person);
    }
    epo_json_set_boolean(pool, model, "may", may);
    epo_json_set_boolean(pool, model, "asked", asked);
    epo_json_set_boolean(pool, model, "ready", people->count == 2);
    epo_json_set_text(pool, model, "kept", looking->kept);
    epo_json_set_text(pool, model, "gone", looking->gone);
    epo_json_set_text(pool, model, "fault", looking->fault);
    epo_json_set_boolean(pool, model, "done", epo_request_query(request, "done").len > 0);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "office_merge.title"));
    return epo_respond_private(request, looking->status, "web/office_merge", model);
}

static struct epo_response *look(struct epo_request *request, struct looking *looking) {
    struct epo_error not_allowed = {0};
    const struct epo_account *clerk = epo_page_account(request);
    if (looking->kept.len == 0 || !epo_identity_may(request->portal, clerk, &not_allowed))
        return draw(request, looking);
    struct epo_audit_entry entry = {.actor = epo_span(clerk->id),
                                    .action = EPO_SPAN("identity.viewed"),
                                    .object = EPO_SPAN(""),
                                    .detail = EPO_SPAN("merge")};
    return epo_respond_audited(request, &entry, draw, looking);
}

struct epo_response *epo_office_merge_get(struct epo_request *request) {
    struct looking *looking = EPO_NEW(request->pool, struct looking);
    *looking = (struct looking){.kept = epo_span_trim(epo_request_query(request, "kept")),
                                .gone = epo_span_trim(epo_request_query(request, "gone")),
                                .status = 200};
    return look(request, looking);
}

static struct epo_response *merged_at_counter(struct epo_request *request, void *arg,
                                              const struct epo_error *error) {
    struct looking *looking = EPO_NEW(request->pool, struct looking);
    (void)arg;
    if (error == NULL)
        return epo_respond_redirect(request, 303, EPO_SPAN("/office/merge?done=1"));
    *looking = (struct looking){.kept = epo_span_trim(epo_request_form(request, "kept")),
                                .gone = epo_span_trim(epo_request_form(request, "gone")),
                                .fault = fault_text(request, error),
                                .status = status_of(error)};
    return look(request, looking);
}

struct epo_response *epo_office_merge_post(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_json *both;
    struct epo_account_merging *merging = EPO_NEW(request->pool, struct epo_account_merging);
    if (!epo_account_merge_look(request->portal, request->db, request->pool,
                                epo_request_form(request, "kept"),
                                epo_request_form(request, "gone"), &both, &error))
        return epo_respond_error(request, &error, NULL);
    *merging = (struct epo_account_merging){
        .portal = request->portal,
        .kept = epo_json_get_text(epo_json_get(both, "kept"), "id"),
        .gone = epo_json_get_text(epo_json_get(both, "gone"), "id"),
        .clerk = epo_page_account(request),
        .document = epo_span_trim(epo_request_form(request, "document"))};
    return epo_respond_after_write(request, run_merge, merged_at_counter, merging);
}
