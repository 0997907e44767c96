/* Reads back what mail_message.c writes; foreign messages in the folder show without their text. */
#include "portal/mailbox.h"

#include <dirent.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "portal/mail.h"

enum { MESSAGE_BYTES_MAX = 64 * 1024 };

static int is_message(const struct dirent *entry) {
    size_t len = strlen(entry->d_name);
    return entry->d_name[0] != '.' && len > 4 && strcmp(entry->d_name + len - 4, ".eml") == 0;
}

static struct epo_span decode(struct epo_pool *pool, struct epo_span base64) {
    unsigned char *out = epo_pool_alloc(pool, base64.len / 4 * 3 + 4);
    int len = EVP_DecodeBlock(out, (const unsigned char *)base64.at, (int)base64.len);
    for (size_t i = base64.len; len > 0 && i > 0 && base64.at[i - 1] == '='; i--)
        len--;
    return (struct epo_span){(const char *)out, len > 0 ? (size_t)len : 0};
}

/* Of the whole: a line may end in the middle of a letter. */
static void set_valid(struct epo_pool *pool, struct epo_json *mail, const char *name,
                      struct epo_span text) {
    epo_json_set_text(pool, mail, name, epo_text_valid(text) ? text : EPO_SPAN(""));
}

static struct epo_span cut_line(struct epo_span *rest) {
    struct epo_span line = epo_span_cut(*rest, '\n', rest);
    return line.len > 0 && line.at[line.len - 1] == '\r' ? (struct epo_span){line.at, line.len - 1}
                                                         : line;
}

/* "=?UTF-8?B?…?=" */
static void add_word(struct epo_pool *pool, struct epo_buffer *out, struct epo_span word) {
    struct epo_span start = EPO_SPAN("=?UTF-8?B?");
    word = epo_span_trim(word);
    if (epo_span_starts(word, start) && word.len > start.len + 2)
        epo_buffer_span(
            out, decode(pool, (struct epo_span){word.at + start.len, word.len - start.len - 2}));
}

static struct epo_json *read_message(struct epo_pool *pool, struct epo_span message) {
    struct epo_json *mail = epo_json_object(pool);
    struct epo_buffer subject, text;
    struct epo_span line, to = EPO_SPAN("To: <"), about = EPO_SPAN("Subject:");
    bool in_subject = false;
    epo_buffer_init(&subject, MESSAGE_BYTES_MAX);
    epo_buffer_init(&text, MESSAGE_BYTES_MAX);
    while ((line = cut_line(&message)).len > 0) {
        in_subject = epo_span_starts(line, about) || (in_subject && line.at[0] == ' ');
        if (in_subject && line.at[0] != ' ')
            line = (struct epo_span){line.at + about.len, line.len - about.len};
        if (in_subject)
            add_word(pool, &subject, line);
        if (epo_span_starts(line, to)) {
            struct epo_span address = {line.at + to.len, line.len - to.len - 1};
            epo_json_set_text(pool, mail, "to", address);
        }
    }
    while (message.len > 0)
        epo_buffer_span(&text, decode(pool, cut_line(&message)));
    set_valid(pool, mail, "subject", epo_buffer_get(&subject));
    set_valid(pool, mail, "text", epo_buffer_get(&text));
    epo_buffer_clear(&subject);
    epo_buffer_clear(&text);
    return mail;
}

struct epo_json *epo_mailbox_read(const struct epo_portal *portal, struct epo_pool *pool) {
    struct epo_json *mails = epo_json_array(pool);
    const char *folder = epo_mail_folder(portal, pool);
    struct dirent **names = NULL;
    int count = folder != NULL ? scandir(folder, &names, is_message, alphasort) : 0;
    for (int i = count - 1; i >= 0; i--) { /* names begin with the time */
        const char *path = epo_pool_printf(pool, "%s/%s", folder, names[i]->d_name);
        FILE *file = mails->count < EPO_MAILBOX_SHOWN ? fopen(path, "re") : NULL;
        if (file != NULL) {
            char *bytes = epo_pool_alloc(pool, MESSAGE_BYTES_MAX);
            struct epo_json *mail = read_message(
                pool, (struct epo_span){bytes, fread(bytes, 1, MESSAGE_BYTES_MAX, file)});
            fclose(file);
            epo_json_set_integer(pool, mail, "at_us", strtoll(names[i]->d_name, NULL, 16));
            epo_json_push(pool, mails, mail);
        }
        free(names[i]);
    }
    free(names);
    return mails;
}
