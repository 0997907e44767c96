/* number: a JSON number; money: whole haléře in JSON, crowns in HTML. */
#include <math.h>

#include "forms/field.h"
#include "forms/format.h"

/* -- number ----------------------------------------------------------------------------------- */

static void check_order(struct epo_reader *reader, const struct epo_field *field,
                        const struct epo_json *definition) {
    if (field->min > field->max)
        epo_reader_fault(reader, definition, "min is over max");
}

static void read_number(struct epo_reader *reader, struct epo_field *field,
                        const struct epo_json *definition) {
    field->min = -EPO_NUMBER_MAX;
    field->max = EPO_NUMBER_MAX;
    field->has_min = epo_reader_number(reader, definition, "min", &field->min);
    field->has_max = epo_reader_number(reader, definition, "max", &field->max);
    field->integer = epo_reader_boolean(reader, definition, "integer", false);
    const struct epo_json *unit = epo_json_get(definition, "unit");
    if (unit != NULL && unit->type == EPO_JSON_OBJECT)
        epo_reader_texts(reader, definition, "unit", false);
    else
        epo_reader_text(reader, definition, "unit");
    check_order(reader, field, definition);
}

/* Whole numbers within 2^53 are integers however they were written (1e3, 5.0). */
static struct epo_json *number_value(struct epo_pool *pool, double number) {
    if (number == floor(number) && fabs(number) <= EPO_NUMBER_MAX)
        return epo_json_integer(pool, (int64_t)number);
    return epo_json_real(pool, number);
}

static bool parse_number(struct epo_check *check, const struct epo_field *field,
                         struct epo_span typed, struct epo_json **value) {
    double number;
    if (!epo_format_read_number(typed, &number))
        return epo_check_refuse(check, field, field->integer ? "form.integer" : "form.number",
                                NULL);
    *value = number_value(check->pool, number);
    return true;
}

static struct epo_json *accept_number(struct epo_check *check, const struct epo_field *field,
                                      const struct epo_json *given) {
    (void)field;
    if (given->type == EPO_JSON_INTEGER)
        return number_value(check->pool, (double)given->integer);
    return given->type == EPO_JSON_REAL ? number_value(check->pool, given->real) : NULL;
}

static double as_double(const struct epo_json *value) {
    return value->type == EPO_JSON_INTEGER ? (double)value->integer : value->real;
}

static struct epo_span unit_of(const struct epo_draw *draw, const struct epo_field *field) {
    return epo_json_localized(epo_json_get(field->definition, "unit"), draw->lang);
}

static struct epo_span words_number(const struct epo_draw *draw, const struct epo_field *field,
                                    const struct epo_json *value) {
    struct epo_span unit = unit_of(draw, field);
    struct epo_span number = epo_format_trimmed(draw->pool, draw->lang, as_double(value), 6);
    if (unit.len == 0)
        return number;
    return epo_span(epo_pool_printf(draw->pool, "%.*s\u00a0%.*s", EPO_ARG(number), EPO_ARG(unit)));
}

static bool limits_number(struct epo_check *check, const struct epo_field *field,
                          struct epo_json *value) {
    double number = as_double(value);
    if (field->integer && value->type != EPO_JSON_INTEGER)
        return epo_check_refuse(check, field, "form.integer", NULL);
    if (number >= field->min && number <= field->max)
        return true;
    bool small = number < field->min;
    struct epo_draw draw = {.pool = check->pool, .lang = check->lang};
    struct epo_json limit = {.type = EPO_JSON_REAL, .real = small ? field->min : field->max};
    struct epo_json *values = epo_json_object(check->pool);
    epo_json_set_text(check->pool, values, "limit", words_number(&draw, field, &limit));
    return epo_check_refuse(check, field, small ? "form.too_small" : "form.too_large", values);
}

