#include "base/error.h"

#include <stdarg.h>
#include <string.h>

bool epo_fail(struct epo_error *error, enum epo_error_kind kind, const char *code,
              const char *format, ...) {
    if (!error)
        return false;
    error->kind = kind;
    error->where[0] = '\0';
    snprintf(error->code, sizeof error->code, "%s", code);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return false;
}

bool epo_error_at(struct epo_error *error, const char *format, ...) {
    if (!error)
        return false;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->where, sizeof error->where, format, arguments);
    va_end(arguments);
    return false;
}

void epo_panic(const char *file, int line, const char *what) {
    fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, what);
    fflush(stderr);
    abort();
}
