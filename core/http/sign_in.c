#include "http/sign_in.h"

#include "base/limits.h"
#include "http/proving.h"
#include "portal/factor.h"
#include "portal/proof.h"
#include "portal/session.h"

enum { DEVICE_S = 180 * 86400 };

struct epo_span epo_safe_next(struct epo_span next) {
    bool good = next.len > 0 && next.len < 1024 && next.at[0] == '/' &&
                (next.len == 1 || next.at[1] != '/');
    for (size_t i = 0; good && i < next.len; i++)
        good = (unsigned char)next.at[i] > 0x20 && next.at[i] != '\\' && next.at[i] != 0x7f;
    return good ? next : (struct epo_span){"", 0};
}

static bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~/", c) != NULL);
}

const char *epo_next_url(struct epo_request *request, const char *path, struct epo_span next) {
    struct epo_buffer url;
    epo_buffer_init(&url, 4 * EPO_URL_BYTES_MAX);
    epo_buffer_printf(&url, next.len > 0 ? "%s?next=" : "%s", path);
    for (size_t i = 0; i < next.len; i++)
        if (is_plain(next.at[i]))
            epo_buffer_byte(&url, next.at[i]);
        else
            epo_buffer_printf(&url, "%%%02X", (unsigned char)next.at[i]);
    const char *made = url.failed ? path : epo_pool_string(request->pool, epo_buffer_get(&url));
    epo_buffer_clear(&url);
    return made;
}

/* How links in mails begin. What a client calls us may be anything ("Host"), so that a mail to
 * somebody else could lead elsewhere: the setting "address" says it, or it is this very machine. */
struct epo_span epo_link_origin(struct epo_request *request) {
    static const char *const HERE[] = {"http://127.0.0.1:", "http://localhost:", "http://[::1]:"};
    struct epo_span own = epo_span(epo_page_own_address(request));
    struct epo_span said = epo_json_get_text(epo_portal_settings(request->portal), "address");
    if (said.len > 0)
        return said;
    for (size_t i = 0; i < sizeof HERE / sizeof *HERE; i++)
        if (epo_span_starts(own, epo_span(HERE[i])))
            return own;
    return EPO_SPAN("");
}

/* What its owner will know the browser by; no more of User-Agent is kept. */
static struct epo_span about(struct epo_request *request) {
    static const char *const BROWSERS[][2] = {
        {"Edg/", "Edge"},     {"OPR/", "Opera"},     {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"},
        {"CriOS/", "Chrome"}, {"FxiOS/", "Firefox"}, {"Safari/", "Safari"}};
    static const char *const SYSTEMS[][2] = {{"Android", "Android"}, {"iPhone", "iPhone"},
                                             {"iPad", "iPad"},       {"Windows", "Windows"},
                                             {"Mac OS X", "macOS"},  {"Linux", "Linux"}};
    const char *agent = epo_pool_string(request->pool, epo_request_header(request, "user-agent"));
    const char *browser = NULL, *system = NULL;
    for (size_t i = 0; browser == NULL && i < sizeof BROWSERS / sizeof *BROWSERS; i++)
        browser = strstr(agent, BROWSERS[i][0]) != NULL ? BROWSERS[i][1] : NULL;
    for (size_t i = 0; system == NULL && i < sizeof SYSTEMS / sizeof *SYSTEMS; i++)
        system = strstr(agent, SYSTEMS[i][0]) != NULL ? SYSTEMS[i][1] : NULL;
    return epo_span(epo_pool_printf(request->pool, "%s%s%s", browser != NULL ? browser : "",
                                    browser != NULL && system != NULL ? ", " : "",
                                    system != NULL ? system : ""));
}

struct beginning {
    struct epo_request *request;
    struct epo_sign_in *in;
};

/* The token goes into another cookie, which opens nothing but the page of the second step. */
static bool wait_for_second(struct epo_request *request, struct epo_db *db,
                            const struct epo_sign_in *in, struct epo_error *error) {
    struct epo_json *content = epo_json_object(request->pool);
    epo_json_set_string(request->pool, content, "login", in->account.login);
    epo_json_set_text(request->pool, content, "next", in->next);
    struct epo_proof proof = {.kind = EPO_SPAN("second"),
                              .account = epo_span(in->account.id),
                              .content = epo_json_print(request->pool, content)};
    return epo_proof_put(request->portal, db, epo_span(in->token), &proof, error);
}

static bool run(struct epo_db *db, void *arg, struct epo_error *error) {
    struct beginning *beginning = arg;
    struct epo_sign_in *in = beginning->in;
    struct epo_request *request = beginning->request;
    in->waits = false;
    if (in->first != NULL && !in->first(request, db, in->arg, error))
        return false;
    bool alone = in->by == NULL; /* the password */
    if (alone && !epo_factor_any(request->portal, db, epo_span(in->account.id), &in->waits, error))
        return false;
    return in->waits ? wait_for_second(request, db, in, error)
                     : epo_session_begin(request->portal, db, epo_span(in->account.id),
                                         epo_span(in->token), request->session, about(request),
                                         alone ? "password" : in->by, error);
}

static struct epo_response *finish(struct epo_request *request, void *arg,
                                   const struct epo_error *error) {
    struct epo_sign_in *in = ((struct beginning *)arg)->in;
    char device[EPO_TOKEN_SIZE];
    if (error != NULL)
        return in->failed(request, in->arg, error);
    if (in->waits) {
        struct epo_response *second = epo_respond_redirect(request, 303, EPO_SPAN("/login/second"));
        epo_response_cookie(second, EPO_SECOND_COOKIE, epo_span(in->token), EPO_PROOF_S);
        return second;
    }
    bool staff = strcmp(in->account.role, "citizen") != 0;
    struct epo_span to = in->next.len > 0 ? in->next
                         : staff          ? EPO_SPAN("/office")
                                          : EPO_SPAN("/account");
    struct epo_response *response = epo_respond_redirect(request, 303, to);
    epo_account_device(request->portal, epo_span(in->account.login), device);
    epo_response_cookie(response, EPO_SESSION_COOKIE, epo_span(in->token), EPO_SESSION_ABSOLUTE_S);
    epo_response_cookie(response, EPO_DEVICE_COOKIE, epo_span(device), DEVICE_S);
    if (epo_request_cookie(request, EPO_SECOND_COOKIE).len > 0)
        epo_response_cookie(response, EPO_SECOND_COOKIE, EPO_SPAN(""), 0);
    return response;
}

struct epo_response *epo_sign_in(struct epo_request *request, struct epo_sign_in *in) {
    struct beginning *beginning = EPO_NEW(request->pool, struct beginning);
    *beginning = (struct beginning){request, in};
    epo_token_make(in->token);
    return epo_respond_after_write(request, run, finish, beginning);
}
