/* Handing a message to a mail server (RFC 5321), by libcurl. Blocks; any thread. */
#ifndef EPO_PORTAL_SMTP_H
#define EPO_PORTAL_SMTP_H

#include "base/error.h"
#include "base/text.h"

struct epo_smtp {
    const char *server; /* "smtp://host:587" or "smtps://host" */
    const char *user;   /* "" without signing in */
    const char *password_file;
    const char *from, *to; /* plain addresses */
};
/* True when the server has taken it. BUSY "mail.server": try again later; BAD_INPUT "mail.refused":
 * it will never take this one. */
bool epo_smtp_send(const struct epo_smtp *smtp, struct epo_span message, struct epo_error *error);

#endif
