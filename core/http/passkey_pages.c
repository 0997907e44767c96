#include "http/passkey.h"
#include "http/proving.h"
#include "http/sign_in.h"
#include "portal/proof.h"

bool epo_passkeys_possible(struct epo_request *request) {
    char rp[128];
    return epo_passkey_rp(epo_link_origin(request), rp);
}

void epo_passkey_model(struct epo_request *request, struct epo_json *model) {
    epo_json_set_boolean(request->pool, model, "passkeys", epo_passkeys_possible(request));
}

/* ---- asking ---- */

struct asking {
    char token[EPO_TOKEN_SIZE], challenge[EPO_CHALLENGE_SIZE];
    struct epo_request *request;
    struct epo_span account; /* whose: signed in, or in the second step; or empty */
    struct epo_json *options;
};

/* Whose passkeys are asked: of who is signed in, or whose password was right; else anybody's. */
static struct epo_span asked(struct epo_request *request) {
    struct epo_error ignored = {0};
    struct epo_proof proof;
    const struct epo_account *account = epo_page_account(request);
    if (account != NULL)
        return epo_span(account->id);
    return epo_proof_find(request->portal, request->db, request->pool,
                          epo_request_cookie(request, EPO_SECOND_COOKIE), EPO_SPAN("second"),
                          &proof, &ignored)
               ? proof.account
               : EPO_SPAN("");
}

static bool known(struct asking *asking, struct epo_json **list, struct epo_error *error) {
    struct epo_pool *pool = asking->request->pool;
    struct epo_json *rows;
    *list = epo_json_array(pool);
    if (asking->account.len == 0)
        return true;
    if (!epo_passkey_list(asking->request->portal, asking->request->db, pool, asking->account,
                          &rows, error))
        return false;
    for (uint32_t i = 0; i < rows->count; i++) {
        struct epo_json *one = epo_json_object(pool);
        epo_json_set_string(pool, one, "type", "public-key");
        epo_json_set_text(pool, one, "id", epo_json_get_text(rows->items[i], "credential"));
        epo_json_push(pool, *list, one);
    }
    return true;
}

/* What navigator.credentials.create takes beside the challenge; binary members in base64url. */
static void describe_new(struct asking *asking, const struct epo_account *account,
                         struct epo_json *list) {
    static const int ALGORITHMS[] = {-7, -8, -257};
    struct epo_request *request = asking->request;
    struct epo_pool *pool = request->pool;
    struct epo_json *options = asking->options, *rp = epo_json_object(pool);
    struct epo_json *user = epo_json_object(pool), *kinds = epo_json_array(pool);
    struct epo_json *wanted = epo_json_object(pool);
    const struct epo_json *city = epo_json_get(epo_portal_settings(request->portal), "city");
    char host[128];
    epo_passkey_rp(epo_link_origin(request), host);
    epo_json_set_string(pool, rp, "id", host);
    epo_json_set_text(pool, rp, "name",
                      epo_json_localized(epo_json_get(city, "name"), request->lang));
    epo_json_set_string(pool, user, "id", epo_base64url(pool, epo_span(account->id)));
    epo_json_set_string(pool, user, "name", account->login);
    epo_json_set_string(pool, user, "displayName", account->name);
    for (size_t i = 0; i < sizeof ALGORITHMS / sizeof *ALGORITHMS; i++) {
        struct epo_json *kind = epo_json_object(pool);
        epo_json_set_string(pool, kind, "type", "public-key");
        epo_json_set_integer(pool, kind, "alg", ALGORITHMS[i]);
        epo_json_push(pool, kinds, kind);
    }
    epo_json_set_string(pool, wanted, "residentKey", "required");
    epo_json_set_boolean(pool, wanted, "requireResidentKey", true);
    epo_json_set_string(pool, wanted, "userVerification", "required");
    epo_json_set(pool, options, "rp", rp);
    epo_json_set(pool, options, "user", user);
    epo_json_set(pool, options, "pubKeyCredParams", kinds);
    epo_json_set(pool, options, "authenticatorSelection", wanted);
    epo_json_set(pool, options, "excludeCredentials", list);
    epo_json_set_string(pool, options, "attestation", "none");
}

static void describe_known(struct asking *asking, struct epo_json *list) {
    struct epo_pool *pool = asking->request->pool;
    char host[128];
    epo_passkey_rp(epo_link_origin(asking->request), host);
    epo_json_set_string(pool, asking->options, "rpId", host);
    epo_json_set_string(pool, asking->options, "userVerification", "required");
    epo_json_set(pool, asking->options, "allowCredentials", list);
}

static bool run_ask(struct epo_db *db, void *arg, struct epo_error *error) {
    const struct asking *asking = arg;
    struct epo_proof proof = {.kind = EPO_SPAN("passkey"),
                              .account = asking->account,
                              .content = epo_span(asking->challenge)};
    return epo_proof_put(asking->request->portal, db, epo_span(asking->token), &proof, error);
}

