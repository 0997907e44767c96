/* Strings as pointer + length, and a bounded growing buffer. Pure; any thread.
 *
 * A span owns nothing. Text is UTF-8; what comes from outside is checked with epo_text_valid. */
#ifndef EPO_BASE_TEXT_H
#define EPO_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct epo_pool;

struct epo_span {
    const char *at; /* may be NULL only when len is 0 */
    size_t len;     /* bytes */
};

#define EPO_SPAN(literal) ((struct epo_span){(literal), sizeof(literal) - 1})
/* For printf("%.*s", EPO_ARG(span)). */
#define EPO_ARG(span) (int)(span).len, (span).at

/* NULL gives the empty span. */
static inline struct epo_span epo_span(const char *string) {
    return (struct epo_span){string, string ? strlen(string) : 0};
}
static inline bool epo_span_equal(struct epo_span a, struct epo_span b) {
    /* Names that differ mostly differ at their ends ("f_12", "f_13"): few come to memcmp. */
    return a.len == b.len &&
           (a.len == 0 || (a.at[a.len - 1] == b.at[a.len - 1] && memcmp(a.at, b.at, a.len) == 0));
}
static inline bool epo_span_is(struct epo_span a, const char *string) {
    return epo_span_equal(a, epo_span(string));
}
/* Into a member of a struct: as much as fits, NUL behind. */
static inline void epo_span_store(char *out, size_t size, struct epo_span text) {
    size_t len = text.len < size ? text.len : size - 1;
    if (len > 0)
        memcpy(out, text.at, len);
    out[len] = '\0';
}
bool epo_span_starts(struct epo_span text, struct epo_span prefix);
struct epo_span epo_span_trim(struct epo_span text); /* ASCII white space off both ends */
/* Cut at the first `sep`: returns what is before and leaves the rest in *rest (empty if none). */
struct epo_span epo_span_cut(struct epo_span text, char sep, struct epo_span *rest);
/* Whole span as a decimal integer; false if there is anything else or it does not fit. */
bool epo_span_integer(struct epo_span text, int64_t *value);
/* Whole span as a finite decimal number ("." only, C locale); false otherwise. */
bool epo_span_real(struct epo_span text, double *value);

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlongs) without NUL. */
bool epo_text_valid(struct epo_span text);
size_t epo_text_length(struct epo_span text); /* Unicode code points */
/* For search: lower case, diacritics off (Latin, incl. all Czech letters), runs of anything but
 * letters and digits become one space. Result lives in the pool. */
struct epo_span epo_text_fold(struct epo_pool *pool, struct epo_span text);

/* A growing buffer with a fixed maximum; once an append would pass it, the buffer has failed for
 * good: `failed` stays set and later appends do nothing. Check once, at the end. Heap-owned. */
struct epo_buffer {
    char *at;
    size_t len, size, max;
    bool failed;
};
void epo_buffer_init(struct epo_buffer *buffer, size_t max);
void epo_buffer_clear(struct epo_buffer *buffer); /* frees; may be used again */
/* The part of epo_buffer_append that makes room, or fails. */
void epo_buffer_append_slowly(struct epo_buffer *buffer, const void *bytes, size_t len);
static inline void epo_buffer_append(struct epo_buffer *buffer, const void *bytes, size_t len) {
    if (len > 0 && len <= buffer->size - buffer->len && !buffer->failed) {
        memcpy(buffer->at + buffer->len, bytes, len);
        buffer->len += len;
    } else {
        epo_buffer_append_slowly(buffer, bytes, len);
    }
}
static inline void epo_buffer_span(struct epo_buffer *buffer, struct epo_span text) {
    epo_buffer_append(buffer, text.at, text.len);
}
void epo_buffer_string(struct epo_buffer *buffer, const char *string);
static inline void epo_buffer_byte(struct epo_buffer *buffer, char byte) {
    epo_buffer_append(buffer, &byte, 1);
}
/* In decimal digits. */
void epo_buffer_integer(struct epo_buffer *buffer, int64_t value);
void epo_buffer_printf(struct epo_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static inline struct epo_span epo_buffer_get(const struct epo_buffer *buffer) {
    return (struct epo_span){buffer->at, buffer->len};
}

#endif
