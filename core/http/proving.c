#include "http/proving.h"

#include "base/clock.h"
#include "http/passkey.h"
#include "http/sign_in.h"
#include "portal/audit.h"
#include "portal/factor.h"
#include "portal/proof.h"
#include "portal/session.h"

/* What one of the two pages asks for. */
struct asking {
    const char *name, *action; /* texts "<name>.title" and ".lead"; where it posts */
    struct epo_factors factors;
    bool password;
    struct epo_span next;
};

static struct epo_response *show(struct epo_request *request, const struct asking *asking,
                                 int status, const char *field, struct epo_span fault) {
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    const char *title = epo_pool_printf(pool, "%s.title", asking->name);
    bool code = asking->factors.totp || asking->factors.codes > 0;
    epo_json_set_text(pool, model, "heading", epo_page_text(request, title));
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, title));
    epo_json_set_text(pool, model, "lead",
                      epo_page_text(request, epo_pool_printf(pool, "%s.lead", asking->name)));
    epo_json_set_string(pool, model, "action", asking->action);
    epo_json_set_text(pool, model, "next", asking->next);
    epo_json_set_boolean(pool, model, "password", asking->password);
    epo_json_set_boolean(pool, model, "code", code);
    epo_json_set_boolean(pool, model, "passkeys",
                         asking->factors.passkeys > 0 && epo_passkeys_possible(request));
    epo_json_set_string(pool, model, "passkey_action",
                        asking->password ? asking->action : "/login/passkey");
    epo_json_set_string(pool, model, "fault_at", field);
    epo_json_set_text(pool, model, "fault", fault);
    return epo_respond_private(request, status, "web/proof", model);
}

static int status_of(const struct epo_error *error) {
    return error->kind == EPO_ERROR_UNAUTHENTICATED ? 403
           : error->kind == EPO_ERROR_RATE          ? 429
                                                    : 503;
}

static struct epo_response *refuse(struct epo_request *request, const struct asking *asking,
                                   const struct epo_error *error, const char *field, int wait_s) {
    int status = status_of(error);
    struct epo_response *response = show(request, asking, status, field,
                                         epo_page_error_text(request, error, "account.unsaved"));
    if (status != 403)
        epo_response_header(
            response, "retry-after",
            epo_span(epo_pool_printf(request->pool, "%d", wait_s > 0 ? wait_s : 5)));
    return response;
}

/* A wrong code is noted: the owner sees it among the sign-ins. */
struct failing {
    struct epo_request *request;
    const struct asking *asking;
    struct epo_error error;
    const char *account;
};

static bool run_failed(struct epo_db *db, void *arg, struct epo_error *error) {
    struct failing *failing = arg;
    return epo_audit_note(failing->request->portal, db, EPO_SPAN(""), "factor.failed",
                          epo_span(failing->account), EPO_SPAN(""), error);
}

static struct epo_response *noted(struct epo_request *request, void *arg,
                                  const struct epo_error *error) {
    const struct failing *failing = arg;
    (void)error;
    return refuse(request, failing->asking, &failing->error, "code", 0);
}

/* The answer to a code that was not taken. */
static struct epo_response *wrong_code(struct epo_request *request, const struct asking *asking,
                                       const struct epo_account *account,
                                       const struct epo_error *error, int wait_s) {
    if (error->kind == EPO_ERROR_BROKEN)
        return epo_respond_error(request, error, NULL);
    if (error->kind != EPO_ERROR_UNAUTHENTICATED)
        return refuse(request, asking, error, "code", wait_s);
    struct failing *failing = EPO_NEW(request->pool, struct failing);
    *failing = (struct failing){request, asking, *error, account->id};
    return epo_respond_after_write(request, run_failed, noted, failing);
}

static bool check_code(struct epo_request *request, const struct epo_account *account,
                       struct epo_factor_use *use, int *wait_s, struct epo_error *error) {
    return epo_factor_check(request->portal, request->db, account,
                            epo_request_form(request, "code"),
                            epo_request_cookie(request, EPO_DEVICE_COOKIE), use, wait_s, error);
}

/* ---- the second step of a sign-in ---- */

struct second {
    struct epo_sign_in in;
    struct asking asking;
    struct epo_factor_use use;
};

/* The sign-in that this browser has begun; NULL with *answer where there is none. */
static struct second *begun(struct epo_request *request, struct epo_response **answer) {
    struct epo_error error = {0};
    struct epo_proof proof;
    struct second *second = EPO_NEW(request->pool, struct second);
    *answer = epo_respond_redirect(request, 303, EPO_SPAN("/login"));
    if (!epo_proof_find(request->portal, request->db, request->pool,
                        epo_request_cookie(request, EPO_SECOND_COOKIE), EPO_SPAN("second"), &proof,
                        &error))
        return NULL;
    const struct epo_json *content = epo_json_parse(request->pool, proof.content, &error);
    if (!epo_account_find(request->portal, request->db, epo_json_get_text(content, "login"),
                          &second->in.account, &error) ||
        !epo_span_is(proof.account, second->in.account.id) || second->in.account.disabled)
        return NULL;
    if (!epo_factor_find(request->portal, request->db, proof.account, &second->asking.factors,
                         &error)) {
        *answer = epo_respond_error(request, &error, NULL);
        return NULL;
    }
    second->in.next = epo_safe_next(epo_json_get_text(content, "next"));
    second->asking.name = "second";
    second->asking.action = "/login/second";
    return second;
}

