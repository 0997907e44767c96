#include "base/json.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"

/* Characters that stand in a JSON text as they are. */
static bool is_plain(unsigned char c) {
    return c >= 0x20 && c != '"' && c != '\\';
}

/* Eight of them at once: no byte below 0x20, none that is " or \ (a byte of x - 0x01…01 borrows
 * only where it was 0; bytes from 0x80 are let through by ~x). */
static bool eight_plain(const char *at) {
    static const uint64_t ONES = 0x0101010101010101u, HIGH = 0x8080808080808080u;
    uint64_t x;
    memcpy(&x, at, sizeof x);
    uint64_t quote = x ^ ONES * '"', slash = x ^ ONES * '\\';
    uint64_t special = (x - ONES * 0x20) & ~x;
    special |= (quote - ONES) & ~quote;
    special |= (slash - ONES) & ~slash;
    return (special & HIGH) == 0;
}

static void write_escape(struct epo_buffer *buffer, unsigned char c) {
    static const char NAMED[] = "\bb\ff\nn\rr\tt\"\"\\\\"; /* a character, what stands for it */
    for (const char *at = NAMED; *at; at += 2)
        if ((unsigned char)*at == c) {
            char escape[2] = {'\\', at[1]};
            epo_buffer_append(buffer, escape, sizeof escape);
            return;
        }
    epo_buffer_printf(buffer, "\\u%04x", c);
}

static size_t plain_length(struct epo_span text) {
    size_t i = 0;
    while (i + 8 <= text.len && eight_plain(text.at + i))
        i += 8;
    while (i < text.len && is_plain((unsigned char)text.at[i]))
        i++;
    return i;
}

static void write_text(struct epo_buffer *buffer, struct epo_span text) {
    epo_buffer_byte(buffer, '"');
    for (;;) {
        size_t plain = plain_length(text);
        epo_buffer_append(buffer, text.at, plain);
        if (plain == text.len)
            break;
        write_escape(buffer, (unsigned char)text.at[plain]);
        text = (struct epo_span){text.at + plain + 1, text.len - plain - 1};
    }
    epo_buffer_byte(buffer, '"');
}

#define DIGITS_SIZE 40

/* Adds one to the last digit of "d.ddde±xx"; false where that would carry over the first digit. */
static bool next_up(char *digits) {
    char *at = strchr(digits, 'e');
    while (--at >= digits && *at != '-') {
        if (*at == '.')
            continue;
        if (*at != '9') {
            ++*at;
            return true;
        }
        *at = '0';
    }
    return false;
}

/* The fewest digits that read back as value, in "%e" form. 15 digits always survive the way there
 * and back, so that fewer show as zeros at their end, except among subnormal numbers. Beside a
 * power of two the gap below is half the gap above: there the nearest decimal may not read back
 * while its upper neighbour does. */
static void shortest(double value, char digits[DIGITS_SIZE]) {
    for (int precision = fpclassify(value) == FP_SUBNORMAL ? 1 : 15; precision <= 17; precision++) {
        snprintf(digits, DIGITS_SIZE, "%.*e", precision - 1, value);
        if (strtod(digits, NULL) == value || (next_up(digits) && strtod(digits, NULL) == value))
            return;
    }
}

/* Amounts, metres and degrees as people write them: the decimal of at most 15 digits that reads
 * back as value, if one has so few places. No two such decimals read back the same, so that this is
 * the shortest; the quotient of two exact doubles is what a reader of the decimal rounds to. */
