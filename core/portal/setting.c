#include "portal/setting.h"

#include <stdio.h>

static const char *const TYPE_NAMES[] = {"null",   "true or false", "a whole number", "a number",
                                         "a text", "an array",      "an object"};

const char *epo_setting_type_name(enum epo_json_type type) {
    return TYPE_NAMES[type];
}

int64_t epo_setting_get(const struct epo_setting_group *group, const struct epo_json *object,
                        const char *name) {
    const struct epo_setting *row = group->rows;
    while (row < group->rows + group->count && strcmp(row->name, name) != 0)
        row++;
    epo_assert(row < group->rows + group->count);
    if (row->type == EPO_JSON_BOOLEAN)
        return epo_json_get_boolean(object, name, row->otherwise != 0);
    int64_t value = epo_json_get_integer(object, name, row->otherwise);
    return value < row->least ? row->least : value > row->most ? row->most : value;
}

static void check_one(const struct epo_setting_group *group, const struct epo_setting *row,
                      const struct epo_json *value, char *text, size_t size) {
    const char *dot = group->name[0] != '\0' ? "." : "";
    text[0] = '\0';
    if (value->type != row->type)
        snprintf(text, size, "\"%s%s%s\" must be %s", group->name, dot, row->name,
                 TYPE_NAMES[row->type]);
    else if (row->type == EPO_JSON_INTEGER &&
             (value->integer < row->least || value->integer > row->most))
        snprintf(text, size, "\"%s%s%s\" must be from %lld to %lld", group->name, dot, row->name,
                 (long long)row->least, (long long)row->most);
}

void epo_setting_check(const struct epo_setting_group *group, const struct epo_json *object,
                       void (*fault)(void *arg, uint32_t line, const char *text), void *arg) {
    char text[300];
    for (const struct epo_setting *row = group->rows; row < group->rows + group->count; row++) {
        const struct epo_json *value = epo_json_get(object, row->name);
        if (value == NULL && !row->required)
            continue;
        if (value == NULL)
            snprintf(text, sizeof text, "\"%s\" is missing: add it", row->name);
        else
            check_one(group, row, value, text, sizeof text);
        if (text[0] != '\0')
            fault(arg, value != NULL ? value->line : object->line, text);
    }
    for (uint32_t i = 0; i < object->count; i++) {
        const struct epo_setting *row = group->rows;
        while (row < group->rows + group->count && !epo_span_is(object->names[i], row->name))
            row++;
        if (row < group->rows + group->count)
            continue;
        snprintf(text, sizeof text, "unknown member \"%s%s%.*s\": remove it or correct its name",
                 group->name, group->name[0] != '\0' ? "." : "", EPO_ARG(object->names[i]));
        fault(arg, object->items[i]->line, text);
    }
}
