#include "portal/mail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "portal/audit.h"
#include "portal/smtp.h"

static const struct epo_setting ROWS[] = {
    {"server", EPO_JSON_TEXT, 0, 0, 0, false, false,
     "smtp://host:587 (STARTTLS is demanded unless the host is this machine) or smtps://host; not "
     "set: no mail, in a demo the folder \"mailbox\""},
    {"from", EPO_JSON_TEXT, 0, 0, 0, false, false, "address that mails come from"},
    {"user", EPO_JSON_TEXT, 0, 0, 0, false, false, "name at the server; not set: none is given"},
    {"password_file", EPO_JSON_TEXT, 0, 0, 0, false, false,
     "file that holds the password, readable by the portal alone"},
};
const struct epo_setting_group epo_mail_settings = {"mail", ROWS, sizeof ROWS / sizeof *ROWS};

/* Gaps between tries, in seconds; after the last one it is given up. */
static const int GAPS_S[] = {60, 300, 900, 3600, 3600, 7200, 14400, 28800, 57600};
enum { GAPS = sizeof GAPS_S / sizeof *GAPS_S };

static const struct epo_statement PUT = {
    "mail.put",
    "INSERT INTO mails (tenant, sequence, address, lang, kind, content, object, made_at_us,\n"
    "    due_at_us, tries)\n"
    "SELECT $1, COALESCE(MAX(sequence), 0) + 1, $2, $3, $4, $5, $6, $7, $7, 0\n"
    "FROM mails\n"
    "WHERE tenant = $1",
    NULL,
};
static const struct epo_statement NEXT = {
    "mail.next",
    "SELECT sequence, address, lang, kind, content, object, made_at_us, tries\n"
    "FROM mails\n"
    "WHERE tenant = $1 AND due_at_us <= $2\n"
    "ORDER BY due_at_us\n"
    "LIMIT 1",
    NULL,
};
static const struct epo_statement DELETE = {
    "mail.delete",
    "DELETE FROM mails\n"
    "WHERE tenant = $1 AND sequence = $2",
    NULL,
};
static const struct epo_statement LATER = {
    "mail.later",
    "UPDATE mails SET due_at_us = $3, tries = tries + 1\n"
    "WHERE tenant = $1 AND sequence = $2",
    NULL,
};

static const struct epo_statement WAITING = {
    "mail.waiting",
    "SELECT COUNT(*)\n"
    "FROM mails\n"
    "WHERE tenant = $1",
    NULL,
};

static struct epo_span setting(const struct epo_portal *portal, const char *name) {
    return epo_json_get_text(epo_json_get(epo_portal_settings(portal), "mail"), name);
}

bool epo_mail_ready(const struct epo_portal *portal) {
    return portal->demo || setting(portal, "server").len > 0;
}

const char *epo_mail_folder(const struct epo_portal *portal, struct epo_pool *pool) {
    return setting(portal, "server").len > 0 ? NULL
                                             : epo_pool_printf(pool, "%s/mailbox", portal->folder);
}

static bool is_word(char c, const char *others) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr(others, c) != NULL);
}

/* "a.b.c": no empty part, only these characters. */
static bool is_dotted(struct epo_span text, const char *others) {
    struct epo_span part, rest = text;
    if (text.len == 0 || text.at[text.len - 1] == '.')
        return false;
    while (rest.len > 0) {
        part = epo_span_cut(rest, '.', &rest);
        if (part.len == 0)
            return false;
        for (size_t i = 0; i < part.len; i++)
            if (!is_word(part.at[i], others))
                return false;
    }
    return true;
}

bool epo_mail_address_valid(struct epo_span address) {
    struct epo_span domain, local = epo_span_cut(address, '@', &domain);
    return address.len <= EPO_MAIL_ADDRESS_MAX && local.len <= 64 && domain.len >= 4 &&
           memchr(domain.at, '.', domain.len) != NULL && domain.at[0] != '-' &&
           is_dotted(local, "!#$%&'*+-/=?^_`{|}~") && is_dotted(domain, "-");
}

bool epo_mail_put(struct epo_portal *portal, struct epo_db *db, const struct epo_mail *mail,
                  struct epo_error *error) {
    if (!epo_mail_address_valid(mail->address))
        return epo_fail(error, EPO_ERROR_BAD_INPUT, "mail.address",
                        "This is not an e-mail address that a message can be sent to.");
    return epo_db_run(db, &PUT,
                      EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(mail->address),
                               EPO_TEXT(mail->lang), EPO_TEXT(mail->kind), EPO_TEXT(mail->content),
                               EPO_TEXT(mail->object), EPO_INTEGER(epo_clock_now_us())),
                      NULL, error);
}

/* ---- sending ---- */

struct waiting {
    struct epo_portal *portal;
    struct epo_mail mail;
    int64_t sequence, made_at_us, tries;
    const char *done; /* what the audit trail says, or NULL: again later */
};

