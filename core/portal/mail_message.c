/* A mail as RFC 5322 and MIME write it. */
#include <openssl/evp.h>
#include <stdio.h>
#include <time.h>

#include "portal/mail.h"

/* Bytes of UTF-8 that one encoded word may hold: with its frame it stays under 75 (RFC 2047). */
enum { MESSAGE_BYTES_MAX = 256 * 1024, WORD_BYTES = 42, LINE_BYTES = 57 };

static void add_base64(struct epo_buffer *out, struct epo_span bytes) {
    unsigned char text[4 * ((LINE_BYTES + 2) / 3) + 1];
    int len = EVP_EncodeBlock(text, (const unsigned char *)bytes.at, (int)bytes.len);
    epo_buffer_append(out, text, (size_t)len);
}

/* As many bytes as fit without cutting a character. */
static struct epo_span cut_characters(struct epo_span text, size_t most, struct epo_span *rest) {
    size_t len = text.len < most ? text.len : most;
    while (len > 0 && len < text.len && ((unsigned char)text.at[len] & 0xC0) == 0x80)
        len--;
    *rest = (struct epo_span){text.at + len, text.len - len};
    return (struct epo_span){text.at, len};
}

static void add_subject(struct epo_buffer *out, struct epo_span subject) {
    epo_buffer_string(out, "Subject:");
    while (subject.len > 0) {
        struct epo_span word = cut_characters(subject, WORD_BYTES, &subject);
        epo_buffer_string(out, " =?UTF-8?B?");
        add_base64(out, word);
        epo_buffer_string(out, subject.len > 0 ? "?=\r\n" : "?=");
    }
    epo_buffer_string(out, "\r\n");
}

static void add_date(struct epo_buffer *out, int64_t at_us) {
    static const char *const DAYS[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t at = (time_t)(at_us / 1000000);
    struct tm tm;
    gmtime_r(&at, &tm);
    epo_buffer_printf(out, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\n", DAYS[tm.tm_wday],
                      tm.tm_mday, MONTHS[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
                      tm.tm_sec);
}

static struct epo_span fill(struct epo_pool *pool, const struct epo_catalog *catalog,
                            const struct epo_mail *mail, const char *part) {
    struct epo_error ignored = {0};
    const char *key = epo_pool_printf(pool, "mail.%.*s.%s", EPO_ARG(mail->kind), part);
    return epo_catalog_format(catalog, pool, epo_pool_string(pool, mail->lang), key,
                              epo_json_parse(pool, mail->content, &ignored));
}

/* Texts have "\n", mails CRLF. */
static struct epo_span with_crlf(struct epo_pool *pool, struct epo_span text) {
    struct epo_buffer lines;
    epo_buffer_init(&lines, MESSAGE_BYTES_MAX);
    while (text.len > 0) {
        epo_buffer_span(&lines, epo_span_cut(text, '\n', &text));
        epo_buffer_string(&lines, "\r\n");
    }
    struct epo_span whole = epo_pool_copy(pool, epo_buffer_get(&lines));
    epo_buffer_clear(&lines);
    return whole;
}

struct epo_span epo_mail_message(struct epo_pool *pool, const struct epo_catalog *catalog,
                                 const struct epo_mail *mail, struct epo_span from, const char *id,
                                 int64_t at_us) {
    struct epo_buffer out;
    struct epo_span domain, text = with_crlf(pool, fill(pool, catalog, mail, "text"));
    epo_span_cut(from, '@', &domain);
    epo_buffer_init(&out, MESSAGE_BYTES_MAX);
    add_date(&out, at_us);
    epo_buffer_printf(&out, "From: <%.*s>\r\nTo: <%.*s>\r\n", EPO_ARG(from),
                      EPO_ARG(mail->address));
    add_subject(&out, fill(pool, catalog, mail, "subject"));
    epo_buffer_printf(&out,
                      "Message-ID: <%s@%.*s>\r\n"
                      "MIME-Version: 1.0\r\n"
                      "Content-Type: text/plain; charset=UTF-8\r\n"
                      "Content-Transfer-Encoding: base64\r\n"
                      "Content-Language: %.*s\r\n"
                      "Auto-Submitted: auto-generated\r\n\r\n",
                      id, EPO_ARG(domain), EPO_ARG(mail->lang));
    while (text.len > 0) {
        size_t len = text.len < LINE_BYTES ? text.len : LINE_BYTES;
        add_base64(&out, (struct epo_span){text.at, len});
        epo_buffer_string(&out, "\r\n");
        text = (struct epo_span){text.at + len, text.len - len};
    }
    struct epo_span message = epo_pool_copy(pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return message;
}
