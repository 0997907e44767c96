/* One's mandates: whom one acts for, who acts for one, giving, accepting and ending them. */
#include "base/token.h"
#include "http/acting.h"
#include "http/mandates.h"
#include "portal/business.h"

static const char LOGIN[] = "/login?next=/account/mandates";

/* Only people act; clerks handle cases as clerks. */
static const struct epo_account *person(struct epo_request *request) {
    const struct epo_account *account = epo_page_account(request);
    return account != NULL && strcmp(account->role, "citizen") == 0 ? account : NULL;
}

static struct epo_response *not_a_person(struct epo_request *request) {
    return epo_page_account(request) != NULL ? epo_page_denied(request)
                                             : epo_respond_redirect(request, 303, epo_span(LOGIN));
}

static int status_of(const struct epo_error *error) {
    return error->kind == EPO_ERROR_BAD_INPUT   ? 422
           : error->kind == EPO_ERROR_DENIED    ? 403
           : error->kind == EPO_ERROR_NOT_FOUND ? 404
                                                : 503;
}

/* ---- what stands ---- */

/* Businesses that the account speaks for, of those it may act for. */
static bool bodies(struct epo_request *request, const struct epo_account *account,
                   struct epo_json **rows, struct epo_error *error) {
    struct epo_json *parties;
    *rows = epo_json_array(request->pool);
    if (!epo_mandate_parties(request->portal, request->db, request->pool, epo_span(account->id),
                             EPO_SPAN(""), EPO_MANDATE_BOTH, &parties, error))
        return false;
    for (uint32_t i = 0; i < parties->count; i++) {
        bool body = false;
        struct epo_span id = epo_json_get_text(parties->items[i], "id");
        if (!epo_mandate_is_body(request->portal, request->db, epo_span(account->id), id, &body,
                                 error))
            return false;
        if (body)
            epo_json_push(request->pool, *rows, parties->items[i]);
    }
    return true;
}

/* Those given by oneself and by the businesses that one speaks for; not what the register says. */
static bool add_given(struct epo_request *request, const struct epo_account *account,
                      struct epo_json *model, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_json *given, *of, *businesses;
    if (!epo_mandate_of_principal(request->portal, request->db, pool, epo_span(account->id), &given,
                                  error) ||
        !bodies(request, account, &businesses, error))
        return false;
    for (uint32_t i = 0; i < businesses->count; i++) {
        if (!epo_mandate_of_principal(request->portal, request->db, pool,
                                      epo_json_get_text(businesses->items[i], "id"), &of, error))
            return false;
        for (uint32_t k = 0; k < of->count; k++)
            if (!epo_span_is(epo_json_get_text(of->items[k], "holder"), account->id))
                epo_json_push(pool, given, of->items[k]);
    }
    epo_mandate_rows(request, given);
    epo_json_set(pool, model, "given", given);
    return true;
}

static bool add_claims(struct epo_request *request, const struct epo_account *account,
                       struct epo_json *model, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_json *claims, *shown = epo_json_array(pool);
    char text[EPO_TIME_SIZE];
    if (!epo_business_claims(request->portal, request->db, pool, epo_span(account->id), &claims,
                             error))
        return false;
    for (uint32_t i = 0; i < claims->count; i++) {
        struct epo_json *claim = claims->items[i];
        int64_t until = epo_json_get_integer(claim, "code_until_us", 0);
        if (epo_span_is(epo_json_get_text(claim, "outcome"), "confirmed"))
            continue; /* stands among those one acts for */
        epo_json_set_string(pool, claim, "until_text",
                            epo_date_local(epo_date_of_us(until), request->lang, text));
        epo_json_push(pool, shown, claim);
    }
    epo_json_set(pool, model, "claims", shown);
    return true;
}

