/* A spreadsheet's rows as a definition. */
#include <ctype.h>
#include <strings.h>

#include "base/limits.h"
#include "forms/definition.h"
#include "forms/xlsform_parts.h"

enum { GROUPS_MAX = 20, LANGS = 2 };
static const char *const LANG[LANGS] = {"cs", "en"};

struct known { /* a question that later rows may name */
    const char *id;
    enum epo_xpath_field kind;
};
struct group {
    bool repeat, closed; /* closed: its section ended where an inner group began */
    const char *id;
    struct epo_json *title, *when;
};
struct reading {
    struct epo_xlsform_notes notes;
    struct epo_pool *pool;
    const struct epo_sheets *sheets;
    const struct epo_sheet *survey, *choices;
    uint32_t row; /* of survey */
    uint32_t default_lang;
    struct epo_json *definition, *sections, *section, *fields;
    struct known known[EPO_FORM_FIELDS_MAX];
    uint32_t known_count;
    struct group groups[GROUPS_MAX];
    uint32_t depth;
    bool repeated; /* inside begin repeat */
};

static uint32_t line(const struct reading *reading) {
    return reading->survey->lines[reading->row];
}

#define lost(reading, ...)                                                                         \
    epo_xlsform_note(&(reading)->notes, false, "survey", line(reading), __VA_ARGS__)
#define refuse(reading, ...)                                                                       \
    epo_xlsform_note(&(reading)->notes, true, "survey", line(reading), __VA_ARGS__)

/* ---- cells ---- */

/* Column of a heading; -1: none. */
static int column(const struct epo_sheet *sheet, const char *name) {
    for (uint32_t i = 0; sheet && sheet->rows && i < sheet->columns; i++) {
        struct epo_span head = epo_sheet_cell(sheet, 0, i);
        if (head.len == strlen(name) && strncasecmp(head.at, name, head.len) == 0)
            return (int)i;
    }
    return -1;
}

static struct epo_span cell(const struct epo_sheet *sheet, uint32_t row, const char *name) {
    int at = column(sheet, name);
    return at >= 0 ? epo_sheet_cell(sheet, row, (uint32_t)at) : EPO_SPAN("");
}

/* "Czech (cs)", "cs", "Čeština": 0, "English (en)" …: 1; LANGS: another one. */
static uint32_t lang_of(struct epo_span name) {
    static const char *const NAMES[LANGS][4] = {{"cs", "czech", "čeština", "cze"},
                                                {"en", "english", "angličtina", "eng"}};
    name = epo_span_trim(name);
    const char *open = name.len ? memchr(name.at, '(', name.len) : NULL;
    if (open && name.at[name.len - 1] == ')')
        name = (struct epo_span){open + 1, (size_t)(name.at + name.len - open) - 2};
    for (uint32_t i = 0; i < LANGS; i++)
        for (size_t j = 0; j < 4; j++)
            if (name.len == strlen(NAMES[i][j]) && strncasecmp(name.at, NAMES[i][j], name.len) == 0)
                return i;
    return LANGS;
}

/* {cs, en} of "label", "label::Czech (cs)" …; NULL where the row has none. One that is missing is
 * stood in for by the other. */
static struct epo_json *texts(struct reading *reading, const struct epo_sheet *sheet, uint32_t row,
                              const char *name) {
    struct epo_span found[LANGS] = {{NULL, 0}, {NULL, 0}};
    size_t len = strlen(name);
    for (uint32_t i = 0; i < sheet->columns; i++) {
        struct epo_span head = epo_sheet_cell(sheet, 0, i), text = epo_sheet_cell(sheet, row, i);
        if (text.len == 0 || head.len < len || strncasecmp(head.at, name, len) != 0)
            continue;
        uint32_t lang = reading->default_lang;
        if (head.len > len + 2 && memcmp(head.at + len, "::", 2) == 0)
            lang = lang_of((struct epo_span){head.at + len + 2, head.len - len - 2});
        else if (head.len != len)
            continue;
        if (lang < LANGS)
            found[lang] = text;
    }
    if (found[0].len == 0 && found[1].len == 0)
        return NULL;
    struct epo_json *made = epo_json_object(reading->pool);
    for (uint32_t i = 0; i < LANGS; i++) {
        if (found[i].len == 0)
            epo_xlsform_note(&reading->notes, false, sheet->name, sheet->lines[row],
                             "no %s in %s: the other language stands in for it", name, LANG[i]);
        epo_json_set_text(reading->pool, made, LANG[i], found[i].len ? found[i] : found[1 - i]);
    }
    return made;
}

