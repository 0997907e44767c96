/* Numbers and marks that offices give out, each a JSON string without separators: birth number,
 * company number, data box, postcode, vehicle plate, microchip. What differs stands in one row
 * each. */
#include <ctype.h>

#include "forms/czech.h"
#include "forms/field.h"
#include "forms/pattern.h"

struct code {
    const struct epo_field_kind *kind;
    const char *pattern; /* of the value kept; the same in PCRE2 and ECMAScript */
    const char *drop;    /* what people put between digits, besides spaces */
    char lower;          /* 'a': kept in lower case, 'A': in upper case, 0: digits */
    size_t pad_to;       /* zeros before, up to so many characters */
    const char *inputmode, *autocomplete, *width;
    enum epo_czech_fault (*verify)(struct epo_check *check, struct epo_span value);
    struct epo_span (*shown)(struct epo_pool *pool, struct epo_span value);
    const char *server; /* what the pattern does not say, for the JSON Schema */
};

/* ---- what is checked beyond the pattern ---- */

static enum epo_czech_fault verify_birth_number(struct epo_check *check, struct epo_span value) {
    return epo_birth_number_check(value, check->today, NULL);
}

static enum epo_czech_fault verify_company_number(struct epo_check *check, struct epo_span value) {
    (void)check;
    return epo_company_number_check(value);
}

/* ---- how it is shown ---- */

static struct epo_span shown_postcode(struct epo_pool *pool, struct epo_span value) {
    if (value.len != 5)
        return value;
    return epo_span(epo_pool_printf(pool, "%.3s\u00a0%.2s", value.at, value.at + 3));
}

static bool letters(struct epo_span text, size_t from, size_t count) {
    for (size_t i = from; i < from + count; i++)
        if (!isupper((unsigned char)text.at[i]))
            return false;
    return true;
}

static bool digits(struct epo_span text, size_t from, size_t count) {
    for (size_t i = from; i < from + count; i++)
        if (!isdigit((unsigned char)text.at[i]))
            return false;
    return true;
}

/* "1P23456" -> "1P2 3456", "PMA1234" -> "PMA 12-34"; plates at choice and others as they are. */
static struct epo_span shown_plate(struct epo_pool *pool, struct epo_span value) {
    if (value.len == 7 && digits(value, 0, 1) && letters(value, 1, 1) && digits(value, 3, 4))
        return epo_span(epo_pool_printf(pool, "%.3s\u00a0%.4s", value.at, value.at + 3));
    size_t first = value.len - 4;
    if ((value.len == 6 || value.len == 7) && letters(value, 0, first) && digits(value, first, 4))
        return epo_span(epo_pool_printf(pool, "%.*s\u00a0%.2s-%.2s", (int)first, value.at,
                                        value.at + first, value.at + first + 2));
    return value;
}

/* "203098100123456" -> "203 098 100 123 456". */
static struct epo_span shown_chip(struct epo_pool *pool, struct epo_span value) {
    if (value.len != 15)
        return value;
    return epo_span(epo_pool_printf(pool, "%.3s\u00a0%.3s\u00a0%.3s\u00a0%.3s\u00a0%.3s", value.at,
                                    value.at + 3, value.at + 6, value.at + 9, value.at + 12));
}

/* ---- the rows ---- */

/* Plates are without G, O, Q and W. Seven or eight characters with a letter and a digit: cars,
 * those at choice, electric ones; shorter: motorcycles, mopeds, plates from before 2001; diplomats.
 */
#define PLATE_PATTERN                                                                              \
    "(?=[A-Z0-9]*[0-9])(?=[A-Z0-9]*[A-Z])[0-9A-FH-NPR-VX-Z]{7,8}|[A-Z]{2,3}[0-9]{4}|"              \
    "[0-9][A-Z][0-9]{4}|[A-Z][0-9]{4,5}|[0-9]{3}(?:CD|CC|XX|XS|HC)[0-9]{2}"
