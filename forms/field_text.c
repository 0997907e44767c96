/* text, long_text, email, phone: JSON strings. */
#include "base/limits.h"
#include "forms/field.h"
#include "forms/pattern.h"

#define TEXT_LENGTH 255       /* where a definition says nothing */
#define LONG_TEXT_LENGTH 5000 /* the same */
#define EMAIL_LENGTH 254      /* RFC 5321: a path is 256 octets with its brackets */

/* The same in PCRE2 and in ECMAScript with the u flag, so that the JSON Schema says exactly what
 * is checked here. E-mail: the HTML standard's rule, with at least one dot in the domain. */
#define EMAIL_PATTERN                                                                              \
    "[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"               \
    "(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
/* E.164; behind the code of a country whose numbers all have one length, exactly that: North
 * America ten digits, Czechia, Slovakia, Poland, France, Spain and Ukraine nine. */
#define PHONE_PATTERN                                                                              \
    "\\+(?:1[2-9][0-9]{9}|(?:33|34|48|380|420|421)[0-9]{9}|"                                       \
    "(?!1|33|34|48|380|420|421)[2-9][0-9]{6,14})"
#define LINES_PATTERN                                                                              \
    "^(?=[\\s\\S]*[^ \\n\\t])[^\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F\\u2028\\u2029]+$"

/* -- reading ---------------------------------------------------------------------------------- */

static void read_pattern(struct epo_reader *reader, struct epo_field *field,
                         const struct epo_json *definition) {
    struct epo_span pattern = epo_reader_text(reader, definition, "pattern");
    const struct epo_json *at = epo_json_get(definition, "pattern");
    const struct epo_json *message =
        epo_reader_texts(reader, definition, "pattern_message", pattern.len > 0);
    if (message != NULL && pattern.len == 0)
        epo_reader_fault(reader, message, "\"pattern_message\" without \"pattern\"");
    if (pattern.len == 0)
        return;
    char why[128] = "";
    const char *stranger = epo_pattern_stranger(pattern);
    if (stranger != NULL) {
        epo_reader_fault(reader, at, "the pattern cannot be used: %s", stranger);
        return;
    }
    field->pattern_source = epo_pool_string(reader->form->pool, pattern);
    field->pattern = epo_pattern_compile(reader->form->pool, field->pattern_source, why);
    if (field->pattern == NULL)
        epo_reader_fault(reader, at, "the pattern cannot be used: %s", why);
}

static void read_lengths(struct epo_reader *reader, struct epo_field *field,
                         const struct epo_json *definition, int64_t usual) {
    field->min_length = 1;
    field->max_length = usual;
    epo_reader_integer(reader, definition, "min_length", 1, EPO_TEXT_CHARS_MAX, &field->min_length);
    epo_reader_integer(reader, definition, "max_length", 1, EPO_TEXT_CHARS_MAX, &field->max_length);
    if (field->min_length > field->max_length)
        epo_reader_fault(reader, definition, "min_length %lld is over max_length %lld",
                         (long long)field->min_length, (long long)field->max_length);
}

static void read_text(struct epo_reader *reader, struct epo_field *field,
                      const struct epo_json *definition) {
    static const char *const modes[] = {"text",  "numeric", "decimal", "tel",
                                        "email", "url",     "search",  NULL};
    bool lines = field->kind == &epo_kind_long_text;
    read_lengths(reader, field, definition, lines ? LONG_TEXT_LENGTH : TEXT_LENGTH);
    epo_reader_boolean(reader, definition, "spellcheck", true);
    if (lines) {
        int64_t rows;
        epo_reader_integer(reader, definition, "rows", 2, 40, &rows);
        return;
    }
    read_pattern(reader, field, definition);
    struct epo_span mode = epo_reader_text(reader, definition, "inputmode");
    bool known = mode.len == 0;
    for (size_t i = 0; modes[i] != NULL; i++)
        known = known || epo_span_is(mode, modes[i]);
    if (!known)
        epo_reader_fault(reader, epo_json_get(definition, "inputmode"),
                         "unknown inputmode: text, numeric, decimal, tel, email, url, search");
}

static void read_email(struct epo_reader *reader, struct epo_field *field,
                       const struct epo_json *definition) {
    char why[128];
    (void)definition;
    field->min_length = 6; /* a@b.cz */
    field->max_length = EMAIL_LENGTH;
    field->pattern = epo_pattern_compile(reader->form->pool, EMAIL_PATTERN, why);
    epo_assert(field->pattern != NULL);
}

static void read_phone(struct epo_reader *reader, struct epo_field *field,
                       const struct epo_json *definition) {
    char why[128];
    (void)definition;
    field->min_length = 8;
    field->max_length = 16;
    field->pattern = epo_pattern_compile(reader->form->pool, PHONE_PATTERN, why);
    epo_assert(field->pattern != NULL);
}

/* -- checking --------------------------------------------------------------------------------- */

