#include "portal/filetype.h"

#include <magic.h>
#include <pthread.h>
#include <stdlib.h>

#define LOOKED_AT (256u << 10) /* what libmagic needs lies at the beginning */

/* ---- what libmagic says ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static magic_t magic;

static void close_magic(void) {
    if (magic != NULL)
        magic_close(magic);
}

/* One cookie for all: it keeps its answer inside. Loading takes some milliseconds, once. */
static const char *ask_magic(struct epo_pool *pool, struct epo_span content) {
    pthread_mutex_lock(&lock);
    if (magic == NULL) {
        magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR |
                           MAGIC_NO_CHECK_ELF);
        if (magic != NULL && magic_load(magic, NULL) != 0) {
            magic_close(magic);
            magic = NULL;
        }
        if (magic != NULL)
            atexit(close_magic);
    }
    const char *said =
        magic != NULL
            ? magic_buffer(magic, content.at, content.len < LOOKED_AT ? content.len : LOOKED_AT)
            : NULL;
    const char *type = said != NULL ? epo_pool_string(pool, epo_span(said)) : NULL;
    pthread_mutex_unlock(&lock);
    return type;
}

/* ---- kinds that libmagic does not tell apart ---- */

/* CMS SignedData in DER: the object identifier stands right behind the outer length. */
static bool is_signed_data(struct epo_span content) {
    static const char OID[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
    if (content.len < 32 || content.at[0] != 0x30)
        return false;
    unsigned char first = (unsigned char)content.at[1];
    size_t header = first < 0x80 || first == 0x80 ? 2
                    : first <= 0x84               ? 2 + (size_t)(first & 0x7f)
                                                  : 0;
    return header != 0 && memcmp(content.at + header, OID, sizeof OID - 1) == 0;
}

static bool damaged(struct epo_error *error, const char *what) {
    return epo_fail(error, EPO_ERROR_BAD_INPUT, "attachment.damaged", "%s", what);
}

/* A reader that looks for the head anywhere is how other kinds hide in a PDF. */
static bool check_pdf(struct epo_span content, struct epo_error *error) {
    size_t tail = content.len < 2048 ? content.len : 2048;
    if (!epo_span_starts(content, EPO_SPAN("%PDF-")))
        return damaged(error, "the PDF does not begin as one");
    return memmem(content.at + content.len - tail, tail, "%%EOF", 5) != NULL ||
           damaged(error, "the PDF has no end");
}

static bool check_shape(const struct epo_filetype *type, struct epo_span content,
                        struct epo_error *error) {
    if (strcmp(type->name, "pdf") == 0)
        return check_pdf(content, error);
    if (strcmp(type->name, "jpeg") == 0 || strcmp(type->name, "png") == 0)
        return true; /* by epo_photo_strip, which reads all of it */
    return strcmp(type->name, "zfo") == 0 || epo_zip_check(content, error);
}

/* ---- the name ---- */

static bool check_extension(const struct epo_filetype *type, struct epo_span name,
                            struct epo_error *error) {
    char dotted[16];
    const char *dot = name.len > 0 ? memrchr(name.at, '.', name.len) : NULL;
    size_t len = dot != NULL ? name.len - (size_t)(dot - name.at) : 0;
    if (len < 2 || len > 9)
        return true; /* none; it will get the right one */
    snprintf(dotted, sizeof dotted, "%.*s.", (int)len, dot);
    return strcasestr(type->extensions, dotted) != NULL ||
           epo_fail(error, EPO_ERROR_BAD_INPUT, "attachment.extension",
                    "the file is called %.*s, but it is %s", (int)len, dot, type->name);
}

const struct epo_filetype *epo_filetype_of(struct epo_pool *pool, struct epo_span name,
                                           struct epo_span content, struct epo_error *error) {
    if (content.len == 0) {
        epo_fail(error, EPO_ERROR_BAD_INPUT, "attachment.empty", "the file is empty");
        return NULL;
    }
    const char *said = ask_magic(pool, content);
    if (said == NULL) {
        epo_fail(error, EPO_ERROR_BROKEN, "attachment.magic",
                 "the database of libmagic cannot be read: is libmagic-mgc installed?");
        return NULL;
    }
    const struct epo_filetype *type = epo_filetype_of_type(epo_span(said));
    if (type == NULL && is_signed_data(content))
        type = epo_filetype_find(EPO_SPAN("zfo"));
    if (type == NULL) {
        bool heic = strcmp(said, "image/heic") == 0 || strcmp(said, "image/heif") == 0;
        epo_fail(error, EPO_ERROR_BAD_INPUT, heic ? "attachment.heic" : "attachment.type", "%s",
                 said);
        return NULL;
    }
    return check_shape(type, content, error) && check_extension(type, name, error) ? type : NULL;
}
