/* A value as an admin types it: a box for each of its texts, and back. */
#include <math.h>

#include "base/clock.h"
#include "forms/format.h"
#include "plugin/agenda.h"

struct shape {
    const struct epo_json *declared, *like; /* like: the manifest's own value, or NULL */
    struct epo_span type;
    bool table, list, whole; /* whole: shown as JSON */
};

static struct shape shape_of(const struct epo_parameter_set *set, struct epo_span name) {
    struct shape shape = {.declared = epo_json_get_span(set->types, name)};
    const struct epo_json *own = epo_json_get_span(set->defaults, name);
    shape.like = own ? epo_parameter_value(epo_parameter_part(own, 0)) : NULL;
    shape.type = epo_json_get_text(shape.declared, "type");
    shape.table = epo_json_get_boolean(shape.declared, "table", false) && shape.like &&
                  shape.like->type == EPO_JSON_OBJECT;
    shape.list = epo_json_get_boolean(shape.declared, "list", false);
    bool words = epo_span_is(shape.type, "text") && shape.like && !epo_json_is_text(shape.like);
    shape.whole = !shape.type.len || epo_span_is(shape.type, "annex") || words ||
                  (epo_json_get_boolean(shape.declared, "table", false) && !shape.table);
    shape.table = shape.table && !shape.whole;
    return shape;
}

/* ---- to be typed over ---- */

static struct epo_span shown(struct epo_pool *pool, struct epo_span type,
                             const struct epo_json *value) {
    if (!value)
        return EPO_SPAN("");
    if (epo_span_is(type, "money") && value->type == EPO_JSON_INTEGER) {
        long long crowns = value->integer / 100, haler = llabs(value->integer % 100);
        return epo_span(haler ? epo_pool_printf(pool, "%lld,%02lld", crowns, haler)
                              : epo_pool_printf(pool, "%lld", crowns));
    }
    int64_t month, day;
    if (epo_span_is(type, "month_day") && epo_json_is_text(value) && value->text.len == 5 &&
        epo_span_integer((struct epo_span){value->text.at, 2}, &month) &&
        epo_span_integer((struct epo_span){value->text.at + 3, 2}, &day))
        return epo_span(epo_pool_printf(pool, "%d. %d.", (int)day, (int)month));
    if (epo_json_is_text(value))
        return value->text;
    return epo_json_print(pool, value);
}

static struct epo_span shown_lines(struct epo_pool *pool, struct epo_span type,
                                   const struct epo_json *list) {
    const char *all = "";
    for (uint32_t i = 0; list && list->type == EPO_JSON_ARRAY && i < list->count; i++)
        all = epo_pool_printf(pool, "%s%s%.*s", all, i ? "\n" : "",
                              EPO_ARG(shown(pool, type, list->items[i])));
    return epo_span(all);
}

static void add_box(const struct shape *shape, struct epo_pool *pool, const char *lang,
                    struct epo_json *boxes, const char *id, struct epo_span label,
                    const struct epo_json *value) {
    struct epo_json *box = epo_json_object(pool);
    bool lines = shape->list || shape->whole;
    epo_json_set_string(pool, box, "id", id);
    epo_json_set_text(pool, box, "label", label);
    epo_json_set_text(pool, box, "type", shape->whole ? EPO_SPAN("json") : shape->type);
    epo_json_set_boolean(pool, box, "lines", lines);
    epo_json_set_text(pool, box, "unit",
                      epo_json_localized(epo_json_get(shape->declared, "unit"), lang));
    epo_json_set_text(pool, box, "text",
                      shape->whole  ? (value ? epo_json_print(pool, value) : EPO_SPAN(""))
                      : shape->list ? shown_lines(pool, shape->type, value)
                                    : shown(pool, shape->type, value));
    epo_json_push(pool, boxes, box);
}

struct epo_json *epo_parameter_boxes(const struct epo_parameter_set *set, struct epo_pool *pool,
                                     const char *lang, struct epo_span name,
                                     const struct epo_json *value) {
    struct shape shape = shape_of(set, name);
    struct epo_json *boxes = epo_json_array(pool);
    const struct epo_json *keys = epo_json_get(shape.declared, "keys");
    for (uint32_t i = 0; shape.table && i < shape.like->count; i++) {
        struct epo_span key = shape.like->names[i];
        struct epo_span label = epo_json_localized(epo_json_get_span(keys, key), lang);
        add_box(&shape, pool, lang, boxes, epo_pool_printf(pool, "value.%.*s", EPO_ARG(key)),
                label.len ? label : key, epo_json_get_span(value, key));
    }
    if (!shape.table)
        add_box(&shape, pool, lang, boxes, "value", EPO_SPAN(""), value);
    return boxes;
}

/* ---- typed ---- */

