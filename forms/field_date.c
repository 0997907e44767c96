/* date: "YYYY-MM-DD" in JSON, whatever people type in HTML. */
#include <ctype.h>

#include "forms/field.h"

/* Beyond these a year is a slip of the finger. */
#define FIRST_DAY ((struct epo_date){EPO_YEAR_MIN, 1, 1})
#define LAST_DAY ((struct epo_date){EPO_YEAR_MAX, 12, 31})

/* -- rules ------------------------------------------------------------------------------------ */

static struct epo_date add_months(struct epo_date date, int months) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int count = date.year * 12 + date.month - 1 + months;
    date.year = count / 12;
    date.month = count % 12 + 1;
    bool leap = (date.year % 4 == 0 && date.year % 100 != 0) || date.year % 400 == 0;
    int last = days[date.month - 1] + (date.month == 2 && leap);
    if (date.day > last)
        date.day = last;
    return date;
}

struct epo_date epo_day_rule_date(const struct epo_day_rule *rule, struct epo_date today) {
    if (!rule->relative)
        return rule->date;
    if (rule->unit == 'd')
        return epo_date_from_days(epo_date_days(today) + rule->amount);
    return add_months(today, rule->unit == 'y' ? rule->amount * 12 : rule->amount);
}

/* "today", "today+15d", "today-18y" */
static bool read_relative(struct epo_span text, struct epo_day_rule *rule) {
    if (!epo_span_starts(text, EPO_SPAN("today")))
        return false;
    struct epo_span rest = {text.at + 5, text.len - 5};
    rule->relative = true;
    rule->unit = 'd';
    if (rest.len == 0)
        return true;
    int64_t amount;
    char sign = rest.at[0];
    if (rest.len < 3 || (sign != '+' && sign != '-') || !isdigit((unsigned char)rest.at[1]) ||
        strchr("dmy", rest.at[rest.len - 1]) == NULL ||
        !epo_span_integer((struct epo_span){rest.at + 1, rest.len - 2}, &amount))
        return false;
    rule->unit = rest.at[rest.len - 1];
    rule->amount = (int)(amount < 40000 ? amount : 40000) * (sign == '-' ? -1 : 1);
    return amount <= (rule->unit == 'd' ? 40000 : rule->unit == 'm' ? 1800 : 150);
}

void epo_day_rule_read(struct epo_reader *reader, const struct epo_json *definition,
                       const char *name, struct epo_day_rule *rule) {
    struct epo_span text = epo_reader_text(reader, definition, name);
    if (text.len == 0)
        return;
    rule->set = epo_date_parse(text, &rule->date) || read_relative(text, rule);
    if (!rule->set)
        epo_reader_fault(reader, epo_json_get(definition, name),
                         "\"%s\" wants a date \"2026-01-31\", \"today\", \"today+15d\", "
                         "\"today-18y\" (d, m or y; at most 150 years)",
                         name);
}

static const struct epo_field *read_other(struct epo_reader *reader, const struct epo_field *field,
                                          const struct epo_json *definition, const char *name) {
    struct epo_span id = epo_reader_text(reader, definition, name);
    if (id.len == 0)
        return NULL;
    const struct epo_field *other = epo_form_field(reader->form, id);
    if (other == NULL || other->index >= field->index || other->kind != &epo_kind_date) {
        epo_reader_fault(reader, epo_json_get(definition, name),
                         "\"%s\" wants the id of an earlier date field, not \"%.*s\"", name,
                         EPO_ARG(id));
        return NULL;
    }
    const struct epo_section *group = epo_field_group(reader->form, other);
    if (group != NULL && other->section != field->section) {
        epo_reader_fault(reader, epo_json_get(definition, name),
                         "\"%.*s\" stands in the repeated group \"%s\": there are many of it",
                         EPO_ARG(id), group->id);
        return NULL;
    }
    return other;
}

static void read_date(struct epo_reader *reader, struct epo_field *field,
                      const struct epo_json *definition) {
    epo_day_rule_read(reader, definition, "min", &field->first);
    epo_day_rule_read(reader, definition, "max", &field->last);
    field->after = read_other(reader, field, definition, "after");
    field->not_before = read_other(reader, field, definition, "not_before");
}

static struct epo_date first_day(const struct epo_field *field, struct epo_date today) {
    return field->first.set ? epo_day_rule_date(&field->first, today) : FIRST_DAY;
}

static struct epo_date last_day(const struct epo_field *field, struct epo_date today) {
    return field->last.set ? epo_day_rule_date(&field->last, today) : LAST_DAY;
}

/* -- checking --------------------------------------------------------------------------------- */

static struct epo_json *date_value(struct epo_pool *pool, struct epo_date date) {
    char text[EPO_TIME_SIZE];
    return epo_json_string(pool, epo_date_iso(date, text));
}

static bool parse_date(struct epo_check *check, const struct epo_field *field,
                       struct epo_span typed, struct epo_json **value) {
    struct epo_date date;
    if (!epo_date_parse_loose(typed, &date) || date.year > 9999 || date.year < 1)
        return epo_check_refuse(check, field, "form.date", NULL);
    *value = date_value(check->pool, date);
    return true;
}

static struct epo_json *accept_date(struct epo_check *check, const struct epo_field *field,
                                    const struct epo_json *given) {
    (void)field;
    return epo_json_is_text(given) ? epo_json_text(check->pool, given->text) : NULL;
}

static bool refuse_day(struct epo_check *check, const struct epo_field *field, const char *code,
                       struct epo_date limit) {
    char text[EPO_TIME_SIZE];
    struct epo_json *values = epo_json_object(check->pool);
    epo_json_set_string(check->pool, values, "limit", epo_date_local(limit, check->lang, text));
    return epo_check_refuse(check, field, code, values);
}