/* A name as an id: lower case, letters, digits, _. */
static const char *id_of(struct reading *reading, struct epo_span name) {
    char id[65];
    size_t len = 0;
    for (size_t i = 0; i < name.len && len < 64; i++) {
        char c = (char)tolower((unsigned char)name.at[i]);
        if (len == 0 && !(c >= 'a' && c <= 'z'))
            id[len++] = 'q';
        if (len < 64)
            id[len++] = isalnum((unsigned char)c) ? c : '_';
    }
    id[len] = '\0';
    return epo_pool_string(reading->pool, epo_span(id));
}

/* ---- rules ---- */

static enum epo_xpath_field kind_of(const void *arg, struct epo_span name) {
    const struct reading *reading = arg;
    for (uint32_t i = 0; i < reading->known_count; i++)
        if (epo_span_is(name, reading->known[i].id))
            return reading->known[i].kind;
    return EPO_XPATH_NONE;
}

/* Names as our ids, in place. */
static void rename_all(struct reading *reading, struct epo_json *tree) {
    for (uint32_t i = 0; i < tree->count; i++)
        if (tree->type == EPO_JSON_OBJECT && epo_span_is(tree->names[i], "var") &&
            tree->items[i]->text.len)
            tree->items[i]->text = epo_span(id_of(reading, tree->items[i]->text));
        else
            rename_all(reading, tree->items[i]);
}

/* The row's "relevant", or NULL: then without a condition, which is said. */
static struct epo_json *relevant(struct reading *reading) {
    struct epo_span text = cell(reading->survey, reading->row, "relevant");
    const char *wrong = NULL;
    if (text.len == 0)
        return NULL;
    struct epo_json *tree = epo_xpath_read(reading->pool, text, &wrong), *made = NULL;
    if (tree) {
        rename_all(reading, tree);
        made = epo_xpath_condition(reading->pool, tree, kind_of, reading, &wrong);
    }
    if (!made)
        lost(reading, "relevant is left out, so that it is always asked: %s", wrong);
    return made;
}

static struct epo_json *both(struct epo_pool *pool, struct epo_json *one, struct epo_json *other) {
    if (!one || !other)
        return one ? one : other;
    struct epo_json *made = epo_json_object(pool), *list = epo_json_array(pool);
    epo_json_push(pool, list, one);
    epo_json_push(pool, list, other);
    epo_json_set(pool, made, "and", list);
    return made;
}

/* ---- sections ---- */

static bool section_taken(const struct reading *reading, const char *id) {
    for (uint32_t i = 0; i < reading->sections->count; i++)
        if (epo_span_is(epo_json_get_text(reading->sections->items[i], "id"), id))
            return true;
    return false;
}

static void open_section(struct reading *reading, const char *wanted, struct epo_json *title,
                         struct epo_json *when) {
    struct epo_pool *pool = reading->pool;
    const char *id = wanted;
    for (int i = 2; section_taken(reading, id); i++)
        id = epo_pool_printf(pool, "%.58s_%d", wanted, i);
    reading->section = epo_json_object(pool);
    epo_json_set_string(pool, reading->section, "id", id);
    epo_json_set(pool, reading->section, "title", epo_json_copy(pool, title));
    if (when)
        epo_json_set(pool, reading->section, "when", when);
    reading->fields = epo_json_array(pool);
    epo_json_set(pool, reading->section, "fields", reading->fields);
    epo_json_push(pool, reading->sections, reading->section);
}

