#include "forms/condition.h"

/* Faults of conditions, found when a form is read. */

static uint32_t count_of(const struct epo_json *arguments) {
    return arguments->type == EPO_JSON_ARRAY ? arguments->count : 1;
}

static bool may_ask(const struct epo_reader *reader, const struct epo_field *field,
                    const struct epo_condition_place *place) {
    const struct epo_section *group = epo_field_group(reader->form, field);
    return group == NULL || group == place->inside;
}

static void suggest_field(struct epo_reader *reader, const struct epo_json *at,
                          struct epo_span name, const struct epo_condition_place *place) {
    const struct epo_form *form = reader->form;
    const char **names =
        EPO_NEW_ARRAY(reader->pool, const char *, place->before + place->section + 1);
    size_t count = 0;
    for (uint32_t i = 0; i < place->before; i++)
        if (may_ask(reader, &form->fields[i], place))
            names[count++] = form->fields[i].id;
    for (uint32_t i = 0; i < place->section; i++)
        if (form->sections[i].repeated)
            names[count++] = form->sections[i].id;
    const char *near = epo_reader_suggest(name, names);
    epo_reader_fault(reader, at, "the condition asks for \"%.*s\", which is no earlier field%s%s%s",
                     EPO_ARG(name), near ? "; did you mean \"" : "", near ? near : "",
                     near ? "\"?" : "");
}

static void check_name(struct epo_reader *reader, const struct epo_json *name,
                       const struct epo_condition_place *place) {
    const struct epo_form *form = reader->form;
    struct epo_span rest;
    if (!epo_json_is_text(name)) {
        epo_reader_fault(reader, name, "the condition must name a field by its id");
        return;
    }
    struct epo_span first = epo_span_cut(name->text, '.', &rest);
    for (uint32_t i = 0; i < place->section; i++)
        if (form->sections[i].repeated && epo_span_is(first, form->sections[i].id))
            return;
    for (uint32_t i = 0; i < place->before; i++) {
        if (!epo_span_is(first, form->fields[i].id))
            continue;
        if (!may_ask(reader, &form->fields[i], place))
            epo_reader_fault(reader, name,
                             "\"%.*s\" stands in the repeated group \"%s\": ask for its items by "
                             "{\"some\": [{\"var\": \"%s\"}, …]}, all or none",
                             EPO_ARG(first), epo_field_group(form, &form->fields[i])->id,
                             epo_field_group(form, &form->fields[i])->id);
        return;
    }
    suggest_field(reader, name, first, place);
}

static void check_names(struct epo_reader *reader, const struct epo_json *names,
                        const struct epo_condition_place *place) {
    if (names->type != EPO_JSON_ARRAY)
        epo_reader_fault(reader, names, "here stands a list of ids of fields");
    for (uint32_t i = 0; names->type == EPO_JSON_ARRAY && i < names->count; i++)
        check_name(reader, names->items[i], place);
}

/* in_item: inside some/all/none, where var names a part of the item. */
static void check_rule(struct epo_reader *reader, const struct epo_json *rule,
                       const struct epo_condition_place *place, bool in_item, int depth);

static void check_operation(struct epo_reader *reader, const struct epo_json *rule,
                            const struct epo_condition_place *place, bool in_item, int depth) {
    const struct epo_condition_shape *shape = epo_condition_shape(rule->names[0]);
    const struct epo_json *arguments = rule->items[0];
    if (epo_span_is(rule->names[0], "log") || epo_span_is(rule->names[0], "method")) {
        epo_reader_fault(reader, arguments,
                         "\"%.*s\" of JsonLogic is not taken here: a condition only asks, it "
                         "neither writes nor calls anything",
                         EPO_ARG(rule->names[0]));
        return;
    }
    if (shape == NULL) {
        const char *names[EPO_CONDITION_NAMES_MAX];
        epo_condition_names(names);
        const char *near = epo_reader_suggest(rule->names[0], names);
        epo_reader_fault(reader, arguments, "unknown operation \"%.*s\"%s%s%s",
                         EPO_ARG(rule->names[0]), near ? "; did you mean \"" : "", near ? near : "",
                         near ? "\"?" : "");
        return;
    }
    if (count_of(arguments) < shape->least || count_of(arguments) > shape->most) {
        epo_reader_fault(reader, arguments, "\"%.*s\" wants %u to %u arguments",
                         EPO_ARG(rule->names[0]), shape->least, shape->most);
        return;
    }
    for (uint32_t i = 0; i < count_of(arguments); i++) {
        const struct epo_json *each =
            arguments->type == EPO_JSON_ARRAY ? arguments->items[i] : arguments;
        bool names_field =
            shape->kind == EPO_NAMES_ALL || (shape->kind == EPO_NAMES_FIRST && i == 0);
        if (shape->kind == EPO_NAMES_LATER && i == 1 && !in_item)
            check_names(reader, each, place);
        else if (names_field && !in_item)
            check_name(reader, each, place);
        else
            check_rule(reader, each, place, in_item || (shape->kind == EPO_OVER_ITEMS && i == 1),
                       depth + 1);
    }
}

static void check_rule(struct epo_reader *reader, const struct epo_json *rule,
                       const struct epo_condition_place *place, bool in_item, int depth) {
    if (depth >= EPO_CONDITION_DEPTH_MAX) {
        epo_reader_fault(reader, rule, "more than %d operations inside one another",
                         EPO_CONDITION_DEPTH_MAX);
    } else if (rule->type == EPO_JSON_OBJECT && rule->count == 1) {
        check_operation(reader, rule, place, in_item, depth);
    } else if (rule->type == EPO_JSON_OBJECT) {
        epo_reader_fault(reader, rule,
                         "an operation is an object with one member: "
                         "{\"==\": [{\"var\": \"field\"}, \"value\"]}");
    } else if (rule->type == EPO_JSON_ARRAY) {
        for (uint32_t i = 0; i < rule->count; i++)
            check_rule(reader, rule->items[i], place, in_item, depth + 1);
    }
}

void epo_condition_check(struct epo_reader *reader, const struct epo_json *rule,
                         struct epo_condition_place place) {
    check_rule(reader, rule, &place, false, 0);
}
