#include "forms/czech.h"

#include <ctype.h>

static bool all_digits(struct epo_span text) {
    for (size_t i = 0; i < text.len; i++)
        if (!isdigit((unsigned char)text.at[i]))
            return false;
    return text.len > 0;
}

static int two(const char *at) {
    return (at[0] - '0') * 10 + at[1] - '0';
}

/* Remainder of a decimal number; letters count as 10 to 35 (ISO 13616). */
static int remainder_of(struct epo_span text, int modulus) {
    int rest = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        rest = isdigit((unsigned char)c) ? (rest * 10 + c - '0') % modulus
                                         : (rest * 100 + c - 'A' + 10) % modulus;
    }
    return rest;
}

static int weighted(struct epo_span digits, const int *weights) {
    int sum = 0;
    for (size_t i = 0; i < digits.len; i++)
        sum += (digits.at[i] - '0') * weights[i];
    return sum;
}

/* ---- birth number ---- */

static int month_of(int coded, int year) {
    int month = coded > 50 ? coded - 50 : coded;
    return month > 20 && year >= 2004 ? month - 20 : month;
}

enum epo_czech_fault epo_birth_number_check(struct epo_span digits, struct epo_date today,
                                            struct epo_date *born) {
    char iso[EPO_TIME_SIZE];
    struct epo_date date;
    if ((digits.len != 9 && digits.len != 10) || !all_digits(digits))
        return EPO_CZECH_SHAPE;
    int year = two(digits.at);
    if (digits.len == 9 && year > 53)
        return EPO_CZECH_SHAPE; /* ten digits since 1954 */
    year += digits.len == 9 || year >= 54 ? 1900 : 2000;
    snprintf(iso, sizeof iso, "%04d-%02d-%02d", year, month_of(two(digits.at + 2), year),
             two(digits.at + 4));
    if (!epo_date_parse(epo_span(iso), &date) || epo_date_days(date) > epo_date_days(today))
        return EPO_CZECH_DAY;
    if (born != NULL)
        *born = date;
    if (digits.len == 9)
        return EPO_CZECH_FINE;
    bool before_1986 = year < 1986 && digits.at[9] == '0' &&
                       remainder_of((struct epo_span){digits.at, 9}, 11) == 10;
    return before_1986 || remainder_of(digits, 11) == 0 ? EPO_CZECH_FINE : EPO_CZECH_SUM;
}

struct epo_span epo_birth_number_words(struct epo_pool *pool, struct epo_span digits) {
    if (digits.len < 7 || digits.len > 10)
        return digits;
    return epo_span(
        epo_pool_printf(pool, "%.6s/%.*s", digits.at, (int)digits.len - 6, digits.at + 6));
}

/* ---- company ---- */

enum epo_czech_fault epo_company_number_check(struct epo_span digits) {
    static const int weights[] = {8, 7, 6, 5, 4, 3, 2};
    if (digits.len != 8 || !all_digits(digits) || epo_span_is(digits, "00000000"))
        return EPO_CZECH_SHAPE;
    int check = (11 - weighted((struct epo_span){digits.at, 7}, weights) % 11) % 10;
    return digits.at[7] - '0' == check ? EPO_CZECH_FINE : EPO_CZECH_SUM;
}

/* ---- account ---- */

/* Digits with zeros before them up to a length; false if there are more. */
static bool pad(struct epo_span digits, size_t len, char *out) {
    if (digits.len > len)
        return false;
    memset(out, '0', len - digits.len);
    if (digits.len > 0)
        memcpy(out + len - digits.len, digits.at, digits.len);
    out[len] = '\0';
    return true;
}

static const char *unpadded(const char *digits) {
    return digits + strspn(digits, "0");
}

static enum epo_czech_fault check_parts(const char *prefix, const char *number) {
    static const int weights[] = {6, 3, 7, 9, 10, 5, 8, 4, 2, 1};
    int set = 0;
    for (const char *at = number; *at != '\0'; at++)
        set += *at != '0';
    if (set < 2)
        return EPO_CZECH_SHAPE;
    bool fits = weighted(epo_span(prefix), weights + 4) % 11 == 0 &&
                weighted(epo_span(number), weights) % 11 == 0;
    return fits ? EPO_CZECH_FINE : EPO_CZECH_SUM;
}