/* Where a question outside any group, or behind an inner one, stands. */
static void need_section(struct reading *reading) {
    if (reading->section)
        return;
    struct epo_json *when = NULL, *title = epo_json_get(reading->definition, "title");
    const char *id = "main";
    for (uint32_t i = 0; i < reading->depth; i++) {
        const struct group *group = &reading->groups[i];
        id = group->id;
        title = group->title;
        when = both(reading->pool, when,
                    group->when ? epo_json_copy(reading->pool, group->when) : NULL);
    }
    open_section(reading, id, title, when);
}

static void begin_repeat(struct reading *reading, const struct group *group) {
    struct epo_pool *pool = reading->pool;
    struct epo_json *repeat = epo_json_object(pool);
    epo_json_set(pool, repeat, "item", epo_json_copy(pool, group->title));
    epo_json_set(pool, repeat, "add", epo_json_copy(pool, group->title));
    reading->section = NULL;
    need_section(reading);
    epo_json_set(pool, reading->section, "repeat", repeat);
    reading->repeated = true;
    if (cell(reading->survey, reading->row, "repeat_count").len)
        lost(reading, "repeat_count is left out: people add as many as they have");
}

static void begin_group(struct reading *reading, bool repeat) {
    struct epo_span name = cell(reading->survey, reading->row, "name");
    if (reading->depth == GROUPS_MAX || (repeat && reading->repeated)) {
        refuse(reading,
               repeat ? "a repeat inside a repeat cannot be carried over" : "groups are too deep");
        return;
    }
    struct group *group = &reading->groups[reading->depth];
    *group = (struct group){.repeat = repeat, .when = relevant(reading)};
    group->id = id_of(reading, name.len ? name : EPO_SPAN("group"));
    group->title = texts(reading, reading->survey, reading->row, "label");
    if (!group->title)
        group->title = epo_json_get(reading->definition, "title");
    reading->depth++;
    if (repeat)
        begin_repeat(reading, group);
    else if (!reading->repeated)
        reading->section = NULL;
    else
        lost(reading, "a group inside a repeat is dissolved into it");
    if (!repeat && !reading->repeated)
        need_section(reading);
}

static void end_group(struct reading *reading, bool repeat) {
    if (reading->depth == 0 || reading->groups[reading->depth - 1].repeat != repeat) {
        refuse(reading, "it ends nothing that began");
        return;
    }
    reading->depth--;
    if (repeat)
        reading->repeated = false;
    if (!reading->repeated)
        reading->section = NULL;
}

static void drop_empty_sections(struct reading *reading) {
    struct epo_json *kept = epo_json_array(reading->pool);
    for (uint32_t i = 0; i < reading->sections->count; i++)
        if (epo_json_get(reading->sections->items[i], "fields")->count)
            epo_json_push(reading->pool, kept, reading->sections->items[i]);
    epo_json_set(reading->pool, reading->definition, "sections", kept);
}

/* ---- questions ---- */

static bool options_are(const struct epo_json *options, const char *one, const char *other) {
    return options->count == 2 && epo_span_is(epo_json_get_text(options->items[0], "value"), one) &&
           epo_span_is(epo_json_get_text(options->items[1], "value"), other);
}

static struct epo_json *read_options(struct reading *reading, struct epo_span list) {
    struct epo_json *options = epo_json_array(reading->pool);
    const struct epo_sheet *choices = reading->choices;
    for (uint32_t row = 1; choices && row < choices->rows; row++) {
        struct epo_span owner = cell(choices, row, "list_name");
        if (!epo_span_equal(owner.len ? owner : cell(choices, row, "list name"), list))
            continue;
        struct epo_json *option = epo_json_object(reading->pool);
        struct epo_span value = cell(choices, row, "name");
        struct epo_json *label = texts(reading, choices, row, "label");
        bool good = value.len > 0 && value.len <= 100;
        for (size_t i = 0; good && i < value.len; i++)
            good = isalnum((unsigned char)value.at[i]) || strchr("_.-", value.at[i]) != NULL;
        if (!good || !label)
            epo_xlsform_note(&reading->notes, true, "choices", choices->lines[row],
                             "a choice needs a label, and a name of letters, digits and _ . -");
        epo_json_set_text(reading->pool, option, "value", value);
        epo_json_set(reading->pool, option, "label", label ? label : epo_json_null(reading->pool));
        epo_json_push(reading->pool, options, option);
    }
    return options;
}

