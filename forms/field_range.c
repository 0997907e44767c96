/* date_range: two days, "<id>.from" and "<id>.to" in HTML, {"from","to"} in JSON; both count. */
#include "forms/field.h"

#define DAYS_MAX 36525 /* a hundred years */

static const char *const SIDES[] = {"from", "to"};

/* -- reading ---------------------------------------------------------------------------------- */

static void read_range(struct epo_reader *reader, struct epo_field *field,
                       const struct epo_json *definition) {
    epo_day_rule_read(reader, definition, "min", &field->first);
    epo_day_rule_read(reader, definition, "max", &field->last);
    field->min_days = 1;
    field->max_days = DAYS_MAX;
    epo_reader_integer(reader, definition, "min_days", 1, DAYS_MAX, &field->min_days);
    epo_reader_integer(reader, definition, "max_days", 1, DAYS_MAX, &field->max_days);
    if (field->min_days > field->max_days)
        epo_reader_fault(reader, definition, "min_days %lld is over max_days %lld",
                         (long long)field->min_days, (long long)field->max_days);
}

/* -- checking --------------------------------------------------------------------------------- */

static struct epo_span typed_side(const struct epo_json *raw, struct epo_pool *pool,
                                  const struct epo_field *field, int side) {
    return epo_span_trim(epo_raw_text(raw, epo_pool_printf(pool, "%s.%s", field->id, SIDES[side])));
}

static bool refuse_side(struct epo_check *check, const struct epo_field *field, int side) {
    return epo_check_refuse(check, field, side == 0 ? "form.range_from" : "form.range_to", NULL);
}

static bool gather_range(struct epo_check *check, const struct epo_field *field, bool *empty,
                         struct epo_json **value) {
    struct epo_span typed[2];
    for (int side = 0; side < 2; side++)
        typed[side] = typed_side(check->raw, check->pool, field, side);
    *empty = typed[0].len + typed[1].len == 0;
    if (*empty)
        return true;
    *value = epo_json_object(check->pool);
    for (int side = 0; side < 2; side++) {
        struct epo_date date;
        char text[EPO_TIME_SIZE];
        if (!epo_text_valid(typed[side]) || !epo_date_parse_loose(typed[side], &date) ||
            date.year > 9999 || date.year < 1)
            return refuse_side(check, field, side);
        epo_json_set_string(check->pool, *value, SIDES[side], epo_date_iso(date, text));
    }
    return true;
}

static struct epo_json *accept_range(struct epo_check *check, const struct epo_field *field,
                                     const struct epo_json *given) {
    (void)field;
    bool fits = given->type == EPO_JSON_OBJECT && given->count == 2;
    for (int side = 0; fits && side < 2; side++)
        fits = epo_json_is_text(epo_json_get(given, SIDES[side]));
    return fits ? epo_json_copy(check->pool, given) : NULL;
}

static bool refuse_limit(struct epo_check *check, const struct epo_field *field, const char *code,
                         const struct epo_day_rule *rule) {
    char text[EPO_TIME_SIZE];
    struct epo_json *values = epo_json_object(check->pool);
    epo_json_set_string(check->pool, values, "limit",
                        epo_date_local(epo_day_rule_date(rule, check->today), check->lang, text));
    return epo_check_refuse(check, field, code, values);
}

static bool refuse_days(struct epo_check *check, const struct epo_field *field, const char *code,
                        int64_t limit, int64_t days) {
    struct epo_json *values = epo_json_object(check->pool);
    epo_json_set_integer(check->pool, values, "limit", limit);
    epo_json_set_integer(check->pool, values, "days", days);
    return epo_check_refuse(check, field, code, values);
}

