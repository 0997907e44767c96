/* What one parameter may be, and how it is read. */
#include <ctype.h>

#include "base/clock.h"
#include "forms/format.h"
#include "plugin/agenda.h"
#include "portal/routing.h"

static bool is_integer(const struct epo_json *value, const struct epo_json *settings) {
    (void)settings;
    return value->type == EPO_JSON_INTEGER;
}

static bool is_number(const struct epo_json *value, const struct epo_json *settings) {
    (void)settings;
    return value->type == EPO_JSON_INTEGER || value->type == EPO_JSON_REAL;
}

static bool is_yes_no(const struct epo_json *value, const struct epo_json *settings) {
    (void)settings;
    return value->type == EPO_JSON_BOOLEAN;
}

static bool is_words(const struct epo_json *value, const struct epo_json *settings) {
    (void)settings;
    return epo_json_is_text(value) ||
           (epo_json_get_text(value, "cs").len && epo_json_get_text(value, "en").len);
}

static bool is_day(const struct epo_json *value, const struct epo_json *settings) {
    struct epo_date date;
    (void)settings;
    return epo_json_is_text(value) && epo_date_parse(value->text, &date);
}

/* Of a leap year, so that the 29th of February may be named. */
static bool is_month_day(const struct epo_json *value, const struct epo_json *settings) {
    char iso[EPO_TIME_SIZE];
    struct epo_date date;
    (void)settings;
    if (!epo_json_is_text(value) || value->text.len != 5)
        return false;
    snprintf(iso, sizeof iso, "2024-%.5s", value->text.at);
    return epo_date_parse(epo_span(iso), &date);
}

static bool is_link(const struct epo_json *value, const struct epo_json *settings) {
    (void)settings;
    return epo_json_is_text(value) && value->text.len <= 500 &&
           (epo_span_starts(value->text, EPO_SPAN("https://")) ||
            (value->text.len > 1 && value->text.at[0] == '/' && value->text.at[1] != '/'));
}

static bool is_office(const struct epo_json *value, const struct epo_json *settings) {
    return epo_json_is_text(value) &&
           (epo_span_is(value->text, "district") || epo_routing_find(settings, value->text));
}

static bool is_annex(const struct epo_json *value, const struct epo_json *settings) {
    const struct epo_json *url = epo_json_get(value, "url"), *title = epo_json_get(value, "title");
    return value->type == EPO_JSON_OBJECT && title && url && is_words(title, settings) &&
           is_link(url, settings);
}

/* Decree 169/2011: each part weighed from its last digit, the sum divisible by 11. */
static bool is_weighed(struct epo_span digits, size_t least, size_t most) {
    static const int WEIGHTS[] = {1, 2, 4, 8, 5, 10, 9, 7, 3, 6};
    int sum = 0, others = 0;
    if (digits.len < least || digits.len > most)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        if (!isdigit((unsigned char)digits.at[i]))
            return false;
        sum += (digits.at[i] - '0') * WEIGHTS[digits.len - 1 - i];
        others += digits.at[i] != '0';
    }
    return sum % 11 == 0 && others > 0;
}

static bool is_czech_account(struct epo_span text) {
    struct epo_span bank, prefix = {NULL, 0}, number = epo_span_cut(text, '/', &bank);
    const char *dash = memchr(number.at, '-', number.len);
    if (dash) {
        prefix = (struct epo_span){number.at, (size_t)(dash - number.at)};
        number = (struct epo_span){dash + 1, number.len - prefix.len - 1};
    }
    bool good = bank.len == 4;
    for (size_t i = 0; good && i < bank.len; i++)
        good = isdigit((unsigned char)bank.at[i]);
    return good && is_weighed(number, 2, 10) && (!dash || is_weighed(prefix, 1, 6));
}

/* ISO 13616: country and check digits behind the rest, letters as two digits, 1 modulo 97. */
static bool is_iban(struct epo_span text) {
    int rest = 0;
    size_t count = 0;
    char packed[35];
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == ' ' && i)
            continue;
        if (count == sizeof packed - 1 || !(isdigit((unsigned char)c) || (c >= 'A' && c <= 'Z')))
            return false;
        packed[count++] = c;
    }
    if (count < 15 || isdigit((unsigned char)packed[0]) || isdigit((unsigned char)packed[1]))
        return false;
    for (size_t i = 0; i < count; i++) {
        char c = packed[(i + 4) % count];
        rest = isdigit((unsigned char)c) ? (rest * 10 + c - '0') % 97
                                         : (rest * 100 + c - 'A' + 10) % 97;
    }
    return rest == 1;
}

static bool is_account(const struct epo_json *value, const struct epo_json *settings) {
    (void)settings;
    return epo_json_is_text(value) && value->text.len > 0 &&
           (memchr(value->text.at, '/', value->text.len) ? is_czech_account(value->text)
                                                         : is_iban(value->text));
}

/* ---- for reading ---- */

