#include "forms/condition.h"

/* Faults of conditions, found when a form is read. */

static uint32_t count_of(const struct epo_json *arguments) {
    return arguments->type == EPO_JSON_ARRAY ? arguments->count : 1;
}

static void suggest_field(struct epo_reader *reader, const struct epo_json *at,
                          struct epo_span name, uint32_t before) {
    const struct epo_form *form = reader->form;
    const char **names = EPO_NEW_ARRAY(reader->pool, const char *, before + 1);
    for (uint32_t i = 0; i < before; i++)
        names[i] = form->fields[i].id;
    const char *near = epo_reader_suggest(name, names);
    epo_reader_fault(reader, at, "the condition asks for \"%.*s\", which is no earlier field%s%s%s",
                     EPO_ARG(name), near ? "; did you mean \"" : "", near ? near : "",
                     near ? "\"?" : "");
}

static void check_name(struct epo_reader *reader, const struct epo_json *name, uint32_t before) {
    struct epo_span rest;
    if (!epo_json_is_text(name)) {
        epo_reader_fault(reader, name, "the condition must name a field by its id");
        return;
    }
    struct epo_span first = epo_span_cut(name->text, '.', &rest);
    for (uint32_t i = 0; i < before; i++)
        if (epo_span_is(first, reader->form->fields[i].id))
            return;
    suggest_field(reader, name, first, before);
}

/* in_item: inside some/all/none, where var names a part of the item. */
static void check_rule(struct epo_reader *reader, const struct epo_json *rule, uint32_t before,
                       bool in_item, int depth);

static void check_operation(struct epo_reader *reader, const struct epo_json *rule, uint32_t before,
                            bool in_item, int depth) {
    const struct epo_condition_shape *shape = epo_condition_shape(rule->names[0]);
    const struct epo_json *arguments = rule->items[0];
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
        if (names_field && !in_item)
            check_name(reader, each, before);
        else
            check_rule(reader, each, before, in_item || (shape->kind == EPO_OVER_ITEMS && i == 1),
                       depth + 1);
    }
}

static void check_rule(struct epo_reader *reader, const struct epo_json *rule, uint32_t before,
                       bool in_item, int depth) {
    if (depth >= EPO_CONDITION_DEPTH_MAX) {
        epo_reader_fault(reader, rule, "more than %d operations inside one another",
                         EPO_CONDITION_DEPTH_MAX);
    } else if (rule->type == EPO_JSON_OBJECT && rule->count == 1) {
        check_operation(reader, rule, before, in_item, depth);
    } else if (rule->type == EPO_JSON_OBJECT) {
        epo_reader_fault(reader, rule,
                         "an operation is an object with one member: "
                         "{\"==\": [{\"var\": \"field\"}, \"value\"]}");
    } else if (rule->type == EPO_JSON_ARRAY) {
        for (uint32_t i = 0; i < rule->count; i++)
            check_rule(reader, rule->items[i], before, in_item, depth + 1);
    }
}

void epo_condition_check(struct epo_reader *reader, const struct epo_json *rule, uint32_t before) {
    check_rule(reader, rule, before, false, 0);
}
