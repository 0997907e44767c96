/* One line for each answer, gathered on the loop and written once a second. No query, no body, no
 * address: the log of a portal is no record of citizens. Composed by hand: it costs less than a
 * tenth of the request that it tells of. */
#include <unistd.h>

#include "base/clock.h"
#include "http/h2o_server.h"

#define LINE_MAX_BYTES 512

struct line {
    char at[LINE_MAX_BYTES];
    size_t len;
};

static void put(struct line *line, const char *from, size_t len) {
    if (len > sizeof line->at - line->len)
        len = sizeof line->at - line->len;
    memcpy(line->at + line->len, from, len);
    line->len += len;
}

static void put_string(struct line *line, const char *from) {
    put(line, from, strlen(from));
}

static void put_number(struct line *line, uint64_t value, int width) {
    char digits[20];
    int at = sizeof digits;
    do
        digits[--at] = (char)('0' + value % 10);
    while ((value /= 10) || (int)sizeof digits - at < width);
    put(line, digits + at, sizeof digits - (size_t)at);
}

void epo_access_id(struct epo_loop *loop, char out[EPO_ID_SIZE]) {
    static const char HEX[] = "0123456789abcdef";
    uint64_t number = loop->next_id++;
    memcpy(out, loop->server->id_prefix, 8);
    out[8] = HEX[loop->index >> 4 & 15];
    out[9] = HEX[loop->index & 15];
    for (int i = 0; i < 10; i++)
        out[10 + i] = HEX[number >> (36 - 4 * i) & 15];
    out[20] = '\0';
}

static void put_time(struct line *line, struct epo_loop *loop) {
    int64_t now_us = epo_clock_now_us();
    if (now_us / 1000000 != loop->log_second) {
        char text[EPO_TIME_SIZE];
        loop->log_second = now_us / 1000000;
        epo_time_rfc3339(loop->log_second * 1000000, text);
        snprintf(loop->log_time, sizeof loop->log_time, "%.19s", text);
    }
    put(line, loop->log_time, 19);
    put(line, ".", 1);
    put_number(line, (uint64_t)(now_us % 1000000), 6);
    put(line, "Z", 1);
}

/* What stands between the values, by format. */
static const struct {
    const char *at, *id, *method, *route, *status, *bytes, *took, *end;
} WORDS[] = {
    [EPO_ACCESS_JSON] = {"{\"at\":\"", "\",\"level\":\"info\",\"event\":\"http.request\",\"id\":\"",
                         "\",\"method\":\"", "\",\"route\":\"",
                         "\",\"status\":", ",\"bytes\":", ",\"us\":", "}\n"},
    [EPO_ACCESS_TEXT] = {"", " info  http.request id=", " method=", " route=", " status=",
                         " bytes=", " us=", "\n"},
};

void epo_access_note(struct epo_loop *loop, struct epo_span method, const char *route,
                     const char *id, int status, size_t bytes, int64_t took_us) {
    if (loop->server->access == EPO_ACCESS_OFF)
        return;
    struct line line = {.len = 0};
    int format = loop->server->access;
    put_string(&line, WORDS[format].at);
    put_time(&line, loop);
    put_string(&line, WORDS[format].id);
    put_string(&line, id);
    put_string(&line, WORDS[format].method);
    put(&line, method.at, method.len < 16 ? method.len : 16); /* a token: no quotes in it */
    put_string(&line, WORDS[format].route);
    put_string(&line, route);
    put_string(&line, WORDS[format].status);
    put_number(&line, (uint64_t)status, 1);
    put_string(&line, WORDS[format].bytes);
    put_number(&line, bytes, 1);
    put_string(&line, WORDS[format].took);
    put_number(&line, (uint64_t)(took_us > 0 ? took_us : 0), 1);
    put_string(&line, WORDS[format].end);
    if (loop->log_len + line.len > sizeof loop->log)
        epo_access_flush(loop);
    memcpy(loop->log + loop->log_len, line.at, line.len);
    loop->log_len += line.len;
}

void epo_access_flush(struct epo_loop *loop) {
    if (loop->log_len && write(STDERR_FILENO, loop->log, loop->log_len) < 0) {
        /* Nowhere left to say it. */
    }
    loop->log_len = 0;
}
