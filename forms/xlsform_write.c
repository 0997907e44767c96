/* A definition as a spreadsheet's rows. */
#include "forms/xlsform_parts.h"

enum column {
    TYPE,
    NAME,
    LABEL_CS,
    LABEL_EN,
    HINT_CS,
    HINT_EN,
    REQUIRED,
    RELEVANT,
    CONSTRAINT,
    MESSAGE_CS,
    MESSAGE_EN,
    APPEARANCE,
    COLUMNS
};
static const char *const HEADS[COLUMNS] = {"type",
                                           "name",
                                           "label::Czech (cs)",
                                           "label::English (en)",
                                           "hint::Czech (cs)",
                                           "hint::English (en)",
                                           "required",
                                           "relevant",
                                           "constraint",
                                           "constraint_message::Czech (cs)",
                                           "constraint_message::English (en)",
                                           "appearance"};
enum { LIST, VALUE, CHOICE_CS, CHOICE_EN, CHOICE_COLUMNS };
static const char *const CHOICE_HEADS[CHOICE_COLUMNS] = {"list_name", "name", "label::Czech (cs)",
                                                         "label::English (en)"};
enum { FORM_TITLE, TITLE_CS, TITLE_EN, FORM_ID, LANGUAGE, SETTING_COLUMNS };
static const char *const SETTING_HEADS[SETTING_COLUMNS] = {"form_title", "form_title::Czech (cs)",
                                                           "form_title::English (en)", "form_id",
                                                           "default_language"};

struct writing {
    struct epo_xlsform_notes notes;
    struct epo_pool *pool;
    const struct epo_json *definition;
    const struct epo_catalog *catalog;
    struct epo_sheet *survey, *choices;
    bool yes_no; /* its list of choices stands there */
};

static struct epo_span *add_row(struct writing *writing, struct epo_sheet *sheet) {
    struct epo_span *row = epo_sheet_add_row(writing->pool, sheet, sheet->rows + 1);
    epo_assert(row); /* 400 fields, 100 sections and 300 options of a field fit */
    return row;
}

static struct epo_sheet *add_sheet(struct writing *writing, struct epo_sheets *sheets,
                                   const char *name, const char *const *heads, uint32_t count) {
    struct epo_sheet *sheet = epo_sheet_add(writing->pool, sheets, name, count);
    struct epo_span *row = add_row(writing, sheet);
    for (uint32_t i = 0; i < count; i++)
        row[i] = epo_span(heads[i]);
    return sheet;
}

static void put_texts(struct epo_span *row, int cs, int en, const struct epo_json *texts) {
    row[cs] = epo_json_get_text(texts, "cs");
    row[en] = epo_json_get_text(texts, "en");
}

#define lost(writing, ...)                                                                         \
    epo_xlsform_note(&(writing)->notes, false, "survey", (writing)->survey->rows, __VA_ARGS__)

/* ---- fields by name ---- */

static const struct epo_json *find_field(const struct epo_json *definition, struct epo_span id) {
    const struct epo_json *sections = epo_json_get(definition, "sections");
    for (uint32_t i = 0; sections && i < sections->count; i++) {
        const struct epo_json *fields = epo_json_get(sections->items[i], "fields");
        for (uint32_t j = 0; fields && j < fields->count; j++)
            if (epo_span_equal(epo_json_get_text(fields->items[j], "id"), id))
                return fields->items[j];
    }
    return NULL;
}

static enum epo_xpath_field kind_of(const void *arg, struct epo_span name) {
    const struct writing *writing = arg;
    const struct epo_json *field = find_field(writing->definition, name);
    struct epo_span type = epo_json_get_text(field, "type");
    return !field                         ? EPO_XPATH_NONE
           : epo_span_is(type, "yes_no")  ? EPO_XPATH_YES_NO
           : epo_span_is(type, "choices") ? EPO_XPATH_SEVERAL
                                          : EPO_XPATH_PLAIN;
}

static struct epo_span relevant(struct writing *writing, const struct epo_json *owner) {
    const struct epo_json *when = epo_json_get(owner, "when");
    const char *wrong = NULL;
    if (!when)
        return EPO_SPAN("");
    struct epo_span text = epo_xpath_write(writing->pool, when, kind_of, writing, &wrong);
    if (wrong)
        lost(writing, "\"when\" is left out: XPath does not say %s", wrong);
    return text;
}

/* ---- choices ---- */

static void add_choice(struct writing *writing, const char *list, struct epo_span value,
                       struct epo_span cs, struct epo_span en) {
    struct epo_span *row = add_row(writing, writing->choices);
    row[LIST] = epo_span(list);
    row[VALUE] = value;
    row[CHOICE_CS] = cs;
    row[CHOICE_EN] = en;
}

