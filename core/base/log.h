/* Structured lines on stderr: JSON (default when not a terminal) or text. Any thread; a line is one
 * write(2). Logs carry codes and ids, never answers, names, addresses or secrets.
 *
 *   epo_log(EPO_LOG_WARN, "plugin.refused", EPO_LOG_TEXT("plugin", name), EPO_LOG_INT("line", 3));
 */
#ifndef EPO_BASE_LOG_H
#define EPO_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

enum epo_log_level { EPO_LOG_DEBUG, EPO_LOG_INFO, EPO_LOG_WARN, EPO_LOG_ERROR, EPO_LOG_NONE };

struct epo_log_field {
    const char *name; /* NULL ends the list */
    enum { EPO_LOG_IS_TEXT, EPO_LOG_IS_INT } is;
    struct epo_span text;
    int64_t integer;
};
#define EPO_LOG_TEXT(name, string)                                                                 \
    ((struct epo_log_field){(name), EPO_LOG_IS_TEXT, epo_span(string), 0})
#define EPO_LOG_SPAN(name, span) ((struct epo_log_field){(name), EPO_LOG_IS_TEXT, (span), 0})
#define EPO_LOG_INT(name, value)                                                                   \
    ((struct epo_log_field){(name), EPO_LOG_IS_INT, {NULL, 0}, (int64_t)(value)})

#define epo_log(level, event, ...)                                                                 \
    epo_log_fields((level), (event),                                                               \
                   (struct epo_log_field[]){__VA_ARGS__ __VA_OPT__(, ){NULL, 0, {NULL, 0}, 0}})
void epo_log_fields(enum epo_log_level level, const char *event,
                    const struct epo_log_field *fields);
void epo_log_error(enum epo_log_level level, const char *event, const struct epo_error *error);
/* Before threads start. format: "json" or "text"; least: the lowest level that is written
 * (EPO_LOG_NONE: none is). */
void epo_log_setup(const char *format, enum epo_log_level least);
bool epo_log_is_text(void);

#endif
