/* Setting up and taking away a second factor: codes of an app, recovery codes, passkeys. Whoever
 * comes here has proved lately that the account is theirs (http/proving.h). */
#include "base/clock.h"
#include "forms/document.h"
#include "http/passkey.h"
#include "http/proving.h"
#include "portal/factor.h"
#include "portal/proof.h"

struct changing {
    struct epo_request *request;
    struct epo_factor_change change;
    struct epo_account account;
    uint8_t secret[EPO_TOTP_SECRET_BYTES];
    struct epo_passkey passkey; /* that is added or (its id) removed */
    bool codes;                 /* it brought recovery codes */
    bool (*save)(struct epo_db *db, const struct epo_factor_change *change,
                 struct epo_error *error);
};

/* Who is signed in and proved it lately; NULL with *answer: the way there. */
static struct changing *start(struct epo_request *request, const char *here,
                              struct epo_response **answer) {
    const struct epo_account *account = epo_page_account(request);
    if (account == NULL) {
        const char *login = epo_pool_printf(request->pool, "/login?next=%s", here);
        *answer = epo_respond_redirect(request, 303, epo_span(login));
        return NULL;
    }
    if ((*answer = epo_prove(request, account, epo_span(here))) != NULL)
        return NULL;
    struct changing *changing = EPO_NEW(request->pool, struct changing);
    changing->request = request;
    changing->account = *account;
    changing->change = (struct epo_factor_change){
        .portal = request->portal, .account = &changing->account, .lang = epo_span(request->lang)};
    return changing;
}

/* ---- codes of an app ---- */

/* The secret travels in the page, sealed for this account: nobody can choose one for another. */
static void seal_secret(const struct changing *changing, const char *secret,
                        char out[EPO_TOKEN_SIZE]) {
    char text[EPO_TOKEN_SIZE + EPO_TOTP_SECRET_SIZE];
    snprintf(text, sizeof text, "%s %s", changing->account.id, secret);
    epo_portal_seal(changing->request->portal, "totp", epo_span(text), out);
}

static struct epo_response *show_secret(const struct changing *changing, int status,
                                        const char *secret, struct epo_span fault) {
    struct epo_request *request = changing->request;
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool);
    const struct epo_json *city = epo_json_get(epo_portal_settings(request->portal), "city");
    struct epo_span portal = epo_json_localized(epo_json_get(city, "name"), request->lang);
    const char *address = epo_totp_address(pool, secret, portal, epo_span(changing->account.login));
    char seal[EPO_TOKEN_SIZE], groups[2 * EPO_TOTP_SECRET_SIZE];
    int side = 0, n = 0;
    for (int i = 0; secret[i] != '\0'; i++)
        n += snprintf(groups + n, sizeof groups - (size_t)n, "%s%c", i > 0 && i % 4 == 0 ? " " : "",
                      secret[i]);
    seal_secret(changing, secret, seal);
    epo_json_set_string(pool, model, "secret", secret);
    epo_json_set_string(pool, model, "secret_text", groups);
    epo_json_set_string(pool, model, "seal", seal);
    epo_json_set_string(pool, model, "address", address);
    epo_json_set_string(pool, model, "picture", epo_code_path(pool, epo_span(address), &side));
    epo_json_set_integer(pool, model, "side", side);
    epo_json_set_boolean(pool, model, "held", changing->account.held);
    epo_json_set_text(pool, model, "fault", fault);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "totp.title"));
    return epo_respond_private(request, status, "web/totp", model);
}

struct epo_response *epo_totp_get(struct epo_request *request) {
    struct epo_response *answer;
    char secret[EPO_TOTP_SECRET_SIZE];
    struct changing *changing = start(request, "/account/security/totp", &answer);
    if (changing == NULL)
        return answer;
    epo_token_random(changing->secret, sizeof changing->secret);
    epo_totp_write((struct epo_span){(const char *)changing->secret, sizeof changing->secret},
                   secret);
    return show_secret(changing, 200, secret, EPO_SPAN(""));
}

static struct epo_response *show_codes(struct changing *changing) {
    struct epo_request *request = changing->request;
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool), *codes = epo_json_array(pool);
    for (int i = 0; i < EPO_RECOVERY_CODES; i++)
        epo_json_push(pool, codes, epo_json_string(pool, changing->change.codes[i]));
    epo_json_set(pool, model, "codes", codes);
    epo_json_set_boolean(pool, model, "totp", changing->save == epo_factor_put_totp);
    epo_json_set_text(pool, model, "page_title", epo_page_text(request, "codes.title"));
    return epo_respond_private(request, 200, "web/codes", model);
}

static bool run(struct epo_db *db, void *arg, struct epo_error *error) {
    struct changing *changing = arg;
    return changing->save(db, &changing->change, error);
}