/* ISO 11784: a country of ISO 3166, or a maker of chips (900 to 998). */
#define CHIP_PATTERN                                                                               \
    "(?:00[4-9]|0[1-9][0-9]|[1-7][0-9]{2}|8[0-8][0-9]|89[0-4]|9[0-8][0-9]|99[0-8])[0-9]{12}"

static const struct code codes[] = {
    {&epo_kind_birth_number, "[0-9]{10}|(?:[0-4][0-9]|5[0-3])[0-9]{7}", "/", 0, 0, "numeric", "off",
     "short", verify_birth_number, epo_birth_number_words,
     "a day that exists and has come; ten digits are divisible by 11 (until 1985 also with "
     "remainder "
     "10 of the first nine and 0 as the last)"},
    {&epo_kind_company_number, "[0-9]{8}", "", 0, 8, "numeric", "off", "short",
     verify_company_number, NULL, "the last digit is a check digit modulo 11"},
    {&epo_kind_data_box, "[a-z0-9]{7}", "", 'a', 0, "text", "off", "short", NULL, NULL, NULL},
    {&epo_kind_postcode, "[1-7][0-9]{4}", "", 0, 0, "numeric", "postal-code", "short", NULL,
     shown_postcode, NULL},
    {&epo_kind_vehicle_plate, PLATE_PATTERN, "-.", 'A', 0, "text", "off", "short", NULL,
     shown_plate, NULL},
    {&epo_kind_chip_number, CHIP_PATTERN, "-.", 0, 0, "numeric", "off", "medium", NULL, shown_chip,
     NULL},
};
#define CODE_COUNT (sizeof codes / sizeof *codes)

static const struct code *code_of(const struct epo_field *field) {
    const struct code *code = codes;
    while (code->kind != field->kind)
        code++;
    epo_assert(code < codes + CODE_COUNT);
    return code;
}

/* ---- reading and checking ---- */

static void read_code(struct epo_reader *reader, struct epo_field *field,
                      const struct epo_json *definition) {
    char why[128];
    const struct epo_json *law = epo_json_get(definition, "law");
    field->pattern = epo_pattern_compile(reader->form->pool, code_of(field)->pattern, why);
    epo_assert(field->pattern != NULL);
    if (field->kind != &epo_kind_birth_number)
        return;
    field->law = epo_reader_text(reader, definition, "law");
    if (field->law.len == 0)
        epo_reader_fault(reader, law != NULL ? law : definition,
                         "a birth number may be asked for only where a law allows it: name it, "
                         "\"law\": the \"url\" of one of the laws in the agenda's manifest");
}

/* Also the kinds of spaces and dashes that come with pasted text. */
static size_t separator(struct epo_span rest, const char *drop) {
    static const char *const spaces[] = {" ", "\t", "\u00a0", "\u202f", "\u2009", "\u2013"};
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        if (epo_span_starts(rest, epo_span(spaces[i])))
            return strlen(spaces[i]);
    return strchr(drop, rest.at[0]) != NULL ? 1 : 0;
}

struct epo_span epo_code_plain(struct epo_pool *pool, struct epo_span typed, const char *drop,
                               char letter_case) {
    char *out = epo_pool_alloc(pool, typed.len + 1);
    size_t len = 0;
    while (typed.len > 0) {
        size_t step = separator(typed, drop);
        if (step == 0) {
            unsigned char c = (unsigned char)typed.at[0];
            out[len++] = (char)(letter_case == 'a' && isupper(c)   ? tolower(c)
                                : letter_case == 'A' && islower(c) ? toupper(c)
                                                                   : c);
            step = 1;
        }
        typed = (struct epo_span){typed.at + step, typed.len - step};
    }
    return (struct epo_span){out, len};
}

static bool parse_code(struct epo_check *check, const struct epo_field *field,
                       struct epo_span typed, struct epo_json **value) {
    const struct code *code = code_of(field);
    struct epo_span plain = epo_code_plain(check->pool, typed, code->drop, code->lower);
    if (plain.len < code->pad_to && plain.len > 0)
        plain = epo_span(epo_pool_printf(check->pool, "%.*s%.*s", (int)(code->pad_to - plain.len),
                                         "0000000000", EPO_ARG(plain)));
    *value = epo_json_text(check->pool, plain);
    return true;
}