static bool read_next(struct epo_db *db, struct epo_pool *pool, struct waiting *waiting,
                      bool *found, struct epo_error *error) {
    struct epo_rows *rows = epo_db_query(
        db, &NEXT, EPO_BIND(EPO_STRING(waiting->portal->tenant), EPO_INTEGER(epo_clock_now_us())));
    *found = epo_rows_next(rows);
    if (*found) {
        waiting->sequence = epo_rows_integer(rows, 0);
        waiting->mail = (struct epo_mail){
            .address = epo_pool_copy(pool, epo_rows_text(rows, 1)),
            .lang = epo_pool_copy(pool, epo_rows_text(rows, 2)),
            .kind = epo_pool_copy(pool, epo_rows_text(rows, 3)),
            .content = epo_pool_copy(pool, epo_rows_text(rows, 4)),
            .object = epo_pool_copy(pool, epo_rows_text(rows, 5)),
        };
        waiting->made_at_us = epo_rows_integer(rows, 6);
        waiting->tries = epo_rows_integer(rows, 7);
    }
    return epo_rows_end(rows, error);
}

/* Written beside and renamed: who reads the folder sees whole messages only. */
static bool put_into(const char *folder, const char *id, struct epo_span message,
                     struct epo_error *error) {
    char path[800], temporary[800];
    snprintf(path, sizeof path, "%s/%s.eml", folder, id);
    snprintf(temporary, sizeof temporary, "%s/.%s", folder, id);
    bool there = mkdir(folder, 0750) == 0 || errno == EEXIST;
    int fd = there ? open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640) : -1;
    bool good = fd >= 0 && write(fd, message.at, message.len) == (ssize_t)message.len;
    if (fd >= 0)
        good = close(fd) == 0 && good;
    good = good && rename(temporary, path) == 0;
    return good || epo_fail(error, EPO_ERROR_BUSY, "mail.folder", "%s cannot be written: %s.", path,
                            strerror(errno));
}

static bool hand_over(struct epo_pool *pool, const struct waiting *waiting,
                      struct epo_error *error) {
    const struct epo_portal *portal = waiting->portal;
    struct epo_span from = setting(portal, "from");
    char id[EPO_TOKEN_SIZE];
    epo_portal_seal(portal, "mail",
                    epo_span(epo_pool_printf(pool, "%lld %lld", (long long)waiting->sequence,
                                             (long long)waiting->made_at_us)),
                    id);
    if (from.len == 0)
        from = EPO_SPAN("portal@localhost.localdomain");
    struct epo_span message =
        epo_mail_message(pool, portal->catalog, &waiting->mail, from, id, waiting->made_at_us);
    const char *folder = epo_mail_folder(portal, pool);
    if (folder != NULL)
        return put_into(
            folder,
            epo_pool_printf(pool, "%016llx-%s", (unsigned long long)waiting->made_at_us, id),
            message, error);
    struct epo_smtp smtp = {.server = epo_pool_string(pool, setting(portal, "server")),
                            .user = epo_pool_string(pool, setting(portal, "user")),
                            .password_file =
                                epo_pool_string(pool, setting(portal, "password_file")),
                            .from = epo_pool_string(pool, from),
                            .to = epo_pool_string(pool, waiting->mail.address)};
    return epo_smtp_send(&smtp, message, error);
}

static bool run_note(struct epo_db *db, void *arg, struct epo_error *error) {
    const struct waiting *waiting = arg;
    struct epo_value tenant = EPO_STRING(waiting->portal->tenant),
                     sequence = EPO_INTEGER(waiting->sequence);
    int64_t now = epo_clock_now_us();
    if (waiting->done == NULL)
        return epo_db_run(
            db, &LATER,
            EPO_BIND(tenant, sequence, EPO_INTEGER(now + GAPS_S[waiting->tries] * 1000000LL)), NULL,
            error);
    return epo_db_run(db, &DELETE, EPO_BIND(tenant, sequence), NULL, error) &&
           epo_audit_append(waiting->portal, db,
                            &(struct epo_audit_entry){.actor = EPO_SPAN(""),
                                                      .action = epo_span(waiting->done),
                                                      .object = waiting->mail.object,
                                                      .detail = waiting->mail.kind,
                                                      .at_us = now},
                            error);
}

bool epo_mail_waiting(struct epo_portal *portal, struct epo_db *db, int64_t *count,
                      struct epo_error *error) {
    *count = 0;
    struct epo_rows *rows = epo_db_query(db, &WAITING, EPO_BIND(EPO_STRING(portal->tenant)));
    if (epo_rows_next(rows))
        *count = epo_rows_integer(rows, 0);
    return epo_rows_end(rows, error);
}

bool epo_mail_send_next(struct epo_portal *portal, struct epo_db *db, bool *left,
                        struct epo_error *error) {
    struct epo_pool *pool = epo_pool_create();
    struct waiting waiting = {.portal = portal};
    bool good = read_next(db, pool, &waiting, left, error);
    if (good && *left) {
        struct epo_error why = {0};
        bool sent = hand_over(pool, &waiting, &why);
        if (!sent)
            epo_log_error(EPO_LOG_WARN, "mail.unsent", &why);
        bool hopeless = why.kind == EPO_ERROR_BAD_INPUT || waiting.tries >= GAPS;
        waiting.done = sent ? "mail.sent" : hopeless ? "mail.given_up" : NULL;
        good = epo_store_write(portal->store, run_note, &waiting, error);
    }
    epo_pool_free(pool);
    return good;
}
