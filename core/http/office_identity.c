/* The counter: a clerk compares what a person said with a document. */
#include "base/clock.h"
#include "http/audited.h"
#include "http/pages.h"
#include "portal/identity.h"
#include "portal/routing.h"

enum { SHOWN = 50 };

struct counter {
    struct epo_identity identity;
    bool found, done;
    int status;
    struct epo_span error, code;
};

static void add_lists(struct epo_request *request, struct epo_json *model,
                      const struct epo_account *clerk) {
    struct epo_pool *pool = request->pool;
    struct epo_error ignored = {0};
    struct epo_json *waiting = NULL, *done = NULL;
    char text[EPO_TIME_SIZE];
    struct epo_date born;
    if (!epo_identity_waiting(request->portal, request->db, pool, SHOWN, &waiting, &ignored) ||
        !epo_identity_done(request->portal, request->db, pool, epo_span(clerk->office), SHOWN,
                           &done, &ignored))
        return;
    for (uint32_t i = 0; i < waiting->count; i++) {
        struct epo_json *row = waiting->items[i];
        int64_t at = epo_json_get_integer(row, "asked_at_us", 0);
        epo_json_set_string(pool, row, "at_text", epo_time_local(at, request->lang, text));
        if (epo_date_parse(epo_json_get_text(row, "birth_date"), &born))
            epo_json_set_string(pool, row, "born_text", epo_date_local(born, request->lang, text));
    }
    for (uint32_t i = 0; i < done->count; i++) {
        struct epo_json *row = done->items[i];
        int64_t at = epo_json_get_integer(row, "at_us", 0);
        epo_json_set_string(pool, row, "at_text",
                            at > 0 ? epo_time_local(at, request->lang, text) : "");
        epo_json_set_string(pool, row, "document_key",
                            epo_pool_printf(pool, "identity.document.%.*s",
                                            EPO_ARG(epo_json_get_text(row, "document"))));
    }
    epo_json_set(pool, model, "waiting", waiting);
    epo_json_set(pool, model, "verified", done);
}

static struct epo_response *draw(struct epo_request *request, void *arg) {
    const struct counter *counter = arg;
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    const struct epo_account *clerk = epo_page_account(request);
    char text[EPO_TIME_SIZE];
    struct epo_date born;
    struct epo_error not_allowed = {0};
    epo_json_set_boolean(pool, model, "may",
                         epo_identity_may(request->portal, clerk, &not_allowed));
    epo_json_set_text(pool, model, "code", counter->code);
    epo_json_set_text(pool, model, "error", counter->error);
    epo_json_set_boolean(pool, model, "done", counter->done);
    if (counter->found) {
        struct epo_json *person = epo_json_set(pool, model, "person", epo_json_object(pool));
        epo_json_set_text(pool, person, "given_name", counter->identity.given_name);
        epo_json_set_text(pool, person, "family_name", counter->identity.family_name);
        epo_json_set_text(pool, person, "address", counter->identity.address);
        epo_json_set_text(pool, person, "login", counter->identity.login);
        if (epo_date_parse(counter->identity.birth_date, &born))
            epo_json_set_string(pool, person, "birth_date",
                                epo_date_local(born, request->lang, text));
    }
    add_lists(request, model, clerk);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "counter.title"));
    return epo_respond_private(request, counter->status, "web/office_identity", model);
}

/* Finds the person of the code; that it was looked at is on record before it is shown. */
static struct epo_response *show(struct epo_request *request, struct counter *counter) {
    struct epo_error error = {0};
    const struct epo_account *clerk = epo_page_account(request);
    struct epo_error not_allowed = {0};
    if (counter->code.len == 0 || !epo_identity_may(request->portal, clerk, &not_allowed))
        return draw(request, counter);
    counter->found = epo_identity_by_code(request->portal, request->db, request->pool,
                                          counter->code, &counter->identity, &error);
    if (!counter->found && error.kind != EPO_ERROR_NOT_FOUND)
        return epo_respond_error(request, &error, NULL);
    if (!counter->found) {
        counter->status = 404;
        counter->error = epo_page_text(request, "error.identity.no_code");
        return draw(request, counter);
    }
    struct epo_audit_entry entry = {.actor = epo_span(clerk->id),
                                    .action = EPO_SPAN("identity.viewed"),
                                    .object = counter->identity.account,
                                    .detail = EPO_SPAN("")};
    return epo_respond_audited(request, &entry, draw, counter);
}

struct epo_response *epo_counter_get(struct epo_request *request) {
    struct counter *counter = EPO_NEW(request->pool, struct counter);
    *counter = (struct counter){.status = 200,
                                .code = epo_span_trim(epo_request_query(request, "code")),
                                .done = epo_span_is(epo_request_query(request, "done"), "1")};
    return show(request, counter);
}

struct deed {
    struct epo_request *request;
    struct epo_identifying identifying;
    struct epo_span withdrawn, reason; /* account; empty: it is a verification */
};

static bool run_deed(struct epo_db *db, void *arg, struct epo_error *error) {
    struct deed *deed = arg;
    return deed->withdrawn.len > 0
               ? epo_identity_withdraw(deed->request->portal, db, deed->identifying.clerk,
                                       deed->withdrawn, deed->reason, error)
               : epo_identity_confirm(db, &deed->identifying, error);
}

static struct epo_response *finish_deed(struct epo_request *request, void *arg,
                                        const struct epo_error *error) {
    struct deed *deed = arg;
    if (error == NULL)
        return epo_respond_redirect(request, 303, EPO_SPAN("/office/identity?done=1"));
    struct counter *counter = EPO_NEW(request->pool, struct counter);
    *counter = (struct counter){.status = error->kind == EPO_ERROR_BAD_INPUT   ? 422
                                          : error->kind == EPO_ERROR_DENIED    ? 403
                                          : error->kind == EPO_ERROR_NOT_FOUND ? 404
                                                                               : 503,
                                .code = deed->identifying.code,
                                .error = epo_page_error_text(request, error, "account.unsaved")};
    return show(request, counter);
}

struct epo_response *epo_counter_post(struct epo_request *request) {
    struct deed *deed = EPO_NEW(request->pool, struct deed);
    struct epo_pool *pool = request->pool;
    char *last = epo_pool_string(pool, epo_span_trim(epo_request_form(request, "document_last")));
    for (char *at = last; *at != '\0'; at++)
        *at = *at >= 'a' && *at <= 'z' ? (char)(*at - 32) : *at;
    *deed = (struct deed){
        .request = request,
        .identifying = {.portal = request->portal,
                        .clerk = epo_page_account(request),
                        .code = epo_span_trim(epo_request_form(request, "code")),
                        .document = epo_request_form(request, "document"),
                        .document_last = epo_span(last),
                        .lang = EPO_SPAN("cs")},
        .withdrawn = epo_request_form(request, "withdraw"),
        .reason = epo_span_trim(epo_request_form(request, "reason")),
    };
    return epo_respond_after_write(request, run_deed, finish_deed, deed);
}