/* Later than another answer: nothing to compare with where that one is missing or wrong. */
static bool check_other(struct epo_check *check, const struct epo_field *field,
                        const struct epo_field *other, struct epo_date date, bool same_day,
                        const char *code) {
    struct epo_date earlier;
    const struct epo_json *said = other != NULL ? epo_check_answer(check, other) : NULL;
    if (!epo_json_is_text(said) || !epo_date_parse(said->text, &earlier))
        return true;
    int64_t between = epo_date_days(date) - epo_date_days(earlier);
    if (between > 0 || (same_day && between == 0))
        return true;
    struct epo_json *values = epo_json_object(check->pool);
    epo_json_set_text(check->pool, values, "other", epo_field_label(other, check->lang));
    return epo_check_refuse(check, field, code, values);
}

static bool limits_date(struct epo_check *check, const struct epo_field *field,
                        struct epo_json *value) {
    struct epo_date date;
    if (!epo_date_parse(value->text, &date))
        return epo_check_refuse(check, field, "form.date", NULL);
    struct epo_date first = first_day(field, check->today), last = last_day(field, check->today);
    if (epo_date_days(date) < epo_date_days(first))
        return refuse_day(check, field, "form.too_early", first);
    if (epo_date_days(date) > epo_date_days(last))
        return refuse_day(check, field, "form.too_late", last);
    return check_other(check, field, field->after, date, false, "form.after") &&
           check_other(check, field, field->not_before, date, true, "form.not_before");
}

/* -- drawing and describing ------------------------------------------------------------------- */

/* A date input takes ISO alone; what was typed otherwise is shown as it is. */
static void view_date(const struct epo_draw *draw, const struct epo_field *field,
                      struct epo_json *model) {
    struct epo_date typed;
    if (field->first.set)
        epo_json_set(draw->pool, model, "min",
                     date_value(draw->pool, first_day(field, draw->today)));
    if (field->last.set)
        epo_json_set(draw->pool, model, "max",
                     date_value(draw->pool, last_day(field, draw->today)));
    if (epo_date_parse_loose(epo_json_get_text(model, "value"), &typed))
        epo_json_set(draw->pool, model, "value", date_value(draw->pool, typed));
}

static void digits(struct epo_buffer *out, size_t from) {
    static const char shape[] = "dddd-dd-dd";
    for (; shape[from] != '\0'; from++)
        epo_buffer_string(out, shape[from] == 'd' ? "[0-9]" : "-");
}

/* A pattern for days up to or from a limit: one alternative for each digit at which a day can
 * first differ. Plain JSON Schema has no comparison of dates. */
static const char *range_pattern(struct epo_pool *pool, struct epo_date limit, bool at_least) {
    char iso[EPO_TIME_SIZE];
    struct epo_buffer out;
    epo_date_iso(limit, iso);
    epo_buffer_init(&out, 4096);
    epo_buffer_printf(&out, "^(?:%s", iso);
    for (size_t i = 0; i < 10; i++) {
        if (iso[i] == '-' || iso[i] == (at_least ? '9' : '0'))
            continue;
        epo_buffer_byte(&out, '|');
        epo_buffer_append(&out, iso, i);
        epo_buffer_printf(&out, "[%c-%c]", at_least ? iso[i] + 1 : '0',
                          at_least ? '9' : iso[i] - 1);
        digits(&out, i + 1);
    }
    epo_buffer_string(&out, ")$");
    const char *pattern = epo_pool_string(pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return pattern;
}

static void push_pattern(struct epo_pool *pool, struct epo_json *all, const char *pattern) {
    struct epo_json *part = epo_json_object(pool);
    epo_json_set_string(pool, part, "pattern", pattern);
    epo_json_push(pool, all, part);
}

void epo_day_schema(const struct epo_draw *draw, const struct epo_field *field,
                    struct epo_json *schema) {
    epo_json_set_string(draw->pool, schema, "type", "string");
    epo_json_set_string(draw->pool, schema, "format", "date");
    struct epo_json *all = epo_json_set(draw->pool, schema, "allOf", epo_json_array(draw->pool));
    push_pattern(draw->pool, all, range_pattern(draw->pool, first_day(field, draw->today), true));
    push_pattern(draw->pool, all, range_pattern(draw->pool, last_day(field, draw->today), false));
}

static void schema_date(const struct epo_draw *draw, const struct epo_field *field,
                        struct epo_json *schema) {
    epo_day_schema(draw, field, schema);
    const struct epo_field *other = field->after != NULL ? field->after : field->not_before;
    if (other != NULL)
        epo_json_set_string(draw->pool, schema, "$comment",
                            epo_pool_printf(draw->pool, "checked by the server: %s \"%s\"",
                                            field->after != NULL ? "after" : "not before",
                                            other->id));
}

static struct epo_span words_date(const struct epo_draw *draw, const struct epo_field *field,
                                  const struct epo_json *value) {
    struct epo_date date;
    char text[EPO_TIME_SIZE];
    (void)field;
    if (!epo_json_is_text(value) || !epo_date_parse(value->text, &date))
        return (struct epo_span){"", 0};
    return epo_pool_copy(draw->pool, epo_span(epo_date_local(date, draw->lang, text)));
}

static const char *const date_properties[] = {"min", "max", "after", "not_before", NULL};

const struct epo_field_kind epo_kind_date = {.name = "date",
                                             .properties = date_properties,
                                             .json_type = "string",
                                             .read = read_date,
                                             .parse = parse_date,
                                             .accept = accept_date,
                                             .limits = limits_date,
                                             .view = view_date,
                                             .schema = schema_date,
                                             .words = words_date};
