/* Limits of answers: members of our definitions, constraints of an XLSForm. */
#include <stdarg.h>

#include "base/clock.h"
#include "forms/pattern.h"
#include "forms/xlsform_parts.h"

void epo_xlsform_note(struct epo_xlsform_notes *notes, bool fault, const char *sheet, uint32_t row,
                      const char *format, ...) {
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct epo_xlsform_note *note = EPO_NEW(notes->pool, struct epo_xlsform_note);
    *note = (struct epo_xlsform_note){.fault = fault,
                                      .where = epo_pool_printf(notes->pool, "%s:%u", sheet, row),
                                      .text = epo_pool_string(notes->pool, epo_span(text))};
    if (notes->last)
        notes->last->next = note;
    else
        notes->first = note;
    notes->last = note;
    notes->faults = notes->faults || fault;
}

struct epo_json *epo_xlsform_notes_json(struct epo_pool *pool,
                                        const struct epo_xlsform_note *note) {
    struct epo_json *rows = epo_json_array(pool);
    for (; note != NULL; note = note->next) {
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_string(pool, row, "where", note->where);
        epo_json_set_string(pool, row, "text", note->text);
        epo_json_set_boolean(pool, row, "fault", note->fault);
        epo_json_push(pool, rows, row);
    }
    return rows;
}

/* ---- reading ---- */

struct limiting {
    struct epo_xlsform_notes *notes;
    struct epo_pool *pool;
    struct epo_json *field, *message;
    epo_xpath_field_fn *fields;
    const void *arg;
    const char *why; /* of the conjunct at hand */
};

static bool is_self(const struct epo_json *json) {
    return epo_json_is_text(epo_json_get(json, "var")) && epo_json_get_text(json, "var").len == 0;
}

/* "name()" of the answer itself. */
static bool of_self(const struct epo_json *json, const char *name) {
    const struct epo_json *list = epo_json_get(json, name);
    return list && list->count == 1 && is_self(list->items[0]);
}

static bool type_is(const struct limiting *limiting, const char *type) {
    return epo_span_is(epo_json_get_text(limiting->field, "type"), type);
}

static bool set_number(struct limiting *limiting, struct epo_span sign,
                       const struct epo_json *value) {
    bool strict = sign.len == 1, least = sign.at[0] == '>';
    bool integer = epo_json_get_boolean(limiting->field, "integer", false);
    if (!type_is(limiting, "number") ||
        (value->type != EPO_JSON_INTEGER && value->type != EPO_JSON_REAL))
        return false;
    if (strict && (!integer || value->type != EPO_JSON_INTEGER)) {
        limiting->why = "only whole numbers can be above or below a limit, not just at it";
        return false;
    }
    struct epo_json *limit =
        strict ? epo_json_integer(limiting->pool, value->integer + (least ? 1 : -1))
               : epo_json_copy(limiting->pool, value);
    epo_json_set(limiting->pool, limiting->field, least ? "min" : "max", limit);
    return true;
}

/* today(), today() + 15, date('2026-01-01'): "today", "today+15d", "2026-01-01". shift in days. */
static const char *day_of(struct limiting *limiting, const struct epo_json *value, int shift) {
    const struct epo_json *literal = epo_json_get(value, "date()"),
                          *plus = epo_json_get(value, "+"), *minus = epo_json_get(value, "-");
    const struct epo_json *sum = plus ? plus : minus;
    struct epo_date date;
    char iso[EPO_TIME_SIZE];
    int64_t days = 0;
    if (literal && literal->count == 1 && epo_json_is_text(literal->items[0]) &&
        epo_date_parse(literal->items[0]->text, &date))
        return epo_pool_string(
            limiting->pool,
            epo_span(epo_date_iso(epo_date_from_days(epo_date_days(date) + shift), iso)));
    if (sum && sum->count == 2 && epo_json_get(sum->items[0], "today()") &&
        sum->items[1]->type == EPO_JSON_INTEGER)
        days = plus ? sum->items[1]->integer : -sum->items[1]->integer;
    else if (!epo_json_get(value, "today()"))
        return NULL;
    days += shift;
    if (days == 0)
        return "today";
    return days > -99999 && days < 99999 ? epo_pool_printf(limiting->pool, "today%+dd", (int)days)
                                         : NULL;
}

