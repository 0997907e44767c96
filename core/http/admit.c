/* Who may pass a route's flags at all; which objects they then see is asked by the handlers. */
#include "base/limits.h"
#include "http/internal.h"
#include "portal/session.h"

static bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~/", c) != NULL);
}

/* The address as one value of a query. */
static void add_encoded(struct epo_buffer *url, struct epo_span text) {
    for (size_t i = 0; i < text.len; i++)
        if (is_plain(text.at[i]))
            epo_buffer_byte(url, text.at[i]);
        else
            epo_buffer_printf(url, "%%%02X", (unsigned char)text.at[i]);
}

/* Only a GET is worth coming back to after signing in. */
static struct epo_response *to_login(struct epo_request *request) {
    struct epo_buffer url;
    epo_buffer_init(&url, 4 * EPO_URL_BYTES_MAX);
    epo_buffer_string(&url, "/login");
    if (request->method & (EPO_GET | EPO_HEAD)) {
        epo_buffer_string(&url, "?next=");
        add_encoded(&url, request->raw_path);
        if (request->raw_query.len)
            epo_buffer_string(&url, "%3F");
        add_encoded(&url, request->raw_query);
    }
    struct epo_span to =
        url.failed ? EPO_SPAN("/login") : epo_pool_copy(request->pool, epo_buffer_get(&url));
    epo_buffer_clear(&url);
    return epo_respond_redirect(request, 303, to);
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
    bool admin = strcmp(account.role, "admin") == 0;
    if (admin || (!(flags & EPO_ROUTE_ADMIN) && strcmp(account.role, "clerk") == 0))
        return NULL;
    epo_fail(&error, EPO_ERROR_DENIED, "http.denied", "This account may not see this.");
    return epo_respond_error(request, &error, NULL);
}