static struct epo_span as_it_stands(struct epo_pool *pool, const char *lang,
                                    const struct epo_json *value, const struct epo_json *settings) {
    (void)settings;
    if (epo_json_is_text(value))
        return value->text;
    if (value->type == EPO_JSON_INTEGER)
        return epo_form_number(pool, lang, (double)value->integer, 0);
    if (value->type == EPO_JSON_REAL)
        return epo_format_trimmed(pool, lang, value->real, 3);
    struct epo_span text = epo_json_localized(value, lang);
    return text.len ? text : epo_json_print(pool, value);
}

static struct epo_span money_words(struct epo_pool *pool, const char *lang,
                                   const struct epo_json *value, const struct epo_json *settings) {
    (void)settings;
    return epo_format_money(pool, lang, value->integer);
}

static struct epo_span day_words(struct epo_pool *pool, const char *lang,
                                 const struct epo_json *value, const struct epo_json *settings) {
    struct epo_date date;
    char local[EPO_TIME_SIZE];
    (void)settings;
    if (!epo_date_parse(value->text, &date))
        return value->text;
    return epo_pool_copy(pool, epo_span(epo_date_local(date, lang, local)));
}

static struct epo_span month_day_words(struct epo_pool *pool, const char *lang,
                                       const struct epo_json *value,
                                       const struct epo_json *settings) {
    (void)lang;
    (void)settings;
    int month = (value->text.at[0] - '0') * 10 + value->text.at[1] - '0';
    int day = (value->text.at[3] - '0') * 10 + value->text.at[4] - '0';
    return epo_span(epo_pool_printf(pool, "%d.\u00a0%d.", day, month));
}

static struct epo_span office_words(struct epo_pool *pool, const char *lang,
                                    const struct epo_json *value, const struct epo_json *settings) {
    (void)pool;
    return epo_routing_name(settings, value->text, lang);
}

static struct epo_span annex_words(struct epo_pool *pool, const char *lang,
                                   const struct epo_json *value, const struct epo_json *settings) {
    (void)settings;
    return epo_span(epo_pool_printf(pool, "%.*s (%.*s)",
                                    EPO_ARG(epo_json_localized(epo_json_get(value, "title"), lang)),
                                    EPO_ARG(epo_json_get_text(value, "url"))));
}

static const struct epo_parameter_kind KINDS[] = {
    {"money", "an amount in whole haléře", is_integer, money_words},
    {"integer", "a whole number", is_integer, as_it_stands},
    {"number", "a number", is_number, as_it_stands},
    {"text", "a text, or {\"cs\", \"en\"}", is_words, as_it_stands},
    {"day", "a day: \"2026-01-31\"", is_day, day_words},
    {"month_day", "a day of the year: \"06-30\"", is_month_day, month_day_words},
    {"account", "an account whose digits agree: \"19-2000145399/0800\" or an IBAN", is_account,
     as_it_stands},
    {"link", "an address: \"https://…\" or \"/…\"", is_link, as_it_stands},
    {"office", "\"district\" or the id of an office of epo.json", is_office, office_words},
    {"annex", "{\"title\": {\"cs\", \"en\"}, \"url\": \"https://…\"}", is_annex, annex_words},
    {"yes_no", "true or false", is_yes_no, as_it_stands},
};

const struct epo_parameter_kind *epo_parameter_kind_find(struct epo_span name) {
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (epo_span_is(name, KINDS[i].name))
            return &KINDS[i];
    return NULL;
}

const char *epo_parameter_kind_names(struct epo_pool *pool) {
    const char *names = KINDS[0].name;
    for (size_t i = 1; i < sizeof KINDS / sizeof *KINDS; i++)
        names = epo_pool_printf(pool, "%s, %s", names, KINDS[i].name);
    return names;
}

static struct epo_span one_word(struct epo_pool *pool, const char *lang,
                                const struct epo_json *declared, const struct epo_json *value,
                                const struct epo_json *settings) {
    const struct epo_parameter_kind *kind =
        epo_parameter_kind_find(epo_json_get_text(declared, "type"));
    struct epo_span unit = epo_json_localized(epo_json_get(declared, "unit"), lang);
    struct epo_span text = kind && kind->fits(value, settings)
                               ? kind->words(pool, lang, value, settings)
                               : as_it_stands(pool, lang, value, settings);
    return unit.len
               ? epo_span(epo_pool_printf(pool, "%.*s\u00a0%.*s", EPO_ARG(text), EPO_ARG(unit)))
               : text;
}

struct epo_span epo_parameter_words(struct epo_pool *pool, const char *lang,
                                    const struct epo_json *declared, const struct epo_json *value,
                                    const struct epo_json *settings) {
    if (value->type != EPO_JSON_ARRAY)
        return one_word(pool, lang, declared, value, settings);
    const char *all = "";
    for (uint32_t i = 0; i < value->count; i++)
        all = epo_pool_printf(pool, "%s%s%.*s", all, i ? ", " : "",
                              EPO_ARG(one_word(pool, lang, declared, value->items[i], settings)));
    return epo_span(all);
}