static void view_number(const struct epo_draw *draw, const struct epo_field *field,
                        struct epo_json *model) {
    bool digits_alone = field->integer && field->has_min && field->min >= 0;
    epo_json_set_string(draw->pool, model, "inputmode", digits_alone ? "numeric" : "decimal");
    epo_json_set_string(draw->pool, model, "step", field->integer ? "1" : "any");
    if (field->has_min)
        epo_json_set(draw->pool, model, "min", number_value(draw->pool, field->min));
    if (field->has_max)
        epo_json_set(draw->pool, model, "max", number_value(draw->pool, field->max));
    if (unit_of(draw, field).len > 0)
        epo_json_set_text(draw->pool, model, "unit", unit_of(draw, field));
}

static void schema_number(const struct epo_draw *draw, const struct epo_field *field,
                          struct epo_json *schema) {
    epo_json_set_string(draw->pool, schema, "type", field->integer ? "integer" : "number");
    epo_json_set(draw->pool, schema, "minimum", number_value(draw->pool, field->min));
    epo_json_set(draw->pool, schema, "maximum", number_value(draw->pool, field->max));
}

/* -- money ------------------------------------------------------------------------------------ */

static void read_money(struct epo_reader *reader, struct epo_field *field,
                       const struct epo_json *definition) {
    int64_t min = 0, max = EPO_MONEY_MAX;
    field->has_min =
        epo_reader_integer(reader, definition, "min", -EPO_MONEY_MAX, EPO_MONEY_MAX, &min);
    field->has_max =
        epo_reader_integer(reader, definition, "max", -EPO_MONEY_MAX, EPO_MONEY_MAX, &max);
    field->min = (double)min;
    field->max = (double)max;
    field->integer = true;
    check_order(reader, field, definition);
}

static bool parse_money(struct epo_check *check, const struct epo_field *field,
                        struct epo_span typed, struct epo_json **value) {
    int64_t amount;
    if (!epo_format_read_money(typed, &amount))
        return epo_check_refuse(check, field, "form.money", NULL);
    *value = epo_json_integer(check->pool, amount);
    return true;
}

static bool limits_money(struct epo_check *check, const struct epo_field *field,
                         struct epo_json *value) {
    if (value->type != EPO_JSON_INTEGER)
        return epo_check_refuse(check, field, "form.integer", NULL);
    if ((double)value->integer >= field->min && (double)value->integer <= field->max)
        return true;
    bool small = (double)value->integer < field->min;
    struct epo_json *values = epo_json_object(check->pool);
    int64_t limit = (int64_t)(small ? field->min : field->max);
    epo_json_set_text(check->pool, values, "limit",
                      epo_format_money(check->pool, check->lang, limit));
    return epo_check_refuse(check, field, small ? "form.too_small" : "form.too_large", values);
}

static void view_money(const struct epo_draw *draw, const struct epo_field *field,
                       struct epo_json *model) {
    (void)field;
    epo_json_set_string(draw->pool, model, "inputmode", "decimal");
}

static struct epo_span words_money(const struct epo_draw *draw, const struct epo_field *field,
                                   const struct epo_json *value) {
    (void)field;
    return epo_format_money(draw->pool, draw->lang, (int64_t)as_double(value));
}

static const char *const number_properties[] = {"min", "max", "integer", "unit", NULL};
static const char *const money_properties[] = {"min", "max", NULL};

const struct epo_field_kind epo_kind_number = {.name = "number",
                                               .properties = number_properties,
                                               .json_type = "number",
                                               .read = read_number,
                                               .parse = parse_number,
                                               .accept = accept_number,
                                               .limits = limits_number,
                                               .view = view_number,
                                               .schema = schema_number,
                                               .words = words_number};
const struct epo_field_kind epo_kind_money = {.name = "money",
                                              .properties = money_properties,
                                              .json_type = "integer",
                                              .read = read_money,
                                              .parse = parse_money,
                                              .accept = accept_number,
                                              .limits = limits_money,
                                              .view = view_money,
                                              .schema = schema_number,
                                              .words = words_money};
