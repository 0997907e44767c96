#include "base/json.h"

#include <math.h>
#include <stdlib.h>
#include <yajl/yajl_parse.h>

#include "base/limits.h"

struct reader {
    struct epo_pool *pool;
    struct epo_span source;
    struct epo_error *error;
    yajl_handle yajl;
    size_t counted_to; /* lines are counted up to this byte */
    size_t line_start;
    uint32_t line;
    struct epo_json *stack[EPO_JSON_DEPTH_MAX];
    struct epo_span keys[EPO_JSON_DEPTH_MAX]; /* pending member name of each open object */
    int depth;
    struct epo_json *root;
};

static void count_lines(struct reader *reader, size_t to) {
    if (to > reader->source.len)
        to = reader->source.len;
    for (; reader->counted_to < to; reader->counted_to++)
        if (reader->source.at[reader->counted_to] == '\n') {
            reader->line++;
            reader->line_start = reader->counted_to + 1;
        }
}

static int refuse(struct reader *reader, const char *code, const char *text) {
    count_lines(reader, yajl_get_bytes_consumed(reader->yajl));
    epo_fail(reader->error, EPO_ERROR_BAD_INPUT, code, "%s", text);
    epo_error_at(reader->error, "%u:%zu", reader->line,
                 reader->counted_to - reader->line_start + 1);
    return 0;
}

static int place(struct reader *reader, struct epo_json *value) {
    count_lines(reader, yajl_get_bytes_consumed(reader->yajl));
    value->line = reader->line;
    if (reader->depth == 0) {
        reader->root = value;
        return 1;
    }
    struct epo_json *parent = reader->stack[reader->depth - 1];
    if (parent->type == EPO_JSON_ARRAY) {
        epo_json_push(reader->pool, parent, value);
        return 1;
    }
    struct epo_span name = reader->keys[reader->depth - 1];
    if (epo_json_get_span(parent, name))
        return refuse(reader, "json.duplicate", "the same member name stands twice in one object");
    epo_json_set(reader->pool, parent, name.at, value);
    return 1;
}

static int on_null(void *arg) {
    struct reader *reader = arg;
    return place(reader, epo_json_null(reader->pool));
}

static int on_boolean(void *arg, int value) {
    struct reader *reader = arg;
    return place(reader, epo_json_boolean(reader->pool, value != 0));
}

static int on_number(void *arg, const char *at, size_t len) {
    struct reader *reader = arg;
    struct epo_span text = {at, len};
    int64_t integer;
    if (epo_span_integer(text, &integer) && !(len == 2 && at[0] == '-' && at[1] == '0'))
        return place(reader, epo_json_integer(reader->pool, integer));
    char *copy = epo_pool_string(reader->pool, text);
    double real = strtod(copy, NULL);
    if (!isfinite(real))
        return refuse(reader, "json.number", "a number is too large");
    return place(reader, epo_json_real(reader->pool, real));
}

static int on_text(void *arg, const unsigned char *at, size_t len) {
    struct reader *reader = arg;
    struct epo_span text = {(const char *)at, len};
    if (len && memchr(at, 0, len))
        return refuse(reader, "json.nul", "a text contains a NUL character");
    if (!epo_text_valid(text)) /* lone surrogates escaped as \uD800 end here */
        return refuse(reader, "json.utf8", "a text is not valid Unicode");
    return place(reader, epo_json_text(reader->pool, text));
}

static int on_key(void *arg, const unsigned char *at, size_t len) {
    struct reader *reader = arg;
    struct epo_span text = {(const char *)at, len};
    if ((len && memchr(at, 0, len)) || !epo_text_valid(text))
        return refuse(reader, "json.utf8", "a member name is not valid Unicode");
    reader->keys[reader->depth - 1] = epo_pool_copy(reader->pool, text);
    return 1;
}

static int open_in(struct reader *reader, struct epo_json *value) {
    if (reader->depth == EPO_JSON_DEPTH_MAX)
        return refuse(reader, "json.depth", "nested too deeply");
    if (!place(reader, value))
        return 0;
    reader->stack[reader->depth++] = value;
    return 1;
}

static int on_object(void *arg) {
    struct reader *reader = arg;
    return open_in(reader, epo_json_object(reader->pool));
}

static int on_array(void *arg) {
    struct reader *reader = arg;
    return open_in(reader, epo_json_array(reader->pool));
}

static int on_close(void *arg) {
    struct reader *reader = arg;
    reader->depth--;
    return 1;
}

static const yajl_callbacks CALLBACKS = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_text,
    .yajl_start_map = on_object,
    .yajl_map_key = on_key,
    .yajl_end_map = on_close,
    .yajl_start_array = on_array,
    .yajl_end_array = on_close,
};

/* yajl's own message is multi-line prose with a picture of the text: its first line is enough. */
static void tell_yajl(struct reader *reader) {
    unsigned char *message = yajl_get_error(reader->yajl, 0, NULL, 0);
    const char *text = message ? (const char *)message : "not JSON";
    int len = (int)strcspn(text, "\n");
    epo_fail(reader->error, EPO_ERROR_BAD_INPUT, "json.syntax", "not valid JSON (%.*s)", len, text);
    count_lines(reader, yajl_get_bytes_consumed(reader->yajl));
    epo_error_at(reader->error, "%u:%zu", reader->line,
                 reader->counted_to - reader->line_start + 1);
    if (message)
        yajl_free_error(reader->yajl, message);
}

struct epo_json *epo_json_parse(struct epo_pool *pool, struct epo_span source,
                                struct epo_error *error) {
    struct epo_error local;
    struct reader reader = {
        .pool = pool, .source = source, .error = error ? error : &local, .line = 1};
    reader.error->kind = EPO_ERROR_NONE;
    reader.yajl = yajl_alloc(&CALLBACKS, NULL, &reader);
    epo_assert(reader.yajl);
    yajl_status status = yajl_parse(reader.yajl, (const unsigned char *)source.at, source.len);
    if (status == yajl_status_ok)
        status = yajl_complete_parse(reader.yajl);
    if (status == yajl_status_error && reader.error->kind == EPO_ERROR_NONE)
        tell_yajl(&reader);
    if (status == yajl_status_ok && !reader.root)
        epo_fail(reader.error, EPO_ERROR_BAD_INPUT, "json.empty", "the text is empty");
    bool ok = status == yajl_status_ok && reader.root;
    yajl_free(reader.yajl);
    return ok ? reader.root : NULL;
}
