/* Beginning a session, after whatever proved who it is. */
#ifndef EPO_HTTP_SIGN_IN_H
#define EPO_HTTP_SIGN_IN_H

#include "http/pages.h"

struct epo_sign_in {
    struct epo_account account; /* whose; filled before, or by `first` */
    struct epo_span next;       /* where to go on, or empty: by role */
    /* A write job's part before the session begins, in the same save; may be NULL. */
    bool (*first)(struct epo_request *request, struct epo_db *db, void *arg,
                  struct epo_error *error);
    void *arg;
    /* The page when the save fails. */
    struct epo_response *(*failed)(struct epo_request *request, void *arg,
                                   const struct epo_error *error);
    const char *by;             /* what was proved beyond a password ("totp", "passkey"), or NULL */
    char token[EPO_TOKEN_SIZE]; /* made here */
    bool waits;                 /* out: the second factor is asked for next (http/proving.h) */
};
/* Saves the session and sends the browser on, to the second step where the account has a second
 * factor and nothing but a password was proved; in lives as long as the request. */
struct epo_response *epo_sign_in(struct epo_request *request, struct epo_sign_in *in);

/* How the portal's own links begin ("https://portal.mesto.cz"): as the setting "address" says, or,
 * without one, as this very machine was addressed; else empty. Never what a client calls us. */
struct epo_span epo_link_origin(struct epo_request *request);
/* The sign-in page that says why not; error of a passkey. */
struct epo_response *epo_login_refused(struct epo_request *request, const struct epo_error *error,
                                       struct epo_span next);

#define EPO_DEVICE_COOKIE "device" /* a browser from which the login has succeeded */

/* Only a path of this portal: no host, no scheme, no "//", no backslash, nothing that a browser
 * would read as one; else empty. */
struct epo_span epo_safe_next(struct epo_span next);
/* "path?next=…" with next encoded as one value; the path alone where next is empty or too long. In
 * the pool. */
const char *epo_next_url(struct epo_request *request, const char *path, struct epo_span next);

#endif
