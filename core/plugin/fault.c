#include "plugin/fault.h"

#include <ctype.h>

static void add(struct epo_pool *pool, struct epo_fault **first, struct epo_fault **last,
                const char *file, int line, const char *format, va_list arguments) {
    char text[1024];
    vsnprintf(text, sizeof text, format, arguments);
    struct epo_fault *fault = EPO_NEW(pool, struct epo_fault);
    fault->file = epo_pool_string(pool, epo_span(file));
    fault->line = line;
    fault->text = epo_pool_string(pool, epo_span(text));
    if (*last)
        (*last)->next = fault;
    else
        *first = fault;
    *last = fault;
}

bool epo_fault_add(struct epo_faults *faults, const char *file, int line, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add(faults->pool, &faults->first, &faults->last, file, line, format, arguments);
    va_end(arguments);
    return false;
}

void epo_fault_warn(struct epo_faults *faults, const char *file, int line, const char *format,
                    ...) {
    va_list arguments;
    va_start(arguments, format);
    add(faults->pool, &faults->first_warning, &faults->last_warning, file, line, format, arguments);
    va_end(arguments);
}

const char *epo_fault_split(struct epo_pool *pool, const char *text, const char **file, int *line) {
    *line = 0;
    for (const char *colon = strchr(text, ':'); colon; colon = strchr(colon + 1, ':')) {
        if (!isdigit((unsigned char)colon[1]))
            continue;
        char *end;
        long number = strtol(colon + 1, &end, 10);
        if (*end != '\0' && *end != ':')
            continue;
        *file = epo_pool_string(pool, (struct epo_span){text, (size_t)(colon - text)});
        *line = (int)number;
        while (*end == ':' || *end == ' ')
            end++;
        return end;
    }
    *file = "";
    return text;
}

bool epo_fault_error(struct epo_faults *faults, const char *file, const struct epo_error *error) {
    const char *named = "";
    int line = 0;
    char *end;
    long first = strtol(error->where, &end, 10);
    if (end != error->where && *end == ':')
        line = (int)first; /* "line:column" of the JSON reader */
    else
        epo_fault_split(faults->pool, error->where, &named, &line);
    if (!*named && !line && error->where[0])
        named = error->where;
    return epo_fault_add(faults, *named ? named : file, line, "%s", error->text);
}

bool epo_fault_sentence(struct epo_faults *faults, const char *file, const char *sentence) {
    const char *named;
    int line;
    const char *rest = epo_fault_split(faults->pool, sentence, &named, &line);
    return epo_fault_add(faults, *named ? named : file, line, "%s", rest);
}