static bool write_short(struct epo_buffer *buffer, double value) {
    static const double POWERS[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    enum { PLACES_MAX = sizeof POWERS / sizeof *POWERS - 1 };
    double size = fabs(value), scaled = 0;
    int places = 0;
    if (size < 1e-5)
        return false;
    for (;; places++) {
        if (places > PLACES_MAX || size * POWERS[places] >= 1e15)
            return false;
        scaled = rint(size * POWERS[places]);
        if (scaled / POWERS[places] == size)
            break;
    }
    char text[32], *end = text + sizeof text, *at = end;
    uint64_t digits = (uint64_t)scaled;
    for (int place = 0; digits > 0 || place <= places; place++) {
        if (place == places && places > 0)
            *--at = '.';
        *--at = (char)('0' + digits % 10);
        digits /= 10;
    }
    if (value < 0)
        *--at = '-';
    epo_buffer_append(buffer, at, (size_t)(end - at));
    return true;
}

/* ECMAScript's Number::toString, which RFC 8785 §3.2.2.3 demands: the shortest digits that read
 * back the same, placed by the size of the exponent. */
static void write_real(struct epo_buffer *buffer, double value) {
    if (!isfinite(value)) { /* only in trees made by hand: the parser refuses them */
        epo_buffer_string(buffer, "null");
        return;
    }
    if (value == 0) {
        epo_buffer_byte(buffer, '0');
        return;
    }
    if (write_short(buffer, value))
        return;
    char digits[DIGITS_SIZE];
    shortest(value, digits);
    const char *at = digits;
    if (*at == '-') {
        epo_buffer_byte(buffer, '-');
        at++;
    }
    char plain[24];
    int count = 0;
    for (; *at != 'e'; at++)
        if (*at != '.')
            plain[count++] = *at;
    while (count > 1 && plain[count - 1] == '0')
        count--;
    int point = (int)strtol(at + 1, NULL, 10) + 1; /* digits before the decimal point */
    if (point > 0 && point <= 21) {
        for (int i = 0; i < count || i < point; i++) {
            if (i == point)
                epo_buffer_byte(buffer, '.');
            epo_buffer_byte(buffer, i < count ? plain[i] : '0');
        }
    } else if (point > -6 && point <= 0) {
        epo_buffer_string(buffer, "0.");
        for (int i = point; i < 0; i++)
            epo_buffer_byte(buffer, '0');
        epo_buffer_append(buffer, plain, (size_t)count);
    } else {
        epo_buffer_byte(buffer, plain[0]);
        if (count > 1) {
            epo_buffer_byte(buffer, '.');
            epo_buffer_append(buffer, plain + 1, (size_t)count - 1);
        }
        epo_buffer_printf(buffer, "e%c%d", point > 0 ? '+' : '-', abs(point - 1));
    }
}

/* The next UTF-16 code unit order key of UTF-8 text: code points above the BMP sort by their
 * surrogates, which come before U+E000 … U+FFFF. */
static uint32_t next_key(const unsigned char **at, const unsigned char *end) {
    const unsigned char *p = *at;
    ptrdiff_t width = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (width == 1 || end - p < width) { /* names made by hand may be broken: never read past */
        *at += 1;
        return p[0];
    }
    if (width == 2) {
        *at += 2;
        return (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
    }
    if (width == 3) {
        *at += 3;
        uint32_t code =
            (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
        return code >= 0xe000 ? code + 0x200000 : code;
    }
    *at += 4;
    return 0xd800 + ((uint32_t)(p[0] & 7) << 18 | (uint32_t)(p[1] & 0x3f) << 12 |
                     (uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f));
}

static int compare_names(const struct epo_span *a, const struct epo_span *b) {
    const unsigned char *p = (const unsigned char *)a->at, *q = (const unsigned char *)b->at;
    const unsigned char *p_end = p + a->len, *q_end = q + b->len;
    while (p < p_end && q < q_end) {
        uint32_t x = next_key(&p, p_end), y = next_key(&q, q_end);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return (p < p_end) - (q < q_end);
}

struct member {
    struct epo_span name;
    const struct epo_json *value;
};

static int compare_members(const void *a, const void *b) {
    return compare_names(&((const struct member *)a)->name, &((const struct member *)b)->name);
}

static void write_value(struct epo_buffer *buffer, const struct epo_json *value, bool canonical,
                        int depth);

static void write_member(struct epo_buffer *buffer, bool first, struct epo_span name,
                         const struct epo_json *value, bool canonical, int depth) {
    if (!first)
        epo_buffer_byte(buffer, ',');
    write_text(buffer, name);
    epo_buffer_byte(buffer, ':');
    write_value(buffer, value, canonical, depth);
}

static void write_sorted(struct epo_buffer *buffer, const struct epo_json *value, int depth) {
    struct member few[32], *members = few;
    if (value->count > sizeof few / sizeof *few) {
        members = malloc(value->count * sizeof *members);
        epo_assert(members);
    }
    for (uint32_t i = 0; i < value->count; i++)
        members[i] = (struct member){value->names[i], value->items[i]};
    if (value->count > 1)
        qsort(members, value->count, sizeof *members, compare_members);
    for (uint32_t i = 0; i < value->count; i++)
        write_member(buffer, i == 0, members[i].name, members[i].value, true, depth);
    if (members != few)
        free(members);
}

static void write_object(struct epo_buffer *buffer, const struct epo_json *value, bool canonical,
                         int depth) {
    epo_buffer_byte(buffer, '{');
    if (canonical)
        write_sorted(buffer, value, depth);
    for (uint32_t i = 0; !canonical && i < value->count; i++)
        write_member(buffer, i == 0, value->names[i], value->items[i], false, depth);
    epo_buffer_byte(buffer, '}');
}

static void write_value(struct epo_buffer *buffer, const struct epo_json *value, bool canonical,
                        int depth) {
    epo_assert(depth <= EPO_JSON_DEPTH_MAX + 16);
    switch (value ? value->type : EPO_JSON_NULL) {
    case EPO_JSON_NULL:
        epo_buffer_string(buffer, "null");
        break;
    case EPO_JSON_BOOLEAN:
        epo_buffer_string(buffer, value->boolean ? "true" : "false");
        break;
    case EPO_JSON_INTEGER:
        /* RFC 8785 knows doubles only: beyond 2^53 the canonical text is the double's. */
        if (canonical && (value->integer > (1LL << 53) || value->integer < -(1LL << 53)))
            write_real(buffer, (double)value->integer);
        else
            epo_buffer_integer(buffer, value->integer);
        break;
    case EPO_JSON_REAL:
        write_real(buffer, value->real);
        break;
    case EPO_JSON_TEXT:
        write_text(buffer, value->text);
        break;
    case EPO_JSON_ARRAY:
        epo_buffer_byte(buffer, '[');
        for (uint32_t i = 0; i < value->count; i++) {
            if (i)
                epo_buffer_byte(buffer, ',');
            write_value(buffer, value->items[i], canonical, depth + 1);
        }
        epo_buffer_byte(buffer, ']');
        break;
    case EPO_JSON_OBJECT:
        write_object(buffer, value, canonical, depth + 1);
        break;
    }
}

void epo_json_write(struct epo_buffer *buffer, const struct epo_json *value) {
    write_value(buffer, value, false, 0);
}

void epo_json_write_canonical(struct epo_buffer *buffer, const struct epo_json *value) {
    write_value(buffer, value, true, 0);
}

static struct epo_span print(struct epo_pool *pool, const struct epo_json *value, bool canonical) {
    struct epo_buffer buffer;
    epo_buffer_init(&buffer, 64u << 20);
    write_value(&buffer, value, canonical, 0);
    epo_assert(!buffer.failed);
    struct epo_span printed = epo_pool_copy(pool, epo_buffer_get(&buffer));
    epo_buffer_clear(&buffer);
    return printed;
}

struct epo_span epo_json_print(struct epo_pool *pool, const struct epo_json *value) {
    return print(pool, value, false);
}

struct epo_span epo_json_print_canonical(struct epo_pool *pool, const struct epo_json *value) {
    return print(pool, value, true);
}

static void write_lines(struct epo_buffer *buffer, struct epo_pool *pool,
                        const struct epo_json *value, int depth) {
    enum { LINE_BYTES = 100, INDENT = 2 };
    bool object = value->type == EPO_JSON_OBJECT, array = value->type == EPO_JSON_ARRAY;
    struct epo_span whole = print(pool, value, false);
    epo_assert(depth <= EPO_JSON_DEPTH_MAX);
    if ((!object && !array) || whole.len + INDENT * (size_t)depth <= LINE_BYTES) {
        epo_buffer_span(buffer, whole);
        return;
    }
    epo_buffer_byte(buffer, object ? '{' : '[');
    for (uint32_t i = 0; i < value->count; i++) {
        epo_buffer_printf(buffer, "%s\n%*s", i > 0 ? "," : "", INDENT * (depth + 1), "");
        if (object) {
            write_text(buffer, value->names[i]);
            epo_buffer_string(buffer, ": ");
        }
        write_lines(buffer, pool, value->items[i], depth + 1);
    }
    epo_buffer_printf(buffer, "\n%*s%c", INDENT * depth, "", object ? '}' : ']');
}

struct epo_span epo_json_print_lines(struct epo_pool *pool, const struct epo_json *value) {
    struct epo_buffer buffer;
    epo_buffer_init(&buffer, 64u << 20);
    write_lines(&buffer, pool, value, 0);
    epo_buffer_byte(&buffer, '\n');
    epo_assert(!buffer.failed);
    struct epo_span printed = epo_pool_copy(pool, epo_buffer_get(&buffer));
    epo_buffer_clear(&buffer);
    return printed;
}