static void write_local(struct epo_account *account, const char *prefix, const char *number,
                        const char *bank) {
    const char *short_prefix = unpadded(prefix);
    snprintf(account->local, sizeof account->local, "%s%s%s/%s", short_prefix,
             short_prefix[0] != '\0' ? "-" : "", unpadded(number), bank);
}

static enum epo_czech_fault read_local(struct epo_span text, struct epo_account *account) {
    char prefix[7], number[11], bank[5], turned[32];
    struct epo_span code, rest, first = epo_span_cut(text, '/', &code);
    const struct epo_span left = epo_span_cut(first, '-', &rest);
    bool has_prefix = left.len < first.len;
    struct epo_span given = has_prefix ? rest : first;
    if (code.len != 4 || !all_digits(code) || epo_span_is(code, "0000") || !all_digits(given) ||
        (has_prefix && !all_digits(left)) || !pad(given, 10, number) ||
        !pad(has_prefix ? left : EPO_SPAN(""), 6, prefix) || !pad(code, 4, bank))
        return EPO_CZECH_SHAPE;
    enum epo_czech_fault fault = check_parts(prefix, number);
    if (fault != EPO_CZECH_FINE)
        return fault;
    write_local(account, prefix, number, bank);
    snprintf(turned, sizeof turned, "%s%s%sCZ00", bank, prefix, number);
    snprintf(account->iban, sizeof account->iban, "CZ%02d%s%s%s",
             98 - remainder_of(epo_span(turned), 97), bank, prefix, number);
    return EPO_CZECH_FINE;
}

/* Lengths in the register of ISO 13616. */
static int iban_length(const char *country) {
    static const char lengths[] =
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18"
        "FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20"
        "LU20LV21LY25MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22SA24SC31SE24"
        "SI19SK24SM27ST25SV28TL23TN24TR26UA29VA22VG24XK20";
    for (const char *at = lengths; *at != '\0'; at += 4)
        if (at[0] == country[0] && at[1] == country[1])
            return two(at + 2);
    return 0;
}

static bool has_iban_shape(struct epo_span text) {
    if (text.len < 15 || text.len > 34 || !isupper((unsigned char)text.at[0]) ||
        !isupper((unsigned char)text.at[1]) || !isdigit((unsigned char)text.at[2]) ||
        !isdigit((unsigned char)text.at[3]))
        return false;
    for (size_t i = 4; i < text.len; i++)
        if (!isdigit((unsigned char)text.at[i]) && !isupper((unsigned char)text.at[i]))
            return false;
    int length = iban_length(text.at);
    return length == 0 || text.len == (size_t)length;
}

static enum epo_czech_fault read_iban(struct epo_span text, struct epo_account *account) {
    char turned[40];
    if (!has_iban_shape(text))
        return EPO_CZECH_SHAPE;
    snprintf(turned, sizeof turned, "%.*s%.4s", (int)text.len - 4, text.at + 4, text.at);
    if (remainder_of(epo_span(turned), 97) != 1)
        return EPO_CZECH_SUM;
    snprintf(account->iban, sizeof account->iban, "%.*s", EPO_ARG(text));
    if (!epo_span_starts(text, EPO_SPAN("CZ")))
        return EPO_CZECH_FINE;
    char prefix[7], number[11], bank[5];
    if (!all_digits((struct epo_span){text.at + 4, 20}))
        return EPO_CZECH_SHAPE;
    snprintf(bank, sizeof bank, "%.4s", text.at + 4);
    snprintf(prefix, sizeof prefix, "%.6s", text.at + 8);
    snprintf(number, sizeof number, "%.10s", text.at + 14);
    write_local(account, prefix, number, bank);
    return strcmp(bank, "0000") == 0 ? EPO_CZECH_SHAPE : check_parts(prefix, number);
}

enum epo_czech_fault epo_account_read(struct epo_span text, struct epo_account *account) {
    *account = (struct epo_account){0};
    return memchr(text.len > 0 ? text.at : "", '/', text.len) != NULL ? read_local(text, account)
                                                                      : read_iban(text, account);
}

struct epo_span epo_iban_words(struct epo_pool *pool, struct epo_span iban) {
    struct epo_buffer out;
    epo_buffer_init(&out, 128);
    for (size_t i = 0; i < iban.len; i++) {
        if (i > 0 && i % 4 == 0)
            epo_buffer_string(&out, "\u00a0");
        epo_buffer_byte(&out, iban.at[i]);
    }
    struct epo_span words = epo_pool_copy(pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return words;
}
