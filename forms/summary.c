/* Answers for reading: review page, receipt, office. */
#include "base/clock.h"
#include "forms/format.h"
#include "forms/place.h"

/* A place is called by its address where it has one, else by its coordinates. */
static void add_place(const struct epo_draw *draw, const struct epo_field *field,
                      const struct epo_json *value, const struct epo_json *facts,
                      struct epo_json *row) {
    const struct epo_json *own = epo_json_get(facts, field->id);
    struct epo_span address = epo_json_get_text(epo_json_get(own, "address"), "text");
    if (address.len > 0)
        epo_json_set_text(draw->pool, row, "text", address);
    epo_json_set_text(draw->pool, row, "geojson", epo_json_print(draw->pool, value));
    if (field->several) {
        epo_json_set_text(draw->pool, row, "text", field->kind->words(draw, field, value));
        epo_json_set(draw->pool, row, "places", epo_location_rows(draw, value, own));
    }
    if (own != NULL)
        epo_json_set(draw->pool, row, "words",
                     epo_form_words(draw->pool, draw->lang, draw->catalog, own));
}

static struct epo_json *answer_row(const struct epo_draw *draw, const struct epo_field *field,
                                   const struct epo_json *value, const struct epo_json *facts) {
    struct epo_json *row = epo_json_object(draw->pool);
    epo_json_set_string(draw->pool, row, "id", epo_draw_path(draw, field));
    epo_json_set_text(draw->pool, row, "label", epo_field_label(field, draw->lang));
    epo_json_set_text(draw->pool, row, "text", field->kind->words(draw, field, value));
    epo_json_set(draw->pool, row, "places", epo_json_array(draw->pool));
    epo_json_set(draw->pool, row, "files", epo_files_of(draw->pool, field, value));
    if (field->kind == &epo_kind_location)
        add_place(draw, field, value, facts, row);
    return row;
}

/* Adds what was answered of these fields, if anything was. */
static void add_part(const struct epo_draw *draw, const struct epo_section *section, const char *id,
                     struct epo_span title, const struct epo_json *answers,
                     const struct epo_json *facts, struct epo_json *list) {
    struct epo_pool *pool = draw->pool;
    struct epo_json *rows = epo_json_array(pool);
    for (uint32_t i = 0; i < section->count; i++) {
        const struct epo_field *field = &draw->form->fields[section->first + i];
        const struct epo_json *value = epo_json_get(answers, field->id);
        if (value != NULL)
            epo_json_push(pool, rows, answer_row(draw, field, value, facts));
    }
    if (rows->count == 0)
        return;
    struct epo_json *part = epo_json_object(pool);
    epo_json_set_string(pool, part, "id", id);
    epo_json_set_text(pool, part, "section", title);
    epo_json_set(pool, part, "rows", rows);
    epo_json_push(pool, list, part);
}

/* Each item of a repeated group is a part of its own: "Dog 1", "Dog 2". */
static void add_items(const struct epo_draw *draw, const struct epo_section *group,
                      const struct epo_json *items, struct epo_json *list) {
    for (uint32_t i = 0; items != NULL && items->type == EPO_JSON_ARRAY && i < items->count; i++) {
        struct epo_draw inner = *draw;
        const char *id = epo_pool_printf(draw->pool, "%s.%u", group->id, i);
        inner.prefix = epo_pool_printf(draw->pool, "%s.", id);
        add_part(&inner, group, id, epo_span(epo_group_title(draw->pool, group, draw->lang, i)),
                 items->items[i], NULL, list);
    }
}

struct epo_json *epo_form_summary(const struct epo_form *form, struct epo_pool *pool,
                                  const char *lang, const struct epo_catalog *catalog,
                                  const struct epo_json *answers, const struct epo_json *facts) {
    struct epo_draw draw = {
        .form = form, .pool = pool, .catalog = catalog, .lang = lang, .prefix = ""};
    struct epo_json *list = epo_json_array(pool);
    for (uint32_t i = 0; i < form->section_count; i++) {
        const struct epo_section *section = &form->sections[i];
        if (section->repeated)
            add_items(&draw, section, epo_json_get(answers, section->id), list);
        else
            add_part(&draw, section, section->id,
                     epo_json_localized(epo_json_get(section->definition, "title"), lang), answers,
                     facts, list);
    }
    return list;
}

static struct epo_span computed_text(struct epo_pool *pool, const char *lang, struct epo_span type,
                                     const struct epo_json *value) {
    bool number = value->type == EPO_JSON_INTEGER || value->type == EPO_JSON_REAL;
    double amount = value->type == EPO_JSON_INTEGER ? (double)value->integer : value->real;
    if (number && epo_span_is(type, "money"))
        return epo_format_money(pool, lang, (int64_t)amount);
    if (number)
        return epo_format_trimmed(pool, lang, amount, 6);
    struct epo_date date;
    char text[EPO_TIME_SIZE];
    if (epo_span_is(type, "date") && epo_json_is_text(value) && epo_date_parse(value->text, &date))
        return epo_pool_copy(pool, epo_span(epo_date_local(date, lang, text)));
    return epo_json_localized(value, lang);
}

struct epo_json *epo_form_computed(const struct epo_form *form, struct epo_pool *pool,
                                   const char *lang, const struct epo_catalog *catalog,
                                   const struct epo_json *values) {
    struct epo_json *list = epo_json_array(pool);
    const struct epo_json *computed = epo_json_get(form->definition, "computed");
    (void)catalog;
    for (uint32_t i = 0; computed != NULL && i < computed->count; i++) {
        const struct epo_json *definition = computed->items[i];
        const struct epo_json *value =
            epo_json_get_span(values, epo_json_get_text(definition, "id"));
        if (value == NULL || value->type == EPO_JSON_NULL)
            continue;
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_text(pool, row, "id", epo_json_get_text(definition, "id"));
        epo_json_set_text(pool, row, "label",
                          epo_json_localized(epo_json_get(definition, "label"), lang));
        epo_json_set_text(pool, row, "text",
                          computed_text(pool, lang, epo_json_get_text(definition, "type"), value));
        epo_json_push(pool, list, row);
    }
    return list;
}
