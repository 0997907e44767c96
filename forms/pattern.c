#include "forms/pattern.h"

#include <ctype.h>

#include "base/limits.h"

#define STEPS_MAX 100000 /* of PCRE2's matcher for one value: milliseconds */

struct scan {
    struct epo_span rest;
    bool in_class;
};

static char peek(const struct scan *scan, size_t ahead) {
    return ahead < scan->rest.len ? scan->rest.at[ahead] : '\0';
}

/* {2}, {2,} or {2,5}: its length, or 0. */
static size_t braces(const struct scan *scan) {
    size_t i = 1, digits = 0;
    for (; isdigit((unsigned char)peek(scan, i)); i++)
        digits++;
    if (peek(scan, i) == ',')
        for (i++; isdigit((unsigned char)peek(scan, i)); i++)
            ;
    return digits > 0 && peek(scan, i) == '}' ? i + 1 : 0;
}

static const char *in_class(struct scan *scan, size_t *taken) {
    char c = peek(scan, 0);
    if (c == '[')
        return "write \"[\" in a class as \"\\[\"";
    if (c == '\\' &&
        (peek(scan, 1) == '\0' || strchr("dDwW.*+?()[]{}|^$/\\-", peek(scan, 1)) == NULL))
        return "after \"\\\" only d, D, w, W and punctuation";
    *taken = c == '\\' ? 2 : 1;
    scan->in_class = c != ']';
    return NULL;
}

static const char *outside(struct scan *scan, size_t *taken) {
    char c = peek(scan, 0), next = peek(scan, 1);
    *taken = 1;
    if (c == '\\') {
        *taken = 2;
        return next != '\0' && strchr("dDwW.*+?()[]{}|^$/\\", next) != NULL
                   ? NULL
                   : "after \"\\\" only d, D, w, W and punctuation";
    }
    if (c == '(' && (next == '?' || next == '*'))
        return next == '?' && peek(scan, 2) != '\0' && strchr(":=!", peek(scan, 2)) != NULL
                   ? (*taken = 3, NULL)
                   : "of the (?…) groups only (?:…), (?=…) and (?!…)";
    if (c == '[') {
        scan->in_class = true;
        *taken = next == '^' ? 2 : 1;
        return peek(scan, *taken) == ']' ? "an empty class" : NULL;
    }
    if (c == '{') {
        *taken = braces(scan);
        if (*taken == 0)
            return "write \"{\" as \"\\{\"";
    }
    if (c == ']' || c == '}')
        return "write \"]\" and \"}\" with a \"\\\" before them";
    bool quantifier = c == '*' || c == '+' || c == '?' || c == '{';
    return quantifier && peek(scan, *taken) == '+' ? "no possessive \"+\"" : NULL;
}

const char *epo_pattern_stranger(struct epo_span pattern) {
    struct scan scan = {.rest = pattern};
    if (pattern.len > 500)
        return "at most 500 bytes";
    while (scan.rest.len > 0) {
        size_t taken = 1;
        const char *why = scan.in_class ? in_class(&scan, &taken) : outside(&scan, &taken);
        if (why != NULL)
            return why;
        scan.rest.at += taken;
        scan.rest.len -= taken;
    }
    return scan.in_class ? "a class that is not closed" : NULL;
}

static void free_pattern(void *pattern) {
    pcre2_code_free(pattern);
}

pcre2_code *epo_pattern_compile(struct epo_pool *pool, const char *pattern, char message[128]) {
    int code;
    size_t at;
    struct epo_buffer whole;
    epo_buffer_init(&whole, EPO_TEXT_CHARS_MAX);
    epo_buffer_printf(&whole, "^(?:%s)$", pattern);
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)whole.at, whole.len,
                                         PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_CAPTURE |
                                             PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UCP,
                                         &code, &at, NULL);
    epo_buffer_clear(&whole);
    if (compiled != NULL)
        epo_pool_defer(pool, free_pattern, compiled);
    else
        pcre2_get_error_message(code, (PCRE2_UCHAR *)message, 128);
    return compiled;
}

bool epo_pattern_matches(const pcre2_code *pattern, struct epo_span text) {
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(context, STEPS_MAX);
    int found = pcre2_match(pattern, (PCRE2_SPTR)(text.len > 0 ? text.at : ""), text.len, 0,
                            PCRE2_NO_UTF_CHECK, data, context);
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
    return found >= 0;
}