static bool set_date(struct limiting *limiting, struct epo_span sign,
                     const struct epo_json *value) {
    bool strict = sign.len == 1, least = sign.at[0] == '>';
    if (!type_is(limiting, "date"))
        return false;
    struct epo_span other = epo_json_get_text(value, "var");
    if (other.len && least && limiting->fields(limiting->arg, other) != EPO_XPATH_NONE) {
        epo_json_set_text(limiting->pool, limiting->field, strict ? "after" : "not_before", other);
        return true;
    }
    const char *day = day_of(limiting, value, strict ? (least ? 1 : -1) : 0);
    if (!day)
        return false;
    epo_json_set_string(limiting->pool, limiting->field, least ? "min" : "max", day);
    return true;
}

/* string-length(.) of texts, count-selected(.) of choices: whole numbers. */
static bool set_count(struct limiting *limiting, struct epo_span sign, const char *least,
                      const char *most, const struct epo_json *value) {
    if (value->type != EPO_JSON_INTEGER)
        return false;
    int64_t limit = value->integer;
    bool both = epo_span_is(sign, "==");
    if (both || sign.at[0] == '>')
        epo_json_set_integer(limiting->pool, limiting->field, least,
                             limit + (epo_span_is(sign, ">") ? 1 : 0));
    if (both || sign.at[0] == '<')
        epo_json_set_integer(limiting->pool, limiting->field, most,
                             limit - (epo_span_is(sign, "<") ? 1 : 0));
    return both || sign.at[0] != '!';
}

/* An XLSForm's pattern may say ^ and $; ours is of the whole answer anyway. */
static bool set_pattern(struct limiting *limiting, const struct epo_json *list) {
    if (list->count != 2 || !is_self(list->items[0]) || !epo_json_is_text(list->items[1]) ||
        !type_is(limiting, "text"))
        return false;
    struct epo_span pattern = list->items[1]->text;
    if (epo_span_starts(pattern, EPO_SPAN("^")))
        pattern = (struct epo_span){pattern.at + 1, pattern.len - 1};
    if (pattern.len > 1 && pattern.at[pattern.len - 1] == '$' &&
        pattern.at[pattern.len - 2] != '\\')
        pattern.len--;
    const char *stranger = epo_pattern_stranger(pattern);
    if (stranger || !limiting->message) {
        limiting->why = stranger ? stranger : "a pattern needs a constraint_message";
        return false;
    }
    epo_json_set_text(limiting->pool, limiting->field, "pattern", pattern);
    epo_json_set(limiting->pool, limiting->field, "pattern_message", limiting->message);
    return true;
}

static bool set_limit(struct limiting *limiting, const struct epo_json *rule) {
    struct epo_span sign = rule->type == EPO_JSON_OBJECT ? rule->names[0] : EPO_SPAN("");
    if (epo_span_is(sign, "regex()"))
        return set_pattern(limiting, rule->items[0]);
    if (sign.len == 0 || !strchr("<>=", sign.at[0]) || rule->items[0]->count != 2)
        return false;
    const struct epo_json *left = rule->items[0]->items[0], *right = rule->items[0]->items[1];
    bool text = type_is(limiting, "text") || type_is(limiting, "long_text");
    if (of_self(left, "string-length()") && text)
        return set_count(limiting, sign, "min_length", "max_length", right);
    if (of_self(left, "count-selected()") && type_is(limiting, "choices"))
        return set_count(limiting, sign, "min", "max", right);
    return is_self(left) && sign.at[0] != '=' &&
           (set_number(limiting, sign, right) || set_date(limiting, sign, right));
}

void epo_xlsform_constraint(struct epo_xlsform_notes *notes, uint32_t row, struct epo_json *field,
                            struct epo_span constraint, struct epo_json *message,
                            epo_xpath_field_fn *fields, const void *arg) {
    struct limiting limiting = {.notes = notes,
                                .pool = notes->pool,
                                .field = field,
                                .message = message,
                                .fields = fields,
                                .arg = arg};
    const char *wrong;
    struct epo_json *tree = epo_xpath_read(notes->pool, constraint, &wrong);
    if (!tree) {
        epo_xlsform_note(notes, false, "survey", row, "constraint is left out: %s", wrong);
        return;
    }
    const struct epo_json *all = epo_json_get(tree, "and");
    for (uint32_t i = 0; i < (all ? all->count : 1); i++) {
        const struct epo_json *one = all ? all->items[i] : tree;
        limiting.why = "the portal has no such limit";
        if (!set_limit(&limiting, one))
            epo_xlsform_note(notes, false, "survey", row,
                             "a part of the constraint is left out: %s", limiting.why);
    }
    if (message && !epo_json_get(field, "pattern"))
        epo_xlsform_note(notes, false, "survey", row,
                         "constraint_message is left out: the portal says limits in its own words");
}

