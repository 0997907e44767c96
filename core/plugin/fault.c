#include "plugin/fault.h"

#include <ctype.h>

bool epo_fault_add(struct epo_faults *faults, const char *file, int line, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    struct epo_fault *fault = EPO_NEW(faults->pool, struct epo_fault);
    fault->file = epo_pool_string(faults->pool, epo_span(file));
    fault->line = line;
    fault->text = epo_pool_string(faults->pool, epo_span(text));
    if (faults->last)
        faults->last->next = fault;
    else
        faults->first = fault;
    faults->last = fault;
    return false;
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