static struct epo_json *accept_code(struct epo_check *check, const struct epo_field *field,
                                    const struct epo_json *given) {
    (void)field;
    return epo_json_is_text(given) ? epo_json_text(check->pool, given->text) : NULL;
}

static bool limits_code(struct epo_check *check, const struct epo_field *field,
                        struct epo_json *value) {
    static const char *const ends[] = {"", "", "_day", "_sum"};
    const struct code *code = code_of(field);
    enum epo_czech_fault fault = EPO_CZECH_SHAPE;
    bool clean = value->text.len <= 32 && epo_text_is_clean(value->text, false);
    if (clean && epo_pattern_matches(field->pattern, value->text))
        fault = code->verify != NULL ? code->verify(check, value->text) : EPO_CZECH_FINE;
    if (fault == EPO_CZECH_FINE)
        return true;
    struct epo_json *values = epo_json_object(check->pool);
    struct epo_span shown = clean ? value->text : EPO_SPAN("");
    if (clean && code->shown != NULL && fault != EPO_CZECH_SHAPE)
        shown = code->shown(check->pool, shown);
    epo_json_set_text(check->pool, values, "value", shown);
    return epo_check_refuse(
        check, field, epo_pool_printf(check->pool, "form.%s%s", field->kind->name, ends[fault]),
        values);
}

/* ---- drawing and describing ---- */

static void view_code(const struct epo_draw *draw, const struct epo_field *field,
                      struct epo_json *model) {
    const struct code *code = code_of(field);
    epo_json_set_string(draw->pool, model, "partial", "forms/field_code");
    epo_json_set_string(draw->pool, model, "inputmode", code->inputmode);
    epo_json_set_string(draw->pool, model, "autocomplete", code->autocomplete);
    epo_json_set_string(draw->pool, model, "width", code->width);
    epo_json_set_string(draw->pool, model, "capitalize", code->lower == 'A' ? "characters" : "off");
}

static void schema_code(const struct epo_draw *draw, const struct epo_field *field,
                        struct epo_json *schema) {
    const struct code *code = code_of(field);
    epo_json_set_string(draw->pool, schema, "type", "string");
    epo_json_set_string(draw->pool, schema, "pattern",
                        epo_pool_printf(draw->pool, "^(?:%s)$", code->pattern));
    if (code->server != NULL)
        epo_schema_server(draw->pool, schema, code->server);
}

static struct epo_span words_code(const struct epo_draw *draw, const struct epo_field *field,
                                  const struct epo_json *value) {
    const struct code *code = code_of(field);
    struct epo_span text = epo_json_is_text(value) ? value->text : EPO_SPAN("");
    return code->shown != NULL && text.len >= 5 ? code->shown(draw->pool, text) : text;
}

static const char *const no_properties[] = {NULL};
static const char *const birth_properties[] = {"law", NULL};

#define CODE_KIND(kind_name, kind_properties)                                                      \
    {                                                                                              \
        .name = kind_name, .properties = kind_properties, .json_type = "string",                   \
        .read = read_code, .parse = parse_code, .accept = accept_code, .limits = limits_code,      \
        .view = view_code, .schema = schema_code, .words = words_code                              \
    }
const struct epo_field_kind epo_kind_birth_number = CODE_KIND("birth_number", birth_properties);
const struct epo_field_kind epo_kind_company_number = CODE_KIND("company_number", no_properties);
const struct epo_field_kind epo_kind_data_box = CODE_KIND("data_box", no_properties);
const struct epo_field_kind epo_kind_postcode = CODE_KIND("postcode", no_properties);
const struct epo_field_kind epo_kind_vehicle_plate = CODE_KIND("vehicle_plate", no_properties);
const struct epo_field_kind epo_kind_chip_number = CODE_KIND("chip_number", no_properties);