static bool set_choice(struct reading *reading, struct epo_json *field, struct epo_span list,
                       bool several, enum epo_xpath_field *kind) {
    struct epo_span rest, name = epo_span_cut(list, ' ', &rest);
    if (rest.len)
        lost(reading, "\"%.*s\" behind the list of choices is left out", EPO_ARG(rest));
    struct epo_json *options = read_options(reading, name);
    if (options->count == 0) {
        refuse(reading, "there is no list \"%.*s\" on the sheet choices", EPO_ARG(name));
        return false;
    }
    if (cell(reading->survey, reading->row, "choice_filter").len)
        lost(reading, "choice_filter is left out: all choices are offered");
    *kind = several ? EPO_XPATH_SEVERAL : EPO_XPATH_PLAIN;
    if (!several && options_are(options, "yes", "no")) {
        *kind = EPO_XPATH_YES_NO;
        epo_json_set_string(reading->pool, field, "type", "yes_no");
        return true;
    }
    epo_json_set_string(reading->pool, field, "type", several ? "choices" : "choice");
    epo_json_set(reading->pool, field, "options", options);
    return true;
}

static void set_kinds(struct reading *reading, struct epo_json *field, const char *shape) {
    struct epo_json *kinds = epo_json_array(reading->pool);
    epo_json_push(reading->pool, kinds, epo_json_string(reading->pool, shape));
    epo_json_set_string(reading->pool, field, "type", "location");
    epo_json_set(reading->pool, field, "kinds", kinds);
}

/* Type and what comes with it; false where the question cannot be carried over. */
static bool set_type(struct reading *reading, struct epo_json *field, struct epo_span type,
                     enum epo_xpath_field *kind) {
    static const char *const SHAPES[][2] = {
        {"geopoint", "point"}, {"geotrace", "line"}, {"geoshape", "area"}};
    struct epo_span rest, word = epo_span_cut(type, ' ', &rest);
    struct epo_span appearance = cell(reading->survey, reading->row, "appearance");
    bool multiline = false;
    *kind = EPO_XPATH_PLAIN;
    rest = epo_span_trim(rest);
    if (epo_span_is(word, "text")) {
        multiline = epo_span_is(appearance, "multiline");
        epo_json_set_string(reading->pool, field, "type", multiline ? "long_text" : "text");
    } else if (epo_span_is(word, "integer") || epo_span_is(word, "decimal")) {
        epo_json_set_string(reading->pool, field, "type", "number");
        if (epo_span_is(word, "integer"))
            epo_json_set_boolean(reading->pool, field, "integer", true);
    } else if (epo_span_is(word, "date")) {
        epo_json_set_string(reading->pool, field, "type", "date");
    } else if (epo_span_is(word, "select_one") || epo_span_is(word, "select_multiple")) {
        if (!set_choice(reading, field, rest, epo_span_is(word, "select_multiple"), kind))
            return false;
    } else {
        size_t i = 0;
        while (i < 3 && !epo_span_is(word, SHAPES[i][0]))
            i++;
        if (i == 3) {
            lost(reading, "the question is left out: the portal has no type \"%.*s\"",
                 EPO_ARG(type));
            return false;
        }
        set_kinds(reading, field, SHAPES[i][1]);
    }
    if (appearance.len && !multiline)
        lost(reading, "appearance \"%.*s\" is left out", EPO_ARG(appearance));
    return true;
}

static bool says_yes(struct epo_span text) {
    static const char *const YES[] = {"yes", "true", "true()", "1"};
    for (size_t i = 0; i < sizeof YES / sizeof *YES; i++)
        if (text.len == strlen(YES[i]) && strncasecmp(text.at, YES[i], text.len) == 0)
            return true;
    return false;
}