struct epo_response *epo_second_get(struct epo_request *request) {
    struct epo_response *answer;
    struct second *second = begun(request, &answer);
    return second == NULL ? answer : show(request, &second->asking, 200, "", EPO_SPAN(""));
}

static bool run_second(struct epo_request *request, struct epo_db *db, void *arg,
                       struct epo_error *error) {
    struct second *second = arg;
    return epo_proof_take(request->portal, db, epo_request_cookie(request, EPO_SECOND_COOKIE),
                          EPO_SPAN("second"), error) &&
           epo_factor_take(request->portal, db, epo_span(second->in.account.id), &second->use,
                           error);
}

static struct epo_response *not_second(struct epo_request *request, void *arg,
                                       const struct epo_error *error) {
    struct second *second = arg;
    if (error->kind == EPO_ERROR_NOT_FOUND)
        return epo_respond_redirect(request, 303, EPO_SPAN("/login"));
    return refuse(request, &second->asking, error, "code", 0);
}

struct epo_response *epo_second_post(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_response *answer;
    int wait_s = 0;
    struct second *second = begun(request, &answer);
    if (second == NULL)
        return answer;
    if (!check_code(request, &second->in.account, &second->use, &wait_s, &error))
        return wrong_code(request, &second->asking, &second->in.account, &error, wait_s);
    second->in.first = run_second;
    second->in.failed = not_second;
    second->in.arg = second;
    second->in.by = second->use.step > 0 ? "totp" : "code";
    return epo_sign_in(request, &second->in);
}

/* ---- once more ---- */

struct epo_response *epo_prove(struct epo_request *request, const struct epo_account *account,
                               struct epo_span next) {
    if (epo_clock_now_us() - account->proved_at_us < EPO_PROVED_S * 1000000LL)
        return NULL;
    return epo_respond_redirect(request, 303,
                                epo_span(epo_next_url(request, "/account/confirm", next)));
}

struct proving {
    struct epo_request *request;
    struct asking asking;
    struct epo_account account;
    struct epo_factor_use use;
    bool code;  /* was asked for and is good */
    bool signs; /* a passkey has signed instead of both */
    struct epo_passkey passkey;
    int64_t counter;
};

static struct proving *start(struct epo_request *request, struct epo_response **answer) {
    struct epo_error error = {0};
    const struct epo_account *account = epo_page_account(request);
    *answer = epo_respond_redirect(request, 303, EPO_SPAN("/login?next=/account/security"));
    if (account == NULL)
        return NULL;
    struct proving *proving = EPO_NEW(request->pool, struct proving);
    proving->request = request;
    proving->account = *account;
    proving->asking = (struct asking){
        .name = "prove",
        .action = "/account/confirm",
        .password = true,
        .next = epo_safe_next(request->method == EPO_POST ? epo_request_form(request, "next")
                                                          : epo_request_query(request, "next"))};
    if (epo_factor_find(request->portal, request->db, epo_span(account->id),
                        &proving->asking.factors, &error))
        return proving;
    *answer = epo_respond_error(request, &error, NULL);
    return NULL;
}

struct epo_response *epo_prove_get(struct epo_request *request) {
    struct epo_response *answer;
    struct proving *proving = start(request, &answer);
    return proving == NULL ? answer : show(request, &proving->asking, 200, "", EPO_SPAN(""));
}

static bool run_prove(struct epo_db *db, void *arg, struct epo_error *error) {
    struct proving *proving = arg;
    struct epo_request *request = proving->request;
    if (proving->signs &&
        !epo_passkey_take(request, db, &proving->passkey, proving->counter, error))
        return false;
    return (!proving->code || epo_factor_take(request->portal, db, epo_span(proving->account.id),
                                              &proving->use, error)) &&
           epo_session_prove(request->portal, db, request->session, error);
}

static struct epo_response *proved(struct epo_request *request, void *arg,
                                   const struct epo_error *error) {
    struct proving *proving = arg;
    if (error != NULL)
        return refuse(request, &proving->asking, error, "code", 0);
    struct epo_span next = proving->asking.next;
    return epo_respond_redirect(request, 303, next.len > 0 ? next : EPO_SPAN("/account/security"));
}

struct epo_response *epo_prove_post(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_response *answer;
    struct epo_account self;
    int wait_s = 0;
    struct proving *proving = start(request, &answer);
    if (proving == NULL)
        return answer;
    const struct epo_factors *factors = &proving->asking.factors;
    if (epo_request_form(request, "credential").len > 0) {
        proving->signs = epo_passkey_check(request, epo_span(proving->account.id),
                                           &proving->passkey, &proving->counter, &error);
        return proving->signs ? epo_respond_after_write(request, run_prove, proved, proving)
                              : refuse(request, &proving->asking, &error, "password", 0);
    }
    if (!epo_account_verify(request->portal, request->db, epo_span(proving->account.login),
                            epo_request_form(request, "password"), request->client,
                            epo_request_cookie(request, EPO_DEVICE_COOKIE), &self, &wait_s, &error))
        return error.kind == EPO_ERROR_BROKEN
                   ? epo_respond_error(request, &error, NULL)
                   : refuse(request, &proving->asking, &error, "password", wait_s);
    proving->code = factors->totp || factors->passkeys > 0;
    if (proving->code && !check_code(request, &proving->account, &proving->use, &wait_s, &error))
        return wrong_code(request, &proving->asking, &proving->account, &error, wait_s);
    return epo_respond_after_write(request, run_prove, proved, proving);
}