static struct epo_response *show(struct epo_request *request, int status,
                                 const struct epo_account *account, struct epo_span fault) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_acting acting;
    struct epo_json *taken, *model = epo_json_object(pool);
    if (!epo_acting_now(request, account, EPO_SPAN(""), EPO_MANDATE_READ, &acting, &error) ||
        !epo_mandate_of_holder(request->portal, request->db, pool, account, &taken, &error) ||
        !add_given(request, account, model, &error) || !add_claims(request, account, model, &error))
        return epo_respond_error(request, &error, NULL);
    epo_mandate_rows(request, taken);
    for (uint32_t i = 0; i < taken->count; i++)
        epo_json_set_boolean(pool, taken->items[i], "offered",
                             epo_span_is(epo_json_get_text(taken->items[i], "state"), "offered"));
    epo_json_set(pool, model, "taken", taken);
    epo_json_set_text(pool, model, "done", epo_request_query(request, "done"));
    epo_json_set_text(pool, model, "fault", fault);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "mandate.title"));
    return epo_respond_private(request, status, "web/mandates", model);
}

struct epo_response *epo_mandates_get(struct epo_request *request) {
    const struct epo_account *account = person(request);
    return account != NULL ? show(request, 200, account, EPO_SPAN("")) : not_a_person(request);
}

/* ---- accepting, ending ---- */

struct doing {
    struct epo_portal *portal;
    const struct epo_account *account;
    struct epo_span what, id;
};

static bool run_do(struct epo_db *db, void *arg, struct epo_error *error) {
    struct doing *doing = arg;
    if (epo_span_is(doing->what, "accept"))
        return epo_mandate_accept(doing->portal, db, doing->account, doing->id, error);
    if (epo_span_is(doing->what, "drop"))
        return epo_business_drop(doing->portal, db, epo_span(doing->account->id), doing->id, error);
    return epo_mandate_end(doing->portal, db, doing->account, doing->id, error);
}

static struct epo_response *done(struct epo_request *request, void *arg,
                                 const struct epo_error *error) {
    struct doing *doing = arg;
    if (error != NULL)
        return show(request, status_of(error), doing->account,
                    epo_page_error_text(request, error, "account.unsaved"));
    return epo_respond_redirect(request, 303,
                                epo_span_is(doing->what, "accept")
                                    ? EPO_SPAN("/account/mandates?done=accepted")
                                    : EPO_SPAN("/account/mandates?done=ended"));
}

struct epo_response *epo_mandates_post(struct epo_request *request) {
    const struct epo_account *account = person(request);
    struct doing *doing = EPO_NEW(request->pool, struct doing);
    if (account == NULL)
        return not_a_person(request);
    *doing = (struct doing){request->portal, account, epo_request_form(request, "do"),
                            epo_request_form(request, "id")};
    return epo_respond_after_write(request, run_do, done, doing);
}

/* ---- giving ---- */

static struct epo_response *show_giving(struct epo_request *request, int status,
                                        const struct epo_account *account,
                                        const struct epo_json *errors,
                                        const struct epo_error *refused) {
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0};
    struct epo_json *model = epo_json_object(pool), *businesses;
    struct epo_span principal = epo_request_form(request, "principal");
    if (!bodies(request, account, &businesses, &error))
        return epo_respond_error(request, &error, NULL);
    for (uint32_t i = 0; i < businesses->count; i++)
        epo_json_set_boolean(
            pool, businesses->items[i], "checked",
            epo_span_equal(principal, epo_json_get_text(businesses->items[i], "id")));
    epo_json_set(pool, model, "businesses", businesses);
    epo_json_set_string(pool, model, "self", account->id);
    epo_json_set_text(pool, model, "to", epo_request_form(request, "to"));
    epo_mandate_terms_model(request, model);
    if (errors != NULL)
        epo_mandate_faults(request, model, errors);
    if (refused != NULL)
        epo_mandate_fault(request, model, "to",
                          epo_page_error_text(request, refused, "account.unsaved"));
    epo_json_set_boolean(pool, model, "verified", account->verified);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "mandate.give"));
    return epo_respond_private(request, status, "web/mandate_give", model);
}

struct epo_response *epo_mandate_new_get(struct epo_request *request) {
    const struct epo_account *account = person(request);
    return account != NULL ? show_giving(request, 200, account, NULL, NULL) : not_a_person(request);
}

static bool run_give(struct epo_db *db, void *arg, struct epo_error *error) {
    return epo_mandate_give(db, arg, error);
}