/* U+0080-9F are C2 80-9F; U+2028 and U+2029 (line and paragraph separator) E2 80 A8-A9. */
static bool is_control(const unsigned char *at, size_t left, bool lines) {
    if (at[0] < 0x20)
        return !(lines && (at[0] == '\n' || at[0] == '\t'));
    return at[0] == 0x7f || (at[0] == 0xc2 && left > 1 && at[1] >= 0x80 && at[1] <= 0x9f) ||
           (at[0] == 0xe2 && left > 2 && at[1] == 0x80 && (at[2] == 0xa8 || at[2] == 0xa9));
}

bool epo_text_is_clean(struct epo_span text, bool lines) {
    if (!epo_text_valid(text))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (is_control((const unsigned char *)text.at + i, text.len - i, lines))
            return false;
    return true;
}

/* CR LF and lone CR, as browsers send line ends, become LF. */
static struct epo_span normalise_lines(struct epo_pool *pool, struct epo_span text) {
    char *out = epo_pool_alloc(pool, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '\r' && i + 1 < text.len && text.at[i + 1] == '\n')
            continue;
        out[len++] = text.at[i] == '\r' ? '\n' : text.at[i];
    }
    return (struct epo_span){out, len};
}

static bool parse_text(struct epo_check *check, const struct epo_field *field,
                       struct epo_span typed, struct epo_json **value) {
    if (field->kind == &epo_kind_long_text)
        typed = normalise_lines(check->pool, typed);
    *value = epo_json_text(check->pool, typed);
    return true;
}

/* "602 123 456", "+420 602-123-456", "00420602123456" -> "+420602123456". */
static bool parse_phone(struct epo_check *check, const struct epo_field *field,
                        struct epo_span typed, struct epo_json **value) {
    char digits[32] = "";
    size_t len = 0;
    (void)field;
    for (size_t i = 0; i < typed.len && len + 1 < sizeof(digits); i++) {
        if (typed.at[i] == '\xc2' && i + 1 < typed.len && typed.at[i + 1] == '\xa0')
            i++; /* no-break space */
        else if (strchr(" -/.()", typed.at[i]) == NULL)
            digits[len++] = typed.at[i];
    }
    const char *prefix = "";
    const char *number = digits;
    if (digits[0] == '0' && digits[1] == '0') {
        prefix = "+";
        number = digits + 2;
    } else if (len == 9 && digits[0] >= '1') {
        prefix = "+420";
    }
    *value = epo_json_string(check->pool, epo_pool_printf(check->pool, "%s%s", prefix, number));
    return true;
}

static struct epo_json *accept_text(struct epo_check *check, const struct epo_field *field,
                                    const struct epo_json *given) {
    (void)field;
    return epo_json_is_text(given) ? epo_json_text(check->pool, given->text) : NULL;
}

static bool refuse_length(struct epo_check *check, const struct epo_field *field, const char *code,
                          int64_t limit, size_t length) {
    struct epo_json *values = epo_json_object(check->pool);
    epo_json_set_integer(check->pool, values, "limit", limit);
    epo_json_set_integer(check->pool, values, "length", (int64_t)length);
    return epo_check_refuse(check, field, code, values);
}

static bool limits_text(struct epo_check *check, const struct epo_field *field,
                        struct epo_json *value) {
    bool lines = field->kind == &epo_kind_long_text;
    if (!epo_text_is_clean(value->text, lines))
        return epo_check_refuse(check, field, "form.characters", NULL);
    size_t length = epo_text_length(value->text);
    if (epo_span_trim(value->text).len == 0)
        return epo_check_refuse(check, field, "form.required", NULL);
    if (length < (size_t)field->min_length)
        return refuse_length(check, field, "form.too_short", field->min_length, length);
    if (length > (size_t)field->max_length)
        return refuse_length(check, field, "form.too_long", field->max_length, length);
    if (field->pattern == NULL || epo_pattern_matches(field->pattern, value->text))
        return true;
    const struct epo_json *message = epo_json_get(field->definition, "pattern_message");
    return epo_check_refuse_with(check, field->id, "form.pattern",
                                 epo_json_localized(message, check->lang));
}

static bool limits_email(struct epo_check *check, const struct epo_field *field,
                         struct epo_json *value) {
    if (epo_text_is_clean(value->text, false) && value->text.len <= EMAIL_LENGTH &&
        epo_pattern_matches(field->pattern, value->text))
        return true;
    return epo_check_refuse(check, field, "form.email", NULL);
}

static bool limits_phone(struct epo_check *check, const struct epo_field *field,
                         struct epo_json *value) {
    if (epo_text_is_clean(value->text, false) && value->text.len <= 16 &&
        epo_pattern_matches(field->pattern, value->text))
        return true;
    return epo_check_refuse(check, field, "form.phone", NULL);
}

/* -- drawing and describing ------------------------------------------------------------------- */

