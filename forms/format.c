#include "forms/format.h"
#include "base/limits.h"

#include <ctype.h>
#include <math.h>

#define NBSP "\u00a0"
#define MEGABYTE (1 << 20)

struct epo_span epo_form_number(struct epo_pool *pool, const char *lang, double value,
                                int decimals) {
    bool english = lang != NULL && strcmp(lang, "en") == 0;
    char digits[400];
    if (decimals < 0 || decimals > 6)
        decimals = 6;
    int len = snprintf(digits, sizeof(digits), "%.*f", decimals, fabs(value));
    bool negative = value < 0 && strpbrk(digits, "123456789") != NULL;
    struct epo_buffer out;
    epo_buffer_init(&out, sizeof(digits) * 3);
    if (negative)
        epo_buffer_string(&out, "\u2212");
    int whole = decimals > 0 ? len - decimals - 1 : len;
    for (int i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            epo_buffer_string(&out, english ? "," : NBSP);
        epo_buffer_byte(&out, digits[i]);
    }
    if (decimals > 0) {
        epo_buffer_byte(&out, english ? '.' : ',');
        epo_buffer_append(&out, digits + whole + 1, (size_t)decimals);
    }
    struct epo_span done = epo_pool_copy(pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return done;
}

struct epo_span epo_format_trimmed(struct epo_pool *pool, const char *lang, double value,
                                   int decimals_max) {
    int decimals = 0;
    double scale = 1;
    while (decimals < decimals_max && fabs(value * scale - round(value * scale)) > 1e-9) {
        decimals++;
        scale *= 10;
    }
    return epo_form_number(pool, lang, value, decimals);
}

struct epo_span epo_format_money(struct epo_pool *pool, const char *lang, int64_t amount_haler) {
    bool english = lang != NULL && strcmp(lang, "en") == 0;
    struct epo_span number =
        epo_form_number(pool, lang, (double)amount_haler / 100, amount_haler % 100 != 0 ? 2 : 0);
    return epo_span(
        epo_pool_printf(pool, english ? "CZK" NBSP "%.*s" : "%.*s" NBSP "Kč", EPO_ARG(number)));
}

/* Bytes of white space that separates thousands at text: space, no-break, thin, narrow. */
static size_t space_bytes(struct epo_span text) {
    static const char *const spaces[] = {" ", NBSP, "\u202f", "\u2009", "\t"};
    for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
        if (epo_span_starts(text, epo_span(spaces[i])))
            return strlen(spaces[i]);
    return 0;
}

bool epo_format_read_number(struct epo_span typed, double *value) {
    char plain[40];
    size_t len = 0, point = 0, digits = 0;
    static const char minus[] = "\u2212"; /* the real minus sign, as pasted from a text */
    if (epo_span_starts(typed, EPO_SPAN(minus))) {
        plain[len++] = '-';
        typed.at += sizeof(minus) - 1;
        typed.len -= sizeof(minus) - 1;
    } else if (typed.len > 0 && typed.at[0] == '-') {
        plain[len++] = '-';
        typed.at++;
        typed.len--;
    }
    while (typed.len > 0) {
        size_t step = space_bytes(typed);
        char c = typed.at[0];
        if (step == 0) {
            bool is_point = c == ',' || c == '.';
            if ((is_point && point++ > 0) || (!is_point && !isdigit((unsigned char)c)) ||
                len + 1 >= sizeof(plain))
                return false;
            digits += !is_point;
            plain[len++] = is_point ? '.' : c;
            step = 1;
        } else if (point > 0) {
            return false; /* "1,5 3" is no number */
        }
        typed.at += step;
        typed.len -= step;
    }
    if (digits == 0 || plain[len - 1] == '.' || plain[0] == '.')
        return false;
    return epo_span_real((struct epo_span){plain, len}, value);
}

static bool cut_end(struct epo_span *text, const char *end) {
    size_t len = strlen(end);
    if (text->len < len || memcmp(text->at + text->len - len, end, len) != 0)
        return false;
    text->len -= len;
    *text = epo_span_trim(*text);
    if (text->len >= 2 && memcmp(text->at + text->len - 2, NBSP, 2) == 0)
        text->len -= 2;
    return true;
}

bool epo_format_read_money(struct epo_span typed, int64_t *amount_haler) {
    static const char *const ends[] = {"Kč", "kč", "KČ", "Kc", "CZK", ",-", ",\u2013", ",\u2014"};
    double crowns;
    for (int round_of = 0; round_of < 2; round_of++) /* "1 200,- Kč" */
        for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
            if (cut_end(&typed, ends[i]))
                break;
    if (!epo_format_read_number(typed, &crowns) || fabs(crowns) > 1e13)
        return false;
    double haler = round(crowns * 100);
    if (fabs(crowns * 100 - haler) > 1e-4)
        return false; /* a part of a haléř */
    *amount_haler = (int64_t)haler;
    return true;
}

struct epo_span epo_form_size(struct epo_pool *pool, const char *lang, int64_t bytes) {
    bool mega = bytes >= MEGABYTE;
    double size = mega ? (double)bytes / MEGABYTE : ceil((double)bytes / 1024);
    struct epo_span number = epo_form_number(pool, lang, size, mega && size < 10 ? 1 : 0);
    return epo_span(epo_pool_printf(pool, "%.*s\u00a0%s", EPO_ARG(number), mega ? "MB" : "kB"));
}
