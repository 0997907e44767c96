/* The counter: businesses that people act for, and powers of attorney on paper. */
#include "base/token.h"
#include "http/audited.h"
#include "http/mandates.h"
#include "portal/business.h"
#include "portal/routing.h"

enum { SHOWN = 50 };

struct desk {
    struct epo_business_found found;
    bool has;
    int status;
    struct epo_span code, done;
    const struct epo_json *errors; /* [{path, code}] or NULL */
    const char *fault_at;          /* NULL: nothing is wrong */
    struct epo_span fault;
};

static bool add_lists(struct epo_request *request, struct epo_json *model,
                      const struct epo_account *clerk, struct epo_error *error) {
    struct epo_pool *pool = request->pool;
    struct epo_json *waiting, *entered;
    char text[EPO_TIME_SIZE];
    if (!epo_business_waiting(request->portal, request->db, pool, SHOWN, &waiting, error) ||
        !epo_mandate_of_office(request->portal, request->db, pool, epo_span(clerk->office),
                               &entered, error))
        return false;
    for (uint32_t i = 0; i < waiting->count; i++)
        epo_json_set_string(
            pool, waiting->items[i], "at_text",
            epo_time_local(epo_json_get_integer(waiting->items[i], "asked_at_us", 0), request->lang,
                           text));
    epo_mandate_rows(request, entered);
    epo_json_set(pool, model, "waiting", waiting);
    epo_json_set(pool, model, "entered", entered);
    return true;
}

static void add_claim(struct epo_request *request, struct epo_json *model,
                      const struct desk *desk) {
    struct epo_pool *pool = request->pool;
    const struct epo_business_found *found = &desk->found;
    const struct epo_identity *who = &found->identity;
    struct epo_json *claim = epo_json_set(pool, model, "claim", epo_json_object(pool));
    bool posted = request->method == EPO_POST;
    struct epo_date born;
    char text[EPO_TIME_SIZE];
    epo_json_set_string(pool, claim, "kind_key",
                        epo_pool_printf(pool, "business.kind.%.*s", EPO_ARG(found->business.kind)));
    epo_json_set_text(pool, claim, "number", found->business.number);
    epo_json_set_text(pool, claim, "name",
                      posted ? epo_request_form(request, "business_name") : found->business.name);
    epo_json_set_text(pool, claim, "seat",
                      posted ? epo_request_form(request, "seat") : found->business.seat);
    epo_json_set_text(pool, claim, "data_box",
                      posted ? epo_request_form(request, "data_box") : found->business.data_box);
    epo_json_set_text(pool, claim, "login", found->login);
    epo_json_set_boolean(pool, claim, "verified", who->verified_at_us > 0);
    epo_json_set_string(
        pool, claim, "person",
        epo_pool_printf(pool, "%.*s %.*s", EPO_ARG(who->given_name), EPO_ARG(who->family_name)));
    epo_json_set_text(pool, claim, "address", who->address);
    epo_json_set_string(
        pool, claim, "born",
        epo_date_parse(who->birth_date, &born) ? epo_date_local(born, request->lang, text) : "");
}

static struct epo_response *draw(struct epo_request *request, void *arg) {
    static const char *const TYPED[] = {"principal", "holder", "document", "extract", "refused"};
    const struct desk *desk = arg;
    struct epo_pool *pool = request->pool;
    struct epo_error error = {0}, not_allowed = {0};
    struct epo_json *model = epo_json_object(pool);
    const struct epo_account *clerk = epo_page_account(request);
    bool may = epo_identity_may(request->portal, clerk, &not_allowed);
    epo_json_set_boolean(pool, model, "may", may);
    epo_json_set_text(pool, model, "code", desk->code);
    epo_json_set_text(pool, model, "done", desk->done);
    if (desk->has)
        add_claim(request, model, desk);
    for (size_t i = 0; i < sizeof TYPED / sizeof *TYPED; i++)
        epo_json_set_text(pool, model, TYPED[i], epo_request_form(request, TYPED[i]));
    epo_mandate_terms_model(request, model);
    if (desk->errors != NULL)
        epo_mandate_faults(request, model, desk->errors);
    if (desk->fault_at != NULL)
        epo_mandate_fault(request, model, desk->fault_at, desk->fault);
    if (may && !add_lists(request, model, clerk, &error))
        return epo_respond_error(request, &error, NULL);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "office_mandate.title"));
    return epo_respond_private(request, desk->status, "web/office_mandates", model);
}

/* Finds the claim of the code; that it was looked at is on record before it is shown. */
static struct epo_response *show(struct epo_request *request, struct desk *desk) {
    struct epo_error error = {0}, not_allowed = {0};
    const struct epo_account *clerk = epo_page_account(request);
    if (desk->code.len == 0 || !epo_identity_may(request->portal, clerk, &not_allowed))
        return draw(request, desk);
    desk->has = epo_business_by_code(request->portal, request->db, request->pool, desk->code,
                                     &desk->found, &error);
    if (!desk->has && error.kind != EPO_ERROR_NOT_FOUND)
        return epo_respond_error(request, &error, NULL);
    if (!desk->has) {
        desk->status = 404;
        desk->fault_at = "code";
        desk->fault = epo_page_text(request, "error.identity.no_code");
        return draw(request, desk);
    }
    struct epo_audit_entry entry = {.actor = epo_span(clerk->id),
                                    .action = EPO_SPAN("business.viewed"),
                                    .object = desk->found.account,
                                    .detail = EPO_SPAN("")};
    return epo_respond_audited(request, &entry, draw, desk);
}

