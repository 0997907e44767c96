#include "base/log.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"

#define LINE_MAX_BYTES 8192 /* a line stays one atomic-enough write(2) and no flood */

static bool as_text;
static enum epo_log_level lowest = EPO_LOG_INFO;
static const char *const LEVELS[] = {"debug", "info", "warn", "error"};

void epo_log_setup(const char *format, enum epo_log_level least) {
    as_text = format ? format[0] == 't' : isatty(STDERR_FILENO);
    lowest = least;
}

bool epo_log_is_text(void) {
    return as_text;
}

/* Log injection: control characters never reach a line (JSON escapes them itself). */
static void plain(struct epo_buffer *line, struct epo_span text) {
    for (size_t i = 0; i < text.len; i++)
        epo_buffer_byte(line,
                        (unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f ? '?' : text.at[i]);
}

static void as_json(struct epo_buffer *line, const char *name, struct epo_span text) {
    struct epo_json value = {.type = EPO_JSON_TEXT, .text = text};
    struct epo_buffer safe;
    epo_buffer_init(&safe, LINE_MAX_BYTES);
    if (!epo_text_valid(text)) { /* a line must stay JSON whatever a file name or a client says */
        for (size_t i = 0; i < text.len; i++)
            epo_buffer_byte(&safe, (unsigned char)text.at[i] < 0x80 ? text.at[i] : '?');
        value.text = epo_buffer_get(&safe);
    }
    epo_buffer_printf(line, ",\"%s\":", name);
    epo_json_write(line, &value);
    epo_buffer_clear(&safe);
}

void epo_log_fields(enum epo_log_level level, const char *event,
                    const struct epo_log_field *fields) {
    if (level < lowest)
        return;
    char at[EPO_TIME_SIZE];
    epo_time_rfc3339(epo_clock_now_us(), at);
    struct epo_buffer line;
    epo_buffer_init(&line, LINE_MAX_BYTES);
    epo_buffer_printf(&line,
                      as_text ? "%s %-5s %s" : "{\"at\":\"%s\",\"level\":\"%s\",\"event\":\"%s\"",
                      at, LEVELS[level], event);
    for (const struct epo_log_field *field = fields; field && field->name; field++) {
        if (field->is == EPO_LOG_IS_INT)
            epo_buffer_printf(&line, as_text ? " %s=%lld" : ",\"%s\":%lld", field->name,
                              (long long)field->integer);
        else if (as_text) {
            epo_buffer_printf(&line, " %s=", field->name);
            plain(&line, field->text);
        } else {
            as_json(&line, field->name, field->text);
        }
    }
    epo_buffer_string(&line, as_text ? "\n" : "}\n");
    /* Too long: an honest short line instead of a cut one. */
    if (line.failed) {
        epo_buffer_clear(&line);
        epo_buffer_printf(&line,
                          as_text
                              ? "%s %-5s %s cut=1\n"
                              : "{\"at\":\"%s\",\"level\":\"%s\",\"event\":\"%s\",\"cut\":true}\n",
                          at, LEVELS[level], event);
    }
    if (line.at && write(STDERR_FILENO, line.at, line.len) < 0) {
        /* Nowhere left to say it. */
    }
    epo_buffer_clear(&line);
}

void epo_log_error(enum epo_log_level level, const char *event, const struct epo_error *error) {
    epo_log(level, event, EPO_LOG_TEXT("code", error->code), EPO_LOG_TEXT("text", error->text),
            EPO_LOG_TEXT("where", error->where));
}