static void set_required(struct reading *reading, struct epo_json *field) {
    static const char *const NO[] = {"", "no", "false", "false()", "0"};
    struct epo_span text = cell(reading->survey, reading->row, "required");
    bool no = false;
    for (size_t i = 0; i < sizeof NO / sizeof *NO; i++)
        no = no || (text.len == strlen(NO[i]) && strncasecmp(text.at, NO[i], text.len) == 0);
    if (!no && !says_yes(text))
        lost(reading, "required is left out, so that an answer is: it is a condition");
    if (no)
        epo_json_set_boolean(reading->pool, field, "required", false);
}

static void say_columns_lost(struct reading *reading) {
    static const char *const COLUMNS[] = {"default",    "read_only",        "trigger",
                                          "parameters", "required_message", "guidance_hint"};
    for (size_t i = 0; i < sizeof COLUMNS / sizeof *COLUMNS; i++)
        if (cell(reading->survey, reading->row, COLUMNS[i]).len)
            lost(reading, "%s is left out", COLUMNS[i]);
}

static void read_question(struct reading *reading, struct epo_span type) {
    struct epo_pool *pool = reading->pool;
    struct epo_json *field = epo_json_object(pool), *label, *hint, *when = NULL;
    struct epo_span name = cell(reading->survey, reading->row, "name");
    enum epo_xpath_field kind;
    const char *id = id_of(reading, name);
    if (name.len == 0 || kind_of(reading, epo_span(id)) != EPO_XPATH_NONE ||
        reading->known_count == EPO_FORM_FIELDS_MAX) {
        refuse(reading,
               name.len ? "the name \"%s\" stands twice, or there are too many questions"
                        : "the question has no name%s",
               id);
        return;
    }
    epo_json_set_string(pool, field, "id", id);
    if (!set_type(reading, field, type, &kind))
        return;
    if (!epo_span_is(name, id))
        lost(reading, "the name \"%.*s\" becomes \"%s\"", EPO_ARG(name), id);
    label = texts(reading, reading->survey, reading->row, "label");
    if (!label)
        refuse(reading, "the question has no label");
    epo_json_set(pool, field, "label", label ? label : epo_json_null(pool));
    if ((hint = texts(reading, reading->survey, reading->row, "hint")) != NULL)
        epo_json_set(pool, field, "hint", hint);
    set_required(reading, field);
    for (uint32_t i = 0; reading->repeated && i < reading->depth; i++)
        if (!reading->groups[i].repeat && i > 0 && reading->groups[i].when)
            when = both(pool, when, epo_json_copy(pool, reading->groups[i].when));
    when = both(pool, when, relevant(reading));
    if (when)
        epo_json_set(pool, field, "when", when);
    struct epo_span constraint = cell(reading->survey, reading->row, "constraint");
    if (constraint.len)
        epo_xlsform_constraint(&reading->notes, line(reading), field, constraint,
                               texts(reading, reading->survey, reading->row, "constraint_message"),
                               kind_of, reading);
    say_columns_lost(reading);
    need_section(reading);
    epo_json_push(pool, reading->fields, field);
    reading->known[reading->known_count++] = (struct known){id, kind};
}

/* Texts one behind the other. */
static void add_intro(struct epo_pool *pool, struct epo_json *owner, const struct epo_json *more) {
    struct epo_json *before = epo_json_get(owner, "intro"), *made = epo_json_object(pool);
    for (uint32_t i = 0; i < LANGS; i++)
        epo_json_set_string(
            pool, made, LANG[i],
            epo_pool_printf(pool, "%.*s%s%.*s", EPO_ARG(epo_json_get_text(before, LANG[i])),
                            before ? "\n" : "", EPO_ARG(epo_json_get_text(more, LANG[i]))));
    epo_json_set(pool, owner, "intro", made);
}

static void read_note(struct reading *reading) {
    struct epo_json *label = texts(reading, reading->survey, reading->row, "label");
    if (!label)
        return;
    if (cell(reading->survey, reading->row, "relevant").len)
        lost(reading, "relevant of a note is left out: it is always shown");
    if (!reading->section && reading->depth == 0 && reading->sections->count == 0) {
        add_intro(reading->pool, reading->definition, label);
        return;
    }
    need_section(reading);
    if (reading->fields->count)
        lost(reading, "the note moves to the beginning of its section");
    add_intro(reading->pool, reading->section, label);
}

