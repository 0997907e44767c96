/* JavaScript's values: what is true, what equals what, what a text is as a number. */
#include "forms/logic.h"

#include <ctype.h>
#include <math.h>

bool epo_logic_truthy(const struct epo_json *value) {
    switch (value->type) {
    case EPO_JSON_NULL:
        return false;
    case EPO_JSON_BOOLEAN:
        return value->boolean;
    case EPO_JSON_INTEGER:
        return value->integer != 0;
    case EPO_JSON_REAL:
        return value->real != 0 && !isnan(value->real);
    case EPO_JSON_TEXT:
        return value->text.len > 0;
    case EPO_JSON_ARRAY:
        return value->count > 0; /* JsonLogic's own rule: [] is false */
    case EPO_JSON_OBJECT:
        return true;
    }
    return false;
}

bool epo_logic_is_number(const struct epo_json *value) {
    return value->type == EPO_JSON_INTEGER || value->type == EPO_JSON_REAL;
}

/* ToNumber: null is 0, an empty text is 0, other text must be a whole number text. */
double epo_logic_to_number(const struct epo_json *value) {
    double number;
    switch (value->type) {
    case EPO_JSON_NULL:
        return 0;
    case EPO_JSON_BOOLEAN:
        return value->boolean ? 1 : 0;
    case EPO_JSON_INTEGER:
        return (double)value->integer;
    case EPO_JSON_REAL:
        return value->real;
    case EPO_JSON_TEXT: {
        struct epo_span text = epo_span_trim(value->text);
        if (text.len == 0)
            return 0;
        return epo_span_real(text, &number) ? number : NAN;
    }
    case EPO_JSON_ARRAY:
        if (value->count == 1 && value->items[0]->type == EPO_JSON_BOOLEAN)
            return NAN; /* by way of the text "true" */
        return value->count == 0   ? 0
               : value->count == 1 ? epo_logic_to_number(value->items[0])
                                   : NAN;
    case EPO_JSON_OBJECT:
        return NAN;
    }
    return NAN;
}

struct epo_json *epo_logic_from_number(struct epo_logic_run *run, double number) {
    if (isfinite(number) && number == floor(number) && fabs(number) <= EPO_NUMBER_MAX)
        return epo_json_integer(run->pool, (int64_t)number);
    return epo_json_real(run->pool, number);
}

/* String(value) */
struct epo_span epo_logic_to_text(struct epo_logic_run *run, const struct epo_json *value) {
    if (value->type == EPO_JSON_TEXT)
        return value->text;
    if (value->type == EPO_JSON_REAL && !isfinite(value->real))
        return isnan(value->real) ? EPO_SPAN("NaN")
               : value->real > 0  ? EPO_SPAN("Infinity")
                                  : EPO_SPAN("-Infinity");
    if (value->type == EPO_JSON_OBJECT)
        return EPO_SPAN("[object Object]");
    if (value->type != EPO_JSON_ARRAY)
        return epo_json_print(run->pool, value);
    struct epo_buffer out;
    epo_buffer_init(&out, 64u << 10);
    for (uint32_t i = 0; i < value->count; i++) {
        if (i > 0)
            epo_buffer_byte(&out, ',');
        if (value->items[i]->type != EPO_JSON_NULL)
            epo_buffer_span(&out, epo_logic_to_text(run, value->items[i]));
    }
    struct epo_span text = epo_pool_copy(run->pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return text;
}

/* parseFloat, which "+" uses: the longest number at the start of its text; of null
 * and true there is none. */
double epo_logic_parse_float(struct epo_logic_run *run, const struct epo_json *value) {
    if (epo_logic_is_number(value))
        return epo_logic_to_number(value);
    struct epo_span text = epo_span_trim(epo_logic_to_text(run, value));
    double number;
    for (size_t len = text.len < 40 ? text.len : 40; len > 0; len--) {
        char last = text.at[len - 1];
        if ((isdigit((unsigned char)last) || last == '.') &&
            epo_span_real((struct epo_span){text.at, last == '.' ? len - 1 : len}, &number))
            return number;
    }
    return NAN;
}

bool epo_logic_strict_equal(const struct epo_json *a, const struct epo_json *b) {
    if (epo_logic_is_number(a) && epo_logic_is_number(b))
        return epo_logic_to_number(a) == epo_logic_to_number(b);
    if (a->type != b->type)
        return false;
    if (a->type == EPO_JSON_TEXT)
        return epo_span_equal(a->text, b->text);
    if (a->type == EPO_JSON_BOOLEAN)
        return a->boolean == b->boolean;
    return a->type == EPO_JSON_NULL || a == b;
}

bool epo_logic_loose_equal(struct epo_logic_run *run, const struct epo_json *a,
                           const struct epo_json *b) {
    bool a_list = a->type >= EPO_JSON_ARRAY, b_list = b->type >= EPO_JSON_ARRAY;
    if (a->type == b->type || (epo_logic_is_number(a) && epo_logic_is_number(b)))
        return epo_logic_strict_equal(a, b);
    if (a->type == EPO_JSON_NULL || b->type == EPO_JSON_NULL)
        return false;
    if (a_list && b->type == EPO_JSON_TEXT)
        return epo_span_equal(epo_logic_to_text(run, a), b->text);
    if (b_list && a->type == EPO_JSON_TEXT)
        return epo_span_equal(a->text, epo_logic_to_text(run, b));
    return epo_logic_to_number(a) == epo_logic_to_number(b);
}

static int compare_texts(struct epo_span a, struct epo_span b) {
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len > 0 ? memcmp(a.at, b.at, len) : 0;
    if (order == 0)
        order = (a.len > b.len) - (a.len < b.len);
    return (order > 0) - (order < 0);
}

/* -1, 0, 1, or 2 where the two cannot be compared. A list is compared as its text. */
int epo_logic_compare(struct epo_logic_run *run, const struct epo_json *a,
                      const struct epo_json *b) {
    bool a_text = a->type >= EPO_JSON_TEXT, b_text = b->type >= EPO_JSON_TEXT;
    if (a_text && b_text)
        return compare_texts(epo_logic_to_text(run, a), epo_logic_to_text(run, b));
    double x = epo_logic_to_number(a), y = epo_logic_to_number(b);
    if (isnan(x) || isnan(y))
        return 2;
    return (x > y) - (x < y);
}