static void add_yes_no(struct writing *writing) {
    static const char *const VALUES[][2] = {{"yes", "form.yes"}, {"no", "form.no"}};
    for (size_t i = 0; !writing->yes_no && i < 2; i++)
        add_choice(writing, "yes_no", epo_span(VALUES[i][0]),
                   epo_catalog_text(writing->catalog, "cs", VALUES[i][1]),
                   epo_catalog_text(writing->catalog, "en", VALUES[i][1]));
    writing->yes_no = true;
}

/* A list named as the field; the one of yes and no has that name already. */
static const char *list_name(struct writing *writing, const char *id) {
    return strcmp(id, "yes_no") == 0 ? epo_pool_printf(writing->pool, "%s_choices", id) : id;
}

static void add_options(struct writing *writing, const char *list, const struct epo_json *field) {
    const struct epo_json *options = epo_json_get(field, "options");
    for (uint32_t i = 0; options && i < options->count; i++) {
        const struct epo_json *option = options->items[i], *label = epo_json_get(option, "label");
        if (writing->choices->rows + 3 >= EPO_SHEET_ROWS_MAX) {
            lost(writing, "choices of \"%s\" are left out: there are too many", list);
            return;
        }
        add_choice(writing, list, epo_json_get_text(option, "value"),
                   epo_json_get_text(label, "cs"), epo_json_get_text(label, "en"));
        if (epo_json_get(option, "hint"))
            lost(writing, "the hint of the choice \"%.*s\" is left out",
                 EPO_ARG(epo_json_get_text(option, "value")));
    }
}

/* ---- rows ---- */

static const char *shape_of(struct writing *writing, const struct epo_json *field) {
    static const char *const SHAPES[][2] = {
        {"point", "geopoint"}, {"line", "geotrace"}, {"area", "geoshape"}};
    const struct epo_json *kinds = epo_json_get(field, "kinds");
    const char *chosen = kinds ? NULL : "geopoint";
    for (size_t i = 0; !chosen && i < 3; i++)
        for (uint32_t j = 0; j < kinds->count; j++)
            if (epo_span_is(kinds->items[j]->text, SHAPES[i][0]))
                chosen = SHAPES[i][1];
    if (!kinds || kinds->count != 1 || !chosen)
        lost(writing, "of \"kinds\" only one shape is kept: %s", chosen ? chosen : "geopoint");
    return chosen ? chosen : "geopoint";
}

static const char *type_of(struct writing *writing, const struct epo_json *field,
                           struct epo_span *row) {
    struct epo_span type = epo_json_get_text(field, "type");
    const char *id = epo_pool_string(writing->pool, epo_json_get_text(field, "id"));
    if (epo_span_is(type, "text"))
        return "text";
    if (epo_span_is(type, "number"))
        return epo_json_get_boolean(field, "integer", false) ? "integer" : "decimal";
    if (epo_span_is(type, "date"))
        return "date";
    if (epo_span_is(type, "location"))
        return shape_of(writing, field);
    if (epo_span_is(type, "yes_no")) {
        add_yes_no(writing);
        return "select_one yes_no";
    }
    if (epo_span_is(type, "choice") || epo_span_is(type, "choices")) {
        const char *list = list_name(writing, id);
        add_options(writing, list, field);
        return epo_pool_printf(writing->pool, "%s %s",
                               epo_span_is(type, "choice") ? "select_one" : "select_multiple",
                               list);
    }
    bool money = epo_span_is(type, "money");
    if (epo_span_is(type, "long_text"))
        row[APPEARANCE] = EPO_SPAN("multiline");
    else
        lost(writing, "the type \"%.*s\" becomes %s", EPO_ARG(type),
             money ? "decimal, in crowns" : "text");
    return money ? "decimal" : "text";
}

/* Members that no column says. */
static void say_members_lost(struct writing *writing, const struct epo_json *owner,
                             const char *const *said, const char *sheet, uint32_t row) {
    for (uint32_t i = 0; i < owner->count; i++) {
        size_t j = 0;
        while (said[j] && !epo_span_is(owner->names[i], said[j]))
            j++;
        if (!said[j])
            epo_xlsform_note(&writing->notes, false, sheet, row, "\"%.*s\" is left out",
                             EPO_ARG(owner->names[i]));
    }
}

