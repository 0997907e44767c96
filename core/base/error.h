/* What went wrong, as a value. Pure; any thread.
 *
 * A function that can fail returns bool (or a pointer) and fills a caller-owned struct epo_error.
 * The kind decides the HTTP status (a column of the table in core/http/status.c) and the exit code;
 * the code is a stable word for programs and catalogs; the text is for a developer or an admin. */
#ifndef EPO_BASE_ERROR_H
#define EPO_BASE_ERROR_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum epo_error_kind {
    EPO_ERROR_NONE = 0,
    EPO_ERROR_BAD_INPUT, /* the caller's data is wrong; saying it again will not help */
    EPO_ERROR_UNAUTHENTICATED,
    EPO_ERROR_DENIED,
    EPO_ERROR_NOT_FOUND,
    EPO_ERROR_CONFLICT,  /* the world changed meanwhile, or a declared rule collides */
    EPO_ERROR_TOO_LARGE, /* over a named limit of limits.h */
    EPO_ERROR_RATE,      /* too many tries; later */
    EPO_ERROR_BUSY,      /* queue full, deadline passed, disk full: try again */
    EPO_ERROR_BROKEN     /* our fault or the machine's */
};

struct epo_error {
    enum epo_error_kind kind;
    char code[64];   /* "form.required", "store.full": dotted, lower case, stable */
    char text[512];  /* English sentence: what is wrong, what to do */
    char where[256]; /* "file:line", a JSON path of answers, or empty */
};

/* Fill *error and return false, so that `return epo_fail(...)` reads well. NULL error is allowed.
 */
bool epo_fail(struct epo_error *error, enum epo_error_kind kind, const char *code,
              const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Set error->where; returns false. */
bool epo_error_at(struct epo_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Programmer's error: always on, prints file:line and aborts (a supervisor restarts us; nothing
 * acknowledged is lost). Never for foreign input. */
#define epo_assert(condition)                                                                      \
    do {                                                                                           \
        if (!(condition))                                                                          \
            epo_panic(__FILE__, __LINE__, #condition);                                             \
    } while (0)
void epo_panic(const char *file, int line, const char *what) __attribute__((noreturn));

#endif