static struct epo_response *finish_ask(struct epo_request *request, void *arg,
                                       const struct epo_error *error) {
    const struct asking *asking = arg;
    if (error != NULL)
        return epo_respond_error(request, error, NULL);
    struct epo_response *response = epo_respond_json(request, 200, asking->options);
    epo_response_header(response, "cache-control", EPO_SPAN("no-store"));
    epo_response_cookie(response, EPO_PASSKEY_COOKIE, epo_span(asking->token), EPO_PROOF_S);
    return response;
}

/* POST for=create (to make one) or for=get: what the script hands to the browser. */
struct epo_response *epo_passkey_ask(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_json *list;
    const struct epo_account *account = epo_page_account(request);
    bool creates = epo_span_is(epo_request_form(request, "for"), "create");
    if (!epo_passkeys_possible(request))
        return epo_page_not_found(request);
    if (creates &&
        (account == NULL || epo_prove(request, account, EPO_SPAN("/account/security")) != NULL)) {
        epo_fail(&error, EPO_ERROR_DENIED, "passkey.prove", "Prove first that you are the owner.");
        return epo_respond_error(request, &error, NULL);
    }
    struct asking *asking = EPO_NEW(request->pool, struct asking);
    *asking = (struct asking){
        .request = request, .account = asked(request), .options = epo_json_object(request->pool)};
    epo_token_make(asking->token);
    epo_passkey_challenge(asking->challenge);
    if (!known(asking, &list, &error))
        return epo_respond_error(request, &error, NULL);
    epo_json_set_string(request->pool, asking->options, "challenge", asking->challenge);
    if (creates)
        describe_new(asking, account, list);
    else
        describe_known(asking, list);
    return epo_respond_after_write(request, run_ask, finish_ask, asking);
}

/* ---- the answer ---- */

bool epo_passkey_read(struct epo_request *request, struct epo_span account,
                      struct epo_passkey_question *question, struct epo_passkey_answer *answer,
                      struct epo_error *error) {
    struct epo_error why = {0};
    struct epo_proof proof;
    if (!epo_proof_find(request->portal, request->db, request->pool,
                        epo_request_cookie(request, EPO_PASSKEY_COOKIE), EPO_SPAN("passkey"),
                        &proof, &why) ||
        (account.len > 0 && !epo_span_equal(proof.account, account)))
        return epo_fail(error, EPO_ERROR_UNAUTHENTICATED, "passkey.answer",
                        "This browser was not asked for it.");
    *question = (struct epo_passkey_question){epo_link_origin(request), proof.content};
    *answer = (struct epo_passkey_answer){
        epo_request_form(request, "credential"), epo_request_form(request, "data"),
        epo_request_form(request, "client"), epo_request_form(request, "signature")};
    return true;
}

bool epo_passkey_check(struct epo_request *request, struct epo_span account,
                       struct epo_passkey *passkey, int64_t *counter, struct epo_error *error) {
    struct epo_passkey_question question;
    struct epo_passkey_answer answer;
    if (!epo_passkey_read(request, account, &question, &answer, error) ||
        !epo_passkey_find(request->portal, request->db, request->pool, answer.credential, passkey,
                          error))
        return false;
    if (account.len > 0 && !epo_span_is(account, passkey->account))
        return epo_fail(error, EPO_ERROR_UNAUTHENTICATED, "passkey.answer",
                        "This passkey is another account's.");
    return epo_passkey_signed(request->pool, &question, &answer, passkey, counter, error);
}

bool epo_passkey_take(struct epo_request *request, struct epo_db *db,
                      const struct epo_passkey *passkey, int64_t counter, struct epo_error *error) {
    return epo_proof_take(request->portal, db, epo_request_cookie(request, EPO_PASSKEY_COOKIE),
                          EPO_SPAN("passkey"), error) &&
           epo_passkey_used(request->portal, db, passkey, counter, error);
}

struct signing_in {
    struct epo_sign_in in;
    struct epo_passkey passkey;
    int64_t counter;
};

static bool run_sign_in(struct epo_request *request, struct epo_db *db, void *arg,
                        struct epo_error *error) {
    struct signing_in *signing = arg;
    return epo_passkey_take(request, db, &signing->passkey, signing->counter, error);
}

static struct epo_response *refused(struct epo_request *request, void *arg,
                                    const struct epo_error *error) {
    const struct signing_in *signing = arg;
    return epo_login_refused(request, error, signing->in.next);
}

struct epo_response *epo_passkey_sign_in(struct epo_request *request) {
    struct epo_error error = {0};
    struct signing_in *signing = EPO_NEW(request->pool, struct signing_in);
    signing->in.next = epo_safe_next(epo_request_form(request, "next"));
    signing->in.first = run_sign_in;
    signing->in.failed = refused;
    signing->in.arg = signing;
    signing->in.by = "passkey";
    if (!epo_passkey_check(request, EPO_SPAN(""), &signing->passkey, &signing->counter, &error))
        return refused(request, signing, &error);
    if (!epo_account_find(request->portal, request->db, epo_span(signing->passkey.login),
                          &signing->in.account, &error))
        return epo_respond_error(request, &error, NULL);
    return epo_sign_in(request, &signing->in);
}