static struct epo_response *given(struct epo_request *request, void *arg,
                                  const struct epo_error *error) {
    struct epo_mandate_giving *giving = arg;
    return error == NULL
               ? epo_respond_redirect(request, 303, EPO_SPAN("/account/mandates?done=offered"))
               : show_giving(request, status_of(error), giving->giver, NULL, error);
}

struct epo_response *epo_mandate_new_post(struct epo_request *request) {
    const struct epo_account *account = person(request);
    struct epo_mandate_giving *giving = EPO_NEW(request->pool, struct epo_mandate_giving);
    struct epo_json *errors = epo_json_array(request->pool);
    if (account == NULL)
        return not_a_person(request);
    struct epo_span principal = epo_request_form(request, "principal");
    *giving = (struct epo_mandate_giving){.portal = request->portal,
                                          .giver = account,
                                          .principal =
                                              principal.len > 0 ? principal : epo_span(account->id),
                                          .to = epo_request_form(request, "to"),
                                          .terms = epo_mandate_terms_read(request),
                                          .lang = epo_span(request->lang)};
    epo_token_make(giving->id);
    if (!epo_mandate_terms_check(request->pool, &giving->terms, errors))
        return show_giving(request, 422, account, errors, NULL);
    return epo_respond_after_write(request, run_give, given, giving);
}

/* ---- saying that one acts for a business ---- */

struct claiming {
    struct epo_portal *portal;
    const struct epo_account *account;
    struct epo_business business;
    char code[EPO_IDENTITY_CODE_SIZE];
};

static struct epo_response *show_claiming(struct epo_request *request, int status,
                                          const struct epo_json *errors,
                                          const struct epo_error *refused) {
    static const char *const FIELDS[] = {"kind", "number", "business_name", "seat", "data_box"};
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++)
        epo_json_set_text(pool, model, FIELDS[i], epo_request_form(request, FIELDS[i]));
    if (errors != NULL)
        epo_mandate_faults(request, model, errors);
    if (refused != NULL)
        epo_mandate_fault(request, model, "number",
                          epo_page_error_text(request, refused, "account.unsaved"));
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "business.title"));
    return epo_respond_private(request, status, "web/business", model);
}

struct epo_response *epo_business_get(struct epo_request *request) {
    return person(request) != NULL ? show_claiming(request, 200, NULL, NULL)
                                   : not_a_person(request);
}

static bool run_claim(struct epo_db *db, void *arg, struct epo_error *error) {
    struct claiming *claiming = arg;
    return epo_business_claim(claiming->portal, db, epo_span(claiming->account->id),
                              &claiming->business, claiming->code, error);
}

static struct epo_response *claimed(struct epo_request *request, void *arg,
                                    const struct epo_error *error) {
    (void)arg;
    return error == NULL
               ? epo_respond_redirect(request, 303, EPO_SPAN("/account/mandates?done=claimed"))
               : show_claiming(request, 503, NULL, error);
}

/* As people write it: with spaces. */
static struct epo_span without_spaces(struct epo_pool *pool, struct epo_span text) {
    char *out = epo_pool_alloc(pool, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] != ' ')
            out[len++] =
                text.at[i] >= 'A' && text.at[i] <= 'Z' ? (char)(text.at[i] + 32) : text.at[i];
    return (struct epo_span){out, len};
}

struct epo_response *epo_business_post(struct epo_request *request) {
    struct epo_pool *pool = request->pool;
    const struct epo_account *account = person(request);
    struct epo_json *errors = epo_json_array(pool);
    struct claiming *claiming = EPO_NEW(pool, struct claiming);
    if (account == NULL)
        return not_a_person(request);
    *claiming = (struct claiming){
        .portal = request->portal,
        .account = account,
        .business = {.kind = epo_request_form(request, "kind"),
                     .number = without_spaces(pool, epo_request_form(request, "number")),
                     .name = epo_span_trim(epo_request_form(request, "business_name")),
                     .seat = epo_span_trim(epo_request_form(request, "seat")),
                     .data_box = without_spaces(pool, epo_request_form(request, "data_box"))}};
    if (!epo_business_check(pool, &claiming->business, errors))
        return show_claiming(request, 422, errors, NULL);
    epo_identity_code(claiming->code);
    return epo_respond_after_write(request, run_claim, claimed, claiming);
}