/* "30. 6.", "30.6.", "06-30". */
static struct epo_json *month_day(struct epo_pool *pool, struct epo_span text) {
    struct epo_date date;
    const char *loose = epo_pool_printf(pool, "%.*s 2024", EPO_ARG(text)); /* a leap year */
    const char *iso = epo_pool_printf(pool, "2024-%.*s", EPO_ARG(text));
    if (!epo_date_parse_loose(epo_span(loose), &date) && !epo_date_parse(epo_span(iso), &date))
        return NULL;
    return epo_json_string(pool, epo_pool_printf(pool, "%02d-%02d", date.month, date.day));
}

static struct epo_json *number(struct epo_pool *pool, struct epo_span text, bool whole) {
    double value;
    if (!epo_format_read_number(text, &value) || fabs(value) > 1e15)
        return NULL;
    if (value == floor(value))
        return epo_json_integer(pool, (int64_t)value);
    return whole ? NULL : epo_json_real(pool, value);
}

static struct epo_json *one(struct epo_pool *pool, struct epo_span type, struct epo_span text) {
    int64_t haler;
    struct epo_date date;
    char iso[EPO_TIME_SIZE];
    if (!text.len)
        return NULL;
    if (epo_span_is(type, "money"))
        return epo_format_read_money(text, &haler) ? epo_json_integer(pool, haler) : NULL;
    if (epo_span_is(type, "integer") || epo_span_is(type, "number"))
        return number(pool, text, epo_span_is(type, "integer"));
    if (epo_span_is(type, "month_day"))
        return month_day(pool, text);
    if (epo_span_is(type, "day"))
        return epo_date_parse_loose(text, &date) ? epo_json_string(pool, epo_date_iso(date, iso))
                                                 : NULL;
    if (epo_span_is(type, "yes_no"))
        return epo_span_is(text, "true") || epo_span_is(text, "false")
                   ? epo_json_boolean(pool, epo_span_is(text, "true"))
                   : NULL;
    return epo_json_text(pool, text);
}

static struct epo_json *lines(struct epo_pool *pool, struct epo_span type, struct epo_span text) {
    struct epo_json *list = epo_json_array(pool);
    while (text.len) {
        struct epo_span line = epo_span_trim(epo_span_cut(text, '\n', &text));
        struct epo_json *item = line.len ? one(pool, type, line) : NULL;
        if (line.len && (!item || list->count >= EPO_DECLARED_MAX))
            return NULL;
        if (item)
            epo_json_push(pool, list, item);
    }
    return list->count ? list : NULL;
}

static struct epo_json *typed(const struct shape *shape, struct epo_pool *pool,
                              struct epo_span text) {
    text = epo_span_trim(text);
    return shape->whole  ? epo_json_parse(pool, text, NULL)
           : shape->list ? lines(pool, shape->type, text)
                         : one(pool, shape->type, text);
}

struct epo_json *epo_parameter_typed(const struct epo_parameter_set *set, struct epo_pool *pool,
                                     struct epo_span name,
                                     struct epo_span (*text_of)(void *arg, const char *id),
                                     void *arg, const char **wrong_id) {
    struct shape shape = shape_of(set, name);
    struct epo_json *table = epo_json_object(pool);
    *wrong_id = "value";
    if (!shape.table)
        return typed(&shape, pool, text_of(arg, "value"));
    for (uint32_t i = 0; i < shape.like->count; i++) {
        *wrong_id = epo_pool_printf(pool, "value.%.*s", EPO_ARG(shape.like->names[i]));
        struct epo_json *value = typed(&shape, pool, text_of(arg, *wrong_id));
        if (!value)
            return NULL;
        epo_json_append(pool, table, shape.like->names[i], value);
    }
    return table;
}

/* ---- all of it in one line ---- */

struct epo_span epo_parameter_line(const struct epo_parameter_set *set, struct epo_pool *pool,
                                   const char *lang, struct epo_span name,
                                   const struct epo_json *value) {
    struct shape shape = shape_of(set, name);
    const struct epo_json *keys = epo_json_get(shape.declared, "keys");
    const char *all = "";
    if (!value || value->type != EPO_JSON_OBJECT || !shape.table)
        return value ? epo_parameter_words(pool, lang, shape.declared, value, set->settings)
                     : EPO_SPAN("");
    for (uint32_t i = 0; i < value->count; i++) {
        struct epo_span label = epo_json_localized(epo_json_get_span(keys, value->names[i]), lang);
        all = epo_pool_printf(pool, "%s%s%.*s: %.*s", all, i ? "; " : "",
                              EPO_ARG(label.len ? label : value->names[i]),
                              EPO_ARG(epo_parameter_words(pool, lang, shape.declared,
                                                          value->items[i], set->settings)));
    }
    return epo_span(all);
}

struct epo_span epo_parameter_label(const struct epo_parameter_set *set, struct epo_span name,
                                    const char *lang) {
    struct epo_span label =
        epo_json_localized(epo_json_get(epo_json_get_span(set->types, name), "label"), lang);
    return label.len ? label : name;
}