struct epo_response *epo_office_mandates_get(struct epo_request *request) {
    struct desk *desk = EPO_NEW(request->pool, struct desk);
    *desk = (struct desk){.status = 200,
                          .code = epo_span_trim(epo_request_query(request, "code")),
                          .done = epo_request_query(request, "done")};
    return show(request, desk);
}

/* ---- deeds ---- */

enum deed { DEED_BUSINESS, DEED_PAPER, DEED_END };
struct deciding {
    struct epo_request *request;
    const struct epo_account *clerk;
    enum deed deed;
    struct epo_business_confirming confirming;
    struct epo_mandate_paper paper;
    struct epo_span ended, reason;
};

static bool run_deed(struct epo_db *db, void *arg, struct epo_error *error) {
    struct deciding *deciding = arg;
    switch (deciding->deed) {
    case DEED_BUSINESS:
        return epo_business_decide(db, &deciding->confirming, error);
    case DEED_PAPER:
        return epo_mandate_from_paper(db, &deciding->paper, error);
    default:
        return epo_mandate_end_at_counter(deciding->request->portal, db, deciding->clerk,
                                          deciding->ended, deciding->reason, error);
    }
}

static const char *field_of(const struct deciding *deciding, const struct epo_error *error) {
    if (deciding->deed == DEED_BUSINESS)
        return strcmp(error->code, "identity.no_code") == 0  ? "code"
               : strcmp(error->code, "identity.reason") == 0 ? "refused"
                                                             : "extract";
    if (deciding->deed == DEED_END)
        return "entered";
    return strcmp(error->code, "mandate.document") == 0    ? "document"
           : strcmp(error->code, "mandate.no_holder") == 0 ? "holder"
                                                           : "principal";
}

static struct epo_response *finish_deed(struct epo_request *request, void *arg,
                                        const struct epo_error *error) {
    struct deciding *deciding = arg;
    if (error == NULL)
        return epo_respond_redirect(request, 303, EPO_SPAN("/office/mandates?done=1"));
    struct desk *desk = EPO_NEW(request->pool, struct desk);
    *desk = (struct desk){.status = error->kind == EPO_ERROR_BAD_INPUT   ? 422
                                    : error->kind == EPO_ERROR_DENIED    ? 403
                                    : error->kind == EPO_ERROR_NOT_FOUND ? 404
                                                                         : 503,
                          .code = deciding->confirming.code,
                          .fault_at = field_of(deciding, error),
                          .fault = epo_page_error_text(request, error, "account.unsaved")};
    return show(request, desk);
}

static struct epo_response *enter_paper(struct epo_request *request, struct deciding *deciding) {
    struct epo_json *errors = epo_json_array(request->pool);
    deciding->deed = DEED_PAPER;
    deciding->paper =
        (struct epo_mandate_paper){.portal = request->portal,
                                   .clerk = deciding->clerk,
                                   .principal = epo_request_form(request, "principal"),
                                   .holder = epo_request_form(request, "holder"),
                                   .document = epo_span_trim(epo_request_form(request, "document")),
                                   .terms = epo_mandate_terms_read(request)};
    epo_token_make(deciding->paper.id);
    if (epo_mandate_terms_check(request->pool, &deciding->paper.terms, errors))
        return epo_respond_after_write(request, run_deed, finish_deed, deciding);
    struct desk *desk = EPO_NEW(request->pool, struct desk);
    *desk = (struct desk){.status = 422, .errors = errors};
    return draw(request, desk);
}

struct epo_response *epo_office_mandates_post(struct epo_request *request) {
    struct deciding *deciding = EPO_NEW(request->pool, struct deciding);
    struct epo_span what = epo_request_form(request, "do");
    *deciding = (struct deciding){.request = request, .clerk = epo_page_account(request)};
    if (epo_span_is(what, "paper"))
        return enter_paper(request, deciding);
    if (epo_span_is(what, "end")) {
        deciding->deed = DEED_END;
        deciding->ended = epo_request_form(request, "id");
        deciding->reason = epo_span_trim(epo_request_form(request, "reason"));
        return epo_respond_after_write(request, run_deed, finish_deed, deciding);
    }
    bool refuse = epo_span_is(what, "refuse");
    struct epo_span reason = epo_span_trim(epo_request_form(request, "refused"));
    deciding->deed = DEED_BUSINESS;
    deciding->confirming = (struct epo_business_confirming){
        .portal = request->portal,
        .clerk = deciding->clerk,
        .code = epo_span_trim(epo_request_form(request, "code")),
        .business = {.name = epo_span_trim(epo_request_form(request, "business_name")),
                     .seat = epo_span_trim(epo_request_form(request, "seat")),
                     .data_box = epo_span_trim(epo_request_form(request, "data_box"))},
        .extract = epo_span_trim(epo_request_form(request, "extract")),
        .refused = refuse ? (reason.len > 0 ? reason : EPO_SPAN("-")) : EPO_SPAN("")};
    epo_token_make(deciding->confirming.account);
    epo_token_make(deciding->confirming.mandate);
    return epo_respond_after_write(request, run_deed, finish_deed, deciding);
}