static struct epo_response *saved(struct epo_request *request, void *arg,
                                  const struct epo_error *error) {
    struct changing *changing = arg;
    if (error != NULL)
        return epo_respond_error(request, error, NULL);
    if (changing->save != epo_factor_put_totp && changing->save != epo_factor_put_codes)
        return epo_respond_redirect(request, 303, EPO_SPAN("/account/security?done=factor"));
    return show_codes(changing);
}

struct epo_response *epo_totp_post(struct epo_request *request) {
    struct epo_response *answer;
    char seal[EPO_TOKEN_SIZE];
    struct changing *changing = start(request, "/account/security/totp", &answer);
    if (changing == NULL)
        return answer;
    struct epo_factor_change *change = &changing->change;
    const char *secret = epo_pool_string(request->pool, epo_request_form(request, "secret"));
    if (!epo_totp_read(epo_span(secret), changing->secret))
        return epo_totp_get(request);
    seal_secret(changing, secret, seal);
    if (!epo_token_equal(epo_span(seal), epo_request_form(request, "seal")))
        return epo_totp_get(request);
    change->secret = (struct epo_span){(const char *)changing->secret, sizeof changing->secret};
    if (!epo_totp_match(change->secret, epo_request_form(request, "code"), epo_clock_now_us(), 0,
                        &change->step))
        return show_secret(changing, 422, secret, epo_page_text(request, "totp.wrong"));
    epo_recovery_codes(change->codes);
    changing->save = epo_factor_put_totp;
    return epo_respond_after_write(request, run, saved, changing);
}

/* ---- passkeys ---- */

static bool run_passkey(struct epo_db *db, void *arg, struct epo_error *error) {
    struct changing *changing = arg;
    return epo_proof_take(changing->request->portal, db,
                          epo_request_cookie(changing->request, EPO_PASSKEY_COOKIE),
                          EPO_SPAN("passkey"), error) &&
           epo_passkey_put(db, &changing->change, &changing->passkey, &changing->codes, error);
}

static struct epo_response *not_added(struct epo_request *request, const struct epo_error *error) {
    bool broke = error->kind == EPO_ERROR_BROKEN;
    return broke
               ? epo_respond_error(request, error, NULL)
               : epo_respond_redirect(request, 303, EPO_SPAN("/account/security?done=no_passkey"));
}

static struct epo_response *added(struct epo_request *request, void *arg,
                                  const struct epo_error *error) {
    struct changing *changing = arg;
    if (error != NULL)
        return not_added(request, error);
    return changing->codes
               ? show_codes(changing)
               : epo_respond_redirect(request, 303, EPO_SPAN("/account/security?done=factor"));
}

/* One line of letters; what is not becomes the usual name. */
static struct epo_span name_of(struct epo_request *request) {
    struct epo_span name = epo_span_trim(epo_request_form(request, "name"));
    bool good =
        name.len > 0 && epo_text_valid(name) && epo_text_length(name) <= EPO_PASSKEY_NAME_CHARS;
    for (size_t i = 0; good && i < name.len; i++)
        good = (unsigned char)name.at[i] >= ' ' && name.at[i] != 0x7f;
    return good ? name : epo_page_text(request, "passkey.unnamed");
}

struct epo_response *epo_passkey_post(struct epo_request *request) {
    struct epo_error error = {0};
    struct epo_response *answer;
    struct epo_passkey_question question;
    struct epo_passkey_answer said;
    struct changing *changing = start(request, "/account/security", &answer);
    if (changing == NULL)
        return answer;
    if (!epo_passkey_read(request, epo_span(changing->account.id), &question, &said, &error) ||
        !epo_passkey_made(request->pool, &question, &said, &changing->passkey, &error))
        return not_added(request, &error);
    changing->passkey.name = name_of(request);
    epo_recovery_codes(changing->change.codes);
    return epo_respond_after_write(request, run_passkey, added, changing);
}

static bool run_drop(struct epo_db *db, void *arg, struct epo_error *error) {
    struct changing *changing = arg;
    return epo_passkey_drop(db, &changing->change, epo_request_form(changing->request, "passkey"),
                            error);
}

/* ---- what the page of security does with them ---- */

struct epo_response *epo_factors_post(struct epo_request *request) {
    struct epo_response *answer;
    struct epo_span what = epo_request_form(request, "_do");
    struct changing *changing = start(request, "/account/security", &answer);
    if (changing == NULL)
        return answer;
    if (epo_span_is(what, "passkey_off"))
        return epo_respond_after_write(request, run_drop, saved, changing);
    if (epo_span_is(what, "totp_off")) {
        changing->save = epo_factor_drop_totp;
    } else if (epo_span_is(what, "codes") && changing->account.second) {
        epo_recovery_codes(changing->change.codes);
        changing->save = epo_factor_put_codes;
    } else {
        return epo_respond_redirect(request, 303, EPO_SPAN("/account/security"));
    }
    return epo_respond_after_write(request, run, saved, changing);
}