static void view_text(const struct epo_draw *draw, const struct epo_field *field,
                      struct epo_json *model) {
    const struct epo_json *spellcheck = epo_json_get(field->definition, "spellcheck");
    epo_json_set_integer(draw->pool, model, "max_length", field->max_length);
    if (spellcheck != NULL)
        epo_json_set_string(draw->pool, model, "spellcheck",
                            spellcheck->boolean ? "true" : "false");
    if (field->kind == &epo_kind_long_text)
        epo_json_set_integer(draw->pool, model, "rows",
                             epo_json_get_integer(field->definition, "rows", 5));
    else if (field->max_length <= 12)
        epo_json_set_string(draw->pool, model, "width", "short");
    else if (field->max_length <= 40)
        epo_json_set_string(draw->pool, model, "width", "medium");
}

static void view_typed(const struct epo_draw *draw, const struct epo_field *field,
                       struct epo_json *model) {
    epo_json_set_string(draw->pool, model, "inputmode",
                        field->kind == &epo_kind_email ? "email" : "tel");
}

static void schema_text(const struct epo_draw *draw, const struct epo_field *field,
                        struct epo_json *schema) {
    bool lines = field->kind == &epo_kind_long_text;
    epo_json_set_string(draw->pool, schema, "type", "string");
    epo_json_set_integer(draw->pool, schema, "minLength", field->min_length);
    epo_json_set_integer(draw->pool, schema, "maxLength", field->max_length);
    epo_json_set_string(draw->pool, schema, "pattern", lines ? LINES_PATTERN : EPO_LINE_PATTERN);
    if (field->pattern_source == NULL)
        return;
    struct epo_json *all = epo_json_set(draw->pool, schema, "allOf", epo_json_array(draw->pool));
    struct epo_json *own = epo_json_object(draw->pool);
    epo_json_set_string(draw->pool, own, "pattern",
                        epo_pool_printf(draw->pool, "^(?:%s)$", field->pattern_source));
    epo_json_push(draw->pool, all, own);
}

static void schema_email(const struct epo_draw *draw, const struct epo_field *field,
                         struct epo_json *schema) {
    epo_json_set_string(draw->pool, schema, "type", "string");
    epo_json_set_integer(draw->pool, schema, "maxLength", field->max_length);
    epo_json_set_string(draw->pool, schema, "pattern", "^" EMAIL_PATTERN "$");
}

static void schema_phone(const struct epo_draw *draw, const struct epo_field *field,
                         struct epo_json *schema) {
    (void)field;
    epo_json_set_string(draw->pool, schema, "type", "string");
    epo_json_set_string(draw->pool, schema, "pattern", "^(?:" PHONE_PATTERN ")$");
}

static struct epo_span words_text(const struct epo_draw *draw, const struct epo_field *field,
                                  const struct epo_json *value) {
    (void)draw;
    (void)field;
    return epo_json_is_text(value) ? value->text : (struct epo_span){"", 0};
}

/* "+420602123456" -> "+420 602 123 456", with no-break spaces; others as they are. */
static struct epo_span words_phone(const struct epo_draw *draw, const struct epo_field *field,
                                   const struct epo_json *value) {
    struct epo_span text = words_text(draw, field, value);
    if (text.len != 13 || !epo_span_starts(text, EPO_SPAN("+420")))
        return text;
    return epo_span(epo_pool_printf(draw->pool, "+420\u00a0%.3s\u00a0%.3s\u00a0%.3s", text.at + 4,
                                    text.at + 7, text.at + 10));
}

static const char *const text_properties[] = {
    "min_length", "max_length", "pattern", "pattern_message", "inputmode", "spellcheck", NULL};
static const char *const long_text_properties[] = {"min_length", "max_length", "rows", "spellcheck",
                                                   NULL};
static const char *const no_properties[] = {NULL};

const struct epo_field_kind epo_kind_text = {.name = "text",
                                             .properties = text_properties,
                                             .json_type = "string",
                                             .read = read_text,
                                             .parse = parse_text,
                                             .accept = accept_text,
                                             .limits = limits_text,
                                             .view = view_text,
                                             .schema = schema_text,
                                             .words = words_text};
const struct epo_field_kind epo_kind_long_text = {.name = "long_text",
                                                  .properties = long_text_properties,
                                                  .json_type = "string",
                                                  .read = read_text,
                                                  .parse = parse_text,
                                                  .accept = accept_text,
                                                  .limits = limits_text,
                                                  .view = view_text,
                                                  .schema = schema_text,
                                                  .words = words_text};
const struct epo_field_kind epo_kind_email = {.name = "email",
                                              .properties = no_properties,
                                              .json_type = "string",
                                              .read = read_email,
                                              .parse = parse_text,
                                              .accept = accept_text,
                                              .limits = limits_email,
                                              .view = view_typed,
                                              .schema = schema_email,
                                              .words = words_text};
const struct epo_field_kind epo_kind_phone = {.name = "phone",
                                              .properties = no_properties,
                                              .json_type = "string",
                                              .read = read_phone,
                                              .parse = parse_phone,
                                              .accept = accept_text,
                                              .limits = limits_phone,
                                              .view = view_typed,
                                              .schema = schema_phone,
                                              .words = words_phone};
