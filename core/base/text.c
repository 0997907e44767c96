#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/pool.h"

bool epo_span_starts(struct epo_span text, struct epo_span prefix) {
    return text.len >= prefix.len &&
           (prefix.len == 0 || memcmp(text.at, prefix.at, prefix.len) == 0);
}

static bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct epo_span epo_span_trim(struct epo_span text) {
    while (text.len && is_blank(text.at[0]))
        text.at++, text.len--;
    while (text.len && is_blank(text.at[text.len - 1]))
        text.len--;
    return text;
}

struct epo_span epo_span_cut(struct epo_span text, char sep, struct epo_span *rest) {
    const char *found = text.len ? memchr(text.at, sep, text.len) : NULL;
    if (!found) {
        *rest = (struct epo_span){text.len ? text.at + text.len : text.at, 0};
        return text;
    }
    size_t len = (size_t)(found - text.at);
    *rest = (struct epo_span){found + 1, text.len - len - 1};
    return (struct epo_span){text.at, len};
}

bool epo_span_integer(struct epo_span text, int64_t *value) {
    size_t i = 0;
    bool negative = text.len && text.at[0] == '-';
    if (text.len && (text.at[0] == '-' || text.at[0] == '+'))
        i = 1;
    if (i == text.len)
        return false;
    int64_t total = 0;
    for (; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        int digit = text.at[i] - '0';
        /* Counted downwards: the negative side is the larger one. */
        if (__builtin_mul_overflow(total, 10, &total) ||
            __builtin_sub_overflow(total, digit, &total))
            return false;
    }
    if (!negative && total == INT64_MIN)
        return false;
    *value = negative ? total : -total;
    return true;
}

bool epo_span_real(struct epo_span text, double *value) {
    char copy[64];
    if (text.len == 0 || text.len >= sizeof copy)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("0123456789+-.eE", text.at[i]) || text.at[i] == '\0')
            return false;
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    char *end;
    double read = strtod(copy, &end);
    if (*end || !isfinite(read))
        return false;
    *value = read;
    return true;
}

/* Length of the well-formed sequence at the start of text, 0 if there is none (RFC 3629 §4). */
static size_t sequence(const unsigned char *at, size_t left) {
    if (at[0] < 0x80)
        return at[0] != 0;
    size_t len = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    if (at[0] < 0xc2 || at[0] > 0xf4 || len > left)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
        (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
        return 0;
    return len;
}

bool epo_text_valid(struct epo_span text) {
    for (size_t i = 0; i < text.len;) {
        size_t len = sequence((const unsigned char *)text.at + i, text.len - i);
        if (!len)
            return false;
        i += len;
    }
    return true;
}

size_t epo_text_length(struct epo_span text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.at[i] & 0xc0) != 0x80;
    return count;
}

/* Base letters of U+00C0 … U+017F, '?' where a code has none or is not a letter. */
static const char LATIN[] = "aaaaaaaceeeeiiiidnooooo?ouuuuytsaaaaaaaceeeeiiiidnooooo?ouuuuyty"
                            "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
                            "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* Letters of other scripts are kept; signs of Latin-1, × and ÷, and the blocks of punctuation and
 * symbols U+2000 … U+2BFF (dashes, quotes, €, №) and U+3000 … U+303F separate like a space. */
static bool other_script(const unsigned char *at, size_t width, uint32_t code) {
    if (width == 2)
        return code > 0xbf && code != 0xd7 && code != 0xf7;
    if (width == 3)
        return !(at[0] == 0xe2 && at[1] < 0xb0) && !(at[0] == 0xe3 && at[1] == 0x80);
    return width == 4;
}

struct epo_span epo_text_fold(struct epo_pool *pool, struct epo_span text) {
    char *to = epo_pool_alloc(pool, text.len * 2 + 1);
    size_t len = 0;
    bool gap = false;
    for (size_t i = 0; i < text.len;) {
        const unsigned char *at = (const unsigned char *)text.at + i;
        size_t width = sequence(at, text.len - i);
        uint32_t code = width == 2 ? (uint32_t)(at[0] & 0x1f) << 6 | (at[1] & 0x3f) : at[0];
        i += width ? width : 1;
        if (code >= 0x300 && code <= 0x36f && width == 2)
            continue; /* combining marks of decomposed text */
        char letter = 0;
        if (width == 1 && code >= 'A' && code <= 'Z')
            letter = (char)(code | 0x20);
        else if (width == 1 && ((code >= 'a' && code <= 'z') || (code >= '0' && code <= '9')))
            letter = (char)code;
        else if (width == 2 && code >= 0xc0 && code <= 0x17f && LATIN[code - 0xc0] != '?')
            letter = LATIN[code - 0xc0];
        bool other = !letter && other_script(at, width, code);
        if (!letter && !other) {
            gap = true;
            continue;
        }
        if (gap && len)
            to[len++] = ' ';
        gap = false;
        if (letter) {
            to[len++] = letter;
        } else { /* another script: kept as it is */
            memcpy(to + len, at, width);
            len += width;
        }
    }
    return (struct epo_span){to, len};
}

void epo_buffer_init(struct epo_buffer *buffer, size_t max) {
    *buffer = (struct epo_buffer){.max = max};
}

void epo_buffer_clear(struct epo_buffer *buffer) {
    free(buffer->at);
    *buffer = (struct epo_buffer){.max = buffer->max};
}

/* Room for len more bytes; false once the maximum would be passed. */
static bool reserve(struct epo_buffer *buffer, size_t len) {
    if (buffer->failed || len > buffer->max - buffer->len) {
        buffer->failed = true;
        return false;
    }
    if (buffer->len + len <= buffer->size)
        return true;
    size_t size = buffer->size ? buffer->size * 2 : 256;
    while (size < buffer->len + len)
        size *= 2;
    if (size > buffer->max)
        size = buffer->max;
    buffer->at = realloc(buffer->at, size);
    epo_assert(buffer->at);
    buffer->size = size;
    return true;
}

void epo_buffer_append_slowly(struct epo_buffer *buffer, const void *bytes, size_t len) {
    if (len && reserve(buffer, len)) {
        memcpy(buffer->at + buffer->len, bytes, len);
        buffer->len += len;
    }
}

void epo_buffer_string(struct epo_buffer *buffer, const char *string) {
    epo_buffer_append(buffer, string, strlen(string));
}

void epo_buffer_integer(struct epo_buffer *buffer, int64_t value) {
    char text[24], *end = text + sizeof text, *at = end;
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do
        *--at = (char)('0' + size % 10);
    while (size /= 10);
    if (value < 0)
        *--at = '-';
    epo_buffer_append(buffer, at, (size_t)(end - at));
}

void epo_buffer_printf(struct epo_buffer *buffer, const char *format, ...) {
    char small[256];
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int len = vsnprintf(small, sizeof small, format, arguments);
    va_end(arguments);
    epo_assert(len >= 0);
    if ((size_t)len < sizeof small) {
        epo_buffer_append(buffer, small, (size_t)len);
    } else {
        char *large = malloc((size_t)len + 1);
        epo_assert(large);
        vsnprintf(large, (size_t)len + 1, format, again);
        epo_buffer_append(buffer, large, (size_t)len);
        free(large);
    }
    va_end(again);
}
