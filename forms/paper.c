/* From the model of a form's page to boxes on paper. */
#include "forms/paper.h"
#include "base/limits.h"
#include "forms/definition.h"

enum { ROOM_FOR_ITEMS = 2, OPTIONS_MAX = 40 };

struct paper {
    const struct epo_form *form;
    struct epo_document *document;
    struct epo_pool *pool;
    const char *lang;
    const struct epo_catalog *catalog;
};

static struct epo_span word(const struct paper *paper, const char *key) {
    return epo_catalog_text(paper->catalog, paper->lang, key);
}

/* What a type is given to be written into. A type that is not here gets a line. */
static const struct shape {
    const char *type, *cells;
    double width_mm;
    int lines;
} SHAPES[] = {
    {"text", NULL, 0, 1},           {"long_text", NULL, 0, 5},   {"email", NULL, 120, 1},
    {"phone", NULL, 70, 1},         {"number", NULL, 45, 1},     {"money", NULL, 45, 1},
    {"date", "2.2.4", 50, 1},       {"location", NULL, 0, 2},    {"birth_number", "6/4", 70, 1},
    {"company_number", "8", 60, 1}, {"data_box", "7", 60, 1},    {"postcode", "3 2", 40, 1},
    {"vehicle_plate", NULL, 50, 1}, {"chip_number", "15", 0, 1}, {"bank_account", NULL, 110, 1},
    {"signature", NULL, 80, 3},
};

static struct shape shape_of(const struct epo_json *field) {
    struct epo_span type = epo_json_get_text(field, "type");
    struct shape shape = {.type = "", .lines = 1};
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++)
        if (epo_span_is(type, SHAPES[i].type))
            shape = SHAPES[i];
    int64_t most = epo_json_get_integer(field, "max_length", 0);
    if (epo_span_is(type, "text") && most > 0 && most <= 30)
        shape.width_mm = most <= 12 ? 45 : 90;
    if (epo_span_is(type, "text") && most > 250)
        shape.lines = 2;
    return shape;
}

/* A day as people write it; anything else as it was typed. */
static struct epo_span shown_day(const struct paper *paper, struct epo_span typed) {
    char text[EPO_TIME_SIZE];
    struct epo_date date;
    return epo_date_parse(typed, &date)
               ? epo_span(epo_pool_string(paper->pool,
                                          epo_span(epo_date_local(date, paper->lang, text))))
               : typed;
}

/* A place by what is known of it, else by the words it was looked for with. */
static struct epo_span shown_place(const struct paper *paper, const struct epo_json *field) {
    const struct epo_json *words = epo_json_get(field, "words");
    const char *all = "";
    for (uint32_t i = 0; words != NULL && i < words->count; i++)
        all = epo_pool_printf(paper->pool, "%s%s%.*s: %.*s", all, i > 0 ? "\n" : "",
                              EPO_ARG(epo_json_get_text(words->items[i], "label")),
                              EPO_ARG(epo_json_get_text(words->items[i], "text")));
    return all[0] != '\0' ? epo_span(all)
                          : epo_json_get_text(epo_json_get(field, "search"), "query");
}

static struct epo_span shown_value(const struct paper *paper, const struct epo_json *field) {
    if (epo_span_is(epo_json_get_text(field, "type"), "location"))
        return shown_place(paper, field);
    return shown_day(paper, epo_json_get_text(field, "value"));
}

static struct epo_span label_of(const struct paper *paper, const struct epo_json *field) {
    struct epo_span label = epo_json_get_text(field, "label");
    return epo_json_get_boolean(field, "optional", false)
               ? epo_span(epo_pool_printf(paper->pool, "%.*s (%.*s)", EPO_ARG(label),
                                          EPO_ARG(word(paper, "paper.optional"))))
               : label;
}

static struct epo_span when_of(const struct paper *paper, const struct epo_json *part) {
    struct epo_span text = epo_json_get_text(part, "when_json");
    struct epo_json *when = text.len > 0 ? epo_json_parse(paper->pool, text, NULL) : NULL;
    struct epo_json *values = epo_json_object(paper->pool);
    if (when == NULL)
        return EPO_SPAN("");
    epo_json_set_text(
        paper->pool, values, "condition",
        epo_paper_condition(paper->form, paper->pool, paper->lang, paper->catalog, when));
    return epo_catalog_format(paper->catalog, paper->pool, paper->lang, "paper.only_if", values);
}