static void read_row(struct reading *reading) {
    static const char *const METADATA[] = {"start",    "end",      "today",
                                           "deviceid", "username", "phonenumber",
                                           "email",    "audit",    "start-geopoint"};
    struct epo_span type = cell(reading->survey, reading->row, "type");
    if (type.len == 0)
        return;
    for (size_t i = 0; i < sizeof METADATA / sizeof *METADATA; i++)
        if (epo_span_is(type, METADATA[i])) {
            lost(reading, "\"%s\" is left out: the portal keeps who and when itself", METADATA[i]);
            return;
        }
    if (epo_span_is(type, "begin group") || epo_span_is(type, "begin_group"))
        begin_group(reading, false);
    else if (epo_span_is(type, "begin repeat") || epo_span_is(type, "begin_repeat"))
        begin_group(reading, true);
    else if (epo_span_is(type, "end group") || epo_span_is(type, "end_group"))
        end_group(reading, false);
    else if (epo_span_is(type, "end repeat") || epo_span_is(type, "end_repeat"))
        end_group(reading, true);
    else if (epo_span_is(type, "note"))
        read_note(reading);
    else if (epo_span_is(type, "calculate"))
        refuse(reading, "calculate is not carried over: compute the value in the agenda's "
                        "agenda.lua (compute) and declare it under \"computed\" of the form");
    else
        read_question(reading, type);
}

/* ---- the whole ---- */

static void read_settings(struct reading *reading) {
    const struct epo_sheet *settings = epo_sheet_find(reading->sheets, "settings");
    bool there = settings && settings->rows > 1;
    struct epo_span id = there ? cell(settings, 1, "form_id") : EPO_SPAN("");
    struct epo_span id_string = there ? cell(settings, 1, "id_string") : EPO_SPAN("");
    struct epo_json *title = NULL;
    if (there) {
        uint32_t lang = lang_of(cell(settings, 1, "default_language"));
        reading->default_lang = lang < LANGS ? lang : 0;
        title = texts(reading, settings, 1, "form_title");
    }
    id = id.len ? id : id_string.len ? id_string : EPO_SPAN("form");
    epo_json_set_string(reading->pool, reading->definition, "id", id_of(reading, id));
    if (!title) {
        title = epo_json_object(reading->pool);
        for (uint32_t i = 0; i < LANGS; i++)
            epo_json_set_text(reading->pool, title, LANG[i], id);
        epo_xlsform_note(&reading->notes, false, "settings", 1,
                         "no form_title: form_id stands in for it");
    }
    epo_json_set(reading->pool, reading->definition, "title", title);
}

struct epo_json *epo_xlsform_read(struct epo_pool *pool, const struct epo_sheets *sheets,
                                  struct epo_xlsform_note **notes) {
    struct reading *reading = EPO_NEW(pool, struct reading);
    *reading = (struct reading){.notes = {.pool = pool}, .pool = pool, .sheets = sheets};
    reading->survey = epo_sheet_find(sheets, "survey");
    reading->choices = epo_sheet_find(sheets, "choices");
    if (!reading->survey || column(reading->survey, "type") < 0 ||
        column(reading->survey, "name") < 0) {
        epo_xlsform_note(&reading->notes, true, "survey", 1,
                         "there is no sheet \"survey\" with the columns type and name");
        *notes = reading->notes.first;
        return NULL;
    }
    reading->definition = epo_json_object(pool);
    reading->sections = epo_json_array(pool);
    read_settings(reading);
    for (reading->row = 1; reading->row < reading->survey->rows; reading->row++)
        read_row(reading);
    if (reading->depth > 0)
        epo_xlsform_note(&reading->notes, true, "survey",
                         reading->survey->lines[reading->survey->rows - 1],
                         "the group \"%s\" does not end", reading->groups[reading->depth - 1].id);
    drop_empty_sections(reading);
    if (reading->known_count == 0)
        epo_xlsform_note(&reading->notes, true, "survey", 1, "there is no question to carry over");
    *notes = reading->notes.first;
    return reading->notes.faults ? NULL : reading->definition;
}