static void write_field(struct writing *writing, const struct epo_json *field) {
    static const char *const SAID[] = {
        "id",      "type",    "label",      "hint",       "required", "when",
        "min",     "max",     "min_length", "max_length", "pattern",  "pattern_message",
        "integer", "options", "after",      "not_before", "kinds",    NULL};
    struct epo_span *row = add_row(writing, writing->survey);
    uint32_t at = writing->survey->rows;
    bool message;
    row[TYPE] = epo_span(type_of(writing, field, row));
    row[NAME] = epo_json_get_text(field, "id");
    put_texts(row, LABEL_CS, LABEL_EN, epo_json_get(field, "label"));
    put_texts(row, HINT_CS, HINT_EN, epo_json_get(field, "hint"));
    if (epo_json_get_boolean(field, "required", true))
        row[REQUIRED] = EPO_SPAN("yes");
    row[RELEVANT] = relevant(writing, field);
    row[CONSTRAINT] = epo_xlsform_limits(&writing->notes, at, field, kind_of, writing, &message);
    if (message)
        put_texts(row, MESSAGE_CS, MESSAGE_EN, epo_json_get(field, "pattern_message"));
    say_members_lost(writing, field, SAID, "survey", at);
}

static void write_note(struct writing *writing, const char *name, const struct epo_json *texts) {
    if (!texts)
        return;
    struct epo_span *row = add_row(writing, writing->survey);
    row[TYPE] = EPO_SPAN("note");
    row[NAME] = epo_span(name);
    put_texts(row, LABEL_CS, LABEL_EN, texts);
}

static void write_section(struct writing *writing, const struct epo_json *section) {
    static const char *const SAID[] = {"id", "title", "intro", "when", "fields", "repeat", NULL};
    struct epo_span *row = add_row(writing, writing->survey), id = epo_json_get_text(section, "id");
    const struct epo_json *fields = epo_json_get(section, "fields");
    bool repeat = epo_json_get(section, "repeat") != NULL;
    row[TYPE] = epo_span(repeat ? "begin repeat" : "begin group");
    row[NAME] = id;
    if (find_field(writing->definition, id)) { /* ${name} must mean one thing */
        row[NAME] = epo_span(epo_pool_printf(writing->pool, "%.*s_section", EPO_ARG(id)));
        lost(writing, "the \"id\" of the section becomes \"%.*s\"", EPO_ARG(row[NAME]));
    }
    put_texts(row, LABEL_CS, LABEL_EN, epo_json_get(section, "title"));
    row[RELEVANT] = relevant(writing, section);
    if (repeat)
        lost(writing, "of \"repeat\" least, most and words of its buttons are left out");
    say_members_lost(writing, section, SAID, "survey", writing->survey->rows);
    write_note(writing, epo_pool_printf(writing->pool, "%.*s_intro", EPO_ARG(id)),
               epo_json_get(section, "intro"));
    for (uint32_t i = 0; fields && i < fields->count; i++)
        write_field(writing, fields->items[i]);
    row = add_row(writing, writing->survey);
    row[TYPE] = epo_span(repeat ? "end repeat" : "end group");
}

void epo_xlsform_write(struct epo_pool *pool, const struct epo_json *definition,
                       const struct epo_catalog *catalog, struct epo_sheets *sheets,
                       struct epo_xlsform_note **notes) {
    static const char *const SAID[] = {"id", "title", "intro", "sections", "$schema", NULL};
    struct writing writing = {
        .notes = {.pool = pool}, .pool = pool, .definition = definition, .catalog = catalog};
    const struct epo_json *sections = epo_json_get(definition, "sections");
    sheets->count = 0;
    writing.survey = add_sheet(&writing, sheets, "survey", HEADS, COLUMNS);
    writing.choices = add_sheet(&writing, sheets, "choices", CHOICE_HEADS, CHOICE_COLUMNS);
    struct epo_sheet *settings =
        add_sheet(&writing, sheets, "settings", SETTING_HEADS, SETTING_COLUMNS);
    struct epo_span *row = add_row(&writing, settings);
    const struct epo_json *title = epo_json_get(definition, "title");
    put_texts(row, TITLE_CS, TITLE_EN, title);
    row[FORM_TITLE] = row[TITLE_CS];
    row[FORM_ID] = epo_json_get_text(definition, "id");
    row[LANGUAGE] = EPO_SPAN("Czech (cs)");
    write_note(&writing, "form_intro", epo_json_get(definition, "intro"));
    for (uint32_t i = 0; sections && i < sections->count; i++)
        write_section(&writing, sections->items[i]);
    say_members_lost(&writing, definition, SAID, "settings", settings->rows);
    *notes = writing.notes.first;
}