/* ---- writing ---- */

static const char *join(struct epo_pool *pool, const char *all, const char *one) {
    return *all ? epo_pool_printf(pool, "%s and %s", all, one) : one;
}

/* A day as XPath says it; NULL where it counts months or years. */
static const char *day_words(struct epo_pool *pool, struct epo_span day) {
    if (!epo_span_starts(day, EPO_SPAN("today")))
        return epo_pool_printf(pool, "date('%.*s')", EPO_ARG(day));
    if (day.len == 5)
        return "today()";
    if (day.at[day.len - 1] != 'd')
        return NULL;
    return epo_pool_printf(pool, "today() %c %.*s", day.at[5], (int)day.len - 7, day.at + 6);
}

static const char *date_limits(struct epo_xlsform_notes *notes, uint32_t row,
                               const struct epo_json *field, epo_xpath_field_fn *fields,
                               const void *arg) {
    static const struct {
        const char *name, *sign;
        bool field;
    } LIMITS[] = {{"min", ">=", false},
                  {"max", "<=", false},
                  {"after", ">", true},
                  {"not_before", ">=", true}};
    const char *all = "";
    for (size_t i = 0; i < sizeof LIMITS / sizeof *LIMITS; i++) {
        struct epo_span value = epo_json_get_text(field, LIMITS[i].name);
        const char *words = NULL;
        if (value.len == 0)
            continue;
        if (!LIMITS[i].field)
            words = day_words(notes->pool, value);
        else if (fields(arg, value) != EPO_XPATH_NONE)
            words = epo_pool_printf(notes->pool, "${%.*s}", EPO_ARG(value));
        if (words)
            all = join(notes->pool, all,
                       epo_pool_printf(notes->pool, ". %s %s", LIMITS[i].sign, words));
        else
            epo_xlsform_note(notes, false, "survey", row, "\"%s\": \"%.*s\" is left out",
                             LIMITS[i].name, EPO_ARG(value));
    }
    return all;
}

/* Numbers under two names as ". >= 1 and . <= 9"; money in crowns. */
static const char *number_limits(struct epo_pool *pool, const struct epo_json *field,
                                 const char *what, const char *least, const char *most,
                                 bool money) {
    const char *all = "", *names[] = {least, most};
    for (size_t i = 0; i < 2; i++) {
        const struct epo_json *limit = epo_json_get(field, names[i]);
        if (!limit)
            continue;
        const struct epo_json *crowns =
            money ? epo_json_real(pool, epo_json_number(limit) / 100) : limit;
        all = join(pool, all,
                   epo_pool_printf(pool, "%s %s %s", what,
                                   i ? "<=" : ">=", epo_json_print(pool, crowns).at));
    }
    return all;
}

static const char *pattern_limit(struct epo_xlsform_notes *notes, uint32_t row,
                                 const struct epo_json *field, const char *all, bool *message) {
    struct epo_span pattern = epo_json_get_text(field, "pattern");
    if (pattern.len == 0)
        return all;
    struct epo_span literal = epo_xpath_literal(notes->pool, pattern);
    *message = literal.len > 0;
    if (*message)
        return join(notes->pool, all,
                    epo_pool_printf(notes->pool, "regex(., %.*s)", EPO_ARG(literal)));
    epo_xlsform_note(notes, false, "survey", row,
                     "\"pattern\" is left out: it has both kinds of quotes");
    return all;
}

struct epo_span epo_xlsform_limits(struct epo_xlsform_notes *notes, uint32_t row,
                                   const struct epo_json *field, epo_xpath_field_fn *fields,
                                   const void *arg, bool *message) {
    struct epo_pool *pool = notes->pool;
    struct epo_span type = epo_json_get_text(field, "type");
    const char *all = "";
    *message = false;
    if (epo_span_is(type, "text") || epo_span_is(type, "long_text"))
        all = pattern_limit(
            notes, row, field,
            number_limits(pool, field, "string-length(.)", "min_length", "max_length", false),
            message);
    else if (epo_span_is(type, "number") || epo_span_is(type, "money"))
        all = number_limits(pool, field, ".", "min", "max", epo_span_is(type, "money"));
    else if (epo_span_is(type, "choices"))
        all = number_limits(pool, field, "count-selected(.)", "min", "max", false);
    else if (epo_span_is(type, "date"))
        all = date_limits(notes, row, field, fields, arg);
    return epo_span(all);
}