static bool limits_range(struct epo_check *check, const struct epo_field *field,
                         struct epo_json *value) {
    struct epo_date date[2];
    for (int side = 0; side < 2; side++)
        if (!epo_date_parse(epo_json_get_text(value, SIDES[side]), &date[side]) ||
            date[side].year < EPO_YEAR_MIN || date[side].year > EPO_YEAR_MAX)
            return refuse_side(check, field, side);
    int64_t from = epo_date_days(date[0]), to = epo_date_days(date[1]);
    if (from > to)
        return epo_check_refuse(check, field, "form.range_order", NULL);
    if (field->first.set && from < epo_date_days(epo_day_rule_date(&field->first, check->today)))
        return refuse_limit(check, field, "form.too_early", &field->first);
    if (field->last.set && to > epo_date_days(epo_day_rule_date(&field->last, check->today)))
        return refuse_limit(check, field, "form.too_late", &field->last);
    if (to - from + 1 < field->min_days)
        return refuse_days(check, field, "form.range_short", field->min_days, to - from + 1);
    if (to - from + 1 > field->max_days)
        return refuse_days(check, field, "form.range_long", field->max_days, to - from + 1);
    return true;
}

/* -- drawing and describing ------------------------------------------------------------------- */

static void set_limit(const struct epo_draw *draw, struct epo_json *model, const char *name,
                      const struct epo_day_rule *rule) {
    char text[EPO_TIME_SIZE];
    if (rule->set)
        epo_json_set_string(draw->pool, model, name,
                            epo_date_iso(epo_day_rule_date(rule, draw->today), text));
}

/* A date input takes ISO alone; what was typed otherwise is shown as it is. */
static void view_range(const struct epo_draw *draw, const struct epo_field *field,
                       struct epo_json *model) {
    const struct epo_json *raw = draw->result != NULL ? draw->result->raw : NULL;
    for (int side = 0; side < 2; side++) {
        struct epo_date date;
        char text[EPO_TIME_SIZE];
        struct epo_span typed = typed_side(raw, draw->pool, field, side);
        if (epo_text_valid(typed) && epo_date_parse_loose(typed, &date))
            typed = epo_span(epo_date_iso(date, text));
        epo_json_set_text(draw->pool, model, SIDES[side], typed);
    }
    set_limit(draw, model, "min", &field->first);
    set_limit(draw, model, "max", &field->last);
}

static void schema_range(const struct epo_draw *draw, const struct epo_field *field,
                         struct epo_json *schema) {
    struct epo_pool *pool = draw->pool;
    epo_json_set_string(pool, schema, "type", "object");
    struct epo_json *members = epo_json_set(pool, schema, "properties", epo_json_object(pool));
    struct epo_json *required = epo_json_set(pool, schema, "required", epo_json_array(pool));
    for (int side = 0; side < 2; side++) {
        epo_day_schema(draw, field,
                       epo_json_set(pool, members, SIDES[side], epo_json_object(pool)));
        epo_json_push(pool, required, epo_json_string(pool, SIDES[side]));
    }
    epo_json_set_boolean(pool, schema, "additionalProperties", false);
    epo_schema_server(pool, schema,
                      epo_pool_printf(pool,
                                      "from is not after to; from %lld to %lld days, both counted",
                                      (long long)field->min_days, (long long)field->max_days));
}

static struct epo_span words_range(const struct epo_draw *draw, const struct epo_field *field,
                                   const struct epo_json *value) {
    struct epo_date from, to;
    char first[EPO_TIME_SIZE], last[EPO_TIME_SIZE];
    (void)field;
    if (!epo_date_parse(epo_json_get_text(value, "from"), &from) ||
        !epo_date_parse(epo_json_get_text(value, "to"), &to))
        return EPO_SPAN("");
    return epo_span(epo_pool_printf(draw->pool, "%s \u2013 %s",
                                    epo_date_local(from, draw->lang, first),
                                    epo_date_local(to, draw->lang, last)));
}

static const char *const range_properties[] = {"min", "max", "min_days", "max_days", NULL};
static const char *const range_parts[] = {"from", "to", NULL};

const struct epo_field_kind epo_kind_date_range = {.name = "date_range",
                                                   .properties = range_properties,
                                                   .json_type = "object",
                                                   .parts = range_parts,
                                                   .read = read_range,
                                                   .gather = gather_range,
                                                   .accept = accept_range,
                                                   .limits = limits_range,
                                                   .view = view_range,
                                                   .schema = schema_range,
                                                   .words = words_range};
