/* Who may pass a route's flags at all; which objects they then see is asked by the handlers. */
#include "http/internal.h"
#include "http/sign_in.h"
#include "portal/session.h"

/* Only a GET is worth coming back to after signing in. */
static struct epo_response *to_login(struct epo_request *request) {
    struct epo_span here = EPO_SPAN("");
    if (request->method & (EPO_GET | EPO_HEAD))
        here = epo_span(epo_pool_printf(request->pool, "%.*s%s%.*s", EPO_ARG(request->raw_path),
                                        request->raw_query.len > 0 ? "?" : "",
                                        EPO_ARG(request->raw_query)));
    return epo_respond_redirect(request, 303, epo_span(epo_next_url(request, "/login", here)));
}

struct epo_response *epo_admit(struct epo_request *request, int flags) {
    struct epo_account account;
    struct epo_error error = {0};
    if (!(flags & (EPO_ROUTE_CLERK | EPO_ROUTE_ADMIN)))
        return NULL;
    bool in = epo_session_find(request->portal, request->db, request->session, &account, &error);
    if (error.kind != EPO_ERROR_NONE)
        return epo_respond_error(request, &error, NULL);
    if (!in)
        return to_login(request);
    if (account.held)
        return epo_respond_redirect(request, 303, EPO_SPAN("/account/security/totp"));
    bool admin = strcmp(account.role, "admin") == 0;
    if (admin || (!(flags & EPO_ROUTE_ADMIN) && strcmp(account.role, "clerk") == 0))
        return NULL;
    epo_fail(&error, EPO_ERROR_DENIED, "http.denied", "This account may not see this.");
    return epo_respond_error(request, &error, NULL);
}
