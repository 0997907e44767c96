/* E-mails to people. A mail is a row that is saved together with what it tells of; a thread sends
 * it afterwards and tries again where the server cannot be reached, so that nothing is lost and
 * nobody waits for a mail server. After a crash between sending and noting it, one may come twice,
 * with the same Message-ID.
 *
 * Settings "mail" of epo.json say where to; a demo without them puts messages into the folder
 * "mailbox" beside epo.json, one .eml file each, which /demo/mailbox shows. */
#ifndef EPO_PORTAL_MAIL_H
#define EPO_PORTAL_MAIL_H

#include "base/error.h"
#include "base/json.h"
#include "portal/portal.h"
#include "portal/setting.h"

#define EPO_MAIL_ADDRESS_MAX 127

/* "mail" in epo.json. */
extern const struct epo_setting_group epo_mail_settings;
/* Can mails go anywhere? What needs them says so where they cannot. */
bool epo_mail_ready(const struct epo_portal *portal);
/* The folder that messages are put into, or NULL where a server takes them. */
const char *epo_mail_folder(const struct epo_portal *portal, struct epo_pool *pool);

/* Is it an address that a mail may be sent to? Plain "local@domain" of ASCII (RFC 5321 without
 * quoted parts and address literals), so that no address can carry a header or a second one. */
bool epo_mail_address_valid(struct epo_span address);

struct epo_mail {
    struct epo_span address, lang;
    struct epo_span kind;    /* "confirm": texts "mail.confirm.subject" and "mail.confirm.text" */
    struct epo_span content; /* JSON object: values of the texts' {name} */
    struct epo_span object;  /* account or number, for the audit trail; may be empty */
};
/* A write job's part: the mail will be sent when the save is on disk. */
bool epo_mail_put(struct epo_portal *portal, struct epo_db *db, const struct epo_mail *mail,
                  struct epo_error *error);

/* The message as RFC 5322 writes it, CRLF line ends, in the pool: subject as RFC 2047 words, UTF-8
 * text in base64, Auto-Submitted (RFC 3834). id makes its Message-ID. Pure. */
struct epo_span epo_mail_message(struct epo_pool *pool, const struct epo_catalog *catalog,
                                 const struct epo_mail *mail, struct epo_span from, const char *id,
                                 int64_t at_us);

/* Sends the mail that has been due longest, or notes that it could not be. Blocks on the network;
 * db is a reader of the calling thread. *left: one was due, look again at once. False only when the
 * store failed. */
bool epo_mail_send_next(struct epo_portal *portal, struct epo_db *db, bool *left,
                        struct epo_error *error);

/* How many have not been handed over yet. */
bool epo_mail_waiting(struct epo_portal *portal, struct epo_db *db, int64_t *count,
                      struct epo_error *error);

#endif
