#include "forms/reader.h"

#include <ctype.h>

#include "base/limits.h"
#include "base/token.h"
#include "forms/condition.h"
#include "forms/place.h"
#include "forms/shared.h"
#include "forms/steps.h"

const struct epo_field *epo_form_field(const struct epo_form *form, struct epo_span id) {
    for (uint32_t i = 0; i < form->field_count; i++)
        if (epo_span_is(id, form->fields[i].id))
            return &form->fields[i];
    return NULL;
}

const struct epo_section *epo_field_group(const struct epo_form *form,
                                          const struct epo_field *field) {
    const struct epo_section *section = &form->sections[field->section];
    return section->repeated ? section : NULL;
}

/* -- fields ----------------------------------------------------------------------------------- */

static const char *const field_members[] = {"id",   "type",         "label",   "hint", "required",
                                            "when", "autocomplete", "prefill", NULL};

static const struct epo_field_kind *read_kind(struct epo_reader *reader,
                                              const struct epo_json *definition) {
    const struct epo_json *type = epo_json_get(definition, "type");
    if (!epo_json_is_text(type)) {
        epo_reader_fault(reader, definition, "the field has no \"type\"");
        return NULL;
    }
    const struct epo_field_kind *kind = epo_field_kind_find(type->text);
    if (kind == NULL) {
        const char *names[EPO_FIELD_KINDS_MAX];
        epo_field_kind_names(names);
        const char *near = epo_reader_suggest(type->text, names);
        epo_reader_fault(reader, type, "unknown type of field \"%.*s\"%s%s%s", EPO_ARG(type->text),
                         near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    }
    return kind;
}

/* Tokens of the HTML standard's autofill: words of letters and hyphens. */
static void check_autocomplete(struct epo_reader *reader, const struct epo_json *definition) {
    struct epo_span text = epo_reader_text(reader, definition, "autocomplete");
    for (size_t i = 0; i < text.len; i++)
        if (!islower((unsigned char)text.at[i]) && !isdigit((unsigned char)text.at[i]) &&
            text.at[i] != '-' && text.at[i] != ' ') {
            epo_reader_fault(reader, epo_json_get(definition, "autocomplete"),
                             "\"autocomplete\" wants tokens such as \"street-address\"");
            return;
        }
}

/* {"from": "name" | "email", "readonly": true}: what the account of a signed-in citizen says. */
static void check_prefill(struct epo_reader *reader, const struct epo_field *field) {
    static const char *const known[] = {"from", "readonly", NULL};
    static const char *const sources[] = {"name", "email", NULL};
    const struct epo_json *prefill = epo_json_get(field->definition, "prefill");
    if (prefill == NULL)
        return;
    if (prefill->type != EPO_JSON_OBJECT ||
        (strcmp(field->kind->name, "text") != 0 && strcmp(field->kind->name, "email") != 0)) {
        epo_reader_fault(
            reader, prefill,
            "\"prefill\" is {\"from\", \"readonly\"} of a field of type text or email");
        return;
    }
    epo_reader_members(reader, prefill, known, NULL);
    epo_reader_boolean(reader, prefill, "readonly", false);
    struct epo_span from = epo_reader_text(reader, prefill, "from");
    if (!epo_span_is(from, "name") && !epo_span_is(from, "email")) {
        const char *near = epo_reader_suggest(from, sources);
        epo_reader_fault(reader, prefill, "\"from\" is name or email%s%s%s",
                         near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    }
}

static void read_field(struct epo_reader *reader, const struct epo_json *definition,
                       uint32_t section) {
    struct epo_form *form = reader->form;
    if (definition->type != EPO_JSON_OBJECT) {
        epo_reader_fault(reader, definition, "a field is an object");
        return;
    }
    if (form->field_count == EPO_FORM_FIELDS_MAX) {
        epo_reader_fault(reader, definition, "more than %d fields", EPO_FORM_FIELDS_MAX);
        return;
    }
    struct epo_field field = {
        .definition = definition, .index = form->field_count, .section = section};
    field.id = epo_reader_id(reader, definition);
    if (field.id[0] != '\0' && epo_form_field(form, epo_span(field.id)) != NULL)
        epo_reader_fault(reader, epo_json_get(definition, "id"),
                         "the id \"%s\" stands twice in the form", field.id);
    field.kind = read_kind(reader, definition);
    if (field.kind == NULL)
        return;
    field.template = epo_pool_join(form->pool, "forms/field_", field.kind->name, "");
    epo_reader_members(reader, definition, field_members, field.kind->properties);
    epo_reader_texts(reader, definition, "label", true);
    epo_reader_texts(reader, definition, "hint", false);
    field.required = epo_reader_boolean(reader, definition, "required", true);
    field.when = epo_json_get(definition, "when");
    if (field.when != NULL)
        epo_condition_check(
            reader, field.when,
            (struct epo_condition_place){field.index, section, epo_field_group(form, &field)});
    check_autocomplete(reader, definition);
    check_prefill(reader, &field);
    if (field.kind->alone && form->sections[section].repeated)
        epo_reader_fault(reader, definition,
                         "a field of type %s cannot stand in a repeated group: put it into a "
                         "section of its own",
                         field.kind->name);
    field.kind->read(reader, &field, definition);
    if (field.id[0] != '\0')
        form->fields[form->field_count++] = field;
}

/* -- sections --------------------------------------------------------------------------------- */

static bool section_exists(const struct epo_form *form, const char *id) {
    for (uint32_t i = 0; i < form->section_count; i++)
        if (strcmp(form->sections[i].id, id) == 0)
            return true;
    return false;
}

/* What a browser posts of a form must fit into what the portal takes of one: each item has a name
 * for itself and one for each field. */
static void check_names(struct epo_reader *reader) {
    const struct epo_form *form = reader->form;
    int64_t names = 0;
    for (uint32_t i = 0; i < form->section_count; i++) {
        const struct epo_section *section = &form->sections[i];
        names += section->repeated ? section->max_items * (section->count + 1) : section->count;
    }
    if (names > EPO_FIELD_COUNT_MAX)
        epo_reader_fault(reader, epo_json_get(form->definition, "sections"),
                         "with all items of the repeated groups the form asks up to %lld "
                         "questions; at most %d fit: lower their \"max\"",
                         (long long)names, EPO_FIELD_COUNT_MAX);
}

/* {"min": 1, "max": 10, "item": {"cs": "Pes", …}, "add": {"cs": "Přidat psa", …}} */
static void read_repeat(struct epo_reader *reader, struct epo_section *section,
                        const struct epo_json *definition) {
    static const char *const known[] = {"min", "max", "item", "add", NULL};
    const struct epo_json *repeat = epo_json_get(definition, "repeat");
    if (repeat == NULL)
        return;
    section->repeated = true;
    section->max_items = EPO_ITEMS_MAX;
    if (repeat->type != EPO_JSON_OBJECT) {
        epo_reader_fault(reader, repeat, "\"repeat\" wants {\"min\", \"max\", \"item\", \"add\"}");
        return;
    }
    epo_reader_members(reader, repeat, known, NULL);
    epo_reader_integer(reader, repeat, "min", 0, EPO_ITEMS_MAX, &section->min_items);
    epo_reader_integer(reader, repeat, "max", 1, EPO_ITEMS_MAX, &section->max_items);
    if (section->min_items > section->max_items)
        epo_reader_fault(reader, repeat, "min is over max");
    section->item = epo_reader_texts(reader, repeat, "item", true);
    section->add = epo_reader_texts(reader, repeat, "add", true);
}

static void read_section(struct epo_reader *reader, const struct epo_json *definition) {
    static const char *const known[] = {"id", "title", "intro", "when", "repeat", "fields", NULL};
    struct epo_form *form = reader->form;
    struct epo_section *section = &form->sections[form->section_count];
    if (definition->type != EPO_JSON_OBJECT) {
        epo_reader_fault(reader, definition, "a section is an object");
        return;
    }
    epo_reader_members(reader, definition, known, NULL);
    *section = (struct epo_section){.definition = definition, .first = form->field_count};
    section->id = epo_reader_id(reader, definition);
    if (section->id[0] != '\0' && section_exists(form, section->id))
        epo_reader_fault(reader, epo_json_get(definition, "id"),
                         "the section \"%s\" stands twice in the form", section->id);
    epo_reader_texts(reader, definition, "title", true);
    epo_reader_texts(reader, definition, "intro", false);
    section->when = epo_json_get(definition, "when");
    if (section->when != NULL)
        epo_condition_check(
            reader, section->when,
            (struct epo_condition_place){form->field_count, form->section_count, NULL});
    read_repeat(reader, section, definition);
    const struct epo_json *fields = epo_reader_array(reader, definition, "fields", true);
    for (uint32_t i = 0; fields != NULL && i < fields->count; i++)
        read_field(reader, fields->items[i], form->section_count);
    section->count = form->field_count - section->first;
    form->section_count++;
}

/* A shared section is put in the place of what names it; its faults are in its own file. */
static void read_used(struct epo_reader *reader, struct epo_json **section) {
    const char *file = reader->file, *other = file;
    if ((*section)->type == EPO_JSON_OBJECT && epo_json_get(*section, "use") != NULL) {
        struct epo_json *shared = epo_form_shared(reader, *section, &other);
        if (shared == NULL)
            return;
        *section = shared;
    }
    reader->file = other;
    read_section(reader, *section);
    reader->file = file;
}

/* The answers of a group stand under its id, beside those of fields. */
static void check_group_ids(struct epo_reader *reader) {
    const struct epo_form *form = reader->form;
    for (uint32_t i = 0; i < form->section_count; i++)
        if (form->sections[i].repeated &&
            epo_form_field(form, epo_span(form->sections[i].id)) != NULL)
            epo_reader_fault(reader, epo_json_get(form->sections[i].definition, "id"),
                             "\"%s\" is the id of a field too: call the repeated group otherwise",
                             form->sections[i].id);
}

/* -- the rest of a definition ----------------------------------------------------------------- */

static void read_computed(struct epo_reader *reader, const struct epo_json *definition) {
    static const char *const known[] = {"id", "type", "label", NULL};
    static const char *const types[] = {"money", "number", "text", "date", NULL};
    const struct epo_json *list = epo_reader_array(reader, definition, "computed", false);
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        const struct epo_json *each = list->items[i];
        if (each->type != EPO_JSON_OBJECT) {
            epo_reader_fault(reader, each, "a computed value is {\"id\", \"type\", \"label\"}");
            continue;
        }
        epo_reader_members(reader, each, known, NULL);
        const char *id = epo_reader_id(reader, each);
        struct epo_span type = epo_json_get_text(each, "type");
        if (!epo_span_is(type, "money") && !epo_span_is(type, "number") &&
            !epo_span_is(type, "text") && !epo_span_is(type, "date")) {
            const char *near = epo_reader_suggest(type, types);
            epo_reader_fault(reader, each,
                             "a computed \"type\" is money, number, text or date%s%s%s",
                             near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
        }
        if (id[0] != '\0' && (epo_form_field(reader->form, epo_span(id)) != NULL ||
                              epo_form_group(reader->form, epo_span(id)) != NULL))
            epo_reader_fault(reader, each, "\"%s\" is the id of a field already", id);
        epo_reader_texts(reader, each, "label", true);
    }
}

static void find_place(struct epo_reader *reader, const struct epo_json *definition) {
    struct epo_form *form = reader->form;
    struct epo_span named = epo_reader_text(reader, definition, "place");
    if (named.len > 0) {
        const struct epo_field *field = epo_form_field(form, named);
        if (field == NULL || field->kind != &epo_kind_location)
            epo_reader_fault(reader, epo_json_get(definition, "place"),
                             "\"place\" wants the id of a location field, not \"%.*s\"",
                             EPO_ARG(named));
        form->place = field;
        return;
    }
    for (uint32_t i = 0; i < form->field_count && form->place == NULL; i++)
        if (form->fields[i].kind == &epo_kind_location)
            form->place = &form->fields[i];
}

/* What becomes of drafts that were begun under another version of the form. */
static void check_drafts(struct epo_reader *reader, const struct epo_json *definition) {
    static const char *const words[] = {"carry", "finish", NULL};
    struct epo_span wish = epo_reader_text(reader, definition, "drafts");
    if (wish.len == 0 || epo_span_is(wish, "carry") || epo_span_is(wish, "finish"))
        return;
    const char *near = epo_reader_suggest(wish, words);
    epo_reader_fault(reader, epo_json_get(definition, "drafts"),
                     "\"drafts\" is carry or finish%s%s%s", near ? "; did you mean \"" : "",
                     near ? near : "", near ? "\"?" : "");
}

/* How well the portal must know who sends it; what the levels mean is the host's. */
static void check_assurance(struct epo_reader *reader, const struct epo_json *definition) {
    static const char *const levels[] = {"anonymous", "registered", "verified", NULL};
    struct epo_span level = epo_reader_text(reader, definition, "assurance");
    for (size_t i = 0; level.len > 0 && levels[i] != NULL; i++)
        if (epo_span_is(level, levels[i]))
            return;
    if (level.len == 0)
        return;
    const char *near = epo_reader_suggest(level, levels);
    epo_reader_fault(reader, epo_json_get(definition, "assurance"),
                     "\"assurance\" is anonymous, registered or verified%s%s%s",
                     near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static void read_definition(struct epo_reader *reader, const struct epo_json *definition) {
    static const char *const known[] = {"id",       "title",   "intro",     "sections",    "steps",
                                        "computed", "place",   "summary",   "declaration", "submit",
                                        "drafts",   "$schema", "assurance", NULL};
    struct epo_form *form = reader->form;
    if (definition->type != EPO_JSON_OBJECT) {
        epo_reader_fault(reader, definition, "a form is an object");
        return;
    }
    epo_reader_members(reader, definition, known, NULL);
    form->id = epo_reader_id(reader, definition);
    epo_reader_texts(reader, definition, "title", true);
    epo_reader_texts(reader, definition, "intro", false);
    epo_reader_texts(reader, definition, "summary", false);
    epo_reader_texts(reader, definition, "declaration", false);
    epo_reader_texts(reader, definition, "submit", false);
    epo_reader_text(reader, definition, "$schema");
    check_drafts(reader, definition);
    check_assurance(reader, definition);
    const struct epo_json *sections = epo_reader_array(reader, definition, "sections", true);
    if (sections == NULL)
        return;
    if (sections->count > EPO_SECTIONS_MAX) {
        epo_reader_fault(reader, sections, "more than %d sections", EPO_SECTIONS_MAX);
        return;
    }
    form->sections = EPO_NEW_ARRAY(form->pool, struct epo_section, sections->count);
    form->fields = EPO_NEW_ARRAY(form->pool, struct epo_field, EPO_FORM_FIELDS_MAX);
    for (uint32_t i = 0; i < sections->count; i++)
        read_used(reader, &sections->items[i]);
    check_group_ids(reader);
    check_names(reader);
    epo_form_read_steps(reader, definition);
    read_computed(reader, definition);
    find_place(reader, definition);
    for (uint32_t i = 0; i < form->field_count; i++)
        if (form->fields[i].kind == &epo_kind_location)
            epo_location_check_named(reader, &form->fields[i]);
}

static void set_version(struct epo_form *form) {
    struct epo_buffer canonical;
    epo_buffer_init(&canonical, 4 * EPO_BODY_BYTES_MAX);
    epo_json_write_canonical(&canonical, form->definition);
    epo_sha256_hex(epo_buffer_get(&canonical), form->version);
    epo_buffer_clear(&canonical);
}

struct epo_form *epo_form_read(struct epo_pool *pool, struct epo_span source, const char *file,
                               struct epo_maps *maps, struct epo_form_fault **faults) {
    struct epo_pool *own = epo_pool_create();
    struct epo_form *form = EPO_NEW(own, struct epo_form);
    struct epo_reader reader = {.pool = pool, .file = file, .form = form, .maps = maps};
    struct epo_error error = {0};
    form->pool = own;
    reader.next = &reader.first;
    if (source.len > EPO_BODY_BYTES_MAX) {
        epo_reader_fault(&reader, NULL, "a form of over %u bytes", EPO_BODY_BYTES_MAX);
    } else if ((form->definition = epo_json_parse(own, source, &error)) == NULL) {
        struct epo_span column;
        struct epo_json at = {0};
        int64_t line = 1;
        epo_span_integer(epo_span_cut(epo_span(error.where), ':', &column), &line);
        at.line = (uint32_t)line;
        epo_reader_fault(&reader, &at, "%s", error.text);
    } else {
        read_definition(&reader, form->definition);
    }
    *faults = reader.first;
    if (reader.faults > 0) {
        epo_form_free(form);
        return NULL;
    }
    set_version(form);
    return form;
}

void epo_form_free(struct epo_form *form) {
    if (form != NULL)
        epo_pool_free(form->pool);
}

const char *epo_form_id(const struct epo_form *form) {
    return form->id;
}

struct epo_span epo_form_title(const struct epo_form *form, const char *lang) {
    return epo_json_localized(epo_json_get(form->definition, "title"), lang);
}

const char *epo_form_version(const struct epo_form *form) {
    return form->version;
}

const struct epo_json *epo_form_definition(const struct epo_form *form) {
    return form->definition;
}

const struct epo_json *epo_form_rules(const struct epo_form *form, const char *field) {
    const struct epo_field *found = epo_form_field(form, epo_span(field));
    return found != NULL ? found->rules : NULL;
}

bool epo_form_law(const struct epo_form *form, uint32_t n, const char **field,
                  struct epo_span *law) {
    for (uint32_t i = 0; i < form->field_count; i++) {
        if (form->fields[i].law.len == 0 || n-- > 0)
            continue;
        *field = form->fields[i].id;
        *law = form->fields[i].law;
        return true;
    }
    return false;
}

const char *epo_form_place_field(const struct epo_form *form) {
    return form->place != NULL ? form->place->id : NULL;
}