/* A list longer than a person reads on paper is a line to write into. */
static void set_ticks(const struct paper *paper, const struct epo_json *field,
                      struct epo_document_field *out) {
    const struct epo_json *options = epo_json_get(field, "options");
    if (options == NULL || options->type != EPO_JSON_ARRAY || options->count == 0)
        return;
    struct epo_document_tick *ticks =
        EPO_NEW_ARRAY(paper->pool, struct epo_document_tick, options->count);
    for (uint32_t i = 0; i < options->count; i++) {
        const struct epo_json *option = options->items[i];
        struct epo_span label = epo_json_get_text(option, "label");
        struct epo_span hint = epo_json_get_text(option, "hint");
        ticks[i].label = hint.len == 0 ? label
                                       : epo_span(epo_pool_printf(paper->pool, "%.*s – %.*s",
                                                                  EPO_ARG(label), EPO_ARG(hint)));
        ticks[i].ticked = epo_json_get_boolean(option, "checked", false);
        if (ticks[i].ticked && options->count > OPTIONS_MAX)
            out->value = label;
    }
    if (options->count > OPTIONS_MAX)
        return;
    out->ticks = ticks;
    out->tick_count = options->count;
    out->lines = 0;
    out->cells = NULL;
}

static void draw_field(const struct paper *paper, const struct epo_json *field) {
    struct shape shape = shape_of(field);
    struct epo_span type = epo_json_get_text(field, "type");
    struct epo_document_field out = {.label = label_of(paper, field),
                                     .hint = epo_json_get_text(field, "hint"),
                                     .when = when_of(paper, field),
                                     .value = shown_value(paper, field),
                                     .cells = shape.cells,
                                     .width_mm = shape.width_mm,
                                     .lines = shape.lines,
                                     .unit = epo_json_get_text(field, "unit")};
    if (epo_span_is(type, "money") && out.unit.len == 0)
        out.unit = word(paper, "paper.crowns");
    if (epo_span_is(type, "location") && out.value.len == 0)
        out.hint = word(paper, "paper.place_hint");
    set_ticks(paper, field, &out);
    epo_document_field(paper->document, &out);
}

/* Two days: two fields of one label. */
static void draw_range(const struct paper *paper, const struct epo_json *field) {
    static const char *const SIDES[] = {"from", "to"};
    static const char *const WORDS[] = {"paper.from", "paper.to"};
    struct epo_span label = label_of(paper, field);
    for (size_t i = 0; i < 2; i++) {
        struct epo_document_field out = {
            .label = epo_span(epo_pool_printf(paper->pool, "%.*s – %.*s", EPO_ARG(label),
                                              EPO_ARG(word(paper, WORDS[i])))),
            .hint = i == 0 ? epo_json_get_text(field, "hint") : EPO_SPAN(""),
            .when = i == 0 ? when_of(paper, field) : EPO_SPAN(""),
            .value = shown_day(paper, epo_json_get_text(field, SIDES[i])),
            .cells = "2.2.4",
            .width_mm = 50,
            .lines = 1};
        epo_document_field(paper->document, &out);
    }
}

static void draw_fields(const struct paper *paper, const struct epo_json *fields) {
    for (uint32_t i = 0; fields != NULL && i < fields->count; i++) {
        if (epo_span_is(epo_json_get_text(fields->items[i], "type"), "date_range"))
            draw_range(paper, fields->items[i]);
        else
            draw_field(paper, fields->items[i]);
    }
}

static void draw_item(const struct paper *paper, const struct epo_json *item, uint32_t number) {
    epo_document_heading(
        paper->document, 3,
        epo_span(epo_pool_printf(paper->pool, "%.*s %u", EPO_ARG(epo_json_get_text(item, "called")),
                                 (unsigned)number + 1)));
    draw_fields(paper, epo_json_get(item, "fields"));
}

static void draw_group(const struct paper *paper, const struct epo_json *section) {
    const struct epo_json *items = epo_json_get(section, "items");
    uint32_t count = items != NULL ? items->count : 0;
    int64_t most = epo_json_get_integer(section, "max", ROOM_FOR_ITEMS);
    for (uint32_t i = 0; i < count; i++)
        draw_item(paper, items->items[i], i);
    for (; count < ROOM_FOR_ITEMS && count < most; count++)
        draw_item(paper, epo_json_get(section, "blank"), count);
    if (count < most)
        epo_document_small(paper->document, word(paper, "paper.another_sheet"));
}

void epo_paper_draw(const struct epo_form *form, struct epo_document *document, const char *lang,
                    const struct epo_catalog *catalog, const struct epo_json *view) {
    const struct epo_json *sections = epo_json_get(view, "sections");
    struct epo_pool *pool = epo_document_pool(document);
    struct paper paper = {form, document, pool, lang, catalog};
    for (uint32_t i = 0; sections != NULL && i < sections->count; i++) {
        const struct epo_json *section = sections->items[i];
        struct epo_span title = epo_json_get_text(section, "title");
        struct epo_span intro = epo_json_get_text(section, "intro");
        struct epo_span when = when_of(&paper, section);
        if (title.len > 0)
            epo_document_heading(document, 2, title);
        if (when.len > 0)
            epo_document_small(document, when);
        if (intro.len > 0)
            epo_document_paragraph(document, intro);
        if (epo_json_get_boolean(section, "repeated", false))
            draw_group(&paper, section);
        else
            draw_fields(&paper, epo_json_get(section, "fields"));
    }
}
