/* bank_account: typed as a Czech account or an IBAN, kept in both forms: {"iban", "account"?}. JSON
 * gives either form as a string, or the object. */
#include "forms/czech.h"
#include "forms/field.h"

#define ACCOUNT_PATTERN "(?:[0-9]{1,6}-)?[0-9]{2,10}/[0-9]{4}"
#define IBAN_PATTERN "[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}"

static void read_account(struct epo_reader *reader, struct epo_field *field,
                         const struct epo_json *definition) {
    (void)reader;
    (void)field;
    (void)definition;
}

static bool refuse(struct epo_check *check, const struct epo_field *field,
                   enum epo_czech_fault fault, struct epo_span given) {
    struct epo_json *values = epo_json_object(check->pool);
    epo_json_set_text(check->pool, values, "value", given);
    return epo_check_refuse(check, field,
                            fault == EPO_CZECH_SUM ? "form.bank_account_sum" : "form.bank_account",
                            values);
}

static struct epo_json *value_of(struct epo_pool *pool, const struct epo_account *account) {
    struct epo_json *value = epo_json_object(pool);
    epo_json_set_string(pool, value, "iban", account->iban);
    if (account->local[0] != '\0')
        epo_json_set_string(pool, value, "account", account->local);
    return value;
}

/* Kept as typed until limits_account, which looks at both sources alike. */
static bool parse_account(struct epo_check *check, const struct epo_field *field,
                          struct epo_span typed, struct epo_json **value) {
    (void)field;
    *value = epo_json_text(check->pool, epo_code_plain(check->pool, typed, "", 'A'));
    return true;
}

static struct epo_json *accept_account(struct epo_check *check, const struct epo_field *field,
                                       const struct epo_json *given) {
    (void)field;
    bool fits = epo_json_is_text(given) || given->type == EPO_JSON_OBJECT;
    return fits ? epo_json_copy(check->pool, given) : NULL;
}

/* An object says the same twice, or has one of the forms. */
static struct epo_span text_of(const struct epo_json *value, struct epo_span *other) {
    *other = EPO_SPAN("");
    if (epo_json_is_text(value))
        return value->text;
    for (uint32_t i = 0; i < value->count; i++)
        if ((!epo_span_is(value->names[i], "iban") && !epo_span_is(value->names[i], "account")) ||
            !epo_json_is_text(value->items[i]))
            return EPO_SPAN("");
    *other = epo_json_get_text(value, "account");
    bool empty = epo_json_get(value, "account") != NULL && other->len == 0;
    return empty ? EPO_SPAN("") : epo_json_get_text(value, "iban");
}

static bool limits_account(struct epo_check *check, const struct epo_field *field,
                           struct epo_json *value) {
    struct epo_account account;
    struct epo_span other, text = text_of(value, &other);
    if (text.len > 40 || !epo_text_is_clean(text, false))
        return refuse(check, field, EPO_CZECH_SHAPE, EPO_SPAN(""));
    enum epo_czech_fault fault = epo_account_read(text, &account);
    if (fault == EPO_CZECH_FINE && other.len > 0 && !epo_span_is(other, account.local))
        fault = EPO_CZECH_SUM;
    if (fault != EPO_CZECH_FINE)
        return refuse(check, field, fault, text);
    *value = *value_of(check->pool, &account);
    return true;
}

static void view_account(const struct epo_draw *draw, const struct epo_field *field,
                         struct epo_json *model) {
    (void)field;
    epo_json_set_string(draw->pool, model, "partial", "forms/field_code");
    epo_json_set_string(draw->pool, model, "inputmode", "text");
    epo_json_set_string(draw->pool, model, "autocomplete", "off");
    epo_json_set_string(draw->pool, model, "width", "medium");
    epo_json_set_string(draw->pool, model, "capitalize", "characters");
}

static void set_pattern(struct epo_pool *pool, struct epo_json *schema, const char *pattern) {
    epo_json_set_string(pool, schema, "type", "string");
    epo_json_set_string(pool, schema, "pattern", pattern);
}

static void schema_account(const struct epo_draw *draw, const struct epo_field *field,
                           struct epo_json *schema) {
    struct epo_pool *pool = draw->pool;
    struct epo_json *any = epo_json_set(pool, schema, "anyOf", epo_json_array(pool));
    struct epo_json *text = epo_json_object(pool), *both = epo_json_object(pool);
    (void)field;
    set_pattern(pool, text, "^(?:" ACCOUNT_PATTERN "|" IBAN_PATTERN ")$");
    epo_json_set_string(pool, both, "type", "object");
    struct epo_json *members = epo_json_set(pool, both, "properties", epo_json_object(pool));
    set_pattern(pool, epo_json_set(pool, members, "iban", epo_json_object(pool)),
                "^(?:" IBAN_PATTERN ")$");
    set_pattern(pool, epo_json_set(pool, members, "account", epo_json_object(pool)),
                "^(?:" ACCOUNT_PATTERN ")$");
    struct epo_json *required = epo_json_set(pool, both, "required", epo_json_array(pool));
    epo_json_push(pool, required, epo_json_string(pool, "iban"));
    epo_json_set_boolean(pool, both, "additionalProperties", false);
    epo_json_push(pool, any, text);
    epo_json_push(pool, any, both);
    epo_schema_server(
        pool, schema,
        "prefix and number of a Czech account are divisible by 11 under their weights; "
        "an IBAN modulo 97 and by its country's length; two forms are one account");
}

/* Older answers are the text alone. */
static struct epo_span words_account(const struct epo_draw *draw, const struct epo_field *field,
                                     const struct epo_json *value) {
    (void)field;
    if (epo_json_is_text(value))
        return value->text;
    struct epo_span local = epo_json_get_text(value, "account");
    struct epo_span iban = epo_iban_words(draw->pool, epo_json_get_text(value, "iban"));
    if (local.len == 0)
        return iban;
    return epo_span(epo_pool_printf(draw->pool, "%.*s (%.*s)", EPO_ARG(local), EPO_ARG(iban)));
}

static const char *const no_properties[] = {NULL};

const struct epo_field_kind epo_kind_bank_account = {.name = "bank_account",
                                                     .properties = no_properties,
                                                     .json_type = "string",
                                                     .read = read_account,
                                                     .parse = parse_account,
                                                     .accept = accept_account,
                                                     .limits = limits_account,
                                                     .view = view_account,
                                                     .schema = schema_account,
                                                     .words = words_account};
